         TITLE 'DMSBRD - RDBUF, POINT'
*---------------------------------------------------------------------
* RDBUF    Reads records.  R1 -> FSCB
*          R15 = 0, FSCBNORD = bytes read; 1 no such file, 2 buffer not
*          in storage, 3 I/O error, 5 number of records, 7 record
*          format, 8 buffer too small (it is full), 9 open for output,
*          11 more than one V record, 12 end of file, 25 no storage
* POINT    Sets the read and write pointers.  R1 -> FSCB
*          R15 = 0; 1 no such file, 2 pointer, 3, 25
* DMSOPN   Nucleus subroutine: finds the open file of plist R1 or opens
*          it.  R15 = 0, R1 = AFT; 1, 3, 25
*---------------------------------------------------------------------
DMSBRD   CSECT
         USING NUCON,0
         USING FSCBD,R4
         USING AFTSECT,R11
         USING ADTSECT,R3
         USING FSTSECT,R7
RDBUF    FENTER BASE=DMSBRD
         LR    R4,R1
         XC    FSCBNORD,FSCBNORD
         L     R15,=A(DMSOPN)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   RDRET
         LR    R11,R1
         L     R3,AFTADT
         LA    R7,AFTFST
         LA    R15,9
         TM    AFTFLG,AFTWRT
         BO    RDRET
         OI    AFTFLG,AFTRD
*              R2 = record, R9 = number of records, R6 = buffer size
         L     R2,FSCBAITN
         L     R9,FSCBANIT
         CLI   FSCBFV+1,X'20'
         BE    RDEXT
         SR    R2,R2
         ICM   R2,3,FSCBITNO
         LH    R9,FSCBNOIT
RDEXT    LTR   R2,R2
         BNZ   *+8
         L     R2,AFTRP
         LA    R15,5
         LTR   R9,R9
         BNP   RDRET
         LTR   R2,R2
         BM    RDRET
         LA    R15,12
         C     R2,FSTAIC
         BH    RDRET
         L     R6,FSCBSIZE
         LA    R15,8
         LTR   R6,R6
         BNP   RDRET
         L     R8,FSCBBUFF
         LA    R8,0(,R8)
         LR    R1,R8
         AR    R1,R6
         LA    R15,2
         CL    R1,VMSIZE
         BH    RDRET
         CLI   FSTFV,C'V'
         BE    RDV
         LA    R15,7
         CLI   FSTFV,C'F'
         BNE   RDRET
*              F: not beyond the last record
         L     R1,FSTAIC
         SR    R1,R2
         LA    R1,1(,R1)
         CR    R9,R1
         BNH   *+6
         LR    R9,R1
         LR    R10,R2
         AR    R10,R9              R10 = next record
         MVI   RDCODE,0
         SR    R0,R0
         LR    R1,R9
         M     R0,FSTIL            R1 = bytes
         LTR   R0,R0
         BNZ   RDTOO
         LTR   R1,R1
         BM    RDTOO
         CR    R1,R6
         BNH   RDFITS
RDTOO    MVI   RDCODE,8
         B     RDF1
RDFITS   LR    R6,R1
RDF1     LR    R1,R2
         BCTR  R1,0
         M     R0,FSTIL
         LR    R5,R1               R5 = first byte
RDCOPY   LR    R1,R11
         L     R15,=V(BYTGET)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   RDRET
         ST    R6,FSCBNORD
         ST    R10,AFTRP
         SR    R15,R15
         IC    R15,RDCODE
RDRET    FRET
*              V: one record
RDV      LA    R15,11
         C     R9,=F'1'
         BNE   RDRET
         LR    R1,R11
         LR    R0,R2
         L     R15,=V(VFIND)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   RDRET
         LA    R10,1(,R2)
         MVI   RDCODE,0
         L     R5,AFTVPOS
         LA    R5,2(,R5)
         LR    R1,R5               the next record begins there
         AR    R1,R0
         ST    R1,AFTVPOS
         ST    R10,AFTVREC
         CR    R0,R6
         BNH   RDVFITS
         MVI   RDCODE,8
         B     RDCOPY
RDVFITS  LR    R6,R0
         B     RDCOPY
         DROP  R12
*
POINT    FENTER BASE=DMSBRD
         LR    R4,R1
         L     R15,=A(DMSOPN)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   PNTRET
         LR    R11,R1
         LA    R7,AFTFST
         L     R2,FSCBWPTR
         L     R3,FSCBRPTR
         CLI   FSCBFV+1,X'20'
         BE    PNT1
         LH    R2,FSCBITNO         at 1A: write pointer
         LH    R3,FSCBBUFF         at 1C: read pointer
PNT1     L     R5,FSTAIC
         LA    R5,1(,R5)
         LTR   R2,R2
         BZ    PNTR
         BP    *+6
         LR    R2,R5
         ST    R2,AFTWP
PNTR     LTR   R3,R3
         BZ    PNTOK
         BP    *+6
         LR    R3,R5
         ST    R3,AFTRP
PNTOK    SR    R15,R15
PNTRET   FRET
         DROP  R12
*
DMSOPN   SUBENT BASE=DMSBRD
         LR    R4,R1
         NUCALL AACTLKP
         LTR   R15,R15
         BZ    OPNGOT
         LR    R1,R4
         NUCALL AFSTLKP
         LTR   R15,R15
         BNZ   OPN1
         LR    R2,R1               R2 = FST, R0 = ADT
         LR    R1,R4
         NUCALL AACTFREE
         LTR   R15,R15
         BNZ   OPNRET
OPNGOT   SUBPUT 1
         SUBRET RC=0
OPN1     LA    R15,1
OPNRET   SUBRET
         LTORG
RDCODE   DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  FST
         COPY  FSCB
         END   DMSBRD
