         TITLE 'TYPE - type a file at the terminal'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* TYPE     fn ft fm rec1 recn (options
*          HEX          hexadecimal
*          COL x-y      only these columns
*          R15 = 0; 20 * as a name, 24 operands, 28 no file, 36 disk,
*          100 error reading
*---------------------------------------------------------------------
TYPE     INFILE TYP,N=5
         COPY  OPTSCAN
OHEX     OI    TYPFLAG,TYPHEX
         B     OPTSCAN
         COPY  COLOPT
*---------------------------------------------------------------------
         INFOPEN TYP
*              LISTING: without the carriage control character
         CLC   INFFT,=CL8'LISTING'
         BNE   TYPRECS
         CLI   COLSET,0
         BNE   TYPRECS
         TM    TYPFLAG,TYPHEX
         BO    TYPRECS
         MVI   COLFROM+3,2
*              records
TYPRECS  LA    R5,INFOPN
         CLI   0(R5),C' '
         BE    TYPREC2
         CLC   0(8,R5),=CL8'*'
         BE    TYPREC2
         LR    R1,R5
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   TYPBADN
         LTR   R0,R0
         BZ    TYPBADN
         C     R0,FSTAIC
         BH    TYPBADN
         ST    R0,INFREC
TYPREC2  LA    R5,INFOPN+8
         CLI   0(R5),C' '
         BE    TYPCHK
         CLC   0(8,R5),=CL8'*'
         BE    TYPCHK
         LR    R1,R5
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   TYPBADN
         C     R0,INFREC
         BL    TYPBADN
         C     R0,INFLAST
         BNL   TYPCHK
         ST    R0,INFLAST
TYPCHK   CLI   COLSET,0
         BE    TYPGO
         L     R0,COLFROM
         C     R0,FSTIL
         BNH   TYPGO
         DMSERR 'DMSTYP009E COLUMN ''%1'' EXCEEDS RECORD LENGTH',      X
               SUB=(DEC,COLFROM,0)
         FRET  RC=24
TYPBADN  DMSERR 'DMSTYP049E INVALID LINE NUMBER ''%1''',               X
               SUB=(CHAR,0(R5),8)
         FRET  RC=24
*---------------------------------------------------------------------
TYPGO    CONHOLD
         WRTERM =C' ',1
TYPPIECE TM    MSGFLAGS,NOTYPOUT   HT
         BO    TYPEND
         BAL   R11,INFREAD
         LTR   R15,R15
         BNZ   TYPEND
TYPREC   TM    TYPFLAG,TYPHEX
         BO    TYPHEXR
         L     R1,COLFROM
         BCTR  R1,0
         L     R0,COLTO
         CR    R0,R5
         BNH   *+6
         LR    R0,R5
         SR    R0,R1
         AR    R1,R4
         WRTERM (R1),(R0)
TYPNEXT  AR    R4,R5
         BCT   R3,TYPREC
         B     TYPPIECE
TYPEND   WRTERM =C' ',1
         SR    R15,R15
         B     INFEND
*              hexadecimal: 32 bytes a line, in groups of four
TYPHEXR  MVI   TYPLINE,C' '
         MVC   TYPLINE+1(71),TYPLINE
         MVC   TYPLINE(7),=C'RECORD '
         L     R0,INFREC           record behind the piece
         SR    R0,R3
         LA    R1,TYPLINE+7
         LA    R2,10
         BAL   R10,EDITNUM
         MVC   TYPLINE+18(7),=C'LENGTH='
         LR    R0,R5
         LA    R1,TYPLINE+25
         LA    R2,10
         BAL   R10,EDITNUM
         WRTERM TYPLINE,35
         L     R6,COLFROM
         BCTR  R6,0                R6 = next byte, R7 = what is left
         L     R7,COLTO
         CR    R7,R5
         BNH   *+6
         LR    R7,R5
         SR    R7,R6
         BNP   TYPNEXT
         AR    R6,R4
TYPHEX1  LR    R2,R7
         CH    R2,=H'32'
         BNH   *+8
         LA    R2,32
         SR    R7,R2
         BAL   R10,HEXLINE
         WRTERM TYPLINE,72
         LTR   R7,R7
         BP    TYPHEX1
         B     TYPNEXT
         COPY  HEXLINE
         COPY  EDITNUM
         COPY  GETNUM
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT HEX,3,0,OHEX
         OPTENT COL,3,0,OCOL
         DC    X'FF'
TYPFLAG  DC    X'00'
TYPHEX   EQU   X'80'
TYPLINE  DC    CL73' '
HEXOUT   EQU   TYPLINE
         INFDATA TYP
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   TYPE
