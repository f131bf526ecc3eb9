"""The opcode table is consistent with itself and with the definitions."""

from __future__ import annotations

import inspect

import pytest

from vm370.cp.s370.decoder import definition, find
from vm370.cp.s370.opcodes import ALIASES, BY_MNEMONIC, BY_OPCODE, EXTENDED, OPCODES, Opcode
from vm370.cp.s370.traps import GROUPS


def test_opcodes_and_mnemonics_are_unique() -> None:
    assert len(BY_OPCODE) == len(OPCODES)
    assert len(BY_MNEMONIC) == len(OPCODES)
    assert not set(BY_MNEMONIC) & (set(EXTENDED) | set(ALIASES))


def test_the_length_follows_from_the_first_two_bits() -> None:
    for op in OPCODES:
        code = op.code()
        assert len(code) == op.format.length == (2, 4, 4, 6)[code[0] >> 6], op.mnemonic
        assert find(code) is op


@pytest.mark.parametrize("op", OPCODES, ids=lambda op: op.mnemonic)
def test_definitions_take_the_operands_of_their_format(op: Opcode) -> None:
    function = definition(op)
    assert function is not None, f"{op.mnemonic} has no definition"
    layout = op.format.layout
    parameters = list(inspect.signature(function).parameters)
    assert parameters[0] == "cpu"
    assert len(parameters) == 1 + len(layout.statics) + len(layout.addresses)
    assert (function.__doc__ or "").split(":")[0] == op.mnemonic


def test_every_syntax_letter_is_a_field() -> None:
    for op in OPCODES:
        letters = op.format.syntax.replace("(", ",").replace(")", ",").split(",")
        for letter in filter(None, letters):
            shift, width, _ = op.format.field(letter)
            assert 0 <= shift <= 40 - width


def test_groups_are_trap_groups() -> None:
    assert {op.group for op in OPCODES if op.privileged} == set(GROUPS)


def test_extended_mnemonics() -> None:
    assert (EXTENDED["BE"].base.mnemonic, EXTENDED["BE"].mask, EXTENDED["BE"].syntax) == ("BC", 8, "D2(X2,B2)")
    assert (EXTENDED["BNER"].base.mnemonic, EXTENDED["BNER"].mask) == ("BCR", 7)
    assert EXTENDED["NOP"].mask == 0
    assert EXTENDED["NOPR"].syntax == "R2"
    assert EXTENDED["BR"].mask == EXTENDED["B"].mask == 15
