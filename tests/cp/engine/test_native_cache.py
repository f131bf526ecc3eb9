"""Machine code on disk, and running without LLVM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vm370.cp.engine.native import cache

compiler = pytest.importorskip("vm370.cp.engine.native.compiler")

EMPTY = "define i32 @enter(ptr %c) {\nret i32 0\n}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "cache" / "native")
    return tmp_path / "cache" / "native"


def test_round_trip_in_a_private_folder(folder: Path) -> None:
    assert cache.load("name") is None
    cache.save("name", b"code")
    assert cache.load("name") == b"code"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["name"]


@pytest.mark.parametrize("offset", [0, len(cache.MAGIC), len(cache.MAGIC) + 32, -1])
def test_a_damaged_file_is_not_used(folder: Path, offset: int) -> None:
    cache.save("name", b"some code")
    data = bytearray((folder / "name").read_bytes())
    data[offset] ^= 1
    (folder / "name").write_bytes(data)
    assert cache.load("name") is None


@pytest.mark.parametrize("length", [0, 5, len(cache.MAGIC) + 31])
def test_a_short_file_is_not_used(folder: Path, length: int) -> None:
    cache.save("name", b"some code")
    (folder / "name").write_bytes((folder / "name").read_bytes()[:length])
    assert cache.load("name") is None


def test_a_file_that_others_may_write_is_not_used(folder: Path) -> None:
    cache.save("name", b"code")
    (folder / "name").chmod(0o666)
    assert cache.load("name") is None


def test_a_folder_that_cannot_be_made_is_no_error(folder: Path) -> None:
    folder.parent.parent.joinpath("cache").write_bytes(b"a file")
    cache.save("name", b"code")
    assert cache.load("name") is None


def test_the_key_depends_on_each_part() -> None:
    keys = {cache.key(parts) for parts in (["a", "b"], ["ab"], ["a", "c"], ["a", "b", ""])}
    assert len(keys) == 4


def test_damaged_code_is_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm370.cp.engine.native.interpreter_text.interpreter_text", lambda: EMPTY)
    compiler.initialize()
    code = compiler.object_code()
    (path,) = folder.iterdir()
    path.write_bytes(b"damaged")
    assert compiler.object_code() == code
    assert cache.load(path.name) == code
    assert compiler.Linked(code, "enter").function(0) == 0


WITHOUT_LLVM = """
import logging, sys
sys.modules["llvmlite"] = None
logging.basicConfig(format="%(message)s", stream=sys.stdout)
from vm370.cp.engine.engines import engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.storage import Storage
engine = engine_for(sys.argv[1])
cpu = Cpu(Storage(4096))
cpu.storage.write(0, bytes.fromhex("1A12" "1A12" "1A12"))
cpu.gr[2] = 5
print(engine.run(cpu, 2), engine.run(cpu, 1), cpu.gr[1])
"""


@pytest.mark.parametrize("engine", ["interpreter", "regions"])
def test_without_llvm_the_reference_engine_runs_and_that_is_said_once(engine: str) -> None:
    command = [sys.executable, "-c", WITHOUT_LLVM, engine]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    said, result = child.stdout.splitlines()
    assert "native code is not available" in said
    assert result == "BudgetEnd() BudgetEnd() 15"
