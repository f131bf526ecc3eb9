"""DEFINE, DETACH, READY, NOTREADY, RESET."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.system import System

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    return logged_on("ALPHA")


@pytest.mark.parametrize(
    ("operands", "response", "device_type"),
    [
        ("READER AS 01C", "RDR 01C DEFINED", "2540R"),
        ("R 1C", "RDR 01C DEFINED", "2540R"),
        ("PUNCH 01D", "PUN 01D DEFINED", "2540P"),
        ("PU A 01D", "PUN 01D DEFINED", "2540P"),
        ("P 01E", "PRT 01E DEFINED", "1403"),
        ("RDR 01C", "RDR 01C DEFINED", "2540R"),
        ("PCH 01D", "PUN 01D DEFINED", "2540P"),
        ("PRT 01E", "PRT 01E DEFINED", "1403"),
        ("3211 AS 002", "PRT 002 DEFINED", "3211"),
        ("2501 003", "RDR 003 DEFINED", "2501"),
        ("3525 004", "PUN 004 DEFINED", "3525"),
        ("3203 005", "PRT 005 DEFINED", "3203"),
        ("3800 AS 006", "PRT 006 DEFINED", "3800"),
        ("CTC 400", "CTCA 400 DEFINED", "CTCA"),
        ("CTCA AS 400", "CTCA 400 DEFINED", "CTCA"),
        ("TIM 0FF", "TIMR 0FF DEFINED", "TIMER"),
        ("GRAF 040", "GRAF 040 DEFINED", "3270"),
        ("GRAF AS 040 3158", "GRAF 040 DEFINED", "3158"),
        ("LI 030", "LINE 030 DEFINED", "2703"),
        ("LINE AS 030 TELE2", "LINE 030 DEFINED", "2703"),
        ("T3350 AS 195 CYL 2", "DASD 195 DEFINED", "3350"),
        ("T3330 195 2", "DASD 195 DEFINED", "3330"),
        ("T2314 195 CYL 002", "DASD 195 DEFINED", "2314"),
        ("TFB-512 195 BLK 1000", "DASD 195 DEFINED", "3310"),
        ("191 AS 291", "DASD 291 DEFINED", "3350"),
        ("00E 1E", "PRT 01E DEFINED", "1403"),
        ("009 AS 01F", "CONS 01F DEFINED", "3215"),
    ],
)
def test_define(alpha: User, operands: str, response: str, device_type: str) -> None:
    assert alpha.type(f"DEFINE {operands}") == [response]
    vaddr = int(response.split()[1], 16)
    assert alpha.vm.devices[vaddr].type.name == device_type
    assert vaddr in alpha.vm.channels.devices


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "OPERAND MISSING OR INVALID"),
        ("FOO 123", "INVALID OPERAND - FOO"),
        ("READER", "VADDR MISSING OR INVALID"),
        ("READER AS", "VADDR MISSING OR INVALID"),
        ("READER 600", "VADDR MISSING OR INVALID"),
        ("READER 01C NOW", "INVALID OPERAND - NOW"),
        ("READER 191", "DASD 191 ALREADY DEFINED"),
        ("T3350 195", "CYL MISSING OR INVALID"),
        ("T3350 195 CYL 0", "CYL MISSING OR INVALID"),
        ("T3350 195 CYL 561", "CYL MISSING OR INVALID"),
        ("T9999 195 CYL 1", "INVALID OPERAND - T9999"),
        ("777 AS 778", "DEV 777 DOES NOT EXIST"),
        ("191 AS 190", "DASD 190 ALREADY DEFINED"),
        ("GRAF 020 3279", "INVALID DEVICE TYPE - 3279"),
        ("CTC", "VADDR MISSING OR INVALID"),
        ("TIMER 0FF NOW", "INVALID OPERAND - NOW"),
        ("LINE 020 TELE9", "INVALID OPERAND - TELE9"),
        ("STORAGE", "STORAGE MISSING OR INVALID"),
        ("STORAGE 1G", "STORAGE MISSING OR INVALID"),
        ("STORAGE 4K", "STORAGE MISSING OR INVALID"),
        ("STORAGE 0M", "STORAGE MISSING OR INVALID"),
        ("STORAGE 1025K", "STORAGE EXCEEDS ALLOWED MAXIMUM"),
        ("CHANNELS", "OPERAND MISSING OR INVALID"),
        ("CHANNELS AS MPX", "OPERAND MISSING OR INVALID"),
    ],
)
def test_define_errors(alpha: User, operands: str, message: str) -> None:
    before = dict(alpha.vm.devices)
    assert alpha.type(f"DEF {operands}") == [message]
    assert alpha.vm.devices == before


def test_storage_is_cleared_and_the_machine_reset(alpha: User) -> None:
    vm = alpha.vm
    vm.storage.write(0x1000, b"secret")
    vm.cpu.gr[5] = 5
    vm.resume()
    assert alpha.type("#CP DEFINE STORAGE AS 1M") == ["STORAGE = 01024K"]
    assert (vm.storage_size, vm.storage.read(0x1000, 6), vm.cpu.gr[5]) == (1 << 20, bytes(6), 0)
    assert vm.storage.read((1 << 20) - 1, 1) == b"\0"
    assert not vm.may_run
    assert sorted(vm.channels.devices) == sorted(vm.devices)
    assert alpha.type("DEF STOR 9K") == ["STORAGE = 00012K"]


def test_channels(alpha: User) -> None:
    assert [alpha.vm.channels.type_of(channel) for channel in (0, 1)] == [1, 0]
    alpha.vm.storage.write(0x1000, b"kept")
    alpha.vm.resume()
    assert alpha.type("#CP DEFINE CHANNELS AS BMX") == ["CHANNELS = BMX"]
    assert (alpha.vm.stopped, alpha.vm.storage.read(0x1000, 4)) == (True, b"kept")
    assert [alpha.vm.channels.type_of(channel) for channel in (0, 1)] == [1, 2]
    alpha.type("DEFINE STORAGE 256K")
    assert alpha.vm.channels.type_of(1) == 2
    assert alpha.type("DEF CHAN SEL") == ["CHANNELS = SEL"]


def test_a_moved_disk_keeps_its_link_and_the_console_stays_the_console(alpha: User, cp: System) -> None:
    alpha.type("DEFINE 191 292 ", "DEFINE 191 391", "DEFINE 009 01F")
    assert cp.volumes.find("ALPHA", 0x191) is None
    link = cp.volumes.find("ALPHA", 0x391)
    assert link is not None
    assert (link.vaddr, link.mdisk.vaddr, link.write) == (0x391, 0x191, True)
    assert alpha.vm.console_address() == 0x01F
    alpha.type("DETACH 391")
    assert cp.volumes.links(link.mdisk) == []


def test_detach(alpha: User, cp: System) -> None:
    assert alpha.type("DETACH 00C") == ["RDR 00C DETACHED"]
    assert alpha.type("DET D E") == ["PUN 00D DETACHED", "PRT 00E DETACHED"]
    assert alpha.type("DETACH 190-191 292") == ["DASD 190 DETACHED", "DASD 191 DETACHED", "DASD 292 DETACHED"]
    assert list(alpha.vm.devices) == [0x009]
    assert alpha.type("DETACH CONS") == ["VADDR MISSING OR INVALID"]
    assert alpha.type("DETACH 009") == ["CONS 009 DETACHED"]
    assert alpha.vm.console is None


def test_detach_goes_on_after_an_error(alpha: User) -> None:
    assert alpha.type("DETACH 00C 444 XYZ 00D 19F-190") == [
        "RDR 00C DETACHED",
        "PUN 00D DETACHED",
        "DEV 444 DOES NOT EXIST",
        "VADDR MISSING OR INVALID",
        "INVALID RANGE - 19F-190",
    ]
    assert alpha.vm.command("DETACH 00E 444", to_buffer=True)[0] == 40
    assert 0x00E not in alpha.vm.devices
    assert alpha.type("DETACH") == ["VADDR MISSING OR INVALID"]
    assert alpha.type("DETACH 300-3FF") == ["DEV 300-3FF DOES NOT EXIST"]


def test_detach_channel(alpha: User) -> None:
    assert alpha.type("DETACH CHANNEL 1") == ["CHANNEL 1 DETACHED ALPHA"]
    assert sorted(alpha.vm.devices) == [0x009, 0x00C, 0x00D, 0x00E, 0x292]
    assert alpha.type("DETACH CHAN 1") == ["DEV 100 DOES NOT EXIST"]
    assert alpha.type("DETACH CHAN 12") == ["OPERAND MISSING OR INVALID"]


def test_notready_and_ready(alpha: User) -> None:
    vm = alpha.vm
    assert alpha.type("NOTREADY 00E") == []
    assert not vm.devices[0x00E].ready
    assert alpha.type("READY 00E") == []
    assert vm.devices[0x00E].ready
    found = vm.channels.pending(0xFFFFFFFF)
    assert found is not None
    assert (found[0], found[1].unit) == (0x00E, 0x04)  # device end
    assert alpha.type("NOTREADY 191") == ["INVALID DEVICE TYPE - 191"]
    assert alpha.type("READY 444") == ["DEV 444 DOES NOT EXIST"]
    assert alpha.type("READY") == ["VADDR MISSING OR INVALID"]
    assert alpha.type("READY 00E 00D") == ["INVALID OPERAND - 00D"]


def test_reset_clears_pending_interruptions_and_sense(alpha: User) -> None:
    vm = alpha.vm
    alpha.type("READY 00E")
    vm.devices[0x00E].sense = b"\x80\0"
    assert alpha.type("RESET 00E") == ["DEVICE RESET"]
    assert vm.channels.pending(0xFFFFFFFF) is None
    assert vm.devices[0x00E].sense == bytes(2)
    assert alpha.type("READY 00E", "RESET 444") == ["DEV 444 DOES NOT EXIST"]
    assert vm.channels.pending(0xFFFFFFFF) is not None


def test_imsg_off(alpha: User) -> None:
    alpha.vm.settings.imsg = False
    assert alpha.type("DEF STOR 1M", "DEF FOO 20", "DEF R 1C", "DETACH 1C") == ["INVALID OPERAND - FOO"]
