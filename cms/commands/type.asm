         TITLE 'TYPE - type a file at the terminal'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* TYPE     fn ft fm rec1 recn (options
*          HEX          hexadecimal
*          COL x-y      only these columns
*          MEMBER name  (or *) of a MACLIB or TXTLIB
*          R15 = 0; 20 * as a name, 24 operands, 28 no file, 32 no
*          library, 36 disk, 100 error reading
*---------------------------------------------------------------------
DMSTYP   CSECT
         USING NUCON,0
TYPE     FENTER
OPTBASE  EQU   TYPE
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,TYPFN            operands
         LA    R4,5
TYPOPND  CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    TYPOPTS
         LTR   R4,R4
         BZ    TYPPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     TYPOPND
TYPPARM  DMSERR 'DMSTYP070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
TYPOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
OHEX     OI    TYPFLAG,TYPHEX
         B     OPTSCAN
OPTBAD   DMSERR 'DMSTYP003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
*              COL x-y
OCOL     CLI   0(R2),X'FF'
         BE    ONOCOL
         CLI   0(R2),C')'
         BE    ONOCOL
         MVC   TYPCOL,0(R2)
         TRT   TYPCOL,TYPDASH      R1 -> the minus
         BZ    OCOL1
         MVI   0(R1),C' '          cut: the first number
         LA    R4,1(,R1)
         LA    R5,TYPCOL+8
         SR    R5,R4               characters of the second
         BNP   OCOL1
         MVC   TYPCOL2,=CL8' '
         BCTR  R5,0
         EX    R5,OCOLMVC
         LA    R5,TYPCOL+7         and what is behind it goes
         SR    R5,R1
         EX    R5,OCOLBLK
         CLI   TYPCOL2,C' '
         BE    OCOL1
         LA    R1,TYPCOL2
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   OCOLBAD
         LTR   R0,R0
         BZ    OCOLBAD
         ST    R0,TYPTO
OCOL1    LA    R1,TYPCOL
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   OCOLBAD
         LTR   R0,R0
         BZ    OCOLBAD
         C     R0,TYPTO
         BH    OCOLBAD
         ST    R0,TYPFROM
         OI    TYPFLAG,TYPCOLS
         LA    R2,8(,R2)
         B     OPTSCAN
OCOLMVC  MVC   TYPCOL2(0),0(R4)
OCOLBLK  MVC   0(0,R1),=CL8' '
OCOLBAD  DMSERR 'DMSTYP029E INVALID PARAMETER ''%1'' IN THE OPTION ''COX
               L'' FIELD',SUB=(CHAR,0(R2),8)
         FRET  RC=24
ONOCOL   DMSERR 'DMSTYP005E NO ''COL'' SPECIFIED'
         FRET  RC=24
OMEMBER  CLI   0(R2),X'FF'
         BE    ONOMEM
         CLI   0(R2),C')'
         BE    ONOMEM
         MVC   LIBMEM,0(R2)
         LA    R2,8(,R2)
         B     OPTSCAN
ONOMEM   DMSERR 'DMSTYP005E NO ''MEMBER'' SPECIFIED'
         FRET  RC=24
*---------------------------------------------------------------------
OPTDONE  CLI   TYPFT,C' '
         BNE   TYPID
         DMSERR 'DMSTYP054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
TYPID    CLI   TYPFN,C'*'
         BE    TYPSTAR
         CLI   TYPFT,C'*'
         BNE   TYPMODE
TYPSTAR  DMSERR 'DMSTYP062E INVALID CHARACTER ''*'' IN FILEID ''%1 %2''X
               ',SUB=(CHAR,TYPFN,8,CHAR,TYPFT,8)
         FRET  RC=20
TYPMODE  LA    R1,TYPFM
         CLC   TYPFM,=CL8'*'
         BE    TYPLOOK
         BAL   R10,MODECHK
         LTR   R15,R15
         BZ    TYPLOOK
         DMSERR 'DMSTYP048E INVALID MODE ''%1''',SUB=(CHAR,TYPFM,8)
         FRET  RC=24
TYPLOOK  LA    R1,TYPFN-8
         NUCALL AFSTLKP
         CH    R15,=H'36'
         BE    TYPNOACC
         LTR   R15,R15
         BNZ   TYPNONE
         LR    R9,R1
         LR    R8,R0
         USING FSTSECT,R9
         USING ADTSECT,R8
         CLI   TYPFM+1,C' '        with a mode number: it must agree
         BE    TYPFND
         CLI   TYPFM,C'*'
         BE    TYPFND
         CLC   TYPFM+1(1),FSTM+1
         BE    TYPFND
TYPNONE  DMSERR 'DMSTYP002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,TYPFN,8,CHAR,TYPFT,8,CHAR,TYPFM,2)
         FRET  RC=28
TYPNOACC DMSERR 'DMSTYP069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,TYPFM,1)
         FRET  RC=36
TYPFND   MVC   RDFN(16),TYPFN
         MVC   RDFM(1),ADTM
         MVC   RDFM+1(1),FSTM+1
*              LISTING: without the carriage control character
         CLC   TYPFT,=CL8'LISTING'
         BNE   TYPRECS
         TM    TYPFLAG,TYPCOLS+TYPHEX
         BNZ   TYPRECS
         MVI   TYPFROM+3,2
*              records
TYPRECS  LA    R6,1                R6 = first
         LA    R1,TYPREC1
         CLC   TYPREC1,=CL8' '
         BE    TYPRNG
         CLC   TYPREC1,=CL8'*'
         BE    TYPRNG
         LR    R5,R1
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   TYPBADN
         LTR   R6,R0
         BZ    TYPBADN
         C     R6,FSTAIC
         BH    TYPBADN
TYPRNG   L     R7,FSTAIC           R7 = last
         LA    R1,TYPREC2
         CLC   TYPREC2,=CL8' '
         BE    TYPBUF
         CLC   TYPREC2,=CL8'*'
         BE    TYPBUF
         LR    R5,R1
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   TYPBADN
         CR    R0,R6
         BL    TYPBADN
         CR    R0,R7
         BNL   TYPBUF
         LR    R7,R0
TYPBUF   TM    TYPFLAG,TYPCOLS
         BZ    TYPGET
         L     R0,TYPFROM
         C     R0,FSTIL
         BNH   TYPGET
         DMSERR 'DMSTYP009E COLUMN ''%1'' EXCEEDS RECORD LENGTH',      X
               SUB=(DEC,TYPFROM,0)
         FRET  RC=24
TYPBADN  DMSERR 'DMSTYP049E INVALID LINE NUMBER ''%1''',               X
               SUB=(CHAR,0(R5),8)
         FRET  RC=24
*              buffer: as many records as fit 8K, at least one
TYPGET   L     R4,FSTIL
         SR    R0,R0
         LA    R1,1                R1 = records
         CLI   FSTFV,C'F'
         BNE   TYPGET1
         L     R1,=F'8192'
         DR    R0,R4
         LTR   R1,R1
         BP    *+8
         LA    R1,1
TYPGET1  ST    R1,TYPMANY
         LR    R3,R1
         SR    R2,R2
         MR    R2,R4
         ST    R3,RDSIZE
         LA    R0,7(,R3)
         SRL   R0,3
         DMSFREE DWORDS=(R0),ERR=TYPFULL
         ST    R1,RDBUFF
         CLI   LIBMEM,C' '
         BNE   TYPLIB
         BAL   R11,TYPBLANK
         BAL   R11,TYPRANGE
TYPDONE  BAL   R11,TYPBLANK
TYPFINI  LR    R6,R15
         CMSCALL TYPFINIS
         LR    R15,R6
         FRET
TYPFULL  DMSERR 'DMSTYP109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
*---------------------------------------------------------------------
* Members of a library: F 80; the first record is LIBPDS or LIBxxx,
* directory record, its bytes; entries name, first record, records
*---------------------------------------------------------------------
TYPLIB   CLC   TYPFT,=CL8'MACLIB'
         BE    TYPLIB1
         CLC   TYPFT,=CL8'TXTLIB'
         BNE   TYPNOLIB
TYPLIB1  BAL   R10,LIBOPEN
         LTR   R15,R15
         BNZ   TYPNOLIB
TYPMEM   BAL   R10,LIBNEXT         R6, R7 = records
         LTR   R15,R15
         BNZ   TYPMEND
         BAL   R11,TYPBLANK
         BAL   R11,TYPRANGE
         B     TYPMEM
TYPMEND  SR    R15,R15
         CLI   LIBHIT,0
         BNE   TYPDONE
         CLI   LIBMEM,C'*'
         BE    TYPEMPTY
         DMSERR 'DMSTYP013E MEMBER ''%1'' NOT FOUND IN LIBRARY ''%2 %3 X
               %4''',                                                  X
               SUB=(CHAR,LIBMEM,8,CHAR,TYPFN,8,CHAR,TYPFT,8,CHAR,RDFM, X
               2)
         LA    R15,32
         B     TYPFINI
TYPEMPTY DMSERR 'DMSTYP039E NO ENTRIES IN LIBRARY ''%1 %2 %3''',       X
               SUB=(CHAR,TYPFN,8,CHAR,TYPFT,8,CHAR,RDFM,2)
         LA    R15,32
         B     TYPFINI
TYPNOLIB DMSERR 'DMSTYP033E FILE ''%1 %2 %3'' IS NOT A LIBRARY',       X
               SUB=(CHAR,TYPFN,8,CHAR,TYPFT,8,CHAR,RDFM,2)
         LA    R15,32
         B     TYPFINI
         COPY  LIBDIR
*---------------------------------------------------------------------
* TYPRANGE Types records R6 to R7.  R15 = 0; on errors to TYPFINI.
*          Link R11; uses R2 to R6, R10
*---------------------------------------------------------------------
TYPRANGE SR    R15,R15
         CR    R6,R7
         BCR   2,R11
         TM    MSGFLAGS,NOTYPOUT   HT
         BCR   1,R11
         LR    R3,R7
         SR    R3,R6
         LA    R3,1(,R3)
         C     R3,TYPMANY
         BNH   *+8
         L     R3,TYPMANY          R3 = records of this piece
         ST    R3,RDNOIT
         ST    R6,RDITEM
         CMSCALL TYPRDBUF
         LTR   R15,R15
         BNZ   TYPRERR
         L     R4,RDBUFF           R4 -> record, R5 = its length
         L     R5,RDNORD
         CLI   FSTFV,C'F'
         BNE   TYPREC
         L     R5,FSTIL
TYPREC   TM    TYPFLAG,TYPHEX
         BO    TYPHEXR
         LR    R1,R4
         LR    R0,R5
         L     R2,TYPTO
         CR    R0,R2
         BNH   *+6
         LR    R0,R2
         L     R2,TYPFROM
         BCTR  R2,0
         AR    R1,R2
         SR    R0,R2
         BP    *+6
         SR    R0,R0
         WRTERM (R1),(R0)
TYPNEXT  LA    R6,1(,R6)
         AR    R4,R5
         BCT   R3,TYPREC
         B     TYPRANGE
TYPRERR  LR    R5,R15
         DMSERR 'DMSTYP104S ERROR ''%1'' READING FILE ''%2 %3 %4'' FROMX
                DISK',                                                 X
               SUB=(DECR,(R5),0,CHAR,TYPFN,8,CHAR,TYPFT,8,CHAR,RDFM,2)
         LA    R15,100
         B     TYPFINI
*              hexadecimal: 32 bytes a line, in groups of four
TYPHEXR  MVI   TYPLINE,C' '
         MVC   TYPLINE+1(71),TYPLINE
         MVC   TYPLINE(7),=C'RECORD '
         LR    R0,R6
         LA    R1,TYPLINE+7
         LA    R2,10
         BAL   R10,EDITNUM
         MVC   TYPLINE+18(7),=C'LENGTH='
         LR    R0,R5
         LA    R1,TYPLINE+25
         LA    R2,10
         BAL   R10,EDITNUM
         WRTERM TYPLINE,35
         L     R1,TYPFROM          R2 = next byte, R10 = what is left
         BCTR  R1,0
         LA    R2,0(R1,R4)
         L     R10,TYPTO
         CR    R10,R5
         BNH   *+6
         LR    R10,R5
         SR    R10,R1
         BNP   TYPNEXT
TYPHEX1  MVI   TYPLINE,C' '
         MVC   TYPLINE+1(71),TYPLINE
         LA    R1,TYPLINE
         LA    R14,8               groups of the line
TYPHEX2  MVC   TYPWORD(4),0(R2)
         UNPK  0(9,R1),TYPWORD(5)
         TR    0(8,R1),TYPHEXT-C'0'
         MVI   8(R1),C' '
         LA    R1,9(,R1)
         LA    R2,4(,R2)
         SH    R10,=H'4'
         BNP   TYPHEX3
         BCT   R14,TYPHEX2
TYPHEX3  LTR   R10,R10
         BNM   TYPHEX4
         LR    R15,R10             what is too much goes
         AR    R15,R15
         LPR   R14,R15
         AR    R1,R15
         BCTR  R1,0
         BCTR  R14,0
         EX    R14,TYPHBLK
TYPHEX4  WRTERM TYPLINE,72
         LTR   R10,R10
         BP    TYPHEX1
         B     TYPNEXT
TYPHBLK  MVC   0(0,R1),=CL8' '
*              a blank line.  Link R11
TYPBLANK WRTERM =C' ',1
         BR    R11
         COPY  EDITNUM
         COPY  GETNUM
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT HEX,3,0,OHEX
         OPTENT COL,3,0,OCOL
         OPTENT MEMBER,3,0,OMEMBER
         DC    X'FF'
TYPFLAG  DC    X'00'
TYPHEX   EQU   X'80'
TYPCOLS  EQU   X'40'
TYPFROM  DC    F'1'
TYPTO    DC    F'2147483647'
TYPMANY  DC    F'1'
TYPCOL   DC    CL8' '
TYPCOL2  DC    CL8' '
TYPFN    DC    CL8' '
TYPFT    DC    CL8' '
TYPFM    DC    CL8'A'
TYPREC1  DC    CL8' '
TYPREC2  DC    CL8' '
         DS    0F
TYPRDBUF DC    CL8'RDBUF'          FSCB, extended
RDFN     DC    CL16' '
RDFM     DC    CL2' ',H'0'
RDBUFF   DC    A(0)
RDSIZE   DC    F'0'
         DC    C'F',X'20',H'0'
RDNORD   DC    F'0'
RDITEM   DC    F'0'
RDNOIT   DC    F'0'
         DC    2F'0'
TYPFINIS DC    CL8'FINIS',CL8'*',CL8'*',CL8'*'
TYPWORD  DC    F'0',X'00'
TYPHEXT  DC    C'0123456789ABCDEF'
TYPLINE  DC    CL73' '
TYPDASH  DC    256X'00'
         ORG   TYPDASH+C'-'
         DC    X'01'
         ORG   ,
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   TYPE
