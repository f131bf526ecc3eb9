"""What a DIAGNOSE function may see of the guest that issued it.

``cp/machine.py`` has the implementation.  A function reads its operands from ``guest.gr``, moves bytes with
``fetch`` and ``store`` (which know the guest's storage size and protection), and sets ``guest.cc``.  Errors that the
architecture knows are raised as ``ProgramCheck``; CP reflects them to the guest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from vm370.cp.io.ccw import Csw
    from vm370.cp.io.channel import Channels
    from vm370.cp.io.device import Device
    from vm370.cp.io.hostfolder import HostFolder
    from vm370.cp.s370.hooks import Registers
    from vm370.diag.services import Services
    from vm370.diag.x250 import BlockEnvironment


class Guest(Protocol):
    """The machine's interface for DIAGNOSE functions."""

    userid: str
    classes: str
    """Privilege classes of the user, e.g. "BG"."""

    @property
    def gr(self) -> Registers:
        """General registers, 32-bit unsigned."""

    cc: int
    storage_size: int

    @property
    def extended_control(self) -> bool:
        """EC mode."""

    @property
    def devices(self) -> Mapping[int, Device]:
        """Virtual devices by address."""

    channels: Channels
    block_environments: dict[int, BlockEnvironment]
    """DIAGNOSE X'250': devices that INIT was issued for."""

    @property
    def cpu_id(self) -> int:
        """What STIDP stores: version, serial, model, MCEL length; 64 bits."""

    def fetch(self, address: int, length: int, *, key: int | None = None) -> bytes:
        """Bytes of guest storage; ProgramCheck (addressing, protection by ``key``, or the PSW's) otherwise."""

    def store(self, address: int, data: bytes, *, key: int | None = None) -> None:
        """Store into guest storage; ProgramCheck (addressing, protection by ``key``, or the PSW's) otherwise."""

    def store_csw(self, csw: Csw) -> None:
        """The channel status word at location X'40'."""

    def count_bytes(self, count: int) -> None:
        """Bytes were moved between storage and a device without a channel program."""

    @property
    def extents(self) -> list[tuple[int, int]]:
        """First and last address of each piece of storage, saved segments above the size included."""

    def set_key(self, address: int, key: int) -> None:
        """The storage key (with fetch protection, as SSK has it) of the page at ``address``."""

    def release_pages(self, first: int, last: int) -> None:
        """Zero the 4 KiB pages at addresses first..last and give the host memory back."""

    def find_segment(self, name: str) -> tuple[int, int, bool] | None:
        """First and last address of a saved system or segment, and whether the guest has loaded it; None: no such.

        BadImage when its file is damaged.
        """

    def load_segment(self, name: str, *, shared: bool = True) -> None:
        """Map a saved system or segment into the guest's storage; segments that it overlaps are purged.

        ``shared``: who stores into its shared pages is told.
        """

    def purge_segment(self, name: str) -> bool:
        """Take a segment out of the guest's storage; False when the guest has not loaded it."""

    def command(self, text: str, *, to_buffer: bool, register: int | None = None) -> tuple[int, list[str]]:
        """A CP command issued by the guest: return code and response lines (shown on the terminal unless to_buffer).

        When the terminal has to answer something first, the return code goes into ``register`` later.

        It does not return when the command resets the virtual machine or ends the session.
        """

    def enter_cp(self) -> None:
        """Put the virtual machine into CP READ; it goes on after this instruction when BEGIN is given."""

    def swap_directory(self, volser: str) -> int:
        """Take over a directory that was changed; the condition code of DIAGNOSE X'3C'."""

    def update_directory(self, userid: str, password: str, operation: str, value: str) -> int:
        """Change a user's directory entry; 0, or the reason code of DIAGNOSE X'84'."""

    def suspend(self, *, unfinished: bool = False) -> NoReturn:
        """Never returns: the DIAGNOSE is executed again when a device of the guest has changed (console input came).

        ``unfinished``: in the next time slice, because there is more to do than fits into one.
        """

    def yield_slice(self) -> None:
        """Give up the rest of the time slice."""

    def console_address(self) -> int | None:
        """Device address of the virtual console."""

    def line_length(self) -> int | None:
        """Line length of the terminal behind the virtual console; None when the user is disconnected."""

    def console_write(self, line: str) -> None:
        """One line on the virtual console (and in the console spool file)."""

    def times(self) -> tuple[int, int]:
        """Virtual and total CPU time, microseconds."""

    def local_time(self) -> Any:
        """datetime.datetime, the guest's idea of local time."""

    def edit_message(self) -> str:
        """EMSG setting: ON, CODE, TEXT or OFF."""

    @property
    def services(self) -> Services:
        """What CP keeps because the guest asked for it."""

    def examine_real_storage(self, address: int, length: int) -> bytes:
        """Real storage as CP defines it for DIAGNOSE 04; ProgramCheck(addressing) outside."""

    def communicate(self, parameters: bytes) -> int:
        """A request to the Virtual Machine Communication Facility (VMCPARM): its return code."""

    @property
    def host_folder(self) -> HostFolder | None:
        """The host folder that the directory gives the user."""

    def wait(self, mask: int, microseconds: int | None) -> tuple[int, int | None]:
        """Wait until an interruption of ``mask`` is pending, or for some time: what is pending, time left.

        It does not return while there is nothing to return for; the DIAGNOSE is executed again then.
        """

    def collect(self, mask: int, room: int) -> list[bytes]:
        """Take up to ``room`` pending interruptions of ``mask``."""

    def collectable(self, mask: int) -> bool:
        """Interruptions of ``mask`` are pending."""

    def status_page(self) -> int | None:
        """Address of the page that CP keeps up to date."""

    def show_status_page(self, address: int | None) -> None:
        """Keep the page at ``address`` up to date; None: no page any more."""

    @property
    def interruption_room(self) -> bool:
        """A further external interruption can be made pending: the guest has not left too many waiting."""

    def external_interruption(
        self, code: int, cpu_address: int = 0, parameter: int | None = None, subclass: int = 0
    ) -> None:
        """Make an external interruption pending; ``subclass`` is the bit of control register 0 that enables it."""
