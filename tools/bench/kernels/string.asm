* Character operations: MVC, TR, CLC, EX, STM, LM, XC, OI on text of some 80 bytes.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         LA    3,LEFT
         LA    4,RIGHT
         LA    9,TABLE
         SR    1,1
FILL     LA    2,7(1)                   table(i) = i + 7
         STC   2,0(1,9)
         LA    1,1(1)
         C     1,=F'256'
         BL    FILL
REPEAT   L     5,TIMES
         LA    6,1
         LA    8,3
LOOP     MVC   0(80,3),TEXT
         MVC   0(80,4),0(3)
         TR    0(32,4),0(9)
         CLC   0(60,3),0(4)
         BE    SKIP
         MVC   8(8,4),0(3)
         LA    7,12
         EX    7,MOVE
SKIP     STM   5,8,80(4)
         LM    5,8,80(4)
         XC    0(20,4),0(3)
         OI    5(4),X'40'
         BCT   5,LOOP
         BCT   15,REPEAT
         MVC   RESULT(16),4(4)
         XC    RESULT(16),30(4)
         LPSW  END
MOVE     MVC   30(1,4),5(3)
TIMES    DC    F'1000'
TEXT     DC    C'THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG'
         DC    C' AND THEN RUNS AWAY AGAIN 0123456789 ABC'
LEFT     DS    CL96
RIGHT    DS    CL96
TABLE    DS    CL256
         LTORG
         END   KERNEL
