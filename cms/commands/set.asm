         TITLE 'SET - settings of CMS'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* SET      function value
*          ABBREV IMPCP IMPEX PROTECT REDTYPE RELPAGE   ON OFF
*          RDYMSG   LMSG SMSG
*          BLIP     string ON OFF
*          INPUT    a xx, xx yy, nothing: no translation
*          OUTPUT   xx a, nothing
*          Anything else is for CP: R15 = -3 makes the command level
*          pass the line on.
*          R15 = 0; 24 operands, 104 storage, -3
*---------------------------------------------------------------------
DMSSET   CSECT
         USING NUCON,0
SET      FENTER
OPTBASE  EQU   SET
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         ST    R2,SETFUNC
         COPY  OPTSCAN
OPTDONE  DMSERR 'DMSSET047E NO FUNCTION SPECIFIED'
         FRET  RC=24
OPTBAD   TM    OPTFLAGS,NOIMPCP
         BO    SETUNK
         TM    IMPFLAGS,IMPVIRT
         BZ    SETUNK
         L     R15,=F'-3'
         FRET
SETUNK   L     R2,SETFUNC
         DMSERR 'DMSSET014E INVALID FUNCTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
SETNONE  L     R2,SETFUNC
         DMSERR 'DMSSET050E PARAMETER MISSING AFTER ''%1''',           X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
SETBAD   L     R3,SETFUNC
         DMSERR 'DMSSET026E INVALID PARAMETER ''%1'' FOR ''%2'' FUNCTIOX
               N',SUB=(CHAR,0(R2),8,CHAR,0(R3),8)
         FRET  RC=24
SETMORE  DMSERR 'DMSSET070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
*              one operand, not more.  Link R9
SETONE   CLI   0(R2),X'FF'
         BE    SETNONE
         CLI   8(R2),X'FF'
         BCR   8,R9
         LA    R2,8(,R2)
         B     SETMORE
*---------------------------------------------------------------------
* Bits: row of SETROWS: byte, mask, value for 1, for 0
*---------------------------------------------------------------------
SBIT     BAL   R9,SETONE
         SR    R4,R4
         IC    R4,9(,R3)
         MH    R4,=H'12'
         LA    R4,SETROWS(R4)
         LH    R5,0(,R4)
         MVC   SETBYTE,2(R4)
         CLC   4(4,R2),=CL4' '
         BNE   SETBAD
         CLC   0(4,R2),4(R4)
         BE    SBITON
         CLC   0(4,R2),8(R4)
         BNE   SETBAD
         XI    SETBYTE,X'FF'
         NC    0(1,R5),SETBYTE
         B     SETEND
SBITON   OC    0(1,R5),SETBYTE
SETEND   FRET  RC=0
*              PROTECT: storage keys of the nucleus, not of X'D000' to
*              X'FFFF'
SPROTECT BAL   R9,SETONE
         LA    R5,X'F0'
         CLC   0(8,R2),=CL8'ON'
         BE    SPROT1
         CLC   0(8,R2),=CL8'OFF'
         BNE   SETBAD
         LA    R5,X'E0'
         OI    PROTFLAG,X'80'
         B     SPROT2
SPROT1   NI    PROTFLAG,X'7F'
SPROT2   SR    R4,R4
         L     R6,=A(X'D000')
         L     R7,=A(X'10000')
         L     R8,AUSRAREA
SPROT3   CR    R4,R6
         BL    SPROT4
         CR    R4,R7
         BL    SPROT5
SPROT4   SSK   R5,R4
SPROT5   A     R4,=F'2048'
         CR    R4,R8
         BL    SPROT3
         B     SETEND
*
SBLIP    BAL   R9,SETONE
         CLC   0(8,R2),=CL8'OFF'
         BE    SBLIP1
         MVC   BLIPCHAR,0(R2)
         CLC   0(8,R2),=CL8'ON'
         BNE   SETEND
         MVI   BLIPCHAR,C'*'
         B     SETEND
SBLIP1   MVI   BLIPCHAR,C' '
         B     SETEND
*---------------------------------------------------------------------
* INPUT and OUTPUT: R7 -> word with the address of the table
*---------------------------------------------------------------------
SINPUT   LA    R7,AINTRTBL
         B     STABLE
SOUTPUT  LA    R7,AOUTRTBL
STABLE   CLI   0(R2),X'FF'
         BE    STABOFF
         CLI   8(R2),X'FF'
         BNE   STAB1
         DMSERR 'DMSSET061E NO TRANSLATION CHARACTER SPECIFIED'
         FRET  RC=24
STAB1    CLI   16(R2),X'FF'
         BE    STAB2
         LA    R2,16(,R2)
         B     SETMORE
STAB2    CLI   9(R3),C'O'
         BE    STAB3
         BAL   R9,SETCHAR          INPUT: character or hexadecimal
         LR    R5,R0
         LA    R2,8(,R2)
         BAL   R9,SETHEX
         LR    R6,R0
         B     STAB4
STAB3    BAL   R9,SETHEX           OUTPUT: hexadecimal, character
         LR    R5,R0
         LA    R2,8(,R2)
         CLI   1(R2),C' '
         BNE   SETBAD
         SR    R6,R6
         IC    R6,0(,R2)
STAB4    L     R1,0(,R7)
         LTR   R1,R1
         BNZ   STAB6
         DMSFREE DWORDS=32,TYPE=NUCLEUS,ERR=SETFULL
         MVC   0(256,R1),SETIDENT
         ST    R1,0(,R7)
STAB6    STC   R6,0(R5,R1)
         B     SETEND
STABOFF  L     R1,0(,R7)
         LTR   R1,R1
         BZ    SETEND
         XC    0(4,R7),0(R7)
         LA    R0,32
         DMSFRET DWORDS=(R0),LOC=(R1)
         B     SETEND
SETFULL  DMSERR 'DMSSET109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
*              R2 -> one character or two digits: R0.  Link R9
SETCHAR  CLI   1(R2),C' '
         BNE   SETHEX
         SR    R0,R0
         IC    R0,0(,R2)
         BR    R9
SETHEX   CLI   1(R2),C' '
         BE    SETBAD
         CLI   2(R2),C' '
         BNE   SETBAD
         LR    R1,R2
         BAL   R10,GETHEX
         LTR   R15,R15
         BCR   8,R9
         B     SETBAD
         COPY  GETHEX
         LTORG
OPTTAB   DS    0H
         OPTENT ABBREV,6,0,SBIT
         OPTENT IMPCP,5,1,SBIT
         OPTENT IMPEX,5,2,SBIT
         OPTENT RELPAGE,7,3,SBIT
         OPTENT RDYMSG,6,4,SBIT
         OPTENT REDTYPE,7,5,SBIT
         OPTENT PROTECT,7,0,SPROTECT
         OPTENT BLIP,4,0,SBLIP
         OPTENT INPUT,5,C'I',SINPUT
         OPTENT OUTPUT,6,C'O',SOUTPUT
         DC    X'FF'
         DS    0H
SETROWS  DC    AL2(OPTFLAGS-NUCON),AL1(NOABBREV),X'0',C'OFF ON  '
         DC    AL2(OPTFLAGS-NUCON),AL1(NOIMPCP),X'0',C'OFF ON  '
         DC    AL2(OPTFLAGS-NUCON),AL1(NOIMPEX),X'0',C'OFF ON  '
         DC    AL2(OPTFLAGS-NUCON),AL1(NOPAGREL),X'0',C'OFF ON  '
         DC    AL2(MSGFLAGS-NUCON),AL1(NORDYTIM),X'0',C'SMSGLMSG'
         DC    AL2(CONFLAG-NUCON),AL1(CONREDT),X'0',C'ON  OFF '
SETFUNC  DC    A(0)
SETBYTE  DC    X'00'
SETIDENT DC    256AL1(*-SETIDENT)
         COPY  REGEQU
         COPY  NUCON
         END   SET
