         TITLE 'DMSBLK - data blocks of an open file'
*---------------------------------------------------------------------
* GETBLK   Brings a data block into the buffer
*          Entry: R1 = AFT, R0 = index of the block in the file (from 0)
*                 R2 = 0 to read it, 1 to change it
*          Exit:  R15 = 0; 3 I/O error, 13 disk full, 25 no storage
* FLSBLK   Writes the buffer if it was changed.  R1 = AFT.  R15 as above
* GETRUN   Reads whole blocks to storage, at most 64 at a time; a part
*          of a block behind them comes into the buffer
* PUTRUN   Writes whole blocks from storage; with them goes the buffer
*          if it was changed
*          Entry: R1 = AFT, R0 = index of the first block, R6 = bytes,
*                 R8 = storage address
*          Exit:  R15 as above; R0 = blocks
*          A block that the directory on the disk knows is never written
*          over: before its first change it gets a new place,
*          so a full disk is found when a record is written, not later.
*---------------------------------------------------------------------
DMSBLK   CSECT
         USING NUCON,0
         USING AFTSECT,R11
         USING ADTSECT,R3
GETBLK   SUBENT BASE=DMSBLK
         LR    R11,R1
         L     R3,AFTADT
         LR    R5,R0
         LR    R6,R2
         C     R5,AFTIDX
         BE    BLKHAVE
         BAL   R10,BLKFLUSH
         BNZ   BLKRET
         C     R5,AFTPTRN
         BL    BLKKNOWN
*              behind the end: null pointers
         LTR   R6,R6
         BZ    BLK3
         BAL   R9,BLKROOM
         BNZ   BLKRET
BLKKNOWN LH    R1,=H'-1'
         ST    R1,AFTIDX
         LR    R1,R5
         MH    R1,AFTPSIZE+2
         A     R1,AFTPTRS
         L     R7,0(,R1)
         N     R7,=X'7FFFFFFF'
         BZ    BLKZERO
         C     R7,=F'4'
         BL    BLK3
         C     R7,ADTNUM
         BH    BLK3
         ST    R7,BLKENT
         LA    R1,DIOREAD
         BAL   R9,BLKIO
         BNZ   BLKRET
         B     BLKGOT
BLKZERO  L     R0,AFTBUF
         L     R1,ADTBSIZE
         SR    R15,R15
         MVCL  R0,R14
BLKGOT   ST    R5,AFTIDX
BLKHAVE  LTR   R6,R6
         BZ    BLKOK
         TM    AFTFLG,AFTDIRTY
         BO    BLKOK
         BAL   R10,BLKPLACE
         BZ    BLKPUT
         LH    R1,=H'-1'           it may not have been read
         ST    R1,AFTIDX
         B     BLKRET
BLKPUT   OI    AFTFLG,AFTDIRTY
BLKOK    SR    R15,R15
BLKRET   SUBRET
BLK3     SUBRET RC=3
*
FLSBLK   SUBENT BASE=DMSBLK
         LR    R11,R1
         L     R3,AFTADT
         BAL   R10,BLKFLUSH
         SUBRET
GETRUN   SUBENT BASE=DMSBLK
         LR    R11,R1
         L     R3,AFTADT
         LR    R5,R0               R5 = index
         LR    R4,R8               R4 = storage
         BAL   R10,BLKFLUSH
         BNZ   BLKRET
         LA    R2,RUNLIST          R2 -> list of blocks
         SR    R8,R8               R8 = how many
RUNGET   C     R6,ADTBSIZE
         BL    RUNTAIL
         CH    R8,=H'64'
         BNL   RUNGETIO
         LR    R1,R5
         BAL   R10,RUNPTR
         BZ    RUNZERO
         BM    BLK3
         ST    R7,0(,R2)
         ST    R4,4(,R2)
         LA    R2,8(,R2)
RUNGOT   A     R4,ADTBSIZE
         S     R6,ADTBSIZE
         LA    R5,1(,R5)
         LA    R8,1(,R8)
         B     RUNGET
RUNZERO  LR    R0,R4               a null pointer is a block of zeros
         L     R1,ADTBSIZE
         SR    R15,R15
         MVCL  R0,R14
         B     RUNGOT
RUNTAIL  LTR   R6,R6
         BZ    RUNGETIO
         LR    R1,R5
         BAL   R10,RUNPTR
         BNP   RUNGETIO
         ST    R7,0(,R2)
         MVC   4(4,R2),AFTBUF
         LA    R2,8(,R2)
         LH    R1,=H'-1'
         ST    R1,AFTIDX
         LA    R1,DIOREAD
         BAL   R9,RUNIO
         BNZ   BLKRET
         ST    R5,AFTIDX
         B     RUNREAD
RUNGETIO LA    R1,DIOREAD
         BAL   R9,RUNIO
         BNZ   BLKRET
RUNREAD  LR    R0,R8
         SUBPUT 0
         SUBRET RC=0
*
PUTRUN   SUBENT BASE=DMSBLK
         LR    R11,R1
         L     R3,AFTADT
         LR    R5,R0
         ST    R5,RUNFIRST
         LR    R4,R8
         LA    R2,RUNLIST
         TM    AFTFLG,AFTDIRTY
         BZ    RUNPUT
         L     R1,AFTIDX           the buffer goes first
         BAL   R10,RUNPTR
         BNP   BLK3
         ST    R7,0(,R2)
         MVC   4(4,R2),AFTBUF
         LA    R2,8(,R2)
RUNPUT   C     R6,ADTBSIZE
         BL    RUNPUTIO
         LR    R1,R5
         S     R1,RUNFIRST
         CH    R1,=H'64'
         BNL   RUNPUTIO
         C     R5,AFTPTRN
         BL    RUNPUT1
         BAL   R9,BLKROOM
         BNZ   RUNFULL
RUNPUT1  BAL   R10,BLKPLACE
         BNZ   RUNFULL
         L     R7,0(,R8)
         N     R7,=X'7FFFFFFF'
         ST    R7,0(,R2)
         ST    R4,4(,R2)
         LA    R2,8(,R2)
         A     R4,ADTBSIZE
         S     R6,ADTBSIZE
         LA    R5,1(,R5)
         B     RUNPUT
RUNFULL  C     R5,RUNFIRST         those before it are written
         BE    BLKRET
RUNPUTIO LA    R1,DIOWRITE
         BAL   R9,RUNIO
         BZ    RUNPUT2
         OI    AFTFLG2,AFTBAD      their new places have no data
         B     BLKRET
RUNPUT2  NI    AFTFLG,255-AFTDIRTY
         L     R1,AFTIDX           is the buffer one of them?
         C     R1,RUNFIRST
         BL    RUNPUT3
         CR    R1,R5
         BNL   RUNPUT3
         LH    R1,=H'-1'
         ST    R1,AFTIDX
RUNPUT3  S     R5,RUNFIRST
         LR    R0,R5
         SUBPUT 0
         SUBRET RC=0
*---------------------------------------------------------------------
*        Local routines: condition code 0 done, else R15
* BLKROOM  makes pointers up to that of block R5; link R9
* RUNPTR   pointer of block R1 to R7: condition code 2, 0 null pointer,
*          1 not in the file or not on the disk; link R10
* RUNIO    reads or writes (R1) what RUNLIST has up to R2; link R9
* BLKFLUSH writes the buffer if it was changed; link R10
* BLKPLACE gives block R5 a new place, R8 -> its pointer; link R10
* BLKIO    reads or writes (R1) block BLKENT; link R9
*---------------------------------------------------------------------
BLKROOM  LR    R1,R11
         LA    R0,1(,R5)
         L     R15,=V(AFTROOM)
         BALR  R14,R15
         LTR   R15,R15
         BCR   7,R9
         L     R8,AFTPTRN
         LA    R1,1(,R5)
         ST    R1,AFTPTRN
BLKNULL  LR    R1,R8
         MH    R1,AFTPSIZE+2
         A     R1,AFTPTRS
         XC    0(4,R1),0(R1)
         CLI   AFTPSIZE+3,12
         BNE   BLKNUL1
         XC    4(4,R1),4(R1)
         MVC   8(4,R1),=X'FFFFFFFF'
BLKNUL1  LA    R8,1(,R8)
         CR    R8,R5
         BNH   BLKNULL
         SR    R15,R15
         BR    R9
RUNPTR   C     R1,AFTPTRN
         BNL   RUNPTRNO
         MH    R1,AFTPSIZE+2
         A     R1,AFTPTRS
         L     R7,0(,R1)
         N     R7,=X'7FFFFFFF'
         BCR   8,R10
         C     R7,=F'4'
         BL    RUNPTRNO
         C     R7,ADTNUM
         BH    RUNPTRNO
         LTR   R7,R7
         BR    R10
RUNPTRNO LH    R7,=H'-1'
         LTR   R7,R7
         BR    R10
RUNIO    STC   R1,RUNDIO+4
         LA    R0,RUNLIST
         LR    R15,R2
         SR    R15,R0
         BCR   8,R9                nothing
         SRL   R15,3
         ST    R15,RUNDIO+12
         LA    R1,RUNDIO
         B     BLKIO1
BLKFLUSH SR    R15,R15
         TM    AFTFLG,AFTDIRTY
         BCR   8,R10
         L     R8,AFTIDX
         MH    R8,AFTPSIZE+2
         A     R8,AFTPTRS          R8 -> pointer
         L     R7,0(,R8)
         N     R7,=X'7FFFFFFF'
         ST    R7,BLKENT
         LA    R1,DIOWRITE
         BAL   R9,BLKIO
         BCR   7,R10
         NI    AFTFLG,255-AFTDIRTY
         SR    R15,R15
         BR    R10
BLKPLACE LR    R8,R5
         MH    R8,AFTPSIZE+2
         A     R8,AFTPTRS          R8 -> pointer
         TM    0(R8),AFTNEWB
         BO    BLKP9
*              leave enough for the pointer blocks of this file
         L     R1,AFTPSIZE
         LA    R1,4(,R1)
         M     R0,AFTPTRN
         D     R0,ADTBSIZE
         A     R1,ADTRSV
         LA    R1,2(,R1)
         LA    R15,13
         C     R1,ADTAVAIL
         BNL   BLKP8
         LR    R1,R3
         SR    R0,R0
         L     R15,=V(TRKLKP)
         BALR  R14,R15
         LTR   R15,R15
         BCR   7,R10
         LR    R7,R1
         L     R0,0(,R8)
         LTR   R0,R0
         BZ    BLKP1
         LR    R1,R11
         L     R15,=V(AFTGIVE)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   BLKP25
BLKP1    ST    R7,0(,R8)
         OI    0(R8),AFTNEWB
BLKP9    SR    R15,R15
         BR    R10
BLKP25   LR    R1,R3
         LR    R0,R7
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         LA    R15,25
BLKP8    LTR   R15,R15
         BR    R10
BLKIO    MVC   BLKENT+4(4),AFTBUF
         STC   R1,BLKDIO+4
         LA    R1,BLKDIO
BLKIO1   ST    R3,0(,R1)
         NUCALL ADMSDIO
         LTR   R15,R15
         BCR   8,R9
         CH    R15,=H'12'
         BE    *+8
         LA    R15,3
         LTR   R15,R15
         BR    R9
         LTORG
         DS    0D
BLKENT   DC    F'0',A(0)
BLKDIO   DC    A(0),XL4'00',A(BLKENT),F'1'
RUNDIO   DC    A(0),XL4'00',A(RUNLIST),F'0'
RUNFIRST DC    F'0'
RUNLIST  DC    66D'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  DIOPL
         END   DMSBLK
