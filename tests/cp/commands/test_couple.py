"""COUPLE, LOADVFCB, QUERY VIRTUAL of devices without a real one; two guests that talk over an adapter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from tests.cp.io.tapekit import MemoryTape
from vm370.cp.io.carriage import Carriage
from vm370.cp.io.printer import Printer
from vm370.cp.io.tape import TapeDrive
from vm370.cp.specialdevices import VirtualCtca
from vm370.cp.system import System

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    return user


@pytest.fixture
def pair(alpha: User, logged_on: Logon) -> tuple[User, User]:
    """ALPHA with 400, BETA with 500, coupled."""
    beta = logged_on("BETA")
    alpha.type("DEFINE CTCA 400")
    beta.type("DEFINE CTCA AS 500")
    assert alpha.type("COUPLE 400 TO BETA 500") == ["CTCA 400 COUPLE TO BETA 500"]
    assert beta.read() == ["CTCA 500 COUPLE BY ALPHA 400"]
    return alpha, beta


def test_query_shows_both_sides(pair: tuple[User, User]) -> None:
    alpha, beta = pair
    assert alpha.type("QUERY VIRTUAL 400") == ["CTCA 400 COUPLED TO BETA 500"]
    assert beta.type("QUERY VIRTUAL 500") == ["CTCA 500 COUPLED TO ALPHA 400"]


def test_detach_and_logoff_drop_the_connection(pair: tuple[User, User]) -> None:
    alpha, beta = pair
    assert alpha.type("DETACH 400") == ["CTCA 400 DETACHED"]
    assert beta.type("QUERY VIRTUAL 500") == ["CTCA 500 DROP BY ALPHA 400", "CTCA 500 NOT COUPLED"]
    alpha.type("DEFINE CTCA 401", "COUPLE 401 BETA 500")
    beta.read()
    beta.type("LOGOFF")
    assert alpha.type("QUERY VIRTUAL 401")[-2:] == ["CTCA 401 DROP BY BETA 500", "CTCA 401 NOT COUPLED"]


def test_coupling_again_drops_the_first_partner(pair: tuple[User, User]) -> None:
    alpha, beta = pair
    beta.type("DEFINE CTCA 501")
    assert alpha.type("COUPLE 400 BETA 501") == ["CTCA 400 DROP FROM BETA 500", "CTCA 400 COUPLE TO BETA 501"]
    assert beta.read() == ["CTCA 500 DROP BY ALPHA 400", "CTCA 501 COUPLE BY ALPHA 400"]
    alpha.type("DEFINE CTCA 402")
    assert alpha.type("COUPLE 402 BETA 501") == ["DMKDIA058E BETA 501 BUSY"]


def test_a_moved_adapter_stays_coupled(pair: tuple[User, User]) -> None:
    alpha, beta = pair
    alpha.type("DEFINE 400 AS 410")
    assert beta.type("Q V 500") == ["CTCA 500 COUPLED TO ALPHA 410"]


def test_two_adapters_of_one_machine(alpha: User) -> None:
    alpha.type("DEFINE CTCA 400", "DEFINE CTCA 401")
    assert alpha.type("COUPLE 400 * 401") == ["CTCA 400 COUPLE TO ALPHA 401", "CTCA 401 COUPLE BY ALPHA 400"]


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKDIA022E VADDR MISSING OR INVALID"),
        ("777 BETA", "DMKDIA040E DEV 777 DOES NOT EXIST"),
        ("009 BETA", "DMKDIA006E INVALID DEVICE TYPE - 009"),
        ("400", "DMKDIA020E USERID MISSING OR INVALID"),
        ("400 NOBODY", "DMKDIA045E NOBODY NOT LOGGED ON"),
        ("400 TO BETA", "DMKDIA047E BETA 400 DOES NOT EXIST"),
        ("400 BETA 009", "DMKDIA011E INVALID DEVICE TYPE - BETA 009"),
        ("400 * 400", "DMKDIA011E INVALID DEVICE TYPE - ALPHA 400"),
        ("400 BETA 500 NOW", "DMKDIA002E INVALID OPERAND - NOW"),
        ("400 BETA XYZ", "DMKDIA022E VADDR MISSING OR INVALID"),
    ],
)
def test_couple_errors(alpha: User, logged_on: Logon, operands: str, message: str) -> None:
    logged_on("BETA")
    alpha.type("DEFINE CTCA 400")
    assert alpha.type(f"COUPLE {operands}") == [message]


# --- two guests ---

ENABLED_WAIT = "FE02000000000000"


def load(user: User, program: dict[int, str]) -> None:
    user.type("SYSTEM CLEAR")
    for address, text in program.items():
        user.vm.storage.write(address, bytes.fromhex(text.replace(" ", "")))


def guest(ccw: str, device: str) -> dict[int, str]:
    """SIO to the adapter; attentions are passed over; channel end ends the machine in the disabled wait 00AAAA."""
    return {
        0x48: "00000300",
        0x78: "0000000000000220",  # new PSW of I/O interruptions
        0x200: f"9C00 0{device}",
        0x204: "4770 0200",  # BNZ: busy with an attention, once more
        0x208: "8200 0260",
        0x220: "9108 0044",  # TM: channel end in the CSW?
        0x224: "4780 0234",  # BZ: an attention only, wait on
        0x228: "8200 0270",
        0x234: "8200 0260",
        0x260: ENABLED_WAIT,
        0x270: "000200000000AAAA",
        0x300: ccw,
    }


def run(cp: System, *users: User) -> None:
    for _ in range(2000):
        cp.step()
        if all(user.vm.stopped for user in users):
            return
    raise AssertionError("the guests do not come to an end")


@pytest.mark.parametrize("writer_first", [True, False])
@pytest.mark.parametrize("workers", [1, 2])
def test_two_guests_exchange_a_block(cp: System, pair: tuple[User, User], workers: int, *, writer_first: bool) -> None:
    alpha, beta = pair
    cp.dispatcher.workers = workers
    block = bytes(range(256)) * 8
    load(alpha, guest("01 001000 20 00 0800", "400"))
    load(beta, guest("02 002000 20 00 1000", "500"))
    alpha.vm.storage.write(0x1000, block)
    for user in (alpha, beta) if writer_first else (beta, alpha):
        user.type("STORE PSW 00000000 00000200")
        user.type("BEGIN")
        for _ in range(5):
            cp.step()
    run(cp, alpha, beta)
    assert beta.vm.storage.read(0x2000, len(block)) == block
    assert [user.vm.cpu.psw.to_bytes()[-2:] for user in (alpha, beta)] == [b"\xaa\xaa"] * 2
    assert alpha.vm.storage.read(0x40, 8)[4:] == bytes.fromhex("0C000000")
    assert beta.vm.storage.read(0x40, 8)[4:] == bytes.fromhex("0C000800")


def test_a_guest_whose_partner_logs_off_gets_unit_check(cp: System, pair: tuple[User, User]) -> None:
    alpha, beta = pair
    load(alpha, guest("01 001000 20 00 0800", "400"))
    alpha.type("STORE PSW 00000000 00000200", "BEGIN")
    for _ in range(5):
        cp.step()
    beta.type("LOGOFF")
    run(cp, alpha)
    assert alpha.vm.storage.read(0x44, 1) == b"\x0e"


# --- other devices ---


def test_query_virtual_of_what_has_no_real_device(alpha: User) -> None:
    alpha.type("DEFINE TIMER 0FF", "DEFINE GRAF 040", "DEFINE LINE 030", "DEFINE CTCA 400")
    alpha.vm.attach(0x181, TapeDrive())
    assert alpha.type("Q V GRAF") == ["GRAF 040 NOT READY"]
    assert alpha.type("Q V LINES") == ["LINE 030 DISABLED"]
    assert alpha.type("Q V TAPES") == ["TAPE 181 NOT READY"]
    assert alpha.type("Q V 0FF") == ["TIMR 0FF"]
    assert alpha.type("Q V CTCA") == ["CTCA 400 NOT COUPLED"]
    shown = alpha.type("Q V ALL")
    assert [line.split()[:2] for line in shown if line[:4] in ("LINE", "TAPE", "GRAF", "CTCA", "TIMR")] == [
        ["LINE", "030"],
        ["TAPE", "181"],
        ["GRAF", "040"],
        ["CTCA", "400"],
        ["TIMR", "0FF"],
    ]


def test_ready_loads_an_unloaded_tape_again(alpha: User) -> None:
    alpha.vm.attach(0x181, TapeDrive(tape=MemoryTape(b"BLOCK")))
    alpha.vm.storage.write(0x300, bytes.fromhex("0F00000020000001"))
    alpha.vm.channels.synchronous(0x181, 0x300, 0)
    assert alpha.type("Q V 181") == ["TAPE 181 NOT READY"]
    alpha.type("READY 181")
    assert alpha.type("Q V 181") == ["TAPE 181 READY"]


def test_the_pseudo_timer_has_the_time_of_the_machine(alpha: User) -> None:
    alpha.type("DEFINE TIMER 0FF")
    alpha.vm.storage.write(0x300, bytes.fromhex("0200100000000020"))
    result = alpha.vm.channels.synchronous(0x0FF, 0x300, 0)
    assert result.successful
    assert alpha.vm.storage.read(0x1000, 16) == "04/01/8109:30:15".encode("cp037")


def test_loadvfcb(alpha: User) -> None:
    alpha.type("DEFINE 3211 00F")
    assert alpha.type("LOADVFCB 00F FCB FCB1 INDEX 5") == []
    printer = alpha.vm.devices[0x00F]
    assert isinstance(printer, Printer)
    assert isinstance(printer.carriage, Carriage)
    assert len(printer.carriage.channels) == 66, "six lines an inch on eleven inches"


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKCSB022E VADDR MISSING OR INVALID"),
        ("00E FCB FCB1", "DMKCSB006E INVALID DEVICE TYPE - 00E"),
        ("00F", "DMKCSB026E OPERAND MISSING OR INVALID"),
        ("00F FCB", "DMKCSB026E OPERAND MISSING OR INVALID"),
        ("00F UCS AN", "DMKCSB002E INVALID OPERAND - UCS"),
        ("00F FCB NONE", "DMKCSB157E FCB NONE NOT FOUND"),
        ("00F FCB FCB1 INDEX 32", "DMKCSB002E INVALID OPERAND - 32"),
        ("00F FCB FCB1 FOLD", "DMKCSB003E INVALID OPTION - FOLD"),
        ("010 FCB FCB1 INDEX", "DMKCSB013E CONFLICTING OPTION - INDEX"),
    ],
)
def test_loadvfcb_errors(alpha: User, operands: str, message: str) -> None:
    alpha.type("DEFINE 3211 00F", "DEFINE 3203 010")
    assert alpha.type(f"LOADVFCB {operands}") == [message]


def test_an_adapter_of_the_directory(logged_on: Logon) -> None:
    delta = logged_on("DELTA")
    assert isinstance(delta.vm.devices[0x0F0], VirtualCtca)
