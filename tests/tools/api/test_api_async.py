"""The asynchronous twins: guests side by side, and errors where they are awaited."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from vm370.cp.system import System as ControlProgram
from vm370.tools.api import AsyncSystem, FileError, LimitExceeded, StartError


def test_guests_side_by_side() -> None:
    async def work() -> list[int | None]:
        async with AsyncSystem.temporary() as system:
            guests = [await system.make_guest() for _ in range(3)]
            await guests[0].put(b"&EXIT 7\n", "SEVEN EXEC A")
            results = await asyncio.gather(
                guests[0].cmd("SEVEN"),
                guests[1].cmd("SEVEN"),
                guests[2].cmd("STATE NO FILE A"),
                guests[0].cp("QUERY NOTHING"),
            )
            assert (await guests[0].get("SEVEN EXEC A")).text == "&EXIT 7\n"
            assert (await guests[1].screen()).status == "VM READ"
            assert not (await guests[1].psw()).ec
            assert len((await guests[1].registers()).general) == 16
            assert await guests[1].storage(0x200, 3) == "CMS".encode("cp037")
            await guests[1].put_files({"A FILE A": b"a\n", "B FILE A": b"b\n"})
            assert await guests[1].files() == ["A FILE A1", "B FILE A1"]
            assert await guests[1].call(lambda guest: guest.at_command_level)
            assert "PSW" in str(await guests[1].report())
            return [result.rc for result in results]

    assert asyncio.run(work()) == [7, -3, 28, 45]


def test_one_guest_waits_while_others_work() -> None:
    async def work() -> None:
        async with AsyncSystem.temporary() as system:
            user = await system.logon("CMSUSER", ipl="CMS")
            other = await system.make_guest()
            sleeping = asyncio.create_task(user.cp("SLEEP 1 HR"))
            for _ in range(5):
                assert (await other.cmd("STATE NO FILE A")).rc == 28
            assert not sleeping.done()
            await user.press("PA1")
            await sleeping
            await user.cp("BEGIN")
            assert (await user.cmd("STATE NO FILE A")).rc == 28

    asyncio.run(work())


def test_errors_come_where_they_are_awaited() -> None:
    async def work() -> None:
        async with AsyncSystem.temporary() as system, await system.make_guest() as guest:
            with pytest.raises(FileError):
                await guest.get("NO FILE A")
            with pytest.raises(LimitExceeded):
                await guest.cmd("LISTFILE * * S", limit=500)
            await guest.wait()
            assert (await guest.cmd("STATE NO FILE A")).rc == 28
        with pytest.raises(StartError, match="not running"):
            await system.logon("CMSUSER")

    asyncio.run(work())


def test_a_system_that_cannot_start() -> None:
    async def work() -> None:
        async with AsyncSystem("/dev/null/home"):
            pass

    with pytest.raises(StartError):
        asyncio.run(work())


def test_a_fault_of_cp_is_told_to_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        async with AsyncSystem.temporary() as system:
            guest = await system.make_guest()
            with monkeypatch.context() as patch:
                patch.setattr(ControlProgram, "step", lambda self: 1 // 0)
                with pytest.raises(ZeroDivisionError):
                    await guest.cmd("QUERY TIME")
            await guest.wait()
            assert (await guest.cmd("STATE NO FILE A")).rc == 28

    asyncio.run(work())


def test_what_is_cancelled_goes_on(tmp_path: Path) -> None:
    async def work() -> None:
        async with AsyncSystem.temporary() as system:
            guest = await system.make_guest()
            task = asyncio.create_task(guest.cp("SLEEP 1 HR"))
            assert (await guest.cp("QUERY VIRTUAL 191")).rc == 0
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await guest.press("PA1")
            assert await guest.call(lambda guest: guest.logged_on)

    asyncio.run(work())
