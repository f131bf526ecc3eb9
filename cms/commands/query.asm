         TITLE 'QUERY - what CMS knows'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* QUERY    function operand (STACK FIFO LIFO
*          DISK * mode MAX R/W, SEARCH, SYNONYM, CMSLEVEL, FILEDEF,
*          DLBL, MACLIB, TXTLIB, DOSLIB, LIBRARY, DOS, INPUT, OUTPUT and
*          the settings of SET.  Anything else is for CP: R15 = -3 makes
*          the command level pass the line on.
*          R15 = 0; 24 operands, 36 disk not accessed, -3
*---------------------------------------------------------------------
DMSQRY   CSECT
         USING NUCON,0
QUERY    FENTER
         CONHOLD
OPTBASE  EQU   QUERY
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         ST    R2,QRYFUNC
         CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    OPTDONE
*              operand and options
         LA    R3,8(,R2)
         CLI   0(R3),X'FF'
         BE    OPTSCAN
         CLI   0(R3),C'('
         BE    QRYOPTS
         MVC   QRYOPND,0(R3)
         LA    R3,8(,R3)
         CLI   0(R3),X'FF'
         BE    OPTSCAN
         CLI   0(R3),C'('
         BNE   QRYMORE
QRYOPTS  LA    R3,8(,R3)
         CLI   0(R3),X'FF'
         BE    OPTSCAN
         CLI   0(R3),C')'
         BE    OPTSCAN
         CLC   0(8,R3),=CL8'LIFO'
         BE    QRYOPT1
         CLC   0(8,R3),=CL8'FIFO'
         BE    QRYOPT1
         CLC   0(8,R3),=CL8'STACK'
         BNE   QRYBADO
         CLI   QRYSTACK,0
         BNE   QRYOPTS
         MVC   QRYATTN+8(4),=C'FIFO'
         B     QRYOPT2
QRYOPT1  MVC   QRYATTN+8(4),0(R3)
QRYOPT2  MVI   QRYSTACK,1
         B     QRYOPTS
QRYBADO  ST    R3,QRYBAD           unknown option or more operands
         B     OPTSCAN
QRYMORE  ST    R3,QRYBAD
         COPY  OPTSCAN
OPTDONE  DMSERR 'DMSQRY047E NO FUNCTION SPECIFIED'
         FRET  RC=24
*              not known here: CP, if there is one
OPTBAD   TM    OPTFLAGS,NOIMPCP
         BO    QRYUNK
         TM    IMPFLAGS,IMPVIRT
         BZ    QRYUNK
         L     R15,=F'-3'
         FRET
QRYUNK   L     R2,QRYFUNC
         DMSERR 'DMSQRY014E INVALID FUNCTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
QRYBADP  L     R2,QRYFUNC
         DMSERR 'DMSQRY026E INVALID PARAMETER ''%1'' FOR ''%2'' FUNCTIOX
               N',SUB=(CHAR,QRYOPND,8,CHAR,0(R2),8)
         FRET  RC=24
*              a function without operand.  Link R9
QRYNOOP  L     R2,QRYBAD
         LTR   R2,R2
         BNZ   QRYPARM
         CLI   QRYOPND,C' '
         BCR   8,R9
         LA    R2,QRYOPND
QRYPARM  DMSERR 'DMSQRY070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
*---------------------------------------------------------------------
* Settings: flag of the entry = number of the row of QRYSETS
*---------------------------------------------------------------------
QSET     BAL   R9,QRYNOOP
         SR    R1,R1
         IC    R1,9(,R3)
         MH    R1,=H'12'
         LA    R4,QRYSETS(R1)      byte, mask, text if it is 1, if 0
         LH    R5,0(,R4)           byte of NUCON
         MVC   QRYMASK+1(1),2(R4)
         LA    R6,4(,R4)
         EX    0,QRYMASK
         BO    *+8
         LA    R6,8(,R4)
         MVC   QRYLINE(8),0(R3)
         LA    R1,QRYLINE+8
         LA    R0,8
QSET1    BCTR  R1,0
         CLI   0(R1),C' '
         BNE   QSET2
         BCT   R0,QSET1
QSET2    MVC   1(3,R1),=C' = '
         MVC   4(4,R1),0(R6)
         LA    R0,QRYLINE-8
         SR    R1,R0
         LR    R0,R1
         BAL   R10,QRYOUT
         B     QRYEND
QRYMASK  TM    0(R5),X'00'
QBLIP    BAL   R9,QRYNOOP
         MVC   QRYLINE(10),=C'BLIP = OFF'
         LA    R0,10
         CLI   BLIPCHAR,C' '
         BNH   QPUT
         MVC   QRYLINE+7(3),=C'   '
         MVC   QRYLINE+7(1),BLIPCHAR
         LA    R0,8
         B     QPUT
QLEVEL   BAL   R9,QRYNOOP
         MVC   QRYLINE(32),SYSTEMID
         LA    R0,32
QPUT     BAL   R10,QRYOUT
QRYEND   FRET  RC=0
QFILEDEF BAL   R9,QRYNOOP
         MVC   QRYLINE(37),=C'NO USER DEFINED FILEDEF''S IN EFFECT   '
         LA    R0,36
         B     QPUT
QDLBL    BAL   R9,QRYNOOP
         MVC   QRYLINE(33),=C'NO USER DEFINED DLBL''S IN EFFECT  '
         LA    R0,33
         B     QPUT
QDOS     BAL   R9,QRYNOOP
         MVC   QRYLINE(9),=C'DOS = OFF'
         LA    R0,9
         B     QPUT
*              libraries
QMACLIB  BAL   R9,QRYNOOP
         LA    R5,QLIBMAC
         BAL   R9,QLIB
         B     QRYEND
QTXTLIB  BAL   R9,QRYNOOP
         LA    R5,QLIBTXT
         BAL   R9,QLIB
         B     QRYEND
QDOSLIB  BAL   R9,QRYNOOP
         LA    R5,QLIBDOS
         BAL   R9,QLIB
         B     QRYEND
QLIBRARY BAL   R9,QRYNOOP
         LA    R5,QLIBMAC
         BAL   R9,QLIB
         LA    R5,QLIBTXT
         BAL   R9,QLIB
         LA    R5,QLIBDOS
         BAL   R9,QLIB
         B     QRYEND
QLIB     BAL   R10,QRYCLEAR
         MVC   QRYLINE(6),2(R5)
         MVC   QRYLINE+6(7),=C' = NONE'
         LA    R0,13
         LH    R6,0(,R5)
         LTR   R6,R6
         BZ    QLIB3
         LA    R4,8
         LA    R1,QRYLINE+9
QLIB1    CLI   0(R6),C' '          up to eight names
         BNH   QLIB2
         CLI   0(R6),X'FF'
         BE    QLIB2
         MVC   0(8,R1),0(R6)
         LA    R1,9(,R1)
         LA    R6,8(,R6)
         BCT   R4,QLIB1
QLIB2    CH    R4,=H'8'
         BE    QLIB3
         LA    R0,QRYLINE
         SR    R1,R0
         LR    R0,R1
QLIB3    BAL   R10,QRYOUT
         BR    R9
*---------------------------------------------------------------------
* INPUT, OUTPUT: the characters that are changed
*---------------------------------------------------------------------
QINPUT   BAL   R9,QRYNOOP
         L     R5,AINTRTBL
         MVC   QRYLINE(44),QRYNOIN
         LA    R0,44
         LTR   R5,R5
         BZ    QPUT
         MVI   QRYWAY,C'I'
         B     QTABLE
QOUTPUT  BAL   R9,QRYNOOP
         L     R5,AOUTRTBL
         MVC   QRYLINE(45),QRYNOOUT
         LA    R0,45
         LTR   R5,R5
         BZ    QPUT
         MVI   QRYWAY,C'O'
QTABLE   SR    R4,R4               R4 = character
QTABLE1  SR    R6,R6
         IC    R6,0(R4,R5)         R6 = what it becomes
         CR    R4,R6
         BE    QTABLE9
         BAL   R10,QRYCLEAR
         CLI   QRYWAY,C'I'
         BNE   QTABLE2
         MVC   QRYLINE(8),=C'INPUT = '
         STC   R4,QRYLINE+8
         STC   R6,QRYWORD
         UNPK  QRYHEX(3),QRYWORD(2)
         TR    QRYHEX(2),QRYHEXT-C'0'
         MVC   QRYLINE+10(2),QRYHEX
         LA    R0,12
         B     QTABLE3
QTABLE2  MVC   QRYLINE(9),=C'OUTPUT = '
         STC   R4,QRYWORD
         UNPK  QRYHEX(3),QRYWORD(2)
         TR    QRYHEX(2),QRYHEXT-C'0'
         MVC   QRYLINE+9(2),QRYHEX
         STC   R6,QRYLINE+12
         LA    R0,13
QTABLE3  BAL   R10,QRYOUT
QTABLE9  LA    R4,1(,R4)
         CH    R4,=H'256'
         BL    QTABLE1
         B     QRYEND
*---------------------------------------------------------------------
* SYNONYM SYSTEM, USER, ALL
*---------------------------------------------------------------------
QSYN     CLI   QRYOPND,C' '
         BE    QSYN1
         CLC   QRYOPND,=CL8'SYSTEM'
         BE    QSYN1
         CLC   QRYOPND,=CL8'ALL'
         BE    QSYN1
         CLC   QRYOPND,=CL8'USER'
         BNE   QRYBADP
         L     R5,ASYNTAB
         LTR   R5,R5
         BNZ   QSYNU
         MVC   QRYLINE(26),=C'NO USER SYNONYMS IN EFFECT'
         LA    R0,26
         B     QPUT
QSYN1    MVC   QRYLINE(18),=C'SYSTEM    SHORTEST'
         LA    R0,18
         BAL   R10,QRYOUT
         BAL   R10,QRYCLEAR
         MVC   QRYLINE(14),=C'COMMAND   FORM'
         LA    R0,14
         BAL   R10,QRYOUT
         MVC   QRYLINE(18),=C'------------------'
         LA    R0,18
         BAL   R10,QRYOUT
         L     R5,AUSABRV
QSYN2    CLI   0(R5),X'FF'
         BNE   QSYN3
         CLC   QRYOPND,=CL8'ALL'
         BNE   QRYEND
         L     R5,ASYNTAB          the user's too
         LTR   R5,R5
         BZ    QRYEND
QSYNU    BAL   R10,QRYCLEAR
         MVC   QRYLINE(28),=C'SYSTEM    USER      SHORTEST'
         LA    R0,28
         BAL   R10,QRYOUT
         BAL   R10,QRYCLEAR
         MVC   QRYLINE(24),=C'COMMAND   SYNONYM   FORM'
         LA    R0,24
         BAL   R10,QRYOUT
         LA    R5,8(,R5)
QSYNU2   CLI   0(R5),X'FF'
         BE    QRYEND
         BAL   R10,QRYCLEAR
         MVC   QRYLINE(8),0(R5)
         MVC   QRYLINE+10(8),8(R5)
         SR    R1,R1
         IC    R1,16(,R5)
         BCTR  R1,0
         EX    R1,QSYNMVCU
         LA    R0,28
         BAL   R10,QRYOUT
         LA    R5,17(,R5)
         B     QSYNU2
QSYN3    DS    0H
         BAL   R10,QRYCLEAR
         MVC   QRYLINE(8),0(R5)
         SR    R1,R1
         IC    R1,8(,R5)
         BCTR  R1,0
         EX    R1,QSYNMVC
         LA    R0,18
         BAL   R10,QRYOUT
         LA    R5,9(,R5)
         B     QSYN2
QSYNMVC  MVC   QRYLINE+10(0),0(R5)
QSYNMVCU MVC   QRYLINE+20(0),8(R5)
*---------------------------------------------------------------------
* SEARCH and DISK
*---------------------------------------------------------------------
         USING ADTSECT,R5
QSEARCH  BAL   R9,QRYNOOP
         SR    R1,R1
QSRCH1   NUCALL AADTNXT
         LTR   R15,R15
         BNZ   QRYEND
         LR    R5,R1
         BAL   R10,QRYCLEAR
         MVC   QRYLINE(6),ADTID
         LA    R6,QRYLINE+8
         BAL   R10,QRYCUU
         LA    R6,QRYLINE+13
         BAL   R10,QRYMODE
         LA    R6,QRYLINE+19
         BAL   R10,QRYSTAT
         LA    R0,22
         BAL   R10,QRYOUT
         LR    R1,R5
         B     QSRCH1
*
QDISK    L     R2,QRYBAD
         LTR   R2,R2
         BNZ   QRYPARM
         MVI   QRYWAY,C'*'
         CLI   QRYOPND,C' '
         BE    QDISK2
         CLC   QRYOPND,=CL8'*'
         BE    QDISK2
         MVI   QRYWAY,C'W'
         CLC   QRYOPND,=CL8'R/W'
         BE    QDISK2
         MVI   QRYWAY,C'M'
         CLC   QRYOPND,=CL8'MAX'
         BE    QDISKMAX
         CLC   QRYOPND+1(7),=CL8' '
         BNE   QRYBADP
         CLI   QRYOPND,C'A'
         BL    QRYBADP
         CLI   QRYOPND,C'Z'
         BH    QRYBADP
         LA    R1,QRYOPND
         NUCALL AADTLKP
         LTR   R15,R15
         BZ    QDISK1
         DMSERR 'DMSQRY069E DISK ''%1'' NOT ACCESSED',                 X
               SUB=(CHAR,QRYOPND,1)
         FRET  RC=36
QDISK1   LR    R5,R1
         BAL   R9,QDSKHEAD
         BAL   R9,QDSKLINE
         B     QRYEND
*              the disk with most room
QDISKMAX SR    R1,R1
         SR    R7,R7
QDMAX1   NUCALL AADTNXT
         LTR   R15,R15
         BNZ   QDMAX3
         LR    R5,R1
         TM    ADTFLG1,ADTFRW
         BZ    QDMAX1
         LTR   R7,R7
         BZ    QDMAX2
         CLC   ADTLEFT,ADTLEFT-ADTSECT(R7)
         BNH   QDMAX1
QDMAX2   LR    R7,R5
         B     QDMAX1
QDMAX3   LTR   R5,R7
         BNZ   QDISK1
QDNOW    DMSERR 'DMSQRY361E DISK ''%1'' IS NOT A READ/WRITE DISK',     X
               SUB=(CHAR,=C'A',1)
         FRET  RC=36
QDISK2   MVI   QRYANY,0
         SR    R1,R1
QDISK3   NUCALL AADTNXT
         LTR   R15,R15
         BNZ   QRYEND
         LR    R5,R1
         CLI   QRYWAY,C'W'
         BNE   QDISK4
         TM    ADTFLG1,ADTFRW
         BZ    QDISK5
QDISK4   CLI   QRYANY,0
         BNE   *+8
         BAL   R9,QDSKHEAD
         MVI   QRYANY,1
         BAL   R9,QDSKLINE
QDISK5   LR    R1,R5
         B     QDISK3
QDSKHEAD MVC   QRYLINE(80),QRYHEAD
         LA    R0,80
         BAL   R10,QRYOUT
         BR    R9
*              label cuu m stat cyl type blksize files used-% left total
QDSKLINE BAL   R10,QRYCLEAR
         MVC   QRYLINE(6),ADTID
         LA    R6,QRYLINE+7
         BAL   R10,QRYCUU
         LA    R6,QRYLINE+11
         BAL   R10,QRYMODE
         LA    R6,QRYLINE+15
         BAL   R10,QRYSTAT
         MVC   QRYLINE+19(4),=C' FBA'
         CLI   ADTDCLS,X'01'
         BE    QDSK1
         MVC   QRYLINE+19(4),=C'    '
         L     R0,ADTCYL
         LA    R1,QRYLINE+18
         LA    R2,5
         BAL   R10,EDITNUM
QDSK1    LA    R1,QRYTYPES
QDSK2    CLC   0(2,R1),ADTDCLS
         BE    QDSK3
         LA    R1,6(,R1)
         CLI   0(R1),X'FF'
         BNE   QDSK2
QDSK3    MVC   QRYLINE+24(4),2(R1)
         L     R0,ADTBSIZE
         LA    R1,QRYLINE+29
         LA    R2,4
         BAL   R10,EDITNUM
         L     R0,ADTFSTC
         LA    R1,QRYLINE+38
         LA    R2,6
         BAL   R10,EDITNUM
         L     R0,ADTUSED
         LA    R1,QRYLINE+46
         LA    R2,10
         BAL   R10,EDITNUM
         MVI   QRYLINE+56,C'-'
         L     R1,ADTUSED          percent, rounded
         M     R0,=F'200'
         AL    R1,ADTNUM
         BC    12,*+8
         A     R0,=F'1'
         L     R4,ADTNUM
         AR    R4,R4
         BZ    QDSK4
         DR    R0,R4
         LR    R0,R1
         MVC   QRYLINE+57(2),=C'00'
         CH    R0,=H'100'
         BL    *+8
         LA    R0,99
         LA    R1,QRYLINE+57
         LA    R2,2
         BAL   R10,EDITNUM
QDSK4    L     R0,ADTLEFT
         LA    R1,QRYLINE+59
         LA    R2,10
         BAL   R10,EDITNUM
         L     R0,ADTNUM
         LA    R1,QRYLINE+70
         LA    R2,10
         BAL   R10,EDITNUM
         LA    R0,80
         BAL   R10,QRYOUT
         BR    R9
*              device address, mode, status to 0(R6).  Link R10
QRYCUU   MVC   QRYWORD(2),ADTDEV
         UNPK  QRYHEX(5),QRYWORD(3)
         TR    QRYHEX(4),QRYHEXT-C'0'
         MVC   0(3,R6),QRYHEX+1
         BR    R10
QRYMODE  MVC   0(1,R6),ADTM
         CLI   ADTMX,C' '
         BCR   12,R10
         MVI   1(R6),C'/'
         MVC   2(1,R6),ADTMX
         BR    R10
QRYSTAT  MVC   0(3,R6),=C'R/O'
         TM    ADTFLG1,ADTFRW
         BCR   8,R10
         MVI   2(R6),C'W'
         BR    R10
         DROP  R5
*---------------------------------------------------------------------
* QRYOUT   R0 bytes of QRYLINE to the terminal or the stack.  Link R10
*---------------------------------------------------------------------
QRYOUT   CLI   QRYSTACK,0
         BNE   QRYOUT1
         WRTERM QRYLINE,(R0)
         BR    R10
QRYOUT1  STC   R0,QRYATTN+12
         CMSCALL QRYATTN
         BR    R10
QRYCLEAR MVI   QRYLINE,C' '
         MVC   QRYLINE+1(79),QRYLINE
         BR    R10
         COPY  EDITNUM
         LTORG
OPTTAB   DS    0H
         OPTENT ABBREV,6,0,QSET
         OPTENT IMPCP,5,1,QSET
         OPTENT IMPEX,5,2,QSET
         OPTENT RELPAGE,7,3,QSET
         OPTENT RDYMSG,6,4,QSET
         OPTENT REDTYPE,7,5,QSET
         OPTENT PROTECT,7,6,QSET
         OPTENT BLIP,4,0,QBLIP
         OPTENT CMSLEVEL,8,0,QLEVEL
         OPTENT DISK,4,0,QDISK
         OPTENT SEARCH,6,0,QSEARCH
         OPTENT SYNONYM,3,0,QSYN
         OPTENT INPUT,5,0,QINPUT
         OPTENT OUTPUT,6,0,QOUTPUT
         OPTENT FILEDEF,7,0,QFILEDEF
         OPTENT DLBL,4,0,QDLBL
         OPTENT MACLIB,6,0,QMACLIB
         OPTENT TXTLIB,6,0,QTXTLIB
         OPTENT DOSLIB,6,0,QDOSLIB
         OPTENT LIBRARY,7,0,QLIBRARY
         OPTENT DOS,3,0,QDOS
         DC    X'FF'
*              byte, mask, text if the bit is 1, if it is 0
         DS    0H
QRYSETS  DC    AL2(OPTFLAGS-NUCON),AL1(NOABBREV),X'0',C'OFF ON  '
         DC    AL2(OPTFLAGS-NUCON),AL1(NOIMPCP),X'0',C'OFF ON  '
         DC    AL2(OPTFLAGS-NUCON),AL1(NOIMPEX),X'0',C'OFF ON  '
         DC    AL2(OPTFLAGS-NUCON),AL1(NOPAGREL),X'0',C'OFF ON  '
         DC    AL2(MSGFLAGS-NUCON),AL1(NORDYTIM),X'0',C'SMSGLMSG'
         DC    AL2(CONFLAG-NUCON),AL1(CONREDT),X'0',C'ON  OFF '
         DC    AL2(PROTFLAG-NUCON),X'80',X'0',C'OFF ON  '
*              list of names, name of the list
QLIBMAC  DC    AL2(MACLIBL-NUCON),CL6'MACLIB'
QLIBTXT  DC    AL2(TXTLIBS-NUCON),CL6'TXTLIB'
QLIBDOS  DC    AL2(0),CL6'DOSLIB'
*              class and type of DIAGNOSE 24
QRYTYPES DC    X'0440',C'2314',X'0410',C'3330',X'0401',C'3340'
         DC    X'0408',C'3350',X'0420',C'3380',X'0102',C'3370'
         DC    X'0101',C'3310',X'FFFF',C'    '
QRYHEAD  DC    C'LABEL  CUU M  STAT  CYL TYPE BLKSIZE   FILES  '
         DC    C'BLKS USED-(%) BLKS LEFT  BLK TOTAL'
QRYNOIN  DC    C'NO USER DEFINED INPUT TRANSLATE TABLE IN USE'
QRYNOOUT DC    C'NO USER DEFINED OUTPUT TRANSLATE TABLE IN USE'
QRYHEXT  DC    C'0123456789ABCDEF'
QRYHEX   DC    CL5' '
QRYWORD  DC    XL3'00'
QRYWAY   DC    C' '
QRYANY   DC    X'00'
QRYSTACK DC    X'00'
QRYFUNC  DC    A(0)
QRYBAD   DC    A(0)
QRYOPND  DC    CL8' '
QRYATTN  DC    CL8'ATTN',CL4'FIFO',AL1(0),AL3(QRYLINE)
QRYLINE  DC    CL80' '
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         END   QUERY
