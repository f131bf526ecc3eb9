"""Looking at a guest while it runs: TRACE, PER and ADSTOP, and the instruction listing of ``vm370 trace``.

guest.py      what is traced of one virtual machine, and when it is looked at (``vm.tracing``)
events.py     what TRACE can trace, and where its lines go
lines.py      the lines of TRACE, in VM/370's shapes
output.py     where lines go: the terminal, the virtual printer; stopping in CP mode
steps.py      one instruction: before and after it was executed
per.py        PER: trace sets and their elements      watch.py  what an instruction stored and altered
adstop.py     the address stop: an SVC X'B3' in the guest's storage
recorder.py   the listing of ``vm370 trace``
"""

from vm370.cp.tracing.recorder import Recorder, Step, peek

__all__ = ["Recorder", "Step", "peek"]
