         TITLE 'DMSEXS - control statements of EXEC'
*---------------------------------------------------------------------
* EXSCTL   Nucleus subroutine: the control statement that EXTFIRST has
*          found; R11 -> EXCBLK, R5 = end of the text.
*          R15 = 0 next line (EXCJUMP: behind EXCLINE, wherever that
*          is); 100 statement at R4 to R5; 101 &EXIT, code in R1; else
*          error 800 + R15
* EXSTIMES Nucleus subroutine: types the CPU times since the last time
* EXSHMS   Nucleus subroutine: R1, R0 = line: the same with the time of
*          day before it
* EXSTAB   Table of the control words
*---------------------------------------------------------------------
         COPY  EXCBLK
DMSEXS   CSECT
         USING NUCON,0
         USING EXCBLK,R11
         ENTRY EXSTAB,EXS816
EXSCTL   SUBENT BASE=DMSEXS
         L     R1,=V(EXTPOS)
         L     R4,0(,R1)
         L     R1,=V(EXTHND)
         L     R1,0(,R1)
         BR    R1
EXSNEXT  SR    R15,R15
EXSRET   SUBRET
EXS2     LA    R15,2               &SKIP OR &GOTO ERROR
         B     EXSRET
EXS4     LA    R15,4               TOO MANY ARGUMENTS
         B     EXSRET
EXS6     LA    R15,6               READ ERROR
         B     EXSRET
EXS7     LA    R15,7               INVALID SYNTAX
         B     EXSRET
EXS12    LA    R15,12              CONVERSION ERROR
         B     EXSRET
EXS15    LA    R15,15              EOF FOUND IN LOOP
         B     EXSRET
EXS816   LA    R15,16              INVALID CONTROL WORD
         B     EXSRET
*---------------------------------------------------------------------
* XSCAN    Tokens of the rest; ends on an error.  Link R10
* XWORD    Next word, substituted: R1 = token, cc 0; cc not 0: no more
* XRAW     The same as it is
* XNUM     Token at R1 as number: R0; ends on an error
*---------------------------------------------------------------------
XSCAN    L     R15,=V(EXTSCAN)
         BALR  R14,R15
         LTR   R15,R15
         BCR   8,R10
         B     EXSRET
XWORD    L     R15,=V(EXTWORD)
         BALR  R14,R15
         LTR   R15,R15
         BR    R10
XRAW     L     R15,=V(EXTRAWW)
         BALR  R14,R15
         LTR   R15,R15
         BR    R10
XNUM     L     R15,=V(EXTNUM)
         BALR  R14,R15
         LTR   R15,R15
         BCR   8,R10
         B     EXS12
*              tokens from R1 on with blanks between: text R1, R0.
*              Link R10; uses R2, R3
JOIN     LA    R3,EXCXTXT
JOIN1    CLI   0(R1),X'FF'
         BE    JOIN9
         MVC   0(8,R3),0(R1)
         LA    R1,8(,R1)
         LA    R3,8(,R3)
JOIN2    BCTR  R3,0
         CLI   0(R3),C' '
         BE    JOIN2
         MVI   1(R3),C' '
         LA    R3,2(,R3)
         LA    R2,EXCXTXT+130
         CR    R3,R2
         BL    JOIN1
JOIN9    LA    R1,EXCXTXT
         LR    R0,R3
         SR    R0,R1
         BCR   8,R10
         BCTR  R0,0                the last blank
         BR    R10
*---------------------------------------------------------------------
* &ARGS
*---------------------------------------------------------------------
XARGS    BAL   R10,XSCAN
         LH    R3,EXCNTOK
         CH    R3,=H'30'
         BH    EXS4
         STH   R3,EXCNARG
         LA    R1,EXCTOKS
         LA    R2,EXCARGS+8
         LA    R4,30
XARGS1   MVC   0(8,R2),=CL8' '
         LTR   R3,R3
         BZ    XARGS2
         MVC   0(8,R2),0(R1)
         BCTR  R3,0
XARGS2   LA    R1,8(,R1)
         LA    R2,8(,R2)
         BCT   R4,XARGS1
         B     EXSNEXT
*---------------------------------------------------------------------
* &BEGEMSG, &BEGPUNCH, &BEGSTACK, &BEGTYPE: lines up to &END as they are
*---------------------------------------------------------------------
XBEGT    LA    R9,XPTYPE
         B     XBEG
XBEGS    LA    R9,XPSTACK
         B     XBEG
XBEGP    LA    R9,XPPUNCH
         B     XBEG
XBEGE    LA    R9,XPEMSG
XBEG     MVI   XSALL,0
         MVI   XSLIFO,0
XBEG1    BAL   R10,XRAW
         BNZ   XBEG3
         CLC   0(8,R1),=CL8'ALL'
         BNE   XBEG2
         MVI   XSALL,1
         B     XBEG1
XBEG2    LA    R2,XPSTACK
         CR    R9,R2
         BNE   EXS7
         CLC   0(8,R1),=CL8'FIFO'
         BE    XBEG1
         CLC   0(8,R1),=CL8'LIFO'
         BNE   EXS7
         MVI   XSLIFO,1
         B     XBEG1
XBEG3    L     R3,EXCLINE
         LA    R3,1(,R3)
         ST    R3,EXCLINE
         C     R3,EXCLINES
         BH    EXS7
         BAL   R10,XLINE
         CH    R7,=H'4'
         BL    XBEG4
         CLC   0(4,R6),=C'&&END'
         BNE   XBEG4
         CH    R7,=H'4'
         BE    EXSNEXT
         CLI   4(R6),C' '
         BE    EXSNEXT
XBEG4    LA    R0,72
         CLI   XSALL,0
         BNE   XBEG5
         CR    R7,R0
         BNH   XBEG5
         LR    R7,R0
XBEG5    LR    R1,R6
         LR    R0,R7
         BALR  R10,R9
         B     XBEG3
*              line R3: text R6, length R7 without trailing blanks.
*              Link R10
XLINE    LR    R2,R3
         SLL   R2,2
         A     R2,EXCFILE
         SH    R2,=H'4'
         SR    R7,R7
         IC    R7,0(,R2)
         L     R6,0(,R2)
         LA    R6,0(,R6)
XLINE1   LTR   R7,R7
         BCR   8,R10
         LA    R1,0(R7,R6)
         BCTR  R1,0
         CLI   0(R1),C' '
         BCR   7,R10
         BCT   R7,XLINE1
         BR    R10
*        What to do with a line R1, R0.  Link R10
XPTYPE   NUCALL ADMSCWR
         BR    R10
XPSTACK  SR    R2,R2
         IC    R2,XSLIFO
         NUCALL ASTACKAT
         LTR   R15,R15
         BCR   8,R10
         LA    R15,20              no storage
         B     EXSRET
XPPUNCH  LR    R2,R0
         MVI   EXCLINB,C' '
         MVC   EXCLINB+1(79),EXCLINB
         LTR   R2,R2
         BZ    XPP1
         CH    R2,=H'80'
         BNH   *+8
         LA    R2,80
         BCTR  R2,0
         EX    R2,XPPMVC
XPP1     MVC   EXCPL(8),=CL8'CARDPH'
         LA    R1,EXCLINB
         ST    R1,EXCPL+8
         LA    R1,80
         ST    R1,EXCPL+12
         LA    R1,EXCPL
         SVC   202
         DC    AL4(1)
         BR    R10
XPPMVC   MVC   EXCLINB(0),0(R1)
*        An error message when it begins with a code mmmnnnt
XPEMSG   LR    R6,R1
         LR    R7,R0
         CH    R7,=H'9'
         BL    XPTYPE
         CLI   7(R6),C' '
         BNE   XPTYPE
         TRT   3(3,R6),XSDIGIT
         BNZ   XPTYPE
         DMSERR 'DMS%1',SUB=(CHARL,0(,R6),R7)
         BR    R10
*---------------------------------------------------------------------
* &CONTROL
*---------------------------------------------------------------------
XCONTROL BAL   R10,XRAW
         BNZ   EXSNEXT
         LA    R2,XCTAB
XCO1     CLC   0(8,R1),0(R2)
         BE    XCO2
         LA    R2,10(,R2)
         CLI   0(R2),X'FF'
         BNE   XCO1
         B     EXS7
XCO2     NC    EXCCTL,8(R2)
         OC    EXCCTL,9(R2)
         B     XCONTROL
XCTAB    DC    CL8'OFF',X'1F00'
         DC    CL8'ERROR',X'1F20'
         DC    CL8'CMS',X'1FA0'
         DC    CL8'ALL',X'1FE0'
         DC    CL8'TIME',X'FF10'
         DC    CL8'NOTIME',X'EF00'
         DC    CL8'PACK',X'F700'
         DC    CL8'NOPACK',X'FF08'
         DC    CL8'MSG',X'FB00'
         DC    CL8'NOMSG',X'FF04'
         DC    X'FF'
*---------------------------------------------------------------------
* &EMSG, &TYPE, &STACK, &PUNCH
*---------------------------------------------------------------------
XEMSG    LA    R9,XPEMSG
         B     XTYPE1
XPUNCH   LA    R9,XPPUNCH
         B     XTYPE1
XTYPE    LA    R9,XPTYPE
XTYPE1   BAL   R10,XSCAN
         LA    R1,EXCTOKS
XTYPE2   BAL   R10,JOIN
         BALR  R10,R9
         B     EXSNEXT
XSTACK   LA    R9,XPSTACK
         MVI   XSLIFO,0
         BAL   R10,XSCAN
         LA    R1,EXCTOKS
         CLC   0(8,R1),=CL8'FIFO'
         BE    XSTK1
         CLC   0(8,R1),=CL8'LIFO'
         BNE   XSTK2
         MVI   XSLIFO,1
XSTK1    LA    R1,8(,R1)
XSTK2    CLI   8(R1),X'FF'         HT, RT act at once
         BNE   XTYPE2
         CLC   0(8,R1),=CL8'HT'
         BE    XSTKHT
         CLC   0(8,R1),=CL8'RT'
         BNE   XTYPE2
         NI    MSGFLAGS,255-NOTYPOUT
         B     EXSNEXT
XSTKHT   OI    MSGFLAGS,NOTYPOUT
         B     EXSNEXT
*---------------------------------------------------------------------
* &ERROR, &EXIT, &HEX, &IF
*---------------------------------------------------------------------
XERROR   LR    R2,R5
         SR    R2,R4
         STH   R2,EXCERRN
         BNP   EXSNEXT
         BCTR  R2,0
         EX    R2,XERRMVC
         B     EXSNEXT
XERRMVC  MVC   EXCERRT(0),0(R4)
XEXIT    SR    R0,R0
         BAL   R10,XWORD
         BNZ   XEXIT1
         BAL   R10,XNUM
XEXIT1   LR    R1,R0
         SUBPUT 1
         LA    R15,101
         B     EXSRET
XHEX     BAL   R10,XRAW
         BNZ   EXS7
         NI    EXCSW,255-EXCHEX
         CLC   0(8,R1),=CL8'OFF'
         BE    EXSNEXT
         CLC   0(8,R1),=CL8'ON'
         BNE   EXS7
         OI    EXCSW,EXCHEX
         B     EXSNEXT
XIF      L     R15,=V(EXTCOND)
         BALR  R14,R15
         C     R15,=F'100'
         BE    EXSNEXT             false
         LTR   R15,R15
         BNZ   EXSRET
XREST    SUBPUT 4
         LA    R15,100
         B     EXSRET
*---------------------------------------------------------------------
* &GOTO, &SKIP
*---------------------------------------------------------------------
XGOTO    BAL   R10,XWORD
         BNZ   EXS2
         SR    R3,R3
         CLC   0(8,R1),=CL8'TOP'
         BE    XJUMP
         CLI   0(R1),C'-'
         BE    XGLABEL
         L     R15,=V(EXTNUM)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   EXS2
         LTR   R3,R0
         BNP   EXS2
         C     R3,EXCLINES
         BH    EXS2
         BCTR  R3,0
XJUMP    ST    R3,EXCLINE
         OI    EXCSW,EXCJUMP
         XC    EXCREADN,EXCREADN
         B     EXSNEXT
XGLABEL  L     R3,EXCLINE
         L     R8,EXCLINES
         BAL   R10,XLABEL
         BZ    XJUMP1
         SR    R3,R3
         L     R8,EXCLINE
         BAL   R10,XLABEL
         BNZ   EXS2
XJUMP1   BCTR  R3,0
         B     XJUMP
*              label at R1 in lines R3 + 1 to R8: R3 = line, cc 0;
*              cc not 0: not there.  Link R10; uses R0, R2, R6, R7
XLABEL   MVC   XSLABEL,0(R1)
         L     R2,=V(UPTAB)
         TR    XSLABEL,0(R2)
         LR    R2,R3
         SLL   R2,2
         A     R2,EXCFILE
XLAB1    CR    R3,R8
         BNL   XLABNO
         LA    R3,1(,R3)
         L     R6,0(,R2)
         LA    R6,0(,R6)
         LA    R2,4(,R2)
         CLI   0(R6),C' '
         BNE   XLAB2
         LA    R7,20               not far to the right
XLAB3    LA    R6,1(,R6)
         CLI   0(R6),C' '
         BNE   XLAB2
         BCT   R7,XLAB3
XLAB2    CLI   0(R6),C'-'
         BNE   XLAB1
*              the word
         MVC   XSWORD,=CL8' '
         SH    R2,=H'4'
         SR    R7,R7
         IC    R7,0(,R2)
         L     R0,0(,R2)
         LA    R2,4(,R2)
         ST    R2,XSW2
         AR    R7,R0               end of the line
         LA    R7,0(,R7)
         LA    R2,XSWORD
XLAB4    CR    R6,R7
         BNL   XLAB5
         CLI   0(R6),C' '
         BE    XLAB5
         LA    R0,XSWORD+8
         CR    R2,R0
         BNL   XLAB5
         MVC   0(1,R2),0(R6)
         LA    R2,1(,R2)
         LA    R6,1(,R6)
         B     XLAB4
XLAB5    L     R2,=V(UPTAB)
         TR    XSWORD,0(R2)
         L     R2,XSW2
         CLC   XSWORD,XSLABEL
         BNE   XLAB1
         BR    R10
XLABNO   LTR   R10,R10
         BR    R10
XSKIP    LA    R0,1
         BAL   R10,XWORD
         BNZ   XSKIP1
         BAL   R10,XNUM
XSKIP1   L     R3,EXCLINE
         LTR   R0,R0
         BNM   *+6
         BCTR  R3,0
         AR    R3,R0
         BM    EXS2
         C     R3,EXCLINES
         BH    EXS2
         B     XJUMP
*---------------------------------------------------------------------
* &LOOP  n | -label  m | condition
*---------------------------------------------------------------------
XLOOP    BAL   R10,XWORD
         BNZ   EXS7
         L     R9,EXCLINE
         CLI   0(R1),C'-'
         BE    XLOOPL
         BAL   R10,XNUM
         LTR   R0,R0
         BNP   EXS7
         AR    R9,R0
         C     R9,EXCLINES
         BH    EXS15
         B     XLOOP1
XLOOPL   LR    R3,R9
         L     R8,EXCLINES
         BAL   R10,XLABEL
         BNZ   EXS15
         LR    R9,R3               R9 = last line
XLOOP1   LH    R7,EXCLOOPN
         CH    R7,=H'4'
         BNL   XLOOP5
         LR    R3,R7
         MH    R3,=AL2(EXLLEN)
         LA    R3,EXCLOOP(R3)
         USING EXLOOP,R3
         ST    R9,EXLLAST
         L     R1,EXCLINE
         LA    R1,1(,R1)
         ST    R1,EXLFIRST
         STM   R4,R5,EXLCOND
         BAL   R10,XSCAN
         LH    R1,EXCNTOK
         LTR   R1,R1
         BZ    EXS7
         CH    R1,=H'1'
         BH    XLOOPC
         LA    R1,EXCTOKS
         BAL   R10,XNUM
         LTR   R0,R0
         BM    EXS7
         ST    R0,EXLCOUNT
         BZ    XLOOP9
XLOOP2   LA    R7,1(,R7)
         STH   R7,EXCLOOPN
         B     EXSNEXT
XLOOPC   L     R0,=F'-1'
         ST    R0,EXLCOUNT
         L     R15,=V(EXTCOND)
         BALR  R14,R15
         C     R15,=F'100'
         BE    XLOOP2
         LTR   R15,R15
         BNZ   EXSRET
XLOOP9   LR    R3,R9               not once
         B     XJUMP
XLOOP5   LA    R15,5
         B     EXSRET
         DROP  R3
*---------------------------------------------------------------------
* &READ  [n | ARGS | VARS names]
*---------------------------------------------------------------------
XREAD    LA    R0,1
         BAL   R10,XRAW
         BNZ   XREADN
         CLC   0(8,R1),=CL8'ARGS'
         BE    XREADA
         CLC   0(8,R1),=CL8'VARS'
         BE    XREADV
         SR    R9,R9
         L     R1,=V(EXTPOS)
         L     R4,0(,R1)
         BAL   R10,XWORD
         BNZ   EXS7
         BAL   R10,XNUM
         LTR   R0,R0
         BM    EXS7
XREADN   STH   R0,EXCREADN
         B     EXSNEXT
*              a line to R8, its end R9.  Link R10
XGETLINE LA    R1,EXCLINB
         NUCALL ADMSCRD
         LTR   R15,R15
         BNZ   EXS6
         LA    R8,EXCLINB
         LR    R9,R8
         AR    R9,R0
         BR    R10
XREADA   BAL   R10,XGETLINE
         LR    R4,R8
         LR    R5,R9
         LA    R2,EXCARGS+8
         SR    R3,R3
XREADA1  BAL   R10,XRAW
         BNZ   XREADA2
         LA    R3,1(,R3)
         CH    R3,=H'30'
         BH    EXS4
         MVC   0(8,R2),0(R1)
         LA    R2,8(,R2)
         B     XREADA1
XREADA2  STH   R3,EXCNARG
XREADA3  LA    R1,EXCARGS+248
         CR    R2,R1
         BNL   EXSNEXT
         MVC   0(8,R2),=CL8' '
         LA    R2,8(,R2)
         B     XREADA3
XREADV   BAL   R10,XGETLINE
XREADV1  BAL   R10,XRAW            name
         BNZ   EXSNEXT
         MVC   XSWORD,0(R1)
         CLI   XSWORD,C'&&'
         BNE   EXS7
         LR    R6,R4
         LR    R7,R5
         LR    R4,R8
         LR    R5,R9
         BAL   R10,XRAW
         MVC   XSLABEL,=CL8' '
         BNZ   *+10
         MVC   XSLABEL,0(R1)
         LR    R8,R4
         LR    R4,R6
         LR    R5,R7
         LA    R1,XSWORD
         LA    R2,XSLABEL
         L     R15,=V(EXTSET)
         BALR  R14,R15
         LTR   R15,R15
         BZ    XREADV1
         B     EXSRET
*---------------------------------------------------------------------
* &SPACE, &TIME
*---------------------------------------------------------------------
XSPACE   LA    R0,1
         BAL   R10,XWORD
         BNZ   XSPACE1
         BAL   R10,XNUM
XSPACE1  LTR   R3,R0
         BNP   EXSNEXT
XSPACE2  LA    R1,=C' '
         LA    R0,1
         NUCALL ADMSCWR
         BCT   R3,XSPACE2
         B     EXSNEXT
XTIME    BAL   R10,XRAW
         BNZ   EXS7
         CLC   0(8,R1),=CL8'TYPE'
         BE    XTIMET
         CLC   0(8,R1),=CL8'RESET'
         BE    XTIMER
         NI    EXCSW,255-EXCTIMES
         CLC   0(8,R1),=CL8'OFF'
         BE    EXSNEXT
         CLC   0(8,R1),=CL8'ON'
         BNE   EXS7
         OI    EXCSW,EXCTIMES
XTIMER   NUCALL AGETCLK
         MVC   EXCVIRT(8),CURRVIRT
         B     EXSNEXT
XTIMET   L     R15,=A(EXSTIMES)
         BALR  R14,R15
         B     EXSNEXT
*
EXSTIMES SUBENT BASE=DMSEXS
         NUCALL AGETCLK
         L     R3,CURRVIRT
         S     R3,EXCVIRT
         BAL   R10,XSECS
         LR    R4,R3
         LR    R5,R2
         L     R3,CURRCPUT
         S     R3,EXCVIRT+4
         BAL   R10,XSECS
         LR    R6,R3
         LR    R7,R2
         LINEDIT 'T=%1.%2/%3.%4 %5',SUB=(DECR,R4,0,DECZR,R5,2,         X
               DECR,R6,0,DECZR,R7,2,CHAR,CURRTIME,8)
         MVC   EXCVIRT(8),CURRVIRT
         SUBRET RC=0
*              milliseconds R3: seconds R3, hundredths R2.  Link R10
XSECS    SR    R2,R2
         D     R2,=F'10'
         SR    R2,R2
         D     R2,=F'100'
         BR    R10
*
EXSHMS   SUBENT BASE=DMSEXS
         LR    R3,R1
         LR    R4,R0
         NUCALL AGETCLK
         MVC   XSTIME(8),CURRTIME
         LR    R5,R4
         CH    R5,=H'121'
         BNH   *+8
         LA    R5,121
         LR    R0,R5
         AH    R0,=H'9'
         LTR   R5,R5
         BZ    EXSHMS1
         BCTR  R5,0
         EX    R5,XHMSMVC
EXSHMS1  SUBPUT 0
         LA    R1,XSTIME
         SUBPUT 1
         SUBRET RC=0
XHMSMVC  MVC   XSTIME+9(0),0(R3)
         LTORG
*        Control words, the most frequent ones first
EXSTAB   DC    CL8'&&IF',AL2(XIF-DMSEXS)
         DC    CL8'&&TYPE',AL2(XTYPE-DMSEXS)
         DC    CL8'&&GOTO',AL2(XGOTO-DMSEXS)
         DC    CL8'&&SKIP',AL2(XSKIP-DMSEXS)
         DC    CL8'&&LOOP',AL2(XLOOP-DMSEXS)
         DC    CL8'&&EXIT',AL2(XEXIT-DMSEXS)
         DC    CL8'&&CONTINU',AL2(EXSNEXT-DMSEXS)
         DC    CL8'&&STACK',AL2(XSTACK-DMSEXS)
         DC    CL8'&&READ',AL2(XREAD-DMSEXS)
         DC    CL8'&&CONTROL',AL2(XCONTROL-DMSEXS)
         DC    CL8'&&ERROR',AL2(XERROR-DMSEXS)
         DC    CL8'&&BEGTYPE',AL2(XBEGT-DMSEXS)
         DC    CL8'&&BEGSTAC',AL2(XBEGS-DMSEXS)
         DC    CL8'&&BEGPUNC',AL2(XBEGP-DMSEXS)
         DC    CL8'&&BEGEMSG',AL2(XBEGE-DMSEXS)
         DC    CL8'&&EMSG',AL2(XEMSG-DMSEXS)
         DC    CL8'&&ARGS',AL2(XARGS-DMSEXS)
         DC    CL8'&&PUNCH',AL2(XPUNCH-DMSEXS)
         DC    CL8'&&SPACE',AL2(XSPACE-DMSEXS)
         DC    CL8'&&TIME',AL2(XTIME-DMSEXS)
         DC    CL8'&&HEX',AL2(XHEX-DMSEXS)
         DC    CL8'&&END',AL2(EXS7-DMSEXS)
         DC    X'FF'
XSW2     DC    A(0)
XSLABEL  DC    CL8' '
XSWORD   DC    CL8' '
XSALL    DC    X'00'
XSLIFO   DC    X'00'
XSDIGIT  DC    240X'01',10X'00',6X'01'
XSTIME   DC    CL130' '
         COPY  REGEQU
         COPY  NUCON
         END   DMSEXS
