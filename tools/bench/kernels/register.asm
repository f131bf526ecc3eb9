* Arithmetic in registers: one dependent chain of adds, shifts and logical operations.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         L     6,MASK
REPEAT   L     5,TIMES
         LA    1,1
         SR    2,2
         LA    3,7
LOOP     AR    2,3
         LR    4,2
         SLL   4,3
         XR    3,4
         SRL   4,5
         ALR   3,4
         SR    2,1
         NR    3,6
         LA    3,3(3,1)
         BCT   5,LOOP
         BCT   15,REPEAT
         STM   2,5,RESULT
         LPSW  END
TIMES    DC    F'10000'
MASK     DC    X'7FFFFFFF'
         END   KERNEL
