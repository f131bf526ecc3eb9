"""SET: the table of its forms."""

# ruff: noqa: E501 (the table has one line for each form)

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands import scheduling, set_values
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.engine import set_engine
from vm370.cp.commands.forms import Form, find_form
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.commands.set_values import receiving, switch

MODULE = set_values.MODULE

# fmt: off
#        operand      class  handler                       syntax, summary
SETTINGS: list[Form] = [
    Form("ACNT",      "G",   switch("acnt"),               "SET ACNT ON|OFF", "whether accounting information is shown"),
    Form("ASsist",    "G",   set_values.assist,            "SET ASSIST [ON] [SVC|NOSVC] [TMR|NOTMR] | OFF", "whether traps are handled inside the engine"),
    Form("AUTOPoll",  "G",   set_values.off_only("AUTOPOLL", "LINES OF THIS SYSTEM ARE NOT POLLED"), "SET AUTOPOLL ON|OFF", "automatic polling of lines"),
    Form("CONCEAL",   "G",   switch("conceal"),            "SET CONCEAL ON|OFF", "whether attentions and errors lead to CP or back to the program"),
    Form("DUMP",      "AB",  set_values.absent("DUMP", "FAULTS OF CP ARE WRITTEN TO THE LOG"), "SET DUMP AUTO|raddr", "where dumps of CP go"),
    Form("ECmode",    "G",   set_values.ecmode,            "SET ECMODE ON|OFF", "extended control mode; a change resets the machine"),
    Form("EMSG",      "G",   set_values.emsg,              "SET EMSG ON|OFF|CODE|TEXT", "which parts of error messages are shown"),
    Form("ENGine",    "G",   set_engine,                   "SET ENGINE REFERENCE|INTERPRETER|REGIONS", "what executes the virtual machine's instructions"),
    Form("IMSG",      "G",   switch("imsg"),               "SET IMSG ON|OFF", "whether informational messages are shown"),
    Form("IMPure",    "G",   set_values.impure,            "SET IMPURE ON|OFF|GENUINE", "whether the machine can find out that it is virtual"),
    Form("ISAM",      "G",   set_values.isam,              "SET ISAM ON|OFF", "self-modifying channel programs of OS ISAM"),
    Form("LINEDit",   "G",   switch("linedit"),            "SET LINEDIT ON|OFF", "whether lines are edited"),
    Form("LOGmsg",    "AB",  set_values.logmsg,            "SET LOGMSG n [text] | NULL", "the message of the day"),
    Form("MAXimum",   "A",   set_values.maximum,           "SET MAXIMUM nnn", "how many users may be logged on; 0: no limit"),
    Form("MODE",      "F",   set_values.absent("MODE", "NO ERROR RECORDING OF A REAL PROCESSOR"), "SET MODE operands", "recording of soft machine checks"),
    Form("MSG",       "G",   receiving("msg"),             "SET MSG ON|OFF|IUCV", "whether messages of other users are received"),
    Form("NOTRans",   "G",   set_values.off_only("NOTRANS", "NO VIRTUAL=REAL STORAGE ON THIS SYSTEM"), "SET NOTRANS ON|OFF", "channel programs of a virtual=real machine are not translated"),
    Form("PAGEX",     "G",   set_values.pagex,             "SET PAGEX ON|OFF", "page exceptions are told to the machine"),
    *scheduling.SETTINGS,
    Form("RECORD",    "F",   set_values.absent("RECORD", "NO ERROR RECORDING OF REAL DEVICES"), "SET RECORD operands", "recording of device errors"),
    Form("RUN",       "G",   switch("run"),                "SET RUN ON|OFF", "whether the machine runs while the terminal is in CP mode"),
    Form("SASsist",   "A",   set_values.system_assist,     "SET SASSIST ON|OFF", "the real machine's assist, for everybody"),
    Form("SMSG",      "G",   receiving("smsg"),            "SET SMSG ON|OFF|IUCV", "whether special messages are received"),
    Form("STBYPASS",  "A",   set_values.absent("STBYPASS", "NO VIRTUAL=REAL STORAGE ON THIS SYSTEM"), "SET STBYPASS operands", "shadow tables of a virtual=real machine"),
    Form("STMULTI",   "A",   set_values.absent("STMULTI", "NO SHADOW TABLES ON THIS SYSTEM"), "SET STMULTI operands", "number of shadow tables"),
    Form("TIMER",     "G",   set_values.timer,             "SET TIMER ON|OFF|REAL|VIRTUAL", "how the virtual clocks run"),
    Form("WNG",       "G",   receiving("wng"),             "SET WNG ON|OFF|IUCV", "whether warnings are received"),
    Form("PF",        "G",   set_values.program_function,  "SET PFnn [IMMED|DELAYED] [text] | RETRIEVE | TAB n ... | COPY", "what a program function key does"),
]
# fmt: on


def set_command(ctx: Context, operands: Operands) -> None:
    """SET operand value."""
    word = operands.peek()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if word.startswith("PF"):
        set_values.program_function(ctx, operands)
        return
    operands.next()
    form = find_form(SETTINGS, word, ctx.classes)
    if form is None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    form.handler(ctx, operands)
    no_more(operands.next(), MODULE)
