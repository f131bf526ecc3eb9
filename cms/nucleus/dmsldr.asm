         TITLE 'DMSLDR - START, loader table'
*---------------------------------------------------------------------
* START    Command: [entry | * [arguments]] [( NO [)]].  Starts the
*          program that LOAD, INCLUDE or LOADMOD left.
*          The program gets R1 -> plist: the entry operand and the
*          arguments as tokens, X'FF' fence; key E (key 0 for a MODULE
*          made with SYSTEM), R13 = save area, R14 = return address,
*          R12 = R15 = entry point.  It returns R15 = return code.
*          R15 = return code of the program; 40 no such entry point
* LDRSTATE STRTADDR, FRSTLOC, LASTLOC, LOCCNT, MODFLGS of the program in
*          the user area (LOADMOD of a transient MODULE sets the words
*          of NUCON only)
* LDRFIND  Nucleus subroutine: R1 -> name; R15 = 0, R1 = its entry in
*          the loader table; 4 none
*          The loader table grows down from ALDRTBLS; from the bottom
*          of its 8K up grow 8 bytes for each reference to a name that
*          is not defined yet: flags, address of the field, entry.
*---------------------------------------------------------------------
DMSLDR   CSECT
         USING NUCON,0
         ENTRY LDRSTATE
START    FENTER BASE=DMSLDR
         LA    R9,8(,R1)
         MVC   STRTADDR(16),LDRSTATE
         MVC   MODFLGS,LDRFLGS
         L     R4,LASTLOC
         LTR   R4,R4
         BZ    STENONE
         L     R4,STRTADDR
         CLI   0(R9),X'FF'
         BE    STOPT
         CLC   0(8,R9),=CL8'*'
         BE    STOPT
         CLC   0(8,R9),=CL8'('
         BE    STOPT
         LR    R1,R9
         L     R15,=A(LDRFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   STEENT
         CLI   LDTTYPE-LDTAB(R1),X'01'
         BH    STEENT              not defined
         L     R4,LDTVAL-LDTAB(,R1)
*              options end the plist
STOPT    LR    R5,R9
STOPT1   CLI   0(R5),X'FF'
         BE    STGO
         CLC   0(8,R5),=CL8'('
         BE    STOPT2
         LA    R5,8(,R5)
         B     STOPT1
STOPT2   CLC   8(8,R5),=CL8'NO'
         BE    STNO
         CLI   8(R5),X'FF'
         BE    STOPT3
         DMSERR 'DMSLIO003E INVALID OPTION ''%1''',SUB=(CHAR,8(,R5),8)
         LA    R15,24
         B     STRET
STOPT3   MVC   0(8,R5),=8X'FF'
STGO     LA    R4,0(,R4)
         LTR   R4,R4
         BZ    STEENT0
         DMSERR 'DMSLIO740I EXECUTION BEGINS...'
         L     R2,CURRSAVE
         LR    R1,R9
         LR    R15,R4
         TM    MODFLGS,MODSYS
         BO    STCALL
*              key E: save area in the page at X'D000'
         LH    R13,SVCDEPTH
         BCTR  R13,0
         MH    R13,=H'96'
         AL    R13,=A(X'D000')
         DMSKEY USER
STCALL   LR    R2,R1
         LR    R12,R15
         BALR  R14,R15
         BALR  R12,0
         L     R12,STBASE-*(,R12)
         LR    R3,R15
         L     R2,CURRSAVE
STKEY    CLI   KEYP-SSAVE(R2),0    its own DMSKEYs, too
         BE    STBACK
         DMSKEY RESET
         B     STKEY
STBACK   L     R13,USAVEPTR-SSAVE(,R2)
         LR    R15,R3
STRET    FRET
STNO     SR    R15,R15
         B     STRET
STENONE  DMSERR 'DMSLIO055E NO ENTRY POINT DEFINED'
         B     STE40
STEENT0  LA    R9,=CL8' '
STEENT   DMSERR 'DMSLIO021E ENTRY POINT ''%1'' NOT FOUND',             X
               SUB=(CHAR,0(,R9),8)
STE40    LA    R15,40
         B     STRET
STBASE   DC    A(DMSLDR)
*
LDRFIND  SUBENT BASE=DMSLDR
         USING LDTAB,R4
         BAL   R10,LDRSRCH
         LTR   R15,R15
         BNZ   LDRF1
         LR    R1,R4
         SUBPUT 1
LDRF1    SUBRET
*              R1 -> name: R4 = entry, R15 = 0, 4.  Link R10
LDRSRCH  LH    R5,TBENT
         L     R4,ALDRTBLS
         SR    R15,R15
LDRS1    LTR   R5,R5
         BZ    LDRS2
         SH    R4,=AL2(LDTLEN)
         CLC   LDTNAME,0(R1)
         BCR   8,R10
         BCT   R5,LDRS1
LDRS2    LA    R15,4
         BR    R10
*              new entry, name at R1: R4; R15 = 0, 8.  Link R10
LDRNEW   LH    R5,TBENT
         LA    R5,1(,R5)
         LR    R4,R5
         MH    R4,=AL2(LDTLEN)
         L     R6,LDRPENDN
         SLL   R6,3
         AR    R6,R4
         LA    R15,8
         CH    R6,=H'8192'
         BCR   2,R10
         STH   R5,TBENT
         LCR   R4,R4
         A     R4,ALDRTBLS
         XC    LDTAB(LDTLEN),LDTAB
         MVC   LDTNAME,0(R1)
         SR    R15,R15
         BR    R10
*---------------------------------------------------------------------
* LDRDEF   Nucleus subroutine: R1 -> name, R0 = value, R2 = type:
*          defines it and completes what refers to it.
*          R15 = 0, R1 = entry; 4 it is defined already, R1 = entry;
*          8 loader table overflow
*---------------------------------------------------------------------
LDRDEF   SUBENT BASE=DMSLDR
         BAL   R10,LDRSRCH
         LTR   R15,R15
         BNZ   LDRD1
         CLI   LDTTYPE,X'01'
         BH    LDRD2               undefined
         LA    R15,4
         B     LDRD4
LDRD1    BAL   R10,LDRNEW
         LTR   R15,R15
         BNZ   LDRD4
LDRD2    STC   R2,LDTTYPE
         ST    R0,LDTVAL
*              references that wait for it
         L     R6,LDRPENDN
         L     R7,ALDRTBLS
         SH    R7,=H'8192'
LDRD3    LTR   R6,R6
         BZ    LDRD4
         BCTR  R6,0
         C     R4,4(,R7)
         LA    R7,8(,R7)
         BNE   LDRD3
         SH    R7,=H'8'
         L     R1,0(,R7)
         LR    R2,R1
         SRL   R2,24
         LA    R1,0(,R1)
         BAL   R10,LDRAPPLY
         L     R8,LDRPENDN         the last one to its place
         BCTR  R8,0
         ST    R8,LDRPENDN
         SLL   R8,3
         A     R8,ALDRTBLS
         SH    R8,=H'8192'
         MVC   0(8,R7),0(R8)
         B     LDRD3
LDRD4    LR    R1,R4
         SUBPUT 1
         SUBRET
*---------------------------------------------------------------------
* LDRREF   Nucleus subroutine: R1 -> name, R2 = type (02 ER, 05 CM,
*          0A WX), R0 = length of a common section: the entry of the
*          name.  R15 = 0, R1 = entry; 8 overflow
*---------------------------------------------------------------------
LDRREF   SUBENT BASE=DMSLDR
         BAL   R10,LDRSRCH
         LTR   R15,R15
         BZ    LDRR1
         BAL   R10,LDRNEW
         LTR   R15,R15
         BNZ   LDRR9
         STC   R2,LDTTYPE
LDRR1    CLI   LDTTYPE,X'01'
         BNH   LDRR9               defined
         CH    R2,=H'5'
         BE    LDRR2
         CLI   LDTTYPE,X'0A'       a weak one becomes a strong one
         BNE   LDRR9
         STC   R2,LDTTYPE
         B     LDRR9
LDRR2    MVI   LDTTYPE,X'05'
         C     R0,LDTWORD
         BNH   LDRR9
         ST    R0,LDTWORD
LDRR9    LR    R1,R4
         SUBPUT 1
         SUBRET
*---------------------------------------------------------------------
* LDRFIX   Nucleus subroutine: relocates the field at R1, flags R2 (as
*          in RLD items): R3 = 0: adds R0 to it; else R3 = an undefined
*          entry: when that is defined.  R15 = 0, 8 overflow
*---------------------------------------------------------------------
LDRFIX   SUBENT BASE=DMSLDR
         LTR   R3,R3
         BNZ   LDRX1
         BAL   R10,LDRAPPLY
         SUBRET RC=0
LDRX1    L     R6,LDRPENDN
         LR    R7,R6
         SLL   R7,3
         LH    R5,TBENT
         MH    R5,=AL2(LDTLEN)
         AR    R5,R7
         AH    R5,=H'8'
         CH    R5,=H'8192'
         BH    LDRX8
         A     R7,ALDRTBLS
         SH    R7,=H'8192'
         ST    R1,0(,R7)
         STC   R2,0(,R7)
         ST    R3,4(,R7)
         LA    R6,1(,R6)
         ST    R6,LDRPENDN
         SUBRET RC=0
LDRX8    SUBRET RC=8
*              field at R1, flags R2, value R0.  Link R10; R2 R3 R5 R9
LDRAPPLY LR    R3,R0
         LA    R5,2
         NR    R5,R2
         BZ    *+6
         LCR   R3,R3
         SRL   R2,2
         LA    R5,3
         NR    R2,R5               length - 1
         LA    R9,LDRWORD+3
         SR    R9,R2
         XC    LDRWORD,LDRWORD
         EX    R2,LDRGET
         A     R3,LDRWORD
         ST    R3,LDRWORD
         EX    R2,LDRPUT
         BR    R10
LDRGET   MVC   0(0,R9),0(R1)
LDRPUT   MVC   0(0,R1),0(R9)
         LTORG
LDRWORD  DC    F'0'
         ENTRY LDRPENDN
LDRPENDN DC    F'0'                references that wait
LDRSTATE DC    4F'0'
LDRFLGS  DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  SSAVE
         COPY  LDWORK
         END   DMSLDR
