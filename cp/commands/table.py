"""The one table of CP commands: name with its shortest form in capitals, privilege classes, handler, syntax.

It drives parsing, completion in the console, HELP and the documentation.  Class "" means any user; ``logged_off`` marks
what may be typed before LOGON; what ``logged_on`` is not, only there.  The same verb may have several rows for different classes; the first row whose classes
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
    attach,
    control,
    couple,
    define,
    dial,
    direct,
    display,
    dump,
    help_command,
    indicate,
    link,
    loadvfcb,
    logoff,
    logon,
    monitor,
    mount,
    operator,
    per,
    query,
    saved_systems,
    sending,
    session_commands,
    set_commands,
    spool_commands,
    spool_files,
    storage_real,
    terminal_options,
    trace,
    unit_record,
    vmdump,
)
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, abbreviates
from vm370.cp.commands.forms import Form


@dataclass(frozen=True, slots=True)
class Command(Form):
    """One row; the syntax begins with the name."""

    logged_off: bool = False
    logged_on: bool = True
    forms: Sequence[Form] = ()
    """The table of its first operand, if it has one."""


# fmt: off
# One line for each command, in alphabetical order; where an abbreviation fits two names the first row has it.
COMMANDS: list[Command] = [
    #       name         class  handler                    syntax, summary
    Command("*",         "",    session_commands.comment,  "* text", "comment", logged_off=True, hidden=True),
    Command("ACNT",      "A",   session_commands.account,  "ACNT userid ... | ALL", "write accounting records of what was used so far"),
    Command("ADSTOP",    "G",   adstop.adstop,             "ADSTOP hexloc|OFF", "stop the machine at an address"),
    Command("ATTach",    "B",   attach.attach,             "ATTACH raddr [TO] userid|* [[AS] vaddr] [R/O] | raddr|raddr-raddr ... [TO] userid [R/O] | raddr [TO] SYSTEM [AS] volid", "give a real device to a user, a volume to the system"),
    Command("ATTN",      "G",   control.attn,              "ATTN [vaddr]", "attention from the virtual console"),
    Command("AUTOLOG",   "AB",  logon.autolog,             "AUTOLOG userid password [data]", "log on a machine without a terminal"),
    Command("BAckspac",  "D",   unit_record.backspac,      "BACKSPAC raddr [FILE | pages [EOF]]", "print or punch the active file again, from a page on"),
    Command("Begin",     "G",   control.begin,             "BEGIN [hexloc]", "let the virtual machine go on"),
    Command("CHange",    "DG",  spool_files.change,        "CHANGE [userid|SYSTEM] RDR|PRT|PUN ALL|CLASS c|spoolid [CLASS c] [COPY nn] [HOLD|NOHOLD] [KEEP|NOKEEP] [FORM name] [DIST code] [NAME fn ft]", "change spool files"),
    Command("CLose",     "G",   spool_commands.close,      "CLOSE RDR|PRT|PUN|CONSOLE|vaddr [PURGE] [HOLD|NOHOLD] [DIST code] [NAME fn ft]", "end the files of spooled devices"),
    Command("COUPLE",    "G",   couple.couple,             "COUPLE vaddr1 [TO] userid [vaddr2]", "connect two channel-to-channel adapters"),
    Command("CP",        "",    session_commands.cp,       "CP [command]", "do a CP command; alone: CP mode", logged_off=True),
    Command("DCP",       "CE",  storage_real.display_real, "DCP [L|T|K]hexloc[-hexloc] ...", "show real storage"),
    Command("DEFine",    "G",   define.define,             "DEFINE type [AS] vaddr | Ttype [AS] vaddr [CYL] nnn | GRAF [AS] vaddr [3270|3158] | LINE [AS] vaddr [IBM1|TELE2] | vaddr1 [AS] vaddr2 | STORAGE [AS] size | CHANNELS [AS] SEL|BMX", "change the configuration"),
    Command("DETach",    "BG",  attach.detach,             "DETACH vaddr ... | vaddr-vaddr | CHANNEL c | raddr ... [FROM] userid|SYSTEM", "remove devices; class B: take real ones back"),
    Command("DIAL",      "",    dial.dial,                 "DIAL userid [vaddr]", "use the terminal as a device of a virtual machine", logged_off=True, logged_on=False),
    Command("DIRECT",    "ABC", direct.direct,             "DIRECT [file] [(EDIT]", "check a directory source and replace the CP directory"),
    Command("DISAble",   "AB",  operator.disable,          "DISABLE raddr ...|ALL", "nobody logs on at a terminal"),
    Command("DISConn",   "",    logoff.disconn,            "DISCONN [HOLD]", "go on without a terminal"),
    Command("Display",   "G",   display.display,           "DISPLAY hexloc[-hexloc]|Lhexloc|Thexloc|Khexloc|G[n]|Y[n]|X[n]|PSW|CAW|CSW", "show registers and storage"),
    Command("DMCP",      "CE",  storage_real.dump_real,    "DMCP [L|T]hexloc[-hexloc] ... [*dumpid]", "print real storage"),
    Command("DRain",     "D",   unit_record.drain,         "DRAIN RDR|PRT|PUN|raddr|ALL", "a real device ends after its active file"),
    Command("DUmp",      "G",   dump.dump,                 "DUMP [L|T]hexloc[-hexloc] ... [*dumpid]", "print registers and storage on the virtual printer"),
    Command("ECho",      "G",   session_commands.echo,     "ECHO [nn]", "show typed lines again, to test the terminal"),
    Command("ENAble",    "AB",  operator.enable,           "ENABLE raddr ...|ALL", "users can log on at a terminal"),
    Command("EXTernal",  "G",   control.external,          "EXTERNAL [code]", "external interruption"),
    Command("FLush",     "D",   unit_record.flush,         "FLUSH raddr [ALL] [HOLD]", "end the active copy, or all of them"),
    Command("FOrce",     "A",   logoff.force,              "FORCE userid", "end another user's session"),
    Command("FRee",      "D",   unit_record.free,          "FREE userid|SYSTEM PRT|PUN|ALL", "output need not wait any longer"),
    Command("HALT",      "A",   attach.halt,               "HALT raddr", "what a real device is doing ends"),
    Command("HELP",      "",    help_command.help_command, "HELP [CP] [command [form]]", "what CP commands there are, and the page of each", logged_off=True),
    Command("HOld",      "D",   unit_record.hold,          "HOLD userid|SYSTEM PRT|PUN|ALL", "output of a user, or of everybody, waits"),
    Command("INDicate",  "G",   indicate.indicate,         "INDICATE [LOAD] | USER [userid|*] | QUEUES | I/O | PAGING [WAIT|ALL] | FAVORED", "how the system and the machine are doing"),
    Command("Ipl",       "G",   control.ipl,               "IPL vaddr|name [CLEAR] [STOP] [ATTN] [PARM text]", "load a system"),
    Command("LINK",      "G",   link.link,                 "LINK [TO] userid vaddr1 [AS] vaddr2 [mode] [[PASS=] password]", "use a minidisk"),
    Command("LOADbuf",   "D",   unit_record.loadbuf,       "LOADBUF raddr UCS name [FOLD] [VER] | raddr FCB name [INDEX nn]", "train and carriage of a real printer"),
    Command("LOADVFCB",  "G",   loadvfcb.loadvfcb,         "LOADVFCB vaddr FCB name [INDEX [nn]]", "load a virtual printer's forms control buffer"),
    Command("LOCate",    "CE",  operator.locate,           "LOCATE userid [vaddr] | raddr", "where control blocks are"),
    Command("LOCK",      "A",   operator.lock_pages,       "LOCK userid|SYSTEM firstpage lastpage [MAP]", "pages stay in the host's storage"),
    Command("LOGIN",     "",    logon.logon,               "LOGIN userid [password] [MASK] [NOIPL] [HERE]", "begin a session", logged_off=True, hidden=True),
    Command("LOGoff",    "",    logoff.logoff,             "LOGOFF [HOLD]", "end the session"),
    Command("Logon",     "",    logon.logon,               "LOGON userid [password] [MASK] [NOIPL] [HERE]", "begin a session", logged_off=True),
    Command("LOGout",    "",    logoff.logoff,             "LOGOUT [HOLD]", "end the session", hidden=True),
    Command("Message",   "",    sending.message,           "MESSAGE userid|*|OPERATOR text", "send a line to another user", logged_off=True, hidden=True),
    Command("MIGRATE",   "A",   operator.migrate,          "MIGRATE [userid|ALL]", "pages to a slower paging device"),
    Command("MONitor",   "AE",  monitor.monitor,           "MONITOR [DISPLAY [SPOOL|TAPE|ALL]] | ENABLE class ... | INTERVAL n [SEC|MIN] | START SPOOL [TO userid] | START TAPE raddr | STOP [SPOOL|TAPE]", "collect data about the system"),
    Command("MOUnt",     "B",   mount.mount,               "MOUNT raddr file [RING|NORING] [NEW]", "put a host file on a real tape or disk drive"),
    Command("MSG",       "",    sending.message,           "MSG userid|*|OPERATOR text", "send a line to another user", logged_off=True),
    Command("MSGNOH",    "B",   sending.message_without_header, "MSGNOH userid|*|OPERATOR|ALL text", "send a line without its sender and time"),
    Command("NETwork",   "ABF", session_commands.network,  "NETWORK operands", "3704 and 3705 controllers: there are none"),
    Command("NOTReady",  "G",   define.notready,           "NOTREADY vaddr", "make a device not ready"),
    Command("ORDer",     "DG",  spool_files.order,         "ORDER [userid|SYSTEM] RDR|PRT|PUN [CLASS c|spoolid] ...", "bring spool files to the head of their queue"),
    Command("PER",       "G",   per.per_command,           "PER BRANCH|GREG[n]|IFETCH|MASK|PAGETRACE|STORE [data] [RANGE range] [options] [OFF] | DUMP | SAVE name | GET name | CLEAR [name] | END | QUERY [name|*] | COUNT", "trace branches, registers, instructions and storage"),
    Command("PURge",     "DEG", saved_systems.purge,       "PURGE [userid|SYSTEM] RDR|PRT|PUN ALL|CLASS c|spoolid ... | ALL | NSS name", "forget spool files, or saved systems"),
    Command("Query",     "G",   query.query,               "QUERY form [operands] | userid", "ask about the system and the machine", forms=query.QUERIES),
    Command("READY",     "G",   define.ready,              "READY vaddr", "make a device ready, with a device end"),
    Command("REPeat",    "D",   unit_record.repeat,        "REPEAT raddr [nn] [HOLD]", "further copies of the active file"),
    Command("REQuest",   "G",   control.attn,              "REQUEST [vaddr]", "attention from the virtual console", hidden=True),
    Command("RESET",     "G",   define.reset,              "RESET vaddr", "clear a device's pending interruptions"),
    Command("REWind",    "G",   attach.rewind,             "REWIND vaddr", "an attached tape to its load point"),
    Command("SAVESYS",   "E",   saved_systems.savesys,     "SAVESYS sysname", "save the virtual machine under a name"),
    Command("SEND",      "G",   sending.send,              "SEND [CP] userid text", "type at the console of a machine whose secondary user one is"),
    Command("SET",       "G",   set_commands.set_command,  "SET form value", "change the session's settings", forms=set_commands.SETTINGS),
    Command("SHUTDOWN",  "A",   logoff.shutdown,           "SHUTDOWN", "log everybody off and end CP"),
    Command("SLeep",     "",    session_commands.sleep,    "SLEEP [nn [SEC|MIN|HRS]]", "stop the machine for a while"),
    Command("SMsg",      "",    sending.special_message,   "SMSG userid|* text", "send text to a program in another machine"),
    Command("SPAce",     "D",   unit_record.space,         "SPACE raddr", "the rest of the active file single spaced"),
    Command("SPool",     "G",   spool_commands.spool,      "SPOOL RDR|PRT|PUN|CONSOLE|vaddr [CLASS c] [CONT|NOCONT] [HOLD|NOHOLD] [EOF|NOEOF] [COPY nn] [KEEP|NOKEEP] [FORM name] [TO|FOR userid | OFF] [CLOSE|PURGE] [START|STOP] [TERM|NOTERM]", "options of spooled devices"),
    Command("STArt",     "D",   unit_record.start,         "START RDR|PRT|PUN|raddr|ALL [CLASS c ...] [SEP|NOSEP] [FORM name] [AUTO|NOAUTO] [PDF|NOPDF]", "a real device works for the spool"),
    Command("STCP",      "C",   storage_real.store_real,   "STCP [L]hexloc word ... | Shexloc bytes", "change real storage"),
    Command("STore",     "G",   display.store,             "STORE hexloc word ... | Shexloc bytes | Gn|Yn|Xn word ... | PSW [word] word | STATUS", "change registers and storage"),
    Command("SYStem",    "G",   control.system,            "SYSTEM CLEAR|RESET|RESTART", "reset or restart the machine"),
    Command("TAg",       "G",   spool_commands.tag,        "TAG DEV PRT|PUN|CONSOLE|vaddr [text] | FILE spoolid [text] | QUERY DEV device | QUERY FILE spoolid", "information for the receiver of a file"),
    Command("TERMinal",  "",    terminal_options.terminal, "TERMINAL form value ...", "change the terminal's settings", forms=terminal_options.TERMINAL_FORMS),
    Command("TRace",     "G",   trace.trace,               "TRACE SVC|I/O|PROGRAM|EXTERNAL|PRIV|SIO|CCW|BRANCH|INSTRUCT|ALL|CSW|TRAPS ... [PRINTER|TERMINAL|BOTH] [RUN|NORUN] [OFF] | END", "show what the machine does as it happens"),
    Command("TRANsfer",  "DG",  spool_files.transfer,      "TRANSFER [userid|SYSTEM] ALL|CLASS c|spoolid [TO] userid | FROM userid|ALL", "move reader files to another reader"),
    Command("UNLOCK",    "A",   operator.unlock_pages,     "UNLOCK userid|SYSTEM firstpage lastpage", "the host may page them again"),
    Command("UNMount",   "B",   mount.unmount,             "UNMOUNT raddr", "take the host file off a real drive"),
    Command("VARy",      "B",   attach.vary,               "VARY ONLINE|OFFLINE raddr ...", "whether a real device can be had"),
    Command("VMDUMP",    "G",   vmdump.vmdump,             "VMDUMP [hexloc-hexloc ...] [TO userid|*] [SYSTEM] [FORMAT vmtype] [DSS] [*dumpid]", "a dump of the machine into a reader"),
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
        elif command.logged_on and command.allowed(context.classes):
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
