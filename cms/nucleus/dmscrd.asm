         TITLE 'DMSCRD - console input and the line stack'
*---------------------------------------------------------------------
* A stacked line: next (4), length (1), unused (3), text.  The storage
* is NUCLEUS type, (length + 15) / 8 doublewords.
*
* DMSCRD   Next input line: from the stack, else from the console.
*          Entry: R1 -> buffer of 130 bytes
*          Exit:  R0 = length, the line as typed (translated by SET
*                 INPUT); R15 = 0, 4 no console
* CONLINE  The same, always from the console
* DMSATT   Attention: reads the line that waits at the console;
*          HX HT RT act at once, anything else is stacked FIFO
* STACKAT  Stacks a line: R1 = text, R0 = length, R2 = 0 FIFO, else
*          LIFO; R15 = 0, 25 no storage
* CLEARST  Drops all stacked lines
*---------------------------------------------------------------------
DMSCRDS  CSECT
         USING NUCON,0
         EXTRN CONFLUSH,CONCHAIN
DMSCRD   SUBENT BASE=DMSCRDS
         L     R3,FSTFINRD
         LTR   R3,R3
         BZ    CRDCON
*              take the first stacked line
         L     R15,=A(CONFLUSH)
         BALR  R14,R15
         MVC   FSTFINRD,0(R3)
         LH    R4,NUMFINRD
         BCTR  R4,0
         STH   R4,NUMFINRD
         CLC   FSTFINRD,=F'0'
         BNE   CRD1
         XC    LSTFINRD,LSTFINRD
CRD1     SR    R2,R2
         IC    R2,4(,R3)
         LTR   R4,R2
         BZ    CRD2
         BCTR  R4,0
         EX    R4,CRDMVC
CRD2     LA    R0,15(,R2)
         SRL   R0,3
         LR    R1,R3
         NUCALL AFRET
         LR    R0,R2
         SUBPUT 0
         SUBRET RC=0
CRDMVC   MVC   0(0,R1),8(R3)
CRDCON   LR    R5,R1
         L     R15,=A(CONLINE)
         BALR  R14,R15
         SUBPUT 0
         SUBRET
*
CONLINE  SUBENT BASE=DMSCRDS
         LR    R6,R1
         STNSM CRMASK,X'00'
         LA    R1,CRCCW
         L     R15,=A(CONCHAIN)
         BALR  R14,R15
         LR    R7,R1               types, perhaps, and reads
CONREDO  XC    CRBUF,CRBUF
         TM    IMPFLAGS,IMPVIRT
         BZ    CONSIO
         LH    R4,CONADDR
         N     R4,=X'0000FFFF'
         LR    R5,R7
         DC    X'83450020'         DIAGNOSE 20, R4, R5
         BC    8,CONGOT
         BC    2,CONGOT            unit exception, wrong length
         BC    1,CONNONE
         CH    R15,=H'5'
         BNE   CONNONE             no console
         TIO   0(R4)               an attention is pending
         B     CONREDO
CONSIO   LA    R1,CRIOR
         USING IORPL,R1
         MVC   IORDEV,CONADDR
         DROP  R1
         NUCALL ADMSIOR
         CH    R15,=H'2'
         BL    CONSIO1
         BE    CONREDO             unit exception: cancelled, once more
         B     CONNONE
CONSIO1  LTR   R15,R15
         BNZ   CONNONE
*              length: up to the first X'00' (or X'15')
CONGOT   NI    MISFLAGS,255-ATTNHIT
         LA    R1,CRBUF+130
         TRT   CRBUF(130),CREND
         LA    R2,CRBUF
         SR    R1,R2
         LR    R0,R1
         SUBPUT 0
         LTR   R1,R1
         BZ    CONOK
         L     R3,AINTRTBL
         LTR   R3,R3
         BZ    CONMOVE
         TR    CRBUF(130),0(R3)
CONMOVE  BCTR  R1,0
         EX    R1,CONMVC
CONOK    SSM   CRMASK
         SUBRET RC=0
CONNONE  SSM   CRMASK
         SR    R0,R0
         SUBPUT 0
         SUBRET RC=4
CONMVC   MVC   0(0,R6),CRBUF
*
DMSATT   SUBENT BASE=DMSCRDS
         NI    MISFLAGS,255-ATTNHIT
         LA    R1,ATTBUF
         L     R15,=A(CONLINE)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   ATTEXIT
         LTR   R4,R0
         BZ    ATTEXIT             null line
         CH    R4,=H'2'
         BNE   ATTSTK
         MVC   ATTCMD,ATTBUF
         OC    ATTCMD,=C'  '
         CLC   ATTCMD,=C'HX'
         BE    ATTHX
         CLC   ATTCMD,=C'HT'
         BE    ATTHT
         CLC   ATTCMD,=C'RT'
         BE    ATTRT
         CLC   ATTCMD,=C'HO'
         BE    ATTEXIT
         CLC   ATTCMD,=C'RO'
         BE    ATTEXIT
         CLC   ATTCMD,=C'SO'
         BE    ATTEXIT
         CLC   ATTCMD,=C'HB'
         BE    ATTEXIT
ATTSTK   LA    R1,ATTBUF
         SR    R2,R2
         L     R15,=A(STACKAT)
         BALR  R14,R15
         B     ATTEXIT
ATTHX    OI    MISFLAGS,KXFLAG
         B     ATTEXIT
ATTHT    OI    MSGFLAGS,NOTYPOUT
         B     ATTEXIT
ATTRT    NI    MSGFLAGS,255-NOTYPOUT
ATTEXIT  SUBRET RC=0
*
STACKAT  SUBENT BASE=DMSCRDS
         LR    R5,R1               text
         LTR   R6,R0               length
         BNM   *+6
         SR    R6,R6
         LA    R7,255
         CR    R6,R7
         BNH   *+6
         LR    R6,R7
         LR    R8,R2               LIFO?
         LA    R0,15(,R6)
         SRL   R0,3
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   STKNO
         SR    R0,R0
         ST    R0,0(,R1)
         STC   R6,4(,R1)
         LTR   R2,R6
         BZ    STK1
         BCTR  R2,0
         EX    R2,STKMVC
STK1     L     R3,FSTFINRD
         LTR   R3,R3
         BNZ   STK2
         ST    R1,FSTFINRD         the only line
         ST    R1,LSTFINRD
         B     STK4
STK2     LTR   R8,R8
         BNZ   STK3
         L     R3,LSTFINRD
         ST    R1,0(,R3)
         ST    R1,LSTFINRD
         B     STK4
STK3     ST    R3,0(,R1)
         ST    R1,FSTFINRD
STK4     LH    R3,NUMFINRD
         LA    R3,1(,R3)
         STH   R3,NUMFINRD
         SUBRET RC=0
STKNO    SUBRET RC=25
STKMVC   MVC   8(0,R1),0(R5)
*
CLEARST  SUBENT BASE=DMSCRDS
CLS1     L     R1,FSTFINRD
         LTR   R1,R1
         BZ    CLS2
         MVC   FSTFINRD,0(R1)
         SR    R0,R0
         IC    R0,4(,R1)
         AH    R0,=H'15'
         SRL   R0,3
         NUCALL AFRET
         B     CLS1
CLS2     XC    LSTFINRD,LSTFINRD
         XC    NUMFINRD,NUMFINRD
         SUBRET RC=0
*---------------------------------------------------------------------
* WAITRD   Function: +8 AL1(1),AL3(buffer), +12 code, AL3: length out.
*          Codes U, S: upper case, padded to 130 with blanks
*                X:    as typed, padded
*                T:    as typed, padded; V: as typed, not padded
*                Y:    upper case, not padded
*          R15 = 0, 4 no console
*---------------------------------------------------------------------
WAITRD   FENTER BASE=DMSCRDS
         LR    R9,R1               plist
         MVC   CRWORD,8(R9)
         L     R8,CRWORD
         LA    R8,0(,R8)           buffer
         LA    R1,WRDBUF
         NUCALL ADMSCRD
         LTR   R15,R15
         BNZ   WRDEND
         LR    R7,R0               length
         ST    R7,CRWORD
         MVC   13(3,R9),CRWORD+1
         LTR   R6,R7
         BZ    WRDPAD
         BCTR  R6,0
         EX    R6,WRDMVC
         CLI   12(R9),C'U'
         BE    WRDUP
         CLI   12(R9),C'S'
         BE    WRDUP
         CLI   12(R9),C'Y'
         BNE   WRDPAD
WRDUP    EX    R6,WRDTR
WRDPAD   CLI   12(R9),C'V'
         BE    WRDOK
         CLI   12(R9),C'Y'
         BE    WRDOK
         LA    R5,0(R7,R8)
         LA    R6,130
         SR    R6,R7
         BNP   WRDOK
         MVI   0(R5),C' '
         BCTR  R6,0
         LTR   R6,R6
         BZ    WRDOK
         BCTR  R6,0
         EX    R6,WRDBLK
WRDOK    SR    R15,R15
WRDEND   FRET
WRDMVC   MVC   0(0,R8),WRDBUF
WRDTR    TR    0(0,R8),UPTAB
WRDBLK   MVC   1(0,R5),0(R5)
*
CONREAD  FENTER BASE=DMSCRDS
         FRET  RC=0
*---------------------------------------------------------------------
* ATTN     Function: +8 C'LIFO' or C'FIFO', +12 AL1(length),AL3(text)
* DESBUF   Command: clears the stack
*---------------------------------------------------------------------
ATTN     FENTER BASE=DMSCRDS
         SR    R2,R2
         CLC   8(4,R1),=C'LIFO'
         BNE   *+8
         LA    R2,1
         SR    R0,R0
         IC    R0,12(,R1)
         MVC   CRWORD,12(R1)
         L     R1,CRWORD
         LA    R1,0(,R1)
         NUCALL ASTACKAT
         FRET
*
DESBUF   FENTER BASE=DMSCRDS
         L     R15,=A(CLEARST)
         BALR  R14,R15
         FRET  RC=0
         LTORG
         ENTRY UPTAB
UPTAB    DC    256AL1(*-UPTAB)
         ORG   UPTAB+X'81'
         DC    C'ABCDEFGHI'
         ORG   UPTAB+X'91'
         DC    C'JKLMNOPQR'
         ORG   UPTAB+X'A2'
         DC    C'STUVWXYZ'
         ORG   ,
CREND    DC    256X'00'
         ORG   CREND
         DC    X'01'
         ORG   CREND+X'15'
         DC    X'01'
         ORG   ,
         DS    0D
CRCCW    DC    X'0A',AL3(CRBUF),X'20',X'00',H'130'
CRIOR    DC    H'0',X'80',X'00',A(CRCCW),D'0',XL24'00'
CRWORD   DC    F'0'
CRMASK   DC    X'00'
ATTCMD   DC    C'  '
CRBUF    DC    XL130'00'
ATTBUF   DC    CL130' '
WRDBUF   DC    CL256' '
         COPY  REGEQU
         COPY  NUCON
         COPY  IORPL
         END   DMSCRDS
