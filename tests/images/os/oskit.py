"""A small OS volume made record by record, as the DSCB formats of the Debugging Handbook tell."""

from __future__ import annotations

from pathlib import Path

from vm370.images.ckd import CkdImage, format_track

DEVICE = "3330"
HEADS = 19


def ebcdic(text: str, length: int) -> bytes:
    return text.ljust(length).encode("cp037")


def extent(first: tuple[int, int], last: tuple[int, int], sequence: int = 0) -> bytes:
    parts = b"".join(n.to_bytes(2) for n in (*first, *last))
    return bytes([1, sequence]) + parts


def format1(
    name: str, dsorg: int, recfm: int, block: int, lrecl: int, extents: list[bytes], last: tuple[int, int]
) -> bytes:
    head = ebcdic(name, 44) + b"\xf1" + ebcdic("OSVOL1", 6) + (1).to_bytes(2)
    dates = bytes([74, 1, 1]) + bytes(3)  # day 257 of 1974
    middle = bytes([len(extents), 0, 0]) + ebcdic("VM370", 13) + bytes(7)
    form = dsorg.to_bytes(2) + bytes([recfm, 0]) + block.to_bytes(2) + lrecl.to_bytes(2) + bytes(3)
    tail = bytes([0]) + bytes(4) + last[0].to_bytes(2) + bytes([last[1]]) + bytes(4)
    dscb = head + dates + middle + form + tail + b"".join(extents).ljust(30, b"\0") + bytes(5)
    assert len(dscb) == 140
    return dscb


def format4(vtoc: bytes) -> bytes:
    dscb = b"\x04" * 44 + b"\xf4" + bytes(5) + (7).to_bytes(2) + bytes(6) + bytes([0, 1]) + bytes(2)
    dscb += (4).to_bytes(2) + HEADS.to_bytes(2) + bytes(39) + vtoc + bytes(25)
    assert len(dscb) == 140
    return dscb


def format5() -> bytes:
    free = (60).to_bytes(2) + (0).to_bytes(2) + bytes([16])
    return b"\x05" * 4 + free.ljust(40, b"\0") + b"\xf5" + bytes(95)


def directory_block(entries: list[tuple[str, int, int, bytes]]) -> tuple[bytes, bytes]:
    """Key and data of the only block of a PDS directory."""
    body = b""
    for name, track, record, user in entries:
        body += ebcdic(name, 8) + track.to_bytes(2) + bytes([record, len(user) // 2]) + user
    body += b"\xff" * 8 + bytes(4)
    return b"\xff" * 8, (len(body) + 2).to_bytes(2) + body.ljust(254, b"\0")


def cards(name: str, count: int) -> list[bytes]:
    return [ebcdic(f"{name} {number}", 80) for number in range(count)]


MEMBERS = {"ALPHA": cards("ALPHA", 5), "BETA": cards("BETA", 200), "GAMMA": cards("GAMMA", 1)}
VARIABLE = [b"\xc1" * 10, b"", b"\xc2" * 100, b"\xc3"]
SPANNED = [b"\xd1" * 50, b"\xd2" * 7]


def segment(data: bytes, code: int = 0) -> bytes:
    return (len(data) + 4).to_bytes(2) + bytes([code, 0]) + data


def block(*segments: bytes) -> bytes:
    body = b"".join(segments)
    return (len(body) + 4).to_bytes(2) + bytes(2) + body


def volume(path: Path) -> CkdImage:
    """TEST.PDS (FB 80, two extents), TEST.SEQ (FB 80), TEST.VAR (VB), TEST.SPAN (VBS), TEST.NONE (empty)."""
    image = CkdImage.create(path, DEVICE, 4, overwrite=True)
    length = image.track_length

    def put(cylinder: int, head: int, records: list[tuple[bytes, bytes]]) -> None:
        numbered = [(number, key, data) for number, (key, data) in enumerate(records, 1)]
        image.write_track(cylinder, head, 0, format_track(cylinder, head, numbered, length))

    label = ebcdic("VOL1OSVOL1", 10) + b"\xc0" + bytes([0, 0, 0, 1, 1])
    put(0, 0, [(ebcdic("IPL1", 4), bytes(24)), (ebcdic("IPL2", 4), bytes(144)), (ebcdic("VOL1", 4), label.ljust(80))])
    far = extent((2, 0), (2, 18), 1)
    dscbs = [
        format4(extent((0, 1), (0, 1))),
        format5(),
        format1("TEST.PDS", 0x0200, 0x90, 800, 80, [extent((1, 0), (1, 1)), far], (4, 1)),
        format1("TEST.SEQ", 0x4000, 0x90, 800, 80, [extent((1, 2), (1, 2))], (0, 2)),
        format1("TEST.VAR", 0x4000, 0x50, 400, 200, [extent((1, 3), (1, 3))], (0, 1)),
        format1("TEST.SPAN", 0x4000, 0x58, 40, 200, [extent((1, 4), (1, 4))], (0, 3)),
        format1("TEST.NONE", 0x4000, 0x90, 800, 80, [extent((1, 5), (1, 5))], (0, 0)),
    ]
    put(0, 1, [(dscb[:44], dscb[44:]) for dscb in dscbs])
    blocks: list[bytes] = []
    places = []
    for name, records in MEMBERS.items():
        places.append((name, len(blocks)))
        blocks += [b"".join(records[at : at + 10]) for at in range(0, len(records), 10)] + [b""]
    tracks: list[list[tuple[bytes, bytes]]] = [[]]
    where = []
    first = 3  # R1 is the directory, R2 its end
    for number, data in enumerate(blocks):
        if len(tracks[-1]) == (8 if len(tracks) == 1 else 10):
            tracks.append([])
        where.append((len(tracks) - 1, len(tracks[-1]) + (first if len(tracks) == 1 else 1)))
        tracks[-1].append((b"", data))
        assert number < 40
    entries = [(name, *where[at], b"\1\2" if name == "BETA" else b"") for name, at in places]
    put(1, 0, [directory_block(entries), (b"", b""), *tracks[0]])
    for number, track in enumerate(tracks[1:], 1):
        put(*((1, 1) if number == 1 else (2, number - 2)), track)
    put(1, 2, [(b"", b"".join(cards("SEQ", 10))), (b"", b"".join(cards("SEQ", 3))), (b"", b"")])
    put(1, 3, [(b"", block(*map(segment, VARIABLE))), (b"", b"")])
    pieces = [block(segment(SPANNED[0][:20], 1)), block(segment(SPANNED[0][20:40], 3))]
    pieces.append(block(segment(SPANNED[0][40:], 2), segment(SPANNED[1])))
    put(1, 4, [(b"", piece) for piece in pieces] + [(b"", b"")])
    return image
