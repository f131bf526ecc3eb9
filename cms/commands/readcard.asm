         TITLE 'READCARD - read a card deck'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* READCARD fn ft fm     the whole reader file becomes one file
* READCARD * * fm       READ control cards in the deck name the files:
*                       :READ fn ft fm
*          fm: letter and number count; with the letter alone the
*          number is that of the control card, else 1; default A.
*          A file is written as READCARD CMSUT2 and gets its name when
*          it is complete.
*          R15 = 0; 8 reader empty, 20 24 operands, 36 disk or reader,
*          100 error.  After an error the reader file stays.
*---------------------------------------------------------------------
DMSRDC   CSECT
         USING NUCON,0
READCARD FENTER
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,RDCFN
         LA    R4,3
RDCOPND  CLI   0(R2),X'FF'
         BE    RDCALL
         LTR   R4,R4
         BZ    RDCPARM
         CLI   0(R2),C'('
         BE    RDCPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     RDCOPND
RDCPARM  DMSERR 'DMSRDC070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
RDCALL   CLI   RDCFN,C' '
         BNE   RDCSTAR
         DMSERR 'DMSRDC042E NO FILEID SPECIFIED'
         FRET  RC=24
RDCSTAR  CLC   RDCFN,=CL8'*'
         BNE   RDCNAMED
         MVI   RDCDECK,1           the deck names them
         CLI   RDCFT,C' '
         BE    RDCMODE
         CLC   RDCFT,=CL8'*'
         BE    RDCMODE
RDCINV   DMSERR 'DMSRDC062E INVALID * IN FILEID ''%1 %2''',            X
               SUB=(CHAR,RDCFN,8,CHAR,RDCFT,8)
         FRET  RC=20
RDCNAMED CLC   RDCFT,=CL8'*'
         BE    RDCINV
         CLI   RDCFT,C' '
         BNE   RDCMODE
         DMSERR 'DMSRDC054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
RDCMODE  CLC   RDCFM,=CL8'*'
         BNE   *+10
         MVC   RDCFM,=CL8'A'
         LA    R1,RDCFM
         BAL   R10,MODECHK
         LTR   R15,R15
         BZ    RDCDISK
         DMSERR 'DMSRDC048E INVALID MODE ''%1''',SUB=(CHAR,RDCFM,8)
         FRET  RC=24
RDCDISK  LA    R1,RDCFM
         NUCALL AADTLKW
         LTR   R15,R15
         BZ    RDCDEV
         CH    R15,=H'36'
         BE    RDCNOACC
         DMSERR 'DMSRDC037E DISK ''%1'' IS READ/ONLY',                 X
               SUB=(CHAR,RDCFM,1)
         FRET  RC=36
RDCNOACC DMSERR 'DMSRDC069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,RDCFM,1)
         FRET  RC=36
RDCDEV   LA    R1,X'0C'
         NUCALL ADEVCLS
         LTR   R15,R15
         BZ    RDCSTART
RDCNODEV DMSERR 'DMSRDC008E DEVICE ''00C'' INVALID OR NONEXISTENT'
         FRET  RC=36
RDCSTART DMSFREE DWORDS=1025,ERR=RDCFULL
         ST    R1,RDCBUF
         ST    R1,RDCWRITE+28
*              the first card tells the record length
         L     R4,RDCBUF           R4 = where the next card goes
         BAL   R10,RDCREAD
         CH    R15,=H'1'
         BE    RDCNULL
         LTR   R15,R15
         BNZ   RDCNOTR
         L     R5,RDCGOT
         ST    R5,RDCLRECL
         CH    R5,=H'80'
         BE    RDCLEN
         DMSERR 'DMSRDC738I RECORD LENGTH IS ''%1'' BYTES',            X
               SUB=(DECR,(R5),0)
RDCLEN   L     R1,=F'8191'
         SR    R0,R0
         DR    R0,R5
         BCTR  R1,0
         ST    R1,RDCMANY          cards of a buffer, one more fits
         CLI   RDCDECK,0
         BNE   RDCFIRST
         MVC   RDCTFN(16),RDCFN
         MVC   RDCTFM(2),RDCFM
         CLI   RDCTFM+1,C' '
         BNE   *+8
         MVI   RDCTFM+1,C'1'
         BAL   R11,RDCOPEN
         B     RDCKEEP
RDCFIRST CLC   0(6,R4),=C':READ '
         BE    RDCCTL
         DMSERR 'DMSRDC702I READ CONTROL CARD IS MISSING. FOLLOWING ASSX
               UMED:'
         DMSERR 'DMSRDC702I :READ READCARD CMSUT1 A1'
         MVC   RDCTFN,=CL8'READCARD'
         MVC   RDCTFT,=CL8'CMSUT1'
         MVC   RDCCFM,=CL8'A1'
         BAL   R11,RDCTMODE
         BAL   R11,RDCOPEN
         B     RDCKEEP
*---------------------------------------------------------------------
* Next card
*---------------------------------------------------------------------
RDCNEXT  BAL   R10,RDCREAD
         LTR   R15,R15
         BNZ   RDCSTOP
         CLC   RDCGOT,RDCLRECL
         BH    RDCLONG
         CLI   RDCDECK,0
         BE    RDCKEEP
         CLC   0(6,R4),=C':READ '
         BE    RDCCTL
RDCKEEP  L     R1,RDCCOUNT
         LA    R1,1(,R1)
         ST    R1,RDCCOUNT
         A     R4,RDCLRECL
         C     R1,RDCMANY
         BL    RDCNEXT
         BAL   R11,RDCFLUSH
         B     RDCNEXT
*              a control card: :READ fn ft fm
RDCCTL   MVC   RDCCARD,0(R4)
         CLI   RDCOPN,0
         BE    RDCCTL1
         BAL   R11,RDCCLOSE
RDCCTL1  LA    R1,RDCCARD
         LA    R0,80
         LA    R2,RDCTOK
         LA    R3,20
         NUCALL ASCANN
         LR    R6,R0               number of tokens
         CH    R6,=H'3'
         BL    RDCBADC
         MVC   RDCTFN(16),RDCTOK+8
         MVC   RDCCFM,=CL8'A1'
         CH    R6,=H'4'
         BL    RDCCTL2
         LA    R1,RDCTOK+24
         BAL   R10,MODECHK
         LTR   R15,R15
         BNZ   RDCCTL2
         MVC   RDCCFM,RDCTOK+24
RDCCTL2  BAL   R11,RDCTMODE
         DMSERR 'DMSRDC702I %1',SUB=(CHAR,RDCCARD,80)
         BAL   R11,RDCOPEN
         B     RDCNEXT
RDCBADC  DMSERR 'DMSRDC078E INVALID CARD IN INPUT DECK'
         LA    R6,32
         B     RDCHOLD
*---------------------------------------------------------------------
* Ends
*---------------------------------------------------------------------
RDCSTOP  CH    R15,=H'1'
         BNE   RDCERR
         BAL   R11,RDCCLOSE
         LA    R1,=C'CLOSE 00C'
         LA    R0,9
         NUCALL ADMSCPF
         FRET  RC=0
RDCNULL  DMSERR 'DMSRDC701I NULL FILE'
         FRET  RC=0
RDCNOTR  CH    R15,=H'2'
         BNE   RDCERR
         DMSERR 'DMSRDC205W READER EMPTY OR NOT READY'
         FRET  RC=8
RDCLONG  LA    R15,5
RDCERR   CH    R15,=H'100'
         BE    RDCNODEV
         LR    R5,R15
         DMSERR 'DMSRDC124S ERROR ''%1'' READING CARD FILE',           X
               SUB=(DECR,(R5),0)
RDCERR1  LA    R6,100
*              the reader file is kept, the work file is not
RDCHOLD  CMSCALL RDCFIN
         CMSCALL RDCERASE
         LA    R1,=C'CLOSE 00C HOLD'
         LA    R0,14
         NUCALL ADMSCPF
         LR    R15,R6
         FRET
RDCFULL  DMSERR 'DMSRDC109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
*---------------------------------------------------------------------
* RDCREAD  Reads a card to R4, filled up with blanks to RDCLRECL;
*          RDCGOT = its length.  R15 = 0, 1, 2, 3, 100.  Link R10
*---------------------------------------------------------------------
RDCREAD  ST    R4,RDCCALL+8
         MVC   RDCGOT,=F'151'
         CMSCALL RDCCALL
         CH    R15,=H'5'           shorter than 151
         BNE   RDCREAD1
         SR    R15,R15
RDCREAD1 LTR   R15,R15
         BCR   7,R10
         L     R1,RDCLRECL
         S     R1,RDCGOT
         BCR   12,R10
         L     R2,RDCGOT
         AR    R2,R4
         BCTR  R1,0
         EX    R1,RDCBLK
         BR    R10
RDCBLK   MVC   0(0,R2),RDCBLANK
*---------------------------------------------------------------------
* RDCTMODE Mode of the file: operand RDCFM, control card RDCCFM.
*          Link R11
*---------------------------------------------------------------------
RDCTMODE MVC   RDCTFM(2),RDCFM
         CLI   RDCTFM+1,C' '
         BCR   7,R11
         MVC   RDCTFM+1(1),RDCCFM+1
         CLI   RDCTFM+1,C' '
         BCR   7,R11
         MVI   RDCTFM+1,C'1'
         BR    R11
*---------------------------------------------------------------------
* RDCOPEN  Begins a work file.  R4 = start of the buffer.  Link R11
*---------------------------------------------------------------------
RDCOPEN  CLI   RDCDECK,0           the first card stays where it is
         BE    RDCOPEN1
         CLC   0(6,R4),=C':READ '
         BNE   RDCOPEN1
         L     R4,RDCBUF
RDCOPEN1 MVC   RDCEFT,=CL8'CMSUT2'
         CLC   RDCTFN,=CL8'READCARD'
         BNE   RDCOPEN2
         CLC   RDCTFT,=CL8'CMSUT2'
         BNE   RDCOPEN2
         MVI   RDCEFT+5,C'3'
RDCOPEN2 MVC   RDCEFM(2),RDCTFM
         MVC   RDCWFT(8),RDCEFT
         MVC   RDCWFM(2),RDCTFM
         MVC   RDCOFT(8),RDCEFT
         MVC   RDCOFM(2),RDCTFM
         MVC   RDCDFN(16),RDCTFN
         MVC   RDCDFM(2),RDCTFM
         MVC   RDCNFN(24),RDCTFN
         CMSCALL RDCERASE          what an earlier command left
         XC    RDCCOUNT,RDCCOUNT
         XC    RDCTOTAL,RDCTOTAL
         MVI   RDCOPN,1
         BR    R11
*---------------------------------------------------------------------
* RDCFLUSH Writes the cards of the buffer; R4 = its start.  Link R11
*---------------------------------------------------------------------
RDCFLUSH L     R4,RDCBUF
         L     R1,RDCCOUNT
         LTR   R1,R1
         BCR   8,R11
         A     R1,RDCTOTAL
         ST    R1,RDCTOTAL
         L     R1,RDCCOUNT
         STH   R1,RDCWRITE+38
         M     R0,RDCLRECL
         ST    R1,RDCWRITE+32
         CMSCALL RDCWRITE
         LTR   R15,R15
         BNZ   RDCWERR
         XC    RDCCOUNT,RDCCOUNT
         BR    R11
RDCWERR  LR    R5,R15
         DMSERR 'DMSRDC105S ERROR ''%1'' WRITING FILE ''%2 %3 %4'' ON DX
               ISK',                                                   X
               SUB=(DECR,(R5),0,CHAR,RDCTFN,8,CHAR,RDCTFT,8,CHAR,      X
               RDCTFM,2)
         B     RDCERR1
*---------------------------------------------------------------------
* RDCCLOSE The work file is complete and gets its name.  Link R11
*---------------------------------------------------------------------
RDCCLOSE ST    R11,RDCSAVE
         BAL   R11,RDCFLUSH
         L     R1,RDCTOTAL
         LTR   R1,R1
         BZ    RDCCLNUL
         CMSCALL RDCFIN
         LTR   R15,R15
         BNZ   RDCWERR
         CMSCALL RDCOLD
         CMSCALL RDCREN
         LTR   R15,R15
         BNZ   RDCWERR
         L     R11,RDCSAVE
         BR    R11
RDCCLNUL DMSERR 'DMSRDC701I NULL FILE'
         L     R11,RDCSAVE
         BR    R11
         COPY  MODECHK
         LTORG
RDCDECK  DC    X'00'
RDCOPN   DC    X'00'
RDCFN    DC    CL8' '
RDCFT    DC    CL8' '
RDCFM    DC    CL8'A'
RDCCFM   DC    CL8'A1'             of the control card
RDCTFN   DC    CL8' '              the file
RDCTFT   DC    CL8' '
RDCTFM   DC    CL8'A1'
RDCLRECL DC    F'0'
RDCMANY  DC    F'0'
RDCCOUNT DC    F'0'                cards in the buffer
RDCTOTAL DC    F'0'                cards written
RDCBUF   DC    A(0)
RDCSAVE  DC    F'0'
         DS    0F
RDCCALL  DC    CL8'CARDRD',A(0)
RDCGOT   DC    F'0'
         DC    8X'FF'
         DS    0F
RDCWRITE DC    CL8'WRBUF',CL8'READCARD'
RDCWFT   DC    CL8'CMSUT2'
RDCWFM   DC    CL2'A1',H'0',A(0),F'0',CL2'F',H'0',5F'0'
RDCERASE DC    CL8'ERASE',CL8'READCARD'
RDCEFT   DC    CL8'CMSUT2'
RDCEFM   DC    CL8'A1',8X'FF'
RDCFIN   DC    CL8'FINIS',CL8'READCARD',CL8'*',CL8'*',8X'FF'
RDCOLD   DC    CL8'ERASE'
RDCDFN   DC    CL16' '
RDCDFM   DC    CL8' ',8X'FF'
RDCREN   DC    CL8'DMSRNF',CL8'READCARD'
RDCOFT   DC    CL8'CMSUT2'
RDCOFM   DC    CL8'A1'
RDCNFN   EQU   *
         DC    CL24' ',8X'FF'
RDCCARD  DC    CL80' '
RDCBLANK DC    CL151' '
RDCTOK   DC    21CL8' '
         COPY  REGEQU
         COPY  NUCON
         END   READCARD
