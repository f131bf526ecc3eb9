"""MONITOR: records by their layout, what is collected when, spool file and tape, and ``vm370 monitor``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.conftest import clock, cp, home, logged_on, new_user  # noqa: F401 (fixtures)
from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.monitor.records import BLOCK, LAYOUTS, MonitorError, MonitorRecord, build, parse, records_of
from vm370.cp.system import System
from vm370.tools import cli

Logon = Callable[[str], User]


def collected(cp: System) -> list[MonitorRecord]:  # noqa: F811
    """The records of the newest monitor file."""
    file = cp.spool.files("RDR", "OPERATOR")[-1]
    assert (file.kind, file.spool_class, file.name) == ("MON", "M", "MONITOR")
    blocks = [record.data for record in cp.spool.read(file)]
    assert max(map(len, blocks)) <= BLOCK
    return [record for number, block in enumerate(blocks) for record in records_of(block, str(number))]


@pytest.mark.parametrize("key", LAYOUTS, ids=str)
def test_each_layout_there_and_back(key: tuple[int, int]) -> None:
    values: dict[str, int | str | bytes] = {}
    for number, (name, size) in enumerate(LAYOUTS[key], 1):
        values[name] = (
            number if isinstance(size, int) else {"C": f"N{number}", "X": b"\x9c\0\0\x09", "V": "A LINE"}[size[0]]
        )
    found = parse(build(*key, 0x123456789A, values))
    expected = {name: "9C000009" if isinstance(value, bytes) else value for name, value in values.items()}
    assert (found.monitor_class, found.code, found.time, found.values) == (*key, 0x123456789A, expected)


def test_lengths_of_the_manual() -> None:
    """System Programmer's Guide, appendix C: 12 bytes of header, then the sizes of the columns added up by hand."""
    assert len(build(1, 0, 0, {})) == 12 + 10
    assert len(build(5, 0, 0, {})) == 12 + 24
    assert len(build(4, 0, 0, {})) == 12 + 24 + 24 + 14 + 10
    assert len(build(2, 3, 0, {})) == 12 + 8 + 24
    assert len(build(0, 97, 0, {})) == 12 + 40 + 24 + 4


def test_what_a_session_leaves(
    cp: System,  # noqa: F811
    logged_on: Logon,  # noqa: F811
    clock: StoppedClock,  # noqa: F811
    home: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    assert operator.type("MONITOR ENABLE PERF RESP SCH USER INSTSIM", "MON INTERVAL 10 SEC") == ["COMMAND COMPLETE"] * 2
    assert operator.type("MONITOR START SPOOL TO OPERATOR") == ["COMMAND COMPLETE"]
    alpha = logged_on("ALPHA")
    alpha.type("SET ASSIST OFF", "STORE S800 9D000009 82000810 S810 00020000 00000000", "STORE PSW 0 800", "BEGIN")
    cp.step()
    clock.advance(10)
    assert not cp.step()
    assert cp.next_wake_up() == clock.monotonic() + 10
    alpha.type("LOGOFF")
    assert operator.type("MONITOR START SPOOL")[-1] == "MONITOR ALREADY STARTED"
    assert operator.type("MONITOR STOP")[-1] == "COMMAND COMPLETE"
    found = collected(cp)
    assert [(found[at].name, found[at].values["userid"]) for at in (0, -1)] == [
        ("HEADER", "OPERATOR"),
        ("TRAILER", "OPERATOR"),
    ]
    assert found[0].values["classes"] == 0b1110_1100_0000_0000
    instructions = [record for record in found if record.name == "INSTSIM"]
    assert [record.values["instruction"] for record in instructions] == ["9D000009", "82000810"]
    assert [record.values["address"] for record in instructions] == [0x800, 0x804]
    logons = [(record.name, record.values["userid"]) for record in found if record.name in ("LOGON", "LOGOFF")]
    assert logons == [("LOGON", "ALPHA"), ("LOGOFF", "ALPHA")]
    queues = [(record.name, record.values.get("queue")) for record in found if record.values.get("userid") == "ALPHA"]
    assert [entry for entry in queues if entry[0] in ("ADD", "DROP")] == [("ADD", 1), ("DROP", 1)]
    perform = [record.values for record in found if record.name == "PERFORM"]
    assert [values["logged_on"] for values in perform] == [1, 2, 1]
    assert (perform[-1]["sim_tio"], perform[-1]["sim_lpsw"]) == (1, 1)
    users = [record.values["userid"] for record in found if record.name == "USER"]
    assert users == ["OPERATOR", "OPERATOR", "ALPHA", "OPERATOR"]
    assert any(record.name == "OUTPUT" and "LOGON AT" in str(record.values["data"]) for record in found)

    spoolid = str(cp.spool.files("RDR", "OPERATOR")[-1].spoolid)
    assert cli.main(["monitor", "--home", str(home), spoolid, "--json", "--class", "INST"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["address"] for line in lines] == [0x800, 0x804]
    assert cli.main(["monitor", "--home", str(home), "9999"]) == 2


def test_a_tape(cp: System, home: Path, logged_on: Logon, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    operator = logged_on("OPERATOR")
    operator.type("MONITOR START TAPE 181")
    assert operator.read() == [] or cp.monitor.sink is None
    drive = cp.real.find(0x181)
    path = home / "monitor.aws"
    drive.mount(path, ring=True, new=True)  # type: ignore[union-attr]
    assert operator.type("MONITOR START TAPE 181") == ["COMMAND COMPLETE"]
    assert operator.type("MONITOR DISPLAY")[-1] == "MONITOR STARTED, TAPE 181, BLOCKS 0"
    operator.type("MONITOR STOP TAPE")
    drive.unmount()  # type: ignore[union-attr]
    assert cli.main(["monitor", str(path), "--summary"]) == 0
    assert capsys.readouterr().out.split()[1::3] == ["0", "0", "0", "4"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("MONITOR FOO", "DMKMCC002E INVALID OPERAND - FOO"),
        ("MONITOR ENABLE", "DMKMCC026E OPERAND MISSING OR INVALID"),
        ("MONITOR ENABLE PERFORM FOO", "DMKMCC002E INVALID OPERAND - FOO"),
        ("MONITOR ENABLE SEEKS", "DMKMCC863E SEEKS NOT PRESENT ON THIS SYSTEM"),
        ("MONITOR INTERVAL", "DMKMCC026E OPERAND MISSING OR INVALID"),
        ("MONITOR INTERVAL 0", "DMKMCC002E INVALID OPERAND - 0"),
        ("MONITOR INTERVAL 61 MIN", "DMKMCC002E INVALID OPERAND - 61"),
        ("MONITOR INTERVAL 5 DAYS", "DMKMCC002E INVALID OPERAND - DAYS"),
        ("MONITOR START", "DMKMCC026E OPERAND MISSING OR INVALID"),
        ("MONITOR START CPTRACE", "DMKMCC863E CPTRACE NOT PRESENT ON THIS SYSTEM"),
        ("MONITOR START SPOOL TO NOBODY", "DMKMCC020E USERID MISSING OR INVALID"),
        ("MONITOR START TAPE 00C", "DMKMCC002E INVALID OPERAND - 00C"),
        ("MONITOR START TAPE 181", "DMKMCC862E TAPE 181 NOT READY, OR WITHOUT A WRITE RING"),
        ("MONITOR STOP", "DMKMCC861E MONITOR NOT STARTED"),
    ],
)
def test_invalid_operands(logged_on: Logon, command: str, message: str) -> None:  # noqa: F811
    operator = logged_on("OPERATOR")
    operator.type("SET EMSG ON")
    assert operator.type(command) == [message]


@pytest.mark.parametrize("block", ["", "0005", "00050000ff", "0010000000ff0000010004000000000000", "000600000002"])
def test_damaged_blocks(block: str) -> None:
    with pytest.raises(MonitorError):
        list(records_of(bytes.fromhex(block), "here"))
