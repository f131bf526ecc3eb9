         TITLE 'DMSPTR - pointer blocks'
*---------------------------------------------------------------------
* GETPTR   Reads the tree of pointer blocks of a file
*          Entry: R1 -> PPL: ADT, array of PPLCNT pointers to fill, size
*                 of a pointer, origin pointer, levels; PPLLIST gets the
*                 numbers of the pointer blocks (0: not wanted)
*          Exit:  R15 = 0; 3 I/O error or a bad pointer
* PUTPTR   Writes it
*          Entry: R1 -> PPL: ADT, array, count, size of a pointer,
*                 PPLRSV; PPLLIST gets the numbers of the new blocks
*          Exit:  R15 = 0, PPLFOP, PPLLVL; 3 I/O error, 13 disk full
*                 PPLLISTN numbers are in PPLLIST in any case
*          PUTPTR destroys the array (each level is built in it).
*          A pointer is 4 bytes (F), or 12 (V: block, highest record,
*          displacement).  Block 0 stands for zeros.
*---------------------------------------------------------------------
DMSPTR   CSECT
         USING NUCON,0
         USING PPL,R11
         USING ADTSECT,R3
GETPTR   SUBENT BASE=DMSPTR
         LR    R11,R1
         L     R3,PPLADT
         L     R9,PPLLVL
         L     R1,PPLCNT
         LTR   R1,R1
         BZ    GPOK
         L     R2,PPLARR
         MVC   0(4,R2),PPLFOP
         CLI   PPLPSZ+3,12
         BNE   *+10
         XC    4(8,R2),4(R2)
         LTR   R9,R9
         BZ    GPOK
         C     R9,=F'7'
         BH    GPBAD
         BAL   R10,PTFANOUT
*              pointers needed on each level
         LA    R4,PTNEED
         L     R7,PPLCNT
         ST    R7,0(,R4)
         LR    R5,R9
GPNEED   A     R7,PTFAN
         BCTR  R7,0
         SR    R6,R6
         D     R6,PTFAN
         LA    R4,4(,R4)
         ST    R7,0(,R4)
         BCT   R5,GPNEED
         C     R7,=F'1'
         BNE   GPBAD
*              from the top: each level replaces the one above it in
*              the array, last block first
GPLEVEL  BCTR  R9,0                R9 = level below
         LR    R4,R9
         SLL   R4,2
         L     R8,PTNEED+4(R4)     R8 = blocks on this level
GPBLOCK  BCTR  R8,0                R8 = index of the block
         LR    R5,R8
         M     R4,PTFAN            R5 = index of its first pointer
         LR    R7,R9
         SLL   R7,2
         L     R7,PTNEED(R7)
         SR    R7,R5
         C     R7,PTFAN
         BNH   *+8
         L     R7,PTFAN            R7 = pointers in this block
         M     R6,PPLPSZ           R7 = bytes
         M     R4,PPLPSZ
         A     R5,PPLARR           R5 = where they go
         LR    R2,R8
         SLL   R2,2
         CLI   PPLPSZ+3,12
         BNE   GPB1
         LR    R1,R2
         SLL   R1,1
         AR    R2,R1
GPB1     A     R2,PPLARR
         L     R6,0(,R2)           R6 = the block
         LTR   R6,R6
         BZ    GPZERO
         C     R6,=F'4'
         BL    GPBAD
         C     R6,ADTNUM
         BH    GPBAD
         ST    R6,PTENT
         BAL   R10,PTNOTE
         LA    R1,DIOREAD
         BAL   R10,PTIO
         BNZ   GPBAD
         LR    R4,R5
         LR    R5,R7
         L     R6,PTENT+4
         MVCL  R4,R6
         B     GPB9
GPZERO   LR    R4,R5
         LR    R5,R7
         SR    R7,R7
         MVCL  R4,R6
GPB9     LTR   R8,R8
         BNZ   GPBLOCK
         LTR   R9,R9
         BNZ   GPLEVEL
GPOK     SUBRET RC=0
GPBAD    SUBRET RC=3
*
PUTPTR   SUBENT BASE=DMSPTR
         LR    R11,R1
         L     R3,PPLADT
         XC    PPLFOP(8),PPLFOP
         BAL   R10,PTFANOUT
         L     R9,PPLCNT           R9 = pointers on this level
         LTR   R9,R9
         BZ    GPOK
PPLEVEL  C     R9,=F'1'
         BNH   PPTOP
         L     R5,PPLARR           R5 = next pointer to take
         LR    R8,R5               R8 = where the next level goes
PPBLOCK  LR    R7,R9
         C     R7,PTFAN
         BNH   *+8
         L     R7,PTFAN
         SR    R9,R7
         LR    R2,R5               R2 = first pointer of the block
         M     R6,PPLPSZ           R7 = bytes
         LR    R6,R5
         AR    R5,R7
         L     R0,PTENT+4          copy into the buffer, padded
         L     R1,ADTBSIZE
         ST    R7,PTBYTES
         MVCL  R0,R6
         MVC   PTFIRST,4(R2)       displacement follows at 8
         L     R7,PTBYTES
         CLI   PPLPSZ+3,12
         BE    PPV
*              F: a block of null pointers is a null pointer
         L     R6,PTENT+4
PPNULL   OC    0(4,R6),0(R6)
         BNZ   PPALLOC
         LA    R6,4(,R6)
         S     R7,=F'4'
         BP    PPNULL
         SR    R6,R6
         B     PPPUT
*              V: last word = displacement of the last pointer
PPV      L     R6,PTENT+4
         A     R6,ADTBSIZE
         S     R6,=F'4'
         S     R7,=F'12'
         ST    R7,0(,R6)
PPALLOC  LR    R1,R3
         L     R0,PPLRSV
         L     R15,=V(TRKLKP)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   PPRET
         ST    R1,PTENT
         LR    R6,R1
         BAL   R10,PTNOTE
         LA    R1,DIOWRITE
         BAL   R10,PTIO
         BNZ   PPRET
         L     R6,PTENT
*              the pointer to this block
PPPUT    CLI   PPLPSZ+3,12
         BNE   PPPUT4
         MVC   8(4,R8),PTFIRST+4   displacement of the first
         LR    R1,R5
         S     R1,=F'12'
         MVC   4(4,R8),4(R1)       highest record of the last
         ST    R6,0(,R8)
         LA    R8,12(,R8)
         B     PPNEXT
PPPUT4   ST    R6,0(,R8)
         LA    R8,4(,R8)
PPNEXT   LTR   R9,R9
         BP    PPBLOCK
         L     R1,PPLLVL
         LA    R1,1(,R1)
         ST    R1,PPLLVL
         S     R8,PPLARR           pointers on the new level
         LR    R9,R8
         SR    R8,R8
         D     R8,PPLPSZ
         B     PPLEVEL
PPTOP    L     R1,PPLARR
         MVC   PPLFOP,0(R1)
         SR    R15,R15
PPRET    SUBRET
*---------------------------------------------------------------------
*        Local routines, link R10
* PTFANOUT PTFAN = pointers in a block
* PTNOTE   puts R6 into the list of pointer blocks
* PTIO     reads or writes (R1) block PTENT; condition code 0: done
*---------------------------------------------------------------------
PTFANOUT SR    R0,R0
         L     R1,ADTBSIZE
         D     R0,PPLPSZ
         ST    R1,PTFAN
         L     R1,AFVS
         USING FVSECT,R1
         MVC   PTENT+4(4),FVSBUF
         DROP  R1
         BR    R10
PTNOTE   L     R1,PPLLIST
         LTR   R1,R1
         BCR   8,R10
         L     R0,PPLLISTN
         LR    R15,R0
         SLL   R15,2
         AR    R1,R15
         ST    R6,0(,R1)
         AH    R0,=H'1'
         ST    R0,PPLLISTN
         BR    R10
PTIO     ST    R3,PTDIO
         STC   R1,PTDIO+4
         LA    R1,PTDIO
         NUCALL ADMSDIO
         LTR   R15,R15
         BCR   8,R10
         CH    R15,=H'12'
         BE    *+8
         LA    R15,3
         LTR   R15,R15
         BR    R10
         LTORG
         DS    0D
PTENT    DC    F'0',A(0)
PTDIO    DC    A(0),XL4'00',A(PTENT),F'1'
PTFAN    DC    F'0'
PTBYTES  DC    F'0'
PTFIRST  DC    XL8'00'
PTNEED   DC    9F'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  DIOPL
         COPY  FVS
         END   DMSPTR
