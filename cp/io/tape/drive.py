"""A tape drive: reads, writes and moves a tape that CP mounted.

======= ================================= ====================================================================
command name                              unusual endings (UX unit exception, UC unit check)
======= ================================= ====================================================================
01      write                             UX behind the reflective marker; UC: file protected, tape at its end
02 0C   read, read backward               UX tape mark; UC: nothing recorded, damaged block, load point (0C)
03 04   no operation, sense
07      rewind                            channel end at once, device end when the tape is at the load point
0F      rewind and unload                 the same, then the drive is not ready until a tape is mounted
17 1F   erase gap, write tape mark        channel end at once, then device end; else as write
27 37   back- and forward space block     the same; UX with device end: the block was a tape mark
2F 3F   back- and forward space file      the same; moves over the tape mark; UC at the load point
97      data security erase               channel end at once, then device end
C3 CB D3  mode set                        refused when the drive has not this density
13-BB   mode set for 7 tracks             accepted, no effect
0B 1B 4B 8B  diagnostic mode, request     accepted, no effect on the tape
        track in error, set diagnose,
        loop write to read
======= ================================= ====================================================================

A write in the middle of a tape ends the recorded part behind the new block.  The host file is right after every
command; it is forced to the host's disk when the tape is rewound or taken off.

A long movement to a tape mark is cut into pieces of ``STRIDE`` blocks with time for others between; the position on the
tape is all that there is to remember.
"""

from __future__ import annotations

from typing import Any

from vm370.cp.io.device import NORMAL_END, Device, DeviceType, Outcome, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.tape.models import MODE_SET, MODELS, SEVEN_TRACK_MODES, inches
from vm370.cp.io.tape.sense import Byte0, sense_bytes
from vm370.images.errors import BadImage, ImageError
from vm370.images.tapes.tape import LONGEST_BLOCK, AtLoadPoint, EndOfTape, Tape

WRITE, READ, NO_OPERATION, SENSE = 0x01, 0x02, 0x03, 0x04
REWIND, READ_BACKWARD, REWIND_UNLOAD = 0x07, 0x0C, 0x0F
ERASE_GAP, WRITE_TAPE_MARK, SECURITY_ERASE = 0x17, 0x1F, 0x97
BACKSPACE_BLOCK, BACKSPACE_FILE, FORWARD_BLOCK, FORWARD_FILE = 0x27, 0x2F, 0x37, 0x3F
DIAGNOSTIC_MODE, REQUEST_TRACK_IN_ERROR, SET_DIAGNOSE, LOOP_WRITE_TO_READ = 0x0B, 0x1B, 0x4B, 0x8B
SPACING = frozenset({BACKSPACE_BLOCK, BACKSPACE_FILE, FORWARD_BLOCK, FORWARD_FILE})
WRITING = frozenset({WRITE, ERASE_GAP, WRITE_TAPE_MARK, SECURITY_ERASE})

REEL_FEET = 2400
BEHIND_MARKER_FEET = 25
"""Tape between the reflective marker and the end."""
TRANSPORT_DELAY = 5_000
"""Virtual time, in instructions, from channel end to device end of rewind and erase."""
BLOCK_DELAY = 50
"""The same of what moves the tape by a block or to a tape mark."""
STRIDE = 250
"""Blocks passed over in one go."""


class TapeDrive(Device):
    """A drive with or without a tape.  ``mount`` makes it ready, ``unmount`` gives the tape back."""

    def __init__(
        self,
        device_type: DeviceType = DEVICE_TYPES["3420"],
        tape: Tape | None = None,
        *,
        file_protected: bool = False,
        reel_feet: int = REEL_FEET,
    ) -> None:
        super().__init__()
        self.type = device_type
        self._model = MODELS[device_type.name]
        self._densities = {command: bpi for command, bpi in MODE_SET.items() if bpi in self._model.densities}
        self.immediate = frozenset({NO_OPERATION, REWIND, REWIND_UNLOAD, SECURITY_ERASE, DIAGNOSTIC_MODE})
        self.immediate |= SPACING | {ERASE_GAP, WRITE_TAPE_MARK}
        self.immediate |= SEVEN_TRACK_MODES | frozenset(self._densities)
        self.tape = tape
        self.file_protected = file_protected
        """The tape has no write ring (or its file cannot be written)."""
        self.reel_feet = reel_feet
        self.density = self._model.densities[0]
        self._unloaded = False
        """The tape is still here but was rewound and unloaded."""
        self._writing = False
        self._unforced = False
        self.sense = bytes(self._model.sense_length)

    # --- what CP and the operator do ---

    @property
    def loaded(self) -> bool:
        """A tape is in place, ready to be used."""
        return self.tape is not None and not self._unloaded

    @property
    def protected(self) -> bool:
        """Nothing can be written."""
        return self.file_protected or (self.tape is not None and self.tape.read_only)

    def mount(self, tape: Tape, *, file_protected: bool = False) -> None:
        """Put a tape on; one that is still there is given up.  Not ready becomes ready: device end."""
        self._force()
        self.tape = tape
        self.tape.rewind()
        self.file_protected = file_protected
        self._unloaded = False
        self._writing = False
        self.present(UnitStatus.DEVICE_END)

    def unmount(self) -> Tape | None:
        """Take the tape off; the caller closes it."""
        tape = self.tape
        self._force()
        self.tape = None
        self._unloaded = False
        return tape

    def load(self) -> None:
        """The operator loads the tape again that the program has unloaded (the drive's load button)."""
        if self._unloaded and self.tape is not None:
            self._unloaded = False
            self.tape.rewind()

    def rewind(self) -> None:
        """The operator rewinds the tape."""
        if self.tape is not None:
            self.tape.rewind()

    def close(self) -> None:
        tape = self.unmount()
        if tape is not None:
            tape.close()

    # --- commands ---

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense)
        self.sense = bytes(self._model.sense_length)
        if command == NO_OPERATION:
            return Outcome()
        if not self._has(command):
            return self._check(Byte0.COMMAND_REJECT)
        if self.tape is None or self._unloaded:
            return self._check(Byte0.INTERVENTION_REQUIRED)
        try:
            return self._carry_out(command, supply, self.tape)
        except AtLoadPoint:
            return self._check(0, NORMAL_END, backward=True)
        except EndOfTape:
            return self._check(Byte0.EQUIPMENT_CHECK, NORMAL_END, ran_off=True)
        except BadImage:
            self._pass_over(command, self.tape)
            return self._check(Byte0.DATA_CHECK, NORMAL_END, read_error=True, backward=command == READ_BACKWARD)
        except ImageError:
            return self._check(Byte0.EQUIPMENT_CHECK, NORMAL_END)

    def _has(self, command: int) -> bool:
        if command in (SET_DIAGNOSE, LOOP_WRITE_TO_READ):
            return self._model.diagnose
        if command == SECURITY_ERASE:
            return self._model.security_erase
        own = (READ, READ_BACKWARD, REWIND, REWIND_UNLOAD, DIAGNOSTIC_MODE, REQUEST_TRACK_IN_ERROR)
        return (
            command in WRITING
            or command in SPACING
            or command in own
            or command in self._densities
            or command in SEVEN_TRACK_MODES
        )

    def _carry_out(self, command: int, supply: Supply, tape: Tape) -> Outcome:
        if command in WRITING:
            return self._write(command, supply, tape)
        self._writing = False
        match command:
            case 0x02:
                return self._read(tape.read(), backward=False)
            case 0x0C:
                return self._read(tape.read_backward(), backward=True)
            case 0x07 | 0x0F:
                return self._rewind(tape, unload=command == REWIND_UNLOAD)
            case 0x1B:
                supply.take_rest(1)
            case 0x4B | 0x8B:
                supply.take_rest(LONGEST_BLOCK)
            case _ if command in SPACING:
                return self._space(command, tape)
            case _ if command in self._densities:
                self.density = self._densities[command]
        return Outcome()

    @staticmethod
    def _read(block: bytes | None, *, backward: bool) -> Outcome:
        if block is None:
            return Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION)
        return Outcome(NORMAL_END, block[::-1] if backward else block)

    def _rewind(self, tape: Tape, *, unload: bool) -> Outcome:
        moved = tape.position > 0
        self._force()
        tape.rewind()
        self._unloaded = unload
        if not moved and not unload:
            return Outcome()
        return Outcome(UnitStatus.CHANNEL_END, later=TRANSPORT_DELAY)

    def _space(self, command: int, tape: Tape) -> Outcome:
        move = tape.skip if command in (FORWARD_BLOCK, FORWARD_FILE) else tape.skip_backward
        if command in (FORWARD_BLOCK, BACKSPACE_BLOCK):
            return _moved(exception=not move())
        for _ in range(STRIDE):
            if not move():
                return _moved()
        return Outcome(wait=True, later=STRIDE)

    def _write(self, command: int, supply: Supply, tape: Tape) -> Outcome:
        if self.protected:
            return self._check(Byte0.COMMAND_REJECT)
        if self._feet(tape) > self.reel_feet + BEHIND_MARKER_FEET:
            return self._check(Byte0.EQUIPMENT_CHECK, NORMAL_END, ran_off=True)
        self._writing = self._unforced = True
        if command == WRITE:
            block = supply.take_rest(LONGEST_BLOCK)
            if not block:
                return self._check(Byte0.WORD_COUNT_ZERO, NORMAL_END)
            tape.write(block)
        elif command == WRITE_TAPE_MARK:
            tape.write_mark()
        else:
            tape.erase()
        if command == SECURITY_ERASE:
            return Outcome(UnitStatus.CHANNEL_END, later=TRANSPORT_DELAY)
        behind = self._feet(tape) > self.reel_feet
        if command != WRITE:
            return _moved(exception=behind)
        return Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION if behind else NORMAL_END)

    def _feet(self, tape: Tape) -> float:
        return inches(tape.offset, tape.position, self.density) / 12

    @staticmethod
    def _pass_over(command: int, tape: Tape) -> None:
        """A block with damaged contents was read: the tape stands behind it all the same."""
        try:
            if command == READ:
                tape.skip()
            elif command == READ_BACKWARD:
                tape.skip_backward()
        except ImageError:
            pass  # not even its end can be found: the tape stays

    def _check(
        self,
        cause: int,
        status: UnitStatus = UnitStatus(0),  # noqa: B008
        *,
        backward: bool = False,
        read_error: bool = False,
        ran_off: bool = False,
    ) -> Outcome:
        tape = self.tape if self.loaded else None
        sense = sense_bytes(
            cause,
            ready=tape is not None,
            load_point=tape is not None and tape.position == 0,
            writing=self._writing,
            file_protected=self.protected,
            density=self.density,
            backward=backward,
            read_error=read_error,
            end_of_tape=tape is not None and self._feet(tape) > self.reel_feet,
            ran_off=ran_off,
        )
        self.sense = sense[: self._model.sense_length]
        return Outcome(status | UnitStatus.UNIT_CHECK)

    def _force(self) -> None:
        """What was written reaches the host's disk."""
        if self.tape is not None and self._unforced:
            self._unforced = False
            self.tape.flush()

    def reset(self) -> None:
        self.sense = bytes(self._model.sense_length)
        self._writing = False

    # --- saving ---

    def save(self) -> Any:
        return {
            "sense": self.sense.hex(),
            "position": self.tape.position if self.tape is not None else 0,
            "unloaded": self._unloaded,
            "writing": self._writing,
            "density": self.density,
        }

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
        self._unloaded = state["unloaded"]
        self._writing = self._unforced = state["writing"]
        self.density = state["density"]
        if self.tape is not None:
            self.tape.rewind()
            try:
                for _ in range(state["position"]):
                    self.tape.skip()
            except ImageError:
                pass  # another tape than then: it stands where its recorded part ends


def _moved(*, exception: bool = False) -> Outcome:
    """A motion without data: the channel is free at once, device end comes when the tape has come to rest."""
    end = UnitStatus.DEVICE_END | UnitStatus.UNIT_EXCEPTION if exception else UnitStatus.DEVICE_END
    return Outcome(UnitStatus.CHANNEL_END, later=BLOCK_DELAY, end=end)
