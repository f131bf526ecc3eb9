         TITLE 'DMSCWR - console output'
*---------------------------------------------------------------------
* DMSCWR   Types a line.  Trailing blanks are dropped; 130 characters
*          at most; nothing is typed after HT.
*          Entry: R1 = address, R0 = length        Exit: R15 = 0
*          Virtual: DIAGNOSE 58 code 19.  Else SIO 09.
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
         STH   R2,CWCCW58+6
         LA    R4,CWCCW58
         LH    R5,CONADDR
         N     R5,=X'0000FFFF'
         DC    X'83450058'         DIAGNOSE 58, R4, R5
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
CWCCW58  DC    X'19',AL3(CWBUF),X'20',X'00',H'0'
CWCCW09  DC    X'09',AL3(CWBUF),X'20',X'00',H'0'
CWIOR    DC    H'0',X'80',X'00',A(CWCCW09),D'0',XL24'00'
CWWORD   DC    F'0'
CWWORD2  DC    F'0'
CWMASK   DC    X'00'
CWBUF    DC    CL130' '
         COPY  REGEQU
         COPY  NUCON
         COPY  IORPL
         END   DMSCWRS
