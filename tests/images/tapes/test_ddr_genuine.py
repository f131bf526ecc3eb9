"""DDR dumps against the genuine DMKDDR of VM/370 Release 6, run by Hercules; and genuine dumps.

Runs where `hercules` is installed and VM370_GENUINE names a folder with dmkddr.aws (an IPL tape of DDR).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from vm370.images.ckd import CkdImage, Record, Track, build_track, format_track, parse_track
from vm370.images.tapes import ddr
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.block import file_blocks

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
DDR = GENUINE / "dmkddr.aws"

pytestmark = [
    pytest.mark.skipif(shutil.which("hercules") is None, reason="hercules is not installed"),
    pytest.mark.skipif(not DDR.exists(), reason="VM370_GENUINE names no folder with dmkddr.aws"),
]

CONFIGURATION = """
ARCHMODE S/370
CPUMODEL 3158
MAINSIZE 2
NUMCPU 1
OSTAILOR QUIET
PANRATE FAST
CNSLPORT 32790
0009 3215-C
0580 3420 {ddr}
0581 3420 {tape}
0131 {device} {disk}
"""
RECORDS: list[list[tuple[int, bytes, bytes]]] = [
    [],
    [(1, b"", bytes(range(250)) * 24)],
    [(1, b"KEY1", b"a" * 100), (2, b"KEYTWO", b""), (3, b"", b"")],
    [(1, b"", b""), (2, b"", b"b" * 10)],
    [(1, b"", b"c" * 4056)],
    [(1, b"", b"d" * 4057)],
    [(n, b"", b"e") for n in range(1, 21)],
    [(200, b"k" * 255, b"f" * 300)],
]


def disk(path: Path, kind: str) -> CkdImage:
    """Two cylinders with all kinds of tracks."""
    image = CkdImage.create(path, kind, 2, volser="VOL123")
    for head, records in enumerate(RECORDS):
        image.write_track(1, head, 0, format_track(1, head, records, image.track_length))
    odd = (Record(0, 7, 0, b"R0 DATA!"), Record(9, 7, 5, b"of another place"))
    image.write_track(0, 7, 0, build_track(Track(0, 0, 7, odd), image.track_length))
    if kind == "2314":
        segment = (Record(1, 8, 0, bytes(8)), Record(1, 8, 1, b"x"), Record(0x8001, 8, 2, b"an overflow segment"))
        image.write_track(1, 8, 0, build_track(Track(0, 1, 8, segment), image.track_length))
    return image


def run_ddr(folder: Path, device: str, disk: Path, tape: Path, *commands: str) -> str:
    """IPL DDR and type commands; gives the console's log.

    Hercules types a script's lines with pauses of its own; each is long enough for DDR to ask for the next.
    """
    (folder / "conf").write_text(CONFIGURATION.format(ddr=DDR, tape=tape, device=device, disk=disk))
    script = ["ipl 580", "pause 1"]
    for command in commands:
        script += [f"/{command}", "pause 1"]
    (folder / "rc").write_text("\n".join([*script, "pause 1", "quit", ""]))
    done = subprocess.run(
        ["hercules", "-d", "-f", str(folder / "conf")],
        env={**os.environ, "HERCULES_RC": str(folder / "rc")},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("kind", "device"), [("2314", "2314"), ("3330", "3330"), ("3340-35", "3340"), ("3350", "3350")]
)
def test_genuine_ddr_dumps_what_we_dump(tmp_path: Path, kind: str, device: str) -> None:
    image = disk(tmp_path / "d.ckd", kind)
    image.close()
    (tmp_path / "theirs.aws").touch()
    log = run_ddr(
        tmp_path,
        device,
        tmp_path / "d.ckd",
        tmp_path / "theirs.aws",
        f"input 131 {kind} VOL123",
        "output 581 3420",
        "dump 0 to 1",
        "",
    )
    assert "END OF DUMP" in log, log
    theirs = AwsTape.open(tmp_path / "theirs.aws", read_only=True)
    dump = ddr.DdrDump(file_blocks(theirs))
    assert kind in [row.name for row in dump.volume.devices]
    target = CkdImage.create(tmp_path / "restored.ckd", kind, 2)
    ddr.restore(dump, target)
    target.close()
    assert (tmp_path / "d.ckd").read_bytes() == (tmp_path / "restored.ckd").read_bytes()

    ours = AwsTape.create(tmp_path / "ours.aws")
    image = CkdImage.open(tmp_path / "d.ckd", read_only=True)
    ddr.dump(ours, image)
    ours.rewind()
    theirs.rewind()
    mine, genuine = list(ours.items()), list(theirs.items())
    assert len(mine) == len(genuine)
    for number, (our, their) in enumerate(zip(mine, genuine, strict=True)):
        assert (our is None) == (their is None)
        if our is None or their is None:
            continue
        assert len(our) == len(their), number
        if our[:4] in (ddr.VHR, ddr.EOJ):
            our, their = (block[:16] + block[24:] for block in (our, their))  # but for the clock
        if len(our) == ddr.SHORTEST:
            our, their = our.rstrip(b"\0"), their[: len(our.rstrip(b"\0"))]  # but for what fills a block up
        assert our == their, number


@pytest.mark.parametrize(("kind", "device"), [("2314", "2314"), ("3330", "3330"), ("3350", "3350")])
def test_genuine_ddr_restores_what_we_dump(tmp_path: Path, kind: str, device: str) -> None:
    image = disk(tmp_path / "d.ckd", kind)
    tape = AwsTape.create(tmp_path / "ours.aws")
    ddr.dump(tape, image)
    tape.close()
    CkdImage.create(tmp_path / "target.ckd", kind, 2, volser="VOL123").close()
    log = run_ddr(
        tmp_path,
        device,
        tmp_path / "target.ckd",
        tmp_path / "ours.aws",
        "input 581 3420",
        f"output 131 {kind} VOL123",
        "restore all",
        "yes",
    )
    assert "RESTORING VOL123" in log, log
    target = CkdImage.open(tmp_path / "target.ckd")
    for cylinder in range(2):
        for head in range(image.heads):
            ours, theirs = (parse_track(each.read_track(cylinder, head)) for each in (image, target))
            assert (ours.cylinder, ours.head, ours.records) == (theirs.cylinder, theirs.head, theirs.records)
