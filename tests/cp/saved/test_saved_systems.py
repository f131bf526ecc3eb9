"""SAVESYS, IPL by name, QUERY and PURGE NSS, and DIAGNOSE X'64'."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import User
from tests.diag.diagkit import PROTECTION, SPECIFICATION, UNCHANGED, Guest
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import CHANGE, REFERENCE
from vm370.cp.saved.library import read
from vm370.cp.system import System
from vm370.images import savedsystem
from vm370.images.ebcdic import to_ebcdic
from vm370.images.errors import BadImage
from vm370.images.savedsystem import CpuState, PageRange, SavedSystem

LogOn = Callable[[str], User]
TABLE = """\
ONE NAMESYS SYSNAME=ONE,SYSPGNM=(0-1,16-17),SYSHRSG=(1),SYSSIZE=256K,VSYSADR=190
SEG NAMESYS SYSNAME=SEG,SYSPGNM=(64-65),VSYSADR=IGNORE
ABSENT NAMESYS SYSNAME=ABSENT,SYSPGNM=(0),VSYSADR=IGNORE
"""
STORE = bytes.fromhex("50100010 07FE")
NAME = 0x800


@pytest.fixture
def home(home: Path) -> Path:
    (home / "systems").write_text(TABLE)
    return home


def segment(cp: System, name: str, first: int, last: int, byte: int) -> None:
    """Write a saved segment; every key is X'E0'."""
    count = last - first + 1
    ranges = (PageRange(first, last, shared=True),)
    cp.saved.save(SavedSystem(name, ranges, bytes([byte]) * 4096 * count, b"\xe0" * 2 * count))


def diagnose_64(guest: Guest, name: str, subcode: int) -> tuple[int, int, int]:
    """Condition code, Rx and Ry."""
    guest.put(NAME, to_ebcdic(name.ljust(8)))
    cc = guest.diagnose(0x64, 2, 4, {2: NAME, 4: subcode})
    return cc, guest.gr[2], guest.gr[4]


def test_a_machine_is_saved_and_loaded_by_another_user(cp: System, logged_on: LogOn, clock: object) -> None:
    operator, alpha = logged_on("OPERATOR"), logged_on("ALPHA")
    vm = operator.vm
    vm.storage.write(0x1004, b"saved")
    vm.storage.write(0x10000, b"shared")
    vm.storage.write(0x2000, b"not saved")
    vm.storage.set_key(0x1000, 0x30 | REFERENCE | CHANGE)
    vm.cpu.psw = Psw.from_bytes(bytes.fromhex("00040000 00001234"))
    for number in range(16):
        vm.cpu.gr[number] = number + 1
    vm.cpu.fpr[2], vm.cpu.cr[0] = 0x4110000000000000, 0xE0
    assert operator.type("SAVESYS ONE")[-1] == "SYSTEM SAVED"

    alpha.vm.storage.write(0x3000, b"before")
    assert alpha.type("IPL ONE STOP") == ["CP"]
    storage, cpu = alpha.vm.storage, alpha.vm.cpu
    assert storage.read(0x1004, 5) == b"saved"
    assert storage.read(0x10000, 6) == b"shared"
    assert storage.read(0x2000, 0x2000) == bytes(0x2000)
    assert (storage.key(0x1000), storage.key(0x1800), storage.key(0x2000)) == (0x36, 0x06, 0)
    assert cpu.psw.to_bytes().hex() == "0004000000001234"
    assert (cpu.gr[0], cpu.gr[15], cpu.fpr[2], cpu.cr[0]) == (1, 16, 0x4110000000000000, 0xE0)

    storage.write(0x10000, b"mine")
    assert vm.storage.read(0x10000, 6) == b"shared"
    assert alpha.type("IPL ONE STOP") == ["CP"]
    assert storage.read(0x10000, 6) == b"shared"
    assert alpha.type("SYSTEM CLEAR") == ["STORAGE CLEARED - SYSTEM RESET"]
    assert storage.read(0x10000, 6) == bytes(6)
    assert alpha.vm.segments == {}


def test_a_parameter_goes_to_the_registers(cp: System, logged_on: LogOn) -> None:
    operator = logged_on("OPERATOR")
    operator.type("SAVESYS ONE", "IPL ONE STOP PARM AUTO")
    assert operator.vm.gr[0] == int.from_bytes(to_ebcdic("AUTO"))


def test_query_and_purge(cp: System, logged_on: LogOn) -> None:
    operator, alpha = logged_on("OPERATOR"), logged_on("ALPHA")
    operator.type("SET EMSG ON", "SAVESYS ONE")
    alpha.type("SET EMSG ON", "IPL ONE STOP")
    assert operator.type("QUERY NSS") == [
        "NAME     PAGES SHARED USERS FIRST  LAST   SAVED",
        "ABSENT   NOT SAVED",
        "ONE      00004 00002  0001  000000 011FFF 04/01/81 09:30:15",
        "SEG      NOT SAVED",
    ]
    assert alpha.type("QUERY NSS")[-1].endswith("NSS NOT LOGGED ON")
    assert operator.type("PURGE NSS ONE") == ["0001 SAVED SYSTEM PURGED"]
    assert operator.type("QUERY NSS ONE")[1] == "ONE      PURGED, 1 USERS"
    assert operator.type("PURGE NSS ONE") == ["DMKCFG044E ONE DOES NOT EXIST"]
    assert operator.type("PURGE NSS ALL") == ["0000 SAVED SYSTEMS PURGED"]
    assert operator.type("PURGE NSS") == ["DMKCFG017E SYSTEM NAME OR VADDR MISSING OR INVALID"]
    assert alpha.vm.storage.read(0x11FFF, 1) == b"\0"


def test_errors(cp: System, logged_on: LogOn, home: Path) -> None:
    operator, beta = logged_on("OPERATOR"), logged_on("BETA")
    operator.type("SET EMSG ON", "DEFINE STORAGE 300K")
    beta.type("SET EMSG ON")
    assert operator.type("SAVESYS") == ["DMKCFG017E SYSTEM NAME OR VADDR MISSING OR INVALID"]
    assert operator.type("SAVESYS TWO") == ["DMKCFG044E TWO DOES NOT EXIST"]
    assert operator.type("SAVESYS SEG") == ["SYSTEM SAVED"]
    assert operator.type("IPL SEG") == ["DMKCFG044E SEG DOES NOT EXIST"]
    assert operator.type("IPL TWO") == ["DMKCFG044E TWO DOES NOT EXIST"]
    assert operator.type("DEFINE STORAGE 260K", "SAVESYS SEG")[-1] == "DMKCFG170E SEG NEEDS 264K OF STORAGE"
    operator.type("SAVESYS ONE", "DEFINE STORAGE 128K")
    assert operator.type("IPL ONE") == ["DMKCFG170E ONE NEEDS 256K OF STORAGE"]
    assert beta.type("SAVESYS ONE") == ["DMKCFC001E ?CP: SAVESYS ONE"]
    # a system that is defined and not saved comes from its device
    operator.type("PURGE NSS ONE")
    assert operator.type("IPL ONE") == ["DMKCFG040E DEV 190 DOES NOT EXIST"]
    (home / "systems").write_text("NONSENSE\n")
    assert any(line.startswith("SYSTEM NAME TABLE NOT USED:") for line in operator.type("QUERY NSS SEG"))
    assert operator.type("SAVESYS TWO") == ["DMKCFG044E TWO DOES NOT EXIST"]


def test_damaged_files_are_refused_whole(cp: System, logged_on: LogOn) -> None:
    operator = logged_on("OPERATOR")
    operator.type("SET EMSG ON", "SAVESYS ONE")
    path = cp.saved.path("ONE")
    good = path.read_bytes()
    chosen = random.Random(7)
    for _ in range(40):
        damaged = bytearray(good[: chosen.choice([len(good), chosen.randrange(len(good))])])
        if damaged:
            damaged[chosen.randrange(len(damaged))] ^= 1 << chosen.randrange(8)
        path.unlink()
        path.write_bytes(damaged)
        with pytest.raises(BadImage):
            read(path)
        before = operator.vm.storage.read(0, 0x20000)
        assert operator.type("IPL ONE")[-1] == "DMKCFG177E PAGING I/O ERROR - ONE"
        assert operator.vm.storage.read(0, 0x20000) == before
    assert operator.type("QUERY NSS ONE")[1] == "ONE      DAMAGED"
    path.write_bytes(good)
    path.rename(cp.saved.path("ABSENT"))
    assert operator.type("IPL ABSENT")[-1] == "DMKCFG177E PAGING I/O ERROR - ABSENT"


# --- DIAGNOSE X'64' ---


@pytest.fixture
def guest(logged_on: LogOn) -> Guest:
    return Guest(logged_on("ALPHA"))


def test_a_segment_above_the_size_of_the_machine(cp: System, guest: Guest) -> None:
    segment(cp, "HIGH", 0xF00, 0xF01, 0x5A)
    assert diagnose_64(guest, "HIGH", 0x0C) == (1, 0xF00000, 0xF01FFF)
    assert diagnose_64(guest, "HIGH", 0x08)[0] == 1
    assert diagnose_64(guest, "HIGH", 0x00)[:2] == (0, 0xF00000)
    assert guest.get(0xF01FFE, 2) == b"ZZ"
    assert guest.vm.storage.key(0xF00000) == 0xE0 | REFERENCE
    assert diagnose_64(guest, "HIGH", 0x0C) == (0, 0xF00000, 0xF01FFF)
    assert diagnose_64(guest, "HIGH", 0x08)[0] == 0
    assert not guest.vm.storage.exists(0xF00000)
    assert diagnose_64(guest, "HIGH", 0x0C)[0] == 1


def test_a_segment_within_the_machine(cp: System, guest: Guest) -> None:
    segment(cp, "LOW", 0x7F, 0x80, 0x77)  # the machine has 512K: pages 0 to 7F
    guest.put(0x7F000, b"before")
    assert diagnose_64(guest, "LOW", 0x04) == (1, 0x7F000, 0x7FFFF)
    assert guest.get(0x7F000, 1) == b"\x77"
    assert guest.get(0x80FFF, 1) == b"\x77"
    assert diagnose_64(guest, "LOW", 0x08)[0] == 0
    assert guest.get(0x7F000, 0x1000) == bytes(0x1000)
    assert not guest.vm.storage.exists(0x80000)


def test_segments_that_overlap_replace_one_another(cp: System, guest: Guest) -> None:
    segment(cp, "A", 0xF00, 0xF03, 1)
    segment(cp, "B", 0xF03, 0xF04, 2)
    diagnose_64(guest, "A", 0)
    diagnose_64(guest, "B", 0)
    assert guest.get(0xF03000, 1) == b"\x02"
    assert not guest.vm.storage.exists(0xF00000)
    assert diagnose_64(guest, "A", 0x0C)[0] == 1
    guest.vm.reset(clear=True)
    assert not guest.vm.storage.exists(0xF03000)


def test_a_guest_that_stores_into_a_shared_page_has_it_for_itself(cp: System, guest: Guest, logged_on: LogOn) -> None:
    segment(cp, "SEG", 0xF00, 0xF00, 0x11)
    other = Guest(logged_on("BETA"))
    for one in (guest, other):
        assert diagnose_64(one, "SEG", 0)[0] == 0
    guest.put(0x1000, "50103000 07FE")  # ST 1,0(3)
    guest.vm.cpu.gr[1], guest.vm.cpu.gr[3] = 0xAABBCCDD, 0xF00FFC
    guest.vm.cpu.psw = Psw(address=0x1000)
    guest.vm.resume()
    guest.vm.run_slice(1)
    assert guest.get(0xF00FFC, 4).hex() == "aabbccdd"
    assert other.get(0xF00FFC, 4).hex() == "11111111"
    assert diagnose_64(guest, "SEG", 0)[0] == 0  # loaded again: as it was saved
    assert guest.get(0xF00FFC, 4).hex() == "11111111"


def test_codes_and_exceptions(cp: System, guest: Guest) -> None:
    for subcode in (0x00, 0x04, 0x08, 0x0C):
        assert diagnose_64(guest, "NOSUCH", subcode)[::2] == (2, 44)
    segment(cp, "BAD", 0xF00, 0xF00, 1)
    path = cp.saved.path("BAD")
    path.write_bytes(path.read_bytes()[:-1])
    assert diagnose_64(guest, "BAD", 0)[::2] == (2, 177)
    guest.diagnose(0x64, 2, 4, {2: NAME, 4: 0x10})
    assert guest.interruption == SPECIFICATION
    guest.diagnose(0x64, 2, 4, {2: NAME + 4, 4: 0})
    assert guest.interruption == SPECIFICATION
    guest.vm.storage.set_key(NAME, 0x38)
    assert guest.diagnose(0x64, 2, 4, {2: NAME, 4: 0}, psw=Psw(key=4, cc=UNCHANGED, address=0x1000)) == UNCHANGED
    assert guest.interruption == PROTECTION


def test_names_that_are_no_names_lead_nowhere(cp: System, guest: Guest) -> None:
    chosen = random.Random(8)
    for _ in range(200):
        guest.put(NAME, chosen.randbytes(8))
        assert guest.diagnose(0x64, 2, 4, {2: NAME, 4: chosen.choice([0, 4, 8, 12])}) == 2
    assert savedsystem.is_name("../../A") is False


def test_any_state_can_be_loaded(cp: System, logged_on: LogOn) -> None:
    operator = logged_on("OPERATOR")
    chosen = random.Random(9)
    for _ in range(60):
        psw = chosen.choice([b"\xff" * 8, b"\x04" + bytes(7), chosen.randbytes(8), b"\x00" * 8])
        words = [chosen.getrandbits(32) for _ in range(32)]
        state = CpuState(psw, tuple(words[:16]), (1, 2, 3, 4), tuple(words[16:]))
        keys = bytes(key & 0xFE for key in chosen.randbytes(4))
        cp.saved.save(SavedSystem("ANY", (PageRange(0, 1),), chosen.randbytes(8192), keys, state))
        operator.type("IPL ANY")
        for _ in range(3):
            cp.step()
        operator.vm.enter_cp()
        assert not cp.failed
