"""diag/README.md: a page for each DIAGNOSE function: the docstring of its module, and its example.

python -m vm370.tools.diagnose_pages            write it anew (``make docs`` does)
python -m vm370.tools.diagnose_pages --check    exit code 1 if it does not show what the modules say
"""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path

from vm370.diag import registry
from vm370.diag.examples import EXAMPLES
from vm370.diag.registry import FUNCTIONS

PAGE = Path(registry.__file__).resolve().parent / "README.md"
INTRODUCTION = """\
# DIAGNOSE functions

DIAGNOSE (`83 xy 0code`, assembler `DIAG Rx,Ry,X'code'`) is how a virtual machine in supervisor state asks the control
program for a service: one trap does the whole job. In problem state it is a privileged-operation exception, on a pure
machine (`SET IMPURE OFF`) an operation exception; a code that is not in the table is a specification exception, one
that needs a privilege class which the user has not a privileged-operation exception.

Addresses are real addresses of the virtual machine, 24 bits; lists and data are accessed with the key of the PSW, or
with one that a list gives. Where a page says nothing else, the condition code is unchanged, and a list or buffer
outside storage is an addressing exception, one that the key does not open a protection exception. `Rx+1` is the
register after Rx. In the examples `...` is where the program goes on.

Codes X'100' to X'1FC' are vm370's own: ask X'100' which of them are there. The status page of X'10C' is described in
`cp/paravirtual.py`, the headers of VMCF messages in `cp/vmcf/messages.py`; IUCV, an instruction and no DIAGNOSE, in
`cp/iucv/`.

This page is made from the modules of this folder: change a docstring or `examples.py` there, and run `make docs`.

"""


def page() -> str:
    """The whole page."""
    rows = ["| code | function | classes |", "|---|---|---|"]
    parts = []
    for code, function in sorted(FUNCTIONS.items()):
        name = f"X'{code:02X}'" if code < 0x100 else f"X'{code:03X}'"
        anchor = f"x{code:02x}-{function.name}".lower().replace(" ", "-").replace("/", "").replace(",", "")
        rows.append(f"| [{name}](#{anchor}) | {function.name} | {function.classes or 'any'} |")
        module = sys.modules[function.handler.__module__]
        text = inspect.cleandoc(module.__doc__ or "")
        parts.append(
            f"## {name.replace(chr(39), '')} {function.name}\n\n```text\n{text}\n```\n\n```asm\n{EXAMPLES[code]}```\n"
        )
    return INTRODUCTION + "\n".join(rows) + "\n\n" + "\n".join(parts)


def update(*, check: bool) -> int:
    """Write the page, or look at it: 1 if it was out of date."""
    text = page()
    if PAGE.is_file() and PAGE.read_text() == text:
        return 0
    print(f"diag/README.md: {'out of date' if check else 'written'}", file=sys.stderr)
    if not check:
        PAGE.write_text(text)
    return 1


def main(argv: list[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(
        prog="diagnose_pages", description="Write diag/README.md from the modules of diag."
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if the page is out of date")
    args = parser.parse_args(argv)
    return 1 if update(check=args.check) and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
