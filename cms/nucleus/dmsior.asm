         TITLE 'DMSIOR - channel programs, I/O interruptions, devices'
*---------------------------------------------------------------------
* DMSIOR   Runs a channel program and waits for its end.
*          Entry: R1 -> IORPL: device, first CCW
*          Exit:  R15 = 0; 1 device not there; 2 unit exception;
*                 3 unit check (sense bytes are there) or channel error.
*                 IORCSW always has the status.
*          Virtual: DIAGNOSE A8.  Else SIO; the wait is the only place
*          of the nucleus where interruptions are enabled.
* DMSITI   I/O interruption handler
* DMSITE   External interruption handler
* DEVCLS   What is at a device address
*          Entry: R1 = address
*          Exit:  R1 = class, type, status, flags as DIAGNOSE 24 gives
*                 them (virtual half); R15 = 0, 1 no such device
*---------------------------------------------------------------------
DMSIORS  CSECT
         USING NUCON,0
         EXTRN DMSATT,ABNHX
DMSIOR   SUBENT BASE=DMSIORS
         LR    R11,R1
         USING IORPL,R11
         STNSM IOMASK,X'00'
         MVI   IORSNSN,0
         XC    IORCSW,IORCSW
         XC    IORSENSE,IORSENSE
         TM    IMPFLAGS,IMPA8
         BZ    IORSIO
*              DIAGNOSE A8
IORDO    XC    A8PL,A8PL
         MVC   A8PL(2),IORDEV
         MVC   A8PL+8(4),IORCCW
         LA    R4,A8PL
         DC    X'834000A8'         DIAGNOSE A8, R4
         BC    4,IORA81            cc 1
         MVC   IORCSW(4),A8PL+16
         MVI   IORCSW,0
         MVC   IORCSW+4(2),A8PL+20
         MVC   IORCSW+6(2),A8PL+22
         MVC   IORSENSE,A8PL+56
         MVC   IORSNSN,A8PL+31
         B     IORSTAT
IORA81   CH    R15,=H'1'
         BE    IORNONE
         LH    R4,IORDEV           an interruption is pending: take it
         TIO   0(R4)
         BC    7,IORA81B
         B     IORDO
IORA81B  TM    CSW+4,X'80'
         BZ    IORDO
         CH    R4,CONADDR
         BNE   IORDO
         OI    MISFLAGS,ATTNHIT
         B     IORDO
IORNONE  LA    R15,1
         B     IOREXIT
*              SIO
IORSIO   LH    R2,IORDEV
         L     R3,IORCCW
         LA    R4,IORCSW
         BAL   R10,IOSTART
         LTR   R15,R15
         BNZ   IOREXIT             not there
         TM    IORCSW+4,X'02'
         BZ    IORSTAT
         TM    IORFLAG,IORNOSNS
         BO    IORSTAT
         LA    R5,IORSENSE         SENSE
         ST    R5,IOSNS
         MVI   IOSNS,X'04'
         LA    R3,IOSNS
         LA    R4,IOSCSW
         BAL   R10,IOSTART
         LA    R5,24
         SH    R5,IOSCSW+6
         STC   R5,IORSNSN
         SR    R15,R15
*              return code by the status
IORSTAT  LA    R15,3
         TM    IORCSW+4,X'02'      unit check
         BO    IOREXIT
         TM    IORCSW+5,X'3F'      channel errors
         BNZ   IOREXIT
         LA    R15,2
         TM    IORCSW+4,X'01'      unit exception
         BO    IOREXIT
         SR    R15,R15
IOREXIT  SSM   IOMASK
         SUBRET
         DROP  R11
*---------------------------------------------------------------------
* IOSTART  Starts device R2 with the CCWs at R3 and collects the status
*          until device end; CSW to 0(R4).  R15 = 1: not operational.
*          Link R10; uses R1, R5 to R9, R14.
*---------------------------------------------------------------------
IOSTART  STH   R2,IOCUR
IOST1    MVI   IOSTAT,0
         ST    R3,CAW
         SIO   0(R2)
         BC    8,IOWAIT
         BC    1,IONOP
         BC    2,IOBUSY
*              cc 1: CSW stored
         TM    CSW+4,X'10'         busy: status of something else
         BO    IOSTB
         MVC   0(8,R4),CSW
         OC    IOSTAT,CSW+4
         TM    CSW+4,X'02'
         BO    IODONE
         TM    CSW+5,X'3F'
         BNZ   IODONE
         TM    CSW+4,X'04'
         BO    IODONE
         B     IOWAIT
IOSTB    TM    CSW+4,X'80'
         BZ    IOST1
         CH    R2,CONADDR
         BNE   IOST1
         OI    MISFLAGS,ATTNHIT
         B     IOST1
*              cc 2: channel or subchannel busy
IOBUSY   TIO   0(R2)
         BC    2,IOBUSY
         B     IOST1
*              wait for the interruption
IOWAIT   TM    IOSTAT,X'06'        device end or unit check
         BNZ   IODONE
         LA    R5,IOWAKE
         ST    R5,IOWPSW+4
         TM    IMPFLAGS,IMPCPUT
         BZ    *+8
         STPT  IOTIM1
         LPSW  IOWPSW
IOWAKE   TM    IMPFLAGS,IMPCPUT    the wait is no CPU time
         BZ    IOWOKE
         STPT  IOTIM2
         LM    R6,R7,IOTIM1
         SL    R7,IOTIM2+4
         BC    3,*+6
         BCTR  R6,0
         SL    R6,IOTIM2
         LM    R8,R9,CPUTBASE
         SLR   R9,R7
         BC    3,*+6
         BCTR  R8,0
         SLR   R8,R6
         STM   R8,R9,CPUTBASE
IOWOKE   CLI   IOHIT,0
         BE    IOWAIT
*              the handler had status of this device in IOICSW
         MVI   IOHIT,0
         TM    IOICSW+4,X'08'      channel end: address and count
         BO    IOWK1
         TM    IOICSW+5,X'3F'
         BNZ   IOWK1
         OC    4(1,R4),IOICSW+4
         B     IOWK2
IOWK1    MVC   0(8,R4),IOICSW
IOWK2    OC    IOSTAT,IOICSW+4
         TM    IOICSW+5,X'3F'
         BZ    IOWAIT
IODONE   MVC   IOCUR,=H'-1'
         SR    R15,R15
         BR    R10
IONOP    MVC   IOCUR,=H'-1'
         LA    R15,1
         BR    R10
*---------------------------------------------------------------------
* DMSITI   I/O interruption: status for the device that IOSTART waits
*          for is kept; attention from the console is noted, and when
*          a program was interrupted its line is read at once.  Nucleus
*          code is never left in the middle: DMSITS looks at the note
*          (ATTNHIT) when an SVC returns into enabled code.
*---------------------------------------------------------------------
         DROP  R12
         ENTRY DMSITI,DMSITE
DMSITI   STM   R0,R15,IOSAVE
         BALR  R12,0
         L     R12,ITIB-*(,R12)
         B     ITI1-DMSIORS(,R12)
ITIB     DC    A(DMSIORS)
         USING DMSIORS,R12
ITI1     CLC   IOOPSW+2(2),IOCUR
         BNE   ITI2
         TM    CSW+4,X'FF'-X'80'
         BZ    ITI2                attention only
         MVC   IOICSW,CSW
         MVI   IOHIT,1
ITI2     CLC   IOOPSW+2(2),CONADDR
         BNE   ITIRET
         TM    CSW+4,X'80'
         BZ    ITIRET
         OI    MISFLAGS,ATTNHIT
*              a program was running?
         TM    IOOPSW+1,X'02'
         BO    ITIRET              no, the wait
         CLI   IOOPSW,0
         BE    ITIRET
         TM    NUCFLAG,NUCINIT+NUCABN
         BNZ   ITIRET
         L     R1,IOOPSW+4         nucleus code looks itself
         LA    R1,0(,R1)
         C     R1,=A(X'10000')
         BL    ITI3
         C     R1,ANUCEND
         BL    ITIRET
ITI3     MVC   ITIPSW,IOOPSW
         MVC   ITIREGS(64),IOSAVE
         LA    R13,ITISTK
         L     R15,=A(DMSATT)
         BALR  R14,R15
         TM    MISFLAGS,KXFLAG
         BZ    ITIBACK
         L     R15,=A(ABNHX)
         BR    R15
ITIBACK  MVC   RETPSW,ITIPSW
         LM    R0,R15,ITIREGS
         LPSW  RETPSW
ITIRET   MVC   RETPSW,IOOPSW
         TM    RETPSW+1,X'02'
         BZ    ITIGO
         MVI   RETPSW,X'00'        the wait is over: disabled again
         NI    RETPSW+1,X'FD'
ITIGO    DS    0H
         LM    R0,R15,IOSAVE
         LPSW  RETPSW
*---------------------------------------------------------------------
* DMSITE   External interruption: the interruption key (X'40') enters
*          DEBUG when a program was running, with its R14 and R15 in
*          EXTSAVE; timers are of no interest.
*---------------------------------------------------------------------
         DROP  R12
DMSITE   STM   R14,R15,EXTSAVE
         TM    EXTOPSW+3,X'40'
         BALR  R15,0
         USING *,R15
         BZ    ITERET
         TM    EXTOPSW+1,X'02'     a wait of the nucleus
         BO    ITERET
         TM    NUCFLAG,NUCINIT+NUCABN
         BNZ   ITERET
         L     R14,EXTOPSW+4       nucleus code
         LA    R14,0(,R14)
         C     R14,ITENUC
         BL    ITEDBG
         C     R14,ANUCEND
         BL    ITERET
ITEDBG   L     R14,ADMSDBG
         LTR   R14,R14
         BCR   7,R14
ITERET   LM    R14,R15,EXTSAVE
         LPSW  EXTOPSW
         DROP  R15
ITENUC   DC    A(X'10000')
*---------------------------------------------------------------------
* DEVCLS
*---------------------------------------------------------------------
DEVCLS   SUBENT BASE=DMSIORS
         LR    R6,R1
         TM    IMPFLAGS,IMPVIRT
         BZ    DVBARE
         LR    R4,R1
         SR    R5,R5
         DC    X'83450024'         DIAGNOSE 24, R4, R5
         BC    1,DVNONE
         LR    R1,R5
DVFOUND  SUBPUT 1
         SUBRET RC=0
DVNONE   SUBRET RC=1
*        Bare machine: TIO says whether it is there; unit record devices
*        and the console have their usual addresses; a disk is known
*        by its highest head, or by the FBA characteristics.
DVBARE   STNSM DVMASK,X'00'
         STH   R6,DVDEV            (IOSTART uses R5 to R9)
DVTIO    TIO   0(R6)
         BC    1,DVBNO
         BC    6,DVTIO             status pending, busy: clear it
         LA    R11,DVKNOWN
DVK1     CH    R6,0(,R11)
         L     R1,4(,R11)
         BE    DVBYES
         LA    R11,8(,R11)
         CLI   0(R11),X'FF'
         BNE   DVK1
*              a disk: seek to head n of cylinder 0, head 0 first
         LA    R11,DVHEAD0
DVH1     MVC   DVSEEK+5(1),0(R11)
         LA    R3,DVCCW
         LH    R2,DVDEV
         LA    R4,DVCSW
         BAL   R10,IOSTART
         LTR   R15,R15
         BNZ   DVBNO
         L     R1,4(,R11)
         TM    DVCSW+4,X'02'
         BZ    DVH2                this head exists
         LA    R3,DVSNS            take the sense bytes away
         LA    R4,DVCSW
         BAL   R10,IOSTART
         TM    DVSBUF,X'80'
         BZ    DVH3
         CLI   0(R11),0
         BE    DVFBA               SEEK is not known there
         B     DVH3
DVH2     CLI   0(R11),0
         BNE   DVBYES
DVH3     LA    R11,8(,R11)
         CLI   0(R11),X'FF'
         BNE   DVH1
         B     DVBNO
DVFBA    L     R1,=X'01020000'     3370
DVBYES   SSM   DVMASK
         B     DVFOUND
DVBNO    SSM   DVMASK
         B     DVNONE
         LTORG
         DS    0F
DVKNOWN  DC    X'00090000',X'80000000'
         DC    X'000C0000',X'20820000'
         DC    X'000D0000',X'10820000'
         DC    X'000E0000',X'10410000'
         DC    X'FFFF0000'
DVHEAD0  DC    AL1(0),AL3(0),A(0)
         DC    AL1(29),AL3(0),X'04080000'    3350
         DC    AL1(19),AL3(0),X'04400000'    2314
         DC    AL1(18),AL3(0),X'04100000'    3330
         DC    AL1(14),AL3(0),X'04200000'    3380
         DC    AL1(11),AL3(0),X'04010000'    3340
         DC    X'FF000000'
         DS    0D
DVCCW    DC    X'07',AL3(DVSEEK),X'20',X'00',H'6'
DVSNS    DC    X'04',AL3(DVSBUF),X'20',X'00',H'24'
DVCSW    DC    D'0'
IOTIM1   DC    D'0'
IOTIM2   DC    D'0'
IOSNS    DC    A(0),X'20',X'00',H'24'
IOSCSW   DC    D'0'
IOWPSW   DC    X'FF060000',A(0)    wait, everything enabled
IOICSW   DC    D'0'
ITIPSW   DC    D'0'
ITIREGS  DC    16F'0'
ITISTK   DC    90F'0'
A8PL     DC    XL92'00'
DVSBUF   DC    XL24'00'
DVSEEK   DC    XL6'00'
IOCUR    DC    H'-1'
IOSTAT   DC    X'00'
IOHIT    DC    X'00'
IOMASK   DC    X'00'
DVMASK   DC    X'00'
DVDEV    DC    H'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  IORPL
         END   DMSIORS
