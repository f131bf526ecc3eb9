"""From what the peer left behind to the result of a case, with the flags that ``vm370 vectors`` judges it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vm370.cp.engine import reference
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Interception, InvalidPsw, MaskChanged, ProgramInterruption, SupervisorCall
from vm370.cp.s370.interruptions import ProgramCheck, program_interruption, supervisor_call_interruption
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import BLOCK, CHANGE, REFERENCE, Storage
from vm370.tools.conformance.harness import LAST_BLOCKS, TEST_END
from vm370.tools.conformance.peer import PeerResult
from vm370.tools.vectors_command import prepare

Case = dict[str, Any]
Differences = dict[str, tuple[str, str]]
ACCESS = {"P 4", "P 5", "P 16", "P 17", "P 18"}
LIMIT = 3000
LOW_END = 0x18
"""Low storage that a case may use."""
TERMINATING = (4, 5, 7)
FETCHES = (4, 5, 6, 16, 17, 18)


@dataclass
class Rehearsal:
    """What the reference engine did with a case."""

    prefix: int
    kind: str
    code: int
    fetching: bool
    executing: bool


class Rehearsals:
    """Runs cases on the reference engine, to find out which can be given to the peer."""

    def __init__(self) -> None:
        self._machines: dict[int, Cpu] = {}

    def run(self, header: Case, case: Case) -> Rehearsal | None:
        """None for a case that does not end, waits, or touches storage that the peer's program needs."""
        megabytes = case["msz"]
        if megabytes not in self._machines:
            self._machines[megabytes] = Cpu(Storage(megabytes << 20))
        cpu = self._machines[megabytes]
        prepare(cpu, header, case, {})
        start = cpu.ia
        interception: Interception = MaskChanged()
        while isinstance(interception, MaskChanged):
            interception = reference.run(cpu, LIMIT)
        match interception:
            case SupervisorCall(number):
                kind, code = "S", number
            case ProgramInterruption(number):
                kind, code = "P", number
            case InvalidPsw():
                kind, code = "P", 6
            case _:
                return None
        if cpu.prefix >= TEST_END or not self._within(cpu, case):
            return None
        fetching = executing = False
        if kind == "P" and code in FETCHES:
            fetching = self._fetch_fails(cpu, (cpu.ia - 2 * cpu.ilc) & 0xFFFFFF) or self._fetch_fails(cpu, cpu.ia)
        code_at = case["code"][:2]
        executing = code_at == "44" and start + 4 == cpu.ia
        prefix = cpu.prefix
        if kind == "S":
            supervisor_call_interruption(cpu, code)
        else:
            program_interruption(cpu, code)
        return Rehearsal(prefix, kind, code, fetching, executing)

    @staticmethod
    def _fetch_fails(cpu: Cpu, address: int) -> bool:
        keys = bytes(cpu.storage.keys)
        try:
            cpu.fetch_instruction(address)
        except ProgramCheck:
            return True
        finally:
            cpu.storage.keys[:] = keys
        return False

    @staticmethod
    def _within(cpu: Cpu, case: Case) -> bool:
        keys = cpu.storage.keys
        used = [block for block, key in enumerate(keys) if key & (REFERENCE | CHANGE)]
        blocks = cpu.storage.size // BLOCK
        for block in used:
            if block == 0:
                if case["msz"] != 16:
                    return False
            elif block >= TEST_END // BLOCK and block < blocks - LAST_BLOCKS:
                return False
        if any(int(a, 16) < BLOCK and int(a, 16) + len(data) // 2 > LOW_END for a, data in case["m"].items()):
            return False
        if case["msz"] == 16 and any(cpu.storage.read(LOW_END, BLOCK - LOW_END)):
            return False
        last = cpu.storage.size - LAST_BLOCKS * BLOCK
        return all(
            int(a, 16) + length <= TEST_END or int(a, 16) >= last
            for a, length in [(a, len(data) // 2) for a, data in case["m"].items()] + [(a, BLOCK) for a in case["k"]]
        )


def with_result(header: Case, case: Case, peer: PeerResult, rehearsal: Rehearsal) -> Case:
    """The case with ``r`` as the peer found it, ``fl`` and no empty fields."""
    result: Case = {}
    old = Psw.from_bytes(peer.low[0x20:0x28] if peer.kind == 2 else peer.low[0x28:0x30])
    result["t"] = "S" if peer.kind == 2 else "P" if peer.kind == 3 else f"class {peer.kind}"
    word = peer.low[0x88:0x8C] if peer.kind == 2 else peer.low[0x8C:0x90]
    result["psw"] = old.to_bytes().hex().upper()
    result["code"] = int.from_bytes(word[2:], "big") if old.ec else old.interruption_code
    result["ilc"] = word[1] >> 1 if old.ec else old.ilc
    gr = [int(value, 16) for value in header["bg_g"]]
    fpr = {int(number): int(value, 16) for number, value in header["bg_f"].items()}
    cr = [int(header["bg_cr"], 16)] * 16
    for number, value in case["g"].items():
        gr[int(number)] = int(value, 16)
    for number, value in case["f"].items():
        fpr[int(number)] = int(value, 16)
    for number, value in case["cr"].items():
        cr[int(number)] = int(value, 16)
    result["g"] = {str(i): f"{peer.gr[i]:08X}" for i in range(16) if peer.gr[i] != gr[i]}
    found = dict(zip((0, 2, 4, 6), peer.fpr, strict=True))
    result["f"] = {str(i): f"{found[i]:016X}" for i in found if found[i] != fpr[i]}
    result["cr"] = {str(i): f"{peer.cr[i]:08X}" for i in range(16) if peer.cr[i] != cr[i]}
    names = {int(a, 16) & ~0x7FF for a in case["k"]}
    result["k"] = {f"{a:06X}": f"{peer.keys.get(a, 0):02X}" for a in sorted(names)}
    result["m"] = {
        a: data
        for a, data in _changed(case, peer).items()
        if int(a, 16) & ~0x7FF != rehearsal.prefix or not rehearsal.prefix
    }
    code_word = 0x88 if peer.kind == 2 else 0x8C
    result["lc"] = {
        f"{a:X}": peer.low[a : a + 4].hex().upper()
        for a in range(0x80, 0xA0, 4)
        if any(peer.low[a : a + 4]) and not (a == code_word and old.ec)
    }
    result = {key: value for key, value in result.items() if value != {}}
    return {
        **{key: value for key, value in case.items() if value != {}},
        "fl": _flags(case, result, rehearsal),
        "r": result,
    }


def _changed(case: Case, peer: PeerResult) -> dict[str, str]:
    """Storage that is not as it was."""
    before: dict[int, bytearray] = {address: bytearray(BLOCK) for address in peer.blocks}
    for name, text in case["m"].items():
        for offset, byte in enumerate(bytes.fromhex(text)):
            block = int(name, 16) + offset & ~0x7FF
            if block in before:
                before[block][int(name, 16) + offset & 0x7FF] = byte
    result = {}
    for address, old in before.items():
        new = peer.blocks[address]
        offset = 0
        while offset < BLOCK:
            if new[offset] == old[offset]:
                offset += 1
                continue
            end = offset
            while end < BLOCK and new[end] != old[end]:
                end += 1
            result[f"{address + offset:06X}"] = new[offset:end].hex().upper()
            offset = end
    if case["msz"] == 16:
        low = peer.low[:0x18]
        result["000000"] = low.hex().upper()
    return result


def _flags(case: Case, result: Case, rehearsal: Rehearsal) -> str:
    flags = ""
    both: Sequence[tuple[str, int]] = ((result["t"], result["code"]), (rehearsal.kind, rehearsal.code))
    if any(kind == "P" and code in (4, 5) for kind, code in both):
        flags += "E"
    if case["op"] in ("MVCL", "CLCL"):
        flags += "M"
    if result["t"] == "P" and result["code"] in TERMINATING:
        flags += "T"
    if rehearsal.fetching and result["t"] == "P" and result["code"] in FETCHES:
        flags += "I"
    if case["op"] == "LPSW" and result["t"] == "P" and result["ilc"] == 0:
        flags += "IJ" if "I" not in flags else "J"
    if rehearsal.executing and result["t"] == "P":
        flags += "L"
    return flags


def excused(case: Case, differences: Differences) -> str:
    """Why a difference is none of the definition's; empty if it may be one."""
    if all(
        name.startswith("key of") and (int(a, 16) ^ int(b, 16)) == REFERENCE for name, (a, b) in differences.items()
    ):
        return "reference bit of what was not accessed in the end"
    end = differences.get("end", ("", ""))
    stored = [name for name in differences if name.startswith("storage")]
    if case["op"] == "RRB":
        return "the peer takes two blocks for one in RRB"
    if case["op"] == "LCTL" and end == ("S 255", "P 18"):
        return "the peer fetches the next instruction before it looks at control register 0"
    if case["op"] in ("ED", "EDMK") and case["r"]["code"] in (16, 17) and set(differences) <= {"gr1", *stored}:
        return "the peer stores a part before a translation exception"
    if set(end) <= ACCESS or (not end[0] and "real 90" in differences):
        return "which of two access exceptions"
    return ""
