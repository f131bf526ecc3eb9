* Hexadecimal floating point, long: a chain of ADR, MD, AD and a store.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
REPEAT   L     5,TIMES
         LD    0,X
         LD    2,Y
LOOP     ADR   0,2
         MD    0,FACTOR
         AD    0,X
         STD   0,W
         BCT   5,LOOP
         BCT   15,REPEAT
         STD   0,RESULT
         MVC   RESULT+8(8),W
         LPSW  END
X        DC    X'4112345678901234'
Y        DC    X'C0FEDCBA98765432'
FACTOR   DC    X'407FFFFFFFFFFFFF'
W        DS    D
TIMES    DC    F'10000'
         END   KERNEL
