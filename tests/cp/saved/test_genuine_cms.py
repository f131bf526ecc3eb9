"""The genuine CMS of VM/370 Release 6, from the files of the emulator emx370: VM370_GENUINE names their folder.

CMS.segment, CMSSEG.segment    sample-system/cp_shared
cmsuser_191.ckdc (and .delta)  sample-system/cp_cmsuser
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp import passwords
from vm370.cp.passwords import Cost
from vm370.cp.system import System
from vm370.images.ckd import CkdImage
from vm370.tools.assembler.assembly import assemble
from vm370.tools.cli import main as vm370

FOLDER = Path(os.environ.get("VM370_GENUINE", "/nowhere"))
pytestmark = pytest.mark.skipif(not (FOLDER / "CMS.segment").exists(), reason="VM370_GENUINE names no such folder")

TABLE = """\
CMS     NAMESYS SYSNAME=CMS,SYSSIZE=256K,SYSPGNM=(0-32),SYSHRSG=(1),VSYSADR=190
CMSSEG  NAMESYS SYSNAME=CMSSEG,SYSPGNM=(3840-3855),SYSHRSG=(240),VSYSADR=IGNORE
"""
DIRECTORY = """\
DIRECTORY 123 3350 M190
USER CMSUSER CMSUSER 1M 16M BCEG
 CONSOLE 009 3215
 SPOOL 00C 2540 READER *
 SPOOL 00D 2540 PUNCH A
 SPOOL 00E 1403 A
 MDISK 190 3350 0 59 M190 R
 MDISK 191 3350 0 115 U191 M
"""
COPYIT = Path(__file__).with_name("copyit.asm")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("genuine")
    disks = home / "disks"
    disks.mkdir()
    (home / "directory").write_text(DIRECTORY)
    (home / "systems").write_text(TABLE)
    at = ["--home", str(home)]
    assert vm370(["saved", *at, "import", str(FOLDER / "CMS.segment"), "--ipl"]) == 0
    assert vm370(["saved", *at, "import", str(FOLDER / "CMSSEG.segment")]) == 0
    own = disks / "U191.ckd"
    assert vm370(["disk", "convert", str(FOLDER / "cmsuser_191.ckdc"), str(own)]) == 0
    deck = home / "COPYIT.TEXT"
    deck.write_bytes(assemble(COPYIT.read_text(), "copyit", []).deck)
    assert vm370(["disk", "put", "--binary", "--recfm", "F", "--lrecl", "80", str(own), str(deck)]) == 0
    CkdImage.create(disks / "M190.ckd", "3350", 59).close()
    assert vm370(["disk", "format", "--kind", "cdf", "--label", "CMSDSK", str(disks / "M190.ckd")]) == 0
    return home


@pytest.fixture
def user(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    system = System(home, StoppedClock())
    user = User(system)
    user.type("LOGON CMSUSER CMSUSER NOIPL")
    yield user
    system.shutdown()


def say(user: User, line: str) -> list[str]:
    """Type a line; what came until the machine reads again, without empty lines and times."""
    user.read()
    user.session.enter(line)
    while user.cp.step() and not user.session.waits_for_input:
        pass
    return [text.split(" T=")[0] for text in user.read() if text]


def test_it_loads_reads_writes_and_erases(user: User, home: Path) -> None:
    assert say(user, "IPL CMS") == ["CMS VERSION 6.0 - 09/30/10 21:03"]
    assert say(user, "ACCESS (NOPROF") == ["Ready;"]
    assert say(user, "STATE HELLO C A") == ["Ready;"]
    assert say(user, "STATE HELLO COPY A") == ["File 'HELLO COPY A' not found.", "Ready(00028);"]
    assert say(user, "LOAD COPYIT") == ["Ready;"]
    assert say(user, "START * HELLO C") == ["Execution begins...", "Ready;"]
    assert say(user, "GENMOD COPYIT") == ["Ready;"]
    assert say(user, "ERASE TESTCMD TEXT A") == ["Ready;"]
    assert say(user, "STATE TESTCMD TEXT A")[-1] == "Ready(00028);"
    user.cp.logoff(user.vm)
    own = home / "disks" / "U191.ckd"
    assert vm370(["disk", "check", str(own)]) == 0
    for name in ("C", "COPY"):
        assert vm370(["disk", "get", str(own), "HELLO", name, str(home)]) == 0
    assert (home / "hello.copy").read_bytes() == (home / "hello.c").read_bytes()
    assert vm370(["disk", "get", "--binary", str(own), "COPYIT", "MODULE", str(home)]) == 0
