"""DUMP and VMDUMP, ADSTOP, and DCP DMCP STCP, which have nothing to show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.engine.engines import ENGINES
from vm370.cp.spool import PRINTER, READER
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import BadImage
from vm370.images.savedsystem import PageRange, SavedSystem
from vm370.images.vmdump import build, parse
from vm370.tools import cli

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    user.read()
    return user


def printed(cp: System, user: User) -> list[str]:
    user.type("CLOSE 00E")
    user.read()
    file = cp.spool.files(PRINTER, "ALPHA")[-1]
    return [from_ebcdic(record.data) for record in cp.spool.read(file)]


def run(cp: System, slices: int = 4) -> None:
    for _ in range(slices):
        cp.step()


# --- DUMP ---


def test_dump(alpha: User, cp: System) -> None:
    alpha.type("ST PSW FF000000 00012345 G0 1 G15 F Y0 4110", "ST L1000 C1C2C3C4 L1020 C1C2C3C4")
    alpha.vm.storage.set_key(0x1000, 0x30)
    alpha.read()
    assert alpha.type("DUMP 1004.50 *  the dump") == ["COMMAND COMPLETE"]
    zeros = " ".join(["00000000"] * 7)
    assert printed(cp, alpha) == [
        "",
        "*  the dump",
        "PSW = FF000000 00012345",
        "",
        "GPR  0 = 00000001 " + zeros,
        "GPR  8 = " + zeros + " 0000000F",
        "FPR  0 = 4110000000000000 0000000000000000 0000000000000000 0000000000000000",
        "",
        "001000 TO 0017FF KEY = 30",
        "",
        f"001000  C1C2C3C4 {zeros}  *ABCD............................*",
        "001020 TO 00103F SUPPRESSED LINE(S) SAME AS ABOVE",
        f"001040  00000000 {zeros}  *................................*",
    ]


def test_dump_of_all_storage(alpha: User, cp: System) -> None:
    """512 KiB: the terminal hears of each 64 KiB; zeros take two lines for each."""
    said = alpha.type("DUMP T-END")
    assert said == [f"DUMPING LOC {at:06X}" for at in range(0x10000, 0x80000, 0x10000)] + ["COMMAND COMPLETE"]
    lines = printed(cp, alpha)
    assert lines[-3].startswith("070000  00000000")
    assert lines[-2] == "070020 TO 07FFDF SUPPRESSED LINE(S) SAME AS ABOVE"
    assert lines[-1].startswith("07FFE0  00000000")


def test_dump_with_control_registers(logged_on: Logon, cp: System) -> None:
    alpha = logged_on("ALPHA")
    alpha.type("SET ECMODE ON", "DUMP 0")
    assert "ECR  0 = 000000E0" in printed(cp, alpha)[6]


@pytest.mark.parametrize(
    ("operands", "answer"),
    [
        ("XYZ", "DMKCDM004E INVALID HEXLOC - XYZ"),
        ("80000", "DMKCDB160E NONADDRESSABLE STORAGE - 080000"),
        ("20-10", "DMKCDM009E INVALID RANGE - 20-10"),
    ],
)
def test_invalid_ranges_of_dump(alpha: User, operands: str, answer: str) -> None:
    assert alpha.type(f"DUMP {operands}") == [answer.replace("CDB160", "CDM160")]


# --- VMDUMP ---


def test_vmdump_and_what_shows_it(alpha: User, cp: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alpha.type("ST PSW FF000000 00012345 G0 1 G15 F", "ST L3FFC C1C2C3C4")
    alpha.vm.storage.set_key(0x3800, 0x40)
    alpha.read()
    assert "COMMAND COMPLETE" in alpha.type("VMDUMP 1004 3FFC-4001 FORMAT CMS TO * * a  dump")
    (file,) = cp.spool.files(READER, "ALPHA")
    assert (file.spool_class, file.name, file.type) == ("V", "VMDUMP", "CMS")
    data = b"".join(record.data.ljust(80, b"\x40") for record in cp.spool.read(file))
    dump = parse(data, "reader file")
    assert (dump.userid, dump.format, dump.description, dump.storage) == ("ALPHA", "CMS", " a  dump", 512 << 10)
    assert (dump.psw.hex().upper(), dump.general[0], dump.general[15]) == ("FF00000000012345", 1, 15)
    assert dump.ranges() == [(0x1000, 0x1FFF), (0x3000, 0x4FFF)]
    page = dump.page(0x3FFC)
    assert page is not None
    assert (page.key1, page.key2, page.data[-4:].hex().upper()) == (0, 0x40, "C1C2C3C4")
    place = tmp_path / "dump"
    place.write_bytes(data)
    assert cli.main(["dump", str(place), "--range", "3FE0-4010"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:4] == [
        "ALPHA CMS   a  dump",
        f"STORAGE = 00512K  TOD = {dump.tod:016X}",
        "PSW = FF000000 00012345",
        "GPR  0 = 00000001 00000000 00000000 00000000",
    ]
    zeros = " ".join(["00000000"] * 4)
    assert shown[-6:] == [
        "001000 TO 001FFF",
        "003000 TO 004FFF",
        f"003FE0  {zeros}    *................*",
        "003FF0  00000000 00000000 00000000 C1C2C3C4    *............ABCD*",
        f"004000  {zeros} 00 *................*",
        "        1 LINE(S) SAME AS ABOVE",
    ]
    assert cli.main(["dump", str(place), "--json"]) == 0
    assert '"psw": "FF00000000012345"' in capsys.readouterr().out


def test_vmdump_for_somebody_else(alpha: User, cp: System) -> None:
    alpha.type("VMDUMP 0 TO BETA", "VMDUMP 0 SYSTEM")
    assert [file.owner for file in cp.spool.files(READER)] == ["BETA", "OPERATOR"]
    assert [file.type for file in cp.spool.files(READER)] == ["FILE", "FILE"]


@pytest.mark.parametrize(
    ("operands", "answer"),
    [
        ("TO", "DMKVMD020E USERID MISSING OR INVALID"),
        ("TO NOBODY", "DMKVMD053E NOBODY NOT IN CP DIRECTORY"),
        ("FORMAT TOOLONGNAME", "DMKVMD002E INVALID OPERAND - TOOLONGNAME"),
        ("0 1000 2000 3000", "DMKVMD009E MORE THAN 3 AREAS"),
        ("80000", "DMKVMD160E NONADDRESSABLE STORAGE - 080000"),
    ],
)
def test_invalid_operands_of_vmdump(alpha: User, operands: str, answer: str) -> None:
    assert alpha.type(f"VMDUMP {operands}") == [answer]


def test_damaged_dumps(alpha: User, cp: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any cut and any changed byte of the first 400 is a dump, or an error with file and offset."""
    alpha.type("VMDUMP 1000 *d")
    (file,) = cp.spool.files(READER, "ALPHA")
    data = b"".join(record.data.ljust(80, b"\x40") for record in cp.spool.read(file))
    assert build(parse(data, "x")) == data
    for length in (0, 7, 100, 331, 335):
        with pytest.raises(BadImage, match="x: offset"):
            parse(data[:length], "x")
    for at in range(400):
        for value in (0, 0xFF):
            try:
                parse(data[:at] + bytes([value]) + data[at + 1 :], "x")
            except BadImage:
                continue
    place = tmp_path / "bad"
    place.write_bytes(b"no dump")
    assert cli.main(["dump", str(place)]) == 1
    assert "expected a dump of VMDUMP" in capsys.readouterr().err


# --- ADSTOP ---


@pytest.mark.parametrize("engine", list(ENGINES))
def test_adstop_in_every_engine(alpha: User, cp: System, engine: str) -> None:
    """Stopped before the instruction; the next time it is executed, and the stop is gone."""
    cp.engines.wait()
    alpha.type(f"SET ENGINE {engine.upper()}", "ST S800 41220001 46300800 82000C08 LC08 20000 E0D G3 5 PSW 0 800")
    alpha.read()
    assert alpha.type("ADSTOP 804", "D 804.4") == ["000804  46300800"]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.read() == ["ADSTOP AT 000804", "CP"]
    assert alpha.type("D PSW", "D G2-3", "D 804") == [
        "PSW = 00000000 00000804",
        "GPR  2 = 00000001 00000005",
        "000804  46300800",
    ]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.read() == ["DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000E0D'"]
    assert alpha.vm.cpu.gr[2] == 5


def test_adstop_at_the_target_of_execute(alpha: User, cp: System) -> None:
    """The stop is before EX: that is the instruction that is executed next."""
    alpha.type("ST S800 44000C00 82000C08 LC08 20000 E0D SC00 1A22 G2 1 PSW 0 800", "ADSTOP C00", "BEGIN")
    alpha.read()
    run(cp)
    assert alpha.read() == ["ADSTOP AT 000C00", "CP"]
    assert alpha.type("D PSW") == ["PSW = 00000000 00000800"]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.vm.cpu.gr[2] == 2


def test_what_ends_an_adstop(alpha: User) -> None:
    alpha.type("ST S800 1B221B331B44")
    read = alpha.vm.storage.read
    alpha.type("ADSTOP 800")
    assert read(0x800, 2).hex() == "0ab3"
    alpha.type("ADSTOP 802")
    assert read(0x800, 4).hex() == "1b220ab3"
    alpha.type("ADSTOP OFF")
    assert read(0x800, 4).hex() == "1b221b33"
    alpha.type("ADSTOP 804", "SYSTEM RESET")
    assert read(0x804, 2).hex() == "1b44"
    alpha.type("ADSTOP 804", "SYSTEM CLEAR")
    assert read(0x804, 2).hex() == "0000"
    alpha.type("ADSTOP 804", "DEFINE STORAGE 256K")
    assert alpha.vm.tracing.stop_address is None


def test_store_under_an_adstop(alpha: User) -> None:
    alpha.type("ST S800 1B221B33", "ADSTOP 802", "ST S803 44")
    assert alpha.type("D 800")[-1].startswith("000800  1B221B44")
    alpha.type("ADSTOP OFF")
    assert alpha.vm.storage.read(0x800, 4).hex() == "1b221b44"


def test_svc_179_of_the_guest_is_its_own(alpha: User, cp: System) -> None:
    alpha.type("ST S800 0AB3 L60 20000 E0D PSW 0 800", "ADSTOP 900", "BEGIN")
    alpha.read()
    run(cp)
    assert "DISABLED WAIT" in alpha.read()[0]


@pytest.mark.parametrize(
    ("operands", "answer"),
    [
        ("", "DMKCFD033E HEXLOC MISSING OR INVALID"),
        ("801", "DMKCFD004E INVALID HEXLOC - 801"),
        ("XX", "DMKCFD004E INVALID HEXLOC - XX"),
        ("FFFFFE", "DMKCFD160E NONADDRESSABLE STORAGE - FFFFFE"),
        ("800 900", "DMKCFD002E INVALID OPERAND - 900"),
    ],
)
def test_invalid_operands_of_adstop(alpha: User, operands: str, answer: str) -> None:
    assert alpha.type(f"ADSTOP {operands}") == [answer]


# --- DCP DMCP STCP ---


def test_real_storage(logged_on: Logon, alpha: User) -> None:
    operator = logged_on("OPERATOR")
    operator.type("SET EMSG ON")
    operator.read()
    nothing = ["NO SYSTEM/370 REAL STORAGE ON THIS SYSTEM"]
    assert operator.type("DCP 0.100 T200") == nothing
    assert operator.type("DMCP 0-FFF *why not") == nothing
    assert operator.type("STCP S200 00") == nothing
    assert operator.type("DCP XYZ") == ["DMKCDB004E INVALID HEXLOC - XYZ"]
    assert operator.type("STCP 200") == ["DMKCDS033E HEXDATA MISSING OR INVALID"]
    assert alpha.type("DCP 0") == ["DMKCFC001E ?CP: DCP 0"]


# --- shared segments ---


def test_changes_in_a_shared_segment_are_the_users_own(cp: System, alpha: User, logged_on: Logon) -> None:
    """A segment above the machine: it can be shown, and STORE and ADSTOP change one user's copy, with a warning."""
    beta = logged_on("BETA")
    beta.type("SET EMSG ON")
    beta.read()
    cp.saved.save(SavedSystem("SEG", (PageRange(0xF00, 0xF01, shared=True),), b"\x11" * 8192, b"\xe0" * 4))
    for user in (alpha, beta):
        user.vm.load_segment("SEG")
    assert alpha.type("D F00010") == ["F00010  11111111"]
    warning = "DMKVMA181E SHARED SYSTEM SEG REPLACED WITH NON-SHARED COPY"
    assert alpha.type("STORE F00010 22") == [warning, "STORE COMPLETE"]
    assert alpha.type("STORE F00014 22") == ["STORE COMPLETE"]
    assert beta.type("ADSTOP F00010") == [warning]
    assert alpha.type("D F00010.8") == ["F00010  00000022 00000022"]
    assert beta.vm.storage.read(0xF00010, 2).hex() == "0ab3"
    assert beta.type("D F00010 F02000") == ["F00010  11111111", "DMKCDB160E NONADDRESSABLE STORAGE - F02000"]
    beta.vm.purge_segment("SEG")
    assert beta.type("ADSTOP OFF") == []
