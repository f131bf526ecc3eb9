         TITLE 'ERASE - erase files'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* ERASE    fn ft fm (TYPE NOTYPE
*          fn, ft, fm may be *.  * * needs a mode with its number; with
*          fm * all disks accessed for output are searched.
*          R15 = 0; 24 operands, 28 no file, 36 disk, or what the
*          function ERASE answers
*---------------------------------------------------------------------
DMSERS   CSECT
         USING NUCON,0
ERASE    FENTER
OPTBASE  EQU   ERASE
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,ERSFN
         LA    R4,3
ERSOPND  CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    ERSOPTS
         LTR   R4,R4
         BZ    ERSPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     ERSOPND
ERSPARM  DMSERR 'DMSERS070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
ERSOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
OTYPE    MVC   ERSTYPE,9(R3)
         B     OPTSCAN
OPTBAD   DMSERR 'DMSERS003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
OPTDONE  CLI   ERSFT,C' '
         BNE   ERSALL
         DMSERR 'DMSERS054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
*              * * needs a mode letter and number
ERSALL   CLC   ERSFN,=CL8'*'
         BNE   ERSMODE
         CLC   ERSFT,=CL8'*'
         BNE   ERSMODE
         CLI   ERSFM+1,C' '
         BNE   ERSMODE
         DMSERR 'DMSERS071E ERASE * * %1 NOT ALLOWED',                 X
               SUB=(CHAR,ERSFM,8)
         FRET  RC=24
ERSMODE  CLC   ERSFM,=CL8'*'
         BE    ERSGO
         LA    R1,ERSFM
         BAL   R10,MODECHK
         LTR   R15,R15
         BNZ   ERSBADM
         LA    R1,ERSFM
         NUCALL AADTLKW
         LTR   R15,R15
         BZ    ERSGO
         CH    R15,=H'36'
         BE    ERSNOACC
         DMSERR 'DMSERS037E DISK ''%1'' IS READ/ONLY',                 X
               SUB=(CHAR,ERSFM,1)
         FRET  RC=36
ERSNOACC DMSERR 'DMSERS069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,ERSFM,1)
         FRET  RC=36
ERSBADM  DMSERR 'DMSERS048E INVALID MODE ''%1''',SUB=(CHAR,ERSFM,8)
         FRET  RC=24
*---------------------------------------------------------------------
ERSGO    SR    R9,R9
         SR    R8,R8
         USING FSTSECT,R9
         USING ADTSECT,R8
ERSNEXT  LR    R0,R9
         LR    R2,R8
         LA    R1,ERSPL
         NUCALL AFSTNXT
         LTR   R15,R15
         BNZ   ERSEND
         LR    R9,R1
         LR    R8,R0
         TM    ADTFLG1,ADTFRW
         BZ    ERSNEXT
         CLI   ERSFM,C'*'
         BE    ERSHIT
         CLC   ADTM,ERSFM
         BNE   ERSNEXT
         CLI   ERSFM+1,C' '
         BE    ERSHIT
         CLC   FSTM+1(1),ERSFM+1
         BNE   ERSNEXT
ERSHIT   MVI   ERSANY,1
         MVC   ERSCFN(8),FSTN
         MVC   ERSCFT(8),FSTT
         MVC   ERSCFM(1),ADTM
         MVC   ERSCFM+1(1),FSTM+1
         CMSCALL ERSCALL
         LTR   R6,R15
         BNZ   ERSRET
         CLI   ERSTYPE,C'T'
         BNE   ERSNEXT
         MVC   ERSLINE(8),ERSCFN
         MVC   ERSLINE+9(8),ERSCFT
         MVC   ERSLINE+18(2),ERSCFM
         WRTERM ERSLINE,20
         B     ERSNEXT
ERSEND   SR    R6,R6
         CLI   ERSANY,0
         BNE   ERSRET
         DMSERR 'DMSERS002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,ERSFN,8,CHAR,ERSFT,8,CHAR,ERSFM,8)
         LA    R6,28
ERSRET   LR    R15,R6
         FRET
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT TYPE,1,C'T',OTYPE
         OPTENT NOTYPE,1,C'N',OTYPE
         DC    X'FF'
ERSTYPE  DC    C'N'
ERSANY   DC    X'00'
ERSPL    EQU   *-8                 AFSTNXT: fn at 8
ERSFN    DC    CL8' '
ERSFT    DC    CL8' '
ERSFM    DC    CL8'A'
ERSCALL  DC    CL8'ERASE'
ERSCFN   DC    CL8' '
ERSCFT   DC    CL8' '
ERSCFM   DC    CL8' ',8X'FF'
ERSLINE  DC    CL20' '
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   ERASE
