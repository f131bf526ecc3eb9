         TITLE 'DMSPIO - printer'
*---------------------------------------------------------------------
* PRINTR   Prints a line on the printer at 00E.
*          Entry: R1 -> plist: +8 A(line), +12 F length.  The first
*                 byte of the line is its carriage control: an ASA
*                 character (acts before printing) or the command code
*                 of the channel command; anything else is a blank.
*          Exit:  R15 = 0; 1 line too long, 2 channel 12, 3 channel 9,
*                 4 intervention required, 5 other error, 100 none
* PRINTIO  the same
*---------------------------------------------------------------------
DMSPIO   CSECT
         USING NUCON,0
PRINTR   FENTER BASE=DMSPIO
         B     PIO1
         DROP  R12
PRINTIO  FENTER BASE=DMSPIO
PIO1     MVC   PIOBUF,8(R1)
         MVC   PIOLEN,12(R1)
         L     R4,PIOBUF
         LA    R4,0(,R4)
         L     R5,PIOLEN
         BCTR  R5,0                R5 = bytes to be printed
         LTR   R5,R5
         BM    PIOLONG
         CH    R5,=H'132'
         BNH   PIOCTL
         CH    R5,=H'150'
         BH    PIOLONG
         LA    R1,X'0E'            132 unless it is a 3211
         NUCALL ADEVCLS
         ST    R1,PIOWORD
         CLI   PIOWORD+1,X'42'
         BE    PIOCTL
PIOLONG  LA    R15,1
         B     PIOEXIT
*              carriage control
PIOCTL   LA    R2,PIOASA
PIOCTL1  CLC   0(1,R2),0(R4)
         BE    PIOCTL2
         LA    R2,2(,R2)
         CLI   0(R2),X'FF'
         BNE   PIOCTL1
         TM    0(R4),X'01'         a channel command?
         BZ    PIOBLNK
         TM    0(R4),X'04'
         BO    PIOBLNK
         LA    R3,PIOCCW2
         MVC   PIOCMD,0(R4)
         TM    0(R4),X'02'
         BZ    PIOLINE             prints
         MVC   PIOCCW1(1),0(R4)    only moves the paper
         MVI   PIOCCW1+4,X'20'
         LA    R3,PIOCCW1
         B     PIOGO
PIOBLNK  LA    R2,PIOASA
PIOCTL2  MVI   PIOCMD,X'01'        write, no space
         LA    R3,PIOCCW2
         CLI   1(R2),0
         BE    PIOLINE             no movement
         MVC   PIOCCW1(1),1(R2)
         MVI   PIOCCW1+4,X'60'
         LA    R3,PIOCCW1
PIOLINE  LA    R6,1(,R4)
         LTR   R5,R5
         BNZ   *+12
         LA    R6,=C' '
         LA    R5,1
         ST    R6,PIOCCW2
         MVC   PIOCCW2(1),PIOCMD
         STH   R5,PIOCCW2+6
PIOGO    ST    R3,PIORPL+4
         LA    R1,PIORPL
         NUCALL ADMSIOR
         SLL   R15,2
         B     *+4(R15)
         B     PIOEXIT             0
         B     PIONONE             1 not there
         B     PIOCH12             2 unit exception
         LA    R15,5
         TM    PIOCSW+4,X'02'
         BZ    PIOEXIT
         LA    R15,4
         TM    PIOSNS,X'40'
         BO    PIOEXIT
         LA    R15,3
         TM    PIOSNS,X'01'
         BO    PIOEXIT
         LA    R15,5
         B     PIOEXIT
PIONONE  LA    R15,100
         B     PIOEXIT
PIOCH12  LA    R15,2
PIOEXIT  FRET
         LTORG
*              ASA character, command that comes before the line
PIOASA   DC    C' ',X'0B',C'0',X'13',C'-',X'1B',C'+',X'00'
         DC    C'1',X'8B',C'2',X'93',C'3',X'9B',C'4',X'A3'
         DC    C'5',X'AB',C'6',X'B3',C'7',X'BB',C'8',X'C3'
         DC    C'9',X'CB',C'A',X'D3',C'B',X'DB',C'C',X'E3'
         DC    X'FF'
         DS    0D
PIOCCW1  DC    X'0B',AL3(PIOCCW1),X'60',X'00',H'1'
PIOCCW2  DC    X'01',AL3(0),X'20',X'00',H'0'
PIORPL   DC    X'000E',X'0000',A(PIOCCW1)
PIOCSW   DC    D'0'
PIOSNS   DC    XL24'00'
PIOBUF   DC    A(0)
PIOLEN   DC    F'0'
PIOWORD  DC    F'0'
PIOCMD   DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         END   DMSPIO
