"""PSW: both modes as the Principles of Operation draws them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage


def test_bc_mode() -> None:
    psw = Psw.from_bytes(bytes.fromhex("FF350080B5123456"))
    assert psw == Psw(
        system_mask=0xFF,
        key=3,
        machine_check=True,
        problem=True,
        interruption_code=0x80,
        ilc=2,
        cc=3,
        program_mask=5,
        address=0x123456,
    )
    assert str(psw) == "FF350080 B5123456"


def test_ec_mode() -> None:
    psw = Psw.from_bytes(bytes.fromhex("070A250000123456"))
    assert psw == Psw(system_mask=7, ec=True, wait=True, cc=2, program_mask=5, address=0x123456)
    assert psw.valid


@pytest.mark.parametrize("text", ["8008000000000000", "000A400000000000", "0008000100000000", "0008000001000000"])
def test_bits_that_must_be_zero_in_ec_mode(text: str) -> None:
    psw = Psw.from_bytes(bytes.fromhex(text))
    assert not psw.valid
    assert psw.to_bytes().hex().upper() == text


def test_disabled_wait() -> None:
    assert Psw.from_bytes(bytes.fromhex("000A000000000000")).disabled_wait
    assert not Psw.from_bytes(bytes.fromhex("020A000000000000")).disabled_wait
    assert not Psw.from_bytes(bytes.fromhex("8002000000000000")).disabled_wait


def test_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="found 4"):
        Psw.from_bytes(bytes(4))


@given(st.binary(min_size=8, max_size=8))
def test_bytes_round_trip(data: bytes) -> None:
    assert Psw.from_bytes(data).to_bytes() == data


@given(st.binary(min_size=8, max_size=8))
def test_the_cpu_keeps_what_a_psw_holds(data: bytes) -> None:
    cpu = CPU
    psw = Psw.from_bytes(data)
    cpu.psw = psw
    assert cpu.psw == replace(psw, interruption_code=0, ilc=0)
    assert cpu.invalid_psw == (not psw.valid)


CPU = Cpu(Storage(4096))
