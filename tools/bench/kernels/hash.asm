* A hash over 4096 bytes; its value is kept in storage beside the code, as assembler programs do.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         L     3,BUFFER
         SR    4,4
         LA    6,3
FILL     STC   6,0(4,3)                 byte(i) = 7 * i + 3
         LA    6,7(6)
         LA    4,1(4)
         C     4,SIZE
         BL    FILL
REPEAT   MVC   HASH,START
         SR    4,4
         L     5,TIMES
LOOP     SR    6,6
         IC    6,0(4,3)
         L     7,HASH
         XR    7,6
         LR    8,7
         SLL   8,5
         AR    7,8
         SRL   8,9
         XR    7,8
         N     7,MASK
         ST    7,HASH
         LA    4,1(4)
         N     4,WRAP
         BCT   5,LOOP
         BCT   15,REPEAT
         ST    7,RESULT
         ST    4,RESULT+4
         LPSW  END
TIMES    DC    F'8000'
BUFFER   DC    A(X'8000')
SIZE     DC    F'4096'
START    DC    X'12345678'
HASH     DS    F
MASK     DC    X'7FFFFFFF'
WRAP     DC    X'00000FFF'
         END   KERNEL
