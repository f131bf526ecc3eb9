"""The system disk on another S/370 emulator, as on a bare machine (runs where Hercules is installed)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cms import bootkit
from vm370.cms.build import build_system_disk

HERCULES = shutil.which("hercules")
CONFIGURATION = """\
ARCHMODE S/370
MAINSIZE 2
CPUSERIAL 002623
CPUMODEL 0168
NUMCPU 1
0009 3215-C /
000C 2540R
000D 2540P {folder}/punch
000E 1403 {folder}/printer
0190 3350 {folder}/system.ckd
0191 3350 {folder}/own.ckd
"""
FINISH_SECONDS = 60


def run(folder: Path, lines: list[str]) -> list[str]:
    """IPL 190 there, type lines to CMS, and give what came after the banner."""
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder))
    script = ["ipl 190", "pause 1"]
    for line in lines:
        script += [f"/{line}", "pause 1"]
    (folder / "script").write_text("\n".join([*script, "quit", ""]))
    environment = os.environ | {"HERCULES_RC": str(folder / "script")}
    command = [str(HERCULES), "-d", "-f", str(folder / "conf")]
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=FINISH_SECONDS, check=False
    )
    text = (result.stdout + result.stderr).decode("latin-1")
    after = text[text.index("CMS VERSION") :].splitlines() if "CMS VERSION" in text else text.splitlines()
    return [line for line in after if not re.match(r"HHC|/\(|quit$", line)]


@pytest.mark.skipif(HERCULES is None, reason="Hercules is not installed")
def test_ipl_and_files(tmp_path: Path) -> None:
    build_system_disk(tmp_path / "system.ckd", cylinders=4)
    bootkit.make_disk(tmp_path / "own.ckd", [("TEST", "FILE", [b"\xc1\xc2\xc3", b"\xc4"])])
    lines = run(tmp_path, ["type test file", "rename test file a new file a", "listfile * file (date", "nonsense"])
    ready = [line for line in lines if line.startswith("Ready")]
    assert [line.split(";")[0] for line in ready] == ["Ready", "Ready", "Ready", "Ready", "Ready(-0003)"]
    assert "ABC" in lines
    disk = bootkit.open_disk(tmp_path / "own.ckd")
    assert disk.read("NEW", "FILE") == [b"\xc1\xc2\xc3", b"\xc4"]
    assert [fst.filename for fst in disk.files()] == ["NEW"]
