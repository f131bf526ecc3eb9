         TITLE 'DMSCWR - console output'
*---------------------------------------------------------------------
* DMSCWR   Types a line.  Trailing blanks are dropped; 130 characters
*          at most; nothing is typed after HT.
*          Entry: R1 = address, R0 = length        Exit: R15 = 0
*          Virtual: DIAGNOSE 58 code 19.  Else SIO 09.
*          A virtual machine need not call CP for each line: while
*          CONKEEP is not 0, lines are kept until there are many, or
*          until something else is to be seen at the console.  Who says
*          CONHOLD types a lot and soon comes to its end, which DMSITS
*          notices.
* CONFLUSH Types what is kept.  R15 = 0
* CONCHAIN What is kept is to be typed by a channel program that goes
*          on with a read.  R1 -> CCW.  Exit: R1 -> first CCW
* TYPLIN   Function: +8 AL1(1),AL3(buffer), +12 C'B',AL3(length)
* CONWAIT  Function: all output is complete: nothing to do
*---------------------------------------------------------------------
DMSCWRS  CSECT
         USING NUCON,0
DMSCWR   SUBENT
         TM    MSGFLAGS,NOTYPOUT+NOTYPING
         BNZ   CWEXIT
         LA    R1,0(,R1)
         LTR   R2,R0
         BNP   CWBLANK
         C     R2,=F'130'
         BNH   *+8
         LA    R2,130
         LA    R3,0(R2,R1)         behind the last character
CWTRIM   BCTR  R3,0
         CLI   0(R3),C' '
         BNE   CWLEN
         BCT   R2,CWTRIM
CWBLANK  LA    R1,=C' '
         LA    R2,1
CWLEN    BCTR  R2,0
         EX    R2,CWMVC
         LA    R2,1(,R2)
         L     R3,AOUTRTBL         SET OUTPUT
         LTR   R3,R3
         BZ    CWGO
         TR    CWBUF(130),0(R3)
CWGO     STNSM CWMASK,X'00'
         TM    IMPFLAGS,IMPVIRT
         BZ    CWSIO
         L     R3,CWLINES          is there room?
         CH    R3,=H'31'
         BNL   CWFULL
         LA    R4,1(,R2)
         A     R4,CWUSED
         CH    R4,=H'2000'
         BNH   CWKEEP
CWFULL   L     R15,=A(CONFLUSH)
         BALR  R14,R15
         L     R3,CWLINES
CWKEEP   LR    R5,R3
         SLL   R5,3
         LA    R5,CWCCWS(R5)       R5 -> CCW of this line
         LA    R4,CWTEXT
         A     R4,CWUSED
         ST    R4,0(,R5)
         MVI   0(R5),X'09'
         MVC   4(2,R5),=X'6000'    command chaining
         STH   R2,6(,R5)
         BCTR  R2,0
         EX    R2,CWMVCK
         LA    R4,1(R2,R4)
         MVI   0(R4),X'15'
         L     R1,CWUSED
         LA    R1,2(R2,R1)
         ST    R1,CWUSED
         LA    R3,1(,R3)
         ST    R3,CWLINES
         L     R1,CONKEEP
         LTR   R1,R1
         BNZ   CWDONE
         L     R15,=A(CONFLUSH)
         BALR  R14,R15
         B     CWDONE
CWSIO    STH   R2,CWCCW09+6
         LA    R1,CWIOR
         USING IORPL,R1
         MVC   IORDEV,CONADDR
         DROP  R1
         NUCALL ADMSIOR
CWDONE   SSM   CWMASK
CWEXIT   SUBRET RC=0
CWMVC    MVC   CWBUF(0),0(R1)
CWMVCK   MVC   0(0,R4),CWBUF
*
CONFLUSH SUBENT BASE=DMSCWRS
         L     R2,CWUSED
         LTR   R2,R2
         BZ    CWFL9
         XC    CWLINES(8),CWLINES
         STNSM CWFMASK,X'00'
         BCTR  R2,0                without the last X'15'
         STH   R2,CWCCW58+6
         LA    R4,CWCCW58
         LH    R5,CONADDR
         N     R5,=X'0000FFFF'
         DC    X'83450058'         DIAGNOSE 58, R4, R5
         SSM   CWFMASK
CWFL9    SUBRET RC=0
*
CONCHAIN SUBENT BASE=DMSCWRS
         L     R2,CWLINES
         LTR   R2,R2
         BZ    CWCH9
         SLL   R2,3
         LA    R2,CWCCWS(R2)       TIC to the read
         ST    R1,0(,R2)
         MVI   0(R2),X'08'
         XC    4(4,R2),4(R2)
         XC    CWLINES(8),CWLINES
         LA    R1,CWCCWS
         SUBPUT 1
CWCH9    SUBRET RC=0
*
TYPLIN   FENTER BASE=DMSCWRS
         MVC   CWWORD,8(R1)
         MVC   CWWORD2,12(R1)
         L     R1,CWWORD
         L     R0,CWWORD2
         N     R0,=X'00FFFFFF'
         NUCALL ADMSCWR
         FRET  RC=0
*
CONWAIT  FENTER BASE=DMSCWRS
         FRET  RC=0
         LTORG
         DS    0D
CWCCW58  DC    X'19',AL3(CWTEXT),X'20',X'00',H'0'
CWCCWS   DC    32D'0'              lines that are kept, TIC
CWLINES  DC    F'0'                how many
CWUSED   DC    F'0'                bytes of CWTEXT
CWCCW09  DC    X'09',AL3(CWBUF),X'20',X'00',H'0'
CWIOR    DC    H'0',X'80',X'00',A(CWCCW09),D'0',XL24'00'
CWWORD   DC    F'0'
CWWORD2  DC    F'0'
CWMASK   DC    X'00'
CWFMASK  DC    X'00'
CWBUF    DC    CL130' '
CWTEXT   DC    250D'0'             lines, each with X'15'
         COPY  REGEQU
         COPY  NUCON
         COPY  IORPL
         END   DMSCWRS
