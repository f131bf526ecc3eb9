         TITLE 'DMSBLK - data blocks of an open file'
*---------------------------------------------------------------------
* GETBLK   Brings a data block into the buffer
*          Entry: R1 = AFT, R0 = index of the block in the file (from 0)
*                 R2 = 0 to read it, 1 to change it, 2 to replace all
*          Exit:  R15 = 0; 3 I/O error, 13 disk full, 25 no storage
* FLSBLK   Writes the buffer if it was changed.  R1 = AFT.  R15 as above
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
         LR    R1,R11
         LA    R0,1(,R5)
         L     R15,=V(AFTROOM)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   BLKRET
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
BLKKNOWN LH    R1,=H'-1'
         ST    R1,AFTIDX
         LR    R1,R5
         MH    R1,AFTPSIZE+2
         A     R1,AFTPTRS
         L     R7,0(,R1)
         N     R7,=X'7FFFFFFF'
         BZ    BLKZERO
         CH    R6,=H'2'
         BE    BLKGOT
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
*---------------------------------------------------------------------
*        Local routines: condition code 0 done, else R15
* BLKFLUSH writes the buffer if it was changed; link R10
* BLKPLACE gives the block in the buffer a new place; link R10
* BLKIO    reads or writes (R1) block BLKENT; link R9
*---------------------------------------------------------------------
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
BLKPLACE SR    R15,R15
         L     R8,AFTIDX
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
         ST    R3,BLKDIO
         STC   R1,BLKDIO+4
         LA    R1,BLKDIO
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
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  DIOPL
         END   DMSBLK
