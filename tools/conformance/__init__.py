"""Our own instruction cases, run on another emulator: where do the two disagree?

================  =====================================================================================
generator.py      random cases in the format of ``vm370 vectors``, from a seed
casemaker.py      one case in the making
operands.py       the values, addresses and states that they are made of
translated.py     cases with address translation on
harness.py        a System/370 program that runs a table of cases on a bare machine
peer.py           builds its storage, starts the other emulator, reads the results
compare.py        results of the peer against those of the reference engine
__main__.py       ``python -m vm370.tools.conformance``: all of it
================  =====================================================================================
"""
