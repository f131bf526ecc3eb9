"""``vm370 trace``: what it lists, and that it lists the same in every engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vm370.cp.engine.engines import ENGINES
from vm370.tools import cli
from vm370.tools.assembler import assemble
from vm370.tools.home import make_home

PROGRAM = """\
TRACED   START 0
         USING TRACED,0
         DC    X'00080000',A(BEGIN)
         ORG   TRACED+X'68'
         DC    X'00080000',A(CHECK)
         ORG   TRACED+X'800'
BEGIN    LA    3,TABLE
         L     2,4(3)
         AR    2,2
         MVC   0(4,3),4(3)
         LA    1,X'FF'
         EX    1,MOVE
         LE    2,TABLE+4
         DC    H'0'
MOVE     MVI   TABLE,X'00'
CHECK    CLI   TABLE,X'FF'
         BE    STOP
STOP     LPSW  END
TABLE    DC    F'0',F'-7'
END      DC    0D'0',X'000A0000',F'0'
         END   BEGIN
"""
EXPECTED = """\
000800 41300830     LA    3,2096(0,0)        000830                       R3=00000830
000804 58230004     L     2,4(3,0)           000834=FFFFFFF9              R2=FFFFFFF9
000808 1A22         AR    2,2                                             R2=FFFFFFF2 CC=1
00080A D20330003004 MVC   0(4,3),4(3)        000830=00000000 000834=FFFFFFF9
000810 411000FF     LA    1,255(0,0)         0000FF                       R1=000000FF
000814 4410081E     EX    1,2078(0,0)        00081E (MVI 2096(0),X'FF')
000818 78200834     LE    2,2100(0,0)        000834=FFFFFFF9              F2=FFFFFFF900000000
00081C 0000         DC    X'0000'                                         CC=0 -> 000822
000822 95FF0830     CLI   2096(0),X'FF'      000830=FFFFFFF9
000826 4780082A     BE    2090(0,0)          00082A
00082A 82000838     LPSW  2104(0)            000838=000A0000              PSW=000A0000 -> 000000
"""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    assembly = assemble(PROGRAM, "traced")
    assert assembly.severity == 0, assembly.messages
    path = tmp_path / "traced.image"
    path.write_bytes(assembly.text)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bare_machine(image: Path, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By hand: each effect follows from the program."""
    assert cli.main(["trace", str(image), "--engine", engine]) == 0
    shown = capsys.readouterr()
    assert shown.out == EXPECTED
    assert "PSW 000A000000000000; 11 instructions" in shown.err


def test_a_part_of_it_with_tiers_and_as_json(image: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["trace", str(image), "--engine", "reference", "--from", "808", "--count", "2"]
    assert cli.main([*arguments, "--tier"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"reference    {line}" for line in EXPECTED.splitlines()[2:4]]
    assert cli.main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == {
        "address": "000808",
        "bytes": "1A22",
        "text": "AR    2,2",
        "operands": [],
        "target": "",
        "changed": {"R2": "FFFFFFF2"},
        "cc": 1,
        "next": None,
        "tier": "reference",
    }


def test_start_at_an_address(image: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trace", str(image), "--start", "822", "--count", "1"]) == 0
    assert capsys.readouterr().out == "000822 95FF0830     CLI   2096(0),X'FF'      000830=00000000              CC=1\n"


def test_a_virtual_machine_in_every_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """IPL of the system disk and a command; the first instruction is where the IPL PSW of cms/ points."""
    home = tmp_path / "home"
    make_home(home, lambda text, done, steps: None)
    script = tmp_path / "script"
    script.write_text("QUERY DISK\n")
    listings = []
    for engine in ENGINES:
        arguments = ["--home", str(home), "--user", "CMSUSER", "--ipl", "190", "--script", str(script)]
        assert cli.main(["trace", *arguments, "--count", "18000", "--engine", engine]) == 0
        shown = capsys.readouterr()
        assert "as many as were asked for; 18000 instructions" in shown.err
        listings.append(shown.out.splitlines())
    assert len(listings[0]) == 18000
    assert listings[0][0].startswith("020000 05C0         BALR  12,0")
    assert all(listing == listings[0] for listing in listings)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ([], 2, "an IMAGE or --user ID is needed"),
        (["x", "--user", "y"], 2, "not both"),
        (["x", "--count", "0"], 2, "at least 1"),
        (["/no/such/file"], 1, "No such file"),
        (["--user", "CMSUSER", "--home", "/no/such/home"], 1, "there is no system"),
    ],
)
def test_what_cannot_be_traced(arguments: list[str], code: int, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trace", *arguments]) == code
    assert text in capsys.readouterr().err


def test_hostile_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "image"
    path.write_bytes(bytes(16 << 20))
    assert cli.main(["trace", str(path), "--load", "1000"]) == 1
    assert "more than 16 MiB" in capsys.readouterr().err
    path.write_bytes(b"")
    assert cli.main(["trace", str(path), "--count", "3"]) == 0
    kernel = tmp_path / "kernel.json"
    for text in ("", "[]", "{}", '{"name": 1}'):
        kernel.write_text(text)
        assert cli.main(["trace", str(kernel)]) == 1
