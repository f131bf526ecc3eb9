         TITLE 'DMSSTT - STATE'
*---------------------------------------------------------------------
* STATE    Looks for a file: plist fn ft fm, each may be * (fm of two
*          characters; blank = *)
*          R15 = 0: the word at 28 of the plist is the address of a copy
*          of the FST (64 bytes), behind it ADT and FST (addresses);
*          20 invalid character in a name, 24 invalid mode, 28 no such
*          file, 36 disk not accessed
* STATEW   the same on disks accessed for output
*---------------------------------------------------------------------
DMSSTT   CSECT
         USING NUCON,0
         USING FVSECT,R9
STATE    FENTER BASE=DMSSTT
         L     R8,AFSTLKP
         B     STTGO
         DROP  R12
STATEW   FENTER BASE=DMSSTT
         L     R8,AFSTLKW
STTGO    LR    R4,R1
         L     R9,AFVS
         LA    R5,8(,R4)
         BAL   R10,STTNAME
         LA    R5,16(,R4)
         BAL   R10,STTNAME
         CLI   24(R4),C'*'
         BE    STTFIND
         CLI   24(R4),C' '
         BE    STTFIND
         LA    R15,24
         CLI   24(R4),C'A'
         BL    STTRET
         CLI   24(R4),C'Z'
         BH    STTRET
         CLI   25(R4),C' '
         BE    STTFIND
         CLI   25(R4),C'0'
         BL    STTRET
         CLI   25(R4),C'6'
         BH    STTRET
STTFIND  LR    R1,R4
         LR    R15,R8
         BALR  R14,R15
         LTR   R15,R15
         BNZ   STTRET
         MVC   FVSTAT(64),0(R1)
         ST    R0,FVSTAT+64
         ST    R1,FVSTAT+68
         LA    R1,FVSTAT
         ST    R1,28(,R4)
STTRET   FRET
*              R15 = 20 unless the name at R5 is one or *; link R10
STTNAME  CLI   0(R5),C'*'
         BE    STTNAM1
         CLI   0(R5),C' '
         BE    STTN20
         L     R6,=V(WRCHARS)
         TRT   0(8,R5),0(R6)
         BCR   8,R10
         CLI   0(R1),C' '
         BCR   8,R10
         B     STTN20
STTNAM1  CLI   1(R5),C' '
         BCR   8,R10
STTN20   LA    R15,20
         B     STTRET
         LTORG
         COPY  REGEQU
         COPY  NUCON
         COPY  FVS
         END   DMSSTT
