         TITLE 'DMSERR - message editor'
*---------------------------------------------------------------------
* DMSERL   Edits a line or message and types it.
*          Entry: R1 -> plist made by LINEDIT: flags (80 error message,
*                 40 keep blanks), number of substitutions, length of
*                 the text, 0; per substitution type, length and an LA
*                 instruction that gives the address; the text.
*                 R2 -> R0 to R15 for these LA instructions.
*          Exit:  R15 = 0
*          %1 to %9 in the text stand for the substitutions.
*---------------------------------------------------------------------
DMSERR   CSECT
         USING NUCON,0
DMSERL   SUBENT
         LR    R9,R2               R9 = registers
         LR    R10,R1              R10 = plist
         SR    R3,R3
         IC    R3,1(,R10)
         MH    R3,=H'6'
         LA    R3,4(R3,R10)        R3 = text
         SR    R4,R4
         IC    R4,2(,R10)
         AR    R4,R3               R4 = end of the text
         LA    R5,ERLINE           R5 = output
ERLOOP   LR    R6,R4
         SR    R6,R3               R6 = what is left
         BNP   EREND
         BCTR  R6,0
         SR    R1,R1
         EX    R6,ERTRT            next %
         BZ    ERREST
         LR    R6,R1
         SR    R6,R3               text before it
         BZ    ERSUB
         BCTR  R6,0
         EX    R6,ERMVC
         LA    R5,1(R6,R5)
ERSUB    SR    R7,R7
         IC    R7,1(,R1)           digit
         LA    R3,2(,R1)
         N     R7,=F'15'
         BCTR  R7,0
         MH    R7,=H'6'
         LA    R7,4(R7,R10)        R7 -> substitution
*              address: base register and displacement of the LA
         MVC   ERHALF,4(R7)
         LH    R8,ERHALF
         LR    R6,R8
         N     R8,=X'00000FFF'
         SRL   R6,10
         N     R6,=X'0000003C'     4 * base register
         CLI   0(R7),3
         BE    ERREG
         CLI   0(R7),5
         BE    ERREG
         CLI   0(R7),8
         BE    ERREG
         LTR   R6,R6
         BZ    ERNOB
         A     R8,0(R6,R9)
ERNOB    LA    R8,0(,R8)
*              index register
         SR    R6,R6
         IC    R6,3(,R7)
         N     R6,=F'15'
         BZ    ERTYPE
         SLL   R6,2
         A     R8,0(R6,R9)
         LA    R8,0(,R8)
         B     ERTYPE
ERREG    L     R8,0(R6,R9)         the value itself
         ST    R8,ERWORD
         LA    R8,ERWORD
ERTYPE   SR    R2,R2
         IC    R2,0(,R7)           type
         SR    R6,R6
         IC    R6,1(,R7)           length
         SLL   R2,2
         B     *+4(R2)
         B     ERLOOP              0
         B     ERCHAR              1
         B     ERDEC               2
         B     ERDEC               3
         B     ERHEX               4
         B     ERHEX               5
         B     ERDECH              6
         B     ERDECZ              7
         B     ERDECZ              8
*              9: length is in a register
         SLL   R6,2
         L     R6,0(R6,R9)
         LTR   R6,R6
         BNP   ERLOOP
ERCHAR   LTR   R6,R6
         BZ    ERLOOP
         BCTR  R6,0
         EX    R6,ERMVC8
         LA    R5,1(R6,R5)
         TM    0(R10),X'40'
         BO    ERLOOP
*              drop trailing blanks
         LA    R6,1(,R6)
ERTRIM   LR    R1,R5
         BCTR  R1,0
         CLI   0(R1),C' '
         BNE   ERLOOP
         LR    R5,R1
         BCT   R6,ERTRIM
         B     ERLOOP
*              decimal
ERDECH   MVC   ERHALF,0(R8)
         LH    R1,ERHALF
         B     ERDEC1
ERDECZ   MVI   ERFILL,C'0'
         B     ERDEC0
ERDEC    MVI   ERFILL,C' '
ERDEC0   MVC   ERWORD,0(R8)
         L     R1,ERWORD
         B     *+8
ERDEC1   MVI   ERFILL,C' '
         LPR   R14,R1
         LA    R2,ERNUM+12         digits, from the right
ERDIV    LR    R15,R14
         SR    R14,R14
         D     R14,=F'10'
         LA    R14,C'0'(,R14)
         BCTR  R2,0
         STC   R14,0(,R2)
         LTR   R14,R15
         BNZ   ERDIV
         LTR   R1,R1
         BNM   ERDEC2
         BCTR  R2,0
         MVI   0(R2),C'-'
ERDEC2   LA    R14,ERNUM+12
         SR    R14,R2              number of characters
         LTR   R6,R6
         BZ    ERDEC4
ERDEC3   CR    R14,R6              fill on the left
         BNL   ERDEC4
         MVC   0(1,R5),ERFILL
         LA    R5,1(,R5)
         BCTR  R6,0
         B     ERDEC3
ERDEC4   BCTR  R14,0
         EX    R14,ERMVC2
         LA    R5,1(R14,R5)
         B     ERLOOP
*              hexadecimal: the last R6 digits
ERHEX    MVC   ERWORD,0(R8)
         UNPK  ERNUM(9),ERWORD(5)
         TR    ERNUM(8),ERHEXT-C'0'
         LTR   R6,R6
         BNZ   *+8
         LA    R6,8
         LA    R2,ERNUM+8
         SR    R2,R6
         BCTR  R6,0
         EX    R6,ERMVC2
         LA    R5,1(R6,R5)
         B     ERLOOP
*              the rest of the text
ERREST   EX    R6,ERMVC
         LA    R5,1(R6,R5)
EREND    LA    R3,ERLINE
         SR    R5,R3               length
         LR    R0,R5
         LR    R1,R3
         TM    0(R10),X'80'
         BZ    ERTYP
*        error message: CP edits it, or MSGFLAGS says how
         TM    IMPFLAGS,IMPVIRT
         BZ    ERBARE
         LR    R4,R1
         DC    X'8345005C'         DIAGNOSE 5C, R4, R5
         LR    R1,R4
         LTR   R0,R5
         BNP   EREXIT
         B     ERTYP
ERBARE   TM    MSGFLAGS,NOERRMSG
         BO    EREXIT
         TM    MSGFLAGS,NOERRTXT
         BZ    *+12
         LA    R0,10
         B     ERTYP
         TM    MSGFLAGS,NOERRCOD
         BZ    ERTYP
         LA    R1,11(,R1)
         SH    R0,=H'11'
         BNP   EREXIT
ERTYP    NUCALL ADMSCWR
EREXIT   SUBRET RC=0
ERTRT    TRT   0(0,R3),ERPCT
ERMVC    MVC   0(0,R5),0(R3)
ERMVC8   MVC   0(0,R5),0(R8)
ERMVC2   MVC   0(0,R5),0(R2)
         LTORG
ERHEXT   DC    C'0123456789ABCDEF'
ERWORD   DC    F'0'
         DC    X'00'
ERHALF   DC    H'0'
ERFILL   DC    C' '
ERNUM    DC    XL16'00'
ERPCT    DC    256X'00'
         ORG   ERPCT+C'%'
         DC    X'01'
         ORG   ,
ERLINE   DC    2CL256' '
         COPY  REGEQU
         COPY  NUCON
         END   DMSERR
