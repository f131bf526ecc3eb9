"""DIAGNOSE X'114': files of the host, in the folder that the directory gives (statement FOLDER).

    Rx      address of the request, 64 bytes on a doubleword
    Ry      function: 1 OPEN, 2 READ, 3 WRITE, 4 CLOSE, 5 LIST, 6 ERASE, 7 ABANDON.  Stored: return code

    offset  length                                      used by
      0       4     file number, 1 to 8                 READ WRITE CLOSE ABANDON; OPEN stores it
      4       1     X'01' read, X'02' write             OPEN
      5       1     X'80' text, X'40' strip blanks      OPEN
      6       2     length of the name, 1 to 255        OPEN ERASE
      8       4     address of the name, EBCDIC         OPEN ERASE
     12       4     address of the buffer               READ WRITE LIST
     16       4     its length, up to 1 MiB             READ WRITE LIST
     20       4     stored: bytes put there             READ LIST
     24       8     code page, EBCDIC; blank is 037     OPEN ERASE LIST
     32       8     stored: bytes of the file           OPEN (read)
     40       8     stored: TOD clock of its last change OPEN (read)
     48       4     entry to begin with, stored: to go on with LIST
     52      12     0

Without X'80' the bytes of the file are moved as they are.  With it the file is UTF-8 text: READ gives as many whole
lines as fit, each as a halfword with its length and the characters in EBCDIC; WRITE takes such records, and with X'40'
drops blanks at their end.  A character without a place in the code page, and one that is not UTF-8, becomes X'3F'.
What is written takes the place of an old file of that name at CLOSE, in one step; ABANDON, a system reset and LOGOFF
undo it.

LIST gives an entry for each file, in order of name: 2 length of the entry, 8 size, 8 TOD clock of the last change,
2 length of the name, the name.

    cc  Ry                                          cc  Ry
    0   0   done                                    2   28  too many files are open, or in the folder
    1   4   end of file, or of the list             2   32  no such file number, or not opened for that
    2   8   no folder                               2   36  too long: the buffer, the file, or all files together
        12  not a name                                  40  no such code page
        16  no such file                                44  the next line, or entry, does not fit into the buffer
        20  not a regular file                          48  the last record is not whole
        24  the folder is read-only                 3   60  the host could not do it

What must be zero and is not, an unknown function, mode or flag, and a request off its boundary are specification
exceptions; the request must be storable.  Names cannot lead out of the folder: cp/io/hostfolder.py.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from vm370.cp.io.hostfolder import (
    BadNameError,
    HostFile,
    HostFileError,
    HostFolder,
    LimitError,
    NoFileError,
    NotAFileError,
    ReadOnlyFolderError,
)
from vm370.cp.s370.clocks import MICROSECOND, UNIX_EPOCH
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require
from vm370.images.ebcdic import CodePage, EbcdicError, code_page, from_ebcdic

OPEN, READ, WRITE, CLOSE, LIST, ERASE, ABANDON = range(1, 8)
FOR_READING, FOR_WRITING = 1, 2
TEXT, STRIP = 0x80, 0x40
LONGEST_TRANSFER = 1 << 20
LONGEST_LINE = 0xFFFF
LENGTH = 64
_REQUEST = struct.Struct(">IBBHIII4x8s16xI12s")
_ENTRY = struct.Struct(">HQQH")

# (condition code, return code)
DONE, END = (0, 0), (1, 4)
NO_FOLDER, BAD_NAME, NO_FILE, NOT_A_FILE, READ_ONLY = (2, 8), (2, 12), (2, 16), (2, 20), (2, 24)
TOO_MANY, BAD_NUMBER, TOO_LONG, BAD_PAGE, NO_ROOM, NOT_WHOLE = (2, 28), (2, 32), (2, 36), (2, 40), (2, 44), (2, 48)
FAILED = (3, 60)
_ANSWERS: tuple[tuple[type[HostFileError], tuple[int, int]], ...] = (
    (BadNameError, BAD_NAME),
    (NoFileError, NO_FILE),
    (NotAFileError, NOT_A_FILE),
    (ReadOnlyFolderError, READ_ONLY),
    (HostFileError, FAILED),
)


@dataclass(slots=True)
class TextFile:
    """How a file is converted; ``ahead``: a line that was read and did not fit."""

    page: CodePage
    strip: bool
    ahead: bytes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the guest put into the list."""

    where: int
    number: int
    mode: int
    flags: int
    name_length: int
    name: int
    buffer: int
    length: int
    page: bytes
    begin: int


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Files of the host."""
    where, function = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), guest.gr[ry]
    data = guest.fetch(where, LENGTH)
    guest.store(where, data)
    *fields, reserved = _REQUEST.unpack(data)
    request = Request(where, *fields)
    require(OPEN <= function <= ABANDON and not any(reserved))
    require(not request.flags & ~(TEXT | STRIP) and (function != OPEN or request.mode in (FOR_READING, FOR_WRITING)))
    folder = guest.host_folder
    try:
        answer = NO_FOLDER if folder is None else _do(guest, folder, function, request)
    except LimitError:
        answer = TOO_MANY if function == OPEN else TOO_LONG
    except EbcdicError:
        answer = BAD_PAGE
    except HostFileError as error:
        answer = next(answer for kind, answer in _ANSWERS if isinstance(error, kind))
    guest.cc, guest.gr[ry] = answer


def _do(guest: Guest, folder: HostFolder, function: int, request: Request) -> tuple[int, int]:
    match function:
        case _ if function == OPEN:
            return _open(guest, folder, request)
        case _ if function == LIST:
            return _list(guest, folder, request)
        case _ if function == ERASE:
            folder.erase(_name(guest, request))
            return DONE
    file = folder.files.get(request.number)
    if file is None:
        return BAD_NUMBER
    match function:
        case _ if function == CLOSE:
            folder.close(request.number)
            return DONE
        case _ if function == ABANDON:
            folder.abandon(request.number)
            return DONE
    if request.length > LONGEST_TRANSFER:
        return TOO_LONG
    if bool(file.temporary) != (function == WRITE):
        return BAD_NUMBER
    text = file.conversion if isinstance(file.conversion, TextFile) else None
    if function == WRITE:
        return _write(guest, folder, file, text, request)
    if text is None:
        guest.store(request.buffer, guest.fetch(request.buffer, request.length))
        return _give(guest, request, file.stream.read(request.length))
    return _read_lines(guest, file, text, request)


def _give(guest: Guest, request: Request, data: bytes) -> tuple[int, int]:
    if data:
        guest.store(request.buffer, data)
    guest.store(request.where + 20, len(data).to_bytes(4, "big"))
    guest.count_bytes(len(data))
    return DONE if data or not request.length else END


def _page(request: Request) -> CodePage:
    return code_page(from_ebcdic(request.page).strip(" \0") or "037")


def _name(guest: Guest, request: Request) -> str:
    if not 1 <= request.name_length <= 255:
        raise BadNameError("")
    return _page(request).decode(guest.fetch(request.name, request.name_length)).rstrip(" ")


def _open(guest: Guest, folder: HostFolder, request: Request) -> tuple[int, int]:
    name, page = _name(guest, request), _page(request)
    number = folder.open(name) if request.mode == FOR_READING else folder.create(name)
    file = folder.files[number]
    if request.flags & TEXT:
        file.conversion = TextFile(page, bool(request.flags & STRIP))
    guest.store(request.where, number.to_bytes(4, "big"))
    guest.store(request.where + 32, file.size.to_bytes(8, "big") + _tod(file.changed))
    return DONE


def _tod(seconds: float) -> bytes:
    return (UNIX_EPOCH + int(seconds * 1_000_000) * MICROSECOND & (1 << 64) - 1).to_bytes(8, "big")


def _read_lines(guest: Guest, file: HostFile, text: TextFile, request: Request) -> tuple[int, int]:
    guest.store(request.buffer, guest.fetch(request.buffer, request.length))
    parts: list[bytes] = []
    left = request.length
    while True:
        record = _line(file, text)
        if record is None:
            break
        if 2 + len(record) > left:
            text.ahead = record
            if not parts:
                return NO_ROOM
            break
        parts.append(len(record).to_bytes(2, "big") + record)
        left -= 2 + len(record)
    return _give(guest, request, b"".join(parts)) if parts else _end_of_lines(guest, request)


def _end_of_lines(guest: Guest, request: Request) -> tuple[int, int]:
    guest.store(request.where + 20, bytes(4))
    return END


def _line(file: HostFile, text: TextFile) -> bytes | None:
    """The next line in EBCDIC; one that is too long comes in pieces.  None at the end of the file."""
    if text.ahead is not None:
        record, text.ahead = text.ahead, None
        return record
    line = file.stream.readline(LONGEST_LINE)
    if not line:
        return None
    shown = line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line
    return text.page.encode(shown.decode("utf-8", errors="replace"), "replace")


def _write(
    guest: Guest, folder: HostFolder, file: HostFile, text: TextFile | None, request: Request
) -> tuple[int, int]:
    data = guest.fetch(request.buffer, request.length)
    if text is not None:
        lines: list[str] = []
        at = 0
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            if at + 2 > len(data) or end > len(data):
                return NOT_WHOLE
            line = text.page.decode(data[at + 2 : end])
            lines.append(line.rstrip(" ") if text.strip else line)
            at = end
        data = "".join(line + "\n" for line in lines).encode("utf-8")
    folder.write(file, data)
    guest.count_bytes(len(data))
    return DONE


def _list(guest: Guest, folder: HostFolder, request: Request) -> tuple[int, int]:
    if request.length > LONGEST_TRANSFER:
        return TOO_LONG
    guest.store(request.buffer, guest.fetch(request.buffer, request.length))
    page, listed = _page(request), folder.listing()
    parts: list[bytes] = []
    left, number = request.length, request.begin
    for file in listed[number:]:
        name = page.encode(file.name, "replace")
        changed = int.from_bytes(_tod(file.changed), "big")
        entry = _ENTRY.pack(_ENTRY.size + len(name), file.size, changed, len(name)) + name
        if len(entry) > left:
            break
        parts.append(entry)
        left -= len(entry)
        number += 1
    guest.store(request.where + 48, number.to_bytes(4, "big"))
    if not parts and number < len(listed):
        return NO_ROOM
    return _give(guest, request, b"".join(parts)) if parts else _end_of_lines(guest, request)
