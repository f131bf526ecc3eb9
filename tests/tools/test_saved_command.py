"""`vm370 saved`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vm370.cp.saved.library import read
from vm370.tools.cli import main


def segment_file(path: Path, pages: int) -> Path:
    """As emx370 has it: an information page with keys of E, then pages of 01, 02, ..."""
    information = (bytes(0xA8) + b"\xee" * pages).ljust(4096, b"\0")
    path.write_bytes(information + b"".join(bytes([n]) * 4096 for n in range(1, pages + 1)))
    return path


def test_import_list_check_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path)]
    file = segment_file(tmp_path / "CMSSEG.segment", 16)
    assert main(["saved", *home, "import", str(file)]) == 0  # where it goes the default name table tells
    assert capsys.readouterr().out == "CMSSEG: 16 pages at F00000\n"
    assert main(["saved", *home, "import", str(file)]) == 1
    assert "--force replaces it" in capsys.readouterr().err
    one = ["--name", "one", "--first", "32", "--pages", "2", "--ipl", "--storage", "300"]
    assert main(["saved", *home, "import", str(file), *one]) == 0
    capsys.readouterr()
    assert main(["saved", *home, "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["kind"], row["pages"], row["storage"]) for row in rows] == [
        ("CMSSEG", "segment", 16, 0),
        ("ONE", "system", 2, 300 << 10),
    ]
    assert rows[1]["ranges"] == [{"first": 32, "last": 33, "shared": False}]
    assert read(tmp_path / "saved" / "ONE.saved").keys == b"\xe0" * 4
    assert main(["saved", *home, "list"]) == 0
    assert "CMSSEG   segment     16      16       0K  F00-F0F" in capsys.readouterr().out
    assert main(["saved", *home, "export", "one", str(tmp_path / "pages")]) == 0
    assert (tmp_path / "pages").read_bytes() == b"\x01" * 4096 + b"\x02" * 4096


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path)]
    file = segment_file(tmp_path / "ONE.segment", 2)
    assert main(["saved", *home, "import", str(file), "--pages", "3"]) == 1
    assert "found 2 pages, expected 3 pages from 0 on" in capsys.readouterr().err
    assert main(["saved", *home, "import", str(file), "--name", "../X"]) == 2
    assert main(["saved", *home, "import", str(tmp_path / "none")]) == 1
    assert main(["saved", *home, "export", "ONE", str(tmp_path / "x")]) == 1
    assert main(["saved", *home, "import", str(file)]) == 0
    saved = tmp_path / "saved" / "ONE.saved"
    data = saved.read_bytes()
    saved.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    capsys.readouterr()
    assert main(["saved", *home, "check"]) == 1
    assert "offset 16 (X'10')" in capsys.readouterr().out
    assert main(["saved", *home, "check", "--json", str(saved)]) == 1
    assert "error" in json.loads(capsys.readouterr().out)[0]
