         TITLE 'DMSLCD - cards of a TEXT file'
*---------------------------------------------------------------------
* LDCARD   Nucleus subroutine of LOAD and INCLUDE: one card.
*          Entry: R3 -> card, R11 -> LDWORK
*          Exit:  R15 = 0; 4 invalid card; 56 an ESDID that is not
*                 there; 104 address outside the storage of programs;
*                 116 loader table overflow; 169 ESDID too high
*          ESD TXT RLD END; SLC ICS REP LDT; ENTRY name.
*---------------------------------------------------------------------
DMSLCD   CSECT
         USING NUCON,0
         USING LDWORK,R11
LDCARD   SUBENT BASE=DMSLCD
         CLI   0(R3),X'02'
         BNE   LCTEXT
         LA    R2,LCTAB
LC1      CLC   1(3,R3),0(R2)
         BE    LC2
         LA    R2,6(,R2)
         CLI   0(R2),X'FF'
         BNE   LC1
LCBAD    SUBRET RC=4
LC2      LH    R2,4(,R2)
         AR    R2,R12
         BR    R2
LCOK     SUBRET RC=0
LC56     SUBRET RC=56
LC104    SUBRET RC=104
LC116    SUBRET RC=116
LC169    SUBRET RC=169
LCTAB    DC    C'TXT ',AL2(LCTXT-DMSLCD)
         DC    C'ESD ',AL2(LCESD-DMSLCD)
         DC    C'RLD ',AL2(LCRLD-DMSLCD)
         DC    C'END ',AL2(LCEND-DMSLCD)
         DC    C'SLC ',AL2(LCSLC-DMSLCD)
         DC    C'ICS ',AL2(LCICS-DMSLCD)
         DC    C'REP ',AL2(LCREP-DMSLCD)
         DC    C'LDT ',AL2(LCLDT-DMSLCD)
         DC    X'FF'
*---------------------------------------------------------------------
* ESD
*---------------------------------------------------------------------
LCESD    OI    LDWSW,LDWDECK
         MVC   LCHALF,10(R3)
         LH    R8,LCHALF           bytes of data
         LA    R4,16(,R3)          R4 = item
         SR    R9,R9
         CLC   14(2,R3),=C'  '
         BE    LCESD1
         MVC   LCHALF,14(R3)
         LH    R9,LCHALF           R9 = ESDID
LCESD1   CH    R8,=H'16'
         BL    LCOK
         CH    R8,=H'56'
         BH    LCBAD
         L     R5,8(,R4)           type and address
         LR    R6,R5
         SRL   R6,24
         N     R6,=F'15'
         LA    R5,0(,R5)           R5 = assembled address
         L     R7,12(,R4)
         LA    R7,0(,R7)           R7 = length
         CH    R6,=H'1'
         BE    LCLD
         LTR   R9,R9
         BNP   LC56
         CH    R9,=AL2(LDWIDS)
         BNL   LC169
         CH    R9,LDWMAXID
         BNH   *+8
         STH   R9,LDWMAXID
         LR    R10,R9
         SLL   R10,3
         A     R10,LDWESD
         USING LDESD,R10
         CH    R6,=H'0'
         BE    LCSD
         CH    R6,=H'4'
         BE    LCPC
         CH    R6,=H'2'
         BE    LCER
         CH    R6,=H'5'
         BE    LCER
         CH    R6,=H'10'
         BNE   LCBAD               PR and others
*              ER, WX, CM
LCER     LR    R1,R4
         LR    R0,R7
         LR    R2,R6
         L     R15,=V(LDRREF)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   LC116
         MVI   LDEKIND,LDEREF
         ST    R1,LDEVAL
         B     LCNEXT
*              SD, PC
LCSD     L     R2,LOCCNT
         LA    R2,7(,R2)
         N     R2,=X'FFFFFFF8'     R2 = its address
         LR    R0,R2
         LR    R1,R4
         LR    R14,R2
         SR    R2,R2
         L     R15,=V(LDRDEF)
         ST    R14,LCWORD
         BALR  R14,R15
         CH    R15,=H'4'
         BH    LC116
         BE    LCDUP
         L     R2,LCWORD
         B     LCSECT
LCPC     L     R2,LOCCNT
         LA    R2,7(,R2)
         N     R2,=X'FFFFFFF8'
LCSECT   LR    R1,R2
         LR    R0,R7
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
         L     R0,LOCCNT           zeros
         LR    R1,R2
         AR    R1,R7
         SR    R1,R0
         SR    R15,R15
         MVCL  R0,R14
         MVI   LDEKIND,LDESECT
         LR    R1,R2
         SR    R1,R5
         ST    R1,LDEVAL
         LR    R1,R2
         AR    R1,R7
         ST    R1,LOCCNT
         LTR   R7,R7
         BNZ   *+8
         ST    R2,LDWLEN0          length is on the END card
         TM    LDWSW,LDWFIRST+LDWEND+LDWENTRY
         BNZ   LCSECT1
         OI    LDWSW,LDWFIRST      the first section
         ST    R2,LDWENT
LCSECT1  L     R1,FRSTLOC
         LTR   R1,R1
         BZ    LCSECT2
         CR    R2,R1
         BNL   LCNEXT
LCSECT2  ST    R2,FRSTLOC
         B     LCNEXT
LCDUP    L     R1,LDTVAL-LDTAB(,R1)
         SR    R1,R5
         ST    R1,LDEVAL
         MVI   LDEKIND,LDEDUP
         BAL   R14,LCDUPM
LCNEXT   LA    R9,1(,R9)
LCNEXT1  LA    R4,16(,R4)
         SH    R8,=H'16'
         B     LCESD1
*              LD
LCLD     CH    R7,=AL2(LDWIDS)
         BNL   LC169
         SLL   R7,3
         A     R7,LDWESD
         CLI   LDEKIND-LDESD(R7),LDEDUP
         BE    LCNEXT1
         CLI   LDEKIND-LDESD(R7),LDESECT
         BNE   LC56
         LR    R0,R5
         A     R0,LDEVAL-LDESD(,R7)
         LR    R1,R4
         LA    R2,1
         L     R15,=V(LDRDEF)
         BALR  R14,R15
         CH    R15,=H'4'
         BH    LC116
         BL    LCNEXT1
         BAL   R14,LCDUPM
         B     LCNEXT1
*              message for the name at R4.  Link R14
LCDUPM   LA    R15,4
         CH    R15,LDWRC
         BNH   *+8
         STH   R15,LDWRC
         TM    LDWOPT,LDWNODUP
         BCR   1,R14
         DMSERR 'DMSLIO202W DUPLICATE IDENTIFIER ''%1''',              X
               SUB=(CHAR,0(,R4),8)
         BR    R14
*              may R0 bytes be at R1?  R15.  Link R14
LCPLACE  SR    R15,R15
         LR    R6,R1
         AR    R6,R0
         C     R1,AUSRAREA
         BL    LCPL1
         C     R6,FREELOWE
         BH    LCPL9
         C     R6,LDWHIGH
         BCR   12,R14
         ST    R6,LDWHIGH
         BR    R14
LCPL1    C     R1,=A(X'E000')
         BL    LCPL9
         C     R6,=A(X'10000')
         BH    LCPL9
         C     R6,LDWHIGH
         BCR   12,R14
         ST    R6,LDWHIGH
         BR    R14
LCPL9    LA    R15,104
         BR    R14
         DROP  R10
*---------------------------------------------------------------------
* TXT
*---------------------------------------------------------------------
LCTXT    BAL   R10,LCSECID         R2 = table entry of the section
         L     R1,4(,R3)
         LA    R1,0(,R1)
         A     R1,LDEVAL-LDESD(,R2)
         LA    R1,0(,R1)
         MVC   LCHALF,10(R3)
         LH    R4,LCHALF
         CH    R4,=H'56'
         BH    LCBAD
         LTR   R0,R4
         BNP   LCOK
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
         BCTR  R4,0
         EX    R4,LCMOVE
         B     LCOK
LCMOVE   MVC   0(0,R1),16(R3)
*              ESDID at 14: a section's entry to R2, or ends.  Link R10
LCSECID  MVC   LCHALF,14(R3)
LCSECID1 LH    R2,LCHALF
         CH    R2,LDWMAXID
         BH    LC56
         LTR   R2,R2
         BNP   LC56
         SLL   R2,3
         A     R2,LDWESD
         CLI   LDEKIND-LDESD(R2),LDESECT
         BCR   8,R10
         CLI   LDEKIND-LDESD(R2),LDEDUP
         BE    LCOK
         B     LC56
*---------------------------------------------------------------------
* RLD
*---------------------------------------------------------------------
LCRLD    MVC   LCHALF,10(R3)
         LH    R8,LCHALF
         LA    R4,16(,R3)
         CH    R8,=H'56'
         BH    LCBAD
LCRLD1   CH    R8,=H'8'            R and P
         BL    LCOK
         MVC   LCRP(4),0(R4)
         LA    R4,4(,R4)
         SH    R8,=H'4'
LCRLD2   CH    R8,=H'4'
         BL    LCOK
         L     R5,0(,R4)
         LR    R6,R5
         SRL   R6,24               R6 = flags
         LA    R4,4(,R4)
         SH    R8,=H'4'
         LA    R5,0(,R5)
*              P: where the field is
         LH    R2,LCRP+2
         CH    R2,LDWMAXID
         BH    LC56
         LTR   R2,R2
         BM    LC56
         SLL   R2,3
         A     R2,LDWESD
         CLI   LDEKIND-LDESD(R2),LDEDUP
         BE    LCRLD8
         CLI   LDEKIND-LDESD(R2),LDESECT
         BNE   LC56
         A     R5,LDEVAL-LDESD(,R2)
         LR    R1,R5
         LA    R0,3
         LR    R2,R6
         SRL   R2,2
         NR    R2,R0
         LA    R0,1(,R2)
         LR    R7,R6
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
*              R: what it refers to
         LH    R2,LCRP
         CH    R2,LDWMAXID
         BH    LC56
         LTR   R2,R2
         BM    LC56
         SLL   R2,3
         A     R2,LDWESD
         LR    R6,R3
         SR    R3,R3
         L     R0,LDEVAL-LDESD(,R2)
         CLI   LDEKIND-LDESD(R2),LDENONE
         BE    LC56
         CLI   LDEKIND-LDESD(R2),LDEREF
         BNE   LCRLD3
         L     R3,LDEVAL-LDESD(,R2)
         L     R0,LDTVAL-LDTAB(,R3)
         CLI   LDTTYPE-LDTAB(R3),X'01'
         BH    LCRLD3
         SR    R3,R3               defined
LCRLD3   LR    R1,R5
         LR    R2,R7
         L     R15,=V(LDRFIX)
         BALR  R14,R15
         LR    R3,R6
         LTR   R15,R15
         BNZ   LC116
         LR    R6,R7
LCRLD8   N     R6,=F'1'            the same R and P again?
         BNZ   LCRLD2
         B     LCRLD1
*---------------------------------------------------------------------
* END
*---------------------------------------------------------------------
LCEND    TM    LDWSW,LDWDECK
         BZ    LCOK
         L     R2,LDWLEN0          length of a section
         LTR   R2,R2
         BZ    LCEND1
         CLC   24(4,R3),=CL4' '
         BE    LCEND1
         L     R1,24(,R3)
         LA    R0,0(,R1)
         LR    R1,R2
         AR    R2,R0
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
         ST    R2,LOCCNT
LCEND1   TM    LDWSW,LDWEND+LDWENTRY
         BNZ   LCEND9
         CLC   5(3,R3),=CL4' '
         BNE   LCEND3
         CLI   16(R3),C' '         symbol
         BE    LCEND9
         LA    R1,16(,R3)
         L     R15,=V(LDRFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   LCEND9
         CLI   LDTTYPE-LDTAB(R1),X'01'
         BH    LCEND9
         L     R1,LDTVAL-LDTAB(,R1)
         B     LCEND4
LCEND3   MVC   LCHALF,14(R3)
         LH    R2,LCHALF
         CH    R2,LDWMAXID
         BH    LCEND9
         LTR   R2,R2
         BNP   LCEND9
         SLL   R2,3
         A     R2,LDWESD
         CLI   LDEKIND-LDESD(R2),LDESECT
         BNE   LCEND9
         L     R1,4(,R3)
         LA    R1,0(,R1)
         A     R1,LDEVAL-LDESD(,R2)
LCEND4   LA    R1,0(,R1)
         ST    R1,LDWENT
         OI    LDWSW,LDWEND
LCEND9   NI    LDWSW,255-LDWDECK
         SR    R0,R0
         ST    R0,LDWLEN0
         STH   R0,LDWMAXID
         L     R2,LDWESD           forget the ESDIDs
         LA    R3,LDWIDS/32
LCEND10  XC    0(256,R2),0(R2)
         LA    R2,256(,R2)
         BCT   R3,LCEND10
         B     LCOK
*---------------------------------------------------------------------
* Control cards
*---------------------------------------------------------------------
*        SLC: address in 7-12, name in 17-24
LCSLC    SR    R5,R5
         CLI   16(R3),C' '
         BE    LCSLC1
         LA    R1,16(,R3)
         L     R15,=V(LDRFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   LCSLC9
         CLI   LDTTYPE-LDTAB(R1),X'01'
         BH    LCSLC9
         L     R5,LDTVAL-LDTAB(,R1)
LCSLC1   LA    R1,6(,R3)
         LA    R2,6
         BAL   R10,LCHEX
         LTR   R15,R15
         BNZ   LCBAD
         AR    R5,R0
         LR    R1,R5
         SR    R0,R0
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
         ST    R5,LOCCNT
         B     LCOK
LCSLC9   DMSERR 'DMSLIO203W SET LOCATION COUNTER NAME ''%1'' UNDEFINED'X
               ,SUB=(CHAR,16(,R3),8)
         MVC   LDWRC,=H'4'
         B     LCOK
*        ICS: name in 17-24, length in 26-29: a section of that length
LCICS    LA    R1,25(,R3)
         LA    R2,4
         BAL   R10,LCHEX
         LTR   R15,R15
         BNZ   LCBAD
         LR    R7,R0
         L     R5,LOCCNT
         LA    R5,7(,R5)
         N     R5,=X'FFFFFFF8'
         LR    R1,R5
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
         LR    R0,R5
         LA    R1,16(,R3)
         SR    R2,R2
         L     R15,=V(LDRDEF)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   LC116
         AR    R5,R7
         ST    R5,LOCCNT
         B     LCOK
*        REP: address in 7-12, ESDID in 15-16 (characters), halfwords
*        separated by commas from 17
LCREP    TM    LDWOPT,LDWNOREP
         BO    LCOK
         LA    R1,6(,R3)
         LA    R2,6
         BAL   R10,LCHEX
         LTR   R15,R15
         BNZ   LCBAD
         LR    R5,R0
         LA    R1,14(,R3)
         LA    R2,2
         BAL   R10,LCHEX
         LTR   R15,R15
         BNZ   LCBAD
         STH   R0,LCHALF
         BAL   R10,LCSECID1
         A     R5,LDEVAL-LDESD(,R2)
         LA    R4,16(,R3)
         LA    R7,11
LCREP1   CLI   0(R4),C' '
         BE    LCOK
         LR    R1,R4
         LA    R2,4
         BAL   R10,LCHEX
         LTR   R15,R15
         BNZ   LCBAD
         STH   R0,LCHALF
         LR    R1,R5
         LA    R0,2
         BAL   R14,LCPLACE
         LTR   R15,R15
         BNZ   LC104
         MVC   0(2,R5),LCHALF
         LA    R5,2(,R5)
         CLI   4(R4),C','
         BNE   LCOK
         LA    R4,5(,R4)
         BCT   R7,LCREP1
         B     LCOK
*        LDT: the end; entry name in 17-24
LCLDT    OI    LDWSW,LDWLDT
         CLI   16(R3),C' '
         BE    LCOK
         MVC   LDWENTNM,16(R3)
         B     LCOK
*        ENTRY name, and comments
LCTEXT   CLI   0(R3),C'*'
         BE    LCOK
         LR    R1,R3
         LA    R0,72
         LA    R2,LCTOKS
         LA    R3,3
         NUCALL ASCANN
         LTR   R0,R0
         BZ    LCOK
         CLC   LCTOKS(8),=CL8'ENTRY'
         BNE   LCTEXT1
         CLI   LCTOKS+8,X'FF'
         BE    LCBAD
         MVC   LDWENTNM,LCTOKS+8
         B     LCOK
LCTEXT1  CLC   LCTOKS(8),=CL8'LIBRARY'
         BE    LCOK
         CLC   LCTOKS(8),=CL8'NAME'
         BE    LCOK
         B     LCBAD
*              R2 hexadecimal digits at R1 (blanks are 0): R0; R15.
*              Link R10
LCHEX    SR    R0,R0
LCHEX1   SR    R14,R14
         IC    R14,0(,R1)
         CLI   0(R1),C' '
         BE    LCHEX2
         CLI   0(R1),C'0'
         BNL   LCHEX3
         CLI   0(R1),C'A'
         BL    LCHEX9
         CLI   0(R1),C'F'
         BH    LCHEX9
         SH    R14,=H'183'         A is 10
         B     LCHEX4
LCHEX2   SR    R14,R14
         B     LCHEX4
LCHEX3   CLI   0(R1),C'9'
         BH    LCHEX9
         SH    R14,=H'240'
LCHEX4   SLL   R0,4
         OR    R0,R14
         LA    R1,1(,R1)
         BCT   R2,LCHEX1
         SR    R15,R15
         BR    R10
LCHEX9   LA    R15,4
         BR    R10
         LTORG
LCRP     DC    2H'0'
LCWORD   DC    F'0'
LCHALF   DC    H'0'
LCTOKS   DC    4CL8' '
         COPY  REGEQU
         COPY  NUCON
         COPY  LDWORK
         END   DMSLCD
