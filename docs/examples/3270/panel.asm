         TITLE 'PANEL - A PROGRAM WITH A SCREEN'
*---------------------------------------------------------------------
* A guest without an operating system that writes a 3270 screen: by
* DIAGNOSE X'58' on its console, by START I/O on display 0C1 when
* somebody has dialed it.  It reads the two fields when a key is
* pressed, and shows the key and the fields.  PF3 ends it.
*---------------------------------------------------------------------
PANEL    START X'1000'
         BALR  12,0
         USING *,12
         MVC   X'78'(8),IONEW
         LA    2,X'009'
         STH   2,DEVICE
         BAL   14,SHOW
         BZ    WAITING
         LA    1,WRNONE            no display behind the console
         BAL   14,LINE
WAITING  LPSW  WAIT
*
INTERUPT LH    2,X'3A'             the device that interrupts
         STH   2,DEVICE
         CLI   X'44',X'8E'         lines of CP on the console: later
         BE    WAITING
         TM    X'44',X'80'         attention: a key
         BO    KEY
         TM    X'44',X'04'         device end: a terminal has dialed
         BZ    WAITING
REFRESH  BAL   14,SHOW
         B     WAITING
*
KEY      BAL   14,GET
         CLI   INPUT,X'60'         no key: the screen is wanted again
         BE    REFRESH
         CLI   INPUT,X'6D'         CLEAR
         BE    REFRESH
         CLI   INPUT,X'F3'         PF3
         BE    FINISH
         UNPK  AID(3),INPUT(2)     the identifier in hexadecimal
         TR    AID(2),HEX-240
         MVI   AID+2,C' '
         MVC   NAME,BLANKS
         MVC   AMOUNT,BLANKS
         LA    3,INPUT+3           identifier, cursor; orders and data
         LA    5,NAME
         BAL   14,FIELD
         LA    5,AMOUNT
         BAL   14,FIELD
         LA    3,ANSWER
         LA    4,L'ANSWERS
         LA    5,1                 write
         BAL   14,PUT
         B     WAITING
*
FIELD    CLI   0(3),X'11'          set buffer address, the field
         BNER  14
         LA    3,3(3)
NEXT     CLI   0(3),X'11'
         BER   14
         MVC   0(1,5),0(3)
         LA    3,1(3)
         LA    5,1(5)
         B     NEXT
*
FINISH   LA    1,DGLINES           the console shows lines again
         LA    2,X'009'
         DC    X'83120058'
         LA    1,WREND
         BAL   14,LINE
         LPSW  THEEND
*---------------------------------------------------------------------
* SHOW: the whole screen.  PUT: data at 3, length in 4, command in 5.
* GET: the fields, with X'11' behind them.  LINE: channel program at 1
* on the console.  Condition code 0 if it was done.
*---------------------------------------------------------------------
SHOW     LA    3,SCREEN
         LH    4,LENGTH
         LA    5,5                 erase/write
PUT      LH    2,DEVICE
         CH    2,CONSOLE
         BNE   PUTSIO
         LA    1,DGWRITE
         ST    3,DGWRITE
         MVI   DGWRITE,X'29'
         STH   4,DGWRITE+6
         MVI   DGWRITE+5,X'80'     erase/write
         CH    5,ERASE
         BE    DIAGNOSE
         MVI   DGWRITE+5,X'00'     write
DIAGNOSE DC    X'83120058'
         BR    14
PUTSIO   LA    1,WRITE
         ST    3,WRITE
         STC   5,WRITE
         STH   4,WRITE+6
         B     START
*
GET      MVI   INPUT,X'11'
         MVC   INPUT+1(L'INPUT-1),INPUT
         LH    2,DEVICE
         LA    1,READ
         CH    2,CONSOLE
         BNE   START
         LA    1,DGREAD
         B     DIAGNOSE
*
LINE     LA    2,X'009'
START    ST    1,X'48'
         SIO   0(2)
         BC    2,START             busy
ENDED    TIO   0(2)
         BC    2,ENDED
         CR    2,2                 condition code 0
         BR    14
*---------------------------------------------------------------------
         DS    0D
IONEW    DC    X'00000000',A(INTERUPT)
WAIT     DC    X'FE02000000000000'
THEEND   DC    X'0002000000000370'
DGWRITE  DC    X'29',AL3(SCREEN),X'2080',H'0'
DGREAD   DC    X'2A',AL3(INPUT),X'2080',AL2(L'INPUT)
DGLINES  DC    X'19',AL3(0),X'20FE',H'1'
WRITE    CCW   5,SCREEN,X'20',1
READ     CCW   6,INPUT,X'20',L'INPUT
WRNONE   CCW   9,NONE,X'20',L'NONE
WREND    CCW   9,ENDING,X'20',L'ENDING
NONE     DC    C'PANEL: THE CONSOLE IS NO DISPLAY; DIAL PANEL'
ENDING   DC    C'PANEL HAS ENDED'
BLANKS   DC    CL20' '
HEX      DC    C'0123456789ABCDEF'
CONSOLE  DC    H'9'
ERASE    DC    H'5'
DEVICE   DS    H
LENGTH   DC    AL2(SCREENND-SCREEN)
INPUT    DS    CL80
*---------------------------------------------------------------------
* Addresses are of 14 bits: (row-1)*80+column-1.
*---------------------------------------------------------------------
SCREEN   DC    X'C3'                                reset, restore
         DC    X'11',AL2(0*80+32),X'2902C0F842F7',C'VM/370  PANEL'
         DC    X'11',AL2(2*80+3),X'1DF0',C'NAME   ===>'
         DC    X'11',AL2(2*80+16),X'2903C0C141F442F5',X'13'
         DC    X'11',AL2(2*80+37),X'1DF0'
         DC    X'11',AL2(3*80+3),X'1DF0',C'AMOUNT ===>'
         DC    X'11',AL2(3*80+16),X'2903C0D141F442F5'
         DC    X'11',AL2(3*80+27),X'1DF0'
         DC    X'11',AL2(5*80+2),X'2902C0F042F4',X'08C5'
         DC    X'3C',AL2(5*80+77),X'08A2',X'08D5'
         DC    X'11',AL2(6*80+2),X'2902C0F042F4',X'0885'
         DC    X'1DF0',C'KEY'
         DC    X'11',AL2(6*80+16),X'2902C0F042F6'
         DC    X'11',AL2(6*80+76),X'2902C0F042F4',X'0885'
         DC    X'11',AL2(7*80+2),X'2902C0F042F4',X'0885'
         DC    X'1DF0',C'NAME'
         DC    X'11',AL2(7*80+16),X'2902C0F042F6'
         DC    X'11',AL2(7*80+76),X'2902C0F042F4',X'0885'
         DC    X'11',AL2(8*80+2),X'2902C0F042F4',X'0885'
         DC    X'1DF0',C'AMOUNT'
         DC    X'11',AL2(8*80+16),X'2902C0F042F6'
         DC    X'11',AL2(8*80+76),X'2902C0F042F4',X'0885'
         DC    X'11',AL2(9*80+2),X'2902C0F042F4',X'08C4'
         DC    X'3C',AL2(9*80+77),X'08A2',X'08D4'
         DC    X'11',AL2(22*80+3),X'1DF0'
         DC    C'ENTER AND PF KEYS SEND   CLEAR REFRESHES   '
         DC    X'1DF8',C'PF3 ENDS'
SCREENND EQU   *
*
ANSWER   DC    X'C2',X'11',AL2(6*80+17)             restore
AID      DC    CL3' '
         DC    X'11',AL2(7*80+17)
NAME     DC    CL20' '
         DC    X'11',AL2(8*80+17)
AMOUNT   DC    CL10' '
         ORG   ANSWER
ANSWERS  DS    XL(AMOUNT+10-ANSWER)
         END   PANEL
