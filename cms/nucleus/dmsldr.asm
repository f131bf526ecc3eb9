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
*          the loader table (20 bytes: name, F, value, type); 4 none
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
         CLI   16(R1),X'02'        not defined
         BE    STEENT
         L     R4,12(,R1)
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
         LH    R5,TBENT
         L     R4,ALDRTBLS
LDRF1    LTR   R5,R5
         BZ    LDRFNO
         SH    R4,=H'20'
         CLC   0(8,R1),0(R4)
         BE    LDRFYES
         BCTR  R5,0
         B     LDRF1
LDRFYES  LR    R1,R4
         SUBPUT 1
         SUBRET RC=0
LDRFNO   SUBRET RC=4
         LTORG
LDRSTATE DC    4F'0'
LDRFLGS  DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  SSAVE
         END   DMSLDR
