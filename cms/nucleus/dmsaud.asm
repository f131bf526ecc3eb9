         TITLE 'DMSAUD - write the directory'
*---------------------------------------------------------------------
* UPDISK   Writes allocation map, directory and label of a disk
*          Entry: R1 = ADT (accessed for output)
*          Exit:  R15 = 0; 3 I/O error (or it is another disk), 12 read-
*                 only, 13 no room, 25 no storage: the disk is what it
*                 was, the state in storage is still to be written
* FSTDATE  Sets the date fields of the FST at R1
*
* Order: the changed blocks of directory and map, with their pointer
* blocks, go to blocks that are free in both maps; the first block of
* the directory goes to the one of 4 and 5 that is not in use.  Then one
* write of the label (its origin of the directory, its count of blocks
* in use) makes all of it valid.
* A file has the place in the directory on the disk that it has in
* storage; the last ones go to the free places, so that few blocks are
* changed.
* New blocks of files that are still open for output are free in the
* map on the disk: an end without FINIS leaves no lost blocks.
*---------------------------------------------------------------------
DMSAUD   CSECT
         USING NUCON,0
         USING ADTSECT,R3
UPDISK   SUBENT BASE=DMSAUD
         STNSM AUDMASK,X'00'
         LR    R3,R1
         LA    R15,12
         TM    ADTFLG1,ADTFRW
         BZ    AUDRET
*              is it still the same disk?
         LA    R0,DIOREAD
         LR    R1,R3
         L     R15,=V(LABELIO)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   AUDRET
         L     R1,AFVS
         L     R1,FVSLABEL-FVSECT(,R1)
         L     R4,ADTLABEL
         LA    R15,3
         CLC   0(80,R4),0(R1)
         BNE   AUDRET
         NUCALL AGETCLK
         ST    R3,AUDPPL
         ST    R3,AUDDIO
*              how many files, how many blocks of directory
         BAL   R10,AUDCOUNT
         ST    R1,ADTFSTC
         LA    R1,2(,R1)
         ST    R1,AUDENTS
         SLL   R1,6
         A     R1,ADTBSIZE
         BCTR  R1,0
         SR    R0,R0
         D     R0,ADTBSIZE
         ST    R1,AUDDIRN
*              storage: the new list of own blocks, which is kept; the
*              old blocks of the map, and pointers for PUTPTR
         LR    R2,R1
         L     R5,ADTMAPN
         LA    R0,0(R5,R2)
         LR    R1,R0
         SRL   R0,4
         AR    R0,R2
         AH    R0,=H'33'
         SRL   R0,1
         ST    R0,AUDMETAD
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   AUD25
         ST    R1,AUDMETA
         LR    R0,R5
         AR    R0,R5
         AR    R0,R2
         LA    R1,2
         AR    R0,R1
         SRL   R0,1
         ST    R0,AUDWORKD
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   AUD25A
         ST    R1,AUDOLD
         LR    R4,R5               old numbers of the map
         SLL   R5,2
         LA    R2,0(R1,R5)
         ST    R2,AUDPPL+4
         L     R2,ADTMAPBL
         LR    R14,R1
         LR    R15,R5
         LR    R0,R2
         LR    R1,R5
         MVCL  R14,R0
         SR    R1,R1
         ST    R1,AUDMETAN
*              blocks of open files, and the own ones: free
         BAL   R10,AUDOPEN
         L     R4,ADTMETA
         L     R5,ADTMETAN
         BAL   R10,AUDFLIP
*---------------------------------------------------------------------
*        The directory but its first block.  A block that is what it
*        was keeps its place.
*---------------------------------------------------------------------
         L     R9,AFVS
         L     R9,FVSBUF2-FVSECT(,R9)
         BAL   R10,AUDRESET
         BAL   R10,AUDBUILD
         SR    R7,R7
AUDDIR1  LA    R1,1(,R7)
         C     R1,AUDDIRN
         BNL   AUDDIR9
         BAL   R10,AUDBUILD
         LA    R1,1(,R7)
         C     R1,ADTDIRN
         BNL   AUDDIR2
         LR    R2,R7               there is an old one
         SLL   R2,2
         A     R2,ADTMETA
         MVC   AUDENT(4),0(R2)
         L     R1,AFVS
         MVC   AUDENT+4(4),FVSBUF-FVSECT(R1)
         MVI   AUDDIO+4,DIOREAD
         BAL   R10,AUDWRITE
         MVI   AUDDIO+4,DIOWRITE
         BNZ   AUDDIR2
         LR    R4,R9
         L     R5,ADTBSIZE
         L     R14,AUDENT+4
         LR    R15,R5
         CLCL  R4,R14
         BNE   AUDDIR2
         L     R0,AUDENT
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         L     R1,AUDENT
         BAL   R10,AUDNOTE
         B     AUDDIR3
AUDDIR2  BAL   R10,AUDALLOC
         BNZ   AUDBACK
         ST    R1,AUDENT
         ST    R9,AUDENT+4
         BAL   R10,AUDNOTE
         BAL   R10,AUDWRITE
         BNZ   AUDBACK
AUDDIR3  LA    R7,1(,R7)
         B     AUDDIR1
AUDDIR9  DS    0H
         LA    R1,9                4 or 5
         S     R1,ADTDOP
         ST    R1,AUDDOP
         L     R5,AUDPPL+4
         ST    R1,0(,R5)
         LA    R4,4(,R5)
         L     R5,AUDMETAN
         SLL   R5,2
         L     R6,AUDMETA
         LR    R7,R5
         MVCL  R4,R6
         L     R9,AUDDIRN
         BAL   R10,AUDTREE
         BNZ   AUDBACK
         L     R1,ADTDIRBL
         USING FSTSECT,R1
         MVC   FSTFOP,AUDPPL+16
         MVC   FSTNLVL,AUDPPL+23
         MVC   FSTADBC,AUDDIRN
         MVC   FSTAIC,AUDENTS
         MVI   FSTPTRSZ,4
         DROP  R1
*---------------------------------------------------------------------
*        Places for the blocks of the map that were changed.  That
*        changes the map, until no more blocks are concerned.
*---------------------------------------------------------------------
AUDMAP   MVC   AUDMARK,AUDMETAN
AUDMAP1  L     R4,ADTMAPBL
         L     R5,ADTMAPN
         SR    R9,R9               R9 = 1: again
AUDMAP2  TM    0(R4),ADTMDIRT
         BZ    AUDMAP3
         TM    0(R4),ADTMMOVE
         BO    AUDMAP3
         LA    R9,1
         L     R0,0(,R4)
         N     R0,=X'00FFFFFF'
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         BAL   R10,AUDALLOC
         BNZ   AUDMAPX
         ST    R1,0(,R4)
         OI    0(R4),ADTMDIRT+ADTMMOVE
AUDMAP3  LA    R4,4(,R4)
         BCT   R5,AUDMAP2
         LTR   R9,R9
         BNZ   AUDMAP1
         L     R2,ADTDIRBL
         LA    R2,64(,R2)
         USING FSTSECT,R2
         L     R4,ADTMAPBL
         L     R9,ADTMAPN
         C     R9,=F'1'
         BNE   AUDMAP4
         MVC   FSTFOP,0(R4)
         MVI   FSTFOP,0
         MVI   FSTNLVL,0
         B     AUDMAP6
AUDMAP4  L     R5,AUDPPL+4
         LR    R1,R9
AUDMAP5  MVC   0(4,R5),0(R4)
         MVI   0(R5),0
         LA    R4,4(,R4)
         LA    R5,4(,R5)
         BCT   R1,AUDMAP5
         BAL   R10,AUDTREE
         BNZ   AUDBACK
         MVC   FSTFOP,AUDPPL+16
         MVC   FSTNLVL,AUDPPL+23
*              did the pointer blocks change more of the map?
         L     R4,ADTMAPBL
         L     R5,ADTMAPN
AUDMAP7  TM    0(R4),ADTMDIRT
         BZ    AUDMAP8
         TM    0(R4),ADTMMOVE
         BZ    AUDAGAIN
AUDMAP8  LA    R4,4(,R4)
         BCT   R5,AUDMAP7
AUDMAP6  MVC   FSTADBC,ADTMAPN
         MVC   FSTAIC,ADTMAPN
         MVC   FSTIL,ADTBSIZE
         MVI   FSTPTRSZ,4
         DROP  R2
*---------------------------------------------------------------------
*        Write the map
*---------------------------------------------------------------------
         L     R4,ADTMAPBL
         L     R5,ADTMAPN
         L     R6,ADTMSK
AUDWMAP  TM    0(R4),ADTMMOVE
         BZ    AUDWMP1
         MVC   AUDENT(4),0(R4)
         MVI   AUDENT,0
         ST    R6,AUDENT+4
         BAL   R10,AUDWRITE
         BNZ   AUDBACK
AUDWMP1  LA    R4,4(,R4)
         A     R6,ADTBSIZE
         BCT   R5,AUDWMAP
*---------------------------------------------------------------------
*        The first block of the directory, with its own two FSTs
*---------------------------------------------------------------------
         L     R1,ADTDIRBL
         BAL   R10,AUDDATE
         LA    R1,64(,R1)
         BAL   R10,AUDDATE
         L     R9,AFVS
         L     R9,FVSBUF2-FVSECT(,R9)
         BAL   R10,AUDRESET
         BAL   R10,AUDBUILD
         MVC   AUDENT(4),AUDDOP
         ST    R9,AUDENT+4
         BAL   R10,AUDWRITE
         BNZ   AUDBACK
*---------------------------------------------------------------------
*        The label
*---------------------------------------------------------------------
         L     R9,AFVS
         L     R9,FVSLABEL-FVSECT(,R9)
         MVC   16(4,R9),AUDDOP
         MVC   32(4,R9),ADTUSED
         LA    R0,DIOWRITE
         LR    R1,R3
         L     R15,=V(LABELIO)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   AUDBACK
*              done
         L     R4,ADTLABEL
         MVC   0(80,R4),0(R9)
         MVC   ADTDOP,AUDDOP
         MVC   ADTDIRN,AUDDIRN
         NI    ADTFLG2,255-ADTFDIRT
         L     R4,ADTMAPBL
         L     R5,ADTMAPN
AUDDONE  MVI   0(R4),0
         LA    R4,4(,R4)
         BCT   R5,AUDDONE
         BAL   R10,AUDOPEN
         L     R1,ADTMETA
         L     R0,ADTMETAD
         NUCALL AFRET
         MVC   ADTMETA,AUDMETA
         MVC   ADTMETAN,AUDMETAN
         MVC   ADTMETAD,AUDMETAD
         LR    R1,R3
         L     R15,=V(ADTCALC)
         BALR  R14,R15
         BAL   R10,AUDWORK
         SR    R15,R15
AUDRET   SSM   AUDMASK
         SUBRET
AUD25A   L     R1,AUDMETA
         L     R0,AUDMETAD
         NUCALL AFRET
AUD25    LA    R15,25
         B     AUDRET
*---------------------------------------------------------------------
*        Not done: both lists and the map as before.  R15 = reason
*---------------------------------------------------------------------
AUDMAPX  LR    R2,R15              the old block of this one again
         L     R0,0(,R4)
         N     R0,=X'00FFFFFF'
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         LR    R15,R2
AUDBACK  ST    R15,AUDRC
         OI    ADTFLG2,ADTFDIRT
         L     R4,AUDMETA
         L     R5,AUDMETAN
         BAL   R10,AUDFLIP
         L     R4,ADTMETA
         L     R5,ADTMETAN
         BAL   R10,AUDFLIP
         L     R4,ADTMAPBL
         L     R5,ADTMAPN
         L     R6,AUDOLD
AUDBAK1  TM    0(R4),ADTMMOVE
         BZ    AUDBAK2
         L     R0,0(,R4)
         N     R0,=X'00FFFFFF'
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         MVC   0(4,R4),0(R6)
         MVI   0(R4),0
         L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         OI    0(R4),ADTMDIRT
AUDBAK2  LA    R4,4(,R4)
         LA    R6,4(,R6)
         BCT   R5,AUDBAK1
         BAL   R10,AUDOPEN
         L     R1,AUDMETA
         L     R0,AUDMETAD
         NUCALL AFRET
         BAL   R10,AUDWORK
         L     R15,AUDRC
         B     AUDRET
*              another part of the map: its tree again
AUDAGAIN L     R4,AUDMARK
         L     R5,AUDMETAN
         SR    R5,R4
         ST    R4,AUDMETAN
         SLL   R4,2
         A     R4,AUDMETA
         BAL   R10,AUDFLIP
         B     AUDMAP1
*---------------------------------------------------------------------
*        Local routines, link R10
* AUDCOUNT R1 = files in the directory in storage
* AUDFLIP  changes the bits of the R5 blocks at R4
* AUDOPEN  changes those of new blocks of files open for output
* AUDALLOC R1 = a block from the reserve; condition code 0: done
* AUDTREE  R9 pointers are at AUDPPL: writes their tree; cc 0: done
* AUDNOTE  puts block R1 into the list of own blocks
* AUDRESET begins with the first file
* AUDBUILD the next block of the directory to R9
* AUDSLOT  R8 = next FST behind the new end; link R14
* AUDWRITE writes (or reads) AUDENT; condition code 0: done
* AUDWORK  gives back the work area
* AUDDATE  dates of the FST at R1
*---------------------------------------------------------------------
AUDCOUNT SR    R1,R1
         L     R6,ADT1ST
         USING FSTHYPER,R6
AUDCNT1  L     R5,FSTHNUM
         LA    R4,FSTHFST
AUDCNT2  CLI   0(R4),0
         BE    AUDCNT3
         LA    R1,1(,R1)
AUDCNT3  LA    R4,FSTLEN(,R4)
         BCT   R5,AUDCNT2
         L     R6,FSTHNEXT
         LTR   R6,R6
         BNZ   AUDCNT1
         DROP  R6
         BR    R10
AUDFLIP  LTR   R5,R5
         BCR   8,R10
AUDFLI1  L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         LA    R4,4(,R4)
         BCT   R5,AUDFLI1
         BR    R10
AUDOPEN  L     R6,AFVS
         L     R6,FVSAFT-FVSECT(,R6)
         USING AFTSECT,R6
AUDOP1   LTR   R6,R6
         BCR   8,R10
         C     R3,AFTADT
         BNE   AUDOP4
         TM    AFTFLG,AFTWRT
         BZ    AUDOP4
         L     R4,AFTPTRS
         L     R5,AFTPTRN
         LTR   R5,R5
         BZ    AUDOP4
AUDOP2   TM    0(R4),AFTNEWB
         BZ    AUDOP3
         L     R0,0(,R4)
         N     R0,=X'00FFFFFF'
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
AUDOP3   A     R4,AFTPSIZE
         BCT   R5,AUDOP2
AUDOP4   L     R6,AFTPTR
         B     AUDOP1
         DROP  R6
AUDALLOC LR    R1,R3
         LA    R0,1
         L     R15,=V(TRKLKP)
         BALR  R14,R15
         LTR   R15,R15
         BR    R10
AUDTREE  ST    R9,AUDPPL+8
         L     R1,AUDMETAN
         LR    R0,R1
         SLL   R1,2
         A     R1,AUDMETA
         ST    R1,AUDPPL+24
         SR    R1,R1
         ST    R1,AUDPPL+28
         LA    R1,AUDPPL
         L     R15,=V(PUTPTR)
         BALR  R14,R15
         A     R0,AUDPPL+28
         ST    R0,AUDMETAN
         LTR   R15,R15
         BR    R10
AUDNOTE  L     R2,AUDMETAN
         LR    R4,R2
         SLL   R2,2
         A     R2,AUDMETA
         ST    R1,0(,R2)
         LA    R4,1(,R4)
         ST    R4,AUDMETAN
         BR    R10
         USING FSTHYPER,R6
AUDRESET L     R6,ADT1ST
         LA    R4,FSTHFST
         ST    R6,AUDFRONT
         ST    R4,AUDFRONT+4
         MVC   AUDFRONT+8(4),FSTHNUM
         XC    AUDAT,AUDAT
         XC    AUDREAR(12),AUDREAR
         L     R5,AUDENTS
AUDRS1   C     R5,FSTHNUM
         BL    AUDRS2
         S     R5,FSTHNUM
         L     R6,FSTHNEXT
         LTR   R6,R6
         BNZ   AUDRS1
         BR    R10
AUDRS2   ST    R6,AUDREAR
         L     R4,FSTHNUM
         SR    R4,R5
         ST    R4,AUDREAR+8
         SLL   R5,6
         LA    R5,FSTHFST(R5)
         ST    R5,AUDREAR+4
         BR    R10
         DROP  R6
AUDBUILD LR    R1,R9               R1 = where, R5 = end, R2 = number,
         LR    R5,R9               R4 = FST, R6 = left in this piece
         A     R5,ADTBSIZE
         L     R2,AUDAT
         L     R4,AUDFRONT+4
         L     R6,AUDFRONT+8
AUDBLD1  C     R2,AUDENTS
         BNL   AUDBLD7
         LTR   R6,R6
         BZ    AUDBLD6
AUDBLD2  CLI   0(R4),0
         BE    AUDBLD3
         MVC   0(64,R1),0(R4)
AUDBLDN  LA    R4,64(,R4)
         BCTR  R6,0
         LA    R2,1(,R2)
         LA    R1,64(,R1)
         CR    R1,R5
         BL    AUDBLD1
AUDBLD9  ST    R2,AUDAT
         ST    R4,AUDFRONT+4
         ST    R6,AUDFRONT+8
         BR    R10
AUDBLD3  C     R2,=F'2'
         BL    AUDBLD4
         BAL   R14,AUDSLOT         a free place: one of the last ones
         CLI   0(R8),0
         BE    AUDBLD3
         MVC   0(64,R1),0(R8)
         B     AUDBLDN
AUDBLD4  LR    R8,R2               directory and map themselves
         SLL   R8,6
         A     R8,ADTDIRBL
         MVC   0(64,R1),0(R8)
         B     AUDBLDN
         USING FSTHYPER,R4
AUDBLD6  LA    R15,3               next piece
         L     R4,AUDFRONT
         L     R4,FSTHNEXT
         LTR   R4,R4
         BZ    AUDBACK
         ST    R4,AUDFRONT
         L     R6,FSTHNUM
         LA    R4,FSTHFST
         B     AUDBLD2
         DROP  R4
AUDBLD7  XC    0(64,R1),0(R1)      behind the last one
         LA    R1,64(,R1)
         CR    R1,R5
         BL    AUDBLD7
         B     AUDBLD9
         USING FSTHYPER,R8
AUDSLOT  L     R0,AUDREAR+8
         LTR   R0,R0
         BNZ   AUDSLO1
         LA    R15,3
         L     R8,AUDREAR
         LTR   R8,R8
         BZ    AUDBACK
         L     R8,FSTHNEXT
         LTR   R8,R8
         BZ    AUDBACK
         ST    R8,AUDREAR
         L     R0,FSTHNUM
         LA    R8,FSTHFST
         ST    R8,AUDREAR+4
         DROP  R8
AUDSLO1  BCTR  R0,0
         ST    R0,AUDREAR+8
         L     R8,AUDREAR+4
         LA    R0,64
         AR    R0,R8
         ST    R0,AUDREAR+4
         BR    R14
AUDWRITE LA    R1,AUDDIO
         NUCALL ADMSDIO
         LTR   R15,R15
         BR    R10
AUDWORK  L     R1,AUDOLD
         L     R0,AUDWORKD
         NUCALL AFRET
         BR    R10
         USING FSTSECT,R1
AUDDATE  MVC   AUDDW(2),CURRDATE+6 yymmddhhmmss
         MVC   AUDDW+2(2),CURRDATE
         MVC   AUDDW+4(2),CURRDATE+3
         MVC   AUDDW+6(2),CURRTIME
         MVC   AUDDW+8(2),CURRTIME+3
         MVC   AUDDW+10(2),CURRTIME+6
         MVI   AUDDW+12,C'0'
         PACK  AUDPK(4),AUDDW(7)
         PACK  AUDPK+3(4),AUDDW+6(7)
         MVC   FSTADATI,AUDPK
         MVC   FSTD,FSTADATI+1
         MVC   FSTYR,CURRDATE+6
         NI    FSTFB,X'F7'
         CLC   FSTYR,=C'70'        70 to 99 are of the century before
         BNL   *+8
         OI    FSTFB,X'08'
         BR    R10
         DROP  R1
*
FSTDATE  SUBENT BASE=DMSAUD
         BAL   R10,AUDDATE
         SUBRET RC=0
         LTORG
         DS    0D
AUDENT   DC    F'0',A(0)
AUDDIO   DC    A(0),AL1(DIOWRITE),XL3'00',A(AUDENT),F'1'
AUDPPL   DC    A(0,0),F'0',F'4',F'0',F'0',A(0),F'0',F'1'
AUDMETA  DC    A(0)
AUDMETAN DC    F'0'
AUDMETAD DC    F'0'
AUDOLD   DC    A(0)
AUDWORKD DC    F'0'
AUDDIRN  DC    F'0'
AUDENTS  DC    F'0'
AUDDOP   DC    F'0'
AUDMARK  DC    F'0'
AUDFRONT DC    A(0,0),F'0'         next FST
AUDREAR  DC    A(0,0),F'0'         next one behind the new end
AUDAT    DC    F'0'
AUDRC    DC    F'0'
AUDDW    DC    CL16' '
AUDPK    DC    XL8'00'
AUDMASK  DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  DIOPL
         COPY  FST
         COPY  FVS
         END   DMSAUD
