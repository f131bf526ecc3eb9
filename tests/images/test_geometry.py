"""Device tables against published capacities."""

from __future__ import annotations

import pytest

from vm370.images.errors import GeometryError
from vm370.images.geometry import CKD_DEVICES, ckd_device, device, fba_device

# records per track without key for 512 800 829 1024 2048 4096 bytes (capacity tables of the devices' manuals)
CAPACITIES = [
    ("2305-1", [15, 11, 11, 10, 5, 3]),
    ("2305-2", [20, 14, 14, 12, 6, 3]),
    ("2311", [6, 4, 4, 3, 1, 0]),
    ("2314", [11, 7, 7, 6, 3, 1]),
    ("3330", [20, 14, 13, 11, 6, 3]),
    ("3340-35", [12, 8, 8, 7, 3, 2]),
    ("3350", [27, 19, 18, 15, 8, 4]),
    ("3375", [40, 30, 29, 25, 14, 8]),
    ("3380", [46, 36, 35, 31, 18, 10]),
    ("3390", [49, 39, 38, 33, 21, 12]),
]

# bytes of a track in an image file, as other emulators write it
TRACK_LENGTHS = {
    "2305-1": 14336,
    "2305-2": 14848,
    "2311": 4096,
    "2314": 7680,
    "3330": 13312,
    "3340-35": 8704,
    "3350": 19456,
    "3375": 35840,
    "3380": 47616,
    "3390": 56832,
}


@pytest.mark.parametrize(("name", "expected"), CAPACITIES)
def test_records_per_track(name: str, expected: list[int]) -> None:
    row = ckd_device(name)
    assert [row.records_per_track(length) for length in (512, 800, 829, 1024, 2048, 4096)] == expected


@pytest.mark.parametrize("name", sorted(CKD_DEVICES))
def test_longest_record_fills_a_track_alone(name: str) -> None:
    row = ckd_device(name)
    assert row.records_per_track(row.longest_record) == 1
    assert row.records_per_track(row.longest_record + 1) == 0


def test_records_with_keys_take_more_room() -> None:
    # 3330: 13165 // (10 + 80 + 56 + 135) = 46; 3350: 19254 // (44 + 96 + 82 + 185) = 47
    assert ckd_device("3330").records_per_track(80, 10) == 46
    assert ckd_device("3350").records_per_track(96, 44) == 47


def test_fits_counts_the_last_record_without_tolerance() -> None:
    row = ckd_device("2314")
    # two equal records: d * 2137 // 2048 + 101 for the first, d for the last; 3520: 3673 + 101 + 3520 = 7294
    assert row.fits([(0, 3520), (0, 3520)])
    assert not row.fits([(0, 3521), (0, 3521)])


def test_track_lengths() -> None:
    assert {name: ckd_device(name).track_length for name in TRACK_LENGTHS} == TRACK_LENGTHS


def test_names_and_aliases() -> None:
    assert device("2319") is ckd_device("2314")
    assert device("3340").name == "3340-35"
    assert ckd_device("3330-11").type_code == 0x3330
    with pytest.raises(GeometryError, match="4711 is not known; known are 2305-1"):
        device("4711")
    with pytest.raises(GeometryError, match="fixed-block"):
        ckd_device("3370")
    with pytest.raises(GeometryError, match="count-key-data"):
        fba_device("3350")
