"""Disk devices of the System/370 family: sizes, and how many records fit a track.

Who uses it: ckd.py and fba.py (image sizes), blocks.py (CMS blocks per track), the disk devices of CP, `vm370 disk`.
Source: Hercules dasdtab.c for the figures, "Reference Summary" capacity formulas of the device manuals.

Space on a track is counted in bytes of ``track_capacity``, in which home address and R0 are already accounted for.
D is the data length, K the key length (0: no key):

    formula       any record but the last                          the last record of a track
    -----------   ----------------------------------------------   --------------------------
    Tolerance     (D+K)*d1//d2 + (c if K) + x                       D + K + (c if K)
    Constant      D + K + (c if K) + x                              the same
    Cells         up(D+x) + (up(K+c) if K), up to multiples of m    the same
    SegmentCells  up(34*19 + D+6 + 6*segments(D)) + the same for K  the same
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from vm370.images.errors import GeometryError

SECTOR = 512

HOME_ADDRESS_LENGTH = 5
COUNT_LENGTH = 8
R0_LENGTH = COUNT_LENGTH + 8
END_MARK_LENGTH = 8


class Formula(Protocol):
    """Track space of one record."""

    def __call__(self, key_length: int, data_length: int, last: bool) -> int: ...


@dataclass(frozen=True, slots=True)
class Tolerance:
    """2311, 2314: a record that is not the last gets room for speed tolerance."""

    c: int
    x: int
    d1: int
    d2: int

    def __call__(self, key_length: int, data_length: int, last: bool) -> int:
        key = self.c if key_length else 0
        if last:
            return data_length + key_length + key
        return (data_length + key_length) * self.d1 // self.d2 + key + self.x


@dataclass(frozen=True, slots=True)
class Constant:
    """2305, 3330, 3340, 3350: a constant gap for each record."""

    c: int
    x: int

    def __call__(self, key_length: int, data_length: int, last: bool) -> int:
        return data_length + key_length + (self.c if key_length else 0) + self.x


@dataclass(frozen=True, slots=True)
class Cells:
    """3375, 3380: areas are rounded up to cells of ``m`` bytes."""

    m: int
    x: int
    c: int

    def __call__(self, key_length: int, data_length: int, last: bool) -> int:
        return _up(data_length + self.x, self.m) + (_up(key_length + self.c, self.m) if key_length else 0)


@dataclass(frozen=True, slots=True)
class SegmentCells:
    """3390: cells, with check bytes for each segment of an area."""

    f1: int
    f2: int
    f3: int
    f4: int
    f5: int
    f6: int

    def __call__(self, key_length: int, data_length: int, last: bool) -> int:
        return self._area(self.f2, data_length) + (self._area(self.f3, key_length) if key_length else 0)

    def _area(self, gap: int, length: int) -> int:
        segments = -(-(length + self.f6) // (2 * self.f5))
        return _up(self.f1 * gap + length + self.f6 + self.f4 * segments, self.f1)


@dataclass(frozen=True, slots=True)
class CkdDevice:
    """A count-key-data device; one row of CKD_DEVICES."""

    name: str
    type_byte: int  # in the image's device header
    cylinders: int  # primary
    alternates: int
    heads: int
    longest_record: int  # R1 without key, alone on its track
    track_capacity: int
    sectors: int  # rotational position sensing; 0: the device has none
    control_unit: str
    formula: Formula

    @property
    def track_length(self) -> int:
        """Bytes of a track in an image file: the fullest track, rounded up to 512."""
        fullest = HOME_ADDRESS_LENGTH + R0_LENGTH + COUNT_LENGTH + self.longest_record + END_MARK_LENGTH
        return _up(fullest, 512)

    @property
    def type_code(self) -> int:
        """The four decimal digits of the device type as hexadecimal digits: X'3350'."""
        return int(self.name[:4], 16)

    def space(self, key_length: int, data_length: int, last: bool = False) -> int:
        """Track space of one record, in the units of ``track_capacity``."""
        return self.formula(key_length, data_length, last)

    def fits(self, records: Iterable[tuple[int, int]]) -> bool:
        """Whether records of (key length, data length), after R0, fit one track."""
        used = 0
        lengths = list(records)
        for index, (key_length, data_length) in enumerate(lengths):
            last = index == len(lengths) - 1
            used += self.space(key_length, data_length, last)
        return used <= self.track_capacity

    def records_per_track(self, data_length: int, key_length: int = 0) -> int:
        """How many equal records fit a track after R0."""
        last = self.space(key_length, data_length, last=True)
        if last > self.track_capacity:
            return 0
        return (self.track_capacity - last) // self.space(key_length, data_length) + 1


@dataclass(frozen=True, slots=True)
class FbaDevice:
    """A fixed-block device; one row of FBA_DEVICES.  Sectors are 512 bytes."""

    name: str
    sectors: int
    per_group: int  # sectors per cyclical group (track)
    per_position: int  # sectors per access position (cylinder)
    device_class: int
    type_byte: int
    model_byte: int
    control_unit: str


_TOLERANCE_2311 = Tolerance(20, 61, 537, 512)
_TOLERANCE_2314 = Tolerance(45, 101, 2137, 2048)
_CELLS_3380 = Cells(32, 492, 236)
_CELLS_3390 = SegmentCells(34, 19, 9, 6, 116, 6)

# fmt: off
CKD_DEVICES: dict[str, CkdDevice] = {device.name: device for device in (
    #          name       type  cyls alt heads   R1 capacity sect  unit    formula
    CkdDevice("2305-1",  0x05,   48,  6,  8, 14136, 14568,  90, "2835", Constant(202, 432)),
    CkdDevice("2305-2",  0x05,   96, 12,  8, 14660, 14858,  90, "2835", Constant(91, 198)),
    CkdDevice("2311",    0x11,  200,  3, 10,  3625,  3625,   0, "2841", _TOLERANCE_2311),
    CkdDevice("2314",    0x14,  200,  3, 20,  7294,  7294,   0, "2314", _TOLERANCE_2314),
    CkdDevice("3330",    0x30,  404,  7, 19, 13030, 13165, 128, "3830", Constant(56, 135)),
    CkdDevice("3330-11", 0x30,  808,  7, 19, 13030, 13165, 128, "3830", Constant(56, 135)),
    CkdDevice("3340-35", 0x40,  348,  1, 12,  8368,  8535,  64, "3830", Constant(75, 167)),
    CkdDevice("3340-70", 0x40,  696,  2, 12,  8368,  8535,  64, "3830", Constant(75, 167)),
    CkdDevice("3350",    0x50,  555,  5, 30, 19069, 19254, 128, "3830", Constant(82, 185)),
    CkdDevice("3375",    0x75,  959,  3, 12, 35616, 36000, 196, "3880", Cells(32, 384, 160)),
    CkdDevice("3380",    0x80,  885,  1, 15, 47476, 47968, 222, "3880", _CELLS_3380),
    CkdDevice("3380-E",  0x80, 1770,  2, 15, 47476, 47968, 222, "3880", _CELLS_3380),
    CkdDevice("3380-K",  0x80, 2655,  3, 15, 47476, 47968, 222, "3880", _CELLS_3380),
    CkdDevice("3390",    0x90, 1113,  1, 15, 56664, 58786, 224, "3990", _CELLS_3390),
    CkdDevice("3390-2",  0x90, 2226,  1, 15, 56664, 58786, 224, "3990", _CELLS_3390),
    CkdDevice("3390-3",  0x90, 3339,  1, 15, 56664, 58786, 224, "3990", _CELLS_3390),
    CkdDevice("3390-9",  0x90, 10017, 3, 15, 56664, 58786, 224, "3990", _CELLS_3390),
)}

FBA_DEVICES: dict[str, FbaDevice] = {device.name: device for device in (
    #          name       sectors group position class type model  unit
    FbaDevice("3310",     125_664,  32, 352, 0x21, 0x01, 0x01, "4331"),
    FbaDevice("3370",     558_000,  62, 744, 0x21, 0x02, 0x00, "3880"),
    FbaDevice("3370-2",   712_752,  62, 744, 0x21, 0x05, 0x04, "3880"),
    FbaDevice("9332",     360_036,  73, 292, 0x21, 0x07, 0x00, "6310"),
    FbaDevice("9332-600", 554_800,  73, 292, 0x21, 0x07, 0x01, "6310"),
    FbaDevice("9335",     804_714,  71, 426, 0x21, 0x06, 0x01, "6310"),
    FbaDevice("9336",     920_115,  63, 315, 0x21, 0x11, 0x00, "6310"),
    FbaDevice("9336-20", 1_672_881, 111, 777, 0x21, 0x11, 0x10, "6310"),
)}

# other names of the same rows
ALIASES: dict[str, str] = {
    "2305": "2305-2", "2319": "2314", "3330-1": "3330", "3330-2": "3330", "3333": "3330", "3333-11": "3330-11",
    "3340": "3340-35", "3344": "3340-70", "3380-A": "3380", "3380-D": "3380", "3380-J": "3380", "3390-1": "3390",
    "3370-1": "3370", "9332-400": "9332", "9336-10": "9336",
}
# fmt: on


def device(name: str) -> CkdDevice | FbaDevice:
    """The row of a device type, by its name or another name of it."""
    wanted = ALIASES.get(name.upper(), name.upper())
    row = CKD_DEVICES.get(wanted) or FBA_DEVICES.get(wanted)
    if row is None:
        known = " ".join([*CKD_DEVICES, *FBA_DEVICES])
        raise GeometryError(f"device type {name} is not known; known are {known}")
    return row


def ckd_device(name: str) -> CkdDevice:
    """The row of a CKD device type."""
    row = device(name)
    if not isinstance(row, CkdDevice):
        raise GeometryError(f"device type {name} is a fixed-block device, expected a count-key-data device")
    return row


def fba_device(name: str) -> FbaDevice:
    """The row of an FBA device type."""
    row = device(name)
    if not isinstance(row, FbaDevice):
        raise GeometryError(f"device type {name} is a count-key-data device, expected a fixed-block device")
    return row


def _up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
