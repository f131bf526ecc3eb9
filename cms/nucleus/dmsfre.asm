         TITLE 'DMSFRE - free storage'
*---------------------------------------------------------------------
* DMSFRE   Free storage in doublewords.  Two chains of free blocks in
*          order of address (next, size in bytes): FREELIST for nucleus
*          type, AFREEUSR for user type.  FREETAB has one byte per 4K
*          page of storage: 0 not ours or free, 1 nucleus, 2 user.
*          Pages come from holes above FREELOWE or from below it.
*
* FREE     Entry: R0 = doublewords, R1 = 0 nucleus type, 1 user type
*          Exit:  R1 = address, R0 as before; R15 = 0, 1 no storage,
*                 2 bad number
* FRET     Entry: R0 = doublewords, R1 = address
*          Exit:  R15 = 0, 2 bad number, 5 not in free storage
* STRINIT  gives back all user type storage
*---------------------------------------------------------------------
DMSFRE   CSECT
         USING NUCON,0
FREE     SUBENT
         LTR   R3,R0               how much
         BNP   FREE2
         C     R3,=F'2097151'
         BH    FREE2
         SLL   R3,3                R3 = bytes
         LA    R4,FREELIST         R4 = anchor of the chain
         LTR   R9,R1
         BZ    FRSRCH
         LA    R4,AFREEUSR
         LA    R9,1
FRSRCH   LR    R5,R4               R5 = previous
FRLOOP   L     R6,0(,R5)           R6 = block
         LTR   R6,R6
         BZ    FREXT
         C     R3,4(,R6)
         BNH   FRFOUND
         LR    R5,R6
         B     FRLOOP
FRFOUND  L     R7,4(,R6)           size of the block
         SR    R7,R3               what is left
         BZ    FRWHOLE
         LA    R8,0(R6,R3)         the rest begins there
         MVC   0(4,R8),0(R6)
         ST    R7,4(,R8)
         ST    R8,0(,R5)
         B     FRGOT
FRWHOLE  MVC   0(4,R5),0(R6)
FRGOT    LR    R1,R6
         SUBPUT 1
         SUBRET RC=0
*        No block is large enough: R7 = pages needed
FREXT    LA    R7,4095(,R3)
         SRL   R7,12
*              a hole above FREELOWE?
         L     R10,AFREETAB
         L     R5,FREELOWE
         SRL   R5,12
         AR    R5,R10              R5 = byte of the lowest page
         L     R6,FREEUPPR
         SRL   R6,12
         AR    R6,R10              R6 = end
FRH1     SR    R8,R8               R8 = length of the hole
FRH2     CR    R5,R6
         BNL   FRLOWER
         CLI   0(R5),0
         LA    R5,1(,R5)
         BNE   FRH1
         LA    R8,1(,R8)
         CR    R8,R7
         BL    FRH2
         SR    R5,R7               byte of the first page
         SR    R5,R10
         SLL   R5,12
         B     FRPAGES
*              no: lower FREELOWE
FRLOWER  L     R5,FREELOWE
         LR    R8,R7
         SLL   R8,12
         SR    R5,R8
         BNP   FREE1
         L     R6,MAINHIGH
         LA    R6,4095(,R6)
         N     R6,=A(X'FFF000')
         CR    R5,R6
         BL    FREE1
         ST    R5,FREELOWE
*              R5 = first page, R7 = number: own them, set keys
FRPAGES  LR    R6,R5
         LR    R8,R7
         LA    R14,X'F0'
         LTR   R9,R9
         BZ    *+8
         LA    R14,X'E0'
         L     R15,=F'2048'
FRPAGE   LR    R11,R6
         SRL   R11,12
         AR    R11,R10
         LA    R0,1(,R9)
         STC   R0,0(,R11)
         SSK   R14,R6
         AR    R6,R15
         SSK   R14,R6
         AR    R6,R15
         BCT   R8,FRPAGE
         LR    R0,R7
         SLL   R0,12
         LR    R1,R5
         BAL   R10,INSERT
         B     FRSRCH
FREE1    SUBRET RC=1
FREE2    SUBRET RC=2
         DROP  R12
*---------------------------------------------------------------------
* INSERT   Local: puts the block R1, R0 bytes, into the chain at R4 and
*          joins neighbours.  Link R10; uses R0, R1, R5 to R8, R11, R15.
*          R15 = 5 when the block overlaps a free one.
*---------------------------------------------------------------------
         USING DMSFRE,R12
INSERT   LR    R5,R4               R5 = previous, R6 = next
         L     R6,0(,R5)
         B     INS2
INS1     LR    R5,R6
         L     R6,0(,R6)
INS2     LTR   R6,R6
         BZ    INS3
         CR    R6,R1
         BL    INS1
INS3     LR    R7,R1
         AR    R7,R0               end of the block
         LTR   R6,R6
         BZ    INS4
         CR    R7,R6
         BH    INSBAD
INS4     CR    R5,R4
         BE    INS5                no block before
         LR    R8,R5
         A     R8,4(,R5)           end of the previous
         CR    R8,R1
         BH    INSBAD
         BL    INS5
         L     R8,4(,R5)           join with the previous
         AR    R8,R0
         ST    R8,4(,R5)
         LR    R1,R5
         LR    R0,R8
         B     INS6
INS5     ST    R1,0(,R5)
         ST    R6,0(,R1)
         ST    R0,4(,R1)
INS6     SR    R15,R15
         LTR   R6,R6
         BCR   8,R10
         CR    R7,R6
         BCR   7,R10
         A     R0,4(,R6)           join with the next
         ST    R0,4(,R1)
         MVC   0(4,R1),0(R6)
         BR    R10
INSBAD   LA    R15,5
         BR    R10
*
FRET     SUBENT BASE=DMSFRE
         LA    R1,0(,R1)
         LTR   R0,R0
         BNP   FRET2
         SLL   R0,3
         LA    R15,7
         NR    R15,R1
         BNZ   FRET5
         LA    R4,FREELIST
         C     R1,=A(X'D000')       low part: nucleus type
         BL    FRETLOW
         C     R1,FREELOWE
         BL    FRET5
         C     R1,FREEUPPR
         BNL   FRET5
         LR    R2,R1
         SRL   R2,12
         A     R2,AFREETAB
         CLI   0(R2),1
         BL    FRET5
         BE    FRETIN
         LA    R4,AFREEUSR
         B     FRETIN
FRETLOW  C     R1,=F'4096'
         BL    FRET5
FRETIN   BAL   R10,INSERT
         SUBRET
FRET2    SUBRET RC=2
FRET5    SUBRET RC=5
*
STRINIT  SUBENT BASE=DMSFRE
         SR    R0,R0
         ST    R0,AFREEUSR
         L     R2,FREELOWE
         L     R3,FREEUPPR
         LR    R4,R2
         SRL   R4,12
         A     R4,AFREETAB
         L     R5,=F'4096'
         LA    R6,1                R6 = 1 while nothing above is in use
STR1     CR    R2,R3
         BNL   STR9
         CLI   0(R4),2
         BNE   STR2
         MVI   0(R4),0
STR2     CLI   0(R4),0
         BE    STR3
         SR    R6,R6
STR3     AR    R2,R5
         LTR   R6,R6
         BZ    STR4
         ST    R2,FREELOWE
STR4     LA    R4,1(,R4)
         B     STR1
STR9     SUBRET RC=0
         LTORG
         COPY  REGEQU
         COPY  NUCON
         END   DMSFRE
