         TITLE 'DMSLFS - find files in the directories'
*---------------------------------------------------------------------
* FSTLKP   Entry: R1 -> plist: fn at 8, ft at 16, fm at 24; C'*' or
*                 blank stands for any
*          Exit:  R15 = 0, R1 = FST, R0 = ADT
*                 R15 = 28 no such file, 36 disk not accessed
* FSTLKW   the same on disks accessed for output (not on extensions)
* FSTNXT   Entry: R1 -> plist; R0 = 0 for the first file, or the FST of
*                 the last answer with R2 = its ADT
*          Exit:  as FSTLKP
*          Disks are searched in the order of the ADT chain; a mode
*          letter means that disk and its read-only extensions.
*---------------------------------------------------------------------
DMSLFS   CSECT
         USING NUCON,0
FSTNXT   SUBENT BASE=DMSLFS
         MVI   LFSW,0
         LR    R5,R0               R5 = last FST or 0
         LR    R3,R2               R3 = its ADT
         B     LFGO
FSTLKW   SUBENT BASE=DMSLFS
         MVI   LFSW,1
         SR    R5,R5
         B     LFGO
FSTLKP   SUBENT BASE=DMSLFS
         MVI   LFSW,0
         SR    R5,R5
         USING ADTSECT,R3
         USING FSTHYPER,R6
         USING FSTSECT,R7
LFGO     LR    R4,R1               R4 = plist
         LA    R8,36               R8 = return code if nothing is found
         LTR   R5,R5
         BZ    LFFIRST
*              go on behind R5: which piece is it in?
         LA    R8,28
         L     R6,ADT1ST
LFWHERE  LTR   R6,R6
         BZ    LFNEXT
         L     R9,FSTHNUM
         LR    R1,R9
         SLL   R1,6
         LA    R2,FSTHFST
         AR    R1,R2               R1 = end of the piece
         CR    R5,R6
         BL    LFWH1
         CR    R5,R1
         BL    LFWH2
LFWH1    L     R6,FSTHNEXT
         B     LFWHERE
LFWH2    LA    R7,FSTLEN(,R5)      R7 = next, R9 = how many are left
         LR    R9,R1
         SR    R9,R7
         SRL   R9,6
         LTR   R9,R9
         BP    LFSLOT
         B     LFPIECE
LFFIRST  L     R3,IADT
         B     LFADT
LFNEXT   L     R3,ADTPTR
LFADT    LTR   R3,R3
         BZ    LFNONE
         CLI   24(R4),C'*'
         BE    LFADT1
         CLI   24(R4),C' '
         BE    LFADT1
         CLI   24(R4),0
         BE    LFADT1
         CLC   ADTM,24(R4)
         BE    LFADT1
         CLI   LFSW,0
         BNE   LFNEXT
         CLC   ADTMX,24(R4)
         BNE   LFNEXT
LFADT1   CLI   LFSW,0
         BE    LFADT2
         TM    ADTFLG1,ADTFRW
         BZ    LFNEXT
LFADT2   LA    R8,28
         L     R6,ADT1ST
LFHYP    LTR   R6,R6
         BZ    LFNEXT
         L     R9,FSTHNUM
         LA    R7,FSTHFST
LFSLOT   CLI   FSTN,0
         BE    LFSKIP
         CLI   8(R4),C'*'
         BNE   LFNAME
         CLI   9(R4),C' '
         BE    LFTYPE
LFNAME   CLI   8(R4),C' '
         BE    LFTYPE
         CLC   FSTN,8(R4)
         BNE   LFSKIP
LFTYPE   CLI   16(R4),C'*'
         BNE   LFTYP1
         CLI   17(R4),C' '
         BE    LFHIT
LFTYP1   CLI   16(R4),C' '
         BE    LFHIT
         CLC   FSTT,16(R4)
         BE    LFHIT
LFSKIP   LA    R7,FSTLEN(,R7)
         BCT   R9,LFSLOT
LFPIECE  L     R6,FSTHNEXT
         B     LFHYP
LFHIT    LR    R0,R3
         LR    R1,R7
         SUBPUT 0
         SUBPUT 1
         SUBRET RC=0
LFNONE   LR    R15,R8
         SUBRET
         LTORG
LFSW     DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         COPY  FVS
         END   DMSLFS
