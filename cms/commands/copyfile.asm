         TITLE 'COPYFILE - copy files'
*MODULE USER
*---------------------------------------------------------------------
* COPYFILE fileid ... fileid (options     the last one is the output
*          * in an input identifier: all such files; = in the output:
*          as in the first input identifier, also as =X or X=.  An =
*          where the first identifier has an * makes as many output
*          files as there are input files.  One identifier alone: the
*          file is replaced.
*          Options: see OPTTAB; PACK and UNPACK do not exist.
*          R15 = 0; 20 24 operands, 28 no file or it exists, 32 records
*          or label not found, 36 disk, 40 nothing copied or entered,
*          88 too many, 100 I/O error, 104 storage
*
* An existing output file is replaced when COPYFILE CMSUT1 is complete.
* Records of the same form are moved by whole buffers (CPYFAST); any
* other record goes through CPYREC.
*
* R12 R11 base; R10 R9 R8 links of three levels; R4 -> record, R5 =
* its length; R7 = FST, R6 = ADT of the input file
*---------------------------------------------------------------------
DMSCPY   CSECT
         USING NUCON,0
COPYFILE FENTER
OPTBASE  EQU   COPYFILE
         LA    R11,4095(,R12)
         LA    R11,1(,R11)
         USING COPYFILE+4096,R11
         USING FSTSECT,R7
         USING ADTSECT,R6
         LA    R2,8(,R1)
         LA    R2,0(,R2)
         LA    R3,CPYIDS
         SR    R4,R4               R4 = operands
CPYOPND  STH   R4,CPYNIDS
         CLI   0(R2),X'FF'
         BE    OPTDONE
         CLI   0(R2),C'('
         BE    CPYOPTS
         CH    R4,=H'60'
         BNL   CPYMANY
         MVC   0(8,R3),0(R2)
         LA    R3,8(,R3)
         LA    R2,8(,R2)
         LA    R4,1(,R4)
         B     CPYOPND
CPYMANY  DMSERR 'DMSCPY102S TOO MANY FILEIDS'
         FRET  RC=88
CPYOPTS  LA    R2,8(,R2)
         COPY  OPTSCAN
*---------------------------------------------------------------------
* Options: the flag of an entry is its index
*---------------------------------------------------------------------
OSET     SR    R1,R1
         IC    R1,9(,R3)
         LA    R1,CPYSEEN(R1)
         CLI   0(R1),0
         BNE   OTWICE
         MVI   0(R1),1
         BR    R10
OTWICE   DMSERR 'DMSCPY065E ''%1'' OPTION SPECIFIED TWICE',            X
               SUB=(CHAR,0(R3),8)
         FRET  RC=24
OPTBAD   DMSERR 'DMSCPY003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         FRET  RC=24
OSIMPLE  BAL   R10,OSET
         B     OPTSCAN
OLOWER   BAL   R10,OSET
         LA    R1,CPYLOW
         B     OCASE
OUPPER   BAL   R10,OSET
         LA    R1,CPYUPP
*              R1 -> first letter, last letter, what to add to it
OCASE    LA    R14,3
OCASE1   SR    R15,R15
         IC    R15,0(,R1)
OCASE2   SR    R5,R5
         IC    R5,2(,R1)
         AR    R5,R15
         STC   R5,CPYTR(R15)
         LA    R15,1(,R15)
         SR    R0,R0
         IC    R0,1(,R1)
         CR    R15,R0
         BNH   OCASE2
         LA    R1,3(,R1)
         BCT   R14,OCASE1
         MVI   CPYTRON,1
         B     OPTSCAN
OEBCDIC  BAL   R10,OSET
         MVI   CPYTR+C'<',C')'
         MVI   CPYTR+C'&&',C'+'
         MVI   CPYTR+C'%',C'('
         MVI   CPYTR+C'#',C'='
         MVI   CPYTR+C'@',C''''
         MVI   CPYTR+C'''',C':'
         MVI   CPYTRON,1
         B     OPTSCAN
*              a number: R4 -> word
OFROM    LA    R4,CPYFROM
         B     ONUM
OFOR     LA    R4,CPYFOR
         B     ONUM
OLRECL   LA    R4,CPYLRECL
ONUM     BAL   R10,OSET
         BAL   R10,OOPND
         LR    R1,R2
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   OBADOP
         LTR   R0,R0
         BZ    OBADOP
         ST    R0,0(,R4)
         LA    R1,CPYLRECL
         CR    R4,R1
         BNE   ONEXT
         C     R0,=F'65535'
         BH    OBADOP
ONEXT    LA    R2,8(,R2)
         B     OPTSCAN
OFRLAB   LA    R4,CPYFRL
         B     OLAB
OTOLAB   LA    R4,CPYTOL
OLAB     BAL   R10,OSET
         BAL   R10,OOPND
         MVC   2(8,R4),0(R2)
         LA    R1,8(,R2)           its length - 1
         LA    R15,8
OLAB1    BCTR  R1,0
         BCTR  R15,0
         CLI   0(R1),C' '
         BE    OLAB1
         STH   R15,0(,R4)
         B     ONEXT
ORECFM   BAL   R10,OSET
         BAL   R10,OOPND
         CLC   0(8,R2),=CL8'F'
         BE    ORECFM1
         CLC   0(8,R2),=CL8'V'
         BNE   OBADOP
ORECFM1  MVC   CPYRECFM,0(R2)
         B     ONEXT
OFILL    BAL   R10,OSET
         BAL   R10,OOPND
         MVC   CPYFILL,0(R2)
         CLI   1(R2),C' '
         BE    ONEXT
         LR    R1,R2
         BAL   R10,GETHEX
         LTR   R15,R15
         BNZ   OBADOP
         CLI   2(R2),C' '
         BNE   OBADOP
         STC   R0,CPYFILL
         B     ONEXT
*              is there an operand?  Link R10
OOPND    CLI   0(R2),X'FF'
         BE    OBADOP
         CLI   0(R2),C')'
         BCR   7,R10
OBADOP   CLI   0(R2),X'FF'
         BNE   OBADOP1
         LA    R2,=CL8' '
OBADOP1  DMSERR 'DMSCPY029E INVALID PARAMETER ''%1'' IN THE OPTION ''%2X
               '' FIELD',SUB=(CHAR,0(R2),8,CHAR,0(R3),8)
         FRET  RC=24
*---------------------------------------------------------------------
* Conflicts: pairs of indexes
*---------------------------------------------------------------------
OPTDONE  LA    R5,CPYCONF
CPYCONF1 CLI   0(R5),X'FF'
         BE    CPYCHECK
         SR    R1,R1
         IC    R1,0(,R5)
         LA    R14,CPYSEEN(R1)
         SR    R3,R3
         IC    R3,1(,R5)
         LA    R15,CPYSEEN(R3)
         LA    R5,2(,R5)
         CLI   0(R14),0
         BE    CPYCONF1
         CLI   0(R15),0
         BE    CPYCONF1
         MH    R1,=H'12'
         MH    R3,=H'12'
         LA    R1,OPTTAB(R1)
         LA    R3,OPTTAB(R3)
         DMSERR 'DMSCPY066E ''%1'' AND ''%2'' ARE CONFLICTING OPTIONS',X
               SUB=(CHAR,0(R1),8,CHAR,0(R3),8)
         FRET  RC=24
*---------------------------------------------------------------------
* Identifiers
*---------------------------------------------------------------------
CPYCHECK LH    R4,CPYNIDS
         LTR   R4,R4
         BNZ   CPYCHK1
         DMSERR 'DMSCPY042E NO FILEID SPECIFIED'
         FRET  RC=24
CPYCHK1  LR    R15,R4
         SR    R14,R14
         D     R14,=F'3'
         LTR   R14,R14
         BZ    CPYCHK2
         DMSERR 'DMSCPY054E INCOMPLETE FILEID SPECIFIED'
         FRET  RC=24
CPYCHK2  CH    R15,=H'1'
         BNE   CPYCHK3
         MVI   CPYREPL,1           one: it is replaced
         MVC   CPYOUT(24),CPYEQ
         B     CPYCHK4
CPYCHK3  BCTR  R15,0
         LR    R1,R15
         MH    R1,=H'24'
         LA    R1,CPYIDS(R1)
         MVC   CPYOUT(24),0(R1)
CPYCHK4  STH   R15,CPYNIDS
         CLC   CPYOUT(24),CPYEQ
         BNE   *+8
         MVI   CPYREPL,1
         CLI   CPYSEEN+XREPLACE,0
         BE    *+8
         MVI   CPYREPL,1
         CLI   CPYSEEN+XNEWFILE,0
         BE    *+8
         MVI   CPYREPL,0
         CLI   CPYSEEN+XAPPEND,0
         BE    *+8
         MVI   CPYREPL,0
         CLI   CPYSEEN+XOVLY,0
         BE    *+8
         MVI   CPYREPL,0
*              the first identifier: no =
         LA    R3,CPYIDS
         LA    R4,2
CPYCHK5  LR    R1,R3
         LA    R15,8
CPYCHK6  CLI   0(R1),C'='
         BE    CPYBADEQ
         LA    R1,1(,R1)
         BCT   R15,CPYCHK6
         LA    R3,8(,R3)
         BCT   R4,CPYCHK5
*              modes of the input: letter, letter and digit, * or =
         LA    R3,CPYIDS
         LH    R4,CPYNIDS
CPYCHK7  CLC   16(8,R3),=CL8'*'
         BE    CPYCHK8
         CLC   16(8,R3),=CL8'='
         BNE   CPYCHK9
         LA    R1,CPYIDS
         CR    R1,R3
         BNE   CPYCHK8
         B     CPYBADEQ
CPYCHK9  LA    R1,16(,R3)
         BAL   R10,MODECHK
         LTR   R15,R15
         BNZ   CPYBADM
CPYCHK8  LA    R3,24(,R3)
         BCT   R4,CPYCHK7
*              the output: no *; many files?
         LA    R3,CPYOUT
         LA    R5,CPYIDS
         LA    R4,3
CPYCHKA  CLC   0(8,R3),=CL8'*'
         BE    CPYSTAR
         LR    R1,R3
         LA    R15,8
CPYCHKB  CLI   0(R1),C'='
         BE    CPYCHKC
         LA    R1,1(,R1)
         BCT   R15,CPYCHKB
         B     CPYCHKD
CPYCHKC  CLC   0(8,R5),=CL8'*'
         BNE   CPYCHKD
         MVI   CPYMULTI,1
CPYCHKD  LA    R3,8(,R3)
         LA    R5,8(,R5)
         BCT   R4,CPYCHKA
         CLI   CPYOUT+16,C'='
         BE    CPYASK
         LA    R1,CPYOUT+16
         LA    R3,CPYOUT
         BAL   R10,MODECHK
         LTR   R15,R15
         BZ    CPYASK
CPYBADM  DMSERR 'DMSCPY048E INVALID MODE ''%1''',SUB=(CHAR,16(R3),8)
         FRET  RC=24
CPYSTAR  DMSERR 'DMSCPY062E INVALID CHARACTER ''*'' IN FILEID ''%1 %2 %X
               3''',                                                   X
               SUB=(CHAR,CPYOUT,8,CHAR,CPYOUT+8,8,CHAR,CPYOUT+16,8)
         FRET  RC=20
CPYBADEQ DMSERR 'DMSCPY062E INVALID CHARACTER ''='' IN FILEID ''%1 %2 %X
               3''',                                                   X
               SUB=(CHAR,CPYIDS,8,CHAR,CPYIDS+8,8,CHAR,CPYIDS+16,8)
         FRET  RC=20
*              lists from the console
CPYASK   CLI   CPYSEEN+XSPECS,0
         BE    CPYASK1
         L     R15,=A(CPYSPECS)
         BALR  R8,R15
CPYASK1  CLI   CPYSEEN+XTRANS,0
         BE    CPYFIND
         L     R15,=A(CPYTRANS)
         BALR  R8,R15
*---------------------------------------------------------------------
* The input files: a list of FST and ADT, first counted, then filled
*---------------------------------------------------------------------
CPYFIND  SR    R3,R3               R3 = where to put them, 0 = count
CPYFIND0 LA    R2,CPYIDS           R2 -> identifier
         LH    R4,CPYNIDS
         CLI   CPYMULTI,0
         BE    *+8
         LA    R4,1                only the first one
         XC    CPYN,CPYN
CPYFIND1 MVC   CPYID(24),0(R2)
         LA    R5,CPYIDS
         BAL   R9,CPYSAME          = of the others
         ST    R2,CPYSAVE
         BAL   R9,CPYMATCH
         L     R2,CPYSAVE
         LTR   R15,R15
         BNZ   CPYRET
         LA    R2,24(,R2)
         BCT   R4,CPYFIND1
         LTR   R3,R3
         BNZ   CPYWORK
         L     R0,CPYN
         DMSFREE DWORDS=(R0),ERR=CPYFULL
         ST    R1,CPYLIST
         LR    R3,R1
         B     CPYFIND0
*---------------------------------------------------------------------
* CPYMATCH All files of CPYID: to 0(R3) if R3 is not 0, CPYN + 1.
*          R15 = 0, 28, 36.  Link R9
*---------------------------------------------------------------------
CPYMATCH MVI   CPYHIT,0
         MVI   CPYWILD,0
         CLC   CPYID(8),=CL8'*'
         BE    CPYMAT0
         CLC   CPYID+8(8),=CL8'*'
         BE    CPYMAT0
         CLI   CPYID+16,C'*'
         BNE   CPYMAT1
CPYMAT0  MVI   CPYWILD,1
CPYMAT1  SR    R7,R7
         SR    R6,R6
CPYMAT2  LR    R0,R7
         LR    R2,R6
         LA    R1,CPYID-8
         NUCALL AFSTNXT
         LTR   R15,R15
         BNZ   CPYMAT9
         LR    R7,R1
         LR    R6,R0
         CLI   CPYID+16,C'*'
         BE    CPYMAT4
         CLI   CPYWILD,0           extensions for one file only
         BE    CPYMAT3
         CLC   ADTM,CPYID+16
         BNE   CPYMAT2
CPYMAT3  CLI   CPYID+17,C' '
         BE    CPYMAT4
         CLC   FSTM+1(1),CPYID+17
         BNE   CPYMAT2
CPYMAT4  MVI   CPYHIT,1
         L     R1,CPYN
         LA    R1,1(,R1)
         ST    R1,CPYN
         LTR   R3,R3
         BZ    CPYMAT5
         ST    R7,0(,R3)
         ST    R6,4(,R3)
         LA    R3,8(,R3)
CPYMAT5  CLI   CPYWILD,0
         BNE   CPYMAT2
CPYMAT6  SR    R15,R15
         BR    R9
CPYMAT9  CLI   CPYHIT,0
         BNE   CPYMAT6
         CH    R15,=H'36'
         BE    CPYMATA
         DMSERR 'DMSCPY002E INPUT FILE ''%1 %2 %3'' NOT FOUND',        X
               SUB=(CHAR,CPYID,8,CHAR,CPYID+8,8,CHAR,CPYID+16,8)
         LA    R15,28
         BR    R9
CPYMATA  DMSERR 'DMSCPY069E INPUT DISK ''%1'' NOT ACCESSED',           X
               SUB=(CHAR,CPYID+16,1)
         LA    R15,36
         BR    R9
*---------------------------------------------------------------------
* CPYSAME  Puts the parts of the identifier at R5 in the place of = in
*          CPYID.  Link R9; uses R0, R1, R10, R14, R15
*---------------------------------------------------------------------
CPYSAME  LA    R1,CPYID
         LA    R14,3
CPYSAME1 LA    R15,0(,R1)
         LA    R10,8
CPYSAME2 CLI   0(R15),C'='
         BE    CPYSAME3
         LA    R15,1(,R15)
         BCT   R10,CPYSAME2
         B     CPYSAME9
*              R15 -> the =; CPYTMP: what is before, the name, the rest
CPYSAME3 STM   R2,R4,CPYSAVE3
         MVC   CPYTMP(24),=CL24' '
         LR    R3,R15
         SR    R3,R1               length before
         LA    R4,CPYTMP
         LTR   R3,R3
         BZ    CPYSAME4
         BCTR  R3,0
         EX    R3,CPYMVCT
         LA    R4,1(R3,R4)
CPYSAME4 LA    R2,8                length of the name
         LA    R3,7(,R5)
CPYSAME5 CLI   0(R3),C' '
         BNE   CPYSAME6
         BCTR  R3,0
         BCT   R2,CPYSAME5
CPYSAME6 LTR   R2,R2
         BZ    CPYSAME7
         BCTR  R2,0
         EX    R2,CPYMVC5
         LA    R4,1(R2,R4)
CPYSAME7 BCTR  R10,0               length of the rest
         LTR   R10,R10
         BZ    CPYSAME8
         BCTR  R10,0
         EX    R10,CPYMVCR
CPYSAME8 MVC   0(8,R1),CPYTMP
         LM    R2,R4,CPYSAVE3
CPYSAME9 LA    R1,8(,R1)
         LA    R5,8(,R5)
         BCT   R14,CPYSAME1
         BR    R9
CPYMVCT  MVC   CPYTMP(0),0(R1)
CPYMVC5  MVC   0(0,R4),0(R5)
CPYMVCR  MVC   0(0,R4),1(R15)
*---------------------------------------------------------------------
* The work.  One output file: all of the list.  Many: for each of the
* list one, and the other identifiers follow with their =.
*---------------------------------------------------------------------
CPYWORK  L     R3,CPYLIST          R3 -> list, R2 = how many
         L     R2,CPYN
         STM   R2,R3,CPYPOS
         L     R7,0(,R3)
         L     R6,4(,R3)
         CLI   CPYMULTI,0
         BNE   CPYM1
         BAL   R8,CPYOPEN
CPYW1    LM    R2,R3,CPYPOS
         LTR   R2,R2
         BZ    CPYW2
         L     R7,0(,R3)
         L     R6,4(,R3)
         BCTR  R2,0
         LA    R3,8(,R3)
         STM   R2,R3,CPYPOS
         BAL   R8,CPYFILE
         B     CPYW1
CPYW2    BAL   R8,CPYCLOSE
         SR    R15,R15
         B     CPYRET
CPYM1    LM    R2,R3,CPYPOS
         SR    R15,R15
         LTR   R2,R2
         BZ    CPYRET
         L     R7,0(,R3)
         L     R6,4(,R3)
         BCTR  R2,0
         LA    R3,8(,R3)
         STM   R2,R3,CPYPOS
         CLI   FSTN,0              an earlier copy replaced it
         BE    CPYM1
         BAL   R8,CPYOPEN
         BAL   R8,CPYFILE
         LA    R2,CPYIDS+24        the other identifiers
         LH    R4,CPYNIDS
CPYM2    BCTR  R4,0
         LTR   R4,R4
         BZ    CPYM3
         MVC   CPYID(24),0(R2)
         LA    R2,24(,R2)
         STM   R2,R4,CPYSAVE
         LA    R5,CPYFIRST
         BAL   R9,CPYSAME
         LA    R1,CPYID-8
         NUCALL AFSTLKP
         LTR   R15,R15
         BNZ   CPYM4
         LR    R7,R1
         LR    R6,R0
         BAL   R8,CPYFILE
         LM    R2,R4,CPYSAVE
         B     CPYM2
CPYM3    BAL   R8,CPYCLOSE
         B     CPYM1
CPYM4    DMSERR 'DMSCPY002E INPUT FILE ''%1 %2 %3'' NOT FOUND',        X
               SUB=(CHAR,CPYID,8,CHAR,CPYID+8,8,CHAR,CPYID+16,8)
         LA    R15,28
         B     CPYDROP
CPYFULL  DMSERR 'DMSCPY109T VIRTUAL STORAGE CAPACITY EXCEEDED'
         LA    R15,104
*              an error: what was written goes
CPYDROP  ST    R15,CPYRC
         BAL   R10,CPYINEND
         CLI   CPYOPN,0
         BE    CPYDROP1
         MVC   CPYCFN(24),CPYWFN
         CMSCALL CPYFINIS
         CLI   CPYSEEN+XAPPEND,0
         BNE   CPYDROP1
         CMSCALL CPYERASE
CPYDROP1 L     R15,CPYRC
CPYRET   FRET
         COPY  CPYOUT
         COPY  GETNUM
         COPY  MODECHK
         COPY  CPYFILE
         LTORG
         COPY  CPYDATA
         DROP  R12
         COPY  CPYLISTS
         LTORG
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   COPYFILE
