"""A program's screen from Python: what it shows, keys, typing into fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vm370.tools.api import Guest, GuestBusy, GuestError, NotAvailable, System, build
from vm370.tools.api.keys import key_name

PANEL = """\
PANEL    CSECT
         ENTRY DATA
         BALR  12,0
         USING *,12
         MVC   X'78'(8,0),IONEW
         LA    3,9
SHOW     LA    2,WRITE
         DC    X'83230058'         DIAGNOSE: full-screen write
         LPSW  WAIT
KEY      LA    2,READ
         DC    X'83230058'         full-screen read
         CLI   DATA,C'3'           PF3 ends it
         BNE   SHOW
         LPSW  STOP
         DS    0D
WAIT     DC    A(X'FE020000',0)
IONEW    DC    A(0,KEY)
STOP     DC    A(X'00020000',X'333')
WRITE    DC    X'29',AL3(STREAM),X'2080',AL2(DATA-STREAM)
READ     DC    X'2A',AL3(DATA),X'2080',AL2(80)
*              WCC; row 1: protected NAME:, a field of 8 for input, protected again
STREAM   DC    X'C3114040',X'1D60D5C1D4C57A',X'1D4013',XL8'00',X'1D60'
DATA     DC    XL80'00'
         END   PANEL
"""
ORIGIN, DATA = 0x1000, 0x1070


@pytest.fixture
def panel(api: System, tmp_path: Path) -> Iterator[Guest]:
    """A machine on which the program runs."""
    source = tmp_path / "panel.asm"
    source.write_text(PANEL)
    program = build(source, origin=ORIGIN)
    with api.make_guest(ipl=None) as guest:
        guest.storage[ORIGIN : ORIGIN + len(program.image)] = program.image
        assert program.address("DATA") == DATA
        guest.cp(f"STORE PSW 00000000 {program.load_module.entry:08X}")
        guest.cp("BEGIN")
        yield guest


def data(guest: Guest, length: int) -> bytes:
    """What the program has read last."""
    return guest.storage[DATA : DATA + length]


def test_a_screen_is_seen_and_filled(panel: Guest) -> None:
    assert panel.screen.full_screen
    assert panel.screen.lines[0] == " NAME:"
    assert len(panel.screen.lines) == 24
    assert panel.screen.cursor == (0, 7)
    panel.type("anna")
    assert data(panel, 9) == b"\x7d" + bytes.fromhex("404B") + b"\x11" + bytes.fromhex("40C7") + b"\x81\x95\x95"
    assert panel.screen.cursor == (0, 7)


def test_keys(panel: Guest) -> None:
    panel.write("AB")
    panel.press("left")
    panel.write("C")
    assert panel.screen.lines[0] == " NAME: AC"
    panel.press("Erase-Input")
    assert panel.screen.lines[0] == " NAME:"
    panel.press("PF5")
    assert data(panel, 1) == b"\xf5"
    panel.press("PF3")
    assert panel.state_name == "CP READ"
    assert panel.psw.address == 0x333


def test_what_the_display_refuses(panel: Guest) -> None:
    panel.press("HOME")
    panel.press("LEFT")
    with pytest.raises(GuestError, match="cannot be typed"):
        panel.write("X")
    assert panel.screen.lines[0] == " NAME:"
    assert " NAME:" in str(panel.report())
    panel.press("PF3")
    with pytest.raises(NotAvailable, match="no program shows a screen"):
        panel.write("X")


def test_a_locked_keyboard(panel: Guest) -> None:
    display = panel._terminal.shown_screen
    assert display is not None
    display.press(0xF1)  # a key while the program does not run
    with pytest.raises(GuestBusy, match="locked"):
        panel.press("PF2")
    panel.wait()
    panel.press("PF2")
    assert data(panel, 1) == b"\xf2"


@pytest.mark.parametrize(
    ("key", "name"), [("pf 3", "PF3"), ("PF03", "PF3"), ("Erase EOF", "ERASEEOF"), ("enter", "ENTER")]
)
def test_names_of_keys(key: str, name: str) -> None:
    assert key_name(key) == name


@pytest.mark.parametrize("key", ["PF25", "PF0", "", "SHIFT", "PFX"])
def test_no_such_key(key: str) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        key_name(key)
