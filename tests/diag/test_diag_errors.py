"""DIAGNOSE X'1C', X'2C', X'30', X'48': the error recording area."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.diag.diagkit import PRIVILEGED, SPECIFICATION, UNCHANGED, Guest, LogOn
from vm370.cp import errorrecording
from vm370.cp.errorrecording import ErrorRecording
from vm370.cp.s370.psw import Psw
from vm370.diag.services import Denied, NoMore
from vm370.images.ebcdic import from_ebcdic

PAGE, RECORD = 0x4000, 0x3000
START, FIRST = 0x00010101, 0x00010201
UNIT_CHECK = bytes((0x30, 0x60)) + bytes(22) + b"a record of a unit check"


@pytest.fixture
def operator(logged_on: LogOn) -> Guest:
    """A user of all classes."""
    guest = Guest(logged_on("OPERATOR"))
    guest.put(0x60, Psw(address=0x2000).to_bytes())
    return guest


@pytest.fixture
def area(tmp_path: Path, clock: StoppedClock) -> ErrorRecording:
    """An area of its own."""
    return ErrorRecording(tmp_path, clock, told.append)


told: list[str] = []


def record(guest: Guest, data: bytes = UNIT_CHECK) -> None:
    """SVC 76 by DIAGNOSE 3,0,X'48'."""
    guest.put(RECORD, data)
    guest.diagnose(0x48, 3, 0, {0: len(data), 1: RECORD, 3: 4})


def test_where_the_area_is(operator: Guest) -> None:
    assert operator.diagnose(0x2C, 1, 2, {1: 0x01, 2: 0xAAAA0000}) == UNCHANGED
    assert (operator.gr[1], operator.gr[2]) == (START, 0xAAAA0002)
    operator.diagnose(0x2C, 1, 2, {1: 0x06, 2: 0x000000FF})
    assert (operator.gr[1], operator.gr[2]) == (FIRST, 0)
    operator.diagnose(0x2C, 1, 2, {1: 0x04, 2: 0x12345678})
    assert (operator.gr[1], operator.gr[2]) == (0x04, 0x12345600)
    for wrong in (0, 3, 5, 8):
        assert operator.refused(0x2C, 1, 2, {1: wrong}) == SPECIFICATION


def test_a_recorded_error_is_read(operator: Guest) -> None:
    record(operator)
    record(operator)
    assert operator.diagnose(0x30, 1, 2, {1: START, 2: PAGE}) == 0
    assert operator.get(PAGE, 10) == b"VM370ERR\0\1"
    assert operator.diagnose(0x30, 1, 2, {1: FIRST, 2: PAGE}) == 0
    length = 2 + len(UNIT_CHECK)
    assert operator.get(PAGE, 4 + length) == (
        (4 + 2 * length).to_bytes(2, "big") + b"\0\2" + length.to_bytes(2, "big") + UNIT_CHECK
    )
    assert operator.diagnose(0x30, 1, 2, {1: FIRST + 0x100, 2: PAGE}) == 1
    assert operator.diagnose(0x30, 1, 2, {1: 0x00030101, 2: PAGE}) == 3
    assert operator.diagnose(0x30, 1, 2, {1: 0x00010102, 2: PAGE}) == 3
    assert operator.refused(0x30, 1, 2, {1: FIRST, 2: PAGE + 8}) == SPECIFICATION
    assert operator.diagnose(0x1C, 1, 2, {1: 0x02}) == 0
    assert operator.diagnose(0x30, 1, 2, {1: FIRST, 2: PAGE}) == 1
    assert operator.refused(0x1C, 1, 2, {1: 0x03}) == SPECIFICATION


def test_a_fault_in_cp_is_recorded(operator: Guest) -> None:
    operator.cp.fault(operator.vm, KeyError("x"))
    operator.cp.failed = False
    operator.diagnose(0x30, 1, 2, {1: FIRST, 2: PAGE})
    assert operator.get(PAGE + 6, 2).hex() == "4060"
    assert operator.get(PAGE + 6 + 8, 8).hex() == "0081091f09301500"  # April 1, 1981, 9:30:15
    assert from_ebcdic(operator.get(PAGE + 6 + 24, 21)) == "OPERATORKeyError: 'x'"


@pytest.mark.parametrize("data", [b"", b"\x30" * 23, b"\x77" * 24, b"\x30" * 4091])
def test_what_is_no_record_is_given_back(operator: Guest, data: bytes) -> None:
    record(operator, data)
    assert operator.get(0x22, 2) == b"\0\x4c"
    assert operator.diagnose(0x30, 1, 2, {1: FIRST, 2: PAGE}) == 1


def test_svc_76_for_the_guest_itself(operator: Guest) -> None:
    operator.diagnose(0x48, 3, 0, {3: 8})
    old = Psw.from_bytes(operator.get(0x20, 8))
    assert (old.interruption_code, old.address) == (76, 0x1004)
    operator.put(0x20, bytes(8))
    operator.diagnose(0x48, 3, 0, {0: 40, 1: 0xFFFFF0, 3: 4})
    assert Psw.from_bytes(operator.get(0x20, 8)).interruption_code == 76
    assert operator.refused(0x48, 3, 0, {3: 5}) == SPECIFICATION
    assert operator.refused(0x48, 1, 0, {1: 4}) == SPECIFICATION


@pytest.mark.parametrize("code", [0x1C, 0x2C, 0x30, 0x34, 0x38, 0x50, 0x74])
def test_privilege_classes(guest: Guest, code: int) -> None:
    assert guest.refused(code, 1, 2, {1: 1, 2: PAGE}) == PRIVILEGED


# --- the area itself ---


def test_the_area_fills_and_says_so(area: ErrorRecording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errorrecording, "PAGES", 2)
    told.clear()
    data = UNIT_CHECK.ljust(2000, b"x")
    assert [area.record("A", data) for _ in range(7)] == [True] * 6 + [False]
    assert told == ["ERROR RECORDING AREA FULL"]
    assert len(area.page(0x00020201)) == 4096
    with pytest.raises(NoMore):
        area.page(0x00010301)
    area.clear()
    assert area.record("A", data)


def test_a_page_that_was_half_written_is_cut_off(area: ErrorRecording) -> None:
    area.record("A", UNIT_CHECK)
    area.record("A", UNIT_CHECK)
    with area.path.open("r+b") as file:
        file.seek(4096 + 4 + 50)
        file.write(b"\0\0")  # the length of the second record
    assert area.page(FIRST)[2:4] == b"\0\1"
    assert area.record("A", UNIT_CHECK)
    assert area.page(FIRST)[2:4] == b"\0\2"


@pytest.mark.parametrize("size", [1, 4096, 5000, 8192])
def test_a_file_of_noise(area: ErrorRecording, size: int) -> None:
    area.path.write_bytes(b"\xff" * size)
    assert area.record("A", UNIT_CHECK)
    assert UNIT_CHECK in area.page(FIRST)


@pytest.mark.parametrize("where", [0, 0xFFFFFFFF, 0x00000101, 0x00010001])
def test_places_outside(area: ErrorRecording, where: int) -> None:
    with pytest.raises(Denied):
        area.page(where)


def test_a_folder_that_cannot_be_written(clock: StoppedClock, tmp_path: Path) -> None:
    told.clear()
    area = ErrorRecording(tmp_path / "missing", clock, told.append)
    assert not area.record("A", UNIT_CHECK)
    assert not area.record("A", UNIT_CHECK)
    assert told == ["ERROR RECORDING AREA CANNOT BE WRITTEN: No such file or directory"]
