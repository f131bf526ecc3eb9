"""A 3270 terminal without a screen, for measurements and tests: telnet, TN3270 or TN3270E, and the keys of a person.

Like the server's machines (cp/console/tn3270/) it has no sockets: ``receive`` takes bytes, ``output`` gives them.  What
the host writes makes ``display``; ``text`` is what a person sees.
"""

from __future__ import annotations

from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.inbound3270 import read_modified
from vm370.cp.console.screen3270 import CLEAR, DARK, DISPLAY, ENTER
from vm370.cp.console.tn3270 import records, telnet
from vm370.cp.console.tn3270.records import DataType, Header
from vm370.cp.console.tn3270.telnet import Telnet, TelnetEvent
from vm370.images.ebcdic import from_ebcdic

_SHOWN = bytes(code if code >= 0x40 else 0x40 for code in range(256))
"""Nulls and controls are blanks."""
OPTIONS = frozenset({telnet.BINARY, telnet.END_OF_RECORD})
COMMANDS = {0xF1: 0x01, 0xF5: 0x05, 0x7E: 0x0D, 0x6F: 0x0F, 0xF3: 0x11}
"""Codes of SNA for the write commands, which a server may use too."""


class Client3270:
    """One terminal."""

    def __init__(self, model: int = 2, *, extended: bool = True, tn3270e: bool = True, name: str = "") -> None:
        self.terminal_type = f"IBM-3278-{model}{'-E' if extended else ''}"
        self.wanted = name
        self.name = ""
        """The LU name that the server gave."""
        self.rejected: int | None = None
        """Why the server did not take the device type."""
        self.functions = frozenset((records.Function.BIND_IMAGE, records.Function.RESPONSES, records.Function.SYSREQ))
        self.tn3270e = False
        """Records have headers."""
        self.bound = False
        self.writes = 0
        """Records that the server has written."""
        self.display = Display3270(model)
        local = OPTIONS | {telnet.TERMINAL_TYPE} | ({telnet.TN3270E} if tn3270e else frozenset())
        self._telnet = Telnet(local, OPTIONS)
        self._record = bytearray()

    # --- the connection ---

    def output(self) -> bytes:
        """What has to be sent."""
        return self._telnet.output()

    def receive(self, data: bytes) -> None:
        """What came."""
        for event in self._telnet.receive(data):
            self._one(event)

    def _one(self, event: TelnetEvent) -> None:
        match event:
            case telnet.Data(data):
                self._record += data
            case telnet.RecordEnd():
                record = bytes(self._record)
                self._record.clear()
                self._arrived(record)
            case telnet.Subnegotiation(telnet.TERMINAL_TYPE, b"\x01"):
                name = self.terminal_type + (f"@{self.wanted}" if self.wanted else "")
                self._telnet.subnegotiate(telnet.TERMINAL_TYPE, b"\0" + name.encode())
            case telnet.Subnegotiation(telnet.TN3270E, data):
                self._tn3270e(data)

    def _tn3270e(self, data: bytes) -> None:
        match data[0], data[1]:
            case records.SEND, records.DEVICE_TYPE:
                wanted = bytes((records.CONNECT,)) + self.wanted.encode() if self.wanted else b""
                self._say(bytes((records.DEVICE_TYPE, records.REQUEST)) + self.terminal_type.encode() + wanted)
            case records.DEVICE_TYPE, records.IS:
                self.name = data[2:].partition(bytes((records.CONNECT,)))[2].decode()
                self._say(bytes((records.FUNCTIONS, records.REQUEST, *sorted(self.functions))))
            case records.DEVICE_TYPE, records.REJECT:
                self.rejected = data[3]
            case records.FUNCTIONS, records.IS:
                self.tn3270e = True
                self.functions = frozenset(records.Function(each) for each in data[2:])
            case records.FUNCTIONS, records.REQUEST:
                self.functions &= {records.Function(each) for each in data[2:]}
                self._say(bytes((records.FUNCTIONS, records.IS, *sorted(self.functions))))
                self.tn3270e = True

    def _say(self, data: bytes) -> None:
        self._telnet.subnegotiate(telnet.TN3270E, data)

    def _arrived(self, record: bytes) -> None:
        if self.tn3270e:
            header, record = Header.from_bytes(record), record[records.HEADER_LENGTH :]
            if header.data_type == DataType.BIND_IMAGE:
                self.bound = True
            if header.data_type == DataType.UNBIND:
                self.bound = False
            if header.data_type != DataType.DATA_3270:
                return
        self.writes += 1
        self.display.write(COMMANDS.get(record[0], record[0]), record[1:])

    # --- the person ---

    @property
    def rows(self) -> list[str]:
        """What stands on the screen."""
        screen = self.display.screen
        shown = bytearray(screen.characters.translate(_SHOWN))
        starts = [at for at, attribute in enumerate(screen.attributes) if attribute]
        for start, end in zip(starts, [*starts[1:], screen.size], strict=False):
            if screen.attributes[start] & DISPLAY == DARK:
                shown[start:end] = b"\x40" * (end - start)
        text = from_ebcdic(bytes(shown))
        return [text[at : at + screen.columns].rstrip() for at in range(0, screen.size, screen.columns)]

    @property
    def text(self) -> str:
        """The rows that are not empty."""
        return "\n".join(row for row in self.rows if row)

    @property
    def status(self) -> str:
        """The status field of VM/370's screen."""
        return self.rows[-1][-20:].strip()

    @property
    def locked(self) -> bool:
        """The keyboard is locked."""
        return self.display.screen.locked

    def type(self, text: str) -> None:
        """Graphic keys."""
        self.display.type(text)

    def press(self, aid: int = ENTER) -> None:
        """A key with an attention identifier."""
        self.display.press(aid)
        stream = read_modified(self.display.screen) if aid != CLEAR else bytes((CLEAR,))
        header = Header(DataType.DATA_3270).to_bytes() if self.tn3270e else b""
        self._telnet.send_record(header + stream)

    def enter(self, line: str) -> None:
        """A line and ENTER."""
        self.type(line)
        self.press()

    def command(self, code: int) -> None:
        """A telnet command: the ATTN and SYSREQ keys."""
        self._telnet.command(code)
