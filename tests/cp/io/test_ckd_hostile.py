"""Random commands and random bytes: every command ends with a defined status, and tracks stay tracks."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cp.io.dasdkit import MemoryBlocks, MemoryTracks, cchh
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.ckd.commands import COMMANDS, command_table
from vm370.cp.io.device import Device, Outcome, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk
from vm370.images.ckd import counts

CE, DE, UC = UnitStatus.CHANNEL_END, UnitStatus.DEVICE_END, UnitStatus.UNIT_CHECK
STATUSES = {
    CE | DE,
    CE | DE | UC,
    UC,
    CE | DE | UnitStatus.UNIT_EXCEPTION,
    CE | DE | UnitStatus.STATUS_MODIFIER,
}

Step = tuple[int, bytes] | None
"""Command and its bytes; None begins a new channel program."""

codes = st.sampled_from([row.code for row in COMMANDS] + [row.code | 0x80 for row in COMMANDS if row.multitrack])
small = st.integers(0, 4)
arguments = st.one_of(
    st.binary(max_size=20),
    # seek addresses, search arguments, count fields with key and data
    st.builds(lambda c, h: bytes(2) + cchh(c, h), small, small),
    st.builds(lambda c, h, r: cchh(c, h) + bytes((r,)), small, small, small),
    st.builds(
        lambda c, h, r, k, d: cchh(c, h) + bytes((r, k)) + d.to_bytes(2, "big") + b"KEYDATA",
        small,
        small,
        small,
        st.sampled_from([0, 1, 4, 255]),
        st.sampled_from([0, 1, 100, 3000, 0xFFFF]),
    ),
    st.sampled_from([b"\x00", b"\xc0", b"\x18", b"\x10"]),
)
track_address = st.tuples(st.integers(0, 1), st.integers(0, 1))


def formatting(address: tuple[int, int], record: int, lengths: list[tuple[int, int]]) -> list[Step]:
    """Find a record and write others behind it."""
    cylinder, head = address
    program: list[Step] = [(0x07, bytes(2) + cchh(cylinder, head)), (0x31, cchh(cylinder, head) + bytes((record,)))]
    for number, (key_length, data_length) in enumerate(lengths, 1):
        field = cchh(cylinder, head) + bytes((record + number, key_length)) + data_length.to_bytes(2, "big")
        program.append((0x1D, field + b"KEY AND DATA"))
    return program


def updating(address: tuple[int, int], record: int, command: int, data: bytes) -> list[Step]:
    return [*formatting(address, record, []), (command, data)]


def separate(command: int, argument: bytes) -> list[Step]:
    return [(command, argument)]


record_lengths = st.tuples(st.sampled_from([0, 4, 255]), st.sampled_from([0, 1, 800, 3000, 6000, 12000, 0xFFFF]))
steps = st.lists(
    st.one_of(
        st.builds(separate, codes, arguments),
        st.builds(separate, st.integers(0, 255), st.binary(max_size=12)),
        st.just([None]),
        st.builds(formatting, track_address, small, st.lists(record_lengths, max_size=6)),
        st.builds(
            updating, track_address, small, st.sampled_from([0x05, 0x0D, 0x01, 0x11, 0x15]), st.binary(max_size=9)
        ),
    ),
    max_size=12,
).map(lambda programs: [step for program in programs for step in program])


def execute(disk: Device, command: int, argument: bytes) -> Outcome:
    rest = bytearray(argument)

    def source(length: int) -> bytes:
        taken = bytes(rest[:length])
        del rest[:length]
        return taken

    return disk.execute(command, Supply(source), max(len(argument), 1))


def tracks(device_type: str) -> MemoryTracks:
    store = MemoryTracks(device_type, 2, heads=2)
    store.fill(0, 0, [(1, b"KEY1", bytes(100)), (2, b"", b""), (3, b"", bytes(1000))])
    store.fill(0, 1, [(1, b"", bytes(4))])
    store.fill(1, 0, [(number, b"", bytes(80)) for number in range(1, 5)])
    return store


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["2314", "3330", "3350", "3380"]), steps)
def test_random_commands(device_type, program):
    store = tracks(device_type)
    disk = CkdDisk(store, DEVICE_TYPES[device_type])
    other = CkdDisk(store, DEVICE_TYPES[device_type])
    disk.start_chain()
    for step in program:
        if step is None:
            disk.start_chain()
            continue
        known = command_table(disk.device)[step[0]] is not None
        state = disk.save()
        other.restore(state)
        assert other.save() == state
        outcome = execute(disk, *step)
        assert outcome.status in STATUSES
        assert len(disk.sense) == disk.sense_length
        assert bool(outcome.status & UC) == any(disk.sense[:2]) or step[0] == 0x04
        assert known or outcome.status == UC
        assert not outcome.wait
    for number, track in enumerate(store.tracks):
        found = list(counts(track, f"track {number}"))
        lengths = [(field.key_length, field.data_length) for field in found[1:]]
        assert disk.device.fits(lengths)


@settings(max_examples=100, deadline=None)
@given(steps, st.binary(min_size=1, max_size=60), st.integers(0, 200))
def test_random_tracks(program, damage, offset):
    store = tracks("3330")
    for number, track in enumerate(store.tracks):
        store.tracks[number] = track[:offset] + damage + track[offset + len(damage) :]
    disk = CkdDisk(store, DEVICE_TYPES["3330"])
    disk.start_chain()
    for step in program:
        if step is None:
            disk.start_chain()
        else:
            assert execute(disk, *step).status in STATUSES


@settings(max_examples=100, deadline=None)
@given(steps)
def test_a_restored_disk_goes_on_in_the_same_way(program):
    disks = [CkdDisk(tracks("2314"), DEVICE_TYPES["2314"]) for _ in range(2)]
    for disk in disks:
        disk.start_chain()
    for step in program:
        if step is None:
            for disk in disks:
                disk.start_chain()
            continue
        first = execute(disks[0], *step)
        assert execute(disks[1], *step) == first
        fresh = CkdDisk(disks[1].store, DEVICE_TYPES["2314"])
        fresh.restore(disks[1].save())
        disks[1] = fresh
    assert disks[0].save() == disks[1].save()
    assert disks[0].store.tracks == disks[1].store.tracks


fba_arguments = st.one_of(
    st.binary(max_size=20),
    st.builds(
        lambda mask, *words: bytes((mask, 0, 0, 0)) + b"".join(word.to_bytes(4, "big") for word in words),
        st.sampled_from([0, 0x40, 0xC0]),
        small,
        small,
        small,
    ),
    st.builds(
        lambda operation, replication, sectors, number: bytes((operation, replication, 0, sectors, 0, 0, 0, number)),
        st.integers(0, 7),
        small,
        small,
        small,
    ),
)
fba_codes = st.sampled_from([0x63, 0x43, 0x41, 0x42, 0x02, 0x04, 0xB4, 0x94, 0x64, 0xE4, 0xA4, 0x03])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.none(), st.tuples(fba_codes, fba_arguments)), max_size=30))
def test_random_commands_of_fixed_block_disks(program):
    disk = FbaDisk(MemoryBlocks("3370", 6), DEVICE_TYPES["3370"])
    for step in program:
        if step is None:
            disk.start_chain()
            continue
        outcome = execute(disk, *step)
        assert outcome.status in STATUSES
        assert bool(outcome.status & UC) == any(disk.sense[:2]) or step[0] in (0x04, 0xB4, 0x94)
        other = FbaDisk(disk.store, DEVICE_TYPES["3370"])
        other.restore(disk.save())
        assert other.save() == disk.save()
