         TITLE 'DMSINT - command level'
*---------------------------------------------------------------------
* MAININT  From DMSINI: the first time.  Runs PROFILE EXEC unless R0 is
*          not 0, then the loop of the command level:
*             read a line, search EXEC, function or MODULE, abbreviation,
*             CP; Ready message.
* INTABND  From the recovery after an abend or HX; R0 = return code
*---------------------------------------------------------------------
DMSINTS  CSECT
         USING NUCON,0
         ENTRY MAININT,INTABND,DMSINT
         EXTRN SSAVE0
         USING DMSINTS,R12
MAININT  BALR  R12,0
         L     R12,INTB1-*(,R12)
         B     INT00
INTB1    DC    A(DMSINTS)
INT00    LR    R6,R0               1: no PROFILE EXEC, 2: first line
         BAL   R10,INTLEV0
         NI    NUCFLAG,255-NUCINIT
         NUCALL AGETCLK
         MVC   LASTVIRT(8),CURRVIRT
         LTR   R6,R6
         BNZ   INTRDY0
         MVC   CMNDLIST(8),=CL8'PROFILE'
         MVC   CMNDLIST+8(8),INTFENCE
         BAL   R10,INTEXEC
         B     INTRDY0             none
         B     INTDONE
INTRDY0  SR    R15,R15
         CH    R6,=H'2'
         BE    INTREAD
         B     INTDONE
*
DMSINT   DS    0H
INTABND  BALR  R12,0
         L     R12,INTB2-*(,R12)
         B     INTAB1
INTB2    DC    A(DMSINTS)
INTAB1   LR    R9,R0
         BAL   R10,INTLEV0
         LR    R15,R9
         B     INTDONE
*---------------------------------------------------------------------
* INTLEV0  level 0 of the SVC save areas.  Link R10
*---------------------------------------------------------------------
INTLEV0  SSM   INTZERO
         XC    CONKEEP,CONKEEP
         L     R2,=A(SSAVE0)
         ST    R2,CURRSAVE
         SR    R3,R3
         STH   R3,SVCDEPTH
         LA    R13,USAVE-SSAVE(,R2)
         BR    R10
*---------------------------------------------------------------------
* A command has ended, R15 = return code
*---------------------------------------------------------------------
INTDONE  ST    R15,CMDRC
         LA    R1,INTFINIS         close what was left open
         SVC   202
         DC    AL4(1)
         NUCALL ASTRINIT
         NI    MSGFLAGS,255-NOTYPOUT
         NI    MISFLAGS,255-KXFLAG
         TM    MSGFLAGS,NORDYMSG
         BO    INTREAD
         NUCALL AGETCLK
         BAL   R10,INTREADY
*---------------------------------------------------------------------
* Next line
*---------------------------------------------------------------------
INTREAD  LA    R1,CMNDLINE
         NUCALL ADMSCRD
         LTR   R15,R15
         BNZ   INTDEAD
         LTR   R6,R0               R6 = length
         BZ    INTNULL
         LA    R1,CMNDLINE
         LA    R2,CMNDLIST
         LA    R3,64
         NUCALL ASCANN
         LTR   R0,R0
         BZ    INTNULL
         LR    R8,R1               R8 = command word, R9 = behind it
         LR    R9,R2
         SR    R15,R15
         CLI   CMNDLIST,C'*'       comment
         BE    INTDONE
*              immediate commands mean nothing here
         CLC   CMNDLIST(8),=CL8'HX'
         BE    INTDONE
         CLC   CMNDLIST(8),=CL8'HT'
         BE    INTDONE
         CLC   CMNDLIST(8),=CL8'RT'
         BE    INTDONE
         MVC   PREVCMND,LASTCMND
         MVC   LASTCMND,CMNDLIST
*              extended plist
         LA    R4,CMNDLINE
         AR    R4,R6               end of the line
         ST    R8,INTEPL
         ST    R9,INTEPL+4
         ST    R4,INTEPL+8
         XC    INTEPL+12(4),INTEPL+12
         ST    R8,INTEPLX+4        the same for an implied EXEC
         ST    R4,INTEPLX+8
         XC    INTEPLX+12(4),INTEPLX+12
         MVI   INTABB,0
INTSRCH  TM    OPTFLAGS,NOIMPEX
         BO    INTCMD
         BAL   R10,INTEXEC
         B     INTCMD              no such EXEC
         B     INTDONE
INTCMD   LA    R1,CMNDLIST
         ICM   R1,8,=X'0B'
         LA    R0,INTEPL
         OI    NUCFLAG,NUCNOABB
         SVC   202
         DC    AL4(1)
         NI    NUCFLAG,255-NUCNOABB
         C     R15,=F'-3'
         BNE   INTDONE
*              abbreviation?
         CLI   INTABB,0
         BNE   INTCP
         MVI   INTABB,1
         LA    R1,CMNDLIST
         NUCALL AABBREV
         LTR   R15,R15
         BZ    INTSRCH
*              CP command
INTCP    TM    OPTFLAGS,NOIMPCP
         BO    INTUNK
         TM    IMPFLAGS,IMPVIRT
         BZ    INTUNK
         L     R1,INTEPL
         L     R0,INTEPL+8
         SR    R0,R1
         NUCALL ADMSCPF
         C     R15,=F'1'
         BNE   INTDONE
INTUNK   LA    R1,=C'UNKNOWN CP/CMS COMMAND'
         LA    R0,22
         NUCALL ADMSCWR
         L     R15,=F'-3'
         B     INTDONE
INTNULL  LA    R1,=C'CMS'
         LA    R0,3
         NUCALL ADMSCWR
         B     INTREAD
INTDEAD  LPSW  INTWAIT             no console
*---------------------------------------------------------------------
* INTEXEC  Runs `CMNDLIST EXEC *` when there is such a file: return to
*          4(R10) with its code in R15; else to 0(R10)
*---------------------------------------------------------------------
INTEXEC  L     R15,AFSTLKP
         LTR   R15,R15
         BCR   8,R10
         MVC   INTXFN,CMNDLIST
         LA    R1,INTXPL
         BALR  R14,R15
         LTR   R15,R15
         BCR   7,R10
         MVC   EXECNAME,=CL8'EXEC'
         LA    R1,EXECNAME
         ICM   R1,8,=X'0B'
         LA    R0,INTEPLX
         SVC   202
         DC    AL4(1)
         B     4(,R10)
*---------------------------------------------------------------------
* INTREADY Types the Ready message.  Link R10
*---------------------------------------------------------------------
INTREADY MVC   INTLINE(6),=C'Ready;'
         LA    R4,INTLINE+6
         L     R3,CMDRC
         LTR   R3,R3
         BZ    IRD1
         MVC   INTLINE+5(8),=C'(00000);'
         LPR   R5,R3
         CVD   R5,INTDW
         UNPK  INTLINE+6(5),INTDW+5(3)
         OI    INTLINE+10,X'F0'
         LA    R4,INTLINE+13
         LTR   R3,R3
         BNM   IRD1
         MVI   INTLINE+6,C'-'
IRD1     TM    MSGFLAGS,NORDYTIM
         BO    IRD9
         MVC   0(3,R4),=C' T='
         LA    R4,3(,R4)
         L     R5,CURRVIRT
         S     R5,LASTVIRT
         BAL   R11,IRDSEC
         MVI   0(R4),C'/'
         LA    R4,1(,R4)
         L     R5,CURRCPUT
         S     R5,LASTCPUT
         BAL   R11,IRDSEC
         MVI   0(R4),C' '
         MVC   1(8,R4),CURRTIME
         LA    R4,9(,R4)
IRD9     MVC   LASTVIRT(8),CURRVIRT
         LA    R1,INTLINE
         LR    R0,R4
         SR    R0,R1
         MVC   CONKEEP,CURRSAVE    goes with the read that follows
         NUCALL ADMSCWR
         XC    CONKEEP,CONKEEP
         BR    R10
*              R5 milliseconds as s.hh to 0(R4).  Link R11
IRDSEC   LTR   R3,R5
         BNM   *+6
         SR    R3,R3
         A     R3,=F'5'
         SR    R2,R2
         D     R2,=F'10'           hundredths
         SR    R2,R2
         D     R2,=F'100'          R3 = seconds, R2 = hundredths
         CVD   R3,INTDW
         UNPK  INTNUM,INTDW+4(4)
         OI    INTNUM+6,X'F0'
         LA    R1,INTNUM
         LA    R3,6                without leading zeros
IRDZ     CLI   0(R1),C'0'
         BNE   IRDNZ
         LA    R1,1(,R1)
         BCT   R3,IRDZ
IRDNZ    EX    R3,IRDMVC
         LA    R4,1(R3,R4)
         CVD   R2,INTDW
         MVI   0(R4),C'.'
         UNPK  1(2,R4),INTDW+6(2)
         OI    2(R4),X'F0'
         LA    R4,3(,R4)
         BR    R11
IRDMVC   MVC   0(0,R4),0(R1)
         LTORG
INTFENCE DC    8X'FF'
INTZERO  DC    X'00'
INTABB   DC    X'00'
         DS    0D
INTWAIT  DC    X'00060000',X'00000215'
INTDW    DC    D'0'
INTNUM   DC    CL7' '
         DS    0D
INTFINIS DC    CL8'FINIS',CL8'*',CL8'*',CL8'*',8X'FF'
INTXPL   DC    CL8'STATE'
INTXFN   DC    CL8' ',CL8'EXEC',CL8'*',8X'FF'
INTEPL   DC    4F'0'
INTEPLX  DC    A(INTXNAME),3F'0'
INTXNAME DC    CL8'EXEC'
INTLINE  DC    CL80' '
         COPY  REGEQU
         COPY  NUCON
         COPY  SSAVE
         END   DMSINTS
