         TITLE 'DMSBYT - bytes and records of an open file'
*---------------------------------------------------------------------
* BYTGET   Copies bytes of a file to storage
* BYTPUT   Copies bytes from storage into a file
*          Entry: R1 = AFT, R5 = first byte (from 0), R6 = how many,
*                 R8 = storage address
*          Exit:  R15 = 0; 3 I/O error, 13 disk full, 25 no storage
* VFIND    Finds a record of a V file
*          Entry: R1 = AFT, R0 = record (1 to FSTAIC)
*          Exit:  R15 = 0, AFTVREC = the record, AFTVPOS = its first
*                 byte, R0 = its length (without the length halfword);
*                 3 I/O error or damaged file
*---------------------------------------------------------------------
DMSBYT   CSECT
         USING NUCON,0
         USING AFTSECT,R11
         USING ADTSECT,R3
BYTGET   SUBENT BASE=DMSBYT
         SR    R9,R9
         B     BYTGO
BYTPUT   SUBENT BASE=DMSBYT
         LA    R9,1
BYTGO    LR    R11,R1
         L     R3,AFTADT
BYTLOOP  LTR   R6,R6
         BNP   BYTOK
         LR    R0,R5
         SRDL  R0,32
         D     R0,ADTBSIZE         R0 = offset, R1 = block
         LR    R10,R0
         L     R7,ADTBSIZE
         SR    R7,R10              R7 = room in the block
         CR    R7,R6
         BNH   *+6
         LR    R7,R6
         C     R1,AFTIDX           it is in the buffer
         BNE   BYTBLK0
         LTR   R9,R9
         BZ    BYTHAVE
         TM    AFTFLG,AFTDIRTY
         BO    BYTHAVE
BYTBLK0  C     R7,ADTBSIZE
         BE    BYTRUN              whole blocks
         LR    R2,R9
         LR    R0,R1
         LR    R1,R11
         L     R15,=V(GETBLK)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   BYTRET
BYTHAVE  A     R10,AFTBUF
         LR    R0,R10
         LR    R1,R7
         LR    R14,R8
         LR    R15,R7
         LTR   R9,R9
         BZ    BYTOUT
         MVCL  R0,R14
         B     BYTNEXT
BYTOUT   MVCL  R14,R0
BYTNEXT  AR    R5,R7
         AR    R8,R7
         SR    R6,R7
         B     BYTLOOP
*              as many whole blocks as possible
BYTRUN   LR    R0,R1
         LR    R1,R11
         L     R15,=V(GETRUN)
         LTR   R9,R9
         BZ    *+8
         L     R15,=V(PUTRUN)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   BYTRET
         LR    R1,R0
         M     R0,ADTBSIZE
         LR    R7,R1
         B     BYTNEXT
BYTOK    SR    R15,R15
BYTRET   SUBRET
*
VFIND    SUBENT BASE=DMSBYT
         LR    R11,R1
         LR    R4,R0               R4 = record wanted
         L     R3,AFTADT
         C     R4,AFTVREC          the next one: we are there
         BE    VFHERE
*              the block in which it begins
         SR    R5,R5               R5 = index
         L     R6,AFTPTRS
         LA    R7,1                R7 = first record of the block
VFBLK    C     R5,AFTPTRN
         BNL   VF3
         C     R4,4(,R6)
         BNH   VFIN
         L     R7,4(,R6)
         LA    R7,1(,R7)
         LA    R6,12(,R6)
         LA    R5,1(,R5)
         B     VFBLK
VFIN     L     R1,AFTVREC          is the present place nearer?
         CR    R1,R4
         BH    VFSTART
         CR    R1,R7
         BNL   VFHERE
VFSTART  L     R1,8(,R6)
         CL    R1,ADTBSIZE
         BNL   VF3
         LR    R9,R5
         M     R8,ADTBSIZE
         AR    R9,R1
         ST    R9,AFTVPOS
         ST    R7,AFTVREC
VFHERE   BAL   R10,VFLEN
         BNZ   VFRET
         C     R4,AFTVREC
         BE    VFGOT
         BL    VF3
         L     R1,AFTVPOS
         AR    R1,R9
         LA    R1,2(,R1)
         ST    R1,AFTVPOS
         L     R1,AFTVREC
         LA    R1,1(,R1)
         ST    R1,AFTVREC
         B     VFHERE
VFGOT    LR    R0,R9
         SUBPUT 0
         SUBRET RC=0
VF3      LA    R15,3
VFRET    LH    R1,=H'-1'           the place is not known
         ST    R1,AFTVREC
         SUBRET
*              R9 = length of the record at AFTVPOS; link R10; cc 0
VFLEN    L     R5,AFTVPOS
         SR    R0,R0
         LR    R1,R5
         D     R0,ADTBSIZE
         C     R1,AFTIDX
         BNE   VFLEN1
         LA    R1,2
         AR    R1,R0
         C     R1,ADTBSIZE
         BH    VFLEN1
         A     R0,AFTBUF           it is in the buffer
         LR    R1,R0
         SR    R9,R9
         ICM   R9,3,0(R1)
         BZ    VF3
         CR    R9,R9
         BR    R10
VFLEN1   LR    R1,R11
         LA    R6,2
         LA    R8,VFHALF
         L     R15,=A(BYTGET)
         BALR  R14,R15
         SR    R9,R9
         LTR   R15,R15
         BCR   7,R10
         ICM   R9,3,VFHALF         no record has length 0
         BZ    VF3
         CR    R9,R9
         BR    R10
         LTORG
VFHALF   DC    H'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         END   DMSBYT
