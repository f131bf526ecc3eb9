         TITLE 'DMSARE - RELEASE'
*---------------------------------------------------------------------
* RELEASE  Function and command: RELEASE cuu or mode [(DET)]
*          R15 = 0; 24 bad operand, 36 disk not accessed
*          Files that are open are closed.  DET detaches the device.
* ADTDROP  Nucleus subroutine: takes R1 = ADT out of the chain and gives
*          back its storage
*---------------------------------------------------------------------
DMSARE   CSECT
         USING NUCON,0
         USING ADTSECT,R3
RELEASE  FENTER BASE=DMSARE
         LA    R5,8(,R1)
         MVI   AREDET,0
         CLI   0(R5),X'FF'
         BE    ARE028
         CLI   0(R5),C'('
         BE    ARE028
         LA    R6,8(,R5)
         CLI   0(R6),X'FF'
         BE    AREGO
         CLI   0(R6),C'('
         BNE   ARE070
         LA    R6,8(,R6)
         CLI   0(R6),X'FF'
         BE    AREGO
         CLC   0(8,R6),=CL8'DET'
         BNE   ARE003
         MVI   AREDET,1
AREGO    CLC   1(7,R5),AREBLANK
         BNE   AREDEV
         CLI   0(R5),C'A'
         BL    AREDEV
         CLI   0(R5),C'Z'
         BH    AREDEV
*              a mode letter
         CLI   0(R5),C'S'
         BE    ARE048
         LR    R1,R5
         NUCALL AADTLKP
         LTR   R15,R15
         BNZ   ARE069
         LH    R8,ADTDEV-ADTSECT(,R1)
         BAL   R10,AREONE
         B     ARECP
*              a device: all modes it is accessed with
AREDEV   LR    R6,R5
         SR    R8,R8
         LA    R7,4
AREHEX   SR    R2,R2
         IC    R2,0(,R6)
         CLI   0(R6),C' '
         BE    AREHEX9
         CLI   0(R6),C'0'
         BNL   AREHEXD
         CLI   0(R6),C'A'
         BL    ARE017
         CLI   0(R6),C'F'
         BH    ARE017
         SH    R2,=AL2(C'A'-10)
         B     AREHEX2
AREHEXD  CLI   0(R6),C'9'
         BH    ARE017
         SH    R2,=AL2(C'0')
AREHEX2  SLL   R8,4
         AR    R8,R2
         LA    R6,1(,R6)
         BCT   R7,AREHEX
         CLI   0(R6),C' '
         BNE   ARE017
AREHEX9  C     R8,=F'4095'
         BH    ARE017
         SR    R9,R9
ARELOOP  L     R3,IADT
ARENEXT  LTR   R1,R3
         BZ    AREEND
         L     R3,ADTPTR
         CH    R8,ADTDEV-ADTSECT(,R1)
         BNE   ARENEXT
         CLI   ADTM-ADTSECT(R1),C'S'
         BE    ARE048
         LA    R9,1
         BAL   R10,AREONE
         B     ARELOOP
AREEND   LTR   R9,R9
         BZ    ARE069
*              DETACH
ARECP    CLI   AREDET,0
         BE    AREOK
         STH   R8,AREWORD
         UNPK  AREWORD+2(5),AREWORD(3)
         TR    AREWORD+2(4),AREXT-C'0'
         MVC   AREDETP+16(3),AREWORD+3
         LA    R1,AREDETP
         CMSCALL (R1)
         B     ARERET
AREOK    SR    R15,R15
ARERET   FRET
*              R1 = ADT: close its files, release it; link R10
AREONE   LR    R4,R1
         L     R15,=V(FINADT)
         BALR  R14,R15
         LR    R1,R4
         L     R15,=A(ADTDROP)
         BALR  R14,R15
         BR    R10
ARE028   DMSERR 'DMSARE028E NO DEVICE SPECIFIED'
         B     ARE24
ARE070   DMSERR 'DMSARE070E INVALID PARAMETER ''%1''',SUB=(CHAR,0(R6), X
               8)
         B     ARE24
ARE003   DMSERR 'DMSARE003E INVALID OPTION ''%1''',SUB=(CHAR,0(R6),8)
         B     ARE24
ARE017   DMSERR 'DMSARE017E INVALID DEVICE ADDRESS ''%1''',SUB=(CHAR,  X
               0(R5),8)
         B     ARE24
ARE048   DMSERR 'DMSARE048E INVALID MODE ''%1''',SUB=(CHAR,0(R5),8)
ARE24    LA    R15,24
         B     ARERET
ARE069   DMSERR 'DMSARE069E DISK ''%1'' NOT ACCESSED',SUB=(CHAR,0(R5), X
               8)
         LA    R15,36
         B     ARERET
         DROP  R12
*
ADTDROP  SUBENT BASE=DMSARE
         LR    R3,R1
         LA    R1,IADT-(ADTPTR-ADTSECT)
AREDR1   LR    R2,R1
         L     R1,ADTPTR-ADTSECT(,R2)
         LTR   R1,R1
         BZ    AREDR2
         CR    R1,R3
         BNE   AREDR1
         MVC   ADTPTR-ADTSECT(4,R2),ADTPTR
AREDR2   L     R1,ADTDTA           is it accessed with another mode?
         LTR   R1,R1
         BZ    AREDR4
         L     R2,IADT
AREDR3   LTR   R2,R2
         BZ    AREDR5
         C     R1,ADTDTA-ADTSECT(,R2)
         BE    AREDR4
         L     R2,ADTPTR-ADTSECT(,R2)
         B     AREDR3
AREDR5   XC    0(DEVLEN,R1),0(R1)
AREDR4   LR    R1,R3
         L     R15,=V(ADTFREE)
         BALR  R14,R15
         SUBRET RC=0
         LTORG
AREDET   DC    X'00'
AREBLANK DC    CL8' '
AREWORD  DC    XL8'00'
AREXT    DC    C'0123456789ABCDEF'
AREDETP  DC    CL8'CP',CL8'DETACH',CL8' ',8X'FF'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  DEVTAB
         END   DMSARE
