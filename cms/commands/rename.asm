         TITLE 'RENAME - rename files'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* RENAME   fn1 ft1 fm1 fn2 ft2 fm2 (TYPE NOTYPE UPDIRT NOUPDIRT
*          fn1 ft1 fm1 may be *; = in the new identifier keeps what the
*          file has.  The mode letter cannot change.
*          R15 = 0; 20 24 operands, 28 no file or it exists, 36 disk
*---------------------------------------------------------------------
DMSRNM   CSECT
         USING NUCON,0
RENAME   FENTER
OPTBASE  EQU   RENAME
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,RNMFN1
         LA    R4,6
RNMOPND  CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    RNMOPTS
         LTR   R4,R4
         BZ    RNMPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     RNMOPND
RNMPARM  DMSERR 'DMSRNM070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
RNMOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
OTYPE    MVC   RNMTYPE,9(R3)
         B     OPTSCAN
OPTBAD   DMSERR 'DMSRNM003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
OPTDONE  CLI   RNMFM2,C' '
         BNE   RNMID
         DMSERR 'DMSRNM054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
RNMID    CLI   RNMFN2,C'*'
         BE    RNMSTAR
         CLI   RNMFT2,C'*'
         BNE   RNMMODE
RNMSTAR  DMSERR 'DMSRNM062E INVALID * IN OUTPUT FILEID'
         FRET  RC=20
RNMMODE  CLC   RNMFM1,=CL8'*'
         BE    RNMMOD2
         LA    R1,RNMFM1
         BAL   R10,MODECHK
         LA    R3,RNMFM1
         LTR   R15,R15
         BNZ   RNMBADM
         LA    R1,RNMFM1
         NUCALL AADTLKW
         LTR   R15,R15
         BZ    RNMMOD2
         CH    R15,=H'36'
         BE    RNMNOACC
         DMSERR 'DMSRNM037E DISK ''%1'' IS READ/ONLY',                 X
               SUB=(CHAR,RNMFM1,1)
         FRET  RC=36
RNMNOACC DMSERR 'DMSRNM069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,RNMFM1,1)
         FRET  RC=36
RNMBADM  DMSERR 'DMSRNM048E INVALID MODE ''%1''',SUB=(CHAR,0(R3),8)
         FRET  RC=24
RNMMOD2  CLC   RNMFM2,=CL8'*'      * is the same as =
         BNE   *+8
         MVI   RNMFM2,C'='
         CLC   RNMFM2,=CL8'='
         BE    RNMSAME
         LA    R1,RNMFM2
         BAL   R10,MODECHK
         LA    R3,RNMFM2
         LTR   R15,R15
         BNZ   RNMBADM
         CLI   RNMFM1,C'*'
         BE    RNMSAME
         CLC   RNMFM2(1),RNMFM1
         BE    RNMSAME
RNMCHG   DMSERR 'DMSRNM051E INVALID MODE CHANGE'
         FRET  RC=24
*              a * in the first identifier: TYPE shows the new ones
RNMSAME  CLC   RNMFN1,=CL8'*'
         BE    RNMGO
         CLC   RNMFT1,=CL8'*'
         BE    RNMGO
         CLC   RNMFM1,=CL8'*'
         BE    RNMGO
         MVI   RNMTYPE,C'N'
*---------------------------------------------------------------------
RNMGO    SR    R9,R9
         SR    R8,R8
         SR    R6,R6               R6 = return code
         USING FSTSECT,R9
         USING ADTSECT,R8
RNMNEXT  LR    R0,R9
         LR    R2,R8
         LA    R1,RNMPL
         NUCALL AFSTNXT
         LTR   R15,R15
         BNZ   RNMEND
         LR    R9,R1
         LR    R8,R0
         TM    ADTFLG1,ADTFRW
         BZ    RNMNEXT
         CLI   RNMFM1,C'*'
         BE    RNMHIT
         CLC   ADTM,RNMFM1
         BNE   RNMNEXT
         CLI   RNMFM1+1,C' '
         BE    RNMHIT
         CLC   FSTM+1(1),RNMFM1+1
         BNE   RNMNEXT
RNMHIT   MVI   RNMANY,1
         MVC   RNMCFN(8),FSTN
         MVC   RNMCFT(8),FSTT
         MVC   RNMCFM(1),ADTM
         MVC   RNMCFM+1(1),FSTM+1
         MVC   RNMNFN(24),RNMCFN   new: the old one with changes
         CLC   RNMFN2,=CL8'='
         BE    *+10
         MVC   RNMNFN,RNMFN2
         CLC   RNMFT2,=CL8'='
         BE    *+10
         MVC   RNMNFT,RNMFT2
         CLI   RNMFM2,C'='
         BE    RNMDO
         CLC   RNMFM2(1),ADTM
         BNE   RNMCHG
         CLI   RNMFM2+1,C' '
         BE    RNMDO
         MVC   RNMNFM+1(1),RNMFM2+1
RNMDO    CLC   RNMNFN(24),RNMCFN
         BNE   RNMCALL
         CLI   RNMTYPE,C'T'
         BE    RNMNEXT
         DMSERR 'DMSRNM019E IDENTICAL FILEIDS'
         FRET  RC=24
RNMCALL  CMSCALL RNMFUNC
         LTR   R15,R15
         BZ    RNMDONE
         LR    R6,R15
         CH    R15,=H'4'
         BNE   RNMRET
         DMSERR 'DMSRNM024E FILE ''%1 %2 %3'' ALREADY EXISTS',         X
               SUB=(CHAR,RNMNFN,8,CHAR,RNMNFT,8,CHAR,RNMNFM,2)
         LA    R6,28
         B     RNMNEXT
RNMDONE  CLI   RNMTYPE,C'T'
         BNE   RNMNEXT
         MVC   RNMLINE(8),RNMNFN
         MVC   RNMLINE+9(8),RNMNFT
         MVC   RNMLINE+18(2),RNMNFM
         WRTERM RNMLINE,20
         B     RNMNEXT
RNMEND   CLI   RNMANY,0
         BNE   RNMRET
         DMSERR 'DMSRNM002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,RNMFN1,8,CHAR,RNMFT1,8,CHAR,RNMFM1,8)
         LA    R6,28
RNMRET   LR    R15,R6
         FRET
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT TYPE,1,C'T',OTYPE
         OPTENT NOTYPE,3,C'N',OTYPE
         OPTENT UPDIRT,2,C' ',OPTSCAN
         OPTENT NOUPDIRT,4,C' ',OPTSCAN
         DC    X'FF'
RNMTYPE  DC    C'N'
RNMANY   DC    X'00'
RNMPL    EQU   *-8                 AFSTNXT: fn at 8
RNMFN1   DC    CL8' '
RNMFT1   DC    CL8' '
RNMFM1   DC    CL8' '
RNMFN2   DC    CL8' '
RNMFT2   DC    CL8' '
RNMFM2   DC    CL8' '
RNMFUNC  DC    CL8'DMSRNF'
RNMCFN   DC    CL8' '
RNMCFT   DC    CL8' '
RNMCFM   DC    CL8' '
RNMNFN   DC    CL8' '
RNMNFT   DC    CL8' '
RNMNFM   DC    CL8' '
         DC    8X'FF'
RNMLINE  DC    CL20' '
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   RENAME
