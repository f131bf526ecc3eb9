"""Our kernels in the reference engine, against the models, which share nothing with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vm370.tools.bench import models, worker
from vm370.tools.bench.kernel import Kernel, KernelError, from_data, read_kernels
from vm370.tools.bench.mix import MIX_SIZES, Loop, mix_kernel
from vm370.tools.bench.own import NAMES, own_kernel

FAST = ("string", "moves", "packed", "decimal", "svc", "mix30", "mix480")
"""Run twice here: the second repetition starts from the same state."""


@pytest.mark.parametrize("name", NAMES)
def test_a_kernel_gives_what_its_model_says(name: str) -> None:
    kernel = own_kernel(name)
    for count in (1, 2) if name in FAST else (1,):
        answer = worker.run(kernel, "reference", count)  # compares the result
        assert answer["instructions"] == kernel.base + count * kernel.per_iteration


def test_known_results_of_the_algorithms() -> None:
    # 1900 primes from 3 to 2 * 8189 + 3 = 16381 (pi(16381) = 1900 with 2, so 1899 odd ones, and 16381 is the last)
    assert models.sieve().result[:8] == (1899).to_bytes(4, "big") + (16381).to_bytes(4, "big")
    assert models.svc().result[:8] == (5000).to_bytes(4, "big") + (35000).to_bytes(4, "big")
    # calls: the i-th sum sees 6(i - 1) + 1
    assert models.calls().result[:8] == (30000).to_bytes(4, "big") + (6 * 5000 * 4999 // 2 + 5000).to_bytes(4, "big")
    # packed: 2000 * 12345 = 24690000, twice less 9999999
    assert models.packed().result[:8] == bytes.fromhex("000000004690002C")


def test_hexadecimal_floating_point_of_the_model() -> None:
    one, half, sixteen = 0x4110000000000000, 0x4080000000000000, 0x4210000000000000
    assert models.hexadecimal_sum(one, one) == 0x4120000000000000
    assert models.hexadecimal_sum(one, one | 1 << 63) == 0
    assert models.hexadecimal_sum(half, half) == one
    assert models.hexadecimal_sum(sixteen, one | 1 << 63) == 0x41F0000000000000
    assert models.hexadecimal_product(half, half) == 0x4040000000000000
    assert models.hexadecimal_product(sixteen, one | 1 << 63) == sixteen | 1 << 63
    # the guard digit: 16 - 16**-13 keeps its last digit
    assert models.hexadecimal_sum(sixteen, 0xB410000000000000) == 0x41FFFFFFFFFFFFFF


def test_the_mix_is_the_same_each_time_and_in_proportion() -> None:
    assert mix_kernel("mix30", 30).storage == mix_kernel("mix30", 30).storage
    operations = [operation[0] for size in MIX_SIZES for operation in Loop.generate(size).operations]
    share = {name: operations.count(name) / len(operations) for name in ("L", "ST", "BC", "LA")}
    assert share == pytest.approx({"L": 0.25, "ST": 0.13, "BC": 0.17, "LA": 0.08}, abs=0.04)


def sample() -> dict[str, Any]:
    """A kernel file: LA 1,1 and the end."""
    return {
        "name": "sample",
        "mainsize": 4096,
        "psw": "0008000000000200",
        "end_psw": "000A000000000000",
        "storage": [{"addr": "110", "hex": "000A000000000000"}, {"addr": "200", "hex": "4110000182000110"}],
        "instructions": {"base": 1, "per_iteration": 1},
        "expected": {"1": {"result": "00" * 16, "instructions": 2}},
    }


def test_files_and_folders_of_kernels(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(sample()))
    (tmp_path / "a.json").write_text(json.dumps(sample() | {"name": "first"}))
    assert [kernel.name for kernel in read_kernels([tmp_path, tmp_path / "b.json"])] == ["first", "sample", "sample"]
    assert worker.run(read_kernels([tmp_path])[0], "reference", 1)["instructions"] == 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(KernelError, match="no kernels"):
        read_kernels([tmp_path / "empty"])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"psw": None}, "not a kernel"),
        ({"psw": "00"}, "a PSW has 8 bytes"),
        ({"storage": [{"addr": "XYZ", "hex": ""}]}, "not a kernel"),
        ({"storage": [{"addr": "FFF", "hex": "0000"}]}, "are not within 4096 bytes"),
        ({"mainsize": 5000}, "mainsize 5000"),
        ({"expected": {}}, "are needed"),
        ({"expected": {"0": {"result": "00" * 16, "instructions": 2}}}, "N = 0"),
        ({"expected": [1]}, "not a kernel"),
    ],
)
def test_files_that_are_no_kernels(tmp_path: Path, change: dict[str, Any], found: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(sample() | change))
    with pytest.raises(KernelError, match=found) as error:
        read_kernels([path])
    assert str(path) in str(error.value)
    path.write_text("{")
    with pytest.raises(KernelError, match="not a kernel"):
        read_kernels([path])


def test_wrong_results_and_counts_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample()
    data["expected"]["1"]["instructions"] = 3
    data["instructions"]["base"] = 2
    with pytest.raises(KernelError, match="2 instructions, expected 3"):
        worker.run(from_data(data, "here"), "reference", 1)
    data = sample()
    data["expected"]["1"]["result"] = "11" * 16
    with pytest.raises(KernelError, match="result 0000"):
        worker.run(from_data(data, "here"), "reference", 1)
    monkeypatch.setattr(worker, "SLICE", 100)
    endless = [{"addr": "200", "hex": "47F00200"}]
    with pytest.raises(KernelError, match="ended by BudgetEnd"):
        worker.run(from_data(sample() | {"storage": endless}, "here"), "reference", 1)
    data = sample() | {"end_psw": "000A000000000001"}
    with pytest.raises(KernelError, match="ended by"):
        worker.run(from_data(data, "here"), "reference", 1)


def test_repetitions_for_so_many_instructions() -> None:
    steps = {"instructions": {"base": 5, "per_iteration": 10}}
    kernel = from_data(sample() | steps | {"expected": {"4": {"result": "00" * 16, "instructions": 45}}}, "here")
    assert kernel.exact
    assert kernel.instructions(7) == 75
    assert kernel.count_for(1005) == 100
    assert kernel.count_for(1) == 1
    assert kernel.more(10) == 83  # 8 * 105 instructions
    assert kernel.more(0x7FFFFFFE) == 0x7FFFFFFF
    uneven = from_data(sample() | steps | {"expected": {"100": {"result": "00" * 16, "instructions": 1205}}}, "here")
    assert not uneven.exact
    assert uneven.instructions(1000) == 12005  # as many for each iteration as with the largest N that is known


def test_a_kernel_goes_to_the_measuring_process_and_back() -> None:
    kernel = own_kernel("packed")
    copy = from_data(json.loads(json.dumps(kernel.as_data())), "job")
    assert copy == Kernel(**{field: getattr(kernel, field) for field in Kernel.__dataclass_fields__})
