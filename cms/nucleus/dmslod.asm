         TITLE 'DMSLOD - LOAD, INCLUDE'
*---------------------------------------------------------------------
* LOAD     Command: fn ... [( options [)]]: loads TEXT files into the
*          user area and links them.
* INCLUDE  the same behind what is loaded already.
*          Options: CLEAR NOCLEAR, RESET name, ORIGIN hex or TRANS, MAP
*          NOMAP, TYPE NOTYPE, INV NOINV, REP NOREP, AUTO NOAUTO, LIBE
*          NOLIBE, DUP NODUP, START, SAME (INCLUDE)
*          R15 = 0; 4 undefined or duplicate names, invalid cards; 24;
*          28 no such file; 32 not a TEXT file; 40 no such entry point;
*          100 I/O; 104 storage; or the code of the program (START)
*          Entry point: RESET; ENTRY or LDT; the first END card that
*          has one; the first control section.
*---------------------------------------------------------------------
         COPY  LDWORK
DMSLOD   CSECT
         USING NUCON,0
         USING LDWORK,R11
         USING FSCBD,R8
INCLUDE  FENTER BASE=DMSLOD
         LA    R7,LDWINCL
         B     LD1
LOAD     FENTER BASE=DMSLOD
         SR    R7,R7
LD1      LA    R11,LDAREA
         LA    R8,LDFSCB
         XC    LDWORK(LDWLEN),LDWORK
         STC   R7,LDWSW
         MVI   LDWRESET,C' '
         MVI   LDWENTNM,C' '
         LA    R9,8(,R1)
         ST    R9,LDNAMES
         XC    LDORIG,LDORIG
         MVC   LDSTATE(16),STRTADDR  to go back to
         L     R2,=V(LDRSTATE)
         MVC   STRTADDR(16),0(R2)
*              file names: are they there?
LDN1     CLI   0(R9),X'FF'
         BE    LDN2
         CLC   0(8,R9),=CL8'('
         BE    LDN2
         BAL   R10,LDLOOK
         BNZ   LDENOTF
         LA    R9,8(,R9)
         B     LDN1
LDN2     C     R9,LDNAMES
         BE    LDENAME
*              options
         CLI   0(R9),X'FF'
         BE    LDGO
LDO1     LA    R9,8(,R9)
         CLI   0(R9),X'FF'
         BE    LDGO
         CLC   0(8,R9),=CL8')'
         BE    LDGO
         LA    R2,LDOTAB
LDO2     CLC   0(8,R9),0(R2)
         BE    LDO3
         LA    R2,10(,R2)
         CLI   0(R2),X'FF'
         BNE   LDO2
         CLC   0(8,R9),=CL8'RESET'
         BE    LDORST
         CLC   0(8,R9),=CL8'ORIGIN'
         BE    LDOORG
         CLC   0(8,R9),=CL8'SAME'
         BNE   LDEOPT
         TM    LDWSW,LDWINCL
         BZ    LDEOPT
         OI    LDWSW,LDWSAME
         B     LDO1
LDO3     NC    LDWOPT,8(R2)
         OC    LDWOPT,9(R2)
         B     LDO1
LDORST   BAL   R10,LDOPND
         MVC   LDWRESET,0(R9)
         B     LDO1
LDOORG   BAL   R10,LDOPND
         L     R0,=A(X'E000')
         CLC   0(8,R9),=CL8'TRANS'
         BE    LDOORG9
         LR    R1,R9
         SR    R0,R0
         SR    R3,R3
LDOORG1  CLI   0(R1),C' '
         BE    LDOORG9
         IC    R3,0(,R1)
         CLI   0(R1),C'0'
         BL    LDOORG2
         SH    R3,=H'240'
         CH    R3,=H'9'
         BH    LDEPAR
         B     LDOORG3
LDOORG2  SH    R3,=H'183'
         CH    R3,=H'10'
         BL    LDEPAR
         CH    R3,=H'15'
         BH    LDEPAR
LDOORG3  SLL   R0,4
         OR    R0,R3
         LA    R1,1(,R1)
         LA    R2,6(,R9)
         CR    R1,R2
         BNH   LDOORG1
         B     LDEPAR
LDOORG9  LTR   R1,R0
         BZ    LDEPAR
         ST    R1,LDORIG
         C     R1,AUSRAREA
         BNL   LDO1
         C     R1,=A(X'E000')
         BL    LDEPAR
         C     R1,=A(X'10000')
         BNL   LDEPAR
         B     LDO1
LDOPND   CLI   8(R9),X'FF'
         BE    LDEOPND
         CLC   8(8,R9),=CL8')'
         BE    LDEOPND
         LA    R9,8(,R9)
         BR    R10
LDGO     L     R1,LASTLOC
         LTR   R1,R1
         BNZ   *+8
         NI    LDWSW,255-LDWINCL
         TM    LDWSW,LDWINCL
         BO    LDGO1
*              LOAD: from the beginning
         SR    R0,R0
         L     R2,=V(LDRPENDN)
         ST    R0,0(,R2)
         STH   R0,TBENT
         ST    R0,STRTADDR
         ST    R0,FRSTLOC
         ST    R0,LASTLOC
         MVC   LOCCNT,AUSRAREA
LDGO1    MVC   LDWHIGH,LASTLOC
         L     R1,LDORIG
         LTR   R1,R1
         BZ    *+8
         ST    R1,LOCCNT
         LA    R0,LDDWORDS
         DMSFREE DWORDS=(R0),TYPE=NUCLEUS,ERR=LDENOST
         ST    R1,LDWESD
         LA    R2,LDWIDS*LDELEN/256
LDGO2    XC    0(256,R1),0(R1)
         LA    R1,256(,R1)
         BCT   R2,LDGO2
         ST    R1,LDWBUF
         TM    LDWOPT,LDWCLEAR
         BZ    LDGO3
         L     R2,LOCCNT
         L     R3,FREELOWE
         SR    R3,R2
         BNP   LDGO3
         SR    R5,R5
         MVCL  R2,R4
*---------------------------------------------------------------------
* The files; then what they need
*---------------------------------------------------------------------
LDGO3    L     R9,LDNAMES
LDFILES  CLI   0(R9),X'FF'
         BE    LDAUTO
         CLC   0(8,R9),=CL8'('
         BE    LDAUTO
         BAL   R10,LDFILE
         TM    LDWSW,LDWLDT
         BO    LDCOM
         LA    R9,8(,R9)
         B     LDFILES
LDAUTO   TM    LDWOPT,LDWNOAUT
         BO    LDCOM
         USING LDTAB,R9
LDAUTO1  L     R9,ALDRTBLS
         LH    R7,TBENT
LDAUTO2  LTR   R7,R7
         BZ    LDCOM
         SH    R9,=AL2(LDTLEN)
         BCTR  R7,0
         CLI   LDTTYPE,X'02'
         BNE   LDAUTO2
         TM    LDTFLAG,LDTTRIED
         BO    LDAUTO2
         OI    LDTFLAG,LDTTRIED
         BAL   R10,LDLOOK
         BNZ   LDAUTO2
         BAL   R10,LDFILE
         B     LDAUTO1
*              common sections
LDCOM    L     R9,ALDRTBLS
         LH    R7,TBENT
LDCOM1   LTR   R7,R7
         BZ    LDENTRY
         SH    R9,=AL2(LDTLEN)
         BCTR  R7,0
         CLI   LDTTYPE,X'05'
         BNE   LDCOM1
         L     R2,LOCCNT
         LA    R2,7(,R2)
         N     R2,=X'FFFFFFF8'
         LR    R0,R2
         L     R3,LDTWORD
         LR    R4,R2
         AR    R4,R3
         C     R4,FREELOWE
         BH    LDE109
         ST    R4,LOCCNT
         C     R4,LDWHIGH
         BNH   *+8
         ST    R4,LDWHIGH
         SR    R5,R5
         MVCL  R2,R4
         LR    R1,R9
         SR    R2,R2
         L     R15,=V(LDRDEF)
         BALR  R14,R15
         B     LDCOM1
*---------------------------------------------------------------------
* Entry point
*---------------------------------------------------------------------
LDENTRY  MVC   LASTLOC,LDWHIGH
         LA    R9,LDWRESET
         CLI   LDWRESET,C' '
         BNE   LDENT1
         TM    LDWSW,LDWSAME
         BO    LDENT3
         LA    R9,LDWENTNM
         CLI   LDWENTNM,C' '
         BNE   LDENT1
         MVC   STRTADDR,LDWENT
         B     LDENT3
LDENT1   LR    R1,R9
         L     R15,=V(LDRFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   LDENT2
         CLI   LDTTYPE-LDTAB(R1),X'01'
         BH    LDENT2
         MVC   STRTADDR,LDTVAL-LDTAB(R1)
         B     LDENT3
LDENT2   DMSERR 'DMSLIO021E ENTRY POINT ''%1'' NOT FOUND',             X
               SUB=(CHAR,0(,R9),8)
         MVC   LDWRC,=H'40'
         MVC   STRTADDR,LDWENT
LDENT3   MVI   MODFLGS,0
         BAL   R10,LDSAVE
         L     R1,LASTLOC
         C     R1,MAINHIGH
         BNH   *+8
         ST    R1,MAINHIGH
*              undefined names
         MVI   UNRES,0
         L     R9,ALDRTBLS
         LH    R7,TBENT
         LA    R4,LDLINE
         MVC   LDLINE,LDLINE-1
LDUND1   LTR   R7,R7
         BZ    LDUND4
         SH    R9,=AL2(LDTLEN)
         BCTR  R7,0
         CLI   LDTTYPE,X'02'
         BNE   LDUND1
         TM    UNRES,X'80'
         BO    LDUND2
         OI    UNRES,X'80'
         LH    R0,LDWRC
         CH    R0,=H'4'
         BH    *+10
         MVC   LDWRC,=H'4'
         DMSERR 'DMSLIO201W THE FOLLOWING NAMES ARE UNDEFINED:'
LDUND2   MVC   0(8,R4),LDTNAME
         LA    R4,9(,R4)
         LA    R0,LDLINE+72
         CR    R4,R0
         BL    LDUND1
         BAL   R10,LDUNDT
         B     LDUND1
LDUND4   BAL   R10,LDUNDT
         BAL   R10,LDMAP
         BAL   R10,LDFREE
         LH    R15,LDWRC
         TM    LDWOPT,LDWSTART
         BZ    LDRET
         CH    R15,=H'4'
         BH    LDRET
         LA    R1,LDSTART
         SVC   202
         DC    AL4(1)
LDRET    FRET
*              types the names that LDLINE has.  Link R10
LDUNDT   LA    R1,LDLINE
         LR    R0,R4
         SR    R0,R1
         BCR   8,R10
         NUCALL ADMSCWR
         MVC   LDLINE,LDLINE-1
         LA    R4,LDLINE
         BR    R10
*---------------------------------------------------------------------
* LDLOOK   Is there a file `name at R9 TEXT *`?  cc 0: yes, R1 = FST,
*          FSCB set.  Link R10
*---------------------------------------------------------------------
LDLOOK   MVC   LDPLFN,0(R9)
         LA    R1,LDPL
         NUCALL AFSTLKP
         LTR   R15,R15
         BCR   7,R10
         MVC   FSCBFN,0(R9)
         LR    R2,R0
         MVC   FSCBFM(1),ADTM-ADTSECT(R2)
         MVC   FSCBFM+1(1),FSTM+1-FSTSECT(R1)
         CR    R0,R0
         BR    R10
*---------------------------------------------------------------------
* LDFILE   Loads the TEXT file of the name at R9.  Link R10
*---------------------------------------------------------------------
LDFILE   ST    R10,LDLINK
         BAL   R10,LDLOOK
         USING FSTSECT,R1
         MVC   FSCBNOIT,=H'1'
         CLI   FSTFV,C'V'
         BE    LDF1
         MVC   FSCBNOIT,=H'50'
         CLC   FSTIL,=F'80'
         BNE   LDE056
         DROP  R1
LDF1     LA    R4,1
LDF2     STH   R4,FSCBITNO
         MVC   FSCBBUFF,LDWBUF
         L     R2,LDWBUF
         MVI   0(R2),C' '
         MVC   1(79,R2),0(R2)
         MVC   FSCBSIZE,=A(LDCARDS*80)
         MVC   FSCBCOMM,=CL8'RDBUF'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         C     R15,=F'12'
         BE    LDF5
         LTR   R15,R15
         BNZ   LDE104
         SR    R4,R4               go on with the next
         L     R5,FSCBNORD
         L     R3,LDWBUF
LDF3     L     R15,=V(LDCARD)
         BALR  R14,R15
         LTR   R15,R15
         BZ    LDF4
         C     R15,=F'4'
         BNE   LDECARD
         LH    R0,LDWRC
         CR    R0,R15
         BNL   *+8
         STH   R15,LDWRC
         TM    LDWOPT,LDWNOINV
         BO    LDF4
         DMSERR 'DMSLIO300I INVALID CARD - %1',SUB=(CHAR,0(,R3),72)
LDF4     TM    LDWSW,LDWLDT
         BO    LDF5
         LA    R3,80(,R3)
         SH    R5,=H'80'
         BP    LDF3
         B     LDF2
LDF5     TM    LDWSW,LDWDECK       no END card?
         BZ    LDF6
         LA    R3,LDEND
         L     R15,=V(LDCARD)
         BALR  R14,R15
LDF6     BAL   R10,LDFINIS
         L     R10,LDLINK
         BR    R10
LDFINIS  MVC   FSCBCOMM,=CL8'FINIS'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         BR    R10
*              frees the work area.  Link R10
LDFREE   L     R1,LDWESD
         LTR   R1,R1
         BCR   8,R10
         LA    R0,LDDWORDS
         DMSFRET DWORDS=(R0),LOC=(R1)
         XC    LDWESD,LDWESD
         BR    R10
*              what START, GENMOD and INCLUDE begin with.  Link R10
LDSAVE   L     R1,=V(LDRSTATE)
         MVC   0(16,R1),STRTADDR
         MVI   16(R1),0
         BR    R10
*---------------------------------------------------------------------
* LDMAP    File LOAD MAP A5, unless NOMAP or A is read-only; on the
*          terminal with TYPE.  Link R10
*---------------------------------------------------------------------
LDMAP    ST    R10,LDLINK
         LA    R8,LDMFSCB
         MVI   LDMSW,0
         TM    LDWOPT,LDWNOMAP
         BO    LDM1
         LA    R1,=C'A'
         NUCALL AADTLKW
         LTR   R15,R15
         BNZ   LDM1
         MVI   LDMSW,1
         MVC   FSCBCOMM,=CL8'ERASE'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
LDM1     L     R9,ALDRTBLS
         LH    R7,TBENT
LDM2     LTR   R7,R7
         BZ    LDM9
         SH    R9,=AL2(LDTLEN)
         BCTR  R7,0
         MVC   LDLINE,LDLINE-1
         MVC   LDLINE(8),LDTNAME
         SR    R1,R1
         IC    R1,LDTTYPE
         SLL   R1,1
         LA    R1,LDMTYPES(R1)
         MVC   LDLINE+9(2),0(R1)
         UNPK  LDLINE+12(7),LDTVAL+1(4)
         TR    LDLINE+12(6),LDMHEX-C'0'
         MVI   LDLINE+18,C' '
         CLI   LDTTYPE,X'02'
         BNE   LDM3
         MVC   LDLINE+12(9),=C'UNDEFINED'
LDM3     TM    LDWOPT,LDWTYPE
         BZ    LDM4
         LA    R1,LDLINE
         LA    R0,24
         NUCALL ADMSCWR
LDM4     CLI   LDMSW,0
         BE    LDM2
         MVC   FSCBCOMM,=CL8'WRBUF'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         LTR   R15,R15
         BZ    LDM2
         ST    R15,LDCODE
         DMSERR 'DMSLIO105S ERROR ''%1'' WRITING FILE ''LOAD MAP A5'' OX
               N DISK',SUB=(DEC,LDCODE,0)
         MVC   LDWRC,=H'100'
LDM9     BAL   R10,LDFINIS
         L     R10,LDLINK
         BR    R10
*---------------------------------------------------------------------
* Errors
*---------------------------------------------------------------------
LDENAME  DMSERR 'DMSLIO001E NO FILENAME SPECIFIED'
         B     LDE24
LDENOTF  DMSERR 'DMSLIO002E FILE ''%1 TEXT'' NOT FOUND',               X
               SUB=(CHAR,0(,R9),8)
         LA    R15,28
         B     LDEOUT
LDEOPT   DMSERR 'DMSLIO003E INVALID OPTION ''%1''',SUB=(CHAR,0(,R9),8)
         B     LDE24
LDEOPND  DMSERR 'DMSLIO005E NO ''%1'' SPECIFIED',SUB=(CHAR,0(,R9),8)
         B     LDE24
LDEPAR   DMSERR 'DMSLIO029E INVALID PARAMETER ''%1'' IN THE OPTION ''ORX
               IGIN'' FIELD',SUB=(CHAR,0(,R9),8)
LDE24    LA    R15,24
LDEOUT   MVC   STRTADDR(16),LDSTATE
         B     LDRET
LDE104   ST    R15,LDCODE
         DMSERR 'DMSLIO104S ERROR ''%1'' READING FILE ''%2 TEXT %3'' FRX
               OM DISK',SUB=(DEC,LDCODE,0,CHAR,FSCBFN,8,CHAR,FSCBFM,2)
         LA    R4,100
         B     LDEFAIL
LDECARD  C     R15,=F'56'
         BE    LDE056
         C     R15,=F'104'
         BE    LDE109
         C     R15,=F'116'
         BE    LDE116
         DMSERR 'DMSLIO169S ESDID TABLE OVERFLOW'
         LA    R4,104
         B     LDEFAIL
LDE056   DMSERR 'DMSLIO056E FILE ''%1 TEXT %2'' CONTAINS INVALID ESD REX
               CORD FORMATS',SUB=(CHAR,FSCBFN,8,CHAR,FSCBFM,2)
         LA    R4,32
         B     LDEFAIL
LDENOST  DS    0H
LDE109   DMSERR 'DMSLIO109S VIRTUAL STORAGE CAPACITY EXCEEDED'
         LA    R4,104
         B     LDEFAIL
LDE116   DMSERR 'DMSLIO116S LOADER TABLE OVERFLOW'
         LA    R4,104
*              nothing is loaded
LDEFAIL  BAL   R10,LDFINIS
         BAL   R10,LDFREE
         SR    R0,R0
         STH   R0,TBENT
         L     R2,=V(LDRPENDN)
         ST    R0,0(,R2)
         XC    STRTADDR(16),STRTADDR
         BAL   R10,LDSAVE
         LR    R15,R4
         B     LDRET
*              option, AND mask, OR mask
LDOTAB   DC    CL8'NOMAP',X'FF08'
         DC    CL8'MAP',X'F700'
         DC    CL8'START',X'FF02'
         DC    CL8'CLEAR',X'FF01'
         DC    CL8'NOCLEAR',X'FE00'
         DC    CL8'TYPE',X'FF04'
         DC    CL8'NOTYPE',X'FB00'
         DC    CL8'AUTO',X'7F00'
         DC    CL8'NOAUTO',X'FF80'
         DC    CL8'REP',X'BF00'
         DC    CL8'NOREP',X'FF40'
         DC    CL8'DUP',X'DF00'
         DC    CL8'NODUP',X'FF20'
         DC    CL8'INV',X'EF00'
         DC    CL8'NOINV',X'FF10'
         DC    CL8'LIBE',X'FF00'
         DC    CL8'NOLIBE',X'FF00'
         DC    X'FF'
         LTORG
LDCARDS  EQU   50                  cards read at a time
LDDWORDS EQU   LDWIDS*LDELEN/8+LDCARDS*10
LDFSCB   DS    0D
         DC    CL8' ',CL8' ',CL8'TEXT',CL2' ',AL2(0),A(0,0)
         DC    CL2'F',AL2(1),5F'0'
LDMFSCB  DC    CL8' ',CL8'LOAD',CL8'MAP',CL2'A5',AL2(0),A(LDLINE,100)
         DC    CL2'F',AL2(1),5F'0'
LDPL     DC    CL8'LOAD'
LDPLFN   DC    CL8' ',CL8'TEXT',CL8'*',8X'FF'
LDSTART  DC    CL8'START',CL8'*',8X'FF'
LDAREA   DS    0D
         DC    (LDWLEN)X'00'
LDNAMES  DC    A(0)
LDORIG   DC    A(0)
LDLINK   DC    A(0)
LDCODE   DC    F'0'
LDSTATE  DC    4F'0'
LDMSW    DC    X'00'
LDMTYPES DC    C'SDLDERPRPCCMPR......WX'
LDMHEX   DC    C'0123456789ABCDEF'
LDEND    DC    X'02',CL79'END'
         DC    C' '
LDLINE   DC    CL100' '
         COPY  REGEQU
         COPY  NUCON
         COPY  FSCB
         COPY  FST
         COPY  ADT
         END   DMSLOD
