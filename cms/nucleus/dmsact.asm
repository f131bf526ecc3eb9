         TITLE 'DMSACT - open files'
*---------------------------------------------------------------------
* ACTLKP   Finds an open file
*          Entry: R1 -> plist (fn at 8, ft at 16, fm at 24, * = any)
*          Exit:  R15 = 0, R1 = AFT; 6 not open
* ACTNXT   The next one that fits: R0 = AFT of the last answer or 0
* ACTFREE  Makes an AFT for a file on a disk
*          Entry: R1 -> plist, R0 = ADT, R2 = FST or 0 (new file)
*          Exit:  R15 = 0, R1 = AFT with the pointers in storage;
*                 3 I/O error or damaged file, 25 no storage
* ACTFRET  Forgets an AFT: R1 = AFT; its storage is given back
* AFTGIVE  Notes a block (R0) that is to be given back when the file is
*          closed.  R1 = AFT.  R15 = 25 no storage
* AFTROOM  Makes room for R0 pointers.  R1 = AFT.  R15 = 25 no storage
* AFTDROP  Gives up what was written: the new blocks of R1 = AFT
*---------------------------------------------------------------------
DMSACT   CSECT
         USING NUCON,0
         USING AFTSECT,R11
         USING ADTSECT,R3
ACTLKP   SUBENT BASE=DMSACT
         SR    R0,R0
         B     ACTLK1
ACTNXT   SUBENT BASE=DMSACT
ACTLK1   LR    R4,R1               R4 = plist
         L     R11,FVSD            first AFT
         LTR   R1,R0
         BZ    ACTLOOP
         LR    R11,R1
ACTSKIP  L     R11,AFTPTR
ACTLOOP  LTR   R11,R11
         BZ    ACTNONE
         L     R3,AFTADT
         CLI   24(R4),C'*'
         BE    ACTLN
         CLI   24(R4),C' '
         BE    ACTLN
         CLI   24(R4),0
         BE    ACTLN
         CLC   ADTM,24(R4)
         BE    ACTLN
         CLC   ADTMX,24(R4)
         BNE   ACTSKIP
ACTLN    CLI   8(R4),C'*'
         BNE   ACTLN1
         CLI   9(R4),C' '
         BE    ACTLT
ACTLN1   CLC   AFTFST(8),8(R4)
         BNE   ACTSKIP
ACTLT    CLI   16(R4),C'*'
         BNE   ACTLT1
         CLI   17(R4),C' '
         BE    ACTHIT
ACTLT1   CLC   AFTFST+8(8),16(R4)
         BNE   ACTSKIP
ACTHIT   LR    R1,R11
         SUBPUT 1
         SUBRET RC=0
ACTNONE  SUBRET RC=6
*
ACTFREE  SUBENT BASE=DMSACT
         LR    R4,R1               R4 = plist
         LR    R3,R0               R3 = ADT
         LR    R5,R2               R5 = FST or 0
         LA    R0,AFTDW
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   ACTF25
         LR    R11,R1
         XC    AFTSECT(AFTLEN),AFTSECT
         ST    R3,AFTADT
         ST    R5,AFTPFST
         LH    R1,=H'-1'
         ST    R1,AFTIDX
         LA    R1,1
         ST    R1,AFTVREC
         MVI   AFTPSIZE+3,4
         L     R0,ADTBSIZE
         SRL   R0,3
         SR    R1,R1
         NUCALL AFREE              the buffer
         LTR   R15,R15
         BNZ   ACTFBAD
         ST    R1,AFTBUF
         LTR   R5,R5
         BZ    ACTFNEW
         MVC   AFTFST,0(R5)
         LA    R7,AFTFST
         USING FSTSECT,R7
         CLI   FSTFV,C'V'
         BNE   ACTFF
         MVI   AFTPSIZE+3,12
         L     R9,FSTADBC
         B     ACTFP
ACTFF    L     R1,FSTIL            F: blocks = bytes / block size
         LTR   R1,R1
         BNP   ACTF3
         SR    R0,R0
         M     R0,FSTAIC
         A     R1,ADTBSIZE         round up
         BCTR  R1,0
         LTR   R0,R0
         BNZ   ACTF3
         LTR   R1,R1
         BM    ACTF3
         D     R0,ADTBSIZE
         LR    R9,R1               R9 = number of pointers
ACTFP    LTR   R9,R9
         BM    ACTF3
         L     R1,ADTNUM           null blocks: up to four times
         SLL   R1,2
         CR    R9,R1
         BH    ACTF3
         LR    R1,R11
         LA    R0,8(,R9)
         L     R15,=A(AFTROOM)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   ACTFBAD
         ST    R9,AFTPTRN
*              room for the list of pointer blocks
         LR    R0,R9
         SRL   R0,4
         AH    R0,=H'16'
         BAL   R10,ACTLIST
         BNZ   ACTFBAD
         MVC   ACTPPL+0(4),AFTADT
         MVC   ACTPPL+4(4),AFTPTRS
         ST    R9,ACTPPL+8
         MVC   ACTPPL+12(4),AFTPSIZE
         MVC   ACTPPL+16(4),FSTFOP
         SR    R1,R1
         IC    R1,FSTNLVL
         ST    R1,ACTPPL+20
         MVC   ACTPPL+24(4),AFTFRL
         XC    ACTPPL+28(8),ACTPPL+28
         LA    R1,ACTPPL
         L     R15,=V(GETPTR)
         BALR  R14,R15
         MVC   AFTFRN,ACTPPL+28
         LTR   R15,R15
         BNZ   ACTFBAD
         CLI   FSTFV,C'V'
         BNE   ACTFIN
*              V without pointer blocks: the one block begins with the
*              first record
         CLI   FSTNLVL,0
         BNE   ACTFIN
         L     R1,AFTPTRS
         LTR   R9,R9
         BZ    ACTFIN
         MVC   4(4,R1),FSTAIC
         B     ACTFIN
ACTFNEW  LA    R7,AFTFST
         MVC   AFTFST(16),8(R4)
         OI    AFTFLG2,AFTNEW
ACTFIN   MVC   AFTPTR,FVSD
         ST    R11,FVSD
         MVI   AFTFLG,AFTUSED
         LA    R1,1
         ST    R1,AFTRP
         L     R1,FSTAIC
         AH    R1,=H'1'
         ST    R1,AFTWP
         LR    R1,R11
         SUBPUT 1
         SUBRET RC=0
         DROP  R7
ACTF3    LA    R15,3
ACTFBAD  LR    R9,R15
         BAL   R10,ACTREL
         LR    R15,R9
         SUBRET
ACTF25   SUBRET RC=25
*
ACTFRET  SUBENT BASE=DMSACT
         LR    R11,R1
         LA    R4,FVSD             take it out of the chain
ACTUNL   L     R5,0(,R4)
         LTR   R5,R5
         BZ    ACTUN2
         CR    R5,R11
         BE    ACTUN1
         LR    R4,R5
         B     ACTUNL
ACTUN1   MVC   0(4,R4),AFTPTR
ACTUN2   L     R3,AFTADT
         BAL   R10,ACTREL
         SUBRET RC=0
*              give back the storage of R11; link R10
ACTREL   L     R3,AFTADT
         L     R1,AFTBUF
         LTR   R1,R1
         BZ    ACTR1
         L     R0,ADTBSIZE
         SRL   R0,3
         NUCALL AFRET
ACTR1    L     R1,AFTPTRS
         LTR   R1,R1
         BZ    ACTR2
         L     R0,AFTPTRM
         MH    R0,AFTPSIZE+2
         SRL   R0,3
         NUCALL AFRET
ACTR2    L     R1,AFTFRL
         LTR   R1,R1
         BZ    ACTR3
         L     R0,AFTFRM
         SRL   R0,1
         NUCALL AFRET
ACTR3    LR    R1,R11
         LA    R0,AFTDW
         NUCALL AFRET
         BR    R10
*
AFTROOM  SUBENT BASE=DMSACT
         LR    R11,R1
         C     R0,AFTPTRM
         BNH   ACTRM0
         LR    R5,R0
         A     R5,AFTPTRM          grow by what is there and more
         N     R5,=X'FFFFFFFE'
         LA    R5,2(,R5)           R5 = pointers, an even number
         LR    R0,R5
         MH    R0,AFTPSIZE+2
         LR    R7,R0               R7 = bytes
         SRL   R0,3
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   ACTF25
         LR    R6,R1
         LR    R8,R6
         LR    R9,R7
         L     R0,AFTPTRS
         L     R1,AFTPTRM
         MH    R1,AFTPSIZE+2
         MVCL  R8,R0               copy, zeros behind
         L     R1,AFTPTRS
         LTR   R1,R1
         BZ    ACTRM1
         L     R0,AFTPTRM
         MH    R0,AFTPSIZE+2
         SRL   R0,3
         NUCALL AFRET
ACTRM1   ST    R6,AFTPTRS
         ST    R5,AFTPTRM
ACTRM0   SUBRET RC=0
*
AFTGIVE  SUBENT BASE=DMSACT
         LR    R11,R1
         LR    R9,R0
         L     R1,AFTFRN
         C     R1,AFTFRM
         BL    ACTGV1
         LR    R0,R1
         AR    R0,R0
         AH    R0,=H'32'
         BAL   R10,ACTLIST
         BNZ   ACTF25
ACTGV1   L     R1,AFTFRN
         LR    R2,R1
         SLL   R2,2
         A     R2,AFTFRL
         ST    R9,0(,R2)
         LA    R1,1(,R1)
         ST    R1,AFTFRN
         SUBRET RC=0
*              list of R0 numbers for R11, with the old contents; link
*              R10; condition code 0: there is room
ACTLIST  N     R0,=X'FFFFFFFE'
         LR    R5,R0
         SRL   R0,1
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   ACTLS9
         LR    R6,R1
         LR    R0,R1
         L     R1,AFTFRN
         SLL   R1,2
         L     R14,AFTFRL
         LR    R15,R1
         MVCL  R0,R14
         L     R1,AFTFRL
         LTR   R1,R1
         BZ    ACTLS1
         L     R0,AFTFRM
         SRL   R0,1
         NUCALL AFRET
ACTLS1   ST    R6,AFTFRL
         ST    R5,AFTFRM
         SR    R15,R15
ACTLS9   LTR   R15,R15
         BR    R10
*
AFTDROP  SUBENT BASE=DMSACT
         LR    R11,R1
         L     R3,AFTADT
         L     R4,AFTPTRS
         L     R5,AFTPTRN
         LTR   R5,R5
         BNP   ACTDR9
ACTDR1   TM    0(R4),AFTNEWB
         BZ    ACTDR2
         L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         XC    0(4,R4),0(R4)
ACTDR2   A     R4,AFTPSIZE
         BCT   R5,ACTDR1
ACTDR9   NI    AFTFLG,255-AFTDIRTY
         SUBRET RC=0
         LTORG
ACTPPL   DC    9F'0'
*              the work area of the file system
         ENTRY FVS
FVS      DS    0D
FVSD     DC    A(0)
         DC    A(0,0,0)
         DC    XL72'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  FST
         END   DMSACT
