"""Case files as ``vm370 vectors`` reads them: JSON lines (``.jsonl`` or ``.jsonl.gz``), every field checked.

The first line is a header with the background state of the registers, each other line one case; empty lines do not
count.  Numbers are strings of hexadecimal digits, except those marked decimal::

    header
    bg_g     16 general registers               bg_f   floating-point registers {decimal 0 2 4 6: value}
    bg_cr    every control register

    case
    i op grp     number (decimal), mnemonic, group (may be missing)
    psw code     PSW to load, 8 bytes; instruction
    msz          storage in MiB (decimal; 8 if missing)
    g f cr       registers that differ from the background {decimal number: value}
    k m          storage keys {address: key}, storage {address: bytes}
    nd           bytes whose result is not determined [[address, length (decimal)], ...]
    fl           how to compare: vectors_command.py
    r            result: t (S or P), code (decimal), ilc (decimal), psw, and what changed: g f cr k m;
                 lc, words of real 80-9F {address: word}

Other fields are passed over.  :class:`VectorError` says file, line, field, what was found and what was expected.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Case = dict[str, Any]

DEFAULT_MEGABYTES = 8
_HEX = re.compile(r"[0-9A-Fa-f]+")
_GENERAL = tuple(str(number) for number in range(16))
_FLOATING = ("0", "2", "4", "6")
_LOW = tuple(f"{address:X}" for address in range(0x80, 0xA0, 4))
_SHOWN = 40


class VectorError(Exception):
    """A case file that cannot be used."""


class _FieldError(Exception):
    def __init__(self, field: str, found: object, expected: str) -> None:
        text = json.dumps(found, default=str)
        text = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        super().__init__(f"{field}: found {text}, expected {expected}")


def read_cases(path: Path) -> Iterator[tuple[int, Case]]:
    """(line number, header or case) of a file: the header first."""
    number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            header = True
            for number, line in enumerate(file, 1):
                if line.isspace():
                    continue
                yield number, parse_line(path, number, line, header=header)
                header = False
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise VectorError(f"{path}: line {number + 1}: not a whole gzip file: {error}") from error
    except OSError as error:
        raise VectorError(f"{path}: {error.strerror or error}") from error
    if header:
        raise VectorError(f"{path}: line {number + 1}: found the end of the file, expected a header")


def parse_line(path: Path, number: int, line: bytes, *, header: bool) -> Case:
    """A checked header or case."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except ValueError as error:  # of the JSON, or of its encoding
        raise VectorError(f"{path}: line {number}: not JSON: {error}") from error
    except RecursionError as error:
        raise VectorError(f"{path}: line {number}: not JSON that can be read: nested too deeply") from error
    try:
        if header:
            check_header(value)
        else:
            check_case(value)
    except _FieldError as error:
        raise VectorError(f"{path}: line {number}: {error}") from error
    return value


def check_header(value: object) -> None:
    header = _object("header", value, ("bg_g", "bg_f", "bg_cr"))
    general = header["bg_g"]
    if not isinstance(general, list) or len(general) != 16:
        raise _FieldError("bg_g", general, "16 general registers")
    for item in general:
        _hexadecimal("bg_g", item, 8)
    _registers("bg_f", header["bg_f"], _FLOATING, 16)
    _hexadecimal("bg_cr", header["bg_cr"], 8)


def check_case(value: object) -> None:
    case = _object("case", value, ("i", "op", "psw", "code", "r"))
    _number("i", case["i"], 0, 1 << 63)
    _text("op", case["op"])
    _text("grp", case.get("grp", ""))
    _text("fl", case.get("fl", ""))
    _bytes("psw", case["psw"], 8)
    _bytes("code", case["code"])
    size = _number("msz", case.get("msz", DEFAULT_MEGABYTES), 1, 16) << 20
    _state(case, "", size)
    undetermined = case.get("nd", [])
    if not isinstance(undetermined, list):
        raise _FieldError("nd", undetermined, "a list of [address, length]")
    for item in undetermined:
        if not isinstance(item, list) or len(item) != 2:
            raise _FieldError("nd", item, "[address, length]")
        _address("nd", item[0], 0, 1 << 24)
        _number("nd", item[1], 0, size)
    result = _object("r", case["r"], ("t", "code", "ilc", "psw"))
    if result["t"] not in ("S", "P"):
        raise _FieldError("r.t", result["t"], '"S" or "P"')
    _number("r.code", result["code"], 0, 0xFFFF)
    _number("r.ilc", result["ilc"], 0, 3)
    _bytes("r.psw", result["psw"], 8)
    _state(result, "r.", size)
    _registers("r.lc", result.get("lc", {}), _LOW, 8)


def _state(value: Case, prefix: str, size: int) -> None:
    """Registers, keys and storage."""
    _registers(f"{prefix}g", value.get("g", {}), _GENERAL, 8)
    _registers(f"{prefix}f", value.get("f", {}), _FLOATING, 16)
    _registers(f"{prefix}cr", value.get("cr", {}), _GENERAL, 8)
    for address, key in _object(f"{prefix}k", value.get("k", {})).items():
        _address(f"{prefix}k", address, 1, size)
        _hexadecimal(f"{prefix}k {address}", key, 2)
    for address, data in _object(f"{prefix}m", value.get("m", {})).items():
        _address(f"{prefix}m", address, len(_bytes(f"{prefix}m {address}", data)) // 2, size)


def _object(name: str, value: object, fields: tuple[str, ...] = ()) -> Case:
    if not isinstance(value, dict):
        raise _FieldError(name, value, "an object")
    for field in fields:
        if field not in value:
            raise _FieldError(name, list(value), f"a field {field}")
    return value


def _text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise _FieldError(name, value, "text")


def _number(name: str, value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise _FieldError(name, value, f"a number from {low} to {high}")
    return value


def _hexadecimal(name: str, value: object, digits: int) -> None:
    if not isinstance(value, str) or len(value) > digits or not _HEX.fullmatch(value):
        raise _FieldError(name, value, f"up to {digits} hexadecimal digits in quotes")


def _bytes(name: str, value: object, length: int | None = None) -> str:
    ok = isinstance(value, str) and _HEX.fullmatch(value) and len(value) % 2 == 0
    if not ok or (length is not None and len(str(value)) != 2 * length):
        wanted = "bytes" if length is None else f"{length} bytes"
        raise _FieldError(name, value, f"{wanted} as hexadecimal digits")
    return str(value)


def _address(name: str, value: object, length: int, size: int) -> None:
    """The address of so many bytes of storage."""
    _hexadecimal(name, value, 8)
    if int(str(value), 16) + length > size:
        raise _FieldError(name, value, f"an address below {size:X}, and all {length} bytes there")


def _registers(name: str, value: object, numbers: tuple[str, ...], digits: int) -> None:
    for number, content in _object(name, value).items():
        if number not in numbers:
            raise _FieldError(name, number, f"one of {' '.join(numbers)}")
        _hexadecimal(f"{name} {number}", content, digits)
