"""``vm370 bench roundtrip`` and ``vm370 bench start``: what they run, and the shape of their answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vm370.cp.directory import Directory
from vm370.cp.system import System
from vm370.tools import cli, home
from vm370.tools.bench import BenchError, roundtrip, start


@pytest.fixture
def system(tmp_path: Path) -> Any:
    (tmp_path / "disks").mkdir()
    (tmp_path / "directory").write_text(roundtrip.DIRECTORY)
    made = System(tmp_path)
    made.engines.wait()
    yield made
    made.shutdown()


@pytest.mark.parametrize("name", roundtrip.LOOPS)
@pytest.mark.parametrize("assist", [True, False])
def test_a_round_trip(system: System, name: str, assist: bool) -> None:
    entry = system.directory.find(roundtrip.USERID)
    assert entry is not None
    vm = system.logon(entry, None)
    assert roundtrip.round_trip(vm, name, "reference", assist, 0.001) > 0
    trips = vm.cpu.instructions // roundtrip.LOOPS[name][1]
    expected = {"diagnose": trips} if name == "diagnose" else {} if assist else {"svc": trips, "privileged": trips}
    assert bool(vm.cpu.external_pending) == (name == "svc_masked")
    assert set(vm.counters.traps) == set(expected)
    for cause, count in expected.items():
        assert vm.counters.traps[cause] == pytest.approx(count, abs=1)


def test_roundtrip_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "roundtrip", "--json", "--engine", "reference", "--seconds", "0.01"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(line["name"], line["engine"], line["assist"]) for line in answer["roundtrips"]] == [
        ("svc_lpsw", "reference", True),
        ("svc_lpsw", "reference", False),
        ("svc_masked", "reference", True),
        ("svc_masked", "reference", False),
        ("diagnose", "reference", True),
        ("diagnose", "reference", False),
    ]
    assert all(line["us"] > 0 for line in answer["roundtrips"])
    roundtrip.show(answer)
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert cli.main(["bench", "roundtrip", "--seconds", "-1"]) == 2


def test_start_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With processes that take no time."""
    jobs = []

    def call(cache: Path, *job: str) -> dict[str, Any]:
        jobs.append((cache.name, *(word for word in job if "/" not in word)))
        return {"seconds": 0.01, "cpu": 0.02, "first": 0.3, "again": 0.2, "kib": 100.0}

    def make_home(folder: Path, progress: home.Progress) -> None:
        folder.mkdir()
        (folder / "directory").write_text(roundtrip.DIRECTORY)

    monkeypatch.setattr(start, "call", call)
    monkeypatch.setattr(home, "make_home", make_home)
    options = ["--engine", "reference", "--engine", "interpreter", "--guests", "3"]
    assert cli.main(["bench", "start", "--json", *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    ready = {"guest_kib": 100.0, "ipl_cold_s": 0.3, "ipl_warm_s": 0.3, "ipl_again_s": 0.2}
    assert answer["engines"] == [
        {"engine": "reference", "build_s": None, "build_cpu_s": None, "load_ms": None, **ready},
        {"engine": "interpreter", "build_s": 0.01, "build_cpu_s": 0.02, "load_ms": 10.0, **ready},
    ]
    interpreter = [job for job in jobs if job[2] == "interpreter"]
    assert interpreter[0] == ("interpreter-warm", "load", "interpreter")
    assert [job for job in interpreter if job[0] == "interpreter-cold"] == [
        ("interpreter-cold", "ipl", "interpreter", "0")
    ]
    assert interpreter[-1] == ("interpreter-warm", "guests", "interpreter", "3")
    start.show(answer)
    assert "load_ms                   -         10.0        20" in capsys.readouterr().out
    assert cli.main(["bench", "start", "--guests", "1"]) == 2


def test_users_of_the_start_benchmark_are_in_the_directory(tmp_path: Path) -> None:
    text = roundtrip.DIRECTORY + "".join(start.USERS.format(number=number) for number in (0, 19))
    (tmp_path / "directory").write_text(text)
    directory = Directory.load(tmp_path / "directory")
    for userid in ("G000", "G019"):
        entry = directory.find(userid)
        assert entry is not None
        assert not entry.nolog


def test_processes_that_fail(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"ipl reference: exit code 1"):
        start.call(tmp_path, "ipl", "reference", str(tmp_path / "absent"), "0")
    assert start.resident() > 1 << 20
