"""The asynchronous twins: guests side by side, and errors where they are awaited."""

from __future__ import annotations

import asyncio

import pytest

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
            assert await guests[1].call(lambda guest: guest.files()) == []
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
