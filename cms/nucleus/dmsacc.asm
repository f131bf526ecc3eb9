         TITLE 'DMSACC - ACCESS'
*---------------------------------------------------------------------
* ACCESS   Function and command:
*          ACCESS [cuu mode[/ext] [fn [ft [fm]]]] [(NOPROF ERASE NODISK]
*          Without operands: 191 A.  The disk is read-only when it is an
*          extension, when only some of its files are wanted, or when
*          the device is.
*          Exit:  R15 = 0; 24 bad operand, 28 no such files, 36 in use
*                 as another read/write disk, 100 device error or not
*                 there, 104 no storage
*          A disk that was accessed with this mode stays when the new
*          one cannot be accessed.
* DEVTAB   Devices of the accessed disks
*---------------------------------------------------------------------
DMSACC   CSECT
         USING NUCON,0
         USING ADTSECT,R3
ACCESS   FENTER BASE=DMSACC
         LA    R5,8(,R1)           R5 = token
         MVC   ACCDEV,=X'0191'
         MVC   ACCCUU,=CL8'191'
         MVC   ACCMODE(2),=X'C100'
         MVI   ACCFLAG,0
         MVC   ACCFN(24),ACCALL
         BAL   R10,ACCEND
         BE    ACCGO
         BAL   R10,ACCHEX
         BAL   R10,ACCEND
         BE    ACCGO
*              mode
         MVC   ACCMODE(1),0(R5)
         CLI   0(R5),C'A'
         BL    ACC048
         CLI   0(R5),C'Z'
         BH    ACC048
         CLC   1(7,R5),ACCBLANK
         BE    ACCM1
         CLI   1(R5),C'/'
         BNE   ACC048
         CLI   2(R5),C'A'
         BL    ACC048
         CLI   2(R5),C'Z'
         BH    ACC048
         CLC   3(5,R5),ACCBLANK
         BNE   ACC048
         MVC   ACCMODE+1(1),2(R5)
ACCM1    LA    R5,8(,R5)
*              files
         LA    R6,ACCFN
         LA    R7,3
ACCF1    BAL   R10,ACCEND
         BE    ACCGO
         MVC   0(8,R6),0(R5)
         OI    ACCFLAG,ACCPART
         LA    R5,8(,R5)
         LA    R6,8(,R6)
         BCT   R7,ACCF1
         BAL   R10,ACCEND
         BE    ACCGO
         DMSERR 'DMSACC070E INVALID PARAMETER ''%1''',SUB=(CHAR,0(R5), X
               8)
         B     ACC24
*              options
ACCGO    CLI   0(R5),C'('
         BNE   ACCNEW
ACCOPT   LA    R5,8(,R5)
         CLI   0(R5),X'FF'
         BE    ACCNEW
         CLI   0(R5),C')'
         BE    ACCNEW
         CLC   0(8,R5),=CL8'NOPROF'
         BE    ACCOPT
         LA    R1,ACCERA
         CLC   0(8,R5),=CL8'ERASE'
         BE    ACCOPT1
         LA    R1,ACCNOD
         CLC   0(8,R5),=CL8'NODISK'
         BE    ACCOPT1
         DMSERR 'DMSACC003E INVALID OPTION ''%1''',SUB=(CHAR,0(R5),8)
         B     ACC24
ACCOPT1  EX    R1,ACCOI
         B     ACCOPT
ACCOI    OI    ACCFLAG,0
*---------------------------------------------------------------------
*        The new ADT
*---------------------------------------------------------------------
ACCNEW   TM    ACCFLAG,ACCNOD
         BO    ACCOK
         LA    R0,ADTDW
         SR    R1,R1
         NUCALL AFREE
         LTR   R15,R15
         BNZ   ACC109
         LR    R3,R1
         XC    ADTSECT(ADTLEN),ADTSECT
         MVC   ADTDEV,ACCDEV
         MVC   ADTM(2),ACCMODE
         MVI   ADTFLG1,ADTFFSTF
         CLI   ADTMX,0
         BE    *+8
         OI    ADTFLG1,ADTFRO
         TM    ACCFLAG,ACCPART
         BZ    *+8
         OI    ADTFLG1,ADTFRO+ADTFSUB
         LH    R8,ADTDEV
*              close files of the disk that is replaced, and of this
*              one if it is accessed already
         L     R6,IADT
ACCCLOS  LTR   R1,R6
         BZ    ACCLOAD
         CLC   ADTM-ADTSECT(1,R6),ADTM
         BE    ACCCLO1
         CLC   ADTDEV-ADTSECT(2,R6),ADTDEV
         BNE   ACCCLO2
ACCCLO1  L     R15,=V(FINADT)
         BALR  R14,R15
ACCCLO2  L     R6,ADTPTR-ADTSECT(,R6)
         B     ACCCLOS
ACCLOAD  LR    R1,R3
         L     R15,=V(ADTLOAD)
         BALR  R14,R15
         LTR   R15,R15
         BZ    ACCHAVE
         CH    R15,=H'1'
         BE    ACC113
         CH    R15,=H'2'
         BE    ACC017A
         CH    R15,=H'25'
         BE    ACC109A
         DMSERR 'DMSACC112S DISK ''%1(%2)'' DEVICE ERROR',SUB=(CHAR,   X
               ADTM,1,HEXR,R8,3)
         LA    R9,100
ACCFREE  LR    R1,R3
         L     R15,=V(ADTFREE)
         BALR  R14,R15
         LR    R15,R9
         B     ACCRET
ACC113   DMSERR 'DMSACC113S %1(%2) NOT ATTACHED',SUB=(CHAR,ADTM,1,HEXR,X
               R8,3)
         LA    R9,100
         B     ACCFREE
ACC017A  BAL   R10,ACC017M
         LA    R9,24
         B     ACCFREE
ACC109A  BAL   R10,ACC109M
         LA    R9,104
         B     ACCFREE
*---------------------------------------------------------------------
*        It is loaded.  Some files only?
*---------------------------------------------------------------------
ACCHAVE  TM    ACCFLAG,ACCPART
         BZ    ACCUSE
         L     R4,ADTFDA
         USING FSTSECT,R4
         L     R1,ADT1ST
         L     R5,FSTHNUM-FSTHYPER(,R1)
         SR    R2,R2
ACCPT1   CLI   FSTN,0
         BE    ACCPT4
         LA    R6,ACCFN
         LA    R7,FSTN
         BAL   R10,ACCEQ
         LA    R6,ACCFT
         LA    R7,FSTT
         BAL   R10,ACCEQ
         CLI   ACCFM,C'*'
         BE    ACCPT2
         CLI   ACCFM+1,C' '
         BE    ACCPT2
         CLC   ACCFM+1(1),FSTM+1
         BNE   ACCPT3
ACCPT2   LA    R2,1(,R2)
         B     ACCPT4
ACCPT3   MVI   FSTN,0
ACCPT4   LA    R4,FSTLEN(,R4)
         BCT   R5,ACCPT1
         DROP  R4
         ST    R2,ADTFSTC
         LTR   R2,R2
         BNZ   ACCUSE
         DMSERR 'DMSACC060E FILE(S) ''%1 %2 %3'' NOT FOUND. DISK ''%4(%X
               5)'' WILL NOT BE ACCESSED',SUB=(CHAR,ACCFN,8,CHAR,ACCFT,X
               8,CHAR,ACCFM,2,CHAR,ADTM,1,HEXR,R8,3)
         LA    R9,28
         B     ACCFREE
*              not twice for output
ACCUSE   L     R6,IADT
         SR    R7,R7               R7 = the disk with this mode
ACCU1    LTR   R6,R6
         BZ    ACCU4
         CLC   ADTM-ADTSECT(1,R6),ADTM
         BNE   ACCU2
         LR    R7,R6
         B     ACCU3
ACCU2    CLC   ADTDEV-ADTSECT(2,R6),ADTDEV
         BNE   ACCU3
         TM    ADTFLG1,ADTFRW
         BZ    ACCU3
         TM    ADTFLG1-ADTSECT(R6),ADTFRW
         BZ    ACCU3
         DMSERR 'DMSACC059E ''%1'' ALREADY ACCESSED AS READ/WRITE ''%2'X
               ' DISK',SUB=(HEXR,R8,3,CHAR,ADTM-ADTSECT(R6),1)
         LA    R9,36
         B     ACCFREE
ACCU3    L     R6,ADTPTR-ADTSECT(,R6)
         B     ACCU1
ACCU4    LTR   R7,R7
         BZ    ACCLINK
         CLC   ADTDEV-ADTSECT(2,R7),ADTDEV
         BE    ACCOLD
         LH    R9,ADTDEV-ADTSECT(,R7)
         DMSERR 'DMSACC724I %1 REPLACES %2 (%3)',SUB=(HEXR,R8,3,CHAR,  X
               ADTM,1,HEXR,R9,3)
ACCOLD   LR    R1,R7
         L     R15,=V(ADTDROP)
         BALR  R14,R15
*              into the chain, by mode letter
ACCLINK  LA    R6,IADT-(ADTPTR-ADTSECT)
ACCLNK1  LR    R7,R6
         L     R6,ADTPTR-ADTSECT(,R7)
         LTR   R6,R6
         BZ    ACCLNK2
         CLC   ADTM-ADTSECT(1,R6),ADTM
         BL    ACCLNK1
ACCLNK2  ST    R6,ADTPTR
         ST    R3,ADTPTR-ADTSECT(,R7)
*              device table
         LA    R6,DEVTAB
         USING DEVSECT,R6
         SR    R7,R7
ACCDEV1  CLC   DEVADDR,ADTDEV
         BE    ACCDEV3
         CLC   DEVADDR,=X'FFFF'
         BE    ACCDEV2
         TM    DEVFLAG,DEVHERE
         BO    *+6
         LR    R7,R6               a free entry
         LA    R6,DEVLEN(,R6)
         B     ACCDEV1
ACCDEV2  LR    R6,R7
ACCDEV3  MVC   DEVADDR,ADTDEV
         MVC   DEVCLASS(2),ADTDCLS
         MVI   DEVFLAG,DEVHERE
         TM    ADTFLG1,ADTFRO
         BZ    *+8
         OI    DEVFLAG,DEVRO
         ST    R6,ADTDTA
         DROP  R6
*              messages
         TM    ADTFLG1,ADTFRO
         BZ    ACCRW
         TM    NUCFLAG,NUCINIT
         BZ    ACCRO
         CLI   ADTM,C'S'
         BE    ACCRW
ACCRO    DMSERR 'DMSACC723I %1 (%2) R/O',SUB=(CHAR,ADTM,1,HEXR,R8,3)
ACCRW    L     R6,IADT
ACCALSO  LTR   R6,R6
         BZ    ACCER
         CR    R6,R3
         BE    ACCALS1
         CLC   ADTDEV-ADTSECT(2,R6),ADTDEV
         BNE   ACCALS1
         DMSERR 'DMSACC725I %1 ALSO = %2 DISK',SUB=(HEXR,R8,3,CHAR,    X
               ADTM-ADTSECT(R6),1)
         B     ACCER
ACCALS1  L     R6,ADTPTR-ADTSECT(,R6)
         B     ACCALSO
*---------------------------------------------------------------------
*        ERASE: an empty directory, which is written with the first
*        change of the disk (at once when there is no room for that)
*---------------------------------------------------------------------
ACCER    TM    ACCFLAG,ACCERA
         BZ    ACCOK
         TM    ADTFLG1,ADTFRW
         BZ    ACCOK
         L     R4,ADTFDA
         L     R1,ADT1ST
         L     R5,FSTHNUM-FSTHYPER(,R1)
ACCER1   MVI   0(R4),0
         LA    R4,FSTLEN(,R4)
         BCT   R5,ACCER1
         SR    R1,R1
         ST    R1,ADTFSTC
         L     R4,ADTMSK           only the file system's own blocks
         L     R5,ADTMAPLN
         SR    R7,R7
         MVCL  R4,R6
         L     R4,ADTMSK
         MVI   0(R4),X'F8'
         LA    R1,5
         ST    R1,ADTUSED
         L     R4,ADTMETA
         L     R5,ADTMETAN
         BAL   R10,ACCFLIP
         L     R4,ADTMAPBL
         L     R5,ADTMAPN
         BAL   R10,ACCFLIP
         L     R4,ADTMAPBL
         L     R5,ADTMAPN
ACCER2   OI    0(R4),ADTMDIRT
         LA    R4,4(,R4)
         BCT   R5,ACCER2
         L     R1,ADTRSV
         LA    R1,16(,R1)
         C     R1,ADTAVAIL
         BL    ACCOK
         LR    R1,R3
         NUCALL AUPDISK
         LTR   R15,R15
         BZ    ACCOK
         DMSERR 'DMSACC112S DISK ''%1(%2)'' DEVICE ERROR',SUB=(CHAR,   X
               ADTM,1,HEXR,R8,3)
         LA    R15,100
         B     ACCRET
ACCOK    SR    R15,R15
ACCRET   FRET
*              bits of the R5 blocks at R4; link R10
ACCFLIP  LTR   R5,R5
         BCR   8,R10
ACCFLI1  L     R0,0(,R4)
         N     R0,=X'00FFFFFF'
         LR    R1,R3
         L     R15,=V(TRKFLIP)
         BALR  R14,R15
         LA    R4,4(,R4)
         BCT   R5,ACCFLI1
         BR    R10
*              pattern at R6 and name at R7; link R10
ACCEQ    CLI   0(R6),C'*'
         BCR   8,R10
         CLC   0(8,R6),0(R7)
         BCR   8,R10
         B     ACCPT3
*              end of the operands?  link R10, condition code 0 yes
ACCEND   CLI   0(R5),X'FF'
         BCR   8,R10
         CLI   0(R5),C'('
         BR    R10
*              device address at R5 to ACCDEV; link R10
ACCHEX   LR    R6,R5
         MVC   ACCCUU,0(R5)
         SR    R1,R1
         LA    R7,4
ACCHEX1  SR    R2,R2
         IC    R2,0(,R6)
         CLI   0(R6),C' '
         BE    ACCHEX9
         CLI   0(R6),C'0'
         BNL   ACCHEXD
         CLI   0(R6),C'A'
         BL    ACC017
         CLI   0(R6),C'F'
         BH    ACC017
         SH    R2,=AL2(C'A'-10)
         B     ACCHEX2
ACCHEXD  CLI   0(R6),C'9'
         BH    ACC017
         SH    R2,=AL2(C'0')
ACCHEX2  SLL   R1,4
         AR    R1,R2
         LA    R6,1(,R6)
         BCT   R7,ACCHEX1
         CLI   0(R6),C' '
         BNE   ACC017
ACCHEX9  CR    R6,R5
         BE    ACC017
         C     R1,=F'4095'
         BH    ACC017
         STH   R1,ACCDEV
         LA    R5,8(,R5)
         BR    R10
ACC017   BAL   R10,ACC017M
ACC24    LA    R15,24
         B     ACCRET
ACC017M  DMSERR 'DMSACC017E INVALID DEVICE ADDRESS ''%1''',SUB=(CHAR,  X
               ACCCUU,8)
         BR    R10
ACC048   DMSERR 'DMSACC048E INVALID MODE ''%1''',SUB=(CHAR,0(R5),8)
         B     ACC24
ACC109   BAL   R10,ACC109M
         LA    R15,104
         B     ACCRET
ACC109M  DMSERR 'DMSACC109S VIRTUAL STORAGE CAPACITY EXCEEDED'
         BR    R10
         LTORG
ACCDEV   DC    H'0'
ACCMODE  DC    CL2' '
ACCFN    DC    CL8'*'
ACCFT    DC    CL8'*'
ACCFM    DC    CL8'*'
ACCALL   DC    3CL8'*'
ACCBLANK DC    CL8' '
ACCCUU   DC    CL8' '
ACCFLAG  DC    X'00'
ACCPART  EQU   X'80'               some files only
ACCERA   EQU   X'40'
ACCNOD   EQU   X'20'
         ENTRY DEVTAB
         DS    0F
DEVTAB   DC    28XL8'00'
         DC    X'FFFF',XL6'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         COPY  FVS
         COPY  DEVTAB
         END   DMSACC
