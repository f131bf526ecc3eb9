"""Line codes of start-stop terminals: what the bytes of a 2703 line mean.

    TELE2   teletypewriters: ASCII, the bits of each byte in reverse order (the first bit on the line is the leftmost)
    IBM1    2741: PTTC/EBCD; a shift character says whether lower or upper case follows

A line typed on a 2741 begins with circle D and ends with new line and circle C; one typed on a teletypewriter ends with
carriage return.
"""

from __future__ import annotations

REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

CARRIAGE_RETURN = REVERSED[0x0D]

UPPER_SHIFT, LOWER_SHIFT, CIRCLE_C, CIRCLE_D, NEW_LINE_2741 = 0x1C, 0x7C, 0x1F, 0x16, 0x5B
_CODES = (
    "01 02 04 07 08 0B 0D 0E 10 13 15 16 20 23 25 26 29 2A 2C 2F 31 32 37 40 43 45 46 49 4A 4C 4F"
    " 51 52 57 61 62 64 67 68 6B 6D 6E 70 73 76"
)
_LOWER = " 1234567890#@/stuvwxyz,-jklmnopqr$&abcdefghi."
_UPPER = " =<;:%'>*()\"¢?STUVWXYZ|_JKLMNOPQR!+ABCDEFGHI¬"
EBCD = bytes.fromhex(_CODES)
LOWER = dict(zip(EBCD, _LOWER, strict=True))
UPPER = dict(zip(EBCD, _UPPER, strict=True))
FROM_LOWER = {character: code for code, character in LOWER.items()}
FROM_UPPER = {character: code for code, character in UPPER.items() if character != " "}


def typed_line(text: str, code: str) -> bytes:
    """A line that a person typed, as the line brings it.

    >>> typed_line("Ok", "TELE2").hex(), typed_line("Ok", "IBM1").hex()
    ('f2d6b0', '161c4c7c455b1f')
    """
    if code == "TELE2":
        return bytes(REVERSED[ord(each) & 0x7F] for each in text) + bytes((CARRIAGE_RETURN,))
    line, upper = bytearray((CIRCLE_D,)), False
    for each in text:
        found = FROM_LOWER.get(each)
        if found is not None and each == " ":
            line.append(found)
        elif found is not None:
            line += bytes((LOWER_SHIFT, found) if upper else (found,))
            upper = False
        elif each in FROM_UPPER:
            line += bytes((FROM_UPPER[each],) if upper else (UPPER_SHIFT, FROM_UPPER[each]))
            upper = True
    return bytes(line + (bytes((LOWER_SHIFT,)) if upper else b"") + bytes((NEW_LINE_2741, CIRCLE_C)))


def printed(data: bytes, code: str) -> str:
    """What a terminal prints of bytes that were sent to it; line ends are "\\n"."""
    if code == "TELE2":
        text = "".join(chr(REVERSED[byte] & 0x7F) for byte in data).replace("\r", "")
        return "".join(each for each in text if each == "\n" or " " <= each <= "~")
    text, upper = "", False
    for byte in data:
        if byte in (UPPER_SHIFT, LOWER_SHIFT):
            upper = byte == UPPER_SHIFT
        elif byte == NEW_LINE_2741:
            text += "\n"
        else:
            text += (UPPER if upper else LOWER).get(byte, "")
    return text
