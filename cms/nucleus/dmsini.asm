         TITLE 'DMSINI - initialisation'
*---------------------------------------------------------------------
* DMSINI   Gets control from the IPL PSW; linked by itself at X'20000',
*          overlaid by the first program.  Disabled, key 0.
*          Finds out what the machine is, fills NUCON, sets the storage
*          keys, types the banner, accesses the disks and goes to the
*          command level.
*          Entry: halfword at 2 = IPL device; R0, R1 may be a parameter:
*                 AUTOCR (default), NOAUTOCR, NOPROF; or, in R0 to R3,
*                 SAVESYS name: the system is saved with its S-disk
*                 accessed, and IPL by that name goes on at INIAGAIN
*
* A saved system knows the directory of its S-disk.  It is read again
* when label or directory are not those that were saved; when the disk
* has another nucleus, that one is loaded.
*---------------------------------------------------------------------
DMSINI   CSECT
         USING NUCON,0
         BALR  R12,0
INIBASE  DS    0H
         USING INIBASE,R12
         STM   R0,R3,INIPARM
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
INIWHAT  LA    R1,INIHOOK
         ST    R1,PGMHOOK
         XC    ASTATPG(12),ASTATPG   and OWNFUNCS
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
         TM    INIFLAG,INISAVED    A4 and A8: known
         BO    INIOWN
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
INIA8    LA    R14,INIOWN
         XC    INIAREA,INIAREA
         MVC   INIAREA(4),=X'FFFF0000'
         LA    R4,INILIST
         ST    R4,INIAREA+8
         LA    R4,INIAREA
         DC    X'834000A8'         DIAGNOSE A8
         OI    IMPFLAGS,IMPA8
*              vm370's own functions, asked for at each IPL
INIOWN   LA    R14,INISIZ
         XC    INIAREA(48),INIAREA
         LA    R4,INIAREA
         LA    R5,48
         DC    X'83450100'         DIAGNOSE 100, R4, R5
         CLC   INIAREA(8),=CL8'VM370'
         BNE   INISIZ
         MVC   OWNFUNCS,INIAREA+12
INISIZ   DC    X'83400060'         DIAGNOSE 60, R4
         ST    R4,VMSIZE
         L     R4,=F'-1'
         DC    X'83460024'         DIAGNOSE 24, R4, R6
         BC    1,INICON9
         STH   R4,CONADDR
         B     INIKEYS
*              bare machine
INIBARE  MVI   IMPFLAGS,0
         LA    R14,INITIM          CPU timer?
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
         ST    R3,AFREETAB
         TM    OWNFUNCS,OWN10C
         BZ    INIKEY0
         SL    R3,=F'4096'         the status page
         ST    R3,ASTATPG
INIKEY0  ST    R3,FREEUPPR
         ST    R3,FREELOWE
         LA    R6,INIKTAB          key, from here on
         TM    INIFLAG,INISAVED    CP has loaded those below X'20000'
         BZ    *+8
         LA    R6,INIKUSER
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
         L     R4,ASTATPG
         LTR   R4,R4
         BZ    INIFREE
         SR    R5,R5
         DC    X'8345010C'         DIAGNOSE 10C, R4, R5
INIFREE  TM    INIFLAG,INISAVED
         BO    INIBANN
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
* File system; is the system to be saved?
*---------------------------------------------------------------------
         BAL   R9,INISTK
         L     R15,VECFSI
         LTR   R15,R15
         BZ    INIBANN
         BALR  R14,R15
         CLC   INIPARM,=CL8'SAVESYS'
         BNE   INIBANN
         TM    IMPFLAGS,IMPVIRT
         BZ    INIBANN
         BAL   R8,INISDSK
         CLC   FREELOWE,FREEUPPR   all of it below the nucleus?
         BNE   INIBIG
         MVC   INISNAM,INIPAR2
         LA    R7,8                R7 = length of the command
         LA    R1,INISNAM
         LA    R2,8
INISAV1  CLI   0(R1),C'A'          the name ends
         BL    INISAV2
         LA    R1,1(,R1)
         LA    R7,1(,R7)
         BCT   R2,INISAV1
INISAV2  OI    INIFLAG,INISAVED
         LA    R6,INISAVE
         SR    R0,R0
         SR    R1,R1
         SR    R2,R2
         SR    R3,R3
         DC    X'83670008'         SAVESYS name
*              the saved system begins here
INIAGAIN BALR  R12,0
         L     R12,INIBASEA-*(,R12)
         B     INIAGA1
INIBASEA DC    A(INIBASE)
INIAGA1  STM   R0,R3,INIPARM
         L     R10,=A(X'10000')
         B     INIWHAT
INIBIG   LA    R1,INIMBIG
         LA    R0,L'INIMBIG
         NUCALL ADMSCWR
*---------------------------------------------------------------------
* Banner, disks
*---------------------------------------------------------------------
INIBANN  BAL   R9,INISTK
         NUCALL AGETCLK
         TM    INIFLAG,INISAVED
         BZ    INIBAN1
         BAL   R8,INICHECK         is the S-disk as it was?
INIBAN1  LA    R1,SYSTEMID
         LA    R0,32
         NUCALL ADMSCWR
         TM    INIFLAG,INISKNOW
         BO    INIDISK
         BAL   R8,INISDSK
INIDISK  DS    0H
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
* INISTK   R13 = stack of nucleus subroutines.  Link R9
* INISDSK  ACCESS the S-disk.  Link R8
* INICHECK Sets INISKNOW if the saved directory of the S-disk is that of
*          the disk; loads the disk if it has another nucleus.  Link R8
*---------------------------------------------------------------------
INISTK   L     R13,CURRSAVE
         LA    R13,X'B0'(,R13)     its USAVE
         BR    R9
INISDSK  LH    R1,SYSADDR
         BAL   R9,INICUU
         MVC   DEVICE(3),INITOK
         MVC   INIMODE,=CL8'S'
         BAL   R9,INIACC
         BR    R8
INICHECK L     R3,IADT
         USING ADTSECT,R3
         NI    INIFLAG,255-INISKNOW
         LTR   R3,R3
         BCR   8,R8
         CLI   ADTDCLS,CLSDASD     CKD: block 2 has the stamp
         BCR   7,R8
         LH    R1,ADTDEV
         NUCALL ADEVCLS
         LTR   R15,R15
         BCR   7,R8
         ST    R1,INIDW
         CLC   INIDW(2),ADTDCLS    same class and type
         BCR   7,R8
         IC    R1,INIDW+3          both read-only, or both not
         SRL   R1,1
         STC   R1,INIDW+3
         MVC   INIDW+2(1),ADTFLG1
         XC    INIDW+2(1),INIDW+3
         TM    INIDW+2,ADTFRO
         BCR   1,R8
         L     R9,AFVS
         USING FVSECT,R9
         MVC   INIENT+4(4),FVSBUF
         MVC   INIENT+12(4),FVSLABEL
         MVC   INIENT+16(4),ADTDOP
         MVC   INIENT+20(4),FVSBUF2
         ST    R3,INIDIO
         LA    R1,INIDIO
         NUCALL ADMSDIO
         LTR   R15,R15
         BCR   7,R8
         L     R1,FVSBUF
         A     R1,ADTBSIZE
         SH    R1,=H'8'
         CLC   0(8,R1),VECSTAMP
         BNE   INIOTHER
         L     R1,FVSLABEL
         L     R2,ADTLABEL
         CLC   0(80,R1),0(R2)
         BCR   7,R8
         L     R1,FVSBUF2
         L     R2,ADTDIRBL
         CLC   0(128,R1),0(R2)
         BCR   7,R8
         OI    INIFLAG,INISKNOW
         BR    R8
         DROP  R3,R9
INIOTHER LA    R1,INIMOTH
         LA    R0,L'INIMOTH
         NUCALL ADMSCWR
         MVC   INIIPL+4(3),DEVICE
         LA    R6,INIIPL
         LA    R7,7
         DC    X'83670008'         IPL device
         BR    R8
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
INIPARM  DC    CL8' '              R0 to R3
INIPAR2  DC    CL8' '
INISAVE  DC    CL8'SAVESYS '
INISNAM  DC    CL8' '
INIIPL   DC    CL7'IPL 190'
INIMBIG  DC    C'CMS NOT SAVED: THE S-DISK HAS TOO MANY FILES'
INIMOTH  DC    C'SAVED SYSTEM IS OLDER THAN ITS DISK, WHICH IS LOADED'
INIFLAG  DC    X'00'
INISAVED EQU   X'80'               saved: begins at INIAGAIN
INISKNOW EQU   X'40'               the S-disk is accessed
         DS    0D
INIMAX   DC    X'7FFFFFFFFFFFFFFF'
INIDW    DC    D'0'
INIAREA  DC    XL96'00'
INILIST  DC    F'1',A(INIAREA)
         DC    D'0'
INIKTAB  DC    A(0,X'F0')
         DC    A(X'D000',X'E0')
         DC    A(X'10000',X'F0')
INIKUSER DC    A(X'20000',X'E0')
INIKTOP  DC    A(0,X'F0')
         DC    X'7FFFFFFF'
INIPL    DC    CL8'ACCESS'
INITOK   DC    CL8' '
INIMODE  DC    CL8' '
         DC    8X'FF'
INIDEV   DC    H'0'
         DS    0F
INIDIO   DC    A(0),AL1(DIOREAD),XL3'00',A(INIENT),F'3'
INIENT   DC    F'2',A(0)           boot text: its end is the stamp
         DC    F'3',A(0)           label
         DC    F'4',A(0)           directory
         COPY  REGEQU
         COPY  NUCON
         COPY  VECHDR
         COPY  ADT
         COPY  DIOPL
         COPY  FVS
         COPY  DEVTAB
         END   DMSINI
