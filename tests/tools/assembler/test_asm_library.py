"""Source files and libraries: what card images are, folders, MACLIB files."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.images.ebcdic import to_ebcdic
from vm370.images.maclib import Maclib, MaclibMember, build_maclib
from vm370.tools.assembler import SourceError, SourceLibrary, assemble, assemble_file
from vm370.tools.assembler.library import decode_source

MACRO = ("         MACRO", "         RETURN", "         BR    14", "         MEND")


def cards(*lines: str) -> bytes:
    return b"".join(to_ebcdic(line.ljust(72) + f"{number:08d}") for number, line in enumerate(lines, 1))


def test_ebcdic_cards_with_sequence_numbers_and_continuation(tmp_path: Path) -> None:
    path = tmp_path / "SAMPLE.ASSEMBLE"
    path.write_bytes(
        cards("SAMPLE   CSECT", "         LA    1,".ljust(71) + "X", "               5", "¬        BR    14", " END")[
            :240
        ]
        + cards("         BR    14", "         END")
    )
    result = assemble_file(path)
    assert [str(message) for message in result.messages] == []
    assert result.text.hex() == "4110000507fe"


def test_cards_in_ascii() -> None:
    text = "".join(line.ljust(80) for line in ("A        CSECT", "         BR    14", "         END"))
    assert decode_source(text.encode(), "f").splitlines()[1].rstrip() == "         BR    14"
    assert assemble(decode_source(text.encode(), "f")).text.hex() == "07fe"


def test_a_sequence_field_may_hold_anything_upper_case() -> None:
    source = "A        CSECT".ljust(72) + "@V30 1+2" + "\n BR 14\n END\n"
    assert assemble(source).messages == []


def test_what_is_neither_text_nor_cards() -> None:
    with pytest.raises(SourceError, match=r"f:2:1: found byte X'C1' \(offset 2\), expected UTF-8 text or whole EBCDIC"):
        decode_source(b"A\n\xc1\xc2", "f")


def test_members_of_a_maclib(tmp_path: Path) -> None:
    path = tmp_path / "OWN.MACLIB"
    copy = MaclibMember("FIVE", (to_ebcdic("FIVE     EQU   5".ljust(80)),))
    path.write_bytes(build_maclib(Maclib((MaclibMember("RETURN", tuple(to_ebcdic(x.ljust(80)) for x in MACRO)), copy))))
    result = assemble("A CSECT\n COPY FIVE\n LA 1,FIVE\n RETURN\n END\n", "x", [path])
    assert result.messages == []
    assert result.text.hex() == "4110000507fe"
    bad = assemble("A CSECT\n NONE\n END\n", "x", [path])
    assert str(path) in str(bad.messages[0])


def test_the_first_library_wins(tmp_path: Path) -> None:
    (tmp_path / "return.mac").write_text(" MACRO\n RETURN\n BR 15\n MEND\n")
    path = tmp_path / "OWN.MACLIB"
    path.write_bytes(build_maclib(Maclib((MaclibMember("RETURN", tuple(to_ebcdic(x.ljust(80)) for x in MACRO)),))))
    source = "A CSECT\n RETURN\n END\n"
    assert assemble(source, "x", [tmp_path, path]).text.hex() == "07ff"
    assert assemble(source, "x", [path, tmp_path]).text.hex() == "07fe"


def test_a_library_that_is_not_there_or_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found no such file or folder, expected a folder of members or a MACLIB"):
        SourceLibrary([tmp_path / "none"])
    (tmp_path / "x").write_bytes(b"x" * 80)
    with pytest.raises(SourceError, match="expected `DMSLIB`"):
        SourceLibrary([tmp_path / "x"])
