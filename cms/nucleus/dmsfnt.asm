         TITLE 'DMSFNT - function table and abbreviations'
*---------------------------------------------------------------------
* DMSFNT   FUNCTAB: the names that SVC 202 finds in the nucleus.
*          An index of halfwords by first letter (X'C1' to X'E9'), then
*          entries of 12 bytes: name, flags, address; sorted by first
*          letter.  The entry symbol is the function's name.
*          Flags: X'80' INTERN: not for the console (call type 0B)
*                 X'40' ENABLE: runs enabled for interruptions
*---------------------------------------------------------------------
         MACRO
&L       FUNC  &NAME,&FLAGS=00,&ENTRY=
         LCLC  &E
&E       SETC  '&NAME'
         AIF   ('&ENTRY' EQ '').D
&E       SETC  '&ENTRY'
.D       WXTRN &E
&L       DC    CL8'&NAME',X'&FLAGS',AL3(&E)
         MEND
DMSFNT   CSECT
         USING NUCON,0
         ENTRY FUNCTAB
FUNCTAB  DS    0H
         DC    AL2(FA-FUNCTAB,FB-FUNCTAB,FC-FUNCTAB,FD-FUNCTAB)
         DC    AL2(FE-FUNCTAB,FF-FUNCTAB,FG-FUNCTAB,FH-FUNCTAB)
         DC    AL2(FI-FUNCTAB)
         DC    7AL2(0)
         DC    AL2(FJ-FUNCTAB,FK-FUNCTAB,FL-FUNCTAB,FM-FUNCTAB)
         DC    AL2(FN-FUNCTAB,FO-FUNCTAB,FP-FUNCTAB,FQ-FUNCTAB)
         DC    AL2(FR-FUNCTAB)
         DC    8AL2(0)
         DC    AL2(FS-FUNCTAB,FT-FUNCTAB,FU-FUNCTAB,FV-FUNCTAB)
         DC    AL2(FW-FUNCTAB,FX-FUNCTAB,FY-FUNCTAB,FZ-FUNCTAB)
FA       EQU   *
         FUNC  ATTN,FLAGS=80
         FUNC  ACCESS
FB       EQU   *
FC       EQU   *
         FUNC  CP
         FUNC  CARDRD,FLAGS=80
         FUNC  CARDPH,FLAGS=80
         FUNC  CMSTIME,FLAGS=80
         FUNC  CONREAD,FLAGS=80
         FUNC  CONWAIT,FLAGS=80
FD       EQU   *
         FUNC  DESBUF
         FUNC  DEBUG
         FUNC  DMSRNF,FLAGS=80
FE       EQU   *
         FUNC  EXEC,FLAGS=40
         FUNC  ERASE,FLAGS=80
FF       EQU   *
         FUNC  FINIS
FG       EQU   *
         FUNC  GENMOD
FH       EQU   *
FI       EQU   *
         FUNC  INCLUDE
FJ       EQU   *
FK       EQU   *
FL       EQU   *
         FUNC  LOADMOD
         FUNC  LOAD
FM       EQU   *
FN       EQU   *
FO       EQU   *
FP       EQU   *
         FUNC  POINT,FLAGS=80
         FUNC  PRINTR,FLAGS=80
         FUNC  PRINTIO,FLAGS=80
FQ       EQU   *
FR       EQU   *
         FUNC  RDBUF,FLAGS=80
         FUNC  RELEASE
FS       EQU   *
         FUNC  STATE,FLAGS=80
         FUNC  STATEW,FLAGS=80
         FUNC  START,FLAGS=40
FT       EQU   *
         FUNC  TYPLIN,FLAGS=80
FU       EQU   *
FV       EQU   *
FW       EQU   *
         FUNC  WRBUF,FLAGS=80
         FUNC  WAITRD,FLAGS=80
FX       EQU   *
FY       EQU   *
FZ       EQU   *
         DC    12X'00'
*---------------------------------------------------------------------
* DMSABV   Standard abbreviations, searched in this order: name and
*          smallest number of letters.  End: X'FF'.
*---------------------------------------------------------------------
         ENTRY DMSABV
DMSABV   DS    0H
         DC    CL8'ASSEMBLE',AL1(1)
         DC    CL8'ACCESS',AL1(2)
         DC    CL8'COMPARE',AL1(3)
         DC    CL8'COPYFILE',AL1(4)
         DC    CL8'DEBUG',AL1(5)
         DC    CL8'EDIT',AL1(1)
         DC    CL8'ERASE',AL1(2)
         DC    CL8'EXEC',AL1(2)
         DC    CL8'FILEDEF',AL1(2)
         DC    CL8'FORMAT',AL1(6)
         DC    CL8'GENMOD',AL1(1)
         DC    CL8'GLOBAL',AL1(2)
         DC    CL8'HELP',AL1(1)
         DC    CL8'INCLUDE',AL1(2)
         DC    CL8'LISTFILE',AL1(1)
         DC    CL8'LOADMOD',AL1(5)
         DC    CL8'MODMAP',AL1(3)
         DC    CL8'PRINT',AL1(2)
         DC    CL8'PUNCH',AL1(2)
         DC    CL8'QUERY',AL1(1)
         DC    CL8'RENAME',AL1(1)
         DC    CL8'RELEASE',AL1(3)
         DC    CL8'READCARD',AL1(4)
         DC    CL8'STATE',AL1(5)
         DC    CL8'SYNONYM',AL1(3)
         DC    CL8'TYPE',AL1(1)
         DC    X'FF'
*---------------------------------------------------------------------
* ABBREV   Entry: R1 -> name (8 bytes)
*          Exit:  R15 = 0: the name was an abbreviation and is replaced
*                 by the full name; 4: it is none
*          The user's synonyms (ASYNTAB) come first.  SET ABBREV OFF:
*          only whole ones; SYNONYM (NOSTD: only these
*---------------------------------------------------------------------
         DS    0H
ABBREV   SUBENT
         LA    R4,8(,R1)
         LA    R5,8
ABB1     BCTR  R4,0                R5 = length - 1
         BCTR  R5,0
         CLI   0(R4),C' '
         BE    ABB1
         SR    R2,R2
         L     R3,ASYNTAB
         LTR   R3,R3
         BZ    ABBSTD
         LA    R3,8(,R3)
ABBU     CLI   0(R3),X'FF'
         BE    ABBSTD
         CLC   0(8,R1),8(R3)
         BE    ABBUHIT
         TM    OPTFLAGS,NOABBREV
         BO    ABBU2
         IC    R2,16(,R3)
         BCTR  R2,0
         CR    R5,R2
         BL    ABBU2
         EX    R5,ABBCLCU
         BNE   ABBU2
ABBUHIT  CLC   0(8,R1),0(R3)
         BE    ABB9
         MVC   0(8,R1),0(R3)
         SUBRET RC=0
ABBU2    LA    R3,17(,R3)
         B     ABBU
ABBSTD   TM    OPTFLAGS,NOABBREV+NOSTDSYN
         BNZ   ABB9
         L     R3,AUSABRV
ABB2     CLI   0(R3),X'FF'
         BE    ABB9
         CLC   0(1,R1),0(R3)
         BNE   ABB3
         IC    R2,8(,R3)
         BCTR  R2,0
         CR    R5,R2
         BL    ABB3
         EX    R5,ABBCLC
         BNE   ABB3
         CLC   0(8,R1),0(R3)       it is the full name
         BE    ABB9
         MVC   0(8,R1),0(R3)
         SUBRET RC=0
ABB3     LA    R3,9(,R3)
         B     ABB2
ABB9     SUBRET RC=4
ABBCLC   CLC   0(0,R1),0(R3)
ABBCLCU  CLC   0(0,R1),8(R3)
         LTORG
         COPY  REGEQU
         COPY  NUCON
         END   DMSFNT
