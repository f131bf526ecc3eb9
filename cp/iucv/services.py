"""Services of CP that a virtual machine connects to by IUCV.

    name       CONNECT                          what happens
    *MSG       anything                         SET MSG, WNG or SMSG IUCV sends messages there: one-way, target class
                                                1 message, 2 warning, 4 special message; user ID in 8 columns, then text
    *BLOCKIO   user data: 4 block size,         SEND with data in the parameter list: target class 1 writes, 2 reads;
               4 offset, 2 device address,      block number and address of the data.  Blocks are numbered from 1 minus
               6 zero                           the offset; a reply of 8 bytes in the list, whose first is the status
                                                (as of DIAGNOSE X'250': 0 done ... 7 protected data)

*BLOCKIO accepts with the numbers of the first and the last block and a halfword whose X'0001' says read-only; or it
severs with a code in the first byte of the user data: 1 no such device, 2 not a disk, 3 block size, 4 reserved bytes.
*ACCOUNT, *LOGREC, *SIGNAL and others are not here: CONNECT gives 16.
Source: VM/SP System Programmer's Guide (SC19-6203), The Message System Service, DASD Block I/O System Service.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vm370.cp import transfer
from vm370.cp.io.blockaccess import (
    BLOCK_SIZES,
    BlockAccess,
    BlockError,
    BlockNumberError,
    BlockReadOnlyError,
    BlockSizeError,
)
from vm370.cp.iucv.parameters import ONE_WAY, PARAMETER_DATA, PRIORITY, Control, Data, Type
from vm370.cp.iucv.paths import Communicator, End, Message, sever
from vm370.cp.s370.interruptions import PROTECTION, ProgramCheck
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.iucv.facility import Iucv
    from vm370.cp.machine import VirtualMachine

DONE, BAD_BLOCK, BAD_ADDRESS, READ_ONLY, WRONG_SIZE, IO_ERROR, BAD_TYPE, PROTECTED = range(8)
WRITE, READ = 1, 2
NO_DEVICE, NOT_SUPPORTED, BAD_SIZE, RESERVED_NOT_ZERO = 1, 2, 3, 4
_CONNECT = struct.Struct(">IiH6s")
_ACCEPT = struct.Struct(">iiH6x")


class Service(Protocol):
    """A service; it is the owner of one end of each path to it."""

    def connect(self, end: End, control: Control) -> None:
        """A virtual machine has connected; accept or sever."""

    def message(self, message: Message) -> None:
        """A message from a virtual machine."""

    def forget(self, end: End) -> None:
        """The path is gone."""


def accept(end: End, user: bytes = bytes(16)) -> None:
    """The service accepts; the virtual machine gets its interruption."""
    peer = end.peer
    end.connected = peer.connected = True
    end.takes_parameter_data, end.priority = True, peer.priority
    assert isinstance(peer.owner, Communicator)
    flags = PARAMETER_DATA | (PRIORITY if peer.priority else 0)
    peer.owner.notify(Type.COMPLETE, peer, Control(0, flags, 0, peer.limit, 0, to_ebcdic(" " * 8), user))


def complete(message: Message, data: bytes) -> None:
    """The service replies with eight bytes."""
    owner = message.source.owner
    assert isinstance(owner, Communicator)
    message.reply_data = data.ljust(8, b"\0")
    owner.finish(message)


class MessageService:
    """*MSG."""

    def __init__(self, iucv: Iucv) -> None:
        self._iucv = iucv
        self._ends: dict[Communicator, End] = {}

    def connect(self, end: End, control: Control) -> None:
        """A path to each virtual machine; a further one takes its place."""
        assert isinstance(end.peer.owner, Communicator)
        self._ends[end.peer.owner] = end
        accept(end)

    def message(self, message: Message) -> None:
        """Nothing is expected here: it is answered with zeros."""
        complete(message, b"")

    def forget(self, end: End) -> None:
        """No more messages there."""
        self._ends = {owner: other for owner, other in self._ends.items() if other is not end}

    def send(self, communicator: Communicator, kind: int, sender: str, text: str) -> bool:
        """A line for the virtual machine; False if it has no path, or takes no more."""
        end = self._ends.get(communicator)
        if end is None or end.quiesced or len(end.sent) >= end.limit:
            return False
        data = to_ebcdic(sender.ljust(8)[:8] + text, errors="replace")
        request = Data(0, ONE_WAY, 0, 0, kind, 0, len(data), 0, 0, 0, 0)
        message = Message(self._iucv.identifier(), end, request, 0, data)
        end.sent.append(message)
        communicator.deliver(message)
        return True


@dataclass(frozen=True, slots=True)
class _Disk:
    device: int
    size: int
    offset: int


class BlockService:
    """*BLOCKIO."""

    def __init__(self) -> None:
        self._disks: dict[End, _Disk] = {}

    def connect(self, end: End, control: Control) -> None:
        """The user data say which disk."""
        assert isinstance(end.peer.owner, Communicator)
        size, offset, device, reserved = _CONNECT.unpack(control.user)
        disk = end.peer.owner.vm.devices.get(device)
        if disk is None:
            sever(end, bytes((NO_DEVICE,)).ljust(16, b"\0"))
        elif not isinstance(disk, BlockAccess):
            sever(end, bytes((NOT_SUPPORTED,)).ljust(16, b"\0"))
        elif size not in BLOCK_SIZES:
            sever(end, bytes((BAD_SIZE,)).ljust(16, b"\0"))
        elif any(reserved) or not -0x40000000 < offset < 0x40000000:
            sever(end, bytes((RESERVED_NOT_ZERO,)).ljust(16, b"\0"))
        else:
            self._disks[end] = _Disk(device, size, offset)
            accept(end, _ACCEPT.pack(1 - offset, disk.block_count(size) - offset, 1 if disk.read_only else 0))

    def message(self, message: Message) -> None:
        """A block."""
        end = message.source.peer
        assert isinstance(message.source.owner, Communicator)
        good = message.text is not None and not message.one_way and message.request.target_class in (WRITE, READ)
        status = self._transfer(message.source.owner.vm, self._disks[end], message) if good else BAD_TYPE
        complete(message, bytes((status,)))

    def forget(self, end: End) -> None:
        """The path is gone."""
        self._disks.pop(end, None)

    def _transfer(self, vm: VirtualMachine, where: _Disk, message: Message) -> int:
        device = vm.devices.get(where.device)
        if not isinstance(device, BlockAccess) or not vm.devices[where.device].ready:
            return IO_ERROR
        number, address = struct.unpack(">iI", message.text or bytes(8))
        number, address, size = number + where.offset, address & 0xFFFFFF, where.size
        try:
            if message.request.target_class == READ:
                transfer.check_store(vm.storage, address, size, message.key)
                vm.store(address, device.block_read(number, size), key=message.key)
            else:
                device.block_write(number, size, vm.fetch(address, size, key=message.key))
        except BlockNumberError:
            return BAD_BLOCK
        except BlockReadOnlyError:
            return READ_ONLY
        except BlockSizeError:
            return WRONG_SIZE
        except BlockError:
            return IO_ERROR
        except ProgramCheck as check:
            return PROTECTED if check.code == PROTECTION else BAD_ADDRESS
        vm.count_bytes(size)
        return DONE
