         TITLE 'DMSALD - make a disk known'
*---------------------------------------------------------------------
* ADTLOAD  Reads label, directory and allocation map of a disk
*          Entry: R1 = ADT with ADTDEV, ADTM, ADTMX, ADTFLG1 (ADTFRO:
*                 read-only is wanted)
*          Exit:  R15 = 0, all fields are set; 1 device not there, 2 no
*                 disk, 3 I/O error, no CMS disk or a damaged one, 25 no
*                 storage.  ADTFREE gives back what there is.
* ADTFREE  Gives back the storage of an ADT and the ADT.  R1 = ADT
* LABELIO  Reads or writes the block of the label in FVSLABEL
*          Entry: R1 = ADT, R0 = DIOREAD or DIOWRITE
*          Exit:  R15 as ADMSDIO
* DMSFSI   Work areas of the file system; called once at IPL
*
* The label is in block 3 of a CKD disk, in sector 1 of an FBA disk. The
* block size is the one with which the label can be read.
* The two FSTs of the file system's own (directory and map) are kept at
* ADTDIRBL; their slots in storage are free ones.
*---------------------------------------------------------------------
DMSALD   CSECT
         USING NUCON,0
         USING ADTSECT,R3
ADTLOAD  SUBENT BASE=DMSALD
         LR    R3,R1
         LH    R1,ADTDEV
         NUCALL ADEVCLS
         LTR   R15,R15
         BNZ   ALD1
         ST    R1,ALDWORD          class, type, status, flags
         MVC   ADTDCLS(2),ALDWORD
         TM    ALDWORD+3,X'80'
         BZ    *+8
         OI    ADTFLG1,ADTFRO
         L     R9,AFVS
         USING FVSECT,R9
         L     R8,FVSLABEL         R8 = buffer
         LA    R6,ALDFBA
         CLI   ADTDCLS,CLSFBA
         BE    ALDSIZE
         LA    R15,2
         CLI   ADTDCLS,CLSDASD
         BNE   ALDRET
         LA    R6,ALDGEO           geometry of this device
ALDGEOL  CLC   0(1,R6),ADTDTYP
         BE    ALDSIZE
         LA    R6,6(,R6)
         CLI   0(R6),X'FF'
         BNE   ALDGEOL
         B     ALDRET
*              try the block sizes
ALDSIZE  L     R5,=F'4096'
         LA    R7,2(,R6)           R7 -> blocks per track
         SR    R1,R1
         IC    R1,1(,R6)
         STH   R1,ADTHEADS
ALDTRY   ST    R5,ADTBSIZE
         SR    R1,R1
         IC    R1,0(,R7)
         STH   R1,ADTBPT
         LA    R0,DIOREAD
         LR    R1,R3
         L     R15,=A(LABELIO)
         BALR  R14,R15
         LTR   R15,R15
         BZ    ALDLABEL
         CH    R15,=H'1'
         BE    ALDRET
ALDNEXT  LA    R7,1(,R7)
         SRL   R5,1
         CH    R5,=H'512'
         BNL   ALDTRY
ALDBAD   LA    R15,3
ALDRET   SUBRET
ALD1     LA    R15,1
         B     ALDRET
ALD25    LA    R15,25
         B     ALDRET
*---------------------------------------------------------------------
*        The label, at R8
*---------------------------------------------------------------------
ALDLABEL CLC   0(4,R8),=C'CMS1'
         BNE   ALDBAD
         CLC   12(4,R8),ADTBSIZE
         BE    ALDLAB1
         CLI   ADTDCLS,CLSFBA
         BE    ALDNEXT
         B     ALDBAD
ALDLAB1  LR    R1,R5
         SRL   R1,6
         C     R1,40(,R8)
         BNE   ALDBAD
         CLC   36(4,R8),=F'64'
         BNE   ALDBAD
         CLC   16(4,R8),=F'4'
         BE    ALDLAB2
         CLC   16(4,R8),=F'5'
         BNE   ALDBAD
ALDLAB2  CLC   28(4,R8),=F'8'
         BL    ALDBAD
         CLI   28(R8),0
         BNE   ALDBAD
         LA    R0,10
         BAL   R10,ALDGET
         ST    R1,ADTLABEL
         MVC   0(80,R1),0(R8)
         MVC   ADTID,4(R8)
         MVC   ADTDOP,16(R8)
         MVC   ADTCYL,20(R8)
         MVC   ADTMAXCY,24(R8)
         MVC   ADTNUM,28(R8)
         MVC   ADTUSED,32(R8)
         MVC   ADTCDATE,44(R8)
         MVC   ADTLBLFL,50(R8)
         MVC   ADTOFFST,52(R8)
         L     R1,ADTNUM
         S     R1,ADTUSED
         ST    R1,ADTLEFT
*---------------------------------------------------------------------
*        The directory: its first block has its own FST
*---------------------------------------------------------------------
         L     R8,FVSBUF2
         MVC   ALDENT(4),ADTDOP
         ST    R8,ALDENT+4
         BAL   R10,ALDREAD
         CLC   0(16,R8),ALDDIRN
         BNE   ALDBAD
         CLC   64(16,R8),ALDMAPN
         BNE   ALDBAD
         LA    R0,16
         BAL   R10,ALDGET
         ST    R1,ADTDIRBL
         MVC   0(128,R1),0(R8)
         LR    R4,R1
         USING FSTSECT,R4
         L     R1,FSTAIC           entries
         C     R1,=F'2'
         BL    ALDBAD
         C     R1,ADTNUM           no disk has more files than blocks
         BH    ALDBAD
         SLL   R1,6
         A     R1,ADTBSIZE
         BCTR  R1,0
         SR    R0,R0
         D     R0,ADTBSIZE
         LR    R6,R1               R6 = blocks of the directory
         L     R7,ADTBSIZE         blocks of the map
         SLL   R7,3
         L     R1,ADTNUM
         AR    R1,R7
         BCTR  R1,0
         SR    R0,R0
         DR    R0,R7
         ST    R1,ADTMAPN
*              a list for all of these blocks and their pointer blocks
         AR    R1,R6
         LR    R0,R1
         SRL   R0,4
         AR    R0,R1
         AH    R0,=H'33'
         SRL   R0,1
         ST    R0,ADTMETAD
         BAL   R10,ALDGET
         ST    R1,ADTMETA
         ST    R1,ALDPPL+4         the pointers are its first part
         ST    R6,ALDPPL+8
         LR    R2,R6
         SLL   R2,2
         AR    R1,R2
         ST    R1,ALDPPL+24
         BAL   R10,ALDTREE
         L     R1,ADTMETA
         CLC   0(4,R1),ADTDOP
         BNE   ALDBAD
         LR    R2,R6
         A     R2,ALDPPL+28
         ST    R2,ADTMETAN         blocks and pointer blocks
*              the FSTs in one piece
         LR    R5,R6
         M     R4,ADTBSIZE         R5 = bytes
         LR    R0,R5
         SRL   R0,3
         AH    R0,=H'1'
         BAL   R10,ALDGET
         ST    R1,ADT1ST
         USING FSTHYPER,R1
         SRL   R5,6
         ST    R5,FSTHNUM
         LA    R5,FSTHFST
         DROP  R1
         ST    R5,ADTFDA
         ST    R6,ADTMFDN
         ST    R6,ADTDIRN
         LA    R1,1
         ST    R1,ADTHBCT
         L     R2,ADTMETA
         LR    R4,R6
         BAL   R9,ALDBLKS
*              mode letters; files of mode 0 are private
         L     R4,ADTFDA
         L     R1,ADT1ST
         L     R5,FSTHNUM-FSTHYPER(,R1)
         SR    R2,R2
         MVI   ALDPRIV,X'FF'
         TM    ADTFLG1,ADTFRO
         BZ    *+8
         MVI   ALDPRIV,C'0'
ALDMODE  CLI   FSTN,0
         BE    ALDMOD1
         MVC   FSTM(1),ADTM
         CLC   FSTM+1(1),ALDPRIV
         BE    ALDMOD2
         LA    R2,1(,R2)
ALDMOD1  LA    R4,FSTLEN(,R4)
         BCT   R5,ALDMODE
         ST    R2,ADTFSTC
         TM    ADTFLG1,ADTFRO
         BZ    ALDMAP
*              read-only: the list is not needed
         L     R1,ADTMETA
         L     R0,ADTMETAD
         NUCALL AFRET
         XC    ADTMETA(12),ADTMETA
ALDOK    SUBRET RC=0
ALDMOD2  MVI   FSTN,0
         B     ALDMOD1
         DROP  R4
*---------------------------------------------------------------------
*        The allocation map (read/write disks)
*---------------------------------------------------------------------
ALDMAP   OI    ADTFLG1,ADTFRW
         L     R6,ADTMAPN
         LA    R0,1(,R6)
         SRL   R0,1
         BAL   R10,ALDGET
         ST    R1,ADTMAPBL
         ST    R1,ALDPPL+4
         ST    R6,ALDPPL+8
         L     R1,ADTMETAN
         SLL   R1,2
         A     R1,ADTMETA
         ST    R1,ALDPPL+24
         L     R4,ADTDIRBL
         LA    R4,64(,R4)
         BAL   R10,ALDTREE
         L     R1,ADTMETAN
         A     R1,ALDPPL+28
         BCTR  R1,0                without the first block (4 or 5)
         ST    R1,ADTMETAN
         LR    R5,R1
         SLL   R5,2
         L     R4,ADTMETA
         LA    R14,4(,R4)
         LR    R15,R5
         MVCL  R4,R14
         LR    R5,R6
         M     R4,ADTBSIZE
         ST    R5,ADTMAPLN
         LR    R0,R5
         SRL   R0,3
         BAL   R10,ALDGET
         ST    R1,ADTMSK
         L     R0,ADTMAPLN
         SRL   R0,3
         BAL   R10,ALDGET
         ST    R1,ADTQQM
         L     R2,ADTMAPBL
         L     R5,ADTMSK
         LR    R4,R6
         BAL   R9,ALDBLKS
*              blocks in use: count the bits
         L     R5,ADTMSK
         OI    0(R5),X'F8'         blocks 1 to 5
         L     R6,ADTMAPLN
         SRL   R6,6                in parts of 64 bytes
         SR    R2,R2
ALDCNT   MVC   ALDTR,0(R5)
         TR    ALDTR,ALDBITS
         LA    R4,ALDTR
         LA    R1,16
         SR    R0,R0
ALDCNT1  AL    R0,0(,R4)           four sums at once, at most 128
         LA    R4,4(,R4)
         BCT   R1,ALDCNT1
         LA    R4,4
ALDCNT2  LR    R1,R0
         N     R1,=F'255'
         AR    R2,R1
         SRL   R0,8
         BCT   R4,ALDCNT2
         LA    R5,64(,R5)
         BCT   R6,ALDCNT
         ST    R2,ADTUSED
         LR    R1,R3
         L     R15,=V(ADTCALC)
         BALR  R14,R15
         B     ALDOK
*---------------------------------------------------------------------
*        Local routines
* ALDGET   R0 doublewords to R1, cleared; link R10; R0, R14, R15
* ALDREAD  reads block ALDENT; link R10
* ALDBLKS  reads the R4 blocks whose numbers are at R2 to R5; link R9
* ALDTREE  pointers of the FST at R4, by ALDPPL; link R10
*          They end at ALDRET when they fail.
*---------------------------------------------------------------------
ALDGET   LR    R14,R0
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   ALD25
         ST    R1,ALDAT
         SLL   R0,3
         LR    R14,R1
         LR    R15,R0
         SR    R1,R1
         LR    R0,R14
         MVCL  R14,R0
         L     R1,ALDAT
         BR    R10
ALDREAD  ST    R3,ALDDIO
         LA    R1,ALDDIO
         NUCALL ADMSDIO
         LTR   R15,R15
         BCR   8,R10
         CH    R15,=H'1'
         BE    ALDRET
         B     ALDBAD
ALDBLKS  CLC   0(4,R2),=F'4'
         BL    ALDBAD
         CLC   0(4,R2),ADTNUM
         BH    ALDBAD
         MVC   ALDENT(4),0(R2)
         ST    R5,ALDENT+4
         BAL   R10,ALDREAD
         A     R5,ADTBSIZE
         LA    R2,4(,R2)
         BCT   R4,ALDBLKS
         BR    R9
         USING FSTSECT,R4
ALDTREE  ST    R3,ALDPPL
         MVC   ALDPPL+16(4),FSTFOP
         SR    R1,R1
         IC    R1,FSTNLVL
         ST    R1,ALDPPL+20
         DROP  R4
         XC    ALDPPL+28(8),ALDPPL+28
         LA    R1,ALDPPL
         L     R15,=V(GETPTR)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   ALDBAD
         BR    R10
*
ADTFREE  SUBENT BASE=DMSALD
         LR    R3,R1
         L     R6,ADT1ST
         USING FSTHYPER,R6
ALDFR1   LTR   R1,R6
         BZ    ALDFR2
         L     R0,FSTHNUM
         SLL   R0,3
         AH    R0,=H'1'
         L     R6,FSTHNEXT
         NUCALL AFRET
         B     ALDFR1
         DROP  R6
ALDFR2   LA    R4,ALDLIST          the areas of a fixed place
ALDFR3   LH    R1,0(,R4)
         L     R1,0(R1,R3)
         LTR   R1,R1
         BZ    ALDFR4
         LH    R0,2(,R4)
         LTR   R0,R0
         BP    ALDFR5
         LPR   R2,R0               size is in the ADT: a word ...
         L     R0,0(R2,R3)
         LH    R2,4(,R4)           ... which is shifted
         AH    R0,6(,R4)
         SRL   R0,0(R2)
ALDFR5   NUCALL AFRET
ALDFR4   LA    R4,8(,R4)
         CLI   0(R4),X'FF'
         BNE   ALDFR3
         LR    R1,R3
         LA    R0,ADTDW
         NUCALL AFRET
         SUBRET RC=0
*              address, size (or - its word), shift, what is added
         DS    0H
ALDLIST  DC    AL2(ADTLABEL-ADTSECT,10,0,0)
         DC    AL2(ADTDIRBL-ADTSECT,16,0,0)
         DC    AL2(ADTMETA-ADTSECT,ADTSECT-ADTMETAD,0,0)
         DC    AL2(ADTMSK-ADTSECT,ADTSECT-ADTMAPLN,3,0)
         DC    AL2(ADTQQM-ADTSECT,ADTSECT-ADTMAPLN,3,0)
         DC    AL2(ADTMAPBL-ADTSECT,ADTSECT-ADTMAPN,1,1)
         DC    X'FF'
*
LABELIO  SUBENT BASE=DMSALD
         LR    R3,R1
         MVC   ALDADT(ADTLEN),ADTSECT
         L     R9,AFVS
         USING FVSECT,R9
         MVC   ALDENT+4(4),FVSLABEL
         DROP  R9
         LA    R5,3
         CLI   ADTDCLS,CLSFBA
         BNE   ALDLBL
         LA    R1,512              the sector
         ST    R1,ALDADT+ADTBSIZE-ADTSECT
         LA    R5,2
ALDLBL   ST    R5,ALDENT
         LA    R1,ALDADT
         ST    R1,ALDDIO
         STC   R0,ALDDIO+4
         LA    R1,ALDDIO
         NUCALL ADMSDIO
         MVI   ALDDIO+4,DIOREAD
         SUBRET
*
DMSFSI   SUBENT BASE=DMSALD
         L     R9,AFVS
         USING FVSECT,R9
         LA    R0,512
         SR    R1,R1
         NUCALL AFREE
         ST    R1,FVSBUF
         LA    R0,512
         SR    R1,R1
         NUCALL AFREE
         ST    R1,FVSBUF2
         LA    R0,512
         SR    R1,R1
         NUCALL AFREE
         ST    R1,FVSLABEL
         SUBRET RC=0
         DROP  R9
         LTORG
         DS    0D
ALDENT   DC    F'0',A(0)
ALDDIO   DC    A(0),AL1(DIOREAD),XL3'00',A(ALDENT),F'1'
ALDPPL   DC    A(0,0),F'0',F'4',F'0',F'0',A(0),F'0',F'0'
ALDWORD  DC    F'0'
ALDAT    DC    A(0)
ALDPRIV  DC    X'00'
*              type, heads, blocks on a track (4096 2048 1024 512)
ALDGEO   DC    X'40',AL1(20,1,3,6,11)      2314
         DC    X'10',AL1(19,3,6,11,20)     3330
         DC    X'01',AL1(12,2,3,7,12)      3340
         DC    X'08',AL1(30,4,8,15,27)     3350
         DC    X'04',AL1(12,8,14,25,40)    3375
         DC    X'20',AL1(15,10,18,31,46)   3380
         DC    X'FF'
ALDFBA   DC    X'00',AL1(0,0,0,0,0)
ALDDIRN  DC    X'0000000100000000',C'DIRECTOR'
ALDMAPN  DC    X'0000000200000000',C'ALLOCMAP'
ALDTR    DC    XL64'00'
*              bits that are one in a byte
ALDBITS  DC    AL1(0,1,1,2,1,2,2,3,1,2,2,3,2,3,3,4)
         DC    AL1(1,2,2,3,2,3,3,4,2,3,3,4,3,4,4,5)
         DC    AL1(1,2,2,3,2,3,3,4,2,3,3,4,3,4,4,5)
         DC    AL1(2,3,3,4,3,4,4,5,3,4,4,5,4,5,5,6)
         DC    AL1(1,2,2,3,2,3,3,4,2,3,3,4,3,4,4,5)
         DC    AL1(2,3,3,4,3,4,4,5,3,4,4,5,4,5,5,6)
         DC    AL1(2,3,3,4,3,4,4,5,3,4,4,5,4,5,5,6)
         DC    AL1(3,4,4,5,4,5,5,6,4,5,5,6,5,6,6,7)
         DC    AL1(1,2,2,3,2,3,3,4,2,3,3,4,3,4,4,5)
         DC    AL1(2,3,3,4,3,4,4,5,3,4,4,5,4,5,5,6)
         DC    AL1(2,3,3,4,3,4,4,5,3,4,4,5,4,5,5,6)
         DC    AL1(3,4,4,5,4,5,5,6,4,5,5,6,5,6,6,7)
         DC    AL1(2,3,3,4,3,4,4,5,3,4,4,5,4,5,5,6)
         DC    AL1(3,4,4,5,4,5,5,6,4,5,5,6,5,6,6,7)
         DC    AL1(3,4,4,5,4,5,5,6,4,5,5,6,5,6,6,7)
         DC    AL1(4,5,5,6,5,6,6,7,5,6,6,7,6,7,7,8)
ALDADT   DC    XL256'00'           an ADT
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  DIOPL
         COPY  FST
         COPY  FVS
         COPY  DEVTAB
         END   DMSALD
