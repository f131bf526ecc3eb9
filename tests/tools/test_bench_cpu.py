"""``vm370 bench cpu``: the shape of its answer, its arithmetic, the C versions, and what Hercules says."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from vm370.tools import cli
from vm370.tools.bench import BenchError, cpu, cside, peer, worker
from vm370.tools.bench.kernel import KernelError
from vm370.tools.bench.own import own_kernel
from vm370.tools.bench.peer import Peer, PeerError
from vm370.tools.bench.summary import geometric_mean, lines_of_summary, summarize, table

SUMMARY = ("interpreter_vs_peer", "regions_vs_peer", "regions_vs_peer_min", "regions_vs_c", "mix_mips")


def line(name: str, engine: str, mips: float | None, peer_mips: float | None, c_ratio: float | None) -> dict[str, Any]:
    """A line of the answer with made-up figures."""
    return {"name": name, "engine": engine, "mips": mips, "peer_mips": peer_mips, "c_ratio": c_ratio,
            "c_mips": None, "mix": name.startswith("mix")}  # fmt: skip


LINES = [
    line("one", "interpreter", 200.0, 100.0, 10.0),
    line("two", "interpreter", 400.0, 50.0, None),
    line("mix30", "interpreter", 300.0, 10.0, None),
    line("mix60", "interpreter", 1200.0, 30.0, None),
]


def test_geometric_means() -> None:
    assert geometric_mean([2.0, 8.0, None]) == pytest.approx(4.0)
    assert geometric_mean([None]) is None


def test_summary_of_made_up_figures() -> None:
    summary = summarize(LINES)
    assert summary["interpreter_vs_peer"] == 4.0  # of 2 and 8: the mix is not in it
    assert summary["interpreter_vs_peer_min"] == 2.0
    assert summary["interpreter_vs_c"] == 10.0
    assert summary["mix_mips"] == 600.0  # of 300 and 1200
    assert summary["mix_engine"] == "interpreter"
    assert summary["mix_vs_peer"] == 34.64  # of 30 and 40
    assert summary["mips"]["interpreter"] == 282.8  # of 200 and 400
    assert summary["regions_vs_peer"] is None
    assert summary["regions_vs_peer_min"] is None
    assert summary["regions_vs_c"] is None


def test_regions_are_summed_up_when_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from vm370.tools.bench import summary as module

    monkeypatch.setattr(module, "ENGINES", {"reference": "", "interpreter": "", "regions": ""})
    more = [line("one", "regions", 900.0, 100.0, 1.5), line("two", "regions", 200.0, 50.0, 6.0),
            line("mix30", "regions", 1500.0, None, None), line("bad", "regions", None, 50.0, None)]  # fmt: skip
    summary = summarize([*LINES, *more])
    assert summary["regions_vs_peer"] == 6.0
    assert summary["regions_vs_peer_min"] == 4.0
    assert summary["regions_vs_c"] == 3.0
    assert (summary["mix_mips"], summary["mix_engine"], summary["mix_vs_peer"]) == (1500.0, "regions", None)


def test_nothing_measured() -> None:
    summary = summarize([line("one", "interpreter", None, None, None)])
    assert all(summary[name] is None for name in SUMMARY)
    assert "mix_mips                         not measured" in lines_of_summary(summary)


def test_tables() -> None:
    text = table({"kernels": LINES}, markdown=True).splitlines()
    assert text[0] == "| kernel | interpreter | peer |  C | interpreter / peer | interpreter time / C |"
    assert text[1] == "| ------ | ----------: | ---: | -: | -----------------: | -------------------: |"
    assert text[2] == "| one    |         200 |  100 |  - |               2.00 |                10.00 |"
    assert len(text) == 6
    assert table({"kernels": LINES}).splitlines()[2].split() == ["two", "400", "50", "-", "8.00", "-"]


def test_the_answer_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With measurements that take no time: each engine runs one repetition in this process."""

    def call(self: worker.Workers, job: dict[str, Any]) -> dict[str, Any]:
        if job["job"] == "measure":
            assert job["count"] >= 1
            return {"instructions": 2_000_000, "cpu": 2.0, "wall": 2.5}
        return {"mips": 1.0}

    def seconds(self: Peer, kernel: object, count: int) -> float:
        raise AssertionError("no peer was asked for")

    monkeypatch.setattr(worker.Workers, "call", call)
    monkeypatch.setattr(Peer, "seconds", seconds)
    options = ["--kernel", "svc", "--kernel", "mix30", "--engine", "reference", "--engine", "interpreter", "--no-c"]
    assert cli.main(["bench", "cpu", "--json", "--seconds", "0.5", *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(found["name"], found["engine"], found["mips"], found["peer_mips"], found["c_ratio"])
            for found in answer["kernels"]] == [
        ("svc", "reference", 1.0, None, None),
        ("svc", "interpreter", 1.0, None, None),
        ("mix30", "reference", 1.0, None, None),
        ("mix30", "interpreter", 1.0, None, None),
    ]  # fmt: skip
    assert set(SUMMARY) <= set(answer["summary"])
    assert answer["summary"]["mix_mips"] == 1.0
    assert answer["summary"]["interpreter_vs_peer"] is None


def test_a_kernel_that_fails_has_no_speed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def call(self: worker.Workers, job: dict[str, Any]) -> dict[str, Any]:
        if job["job"] == "prepare":
            return {"mips": 1.0}
        if job["job"] == "measure":
            raise KernelError("svc: interpreter: N = 1: result 00, expected 11")
        return {}

    monkeypatch.setattr(worker.Workers, "call", call)
    assert cli.main(["bench", "cpu", "--json", "--kernel", "svc", "--engine", "interpreter", "--no-c"]) == 1
    output = capsys.readouterr()
    answer = json.loads(output.out)
    assert answer["kernels"][0]["mips"] is None
    assert answer["faults"] == ["svc: interpreter: N = 1: result 00, expected 11"]
    assert "result 00, expected 11" in output.err


def test_a_termination_signal_ends_the_measurement_in_order() -> None:
    with pytest.raises(SystemExit) as end, cpu.ending_in_order():
        signal.raise_signal(signal.SIGTERM)
    assert end.value.code == 143
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_what_cannot_be_measured(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["bench", "cpu", "--kernel", "nonsense"]) == 2
    assert "no kernel nonsense; there are register" in capsys.readouterr().err
    assert cli.main(["bench", "cpu", "--seconds", "0"]) == 2
    assert cli.main(["bench", "cpu", str(tmp_path / "absent.json")]) == 2
    assert "absent.json" in capsys.readouterr().err


def test_a_peer_that_is_not_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(PeerError, match="no-such-emulator is not installed"):
        Peer(tmp_path, program="no-such-emulator")
    monkeypatch.setattr(peer.shutil, "which", lambda name: None)
    monkeypatch.setattr(worker.Workers, "call", lambda self, job: {"mips": 1.0, "instructions": 10**6, "cpu": 1.0,
                                                                    "wall": 1.0})  # fmt: skip
    options = ["--kernel", "register", "--engine", "interpreter", "--peer", "hercules"]
    assert cli.main(["bench", "cpu", "--json", *options]) == 0
    output = capsys.readouterr()
    answer = json.loads(output.out)
    assert (answer["peer"], answer["kernels"][0]["peer_mips"], answer["kernels"][0]["c_ratio"]) == (None, None, None)
    assert "hercules is not installed: no ratios to it" in output.err
    assert "gcc is not installed: no ratios to C" in output.err


RECORDED = """\
Hercules Version 3.13
(c)Copyright 1999-2015 by Roger Bowler, Jan Jaeger, and others
HHCPN008I Script file processing started using file "/tmp/commands"
sysclear
loadcore a.img 0
HHCPN112I Loading a.img to location 0
HHCPN113I 12288 bytes read from a.img
r 0100=001E8480
R:00000100:K:06=001E8480 00000000 00000000 00000000  ..d.............
restart
HHCPN038I Restart key depressed
HHCCP011I CPU0000: Disabled wait state
          PSW=000A0000 00000000
loadcore a.img 0
HHCPN111E loadcore rejected: CPU not stopped
r 180.10
R:00000180:K:06=08BBF378 7089ABAD 00000000 00000000  ..3..i.[........
"""


def test_what_hercules_says() -> None:
    """A session that was recorded with Hercules 3.13."""
    lines = RECORDED.splitlines()
    assert [found for found in map(peer.version, lines) if found] == ["3.13"]
    assert [found for found in map(peer.load_answer, lines) if found is not None] == [True, False]
    assert [found for found in map(peer.psw, lines) if found] == [bytes.fromhex("000A000000000000")]
    assert [found for found in map(peer.stored, lines) if found] == [
        bytes.fromhex("001E8480").ljust(16, b"\0"),
        bytes.fromhex("08BBF3787089ABAD").ljust(16, b"\0"),
    ]


@pytest.mark.skipif(shutil.which(peer.PROGRAM) is None, reason="Hercules is not installed")
def test_hercules_gives_the_results_of_the_models(tmp_path: Path) -> None:
    with Peer(tmp_path) as found:
        assert found.name.startswith("Hercules ")
        for name in ("svc", "decimal", "float", "mix480"):
            assert found.seconds(own_kernel(name), 2) > 0  # compares the result


@pytest.mark.skipif(not cside.available(), reason="gcc is not installed")
@pytest.mark.parametrize("name", ["register", "sieve", "hash", "calls"])
def test_c_gives_the_results_of_the_models(tmp_path: Path, name: str) -> None:
    assert cside.has_source(own_kernel(name))
    assert cside.CProgram(own_kernel(name), tmp_path).seconds(2) > 0  # compares the result


def test_only_fixed_point_kernels_have_c_versions() -> None:
    assert not cside.has_source(own_kernel("float"))
    assert not cside.has_source(own_kernel("mix30"))


def test_processes_that_measure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workers = worker.Workers(tmp_path)
    job = {"engine": "reference", "kernel": own_kernel("svc").as_data()}
    workers.warm(["reference"])
    leftover = tmp_path / "vm370" / "region"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"what an earlier run compiled")
    assert workers.call({"job": "measure", "count": 1, **job})["instructions"] == own_kernel("svc").instructions(1)
    assert not leftover.exists()
    known = {"7": {"result": "11" * 16, "instructions": 1}}
    broken = own_kernel("svc").as_data() | {"result_always": "11" * 16, "expected": known}
    with pytest.raises(BenchError, match=r"svc: reference: N = 1: result 0000138800008"):
        workers.call({"job": "measure", "count": 1, "engine": "reference", "kernel": broken})
    monkeypatch.setattr(worker.sys, "executable", "/bin/false")
    with pytest.raises(BenchError, match="exit code 1"):
        workers.call({"job": "warm", "engine": "reference"})


def test_the_command_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.Workers, "call", lambda self, job: {"mips": 1.0, "instructions": 10**6, "cpu": 1.0,
                                                                    "wall": 1.0})  # fmt: skip
    options = ["--engine", "interpreter", "--kernel", "svc", "--runs", "1", "--no-c"]
    assert cli.main(["bench", "cpu", *options, "--markdown"]) == 0
    output = capsys.readouterr().out
    assert "vm370 bench cpu --engine interpreter --kernel svc --seconds 2 --runs 1 --no-c" in output
    assert output.startswith("| kernel |")
