"""QUERY and INDICATE: forms, abbreviations, response shapes and messages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.system import System

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    user = logged_on("ALPHA")
    user.read()
    return user


def test_time(alpha: User, clock: StoppedClock) -> None:
    clock.advance(3723)
    assert alpha.type("Q T") == [
        "TIME IS 10:32:18 UTC WEDNESDAY 04/01/81",
        "CONNECT= 01:02:03 VIRTCPU= 000:00.00 TOTCPU= 000:00.00",
    ]


def test_users_and_names(alpha: User, logged_on: Logon) -> None:
    for userid in ("BETA", "MAINT", "OPERATOR", "DELTA"):
        logged_on(userid)
    alpha.cp.user("BETA").session.enter("DISCONN")  # type: ignore[union-attr]
    alpha.read()
    assert alpha.type("QUERY USERS") == ["005 USERS, 000 DIALED"]
    assert alpha.type("Q U MAINT", "Q BETA") == ["MAINT    - 0C2", "BETA     - DSC"]
    assert alpha.type("Q N") == ["ALPHA    - 0C0, BETA     - DSC, MAINT    - 0C2, OPERATOR - 0C3", "DELTA    - 0C4"]


def test_privileges_and_level(alpha: User, logged_on: Logon) -> None:
    assert alpha.type("Q PRIV") == ["PRIV = G"]
    assert logged_on("OPERATOR").type("Q PRIV")[-1] == "PRIV = ABCDEFG"
    first, second = alpha.type("QUERY CPLEVEL")
    assert re.fullmatch(r"VM/370 VERSION \d\d LEVEL \d\d PLC \d{4}; .*", first)
    assert second == "IPL AT 09:30:15 UTC WEDNESDAY 04/01/81"


def test_virtual_machine(alpha: User) -> None:
    disks = [
        "DASD 190 3350 SYSVOL R/O    2 CYL",
        "DASD 191 3350 SYSVOL R/W    1 CYL",
        "DASD 292 3310 FBAVOL R/W    100 BLK",
    ]
    readers = alpha.type("Q UR")
    assert [line.split()[:2] for line in readers if not line.startswith(" ")] == [
        ["RDR", "00C"],
        ["PUN", "00D"],
        ["PRT", "00E"],
    ]
    console = alpha.type("Q CONS")
    assert console[0].startswith("CONS 009 ON GRAF 0C0")
    assert (
        alpha.type("QUERY VIRTUAL ALL")
        == alpha.type("Q V")
        == [
            "STORAGE = 00512K",
            *readers,
            *disks,
            *console,
            "CHANNELS= SEL",
        ]
    )
    assert alpha.type("Q V DA") == alpha.type("Q DASD") == disks
    assert alpha.type("Q V 191") == disks[1:2]
    assert alpha.type("Q STOR", "Q V CHAN") == ["STORAGE = 00512K", "CHANNELS= SEL"]


def test_links(alpha: User, logged_on: Logon) -> None:
    logged_on("BETA")
    alpha.read()
    (line,) = alpha.type("Q LINKS 190")
    assert sorted(line.split(", ")) == ["ALPHA    190 R/O", "BETA     190 R/O"]


def test_impure(alpha: User, cp: System) -> None:
    alpha.type("SET ASSIST OFF", "ST S800 83120000 S804 0A05 L60 00020000 0 G2 8 G1 1000 PSW 0 800", "BEGIN")
    cp.step()
    alpha.read()
    lines = alpha.type("Q IMPURE")
    assert lines[0] == "TRAPS 3: DIAGNOSE 1, SVC 1, WAIT 1"
    assert lines[2] == "REFLECTED 1: SVC 1"
    assert lines[3] == "HYPERCALLS 1: X'00' 1"
    assert lines[5] == "SKIPPED: CHANNEL PROGRAMS 0, TRAPS 0"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("QUERY", "DMKCQG026E OPERAND MISSING OR INVALID"),
        ("Q FOO", "DMKCQG045E FOO NOT LOGGED ON"),
        ("Q NINELONGS", "DMKCQG002E INVALID OPERAND - NINELONGS"),
        ("Q FOO BAR", "DMKCQG002E INVALID OPERAND - BAR"),
        ("Q TIME NOW", "DMKCQG002E INVALID OPERAND - NOW"),
        ("Q BETA", "DMKCQG045E BETA NOT LOGGED ON"),
        ("Q USERS BETA", "DMKCQG045E BETA NOT LOGGED ON"),
        ("Q USERS ALPHA BETA", "DMKCQG002E INVALID OPERAND - BETA"),
        ("Q V 444", "DMKCQP040E DEV 444 DOES NOT EXIST"),
        ("Q V ZZZ", "DMKCQP002E INVALID OPERAND - ZZZ"),
        ("Q TAPES", "DMKCQP040E TAPE DOES NOT EXIST"),
        ("Q LINKS", "DMKCQG022E VADDR MISSING OR INVALID"),
        ("Q LINKS 444", "DMKCQG040E DEV 444 DOES NOT EXIST"),
        ("Q LINKS 009", "DMKCQG022E VADDR MISSING OR INVALID"),
        ("INDICATE FOO", "DMKTHI002E INVALID OPERAND - FOO"),
        ("IND LOAD NOW", "DMKTHI002E INVALID OPERAND - NOW"),
        ("IND USER BETA", "DMKTHI002E INVALID OPERAND - BETA"),
        ("IND QUEUES", "DMKTHI002E INVALID OPERAND - QUEUES"),
        ("IND I/O", "DMKTHI002E INVALID OPERAND - I/O"),
    ],
)
def test_invalid_operands_of_query(alpha: User, command: str, message: str) -> None:
    alpha.type("SET EMSG ON")
    lines = alpha.type(command)
    assert lines[-1:] == [message]
    assert len(lines) == 1 or "USERS" in command


def test_indicate(alpha: User, logged_on: Logon, clock: StoppedClock) -> None:
    clock.advance(10)
    load = r"CPU-\d{3}%  APU-000%  Q1-\d\d  Q2-\d\d  STORAGE-\d{3}%  RATIO-\d\.\d"
    assert re.fullmatch(load, alpha.type("IND")[0])
    assert re.fullmatch(load, alpha.type("INDICATE LOAD")[0])
    pages, times = alpha.type("IND USER")
    assert pages == "PAGES: RES-0000 WS-0000 READS=000000 WRITES=000000 MH-0000 FH-0000"
    alpha.type("STORE 5000 1", "STORE 7000 2")
    assert alpha.type("IND USER")[0].startswith("PAGES: RES-0002 WS-0002 ")
    alpha.type("SYSTEM CLEAR")
    assert times == "VTIME=000:00 TTIME=000:00 SIO=000000 RDR-000000 PRT-000000 PCH-000000"
    operator = logged_on("OPERATOR")
    operator.read()
    assert operator.type("IND USER ALPHA") == [pages, times]
    assert operator.type("IND USER BETA") == ["BETA NOT LOGGED ON"]
    assert operator.type("IND QUE") == []
    alpha.vm.cpu.psw = alpha.vm.cpu.psw.from_bytes(bytes.fromhex("0000000000000800"))
    alpha.vm.resume()
    assert operator.type("IND QUEUES") == ["ALPHA    Q2 RU 000/000"]
    assert operator.type("IND I/O", "IND PAGING", "IND PAG ALL", "IND FAV") == [
        "NO USERS IN I/O WAIT",
        "NO USERS IN PAGEWAIT",
        "SYSTEM   000:000  ALPHA    000:000  OPERATOR 000:000",
        "NO USERS FAVORED",
    ]
