         TITLE 'LISTFILE - list files'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* LISTFILE fn ft fm (options
*          Lists the files of accessed disks.  fn and ft may be * or
*          end with *; fm may be *.  Defaults * * A.
*          HEADER NOHEADER; FNAME FTYPE FMODE FORMAT ALLOC DATE LABEL:
*          each shows also what those before it show; EXEC APPEND: to
*          CMS EXEC A1; STACK FIFO LIFO: to the console stack.
*          R15 = 0; 24 operands, 28 no file, 36 disk, 100 CMS EXEC
*---------------------------------------------------------------------
DMSLST   CSECT
         USING NUCON,0
LISTFILE FENTER
OPTBASE  EQU   LISTFILE
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,LSTFN            operands
         LA    R4,3
LSTOPND  CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    LSTOPTS
         LTR   R4,R4
         BZ    LSTPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     LSTOPND
LSTOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
*              what is shown: the highest level wins
OLEVEL   SR    R1,R1
         IC    R1,9(,R3)
         CH    R1,LSTLEVEL
         BNH   OPTSCAN
         STH   R1,LSTLEVEL
         B     OPTSCAN
OHEADER  MVC   LSTHEAD,9(R3)
         B     OPTSCAN
OEXEC    MVC   LSTOUT,9(R3)
         B     OPTSCAN
OSTACK   CLI   LSTOUT,C'L'         STACK after LIFO
         BE    OPTSCAN
OFIFO    MVC   LSTOUT,9(R3)
         B     OPTSCAN
OPTBAD   DMSERR 'DMSLST003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
LSTPARM  DMSERR 'DMSLST070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
*              mode
OPTDONE  CLC   LSTFM,=CL8'*'
         BE    LSTPATS
         LA    R1,LSTFM
         BAL   R10,MODECHK
         LTR   R15,R15
         BZ    LSTMOD
         DMSERR 'DMSLST048E INVALID MODE ''%1''',SUB=(CHAR,LSTFM,8)
         FRET  RC=24
LSTMOD   LA    R1,LSTFM
         NUCALL AADTLKP
         LTR   R15,R15
         BZ    LSTPATS
         DMSERR 'DMSLST069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,LSTFM,1)
         FRET  RC=36
*              patterns: length of what stands before an asterisk
LSTPATS  MVC   LSTPLN(24),LSTFN
         CLI   LSTLEVEL+1,0
         BNE   *+8
         MVI   LSTLEVEL+1,3        names, types, modes
         LA    R3,LSTFN
         LA    R4,LSTFNL
         BAL   R10,LSTPAT
         LA    R3,LSTFT
         LA    R4,LSTFTL
         BAL   R10,LSTPAT
         CLI   LSTOUT,C'E'
         BNE   LSTGO
         CMSCALL LSTERASE          the old CMS EXEC
*---------------------------------------------------------------------
LSTGO    CONHOLD
         SR    R9,R9
         USING FSTSECT,R9
         USING ADTSECT,R8
         SR    R8,R8
         MVI   LSTANY,0
LSTNEXT  LR    R0,R9
         LR    R2,R8
         LA    R1,LSTPL
         NUCALL AFSTNXT
         LTR   R15,R15
         BNZ   LSTEND
         LR    R9,R1
         LR    R8,R0
         CLI   LSTFM,C'*'
         BE    LSTNAME
         CLC   ADTM,LSTFM          no extensions
         BNE   LSTNEXT
         CLI   LSTFM+1,C' '
         BE    LSTNAME
         CLC   FSTM+1(1),LSTFM+1
         BNE   LSTNEXT
LSTNAME  LH    R1,LSTFNL
         LTR   R1,R1
         BM    LSTTYPE
         EX    R1,LSTCLCN
         BNE   LSTNEXT
LSTTYPE  LH    R1,LSTFTL
         LTR   R1,R1
         BM    LSTSHOW
         EX    R1,LSTCLCT
         BNE   LSTNEXT
LSTSHOW  CLI   LSTANY,0
         BNE   LSTLINE
         MVI   LSTANY,1
         BAL   R10,LSTHDR
LSTLINE  BAL   R10,LSTMAKE
         BAL   R10,LSTPUT
         LTR   R15,R15
         BZ    LSTNEXT
         B     LSTRET
LSTEND   CLI   LSTANY,0
         BNE   LSTCLOSE
         DMSERR 'DMSLST002E FILE NOT FOUND'
         LA    R15,28
         B     LSTRET
LSTCLOSE SR    R15,R15
LSTRET   LR    R6,R15
         CLI   LSTOUT,C'E'
         BE    LSTFINI
         CLI   LSTOUT,C'A'
         BNE   LSTEXIT
LSTFINI  CMSCALL LSTFINIS
         LTR   R15,R15
         BZ    LSTEXIT
         C     R15,=F'6'           nothing was written
         BE    LSTEXIT
         LR    R5,R15
         BAL   R10,LSTWERR
         LR    R6,R15
LSTEXIT  LR    R15,R6
         FRET
LSTCLCN  CLC   FSTN(0),LSTFN
LSTCLCT  CLC   FSTT(0),LSTFT
*---------------------------------------------------------------------
* LSTPAT   R3 -> name, R4 -> halfword: length - 1 before an asterisk,
*          -1 if nothing is to be compared.  Link R10
*---------------------------------------------------------------------
LSTPAT   MVC   0(2,R4),=H'-1'
         LA    R1,0(,R3)
         LA    R5,8
LSTPAT1  CLI   0(R1),C'*'
         BE    LSTPAT2
         LA    R1,1(,R1)
         BCT   R5,LSTPAT1
         BR    R10                 a name: AFSTNXT compares
LSTPAT2  SR    R1,R3
         BCTR  R1,0
         STH   R1,0(,R4)
         MVC   LSTPLN-LSTFN(8,R3),=CL8'*'
         BR    R10
*---------------------------------------------------------------------
* LSTHDR   Types the header if it is wanted.  Link R10
*---------------------------------------------------------------------
LSTHDR   CLI   LSTOUT,C'E'
         BCR   8,R10
         CLI   LSTOUT,C'A'
         BCR   8,R10
         CLI   LSTHEAD,C'N'
         BCR   8,R10
         CLI   LSTHEAD,C'H'
         BE    LSTHDR1
         CLI   LSTLEVEL+1,4
         BCR   4,R10               names only: no header
LSTHDR1  LR    R7,R10
         MVC   LSTREC(69),LSTHEADR
         BAL   R10,LSTPUT
         LR    R10,R7
         BR    R10
*---------------------------------------------------------------------
* LSTMAKE  The line of file R9 on disk R8.  Link R10
*---------------------------------------------------------------------
LSTMAKE  LR    R7,R10
         MVI   LSTREC,C' '
         MVC   LSTREC+1(68),LSTREC
         MVC   LSTREC(8),FSTN
         LH    R6,LSTLEVEL
         CH    R6,=H'2'
         BL    LSTMADE
         MVC   LSTREC+9(8),FSTT
         BE    LSTMADE
         MVC   LSTREC+18(1),ADTM
         MVC   LSTREC+19(1),FSTM+1
         CH    R6,=H'4'
         BL    LSTMADE
         MVC   LSTREC+22(1),FSTFV
         L     R0,FSTIL
         LA    R1,LSTREC+23
         LA    R2,6
         BAL   R10,EDITNUM
         CH    R6,=H'5'
         BL    LSTMADE
         L     R0,FSTAIC
         LA    R1,LSTREC+30
         LA    R2,7
         BAL   R10,EDITNUM
         L     R0,FSTADBC
         LA    R1,LSTREC+38
         LA    R2,6
         BAL   R10,EDITNUM
         CH    R6,=H'6'
         BL    LSTMADE
         UNPK  LSTDATE(13),FSTADATI(7)
         MVI   LSTDATE+12,C'/'
         MVC   LSTREC+46(14),LSTDPAT
         TR    LSTREC+46(14),LSTDATE
         CH    R6,=H'7'
         BL    LSTMADE
         MVC   LSTREC+63(6),ADTID
LSTMADE  LR    R10,R7
         BR    R10
*---------------------------------------------------------------------
* LSTPUT   Puts out LSTREC.  R15 = 0, 100.  Link R10; uses R1, R5, R6
*---------------------------------------------------------------------
LSTPUT   LH    R1,LSTLEVEL
         SR    R0,R0
         IC    R0,LSTLENS-1(R1)
         CLI   LSTOUT,C'T'
         BNE   LSTPUT1
         WRTERM LSTREC,(R0)
         SR    R15,R15
         BR    R10
LSTPUT1  CLI   LSTOUT,C'E'
         BE    LSTPUT2
         CLI   LSTOUT,C'A'
         BE    LSTPUT2
         STC   R0,LSTATTN+12
         MVC   LSTATTN+8(4),=C'FIFO'
         CLI   LSTOUT,C'F'
         BE    *+10
         MVC   LSTATTN+8(4),=C'LIFO'
         CMSCALL LSTATTN
         SR    R15,R15
         BR    R10
LSTPUT2  LR    R5,R0               blank behind it
         LA    R1,LSTREC(R5)
         LA    R5,73
         SR    R5,R0
         MVI   0(R1),C' '
         BCTR  R5,0
         BCTR  R5,0
         EX    R5,LSTBLK
         FSOP  WRBUF,LSTWRBUF
         LTR   R15,R15
         BCR   8,R10
         LR    R5,R15
LSTWERR  DMSERR 'DMSLST105S ERROR ''%1'' WRITING FILE ''CMS EXEC A1'' OX
               N DISK',SUB=(DECR,(R5),0)
         LA    R15,100
         BR    R10
LSTBLK   MVC   1(0,R1),0(R1)
         COPY  EDITNUM
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT EXEC,1,C'E',OEXEC
         OPTENT APPEND,2,C'A',OEXEC
         OPTENT HEADER,1,C'H',OHEADER
         OPTENT NOHEADER,3,C'N',OHEADER
         OPTENT FNAME,2,1,OLEVEL
         OPTENT FTYPE,2,2,OLEVEL
         OPTENT FMODE,2,3,OLEVEL
         OPTENT FORMAT,2,4,OLEVEL
         OPTENT ALLOC,2,5,OLEVEL
         OPTENT DATE,1,6,OLEVEL
         OPTENT LABEL,1,7,OLEVEL
         OPTENT STACK,5,C'F',OSTACK
         OPTENT FIFO,4,C'F',OFIFO
         OPTENT LIFO,4,C'L',OFIFO
         DC    X'FF'
LSTLENS  DC    AL1(8,17,20,29,44,60,69)
LSTHEADR DC    CL44'FILENAME FILETYPE FM  FORMAT    RECS BLOCKS '
         DC    CL25'    DATE    TIME   LABEL'
LSTHEAD  DC    C' '
LSTOUT   DC    C'T'                T terminal E A exec F L stack
LSTANY   DC    X'00'
LSTDPAT  DC    AL1(2,3,12,4,5,12,0,1,13,6,7,14,8,9)
LSTDATE  DC    CL13' ',C' :'       12 / 13 blank 14 :
LSTLEVEL DC    H'0'
LSTFNL   DC    H'-1'
LSTFTL   DC    H'-1'
*              as given; LSTPL is what AFSTNXT gets
LSTFN    DC    CL8'*'
LSTFT    DC    CL8'*'
LSTFM    DC    CL8'A'
LSTPLN   DC    CL8' '
LSTPL    EQU   LSTPLN-8            AFSTNXT: fn at 8
LSTPLT   DC    CL8' '
LSTPLM   DC    CL8' '
LSTERASE DC    CL8'ERASE',CL8'CMS',CL8'EXEC',CL8'A1',8X'FF'
LSTFINIS DC    CL8'FINIS',CL8'CMS',CL8'EXEC',CL8'A1',8X'FF'
LSTWRBUF FSCB  CMS,EXEC,A1,BUFFER=LSTCARD
LSTATTN  DC    CL8'ATTN',CL4'FIFO',AL1(0),AL3(LSTREC)
LSTCARD  DC    CL7' &&1 &&2 '
LSTREC   DC    CL80' '
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   LISTFILE
