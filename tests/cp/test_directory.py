"""The CP directory source: statements, order, faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.cp.directory import (
    ConsoleStatement,
    DedicateStatement,
    DirectoryError,
    IplStatement,
    LinkStatement,
    MdiskStatement,
    SpecialStatement,
    SpoolStatement,
    UserEntry,
    source,
)
from vm370.cp.directory.entries import IucvStatement

PATH = Path("USER DIRECT")

DECK = """\
* a comment                                                            00000010
DIRECTORY 123 3350 VMSRES                                              00000020

USER HANS SECRET 512K 4M BG 50 OFF ON 7C "
 ACCOUNT 4711 BIN17
 OPTION REALTIMER ECMODE CPUID ABC123
 OPT BMX AFF 01
 IPL CMS PARM AUTOCR
 CONSOLE 01F 3215 T OPERATOR
 MDISK 191 3350 101 005 VMUSR1 WRV READER WRITER ALL
 MDISK 192 3330 T-DISK 7
 MDISK 193 FB-512 16 2000 FBAVOL RR
 SPOOL C 2540 READ *
 SPOOL 00D 2540 PUNCH
 SPOOL 00E 1403 B
 DEDICATE 181 582
 DED 230 VOLID OSRES1 R/O
 LINK MAINT 190
 L MAINT 19E 29E RR
 SPECIAL 0F0 2702 TELE
 SPE 6FF TIMER
"""


def parse(deck: str) -> dict[str, UserEntry]:
    return source.parse(deck, PATH)


def faults(deck: str) -> list[tuple[int, str, str]]:
    with pytest.raises(DirectoryError) as caught:
        parse(deck)
    return [(fault.line, fault.found, fault.expected) for fault in caught.value.faults]


def user(*statements: str) -> str:
    return "DIRECTORY 123 3350 VMSRES\nUSER HANS SECRET 512K 4M\n" + "\n".join(statements)


def test_every_statement() -> None:
    entry = parse(DECK)["HANS"]
    assert (entry.line, entry.password, entry.storage_size, entry.max_storage_size) == (4, "SECRET", 512 << 10, 4 << 20)
    assert (entry.classes, entry.priority, entry.account, entry.distribution) == ("BG", 50, "4711", "BIN17")
    editing = entry.editing
    assert (editing.line_end, editing.line_delete, editing.character_delete, editing.escape) == (None, "¢", "@", '"')
    options = entry.options
    assert (options.realtimer, options.ecmode, options.bmx, options.isam, options.affinity) == (
        True,
        True,
        True,
        False,
        1,
    )
    assert entry.cpu_serial == 0xABC123
    assert entry.ipl == IplStatement(8, "CMS", "AUTOCR")
    assert entry.console == ConsoleStatement(9, 0x01F, "3215", "T", "OPERATOR")
    assert entry.mdisks == (
        MdiskStatement(10, 0x191, "3350", 101, 5, "VMUSR1", "WR", True, ("READER", "WRITER", "ALL")),
        MdiskStatement(11, 0x192, "3330", 0, 7, ""),
        MdiskStatement(12, 0x193, "FB-512", 16, 2000, "FBAVOL", "RR"),
    )
    assert entry.spools == (
        SpoolStatement(13, 0x00C, "2540R", "*"),
        SpoolStatement(14, 0x00D, "2540P", "A"),
        SpoolStatement(15, 0x00E, "1403", "B"),
    )
    assert entry.dedicates == (
        DedicateStatement(16, 0x181, "582"),
        DedicateStatement(17, 0x230, "OSRES1", by_volume=True, read_only=True),
    )
    assert entry.links == (
        LinkStatement(18, "MAINT", 0x190, 0x190, "R"),
        LinkStatement(19, "MAINT", 0x19E, 0x29E, "RR"),
    )
    assert entry.specials == (SpecialStatement(20, 0x0F0, "2702", "TELE"), SpecialStatement(21, 0x6FF, "TIMER"))
    assert [statement.line for statement in entry.device_statements()] == list(range(9, 22))


def test_defaults_of_the_user_statement() -> None:
    entry = parse("DIR 123 3350 VMSRES\nU NOBODY NOLOG")["NOBODY"]
    assert entry.nolog
    assert (entry.storage_size, entry.max_storage_size, entry.classes, entry.priority) == (131072, 131072, "G", 64)
    assert (entry.account, entry.distribution) == ("NOBODY", "NOBODY")
    assert (entry.editing.line_end, entry.editing.escape) == ("#", '"')


def test_maximum_storage_defaults_to_storage_and_sizes_round_up_to_4k() -> None:
    entry = parse("DIR 123 3350 VMSRES\nUSER A PW 9K")["A"]
    assert entry.storage_size == entry.max_storage_size == 12 << 10


def test_columns_behind_71_are_not_read() -> None:
    deck = user(" LINK MAINT 190 190 RR".ljust(71) + "00000100", " LINK MAINT 19E".ljust(70) + "XYZ")
    assert faults(deck) == [(4, "X", "a device address of up to 3 hexadecimal digits")]


@pytest.mark.parametrize(
    ("statement", "found", "expected"),
    [
        ("FOO 1", "FOO", "a statement"),
        ("MDISK 191 3350 550 20 VOL001", "cylinders 550 to 569", "within the 560 cylinders of a 3350"),
        ("MDISK 191 9999 1 1 VOL001", "9999", "a disk device type"),
        ("MDISK 191 3350 1 0 VOL001", "0", "1 to 560"),
        ("MDISK 191 3350 1 1", "nothing", "a volume serial"),
        ("MDISK 191 3350 1 1 TOOLONG7", "TOOLONG7", "volume serial"),
        ("MDISK 191 3350 1 1 VOL001 X", "X", "an access mode"),
        ("TAPE 180 3420 a.aws RING X", "X", "no further operand"),
        ("MDISK 191 3350 1 1 VOL001 R TOOLONGPW", "a password of 9 characters", "1 to 8"),
        ("MDISK 1G1 3350 1 1 VOL001", "1G1", "device address"),
        ("MDISK 0191 3350 1 1 VOL001", "0191", "device address"),
        ("MDISK 600 3350 1 1 VOL001", "device address 600", "without OPTION ECMODE"),
        ("SPOOL 00C 2540", "nothing", "READER or PUNCH"),
        ("SPOOL 00C 2540 R %", "%", "a spool class"),
        ("SPOOL 00E 1403 *", "*", "a spool class"),
        ("CONSOLE 009 3350", "3350", "a console type"),
        ("LINK MAINT", "nothing", "a device address"),
        ("LINK MAINT 190 190 RW", "RW", "an access mode"),
        ("OPTION NONSENSE", "NONSENSE", "an option"),
        ("OPTION", "nothing", "an option"),
        ("OPTION CPUID XYZ", "XYZ", "six hexadecimal digits"),
        ("IUCV", "nothing", "ANY, ALLOW, a user ID or a service"),
        ("IUCV *", "*", "ANY, ALLOW, a user ID or a service"),
        ("IUCV ANY MSGLIMIT 256", "256", "1 to 255"),
        ("IUCV ANY MSGLIMIT", "nothing", "a number after MSGLIMIT"),
        ("IUCV ANY PRIORITY PRIORITY", "PRIORITY", "once"),
        ("IPL CMS PARM", "nothing", "1 to 64 characters after PARM"),
        ("ACCOUNT TOOLONGNUMBER", "TOOLONGNUMBER", "up to 8"),
        ("SPECIAL 020 1403", "1403", "without a real device"),
        ("DEDICATE 181", "nothing", "a real device address or a volume serial"),
        ("USER SYSTEM PW", "SYSTEM", "a user ID"),
        ("USER TOOLONGID PW", "TOOLONGID", "a user ID"),
        ("USER HANS PW", "HANS", "not defined yet (line 2)"),
        ("USER A", "nothing", "a password or NOLOG"),
        ("USER A PW 4K", "4K", "a storage size"),
        ("USER A PW 17M", "17M", "a storage size"),
        ("USER A PW 2M 1M", "1M", "a maximum storage size, 2M to 16M"),
        ("USER A PW 1M 1M GX", "GX", "privilege classes"),
        ("USER A PW 1M 1M GG", "GG", "privilege classes"),
        ("USER A PW 1M 1M G 100", "100", "a priority, 0 to 99"),
        ("USER A PW 1M 1M G 50 ABC", "ABC", "an editing symbol"),
        ("DIRECTORY 123 3350 VMSRES", "DIRECTORY", "the first statement"),
    ],
)
def test_fault(statement: str, found: str, expected: str) -> None:
    [(line, actual_found, actual_expected)] = faults(user(statement))
    assert (line, actual_found) == (3, found)
    assert expected in actual_expected


def test_iucv() -> None:
    entry = parse(user("IUCV ANY", "IU ALLOW P M 7", "IUCV OTTO MSGLIMIT 255 PRIORITY", "IUCV *MSG"))["HANS"]
    assert entry.iucv == (
        IucvStatement("ANY"),
        IucvStatement("ALLOW", priority=True, limit=7),
        IucvStatement("OTTO", priority=True, limit=255),
        IucvStatement("*MSG"),
    )
    assert faults(user("IUCV ANY", "IUCV ANY PRIORITY"))[0][1] == "a second IUCV ANY"


def test_faults_are_collected_with_their_lines() -> None:
    deck = user(" MDISK 191 3350 1 X VOL001", " NONSENSE", "USER OTTO", " CONSOLE 009 3215", " CONSOLE 009 3215")
    assert [line for line, _, _ in faults(deck)] == [3, 4, 5, 7]


def test_order() -> None:
    assert faults("USER A PW")[0][:2] == (1, "USER")
    assert faults("DIR 123 3350 VMSRES\n CONSOLE 009 3215") == [(2, "CONSOLE", "a USER statement before it")]
    assert faults("* nothing\n")[0][1] == "no statement"
    for statement in ("ACCOUNT 1", "OPTION BMX", "IPL CMS"):
        [(line, found, expected)] = faults(user(" CONSOLE 009 3215", statement))
        assert (line, found, expected) == (4, statement.split()[0], "it before the device statements (line 3)")
    assert faults(user("ACCOUNT 1", "ACCOUNT 2"))[0][1] == "a second ACCOUNT"
    assert faults(user("SPOOL 00C 2540 R", "LINK MAINT 190 00C"))[0][1:] == (
        "device address 00C",
        "one that is not defined yet (line 3)",
    )


def test_message_names_file_line_found_and_expected(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError) as caught:
        parse(user("SPOOL 00C 2540"))
    assert str(caught.value) == "USER DIRECT: line 3: found nothing, expected READER or PUNCH"


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match="a readable CP directory"):
        source.read(tmp_path / "directory")
    (tmp_path / "directory").write_bytes(b"DIRECTORY\n\xffUSER")
    with pytest.raises(DirectoryError, match="line 2: found X'FF', expected UTF-8 text"):
        source.read(tmp_path / "directory")
