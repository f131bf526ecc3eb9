         TITLE 'DMSITP - program interruptions and abnormal ends'
*---------------------------------------------------------------------
* DMSITP   Program interruption handler: types the message and recovers.
*          PGMHOOK, when not 0, gets control instead (initialisation
*          probes the machine that way): R15 = hook, R14 destroyed.
* DMSABN   Abnormal end: R0 = code, R1 = address of the caller
* ABNHX    HX: ends everything, no message, return code 0
*          All of them end at the command level (INTABND).
*---------------------------------------------------------------------
DMSITPS  CSECT
         USING NUCON,0
         ENTRY DMSITP,DMSABN,ABNHX
         EXTRN SSAVE0,CLEARST,INTABND
DMSITP   STM   R0,R15,GPRLOG
         BALR  R12,0
         USING *,R12
ITPBASE  L     R15,PGMHOOK
         LTR   R15,R15
         BCR   7,R15
         XC    CONKEEP,CONKEEP
         LA    R13,ABNSTK
         SR    R2,R2
         IC    R2,PGMOPSW+3
         N     R2,=F'127'
         LA    R3,ITPOTHER
         CH    R2,=H'15'
         BH    ITP1
         LTR   R2,R2
         BZ    ITP1
         MH    R2,=H'20'
         LA    R3,ITPNAMES-20(R2)
ITP1     OI    DBGFLAGS,DBGPGM     GPRLOG and PGMOPSW are for DEBUG
         L     R4,PGMOPSW+4
         LA    R4,0(,R4)
         L     R5,CURRSAVE
         LA    R5,CALLEE-SSAVE(,R5)
         L     R6,CURRSAVE         at the command level itself
         CLI   CALLEE-SSAVE(R6),0
         BNE   *+8
         LA    R5,=CL8'DMSINT'
         LA    R1,ITPMSG
         STM   R0,R15,ABNREGS
         LA    R2,ABNREGS
         NI    MSGFLAGS,255-NOTYPOUT
         NUCALL ADMSERL
         L     R15,=F'256'
         B     ABNREC
ITPMSG   DC    X'80',AL1(3),AL1(L'ITPMSGT),X'00'
         DC    AL1(1),AL1(20)
         LA    0,0(,R3)
         DC    AL1(5),AL1(6)
         LA    0,0(,R4)
         DC    AL1(1),AL1(8)
         LA    0,0(,R5)
ITPMSGT  DC    C'DMSITP141T %1 EXCEPTION OCCURRED AT %2 IN ROUTINE %3'
         DS    0H
         DROP  R12
DMSABN   BALR  R12,0
         L     R12,ABNB-*(,R12)
         B     ABN1-ITPBASE(,R12)
ABNB     DC    A(ITPBASE)
         USING ITPBASE,R12
ABN1     SSM   ABNZERO
         XC    CONKEEP,CONKEEP
         LR    R3,R0
         LA    R4,0(,R1)
         LA    R13,ABNSTK
         LA    R1,ABNMSG
         STM   R0,R15,ABNREGS
         LA    R2,ABNREGS
         NI    MSGFLAGS,255-NOTYPOUT
         NUCALL ADMSERL
         L     R15,=F'256'
         B     ABNREC
ABNMSG   DC    X'80',AL1(2),AL1(L'ABNMSGT),X'00'
         DC    AL1(5),AL1(3)
         LA    0,0(,R3)
         DC    AL1(5),AL1(6)
         LA    0,0(,R4)
ABNMSGT  DC    C'DMSABN148T SYSTEM ABEND %1 CALLED FROM %2'
         DS    0H
         DROP  R12
ABNHX    BALR  R12,0
         L     R12,ABNB2-*(,R12)
         B     ABNHX1-ITPBASE(,R12)
ABNB2    DC    A(ITPBASE)
         USING ITPBASE,R12
ABNHX1   SSM   ABNZERO
         LA    R13,ABNSTK
         NI    MSGFLAGS,255-NOTYPOUT
         SR    R15,R15
*---------------------------------------------------------------------
* ABNREC   Recovery: R15 = return code of the command
*---------------------------------------------------------------------
ABNREC   ST    R15,ABNRC
         TM    NUCFLAG,NUCABN      abend inside the recovery
         BO    ABNDEAD
         OI    NUCFLAG,NUCABN
         NI    MISFLAGS,255-KXFLAG-ATTNHIT
         MVI   EXECFLAG,0
         L     R2,=A(SSAVE0)
         ST    R2,CURRSAVE
         SR    R3,R3
         STH   R3,SVCDEPTH
         LA    R13,ABNSTK
         L     R15,AKILLEX         EXECs
         LTR   R15,R15
         BZ    *+6
         BALR  R14,R15
         L     R15,ATFINIS         open files
         LTR   R15,R15
         BZ    *+6
         BALR  R14,R15
         L     R15,=A(CLEARST)     stacked lines
         BALR  R14,R15
         NI    NUCFLAG,255-NUCABN
         L     R0,ABNRC
         L     R15,=A(INTABND)
         BR    R15
ABNDEAD  LPSW  ABNWAIT
         LTORG
         DS    0D
ABNWAIT  DC    X'00060000',X'00000148'
ABNRC    DC    F'0'
ABNREGS  DC    16F'0'
ABNSTK   DC    162F'0'
ABNZERO  DC    X'00'
ITPNAMES DC    CL20'OPERATION'
         DC    CL20'PRIVILEGED OPERATION'
         DC    CL20'EXECUTE'
         DC    CL20'PROTECTION'
         DC    CL20'ADDRESSING'
         DC    CL20'SPECIFICATION'
         DC    CL20'DATA'
         DC    CL20'FIXED-POINT OVERFLOW'
         DC    CL20'FIXED-POINT DIVIDE'
         DC    CL20'DECIMAL OVERFLOW'
         DC    CL20'DECIMAL DIVIDE'
         DC    CL20'EXPONENT OVERFLOW'
         DC    CL20'EXPONENT UNDERFLOW'
         DC    CL20'SIGNIFICANCE'
         DC    CL20'FLOATING-PNT DIVIDE'
ITPOTHER DC    CL20'PROGRAM'
         COPY  REGEQU
         COPY  NUCON
         COPY  SSAVE
         END   DMSITPS
