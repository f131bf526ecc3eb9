         TITLE 'HOST - files of the host'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* HOST GET name fn ft [fm]   a text file of the host's folder becomes
*                            a file of variable records
* HOST PUT name fn ft [fm]   and the other way, blanks at the end of a
*                            record left out
* HOST ERASE name            erases one of its files
* HOST LIST [name]           names of the files there; an * stands for
*                            any characters
*          name: as typed.  DIAGNOSE X'114'; the folder is that of the
*          directory statement FOLDER.
*          R15 = 0; 20 name, 24 operands, 28 no file, 36 no folder or
*          read-only, 40 no such service, 100 error
*---------------------------------------------------------------------
DMSHST   CSECT
         USING NUCON,0
HOST     FENTER
         ST    R0,HSTEPL
         ST    R1,HSTTYPE
         LA    R2,0(,R1)           R2 = plist
         TM    IMPFLAGS,IMPVIRT
         BZ    HSTNOCP
         LA    R1,HSTHOOK          is there DIAGNOSE 100?
         ST    R1,PGMHOOK
         LA    R14,HSTNONE
         LA    R4,HSTAREA
         LA    R5,20
         DC    X'83450100'         DIAGNOSE 100, R4, R5
         XC    PGMHOOK(4),PGMHOOK
         TM    HSTAREA+12,X'04'    and 114?
         BO    HSTOPND
         B     HSTNOCP
HSTNONE  XC    PGMHOOK(4),PGMHOOK
HSTNOCP  DMSERR 'DMSHST040E HOST FILES ARE NOT AVAILABLE'
         FRET  RC=40
         USING HSTHOOK,R15
HSTHOOK  LM    R0,R14,GPRLOG
         BR    R14
         DROP  R15
HSTOPND  DMSFREE DWORDS=1024,ERR=HSTFULL
         ST    R1,HSTBUF
         CLC   8(8,R2),=CL8'LIST'
         BE    HSTWHICH
         CLC   8(8,R2),=CL8'ERASE'
         BE    HSTDEL
         CLC   8(8,R2),=CL8'GET'
         BE    HSTFILE
         CLC   8(8,R2),=CL8'PUT'
         BE    HSTFILE
         DMSERR 'DMSHST070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,8(R2),8)
         FRET  RC=24
HSTFULL  DMSERR 'DMSHST109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
*---------------------------------------------------------------------
* GET and PUT: the names
*---------------------------------------------------------------------
HSTFILE  CLI   16(R2),X'FF'
         BE    HSTSHORT
         CLI   24(R2),X'FF'
         BE    HSTSHORT
         CLI   32(R2),X'FF'
         BNE   HSTIDS
HSTSHORT DMSERR 'DMSHST054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
HSTIDS   MVC   HSTFN(16),24(R2)
         CLI   40(R2),X'FF'
         BE    HSTNAME
         LA    R1,40(,R2)
         BAL   R10,MODECHK
         LTR   R15,R15
         BZ    HSTFMODE
         DMSERR 'DMSHST048E INVALID MODE ''%1''',SUB=(CHAR,40(R2),8)
         FRET  RC=24
HSTFMODE MVC   HSTFM(2),40(R2)
         CLI   HSTFM+1,C' '
         BNE   HSTNAME
         MVI   HSTFM+1,C'1'
HSTNAME  BAL   R9,HSTTHERE
         MVI   HSTREQ+5,X'C0'
         CLC   8(8,R2),=CL8'PUT'
         BE    HSTPUT
         B     HSTGET
*---------------------------------------------------------------------
* ERASE
*---------------------------------------------------------------------
HSTDEL   CLI   16(R2),X'FF'
         BE    HSTSHORT
         BAL   R9,HSTTHERE
         LA    R5,6                ERASE
         BAL   R10,HSTDIAG
         BNZ   HSTBAD
         FRET  RC=0
*---------------------------------------------------------------------
* HSTTHERE The host's name, R7 and length R5, into the request: second
*          word as typed, else the token.  Link R9
*---------------------------------------------------------------------
HSTTHERE LA    R5,16(,R2)
         LA    R6,24(,R2)
         CLI   HSTTYPE,X'0B'
         BE    HSTTYPED
         CLI   HSTTYPE,X'01'
         BNE   HSTWORD
HSTTYPED L     R3,HSTEPL
         USING EPLIST,R3
         L     R5,EPLARGBG
         L     R6,EPLARGND
         DROP  R3
         BAL   R10,HSTSKIP
         BAL   R10,HSTOVER         GET or PUT
         BAL   R10,HSTSKIP
HSTWORD  LR    R7,R5
         BAL   R10,HSTOVER
         SR    R5,R7
         ST    R7,HSTREQ+8
         STH   R5,HSTREQ+6
         BR    R9
*---------------------------------------------------------------------
* GET      by way of HOST CMSUT1
*---------------------------------------------------------------------
HSTGET   MVI   HSTREQ+4,1
         LA    R5,1                OPEN
         BAL   R10,HSTDIAG
         BNZ   HSTBAD
         MVC   HSTWFM(2),HSTFM
         MVC   HSTEFM(2),HSTFM
         MVC   HSTOFM(2),HSTFM
         MVC   HSTDFN(16),HSTFN
         MVC   HSTDFM(2),HSTFM
         MVC   HSTNFN(16),HSTFN
         MVC   HSTNFM(2),HSTFM
         CMSCALL HSTERASE          what an earlier command left
HSTMORE  L     R1,HSTBUF
         ST    R1,HSTREQ+12
         LA    R1,1
         SLL   R1,13
         ST    R1,HSTREQ+16
         LA    R5,2                READ
         BAL   R10,HSTDIAG
         CH    R5,=H'4'
         BE    HSTGOT
         LTR   R5,R5
         BNZ   HSTBAD
         L     R8,HSTBUF
         L     R9,HSTREQ+20
HSTLINE  SR    R7,R7
         ICM   R7,3,0(R8)
         LA    R8,2(,R8)
         SH    R9,=H'2'
         ST    R8,HSTWRITE+28
         ST    R7,HSTWRITE+32
         LTR   R7,R7
         BNZ   HSTWR
         LA    R1,HSTBLANK         an empty line is a blank
         ST    R1,HSTWRITE+28
         LA    R1,1
         ST    R1,HSTWRITE+32
HSTWR    CMSCALL HSTWRITE
         LTR   R15,R15
         BNZ   HSTWERR
         MVI   HSTSOME,1
         AR    R8,R7
         SR    R9,R7
         BP    HSTLINE
         B     HSTMORE
HSTGOT   LA    R5,4                CLOSE
         BAL   R10,HSTDIAG
         CLI   HSTSOME,0
         BNE   HSTDONE
         DMSERR 'DMSHST701I NULL FILE'
         FRET  RC=0
HSTDONE  CMSCALL HSTFIN
         LTR   R15,R15
         BNZ   HSTWERR
         CMSCALL HSTOLD
         CMSCALL HSTREN
         LTR   R15,R15
         BNZ   HSTWERR
         FRET  RC=0
HSTWERR  LR    R3,R15
         LA    R5,7                ABANDON
         BAL   R10,HSTDIAG
         DMSERR 'DMSHST105S ERROR ''%1'' WRITING FILE ''%2 %3 %4'' ON DX
               ISK',                                                   X
               SUB=(DECR,(R3),0,CHAR,HSTFN,8,CHAR,HSTFT,8,CHAR,HSTFM,2)
         CMSCALL HSTFIN
         CMSCALL HSTERASE
         FRET  RC=100
*---------------------------------------------------------------------
* PUT
*---------------------------------------------------------------------
HSTPUT   MVC   HSTSFN(18),HSTFN
         CMSCALL HSTSTATE
         LTR   R15,R15
         BZ    HSTFOUND
         DMSERR 'DMSHST002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,HSTFN,8,CHAR,HSTFT,8,CHAR,HSTFM,2)
         FRET  RC=28
HSTFOUND L     R3,HSTSTATE+28
         USING FSTSECT,R3
         MVC   HSTREAD+36(1),FSTFV
         DROP  R3
         MVI   HSTREQ+4,2
         LA    R5,1                OPEN
         BAL   R10,HSTDIAG
         BNZ   HSTBAD
         MVC   HSTREAD+8(18),HSTFN
         L     R8,HSTBUF
         ST    R8,HSTREQ+12
         LA    R1,2(,R8)
         ST    R1,HSTREAD+28
HSTNEXT  L     R1,=F'8190'
         ST    R1,HSTREAD+32
         CMSCALL HSTREAD
         CH    R15,=H'12'
         BE    HSTPEND
         LTR   R15,R15
         BNZ   HSTRERR
         L     R1,HSTREAD+40
         STCM  R1,3,0(R8)
         LA    R1,2(,R1)
         ST    R1,HSTREQ+16
         LA    R5,3                WRITE
         BAL   R10,HSTDIAG
         BZ    HSTNEXT
         LR    R3,R5
         LA    R5,7                ABANDON
         BAL   R10,HSTDIAG
         CMSCALL HSTRFIN
         LR    R5,R3
         B     HSTBAD
HSTRERR  LR    R3,R15
         LA    R5,7
         BAL   R10,HSTDIAG
         CMSCALL HSTRFIN
         DMSERR 'DMSHST104S ERROR ''%1'' READING FILE ''%2 %3 %4'' FROMX
                DISK',                                                 X
               SUB=(DECR,(R3),0,CHAR,HSTFN,8,CHAR,HSTFT,8,CHAR,HSTFM,2)
         FRET  RC=100
HSTPEND  CMSCALL HSTRFIN
         LA    R5,4                CLOSE
         BAL   R10,HSTDIAG
         BNZ   HSTBAD
         FRET  RC=0
*---------------------------------------------------------------------
* LIST
*---------------------------------------------------------------------
HSTWHICH CLI   16(R2),X'FF'
         BE    HSTLIST
         BAL   R9,HSTTHERE
         ST    R7,HSTPAT
         AR    R5,R7
         ST    R5,HSTPAT+4         its end
         XC    HSTREQ+6(6),HSTREQ+6
HSTLIST  CONHOLD
         L     R8,HSTBUF
         ST    R8,HSTREQ+12
         LA    R1,1
         SLL   R1,13
         ST    R1,HSTREQ+16
         LA    R5,5                LIST
         BAL   R10,HSTDIAG
         CH    R5,=H'4'
         BE    HSTLEND
         LTR   R5,R5
         BNZ   HSTBAD
         L     R9,HSTREQ+20
HSTLONE  SR    R7,R7
         ICM   R7,3,0(R8)          length of the entry
         SR    R3,R3
         ICM   R3,3,18(R8)         of the name
         BAL   R10,HSTFITS
         BNE   HSTLNEXT
         CH    R3,=H'130'
         BNH   *+8
         LA    R3,130
         LA    R1,20(,R8)
         WRTERM (R1),(R3)
HSTLNEXT AR    R8,R7
         SR    R9,R7
         BP    HSTLONE
         B     HSTLIST
HSTLEND  FRET  RC=0
*---------------------------------------------------------------------
* HSTFITS  Does the name of entry R8, length R3, fit HSTPAT?  Condition
*          code 0: yes.  Link R10; uses R0, R2, R4 to R6, R14, R15
*---------------------------------------------------------------------
HSTFITS  LM    R0,R1,HSTPAT
         LTR   R6,R0               R6 = pattern, R2 = its end
         BZ    HSTYES
         LR    R2,R1
         LA    R4,20(,R8)          R4 = name, R5 = its end
         LA    R5,0(R3,R4)
         SR    R14,R14             R14 = behind the last *
HSTFIT1  CR    R4,R5
         BNL   HSTFITE
         CR    R6,R2
         BNL   HSTFIT3
         CLI   0(R6),C'*'
         BE    HSTFIT2
         CLC   0(1,R6),0(R4)
         BNE   HSTFIT3
         LA    R4,1(,R4)
         LA    R6,1(,R6)
         B     HSTFIT1
HSTFIT2  LA    R6,1(,R6)
         LR    R14,R6
         LR    R15,R4              R15 = what that * ends before
         B     HSTFIT1
HSTFIT3  LTR   R6,R14
         BZ    HSTNO
         LA    R15,1(,R15)         it takes one character more
         LR    R4,R15
         B     HSTFIT1
HSTFITE  CR    R6,R2               only * may be left
         BNL   HSTYES
         CLI   0(R6),C'*'
         BCR   7,R10
         LA    R6,1(,R6)
         B     HSTFITE
HSTYES   CR    R10,R10
         BR    R10
HSTNO    LTR   R10,R10
         BR    R10
*---------------------------------------------------------------------
* HSTBAD   R5 = code of DIAGNOSE X'114'
*---------------------------------------------------------------------
HSTBAD   LR    R3,R5
         CH    R3,=H'8'
         BNE   HSTBAD1
         DMSERR 'DMSHST036E NO HOST FOLDER IN THE DIRECTORY'
         FRET  RC=36
HSTBAD1  CH    R3,=H'12'
         BNE   HSTBAD2
         DMSERR 'DMSHST020E INVALID NAME OF A HOST FILE'
         FRET  RC=20
HSTBAD2  CH    R3,=H'16'
         BNE   HSTBAD3
         DMSERR 'DMSHST028E HOST FILE NOT FOUND'
         FRET  RC=28
HSTBAD3  CH    R3,=H'24'
         BNE   HSTBAD4
         DMSERR 'DMSHST037E HOST FOLDER IS READ/ONLY'
         FRET  RC=36
HSTBAD4  DMSERR 'DMSHST100S ERROR ''%1'' WITH HOST FILE',              X
               SUB=(DECR,(R3),0)
         FRET  RC=100
*---------------------------------------------------------------------
* HSTDIAG  DIAGNOSE 114, function R5; R5 = code, condition code set.
*          Link R10
*---------------------------------------------------------------------
HSTDIAG  LA    R4,HSTREQ
         DC    X'83450114'         DIAGNOSE 114, R4, R5
         LTR   R5,R5
         BR    R10
*---------------------------------------------------------------------
* HSTSKIP  R5 over blanks, HSTOVER over a word; R6 = end.  Link R10
*---------------------------------------------------------------------
HSTSKIP  CR    R5,R6
         BCR   10,R10
         CLI   0(R5),C' '
         BCR   7,R10
         LA    R5,1(,R5)
         B     HSTSKIP
HSTOVER  CR    R5,R6
         BCR   10,R10
         CLI   0(R5),C' '
         BCR   8,R10
         LA    R5,1(,R5)
         B     HSTOVER
         COPY  MODECHK
         LTORG
HSTEPL   DC    A(0)
HSTTYPE  DC    A(0)
HSTBUF   DC    A(0)
HSTPAT   DC    2A(0)               pattern of LIST, its end
HSTSOME  DC    X'00'
HSTBLANK DC    C' '
HSTFN    DC    CL8' '
HSTFT    DC    CL8' '
HSTFM    DC    CL2'A1'
         DS    0D
HSTAREA  DC    XL24'00'
HSTREQ   DC    XL24'00',CL8' ',XL32'00'
         DS    0D
HSTWRITE DC    CL8'WRBUF',CL8'HOST',CL8'CMSUT1'
HSTWFM   DC    CL2'A1',H'0',A(0),F'0',CL2'V',H'1',5F'0'
         DS    0D
HSTREAD  DC    CL8'RDBUF',CL18' ',H'0',A(0),F'0',CL2'F',H'1',5F'0'
         DS    0D
HSTSTATE DC    CL8'STATE'
HSTSFN   DC    CL18' ',H'0',A(0),8X'FF'
         DS    0D
HSTERASE DC    CL8'ERASE',CL8'HOST',CL8'CMSUT1'
HSTEFM   DC    CL8'A1',8X'FF'
         DS    0D
HSTFIN   DC    CL8'FINIS',CL8'HOST',CL8'*',CL8'*',8X'FF'
         DS    0D
HSTRFIN  DC    CL8'FINIS',CL8'*',CL8'*',CL8'*',8X'FF'
         DS    0D
HSTOLD   DC    CL8'ERASE'
HSTDFN   DC    CL16' '
HSTDFM   DC    CL8' ',8X'FF'
         DS    0D
HSTREN   DC    CL8'DMSRNF',CL8'HOST',CL8'CMSUT1'
HSTOFM   DC    CL8'A1'
HSTNFN   DC    CL16' '
HSTNFM   DC    CL8' ',8X'FF'
         COPY  REGEQU
         COPY  NUCON
         COPY  FST
         COPY  EPLIST
         END   HOST
