         TITLE 'SYNONYM - names of the user for commands'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* SYNONYM  [fn [SYNONYM [fm]]] (options
*          STD NOSTD    whether the abbreviations of CMS count
*          CLEAR        the user's synonyms are forgotten
*          A record of the file, F 80: command, synonym, and how many
*          letters of it are enough (default: all).  No operand: the
*          synonyms in effect (QUERY SYNONYM lists those of CMS).
*          R15 = 0; 24 operands, 28 no file, 32 records, 100 reading
*
* ASYNTAB: doublewords of the table, then entries of 17 bytes: command,
* synonym, letters; X'FF'
*---------------------------------------------------------------------
DMSSYN   CSECT
         USING NUCON,0
SYNONYM  FENTER
OPTBASE  EQU   SYNONYM
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,SYNFN
         LA    R4,3
SYNOPND  CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    SYNOPTS
         LTR   R4,R4
         BZ    SYNPARM
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         BCTR  R4,0
         B     SYNOPND
SYNPARM  DMSERR 'DMSSYN070E INVALID PARAMETER ''%1''',                 X
               SUB=(CHAR,0(R2),8)
         FRET  RC=24
SYNOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
OPTBAD   DMSERR 'DMSSYN003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
OSYN     OC    SYNOPT,9(R3)
         B     OPTSCAN
OPTDONE  TM    SYNOPT,SYNSTD+SYNNOSTD
         BNO   SYNOPT1
         DMSERR 'DMSSYN066E ''STD'' AND ''NOSTD'' ARE CONFLICTING OPTIOX
               NS'
         FRET  RC=24
SYNOPT1  TM    SYNOPT,SYNSTD
         BZ    *+8
         NI    OPTFLAGS,255-NOSTDSYN
         TM    SYNOPT,SYNNOSTD
         BZ    *+8
         OI    OPTFLAGS,NOSTDSYN
         TM    SYNOPT,SYNCLEAR
         BZ    SYNFILE
         BAL   R9,SYNDROP
SYNFILE  CLI   SYNFN,C' '
         BNE   SYNREAD
         CLI   SYNOPT,0
         BE    SYNSHOW
         FRET  RC=0
*---------------------------------------------------------------------
* The file becomes a table
*---------------------------------------------------------------------
SYNREAD  CLC   SYNFT,=CL8'SYNONYM'
         BE    SYNFIND
         DMSERR 'DMSSYN032E INVALID FILETYPE ''%1''',SUB=(CHAR,SYNFT,8)
         FRET  RC=24
SYNFIND  LA    R1,SYNFN-8
         NUCALL AFSTLKP
         LTR   R15,R15
         BZ    SYNFND
         DMSERR 'DMSSYN002E FILE ''%1 %2 %3'' NOT FOUND',              X
               SUB=(CHAR,SYNFN,8,CHAR,SYNFT,8,CHAR,SYNFM,2)
         FRET  RC=28
SYNFND   LR    R8,R1
         USING FSTSECT,R8
         CLI   FSTFV,C'F'
         BNE   SYNFORM
         CLC   FSTIL,=F'80'
         BE    SYNMAKE
SYNFORM  DMSERR 'DMSSYN007E FILE ''%1 %2 %3'' IS NOT FIXED, 80 CHAR. REX
               CORDS',SUB=(CHAR,SYNFN,8,CHAR,SYNFT,8,CHAR,SYNFM,2)
         FRET  RC=32
SYNMAKE  L     R1,FSTAIC
         MH    R1,=H'17'
         LA    R1,16(,R1)
         SRL   R1,3
         LR    R5,R1
         LR    R0,R1
         DMSFREE DWORDS=(R0),TYPE=NUCLEUS,ERR=SYNFULL
         LR    R6,R1               R6 = table
         ST    R5,0(,R6)
         LA    R7,8(,R6)           R7 -> entry
         MVC   SYNRDFN(16),SYNFN
         MVC   SYNRDFM,SYNFM
SYNNEXT  CMSCALL SYNRDBUF
         CH    R15,=H'12'
         BE    SYNDONE
         LTR   R15,R15
         BNZ   SYNRERR
         LA    R1,SYNREC
         LA    R0,80
         LA    R2,SYNTOK
         LA    R3,5
         NUCALL ASCANN
         LTR   R0,R0
         BZ    SYNNEXT             a blank record
         CLI   SYNTOK,C'*'
         BE    SYNNEXT             a comment
         CLI   SYNTOK+8,X'FF'
         BE    SYNBAD
         MVC   0(16,R7),SYNTOK
         LA    R1,SYNTOK+16        R3 = its length
         LA    R3,8
SYNLEN   BCTR  R1,0
         CLI   0(R1),C' '
         BNE   SYNLEN1
         BCT   R3,SYNLEN
SYNLEN1  STC   R3,16(,R7)
         CLI   SYNTOK+16,X'FF'
         BE    SYNGOT
         LA    R1,SYNTOK+16
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   SYNBAD
         CR    R0,R3
         BH    SYNBAD
         LTR   R0,R0
         BZ    SYNBAD
         STC   R0,16(,R7)
         CLI   SYNTOK+24,X'FF'
         BNE   SYNBAD
SYNGOT   LA    R7,17(,R7)
         B     SYNNEXT
SYNDONE  MVI   0(R7),X'FF'
         CMSCALL SYNFINIS
         BAL   R9,SYNDROP
         ST    R6,ASYNTAB
         FRET  RC=0
SYNBAD   DMSERR 'DMSSYN056E FILE ''%1 %2 %3'' CONTAINS INVALID RECORD FX
               ORMATS',SUB=(CHAR,SYNFN,8,CHAR,SYNFT,8,CHAR,SYNFM,2)
         LA    R4,32
         B     SYNEND
SYNRERR  LR    R3,R15
         DMSERR 'DMSSYN104S ERROR ''%1'' READING FILE ''%2 %3 %4'' FROMX
                DISK',SUB=(DECR,(R3),0,CHAR,SYNFN,8,CHAR,SYNFT,8,      X
               CHAR,SYNFM,2)
         LA    R4,100
SYNEND   CMSCALL SYNFINIS
         LR    R0,R5
         LR    R1,R6
         DMSFRET DWORDS=(R0),LOC=(R1)
         LR    R15,R4
         FRET
SYNFULL  DMSERR 'DMSSYN109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
*              gives the table back.  Link R9; uses R0, R1
SYNDROP  L     R1,ASYNTAB
         LTR   R1,R1
         BCR   8,R9
         XC    ASYNTAB,ASYNTAB
         L     R0,0(,R1)
         DMSFRET DWORDS=(R0),LOC=(R1)
         BR    R9
*---------------------------------------------------------------------
* What is in effect
*---------------------------------------------------------------------
SYNSHOW  L     R7,ASYNTAB
         LTR   R7,R7
         BNZ   SYNSHOW1
         DMSERR 'DMSSYN712I NO SYNONYMS (NO USER SYNONYM TABLE)'
         FRET  RC=0
SYNSHOW1 WRTERM =C'SYSTEM    USER      SHORTEST',28
         WRTERM =C'COMMAND   SYNONYM   FORM',24
         LA    R7,8(,R7)
SYNSHOW2 CLI   0(R7),X'FF'
         BE    SYNSHOW9
         MVC   SYNREC,=CL80' '
         MVC   SYNREC(8),0(R7)
         MVC   SYNREC+10(8),8(R7)
         SR    R1,R1
         IC    R1,16(,R7)
         BCTR  R1,0
         EX    R1,SYNMVC
         WRTERM SYNREC,28
         LA    R7,17(,R7)
         B     SYNSHOW2
SYNSHOW9 FRET  RC=0
SYNMVC   MVC   SYNREC+20(0),8(R7)
         COPY  GETNUM
         LTORG
OPTTAB   DS    0H
         OPTENT STD,3,SYNSTD,OSYN
         OPTENT NOSTD,5,SYNNOSTD,OSYN
         OPTENT CLEAR,5,SYNCLEAR,OSYN
         DC    X'FF'
SYNOPT   DC    X'00'
SYNSTD   EQU   X'80'
SYNNOSTD EQU   X'40'
SYNCLEAR EQU   X'20'
         DS    0D
         DC    CL8' '
SYNFN    DC    CL8' '
SYNFT    DC    CL8'SYNONYM'
SYNFM    DC    CL8'*'
         DC    8X'FF'
SYNRDBUF DC    CL8'RDBUF'
SYNRDFN  DC    CL16' '
SYNRDFM  DC    CL2' ',H'0',A(SYNREC),F'80',CL2'F',H'1',5F'0'
         DS    0D
SYNFINIS DC    CL8'FINIS',CL8'*',CL8'SYNONYM',CL8'*',8X'FF'
SYNREC   DC    CL80' '
SYNTOK   DC    7CL8' '
         COPY  REGEQU
         COPY  NUCON
         COPY  FST
         END   SYNONYM
