         TITLE 'PRINT - print a file'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* PRINT    fn ft fm (options
*          CC           the first byte is the carriage control (assumed
*                       for LISTING)
*          NOCC         pages with a heading
*          LINECOUN n   lines of a page, 55; 0: one page
*          UPCASE       lower case letters are printed as upper case
*          HEX          hexadecimal
*          R15 = 0; 20 24 operands, 28 no file, 32 records too long, 36
*          disk or printer, 100 error
*---------------------------------------------------------------------
PRINT    INFILE PRT
         COPY  OPTSCAN
OCC      MVC   PRTCC,9(R3)
         B     OPTSCAN
OUPCASE  MVI   PRTUP,1
         B     OPTSCAN
OHEX     MVI   PRTHEX,1
         B     OPTSCAN
OLINE    CLI   0(R2),X'FF'
         BE    INFNOOPN
         CLI   0(R2),C')'
         BE    INFNOOPN
         LR    R1,R2
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   INFBADOP
         CH    R0,=H'99'
         BH    INFBADOP
         ST    R0,PRTLINES
         LA    R2,8(,R2)
         B     OPTSCAN
*---------------------------------------------------------------------
         INFOPEN PRT
         LA    R1,X'0E'
         NUCALL ADEVCLS
         LTR   R15,R15
         BZ    PRTDEV
         DMSERR 'DMSPRT008E DEVICE ''00E'' INVALID OR NONEXISTENT'
         FRET  RC=36
PRTDEV   ST    R1,PRTWORD
         LA    R3,132              R3 = longest line
         CLI   PRTWORD+1,X'42'
         BNE   *+8
         LA    R3,150              3211
         CLI   PRTHEX,0
         BE    PRTNHEX
         MVI   PRTCC,C'N'
         MVI   PRTUP,0
         B     PRTGO
PRTNHEX  CLI   PRTCC,C' '
         BNE   PRTCCS
         MVI   PRTCC,C'N'
         CLC   INFFT,=CL8'LISTING'
         BNE   PRTCCS
         MVI   PRTCC,C'C'
PRTCCS   CLI   PRTCC,C'C'
         BNE   *+8
         LA    R3,1(,R3)
         C     R3,FSTIL
         BNL   PRTGO
         DMSERR 'DMSPRT044E RECORD LENGTH EXCEEDS ALLOWABLE MAXIMUM'
         FRET  RC=32
PRTGO    CLI   PRTCC,C'C'
         BE    PRTPIECE
         MVC   PRTHFN,INFFN
         MVC   PRTHFT,INFFT
         MVC   PRTHFM,RDFM
         CLI   INSTALID,C' '
         BNH   PRTPIECE
         MVC   PRTHID,INSTALID
PRTPIECE BAL   R11,INFREAD
         LTR   R15,R15
         BNZ   PRTEND
PRTREC   CLI   PRTHEX,0
         BNE   PRTHEXR
         LR    R1,R4
         LR    R0,R5
         CLI   PRTCC,C'C'
         BE    PRTCCR
         BAL   R11,PRTLINE
         B     PRTNEXT
PRTCCR   MVI   PRTBUF,C' '
         LTR   R7,R5
         BZ    PRTCC1
         BCTR  R7,0
         EX    R7,PRTMVC0
         BAL   R10,PRTUPC
PRTCC1   ST    R5,PRTLEN
         BAL   R10,PRTOUT
PRTNEXT  AR    R4,R5
         BCT   R3,PRTREC
         B     PRTPIECE
PRTMVC0  MVC   PRTBUF(0),0(R4)
PRTEND   BAL   R10,PRTCLOSE
         SR    R15,R15
         B     INFEND
*              hexadecimal: RECORD LENGTH, then 32 bytes a line
PRTHEXR  MVI   HEXOUT,C' '
         MVC   HEXOUT+1(71),HEXOUT
         MVC   HEXOUT(7),=C'RECORD '
         L     R0,INFREC
         SR    R0,R3
         LA    R1,HEXOUT+7
         LA    R2,10
         BAL   R10,EDITNUM
         MVC   HEXOUT+18(7),=C'LENGTH='
         LR    R0,R5
         LA    R1,HEXOUT+25
         LA    R2,10
         BAL   R10,EDITNUM
         LA    R1,HEXOUT
         LA    R0,35
         BAL   R11,PRTLINE
         LR    R6,R4
         LTR   R7,R5
         BNP   PRTNEXT
PRTHEX1  LR    R2,R7
         CH    R2,=H'32'
         BNH   *+8
         LA    R2,32
         SR    R7,R2
         BAL   R10,HEXLINE
         LA    R1,HEXOUT
         LA    R0,72
         ST    R7,PRTWORD
         BAL   R11,PRTLINE
         L     R7,PRTWORD
         LTR   R7,R7
         BP    PRTHEX1
         B     PRTNEXT
*---------------------------------------------------------------------
* PRTLINE  Prints R0 bytes at R1, on a new page when the page is full.
*          Link R11; uses R0 to R2, R7, R10
*---------------------------------------------------------------------
PRTLINE  STM   R0,R1,PRTSAVE
         CLI   PRTPAGE+3,0         the first page
         BE    PRTHEAD
         L     R2,PRTLEFT
         LTR   R2,R2
         BNZ   PRTLIN1
         L     R2,PRTLINES         full
         LTR   R2,R2
         BZ    PRTLIN2
PRTHEAD  L     R0,PRTPAGE
         A     R0,=F'1'
         ST    R0,PRTPAGE
         MVC   PRTHNUM,=CL5' '
         LA    R1,PRTHNUM
         LA    R2,5
         BAL   R10,EDITNUM
         OC    PRTHNUM,=5C'0'
         MVI   PRTBUF,X'8B'        skip to channel 1
         LA    R1,1
         ST    R1,PRTLEN
         BAL   R10,PRTOUT
         MVI   PRTBUF,X'19'        three lines
         MVC   PRTBUF+1(PRTHLEN),PRTHEADR
         LA    R1,PRTHLEN+1
         ST    R1,PRTLEN
         BAL   R10,PRTOUT
         L     R2,PRTLINES
PRTLIN1  LTR   R2,R2
         BZ    PRTLIN2
         BCTR  R2,0
         ST    R2,PRTLEFT
PRTLIN2  LM    R0,R1,PRTSAVE
         MVI   PRTBUF,X'09'        write, one line
         LTR   R7,R0
         BZ    PRTLIN3
         BCTR  R7,0
         EX    R7,PRTMVC1
         BAL   R10,PRTUPC
         LM    R0,R1,PRTSAVE
PRTLIN3  A     R0,=F'1'
         ST    R0,PRTLEN
         BAL   R10,PRTOUT
         BR    R11
PRTMVC1  MVC   PRTBUF+1(0),0(R1)
*              upper case.  Link R10
PRTUPC   CLI   PRTUP,0
         BCR   8,R10
         TR    PRTBUF+1(150),PRTUPTAB
         BR    R10
*              prints PRTBUF.  Link R10
PRTOUT   CMSCALL PRTPRINT
         LTR   R15,R15
         BCR   8,R10
         CH    R15,=H'2'           channel 12, channel 9
         BCR   8,R10
         CH    R15,=H'3'
         BCR   8,R10
         LR    R5,R15
         CH    R5,=H'100'
         BE    PRTGONE
         DMSERR 'DMSPRT123S ERROR ''%1'' PRINTING FILE ''%2 %3 %4''',SUX
               B=(DECR,(R5),0,CHAR,RDFN,8,CHAR,RDFT,8,CHAR,RDFM,2)
         BAL   R10,PRTCLOSE
         LA    R15,100
         B     INFEND
PRTGONE  DMSERR 'DMSPRT008E DEVICE ''00E'' INVALID OR NONEXISTENT'
         LA    R15,36
         B     INFEND
*              the spool file gets the name of the file.  Link R10
PRTCLOSE MVC   PRTCLOFN,INFFN
         MVC   PRTCLOFT,INFFT
         LA    R1,PRTCLO
         LA    R0,PRTCLOL
         NUCALL ADMSCPF
         BR    R10
         COPY  HEXLINE
         COPY  EDITNUM
         COPY  GETNUM
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT CC,2,C'C',OCC
         OPTENT NOCC,3,C'N',OCC
         OPTENT UPCASE,2,0,OUPCASE
         OPTENT LINECOUN,2,0,OLINE
         OPTENT HEX,3,0,OHEX
         DC    X'FF'
PRTCC    DC    C' '
PRTUP    DC    X'00'
PRTHEX   DC    X'00'
PRTLINES DC    F'55'
PRTPAGE  DC    F'0'
PRTLEFT  DC    F'0'
PRTSAVE  DC    2F'0'
PRTWORD  DC    F'0'
PRTCLO   DC    C'CLOSE 00E NAME '
PRTCLOFN DC    CL8' ',C' '
PRTCLOFT DC    CL8' '
PRTCLOL  EQU   *-PRTCLO
PRTHEADR DC    C'FILE: '
PRTHFN   DC    CL8' ',C' '
PRTHFT   DC    CL8' ',C' '
PRTHFM   DC    CL2' ',CL4' '
PRTHID   DC    CL64'VM/370 CONVERSATIONAL MONITOR SYSTEM'
         DC    C'  PAGE '
PRTHNUM  DC    CL5' '
PRTHLEN  EQU   *-PRTHEADR
         DS    0F
PRTPRINT DC    CL8'PRINTR',A(PRTBUF)
PRTLEN   DC    F'0'
         DC    8X'FF'
PRTBUF   DC    CL152' '
HEXOUT   DC    CL73' '
         INFDATA PRT
PRTUPTAB DC    256AL1(*-PRTUPTAB)
         ORG   PRTUPTAB+X'81'
         DC    C'ABCDEFGHI'
         ORG   PRTUPTAB+X'91'
         DC    C'JKLMNOPQR'
         ORG   PRTUPTAB+X'A2'
         DC    C'STUVWXYZ'
         ORG   ,
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   PRINT
