         TITLE 'DMSMOD - LOADMOD, GENMOD'
*---------------------------------------------------------------------
* LOADMOD  Function, command: fn [ft [fm]], default MODULE *.
*          Reads a MODULE into its place.  Sets STRTADDR, FRSTLOC,
*          LASTLOC, MODFLGS; a MODULE of the user area also becomes the
*          program that START starts (LDRSTATE) and brings its loader
*          table.  A MODULE may only lie in the transient area or
*          between the start of the user area and FREELOWE.
*          R15 = 0; 24 operands; 28 not found; 100 cannot be read, or
*          is no MODULE (error 32); 104 too large
* GENMOD   Command: [fn [MODULE [fm]]] [( FROM name TO name MAP NOMAP
*          STR NOSTR OS DOS ALL SYSTEM [)]].  Writes the program that
*          LOAD left, as fn MODULE.
*          R15 = 0; 24; 36 disk; 40 nothing is loaded; 100
*---------------------------------------------------------------------
DMSMOD   CSECT
         USING NUCON,0
         USING FSCBD,R8
LOADMOD  FENTER BASE=DMSMOD
         LR    R9,R1
         LA    R8,MODFSCB
         MVC   FSCBFT,=CL8'MODULE'
         MVC   MODMODE,=CL8'*'
         LA    R9,8(,R9)
         BAL   R10,MODTOK
         BNZ   MODENAM
         MVC   FSCBFN,0(R9)
         LA    R9,8(,R9)
         BAL   R10,MODTOK
         BNZ   LM1
         MVC   FSCBFT,0(R9)
         LA    R9,8(,R9)
         BAL   R10,MODTOK
         BNZ   LM1
         MVC   MODMODE,0(R9)
         LA    R9,8(,R9)
         BAL   R10,MODTOK
         BZ    MODEPAR
LM1      MVC   MODPLFN(16),FSCBFN
         MVC   FSCBFM,MODMODE
         LA    R1,MODPL
         NUCALL AFSTLKP
         LTR   R15,R15
         BNZ   LMNOTF
         LR    R7,R1
         LR    R3,R0
         USING FSTSECT,R7
         USING ADTSECT,R3
         MVC   FSCBFM(1),ADTM
         MVC   FSCBFM+1(1),FSTM+1
         MVC   MODMODE,=CL8' '
         MVC   MODMODE(2),FSCBFM
         CLI   FSTFV,C'V'
         BNE   LMFORM
         DROP  R3,R7
*              record 1
         LA    R1,MODHEAD
         LA    R0,80
         LA    R6,1
         STH   R6,FSCBITNO
         BAL   R10,MODREAD
         C     R15,=F'8'
         BE    LMFORM
         LTR   R15,R15
         BNZ   LMRERR
         XC    FSCBITNO,FSCBITNO
         CLC   FSCBNORD,=F'80'
         BNE   LMFORM
         LA    R2,MODHEAD
         USING MODHDR,R2
         L     R4,MODFIRST
         L     R5,MODEND
         L     R6,MODENTRY
         LA    R6,0(,R6)
*              where may it go?
         CR    R5,R4
         BNH   LMFORM
         CR    R6,R4
         BL    LMFORM
         CR    R6,R5
         BNL   LMFORM
         MVI   MODSW,C'T'
         C     R4,=A(X'E000')
         BL    LMFORM
         C     R5,=A(X'10000')
         BNH   LMREAD
         MVI   MODSW,C'U'
         C     R4,AUSRAREA
         BL    LMFORM
         C     R5,FREELOWE
         BH    LMBIG
         ST    R5,MAINHIGH
         XC    TBENT,TBENT         what was loaded is gone
*              the text, straight into its place
LMREAD   LR    R6,R4
LMTEXT   LR    R0,R5
         SR    R0,R6
         BNP   LMMAP
         LR    R1,R6
         BAL   R10,MODREAD
         C     R15,=F'8'           longer than record 1 says
         BE    LMFORM
         C     R15,=F'12'          shorter
         BE    LMFORM
         LTR   R15,R15
         BNZ   LMRERR
         A     R6,FSCBNORD
         B     LMTEXT
*              the loader table
LMMAP    CLI   MODSW,C'U'
         BNE   LMDONE
         XC    UNRES,UNRES
         TM    MODFLAGS,MODNOMAP
         BO    LMDONE
         LH    R7,MODTBENT
         LTR   R7,R7
         BZ    LMDONE
         BM    LMFORM
         CH    R7,=H'409'
         BH    LMOVER
         LR    R0,R7
         MH    R0,=H'20'
         L     R1,ALDRTBLS
         SR    R1,R0
         BAL   R10,MODREAD
         LTR   R15,R15
         BNZ   LMRERR
         STH   R7,TBENT
LMDONE   BAL   R10,MODFINIS
         ST    R4,FRSTLOC
         ST    R5,LASTLOC
         MVC   STRTADDR,MODENTRY
         MVC   MODFLGS,MODFLAGS
         SR    R15,R15
         CLI   MODSW,C'U'
         BNE   MODRET
         ST    R5,LOCCNT
         L     R1,=V(LDRSTATE)
         MVC   0(16,R1),STRTADDR
         MVC   16(1,R1),MODFLGS
MODRET   FRET
         DROP  R2
*              errors of LOADMOD
LMNOTF   C     R15,=F'36'
         BE    MODENAC
         DMSERR 'DMSMOD002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,FSCBFN,8,CHAR,FSCBFT,8,CHAR,MODMODE,8)
         LA    R15,28
         B     MODRET
LMFORM   LA    R15,32
LMRERR   ST    R15,MODCODE
         BAL   R10,MODFINIS
         DMSERR 'DMSMOD104S ERROR ''%1'' READING FILE ''%2 %3 %4'' FROMX
                DISK',SUB=(DEC,MODCODE,0,CHAR,FSCBFN,8,CHAR,FSCBFT,8,  X
               CHAR,MODMODE,8)
         LA    R15,100
         B     MODRET
LMBIG    BAL   R10,MODFINIS
         DMSERR 'DMSMOD109S VIRTUAL STORAGE CAPACITY EXCEEDED'
         LA    R15,104
         B     MODRET
LMOVER   BAL   R10,MODFINIS
         DMSERR 'DMSMOD116S LOADER TABLE OVERFLOW'
         LA    R15,104
         B     MODRET
*---------------------------------------------------------------------
* MODTOK   cc 0 if there is an operand at R9: no end, no (.  Link R10
* MODREAD  Next record to R1, at most R0 bytes; R15.  Link R10
* MODFINIS Closes the file.  Link R10
*---------------------------------------------------------------------
MODTOK   CLI   0(R9),X'FF'
         BE    MODTNO
         CLC   0(8,R9),=CL8'('
         BE    MODTNO
         CLC   0(8,R9),=CL8' '
         BE    MODTNO
         CR    R9,R9
         BR    R10
MODTNO   CLI   *,0                 cc not 0
         BR    R10
MODREAD  ST    R1,FSCBBUFF
         ST    R0,FSCBSIZE
         MVC   FSCBCOMM,=CL8'RDBUF'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         BR    R10
MODFINIS MVC   FSCBCOMM,=CL8'FINIS'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         BR    R10
*              errors of both
MODENAM  DMSERR 'DMSMOD001E NO FILENAME SPECIFIED'
         B     MODE24
MODEPAR  DMSERR 'DMSMOD070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(,R9),8)
MODE24   LA    R15,24
         B     MODRET
MODENAC  DMSERR 'DMSMOD069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,MODMODE,1)
         LA    R15,36
         B     MODRET
*---------------------------------------------------------------------
* GENMOD
*---------------------------------------------------------------------
GENMOD   FENTER BASE=DMSMOD
         LA    R9,8(,R1)
         LA    R8,MODFSCB
         MVC   FSCBFN,=CL8' '
         MVC   MODMODE,=CL8'A1'
         MVI   GMFLAGS,0
         L     R2,=V(LDRSTATE)
         MVC   STRTADDR(16),0(R2)
         L     R4,FRSTLOC
         L     R5,LASTLOC
         BAL   R10,MODTOK
         BNZ   GMOPTS
         MVC   FSCBFN,0(R9)
         LA    R9,8(,R9)
         BAL   R10,MODTOK
         BNZ   GMOPTS
         CLC   0(8,R9),=CL8'MODULE'
         BNE   GMETYP
         LA    R9,8(,R9)
         BAL   R10,MODTOK
         BNZ   GMOPTS
         MVC   MODMODE,0(R9)
         CLI   MODMODE+1,C' '
         BNE   *+8
         MVI   MODMODE+1,C'1'
         LA    R9,8(,R9)
GMOPTS   CLC   0(8,R9),=CL8'('
         BE    GMOPT
         CLI   0(R9),X'FF'
         BNE   MODEPAR
         B     GMGO
GMOPT    LA    R9,8(,R9)
GMOPT1   CLI   0(R9),X'FF'
         BE    GMGO
         CLC   0(8,R9),=CL8')'
         BE    GMGO
         LA    R2,GMTAB
GMOPT2   CLC   0(8,R9),0(R2)
         BE    GMOPT3
         LA    R2,10(,R2)
         CLI   0(R2),X'FF'
         BNE   GMOPT2
         CLC   0(8,R9),=CL8'FROM'
         BE    GMFROM
         CLC   0(8,R9),=CL8'TO'
         BE    GMTO
         DMSERR 'DMSMOD003E INVALID OPTION ''%1''',SUB=(CHAR,0(,R9),8)
         B     MODE24
GMOPT3   NC    GMFLAGS,8(R2)
         OC    GMFLAGS,9(R2)
         B     GMOPT
GMFROM   BAL   R10,GMNAME
         LR    R4,R2
         B     GMOPT
GMTO     BAL   R10,GMNAME
         LR    R5,R2
         B     GMOPT
*              value of the name behind the option to R2.  Link R10
GMNAME   CLI   8(R9),X'FF'
         BE    GMENAME
         CLC   8(8,R9),=CL8')'
         BE    GMENAME
         LA    R9,8(,R9)
         LR    R1,R9
         L     R15,=V(LDRFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   GMEENT
         L     R2,12(,R1)
         LA    R2,0(,R2)
         BR    R10
GMENAME  DMSERR 'DMSMOD005E NO ''%1'' SPECIFIED',SUB=(CHAR,0(,R9),8)
         B     MODE24
GMEENT   DMSERR 'DMSMOD021E ENTRY POINT ''%1'' NOT FOUND',             X
               SUB=(CHAR,0(,R9),8)
         LA    R15,40
         B     MODRET
GMETYP   DMSERR 'DMSMOD032E INVALID FILETYPE ''%1''',                  X
               SUB=(CHAR,0(,R9),8)
         B     MODE24
GMGO     L     R1,LASTLOC
         LTR   R1,R1
         BZ    GMENONE
         CR    R4,R5
         BNL   GMEUSE
         CLI   FSCBFN,C' '
         BNE   GMDISK
         L     R1,ALDRTBLS         the first name of the table
         SH    R1,=H'20'
         MVC   FSCBFN,0(R1)
         LH    R0,TBENT
         LTR   R0,R0
         BZ    MODENAM
GMDISK   LA    R1,MODMODE
         NUCALL AADTLKW
         C     R15,=F'12'
         BE    GMERO
         LTR   R15,R15
         BNZ   MODENAC
*              first to another name, so that an old MODULE stays
*              until the new one is complete
         MVC   FSCBFT,=CL8'CMSUT1'
         MVC   FSCBFM,MODMODE
         BAL   R10,GMERASE
         LA    R2,MODHEAD
         USING MODHDR,R2
         XC    MODHEAD,MODHEAD
         MVC   MODENTRY,STRTADDR
         ST    R4,MODFIRST
         ST    R5,MODEND
         ST    R5,MODLOCCT
         MVC   MODFLAGS,GMFLAGS
         TM    GMFLAGS,MODNOMAP
         BO    GMHEAD
         MVC   MODTBENT,TBENT
         OC    TBENT,TBENT
         BNZ   GMHEAD
         OI    MODFLAGS,MODNOMAP   there is no table
GMHEAD   LA    R1,MODHEAD
         LA    R0,80
         BAL   R10,GMWRITE
         LR    R6,R4
GMTEXT   LR    R0,R5
         SR    R0,R6
         BNP   GMMAP
         C     R0,=F'65535'
         BNH   *+8
         L     R0,=F'65535'
         LR    R1,R6
         AR    R6,R0
         BAL   R10,GMWRITE
         B     GMTEXT
GMMAP    TM    MODFLAGS,MODNOMAP
         BO    GMNAMES
         LH    R0,TBENT
         MH    R0,=H'20'
         L     R1,ALDRTBLS
         SR    R1,R0
         BAL   R10,GMWRITE
GMNAMES  BAL   R10,MODFINIS
         LTR   R15,R15
         BNZ   GMWERR
         MVC   GMRNF+8(24),=CL24' '
         MVC   GMRNF+8(8),FSCBFN
         MVC   GMRNF+16(8),FSCBFT
         MVC   GMRNF+24(2),FSCBFM
         MVC   FSCBFT,=CL8'MODULE'
         BAL   R10,GMERASE
         MVC   GMRNF+32(24),GMRNF+8
         MVC   GMRNF+40(8),FSCBFT
         LA    R1,GMRNF
         SVC   202
         DC    AL4(1)
         LTR   R15,R15
         BNZ   GMWERR
         B     MODRET
         DROP  R2
*              writes R0 bytes at R1.  Link R10
GMWRITE  ST    R1,FSCBBUFF
         ST    R0,FSCBSIZE
         MVC   FSCBFV,=C'V '
         MVC   FSCBNOIT,=H'1'
         XC    FSCBITNO,FSCBITNO
         MVC   FSCBCOMM,=CL8'WRBUF'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         LTR   R15,R15
         BCR   8,R10
GMWERR   ST    R15,MODCODE
         BAL   R10,MODFINIS
         MVC   FSCBFT,=CL8'CMSUT1'
         BAL   R10,GMERASE
         MVC   FSCBFT,=CL8'MODULE'
         DMSERR 'DMSMOD105S ERROR ''%1'' WRITING FILE ''%2 %3 %4'' ON DX
               ISK',SUB=(DEC,MODCODE,0,CHAR,FSCBFN,8,CHAR,FSCBFT,8,    X
               CHAR,MODMODE,8)
         LA    R15,100
         B     MODRET
GMERASE  MVC   GMERS+8(16),FSCBFN
         MVC   GMERS+24(2),FSCBFM
         LA    R1,GMERS
         SVC   202
         DC    AL4(1)
         BR    R10
GMENONE  DMSERR 'DMSMOD040E NO FILES LOADED'
         LA    R15,40
         B     MODRET
GMEUSE   DMSERR 'DMSMOD084E INVALID USE OF ''FROM'' AND ''TO'' OPTIONS'
         B     MODE24
GMERO    DMSERR 'DMSMOD037E DISK ''%1'' IS READ/ONLY',                 X
               SUB=(CHAR,MODMODE,1)
         LA    R15,36
         B     MODRET
*              option, AND mask, OR mask
GMTAB    DC    CL8'MAP',X'7F00'
         DC    CL8'NOMAP',X'FF80'
         DC    CL8'SYSTEM',X'FF08'
         DC    CL8'STR',X'FF00'
         DC    CL8'NOSTR',X'FF00'
         DC    CL8'OS',X'DF00'
         DC    CL8'DOS',X'FF20'
         DC    CL8'ALL',X'FF10'
         DC    X'FF'
         LTORG
MODFSCB  DS    0D
         DC    CL8' ',CL8' ',CL8'MODULE',CL2' ',AL2(0),A(0,0)
         DC    CL2'V',AL2(1),5F'0'
MODPL    DC    CL8'LOADMOD'
MODPLFN  DC    CL16' '
MODMODE  DC    CL8'*',8X'FF'
GMERS    DC    CL8'ERASE',CL24' ',8X'FF'
GMRNF    DC    CL8'DMSRNF',CL48' ',8X'FF'
MODHEAD  DS    0D
         DC    XL80'00'
MODCODE  DC    F'0'
MODSW    DC    C' '
GMFLAGS  DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  FSCB
         COPY  FST
         COPY  ADT
         COPY  MODHDR
         END   DMSMOD
