         TITLE 'DMSITS - supervisor calls'
*---------------------------------------------------------------------
* DMSITS   SVC interruption handler: SVC 202 (call a function or
*          command), SVC 203 (system services).
*
* SVC 202  Each call takes the next SSAVE of the chain (made when first
*          needed, kept for ever).  The callee is searched in the
*          function table, then as MODULE; with call type 0B the
*          abbreviations are tried after that.  The callee returns to
*          CMSRET by BR R14.
*          Exit: R15 = return code of the callee, -3 = not found; all
*          other registers as before; control to the error address when
*          one follows the SVC and R15 is not 0.
* SVC 203  A halfword code follows: low byte function, high byte flags,
*          negative = conditional.  Handled on one static save area: a
*          service never issues SVC.
*---------------------------------------------------------------------
DMSITS   CSECT
         USING NUCON,0
         ENTRY CMSRET,CMSRET2,SSAVE0
         EXTRN DMSATT,ABNHX,CONFLUSH
         STM   R0,R15,LOWSAVE
         BALR  R12,0
         USING *,R12
         CLI   SVCOPSW+3,202
         BE    SVC202
         CLI   SVCOPSW+3,203
         BE    SVC203
*        Any other number: abnormal end
         LH    R5,SVCOPSW+2
         N     R5,=F'255'
         L     R6,SVCOPSW+4
         LA    R6,0(,R6)
         BCTR  R6,0
         BCTR  R6,0
         ST    R5,ITSNUM
         ST    R6,ITSADR
         LA    R13,S203STK
         LA    R1,ITSMSG
         LA    R2,S203REG
         STM   R0,R15,S203REG
         NUCALL ADMSERL
         LA    R0,X'F8'
         L     R1,ITSADR
         L     R15,ATABEND
         BR    R15
ITSNUM   DC    F'0'
ITSADR   DC    F'0'
ITSMSG   DC    X'80',AL1(2),AL1(L'ITSMSGT),X'00'
         DC    AL1(2),AL1(0)
         LA    0,ITSNUM
         DC    AL1(4),AL1(6)
         LA    0,ITSADR
ITSMSGT  DC    C'DMSITS154T UNSUPPORTED SVC %1 CALLED FROM %2'
         DS    0H
*---------------------------------------------------------------------
* SVC 202: new save area
*---------------------------------------------------------------------
SVC202   L     R11,CURRSAVE
         USING SSAVE,R11
         L     R10,SSAVENXT
         LTR   R10,R10
         BNZ   SV10
*              first time at this depth
         LH    R2,SVCDEPTH
         CH    R2,=H'40'
         BNL   SVDEEP
         LA    R13,S203STK
         LA    R0,SSAVEDW
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   SVNOSTOR
         ST    R1,SSAVENXT
         LR    R10,R1
         LR    R3,R11
         DROP  R11
         USING SSAVE,R10
         XC    SSAVE(176),SSAVE
         ST    R3,SSAVEPRV
         MVC   SSCHECK1,=C'ABCD'
         MVC   SSCHECK2,=C'EFGH'
SV10     DS    0H
         USING SSAVE,R10
         MVC   OLDPSW,SVCOPSW
         MVC   EGPRS(64),LOWSAVE
         MVC   CODE,=H'202'
         MVI   KEYP,0
         MVI   SSFLAG,0
         MVI   TYPFLAG,0
*              error address behind the SVC?
         L     R4,SVCOPSW+4
         LA    R4,0(,R4)
         LR    R5,R4
         BCTR  R5,0
         BCTR  R5,0
         ST    R5,CALLER
         SR    R5,R5
         CLI   0(R4),0
         BNE   SV20
         MVC   ITSWORD,0(R4)
         L     R5,ITSWORD
         LA    R4,4(,R4)
         MVI   TYPFLAG,TPFERT
         C     R5,=F'1'
         BNE   SV20
         LR    R5,R4
SV20     ST    R4,NRMRET
         ST    R5,ERRET
*              push
         ST    R10,CURRSAVE
         LH    R2,SVCDEPTH
         LA    R2,1(,R2)
         STH   R2,SVCDEPTH
         MVC   SSCALLTY,EGPR1
         L     R1,EGPR1
         LA    R1,0(,R1)
         MVC   CALLEE,0(R1)
         LA    R9,CALLEE
         BAL   R14,FNTSRCH
         LTR   R3,R3
         BZ    SV50
*---------------------------------------------------------------------
* Nucleus function at R3 (table entry)
*---------------------------------------------------------------------
SV30     MVI   SSFLAG,SSNUC
         MVC   RETPSW,ITSPSWN      key 0, disabled
         TM    8(R3),X'40'
         BZ    *+8
         MVI   RETPSW,X'FF'
         L     R15,8(,R3)
         LA    R15,0(,R15)
         LA    R13,USAVE
*              go: R15 = entry, R13, RETPSW(4) are set
SV40     ST    R15,RETPSW+4
         ST    R13,USAVEPTR
         LM    R0,R11,EGPR0
         LR    R2,R1
         LR    R12,R15
         L     R14,ACMSRET
         LPSW  RETPSW
*---------------------------------------------------------------------
* Not in the nucleus: search runs as key-0 code of the new level, so
* that it can issue SVC 202 itself
*---------------------------------------------------------------------
SV50     LA    R13,USAVE
         ST    R13,USAVEPTR
         OI    SSFLAG,SSNUC
         LA    R9,CALLEE
         BAL   R8,LMODULE          does not return when it is found
         CLI   SSCALLTY,X'0B'
         BNE   SV60
         TM    NUCFLAG,NUCNOABB
         BO    SV60
*              abbreviation?
         LA    R1,CALLEE
         NUCALL AABBREV
         LTR   R15,R15
         BNZ   SV60
         L     R1,EGPR1            the callee sees the full name
         LA    R1,0(,R1)
         MVC   0(8,R1),CALLEE
         LA    R9,CALLEE
         BAL   R14,FNTSRCH
         LTR   R3,R3
         BNZ   SV30
         LA    R9,CALLEE
         BAL   R8,LMODULE
SV60     NI    NUCFLAG,255-NUCNOABB
         L     R15,=F'-3'
         B     ITSOUT
*---------------------------------------------------------------------
* FNTSRCH  R9 -> name: R3 = entry of the function table or 0.  Link R14
*---------------------------------------------------------------------
FNTSRCH  SR    R4,R4
         IC    R4,0(,R9)
         SH    R4,=H'193'          C'A'
         BM    FNTNO
         CH    R4,=H'40'           C'Z'
         BH    FNTNO
         SLL   R4,1
         L     R3,AFUNCTAB
         LH    R5,0(R4,R3)
         LTR   R5,R5
         BZ    FNTNO
         AR    R3,R5
FNTLOOP  CLC   0(8,R9),0(R3)
         BE    FNTHIT
         LA    R3,12(,R3)
         CLC   0(1,R9),0(R3)
         BE    FNTLOOP
FNTNO    SR    R3,R3
         BR    R14
FNTHIT   L     R5,8(,R3)
         LA    R5,0(,R5)
         LTR   R5,R5
         BZ    FNTNO               not in this nucleus
         TM    8(R3),X'80'
         BCR   8,R14
         CLI   SSCALLTY,X'0B'      internal: not for the console
         BE    FNTNO
         BR    R14
*---------------------------------------------------------------------
* LMODULE  R9 -> name: search `name MODULE *`, LOADMOD it and enter it.
*          Returns (link R8) when there is none.
*---------------------------------------------------------------------
LMODULE  MVC   LMPFN,0(R9)
         L     R15,AFSTLKP
         LTR   R15,R15
         BCR   8,R8
         LA    R1,LMPLIST
         BALR  R14,R15
         LTR   R15,R15
         BCR   7,R8
         NI    NUCFLAG,255-NUCNOABB
         LA    R1,LMPLIST
         SVC   202
         DC    AL4(1)
         LTR   R15,R15
         BNZ   ITSOUT
         L     R15,STRTADDR
         LA    R15,0(,R15)
         MVC   RETPSW,ITSPSWE      key E, enabled
         MVI   SSFLAG,SSUSER
         CLI   FRSTLOC+1,1
         BH    LMUSER
         MVI   SSFLAG,SSTRANS
         MVC   LASTTMOD,CALLEE
         B     LMKEY
LMUSER   MVC   LASTLMOD,CALLEE
LMKEY    TM    MODFLGS,MODSYS
         BZ    LMKEYE
         MVI   RETPSW+1,X'04'
         LA    R13,USAVE
         B     SV40
*              key E: save area in the page at X'D000'
LMKEYE   LH    R13,SVCDEPTH
         BCTR  R13,0
         MH    R13,=H'96'
         AL    R13,=A(X'D000')
         B     SV40
*---------------------------------------------------------------------
* CMSRET   Return of a callee: key 0, disabled, back to the caller
*---------------------------------------------------------------------
         DROP  R12
CMSRET   LPSW  RTNPSW              X'00040000',A(CMSRET2)
         DS    0D
ITSPSWN  DC    X'00040000',F'0'
ITSPSWE  DC    X'FFE40000',F'0'
CMSRET2  BALR  R12,0
         L     R12,ITSB-*(,R12)
         B     ITSOUT0-DMSITS6(,R12)
ITSB     DC    A(DMSITS6)
DMSITS6  EQU   DMSITS+6            what R12 is in this CSECT
         USING DMSITS6,R12
ITSOUT0  L     R10,CURRSAVE
ITSOUT   ST    R15,EGPR15
         C     R10,CONKEEP         it kept its lines (DMSCWR)
         BNE   ITSPOP
         XC    CONKEEP,CONKEEP
         LH    R2,SVCDEPTH
         CH    R2,=H'1'
         BE    ITSPOP              shown with the Ready message
         LA    R13,S203STK
         L     R15,=A(CONFLUSH)
         BALR  R14,R15
ITSPOP   L     R15,EGPR15
         L     R2,SSAVEPRV
         ST    R2,CURRSAVE
         LH    R2,SVCDEPTH
         BCTR  R2,0
         STH   R2,SVCDEPTH
         MVC   RETPSW,OLDPSW
         L     R3,NRMRET
         LTR   R15,R15
         BZ    ITSO1
         TM    TYPFLAG,TPFERT
         BZ    ITSO1
         L     R3,ERRET
ITSO1    STCM  R3,7,RETPSW+5
         LR    R11,R10
*              R11 -> OLDPSW and registers; HX or attention first?
         TM    MISFLAGS,KXFLAG+ATTNHIT
         BNZ   ITSATT2
ITSGO    LM    R0,R15,EGPRS-SSAVE(R11)
         LPSW  RETPSW
ITSATT2  CLI   RETPSW,0            only into enabled code
         BE    ITSGO
         BAL   R9,ITSATTN
         B     ITSGO
*---------------------------------------------------------------------
* ITSATTN  Read the line that the attention announces; HX ends here.
*          Link R9; RETPSW is kept.
*---------------------------------------------------------------------
ITSATTN  TM    NUCFLAG,NUCINIT
         BCR   1,R9
         MVC   ITSDW,RETPSW
         LA    R13,S203STK
         TM    MISFLAGS,ATTNHIT
         BZ    ITSA2
         L     R15,=A(DMSATT)
         BALR  R14,R15
ITSA2    TM    MISFLAGS,KXFLAG
         BZ    ITSA3
         L     R15,=A(ABNHX)
         BR    R15
ITSA3    MVC   RETPSW,ITSDW
         BR    R9
*---------------------------------------------------------------------
* Errors of SVC 202
*---------------------------------------------------------------------
SVDEEP   LA    R1,SVDMSG
         B     SVERR
SVNOSTOR LA    R1,SVNMSG
SVERR    L     R6,SVCOPSW+4
         LA    R6,0(,R6)
         ST    R6,ITSADR
         LA    R13,S203STK
         LA    R2,S203REG
         STM   R0,R15,S203REG
         NUCALL ADMSERL
         LA    R0,X'F1'
         L     R1,ITSADR
         L     R15,ATABEND
         BR    R15
SVDMSG   DC    X'00',AL1(0),AL1(L'SVDMSGT),X'00'
SVDMSGT  DC    C'MAXIMUM SVC DEPTH 0040 HAS BEEN EXCEEDED'
         DS    0H
SVNMSG   DC    X'00',AL1(1),AL1(L'SVNMSGT),X'00'
         DC    AL1(4),AL1(6)
         LA    0,ITSADR
SVNMSGT  DC    C'SAVE AREA FOR SVC CALL FROM %1 CANNOT BE ALLOCATED'
         DS    0H
*---------------------------------------------------------------------
* SVC 203
*---------------------------------------------------------------------
         DROP  R10
SVC203   MVC   S203REG(64),LOWSAVE
         MVC   S203PSW,SVCOPSW
         LA    R13,S203STK
         L     R4,SVCOPSW+4        R4 -> the code
         LA    R4,0(,R4)
         SR    R7,R7
         MVC   ITSHALF,0(R4)
         LH    R5,ITSHALF
         STH   R5,CODE203
         LA    R4,2(,R4)           R4 = return
         SR    R9,R9               R9 = 1: conditional
         CLI   ITSHALF,X'80'       flag 80 of a message is no sign
         BE    S3POS
         LTR   R5,R5
         BNM   S3POS
         LPR   R5,R5
         STH   R5,ITSHALF
         LA    R9,1
S3POS    LA    R6,255
         NR    R6,R5
         CH    R6,=H'14'
         BH    S3BAD
         SLL   R6,2
         B     *+4(R6)
         B     S3OUT               0: look at attention only
         B     S3BAD               1
         B     S3BAD               2
         B     S3BAD               3
         B     S3FREE              4
         B     S3FRET              5
         B     S3ERR               6
         B     S3INIT              7
         B     S3KEY               8
         B     S3BAD               9
         B     S3BAD               10
         B     S3ABN               11
         B     S3BAD               12
         B     S3BAD               13
         B     S3REL               14
*              unknown: R15 = 1
S3BAD    LA    R15,1
         B     S3RC
*              DMSFREE
S3FREE   LA    R1,1
         TM    ITSHALF,X'02'
         BZ    *+6
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   S3FERR
         ST    R1,S203REG+4
         ST    R0,S203REG
         B     S3RC
S3FERR   LTR   R9,R9
         BNZ   S3RC
         LA    R0,X'F2'
S3ABND   LR    R1,R4
         L     R15,ATABEND
         BR    R15
*              DMSFRET
S3FRET   NUCALL AFRET
         LTR   R15,R15
         BZ    S3RC
         LTR   R9,R9
         BNZ   S3RC
         LA    R0,X'F3'
         B     S3ABND
*              DMSERR, LINEDIT, WRTERM
S3ERR    TM    ITSHALF,X'80'
         BO    S3TYPE
         TM    ITSHALF,X'40'
         BZ    S3ERR1
         MVC   ITSHALF,0(R4)       plist behind the code
         LA    R1,2(,R4)
         LR    R4,R1
         AH    R4,ITSHALF
S3ERR1   LA    R2,S203REG
         NUCALL ADMSERL
         B     S3OUT
S3TYPE   NUCALL ADMSCWR
         B     S3OUT
*              STRINIT
S3INIT   NUCALL ASTRINIT
         B     S3OUT
*              abend
S3ABN    B     S3ABND
*              release pages: nothing to do on a bare machine
S3REL    SR    R15,R15
         B     S3RC
*              DMSKEY: 1 nucleus, 4 user, 2 reset, +40 do not stack
S3KEY    L     R8,CURRSAVE
         USING SSAVE,R8
         SR    R2,R2
         IC    R2,KEYP             how many are stacked
         TM    ITSHALF,X'02'
         BO    S3KRES
         TM    ITSHALF,X'40'
         BO    S3KNOST
         CH    R2,=H'7'
         BNL   S3KNOST
         LA    R3,KEYS(R2)
         MVC   0(1,R3),S203PSW+1
         LA    R2,1(,R2)
         STC   R2,KEYP
S3KNOST  NI    S203PSW+1,X'0F'
         TM    ITSHALF,X'04'
         BZ    S3OUT
         OI    S203PSW+1,X'E0'
         B     S3OUT
S3KRES   LTR   R2,R2
         BZ    S3OUT
         BCTR  R2,0
         STC   R2,KEYP
         LA    R3,KEYS(R2)
         MVC   S203PSW+1(1),0(R3)
         B     S3OUT
         DROP  R8
*              out: with a return code, or R15 unchanged
S3RC     ST    R15,S203REG+60
S3OUT    MVC   RETPSW,S203PSW
         STCM  R4,7,RETPSW+5
         TM    MISFLAGS,KXFLAG+ATTNHIT
         BZ    S3GO
         CLI   RETPSW,0
         BE    S3GO
         BAL   R9,ITSATTN
S3GO     LM    R0,R15,S203REG
         LPSW  RETPSW
*
         LTORG
ITSWORD  DC    F'0'
ITSHALF  DC    H'0'
LMPLIST  DS    0D
         DC    CL8'LOADMOD'
LMPFN    DC    CL8' '
         DC    CL8'MODULE'
         DC    CL8'*'
         DC    8X'FF'
ITSDW    DC    D'0'
S203PSW  DC    D'0'
S203REG  DC    16F'0'
S203STK  DC    126F'0'             7 levels of SUBENT
*              level 0
         DS    0D
SSAVE0   DC    XL176'00'
         DC    XL96'00'
         DC    6XL72'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  SSAVE
         END   DMSITS
