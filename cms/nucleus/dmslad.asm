         TITLE 'DMSLAD - find a disk (ADT)'
*---------------------------------------------------------------------
* ADTLKP   Entry: R1 -> mode letter
*          Exit:  R15 = 0, R1 = ADT; R15 = 36 not accessed
* ADTLKW   the same for output: R15 = 12 read-only (R1 = ADT)
* ADTNXT   Entry: R1 = ADT or 0
*          Exit:  R15 = 0, R1 = next ADT; R15 = 4 there is none
*---------------------------------------------------------------------
DMSLAD   CSECT
         USING NUCON,0
         USING ADTSECT,R3
ADTLKP   SUBENT BASE=DMSLAD
         BAL   R10,LADFIND
         SUBRET
ADTLKW   SUBENT BASE=DMSLAD
         BAL   R10,LADFIND
         LTR   R15,R15
         BNZ   LADRET
         TM    ADTFLG1,ADTFRW
         BO    LADRET
         LA    R15,12
LADRET   SUBRET
LADFIND  L     R3,IADT
         LA    R15,36
LADLOOP  LTR   R3,R3
         BCR   8,R10
         CLC   ADTM,0(R1)
         BE    LADHIT
         L     R3,ADTPTR
         B     LADLOOP
LADHIT   SR    R15,R15
         LR    R1,R3
         SUBPUT 1
         BR    R10
ADTNXT   SUBENT BASE=DMSLAD
         L     R3,IADT
         LTR   R1,R1
         BZ    LADNX1
         LR    R3,R1
         L     R3,ADTPTR
LADNX1   LTR   R1,R3
         BZ    LADNX4
         SUBPUT 1
         SUBRET RC=0
LADNX4   SUBRET RC=4
         LTORG
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         END   DMSLAD
