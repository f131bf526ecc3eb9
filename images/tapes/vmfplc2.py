"""The tape format of the CMS command VMFPLC2: a block with a file's directory entry, then its data.

    header   0  5  X'02', `PLCH`                                data   0  5  X'02', `PLCD`
             5 40  entry (FST), the first 40 bytes                     5     4000 bytes of the file; the last block is
            45  4  length of the last data block in units of                 cut after a multiple of 800
                   800 bytes, 0 if it has 4000
            49  4  data blocks of 4000 bytes
            53 24  entry from 40 (later systems; else zeros)

The data are those of the file's blocks on disk, without regard to records.  Files follow each other without tape marks.

``02D7D3C3C8 D4E8404040404040 D5D6E3C5E2404040 03041200 0002 0001 C1F1 0001 0000 C6 08 00000050 0001 F2F6 00000001
00000000 00000000 00000001 00000001 00 00 260304120000 00000000`` begins MY NOTES A1, one record of 80 bytes, followed
by one data block of 5 + 800 bytes.

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

HEADER, DATA = (b"\x02" + to_ebcdic(name) for name in ("PLCH", "PLCD"))
FULL_BLOCK = 4000

HeaderBlock = construct.Struct(
    "identifier" / construct.Bytes(5),
    "entry" / construct.Bytes(40),
    "last_units" / construct.Int32ub,
    "full_blocks" / construct.Int32ub,
    "entry_40" / construct.Bytes(24),
)
HEADER_LENGTH = HeaderBlock.sizeof()


def is_vmfplc2(data: bytes) -> bool:
    """Whether a block is one of VMFPLC2."""
    return data[:5] in (HEADER, DATA)


def read_files(blocks: Iterator[Block]) -> Iterator[CmsTapeFile]:
    """The files of a tape file; BadImage where a block is none of VMFPLC2, or data stand before any header."""
    header: Block | None = None
    data: list[bytes] = []
    for block in blocks:
        if not is_vmfplc2(block.data):
            raise block.bad(0, block.data[:5], "a block of VMFPLC2: X'02', PLCH or PLCD")
        if block.data[:5] == HEADER:
            if header:
                yield _file(header, data)
            header, data = block, []
        elif header is None:
            raise block.bad(0, "PLCD (data)", "PLCH, the header of a file")
        else:
            data.append(block.data[5:])
    if header:
        yield _file(header, data)


def _file(header: Block, data: list[bytes]) -> CmsTapeFile:
    if len(header.data) < HEADER_LENGTH:
        raise header.bad(len(header.data), "the end of the block", f"a header of {HEADER_LENGTH} bytes")
    parsed = HeaderBlock.parse(header.data)
    text = b"".join(data)
    length = parsed.full_blocks * FULL_BLOCK + parsed.last_units * CDF_BLOCK
    if len(text) < length:
        found = f"{parsed.full_blocks} blocks of {FULL_BLOCK} bytes and {parsed.last_units} times {CDF_BLOCK}"
        raise header.bad(45, found, f"what follows on tape, {len(text)} bytes")
    return CmsTapeFile(Fst.parse(parsed.entry + parsed.entry_40), text, header.where)


def build_header(fst: Fst, length: int) -> bytes:
    """The header of a file with ``length`` bytes of data."""
    entry = fst.build()
    full, rest = divmod(length, FULL_BLOCK)
    return bytes(
        HeaderBlock.build(
            {
                "identifier": HEADER,
                "entry": entry[:40],
                "last_units": -(-rest // CDF_BLOCK),
                "full_blocks": full,
                "entry_40": entry[40:64],
            }
        )
    )


def write_file(tape: Tape, file: CmsTapeFile) -> int:
    """Write a file; gives the number of blocks; no tape mark."""
    tape.write(build_header(file.fst, len(file.data)))
    for at in range(0, len(file.data), FULL_BLOCK):
        piece = file.data[at : at + FULL_BLOCK]
        tape.write(DATA + piece.ljust(-(-len(piece) // CDF_BLOCK) * CDF_BLOCK, b"\0"))
    return -(-len(file.data) // FULL_BLOCK) + 1
