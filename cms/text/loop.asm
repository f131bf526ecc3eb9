         TITLE 'LOOP - counts for ever'
* R5 counts.  HX ends it; #CP EXTERNAL enters DEBUG, where GPR 5 shows
* how far it has come and GO lets it go on.
LOOP     CSECT
         USING LOOP,R12
         SR    R5,R5
COUNT    LA    R5,1(,R5)
         B     COUNT
         COPY  REGEQU
         END   LOOP
