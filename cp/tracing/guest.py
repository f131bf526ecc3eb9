"""What is traced of one virtual machine: TRACE, PER, ADSTOP, and when the guest has to be looked at for it.

Events that trap anyway are told by ``traps.py``: interruptions, privileged and I/O instructions.  For them the assist
is off, and the guest runs at full speed in between.  TRACE BRANCH, INSTRUCT, ALL and PER look at every instruction: the
guest enters the engine for one at a time (``before`` and ``after``).  PER STORE has it executed by the reference
engine, which says what is stored.  So a trace is the same in every engine.

CP mode is entered behind a line, unless RUN was given.  With ALL that is before the instruction is executed.  A slice
ends after so many lines, so that a guest that is traced with RUN lets others run, and its terminal can hold it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from vm370.cp.commands import table
from vm370.cp.commands.context import CommandError, Context
from vm370.cp.engine import reference
from vm370.cp.engine.engines import Engine
from vm370.cp.io.ccw import Csw
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interruptions import PAGE_TRANSLATION, PER_EVENT, SEGMENT_TRANSLATION, ProgramCheck
from vm370.cp.s370.translation import walk
from vm370.cp.s370.traps import HYPERVISED, TRAP_SVC
from vm370.cp.tracing import events, lines, per
from vm370.cp.tracing.adstop import AddressStop
from vm370.cp.tracing.channelprograms import SPOOLED, ChannelPrograms, real_address
from vm370.cp.tracing.events import Event, Route
from vm370.cp.tracing.output import print_line
from vm370.cp.tracing.recorder import peek
from vm370.cp.tracing.steps import PSW_INSTRUCTIONS, Instruction, instruction_at
from vm370.cp.tracing.watch import StoreWatch

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.saved import LoadedSystem

LINES_IN_SLICE = 50
STARTS = frozenset({"SIO", "SIOF"})
WITHOUT_CSW = frozenset({"TCH", "STIDC", "CLRCH"})


class GuestTrace:
    """``vm.tracing``."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.routes: dict[Event, Route] = {}
        self.per = per.TraceSets()
        self.stop_address: AddressStop | None = None
        self.copied: set[LoadedSystem] = set()
        """Saved systems that the user was told he has his own copy of."""
        self.active = False
        """Something is traced."""
        self.stepping = False
        """Every instruction is looked at."""
        self._watch = StoreWatch()
        self._lines = 0
        self._step: Instruction | None = None
        self._instructions = 0
        self._cc = 0
        self._registers: list[int] = []
        self._unfinished: tuple[int, int] | None = None
        """Address and number of an instruction that has done some units of operation (MVCL, CLCL)."""
        self._interrupted = False
        """The instruction that was looked at has ended in an interruption."""
        self._reported = False
        """A line was shown for it."""
        self._expected: int | None = None
        self._shown: tuple[int, int] | None = None
        """ALL: address and number of the instruction that was shown before it is executed."""
        self._programs = ChannelPrograms(vm)

    # --- what is traced ---

    @property
    def trap_mask(self) -> int:
        """What the assist must leave to CP."""
        if self.routes.keys() & events.UNASSISTED or self.per.current:
            return HYPERVISED
        return TRAP_SVC if self.stop_address is not None else 0

    @property
    def tracing_io(self) -> bool:
        """Devices are not detached meanwhile."""
        return bool(self.routes.keys() & (events.IO_INSTRUCTION_LINES | events.IO_LINES | events.CCW_LINES))

    def changed(self) -> None:
        """What is traced is different now."""
        vm = self._vm
        self.stepping = bool(self.routes.keys() & events.STEPPED or self.per.current)
        self.active = bool(self.routes) or self.stepping
        vm.set_assist(vm.settings.assist, svc=vm.settings.assist_svc)
        vm.channels.trace = self._programs.fetched if self.routes.keys() & events.CCW_LINES else None
        self._expected = self._shown = None
        self.per.last_shown_end = None

    def end(self) -> None:
        """TRACE END."""
        self.routes.clear()
        self.changed()

    def end_stepping(self) -> None:
        """LOADSYS in shared mode: instructions and branches are not traced any more."""
        stepped = self.routes.keys() & events.STEPPED
        for event in stepped:
            del self.routes[event]
        if stepped:
            self.changed()
            self._vm.say("TRACE STARTED" if self.routes else "TRACE ENDED")

    # --- the address stop ---

    def set_stop(self, address: int | None) -> None:
        """ADSTOP; None: OFF."""
        if self.stop_address is not None:
            self.stop_address.remove()
            self.stop_address = None
        if address is not None:
            self.stop_address = AddressStop(self._vm.storage, address)
        self.changed()

    def storage_replaced(self) -> None:
        """The machine has another storage: a stop went with the old one."""
        self.stop_address = None
        self.copied.clear()

    def stop_lifted(self) -> AbstractContextManager[None]:
        """The stop is not there meanwhile: what is stored goes under it."""
        return nullcontext() if self.stop_address is None else self.stop_address.lifted()

    def original(self, address: int, data: bytes) -> bytes:
        """Storage as it is without the address stop."""
        return data if self.stop_address is None else self.stop_address.original(address, data)

    def stop_reached(self) -> bool:
        """SVC X'B3' was executed: whether it is the address stop.  The machine stops before the instruction."""
        stop, vm = self.stop_address, self._vm
        if stop is None:
            return False
        cpu = vm.cpu
        at = cpu.ia - 2 * cpu.ilc & 0xFFFFFF
        found = instruction_at(cpu, at)
        if self._real(found.subject.address) != stop.address:
            return False
        cpu.ia = at
        cpu.instructions -= 1
        cpu.trapped = 0
        self.set_stop(None)
        vm.say(f"ADSTOP AT {stop.address:06X}")
        self._enter_cp()
        return True

    def _real(self, address: int) -> int | None:
        cpu = self._vm.cpu
        if cpu.translating:
            try:
                code, address, _ = walk(cpu, address)
            except ProgramCheck:
                return None
            if code:
                return None
        return cpu.absolute_of_real(address)

    # --- steps: called round each instruction ---

    def begin_slice(self) -> None:
        """A time slice begins."""
        self._lines = 0

    def before(self) -> bool:
        """The engine is entered for one instruction; False: the machine was stopped before it."""
        cpu = self._vm.cpu
        self._step = step = instruction_at(cpu, cpu.ia, self._look)
        self._instructions, self._cc = cpu.instructions, cpu.cc
        self._interrupted = self._reported = False
        if Event.ALL in self.routes:
            self._show_before(cpu, step)
            if not self._vm.may_run:
                return False
        if self.per.current:
            if self._unfinished != (cpu.ia, cpu.instructions):
                self._registers = list(cpu.gr)
                self.per.begin(self._look_now)
                self._watch.stores.clear()
            if self.per.watches_stores:
                self._watch.begin(cpu)
        return True

    def engine(self, usual: Engine) -> Engine:
        """What executes the instruction."""
        return reference if self.per.watches_stores else usual

    def after(self) -> None:
        """The engine was left, and CP has done what that asked for."""
        cpu, step, self._step = self._vm.cpu, self._step, None
        self._watch.end(cpu)
        self._unfinished = cpu.ia, cpu.instructions
        if step is None or cpu.instructions == self._instructions:
            return
        self._unfinished = None
        self._complete(step)
        self._expected = step.next
        if self.per.current:
            self._per_events(step)

    def release(self) -> None:
        """The slice is over, whatever has happened."""
        self._watch.end(self._vm.cpu)
        self._step = None

    def _look(self, cpu: Cpu, address: int, length: int) -> bytes:
        data = peek(cpu, address, length)
        if self.stop_address is None or not data:
            return data
        real = self._real(address)
        return data if real is None else self.stop_address.original(real, data)

    def _look_now(self, address: int, length: int) -> bytes:
        return self._look(self._vm.cpu, address, length)

    def _show_before(self, cpu: Cpu, step: Instruction) -> None:
        here = cpu.ia, cpu.instructions
        if here == self._shown:
            return
        self._shown = here
        if step.name == "SVC" or step.subject.io:
            return  # their lines tell of what happened
        led_to = self._expected is not None and cpu.ia != self._expected
        if step.subject.privileged and not cpu.problem:
            self._emit([self._privileged_line(step.subject, executed=False)], {Event.ALL})
        else:
            self._emit([lines.before(step, led_to=led_to)], {Event.ALL})

    def _complete(self, step: Instruction) -> None:
        """The instruction is complete: its line, if nothing else has told of it."""
        cpu = self._vm.cpu
        if self._reported or self._interrupted:
            return
        self._reported = True
        if step.branches and cpu.ia not in (step.next, step.address):
            self._emit([lines.branch(step, cpu.ia)], {Event.BRANCH, Event.INSTRUCT})
        else:
            self._emit([lines.instruction(step)], {Event.INSTRUCT})

    # --- what traps.py tells ---

    def supervisor_call(self, address: int, number: int) -> None:
        """An SVC interruption has happened."""
        self._interruption(lines.interruption(address, "SVC", number, self._vm.cpu.ia), events.SVC_LINES)

    def program_address(self, code: int) -> int:
        """Address of the instruction that a program interruption, which is due, belongs to."""
        cpu = self._vm.cpu
        if code & PER_EVENT:
            if self._step is not None:
                self._complete(self._step)  # a program event comes after the instruction
            return cpu.per_address
        if code in (SEGMENT_TRANSLATION, PAGE_TRANSLATION):
            return cpu.ia
        return cpu.ia - 2 * cpu.ilc & 0xFFFFFF

    def program(self, address: int, code: int) -> None:
        """A program interruption has happened."""
        self._interruption(lines.interruption(address, "PROG", code, self._vm.cpu.ia), events.PROGRAM_LINES)

    def external(self, address: int, code: int) -> None:
        """An external interruption has happened."""
        self._emit([lines.interruption(address, "EXT", code, self._vm.cpu.ia)], events.EXTERNAL_LINES)

    def io(self, address: int, vaddr: int, csw: Csw) -> None:
        """An I/O interruption has happened."""
        self.flush()
        shown = [lines.io_interruption(address, vaddr, csw, self._vm.cpu.ia)]
        if Event.CSW in self.routes:
            shown.insert(0, lines.channel_status(vaddr, csw))
        self._emit(shown, events.IO_LINES)

    def _interruption(self, line: str, wanted: Iterable[Event]) -> None:
        self._interrupted = True
        self._emit([line], wanted)

    def privileged_next(self) -> Instruction:
        """The privileged instruction that CP is about to simulate."""
        return instruction_at(self._vm.cpu, self._vm.cpu.ia, self._look).subject

    def privileged(self, step: Instruction) -> None:
        """CP has simulated it."""
        if step.io:
            self._io_instruction(step)
            return
        wanted = events.PSW_LINES if step.name in PSW_INSTRUCTIONS else events.PRIVILEGED_LINES
        self._reported |= bool(self.routes.keys() & wanted)
        self._emit([self._privileged_line(step, executed=True)], wanted)

    def instruction_before(self, cpu: Cpu) -> Instruction:
        """The instruction that the CPU has just executed, and that did not branch."""
        return instruction_at(cpu, cpu.ia - 2 * cpu.ilc & 0xFFFFFF, self._look).subject

    def diagnose(self, step: Instruction, code: int) -> None:
        """CP has done a DIAGNOSE; the machine does not stop behind X'08', whose command may be what traces."""
        self._reported = True
        self._emit([lines.privileged(step)], events.PRIVILEGED_LINES, stops=code != 8)

    def _privileged_line(self, step: Instruction, *, executed: bool) -> str:
        cpu = self._vm.cpu
        match step.name:
            case "LPSW":
                psw = cpu.psw.to_bytes() if executed else self._look_now(step.operands[0], 8)
                return lines.privileged(step, psw=psw.ljust(8, b"\0"))
            case "SSM" | "STNSM" | "STOSM":
                byte = step.code[1]
                new = cpu.system_mask
                if not executed:
                    argument = self._look_now(step.operands[0], 1)
                    by_name = {"SSM": argument[0] if argument else 0, "STNSM": new & byte, "STOSM": new | byte}
                    new = by_name[step.name]
                return lines.privileged(step, mask=new)
            case _:
                return lines.privileged(step)

    def _io_instruction(self, step: Instruction) -> None:
        vm, cpu = self._vm, self._vm.cpu
        vaddr = step.operands[0] & 0xFFFF if step.operands else 0
        device = vm.devices.get(vaddr)
        kind = device.type.kind if device is not None else "DEV"
        starts = step.name in STARTS
        wanted = {Event.INSTRUCT, Event.ALL}
        if not (starts and kind in SPOOLED):
            wanted.add(Event.SIO)
        if starts or step.name == "TIO":
            wanted.add(Event.CCW)
        self._reported |= bool(self.routes.keys() & wanted)
        csw = None
        if step.name not in WITHOUT_CSW and cpu.cc == 1:
            csw = vm.storage.read(0x44, 2)
        caw = vm.storage.read(0x48, 4) if starts else None
        raddr = None if device is None or step.name == "TCH" else real_address(vm, vaddr, device)
        self._emit([lines.io_instruction(step, kind, vaddr, cpu.cc, raddr=raddr, csw=csw, caw=caw)], wanted)
        self.flush()

    # --- channel programs ---

    def start_io(self, step: Instruction) -> None:
        """A privileged instruction is about to be simulated: a new channel program may begin."""
        if step.name in STARTS and step.operands:
            self._programs.begin(step.operands[0] & 0xFFFF)

    def flush(self) -> None:
        """Show the CCWs that were executed."""
        shown = self._programs.take()
        if shown:
            self._emit(shown, events.CCW_LINES)

    # --- PER ---

    def _per_events(self, step: Instruction) -> None:
        vm, cpu = self._vm, self._vm.cpu
        branched = step.branches and not self._interrupted and cpu.ia not in (step.next, step.address)
        seen = per.Seen(
            step,
            self._cc if self._interrupted else cpu.cc,
            cpu.ia if branched else None,
            {number: value for number, value in enumerate(cpu.gr) if value != self._registers[number]},
            self._watch.stores,
            self._look_now,
        )
        self.per.note_branch(seen)
        found = self.per.events(seen)
        if not found:
            return
        shown = per.event_lines(self.per, seen, found, vm.times()[0])
        if any(element.options.terminal for element in found):
            for line in shown:
                vm.say(line)
        if any(element.options.printer for element in found):
            for line in shown:
                print_line(vm, line)
        self._count(len(shown))
        stops = [element for element in found if element.stops()]
        commands = [command for element in found for command in element.options.commands]
        if stops:
            self._enter_cp()
        self._do(commands)

    def _do(self, commands: list[str]) -> None:
        """PER CMD: CP commands, until one takes the machine away."""
        vm = self._vm
        resets = vm.resets
        for command in commands:
            context = Context(vm.system, vm, vm.session, vm.say)
            try:
                dialogue = table.start(context, command)
                if dialogue is not None:
                    next(dialogue, None)
                    dialogue.close()
            except CommandError as error:
                text = error.message.edited(vm.settings.emsg)
                if text is not None:
                    vm.say(text)
            if vm.resets != resets or vm.system.users.get(vm.userid) is not vm:
                vm.yield_slice()
                return

    # --- output ---

    def _emit(self, shown: list[str], wanted: Iterable[Event], *, stops: bool = True) -> None:
        """Lines for those of the ``wanted`` events that are traced."""
        routes = [self.routes[event] for event in wanted if event in self.routes]
        if not routes:
            return
        vm = self._vm
        terminal, printer = any(route.terminal for route in routes), any(route.printer for route in routes)
        for line in shown:
            if terminal:
                vm.say(line.rstrip())
            if printer and not print_line(vm, line.rstrip()):
                self._printer_failed()
                printer = False
        self._count(len(shown))
        if stops and any(route.stops for route in routes):
            self._enter_cp()

    def _printer_failed(self) -> None:
        """There is no printer any more, or it takes no more: nothing is traced on it."""
        for event, route in list(self.routes.items()):
            if not route.terminal:
                del self.routes[event]
        self.changed()
        self._vm.say("TRACE STARTED" if self.routes else "TRACE ENDED")

    def _count(self, number: int) -> None:
        self._lines += number
        if self._lines >= LINES_IN_SLICE:
            self._vm.yield_slice()

    def _enter_cp(self) -> None:
        """CP mode; the machine stops, with SET RUN ON too."""
        self._vm.enter_cp()
        if self._vm.settings.run:
            self._vm.stopped = True
