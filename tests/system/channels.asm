         TITLE 'CHANNELS - WHAT CHANNEL PROGRAMS END WITH'
*---------------------------------------------------------------------
* Runs a table of channel programs on the devices of a bare machine and
* prints on the console, of each: the condition code of START I/O, the
* CSW that it stored if any, and each interruption that follows.
* The instructions TCH, STIDC, HIO, HDV, TIO are tried at the end.
*---------------------------------------------------------------------
         MACRO
&N       CASE  &D,&P
         DC    CL8'&N',AL2(X'&D',0),A(&P)
         MEND
         MACRO
&L       W     &C,&A,&F,&N
&L       DC    X'&C',AL3(&A),X'&F',X'00',AL2(&N)
         MEND
CHANNELS START X'2000'
         BALR  12,0
         USING *,12,11
         LA    11,4095(12)
         LA    11,1(11)
         MVC   X'78'(8),IONEW
         MVC   X'58'(8),EXTNEW
         MVC   X'68'(8),PGMNEW
         LA    10,TABLE
LOOP     CLI   0(10),X'FF'
         BE    INSTRS
         MVC   LINE,LINE-1
         MVC   LINE(8),0(10)
         LH    2,8(10)
         L     1,12(10)
         ST    1,X'48'
         MVC   X'40'(8),FILL
         LA    9,LINE+9
         SIO   0(2)
         BAL   8,PUTCC
         BAL   14,GATHER
         LA    10,16(10)
         B     LOOP
*        the instructions without channel programs
INSTRS   LA    10,INSTAB
NEXT     CLI   0(10),X'FF'
         BE    DONE
         MVC   LINE,LINE-1
         MVC   LINE(8),0(10)
         MVC   X'40'(8),FILL
         MVC   X'A8'(4),FILL
         LH    2,8(10)
         MVC   OP(2),10(10)
         LA    9,LINE+9
OP       DC    X'9F00',X'2000'
         BAL   8,PUTCC
         LA    1,X'A8'
         LA    0,4
         CLC   X'A8'(4),FILL
         BE    NOID
         BAL   8,PUTHEX
NOID     BAL   14,GATHER
         LA    10,12(10)
         B     NEXT
DONE     LPSW  THEEND
*---------------------------------------------------------------------
PUTCC    BALR  0,0
         SLL   0,2
         SRL   0,30
         STC   0,0(9)
         OI    0(9),C'0'
         LA    9,2(9)
         CLC   X'40'(8),FILL
         BCR   8,8
         LA    1,X'40'
         LA    0,8
PUTHEX   LR    3,0                 r0 bytes at r1 to r9
HEXBYTE  UNPK  WORK(3),0(2,1)
         TR    WORK(2),HEXTAB-240
         MVC   0(2,9),WORK
         LA    1,1(1)
         LA    9,2(9)
         BCT   3,HEXBYTE
         LA    9,1(9)
         BR    8
*---------------------------------------------------------------------
* Interruptions until nothing comes for a tenth of a second, then the
* sense bytes if unit check was shown; the line is printed.
GATHER   ST    14,GSAVE
         MVI   CHECK,0
         TM    X'44',X'02'
         BZ    GWAIT
         CLC   X'40'(8),FILL
         BE    GWAIT
         MVI   CHECK,1
GWAIT    MVC   X'50'(4),TENTH
         LPSW  WAITALL
IOINT    TM    X'44',X'02'
         BZ    GPUT
         MVI   CHECK,1
GPUT     MVI   0(9),C'I'
         LA    9,1(9)
         LA    1,X'3A'
         LA    0,2
         BAL   8,PUTHEX
         BCTR  9,0
         MVI   0(9),C':'
         LA    9,1(9)
         LA    1,X'40'
         LA    0,8
         BAL   8,PUTHEX
         MVC   X'40'(8),FILL
         B     GWAIT
EXTINT   CLI   CHECK,0
         BE    GPRINT
         LA    1,SENSECCW
         ST    1,X'48'
         XC    SENSED,SENSED
         SIO   0(2)
SWAIT    TIO   0(2)
         BC    2,SWAIT
         MVI   0(9),C'S'
         LA    9,1(9)
         LA    1,SENSED
         LA    0,2
         BAL   8,PUTHEX
GPRINT   LA    1,PRINTCCW
         ST    1,X'48'
         LA    3,X'01F'
PAGAIN   SIO   0(3)
         BC    2,PAGAIN
PWAIT    TIO   0(3)
         BC    2,PWAIT
         BC    4,PWAIT
         L     14,GSAVE
         BR    14
PGMINT   MVC   LINE(7),=C'PROGRAM'
         LA    9,LINE+9
         LA    1,X'28'
         LA    0,8
         BAL   8,PUTHEX
         MVC   DONEPSW+4(4),=A(DONE)
         LA    14,DONE
         ST    14,GSAVE
         B     GPRINT
DONEPSW  DC    2F'0'
         DS    0D
IONEW    DC    X'0000000000',AL3(IOINT)
EXTNEW   DC    X'0000000000',AL3(EXTINT)
PGMNEW   DC    X'0000000000',AL3(PGMINT)
WAITALL  DC    X'FF02000000000000'
THEEND   DC    X'0002000000000000'
FILL     DC    8X'EE'
TENTH    DC    X'00001E00'
GSAVE    DC    F'0'
PRINTCCW W     09,LINE,20,110
SENSECCW W     04,SENSED,20,24
SENSED   DC    24X'00'
WORK     DC    CL3' '
CHECK    DC    X'00'
HEXTAB   DC    C'0123456789ABCDEF'
         DC    C' '
LINE     DC    CL110' '
         LTORG
         DS    0D
TABLE    DS    0D
NODEVICE CASE  2FF,NOPP
NOP      CASE  180,NOPP
NOPCHAIN CASE  180,NOP2
BADCAW   CASE  180,NOPP+4
BADKEY   CASE  180,X'FFFFF8'
BADCMD0  CASE  180,CMD0
BADFLAG  CASE  180,FLAGS
COUNT0   CASE  180,CNT0
TICFIRST CASE  180,TIC1
TICTIC   CASE  180,TIC2
TICODD   CASE  180,TIC3
REWIND   CASE  180,REW
WRITE    CASE  180,WRT
WRITECH  CASE  180,WRT3
WTM      CASE  180,WTMP
ERG      CASE  180,ERGP
BSB      CASE  180,BSBP
BSBDATA  CASE  180,BSBP
READSHRT CASE  180,RDSHORT
READLONG CASE  180,RDLONG
READSLI  CASE  180,RDSLI
READTM   CASE  180,RDSLI
BSF      CASE  180,BSFP
FSB      CASE  180,FSBP
FSBCHAIN CASE  180,FSBC
BSFALL   CASE  180,BSFP
BSBLP    CASE  180,BSBP
READDC   CASE  180,RDDC
READBACK CASE  180,RDBK
READSKIP CASE  180,RDSKIP
READPCI  CASE  180,RDPCI
READPROT CASE  180,RDPROT
READADDR CASE  180,RDADDR
FSF      CASE  180,FSFP
REWTRUE  CASE  180,REWC
MODESET  CASE  180,MODE
BADCMDT  CASE  180,BADT
RDRREAD  CASE  00C,CARD
RDRSHORT CASE  00C,CARDS
RDRFEED  CASE  00C,FEED
RDREOF   CASE  00C,CARD
RDREOF2  CASE  00C,CARD
RDRBAD   CASE  00C,WRT
PRTWRITE CASE  00E,PRT
PRTSPACE CASE  00E,SPACE
PRTSKIP  CASE  00E,SKIP
PRTSHORT CASE  00E,PRTS
PRTLONG  CASE  00E,PRTL
PRTREAD  CASE  00E,CARD
PRTCH    CASE  00E,PRTC
PUNCH    CASE  00D,PUN
PUNSHORT CASE  00D,PUNS
CONNOP   CASE  01F,NOPP
CONALARM CASE  01F,ALARM
CONBAD   CASE  01F,BADT
DSKSEEK  CASE  150,SEEK
DSKSEEKC CASE  150,SEEKC
DSKREAD  CASE  150,RDVOL
DSKSHORT CASE  150,RDVOLS
DSKNOREC CASE  150,NOREC
DSKBADSK CASE  150,BADSEEK
DSKMASK  CASE  150,MASKW
DSKSRCHK CASE  150,SRCHKEY
DSKRDHA  CASE  150,RDHA
DSKRDR0  CASE  150,RDR0
DSKRDCKD CASE  150,RDCKD
DSKMULTI CASE  150,RDMT
DSKWRCKD CASE  150,WRCKD
DSKRDBCK CASE  150,RDNEW
DSKEOF   CASE  150,WREOF
DSKRDEOF CASE  150,RDEOF
DSKSECT  CASE  150,SECTOR
DSKRECAL CASE  150,RECAL
DSKBAD   CASE  150,BADT
DSKSEQ   CASE  150,WRSEQ
         DC    X'FFFF',2X'FF'
         DS    0D
NOPP     W     03,0,20,1
NOP2     W     03,0,60,1
         W     03,0,20,1
CMD0     W     00,0,20,1
FLAGS    W     03,0,23,1
CNT0     W     03,0,20,0
TIC1     W     08,NOPP,00,0
TIC2     W     03,0,60,1
         W     08,TIC1,00,0
TIC3     W     03,0,60,1
         W     08,NOPP+4,00,0
REW      W     07,0,20,1
REWC     W     07,0,60,1
         W     03,0,20,1
WRT      W     01,DATA,20,80
WRT3     W     01,DATA,60,100
         W     01,DATA,60,40
         W     01,DATA,A0,10
         W     00,DATA+100,20,20
WTMP     W     1F,0,20,1
ERGP     W     17,0,20,1
BSBP     W     27,0,20,1
BSFP     W     2F,0,20,1
FSBP     W     37,0,20,1
FSBC     W     37,0,60,1
         W     37,0,60,1
         W     37,0,60,1
         W     37,0,60,1
         W     37,0,20,1
FSFP     W     3F,0,20,1
RDSHORT  W     02,AREA,00,20
RDLONG   W     02,AREA,00,200
RDSLI    W     02,AREA,20,200
RDDC     W     02,AREA,80,30
         W     00,AREA+100,80,30
         W     00,AREA+200,00,30
RDBK     W     0C,AREA+99,20,100
RDSKIP   W     02,0,30,200
RDPCI    W     02,AREA,68,200
         W     03,0,28,1
RDPROT   W     02,AREA,20,200
RDADDR   W     02,X'FFFFF0',20,200
MODE     W     CB,0,20,1
BADT     W     7F,0,20,1
CARD     W     02,AREA,00,80
CARDS    W     02,AREA,00,40
FEED     W     23,0,20,1
PRT      W     09,DATA,00,132
SPACE    W     0B,0,20,1
SKIP     W     8B,0,20,1
PRTS     W     09,DATA,00,40
PRTL     W     09,DATA,00,150
PRTC     W     01,DATA,60,20
         W     0B,0,60,1
         W     09,DATA,20,20
PUN      W     01,DATA,00,80
PUNS     W     01,DATA,00,40
ALARM    W     0B,0,20,1
SEEK     W     07,BB0,00,6
SEEKC    W     07,BB0,40,6
         W     1B,BB0,00,6
RDVOL    W     07,BB0,40,6
         W     31,CC3,40,5
         W     08,*-9,00,0
         W     06,AREA,00,80
RDVOLS   W     07,BB0,40,6
         W     31,CC3,40,5
         W     08,*-9,00,0
         W     0E,AREA,00,40
NOREC    W     07,BB0,40,6
         W     31,CC9,40,5
         W     08,*-9,00,0
         W     06,AREA,00,80
BADSEEK  W     07,BBX,40,6
         W     03,0,20,1
MASKW    W     1F,MASK,40,1
         W     07,BB0,40,6
         W     31,CC3,40,5
         W     08,*-9,00,0
         W     05,DATA,20,80
SRCHKEY  W     07,BB0,40,6
         W     29,VOL1,40,4
         W     08,*-9,00,0
         W     06,AREA,00,80
RDHA     W     07,BB0,40,6
         W     1A,AREA,00,5
RDR0     W     07,BB0,40,6
         W     16,AREA,00,16
RDCKD    W     07,BB0,40,6
         W     31,CC3,40,5
         W     08,*-9,00,0
         W     1E,AREA,00,100
RDMT     W     07,BB0,40,6
         W     92,AREA,40,8
         W     92,AREA,40,8
         W     92,AREA,40,8
         W     92,AREA,40,8
         W     92,AREA,00,8
WRCKD    W     07,BB1,40,6
         W     31,CC10,40,5
         W     08,*-9,00,0
         W     1D,NEWCKD,40,52
         W     1D,NEWCKD2,20,28
RDNEW    W     07,BB1,40,6
         W     31,CC11,40,5
         W     08,*-9,00,0
         W     0E,AREA,60,44
         W     06,AREA,00,20
WREOF    W     07,BB1,40,6
         W     31,CC12,40,5
         W     08,*-9,00,0
         W     1D,EOFCKD,20,8
RDEOF    W     07,BB1,40,6
         W     31,CC12,40,5
         W     08,*-9,00,0
         W     06,AREA,60,20
         W     06,AREA,20,20
SECTOR   W     23,MASK,60,1
         W     22,AREA,20,1
RECAL    W     13,0,20,1
WRSEQ    W     07,BB1,40,6
         W     05,DATA,20,20
BB0      DC    X'000000000000'
BB1      DC    X'000000010000'
BBX      DC    X'000009990000'
CC3      DC    X'0000000003'
CC9      DC    X'0000000009'
CC10     DC    X'0001000000'
CC11     DC    X'0001000001'
CC12     DC    X'0001000002'
MASK     DC    X'00'
VOL1     DC    C'VOL1'
NEWCKD   DC    X'0001000001',X'04',AL2(40),C'KEY1',CL40'RECORD ONE'
NEWCKD2  DC    X'0001000002',X'00',AL2(20),CL20'RECORD TWO'
EOFCKD   DC    X'0001000003',X'00',AL2(0)
DATA     DC    CL150'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
INSTAB   DS    0D
TCH1     DC    CL8'TCH 1',X'0100',X'9F00'
TCH2     DC    CL8'TCH 9',X'0900',X'9F00'
STIDC0   DC    CL8'STIDC 0',X'0000',X'B203'
STIDC1   DC    CL8'STIDC 1',X'0100',X'B203'
STIDC9   DC    CL8'STIDC 9',X'0900',X'B203'
HIO1     DC    CL8'HIO IDLE',X'0180',X'9E00'
HDV1     DC    CL8'HDV IDLE',X'0180',X'9E01'
HIO9     DC    CL8'HIO NONE',X'02FF',X'9E00'
HDV9     DC    CL8'HDV NONE',X'02FF',X'9E01'
TIO1     DC    CL8'TIO IDLE',X'0180',X'9D00'
TIO9     DC    CL8'TIO NONE',X'02FF',X'9D00'
CLRIO1   DC    CL8'CLRIO',X'0180',X'9D01'
         DC    X'FFFF'
         DS    0D
AREA     DS    300X
         END   CHANNELS
