         TITLE 'DMSEXV - special variables of EXEC'
*---------------------------------------------------------------------
* EXVSPEC  Nucleus subroutine: R1 -> name, R2 -> EXTVAL: the value of a
*          special variable.  R15 = 0; 4 it is none
* EXVSETS  Nucleus subroutine: R1 -> name, R2 -> value: sets a special
*          variable.  R15 = 0; 10 it cannot be set; -1 it is none
*---------------------------------------------------------------------
         COPY  EXCBLK
DMSEXV   CSECT
         USING NUCON,0
         USING EXCBLK,R11
EXVSPEC  SUBENT BASE=DMSEXV
         BAL   R10,EXVFIND
         LTR   R3,R3
         BZ    EXVNO
         B     *+4(R3)
         B     EXVNO
         B     XVRETC
         B     XVINDEX
         B     XVLINE
         B     XVGLOB
         B     XVEXEC
         B     XVREADF
         B     XVTYPEF
         B     XVDOS
         B     XVGLOBN
         B     XVDISK
EXVNO    SUBRET RC=4
XVRETC   L     R0,EXCRC
         B     XVDEC
XVINDEX  LH    R0,EXCNARG
         B     XVDEC
XVLINE   L     R0,EXCLINE
         B     XVDEC
XVGLOB   LH    R0,EXCLEVEL
XVDEC    L     R15,=V(EXTDECT)
         BALR  R14,R15
         SUBRET RC=0
XVEXEC   MVC   0(8,R2),EXCNAME
         SUBRET RC=0
XVREADF  MVC   0(8,R2),=CL8'CONSOLE'
         CLC   FSTFINRD,=F'0'
         BE    XVOK
         MVC   0(8,R2),=CL8'STACK'
XVOK     SUBRET RC=0
XVTYPEF  MVC   0(8,R2),=CL8'RT'
         TM    MSGFLAGS,NOTYPOUT
         BZ    XVOK
         MVC   0(8,R2),=CL8'HT'
         B     XVOK
XVDOS    MVC   0(8,R2),=CL8'OFF'
         B     XVOK
XVGLOBN  MVC   0(8,R2),0(R4)
         B     XVOK
*        &DISK?, &DISK*: read/write disk with the most space; &DISKx:
*        RW, RO or NA
XVDISK   LA    R6,5(,R1)
         CLI   0(R6),C'*'
         BE    XVDMOST
         CLI   0(R6),C'?'
         BE    XVDMOST
         MVC   0(8,R2),=CL8'NA'
         LR    R1,R6
         NUCALL AADTLKP
         LTR   R15,R15
         BNZ   XVOK
         USING ADTSECT,R1
         MVC   0(8,R2),=CL8'RO'
         TM    ADTFLG1,ADTFRW
         BZ    XVOK
         MVC   0(8,R2),=CL8'RW'
         B     XVOK
XVDMOST  MVC   0(8,R2),=CL8'NONE'
         SR    R1,R1
         L     R7,=F'-1'
XVDM1    NUCALL AADTNXT
         LTR   R15,R15
         BNZ   XVOK
         TM    ADTFLG1,ADTFRW
         BZ    XVDM1
         L     R4,ADTBSIZE         in units of 512 bytes
         SRL   R4,9
         L     R5,ADTLEFT
         MR    R4,R4
         CR    R7,R5
         BNL   XVDM1
         LR    R7,R5
         MVC   0(8,R2),=CL8' '
         MVC   0(1,R2),ADTM
         B     XVDM1
         DROP  R1
*              R1 -> name: R3 = 4 * index in EXVTAB or 0, R4 = place of
*              &GLOBALn.  Link R10
EXVFIND  LA    R4,EXVTAB
         LA    R3,4
XVF1     CLC   0(8,R1),0(R4)
         BCR   8,R10
         LA    R4,8(,R4)
         LA    R3,4(,R3)
         CLI   0(R4),X'FF'
         BNE   XVF1
         CLC   0(7,R1),=C'&&GLOBAL'
         BNE   XVF2
         CLI   7(R1),C'0'
         BL    XVF9
         IC    R4,7(,R1)
         N     R4,=F'15'
         SLL   R4,3
         LA    R4,EXVGLOB(R4)
         LA    R3,9*4
         BR    R10
XVF2     LA    R3,10*4
         CLC   0(5,R1),=C'&&DISK'
         BNE   XVF9
         CLC   6(2,R1),=C'  '
         BNE   XVF9
         CLI   5(R1),C' '
         BCR   7,R10
XVF9     SR    R3,R3
         BR    R10
*
EXVSETS  SUBENT BASE=DMSEXV
         BAL   R10,EXVFIND
         L     R15,=F'-1'
         LTR   R3,R3
         BZ    XVSRET
         CH    R3,=H'4'            &RETCODE
         BE    XVSRC
         CH    R3,=H'36'
         BE    XVSGLOB
XVS10    LA    R15,10
XVSRET   SUBRET
XVSRC    BAL   R10,XVSNUM
         ST    R0,EXCRC
         SUBRET RC=0
XVSGLOB  BAL   R10,XVSNUM
         MVC   0(8,R4),0(R2)
         SUBRET RC=0
*              the value at R2 must be a number: R0.  Link R10
XVSNUM   LR    R1,R2
         L     R15,=V(EXTNUM)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   XVS10
         BR    R10
         LTORG
EXVTAB   DC    CL8'&&RETCODE'
         DC    CL8'&&INDEX'
         DC    CL8'&&LINENUM'
         DC    CL8'&&GLOBAL'
         DC    CL8'&&EXEC'
         DC    CL8'&&READFLAG'
         DC    CL8'&&TYPEFLAG'
         DC    CL8'&&DOS'
         DC    X'FF'
EXVGLOB  DC    10CL8'1'            &GLOBAL0 to &GLOBAL9
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         END   DMSEXV
