"""A System/370 program that runs a table of cases on a bare machine and keeps what each of them left behind.

It is loaded, with the table, at absolute 0 and started by a restart; at the end it punches a card (device 00D).  A
case ends with its first interruption.  Cases may use storage below ``TEST_END`` and the last ``LAST_BLOCKS`` blocks;
the rest is ours::

    0        low storage: restart PSW, new PSWs (58-7F), SAVE_PSW (230), registers to load (240) and found (280)
    100000   this program; STATUS: cases done, 1 when all are done
    110000   table of cases
    300000   results, up to RESULTS_END

One case (fullwords unless said; all addresses absolute)::

    +0   length of the entry, 0 after the last one     +80  floating-point registers 0 2 4 6
    +4   number of pieces of storage                   +112 control registers
    +8   PSW, 8 bytes                                  +176 number of keys
    +16  general registers                             +180 keys: address, key; then the pieces: address, length, bytes
                                                            (padded to a fullword)

One result::

    +0   class of the interruption: 1 external 2 SVC 3 program 4 machine check 5 I/O
    +4   general registers   +68 floating-point   +100 control registers   +164 256 bytes at real 0
    +420 keys, one word each: address of the block and its key; a block whose change bit is on follows.  -1 ends it
"""

from __future__ import annotations

from functools import cache

from vm370.tools.assembler import assemble

PROGRAM = 0x100000
TABLE = 0x110000
RESULTS = 0x300000
RESULTS_SPACE = 0x4E0000
TEST_END = 0x100000
LAST_BLOCKS = 4
STATUS = PROGRAM + 8
"""Two fullwords: cases done; 1 at the end."""

SOURCE = """\
HARNESS  START {program}
         USING HARNESS,12
         DC    F'0,0'
STATUS   DC    F'0,0'            cases done; 1: all
ENDBLOCK DC    A({end})            first address after storage
BEGIN    BALR  12,0
         LA    1,*-HARNESS
         SLR   12,1
         LCTL  0,15,NOCRS
         L     11,=A({table})
         L     10,=A({results})
*
*        One case
*
NEXT     L     2,0(11)
         LTR   2,2
         BZ    DONE
         C     10,=A({limit})
         BNL   STOP
         XC    0(256),0
         MVC   X'58'(40),NEWPSWS
         LA    4,180(11)           pieces come after the keys
         L     3,176(11)
         SLL   3,3
         ALR   4,3
         L     3,4(11)
         LTR   3,3
         BZ    KEYS0
PIECE    L     6,0(4)
         L     7,4(4)
         LA    8,8(4)
         LR    9,7
         LA    4,11(7,4)
         N     4,=X'00FFFFFC'
         MVCL  6,8
         BCT   3,PIECE
KEYS0    SLR   5,5
         SLR   4,4
         L     3,=A({blocks})
KEYLOOP  SSK   5,4
         LA    4,2048(4)
         BCT   3,KEYLOOP
         L     4,ENDBLOCK
         LA    3,{last}
KEYLAST  SL    4,=F'2048'
         SSK   5,4
         BCT   3,KEYLAST
         LA    4,180(11)
         ICM   3,15,176(11)
         BZ    GO
KEYSET   L     6,0(4)
         L     7,4(4)
         SSK   7,6
         LA    4,8(4)
         BCT   3,KEYSET
GO       ST    10,RESULT
         ST    11,CASE
         MVC   X'230'(8),8(11)
         MVC   X'240'(64),16(11)
         LD    0,80(11)
         LD    2,88(11)
         LD    4,96(11)
         LD    6,104(11)
         PTLB
         SCKC  ZERO8
         SPT   LARGE
         LCTL  0,15,112(11)
         LM    0,15,X'240'
         LPSW  X'230'
*
*        Interruptions
*
EXTERN   STM   0,15,X'280'
         LA    1,1
         BALR  12,0
         B     COMMON-*(12)
SVCENT   STM   0,15,X'280'
         LA    1,2
         BALR  12,0
         B     COMMON-*(12)
PGMENT   STM   0,15,X'280'
         LA    1,3
         BALR  12,0
         B     COMMON-*(12)
MCKENT   STM   0,15,X'280'
         LA    1,4
         BALR  12,0
         B     COMMON-*(12)
IOENT    STM   0,15,X'280'
         LA    1,5
COMMON   BALR  12,0
         LA    2,*-HARNESS
         SLR   12,2
         USING HARNESS,12
         L     10,RESULT
         L     11,CASE
         ST    1,0(10)
         STCTL 0,15,100(10)
         LCTL  0,15,NOCRS
         MVC   4(64,10),X'280'
         MVC   164(256,10),0
         SPX   ZERO
         STD   0,68(10)
         STD   2,76(10)
         STD   4,84(10)
         STD   6,92(10)
         LA    10,420(10)
         LA    4,2048              not the first block
         L     3,=A({blocks}-1)
         BAL   14,SCAN
         L     4,ENDBLOCK
         SL    4,=A(2048*{last})
         LA    3,{last}
         BAL   14,SCAN
         MVC   0(4,10),=F'-1'
         LA    10,4(10)
*                                  clear what the case described
         LA    4,180(11)
         L     3,176(11)
         SLL   3,3
         ALR   4,3
         ICM   3,15,4(11)
         BZ    CLEARED
CLEAR    L     6,0(4)
         L     7,4(4)
         SLR   9,9
         LA    4,11(7,4)
         N     4,=X'00FFFFFC'
         MVCL  6,8
         BCT   3,CLEAR
CLEARED  L     1,STATUS
         LA    1,1(1)
         ST    1,STATUS
         AL    11,0(11)
         B     NEXT
*
*        Keys and contents of 3 blocks from 4 on
*
SCAN     SLR   5,5
         ISK   5,4
         N     5,=X'000000FE'
         BZ    SCANNED
         OR    5,4
         ST    5,0(10)
         LA    10,4(10)
         N     5,=F'2'
         BZ    SCANNED
         LR    8,4
         LA    9,2048
         LR    6,10
         LR    7,9
         LA    10,2048(10)
         MVCL  6,8
         LR    6,4
         LA    7,2048
         SLR   9,9
         MVCL  6,8
SCANNED  LA    4,2048(4)
         BCT   3,SCAN
         BR    14
*
DONE     MVC   STATUS+4(4),=F'1'
STOP     MVC   X'48'(4),=A(PUNCH)
         SIO   X'00D'              a card tells that it is over
         LPSW  WAIT
*
WAIT     DC    0D'0',X'000A0000',A(0)
NEWPSWS  DC    0D'0',X'00080000',A(EXTERN),X'00080000',A(SVCENT)
         DC    X'00080000',A(PGMENT),X'00080000',A(MCKENT)
         DC    X'00080000',A(IOENT)
NOCRS    DC    X'000000E0',15F'0'
ZERO8    DC    D'0'
ZERO     EQU   ZERO8
LARGE    DC    0D'0',X'7FFFFFFFFFFFFFFF'
RESULT   DC    F'0'
CASE     DC    F'0'
PUNCH    CCW   1,NOCRS,X'20',64
         LTORG
         END
"""


ENTRY = PROGRAM + 20
"""Where the restart PSW points."""


@cache
def program(size: int) -> bytes:
    """The program, for ``size`` bytes of storage."""
    source = SOURCE.format(
        program=PROGRAM,
        end=size,
        table=TABLE,
        results=RESULTS,
        limit=RESULTS + RESULTS_SPACE - 0x10000,
        blocks=TEST_END // 2048,
        last=LAST_BLOCKS,
    )
    assembly = assemble(source, "harness")
    assert assembly.severity == 0, assembly.listing
    return assembly.text


@cache
def new_psws() -> bytes:
    """What locations 58-7F have, for a prefix area."""
    text = program(8 << 20)
    start = text.index(bytes.fromhex("000A000000000000")) + 8
    return text[start : start + 40]
