* A supervisor call and the way back, once for each iteration.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         MVC   SVCNEW,NEWPSW
REPEAT   L     5,TIMES
         SR    3,3
         SR    2,2
LOOP     SVC   7
         LA    3,1(3)
         BCT   5,LOOP
         BCT   15,REPEAT
         ST    3,RESULT
         ST    2,RESULT+4
         LPSW  END
HANDLER  AH    2,X'8A'                  the interruption code
         LPSW  X'20'
TIMES    DC    F'5000'
NEWPSW   DC    0D'0',X'00080000',A(HANDLER)
         END   KERNEL
