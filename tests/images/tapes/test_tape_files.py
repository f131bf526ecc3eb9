"""Tapes in host files: AWSTAPE, HET, flat files; damage; what `hetupd` makes of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.errors import BadImage, ImageError
from vm370.images.tapes.aws import AwsTape, Compression
from vm370.images.tapes.flat import FlatTape
from vm370.images.tapes.tape import AtLoadPoint, EndOfTape, Tape, TapeError

ITEMS: list[bytes | None] = [b"VM370", b"\0" * 800, None, b"abc" * 20_000, None, None]
EACH: list[Compression] = ["none", "zlib", "bzip2"]


def written(tape: Tape, items: list[bytes | None]) -> None:
    for item in items:
        if item is None:
            tape.write_mark()
        else:
            tape.write(item)


def test_the_bytes_of_a_small_tape(tmp_path: Path) -> None:
    tape = AwsTape.create(tmp_path / "a.aws")
    written(tape, ["VM370".encode("cp037"), None])
    assert (tmp_path / "a.aws").read_bytes().hex() == "05000000a000e5d4f3f7f0" + "000005004000"


@pytest.mark.parametrize("compression", EACH)
def test_what_is_written_is_read_both_ways(tmp_path: Path, compression: Compression) -> None:
    tape = AwsTape.create(tmp_path / "a.het", compression)
    written(tape, ITEMS)
    assert [tape.read_backward() for _ in ITEMS] == ITEMS[::-1]
    with pytest.raises(AtLoadPoint):
        tape.read_backward()
    tape.close()
    again = AwsTape.open(tmp_path / "a.het", read_only=True)
    assert list(again.items()) == ITEMS
    with pytest.raises(EndOfTape):
        again.read()
    assert again.check() == []
    with pytest.raises(TapeError, match="read-only"):
        again.write(b"x")


def test_writing_ends_the_tape_behind_it(tmp_path: Path) -> None:
    tape = AwsTape.create(tmp_path / "a.aws")
    written(tape, ITEMS)
    tape.rewind()
    tape.read()
    tape.write(b"new")
    with pytest.raises(EndOfTape):
        tape.read()
    tape.rewind()
    assert list(tape.items()) == [b"VM370", b"new"]


def test_files_end_at_two_marks_and_to_end_stands_between_them(tmp_path: Path) -> None:
    tape = AwsTape.create(tmp_path / "a.aws")
    written(tape, [*ITEMS, b"forgotten"])
    tape.rewind()
    assert [[len(block) for block in file] for file in tape.files()] == [[5, 800], [60_000]]
    tape.rewind()
    assert [len(next(file)) for file in tape.files()] == [5, 60_000]  # a file not read to its end is skipped
    tape.rewind()
    tape.erase()
    written(tape, ITEMS)
    tape.rewind()
    tape.to_end()
    assert tape.position == 5


def test_a_chunked_block_is_one_block(tmp_path: Path) -> None:
    path = tmp_path / "a.aws"
    path.write_bytes(bytes.fromhex("0200 0000 8000 C1C2 0100 0200 0000 C3 0100 0100 2000 C4"))
    tape = AwsTape.open(path)
    assert list(tape.items()) == ["ABCD".encode("cp037")]
    assert tape.check() == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("0500 0000 A000 C1", "end of file after 1 bytes"),
        ("0500 00", "end of file after 3 bytes"),
        ("0100 0000 2000 C1", "flags 20"),
        ("0100 0000 8000 C1 0000 0100 4000", "a tape mark in a block"),
        ("0100 0000 4000 C1", "a tape mark with 1 bytes"),
        ("0000 0000 A000", "a block of 0 bytes"),
        ("0300 0000 A100 C1C1C1", "cannot be expanded"),
        ("0300 0000 A300 C1C1C1", "both compression flags"),
    ],
)
def test_damage_is_told_with_its_place(tmp_path: Path, content: str, found: str) -> None:
    path = tmp_path / "bad.aws"
    path.write_bytes(bytes.fromhex("0100 0000 A000 C1" + content))
    tape = AwsTape.open(path)
    assert tape.read() == b"\xc1"
    with pytest.raises(BadImage, match=found):
        tape.read()
    assert found in " ".join(damage.text for damage in tape.check())
    tape.read()
    tape.write(b"whole again")
    assert [d for d in tape.check() if "previous" in d.text] == []
    assert tape.read() == b"\xc1"
    assert tape.read() == b"whole again"


def test_a_file_that_is_no_tape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("this is not a tape")
    with pytest.raises(BadImage, match="offset"):
        AwsTape.open(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.binary(min_size=1, max_size=300)), max_size=12),
    st.sampled_from(EACH),
    st.data(),
)
def test_any_tape_comes_back_and_any_damage_is_an_image_error(
    tmp_path: Path, items: list[bytes | None], compression: Compression, data: st.DataObject
) -> None:
    path = tmp_path / "any.het"
    tape = AwsTape.create(path, compression, overwrite=True)
    written(tape, items)
    tape.rewind()
    assert list(tape.items()) == items
    assert tape.check() == []
    tape.close()
    content = bytearray(path.read_bytes())
    if not content:
        return
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[at:]
    path.write_bytes(content)
    try:
        damaged = AwsTape.open(path)
    except ImageError:
        return
    try:
        assert len(list(damaged.items())) <= len(content)
    except ImageError:
        assert damaged.check()
    finally:
        damaged.close()


@pytest.mark.skipif(shutil.which("hetupd") is None, reason="hetupd of Hercules is not installed")
@pytest.mark.parametrize("option", ["-d", "-z", "-b"])
def test_hetupd_reads_ours_and_we_read_its(tmp_path: Path, option: str) -> None:
    for compression in EACH:
        ours, theirs = tmp_path / f"{compression}.het", tmp_path / "theirs.het"
        tape = AwsTape.create(ours, compression)
        written(tape, ITEMS)
        tape.close()
        subprocess.run(["hetupd", option, "-c", "4096", ours, theirs], check=True, capture_output=True)
        assert list(AwsTape.open(theirs, read_only=True).items()) == ITEMS
        theirs.unlink()


def test_a_flat_file_is_one_tape_file(tmp_path: Path) -> None:
    path = tmp_path / "flat"
    tape = FlatTape.create(path, 80)
    written(tape, [b"a" * 80, b"b" * 30])
    with pytest.raises(TapeError, match="one length"):
        tape.write(b"c")
    tape.write_mark()
    with pytest.raises(TapeError, match="second tape mark"):
        tape.write_mark()
    with pytest.raises(TapeError, match="nothing can follow"):
        tape.write(b"c")
    tape.rewind()
    assert list(tape.items()) == [b"a" * 80, b"b" * 30, None]
    assert tape.read_backward() is None
    assert tape.read_backward() == b"b" * 30
    assert path.read_bytes() == b"a" * 80 + b"b" * 30
    with pytest.raises(TapeError, match="block length 0"):
        FlatTape.open(path, 0, read_only=True)
