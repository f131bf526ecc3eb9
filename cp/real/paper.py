"""The paper of a real printer: with a forms control buffer it knows its lines and channels.

Without one (none was loaded) paper has no end but where a file skips to channel 1, as `vm370 print` has it.  With one
(LOADBUF) a sheet has as many lines as the buffer, and a skip goes to the next line with that channel, on the next
sheet if need be; a channel that the form does not have moves the paper by one line.
"""

from __future__ import annotations

from vm370.cp.io.carriage import Carriage
from vm370.images.printfile import Paper

FCB_IMAGES: dict[str, tuple[int, dict[int, int]]] = {
    "FCB1": (66, {1: 1, 3: 2, 5: 3, 7: 4, 9: 5, 11: 6, 13: 7, 15: 8, 19: 10, 21: 11, 23: 12, 64: 9}),
    "FCB8": (68, {1: 1, 4: 2, 8: 3, 12: 4, 16: 5, 20: 6, 24: 7, 28: 8, 32: 10, 36: 11, 63: 12, 66: 9}),
}
"""Name -> (lines, channel by line): CP's images, FCB1 at 6 and FCB8 at 8 lines an inch."""
UCS_IMAGES = {
    "1403": ("AN", "HN", "PCAN", "PCHN", "PN", "QN", "QNC", "RN", "SN", "TN", "XN", "YN"),
    "3211": ("A11", "G11", "H11", "P11", "T11"),
}
"""Names of the print trains of each printer."""


def carriage(name: str) -> Carriage | None:
    """The carriage with one of CP's images; None when there is none of that name."""
    image = FCB_IMAGES.get(name)
    if image is None:
        return None
    lines, channels = image
    return Carriage(tuple(channels.get(line, 0) for line in range(1, lines + 1)))


class FormPaper(Paper):
    """Paper that moves as a forms control buffer says."""

    def __init__(self, carriage: Carriage) -> None:
        super().__init__()
        self._carriage = Carriage(carriage.channels)

    def space(self, lines: int) -> None:
        """Move the paper; a sheet ends behind its last line."""
        for _ in range(lines):
            super().space(1)
            self._carriage.space(1)
            if self._carriage.line == 0:
                self.end_sheet()

    def skip(self, channel: int) -> None:
        """Skip to the next line with the channel; to channel 1 only if anything was done on the sheet."""
        self.finish()
        channels = self._carriage.channels
        if channel == 1 and self._carriage.line == 0 and channels[0] == 1 and not self.begun:
            return
        if channel not in channels:
            self.space(1)
            return
        self.space(1)
        while channels[self._carriage.line] != channel:
            self.space(1)
