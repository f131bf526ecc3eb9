* Storage-to-storage operations of 1 to 256 bytes: MVC, CLC, XC, OC, TR, NC, MVZ, MVN, and a propagating MVC.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         L     11,WORK
         LA    10,1024(11)
         SR    1,1
FILL     STC   1,0(1,10)                source(i) = i
         LA    1,1(1)
         C     1,=F'256'
         BL    FILL
         MVC   256(100,10),PATTERN
REPEAT   L     5,TIMES
         MVI   3(10),3
         SR    9,9
LOOP     MVC   0(8,11),0(10)
         MVC   100(16,11),32(10)
         CLC   0(8,11),0(10)
         BNE   BAD
         MVC   128(100,11),256(10)
         CLC   128(100,11),256(10)
         BNE   BAD
         MVC   512(256,11),0(10)
         CLC   512(256,11),0(10)
         BNE   BAD
         XC    0(32,11),0(11)
         OC    0(4,11),512(11)
         MVC   1(31,11),0(11)           the first byte goes through all
         CLC   0(32,11),512(11)
         BE    SAME
         LA    9,1(9)
SAME     TR    512(64,11),0(10)
         NC    512(16,11),ONES
         MVZ   100(16,11),512(11)
         MVN   100(16,11),513(11)
         IC    1,100(11)
         STC   1,3(10)                  changes the table that TR uses
         BCT   5,LOOP
         BCT   15,REPEAT
         MVC   RESULT(16),512(11)
         ST    9,RESULT
         LPSW  END
BAD      LPSW  DIFFERS
DIFFERS  DC    0D'0',X'000A00000000DEAD'
TIMES    DC    F'500'
WORK     DC    A(X'10000')
ONES     DC    16X'F7'
PATTERN  DC    25X'01234567'
         LTORG
         END   KERNEL
