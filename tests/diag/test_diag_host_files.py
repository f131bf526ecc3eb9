"""DIAGNOSE X'114' and the folder behind it: files of the host, and that nothing leads out of the folder."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.diag.diagkit import SPECIFICATION, Guest
from vm370.cp.io import hostfolder
from vm370.cp.io.hostfolder import BadNameError, HostFolder, LimitError, NotAFileError
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic

REQUEST, NAME, BUFFER = 0x3000, 0x3100, 0x8000
OPEN, READ, WRITE, CLOSE, LIST, ERASE, ABANDON = range(1, 8)
TEXT, STRIP = 0x80, 0x40


class Exchange:
    """A guest with a folder."""

    def __init__(self, guest: Guest, path: Path, *, read_only: bool = False) -> None:
        path.mkdir(exist_ok=True)
        self.guest, self.path = guest, path
        self.folder = HostFolder(path, read_only)
        guest.vm._host_folder = self.folder

    def ask(self, function: int, number: int = 0, *, name: str = "", mode: int = 0, flags: int = 0,
            length: int = 0, page: str = "", begin: int = 0, buffer: int = BUFFER) -> tuple[int, int]:  # fmt: skip
        """The condition code and the return code."""
        self.guest.put(NAME, to_ebcdic(name))
        plist = struct.pack(
            ">IBBHIII4x8s16xI12x", number, mode, flags, len(name), NAME, buffer, length, to_ebcdic(page.ljust(8)), begin
        )
        self.guest.put(REQUEST, plist)
        cc = self.guest.diagnose(0x114, 1, 2, {1: REQUEST, 2: function})
        assert self.guest.interruption is None
        return cc, self.guest.gr[2]

    def open(self, name: str, mode: int, flags: int = 0, page: str = "") -> int:
        """The file number."""
        assert self.ask(OPEN, name=name, mode=mode, flags=flags, page=page) == (0, 0)
        return self.word(0)

    def word(self, offset: int) -> int:
        """Of the request."""
        return int.from_bytes(self.guest.get(REQUEST + offset, 4), "big")

    def data(self) -> bytes:
        """What was stored."""
        return self.guest.get(BUFFER, self.word(20))


@pytest.fixture
def exchange(guest: Guest, tmp_path: Path) -> Exchange:
    return Exchange(guest, tmp_path / "exchange")


def records(*lines: str) -> bytes:
    return b"".join(len(line).to_bytes(2, "big") + to_ebcdic(line) for line in lines)


def test_reading_bytes(exchange: Exchange) -> None:
    (exchange.path / "data.bin").write_bytes(bytes(range(100)))
    os.utime(exchange.path / "data.bin", (0, 0))
    number = exchange.open("data.bin", 1)
    assert exchange.guest.get(REQUEST + 32, 16).hex() == "0000000000000064" + "7d91048bca000000"  # TOD clock of 1970
    assert exchange.ask(READ, number, length=64) == (0, 0)
    assert exchange.data() == bytes(range(64))
    assert exchange.ask(READ, number, length=64) == (0, 0)
    assert exchange.data() == bytes(range(64, 100))
    assert exchange.ask(READ, number, length=64) == (1, 4)
    assert exchange.word(20) == 0
    assert exchange.ask(CLOSE, number) == (0, 0)
    assert exchange.ask(READ, number, length=64) == (2, 32)


def test_reading_text(exchange: Exchange) -> None:
    (exchange.path / "note.txt").write_bytes("Grüße\r\n\nEND €".encode() + b"\xff")
    number = exchange.open("note.txt", 1, TEXT, "1047")
    assert exchange.ask(READ, number, length=8) == (0, 0)
    assert exchange.data() == b"\0\5" + to_ebcdic("Grüße", "1047")
    assert exchange.ask(READ, number, length=100) == (0, 0)
    assert exchange.data() == b"\0\0" + b"\0\6" + to_ebcdic("END ") + b"\x3f\x3f"
    assert exchange.ask(READ, number, length=100) == (1, 4)


def test_a_line_that_does_not_fit_is_not_lost(exchange: Exchange) -> None:
    (exchange.path / "long").write_text("x" * 50 + "\n")
    number = exchange.open("long", 1, TEXT)
    assert exchange.ask(READ, number, length=51) == (2, 44)
    assert exchange.ask(READ, number, length=52) == (0, 0)
    assert exchange.data() == records("x" * 50)


def test_writing(exchange: Exchange) -> None:
    target = exchange.path / "out.txt"
    target.write_text("old")
    number = exchange.open("out.txt", 2, TEXT | STRIP)
    exchange.guest.put(BUFFER, records("ONE  ", "", "TWO"))
    assert exchange.ask(WRITE, number, length=14) == (0, 0)
    exchange.guest.put(BUFFER, records("DREI Ä"))
    assert exchange.ask(WRITE, number, length=8) == (0, 0)
    assert exchange.ask(WRITE, number, length=7) == (2, 48)
    assert exchange.ask(WRITE, number, length=1) == (2, 48)
    assert exchange.ask(READ, number, length=8) == (2, 32)
    assert target.read_text() == "old"
    assert exchange.ask(CLOSE, number) == (0, 0)
    assert target.read_text() == "ONE\n\nTWO\nDREI Ä\n"
    assert os.listdir(exchange.path) == ["out.txt"]
    number = exchange.open("out.bin", 2)
    exchange.guest.put(BUFFER, b"\x00\xff\n")
    assert exchange.ask(WRITE, number, length=3) == (0, 0)
    assert exchange.ask(CLOSE, number) == (0, 0)
    assert (exchange.path / "out.bin").read_bytes() == b"\x00\xff\n"


@pytest.mark.parametrize("how", ["abandon", "reset", "logoff", "storage"])
def test_what_is_not_closed_leaves_nothing(exchange: Exchange, how: str) -> None:
    (exchange.path / "kept").write_text("old")
    number = exchange.open("kept", 2)
    exchange.ask(WRITE, number, length=8)
    vm = exchange.guest.vm
    match how:
        case "abandon":
            assert exchange.ask(ABANDON, number) == (0, 0)
        case "reset":
            vm.reset()
        case "logoff":
            vm.system.logoff(vm)
        case "storage":
            vm.define_storage(256 * 1024)
    assert not exchange.folder.files
    assert os.listdir(exchange.path) == ["kept"]
    assert (exchange.path / "kept").read_text() == "old"


def test_list_and_erase(exchange: Exchange) -> None:
    for name, size in (("b", 5), ("a", 300), (".hidden", 1)):
        (exchange.path / name).write_bytes(bytes(size))
        os.utime(exchange.path / name, (0, 0))
    (exchange.path / "folder").mkdir()
    (exchange.path / "link").symlink_to("a")
    epoch = bytes.fromhex("7d91048bca000000")
    first = struct.pack(">HQ", 21, 300) + epoch + b"\0\1" + to_ebcdic("a")
    second = struct.pack(">HQ", 21, 5) + epoch + b"\0\1" + to_ebcdic("b")
    assert exchange.ask(LIST, length=1000) == (0, 0)
    assert exchange.data() == first + second
    assert exchange.word(48) == 2
    assert exchange.ask(LIST, length=41) == (0, 0)
    assert (exchange.data(), exchange.word(48)) == (first, 1)
    assert exchange.ask(LIST, length=41, begin=1) == (0, 0)
    assert (exchange.data(), exchange.word(48)) == (second, 2)
    assert exchange.ask(LIST, length=41, begin=2) == (1, 4)
    assert exchange.ask(LIST, length=20) == (2, 44)
    assert exchange.ask(ERASE, name="a") == (0, 0)
    assert exchange.ask(ERASE, name="a") == (2, 16)
    assert [exchange.ask(ERASE, name=name) for name in ("folder", "link")] == [(2, 20)] * 2


def test_nothing_leads_out_of_the_folder(exchange: Exchange, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (exchange.path / "link").symlink_to(secret)
    (exchange.path / "up").symlink_to("..")
    os.mkfifo(exchange.path / "pipe")
    for name in ("../secret", "up/secret", "/etc/passwd", ".", "..", ".hidden", "a/b", "a\0b", "x" * 256, " "):
        answers = [exchange.ask(OPEN, name=name, mode=mode) for mode in (1, 2)]
        assert {*answers, exchange.ask(ERASE, name=name)} == {(2, 12)}, name
    for name in ("link", "up", "pipe"):
        assert [exchange.ask(OPEN, name=name, mode=mode) for mode in (1, 2)] == [(2, 20)] * 2, name
    assert secret.read_text() == "secret"
    assert sorted(os.listdir(exchange.path)) == ["link", "pipe", "up"]


def test_a_link_that_appears_while_a_file_is_written(exchange: Exchange, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    number = exchange.open("target", 2)
    (exchange.path / "target").symlink_to(secret)
    exchange.guest.put(BUFFER, b"mine")
    exchange.ask(WRITE, number, length=4)
    assert exchange.ask(CLOSE, number) == (0, 0)
    assert secret.read_text() == "secret"
    assert not (exchange.path / "target").is_symlink()


def test_limits(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        assert exchange.open(f"f{number}", 2) == number + 1
    assert exchange.ask(OPEN, name="f9", mode=2) == (2, 28)
    exchange.guest.vm.reset()
    assert exchange.ask(READ, 1, length=1) == (2, 32)
    monkeypatch.setattr(hostfolder, "LARGEST_FILE", 10)
    number = exchange.open("small", 2)
    assert exchange.ask(WRITE, number, length=11) == (2, 36)
    assert exchange.ask(WRITE, number, length=10) == (0, 0)
    assert exchange.ask(WRITE, number, length=1) == (2, 36)
    assert exchange.ask(WRITE, number, length=(1 << 20) + 1) == (2, 36)
    monkeypatch.setattr(hostfolder, "LARGEST_FOLDER", 12)
    number = exchange.open("other", 2)
    assert exchange.ask(WRITE, number, length=3) == (2, 36)
    assert exchange.ask(CLOSE, number) == (0, 0)
    monkeypatch.setattr(hostfolder, "MOST_FILES", 1)
    with pytest.raises(LimitError):
        exchange.folder.create("another")


def test_a_read_only_folder(guest: Guest, tmp_path: Path) -> None:
    exchange = Exchange(guest, tmp_path / "exchange", read_only=True)
    (exchange.path / "a").write_text("x")
    assert exchange.ask(OPEN, name="b", mode=2) == (2, 24)
    assert exchange.ask(ERASE, name="a") == (2, 24)
    assert exchange.ask(OPEN, name="a", mode=1) == (0, 0)


def test_what_is_not_there(exchange: Exchange, guest: Guest) -> None:
    assert exchange.ask(OPEN, name="a", mode=1) == (2, 16)
    assert exchange.ask(OPEN, name="a", mode=1, page="9999") == (2, 40)
    exchange.guest.vm._host_folder = HostFolder(exchange.path / "nowhere", False)
    assert exchange.ask(OPEN, name="a", mode=2) == (2, 16)
    exchange.guest.vm._host_folder = None
    assert exchange.ask(LIST) == (2, 8)


@pytest.mark.parametrize(
    "plist",
    [
        struct.pack(">IBBH56x", 0, 3, 0, 1),
        struct.pack(">IBBH56x", 0, 1, 1, 1),
        struct.pack(">IBBH44x12s", 0, 1, 0, 1, b"\0" * 11 + b"\1"),
    ],
)
def test_requests_that_are_refused(exchange: Exchange, plist: bytes) -> None:
    exchange.guest.put(REQUEST, plist)
    assert exchange.guest.refused(0x114, 1, 2, {1: REQUEST, 2: OPEN}) == SPECIFICATION
    exchange.guest.put(REQUEST, bytes(64))
    assert exchange.guest.refused(0x114, 1, 2, {1: REQUEST, 2: 8}) == SPECIFICATION
    assert exchange.guest.refused(0x114, 1, 2, {1: REQUEST + 4, 2: LIST}) == SPECIFICATION


def test_the_directory_gives_the_folder(home: Path) -> None:
    text = (home / "directory").read_text()
    (home / "directory").write_text(
        text.replace("USER ALPHA", "USER EPSILON EPSILON 512K\n FOLDER here R/O\nUSER ALPHA")
    )
    (home / "here").mkdir()
    cp = System(home, StoppedClock())
    try:
        entry = cp.current_directory().users["EPSILON"]
        folder = cp.logon(entry, None).host_folder
        assert folder is not None
        assert (folder.path, folder.read_only) == (home / "here", True)
    finally:
        cp.shutdown()


def test_the_folder_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadNameError):
        HostFolder(tmp_path, False).open("../x")
    (tmp_path / "sub").mkdir()
    with pytest.raises(NotAFileError):
        HostFolder(tmp_path, False).open("sub")
