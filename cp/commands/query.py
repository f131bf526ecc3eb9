"""QUERY: the table of its forms.

A word that no form has is a user ID.  Forms of class G come first; those about real devices and the system follow.
"""

# ruff: noqa: E501 (the table has one line for each form)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vm370.cp import messages
from vm370.cp.commands import impure, query_real, query_session, query_virtual, saved_systems, scheduling, spool_queries
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.engine import query_engine
from vm370.cp.commands.forms import Form, find_form
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.commands.set_values import program_function_key

MODULE = query_session.MODULE
LONGEST_USERID = 8


def _queue(name: str) -> Callable[[Context, Operands], Any]:
    return lambda ctx, operands: spool_queries.query_queue(ctx, name, operands)


# fmt: off
#        operand      class  handler                       syntax, summary; in the order in which abbreviations are tried
QUERIES: list[Form] = [
    Form("Virtual",   "G",   query_virtual.query,          "QUERY VIRTUAL [ALL|CHANNELS|CONSOLE|CTCA|DASD|GRAF|LINES|STORAGE|TAPES|UR|vaddr]", "the configuration of the virtual machine"),
    *query_real.QUERIES,
    *scheduling.QUERIES,
    Form("CPLEVEL",   "",    query_session.level,          "QUERY CPLEVEL", "level of the system, and when it was started"),
    Form("ENGine",    "G",   query_engine,                 "QUERY ENGINE", "what executes the virtual machine's instructions"),
    Form("Files",     "G",   spool_queries.query_files,    "QUERY FILES [CLASS c]", "number of spool files"),
    Form("IMPURE",    "G",   impure.query,                 "QUERY IMPURE [userid|SYSTEM]", "traps, what they cost, and what DIAGNOSE has saved"),
    Form("Links",     "G",   query_session.links,          "QUERY LINKS vaddr", "who has the same minidisk"),
    Form("LOGmsg",    "",    query_session.log_message,    "QUERY LOGMSG", "the operator's message of the day"),
    Form("MAXimum",   "",    query_session.maximum,        "QUERY MAXIMUM", "how many users may be logged on"),
    Form("Names",     "",    query_session.names,          "QUERY NAMES", "who is logged on, and where"),
    Form("NSS",       "E",   saved_systems.query,          "QUERY NSS [name]", "saved systems and segments, and who uses them"),
    Form("PF",        "G",   lambda ctx, operands: query_session.keys(ctx), "QUERY PF", "all program function keys (PFnn: one)"),
    Form("PRIV",      "",    query_session.privilege,      "QUERY PRIV", "the user's privilege classes"),
    Form("Printer",   "G",   _queue("PRT"),                "QUERY PRINTER [ALL|CLASS c|spoolid]", "printer spool files"),
    Form("PUnch",     "G",   _queue("PUN"),                "QUERY PUNCH [ALL|CLASS c|spoolid]", "punch spool files"),
    Form("PCH",       "G",   _queue("PUN"),                "QUERY PCH [ALL|CLASS c|spoolid]", "punch spool files", hidden=True),
    Form("PRT",       "G",   _queue("PRT"),                "QUERY PRT [ALL|CLASS c|spoolid]", "printer spool files", hidden=True),
    Form("Reader",    "G",   _queue("RDR"),                "QUERY READER [ALL|CLASS c|spoolid]", "reader spool files"),
    Form("RDR",       "G",   _queue("RDR"),                "QUERY RDR [ALL|CLASS c|spoolid]", "reader spool files", hidden=True),
    Form("SASsist",   "ABE", query_session.system_assist,  "QUERY SASSIST", "whether the real machine's assist is on"),
    Form("Set",       "G",   query_session.settings,       "QUERY SET", "what SET has set"),
    Form("TERMinal",  "G",   query_session.terminal,       "QUERY TERMINAL", "what TERMINAL has set"),
    Form("Time",      "",    query_session.time,           "QUERY TIME", "time of day, and time used since LOGON"),
    Form("Users",     "",    query_session.users,          "QUERY USERS [userid]", "how many users are logged on"),
    *query_virtual.SHORT_FORMS,
]
# fmt: on


def query(ctx: Context, operands: Operands) -> None:
    """Query operand."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if word.startswith("PF") and word != "PF":
        number = program_function_key(word, MODULE)
        no_more(operands.next(), MODULE)
        query_session.keys(ctx, number)
        return
    form = find_form(QUERIES, word, ctx.classes)
    if form is not None:
        if not form.operands:
            no_more(operands.peek(), MODULE)
        form.handler(ctx, operands)
        no_more(operands.next(), MODULE)
        return
    no_more(operands.next(), MODULE)
    if ctx.system.user(word) is not None:
        ctx.say(query_session.name(word, ctx))
    elif query_real.query_raddr(ctx, word):
        pass
    elif len(word) <= LONGEST_USERID:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=word))
    else:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
