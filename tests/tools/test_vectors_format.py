"""Case files of vm370 vectors: what is refused, and how it is said; several processes; all failures are shown."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from vm370.tools.cli import main
from vm370.tools.vectors_format import VectorError, read_cases

HEADER: dict[str, Any] = {"bg_g": ["A0A0A0A0"] * 16, "bg_f": {"0": "00"}, "bg_cr": "00000000"}
CASE: dict[str, Any] = {
    "i": 1,
    "op": "AR",
    "psw": "0008000000020000",
    "code": "1A12",
    "g": {"1": "00000001", "2": "00000002"},
    "m": {"020000": "1A120AFF"},
    "r": {"t": "S", "psw": "0008200000020004", "code": 255, "ilc": 1, "g": {"1": "00000003"}},
}
RESULT = CASE["r"]
MISSING = object()


def changed(value: dict[str, Any], field: str, content: object) -> dict[str, Any]:
    return {key: item for key, item in {**value, field: content}.items() if item is not MISSING}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("field", "content", "message"),
    [
        ("i", MISSING, "expected a field i"),
        ("i", "1", 'i: found "1", expected a number'),
        ("i", True, "i: found true, expected a number"),
        ("op", 7, "op: found 7, expected text"),
        ("fl", ["T"], 'fl: found ["T"], expected text'),
        ("psw", MISSING, "expected a field psw"),
        ("psw", "0008", 'psw: found "0008", expected 8 bytes'),
        ("psw", "00080000_0020000", "expected 8 bytes as hexadecimal digits"),
        ("code", "1", 'code: found "1", expected bytes as hexadecimal digits'),
        ("code", "", 'code: found "", expected bytes'),
        ("msz", 17, "msz: found 17, expected a number from 1 to 16"),
        ("msz", 1.5, "msz: found 1.5, expected a number from 1 to 16"),
        ("msz", 10**30, "expected a number from 1 to 16"),
        ("g", [1], "g: found [1], expected an object"),
        ("g", {"16": "00"}, 'g: found "16", expected one of 0 1 2'),
        ("g", {"01": "00"}, 'g: found "01", expected one of'),
        ("g", {"1": 5}, "g 1: found 5, expected up to 8 hexadecimal digits"),
        ("g", {"1": "F" * 9}, "g 1: found"),
        ("cr", {"-1": "00"}, 'cr: found "-1"'),
        ("f", {"1": "00"}, 'f: found "1", expected one of 0 2 4 6'),
        ("k", {"800000": "00"}, 'k: found "800000", expected an address below 800000'),
        ("k", {"1000": "-1"}, 'k 1000: found "-1", expected up to 2'),
        ("m", {"7FFFFF": "0000"}, 'm: found "7FFFFF", expected an address below 800000, and all 2 bytes there'),
        ("m", {"-5": "00"}, 'm: found "-5"'),
        ("m", {"100": "000"}, 'm 100: found "000", expected bytes'),
        ("nd", 5, "nd: found 5, expected a list"),
        ("nd", [["100"]], 'nd: found ["100"], expected [address, length]'),
        ("nd", [["100", 10**12]], "nd: found 1000000000000, expected a number from 0 to 8388608"),
        ("r", MISSING, "expected a field r"),
        ("r", [], "r: found [], expected an object"),
        ("r", changed(RESULT, "code", MISSING), "expected a field code"),
        ("r", changed(RESULT, "code", "255"), 'r.code: found "255"'),
        ("r", changed(RESULT, "ilc", 4), "r.ilc: found 4, expected a number from 0 to 3"),
        ("r", changed(RESULT, "t", "Q"), 'r.t: found "Q", expected "S" or "P"'),
        ("r", changed(RESULT, "m", {"FFFFFFF": "00"}), 'r.m: found "FFFFFFF"'),
        ("r", changed(RESULT, "lc", {"7C": "00"}), 'r.lc: found "7C"'),
    ],
)
def test_a_wrong_field(tmp_path: Path, field: str, content: object, message: str) -> None:
    path = written(tmp_path, HEADER, CASE, changed(CASE, field, content))
    with pytest.raises(VectorError) as error:
        list(read_cases(path))
    assert f"{path}: line 3: " in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("field", "content", "message"),
    [
        ("bg_g", ["00"] * 15, "bg_g: found"),
        ("bg_g", ["00"] * 15 + [0], "bg_g: found 0, expected up to 8 hexadecimal digits"),
        ("bg_f", {"9": "00"}, 'bg_f: found "9"'),
        ("bg_cr", 5, "bg_cr: found 5"),
        ("bg_cr", MISSING, "expected a field bg_cr"),
    ],
)
def test_a_wrong_header(tmp_path: Path, field: str, content: object, message: str) -> None:
    path = written(tmp_path, changed(HEADER, field, content), CASE)
    with pytest.raises(VectorError, match="line 1: ") as error:
        list(read_cases(path))
    assert message in str(error.value)


def test_lines_that_are_not_json(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    head = json.dumps(HEADER).encode()
    for line, message in (
        (b'{"i": 5,', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"i": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"\xff\xfe{", "not JSON"),
    ):
        path.write_bytes(head + b"\n" + line + b"\n")
        with pytest.raises(VectorError, match=f"line 2: .*{message}"):
            list(read_cases(path))


def test_empty_lines_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{json.dumps(HEADER)}\r\n\r\n{json.dumps(CASE)}\n\n".encode())
    assert [number for number, _ in read_cases(path)] == [1, 3]


def test_damaged_gzip_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = gzip.compress("".join(json.dumps(line) + "\n" for line in (HEADER, CASE)).encode(), mtime=0)
    path = tmp_path / "cases.jsonl.gz"
    for data in (whole[:-12], whole[:-8] + bytes(8), b"no gzip file", whole + b"garbage"):
        path.write_bytes(data)
        assert main(["vectors", str(path)]) == 2
        assert "not a whole gzip file" in capsys.readouterr().err


def test_processes_give_the_same_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = changed(CASE, "r", changed(RESULT, "g", {"1": "00000004"}))
    path = written(tmp_path, HEADER, *(changed(wrong if i % 40 == 7 else CASE, "i", i) for i in range(130)))
    assert main(["vectors", str(path)]) == 1
    alone = capsys.readouterr().out
    assert main(["vectors", str(path), "--jobs", "2"]) == 1
    assert capsys.readouterr().out == alone
    assert [line for line in alone.splitlines() if line.startswith("case")] == [
        f"case {i}: 020000 1A12         AR    1,2" for i in (7, 47, 87, 127)
    ]
    assert alone.splitlines()[-1] == "126 passed, 4 failed"
    assert main(["vectors", str(path), "--limit", "1"]) == 1
    assert "... and 3 more" in capsys.readouterr().out


def test_no_case_of_this_instruction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, HEADER, CASE)
    assert main(["vectors", str(path), "--only", "sr"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"no case of SR in {path}", "0 passed, 0 failed"]
