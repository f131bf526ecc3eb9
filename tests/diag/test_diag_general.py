"""What holds for every DIAGNOSE code: which there are, who may issue them, and how a refused one looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diag.diagkit import ALL_CODES, LOOP, PRIVILEGED, PROGRAM, SPECIFICATION, Guest, LogOn
from vm370.cp.s370.psw import Psw
from vm370.diag import registry
from vm370.diag.registry import FUNCTIONS


def test_the_codes() -> None:
    files = Path(registry.__file__).parent.glob("x*.py")
    assert sorted(int(file.stem[1:], 16) for file in files) == ALL_CODES


def test_rows_are_named_after_their_files() -> None:
    for code, function in FUNCTIONS.items():
        assert function.handler.__module__ == f"vm370.diag.x{code:02x}"
        assert set(function.classes) <= set("ABCDEFG")


@pytest.mark.parametrize("code", [0x7C, 0x8C, 0x94, 0x98, 0x1FC, 0x24C, 0x254, 0x800, 0xFFC])
def test_unknown_codes(guest: Guest, code: int) -> None:
    assert guest.refused(code, 1, 2, {}) == SPECIFICATION


@pytest.mark.parametrize("code", [0x01, 0x09, 0x26, 0x5F, 0x61, 0x251])
def test_codes_off_a_fullword(guest: Guest, code: int) -> None:
    assert guest.refused(code, 1, 2, {}) == SPECIFICATION


@pytest.mark.parametrize("code", [*ALL_CODES, 0x14, 0x61])
def test_problem_state(guest: Guest, code: int) -> None:
    """The virtual mode bit decides, before the code is looked at; the instruction address is behind the DIAGNOSE."""
    assert guest.refused(code, 1, 2, {2: 0}, psw=Psw(problem=True, address=PROGRAM)) == PRIVILEGED
    assert guest.vm.counters.traps == {"privileged": 1}
    assert not guest.vm.counters.hypercalls


@pytest.mark.parametrize("code", ALL_CODES)
def test_a_pure_machine_has_no_diagnose(guest: Guest, code: int) -> None:
    guest.vm.set_impure(False)
    assert guest.refused(code, 1, 2, {}) == 1  # operation exception


def test_the_code_is_the_effective_address(guest: Guest) -> None:
    guest.diagnose(0x50, 1, 2, {4: 0x10}, base=4)
    assert guest.gr[1] == 512 * 1024
    guest.diagnose(0x60, 1, 2, {1: 0, 4: 0xFF000000}, base=4)  # 24-bit address
    assert guest.gr[1] == 512 * 1024
    guest.diagnose(0x60, 1, 2, {4: 0x1000}, base=4)
    assert guest.interruption == SPECIFICATION


def test_executed_out_of_line(guest: Guest) -> None:
    """EX 0,3000: the old PSW would show the instruction behind EXECUTE; the registers are the target's."""
    guest.put(0x3000, "83700060")
    guest.put(PROGRAM, bytes.fromhex("44005000") + LOOP)
    guest.vm.cpu.gr[5] = 0x3000
    guest.vm.cpu.psw = Psw(address=PROGRAM)
    guest.vm.resume()
    guest.vm.run_slice(1)
    assert (guest.gr[7], guest.vm.cpu.ia) == (512 * 1024, PROGRAM + 4)


def test_privilege_classes(logged_on: LogOn) -> None:
    """X'04' needs class C or E: a user without one gets the exception that R6 documents for such codes."""
    general, operator = Guest(logged_on("ALPHA")), Guest(logged_on("OPERATOR"))
    registers = {1: 0x3000, 2: 1, 3: 0x3100}
    assert general.refused(0x04, 1, 2, registers) == PRIVILEGED
    operator.put(0x3100, "FFFFFFFF")
    operator.diagnose(0x04, 1, 2, registers)
    assert operator.interruption is None
    assert operator.get(0x3100, 4) == bytes(4)


def test_counters(guest: Guest) -> None:
    for _ in range(3):
        guest.diagnose(0x60, 1, 2, {})
    guest.diagnose(0x7C, 1, 2, {})
    counters = guest.vm.counters
    assert (counters.traps["diagnose"], counters.hypercalls, counters.reflected["program"]) == (4, {0x60: 3}, 1)
    assert guest.vm.cpu.instructions == 4
