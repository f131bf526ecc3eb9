"""Virtual magnetic tape drives: 2401, 2415, 2420, 3410, 3420, 3430, 8809.

    drive.py     the drive: commands, status, mounting; what the channel and CP call
    models.py    what the drive types differ in
    sense.py     sense bytes

The medium is an ``images.tapes.tape.Tape`` (AWSTAPE, HET or flat file).
"""

from vm370.cp.io.tape.drive import TapeDrive

__all__ = ["TapeDrive"]
