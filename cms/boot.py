"""The boot text of a CMS system disk: no instructions, one channel program.

IPL reads 24 bytes of R1 (CKD) or of sector 0 (FBA) to location 0 and goes on with the CCWs it finds there:

    CKD   0   PSW       8   READ R2 to X'3000'       16  TIC X'3000'     R2: for each block SEEK, SEARCH ID, TIC, READ
    FBA   0   PSW       8   READ IPL 512 to X'3000'  16  TIC X'3018'     sector 0 from 24: LOCATE, READ for each run

The blocks of the file ``CMS NUCLEUS`` go to X'10000' and behind, those of its last part to X'20000'.  When the last
READ has ended the machine loads the PSW, whose address is the initialisation.  Where the blocks are is known when
the disk is made, so that neither a boot program nor its disk driver is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from vm370.images.blocks import Blocks, CkdBlocks, FbaBlocks
from vm370.images.geometry import SECTOR

BOOT_ADDRESS = 0x3000
INITIALISATION = 0x20000
IPL_PSW = bytes.fromhex("00040000") + INITIALISATION.to_bytes(4)

READ_IPL, READ_DATA, SEEK, SEARCH_ID, TIC, LOCATE, READ_FBA = 0x02, 0x06, 0x07, 0x31, 0x08, 0x43, 0x42
COMMAND_CHAIN, SUPPRESS_LENGTH = 0x40, 0x20
LONGEST_READ = 0xF000
"""Bytes of one READ of an FBA disk: a multiple of every block size that a CCW can count."""


class BootError(Exception):
    """The nucleus does not fit the boot text of this disk."""


Placed = tuple[int, int]
"""Number of a block and the address it is loaded at."""


def boot_text(blocks: Blocks, nucleus: Sequence[Placed], stamp: bytes = b"") -> bytes:
    """The boot text for a nucleus in the given blocks; on CKD disks R2 ends with ``stamp``."""
    text = _ckd(blocks, nucleus, stamp) if isinstance(blocks, CkdBlocks) else _fba(blocks, nucleus)
    if len(text) > blocks.boot_room:
        raise BootError(f"boot text of {len(text)} bytes, the disk has room for {blocks.boot_room}")
    return text


def ccw(command: int, address: int, count: int, flags: int = COMMAND_CHAIN | SUPPRESS_LENGTH) -> bytes:
    """One channel command word."""
    return bytes([command]) + address.to_bytes(3) + bytes([flags, 0]) + count.to_bytes(2)


def _ckd(blocks: CkdBlocks, nucleus: Sequence[Placed], stamp: bytes) -> bytes:
    head = IPL_PSW + ccw(READ_DATA, BOOT_ADDRESS, blocks.size) + ccw(TIC, BOOT_ADDRESS, 1)
    arguments = BOOT_ADDRESS + len(nucleus) * 32
    program = seeks = b""
    for index, (number, address) in enumerate(nucleus):
        cylinder, track, record = blocks.address(number)
        place = arguments + index * 8
        seeks += bytes(2) + cylinder.to_bytes(2) + track.to_bytes(2) + bytes([record, 0])
        search = BOOT_ADDRESS + len(program) + 8
        chain = COMMAND_CHAIN if index < len(nucleus) - 1 else 0
        program += ccw(SEEK, place, 6) + ccw(SEARCH_ID, place + 2, 5, COMMAND_CHAIN) + ccw(TIC, search, 1)
        program += ccw(READ_DATA, address, blocks.size, chain | SUPPRESS_LENGTH)
    room = blocks.size - len(stamp)
    if len(program) + len(seeks) > room:
        raise BootError(f"{len(nucleus)} blocks of nucleus; R2 of {blocks.size} bytes has room for {room // 40}")
    return head.ljust(blocks.size, b"\0") + (program + seeks).ljust(room, b"\0") + stamp


def _fba(blocks: Blocks, nucleus: Sequence[Placed]) -> bytes:
    assert isinstance(blocks, FbaBlocks)
    runs: list[tuple[int, int, int]] = []  # first block, address, number of blocks
    for number, address in nucleus:
        if runs:
            first, at, length = runs[-1]
            room = length * blocks.size < LONGEST_READ
            if room and number == first + length and address == at + length * blocks.size:
                runs[-1] = (first, at, length + 1)
                continue
        runs.append((number, address, 1))
    head = IPL_PSW + ccw(READ_IPL, BOOT_ADDRESS, SECTOR) + ccw(TIC, BOOT_ADDRESS + 24, 1)
    arguments = BOOT_ADDRESS + 24 + len(runs) * 16
    program = operands = b""
    for index, (first, address, length) in enumerate(runs):
        chain = COMMAND_CHAIN if index < len(runs) - 1 else 0
        program += ccw(LOCATE, arguments + len(operands), 8)
        program += ccw(READ_FBA, address, length * blocks.size, chain | SUPPRESS_LENGTH)
        sectors = length * blocks.sectors
        operands += bytes([0x06, 0]) + sectors.to_bytes(2) + ((first - 1) * blocks.sectors).to_bytes(4)
    text = head + program + operands
    if len(text) > SECTOR:
        raise BootError(f"the nucleus is in {len(runs)} pieces, sector 0 has room for {(SECTOR - 24) // 24}")
    return text
