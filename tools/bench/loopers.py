"""Guests that do nothing but loop, each in another unpleasant way, for ``vm370 bench response``.

Each is the text of an assembler program that begins at X'200'; ``stores`` are the CP commands that make it run.
"""

from __future__ import annotations

from vm370.tools.assembler import assemble

BEGIN = 0x200
MIXED = ("branch", "branch", "io")
"""Kinds that take turns where no kind is asked for."""
_HEAD = """\
LOOPER   START 0
         USING LOOPER,0
         ORG   LOOPER+X'200'
"""
_OPERANDS = """\
         DC    0F'0'
FIRST    DC    X'00100000',X'00700000'
SECOND   DC    X'00800000',X'00700000'
"""
#  kind: (what the text of a table says, storage, program)
KINDS: dict[str, tuple[str, str, str]] = {
    "branch": ("a branch to itself", "64K", "LOOP     B     LOOP\n"),
    "io": ("TIO, which traps", "64K", "LOOP     TIO   X'009'\n         B     LOOP\n"),
    "svc": (
        "SVC and LPSW",
        "64K",
        """\
         MVC   X'60'(8),NEW
LOOP     SVC   1
         B     LOOP
SUPER    LPSW  X'20'
NEW      DC    0D'0',X'00000000',A(SUPER)
""",
    ),
    "divide": (
        "decimal division",
        "64K",
        """\
LOOP     MVC   WORK,NUMBER
         DP    WORK,SEVEN
         B     LOOP
NUMBER   DC    PL16'1234567890123456789012345'
SEVEN    DC    PL8'9876543210'
WORK     DS    PL16
""",
    ),
    "move": (
        "MVCL of 7 MB",
        "16M",
        f"""\
LOOP     LM    2,3,FIRST
         LM    4,5,SECOND
         MVCL  2,4
         B     LOOP
{_OPERANDS}""",
    ),
    "compare": (
        "CLCL of 7 MB",
        "16M",
        f"""\
LOOP     LM    2,3,FIRST
         LM    4,5,SECOND
         CLCL  2,4
         B     LOOP
{_OPERANDS}""",
    ),
    "sio": (
        "SIO of 64 CCWs",
        "64K",
        """\
LOOP     LA    1,CHAIN
         ST    1,X'48'
         SIO   X'009'
AGAIN    TIO   X'009'
         BC    7,AGAIN
         B     LOOP
         DC    0D'0'
CHAIN    DS    0D
"""
        + "         DC    X'0300000060000001'\n" * 63
        + "         DC    X'0300000020000001'\n",
    ),
    "diagnose": ("DIAGNOSE X'0C'", "64K", "         LA    1,X'800'\nLOOP     DC    X'8312000C'\n         B     LOOP\n"),
    "program": (
        "program interruptions",
        "64K",
        """\
         MVC   X'68'(8),NEW
LOOP     DC    H'0'
         B     LOOP
PROGRAM  LPSW  X'28'
NEW      DC    0D'0',X'00000000',A(PROGRAM)
""",
    ),
    "pages": (
        "64 pages and PTLB",
        "1M",
        """\
         LCTL  0,1,CONTROL
         LPSW  PSW
LOOP     PTLB
         LA    2,X'0FF'
         SLL   2,12
         LA    3,64
TOUCH    L     4,0(2)
         ST    4,4(2)
         S     2,PAGE
         BCT   3,TOUCH
         B     LOOP
         DC    0D'0'
PSW      DC    X'040C0000',A(LOOP)
CONTROL  DC    X'008000E0',X'00000400'
PAGE     DC    F'4096'
         ORG   LOOPER+X'400'
"""
        + "".join(f"         DC    X'F0{0x800 + 32 * segment:06X}'\n" for segment in range(16))
        + "         ORG   LOOPER+X'800'\n"
        + "".join(f"         DC    X'{page << 4:04X}'\n" for page in range(256)),
    ),
}


def image(kind: str) -> bytes:
    """What lies in storage from BEGIN on."""
    assembly = assemble(f"{_HEAD}{KINDS[kind][2]}         END   LOOPER+X'200'\n", kind)
    assert assembly.severity == 0, assembly.messages
    return bytes(assembly.text[BEGIN:])


def stores(data: bytes) -> list[str]:
    """CP commands that put a program into storage."""
    digits = data.hex().upper()
    return [f"STORE S{BEGIN + at // 2:X} {digits[at : at + 64]}" for at in range(0, len(digits), 64)]


def commands(kind: str) -> list[str]:
    """CP commands that make a guest loop."""
    lines = stores(image(kind))
    if kind == "pages":
        lines.insert(0, "SET ECMODE ON")
    return [*lines, f"STORE PSW 00000000 {BEGIN:08X}", "BEGIN"]
