         TITLE 'DMSFNS - close files'
*---------------------------------------------------------------------
* FINIS    Closes open files: plist fn ft fm, each may be *
*          R15 = 0; 6 no such file is open; 3 I/O error, 13 disk full,
*          25 no storage: what was written is given up
* FINADT   the same for all files of a disk.  R1 = ADT
* TFINIS   Forgets all open files (after an abend): what was written to
*          them is given up, the directories stay what they are
*
* A file that was written gets new pointer blocks, then its FST; then
* the directory of each disk concerned is written once.
* A file of mode 3 is erased when it was read.
*---------------------------------------------------------------------
DMSFNS   CSECT
         USING NUCON,0
         USING AFTSECT,R11
         USING ADTSECT,R3
         USING FSTSECT,R7
FINIS    FENTER BASE=DMSFNS
         LR    R4,R1
         LA    R9,6                R9 = return code
FNSNEXT  LR    R1,R4
         NUCALL AACTLKP
         LTR   R15,R15
         BNZ   FNSDIR
         CH    R9,=H'6'
         BNE   *+6
         SR    R9,R9
         L     R15,=A(FNSFILE)
         BALR  R14,R15
         LTR   R15,R15
         BZ    FNSNEXT
         LR    R9,R15
         B     FNSNEXT
FNSDIR   BAL   R10,FNSUPD
         LR    R15,R9
         FRET
         DROP  R12
*
FINADT   SUBENT BASE=DMSFNS
         LR    R4,R1
         SR    R9,R9
FNSADT1  L     R11,AFVS
         L     R11,FVSAFT-FVSECT(,R11)
FNSADT2  LTR   R1,R11
         BZ    FNSADT3
         C     R4,AFTADT
         BE    FNSADT4
         L     R11,AFTPTR
         B     FNSADT2
FNSADT4  L     R15,=A(FNSFILE)
         BALR  R14,R15
         LTR   R15,R15
         BZ    FNSADT1
         LR    R9,R15
         B     FNSADT1
FNSADT3  BAL   R10,FNSUPD
         LR    R15,R9
         SUBRET
*              write the directories of the disks concerned; R9 = return
*              code, link R10
FNSUPD   L     R3,IADT
FNSUPD1  LTR   R1,R3
         BCR   8,R10
         TM    ADTFLG2,ADTFCLOS
         BZ    FNSUPD2
         NI    ADTFLG2,255-ADTFCLOS
         NUCALL AUPDISK
         LTR   R15,R15
         BZ    FNSUPD2
         LR    R9,R15
FNSUPD2  L     R3,ADTPTR
         B     FNSUPD1
*
TFINIS   SUBENT BASE=DMSFNS
         L     R4,AFVS
FNSTF    L     R1,FVSAFT-FVSECT(,R4)
         LTR   R1,R1
         BZ    FNSTF9
         L     R15,=A(FNSDROP)
         BALR  R14,R15
         B     FNSTF
FNSTF9   SUBRET RC=0
*---------------------------------------------------------------------
* FNSDROP  Forgets R1 = AFT, gives up what was written
* FNSFILE  Closes R1 = AFT; R15 = 0, or the reason why it was given up
*---------------------------------------------------------------------
FNSDROP  SUBENT BASE=DMSFNS
         LR    R11,R1
         L     R3,AFTADT
FNSDR    TM    AFTFLG,AFTWRT
         BZ    FNSDR1
         LR    R1,R11
         L     R15,=V(AFTDROP)
         BALR  R14,R15
         BAL   R10,FNSOPEN
FNSDR1   LR    R1,R11
         NUCALL AACTFRET
         SUBRET RC=0
FNSOPEN  L     R1,ADTOPEN
         BCTR  R1,0
         ST    R1,ADTOPEN
         BR    R10
*
FNSFILE  SUBENT BASE=DMSFNS
         LR    R11,R1
         L     R3,AFTADT
         LA    R7,AFTFST
         TM    AFTFLG,AFTWRT
         BO    FNSOUT
         L     R8,AFTPFST
         TM    AFTFLG,AFTRD
         BZ    FNSDR1
         CLI   FSTM+1,C'3'
         BNE   FNSDR1
         TM    ADTFLG1,ADTFRW
         BZ    FNSDR1
         LR    R1,R11
         NUCALL AACTFRET
         LR    R1,R8
         LR    R0,R3
         L     R15,=V(ERSFST)
         BALR  R14,R15
         SUBRET
*              a file that was written
FNSOUT   L     R1,FSTAIC
         LTR   R1,R1
         BZ    FNSDR               nothing: it is what it was
         LR    R1,R11
         L     R15,=V(FLSBLK)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   FNSBAD
         LA    R15,3
         TM    AFTFLG2,AFTBAD
         BO    FNSBAD
*              was anything written at all?
         L     R8,AFTPFST
         LTR   R8,R8
         BZ    FNSDATA
         CLC   FSTAIC,FSTAIC-FSTSECT(R8)
         BNE   FNSDATA
         L     R1,AFTPTRS
         L     R2,AFTPTRN
         LTR   R2,R2
         BZ    FNSDR
FNSNEW   TM    0(R1),AFTNEWB
         BO    FNSDATA
         A     R1,AFTPSIZE
         BCT   R2,FNSNEW
         B     FNSDR
*              R9 = data blocks
FNSDATA  L     R9,AFTPTRN
         CLI   FSTFV,C'V'
         BE    FNSV
         L     R1,FSTIL
         M     R0,FSTAIC
         B     FNSN
FNSV     L     R1,AFTVEND
         LTR   R1,R1
         BZ    FNSN1
         SR    R0,R0
FNSN     AL    R1,ADTBSIZE
         BCTR  R1,0
         D     R0,ADTBSIZE
         LR    R9,R1
*              blocks behind the end: from an attempt that failed
FNSN1    LA    R15,3
         LTR   R9,R9
         BNP   FNSBAD
         L     R8,AFTPTRN
FNSCUT   CR    R8,R9
         BNH   FNSCUT9
         BCTR  R8,0
         LR    R2,R8
         MH    R2,AFTPSIZE+2
         A     R2,AFTPTRS
         L     R0,0(,R2)
         LTR   R0,R0
         BZ    FNSCUT
         BM    FNSCUT1
         LR    R1,R11
         L     R15,=V(AFTGIVE)
         BALR  R14,R15
         LTR   R15,R15
         BZ    FNSCUT
         B     FNSBAD
FNSCUT1  LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         XC    0(4,R2),0(R2)
         B     FNSCUT
FNSCUT9  ST    R9,AFTPTRN
*              V: where the data end in a block in which no record
*              begins
         CLI   FSTFV,C'V'
         BNE   FNSPTR
         LR    R2,R9
         BCTR  R2,0
         MH    R2,AFTPSIZE+2
         A     R2,AFTPTRS
         CLC   8(4,R2),=X'FFFFFFFF'
         BNE   FNSPTR
         L     R1,AFTVEND
         SR    R0,R0
         D     R0,ADTBSIZE
         LTR   R0,R0
         BZ    FNSPTR
         ST    R0,8(,R2)
*              R8 = its FST in the directory
FNSPTR   L     R8,AFTPFST
         LTR   R8,R8
         BNZ   FNSCOPY
         BAL   R10,FNSSLOT
         BNZ   FNSBAD
         LR    R8,R4
*              a copy of the pointers for PUTPTR, and a list of the
*              pointer blocks behind it
FNSCOPY  LR    R0,R9
         MH    R0,AFTPSIZE+2
         LR    R5,R0               R5 = bytes
         LR    R1,R9
         SRL   R1,2
         AR    R0,R1
         AH    R0,=H'71'
         SRL   R0,3
         ST    R0,FNSSIZE
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   FNSBAD
         LR    R6,R1               R6 = the copy
         ST    R3,FNSPPL
         ST    R6,FNSPPL+4
         ST    R9,FNSPPL+8
         MVC   FNSPPL+12(4),AFTPSIZE
         LR    R14,R6
         LR    R15,R5
         L     R0,AFTPTRS
         LR    R1,R5
         MVCL  R14,R0
         ST    R14,FNSPPL+24
         SR    R1,R1
         ST    R1,FNSPPL+28
         LR    R1,R6
         LR    R2,R9
         LR    R4,R9               R4 = blocks that are not null
FNSSTRP  NI    0(R1),255-AFTNEWB
         OC    0(4,R1),0(R1)
         BNZ   *+6
         BCTR  R4,0
         A     R1,AFTPSIZE
         BCT   R2,FNSSTRP
         LA    R1,FNSPPL
         L     R15,=V(PUTPTR)
         BALR  R14,R15
         LR    R5,R15
         LTR   R5,R5
         BZ    FNSPUT
*              no: give back its pointer blocks
         L     R4,FNSPPL+24
         L     R9,FNSPPL+28
         LTR   R9,R9
         BZ    FNSPUT
FNSGIVE  L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         LA    R4,4(,R4)
         BCT   R9,FNSGIVE
FNSPUT   L     R0,FNSSIZE
         LR    R1,R6
         NUCALL AFRET
         LTR   R15,R5
         BNZ   FNSBAD
*              the FST
         MVC   FSTFOP,FNSPPL+16
         MVC   FSTNLVL,FNSPPL+23
         CLI   FSTFV,C'V'
         BNE   *+6
         LR    R4,R9
         ST    R4,FSTADBC
         MVC   FSTDBC,FSTADBC+2
         MVC   FSTIC,FSTAIC+2
         MVC   FSTPTRSZ,AFTPSIZE+3
         XC    FSTWP(4),FSTWP
         XC    FSTFCL,FSTFCL
         NUCALL AGETCLK
         LR    R1,R7
         L     R15,=V(FSTDATE)
         BALR  R14,R15
         MVC   0(FSTLEN,R8),AFTFST
         NI    AFTFLG,255-AFTWRT
         OI    ADTFLG2,ADTFDIRT+ADTFCLOS
*              what it had before is free now
         L     R4,AFTFRL
         L     R5,AFTFRN
         LTR   R5,R5
         BZ    FNSDONE
FNSFREE  L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         LA    R4,4(,R4)
         BCT   R5,FNSFREE
FNSDONE  BAL   R10,FNSOPEN
         B     FNSDR1
*              given up; R15 = reason
FNSBAD   LR    R9,R15
FNSBAD1  LR    R1,R11
         L     R15,=A(FNSDROP)
         BALR  R14,R15
         LR    R15,R9
         SUBRET
*---------------------------------------------------------------------
* FNSSLOT  R4 = a free FST in the directory of R3; condition code 0: it
*          is there, else R15.  Link R10
*---------------------------------------------------------------------
         USING FSTHYPER,R6
FNSSLOT  L     R6,ADT1ST           not the first two (DMSALD)
         L     R5,FSTHNUM
         SH    R5,=H'2'
         LA    R4,FSTHFST+128
         B     FNSSLO2
FNSSLO1  L     R5,FSTHNUM
         LA    R4,FSTHFST
FNSSLO2  CLI   0(R4),0
         BE    FNSSLO4
         LA    R4,FSTLEN(,R4)
         BCT   R5,FNSSLO2
         LR    R2,R6
         L     R6,FSTHNEXT
         LTR   R6,R6
         BNZ   FNSSLO1
*              another piece
         LA    R0,505
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BCR   7,R10
         LR    R6,R1
         ST    R6,FSTHNEXT-FSTHYPER(,R2)
         LR    R14,R6
         LA    R15,4040
         SR    R1,R1
         MVCL  R14,R0
         LA    R1,63
         ST    R1,FSTHNUM
         L     R1,ADTHBCT
         LA    R1,1(,R1)
         ST    R1,ADTHBCT
         LA    R4,FSTHFST
FNSSLO4  CR    R4,R4
         BR    R10
         DROP  R6
         LTORG
FNSSIZE  DC    F'0'
FNSPPL   DC    A(0,0),F'0',F'0',F'0',F'0',A(0),F'0',F'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  FST
         COPY  FVS
         END   DMSFNS
