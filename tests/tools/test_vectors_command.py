"""vm370 vectors: verdicts, what a failure shows, exit codes, bad files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from vm370.tools.cli import main

HEADER = {"bg_g": ["A0A0A0A0"] * 16, "bg_f": {"0": "0000000000000000"}, "bg_cr": "00000000"}
AR: dict[str, Any] = {
    "i": 1,
    "op": "AR",
    "grp": "int-rr",
    "psw": "0008000000020000",
    "code": "1A12",
    "g": {"1": "00000001", "2": "00000002"},
    "m": {"020000": "1A120AFF"},
    "r": {"t": "S", "psw": "0008200000020004", "code": 255, "ilc": 1, "g": {"1": "00000003"}},
}
ST: dict[str, Any] = {
    "i": 2,
    "op": "ST",
    "grp": "int-rx",
    "psw": "0000000000020000",
    "code": "50102000",
    "g": {"1": "11223344", "2": "00030000"},
    "m": {"030000": "E7E7E7E7E7", "020000": "501020000AFF"},
    "r": {"t": "S", "psw": "000000FF40020006", "code": 255, "ilc": 1, "m": {"030000": "11223344"}},
}
L_OUTSIDE: dict[str, Any] = {
    "i": 3,
    "op": "L",
    "grp": "int-rx",
    "psw": "0000000000020000",
    "code": "58102000",
    "g": {"2": "00900000"},
    "m": {"020000": "581020000AFF"},
    "fl": "T",
    "r": {"t": "P", "psw": "0000000580020004", "code": 5, "ilc": 2},
}
# with DAT on: 16 bytes from 1FFC on, of which the case records the first twelve
LM_BEYOND: dict[str, Any] = {
    "i": 4,
    "op": "DAT:LM",
    "grp": "dat",
    "psw": "0408000000000100",
    "code": "98033000",
    "g": {"3": "00001FFC"},
    "cr": {"0": "00800000", "1": "00030000"},
    "m": {
        "030000": "F0030400",
        "030400": "010001100120",
        "010100": "980330000AFF",
        "011FF8": "00000000111111112222222233333333",
    },
    "r": {
        "t": "S",
        "psw": "0408000000000106",
        "code": 255,
        "ilc": 1,
        "g": {"0": "11111111", "1": "22222222", "2": "33333333", "3": "A1B2C3D4"},
    },
}
SPECIAL: dict[str, Any] = {
    "i": 5,
    "op": "BCR",
    "grp": "branch",
    "psw": "0008000000020000",
    "code": "07F2",
    "g": {"2": "00020010"},
    "m": {"020000": "07F2", "020010": "DB0020003000"},
    "r": {"t": "P", "psw": "0008000000020016", "code": 19, "ilc": 3},
}


def cases(tmp_path: Path, *objects: dict[str, Any], name: str = "cases.jsonl") -> str:
    path = tmp_path / name
    text = "".join(json.dumps(x) + "\n" for x in (HEADER, *objects))
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return str(path)


def wrong(case: dict[str, Any], **result: Any) -> dict[str, Any]:
    return {**case, "r": {**case["r"], **result}}


@pytest.mark.parametrize("name", ["cases.jsonl", "cases.jsonl.gz"])
def test_all_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["vectors", cases(tmp_path, AR, ST, L_OUTSIDE, name=name)]) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed\n"


@pytest.mark.parametrize(
    ("case", "line"),
    [
        (wrong(AR, g={"1": "00000004"}), "gr1: expected 00000004, found 00000003"),
        (wrong(AR, psw="0008100000020004"), "psw: expected 0008100000020004, found 0008200000020004"),
        (wrong(AR, g={"1": "00000003", "5": "00000000"}), "gr5: expected 00000000, found A0A0A0A0"),
        (wrong(ST, m={}), "storage 030000: expected E7E7E7E7, found 11223344"),
        (wrong(L_OUTSIDE, code=4), "end: expected P 4, found P 5"),
        (wrong(AR, lc={"90": "00000001"}), "real 90: expected 00000001, found 00000000"),
    ],
)
def test_a_failure_shows_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: dict[str, Any], line: str
) -> None:
    assert main(["vectors", cases(tmp_path, case)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"case {case['i']}: 020000 {case['code']}")
    assert [text.strip() for text in out if "expected" in text] == [line]
    assert out[-1] == "0 passed, 1 failed"


def test_storage_that_a_case_does_not_record_may_have_any_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["vectors", cases(tmp_path, LM_BEYOND)]) == 0
    assert capsys.readouterr().out == "1 passed, 0 failed\n"
    registers = LM_BEYOND["r"]["g"]
    assert main(["vectors", cases(tmp_path, wrong(LM_BEYOND, g={**registers, "2": "33333334"}))]) == 1
    assert "gr2: expected 33333334, found 33333333" in capsys.readouterr().out
    assert main(["vectors", cases(tmp_path, {**wrong(LM_BEYOND), "grp": "other"})]) == 1
    assert "gr3: expected A1B2C3D4, found 00000000" in capsys.readouterr().out


def test_instructions_of_a_facility_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", cases(tmp_path, SPECIAL)]) == 0
    assert capsys.readouterr().out.endswith("\n0 passed, 0 failed\n")
    unassigned = {**SPECIAL, "m": {**SPECIAL["m"], "020010": "ED0020003000"}}
    assert main(["vectors", cases(tmp_path, unassigned)]) == 1
    assert "end: expected P 19, found P 1" in capsys.readouterr().out


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", cases(tmp_path, AR, wrong(ST, m={})), "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["passed"], result["failed"], result["skipped"]) == (1, 1, 0)
    assert result["failures"][0]["differences"] == {"storage 030000": {"expected": "E7E7E7E7", "found": "11223344"}}


def test_only_one_mnemonic_and_skipped_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = cases(tmp_path, AR, {**wrong(AR, code=1), "fl": "U"}, wrong(ST, m={}))
    assert main(["vectors", path, "--only", "ar"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 skipped")
    assert out.endswith("\n1 passed, 0 failed\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: found the end of the file, expected a header"),
        ("{}\n", "line 1: header: found [], expected a field bg_g"),
        (json.dumps(HEADER) + "\nnonsense\n", "line 2"),
        (json.dumps(HEADER) + "\n[1]\n", "line 2: case: found [1], expected an object"),
        (json.dumps(HEADER) + '\n{"op": "AR"}\n', 'line 2: case: found ["op"], expected a field i'),
    ],
)
def test_bad_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    assert main(["vectors", str(path)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["bad.jsonl", "bad.jsonl.gz"])
def test_files_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / name).write_bytes(b"\x9a" * 100)
    assert main(["vectors", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.startswith(f"vm370 vectors: {tmp_path / name}: ")


def test_a_missing_file_and_a_missing_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", str(tmp_path / "none.jsonl")]) == 2
    assert "No such file" in capsys.readouterr().err
    assert main(["vectors", cases(tmp_path, AR), "--engine", "native"]) == 2
    assert "engine 'native': expected one of reference, interpreter" in capsys.readouterr().err
