         TITLE 'DMSEXC - EXEC'
*---------------------------------------------------------------------
* EXEC     Command, function: fn [arguments].  Interprets fn EXEC.
*          Every level has an EXCBLK in nucleus storage (excblk.copy);
*          what is static here lives only between two SVC 202.
*          Statements: dmsexs.asm; words, variables: dmsext.asm.
*          R15 = code of &EXIT; 8nn error in the EXEC (DMSEXT072E)
* KILLEX   Nucleus subroutine: ends all EXECs (HX, abend)
*---------------------------------------------------------------------
         COPY  EXCBLK
DMSEXC   CSECT
         USING NUCON,0
         USING EXCBLK,R11
         ENTRY EXCHAIN
         EXTRN EXSCTL,EXTSCAN,EXTASGN,EXTCOND,EXTFIRST,EXSTIMES,EXSHMS
EXEC     FENTER BASE=DMSEXC
         LR    R9,R1
         LA    R9,8(,R9)
         CLI   0(R9),X'FF'
         BE    EXENAME
         CLI   0(R9),C' '
         BE    EXENAME
         L     R2,EXCHAIN
         LTR   R2,R2
         BZ    EX1
         LH    R3,EXCLEVEL-EXCBLK(,R2)
         CH    R3,=AL2(EXCDEPTH)
         BNL   EXEDEEP
EX1      DMSFREE DWORDS=EXCDW,TYPE=NUCLEUS,ERR=EXENOST
         LR    R11,R1
         LR    R6,R11
         LA    R7,EXCLEN
         SR    R5,R5
         MVCL  R6,R4
         ST    R2,EXCPREV
         LA    R0,1
         LTR   R2,R2
         BZ    EX2
         AH    R0,EXCLEVEL-EXCBLK(,R2)
EX2      STH   R0,EXCLEVEL
         ST    R11,EXCHAIN
         OI    EXECFLAG,EXECRUN
         MVI   EXCCTL,EXCCMS+EXCERR
         MVC   PREVEXEC,LASTEXEC
         MVC   LASTEXEC,0(R9)
         MVC   EXCVIRT(8),CURRVIRT
*              name and arguments
         MVC   EXCNAME,0(R9)
         LA    R2,EXCARGS
         LA    R3,32
         SR    R4,R4
EXARG    CLI   0(R9),X'FF'
         BE    EXARG9
         BCT   R3,*+8
         B     EX804
         MVC   0(8,R2),0(R9)
         LA    R9,8(,R9)
         LA    R2,8(,R2)
         LA    R4,1(,R4)
         B     EXARG
EX804    LA    R4,31
         STH   R4,EXCNARG
         LA    R15,804-800
         B     EXERROR
EXARG9   BCTR  R4,0
         STH   R4,EXCNARG
EXARG10  BCT   R3,*+8
         B     EXREAD
         MVC   0(8,R2),=CL8' '
         LA    R2,8(,R2)
         B     EXARG10
*---------------------------------------------------------------------
* The file into storage
*---------------------------------------------------------------------
EXREAD   LA    R8,EXFSCB
         USING FSCBD,R8
         MVC   FSCBFN,EXCNAME
         MVC   EXPLFN,EXCNAME
         LA    R1,EXPL
         NUCALL AFSTLKP
         LA    R14,1
         LTR   R15,R15
         BNZ   EXER1               801: not found
         LR    R2,R1
         LR    R3,R0
         USING FSTSECT,R2
         USING ADTSECT,R3
         MVC   FSCBFM(1),ADTM
         MVC   FSCBFM+1(1),FSTM+1
         L     R4,FSTAIC           R4 = number of lines
         ST    R4,EXCLINES
         LTR   R4,R4
         BNP   EX803
         C     R4,=F'500000'
         BH    EX803
         MVC   EXRECFM,FSTFV
         L     R7,FSTIL
         ST    R7,EXLRECL
         CLI   FSTFV,C'F'
         BNE   EXRV
         MR    R6,R4               R7 = bytes
         LTR   R6,R6
         BNZ   EX803
         B     EXR1
EXRV     L     R7,FSTADBC
         M     R6,ADTBSIZE
         LTR   R6,R6
         BNZ   EX803
         DROP  R2,R3
EXR1     C     R7,=F'8000000'
         BH    EX803
         LR    R5,R4
         SLL   R5,2                the table
         LA    R0,15(R5,R7)
         SRL   R0,3
         ST    R0,EXCFILEN
         DMSFREE DWORDS=(R0),TYPE=NUCLEUS,ERR=EXENOST2
         ST    R1,EXCFILE
         LR    R6,R1               R6 = table
         LA    R5,0(R5,R1)         R5 = text
         CLI   EXRECFM,C'F'
         BNE   EXV
*              F: all at once
         ST    R5,FSCBBUFF
         ST    R7,FSCBSIZE
         ST    R4,FSCBANIT
         BAL   R10,EXRDBUF
         BNZ   EXRERR
         L     R3,EXLRECL
         LR    R2,R3
         CH    R2,=H'80'           columns 73 to 80 are numbers
         BNE   *+8
         LA    R2,72
         CH    R2,=H'130'
         BNH   EXF1
         LA    R2,130
EXF1     ST    R5,0(,R6)
         STC   R2,0(,R6)
         AR    R5,R3
         LA    R6,4(,R6)
         BCT   R4,EXF1
         B     EXREADY
*              V: one by one
EXV      AR    R7,R5               R7 = end
EXV1     ST    R5,FSCBBUFF
         LR    R0,R7
         SR    R0,R5
         BNP   EX803
         ST    R0,FSCBSIZE
         MVC   FSCBANIT,=F'1'
         BAL   R10,EXRDBUF
         BNZ   EXRERR
         L     R2,FSCBNORD
         LR    R3,R2
         CH    R2,=H'130'
         BNH   *+8
         LA    R2,130
         ST    R5,0(,R6)
         STC   R2,0(,R6)
         AR    R5,R3
         LA    R6,4(,R6)
         BCT   R4,EXV1
EXREADY  BAL   R10,EXFINIS
         SR    R0,R0
         ST    R0,EXCLINE
         B     EXNEXT
EX803    LA    R15,3               BAD FILE FORMAT
         B     EXERROR
EXRERR   BAL   R10,EXFINIS
         LA    R14,6               DISK OR TERMINAL READ ERROR
EXER1    LR    R15,R14
         B     EXERROR
EXRDBUF  MVC   FSCBCOMM,=CL8'RDBUF'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         LTR   R15,R15
         BR    R10
EXFINIS  MVC   FSCBCOMM,=CL8'FINIS'
         LR    R1,R8
         SVC   202
         DC    AL4(1)
         BR    R10
         DROP  R8
*---------------------------------------------------------------------
* Next line.  A line that ends a loop: once more?
*---------------------------------------------------------------------
EXNEXT   ATTNCHK
         NI    EXCSW,255-EXCINERR
         LH    R1,EXCREADN
         LTR   R1,R1
         BNZ   EXREADL
         L     R3,EXCLINE
         TM    EXCSW,EXCJUMP
         BO    EXJUMP
         LH    R6,EXCLOOPN
         LTR   R6,R6
         BNZ   EXLOOPS
EXNEXT1  LA    R3,1(,R3)
EXNEXT2  ST    R3,EXCLINE
         ATTNCHK                   HX, HT, RT act here
         C     R3,EXCLINES
         BH    EXEND
         BCTR  R3,0
         SLL   R3,2
         A     R3,EXCFILE
         SR    R5,R5
         IC    R5,0(,R3)
         L     R4,0(,R3)
         LA    R4,0(,R4)           R4 = text
         AR    R5,R4               R5 = end
         CLI   0(R4),C'*'          comment
         BE    EXNEXT
         BAL   R10,EXTRIM
         CR    R4,R5
         BNL   EXNEXT              empty
         CLI   0(R4),C'-'
         BE    EXLABEL
         B     EXSTMT
*              leave out a label
EXLABEL  CR    R4,R5
         BNL   EXNEXT
         CLI   0(R4),C' '
         LA    R4,1(,R4)
         BNE   EXLABEL
         B     EXSTMT
*              drop trailing blanks of R4, R5.  Link R10
EXTRIM   LR    R1,R5
         SH    R1,=H'8'
         CR    R1,R4
         BL    EXTRIM1
         CLC   0(8,R1),EXBLANK
         BNE   EXTRIM1
         LR    R5,R1
         B     EXTRIM
EXTRIM1  CR    R5,R4
         BCR   12,R10
         BCTR  R5,0
         CLI   0(R5),C' '
         BE    EXTRIM1
         LA    R5,1(,R5)
         BR    R10
*              &GOTO or &SKIP has set the line; leave loops
EXJUMP   NI    EXCSW,255-EXCJUMP
         LA    R3,1(,R3)
EXJUMP1  LH    R6,EXCLOOPN
         LTR   R6,R6
         BZ    EXNEXT2
         BAL   R10,EXTOP
         USING EXLOOP,R7
         C     R3,EXLFIRST
         BL    EXJUMP2
         C     R3,EXLLAST
         BNH   EXNEXT2
EXJUMP2  BCTR  R6,0
         STH   R6,EXCLOOPN
         B     EXJUMP1
*              R7 = innermost loop, R6 = how many.  Link R10
EXTOP    LR    R7,R6
         BCTR  R7,0
         MH    R7,=AL2(EXLLEN)
         LA    R7,EXCLOOP(R7)
         BR    R10
EXLOOPS  BAL   R10,EXTOP
         C     R3,EXLLAST
         BL    EXNEXT1
         L     R1,EXLCOUNT
         LTR   R1,R1
         BM    EXLCND
         BCTR  R1,0
         ST    R1,EXLCOUNT
         LTR   R1,R1
         BZ    EXLEND
EXLAGAIN L     R3,EXLFIRST
         B     EXNEXT2
EXLCND   LM    R4,R5,EXLCOND
         L     R15,=A(EXTCOND)
         BALR  R14,R15
         C     R15,=F'100'
         BE    EXLAGAIN
         LTR   R15,R15
         BNZ   EXERROR
EXLEND   BCTR  R6,0
         STH   R6,EXCLOOPN
         LTR   R6,R6               may also end an outer one
         BNZ   EXLOOPS
         B     EXNEXT1
         DROP  R7
*              a line of &READ
EXREADL  BCTR  R1,0
         STH   R1,EXCREADN
         LA    R1,EXCLINB
         NUCALL ADMSCRD
         LTR   R15,R15
         LA    R15,6
         BNZ   EXERROR
         LA    R4,EXCLINB
         LR    R5,R4
         AR    R5,R0
         BAL   R10,EXTRIM
         CR    R4,R5
         BNL   EXNEXT
         CLI   0(R4),C'*'
         BE    EXNEXT
*---------------------------------------------------------------------
* A statement: R4 to R5
*---------------------------------------------------------------------
EXSTMT   L     R15,=A(EXTFIRST)    what is it?
         BALR  R14,R15
         LTR   R15,R15
         BZ    EXNEXT              nothing
         TM    EXCCTL,EXCALL
         BZ    EXST1
         C     R15,=F'3'
         BE    EXST1
         LR    R2,R15
         LR    R1,R4
         LR    R0,R5
         SR    R0,R4
         NUCALL ADMSCWR
         LR    R15,R2
EXST1    C     R15,=F'2'
         BL    EXASGN
         BH    EXCMD
*              control word
         L     R15,=A(EXSCTL)
         BALR  R14,R15
EXDONE   LTR   R15,R15
         BZ    EXNEXT
         C     R15,=F'100'
         BE    EXSTMT              goes on with R4, R5
         C     R15,=F'101'
         BE    EXEXIT              &EXIT: code in R1
         B     EXERROR
EXASGN   L     R15,=A(EXTASGN)
         BALR  R14,R15
         B     EXDONE
*---------------------------------------------------------------------
* A command
*---------------------------------------------------------------------
EXCMD    L     R15,=A(EXTSCAN)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   EXERROR
         LH    R3,EXCNTOK
         LTR   R3,R3
         BZ    EXNEXT
         TM    EXCCTL,EXCCMS
         BZ    *+8
         BAL   R10,EXSHOW
*              upper case tokens
         L     R15,=V(UPTAB)
         LA    R1,EXCTOKS
         SLL   R3,3
EXUP     LR    R2,R3
         CH    R2,=H'256'
         BNH   *+8
         LA    R2,256
         SR    R3,R2
         BCTR  R2,0
         EX    R2,EXUPTR
         LA    R1,1(R2,R1)
         LTR   R3,R3
         BNZ   EXUP
         MVI   EXCTOKS-8,X'00'
*              extended plist
         LA    R1,EXCXTXT
         ST    R1,EXCEPL
         LH    R2,EXCXLEN
         AR    R2,R1
         ST    R2,EXCEPL+8
EXEP     CR    R1,R2
         BNL   EXEP1
         CLI   0(R1),C' '
         LA    R1,1(,R1)
         BNE   EXEP
         BCTR  R1,0
EXEP1    ST    R1,EXCEPL+4
         XC    EXCEPL+12(4),EXCEPL+12
         LA    R1,EXCTOKS
         ICM   R1,8,=X'0B'
         LA    R0,EXCEPL
         SVC   202
         DC    AL4(1)
         OI    EXECFLAG,EXECRUN
         ST    R15,EXCRC
         TM    EXCSW,EXCTIMES
         BZ    EXCMD1
         L     R15,=A(EXSTIMES)
         BALR  R14,R15
EXCMD1   L     R2,EXCRC
         LTR   R2,R2
         BZ    EXNEXT
         TM    EXCCTL,EXCERR
         BZ    EXCMD2
         TM    EXCCTL,EXCCMS
         BO    *+8
         BAL   R10,EXSHOW
         MVC   EXRMSG,=C'+++ R(00000) +++'
         LPR   R3,R2
         CVD   R3,EXDW
         UNPK  EXRMSG+6(5),EXDW+5(3)
         OI    EXRMSG+10,X'F0'
         LTR   R2,R2
         BNM   *+8
         MVI   EXRMSG+6,C'-'
         LA    R1,EXRMSG
         LA    R0,L'EXRMSG
         NUCALL ADMSCWR
*              &ERROR action
EXCMD2   TM    EXCSW,EXCINERR
         BO    EXNEXT
         LH    R5,EXCERRN
         LTR   R5,R5
         BZ    EXNEXT
         OI    EXCSW,EXCINERR
         LA    R4,EXCERRT
         AR    R5,R4
         L     R15,=A(EXTFIRST)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   EXSTMT
EXUPTR   TR    0(0,R1),0(R15)
*              types the command.  Link R10
EXSHOW   LA    R1,EXCXTXT
         LH    R0,EXCXLEN
         TM    EXCCTL,EXCTIME
         BZ    EXSHOW1
         L     R15,=A(EXSHMS)      with the time before it: R1, R0
         BALR  R14,R15
EXSHOW1  NUCALL ADMSCWR
         BR    R10
*---------------------------------------------------------------------
* The end: R1 = return code
*---------------------------------------------------------------------
EXEND    SR    R1,R1
         LH    R6,EXCLOOPN
         LTR   R6,R6
         BZ    EXEXIT
         LA    R15,15              EOF FOUND IN LOOP
         B     EXERROR
EXEXIT   LR    R9,R1
         BAL   R10,EXFREE
         LR    R15,R9
EXRET    FRET
*              frees the EXEC at R11 and takes it out.  Link R10
EXFREE   L     R2,EXCVARS
EXFREE1  LTR   R1,R2
         BZ    EXFREE2
         L     R2,EXVNEXT-EXVBLK(,R1)
         LA    R0,EXVDW
         NUCALL AFRET
         B     EXFREE1
EXFREE2  L     R1,EXCFILE
         LTR   R1,R1
         BZ    EXFREE3
         L     R0,EXCFILEN
         NUCALL AFRET
EXFREE3  L     R2,EXCPREV
         ST    R2,EXCHAIN
         LR    R1,R11
         LA    R0,EXCDW
         NUCALL AFRET
         LTR   R2,R2
         BCR   7,R10
         NI    EXECFLAG,255-EXECRUN
         BR    R10
*---------------------------------------------------------------------
* Errors: R15 + 800 is the code
*---------------------------------------------------------------------
EXERROR  LR    R9,R15
         SLL   R15,2
         LA    R2,EXETAB-4(R15)
         LH    R3,0(,R2)
         LA    R3,DMSEXC(R3)       text
         LH    R4,2(,R2)           length
         DMSERR 'DMSEXT072E ERROR IN EXEC FILE %1, LINE %2 - %3',      X
               SUB=(CHAR,EXCNAME,8,DEC,EXCLINE,0,CHARL,0(,R3),R4)
         LA    R1,800(,R9)
         B     EXEXIT
EXENAME  DMSERR 'DMSEXC001E NO FILENAME SPECIFIED'
         LA    R15,24
         B     EXRET
EXEDEEP  DMSERR 'DMSEXC085E EXECS ARE NESTED MORE THAN 19 LEVELS DEEP'
         LA    R15,40
         B     EXRET
EXENOST2 BAL   R10,EXFREE
EXENOST  DMSERR 'DMSEXT255T INSUFFICIENT STORAGE FOR EXEC INTERPRETER'
         LA    R15,104
         B     EXRET
*
KILLEX   SUBENT BASE=DMSEXC
KILL1    L     R11,EXCHAIN
         LTR   R11,R11
         BZ    KILL2
         BAL   R10,EXFREE
         B     KILL1
KILL2    NI    EXECFLAG,255-EXECRUN
         SUBRET RC=0
         LTORG
EXCHAIN  DC    A(0)
EXDW     DC    D'0'
EXBLANK  DC    CL8' '
EXRMSG   DC    C'+++ R(00000) +++'
EXRECFM  DC    C' '
EXLRECL  DC    F'0'
EXPL     DC    CL8'EXEC'
EXPLFN   DC    CL8' ',CL8'EXEC',CL8'*',8X'FF'
EXFSCB   DS    0D
         DC    CL8' ',CL8' ',CL8'EXEC',CL2' ',AL2(0),A(0,0)
         DC    CL1'F',X'20',AL2(1),5F'0'
EXETAB   DC    AL2(E801-DMSEXC,L'E801)
         DC    AL2(E802-DMSEXC,L'E802)
         DC    AL2(E803-DMSEXC,L'E803)
         DC    AL2(E804-DMSEXC,L'E804)
         DC    AL2(E805-DMSEXC,L'E805)
         DC    AL2(E806-DMSEXC,L'E806)
         DC    AL2(E807-DMSEXC,L'E807)
         DC    AL2(E808-DMSEXC,L'E808)
         DC    AL2(E809-DMSEXC,L'E809)
         DC    AL2(E810-DMSEXC,L'E810)
         DC    AL2(E811-DMSEXC,L'E811)
         DC    AL2(E812-DMSEXC,L'E812)
         DC    AL2(E813-DMSEXC,L'E813)
         DC    AL2(E814-DMSEXC,L'E814)
         DC    AL2(E815-DMSEXC,L'E815)
         DC    AL2(E816-DMSEXC,L'E816)
         DC    AL2(E817-DMSEXC,L'E817)
         DC    AL2(E818-DMSEXC,L'E818)
         DC    AL2(E819-DMSEXC,L'E819)
         DC    AL2(E820-DMSEXC,L'E820)
E801     DC    C'FILE NOT FOUND'
E802     DC    C'&&SKIP OR &&GOTO ERROR'
E803     DC    C'BAD FILE FORMAT'
E804     DC    C'TOO MANY ARGUMENTS'
E805     DC    C'MAX DEPTH OF LOOP NESTING EXCEEDED'
E806     DC    C'DISK OR TERMINAL READ ERROR'
E807     DC    C'INVALID SYNTAX'
E808     DC    C'INVALID FORM OF CONDITION'
E809     DC    C'INVALID ASSIGNMENT'
E810     DC    C'MISUSE OF SPECIAL VARIABLE'
E811     DC    C'ERROR IN &&ERROR ACTION'
E812     DC    C'CONVERSION ERROR'
E813     DC    C'TOO MANY TOKENS IN STATEMENT'
E814     DC    C'MISUSE OF BUILT-IN FUNCTION'
E815     DC    C'EOF FOUND IN LOOP'
E816     DC    C'INVALID CONTROL WORD'
E817     DC    C'EXEC ARITHMETIC UNDERFLOW'
E818     DC    C'EXEC ARITHMETIC OVERFLOW'
E819     DC    C'SPECIAL CHARACTER IN VARIABLE SYMBOL'
E820     DC    C'INSUFFICIENT STORAGE'
         COPY  REGEQU
         COPY  NUCON
         COPY  FSCB
         COPY  FST
         COPY  ADT
         END   DMSEXC
