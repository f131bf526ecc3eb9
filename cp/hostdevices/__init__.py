"""Virtual devices on host files, for the directory's FILE, TAPE, CARDS, PRINTOUT and PUNCHOUT statements.

opening.py    finds and opens the files
decks.py      what a reader reads
paper.py      what printers and punches write
"""
