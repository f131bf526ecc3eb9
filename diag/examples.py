"""An example in assembler language for each DIAGNOSE function; ``...`` is where the program goes on.

The manual (tools/diagnose_pages.py) shows them, and the tests assemble them.
"""

from __future__ import annotations

EXAMPLES: dict[int, str] = {
    0x000: """\
         LA    2,IDENT            WHO IS BELOW?
         LA    3,40
         DIAG  2,3,X'00'
         CLC   IDENT(8),=CL8'VM/370'
         ...
IDENT    DS    5D
""",
    0x004: """\
         LA    2,=A(X'10')        WHERE CP KEEPS ...
         LA    4,1                ... ONE WORD
         LA    5,WORD             EVEN AND ODD REGISTER
         DIAG  2,4,X'04'
         ...
WORD     DS    F
""",
    0x008: """\
         LA    2,COMMAND          SILENTLY, THE RESPONSE INTO A BUFFER
         LA    3,RESPONSE
         L     4,=A(X'40000000'+L'COMMAND)
         LA    5,L'RESPONSE
         LR    6,4                RX, RX+1 AND RY, RY+1: NOT ADJACENT
         LR    7,5
         DIAG  2,6,X'08'
         BC    5,TOOLONG          CC 1: R7 BYTES DID NOT FIT
         LTR   6,6                CP'S RETURN CODE
         ...
TOOLONG  DS    0H
COMMAND  DC    C'QUERY TIME'
RESPONSE DS    CL200
""",
    0x00C: """\
         LA    2,TIMES
         DIAG  2,0,X'0C'
         MVC   TODAY,TIMES        MM/DD/YY
         ...
TODAY    DS    CL8
TIMES    DS    4D
""",
    0x010: """\
         L     2,=A(X'20000')     PAGES 20000 TO 2FFFF ARE NOT NEEDED
         L     3,=A(X'2F000')
         DIAG  2,3,X'10'
""",
    0x014: """\
         L     2,=A(X'20000')     A PAGE
NEXT     LA    4,X'00C'           THE READER
         SR    5,5                SUBCODE 0: NEXT PAGE
         DIAG  2,4,X'14'
         BC    4,ENDFILE          CC 1
         BC    3,NOFILE           CC 2, 3: R5 HAS THE REASON
         L     6,12(,2)           RECORDS IN THE PAGE
         LA    7,16(,2)           THE FIRST ONE'S CCW
RECORD   LH    8,6(,7)            ITS LENGTH; DATA AT 16(7)
         L     9,8(,7)            TIC TO THE NEXT ONE
         LA    9,0(,9)            ITS DISPLACEMENT
         LA    7,0(2,9)
         BCT   6,RECORD
         B     NEXT
ENDFILE  DS    0H
NOFILE   DS    0H
""",
    0x018: """\
         LA    15,1               ONE READ
         LA    2,X'191'
         LA    3,PROGRAM
         DIAG  2,3,X'18'
         BC    7,FAILED           R15 SAYS WHY
         ...
FAILED   DS    0H
PROGRAM  CCW   X'07',SEEK,X'40',6
         CCW   X'31',SEEK+2,X'40',5
         CCW   X'08',*-8,0,0
         CCW   X'06',BLOCK,X'20',800
SEEK     DC    H'0',H'0',H'0',X'03' CYLINDER 0, HEAD 0, RECORD 3
BLOCK    DS    CL800
""",
    0x01C: """\
         LA    2,X'02'            EVERYTHING
         DIAG  2,0,X'1C'
""",
    0x020: """\
         LA    2,X'181'
         LA    3,PROGRAM
         DIAG  2,3,X'20'
         BC    2,UNITEX           CC 2: R15=2 IS A TAPE MARK
         BC    5,FAILED           CC 1, 3
         ...
UNITEX   DS    0H
FAILED   DS    0H
PROGRAM  CCW   X'02',BLOCK,X'20',4096
BLOCK    DS    CL4096
""",
    0x024: """\
         L     2,=F'-1'           THE CONSOLE, WHEREVER IT IS
         DIAG  2,4,X'24'
         BC    1,NOCONS           CC 3
         STH   2,CONSOLE
         CLM   5,8,=X'40'         A DISPLAY?
         ...
NOCONS   DS    0H
CONSOLE  DS    H
""",
    0x028: """\
         MVI   JUMP,X'08'         THE NO-OPERATION IS A JUMP NOW
         LA    2,JUMP
         LA    3,X'181'
         DIAG  2,3,X'28'
         BC    7,TOOLATE
         ...
TOOLATE  DS    0H
JUMP     CCW   X'03',PROGRAM,X'60',1
PROGRAM  CCW   X'03',0,X'20',1
""",
    0x02C: """\
         LA    2,X'02'            WHERE THE FIRST RECORD IS
         DIAG  2,3,X'2C'
         ST    2,CCPD
         ...
CCPD     DS    F
""",
    0x030: """\
         L     2,CCPD
         L     3,=A(X'20000')     A PAGE
         DIAG  2,3,X'30'
         BC    4,CYLEND           GO ON WITH THE NEXT CYLINDER
         BC    3,FAILED
         A     2,=A(X'100')       THE PAGE BEHIND IT
         ...
CYLEND   DS    0H
FAILED   DS    0H
CCPD     DC    X'00010201'
""",
    0x034: """\
         L     2,=A(X'20000')
         LA    4,X'00C'
         DIAG  2,4,X'34'
         BC    4,DUMPEND          CC 1
         BC    3,NODUMP           CC 2, 3
         ...
DUMPEND  DS    0H
NODUMP   DS    0H
""",
    0x038: """\
         L     2,=A(X'20000')
         LA    4,X'00C'
         DIAG  2,4,X'38'
         BC    7,NOTABLE          ALWAYS
         ...
NOTABLE  DS    0H
""",
    0x03C: """\
         L     2,=C'VM37'         VOLUME VM3701
         L     3,=C'01  '
         DIAG  2,3,X'3C'
         BC    7,FAILED
         ...
FAILED   DS    0H
""",
    0x040: """\
         SR    2,2                A SPECIFICATION EXCEPTION
         LA    3,REGS
         DIAG  2,3,X'40'
         ...
REGS     DS    16F
""",
    0x044: """\
         DIAG  0,0,X'44'          LET OTHERS RUN
""",
    0x048: """\
         LA    0,L'RECORD
         LA    1,RECORD
         LA    3,4                RECORD IT FOR ME
         DIAG  3,0,X'48'
         ...
RECORD   DC    X'30600800',XL60'00'
""",
    0x04C: """\
         LA    2,WHO              WHAT FOLLOWS IS FOR MAINT
         LA    4,4
         DIAG  2,4,X'4C'
         BC    7,REFUSED
         ...
REFUSED  DS    0H
WHO      DS    0D
         DC    CL8'MAINT',CL8'PROJECT7'
""",
    0x050: """\
         LA    2,CCPARM
         DIAG  2,3,X'50'
         C     3,=F'44'           NO SUCH NAME
         ...
CCPARM   DS    0D
         DC    CL8'NCPA',64X'00'
""",
    0x054: """\
         LA    2,1                PA2 IS MY INTERRUPT KEY (TERMINAL APL ON)
         DIAG  2,0,X'54'
""",
    0x058: """\
         LA    2,WRITE
         LA    3,X'009'
         DIAG  2,3,X'58'
         BC    7,NOSCREEN
         ...
NOSCREEN DS    0H
         DS    0D
WRITE    DC    X'29',AL3(SCREEN),X'20',X'80',AL2(SCREENL)
SCREEN   DC    X'C2',X'114040',X'1D60',C'WHO ARE YOU?',X'1D40',X'13'
SCREENL  EQU   *-SCREEN
""",
    0x05C: """\
         LA    2,MESSAGE
         LA    3,L'MESSAGE
         DIAG  2,3,X'5C'
         LTR   3,3                SET EMSG OFF: NOTHING TO SAY
         BC    8,QUIET
         ...
QUIET    DS    0H
MESSAGE  DC    C'XYZABC001E SOMETHING IS WRONG'
""",
    0x060: """\
         DIAG  2,0,X'60'
         ST    2,SIZE
         ...
SIZE     DS    F
""",
    0x064: """\
         LA    2,NAME
         SR    3,3                LOADSYS
         DIAG  2,3,X'64'
         BC    2,NOSYS            CC 2: R3 SAYS WHY
         BALR  14,2               IT BEGINS WHERE R2 SAYS
         ...
NOSYS    DS    0H
NAME     DS    0D
         DC    CL8'CMSSEG'
""",
    0x068: """\
         LA    2,PARM
         DIAG  2,3,X'68'
         LTR   3,3                RETURN CODE
         ...
         DS    0D
PARM     DC    H'0',H'0',F'0',CL8' '  AUTHORIZE
         DC    A(HEADER),F'40',2F'0',XL8'00'
HEADER   DS    5D
""",
    0x06C: """\
         L     2,=A(X'20000')     A PAGE TABLE ENTRY
         DIAG  2,0,X'6C'
""",
    0x070: """\
         LA    2,AREA             ONCE
         DIAG  2,0,X'70'
         STCK  NOW                AND THEN, AS OFTEN AS YOU LIKE:
         LM    4,5,NOW
         SL    5,AREA+12          TIME SINCE CP LET US GO ON ...
         ...                      ... AND AREA(8) IS BEFORE THAT
NOW      DS    D
AREA     DS    2D
""",
    0x074: """\
         LM    2,3,NAME
         L     4,=A(X'20000')
         L     5,=A(X'04000000'+8192) SAVE TWO PAGES
         DIAG  2,4,X'74'
         LTR   4,4                RETURN CODE
         ...
NAME     DC    CL8'IMAGES'
""",
    0x078: """\
         LA    2,X'3F0'
         SR    4,4
         DIAG  2,4,X'78'          A PROTECTION EXCEPTION
""",
    0x084: """\
         LA    2,LIST
         LA    3,LISTL
         DIAG  2,3,X'84'
         BC    7,REFUSED          R3 SAYS WHY
         ...
REFUSED  DS    0H
LIST     DC    CL8'ALPHA',CL8'OLDPASS',CL8'LOGPASS',CL8'NEWPASS'
LISTL    EQU   *-LIST
""",
    0x09C: """\
         SR    2,2                PROCESSOR 0
         DIAG  2,0,X'9C'
""",
    0x0A4: """\
         LA    2,LIST
         DIAG  2,0,X'A4'
         BC    7,FAILED
         ...
FAILED   DS    0H
         DS    0D
LIST     DC    X'0191',X'00',X'02'   READ
         DC    F'1024',A(BLOCKS),F'2',72X'00'
BLOCKS   DC    F'1',A(DATA),F'2',A(DATA+1024)
DATA     DS    CL2048
""",
    0x0A8: """\
         LA    2,LIST
         DIAG  2,0,X'A8'
         BC    7,FAILED
         ...
FAILED   DS    0H
         DS    0D
LIST     DC    X'0181',X'0000',F'0',A(PROGRAM),76X'00'
PROGRAM  CCW   X'07',0,X'20',1    REWIND
""",
    0x100: """\
         LA    2,ANSWER
         LA    3,L'ANSWER
         DIAG  2,3,X'100'         OTHER CPS: A PROGRAM CHECK
         ...
         DS    0D
ANSWER   DS    CL64
""",
    0x104: """\
         L     2,=F'500000'       HALF A SECOND
         L     3,=X'C0000000'     OR ANY INTERRUPTION
         DIAG  2,3,X'104'
         BC    4,TIMEOUT          CC 1
         ...
TIMEOUT  DS    0H
""",
    0x108: """\
         LA    2,ENTRIES
         L     3,=X'C0000008'     EIGHT OF ANY KIND
         DIAG  2,3,X'108'
         ...
         DS    0D
ENTRIES  DS    8CL16
""",
    0x10C: """\
         L     2,=A(X'20000')     A PAGE
         SR    3,3
         DIAG  2,3,X'10C'
         TM    36(2),X'C0'        IS ANYTHING PENDING?  NO TRAP TO ASK
""",
    0x110: """\
         LA    2,LIST
         DIAG  2,0,X'110'
         BC    7,PARTLY
         ...
PARTLY   DS    0H
         DS    0D
LIST     DC    X'0191',X'0000',F'1',A(ENTRY),5F'0'
ENTRY    DC    X'02',X'00',H'1024'  READ TWO BLOCKS
         DC    F'1',A(DATA),F'2',2F'0'
DATA     DS    CL2048
""",
    0x114: """\
         LA    2,LIST             WHAT A LIST HAS: ABOVE
         LA    3,1                OPEN
         DIAG  2,3,X'114'
         ...
         DS    0D
LIST     DC    F'0',X'01',X'80',AL2(5),A(NAME),48X'00'
NAME     DC    C'NOTES'
""",
    0x204: """\
         L     2,=A(X'20000')
         LA    4,4
         LA    5,1
         DIAG  2,4,X'204'
         LH    6,4(,2)            PROCESSORS OF THE HOST
""",
    0x210: """\
         LA    2,BLOCK
         DIAG  2,0,X'210'
         BC    1,NODEV            CC 3
         ...
NODEV    DS    0H
         DS    0F
BLOCK    DC    X'0191',AL2(128),124X'00'
""",
    0x214: """\
         L     2,=A(X'20000')
         L     3,=A(X'2F000')     FUNCTION 0 IN THE LAST BYTE
         SR    4,4
         DIAG  2,4,X'214'
""",
    0x224: """\
         L     2,=A(X'20000')
         DIAG  2,0,X'224'
         MVC   TYPE0,16(2)
         ...
TYPE0    DS    CL16
""",
    0x250: """\
         LA    2,INIT
         SR    4,4                INIT
         DIAG  2,4,X'250'
         BC    7,FAILED           R3 SAYS WHY
         ...
FAILED   DS    0H
         DS    0D
INIT     DC    X'0191',22X'00',F'1024',F'0',32X'00'
""",
    0x258: """\
         LA    2,BLOCK
         DIAG  2,3,X'258'
         LTR   3,3
         ...
         DS    0D
BLOCK    DC    X'0258',H'0',H'5',H'2',F'0',A(TOKEN)
         DC    2XL8'0001000000000000',X'8000000000000000'
TOKEN    DS    D
""",
    0x260: """\
         SR    3,3
         DIAG  2,3,X'260'
         LA    2,1(,2)            SIZE OF STORAGE
""",
    0x264: """\
         SR    2,2
         SR    3,3
         DIAG  2,3,X'264'
         BC    1,NOTHERE          ALWAYS
         ...
NOTHERE  DS    0H
""",
    0x270: """\
         LA    2,ANSWER
         LA    3,64
         DIAG  2,3,X'270'
         MVC   TODAY,ANSWER+48    YYYY-MM-DD
         ...
TODAY    DS    CL10
ANSWER   DS    8D
""",
    0x288: """\
         SR    2,2                START
         LA    3,60               SECONDS
         LA    4,COMMAND
         LA    5,L'COMMAND
         DIAG  2,4,X'288'
         ...
         LA    2,1                CHANGE: I AM STILL ALIVE
         LA    3,60
         DIAG  2,4,X'288'
         ...
COMMAND  DC    C'SYSTEM RESTART'
""",
    0x2FC: """\
         LA    2,LIST
         DIAG  2,3,X'2FC'
         LTR   3,3
         ...
         DS    0D
LIST     DC    CL8' ',CL8'*',F'0',A(ENTRY),F'112',F'2' MY OWN MACHINE
ENTRY    DS    CL112
""",
}
