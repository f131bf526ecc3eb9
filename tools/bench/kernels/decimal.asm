* A ledger in packed decimal: interest by MP and SRP, a balance that wraps, DP, CVB and CVD, UNPK and PACK, one ED.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
REPEAT   L     5,TIMES
         ZAP   BALANCE,FIRST
         ZAP   TOTAL,ZERO
         ZAP   WRAPS,ZERO
         ZAP   COUNTER,ZERO
LOOP     ZAP   WORK,BALANCE
         MP    WORK,RATE
         SRP   WORK,60,5                four digits right, rounded
         AP    BALANCE,WORK
         CP    BALANCE,LIMIT
         BNH   BELOW
         SP    BALANCE,LIMIT
         AP    WRAPS,ONE
BELOW    ZAP   SHARE,BALANCE
         DP    SHARE,SEVEN
         AP    TOTAL,SHARE(7)
         CVB   1,COUNTER
         LA    1,1(1)
         CVD   1,COUNTER
         UNPK  ZONED,BALANCE
         PACK  WORK,ZONED
         BCT   5,LOOP
         MVC   EDITED,PICTURE
         ED    EDITED,BALANCE
         BCT   15,REPEAT
         MVC   RESULT(6),BALANCE
         MVC   RESULT+6(6),TOTAL
         MVC   RESULT+12(4),WRAPS
         LPSW  END
TIMES    DC    F'1000'
         DS    0D
COUNTER  DS    PL8
BALANCE  DS    PL6
TOTAL    DS    PL6
WRAPS    DS    PL4
WORK     DS    PL8
SHARE    DS    PL8
ZONED    DS    ZL11
RATE     DC    PL2'525'
LIMIT    DC    PL5'90000000'
FIRST    DC    PL6'100000'
ZERO     DC    P'0'
ONE      DC    P'1'
SEVEN    DC    P'7'
PICTURE  DC    X'4020206B2020206B2020214B2020'
EDITED   DS    CL14
         END   KERNEL
