"""Genuine programs on bare machines (docs/guests.md): VM370_GENUINE names a folder with their files.

hello.deck echo.deck crd2consl.deck    programs without a system, from github.com/rcornwell/S370, testprogs/
diag1.tap                              IBM's diagnostic monitor SDM and its sections, from there too
vs1r60_starter_3330.aws                OS/VS1 R6, the starter system, from github.com/moshix/OSVS1
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.system.guestkit import run_machine
from vm370.cp.engine.engines import ENGINES
from vm370.images.ckd import CkdImage

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "guests"
GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
SETTINGS = [("#CP SET IMPURE OFF", "#CP SET ASSIST OFF"), ("#CP SET IMPURE ON", "#CP SET ASSIST ON")]
STOPPED = "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '{}'"


def genuine(name: str) -> Path:
    path = GENUINE / name
    if not path.exists():
        pytest.skip(f"VM370_GENUINE names no folder with {name}")
    return path


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize(
    ("deck", "script", "shown"),
    [
        ("hello.deck", "", ["Hello Bare-Metal World!", STOPPED.format("00020000 00000000")]),
        ("crd2consl.deck", "", ["CARD ONE", STOPPED.format("00020000 00000000")]),
        ("echo.deck", "%READ\nsaid once\n%READ\n", ["ENTER: said once", "said once"]),
    ],
)
def test_decks(
    tmp_path: Path, deck: str, script: str, shown: list[str], engine: str, settings: tuple[str, ...]
) -> None:
    (tmp_path / "cards").write_text("CARD ONE\nCARD TWO\n")
    entry = f"USER DECK NOLOG 64K 1M G\n SCRIPT script\n CONSOLE 01F 3215\n CARDS 00C {genuine(deck)} cards\n"
    lines = run_machine(
        tmp_path, entry, f"#CP IPL 00C CLEAR\n{script}", settings=(f"#CP SET ENGINE {engine.upper()}", *settings)
    )
    start = lines.index("#CP IPL 00C CLEAR")
    assert lines[start + 1 : start + 1 + len(shown)] == shown


DIAGNOSTICS = """\
USER DIAG NOLOG 128K 1M G
 OPTION PURE
 SCRIPT script
 CONSOLE 01F 3215
 PRINTOUT 00E print.txt
 TAPE 130 3420 {tape}
"""


def test_diagnostics(tmp_path: Path) -> None:
    """The sections up to the first one that needs a System/360; what D11020 finds is left open by the architecture."""
    tape, script = genuine("diag1.tap"), (EXAMPLES / "diag.script").read_text()
    lines = run_machine(tmp_path, DIAGNOSTICS.format(tape=tape), f"#CP IPL 130\n{script}")
    ended = [line.split()[1] for line in lines if line.endswith("ROUTINES RUN")]
    assert len(ended) == 42
    assert (ended[0], ended[-1]) == ("D11011", "D117C0")
    assert {line.split()[2] for line in lines if line.startswith("* SD0")} == {"D11020"}
    assert "DMKDSP454W CP ENTERED; INVALID PSW 'FFFCFFFF FF0080E0'" in lines


VS1_RESTORE = """\
USER RESTORE NOLOG 1M 1M G
 SCRIPT script
 CONSOLE 01F 3215
 CARDS 00C dasdi.txt
 CARDS 00B restore.txt
 TAPE 180 3420 {tape}
 FILE 150 3330 dliba1.ckd R/W
"""
VS1 = """\
USER VS1 NOLOG 8M 8M G
 OPTION ECMODE REALTIMER YEARS -28
 SCRIPT script
 CONSOLE 01F 3215
 CARDS 00C job.jcl
 PRINTOUT 00E print.txt
 FILE 150 3330 dliba1.ckd R/W
"""


def test_vs1(tmp_path: Path) -> None:
    """DASDI and DUMPRESTORE from the tape, then the system, and a job of three steps from cards to paper."""
    tape = genuine("vs1r60_starter_3330.aws")
    for name in ("dasdi.txt", "restore.txt", "job.jcl"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text())
    CkdImage.create(tmp_path / "dliba1.ckd", "3330", 411).close()
    restore, script = ((EXAMPLES / name).read_text() for name in ("restore.script", "vs1.script"))
    lines = run_machine(tmp_path, VS1_RESTORE.format(tape=tape), f"#CP IPL 180\n{restore}")
    assert sum("END OF JOB" in line for line in lines) == 2
    run_machine(tmp_path, VS1, f"#CP IPL 150\n{script}")
    printed = [line.rstrip() for line in (tmp_path / "print.txt").read_text().splitlines()]
    assert printed.count("IEF142I - STEP WAS EXECUTED - COND CODE 0000") == 3
    assert "SPOOLED, COPIED BY IEBGENER, SPOOLED AGAIN," in printed
    assert any("SYS1.PARMLIB" in line for line in printed)
