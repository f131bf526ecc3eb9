"""SIMH tapes: bytes as the format's description has them, both directions, damage, and which format a file has."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from vm370.images.errors import BadImage, ImageError
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.opening import create_tape, open_tape
from vm370.images.tapes.simh import SimhTape
from vm370.images.tapes.tape import AtLoadPoint, EndOfTape

ITEMS: list[bytes | None] = [b"VM370", b"\0" * 800, None, b"odd", None, None]
VM370 = "05000000" + "e5d4f3f7f0" + "00" + "05000000"


def written(path: Path, items: list[bytes | None]) -> SimhTape:
    tape = SimhTape.create(path, overwrite=True)
    for item in items:
        if item is None:
            tape.write_mark()
        else:
            tape.write(item)
    return tape


def test_the_bytes_of_a_small_tape(tmp_path: Path) -> None:
    written(tmp_path / "a.tap", ["VM370".encode("cp037"), None])
    assert (tmp_path / "a.tap").read_bytes().hex() == VM370 + "00000000"


def test_what_is_written_is_read_both_ways(tmp_path: Path) -> None:
    tape = written(tmp_path / "a.tap", ITEMS)
    assert [tape.read_backward() for _ in ITEMS] == ITEMS[::-1]
    with pytest.raises(AtLoadPoint):
        tape.read_backward()
    tape.close()
    again = open_tape(tmp_path / "a.tap")
    assert isinstance(again, SimhTape)
    assert list(again.items()) == ITEMS
    with pytest.raises(EndOfTape):
        again.read()
    assert again.check() == []


def test_blocks_without_padding(tmp_path: Path) -> None:
    path = tmp_path / "a.tap"
    path.write_bytes(bytes.fromhex(2 * VM370.replace("f000", "f0") + "00000000"))
    tape = SimhTape.open(path)
    assert list(tape.items()) == ["VM370".encode("cp037")] * 2 + [None]
    tape.write(b"odd")
    assert path.read_bytes()[-11:] == b"\3\0\0\0odd\3\0\0\0"


def test_gaps_and_the_end_of_the_medium(tmp_path: Path) -> None:
    path = tmp_path / "a.tap"
    path.write_bytes(bytes.fromhex("feffffff" + VM370 + "feffffff" * 2 + "00000000" + "ffffffff" + VM370))
    tape = open_tape(path)
    assert list(tape.items()) == ["VM370".encode("cp037"), None]
    with pytest.raises(EndOfTape, match="end of the medium"):
        tape.read()


@pytest.mark.parametrize(
    ("text", "offset", "found"),
    [
        (VM370 + "05000000e5d4", 14 + 9, "another value"),
        (VM370 + "0600", 14, "end of file after 2 bytes"),
        (VM370 + "00000200", 14, "length 131072"),
        (VM370 + "05000080e5d4f3f7f00005000080", 14 + 4, "read with an error"),
    ],
)
def test_damage(tmp_path: Path, text: str, offset: int, found: str) -> None:
    path = tmp_path / "a.tap"
    path.write_bytes(bytes.fromhex(text))
    tape = SimhTape.open(path, read_only=True)
    tape.read()
    with pytest.raises(BadImage, match=found) as error:
        tape.read()
    assert error.value.offset == offset
    assert [damage.offset for damage in tape.check()] == [offset]


def test_writing_before_damage_makes_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tap"
    path.write_bytes(bytes.fromhex(VM370 + "0600"))
    tape = SimhTape.open(path)
    tape.read()
    tape.write_mark()
    assert tape.check() == []
    assert path.read_bytes().hex() == VM370 + "00000000"


def test_the_format_shows_in_the_file(tmp_path: Path) -> None:
    for number, items in enumerate([ITEMS, [None], [None, None], [b"x" * 65_535], [b"a"]]):
        written(tmp_path / "simh.aws", items).close()
        if items != [None]:  # four bytes of zeros: the name decides
            assert isinstance(open_tape(tmp_path / "simh.aws"), SimhTape), number
        tape = AwsTape.create(tmp_path / "aws.tap", overwrite=True)
        for item in items:
            tape.write_mark() if item is None else tape.write(item)
        tape.close()
        assert isinstance(open_tape(tmp_path / "aws.tap"), AwsTape), number
    create_tape(tmp_path / "new.tap").close()
    assert isinstance(open_tape(tmp_path / "new.tap"), SimhTape)
    create_tape(tmp_path / "new.aws").close()
    assert isinstance(open_tape(tmp_path / "new.aws"), AwsTape)


def test_mutated_files_end_in_a_clear_error(tmp_path: Path) -> None:
    random_numbers = random.Random(370)
    path = tmp_path / "a.tap"
    good = written(path, ITEMS)
    good.close()
    text = path.read_bytes()
    for _ in range(500):
        damaged = bytearray(text)
        for _ in range(random_numbers.randrange(1, 4)):
            damaged[random_numbers.randrange(len(damaged))] = random_numbers.randrange(256)
        path.write_bytes(damaged[: random_numbers.randrange(1, len(damaged) + 1)])
        try:
            tape = open_tape(path)
        except ImageError:
            continue
        try:
            assert all(item is None or 1 <= len(item) <= 65_535 for item in tape.items())
        except BadImage:
            assert tape.check()
        tape.close()
