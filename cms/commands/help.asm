         TITLE 'HELP - help pages'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* HELP     [CMS | CP] [name] [( ALL [)]]
*          Types a page of help, 20 lines at a time: a null line goes
*          on, Q ends.  ALL: no stops.
*          No name: the menu (HELP HELPMENU, CMS HELPMENU, CP HELPMENU).
*          A name: name HELPCMS or name HELPCP, abbreviations included;
*          when it is only the begin of names, these are listed.
*          R15 = 0; 24 operands; 28 there is no such page; 100 I/O
*---------------------------------------------------------------------
HELPCMD  CSECT
         USING NUCON,0
HELP     FENTER
         CONHOLD
         LA    R9,8(,R1)           R9 = operand
         MVI   HLPALL,0
         MVI   HLPSET,0
         LR    R2,R9               options
HLP1     CLI   0(R2),X'FF'
         BE    HLP3
         CLC   0(8,R2),=CL8'('
         BE    HLP2
         LA    R2,8(,R2)
         B     HLP1
HLP2     MVI   0(R2),X'FF'         end of the operands
         CLI   8(R2),X'FF'
         BE    HLP3
         CLC   8(8,R2),=CL8')'
         BE    HLP3
         CLC   8(8,R2),=CL8'ALL'
         BNE   HLPEOPT
         MVI   HLPALL,1
HLP3     MVC   HLPFN,=CL8'HELP'
         CLI   0(R9),X'FF'
         BE    HLPMENU
         CLC   0(8,R9),=CL8'CMS'
         BE    HLPSETC
         CLC   0(8,R9),=CL8'CP'
         BE    HLPSETP
         CLC   0(8,R9),=CL8'MENU'
         BE    HLPMENU
         B     HLPNAME
*              CMS or CP: the menu, or pages of that set
HLPSETC  MVI   HLPSET,C'C'
         B     HLPSET1
HLPSETP  MVI   HLPSET,C'P'
HLPSET1  MVC   HLPFN,0(R9)
         CLI   8(R9),X'FF'
         BE    HLPMENU
         LA    R9,8(,R9)
         CLC   0(8,R9),=CL8'MENU'
         BE    HLPMENU
HLPNAME  CLI   8(R9),X'FF'
         BNE   HLPEPAR
         MVC   HLPWANT,0(R9)
         MVC   HLPFN,0(R9)
         CLI   HLPSET,C'P'
         BE    HLPCP
         MVC   HLPFT,=CL8'HELPCMS'
         BAL   R10,HLPLOOK
         BZ    HLPSHOW
         BAL   R10,HLPABBR         abbreviation of a command?
         BNZ   HLPCP
         BAL   R10,HLPLOOK
         BZ    HLPSHOW
HLPCP    CLI   HLPSET,C'C'
         BE    HLPLIST
         MVC   HLPFN,HLPWANT
         MVC   HLPFT,=CL8'HELPCP'
         BAL   R10,HLPLOOK
         BZ    HLPSHOW
*---------------------------------------------------------------------
* Which names begin so?  One: that page; more: a list
*---------------------------------------------------------------------
HLPLIST  SR    R7,R7               R7 = how many
         LA    R8,HLPLINE
         MVC   HLPLINE,HLPLINE-1
         LA    R5,HLPWANT+7        R4 = length - 1
         LA    R4,7
HLPL1    CLI   0(R5),C' '
         BNE   HLPL2
         BCTR  R5,0
         BCT   R4,HLPL1
HLPL2    MVC   HLPFT,=CL8'HELPCMS'
         CLI   HLPSET,C'P'
         BNE   HLPL3
         MVC   HLPFT,=CL8'HELPCP'
HLPL3    MVC   HLPFN,=CL8'*'
         SR    R0,R0
HLPL4    LA    R1,HLPPL
         NUCALL AFSTNXT
         LTR   R15,R15
         BNZ   HLPL6
         LR    R2,R0               its ADT, its FST
         LR    R0,R1
         USING FSTSECT,R1
         EX    R4,HLPCLC
         BNE   HLPL4
         LA    R7,1(,R7)
         MVC   HLPONE,FSTN
         MVC   HLPONET,FSTT
         LA    R3,HLPLINE+63
         CR    R8,R3
         BH    HLPL4               the line is full
         MVC   0(8,R8),FSTN
         LA    R8,9(,R8)
         B     HLPL4
         DROP  R1
HLPL6    CLC   HLPFT,=CL8'HELPCP'
         BE    HLPL7
         MVC   HLPFT,=CL8'HELPCP'
         CLI   HLPSET,C'C'
         BNE   HLPL3
HLPL7    LTR   R7,R7
         BZ    HLPENONE
         MVC   HLPFN,HLPONE
         MVC   HLPFT,HLPONET
         CH    R7,=H'1'
         BE    HLPSHOW
         LINEDIT 'HELP %1: WHICH OF THESE?',SUB=(CHAR,HLPWANT,8)
         LR    R0,R8
         LA    R1,HLPLINE
         SR    R0,R1
         WRTERM (R1),(R0)
         FRET  RC=28
HLPCLC   CLC   HLPWANT(0),FSTN-FSTSECT(R1)
*---------------------------------------------------------------------
* The page
*---------------------------------------------------------------------
HLPMENU  MVC   HLPFT,=CL8'HELPMENU'
HLPSHOW  MVC   HLPFSCB+8(8),HLPFN
         MVC   HLPFSCB+16(8),HLPFT
         LA    R4,1                R4 = first record, then 0
         SR    R5,R5               R5 = lines typed
         LA    R3,HLPFSCB
         USING FSCBD,R3
         MVC   FSCBFM,=C'* '
HLPREAD  STH   R4,FSCBITNO
         FSOP  RDBUF,(R3)
         SR    R4,R4
         LTR   R15,R15
         BZ    HLPTYPE
         C     R15,=F'8'           cut to 130 characters
         BE    HLPTYPE
         C     R15,=F'12'
         BE    HLPEND
         C     R15,=F'1'
         BE    HLPENONE
         LR    R6,R15
         DMSERR 'DMSHLP104S ERROR ''%1'' READING FILE ''%2 %3 *'' FROM X
               DISK',SUB=(DECR,R6,0,CHAR,HLPFN,8,CHAR,HLPFT,8)
         LA    R4,100
         B     HLPCLOSE
HLPTYPE  CLI   HLPALL,0
         BNE   HLPTYPE1
         CH    R5,=H'20'
         BL    HLPTYPE1
*              after 20 lines
         SR    R5,R5
         WRTERM HLPMORE,L'HLPMORE
         LA    R1,HLPWAIT
         CMSCALL (R1),ERROR=*
         LTR   R15,R15
         BNZ   HLPEND
         CLI   HLPBUF,C'Q'
         BE    HLPEND
HLPTYPE1 L     R0,FSCBNORD
         WRTERM HLPLINE,(R0)
         LA    R5,1(,R5)
         B     HLPREAD
HLPEND   SR    R4,R4
HLPCLOSE FSOP  FINIS,(R3)
         LR    R15,R4
         FRET
         DROP  R3
HLPENONE DMSERR 'DMSHLP254E HELP CANNOT FIND INFORMATION ON ''%1''',   X
               SUB=(CHAR,HLPWANT,8)
         FRET  RC=28
HLPEOPT  DMSERR 'DMSHLP003E INVALID OPTION ''%1''',SUB=(CHAR,8(,R2),8)
         FRET  RC=24
HLPEPAR  DMSERR 'DMSHLP070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,8(,R9),8)
         FRET  RC=24
*---------------------------------------------------------------------
* HLPLOOK  Is there a file HLPFN HLPFT *?  cc 0 yes.  Link R10
* HLPABBR  HLPWANT as abbreviation: HLPFN, cc 0; else cc not 0.
*          Link R10; uses R2 to R5
*---------------------------------------------------------------------
HLPLOOK  LA    R1,HLPPL
         NUCALL AFSTLKP
         LTR   R15,R15
         BR    R10
HLPABBR  L     R3,AUSABRV
         LA    R5,HLPWANT+7
         LA    R4,7
HLPAB1   CLI   0(R5),C' '
         BNE   HLPAB2
         BCTR  R5,0
         BCT   R4,HLPAB1
HLPAB2   CLI   0(R3),X'FF'
         BE    HLPABNO
         SR    R2,R2
         IC    R2,8(,R3)
         BCTR  R2,0
         CR    R4,R2
         BL    HLPAB3
         EX    R4,HLPABC
         BE    HLPAB4
HLPAB3   LA    R3,9(,R3)
         B     HLPAB2
HLPAB4   MVC   HLPFN,0(R3)
         CR    R3,R3
         BR    R10
HLPABNO  LTR   R10,R10
         BR    R10
HLPABC   CLC   HLPWANT(0),0(R3)
         LTORG
HLPPL    DC    CL8'HELP'
HLPFN    DC    CL8' '
HLPFT    DC    CL8' '
         DC    CL8'*'
         DC    8X'FF'
HLPWANT  DC    CL8'HELP'
HLPONE   DC    CL8' '
HLPONET  DC    CL8' '
HLPALL   DC    X'00'
HLPSET   DC    X'00'
HLPFSCB  FSCB  ,,*,BUFFER=HLPLINE,BSIZE=130,RECFM=V
         DS    0D
HLPWAIT  DC    CL8'WAITRD',AL1(1),AL3(HLPBUF),C'U',AL3(0)
HLPMORE  DC    C'MORE: NULL LINE TO GO ON, Q TO END'
         DC    C' '
HLPLINE  DC    CL130' '
HLPBUF   DC    CL130' '
         COPY  REGEQU
         COPY  NUCON
         COPY  FSCB
         COPY  FST
         END   HELP
