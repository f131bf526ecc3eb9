         TITLE 'DMSALM - allocation of disk blocks'
*---------------------------------------------------------------------
* TRKLKP   Takes a free block
*          Entry: R1 = ADT; R0 = 0, or 1 to use the reserve of UPDISK
*          Exit:  R15 = 0, R1 = block; R15 = 13 disk full
* TRKLKPX  Gives a block back.  R1 = ADT, R0 = block (first byte is
*          ignored; 0, blocks of the file system and free blocks: no-op)
* TRKFLIP  Changes the bit of a block in ADTMSK.  R1 = ADT, R0 = block
* ADTCALC  Both maps become one, free blocks and the reserve are
*          counted anew.  R1 = ADT; ADTUSED and ADTFSTC are right
*
* Two maps: ADTMSK has the state after the change in progress, ADTQQM
* every block that is in use before or after it.  A block is taken only
* if it is free in ADTQQM, so nothing is overwritten that the directory
* on the disk still needs.  Who changes ADTMSK marks the block of the
* map in ADTMAPBL.
*---------------------------------------------------------------------
DMSALM   CSECT
         USING NUCON,0
         USING ADTSECT,R3
TRKLKP   SUBENT BASE=DMSALM
         LR    R3,R1
         SR    R4,R4
         LTR   R0,R0
         BNZ   ALM1
         L     R4,ADTRSV
ALM1     C     R4,ADTAVAIL
         BNL   ALMFULL
         L     R5,ADTQQM
         LR    R6,R5
         A     R6,ADTMAPLN         R6 = end of the map
         L     R7,ADTHINT
         AR    R7,R5               R7 = where to begin
         LA    R9,2                twice: from the hint, from the start
ALMLOOP  CLI   0(R7),X'FF'
         BNE   ALMBYTE
         LA    R7,1(,R7)
         LR    R8,R6               256 full bytes at once
         SR    R8,R7
         CH    R8,=H'256'
         BL    ALMEND
         CLC   0(256,R7),ALMFF
         BNE   ALMLOOP
         LA    R7,256(,R7)
ALMEND   CR    R7,R6
         BL    ALMLOOP
ALMWRAP  LR    R7,R5
         BCT   R9,ALMLOOP
ALMFULL  SUBRET RC=13
ALMBYTE  SR    R8,R8               R8 = bit 0 to 7
         LA    R1,X'80'
         SR    R0,R0
         IC    R0,0(,R7)
ALMBIT   LR    R2,R0
         NR    R2,R1
         BZ    ALMGOT
         SRL   R1,1
         LA    R8,1(,R8)
         B     ALMBIT
ALMGOT   LR    R2,R7
         SR    R2,R5               byte in the map
         LR    R10,R2
         SLL   R10,3
         LA    R10,1(R8,R10)       R10 = block
         C     R10,ADTNUM
         BH    ALMWRAP             behind the last block
         ST    R2,ADTHINT
         OR    R0,R1
         STC   R0,0(,R7)
         L     R1,ADTAVAIL
         BCTR  R1,0
         ST    R1,ADTAVAIL
         BAL   R9,ALMFLIP
         LR    R1,R10
         SUBPUT 1
         SUBRET RC=0
*
TRKFLIP  SUBENT BASE=DMSALM
         LR    R3,R1
         LR    R10,R0
         BAL   R9,ALMFLIP
         SUBRET RC=0
*
TRKLKPX  SUBENT BASE=DMSALM
         LR    R3,R1
         LR    R10,R0
         N     R10,=X'00FFFFFF'
         C     R10,=F'6'
         BL    ALMX9
         C     R10,ADTNUM
         BH    ALMX9
         BAL   R9,ALMFIND
         NR    R4,R1
         BZ    ALMX9               it is free
         BAL   R9,ALMFLIP
ALMX9    SUBRET RC=0
*---------------------------------------------------------------------
*        Local routines, link R9
* ALMFIND  R10 = block: R2 -> its byte in ADTMSK, R1 = mask, R4 = byte,
*          R5 = displacement; R8
* ALMFLIP  changes the bit of R10, counts, marks the block of the map
*---------------------------------------------------------------------
ALMFIND  LR    R5,R10
         BCTR  R5,0
         LA    R8,7
         NR    R8,R5               bit
         SRL   R5,3
         L     R2,ADTMSK
         AR    R2,R5
         LA    R1,X'80'
         SRL   R1,0(R8)
         SR    R4,R4
         IC    R4,0(,R2)
         BR    R9
ALMFLIP  LR    R7,R9
         BAL   R9,ALMFIND
         XR    R4,R1
         STC   R4,0(,R2)
         NR    R4,R1
         L     R1,ADTUSED
         BZ    ALMFL1
         LA    R1,2(,R1)
ALMFL1   BCTR  R1,0
         ST    R1,ADTUSED
         L     R2,ADTNUM
         SR    R2,R1
         ST    R2,ADTLEFT
         SR    R4,R4
         D     R4,ADTBSIZE
         SLL   R5,2
         A     R5,ADTMAPBL
         OI    0(R5),ADTMDIRT
         BR    R7
*
ADTCALC  SUBENT BASE=DMSALM
         LR    R3,R1
         L     R4,ADTQQM
         L     R5,ADTMAPLN
         L     R6,ADTMSK
         LR    R7,R5
         MVCL  R4,R6
         L     R1,ADTNUM
         S     R1,ADTUSED
         ST    R1,ADTLEFT
         ST    R1,ADTAVAIL
         SR    R1,R1
         ST    R1,ADTHINT
*              the reserve: all of the map, all of the directory and a
*              block more, their pointer blocks (of the map twice)
         L     R5,ADTFSTC
         LA    R5,2(,R5)
         SLL   R5,6
         SR    R4,R4
         D     R4,ADTBSIZE
         LA    R8,1(,R5)           R8 = directory
         L     R9,ADTMAPN          R9 = map
         LA    R10,0(R8,R9)
         LA    R5,1(,R8)
         BAL   R7,ALMTREE
         AR    R10,R5
         LR    R5,R9
         BAL   R7,ALMTREE
         AR    R10,R5
         AR    R10,R5
         ST    R10,ADTRSV
         SUBRET RC=0
*              pointer blocks of a file of R5 blocks; link R7
ALMTREE  SR    R6,R6
ALMTR1   C     R5,=F'1'
         BNH   ALMTR9
         SLL   R5,2
         A     R5,ADTBSIZE
         BCTR  R5,0
         SR    R4,R4
         D     R4,ADTBSIZE
         AR    R6,R5
         B     ALMTR1
ALMTR9   LR    R5,R6
         BR    R7
         LTORG
ALMFF    DC    256X'FF'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         END   DMSALM
