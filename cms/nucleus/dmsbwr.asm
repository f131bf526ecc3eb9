         TITLE 'DMSBWR - WRBUF'
*---------------------------------------------------------------------
* WRBUF    Writes records.  R1 -> FSCB
*          R15 = 0; 2 buffer not in storage, 4 disk not accessed, 5 mode
*          number, 7 gap in a V file, 8 length, 9 open for input, 11
*          record format, 12 read-only disk, 13 disk full, 14 length is
*          no multiple of the number of records, 15 record length, 16
*          other record format, 17 V record too long, 18 more than one V
*          record, 20 filename, 21 filetype, 25 no storage, 3 I/O error
*          F: records behind the end may be written, what lies between
*          is zeros.  V: a record is replaced by one of its length; by
*          another length the file ends with it.
*---------------------------------------------------------------------
DMSBWR   CSECT
         USING NUCON,0
         ENTRY WRCHARS
         USING FSCBD,R4
         USING AFTSECT,R11
         USING ADTSECT,R3
         USING FSTSECT,R7
WRBUF    FENTER BASE=DMSBWR
         LR    R4,R1
*              names
         LA    R15,20
         TRT   FSCBFN,WRCHARS
         BAL   R10,WRNAME
         LA    R15,21
         TRT   FSCBFT,WRCHARS
         BAL   R10,WRNAME
*              the disk
         CLI   FSCBFM,C'A'
         BNL   WRMODE
         MVI   FSCBFM,C'A'
WRMODE   LA    R1,FSCBFM
         NUCALL AADTLKW
         LR    R3,R1
         CH    R15,=H'36'
         BNE   *+8
         LA    R15,4
         LTR   R15,R15
         BNZ   WRRET
         LA    R15,5
         CLI   FSCBFM+1,C' '
         BNH   WRNUM
         CLI   FSCBFM+1,C'0'
         BL    WRRET
         CLI   FSCBFM+1,C'6'
         BH    WRRET
*              R2 = record, R9 = number of records, R6 = bytes
WRNUM    L     R2,FSCBAITN
         L     R9,FSCBANIT
         CLI   FSCBFV+1,X'20'
         BE    WREXT
         SR    R2,R2
         ICM   R2,3,FSCBITNO
         LH    R9,FSCBNOIT
WREXT    LA    R15,8
         L     R6,FSCBSIZE
         LTR   R6,R6
         BNP   WRRET
         LTR   R9,R9
         BNP   WRRET
         LTR   R2,R2
         BM    WRRET
         L     R8,FSCBBUFF
         LA    R8,0(,R8)
         LR    R1,R8
         AR    R1,R6
         LA    R15,2
         CL    R1,VMSIZE
         BH    WRRET
         LA    R15,11
         CLI   FSCBFV,C'V'
         BE    WRCKV
         CLI   FSCBFV,C'F'
         BNE   WRRET
         LR    R1,R6
         SR    R0,R0
         DR    R0,R9
         LA    R15,14
         LTR   R0,R0
         BNZ   WRRET
         ST    R1,WRLRECL
         B     WROPEN
WRCKV    LA    R15,18
         C     R9,=F'1'
         BNE   WRRET
         LA    R15,17
         C     R6,=F'65535'
         BH    WRRET
         ST    R6,WRLRECL
*              the file
WROPEN   LR    R1,R4
         NUCALL AACTLKP
WROPEN1  LTR   R15,R15
         BNZ   WROPEN2
         C     R3,AFTADT-AFTSECT(,R1)
         BE    WRGOT
         LR    R0,R1               of an extension of this disk
         LR    R1,R4
         NUCALL AACTNXT
         B     WROPEN1
WROPEN2  DS    0H
         LR    R1,R4
         NUCALL AFSTLKW
         LTR   R15,R15
         BZ    WROLD
         LR    R0,R3
         SR    R1,R1
WROLD    LR    R5,R2
         LR    R2,R1               FST or 0
         LR    R1,R4
         NUCALL AACTFREE
         LR    R2,R5
         LTR   R15,R15
         BNZ   WRRET
WRGOT    LR    R11,R1
         L     R3,AFTADT
         LA    R7,AFTFST
         TM    AFTFLG,AFTWRT
         BO    WRCOMP
         LA    R15,9
         TM    AFTFLG,AFTRD
         BO    WRRET
         TM    AFTFLG2,AFTNEW
         BZ    WRCOMP
*              a new file
         MVC   FSTFV,FSCBFV
         MVC   FSTIL,WRLRECL
         MVC   FSTM(1),ADTM
         MVC   FSTM+1(1),FSCBFM+1
         CLI   FSTM+1,C'0'
         BNL   *+8
         MVI   FSTM+1,C'1'
         MVI   AFTPSIZE+3,4
         CLI   FSTFV,C'V'
         BNE   WRTEST
         MVI   AFTPSIZE+3,12
         B     WRTEST
WRCOMP   LA    R15,16
         CLC   FSTFV,FSCBFV
         BNE   WRRET
         CLI   FSTFV,C'F'
         BNE   WRTEST
         LA    R15,15
         CLC   FSTIL,WRLRECL
         BNE   WRRET
WRTEST   TM    AFTFLG,AFTWRT
         BO    WRRECNO
         OI    AFTFLG,AFTWRT
         L     R1,ADTOPEN
         LA    R1,1(,R1)
         ST    R1,ADTOPEN
WRRECNO  LTR   R2,R2
         BNZ   *+8
         L     R2,AFTWP
         CLI   FSTFV,C'V'
         BE    WRV
*              F
         LR    R1,R2
         BCTR  R1,0
         M     R0,FSTIL
         LR    R5,R1
         LTR   R0,R0
         BNZ   WR13
         LTR   R1,R1
         BM    WR13
*              null blocks: a file of at most four times the disk
         LR    R1,R5
         AR    R1,R6
         BC    5,WR13              negative, overflow
         SR    R0,R0
         D     R0,ADTBSIZE
         SRL   R1,2
         C     R1,ADTNUM
         BNL   WR13
         LR    R1,R11
         L     R15,=V(BYTPUT)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   WRRET
         AR    R2,R9
         ST    R2,AFTWP
         BCTR  R2,0
         C     R2,FSTAIC
         BNH   WROK
         ST    R2,FSTAIC
WROK     SR    R15,R15
WRRET    FRET
WR13     LA    R15,13
         B     WRRET
*              a character that TRT stopped at: the first blank ends a
*              name, anything else is not allowed
WRNAME   BC    8,0(,R10)
         CLI   0(R1),C' '
         BNE   WRRET
         LR    R0,R1
         SR    R0,R4
         CH    R0,=H'8'            a name of blanks
         BE    WRRET
         CH    R0,=H'16'
         BE    WRRET
         BR    R10
*---------------------------------------------------------------------
*        V: R2 = record, R6 = length, R8 = data
*---------------------------------------------------------------------
WRV      ST    R6,WRLEN
         STH   R6,WRHALF
         L     R1,FSTAIC
         CR    R2,R1
         BNH   WRVOLD
         LA    R1,1(,R1)
         LA    R15,7
         CR    R2,R1
         BNE   WRRET
*              behind the last record
         L     R5,AFTVEND
         LTR   R5,R5
         BNZ   WRVAPP
         L     R0,FSTAIC
         LTR   R0,R0
         BZ    WRVAPP
         LR    R1,R11
         L     R15,=V(VFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   WRRET
         L     R5,AFTVPOS
         AR    R5,R0
         LA    R5,2(,R5)
*              append at R5
WRVAPP   ST    R5,WRPOS
         LR    R1,R11
         LA    R8,WRHALF
         LA    R6,2
         L     R15,=V(BYTPUT)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   WRVBAD
         LA    R5,2(,R5)
         L     R6,WRLEN
         L     R8,FSCBBUFF
         L     R15,=V(BYTPUT)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   WRVBAD
         AR    R5,R6
         ST    R5,AFTVEND
*              pointers: highest record, first record in its block
         L     R1,WRPOS
         SR    R0,R0
         D     R0,ADTBSIZE
         LR    R6,R1               R6 = first block, R0 = offset
         MH    R1,=H'12'
         A     R1,AFTPTRS
         CLC   8(4,R1),=X'FFFFFFFF'
         BNE   *+8
         ST    R0,8(,R1)
         LR    R9,R5
         BCTR  R9,0
         SR    R8,R8
         D     R8,ADTBSIZE         R9 = last block
WRVPTR   ST    R2,4(,R1)
         LA    R1,12(,R1)
         LA    R6,1(,R6)
         CR    R6,R9
         BNH   WRVPTR
         ST    R2,FSTAIC
         LA    R2,1(,R2)
         ST    R2,AFTWP
         L     R1,WRLEN
         C     R1,FSTIL
         BNH   WROK
         ST    R1,FSTIL
         B     WROK
*              not written: forget the place, the file ends before it
WRVBAD   LR    R9,R15
         L     R5,WRPOS
         BAL   R10,WRCUT
         LR    R15,R9
         B     WRRET
*              replace a record
WRVOLD   LR    R1,R11
         LR    R0,R2
         L     R15,=V(VFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   WRRET
         L     R5,AFTVPOS
         C     R0,WRLEN
         BNE   WRVCUT
         LA    R5,2(,R5)
         LR    R1,R11
         L     R15,=V(BYTPUT)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   WRRET
         LA    R2,1(,R2)
         ST    R2,AFTWP
         B     WROK
WRVCUT   LR    R1,R2
         BCTR  R1,0
         ST    R1,FSTAIC
         BAL   R10,WRCUT
         L     R5,AFTVEND
         B     WRVAPP
*---------------------------------------------------------------------
* WRCUT    The data ends at byte R5: gives back the blocks behind it.
*          Link R10; uses R0, R1, R6, R8
*---------------------------------------------------------------------
WRCUT    ST    R5,AFTVEND
         LH    R1,=H'-1'
         ST    R1,AFTVREC
         LR    R1,R5
         A     R1,ADTBSIZE
         BCTR  R1,0
         SR    R0,R0
         D     R0,ADTBSIZE
         LR    R6,R1               R6 = blocks that stay
         L     R8,AFTPTRN
         C     R6,AFTIDX
         BH    WRCUT1
         NI    AFTFLG,255-AFTDIRTY
         LH    R1,=H'-1'
         ST    R1,AFTIDX
WRCUT1   CR    R8,R6
         BNH   WRCUT9
         BCTR  R8,0
         LR    R1,R8
         MH    R1,=H'12'
         A     R1,AFTPTRS
         L     R0,0(,R1)
         LTR   R0,R0
         BZ    WRCUT1
         BM    WRCUTN
         XC    0(4,R1),0(R1)
         LR    R1,R11
         L     R15,=V(AFTGIVE)
         BALR  R14,R15
         B     WRCUT1
WRCUTN   XC    0(4,R1),0(R1)
         LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         B     WRCUT1
WRCUT9   L     R1,AFTPTRN
         CR    R1,R6
         BNH   *+8
         ST    R6,AFTPTRN
*              the last block: its highest record, and where it ends
         LTR   R6,R6
         BZ    WRCUTR
         BCTR  R6,0
         MH    R6,=H'12'
         A     R6,AFTPTRS
         MVC   4(4,R6),FSTAIC
         LR    R1,R5
         SR    R0,R0
         D     R0,ADTBSIZE
         CL    R0,8(,R6)
         BNL   WRCUTR
         LTR   R0,R0
         BZ    WRCUTR
         ST    R0,8(,R6)
WRCUTR   BR    R10
         LTORG
WRLRECL  DC    F'0'
WRLEN    DC    F'0'
WRPOS    DC    F'0'
WRHALF   DC    H'0'
*              A-Z 0-9 $ # @ + - : _ and lower case
WRCHARS  DC    256X'01'
         ORG   WRCHARS+C'A'
         DC    9X'00'
         ORG   WRCHARS+C'J'
         DC    9X'00'
         ORG   WRCHARS+C'S'
         DC    8X'00'
         ORG   WRCHARS+X'81'
         DC    9X'00'
         ORG   WRCHARS+X'91'
         DC    9X'00'
         ORG   WRCHARS+X'A2'
         DC    8X'00'
         ORG   WRCHARS+C'0'
         DC    10X'00'
         ORG   WRCHARS+C'$'
         DC    X'00'
         ORG   WRCHARS+C'#'
         DC    X'00'
         ORG   WRCHARS+C'@'
         DC    X'00'
         ORG   WRCHARS+C'+'
         DC    X'00'
         ORG   WRCHARS+C'-'
         DC    X'00'
         ORG   WRCHARS+C':'
         DC    X'00'
         ORG   WRCHARS+C'_'
         DC    X'00'
         ORG   ,
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  FST
         COPY  FSCB
         END   DMSBWR
