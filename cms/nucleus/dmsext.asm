         TITLE 'DMSEXT - words, variables and conditions of EXEC'
*---------------------------------------------------------------------
* All are nucleus subroutines, R11 -> EXCBLK, R4 to R5 = text.
* EXTFIRST What is the statement?  R15 = 0 nothing, 1 assignment,
*          2 control word (EXTHND, EXTPOS: its routine in DMSEXS, the
*          text behind it), 3 command
* EXTSCAN  Makes tokens of the text: EXCTOKS, EXCNTOK, EXCXTXT, EXCXLEN.
*          R15 = 0, or n: error 800 + n
* EXTASGN  Assignment.  R15 = 0 or n
* EXTCOND  Condition at the begin of the text: R15 = 0 true, 100 false,
*          or n; R4 is behind it
* EXTWORD  Next word: R15 = 0, R1 = token (8 bytes), R4 behind it;
*          4 no more
* EXTNUM   R1 -> token: R15 = 0, R0 = its value; 4 it is no number
* EXTSET   R1 -> name, R2 -> value (8 bytes): R15 = 0 or n
* EXTRAWW  Next word without substitution: as EXTWORD, upper case
*
* A word is what blanks or parentheses delimit; a parenthesis is a word.
* Its first 8 characters make the token.  From right to left, each &
* and what is behind it is replaced by the value of that variable; a
* variable that is not set is nothing; nothing is no token.
*---------------------------------------------------------------------
         COPY  EXCBLK
DMSEXT   CSECT
         USING NUCON,0
         USING EXCBLK,R11
         ENTRY EXTHND,EXTPOS,EXTVAL,EXTDECT
EXTFIRST SUBENT BASE=DMSEXT
EXF1     CR    R4,R5
         BNL   EXF0
         CLI   0(R4),C' '
         BNE   EXF2
         LA    R4,1(,R4)
         B     EXF1
EXF0     SUBRET RC=0
EXF2     CLI   0(R4),C'&&'
         BNE   EXF3
         BAL   R10,RAWWORD
         BAL   R14,UPTOK
         ST    R4,EXTPOS
         L     R2,=V(EXSTAB)
EXF4     CLC   EXTTOK,0(R2)
         BE    EXFCTL
         LA    R2,10(,R2)
         CLI   0(R2),X'FF'
         BNE   EXF4
*              followed by = ?
EXF5     CR    R4,R5
         BNL   EXF6
         CLI   0(R4),C' '
         BNE   *+12
         LA    R4,1(,R4)
         B     EXF5
         CLI   0(R4),C'='
         BNE   EXF6
         LA    R4,1(,R4)
         CR    R4,R5
         BNL   EXF1A
         CLI   0(R4),C' '
         BNE   EXF6
EXF1A    SUBRET RC=1
*              a command that begins with a variable: it must exist
EXF6     MVC   EXTNAM,EXTTOK
         TRT   EXTNAM+1(7),EXTAMP
         BNZ   EXF3                not a simple name
         CLI   EXTNAM+1,C'0'
         BNL   EXF3                argument
         BAL   R14,LOOKUP
         LTR   R15,R15
         BZ    EXF3
         MVC   EXTHND,=V(EXS816)
         SUBRET RC=2
EXFCTL   MVC   EXTHALF,8(R2)
         LH    R2,EXTHALF
         AL    R2,=V(DMSEXS)
         ST    R2,EXTHND
         SUBRET RC=2
EXF3     SUBRET RC=3
*---------------------------------------------------------------------
* EXTSCAN
*---------------------------------------------------------------------
EXTSCAN  SUBENT BASE=DMSEXT
         MVI   EXTLOW,0
         MVI   EXTASG,0
SCAN     MVI   EXTLIT,0
         BAL   R9,SCANALL
         SUBRET
*              link R9, R15
SCANALL  SR    R0,R0
         STH   R0,EXCNTOK
         STH   R0,EXCXLEN
         LA    R0,EXCTOKS
         ST    R0,EXTNEXT
SCA1     BAL   R10,GETWORD
         LTR   R15,R15
         BNZ   SCA9
         LH    R1,EXCNTOK
         LA    R1,1(,R1)
         CH    R1,=AL2(EXCTOKM)
         BH    SCA13
         STH   R1,EXCNTOK
         L     R1,EXTNEXT
         MVC   0(8,R1),EXTTOK
         LA    R1,8(,R1)
         ST    R1,EXTNEXT
*              the text: whole words, tokens where a value came in
         LR    R2,R7
         SR    R2,R6
         AH    R2,EXCXLEN
         CH    R2,=H'250'
         BH    SCA13
         LH    R1,EXCXLEN
         LTR   R2,R1
         LA    R1,EXCXTXT(R1)
         BZ    SCA2
         CLI   EXTBLK,0
         BE    SCA2
         MVI   0(R1),C' '
         LA    R1,1(,R1)
SCA2     CLI   EXTPLN,0
         BE    SCA3
         SR    R7,R6               plain word at R6
         BCTR  R7,0
         EX    R7,SCAMVC
         LA    R1,1(R7,R1)
         B     SCA4
SCA3     BCTR  R8,0
         EX    R8,SCAMVC2
         LA    R1,1(R8,R1)
SCA4     LA    R0,EXCXTXT
         SR    R1,R0
         STH   R1,EXCXLEN
         B     SCA1
SCA13    LA    R15,13              TOO MANY TOKENS
         BR    R9
SCA9     L     R1,EXTNEXT
         MVC   0(8,R1),EXTFF
         SR    R15,R15
         BR    R9
SCAMVC   MVC   0(0,R1),0(R6)
SCAMVC2  MVC   0(0,R1),EXTTOK
*---------------------------------------------------------------------
* GETWORD  Next word with substitution.  R15 = 0: EXTTOK, R8 = its
*          length, R6 to R7 = the word, EXTBLK = blanks were before it,
*          EXTPLN = nothing was replaced; 4 no more.
*          Link R10; uses R0 to R3, R14
*---------------------------------------------------------------------
GETWORD  ST    R10,EXTLINK
GW1      BAL   R10,RAWWORD
         LTR   R15,R15
         BNZ   GWEND
         MVI   EXTPLN,1
         TM    EXTLIT,X'01'
         BO    GWLIT
         LR    R3,R8
         BCTR  R3,0
         EX    R3,GWAMP
         BZ    GWPLAIN
         MVI   EXTPLN,0
         CLC   EXTTOK,=CL8'&&LITERAL'
         BE    GWSETLIT
         BAL   R10,SUBST
         LTR   R8,R8
         BZ    GW1
         MVI   EXTLOW,0
GWHEX    TM    EXCSW,EXCHEX
         BZ    GWOK
         CLC   EXTTOK(2),=C'X'''
         BNE   GWOK
         BAL   R14,HEXCONV
GWOK     SR    R15,R15
GWEND    L     R10,EXTLINK
         BR    R10
GWPLAIN  TM    EXCSW,EXCHEX
         BO    GWHEX
         B     GWOK
GWLIT    MVI   EXTLIT,0
         B     GWOK
GWSETLIT MVI   EXTLIT,1
         B     GW1
GWAMP    TRT   EXTTOK(0),EXTAMP
*              R4, R5: word R6 to R7, EXTTOK, R8; R15.  Link R10
RAWWORD  MVI   EXTBLK,0
RW1      CR    R4,R5
         BNL   RWEND
         CLI   0(R4),C' '
         BNE   RW2
         MVI   EXTBLK,1
         LA    R4,1(,R4)
         B     RW1
RWEND    LA    R15,4
         BR    R10
RW2      LR    R6,R4
         LR    R3,R5
         SR    R3,R4
         BCTR  R3,0
         LR    R1,R5
         EX    R3,RWTRT
         LR    R7,R1
         CR    R7,R6
         BNE   *+8
         LA    R7,1(,R6)           a parenthesis
         LR    R4,R7
         LR    R8,R7
         SR    R8,R6
         CH    R8,=H'8'
         BNH   *+8
         LA    R8,8
         MVC   EXTTOK,EXTBLNK
         BCTR  R8,0
         EX    R8,RWMVC
         LA    R8,1(,R8)
         SR    R15,R15
         BR    R10
RWTRT    TRT   0(0,R6),EXTDEL
RWMVC    MVC   EXTTOK(0),0(R6)
*              upper case.  Link R14
UPTOK    L     R1,=V(UPTAB)
         TR    EXTTOK,0(R1)
         BR    R14
*---------------------------------------------------------------------
* SUBST    Replaces the variables in EXTTOK, length R8; not the & at
*          the first place if EXTLOW = 1.  Link R10; uses R0-R3, R14
*---------------------------------------------------------------------
SUBST    LR    R3,R8
SB1      BCTR  R3,0
         SR    R1,R1
         IC    R1,EXTLOW
         CR    R3,R1
         BCR   4,R10
         LA    R1,EXTTOK(R3)
         CLI   0(R1),C'&&'
         BNE   SB1
         LR    R2,R8
         SR    R2,R3
         BCTR  R2,0
         LTR   R2,R2               & alone
         BZ    SB1
         MVC   EXTNAM,EXTBLNK
         EX    R2,SBNAM
         L     R1,=V(UPTAB)
         TR    EXTNAM,0(R1)
         BAL   R14,LOOKUP
         LA    R2,8                length of the value
         LA    R1,EXTVAL+7
SB2      CLI   0(R1),C' '
         BNE   SB3
         BCTR  R1,0
         BCT   R2,SB2
SB3      LA    R1,EXTTOK(R3)       value behind what is before the &
         MVC   0(8,R1),EXTVAL
         MVC   EXTTOK+8(8),EXTBLNK
         LA    R8,0(R2,R3)
         CH    R8,=H'8'
         BNH   SB1
         LA    R8,8
         B     SB1
SBNAM    MVC   EXTNAM(0),0(R1)
*---------------------------------------------------------------------
* LOOKUP   EXTNAM: EXTVAL, R15 = 0; 4 not set (blank).  Link R14;
*          uses R0 to R2
*---------------------------------------------------------------------
LOOKUP   CLI   EXTNAM+1,C'0'
         BL    LKUSER
         BAL   R1,ARGNUM           argument
         LTR   R15,R15
         BNZ   LKNULL
         LA    R2,EXCARGS(R2)
         MVC   EXTVAL,0(R2)
         CLI   EXTVAL,C' '
         BE    LKNULL
         BR    R14
LKUSER   BAL   R15,FINDVAR
         B     LKSPEC
         MVC   EXTVAL,8(R1)
         SR    R15,R15
         BR    R14
LKNULL   MVC   EXTVAL,EXTBLNK
         LA    R15,4
         BR    R14
LKSPEC   L     R15,=V(EXVSPEC)     special variables
         LA    R1,EXTNAM
         LA    R2,EXTVAL
         ST    R14,EXTLK14
         BALR  R14,R15
         L     R14,EXTLK14
         LTR   R15,R15
         BCR   8,R14
         B     LKNULL
*              user variable EXTNAM: R1 = entry, return to 4(R15); else
*              0(R15), R1 = block with room or 0.  Link R15; R0 to R2
FINDVAR  SR    R0,R0
         L     R2,EXCVARS
FV1      LTR   R2,R2
         BZ    FV9
         L     R1,EXVNUM-EXVBLK(,R2)
         LTR   R1,R1
         BZ    FV3
         LR    R0,R1
         LA    R1,EXVENT-EXVBLK(,R2)
FV2      CLC   EXTNAM,0(R1)
         BE    4(,R15)
         LA    R1,16(,R1)
         BCT   R0,FV2
FV3      L     R2,EXVNEXT-EXVBLK(,R2)
         B     FV1
FV9      BR    R15
*              number of the argument EXTNAM: R2 = 8 * number, R15 = 0;
*              4 none.  Link R1
ARGNUM   LA    R15,4
         SR    R2,R2
         IC    R2,EXTNAM+1
         SH    R2,=H'240'
         CLI   EXTNAM+2,C' '
         BE    ARGN1
         CLI   EXTNAM+2,C'0'
         BCR   4,R1
         CLI   EXTNAM+3,C' '
         BCR   7,R1
         MH    R2,=H'10'
         SR    R0,R0
         IC    R0,EXTNAM+2
         AR    R2,R0
         SH    R2,=H'240'
ARGN1    CH    R2,=H'30'
         BCR   2,R1
         SLL   R2,3
         SR    R15,R15
         BR    R1
*              R0 as number to EXTVAL; R15 = 0, 17, 18.  Link R14; R1 R2
DECTOK   MVC   EXTVAL,EXTBLNK
         LR    R1,R0
         C     R1,=F'99999999'
         BH    DEC18
         C     R1,=F'-9999999'
         BL    DEC17
         CVD   R1,EXTDW
         UNPK  EXTTMP(8),EXTDW+3(5)
         OI    EXTTMP+7,X'F0'
         LA    R2,EXTTMP
         LA    R15,7
DEC1     CLI   0(R2),C'0'
         BNE   DEC2
         LA    R2,1(,R2)
         BCT   R15,DEC1
DEC2     LTR   R1,R1
         LA    R1,EXTVAL
         BNM   DEC3
         MVI   0(R1),C'-'
         LA    R1,1(,R1)
DEC3     EX    R15,DECMVC
         SR    R15,R15
         BR    R14
DEC17    LA    R15,17
         BR    R14
DEC18    LA    R15,18
         BR    R14
DECMVC   MVC   0(0,R1),0(R2)
*
EXTDECT  SUBENT BASE=DMSEXT
         BAL   R14,DECTOK
         SUBRET
*              X'nnn in EXTTOK: to decimal in an assignment, else to
*              hexadecimal; not a number: unchanged.  Link R14
HEXCONV  ST    R14,EXTLK14
         MVC   EXTTMP,EXTBLNK
         MVC   EXTTMP(6),EXTTOK+2
         TR    EXTTMP,EXTQUOTE     without the second quote
         LA    R1,EXTTMP
         CLI   EXTASG,0
         BE    HXDEC
         SR    R0,R0
         LA    R3,6
HX1      CLI   0(R1),C' '
         BE    HX2
         SR    R2,R2
         IC    R2,0(,R1)
         SH    R2,=H'240'
         BNM   HX3
         AH    R2,=H'57'           A is X'C1'
         CH    R2,=H'10'
         BL    HXNO
         CH    R2,=H'15'
         BH    HXNO
HX3      SLL   R0,4
         AR    R0,R2
         LA    R1,1(,R1)
         BCT   R3,HX1
HX2      BAL   R14,DECTOK
         MVC   EXTTOK,EXTVAL
         B     HXLEN
HXDEC    BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   HXNO
         ST    R0,EXTWRD
         UNPK  EXTTMP(9),EXTWRD(5)
         TR    EXTTMP(8),EXTHEX-C'0'
         LA    R2,EXTTMP
         LA    R3,7
HX4      CLI   0(R2),C'0'
         BNE   HX5
         LA    R2,1(,R2)
         BCT   R3,HX4
HX5      MVC   EXTTOK,EXTBLNK
         EX    R3,HXMVC
HXLEN    LA    R8,8
         LA    R1,EXTTOK+7
HX6      CLI   0(R1),C' '
         BNE   HX7
         BCTR  R1,0
         BCT   R8,HX6
HX7      MVI   EXTPLN,0
HXNO     L     R14,EXTLK14
         BR    R14
HXMVC    MVC   EXTTOK(0),0(R2)
*---------------------------------------------------------------------
* EXTWORD, EXTRAWW, EXTNUM
*---------------------------------------------------------------------
EXTWORD  SUBENT BASE=DMSEXT
         MVI   EXTLOW,0
         MVI   EXTASG,0
         MVI   EXTLIT,0
         BAL   R10,GETWORD
EXTW1    SUBPUT 4
         LA    R1,EXTTOK
         SUBPUT 1
         SUBRET
EXTRAWW  SUBENT BASE=DMSEXT
         BAL   R10,RAWWORD
         LTR   R15,R15
         BNZ   EXTW1
         BAL   R14,UPTOK
         B     EXTW1
EXTNUM   SUBENT BASE=DMSEXT
         BAL   R14,TOKNUM
         SUBPUT 0
         SUBRET
*              token at R1: R0 = number, R15 = 0; 4 none.  Link R14;
*              uses R1 to R3
TOKNUM   LA    R15,4
         LA    R3,8(,R1)           end
         SR    R0,R0
         MVI   EXTSIGN,0
         CLI   0(R1),C'+'
         BE    TN1
         CLI   0(R1),C'-'
         BNE   TN2
         MVI   EXTSIGN,1
TN1      LA    R1,1(,R1)
         CLI   0(R1),C' '
         BCR   8,R14
TN2      CLI   0(R1),C'0'
         BCR   4,R14
TN3      IC    R2,0(,R1)
         N     R2,=F'15'
         ST    R0,EXTWRD
         SLL   R0,2
         A     R0,EXTWRD
         SLL   R0,1
         AR    R0,R2
         LA    R1,1(,R1)
         CR    R1,R3
         BNL   TN4
         CLI   0(R1),C'0'
         BNL   TN3
         CLI   0(R1),C' '
         BCR   7,R14
TN4      SR    R15,R15
         CLI   EXTSIGN,0
         BCR   8,R14
         LCR   R0,R0
         BR    R14
*---------------------------------------------------------------------
* EXTCOND  token, comparison, token
*---------------------------------------------------------------------
EXTCOND  SUBENT BASE=DMSEXT
         MVI   EXTLOW,0
         MVI   EXTASG,0
         MVI   EXTLIT,0
*              &* all arguments, &$ any of them
         LR    R9,R4
         BAL   R10,RAWWORD
         LTR   R15,R15
         BNZ   CON8
         MVC   EXTALL,EXTTOK
         CLC   EXTTOK,=CL8'&&*'
         BE    CON1
         CLC   EXTTOK,=CL8'&&$'
         BE    CON1
         LR    R4,R9
         BAL   R10,GETWORD
         LTR   R15,R15
         BNZ   CON8
         MVI   EXTALL,0
CON1     MVC   EXTLEFT,EXTTOK
         BAL   R10,GETWORD
         LTR   R15,R15
         BNZ   CON8
         BAL   R14,UPTOK
         LA    R2,CONTAB
CON2     CLC   EXTTOK(2),0(R2)
         BE    CON3
         LA    R2,3(,R2)
         CLI   0(R2),X'FF'
         BNE   CON2
CON8     SUBRET RC=8
CON3     CLI   EXTTOK+2,C' '
         BNE   CON8
         MVC   EXTMASK,2(R2)
         BAL   R10,GETWORD
         LTR   R15,R15
         BNZ   CON8
         SUBPUT 4
         CLI   EXTALL,0
         BNE   CONARGS
         BAL   R10,COMPARE
         LTR   R15,R15
         BZ    CONT
CONF     SUBRET RC=100
CONT     SUBRET RC=0
*              all or any
CONARGS  LH    R9,EXCNARG
         LA    R8,EXCARGS+8
CONA1    LTR   R9,R9
         BNP   CONA9
         MVC   EXTLEFT,0(R8)
         BAL   R10,COMPARE
         LTR   R15,R15
         BZ    CONA2
         CLI   EXTALL+1,C'*'
         BE    CONF                one that is not
         B     CONA3
CONA2    CLI   EXTALL+1,C'$'
         BE    CONT                one that is
CONA3    LA    R8,8(,R8)
         BCTR  R9,0
         B     CONA1
CONA9    CLI   EXTALL+1,C'*'
         BE    CONT
         B     CONF
*              EXTLEFT with EXTTOK: R15 = 0 true.  Link R10
COMPARE  LA    R1,EXTLEFT
         BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   COMPC
         LR    R7,R0
         LA    R1,EXTTOK
         BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   COMPC
         SR    R15,R15
         IC    R1,EXTMASK
         CR    R7,R0
         EX    R1,COMPBC
         LA    R15,4
         BR    R10
COMPC    SR    R15,R15
         IC    R1,EXTMASK
         CLC   EXTLEFT,EXTTOK
         EX    R1,COMPBC
         LA    R15,4
         BR    R10
COMPBC   BCR   0,R10
*              operator, branch mask (equal 8, low 4, high 2)
CONTAB   DC    C'EQ',X'8A'
         DC    C'NE',X'7A'
         DC    C'= ',X'8A'
         DC    X'5F7E7A'
         DC    X'B07E7A'
         DC    C'LT',X'4A'
         DC    C'GT',X'2A'
         DC    C'LE',X'CA'
         DC    C'GE',X'AA'
         DC    C'< ',X'4A'
         DC    C'> ',X'2A'
         DC    C'<=',X'CA'
         DC    C'>=',X'AA'
         DC    X'5F6ECA'
         DC    X'B06ECA'
         DC    X'5F4CAA'
         DC    X'B04CAA'
         DC    X'FF'
*---------------------------------------------------------------------
* EXTASGN  name = [token | number +/- number ... | function]
*---------------------------------------------------------------------
EXTASGN  SUBENT BASE=DMSEXT
         MVI   EXTLOW,1
         MVI   EXTASG,0
         MVI   EXTLIT,0
         BAL   R10,RAWWORD         the name
         BAL   R10,SUBST
         BAL   R14,UPTOK
         MVI   EXTLOW,0
         MVC   EXTTARG,EXTTOK
         BAL   R10,RAWWORD         =
*              a function?
         ST    R4,EXTPOS
         BAL   R10,RAWWORD
         MVI   EXTFUNC,0
         LTR   R15,R15
         BNZ   ASG1
         CLI   EXTTOK,C'&&'
         BNE   ASG1
         BAL   R14,UPTOK
         LA    R2,FUNTAB
ASGF     CLC   EXTTOK,0(R2)
         BE    ASGF1
         LA    R2,9(,R2)
         CLI   0(R2),X'FF'
         BNE   ASGF
         B     ASG1
ASGF1    MVC   EXTFUNC,8(R2)
         ST    R4,EXTPOS
         BAL   R10,RAWWORD         the word OF may follow
         LTR   R15,R15
         BNZ   ASG1
         CLC   EXTTOK,=CL8'OF'
         BNE   ASG1
         ST    R4,EXTPOS
ASG1     L     R4,EXTPOS
         CLI   EXTFUNC,0
         BNE   *+8
         MVI   EXTASG,1
         BAL   R9,SCANALL
         LTR   R15,R15
         BNZ   ASGOUT
         SR    R1,R1
         IC    R1,EXTFUNC
         SLL   R1,2
         B     *+4(R1)
         B     ASGEXP
         B     ASGCAT
         B     ASGTYP
         B     ASGLEN
         B     ASGSUB
*              token or arithmetic
ASGEXP   LH    R5,EXCNTOK
         MVC   EXTVAL,EXTBLNK
         LTR   R5,R5
         BZ    ASGSET
         MVC   EXTVAL,EXCTOKS
         BCT   R5,ASGAR
         B     ASGSET
ASGAR    LA    R6,EXCTOKS
         LR    R1,R6
         BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   ASG9
         LR    R7,R0
ASGAR1   LA    R6,8(,R6)
         CLC   0(8,R6),=CL8'+'
         BE    ASGAR2
         CLC   0(8,R6),=CL8'-'
         BNE   ASG9
ASGAR2   CLI   8(R6),X'FF'
         BE    ASG9
         LA    R1,8(,R6)
         BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   ASG12
         CLI   0(R6),C'+'
         BE    *+6
         LCR   R0,R0
         AR    R7,R0
         BO    ASG18
         LA    R6,8(,R6)
         SH    R5,=H'2'
         BP    ASGAR1
         BM    ASG9
         LR    R0,R7
         BAL   R14,DECTOK
         LTR   R15,R15
         BZ    ASGSET
         B     ASGOUT
ASG9     LA    R15,9
         B     ASGOUT
ASG12    LA    R15,12
         B     ASGOUT
ASG18    LA    R15,18
         B     ASGOUT
ASG14    LA    R15,14
ASGOUT   SUBRET
*              &CONCAT
ASGCAT   MVC   EXTVAL,EXTBLNK
         LA    R6,EXCTOKS
         LA    R7,EXTVAL
ASGC1    CLI   0(R6),X'FF'
         BE    ASGSET
         LA    R2,8
         LR    R1,R6
ASGC2    CLI   0(R1),C' '
         BE    ASGC3
         LA    R0,EXTVAL+8
         CR    R7,R0
         BNL   ASGSET
         MVC   0(1,R7),0(R1)
         LA    R7,1(,R7)
         LA    R1,1(,R1)
         BCT   R2,ASGC2
ASGC3    LA    R6,8(,R6)
         B     ASGC1
*              &DATATYPE
ASGTYP   LA    R1,EXCTOKS
         BAL   R14,TOKNUM
         MVC   EXTVAL,=CL8'NUM'
         LTR   R15,R15
         BZ    ASGSET
         MVC   EXTVAL,=CL8'CHAR'
         B     ASGSET
*              &LENGTH
ASGLEN   LA    R0,0
         LH    R1,EXCNTOK
         LTR   R1,R1
         BZ    ASGL2
         LA    R0,8
         LA    R1,EXCTOKS+7
ASGL1    CLI   0(R1),C' '
         BNE   ASGL2
         BCTR  R1,0
         BCT   R0,ASGL1
ASGL2    BAL   R14,DECTOK
         B     ASGSET
*              &SUBSTR token i [n]
ASGSUB   LH    R5,EXCNTOK
         CH    R5,=H'2'
         BL    ASG14
         CH    R5,=H'3'
         BH    ASG14
         LA    R1,EXCTOKS+8
         BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   ASG14
         LTR   R7,R0
         BNP   ASG14
         LA    R0,8
         CH    R5,=H'3'
         BL    ASGS1
         LA    R1,EXCTOKS+16
         BAL   R14,TOKNUM
         LTR   R15,R15
         BNZ   ASG14
         LTR   R0,R0
         BM    ASG14
ASGS1    MVC   EXTVAL,EXTBLNK
         LA    R6,EXTVAL
         LA    R1,EXCTOKS-1(R7)
         LTR   R2,R0
         BZ    ASGSET
ASGS2    CH    R7,=H'8'
         BH    ASGSET
         MVC   0(1,R6),0(R1)
         LA    R6,1(,R6)
         LA    R1,1(,R1)
         LA    R7,1(,R7)
         BCT   R2,ASGS2
ASGSET   LA    R1,EXTTARG
         LA    R2,EXTVAL
         L     R15,=A(EXTSET)
         BALR  R14,R15
         SUBRET
FUNTAB   DC    CL8'&&CONCAT',AL1(1)
         DC    CL8'&&DATATYPE',AL1(2)
         DC    CL8'&&LENGTH',AL1(3)
         DC    CL8'&&SUBSTR',AL1(4)
         DC    X'FF'
*---------------------------------------------------------------------
* EXTSET
*---------------------------------------------------------------------
EXTSET   SUBENT BASE=DMSEXT
         MVC   EXTNAM,0(R1)
         MVC   EXTVAL,0(R2)
         CLI   EXTNAM+1,C'0'
         BL    SET1
         BAL   R1,ARGNUM
         LTR   R15,R15
         BNZ   SET10
         LA    R2,EXCARGS(R2)
         MVC   0(8,R2),EXTVAL
         SUBRET RC=0
SET1     TRT   EXTNAM+1(7),EXTAMP
         BNZ   SET19
         CLI   EXTNAM+1,C' '
         BE    SET9
         BAL   R15,FINDVAR
         B     SET2
         MVC   8(8,R1),EXTVAL
         SUBRET RC=0
SET2     L     R15,=V(EXVSETS)     special ones
         LA    R1,EXTNAM
         LA    R2,EXTVAL
         BALR  R14,R15
         LTR   R15,R15
         BM    SET3
         SUBRET
SET3     L     R2,EXCVARS          a new one
         LTR   R2,R2
         BZ    SET4
         L     R3,EXVNUM-EXVBLK(,R2)
         CH    R3,=AL2(EXVMAX)
         BL    SET5
SET4     LR    R3,R2
         LA    R0,EXVDW
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   SET20
         LR    R2,R1
         ST    R3,EXVNEXT-EXVBLK(,R2)
         SR    R3,R3
         ST    R2,EXCVARS
SET5     LR    R1,R3
         SLL   R1,4
         LA    R1,EXVENT-EXVBLK(R1,R2)
         MVC   0(8,R1),EXTNAM
         MVC   8(8,R1),EXTVAL
         LA    R3,1(,R3)
         ST    R3,EXVNUM-EXVBLK(,R2)
         SUBRET RC=0
SET9     SUBRET RC=9
SET10    SUBRET RC=10
SET19    SUBRET RC=19
SET20    SUBRET RC=20
         LTORG
EXTDW    DC    D'0'
EXTHND   DC    A(0)
EXTPOS   DC    A(0)
EXTNEXT  DC    A(0)
EXTLINK  DC    A(0)
EXTLK14  DC    A(0)
EXTWRD   DC    F'0'
         DC    X'00'
EXTHALF  DC    H'0'
EXTBLNK  DC    CL8' '
EXTFF    DC    8X'FF'
EXTTOK   DC    CL8' '
         DC    CL8' '              for SUBST
EXTNAM   DC    CL8' '
EXTVAL   DC    CL8' '
EXTTMP   DC    CL8' '
         DC    CL8' '
EXTLEFT  DC    CL8' '
EXTTARG  DC    CL8' '
EXTALL   DC    CL8' '
EXTMASK  DC    X'00'
EXTFUNC  DC    X'00'
EXTSIGN  DC    X'00'
EXTLIT   DC    X'00'
EXTLOW   DC    X'00'
EXTASG   DC    X'00'
EXTBLK   DC    X'00'
EXTPLN   DC    X'00'
EXTHEX   DC    C'0123456789ABCDEF'
EXTQUOTE DC    256AL1(*-EXTQUOTE)
         ORG   EXTQUOTE+C''''
         DC    C' '
         ORG   ,
EXTAMP   DC    256X'00'
         ORG   EXTAMP+C'&&'
         DC    X'01'
         ORG   ,
EXTDEL   DC    256X'00'
         ORG   EXTDEL+C' '
         DC    X'01'
         ORG   EXTDEL+C'('
         DC    X'01'
         ORG   EXTDEL+C')'
         DC    X'01'
         ORG   ,
         COPY  REGEQU
         COPY  NUCON
         END   DMSEXT
