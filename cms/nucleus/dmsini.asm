         TITLE 'DMSINI - initialisation'
*---------------------------------------------------------------------
* DMSINI   Gets control from the IPL PSW; linked by itself at X'20000',
*          overlaid by the first program.  Disabled, key 0.
*          Finds out what the machine is, fills NUCON, sets the storage
*          keys, types the banner, accesses the disks and goes to the
*          command level.
*          Entry: halfword at 2 = IPL device; R0, R1 may be a parameter:
*                 AUTOCR (default), NOAUTOCR, NOPROF
*---------------------------------------------------------------------
DMSINI   CSECT
         USING NUCON,0
         BALR  R12,0
         USING *,R12
         STM   R0,R1,INIPARM
         MVC   INIDEV,2
*              NUCON
         LA    R2,X'C0'
         LA    R3,X'FFF'
         SR    R3,R2
         LA    R3,1(,R3)
         SR    R4,R4
         SR    R5,R5
         MVCL  R2,R4
         L     R10,=A(X'10000')
         USING VECHDR,R10
         MVC   SYSREF(256),VECREF
         MVC   ADMSIOR(68),VECOWN
         MVC   EXTNPSW(40),VECPSWS
         MVC   SYSTEMID,VECSYSID
         MVC   ANUCEND,VECEND
         MVC   CURRSAVE,VECSAVE
         MVC   RTNPSW(4),=X'00040000'
         MVC   RTNPSW+4(4),VECRET
         LA    R1,SYSREF
         ST    R1,ASYSREF
         MVC   IPLADDR,INIDEV
         MVC   SYSADDR,INIDEV
         MVC   SVC$202(8),INI202
         MVC   EXECNAME,=CL8'EXEC'
         MVC   FEIBM,=CL12'VM370 CMS'
         MVC   SYSNAME,=CL8'CMS'
         MVI   BLIPCHAR,C' '
         MVI   MSGFLAGS,NOERRCOD
         MVI   MISFLAGS,0
         MVI   NUCFLAG,NUCINIT
         L     R1,=A(X'20000')
         ST    R1,AUSRAREA
         ST    R1,MAINSTRT
         ST    R1,MAINHIGH
         ST    R1,LOCCNT
*---------------------------------------------------------------------
* What is the machine?  A program check goes to the address in R14.
*---------------------------------------------------------------------
         LA    R1,INIHOOK
         ST    R1,PGMHOOK
         STIDP INIDW
         CLI   INIDW,X'FF'
         BNE   INIBARE
         LA    R14,INIBARE
         LA    R4,INIAREA
         LA    R5,40
         DC    X'83450000'         DIAGNOSE 00
         OI    IMPFLAGS,IMPVIRT
         MVC   CPNAME,INIAREA
         MVC   USERID,INIAREA+16
         LA    R14,INIA8
         XC    INIAREA,INIAREA
         MVC   INIAREA(4),=X'FFFF0002'
         MVC   INIAREA+4(4),=F'4096'
         LA    R4,INILIST
         ST    R4,INIAREA+8
         MVC   INIAREA+12(4),=F'1'
         LA    R4,INIAREA
         DC    X'834000A4'         DIAGNOSE A4
         OI    IMPFLAGS,IMPA4
INIA8    LA    R14,INISIZ
         XC    INIAREA,INIAREA
         MVC   INIAREA(4),=X'FFFF0000'
         LA    R4,INILIST
         ST    R4,INIAREA+8
         LA    R4,INIAREA
         DC    X'834000A8'         DIAGNOSE A8
         OI    IMPFLAGS,IMPA8
INISIZ   DC    X'83400060'         DIAGNOSE 60, R4
         ST    R4,VMSIZE
         L     R4,=F'-1'
         DC    X'83460024'         DIAGNOSE 24, R4, R6
         BC    1,INICON9
         STH   R4,CONADDR
         B     INIKEYS
*              bare machine
INIBARE  LA    R14,INITIM          CPU timer?
         SPT   INIMAX
         STPT  CPUTBASE
         OI    IMPFLAGS,IMPCPUT
INITIM   LA    R14,INIEND          how much storage?
         L     R3,=A(X'10000')
         L     R4,=A(X'1000000')
INIMORE  CR    R3,R4
         BNL   INIEND
         IC    R2,0(,R3)
         AL    R3,=A(X'10000')
         B     INIMORE
INIEND   ST    R3,VMSIZE
         TIO   X'009'              console at 009 or 01F
         BC    14,INICON9
         TIO   X'01F'
         BC    1,INICON9
         MVC   CONADDR,=X'001F'
         B     INIKEYS
INICON9  MVC   CONADDR,=X'0009'
*---------------------------------------------------------------------
* Storage: keys, loader tables, free storage
*---------------------------------------------------------------------
INIKEYS  XC    PGMHOOK,PGMHOOK
         L     R3,VMSIZE
         ST    R3,ALDRTBLS
         SL    R3,=F'12288'        8K loader tables, 4K page table
         ST    R3,FREEUPPR
         ST    R3,FREELOWE
         ST    R3,AFREETAB
         LA    R6,INIKTAB          key, from here on
         L     R2,0(,R6)
         ST    R3,INIKTOP
         L     R4,VMSIZE
         LA    R5,2048
INIKEY   C     R2,8(,R6)           next part?
         BL    INIK1
         LA    R6,8(,R6)
INIK1    L     R1,4(,R6)
         SSK   R1,R2
         AR    R2,R5
         CR    R2,R4
         BL    INIKEY
         L     R2,AFREETAB
         LA    R3,4095
         LA    R3,1(,R3)
         SR    R4,R4
         SR    R5,R5
         MVCL  R2,R4
         LA    R1,4095             1000 to CFFF
         LA    R1,1(,R1)
         ST    R1,FREELIST
         SR    R0,R0
         ST    R0,0(,R1)
         L     R0,=A(X'C000')
         ST    R0,4(,R1)
*---------------------------------------------------------------------
* Banner, file system, disks
*---------------------------------------------------------------------
         L     R13,CURRSAVE
         LA    R13,X'B0'(,R13)     its USAVE
         NUCALL AGETCLK
         LA    R1,SYSTEMID
         LA    R0,32
         NUCALL ADMSCWR
         L     R15,VECFSI
         LTR   R15,R15
         BZ    INIDISK
         BALR  R14,R15
INIDISK  LH    R1,SYSADDR
         BAL   R9,INICUU
         MVC   DEVICE(3),INITOK
         MVC   INIMODE,=CL8'S'
         BAL   R9,INIACC
         LA    R1,X'19E'
         MVC   INIMODE,=CL8'Y/S'
         BAL   R9,INIOPT
         LA    R1,X'191'
         BAL   R9,INICUU
         MVC   INIMODE,=CL8'A'
         BAL   R9,INIACC
         LA    R1,X'192'
         MVC   INIMODE,=CL8'D'
         BAL   R9,INIOPT
*              parameter
         SR    R0,R0
         OC    INIPARM,=CL8' '
         CLC   INIPARM,=CL8'NOPROF'
         BNE   *+8
         LA    R0,1
         CLC   INIPARM,=CL8'NOAUTOCR'
         BNE   *+8
         LA    R0,2
         L     R15,VECINT
         BR    R15
*---------------------------------------------------------------------
* INIOPT   ACCESS device R1 as INIMODE if it exists.  Link R9
* INIACC   ACCESS INITOK INIMODE.  Link R9
* INICUU   device R1 as three characters to INITOK.  Link R9
*---------------------------------------------------------------------
INIOPT   LR    R7,R1
         NUCALL ADEVCLS
         LTR   R15,R15
         BCR   7,R9
         LR    R8,R9
         LR    R1,R7
         BAL   R9,INICUU
         LR    R9,R8
INIACC   LA    R1,INIPL
         SVC   202
         DC    AL4(1)
         BR    R9
INICUU   STH   R1,INIDW
         UNPK  INIDW+3(5),INIDW(3)
         TR    INIDW+3(4),INIHEX-C'0'
         MVC   INITOK(3),INIDW+4
         BR    R9
*              program check while probing
         USING INIHOOK,R15
INIHOOK  LM    R0,R14,GPRLOG
         BR    R14
         DROP  R15
         LTORG
INIHEX   DC    C'0123456789ABCDEF'
INI202   DC    X'0ACA',AL4(1),X'07FE'
INIPARM  DC    CL8' '
         DS    0D
INIMAX   DC    X'7FFFFFFFFFFFFFFF'
INIDW    DC    D'0'
INIAREA  DC    XL96'00'
INILIST  DC    F'1',A(INIAREA)
         DC    D'0'
INIKTAB  DC    A(0,X'F0')
         DC    A(X'D000',X'E0')
         DC    A(X'10000',X'F0')
         DC    A(X'20000',X'E0')
INIKTOP  DC    A(0,X'F0')
         DC    X'7FFFFFFF'
INIPL    DC    CL8'ACCESS'
INITOK   DC    CL8' '
INIMODE  DC    CL8' '
         DC    8X'FF'
INIDEV   DC    H'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  VECHDR
         END   DMSINI
