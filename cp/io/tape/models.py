"""What the drive types differ in: densities, length of the sense data, commands that not every drive has.

Recording density (bits per inch of one track, bytes per inch of tape) and the gap between blocks decide how much a reel
holds; the mode set that asks for a density counts for what is written next.
"""

from __future__ import annotations

from dataclasses import dataclass

MODE_SET = {0xCB: 800, 0xC3: 1600, 0xD3: 6250}
"""Mode set commands of drives with 9 tracks: density by command code."""
SEVEN_TRACK_MODES = frozenset(
    (0x13, 0x23, 0x2B, 0x33, 0x3B, 0x53, 0x63, 0x6B, 0x73, 0x7B, 0x93, 0xA3, 0xAB, 0xB3, 0xBB)
)
"""Mode sets of drives with 7 tracks: a drive with 9 tracks accepts them and does nothing."""
GAP = {800: 0.6, 1600: 0.6, 6250: 0.3}
"""Inches between two blocks."""


@dataclass(frozen=True, slots=True)
class Model:
    """A drive type."""

    sense_length: int
    densities: tuple[int, ...]
    """Bytes per inch, the one that is in force after power-on first."""
    security_erase: bool = True
    """DATA SECURITY ERASE."""
    diagnose: bool = False
    """SET DIAGNOSE and LOOP WRITE TO READ."""


MODELS = {
    "2401": Model(6, (800, 1600), security_erase=False),
    "2415": Model(6, (800, 1600), security_erase=False),
    "2420": Model(6, (1600,), security_erase=False),
    "3410": Model(9, (1600, 800)),
    "3420": Model(24, (6250, 1600, 800), diagnose=True),
    "3430": Model(24, (6250, 1600), diagnose=True),
    "8809": Model(32, (1600,)),
    "3480": Model(24, (6250,)),
}


def inches(length: int, blocks: int, density: int) -> float:
    """Tape that ``blocks`` of together ``length`` bytes take.

    >>> inches(160_000, 10, 1600)
    106.0
    """
    return length / density + blocks * GAP[density]
