         TITLE 'DMSVEC - vector of the nucleus'
*---------------------------------------------------------------------
* DMSVEC   First CSECT of the nucleus, at X'10000'.  DMSINI (linked by
*          itself) finds everything through this page: it copies the
*          vector to NUCON X'600' and X'D40', and the new PSWs to X'58'.
*          Layout: vechdr.copy.  Weak externals that nobody defines
*          stay 0.
*---------------------------------------------------------------------
DMSVEC   CSECT
         WXTRN FVS,DEVTAB,FSTLKP,FSTLKW,FSTNXT,DMSDIO,ADTLKP,ADTLKW
         WXTRN ADTNXT,ACTLKP,ACTNXT,ACTFREE,ACTFRET,TRKLKP,TRKLKPX
         WXTRN UPDISK,KILLEX,TFINIS,DMSFSI,DMSDBG
         WXTRN ERASE,RDBUF,WRBUF,FINIS,STATE,STATEW,POINT,EXEC,START
         WXTRN ACCESS
         EXTRN GETCLK,DMSITI,DMSITP,DMSITS,DMSITE,SCANN,DMSABN,STRINIT
         EXTRN FREE,FRET,DMSERL,DMSCRD,CMSRET,DMSABV,DMSIOR,DMSCWR
         EXTRN SSAVE0,CMSRET2,DMSCPF,DMSINT,FUNCTAB,STACKAT,DEVCLS
         EXTRN MAININT,ABBREV
         DC    CL8'CMSNUC'         000
         DC    A(MAININT)          008 command level after IPL
         DC    A(DMSFSI)           00C file system initialisation
         DC    A(0)                010 end of the nucleus (build.py)
         DC    A(SSAVE0)           014 SVC level 0
SYSID    DC    CL32'CMS VERSION 1.0'  018 SYSTEMID (build.py: date)
         DC    XL8'00'             038 digest of the nucleus (build.py)
*              new PSWs: external, SVC, program, machine check, I/O
         DC    X'00040000',A(DMSITE)   040
         DC    X'00040000',A(DMSITS)
         DC    X'00040000',A(DMSITP)
         DC    X'00060000',X'00000070' machine check: wait
         DC    X'00040000',A(DMSITI)
         DC    XL24'00'
         DC    A(CMSRET2)          080 end of a callee
*              to NUCON X'600' (64 words)
         ORG   DMSVEC+X'100'
         DC    A(FVS)              600
         DC    A(0)
         DC    A(DEVTAB)
         DC    A(FSTLKP)
         DC    A(GETCLK)           610
         DC    A(FSTLKW)
         DC    A(0)
         DC    A(X'644')           61C IADT
         DC    A(X'20000')         620
         DC    A(DMSDIO)
         DC    A(SCANN)
         DC    A(0)
         DC    A(DMSABN)           630
         DC    A(0,0)
         DC    A(DMSDIO)
         DC    A(STRINIT)          640
         DC    A(0)                644 IADT
         DC    A(FREE)
         DC    A(FRET)
         DC    A(0,0,0,0)          650
         DC    A(0,0)              660
         DC    A(DMSERL)
         DC    A(DMSCRD)
         DC    A(0,0)              670
         DC    A(ADTLKP)
         DC    A(0)
         DC    A(0,0)              680
         DC    A(CMSRET)
         DC    A(0)
         DC    A(EXEC)             690
         DC    A(START)
         DC    A(ADTLKW)
         DC    A(DMSABV)
         DC    A(0,0,0,0)          6A0
         DC    A(ACTLKP)           6B0
         DC    A(ACTNXT)
         DC    A(ACTFREE)
         DC    A(ACTFRET)
         DC    A(ADTNXT)           6C0
         DC    A(TRKLKP)
         DC    A(TRKLKPX)
         DC    A(0)
         DC    A(0)                6D0
         DC    A(ERASE)
         DC    A(0)
         DC    A(UPDISK)
         DC    A(KILLEX)           6E0
         DC    A(TFINIS)
         DC    A(RDBUF)
         DC    A(WRBUF)
         DC    A(FINIS)            6F0
         DC    A(STATE)
         DC    A(STATEW)
         DC    A(POINT)
*              to NUCON X'D40' (17 words)
         ORG   DMSVEC+X'200'
         DC    A(DMSIOR)           D40
         DC    A(DMSDIO)
         DC    A(DMSCWR)
         DC    A(DMSCPF)
         DC    A(DMSINT)           D50
         DC    A(DMSABN)
         DC    A(ACCESS)
         DC    A(0)
         DC    A(FUNCTAB)          D60
         DC    A(STACKAT)
         DC    A(FSTNXT)
         DC    A(DEVCLS)
         DC    A(DMSDBG)           D70
         DC    A(0,0,0)
         DC    A(ABBREV)           D80
         ORG   ,
         END   DMSVEC
