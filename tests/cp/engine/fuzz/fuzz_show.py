"""A case for reading: state, code as instructions, what the host does."""

from __future__ import annotations

from fuzz_case import Action, Case

from vm370.cp.s370.disassembler import disassemble


def show(case: Case) -> str:
    """Lines."""
    lines = [f"{case.name}: storage {case.size:X}, {len(case.pieces)} pieces"]
    lines.append("  " + " ".join(f"{name}={value:X}" for name, value in sorted(case.fields.items()) if value))
    for name, values in (("gr", dict(enumerate(case.gr))), ("fpr", dict(enumerate(case.fpr))), ("cr", case.cr)):
        lines.append("  " + " ".join(f"{name}{n}={value:X}" for n, value in values.items() if value))
    lines.append("  " + " ".join(f"key{block * 2048:X}={key:02X}" for block, key in case.keys.items()))
    lines.append("  " + " ".join(f"tlb{tag:X}={frame:X}" for tag, frame in case.tlb.items()))
    if sum(len(data) for _, data in case.storage) < 2000:
        for at, data in case.storage:
            lines += _code(at, data)
    for number, piece in enumerate(case.pieces[:50]):
        lines.append(f"  piece {number}: {piece.budget} instructions, cut {piece.cut}")
        lines += [f"    {_text(action)}" for action in piece.actions]
    return "\n".join(line for line in lines if line.strip())


def _code(at: int, data: bytes) -> list[str]:
    lines = [f"  storage {at:06X}: {data[:64].hex().upper()}"]
    if at & 1 or not any(data) or at < 0x80:
        return lines
    offset = 0
    while offset < len(data) and len(lines) < 40:
        length = 2 if data[offset] < 0x40 else 4 if data[offset] < 0xC0 else 6
        lines.append(f"    {at + offset:06X}  {disassemble(data[offset : offset + length].ljust(length, bytes(1)))}")
        offset += length
    return lines


def _text(action: Action) -> str:
    if action[0] == "poke" and len(action[2]) in (2, 4, 6) and not action[1] & 1:
        return f"poke {action[1]:06X} {action[2].hex()}  {disassemble(action[2])}"
    if action[0] == "gr":
        return "gr " + " ".join(f"{word:X}" for word in action[1])
    return " ".join(
        f"{part:X}" if isinstance(part, int) else part.hex() if isinstance(part, bytes) else str(part)
        for part in action
    )
