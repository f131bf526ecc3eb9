         TITLE 'ANSWER - a return code'
ANSWER   CSECT
         USING ANSWER,15
         LA    15,42
         BR    14
         END   ANSWER
