"""The tape format of the CMS command TAPE: data blocks of a file, then a block with its directory entry.

    data block   0  1  X'02'                             end block   0  5  X'02', `CMSN`
                 1  3  `CMS`                                         5 20  entry (FST) from 20: write pointer, read
                 4  1  what follows                                        pointer, mode, records, chain link, format,
                 5     800 bytes of a file, or 4096                        flags, record length, blocks, year
                                                                    25  4  entry from 16: date, time
    blank  a block of a file, VM/370 and CP-67                      29 24  entry from 40 (later systems; else zeros)
    F, V   of a file of that record format, VM/SP                   53 16  means nothing
    0      a block of zeros that the disk does not have             69  8  file name
    N      the end                                                  77  8  file type
                                                                    85  2  file mode
                                                                    87     zeros to 805 (VM/370), or nothing

The blocks have a file's data as its disk has them, without regard to records; the last one is filled up.  Files follow
each other without tape marks, unless WTM was told.

``02C3D4E2D5 01760001C1F101750000C60000000050 0008F8F4 12051231 0000013B 00000008 00000175 01 04 841205123121 00000000
E4E3C540E2C1E2C6C9D3C54000000000 C3C8C5C3D2F14040 D7E2C1E240404040 C1F1`` ends CHECK1 PSAS A1 on a tape of a VM/SP
system of 1984: 373 records of 80 bytes in 8 blocks of 4096.

Who uses it: `vm370 tape`.
"""

from __future__ import annotations

from collections.abc import Iterator

import construct

from vm370.images.ebcdic import to_ebcdic
from vm370.images.edf.layout import Fst
from vm370.images.tapes.block import Block
from vm370.images.tapes.cmsfile import CDF_BLOCK, CmsTapeFile
from vm370.images.tapes.tape import Tape

START = b"\x02" + to_ebcdic("CMS")
DATA, FIXED_DATA, VARIABLE_DATA, NULL, END = (to_ebcdic(letter) for letter in (" ", "F", "V", "0", "N"))
LATER_BLOCK = 4096

EndBlock = construct.Struct(
    "identifier" / construct.Bytes(5),
    "entry_20" / construct.Bytes(20),
    "entry_16" / construct.Bytes(4),
    "entry_40" / construct.Bytes(24),
    "reserved" / construct.Bytes(16),
    "name" / construct.Bytes(8),
    "type" / construct.Bytes(8),
    "mode" / construct.Bytes(2),
)
END_LENGTH = EndBlock.sizeof()


def is_dump(data: bytes) -> bool:
    """Whether a block is one of a TAPE DUMP."""
    return data[:4] == START and data[4:5] in (DATA, FIXED_DATA, VARIABLE_DATA, NULL, END)


def read_files(blocks: Iterator[Block]) -> Iterator[CmsTapeFile]:
    """The files of a tape file; BadImage where a block is none of TAPE, or a file has no end."""
    data: list[bytes] = []
    last = None
    for block in blocks:
        last = block
        if not is_dump(block.data):
            raise block.bad(0, block.data[:5], "a block of TAPE DUMP: X'02', CMS, and blank, F, V, 0 or N")
        letter = block.data[4:5]
        if letter == END:
            yield CmsTapeFile(parse_end(block), b"".join(data), block.where)
            data = []
        elif letter == NULL:
            data.append(bytes(max(len(block.data) - 5, CDF_BLOCK)))
        else:
            data.append(block.data[5:])
    if data and last:
        raise last.bad(len(last.data), "the end of the tape file", "the end block (CMSN) of the file that is begun")


def parse_end(block: Block) -> Fst:
    """The directory entry in an end block."""
    if len(block.data) < END_LENGTH:
        raise block.bad(len(block.data), "the end of the block", f"an end block of {END_LENGTH} bytes")
    end = EndBlock.parse(block.data[:END_LENGTH])
    return Fst.parse(end.name + end.type + end.entry_16 + end.entry_20 + end.entry_40)


def build_end(fst: Fst, length: int = END_LENGTH) -> bytes:
    """An end block."""
    entry = fst.build()
    built: bytes = EndBlock.build(
        {
            "identifier": START + END,
            "entry_20": entry[20:40],
            "entry_16": entry[16:20],
            "entry_40": entry[40:64],
            "reserved": bytes(16),
            "name": entry[:8],
            "type": entry[8:16],
            "mode": fst.mode,
        }
    )
    return built.ljust(length, b"\0")


def write_file(tape: Tape, file: CmsTapeFile, later: bool = False) -> int:
    """Write a file; ``later``: blocks of 4096 as VM/SP writes them.  Gives the number of blocks; no tape mark."""
    size = LATER_BLOCK if later else CDF_BLOCK
    letter = to_ebcdic(file.recfm) if later else DATA
    for at in range(0, len(file.data), size):
        tape.write(START + letter + file.data[at : at + size].ljust(size, b"\0"))
    tape.write(build_end(file.fst, END_LENGTH if later else 5 + CDF_BLOCK))
    return -(-len(file.data) // size) + 1
