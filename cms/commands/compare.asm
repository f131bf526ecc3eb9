         TITLE 'COMPARE - compare two files'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* COMPARE  fn1 ft1 fm1 fn2 ft2 fm2 (COL x-y
*          Types the records that are not the same.  = in the second
*          identifier stands for the same part of the first.
*          R15 = 0; 4 not the same, 20 24 operands, 28 no file, 32
*          record formats, 36 disk, 40 one is shorter, 100 error
*---------------------------------------------------------------------
DMSCMP   CSECT
         USING NUCON,0
COMPARE  FENTER
OPTBASE  EQU   COMPARE
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,CMPFN1
         LA    R4,6
CMPOPND  CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    CMPOPTS
         LTR   R4,R4
         BZ    CMPPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     CMPOPND
CMPPARM  DMSERR 'DMSCMP070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
OPTBAD   DMSERR 'DMSCMP003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
INFNOOPN DMSERR 'DMSCMP005E NO ''%1'' SPECIFIED',SUB=(CHAR,0(R3),8)
         FRET  RC=24
INFBADOP DMSERR 'DMSCMP029E INVALID PARAMETER ''%1'' IN THE OPTION ''%2X
               '' FIELD',SUB=(CHAR,0(R2),8,CHAR,0(R3),8)
         FRET  RC=24
CMPOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
         COPY  COLOPT
OPTDONE  CLI   CMPFM2,C' '
         BNE   CMPEQ
         DMSERR 'DMSCMP054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
*              = in the second identifier; no *
CMPEQ    LA    R2,CMPFN1
         LA    R3,CMPFN2
         LA    R4,3
CMPEQ1   CLC   0(8,R3),=CL8'='
         BNE   *+10
         MVC   0(8,R3),0(R2)
         LA    R2,8(,R2)
         LA    R3,8(,R3)
         BCT   R4,CMPEQ1
         LA    R3,CMPFN1
         LA    R4,2
CMPCHK   CLC   0(8,R3),=CL8'*'
         BE    CMPSTAR
         CLC   8(8,R3),=CL8'*'
         BE    CMPSTAR
         LA    R1,16(,R3)
         BAL   R10,MODECHK
         LTR   R15,R15
         BNZ   CMPBADM
         LA    R3,24(,R3)
         BCT   R4,CMPCHK
         LA    R3,CMPFN1
         BAL   R9,CMPFIND
         ST    R1,CMPFST1
         LA    R3,CMPFN2
         BAL   R9,CMPFIND
         LR    R8,R1
         L     R7,CMPFST1
         USING FSTSECT,R7
         CR    R7,R8
         BNE   CMPFORM
         DMSERR 'DMSCMP019E IDENTICAL FILEIDS'
         FRET  RC=24
CMPSTAR  DMSERR 'DMSCMP062E INVALID * IN FILEID ''%1 %2''',            X
               SUB=(CHAR,0(R3),8,CHAR,8(R3),8)
         FRET  RC=20
CMPBADM  DMSERR 'DMSCMP048E INVALID MODE ''%1''',SUB=(CHAR,16(R3),8)
         FRET  RC=24
*              F files: the same record length
CMPFORM  CLC   FSTFV,FSTFV-FSTSECT(R8)
         BNE   CMPCONF
         CLI   FSTFV,C'F'
         BNE   CMPCOL
         CLC   FSTIL,FSTIL-FSTSECT(R8)
         BE    CMPCOL
CMPCONF  DMSERR 'DMSCMP011E CONFLICTING FILE FORMATS'
         FRET  RC=32
CMPCOL   CLI   COLSET,0
         BE    CMPSIZE
         CLC   COLFROM,FSTIL
         BNH   CMPSIZE
         DMSERR 'DMSCMP009E COLUMN ''%1'' EXCEEDS RECORD LENGTH',      X
               SUB=(DEC,COLFROM,0)
         FRET  RC=24
*              buffers: as many F records as fit 8K
CMPSIZE  L     R4,FSTIL
         C     R4,FSTIL-FSTSECT(R8)
         BNL   *+8
         L     R4,FSTIL-FSTSECT(R8)
         LA    R1,1
         CLI   FSTFV,C'F'
         BNE   CMPGET
         L     R1,=F'8192'
         SR    R0,R0
         DR    R0,R4
         LTR   R1,R1
         BP    CMPGET
         LA    R1,1
CMPGET   ST    R1,CMPMANY
         LR    R3,R1
         SR    R2,R2
         MR    R2,R4
         ST    R3,RD1SIZE
         ST    R3,RD2SIZE
         LA    R3,7(,R3)
         SRL   R3,3
         LR    R0,R3
         DMSFREE DWORDS=(R0),ERR=CMPFULL
         ST    R1,RD1BUFF
         LR    R0,R3
         DMSFREE DWORDS=(R0),ERR=CMPFULL
         ST    R1,RD2BUFF
         MVC   RD1FN(18),CMPFN1
         MVC   RD2FN(18),CMPFN2
         DMSERR 'DMSCMP179I COMPARING ''%1 %2 %3'' WITH ''%4 %5 %6''',SX
               UB=(CHAR,CMPFN1,8,CHAR,CMPFT1,8,CHAR,CMPFM1,2,CHAR,     X
               CMPFN2,8,CHAR,CMPFT2,8,CHAR,CMPFM2,2)
*---------------------------------------------------------------------
* R6 = next record; of a piece: R3 = records, R4 R5 -> record of file
* 1 and 2, R7 R8 = lengths
*---------------------------------------------------------------------
         MVC   CMPLAST1,FSTAIC
         MVC   CMPLAST2,FSTAIC-FSTSECT(R8)
         MVC   CMPFV,FSTFV
         MVC   CMPIL,FSTIL
         DROP  R7
         LA    R6,1
CMPPIECE TM    MSGFLAGS,NOTYPOUT   HT
         BO    CMPEND
         L     R3,CMPLAST1         R3 = last record that both have
         C     R3,CMPLAST2
         BNH   *+8
         L     R3,CMPLAST2
         SR    R3,R6
         LA    R3,1(,R3)
         LTR   R3,R3
         BNP   CMPSHORT
         C     R3,CMPMANY
         BNH   *+8
         L     R3,CMPMANY
         ST    R3,RD1NOIT
         ST    R3,RD2NOIT
         ST    R6,RD1ITEM
         ST    R6,RD2ITEM
         LA    R1,CMPRD1
         BAL   R10,CMPREAD
         LA    R1,CMPRD2
         BAL   R10,CMPREAD
         AR    R6,R3
         L     R4,RD1BUFF
         L     R5,RD2BUFF
         L     R7,RD1NORD
         L     R8,RD2NORD
         CLI   CMPFV,C'F'
         BNE   CMPREC
         L     R7,CMPIL
         LR    R8,R7
*              the columns of both
CMPREC   L     R1,COLFROM
         BCTR  R1,0
         LA    R14,0(R1,R4)
         L     R15,COLTO
         CR    R15,R7
         BNH   *+6
         LR    R15,R7
         SR    R15,R1
         BNM   *+6
         SR    R15,R15
         LA    R0,0(R1,R5)
         L     R2,COLTO
         CR    R2,R8
         BNH   *+6
         LR    R2,R8
         SR    R2,R1
         BNM   *+6
         SR    R2,R2
         LR    R1,R2
         CR    R1,R15              V: lengths count
         BNE   CMPDIFF
         CLCL  R14,R0
         BE    CMPNEXT
CMPDIFF  MVI   CMPCODE,1
         LR    R1,R4
         LR    R0,R7
         WRTERM (R1),(R0)
         LR    R1,R5
         LR    R0,R8
         WRTERM (R1),(R0)
CMPNEXT  AR    R4,R7
         AR    R5,R8
         BCT   R3,CMPREC
         B     CMPPIECE
*              one file is at its end, the other?
CMPSHORT LA    R3,CMPFN1
         CLC   CMPLAST1,CMPLAST2
         BE    CMPEND
         BL    CMPEOF
         LA    R3,CMPFN2
CMPEOF   DMSERR 'DMSCMP010W PREMATURE EOF ON FILE ''%1 %2 %3''',       X
               SUB=(CHAR,0(R3),8,CHAR,8(R3),8,CHAR,16(R3),2)
         LA    R6,40
         B     CMPCLOSE
CMPEND   SR    R6,R6
         CLI   CMPCODE,0
         BE    CMPCLOSE
         DMSERR 'DMSCMP209W FILES DO NOT COMPARE'
         LA    R6,4
CMPCLOSE MVC   CMPFINFN(18),CMPFN1
         CMSCALL CMPFINIS
         MVC   CMPFINFN(18),CMPFN2
         CMSCALL CMPFINIS
         LR    R15,R6
         FRET
CMPFULL  DMSERR 'DMSCMP109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
*              R1 -> FSCB.  Link R10
CMPREAD  LR    R2,R1
         CMSCALL (R1)
         LTR   R5,R15
         BCR   8,R10
         DMSERR 'DMSCMP104S ERROR ''%1'' READING FILE ''%2 %3 %4'' FROMX
                DISK',                                                 X
               SUB=(DECR,(R5),0,CHAR,8(R2),8,CHAR,16(R2),8,CHAR,       X
               24(R2),2)
         LA    R6,100
         B     CMPCLOSE
*              R3 -> identifier: R1 = FST; its mode gets what the file
*              has.  Link R9
CMPFIND  LR    R1,R3
         SH    R1,=H'8'
         NUCALL AFSTLKP
         CH    R15,=H'36'
         BE    CMPNOACC
         LTR   R15,R15
         BNZ   CMPNONE
         LR    R8,R0
         LR    R7,R1
         USING FSTSECT,R7
         USING ADTSECT,R8
         MVC   16(1,R3),ADTM
         CLI   17(R3),C' '
         BE    CMPFND
         CLC   FSTM+1(1),17(R3)
         BNE   CMPNONE
CMPFND   MVC   17(1,R3),FSTM+1
         BR    R9
         DROP  R7,R8
CMPNONE  DMSERR 'DMSCMP002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,0(R3),8,CHAR,8(R3),8,CHAR,16(R3),2)
         FRET  RC=28
CMPNOACC DMSERR 'DMSCMP069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,16(R3),1)
         FRET  RC=36
         COPY  GETNUM
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT COL,3,0,OCOL
         DC    X'FF'
CMPCODE  DC    X'00'
CMPFV    DC    C' '
CMPIL    DC    F'0'
CMPMANY  DC    F'1'
CMPLAST1 DC    F'0'
CMPLAST2 DC    F'0'
CMPFST1  DC    A(0)
CMPFN1   DC    CL8' '
CMPFT1   DC    CL8' '
CMPFM1   DC    CL8' '
CMPFN2   DC    CL8' '
CMPFT2   DC    CL8' '
CMPFM2   DC    CL8' '
CMPRD1   DC    CL8'RDBUF'          FSCB, extended
RD1FN    DC    CL18' ',H'0'
RD1BUFF  DC    A(0)
RD1SIZE  DC    F'0'
         DC    C'F',X'20',H'0'
RD1NORD  DC    F'0'
RD1ITEM  DC    F'0'
RD1NOIT  DC    F'0',2F'0'
CMPRD2   DC    CL8'RDBUF'
RD2FN    DC    CL18' ',H'0'
RD2BUFF  DC    A(0)
RD2SIZE  DC    F'0'
         DC    C'F',X'20',H'0'
RD2NORD  DC    F'0'
RD2ITEM  DC    F'0'
RD2NOIT  DC    F'0',2F'0'
CMPFINIS DC    CL8'FINIS'
CMPFINFN DC    CL24' ',8X'FF'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   COMPARE
