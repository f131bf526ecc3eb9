* Subroutines: one saves and restores ten registers, one is a leaf that tests a flag.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         LA    11,SUM
REPEAT   L     5,TIMES
         SR    3,3
         SR    4,4
LOOP     BALR  14,11
         BAL   14,STEP
         BCT   5,LOOP
         BCT   15,REPEAT
         ST    3,RESULT
         ST    4,RESULT+4
         LPSW  END
SUM      STM   14,7,SAVE
         LA    3,1(3)
         AR    4,3
         ST    3,SAVE+20                results go back by the save
         ST    4,SAVE+24
         LM    14,7,SAVE
         BR    14
STEP     LA    3,5(3)
         TM    FLAG,1
         BNOR  14
         LA    3,1(3)
         BR    14
TIMES    DC    F'5000'
SAVE     DS    10F
FLAG     DC    X'FE'
         END   KERNEL
