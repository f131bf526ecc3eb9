"""LOGON to SHUTDOWN, as people at terminals see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.console.terminal import Status
from vm370.cp.io.unitrecord import Record
from vm370.cp.session import Session
from vm370.cp.spool import Destination
from vm370.cp.system import System

Logon = Callable[[str], User]
New = Callable[[], User]

LOGGED_ON = "LOGON AT 09:30:15 UTC WEDNESDAY 04/01/81"


def test_logon_with_a_masked_password(new_user: New) -> None:
    user = new_user()
    assert user.read() == ["VM/370 ONLINE"]
    assert user.type("logon alpha") == ["ENTER PASSWORD:"]
    assert user.session.masked
    assert user.type("alpha") == [LOGGED_ON]
    assert (user.session.userid, user.session.status) == ("ALPHA", Status.CP_READ)
    assert all("alpha" not in line.text for line in user.terminal.lines if line.text != "logon alpha")


def test_logon_in_one_line_and_short(new_user: New) -> None:
    user = new_user()
    assert user.type("L BETA BETA N")[1:] == [LOGGED_ON]
    vm = user.vm
    assert (vm.settings.ecmode, vm.storage_size) == (True, 256 << 10)
    assert sorted(vm.devices) == [0x009, 0x190, 0x191]


def test_directory_options_are_applied(logged_on: Logon) -> None:
    beta, alpha = logged_on("BETA").vm, logged_on("ALPHA").vm
    assert beta.terminal_options.editing.line_end is None
    assert alpha.terminal_options.editing.line_end == "#"
    # OPTION BMX: block multiplexer (2 in STIDC), otherwise selector (0); channel 0 is a byte multiplexer (1)
    assert [beta.channels.type_of(channel) for channel in (0, 1, 15)] == [1, 2, 2]
    assert [alpha.channels.type_of(channel) for channel in (0, 1, 15)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("LOGON", "DMKLOG020E USERID MISSING OR INVALID"),
        ("LOGON NOONE", "DMKLOG053E NOONE NOT IN CP DIRECTORY"),
        ("LOGON GAMMA", "DMKLOG053E GAMMA NOT IN CP DIRECTORY"),
        ("LOGON ALPHA ALPHA FOO", "DMKLOG003E INVALID OPTION - FOO"),
        ("QUERY TIME", "DMKCFC001E ?CP: QUERY TIME"),
        ("LINK MAINT 190 190", "DMKCFC001E ?CP: LINK MAINT 190 190"),
        ("LOGOFF", "DMKCFC001E ?CP: LOGOFF"),
    ],
)
def test_before_logon(new_user: New, line: str, message: str) -> None:
    user = new_user()
    user.read()
    assert user.type(line) == [message]
    assert user.type("* a comment", "*another") == []


def test_already_logged_on(new_user: New, logged_on: Logon) -> None:
    first = logged_on("ALPHA")
    second = new_user()
    assert second.type("LOGON ALPHA ALPHA")[1:] == ["DMKLOG054E ALREADY LOGGED ON GRAF 0C0"]
    first.read()
    assert first.type("LOGON BETA BETA") == ["ALREADY LOGGED ON GRAF 0C0"]


def test_logon_here_takes_the_machine_over(new_user: New, logged_on: Logon) -> None:
    first = logged_on("ALPHA")
    vm = first.vm
    first.read()
    second = new_user()
    assert second.type("LOGON ALPHA HERE", "ALPHA")[-1] == "RECONNECTED AT 09:30:15 UTC WEDNESDAY 04/01/81"
    assert second.vm is vm
    assert first.read() == ["DISCONNECT AT 09:30:15 UTC WEDNESDAY 04/01/81", "VM/370 ONLINE"]
    assert first.session.vm is None


def test_wrong_password_locks_the_keyboard(new_user: New, clock: StoppedClock, cp: System) -> None:
    user = new_user()
    user.read()
    assert user.type("LOGON ALPHA", "WRONG") == ["ENTER PASSWORD:", "DMKLOG050E PASSWORD INCORRECT - RESTART"]
    assert user.session.status is Status.RUNNING
    assert not user.session.waits_for_input
    assert cp.next_wake_up() == clock.monotonic() + 1
    assert user.type("LOGON ALPHA ALPHA") == ["NOT ACCEPTED"]
    clock.advance(1)
    assert user.session.waits_for_input
    assert user.type("LOGON ALPHA ALPHA")[-1] == "LOGON AT 09:30:16 UTC WEDNESDAY 04/01/81"


def test_another_terminal_does_not_help_who_guesses(new_user: New, clock: StoppedClock) -> None:
    first, second = new_user(), new_user()
    second.read()
    first.type("LOGON ALPHA X")
    clock.advance(1)
    first.type("LOGON ALPHA Y")  # the second wrong one: two seconds
    assert second.type("LOGON ALPHA ALPHA") == ["DMKJRL361E LOGON OF ALPHA NOT ACCEPTED FOR 2 SECONDS"]
    clock.advance(2)
    assert second.type("LOGON ALPHA ALPHA") == [LOGGED_ON.replace("15", "18")]


def test_four_wrong_passwords_restart_the_terminal(new_user: New, logged_on: Logon, clock: StoppedClock) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    user = new_user()
    user.read()
    wrong = "DMKLOG050E PASSWORD INCORRECT - RESTART"
    for _ in range(3):
        assert user.type("LOGON ALPHA X") == [wrong]
        clock.advance(30)
    assert user.type("LOGON ALPHA X") == [wrong, "VM/370 ONLINE"]
    assert operator.read() == ["09:31:45 GRAF 0C1 ALPHA: 4 WRONG PASSWORDS"]


def test_what_is_typed_behind_a_wrong_password_is_forgotten(new_user: New) -> None:
    user = new_user()
    user.read()
    assert user.type("LOGON ALPHA X#LOGON ALPHA ALPHA") == ["DMKLOG050E PASSWORD INCORRECT - RESTART"]


def test_logoff(logged_on: Logon, cp: System, clock: StoppedClock) -> None:
    user = logged_on("ALPHA")
    user.read()
    clock.advance(3723)
    lines = user.type("LOG")
    assert lines == [
        "CONNECT= 01:02:03 VIRTCPU= 000:00.00 TOTCPU= 000:00.00",
        "LOGOFF AT 10:32:18 UTC WEDNESDAY 04/01/81",
        "VM/370 ONLINE",
    ]
    assert cp.users == {}
    assert cp.volumes.find("ALPHA", 0x191) is None


def test_disconnect_and_reconnect(logged_on: Logon, new_user: New, cp: System) -> None:
    user = logged_on("ALPHA")
    vm = user.vm
    user.read()
    assert user.type("DISCONN") == ["DISCONNECT AT 09:30:15 UTC WEDNESDAY 04/01/81", "VM/370 ONLINE"]
    assert cp.user("ALPHA") is vm
    assert vm.session is None
    back = new_user()
    assert back.type("LOGON ALPHA", "ALPHA")[-1] == "RECONNECTED AT 09:30:15 UTC WEDNESDAY 04/01/81"
    assert back.vm is vm


def test_a_stopped_machine_stays_stopped_when_disconnected_a_running_one_runs(logged_on: Logon) -> None:
    stopped, running = logged_on("ALPHA"), logged_on("BETA")
    running.vm.resume()
    running.vm.enter_cp()
    machines = stopped.vm, running.vm
    stopped.type("DISC")
    running.type("DISC")
    assert [vm.may_run for vm in machines] == [False, True]


def test_the_operator_is_told(logged_on: Logon, new_user: New) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    user = logged_on("ALPHA")
    assert operator.read() == ["09:30:15 GRAF 0C1 LOGON  AS ALPHA     USERS = 002"]
    user.type("DISCONN")
    assert operator.read() == ["09:30:15 GRAF 0C1 DSCONNECT AS ALPHA     USERS = 002"]
    user.type("LOGON ALPHA ALPHA")
    assert operator.read() == ["09:30:15 GRAF 0C1 RECONNECT AS ALPHA     USERS = 002"]
    user.type("LOGOFF")
    assert operator.read() == ["09:30:15 GRAF 0C1 LOGOFF AS ALPHA     USERS = 001"]


def test_logon_message_and_files(new_user: New, cp: System) -> None:
    cp.log_messages = ["* CLOSED AT NOON", "only in QUERY LOGMSG"]
    user = new_user()
    assert user.type("LOGON ALPHA ALPHA")[1:] == [
        "LOGMSG - 09:30:15 UTC WEDNESDAY 04/01/81",
        "* CLOSED AT NOON",
        LOGGED_ON,
    ]


def test_files_in_the_queues_are_counted(new_user: New, cp: System) -> None:
    card = Record(0x01, b"\xc1" * 80)
    for queue in ("RDR", "RDR", "PUN"):
        cp.spool.add("PUN", "BETA", [card], Destination(queue, "ALPHA"))
    assert new_user().type("LOGON ALPHA ALPHA")[1:] == ["FILES: 002 RDR,  NO PRT, 001 PUN", LOGGED_ON]


def test_the_directory_ipl_is_done_unless_noipl(
    new_user: New, cp: System, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[str] = []
    real = Session.command

    def command(session: Session, line: str) -> None:
        commands.append(line)
        if not line.startswith("IPL"):
            real(session, line)

    monkeypatch.setattr(Session, "command", command)
    with (home / "directory").open("a") as file:
        file.write("USER EPSILON EPSILON\n IPL CMS PARM AUTOCR\n CONSOLE 009 3215\n")
    user = new_user()
    user.type("LOGON EPSILON", "EPSILON", "LOGOFF", "LOGON EPSILON EPSILON NOIPL")
    assert commands == ["LOGON EPSILON", "IPL CMS PARM AUTOCR", "LOGOFF", "LOGON EPSILON EPSILON NOIPL"]


def test_a_bad_directory_is_reported_to_the_operator_and_not_used(logged_on: Logon, home: Path) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    (home / "directory").write_text("NONSENSE")
    logged_on("ALPHA")
    told = operator.read()
    assert told[0].startswith(f"DIRECTORY NOT USED: {home}/directory: line 1: found NONSENSE, expected a statement")
    assert told[1] == "09:30:15 GRAF 0C1 LOGON  AS ALPHA     USERS = 002"


def test_devices_that_cannot_be_made_do_not_stop_the_logon(new_user: New) -> None:
    user = new_user()
    assert user.type("LOGON DELTA DELTA")[1:] == [
        "DMKLNK108E MAINT 193 NOT LINKED; VOLID NOVOL NOT MOUNTED",
        "DMKLNK053E NOBODY NOT IN CP DIRECTORY",
        "DMKLNK107E MAINT 999 NOT LINKED; NOT IN CP DIRECTORY",
        "DMKLOG090E DEV 181 NOT DEFINED; VOLID TAPE01 NOT AVAILABLE",
        LOGGED_ON,
    ]
    assert sorted(user.vm.devices) == [0x00E, 0x0F0, 0x195]


def test_own_disks_at_logon_beside_the_links_of_others(logged_on: Logon, new_user: New) -> None:
    alpha = logged_on("ALPHA")
    assert alpha.type("LINK MAINT 191 291 W WRITE") == ["DASD 291 LINKED R/W"]
    assert alpha.type("LINK MAINT 192 392 R READ") == ["DASD 392 LINKED R/O"]
    maint = new_user()
    lines = maint.type("LOGON MAINT SECRET")
    assert lines[1:] == [
        "DASD 190 LINKED R/W;R/O BY ALPHA",
        "DMKLNK102W DEV 191 FORCED R/O;R/W BY ALPHA",
        "DMKLNK101W DEV 192 FORCED R/O;R/O BY ALPHA",
        "DMKLNK108E MAINT 193 NOT LINKED; VOLID NOVOL NOT MOUNTED",
        "DMKLNK117E MAINT 194 NOT LINKED; VOLID SYSVOL CONFLICT",
        "DMKLNK117E MAINT 195 NOT LINKED; VOLID SYSVOL CONFLICT",
        LOGGED_ON,
    ]
    assert [maint.vm.devices[vaddr].read_only for vaddr in (0x190, 0x191, 0x192)] == [False, True, True]


def test_messages(logged_on: Logon, new_user: New) -> None:
    alpha, beta, stranger = logged_on("ALPHA"), logged_on("BETA"), new_user()
    for user in (alpha, beta, stranger):
        user.read()
    assert alpha.type("MSG BETA Hello there,  you") == []
    assert beta.read() == ["09:30:15 MSG FROM ALPHA   : Hello there,  you"]
    alpha.type("MESSAGE * me")
    assert alpha.read() == []  # type() has read it
    assert alpha.type("M * me") == ["09:30:15 MSG FROM ALPHA   : me"]
    stranger.type("MSG ALPHA let me in")
    assert alpha.read() == ["09:30:15 MSG FROM LOGON0C2: let me in"]
    assert alpha.type("MSG OP help") == ["OPERATOR NOT LOGGED ON"]
    assert alpha.type("MSG") == ["USERID MISSING OR INVALID"]
    assert alpha.type("MSG BETA") == ["OPERAND MISSING OR INVALID"]
    beta.vm.settings.msg = False
    assert alpha.type("MSG BETA x") == ["BETA NOT RECEIVING; MSG OFF"]
    beta.type("DISCONN")
    assert alpha.type("MSG BETA x") == ["BETA NOT RECEIVING; DISCONNECTED"]


def test_warnings_and_message_all_need_classes(logged_on: Logon) -> None:
    operator, alpha, beta = logged_on("OPERATOR"), logged_on("ALPHA"), logged_on("BETA")
    for user in (operator, alpha, beta):
        user.read()
    assert alpha.type("WNG BETA x") == ["?CP: WNG BETA x"]
    assert alpha.type("MSG ALL x") == ["ALL NOT LOGGED ON"]
    alpha.vm.settings.wng = False
    assert operator.type("WNG ALL closing") == []
    assert beta.read() == ["09:30:15 WNG FROM OPERATOR: closing"]
    assert alpha.read() == []
    operator.type("MSG ALL bye")
    assert alpha.read() == beta.read() == ["09:30:15 MSG FROM OPERATOR: bye"]


def test_sleep(logged_on: Logon, clock: StoppedClock, cp: System) -> None:
    user = logged_on("ALPHA")
    user.read()
    user.type("SLEEP 2 SEC#MSG * awake")
    assert user.vm.sleeping
    assert user.session.status is Status.RUNNING
    assert not user.session.waits_for_input
    assert cp.next_wake_up() == clock.monotonic() + 2
    assert not cp.step()
    assert user.read() == []
    clock.advance(2)
    cp.step()
    assert user.read() == ["09:30:17 MSG FROM ALPHA   : awake"]
    assert user.session.status is Status.CP_READ


def test_sleep_units_and_attention(logged_on: Logon, clock: StoppedClock, cp: System) -> None:
    user = logged_on("ALPHA")
    for operand, seconds in (("3", 180), ("1 MIN", 60), ("2 HR", 7200), ("99 sec", 99)):
        user.type(f"SL {operand}")
        assert user.vm.sleep_until == clock.monotonic() + seconds
        user.session.attention()
        assert not user.vm.sleeping
    user.read()
    for operand, message in (("X", "X"), ("100", "100"), ("5 DAYS", "DAYS"), ("5 SEC X", "X")):
        assert user.type(f"SLEEP {operand}") == [f"INVALID OPERAND - {message}"]
    user.type("SLEEP")
    assert user.vm.sleeping
    assert cp.next_wake_up() is None


def test_echo(logged_on: Logon) -> None:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    assert user.type("ECHO") == ["ECHO ENTERED; TO TERMINATE TEST, TYPE END", "ENTER LINE"]
    assert user.type(" a#b@ ") == [" a#b@ ", "ENTER LINE"]  # no symbol is edited
    assert user.type("end") == []
    assert user.type("EC 2")[1:] == ["ENTER LINE"]
    assert user.type("QUERY TIME") == ["QUERY TIME", "QUERY TIME", "ENTER LINE"]
    user.session.attention()
    assert user.session.prompt is None
    for operands in ("0", "FOO", "100", "2 FOO"):
        assert user.type(f"ECHO {operands}") == [f"DMKMSG002E INVALID OPERAND - {operands.split()[-1]}"]


def test_lines_have_a_longest_length(logged_on: Logon, cp: System) -> None:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    text = "x" * (240 - len("MSG * "))
    assert user.type(f"MSG * {text}")[-1].endswith(text[-60:])
    assert user.type(f"MSG * {text}x") == ["DMKCFM402E LINE NOT ACCEPTED; MORE THAN 240 CHARACTERS"]
    assert user.type("#".join(["* comment"] * 400)) == []
    assert user.type("x" * 4097) == ["NOT ACCEPTED"]
    user.vm.resume()
    user.type("y" * 300)  # the program decides how much of it is read
    assert user.vm.console is not None
    assert user.vm.console.unread
    assert not cp.failed


def test_cp(logged_on: Logon) -> None:
    user = logged_on("ALPHA")
    user.vm.resume()
    user.read()
    assert user.type("#CP MSG * a#* nothing#CP MSG * b") == [
        "09:30:15 MSG FROM ALPHA   : a",
        "09:30:15 MSG FROM ALPHA   : b",
    ]
    assert user.session.status is Status.RUNNING
    assert user.vm.command("CP", to_buffer=True) == (0, [])
    assert user.vm.in_cp


def test_return_codes_for_a_guest(logged_on: Logon) -> None:
    vm = logged_on("ALPHA").vm
    assert vm.command("FOO BAR", to_buffer=True) == (1, ["DMKCFC001E ?CP: FOO BAR"])
    assert vm.command("MSG BETA hi", to_buffer=True) == (45, ["DMKMSG045E BETA NOT LOGGED ON"])


def test_shutdown(logged_on: Logon, cp: System, home: Path) -> None:
    operator, alpha = logged_on("OPERATOR"), logged_on("ALPHA")
    operator.read()
    alpha.read()
    assert alpha.type("SHUTDOWN") == ["?CP: SHUTDOWN"]
    assert operator.type("SHUTDOWN") == [
        "DMKCKP960I SYSTEM WARM START DATA SAVED",
        "DMKCKP961W SYSTEM SHUTDOWN COMPLETE",
    ]
    assert (cp.users, cp.shutting_down, cp.failed) == ({}, True, False)
    assert alpha.session.vm is None
    System(home).shutdown()  # volumes and spool are free again
