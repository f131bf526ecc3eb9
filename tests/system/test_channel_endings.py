"""How channel programs end: `channels.asm`, a program of 80 cases for a bare machine, in every engine.

`channels.expected` has for each case the condition code of START I/O, the CSW that it stored (EE: left alone), each
interruption (I, device, CSW) and the sense bytes after a unit check.  The same deck was run by Hercules 3.13; the
interruptions agree but for what Hercules simplifies, and the lines here follow the manuals in these points:

- programs that are wrong from the first CCW, and immediate commands, end with condition code 1 (GA22-7000);
- a command refused for good presents unit check alone; the residual count after a search is that of the last one;
- moving a tape ends at the channel first, at the device later, as IBM's own diagnostic for tape drives asks for;
- a card reader has its last card once, and then shows unit exception, then intervention required;
- STORE CHANNEL ID shows a selector channel, what the channels of a virtual machine are (OPTION BMX).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.system.guestkit import run_machine
from vm370.images.ckd import CkdImage
from vm370.tools.cli import main

HERE = Path(__file__).parent
ENTRY = """\
USER CHANNELS NOLOG 128K 1M G
 OPTION TIMER VIRTUAL
 SCRIPT script
 CONSOLE 01F 3215
 CARDS 00C channels.deck cards.txt
 PUNCHOUT 00D punch.txt
 PRINTOUT 00E print.txt
 FILE 150 3330 disk.ckd R/W
 TAPE 180 3420 tape.aws RING
"""


@pytest.mark.parametrize(
    ("engine", "settings"),
    [
        ("REFERENCE", ("#CP SET IMPURE OFF", "#CP SET ASSIST OFF")),
        ("INTERPRETER", ("#CP SET IMPURE ON", "#CP SET ASSIST ON")),
        ("REGIONS", ("#CP SET IMPURE OFF", "#CP SET ASSIST ON")),
        ("REGIONS", ("#CP SET IMPURE ON", "#CP SET ASSIST OFF")),
    ],
)
def test_every_case_ends_as_expected(tmp_path: Path, engine: str, settings: tuple[str, ...]) -> None:
    text, deck = tmp_path / "channels.text", tmp_path / "channels.deck"
    assert main(["asm", str(HERE / "channels.asm"), "-o", str(text)]) == 0
    assert main(["link", "-o", str(deck), "--format", "ipl", "--origin", "2000", str(text)]) == 0
    (tmp_path / "cards.txt").write_text("CARD ONE\nCARD TWO\nCARD THREE\n")
    CkdImage.create(tmp_path / "disk.ckd", "3330", 411, volser="TEST01").close()
    lines = run_machine(
        tmp_path, ENTRY, "#CP IPL 00C CLEAR\n%WAIT DISABLED WAIT\n", settings=(f"#CP SET ENGINE {engine}", *settings)
    )
    expected = (HERE / "channels.expected").read_text().splitlines()
    assert [line.rstrip() for line in lines if re.match(r"[A-Z0-9 ]{8} [0-3]( |$)", line)] == expected
