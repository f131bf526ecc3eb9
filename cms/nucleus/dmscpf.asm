         TITLE 'DMSCPF - CP commands'
*---------------------------------------------------------------------
* DMSCPF   Passes a command to CP by DIAGNOSE 08.
*          Entry: R1 = text, R0 = length (0: the terminal enters CP
*                 mode)
*          Exit:  R15 = CP's return code; 1 = CP does not know it;
*                 -1 = bare machine, there is no CP
* CP       Command: the operands are the CP command, taken from the
*          extended plist, else from the tokens
*---------------------------------------------------------------------
DMSCPFS  CSECT
         USING NUCON,0
         EXTRN CONFLUSH
DMSCPF   SUBENT BASE=DMSCPFS
         TM    IMPFLAGS,IMPVIRT
         BZ    CPFBARE
         LA    R4,0(,R1)
         LTR   R5,R0
         BM    CPFNULL
         C     R5,=F'240'
         BNH   CPFGO
         L     R5,=F'240'
         B     CPFGO
CPFNULL  SR    R5,R5
CPFGO    L     R15,=A(CONFLUSH)    what was typed comes first
         BALR  R14,R15
         STNSM CPFMASK,X'00'
         DC    X'83450008'         DIAGNOSE 08, R4, R5
         SSM   CPFMASK
         LR    R15,R5
         SUBRET
CPFBARE  L     R15,=F'-1'
         SUBRET
*
CP       FENTER BASE=DMSCPFS
         LR    R3,R1
         SRL   R3,24               call type
         N     R3,=F'255'
         BZ    CPTOK
         LTR   R2,R0
         BZ    CPTOK
         USING EPLIST,R2
         L     R4,EPLARGBG
         L     R5,EPLARGND
         DROP  R2
         LA    R4,0(,R4)
         LA    R5,0(,R5)
CPSKIP   CR    R4,R5               leading blanks
         BNL   CPLEN
         CLI   0(R4),C' '
         BNE   CPLEN
         LA    R4,1(,R4)
         B     CPSKIP
CPLEN    SR    R5,R4
         LR    R1,R4
         LR    R0,R5
         B     CPGO
*              tokens, one blank between them
CPTOK    LA    R2,8(,R1)
         LA    R4,CPBUF
         LA    R5,CPBUF+230
CPT1     CLI   0(R2),X'FF'
         BE    CPT9
         LA    R6,8
CPT2     CLI   0(R2),C' '
         BE    CPT3
         MVC   0(1,R4),0(R2)
         LA    R4,1(,R4)
         LA    R2,1(,R2)
         BCT   R6,CPT2
CPT3     AR    R2,R6
         MVI   0(R4),C' '
         LA    R4,1(,R4)
         CR    R4,R5
         BL    CPT1
CPT9     LA    R1,CPBUF
         LR    R0,R4
         SR    R0,R1
         BZ    CPGO
         BCTR  R0,0                the last blank
CPGO     L     R15,ADMSCPF
         BALR  R14,R15
         C     R15,=F'1'
         BE    CPUNK
         LTR   R15,R15
         BNM   CPRET
CPUNK    LINEDIT 'UNKNOWN CP COMMAND'
         L     R15,=F'-1'
CPRET    FRET
         LTORG
CPFMASK  DC    X'00'
CPBUF    DC    CL240' '
         COPY  REGEQU
         COPY  NUCON
         COPY  EPLIST
         END   DMSCPFS
