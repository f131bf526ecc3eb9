         TITLE 'DMSERS - ERASE, rename'
*---------------------------------------------------------------------
* ERASE    Erases a file: plist fn ft fm (blank = A)
*          R15 = 0; 24 bad operand, 28 no such file, 36 disk not
*          accessed or read-only; 3 I/O error, 13, 25
*          A file that is open is given up first.
* ERSFST   Nucleus subroutine: takes a file out of the directory in
*          storage; the directory is still to be written
*          Entry: R1 = FST, R0 = ADT.  Exit: R15 = 0; 25
*          Blocks of a damaged file stay allocated.
* DMSRNF   Renames a file: plist old fn ft fm, new fn ft fm (8 bytes
*          each); the new fm gives the mode number, blank = the old one
*          R15 = 0; 4 the new name exists, 24 bad operand, 28 no such
*          file, 36 disk not accessed or read-only; 3, 13, 25
*---------------------------------------------------------------------
DMSERS   CSECT
         USING NUCON,0
         USING AFTSECT,R11
         USING ADTSECT,R3
         USING FSTSECT,R7
ERASE    FENTER BASE=DMSERS
         LR    R4,R1
         LA    R5,8(,R4)
         BAL   R10,ERSNAME
         LA    R5,16(,R4)
         BAL   R10,ERSNAME
         CLI   24(R4),C' '
         BNE   ERSM1
         MVI   24(R4),C'A'
ERSM1    LA    R15,24
         CLI   24(R4),C'*'
         BE    ERSRET
         CLI   24(R4),X'FF'
         BE    ERSRET
         LA    R1,24(,R4)
         NUCALL AADTLKW
         LTR   R15,R15
         BNZ   ERS36
         LR    R3,R1
         LA    R8,28               R8 = return code
         BAL   R10,ERSDROP
         LR    R1,R4
         NUCALL AFSTLKW
         LTR   R15,R15
         BZ    ERSHIT
         LR    R15,R8
         B     ERSRET
ERSHIT   LR    R0,R3
         L     R15,=A(ERSFST)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   ERSRET
ERSUPD   LR    R1,R3
         NUCALL AUPDISK
ERSRET   FRET
ERS36    LA    R15,36
         B     ERSRET
ERS24    LA    R15,24
         B     ERSRET
*              forget what is open of this file on R3; R8 = 0 if it was;
*              link R10
ERSDROP  LR    R1,R4
         NUCALL AACTLKP
ERSDRO1  LTR   R15,R15
         BCR   7,R10
         C     R3,AFTADT-AFTSECT(,R1)
         BE    ERSDRO2
         LR    R0,R1
         LR    R1,R4
         NUCALL AACTNXT
         B     ERSDRO1
ERSDRO2  SR    R8,R8
         L     R15,=V(FNSDROP)
         BALR  R14,R15
         B     ERSDROP
*              a name at R5? link R10
ERSNAME  CLI   0(R5),C'*'
         BE    ERSNAM1
         CLI   0(R5),C' '
         BE    ERS24
         CLI   0(R5),X'FF'
         BE    ERS24
         BR    R10
ERSNAM1  CLI   1(R5),C' '
         BE    ERS24
         BR    R10
         DROP  R12
*
ERSFST   SUBENT BASE=DMSERS
         LR    R7,R1
         LR    R3,R0
         LA    R1,ERSPL
         MVC   8(16,R1),FSTN
         LR    R0,R3
         LR    R2,R7
         NUCALL AACTFREE
         CH    R15,=H'25'
         BE    ERSF9
         LTR   R15,R15
         BNZ   ERSF8               damaged
         LR    R11,R1
         L     R4,AFTPTRS
         L     R5,AFTPTRN
         LTR   R5,R5
         BZ    ERSF2
ERSF1    L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         A     R4,AFTPSIZE
         BCT   R5,ERSF1
ERSF2    L     R4,AFTFRL
         L     R5,AFTFRN
         LTR   R5,R5
         BZ    ERSF4
ERSF3    L     R0,0(,R4)
         LR    R1,R3
         L     R15,=V(TRKLKPX)
         BALR  R14,R15
         LA    R4,4(,R4)
         BCT   R5,ERSF3
ERSF4    LR    R1,R11
         NUCALL AACTFRET
ERSF8    XC    FSTN,FSTN
         OI    ADTFLG2,ADTFDIRT+ADTFCLOS
         SR    R15,R15
ERSF9    SUBRET
*
DMSRNF   FENTER BASE=DMSERS
         LR    R4,R1
         LA    R1,24(,R4)
         NUCALL AADTLKW
         LTR   R15,R15
         BNZ   ERS36
         LR    R3,R1
         LA    R5,8(,R4)
         BAL   R10,ERSNAME
         LA    R5,16(,R4)
         BAL   R10,ERSNAME
         LA    R5,32(,R4)
         BAL   R10,ERSCHAR
         LA    R5,40(,R4)
         BAL   R10,ERSCHAR
*              close it when it is open
         LR    R1,R3
         L     R15,=V(FINADT)
         BALR  R14,R15
         LR    R1,R4
         NUCALL AFSTLKW
         LTR   R15,R15
         BNZ   ERSRET
         LR    R7,R1
         LA    R1,24(,R4)          the new one
         MVC   ERSPL+8(16),32(R4)
         MVC   ERSPL+24(1),24(R4)
         LA    R1,ERSPL
         NUCALL AFSTLKW
         LTR   R15,R15
         BNZ   RNFGO
         CR    R1,R7
         BE    RNFGO
         LA    R15,4
         B     ERSRET
RNFGO    CLI   49(R4),C' '
         BNH   RNFNAME
         CLI   49(R4),C'0'
         BL    ERS24
         CLI   49(R4),C'6'
         BH    ERS24
         MVC   FSTM+1(1),49(R4)
RNFNAME  MVC   FSTN(16),32(R4)
         OI    ADTFLG2,ADTFDIRT
         B     ERSUPD
*              a name at R5 that a file can have; link R10
ERSCHAR  CLI   0(R5),C' '
         BE    ERS24
         L     R6,=V(WRCHARS)
         TRT   0(8,R5),0(R6)
         BCR   8,R10
         CLI   0(R1),C' '
         BCR   8,R10
         B     ERS24
         LTORG
ERSPL    DC    4D'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  AFT
         COPY  FST
         END   DMSERS
