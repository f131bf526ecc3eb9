"""I/O instructions (Principles of Operation, chapter Input/Output Operations).

What they do is the channels' business (``cpu.channels``); here are the operand, the privilege and the condition code.
The low 16 bits of the address name channel and device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def start_io(cpu: Cpu, address: int) -> None:
    """SIO: CC 0 started, 1 CSW stored, 2 busy, 3 not operational."""
    cpu.cc = cpu.channels.sio(address & 0xFFFF, False)
    cpu.host_attention()


def start_io_fast_release(cpu: Cpu, address: int) -> None:
    """SIOF: as SIO, which may release the CPU before the device is selected."""
    cpu.cc = cpu.channels.sio(address & 0xFFFF, True)
    cpu.host_attention()


def test_io(cpu: Cpu, address: int) -> None:
    """TIO: CC 0 available, 1 CSW stored, 2 busy, 3 not operational."""
    cpu.cc = cpu.channels.tio(address & 0xFFFF, False)
    cpu.host_attention()


def clear_io(cpu: Cpu, address: int) -> None:
    """CLRIO: CC 0 no operation in progress, 1 CSW stored, 2 channel busy, 3 not operational."""
    cpu.cc = cpu.channels.tio(address & 0xFFFF, True)
    cpu.host_attention()


def halt_io(cpu: Cpu, address: int) -> None:
    """HIO: CC 0 interruption pending, 1 CSW stored, 2 burst operation ended, 3 not operational."""
    cpu.cc = cpu.channels.hio(address & 0xFFFF, False)
    cpu.host_attention()


def halt_device(cpu: Cpu, address: int) -> None:
    """HDV: CC 0 interruption pending, 1 CSW stored, 2 channel working, 3 not operational."""
    cpu.cc = cpu.channels.hio(address & 0xFFFF, True)
    cpu.host_attention()


def test_channel(cpu: Cpu, address: int) -> None:
    """TCH: CC 0 available, 1 interruption pending, 2 burst mode, 3 not operational."""
    cpu.cc = cpu.channels.tch(address & 0xFFFF)


def store_channel_id(cpu: Cpu, address: int) -> None:
    """STIDC: CC 0 stored at A8, 1 CSW stored, 2 busy, 3 not operational."""
    cpu.cc = cpu.channels.stidc(address & 0xFFFF)
