"""Real devices: MOUNT UNMOUNT ATTACH DETACH VARY ENABLE DISABLE HALT REWIND LOCK, and QUERY of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.io.device import Supply, UnitStatus
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import PRINTER, Destination
from vm370.cp.system import System
from vm370.images.ckd import CkdImage, format_track
from vm370.images.ebcdic import to_ebcdic
from vm370.images.tapes.aws import AwsTape

Logon = Callable[[str], User]


@pytest.fixture
def operator(logged_on: Logon) -> User:
    user = logged_on("OPERATOR")
    user.read()
    return user


@pytest.fixture
def alpha(logged_on: Logon, operator: User) -> User:
    user = logged_on("ALPHA")
    user.read()
    operator.read()
    return user


@pytest.fixture
def tape(home: Path) -> Path:
    """A tape with one block."""
    path = home / "tapes" / "one.aws"
    path.parent.mkdir()
    image = AwsTape.create(path)
    image.write(b"BLOCK")
    image.close()
    return path


def execute(user: User, vaddr: int, command: int, data: bytes = b"") -> tuple[UnitStatus, bytes]:
    outcome = user.vm.devices[vaddr].execute(command, Supply(lambda limit: data[:limit]), len(data))
    return outcome.status, outcome.data


# --- tapes ---


def test_a_tape_is_mounted_attached_and_unloaded(cp: System, operator: User, alpha: User, tape: Path) -> None:
    assert operator.type("MOUNT 181 ONE.AWS") == ["TAPE 181 one.aws MOUNTED NORING"]
    assert operator.type("QUERY 181") == ["TAPE 181 FREE   one.aws NORING"]
    assert operator.type("ATTACH 181 TO ALPHA AS 182") == ["TAPE 181 ATTACH TO ALPHA    182"]
    assert alpha.read() == ["TAPE 182 ATTACHED"]
    assert operator.type("QUERY 181") == ["TAPE 181 ATTACHED TO ALPHA    182   one.aws NORING"]
    assert execute(alpha, 0x182, 0x02)[1] == b"BLOCK"
    assert execute(alpha, 0x182, 0x01, b"NEW")[0] & UnitStatus.UNIT_CHECK
    assert alpha.type("REWIND 182") == ["REWIND COMPLETE"]
    assert execute(alpha, 0x182, 0x02)[1] == b"BLOCK"
    assert operator.type("DETACH 181 FROM ALPHA") == ["TAPE 181 DETACH ALPHA    182"]
    assert alpha.read() == ["TAPE 182 DETACHED BY OPERATOR"]
    assert 0x182 not in alpha.vm.devices
    assert operator.type("QUERY 181") == ["TAPE 181 FREE"]
    AwsTape.open(tape).close()  # nobody has the file


def test_what_the_user_detaches_is_free(cp: System, operator: User, alpha: User, tape: Path) -> None:
    operator.type("MOUNT 181 one.aws RING", "ATTACH 181 ALPHA 181")
    assert execute(alpha, 0x181, 0x01, b"NEW")[0] == UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END
    alpha.type("DETACH 181")
    assert operator.type("QUERY 181")[-1].startswith("TAPE 181 FREE")
    cp.step()
    assert operator.read() == ["TAPE 181 DETACHED BY ALPHA"]
    with_block = AwsTape.open(tape)
    assert with_block.read() == b"NEW"
    with_block.close()


def test_logoff_frees_devices(cp: System, operator: User, alpha: User, tape: Path) -> None:
    operator.type("MOUNT 181 one.aws", "ATTACH 181 ALPHA 181")
    alpha.type("LOGOFF")
    cp.step()
    assert "TAPE 181 DETACHED BY ALPHA" in operator.read()
    assert operator.type("MOUNT 181 one.aws") == ["TAPE 181 one.aws MOUNTED NORING"]


def test_a_tape_mounted_on_an_attached_drive_makes_it_ready(
    cp: System, operator: User, alpha: User, tape: Path
) -> None:
    operator.type("ATTACH 182 ALPHA 181")
    assert execute(alpha, 0x181, 0x02)[0] & UnitStatus.UNIT_CHECK
    assert alpha.type("REWIND 181")[-1] == "TAPE 181 NO TAPE MOUNTED"
    operator.type("MOUNT 182 one.aws")
    assert execute(alpha, 0x181, 0x02)[1] == b"BLOCK"
    assert operator.type("UNMOUNT 182")[-1] == "TAPE 182 UNMOUNTED"
    assert execute(alpha, 0x181, 0x02)[0] & UnitStatus.UNIT_CHECK


def test_a_new_tape(home: Path, operator: User) -> None:
    assert operator.type("MOUNT 183 new.het NEW RING") == ["TAPE 183 new.het MOUNTED RING"]
    assert (home / "tapes" / "new.het").stat().st_size == 0
    assert operator.type("UNMOUNT 183", "MOUNT 183 new.het NEW")[-1].startswith("TAPE 183 NOT MOUNTED; ")


@pytest.mark.parametrize("name", ["../directory", "none.aws", "sub/../../directory"])
def test_only_files_of_the_folder_are_mounted(home: Path, operator: User, tape: Path, name: str) -> None:
    assert operator.type(f"MOUNT 181 {name}")[0].startswith("TAPE 181 NOT MOUNTED; ")
    (home / "tapes" / "link.aws").symlink_to(home / "directory")
    assert operator.type("MOUNT 181 link.aws") == ["TAPE 181 NOT MOUNTED; link.aws is not in tapes"]


def test_an_absolute_path_needs_class_a(logged_on: Logon, operator: User, tape: Path) -> None:
    maint = logged_on("MAINT")  # class B and G
    maint.read()
    assert maint.type(f"MOUNT 181 {tape}") == ["TAPE 181 NOT MOUNTED; an absolute path needs class A"]
    assert operator.type(f"MOUNT 181 {tape}")[-1:] == ["TAPE 181 one.aws MOUNTED NORING"]


def test_a_range_goes_on_behind_errors(operator: User, alpha: User) -> None:
    operator.type("VARY OFFLINE 181", "SET EMSG ON")
    answer = operator.type("ATTACH 180-183 ALPHA")
    assert answer == [
        "TAPE 180 ATTACH TO ALPHA    180",
        "TAPE 182 ATTACH TO ALPHA    182",
        "TAPE 183 ATTACH TO ALPHA    183",
        "DMKVDA046E TAPE 181 OFFLINE",
    ]
    assert operator.type("DETACH 180 182-183 FROM ALPHA") == [f"TAPE {n} DETACH ALPHA    {n}" for n in (180, 182, 183)]


# --- volumes ---


def test_the_volumes_of_the_home_are_the_systems(operator: User, alpha: User) -> None:
    assert operator.type("QUERY DASD") == ["DASD 130 CP SYSTEM FBAVOL 001", "DASD 131 CP OWNED  SYSVOL 002"]
    assert operator.type("QUERY SYSTEM 131") == ["ALPHA    190 R/O, ALPHA    191 R/W"]
    assert operator.type("DETACH 130 FROM SYSTEM") == ["DASD 130 IN USE BY 001 USERS"]
    assert operator.type("DETACH 131 SYSTEM") == ["DASD 131 CP OWNED VOLUME"]
    assert operator.type("ATTACH 131 ALPHA 400") == ["DASD 131 ALREADY ATTACHED TO SYSTEM"]


def test_a_detached_volume_cannot_be_linked(operator: User, logged_on: Logon) -> None:
    assert operator.type("DETACH 130 SYSTEM") == ["DASD 130 DETACH SYSTEM"]
    alpha = logged_on("ALPHA")
    assert 0x292 not in alpha.vm.devices
    operator.read()
    assert operator.type("ATTACH 130 SYSTEM AS WRONG") == ["DASD 130 NOT ATTACHED; VOLID WRONG NOT FOUND"]
    assert operator.type("ATTACH 130 TO SYSTEM AS FBAVOL") == ["DASD 130 ATTACH TO SYSTEM FBAVOL"]
    assert alpha.type("LINK * 292 292 W")[-1].startswith("DASD 292 LINKED R/W")


def test_a_volume_of_any_name_is_mounted_and_attached(home: Path, operator: User, logged_on: Logon) -> None:
    CkdImage.create(home / "disks" / "some-file.img", "3350", 10, volser="NOVOL").close()
    assert operator.type("MOUNT 132 some-file.img") == ["DASD 132 some-file.img MOUNTED NOVOL"]
    assert operator.type("ATTACH 132 SYSTEM NOVOL") == ["DASD 132 ATTACH TO SYSTEM NOVOL"]
    maint = logged_on("MAINT")
    assert 0x193 in maint.vm.devices
    assert operator.type("UNMOUNT 132")[-1] == "DASD 132 ATTACHED TO SYSTEM"


def test_a_whole_volume_for_a_user(home: Path, operator: User, alpha: User) -> None:
    CkdImage.create(home / "disks" / "own.img", "3350", 10, volser="OWN").close()
    operator.type("MOUNT 132 own.img")
    assert operator.type("ATTACH 132 ALPHA 400 R/O") == ["DASD 132 ATTACH TO ALPHA    400 R/O"]
    assert alpha.vm.devices[0x400].read_only
    assert alpha.vm.devices[0x400].type.name == "3350"
    operator.type("DETACH 132 ALPHA", "ATTACH 132 ALPHA 400")
    assert not alpha.vm.devices[0x400].read_only
    operator.type("DETACH 132 ALPHA")
    assert operator.type("QUERY 132") == ["DASD 132 FREE   OWN"]
    assert operator.type("UNMOUNT 132") == ["DASD 132 UNMOUNTED"]
    CkdImage.open(home / "disks" / "own.img").close()


# --- unit record devices of a user's own ---


def test_a_dedicated_printer_needs_no_spool(cp: System, home: Path, operator: User, alpha: User) -> None:
    operator.type("START 00E")
    assert operator.type("ATTACH 00E ALPHA 01E")[-1] == "PRT 00E ALREADY ATTACHED TO SYSTEM"
    operator.type("DRAIN 00E", "ATTACH 00E ALPHA 01E")
    execute(alpha, 0x01E, 0x09, to_ebcdic("DIRECT"))
    assert operator.type("START 00E")[-1] == "PRT 00E ATTACHED TO ALPHA"
    operator.type("DETACH 00E ALPHA")
    assert [path.read_text() for path in (home / "print").iterdir()] == ["DIRECT\n"]
    assert cp.spool.files() == []


# --- VARY, ENABLE, DISABLE, HALT, LOCK ---


def test_vary(operator: User) -> None:
    assert operator.type("VARY OFF 181 182") == ["COMMAND COMPLETE"]
    assert operator.type("QUERY TAPES OFFLINE") == ["TAPE 181 OFFLINE, TAPE 182 OFFLINE"]
    assert operator.type("VARY ON 181-182") == ["COMMAND COMPLETE"]
    assert operator.type("QUERY TAPES OFFLINE") == ["TAPE OFFLINE NONE"]
    assert operator.type("VARY OFF 131") == ["DASD 131 ATTACHED TO SYSTEM"]


def test_a_disabled_terminal(operator: User, new_user: Callable[[], User]) -> None:
    other = new_user()
    other.read()
    assert operator.type("DISABLE ALL") == ["COMMAND COMPLETE"]
    assert other.type("LOGON ALPHA ALPHA NOIPL") == ["TERMINAL NOT ENABLED"]
    assert new_user().type("LOGON BETA BETA NOIPL")[-1] == "TERMINAL NOT ENABLED"
    assert operator.type("QUERY GRAF") == [
        "GRAF 0C0 LOGON AS OPERATOR",
        "GRAF 0C1 DISABLED",
        "GRAF 0C2 DISABLED",
    ]
    operator.type("ENABLE 0C1")
    assert other.type("LOGON ALPHA ALPHA NOIPL") != ["TERMINAL NOT ENABLED"]
    assert operator.type("DISABLE 0C0")[-1] == "INVALID DEVICE TYPE - 0C0"


def test_halt_puts_a_file_back(cp: System, home: Path, operator: User) -> None:
    file = cp.spool.add(PRINTER, "ALPHA", [Record(9, b"\xc1")], Destination(PRINTER, "ALPHA"))
    operator.type("START 00E")
    cp.step()
    assert operator.type("HALT 00E")[-1] == "COMMAND COMPLETE"
    assert cp.spool.files() == [file]
    assert not list((home / "print").iterdir())


def test_lock(operator: User, alpha: User) -> None:
    answer = operator.type("LOCK ALPHA 0 1 MAP")
    if "THE HOST SAYS" in answer[0]:
        pytest.skip("the host lets nobody lock pages")
    assert [line[:30] for line in answer[:2]] == [f"VIRTUAL PAGE {n:03X} HOST ADDRESS " for n in (0, 1)]
    assert int(answer[1].split()[-1], 16) - int(answer[0].split()[-1], 16) == 4096
    assert answer[2] == "COMMAND COMPLETE"
    assert operator.type("UNLOCK ALPHA 0 1") == ["COMMAND COMPLETE"]
    assert operator.type("LOCK ALPHA 0 FFF") == ["INVALID RANGE - 0-FFF"]
    assert operator.type("LOCK SYSTEM 0 1") == ["PAGES NOT LOCKED; CP HAS NO PAGES OF ITS OWN"]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("ATTACH", "DMKVDA021E RADDR MISSING OR INVALID"),
        ("ATTACH 181", "DMKVDA020E USERID MISSING OR INVALID"),
        ("ATTACH 181 TO NOBODY", "DMKVDA045E NOBODY NOT LOGGED ON"),
        ("ATTACH 999 TO *", "DMKVDA040E DEV 999 DOES NOT EXIST"),
        ("ATTACH 0C0 TO * 020", "DMKVDA006E INVALID DEVICE TYPE - 0C0"),
        ("ATTACH 181 TO * 01F", "DMKVDA121E TAPE 181 NOT ATTACHED; CONS 01F ALREADY DEFINED"),
        ("ATTACH 181 TO SYSTEM AS X", "DMKVDA006E INVALID DEVICE TYPE - 181"),
        ("ATTACH 132 TO SYSTEM AS X", "DMKVDA126E DASD 132 NOT ATTACHED; NOT READY"),
        ("ATTACH 132 TO SYSTEM", "DMKVDA023E VOLID MISSING OR INVALID"),
        ("ATTACH 183-181 TO *", "DMKVDA009E INVALID RANGE - 183-181"),
        ("ATTACH CHANNEL 1 TO *", "DMKVDC133E CHANNEL 1 NOT ATTACHED; NO CHANNEL CAN BE DEDICATED HERE"),
        ("DETACH 181 FROM OPERATOR", "DMKVDB141E TAPE 181 NOT ATTACHED TO OPERATOR"),
        ("DETACH 181 FROM SYSTEM", "DMKVDB141E TAPE 181 NOT ATTACHED TO SYSTEM"),
        ("DETACH 181", "DMKVDB040E DEV 181 DOES NOT EXIST"),
        ("VARY 181", "DMKCPS026E OPERAND MISSING OR INVALID"),
        ("VARY ONLINE", "DMKCPS021E RADDR MISSING OR INVALID"),
        ("MOUNT 00E x", "DMKVDA006E INVALID DEVICE TYPE - 00E"),
        ("MOUNT 181", "DMKVDA026E OPERAND MISSING OR INVALID"),
        ("MOUNT 181 x WRITE", "DMKVDA003E INVALID OPTION - WRITE"),
        ("UNMOUNT 181", "DMKVDA146E TAPE 181 NO TAPE MOUNTED"),
        ("ENABLE 181", "DMKCPV006E INVALID DEVICE TYPE - 181"),
        ("ENABLE", "DMKCPV021E RADDR MISSING OR INVALID"),
        ("LOCK NOBODY 0 1", "DMKCPV045E NOBODY NOT LOGGED ON"),
        ("LOCK * 0", "DMKCPV026E OPERAND MISSING OR INVALID"),
        ("HALT 999", "DMKCPB040E DEV 999 DOES NOT EXIST"),
        ("LOCATE NOBODY", "DMKCFC045E NOBODY NOT LOGGED ON"),
        ("REWIND 01F", "DMKCPB006E INVALID DEVICE TYPE - 01F"),
        ("QUERY TAPES 00E", "DMKCQR006E INVALID DEVICE TYPE - 00E"),
        ("QUERY DASD 999", "DMKCQR040E DEV 999 DOES NOT EXIST"),
        ("QUERY TAPES SOME", "DMKCQR002E INVALID OPERAND - SOME"),
        ("QUERY SYSTEM 181", "DMKCQR141E TAPE 181 NOT ATTACHED TO SYSTEM"),
    ],
)
def test_wrong_operands(operator: User, command: str, answer: str) -> None:
    assert operator.type("SET EMSG ON", command) == [answer]


def test_general_users_know_nothing_of_it(alpha: User) -> None:
    for verb in ("ATTACH", "MOUNT", "START", "VARY", "LOCK", "FLUSH"):
        assert alpha.type(f"{verb} 181")[0].startswith("?CP: ")
    assert alpha.type("QUERY 181")[0] == "181 NOT LOGGED ON"


def test_queries_of_devices_by_address(operator: User) -> None:
    assert operator.type("QUERY TAPES 180") == ["TAPE 180 FREE"]
    assert operator.type("QUERY TAPES 180-181 183") == ["TAPE 180 FREE", "TAPE 181 FREE", "TAPE 183 FREE"]
    assert operator.type("QUERY UR 00C")[0].startswith("RDR 00C ")
    assert operator.type("QUERY ALL 00E 180")[1] == "TAPE 180 FREE"


def test_queries_of_what_is_not_here(operator: User) -> None:
    assert operator.type("MIGRATE") == ["NO PAGES MIGRATED; CP HAS NO PAGING DEVICES"]
    assert operator.type("LOCATE OPERATOR 01F") == ["VDEVBLOK OF OPERATOR 01F: NO STORAGE ADDRESS ON THIS SYSTEM"]
    assert operator.type("QUERY LINES") == ["LINE ACTIVE NONE"]
    assert operator.type("QUERY TDSK") == ["NO TDSK SPACE IN USE"]
    assert operator.type("QUERY ALLOC") == ["NO CP-FORMATTED SPACE ON THE VOLUMES OF THIS SYSTEM"]


def test_allocation_of_a_volume_formatted_for_cp(home: Path, operator: User) -> None:
    path = home / "disks" / "CPVOL.img"
    image = CkdImage.create(path, "3350", 10, volser="CPVOL")
    image.write_track(0, 0, 0, cp_cylinder_0(image.track_length))
    image.close()
    operator.type("MOUNT 132 CPVOL.img", "ATTACH 132 SYSTEM CPVOL")
    assert operator.type("QUERY ALLOC") == [
        "VOLSER UNIT RANGE     TYPE",
        "CPVOL  132  0000-0000 PERM",
        "CPVOL  132  0001-0003 TEMP",
        "CPVOL  132  0004-0009 TDSK",
    ]
    assert operator.type("QUERY ALLOC TDSK")[1:] == ["CPVOL  132  0004-0009 TDSK"]
    assert operator.type("QUERY ALLOC DRCT") == ["NO DRCT SPACE ON THE VOLUMES OF THIS SYSTEM"]


def cp_cylinder_0(length: int) -> bytes:
    """Track 0 with a label and an allocation map."""
    allocation = (b"\x01" + b"\x00" * 3 + b"\x02" * 6 + b"\xff").ljust(1024, b"\x00")
    label = to_ebcdic("VOL1CPVOL ").ljust(80, b"\x40")
    records = [(1, b"", bytes(24)), (2, b"", bytes(144)), (3, to_ebcdic("VOL1"), label), (4, b"", allocation)]
    return format_track(0, 0, records, length)
