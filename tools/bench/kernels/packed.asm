* Packed decimal sums and conversions: AP, ZAP, CP, SP, CVB, CVD, UNPK, PACK.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
REPEAT   L     5,TIMES
         ZAP   SUM,ZERO
LOOP     AP    SUM,STEP
         ZAP   WORK,SUM
         CP    WORK,LIMIT
         BL    LESS
         SP    SUM,LIMIT
LESS     CVB   7,WORK
         LA    7,17(7)
         CVD   7,DIGITS
         UNPK  ZONED,DIGITS
         PACK  WORK,ZONED
         BCT   5,LOOP
         BCT   15,REPEAT
         MVC   RESULT(8),SUM
         MVC   RESULT+8(8),WORK
         LPSW  END
TIMES    DC    F'2000'
DIGITS   DS    D
WORK     DS    D
SUM      DS    PL8
LIMIT    DC    PL5'9999999'
STEP     DC    PL3'12345'
ZERO     DC    P'0'
ZONED    DS    ZL10
         END   KERNEL
