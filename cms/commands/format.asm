         TITLE 'FORMAT - make a CMS disk'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* FORMAT   cuu mode [n] (BLKSIZE size LABEL RECOMP NOERASE
*          Writes all tracks of a CKD disk (n: only so many cylinders;
*          FBA: sectors) and an empty file system, and accesses it.
*          BLKSIZE 512 1024 2048 4096 (1K 2K 4K); without it 4096, on
*          a 2314 2048.
*          LABEL   writes another label only
*          RECOMP  changes the number of cylinders that are used, if no
*                  file needs them; without n all that there are.  The
*                  allocation map keeps its number of blocks.
*          NOERASE is accepted: blocks of FBA disks are never erased
*          R15 = 0; 8 the answer was no, RECOMP is not possible; 24
*          operands, 36 read-only, 88 no disk, 100 not there, I/O error
*---------------------------------------------------------------------
DMSFOR   CSECT
         USING NUCON,0
FORMAT   FENTER
         LA    R11,4095(,R12)
         LA    R11,1(,R11)
         USING FORMAT+4096,R11
         USING ADTSECT,R9
         LA    R9,FORADT
         LA    R2,8(,R1)           R2 = token
         LA    R2,0(,R2)
         CLI   0(R2),X'FF'
         BE    FOR028
         CLI   0(R2),C'('
         BE    FOR028
         BAL   R10,FORHEX
         LA    R2,8(,R2)
         CLI   0(R2),X'FF'
         BE    FOR048N
         CLI   0(R2),C'('
         BE    FOR048N
         CLI   0(R2),C'A'
         BL    FOR048
         CLI   0(R2),C'Z'
         BH    FOR048
         CLI   0(R2),C'S'
         BE    FOR048
         CLC   1(7,R2),=CL7' '
         BNE   FOR048
         MVC   ADTM,0(R2)
         MVC   FORACM,0(R2)
         LA    R2,8(,R2)
         CLI   0(R2),X'FF'
         BE    FORDEV
         CLI   0(R2),C'('
         BE    FOROPT
         LR    R1,R2
         BAL   R10,GETNUM
         LTR   R15,R15
         BNZ   FOR070
         LTR   R0,R0
         BZ    FOR070
         ST    R0,FORN
         LA    R2,8(,R2)
         CLI   0(R2),X'FF'
         BE    FORDEV
         CLI   0(R2),C'('
         BNE   FOR070
*              options
FOROPT   LA    R2,8(,R2)
         CLI   0(R2),X'FF'
         BE    FORDEV
         CLI   0(R2),C')'
         BE    FORDEV
         CLC   0(8,R2),=CL8'NOERASE'
         BE    FOROPT
         LA    R1,FORFLBL
         CLC   0(8,R2),=CL8'LABEL'
         BE    FOROPT1
         LA    R1,FORFREC
         CLC   0(8,R2),=CL8'RECOMP'
         BE    FOROPT1
         CLC   0(8,R2),=CL8'BLKSIZE'
         BNE   FOR003
         LA    R2,8(,R2)
         LA    R3,FORBTAB
FORBLK   CLC   0(8,R2),0(R3)
         BE    FORBLK1
         LA    R3,12(,R3)
         CLI   0(R3),X'FF'
         BNE   FORBLK
         B     FOR003
FORBLK1  MVC   FORSIZE,8(R3)
         B     FOROPT
FOROPT1  EX    R1,FOROI
         B     FOROPT
FOROI    OI    FORFLAG,0
*---------------------------------------------------------------------
*        The device
*---------------------------------------------------------------------
FORDEV   LH    R1,ADTDEV
         LR    R8,R1               R8 = device, for messages
         NUCALL ADEVCLS
         LTR   R15,R15
         BNZ   FOR113
         ST    R1,FORWORD
         MVC   ADTDCLS(2),FORWORD
         LA    R3,FORFBA
         CLI   ADTDCLS,CLSFBA
         BE    FORDV2
         CLI   ADTDCLS,CLSDASD
         BNE   FOR114
         LA    R3,FORGEO
FORDV1   CLC   0(1,R3),ADTDTYP
         BE    FORDV2
         LA    R3,6(,R3)
         CLI   0(R3),X'FF'
         BNE   FORDV1
         B     FOR114
FORDV2   ST    R3,FORGEOA
         SR    R1,R1
         IC    R1,1(,R3)
         STH   R1,ADTHEADS
         TM    FORWORD+3,X'80'
         BO    FOR037
         MVC   FORIOR(2),ADTDEV
         DMSFREE DWORDS=512,TYPE=USER,ERR=FOR109
         ST    R1,FORBUF           a block
         TM    FORFLAG,FORFLBL+FORFREC
         BNZ   FORLABEL
         OC    FORSIZE,FORSIZE
         BNZ   FORDV3
         MVC   FORSIZE,=F'4096'
         CLI   ADTDTYP,X'40'
         BNE   FORDV3
         CLI   ADTDCLS,CLSDASD
         BNE   FORDV3
         MVC   FORSIZE,=F'2048'
FORDV3   L     R1,FORSIZE
         BAL   R10,FORBPT
*              are you sure?
         DMSERR 'DMSFOR603R FORMAT WILL ERASE ALL FILES ON DISK ''%1(%2X
               )''. DO YOU WISH TO CONTINUE? (YES|NO):',SUB=(CHAR,ADTM,X
               1,HEXR,R8,3)
         BAL   R10,FORREAD
         CLC   FORLINE(4),=CL4'YES'
         BE    FORYES
         DMSERR 'DMSFOR705I DISK REMAINS UNCHANGED.'
         FRET  RC=8
FORYES   BAL   R10,FORASK
         BAL   R10,FORMAX
         L     R1,FORN
         LTR   R1,R1
         BZ    *+12
         C     R1,FORLIM
         BNH   *+8
         L     R1,FORLIM
         ST    R1,FORN
*              nobody else uses it
         MVC   FORREL+8(8),FORCUU
         L     R3,IADT
FORREL2  LTR   R3,R3
         BZ    FORGO
         CLC   ADTDEV-ADTSECT(2,R3),ADTDEV
         BE    FORREL1
         L     R3,ADTPTR-ADTSECT(,R3)
         B     FORREL2
FORREL1  DS    0H
         LA    R1,FORREL
         CMSCALL (R1)
         LTR   R15,R15
         BNZ   FORRET
FORGO    DMSERR 'DMSFOR733I FORMATTING DISK ''%1''.',SUB=(CHAR,ADTM,1)
         L     R0,FORBUF
         L     R1,=F'4096'
         SR    R15,R15
         MVCL  R0,R14
         CLI   ADTDCLS,CLSFBA
         BE    FORFB
*---------------------------------------------------------------------
*        CKD: all tracks.  Seek, search R0, and a WRITE CKD for each
*        record, of its count field only: the rest is zeros.
*---------------------------------------------------------------------
         LH    R7,ADTBPT
         LA    R3,FORCCW
         LA    R4,FORCNT
         LA    R5,1
FORBLD   MVC   0(8,R3),FORWCKD     CCW and count field of record R5
         STCM  R4,7,1(R3)
         XC    0(8,R4),0(R4)
         STC   R5,4(,R4)
         MVC   6(2,R4),FORSIZE+2
         LA    R3,8(,R3)
         LA    R4,8(,R4)
         LA    R5,1(,R5)
         BCT   R7,FORBLD
         SH    R3,=H'8'
         MVI   4(R3),X'20'         the last one: no chaining
         SR    R6,R6               R6 = cylinder
FORCYL   SR    R7,R7               R7 = head
FORTRK   STH   R6,FORSEEK+2
         STH   R7,FORSEEK+4
         LA    R4,FORCNT
         LH    R5,ADTBPT
FORCCHH  MVC   0(4,R4),FORSEEK+2
         LA    R4,8(,R4)
         BCT   R5,FORCCHH
         LA    R1,FORPROG
         BAL   R10,FORIO
         BNZ   FOR125
         LA    R7,1(,R7)
         CH    R7,ADTHEADS
         BL    FORTRK
         LA    R6,1(,R6)
         C     R6,FORN
         BL    FORCYL
         L     R5,FORN             blocks of the disk
         MH    R5,ADTHEADS
         MH    R5,ADTBPT
         B     FORNUM
FORFB    BAL   R10,FORLPUT         FBA: no label yet
         L     R5,FORN
         SR    R4,R4
         L     R1,FORSIZE
         SRL   R1,9
         DR    R4,R1
FORNUM   ST    R5,ADTNUM
*---------------------------------------------------------------------
*        An empty file system: map from block 6 on, its pointer blocks
*        behind it, directory in block 4
*---------------------------------------------------------------------
         L     R3,FORSIZE
         LR    R4,R3
         SLL   R4,3
         LR    R1,R5
         AR    R1,R4
         BCTR  R1,0
         SR    R0,R0
         DR    R0,R4
         ST    R1,ADTMAPN          blocks of the map
         SRL   R3,2                R3 = pointers in a block
         SR    R6,R6               R6, R7 = pointer blocks, two levels
         SR    R7,R7
         C     R1,=F'1'
         BE    FORTREE
         AR    R1,R3
         BCTR  R1,0
         SR    R0,R0
         DR    R0,R3
         LR    R6,R1
         C     R6,=F'1'
         BE    FORTREE
         LA    R7,1
FORTREE  L     R4,ADTMAPN
         LA    R4,5(R6,R4)
         AR    R4,R7               R4 = blocks in use
         ST    R4,ADTUSED
         LA    R1,1(,R4)
         C     R1,ADTNUM
         BH    FOR125
*              the map
         L     R5,FORBUF
         LR    R1,R4
FORONES  MVI   0(R5),X'FF'
         LA    R5,1(,R5)
         SH    R1,=H'8'
         BP    FORONES
         BZ    FORMAPW
         LPR   R1,R1               bits too many
         LR    R2,R5
         BCTR  R2,0
         SR    R0,R0
         IC    R0,0(,R2)
         SRL   R0,0(R1)
         SLL   R0,0(R1)
         STC   R0,0(,R2)
FORMAPW  LA    R2,6
         L     R4,ADTMAPN
FORMAPL  BAL   R10,FORPUT
         BAL   R10,FORCLR
         LA    R2,1(,R2)
         BCT   R4,FORMAPL
         LTR   R6,R6
         BZ    FORDIRW
*              pointer blocks: R6 of them over the map, R7 over these
         LA    R4,6                R4 = next number to point to
         L     R5,ADTMAPN          R5 = how many
FORPTR   L     R1,FORBUF
         LR    R0,R3
         CR    R0,R5
         BNH   *+6
         LR    R0,R5
         SR    R5,R0
FORPTR1  ST    R4,0(,R1)
         LA    R1,4(,R1)
         LA    R4,1(,R4)
         BCT   R0,FORPTR1
         BAL   R10,FORPUT
         BAL   R10,FORCLR
         LA    R2,1(,R2)
         LTR   R5,R5
         BP    FORPTR
         LTR   R7,R7
         BZ    FORDIRW
         LR    R5,R6               once more, over the pointer blocks
         SR    R7,R7
         OI    FORFLAG,FORFTOP
         B     FORPTR
*              the directory
FORDIRW  LR    R7,R2               block behind the last one
         BCTR  R7,0
         NUCALL AGETCLK
         MVC   FORDW(2),CURRDATE+6
         MVC   FORDW+2(2),CURRDATE
         MVC   FORDW+4(2),CURRDATE+3
         MVC   FORDW+6(2),CURRTIME
         MVC   FORDW+8(2),CURRTIME+3
         MVC   FORDW+10(2),CURRTIME+6
         MVI   FORDW+12,C'0'
         PACK  FORPK(4),FORDW(7)
         PACK  FORPK+3(4),FORDW+6(7)
         L     R4,FORBUF
         USING FSTSECT,R4
         MVC   FSTN(16),FORDIRN
         MVI   FSTFOP+3,4
         MVI   FSTADBC+3,1
         MVI   FSTAIC+3,2
         MVI   FSTIL+3,64
         BAL   R10,FORFST
         LA    R4,64(,R4)
         MVC   FSTN(16),FORMAPNM
         ST    R7,FSTFOP           the last one is the top
         LTR   R6,R6
         BZ    *+8
         MVI   FSTNLVL,1
         TM    FORFLAG,FORFTOP
         BZ    *+8
         MVI   FSTNLVL,2
         MVC   FSTADBC,ADTMAPN
         MVC   FSTAIC,ADTMAPN
         MVC   FSTIL,FORSIZE
         BAL   R10,FORFST
         DROP  R4
         LA    R2,4
         BAL   R10,FORPUT
         BAL   R10,FORCLR
*              the label, last
         L     R4,FORBUF
         MVC   0(4,R4),=C'CMS1'
         MVC   4(6,R4),FORLBL
         MVC   12(4,R4),FORSIZE
         MVI   19(R4),4
         MVC   20(4,R4),FORN
         MVC   24(4,R4),FORLIM
         MVC   28(4,R4),ADTNUM
         MVC   32(4,R4),ADTUSED
         MVI   39(R4),64
         L     R1,FORSIZE
         SRL   R1,6
         STCM  R1,15,40(R4)
         MVC   44(6,R4),FORPK
         CLC   CURRDATE+6(2),=C'70'
         BNL   *+8
         MVI   50(R4),1
         BAL   R10,FORLPUT
         CLI   ADTDCLS,CLSFBA
         BE    FORACC
         L     R5,FORN
         DMSERR 'DMSFOR732I ''%1'' CYLINDERS FORMATTED ON ''%2(%3)''.',X
               SUB=(DECR,R5,0,CHAR,ADTM,1,HEXR,R8,3)
FORACC   MVC   FORACD,FORCUU
         LA    R1,FORACCP
         CMSCALL (R1)
FORRET   FRET
*---------------------------------------------------------------------
*        LABEL and RECOMP: the disk has a label.  Which block size?
*---------------------------------------------------------------------
FORLABEL L     R7,=F'4096'
FORLB1   LR    R1,R7
         BAL   R10,FORBPT
         BAL   R10,FORLGET
         BNZ   FORLB2
         L     R4,FORBUF
         CLC   0(4,R4),=C'CMS1'
         BNE   FORLB2
         CLC   12(4,R4),ADTBSIZE
         BE    FORLB3
FORLB2   SRL   R7,1
         CH    R7,=H'512'
         BNL   FORLB1
FOR126   DMSERR 'DMSFOR126S ERROR READING LABEL ON DISK ''%1(%2)''.',  X
               SUB=(CHAR,ADTM,1,HEXR,R8,3)
         FRET  RC=100
FORLB3   TM    FORFLAG,FORFREC
         BO    FORRECO
         BAL   R10,FORASK
         BAL   R10,FORLGET
         BNZ   FOR126
         L     R4,FORBUF
         MVC   4(6,R4),FORLBL
         BAL   R10,FORLPUT
         B     FORACC
*              RECOMP
FORRECO  BAL   R10,FORMAX
         MVC   FORACD,FORCUU
         LA    R1,FORACCP          the map as it is
         CMSCALL (R1)
         LTR   R15,R15
         BNZ   FORRET
         LA    R1,ADTM
         NUCALL AADTLKW
         LTR   R15,R15
         BNZ   FOR037
         LR    R3,R1
         L     R1,FORN
         LTR   R1,R1
         BNZ   *+8
         L     R1,FORLIM
         C     R1,FORLIM
         BH    FOR214
         ST    R1,FORN
         LR    R5,R1
         CLI   ADTDCLS,CLSFBA
         BE    FORREC1
         MH    R5,ADTHEADS
         MH    R5,ADTBPT
         B     FORREC2
FORREC1  SR    R4,R4
         L     R1,ADTBSIZE
         SRL   R1,9
         DR    R4,R1
FORREC2  LR    R7,R5               R7 = blocks
         L     R4,ADTBSIZE
         SLL   R4,3
         LR    R1,R5
         AR    R1,R4
         BCTR  R1,0
         SR    R0,R0
         DR    R0,R4
         C     R1,ADTMAPN-ADTSECT(,R3)
         BNE   FOR214
*              is anything used behind the new end?
         C     R7,=F'8'
         BL    FOR214
         LR    R1,R7
         LA    R2,7
         NR    R2,R1
         SRL   R1,3
         L     R4,ADTMSK-ADTSECT(,R3)
         L     R5,ADTMAPLN-ADTSECT(,R3)
         SR    R5,R1               bytes from there on
         AR    R4,R1
         LTR   R5,R5
         BNP   FORREC4
         LTR   R2,R2
         BZ    FORREC3
         SR    R0,R0
         IC    R0,0(,R4)
         SLL   R0,24(R2)
         LTR   R0,R0
         BNZ   FOR214
         LA    R4,1(,R4)
         BCTR  R5,0
FORREC3  SR    R15,R15
         CLCL  R4,R14
         BNE   FOR214
FORREC4  BAL   R10,FORLGET
         BNZ   FOR126
         L     R4,FORBUF
         MVC   20(4,R4),FORN
         STCM  R7,15,28(R4)
         BAL   R10,FORLPUT
         B     FORACC
FOR214   DMSERR 'DMSFOR214W CANNOT RECOMPUTE WITHOUT LOSS OF DATA. NO CX
               HANGE.'
         FRET  RC=8
*---------------------------------------------------------------------
*        Local routines, link R10
* FORIO    runs the channel program at R1; condition code 0: done
* FORBPT   block size R1 and the blocks on a track of it to the ADT
* FORPUT   writes the buffer to block R2.  No return after an error
* FORLPUT  writes the buffer as label.  No return after an error
* FORLGET  reads the label; condition code 0: done
* FORCLR   clears the buffer; R14, R15
* FORFST   fields of a new FST at R4
* FORREAD  reads a line to FORLINE
* FORASK   asks for the label, to FORLBL
* FORMAX   FORLIM = cylinders or sectors of the device
* FORHEX   device address at R2
*---------------------------------------------------------------------
FORIO    ST    R1,FORIOR+4
         LA    R1,FORIOR
         NUCALL ADMSIOR
         LTR   R15,R15
         BR    R10
FORBPT   ST    R1,ADTBSIZE
         L     R3,FORGEOA
         LA    R3,2(,R3)
         L     R0,=F'4096'
FORBPT1  CR    R0,R1
         BE    FORBPT2
         SRL   R0,1
         LA    R3,1(,R3)
         B     FORBPT1
FORBPT2  SR    R0,R0
         IC    R0,0(,R3)
         STH   R0,ADTBPT
         BR    R10
FORPUT   LA    R0,DIOWRITE
         ST    R10,FORLINK
         BAL   R10,FORDISK
         L     R10,FORLINK
         BCR   8,R10
         B     FOR125
FORDISK  STC   R0,FORDIO+4
         ST    R2,FORENT
         MVC   FORENT+4(4),FORBUF
         LA    R1,FORDIO
         NUCALL ADMSDIO
         LTR   R15,R15
         BR    R10
FORLPUT  LA    R0,DIOWRITE
         ST    R10,FORLINK
         BAL   R10,FORLIO
         L     R10,FORLINK
         BCR   8,R10
         B     FOR125
FORLGET  LA    R0,DIOREAD
FORLIO   ST    R10,FORLNK2
         MVC   FORBSZ,ADTBSIZE
         LA    R2,3
         CLI   ADTDCLS,CLSFBA
         BNE   FORLIO1
         LA    R2,2                the second sector
         MVC   ADTBSIZE,=F'512'
FORLIO1  BAL   R10,FORDISK
         MVC   ADTBSIZE,FORBSZ
         L     R10,FORLNK2
         BR    R10
FORCLR   L     R14,FORBUF
         L     R15,=F'4096'
         SR    R1,R1
         MVCL  R14,R0
         BR    R10
         USING FSTSECT,R4
FORFST   MVI   FSTFV,C'F'
         MVI   FSTPTRSZ,4
         MVC   FSTADATI,FORPK
         MVC   FSTD,FORPK+1
         MVC   FSTYR,CURRDATE+6
         CLC   FSTYR,=C'70'
         BCR   10,R10
         OI    FSTFB,X'08'
         BR    R10
         DROP  R4
FORREAD  MVC   FORLINE,FORLINE-1
         LA    R1,FORWAIT
         CMSCALL (R1)
         BR    R10
FORASK   LR    R7,R10
         DMSERR 'DMSFOR605R ENTER DISK LABEL:'
         BAL   R10,FORREAD
         MVC   FORLBL,FORLINE
         CLC   FORLBL,=CL6' '
         BNE   FORASK1
         MVC   FORLBL(3),=C'CMS'
         MVC   FORLBL+3(3),FORCUU
FORASK1  LR    R10,R7
         BR    R10
FORMAX   LR    R7,R10
         CLI   ADTDCLS,CLSFBA
         BE    FORMXF
         SR    R3,R3               R3 exists, R4 does not
         LA    R4,4095
FORMX1   LA    R5,0(R3,R4)
         SRL   R5,1
         CR    R5,R3
         BE    FORMX9
         STH   R5,FORSEEK+2
         LA    R1,FORSKP
         BAL   R10,FORIO
         BNZ   FORMX2
         LR    R3,R5
         B     FORMX1
FORMX2   LR    R4,R5
         B     FORMX1
FORMX9   LA    R3,1(,R3)
         B     FORMXR
FORMXF   LA    R1,FORRDC
         BAL   R10,FORIO
         BNZ   FOR125
         MVC   FORWORD,FORCHAR+14
         L     R3,FORWORD
FORMXR   ST    R3,FORLIM
         XC    FORSEEK,FORSEEK
         LR    R10,R7
         BR    R10
FORHEX   MVC   FORCUU,0(R2)
         LR    R6,R2
         SR    R1,R1
         LA    R7,4
FORHEX1  SR    R3,R3
         IC    R3,0(,R6)
         CLI   0(R6),C' '
         BE    FORHEX9
         CLI   0(R6),C'0'
         BNL   FORHEXD
         CLI   0(R6),C'A'
         BL    FOR017
         CLI   0(R6),C'F'
         BH    FOR017
         SH    R3,=AL2(C'A'-10)
         B     FORHEX2
FORHEXD  CLI   0(R6),C'9'
         BH    FOR017
         SH    R3,=AL2(C'0')
FORHEX2  SLL   R1,4
         AR    R1,R3
         LA    R6,1(,R6)
         BCT   R7,FORHEX1
         CLI   0(R6),C' '
         BNE   FOR017
FORHEX9  C     R1,=F'4095'
         BH    FOR017
         STH   R1,ADTDEV
         BR    R10
         COPY  GETNUM
*---------------------------------------------------------------------
*        Errors
*---------------------------------------------------------------------
FOR003   DMSERR 'DMSFOR003E INVALID OPTION ''%1''',SUB=(CHAR,0(R2),8)
         B     FOR24
FOR017   DMSERR 'DMSFOR017E INVALID DEVICE ADDRESS ''%1''',SUB=(CHAR,  X
               FORCUU,8)
         B     FOR24
FOR028   DMSERR 'DMSFOR028E NO DEVICE SPECIFIED'
         B     FOR24
FOR048N  LA    R2,=CL8' '
FOR048   DMSERR 'DMSFOR048E INVALID MODE ''%1''',SUB=(CHAR,0(R2),8)
         B     FOR24
FOR070   DMSERR 'DMSFOR070E INVALID PARAMETER ''%1''',SUB=(CHAR,0(R2), X
               8)
FOR24    FRET  RC=24
FOR037   DMSERR 'DMSFOR037E DISK ''%1(%2)'' IS READ/ONLY',SUB=(CHAR,   X
               ADTM,1,HEXR,R8,3)
         FRET  RC=36
FOR109   DMSERR 'DMSFOR109S VIRTUAL STORAGE CAPACITY EXCEEDED'
         FRET  RC=104
FOR113   DMSERR 'DMSFOR113S %1(%2) NOT ATTACHED',SUB=(CHAR,ADTM,1,HEXR,X
               R8,3)
         FRET  RC=100
FOR114   DMSERR 'DMSFOR114S ''%1'' IS AN UNSUPPORTED DEVICE TYPE',     X
               SUB=(HEXR,R8,3)
         FRET  RC=88
FOR125   DMSERR 'DMSFOR125S PERMANENT UNIT CHECK ON DISK ''%1(%2)''.', X
               SUB=(CHAR,ADTM,1,HEXR,R8,3)
         FRET  RC=100
         LTORG
         DS    0D
FORPROG  DC    X'07',AL3(FORSEEK),X'40',X'00',H'6'     SEEK
FORSRCH  DC    X'31',AL3(FORSEEK+2),X'40',X'00',H'5'   SEARCH ID
         DC    X'08',AL3(FORSRCH),X'00',X'00',H'1'     TIC
FORCCW   DC    46D'0'
FORWCKD  DC    X'1D',AL3(0),X'60',X'00',H'8'           WRITE CKD
FORSKP   DC    X'07',AL3(FORSEEK),X'20',X'00',H'6'     SEEK
FORRDC   DC    X'64',AL3(FORCHAR),X'20',X'00',H'32'
FORCNT   DC    46D'0'
FORIOR   DC    H'0',X'0000',A(0),D'0',XL24'00'
FORCHAR  DC    XL32'00'
FORENT   DC    F'0',A(0)
FORDIO   DC    A(FORADT),XL4'00',A(FORENT),F'1'
FORADT   DC    XL256'00'
FORN     DC    F'0'
FORLIM   DC    F'0'
FORSIZE  DC    F'0'
FORBSZ   DC    F'0'
FORWORD  DC    F'0'
FORGEOA  DC    A(0)
FORBUF   DC    A(0)
FORLINK  DC    A(0)
FORLNK2  DC    A(0)
FORSEEK  DC    XL8'00'
FORWAIT  DC    CL8'WAITRD'
         DC    AL1(1),AL3(FORLINE),C'U',AL3(130)
         DC    C' '
FORLINE  DC    CL130' '
FORLBL   DC    CL6' '
FORCUU   DC    CL8' '
FORDW    DC    CL16' '
FORPK    DC    XL8'00'
FORFLAG  DC    X'00'
FORFLBL  EQU   X'80'
FORFREC  EQU   X'40'
FORFTOP  EQU   X'20'
FORREL   DC    CL8'RELEASE',CL8' ',8X'FF'
FORACCP  DC    CL8'ACCESS'
FORACD   DC    CL8' '
FORACM   DC    CL8' ',8X'FF'
*              type, heads, blocks on a track (4096 2048 1024 512)
FORGEO   DC    X'40',AL1(20,1,3,6,11)      2314
         DC    X'10',AL1(19,3,6,11,20)     3330
         DC    X'01',AL1(12,2,3,7,12)      3340
         DC    X'08',AL1(30,4,8,15,27)     3350
         DC    X'04',AL1(12,8,14,25,40)    3375
         DC    X'20',AL1(15,10,18,31,46)   3380
         DC    X'FF'
FORFBA   DC    X'00',AL1(0,0,0,0,0)
FORDIRN  DC    X'0000000100000000',C'DIRECTOR'
FORMAPNM DC    X'0000000200000000',C'ALLOCMAP'
FORBTAB  DS    0F
         DC    CL8'512',F'512'
         DC    CL8'1024',F'1024'
         DC    CL8'1K',F'1024'
         DC    CL8'2048',F'2048'
         DC    CL8'2K',F'2048'
         DC    CL8'4096',F'4096'
         DC    CL8'4K',F'4096'
         DC    X'FF'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  DIOPL
         COPY  FST
         COPY  DEVTAB
         END   FORMAT
