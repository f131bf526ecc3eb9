         TITLE 'DMSSCN - command scanner'
*---------------------------------------------------------------------
* SCANN    Makes tokens of 8 bytes of a line: upper case, cut or padded;
*          '(' and ')' are tokens of their own; the list ends with
*          8 bytes X'FF'.
*          Entry: R1 = line, R0 = length, R2 = list, R3 = its size in
*                 tokens (the end not counted)
*          Exit:  R0 = number of tokens, R1 = first character of the
*                 first token, R2 = first character behind it,
*                 R15 = 0, 4 more tokens than fit
*---------------------------------------------------------------------
DMSSCN   CSECT
         USING NUCON,0
SCANN    SUBENT
         LR    R4,R1               R4 = next character
         LR    R5,R1
         AR    R5,R0               R5 = end
         LR    R9,R2               R9 = list
         LR    R10,R3              R10 = room
         SR    R11,R11             R11 = number of tokens
         SUBPUT 1
         SUBPUT 1
SCNEXT   LR    R6,R5
         SR    R6,R4               what is left
         BNP   SCEND
         BCTR  R6,0
         LA    R1,0(,R5)
         SR    R2,R2
         CH    R6,=H'255'
         BNH   *+8
         LA    R6,255
         EX    R6,SCTRTN           first that is not blank
         BZ    SCMORE
         LR    R4,R1               R4 = token
         LR    R6,R5
         SR    R6,R4
         BCTR  R6,0
         CH    R6,=H'255'
         BNH   *+8
         LA    R6,255
         LA    R1,1(R6,R4)         if no delimiter is found
         EX    R6,SCTRTD
         CR    R1,R4
         BNE   *+8
         LA    R1,1(,R4)           the token is ( or )
         LR    R7,R1               R7 = behind the token
         LTR   R11,R11
         BNZ   SC1
         LR    R1,R4
         SUBPUT 1
         LR    R2,R7
         SUBPUT 2
SC1      CR    R11,R10
         BNL   SCFULL
         MVC   0(8,R9),SCBLANK
         LR    R6,R7
         SR    R6,R4
         C     R6,=F'8'
         BNH   *+8
         LA    R6,8
         BCTR  R6,0
         EX    R6,SCMVC
         OC    0(8,R9),SCBLANK     upper case
         LA    R9,8(,R9)
         LA    R11,1(,R11)
         LR    R4,R7
         B     SCNEXT
SCMORE   LA    R4,1(R6,R4)         256 blanks
         B     SCNEXT
SCEND    SR    R15,R15
         B     SCOUT
SCFULL   LA    R15,4
SCOUT    MVC   0(8,R9),SCFENCE
         LR    R0,R11
         SUBPUT 0
         SUBRET
SCTRTN   TRT   0(0,R4),SCTABN
SCTRTD   TRT   0(0,R4),SCTABD
SCMVC    MVC   0(0,R9),0(R4)
         LTORG
SCBLANK  DC    CL8' '
SCFENCE  DC    8X'FF'
SCTABN   DC    256X'01'
         ORG   SCTABN+C' '
         DC    X'00'
         ORG   SCTABN
         DC    X'00'
         ORG   ,
SCTABD   DC    256X'00'
         ORG   SCTABD+C' '
         DC    X'01'
         ORG   SCTABD+C'('
         DC    X'01'
         ORG   SCTABD+C')'
         DC    X'01'
         ORG   SCTABD
         DC    X'01'
         ORG   ,
         COPY  REGEQU
         COPY  NUCON
         END   DMSSCN
