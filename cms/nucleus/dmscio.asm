         TITLE 'DMSCIO - card reader and punch'
*---------------------------------------------------------------------
* CARDRD   Reads a card from the reader at 00C.
*          Entry: R1 -> plist: +8 A(buffer), +12 F length wanted
*          Exit:  +12 = length read; R15 = 0; 1 end of file, 2 unit
*                 check (the reader is empty or not ready), 3 channel
*                 error, 5 the card has another length, 100 no reader
* CARDPH   Punches on the punch at 00D.
*          Entry: R1 -> plist: +8 A(buffer), +12 F length: 80, or 80
*                 for each of up to 32 cards that lie one behind the
*                 other and go out in one channel program
*          Exit:  R15 = 0; 2 unit check, 3 channel error, 5 length,
*                 100 no punch
*---------------------------------------------------------------------
DMSCIO   CSECT
         USING NUCON,0
CARDRD   FENTER BASE=DMSCIO
         LA    R4,0(,R1)           R4 = plist
         MVC   CIOBUF,8(R4)
         MVC   CIOLEN,12(R4)
         L     R3,CIOLEN
         LTR   R3,R3
         BNP   CIOBAD
         C     R3,=F'65535'
         BH    CIOBAD
         STH   R3,CIOCCW+6
         MVC   CIOCCW(4),CIOBUF
         MVI   CIOCCW,X'02'        read and feed, stacker 1
         MVI   CIOCCW+4,0          lengths are checked
         MVC   CIODEV,=X'000C'
         BAL   R10,CIOGO
         SR    R0,R0
         ICM   R0,3,CIOCSW+6       bytes that did not come
         SR    R3,R0
         LTR   R15,R15
         BNZ   CIOEXIT
         ST    R3,12(,R4)
         TM    CIOCSW+5,X'40'      wrong length
         BZ    CIOEXIT
CIOBAD   LA    R15,5
CIOEXIT  FRET
         DROP  R12
*
CARDPH   FENTER BASE=DMSCIO
         MVC   CIOBUF,8(R1)
         MVC   CIOLEN,12(R1)
         L     R3,CIOLEN
         SR    R2,R2
         D     R2,=F'80'           R3 = cards
         LTR   R2,R2
         BNZ   CIOBAD
         LTR   R3,R3
         BNP   CIOBAD
         CH    R3,=H'32'
         BH    CIOBAD
         LA    R5,CIOCCW
         L     R6,CIOBUF
         LA    R6,0(,R6)
CIOCHAIN ST    R6,0(,R5)
         MVI   0(R5),X'41'         punch, stacker 2
         MVC   4(4,R5),=X'60000050'
         LA    R5,8(,R5)
         LA    R6,80(,R6)
         BCT   R3,CIOCHAIN
         SH    R5,=H'4'
         MVI   0(R5),X'20'         no command chaining in the last
         MVC   CIODEV,=X'000D'
         BAL   R10,CIOGO
         FRET
*              starts it.  R15 = 0, 1, 2, 3, 100; link R10
CIOGO    LA    R1,CIORPL
         NUCALL ADMSIOR
         SLL   R15,2
         B     *+4(R15)
         B     CIORC0
         B     CIORC1
         B     CIORC2
         LA    R15,2               unit check, or channel error
         TM    CIOCSW+4,X'02'
         BCR   1,R10
         LA    R15,3
         BR    R10
CIORC2   LA    R15,1               unit exception
         BR    R10
CIORC1   LA    R15,100
         BR    R10
CIORC0   SR    R15,R15
         BR    R10
         LTORG
         DS    0D
CIOCCW   DC    32D'0'
CIORPL   DS    0D                  IORPL
CIODEV   DC    H'0',X'0000',A(CIOCCW)
CIOCSW   DC    D'0',XL24'00'
CIOBUF   DC    A(0)
CIOLEN   DC    F'0'
         COPY  REGEQU
         COPY  NUCON
         END   DMSCIO
