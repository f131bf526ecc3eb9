         TITLE 'SPIN - never ends'
SPIN     CSECT
         USING SPIN,12
AGAIN    LA    5,1(,5)
         B     AGAIN
         END   SPIN
