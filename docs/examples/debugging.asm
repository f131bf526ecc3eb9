         TITLE 'SUMS - a program with a mistake, to be found'
*---------------------------------------------------------------------
* Adds the five numbers of a table and types the sum.  It is loaded from
* the card reader (IPL 00C) and is its own operating system.
*
* The sum should be 150.  docs/debugging.md finds out why it is not.
*---------------------------------------------------------------------
SUMS     START X'1000'
         BALR  12,0
         USING *,12
         MVC   X'78'(8),IONEW      I/O new PSW
         SR    2,2                 the sum
         LA    3,TABLE             the first number
         LA    4,4                 step
         LA    5,TOTAL             the last number
LOOP     A     2,0(3)
         BXLE  3,4,LOOP
         ST    2,TOTAL
         CVD   2,WORK
         UNPK  TEXT+6(5),WORK+5(3)
         OI    TEXT+10,X'F0'
         LA    1,WRITE
         ST    1,X'48'             CAW
         SIO   X'009'
         LPSW  WAIT
TYPED    LPSW  FINISH
*
TABLE    DC    F'10,20,30,40,50'
TOTAL    DC    F'1000'
         DS    0D
WORK     DS    D
WRITE    DC    X'09',AL3(TEXT),X'20',X'00',H'11'
IONEW    DC    X'00000000',A(TYPED)
WAIT     DC    X'80020000',A(0)
FINISH   DC    X'00020000',A(X'E0D')
TEXT     DC    C'TOTAL      '
         END   SUMS
