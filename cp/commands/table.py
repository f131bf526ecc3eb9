"""The one table of CP commands: name with its shortest form in capitals, privilege classes, handler, syntax.

It drives parsing, completion in the console, HELP and the documentation.  Class "" means any user; ``logged_off`` marks
what may be typed before LOGON.  The same verb may have several rows for different classes; the first row whose classes
the user has is taken.
"""

# ruff: noqa: E501 (the table has one line for each command)

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from vm370.cp import messages
from vm370.cp.commands import (
    adstop,
    control,
    define,
    direct,
    display,
    help_command,
    indicate,
    link,
    logoff,
    logon,
    per,
    query,
    saved_systems,
    sending,
    session_commands,
    set_commands,
    saved_systems,
    spool_commands,
    spool_files,
    terminal_options,
    trace,
)
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, abbreviates
from vm370.cp.commands.forms import Form


@dataclass(frozen=True, slots=True)
class Command(Form):
    """One row; the syntax begins with the name."""

    logged_off: bool = False
    forms: Sequence[Form] = ()
    """The table of its first operand, if it has one."""


# fmt: off
# One line for each command, in alphabetical order; where an abbreviation fits two names the first row has it.
COMMANDS: list[Command] = [
    #       name         class  handler                    syntax, summary
    Command("*",         "",    session_commands.comment,  "* text", "comment", logged_off=True, hidden=True),
    Command("ACNT",      "A",   session_commands.account,  "ACNT userid ... | ALL", "write accounting records of what was used so far"),
    Command("ADSTOP",    "G",   adstop.adstop,             "ADSTOP hexloc|OFF", "stop the machine at an address"),
    Command("ATTN",      "G",   control.attn,              "ATTN", "attention from the virtual console"),
    Command("AUTOLOG",   "AB",  logon.autolog,             "AUTOLOG userid password [data]", "log on a machine without a terminal"),
    Command("Begin",     "G",   control.begin,             "BEGIN [hexloc]", "let the virtual machine go on"),
    Command("CHange",    "DG",  spool_files.change,        "CHANGE [userid|SYSTEM] RDR|PRT|PUN ALL|CLASS c|spoolid [CLASS c] [COPY nn] [HOLD|NOHOLD] [DIST code] [NAME fn ft]", "change spool files"),
    Command("CLose",     "G",   spool_commands.close,      "CLOSE RDR|PRT|PUN|CONSOLE|vaddr [PURGE] [HOLD|NOHOLD] [DIST code] [NAME fn ft]", "end the files of spooled devices"),
    Command("CP",        "",    session_commands.cp,       "CP [command]", "do a CP command; alone: CP mode", logged_off=True),
    Command("DEFine",    "G",   define.define,             "DEFINE type [AS] vaddr | STORAGE size | CHANNELS SEL|BMX", "change the configuration"),
    Command("DETach",    "G",   define.detach,             "DETACH vaddr ... | vaddr-vaddr | CHANNEL c", "remove devices"),
    Command("DIRECT",    "ABC", direct.direct,             "DIRECT [file] [(EDIT]", "check a directory source and replace the CP directory"),
    Command("DISConn",   "",    logoff.disconn,            "DISCONN [HOLD]", "go on without a terminal"),
    Command("Display",   "G",   display.display,           "DISPLAY hexloc[-hexloc]|Lhexloc|Thexloc|Khexloc|G[n]|Y[n]|X[n]|PSW|CAW|CSW", "show registers and storage"),
    Command("ECho",      "G",   session_commands.echo,     "ECHO [nn]", "show typed lines again, to test the terminal"),
    Command("EXTernal",  "G",   control.external,          "EXTERNAL [code]", "external interruption"),
    Command("FORCE",     "A",   logoff.force,              "FORCE userid", "end another user's session"),
    Command("HELP",      "",    help_command.help_command, "HELP [CP] [command [form]]", "what CP commands there are, and the page of each", logged_off=True),
    Command("INDicate",  "G",   indicate.indicate,         "INDICATE [LOAD] | USER [userid|*] | QUEUES | I/O | PAGING [WAIT|ALL]", "how the system and the machine are doing"),
    Command("Ipl",       "G",   control.ipl,               "IPL vaddr|name [CLEAR] [STOP] [ATTN] [PARM text]", "load a system"),
    Command("LINK",      "G",   link.link,                 "LINK [TO] userid vaddr1 [AS] vaddr2 [mode] [[PASS=] password]", "use a minidisk"),
    Command("LOGIN",     "",    logon.logon,               "LOGIN userid [password] [MASK] [NOIPL] [HERE]", "begin a session", logged_off=True, hidden=True),
    Command("LOGoff",    "",    logoff.logoff,             "LOGOFF [HOLD]", "end the session"),
    Command("Logon",     "",    logon.logon,               "LOGON userid [password] [MASK] [NOIPL] [HERE]", "begin a session", logged_off=True),
    Command("LOGout",    "",    logoff.logoff,             "LOGOUT [HOLD]", "end the session", hidden=True),
    Command("Message",   "",    sending.message,           "MESSAGE userid|*|OPERATOR text", "send a line to another user", logged_off=True, hidden=True),
    Command("MSG",       "",    sending.message,           "MSG userid|*|OPERATOR text", "send a line to another user", logged_off=True),
    Command("MSGNOH",    "B",   sending.message_without_header, "MSGNOH userid|*|OPERATOR|ALL text", "send a line without its sender and time"),
    Command("NETwork",   "ABF", session_commands.network,  "NETWORK operands", "3704 and 3705 controllers: there are none"),
    Command("NOTReady",  "G",   define.notready,           "NOTREADY vaddr", "make a device not ready"),
    Command("ORDer",     "DG",  spool_files.order,         "ORDER [userid|SYSTEM] RDR|PRT|PUN [CLASS c|spoolid] ...", "bring spool files to the head of their queue"),
    Command("PER",       "G",   per.per_command,           "PER BRANCH|GREG[n]|IFETCH|MASK|PAGETRACE|STORE [data] [RANGE range] [options] [OFF] | DUMP | SAVE name | GET name | CLEAR [name] | END | QUERY [name|*] | COUNT", "trace branches, registers, instructions and storage"),
    Command("PURge",     "DEG", saved_systems.purge,       "PURGE [userid|SYSTEM] RDR|PRT|PUN ALL|CLASS c|spoolid ... | ALL | NSS name", "forget spool files, or saved systems"),
    Command("Query",     "G",   query.query,               "QUERY form [operands] | userid", "ask about the system and the machine", forms=query.QUERIES),
    Command("READY",     "G",   define.ready,              "READY vaddr", "make a device ready, with a device end"),
    Command("REQuest",   "G",   control.attn,              "REQUEST", "attention from the virtual console", hidden=True),
    Command("RESET",     "G",   define.reset,              "RESET vaddr", "clear a device's pending interruptions"),
    Command("SAVESYS",   "E",   saved_systems.savesys,     "SAVESYS sysname", "save the virtual machine under a name"),
    Command("SEND",      "G",   sending.send,              "SEND [CP] userid text", "type at the console of a machine whose secondary user one is"),
    Command("SET",       "G",   set_commands.set_command,  "SET form value", "change the session's settings", forms=set_commands.SETTINGS),
    Command("SHUTDOWN",  "A",   logoff.shutdown,           "SHUTDOWN", "log everybody off and end CP"),
    Command("SLeep",     "",    session_commands.sleep,    "SLEEP [nn [SEC|MIN|HRS]]", "stop the machine for a while"),
    Command("SMsg",      "",    sending.special_message,   "SMSG userid|* text", "send text to a program in another machine"),
    Command("SPool",     "G",   spool_commands.spool,      "SPOOL RDR|PRT|PUN|CONSOLE|vaddr [CLASS c] [CONT|NOCONT] [HOLD|NOHOLD] [EOF|NOEOF] [COPY nn] [TO|FOR userid | OFF] [CLOSE|PURGE] [START|STOP] [TERM|NOTERM]", "options of spooled devices"),
    Command("STore",     "G",   display.store,             "STORE hexloc word ... | Shexloc bytes | Gn|Yn|Xn word ... | PSW [word] word | STATUS", "change registers and storage"),
    Command("SYStem",    "G",   control.system,            "SYSTEM CLEAR|RESET|RESTART", "reset or restart the machine"),
    Command("TAg",       "G",   spool_commands.tag,        "TAG DEV PRT|PUN|CONSOLE|vaddr [text] | FILE spoolid [text] | QUERY DEV device | QUERY FILE spoolid", "information for the receiver of a file"),
    Command("SAVESYS",   "E",   saved_systems.savesys,     "SAVESYS sysname", "save the virtual machine under a name"),
    Command("TERMinal",  "",    terminal_options.terminal,  "TERMINAL CHARDEL|ESCAPE|LINEDEL|LINEND|TABCHAR|LINESIZE|MODE|MORE|HOLD|MASK value", "change the terminal's settings"),
    Command("TRace",     "G",   trace.trace,               "TRACE SVC|I/O|PROGRAM|EXTERNAL|PRIV|SIO|CCW|BRANCH|INSTRUCT|ALL|CSW|TRAPS ... [PRINTER|TERMINAL|BOTH] [RUN|NORUN] [OFF] | END", "show what the machine does as it happens"),
    Command("TRANsfer",  "DG",  spool_files.transfer,      "TRANSFER [userid|SYSTEM] ALL|CLASS c|spoolid [TO] userid | FROM userid|ALL", "move reader files to another reader"),
    Command("WArning",   "AB",  sending.warning,           "WARNING userid|ALL|OPERATOR text", "send a warning", hidden=True),
    Command("WNG",       "AB",  sending.warning,           "WNG userid|ALL|OPERATOR text", "send a warning"),
]
# fmt: on


def shortest(name: str) -> str:
    """The shortest form of a name: its capitals."""
    return "".join(character for character in name if not character.islower())


def lookup(verb: str, context: Context) -> Command | None:
    """The command ``verb`` names for this user; unknown and not-authorized verbs look the same."""
    for command in COMMANDS:
        if not abbreviates(verb, command.name):
            continue
        if context.user is None:
            if command.logged_off:
                return command
        elif command.allowed(context.classes):
            return command
    return None


def start(context: Context, line: str) -> Dialogue | None:
    """Begin one command.  None: it is complete; otherwise a dialogue to go on with.  CommandError otherwise."""
    verb, _, rest = line.strip().partition(" ")
    if not verb:
        return None
    if verb.startswith("*"):
        verb = "*"
    command = lookup(verb.upper(), context)
    if command is None:
        raise CommandError(messages.UNKNOWN_COMMAND.fill(command=line.strip()))
    result = command.handler(context, Operands(rest))
    return cast(Dialogue, result) if inspect.isgenerator(result) else None
