"""Whatever is typed, CP answers or is silent; it never fails.  Whatever the directory says, it is read or refused."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from tests.cp.commands.cpkit import DIRECTORY, User
from vm370.cp.commands.table import COMMANDS
from vm370.cp.directory import DirectoryError
from vm370.cp.directory import source as directory_source
from vm370.cp.system import System

VERBS = """CP DEFINE COUPLE LOADVFCB DETACH LINK MSG WNG NOTREADY READY RESET SLEEP LOGON DISCONN LOGOFF *
    DISPLAY STORE SET TERMINAL AUTOLOG ECHO SEND SMSG MSGNOH ACNT NETWORK FORCE
    QUERY INDICATE BEGIN SYSTEM EXTERNAL ATTN HELP TRACE IPL"""
WORDS = """AS TO T A * ALPHA BETA MAINT OPERATOR ALL 191 190 FFF 5FF 600 000 009 00C 191-19F 19F-191 -1 1- CHANNEL CHAN
    1 F CYL STORAGE 1M 16M 8K 0K 99999M SEL BMX T3350 T3330 TFB-512 READER PUNCH 3211 CONSOLE 10 0 99999999 SEC HRS R RR
    G Y0 X0 K0- T0.40 PSW CAW STATUS S1000 1-0 . - : END 0-FFFF ON OFF PF5 LINEND MORE MODE VIRTUAL RUN ECMODE
    CTCA GRAF LINE TIMER 400 401 3270 IBM1 TELE2 FCB FCB1 INDEX
    MW W PASS= PASS=READ READ HOLD MASK HERE NOIPL ß ² ١٢ {x} %s \0 \udc80"""


def test_random_commands(cp: System, logged_on: Callable[[str], User], new_user: Callable[[], User]) -> None:
    chance, verbs, words = random.Random(370), VERBS.split(), WORDS.split()
    user = logged_on("MAINT")
    for _ in range(1500):
        line = " ".join([chance.choice(verbs), *chance.choices(words, k=chance.randrange(6))])
        user.session.enter(line)
        if user.session.prompt is not None:
            user.session.enter(chance.choice(words))
        if user.session.vm is None:
            cp.directory.wrong_passwords.right("MAINT")
            user.session.locked_until = 0
            user.type("LOGON MAINT SECRET HERE")
    assert not cp.failed


def test_random_commands_of_every_row(cp: System, logged_on: Callable[[str], User], home: Path) -> None:
    """Each command and form of the tables, with words of its own syntax and others, by somebody with all classes."""
    chance, verbs = random.Random(1973), [row for row in COMMANDS if row.name not in ("SHUTDOWN", "MOUnt", "SLeep")]
    strange = WORDS.split()
    user = logged_on("OPERATOR")
    logged_on("ALPHA")
    for row in verbs * 12:
        form = chance.choice(row.forms) if row.forms else row
        own = re.findall(r"[A-Z0-9/]+", form.syntax)[1:]
        line = [row.name.upper(), *([form.name.upper()] if row.forms else [])]
        line += [
            chance.choice(own) if own and chance.random() < 0.6 else chance.choice(strange)
            for _ in range(chance.randrange(5))
        ]
        user.session.enter(" ".join(line))
        if user.session.prompt is not None:
            user.session.enter(chance.choice(strange))
            user.session.attention()
        if user.session.vm is None:
            cp.directory.wrong_passwords.right("OPERATOR")
            user.session.locked_until = 0
            user.type("LOGON OPERATOR OPERATOR HERE")
        assert not cp.failed, " ".join(line)
    assert not cp.failed


def test_random_directories() -> None:
    chance = random.Random(1972)
    records = DIRECTORY.splitlines()
    words = [*DIRECTORY.split(), "²", "\x1c", "", "-1", "1e9", "FFFF", "T-DISK", "PARM", "VOLID", "NETWORK", "\ufeff"]
    read = refused = 0
    for _ in range(300):
        deck = list(records)
        for _ in range(chance.randrange(1, 4)):
            number = chance.randrange(len(deck))
            operands = deck[number].split()
            operands[chance.randrange(len(operands))] = chance.choice(words)
            deck[number] = " ".join(operands) or "*"
        try:
            directory_source.parse("\n".join(deck), Path("directory"))
            read += 1
        except DirectoryError as error:
            refused += all(0 < fault.line <= len(deck) for fault in error.faults)
    assert read + refused == 300
    assert read > 30 < refused
