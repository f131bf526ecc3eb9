"""The table of device types: names as in the directory, codes as DIAGNOSE 24 gives them, kinds as QUERY VIRTUAL says.

The one place where a device type is described; directory, CP commands, DIAGNOSE and the devices read it.
"""

from __future__ import annotations

from vm370.cp.io.device import DeviceType

TERMINAL, GRAPHIC, INPUT, OUTPUT, TAPE, DASD, SPECIAL, FBA = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01

# fmt: off
_TABLE = [
    # name     class     type  kind
    ("3210",   TERMINAL, 0x00, "CONS"),
    ("3215",   TERMINAL, 0x00, "CONS"),
    ("1052",   TERMINAL, 0x00, "CONS"),
    ("2741",   TERMINAL, 0x10, "LINE"),
    ("TTY",    TERMINAL, 0x20, "LINE"),
    ("2701",   TERMINAL, 0x40, "LINE"),
    ("2702",   TERMINAL, 0x40, "LINE"),
    ("2703",   TERMINAL, 0x40, "LINE"),
    ("3704",   TERMINAL, 0x40, "LINE"),
    ("3705",   TERMINAL, 0x40, "LINE"),
    ("3277",   GRAPHIC,  0x04, "GRAF"),
    ("3278",   GRAPHIC,  0x04, "GRAF"),
    ("3270",   GRAPHIC,  0x04, "GRAF"),
    ("3286",   GRAPHIC,  0x02, "GRAF"),
    ("3158",   GRAPHIC,  0x01, "GRAF"),
    ("3066",   GRAPHIC,  0x10, "GRAF"),
    ("2501",   INPUT,    0x81, "RDR"),
    ("2540R",  INPUT,    0x82, "RDR"),
    ("3505",   INPUT,    0x84, "RDR"),
    ("1442R",  INPUT,    0x88, "RDR"),
    ("1403",   OUTPUT,   0x41, "PRT"),
    ("3211",   OUTPUT,   0x42, "PRT"),
    ("3203",   OUTPUT,   0x43, "PRT"),
    ("1443",   OUTPUT,   0x44, "PRT"),
    ("3800",   OUTPUT,   0x45, "PRT"),
    ("2540P",  OUTPUT,   0x82, "PUN"),
    ("3525",   OUTPUT,   0x84, "PUN"),
    ("3420",   TAPE,     0x10, "TAPE"),
    ("3410",   TAPE,     0x08, "TAPE"),
    ("2420",   TAPE,     0x20, "TAPE"),
    ("2415",   TAPE,     0x40, "TAPE"),
    ("2401",   TAPE,     0x80, "TAPE"),
    ("8809",   TAPE,     0x04, "TAPE"),
    ("3430",   TAPE,     0x02, "TAPE"),
    ("3480",   TAPE,     0x01, "TAPE"),
    ("2311",   DASD,     0x80, "DASD"),
    ("2314",   DASD,     0x40, "DASD"),
    ("2319",   DASD,     0x40, "DASD"),
    ("3380",   DASD,     0x20, "DASD"),
    ("3330",   DASD,     0x10, "DASD"),
    ("3350",   DASD,     0x08, "DASD"),
    ("3375",   DASD,     0x04, "DASD"),
    ("2305",   DASD,     0x02, "DASD"),
    ("3340",   DASD,     0x01, "DASD"),
    ("3390",   DASD,     0x82, "DASD"),
    ("9345",   DASD,     0x81, "DASD"),
    ("CTCA",   SPECIAL,  0x80, "CTCA"),
    ("TIMER",  SPECIAL,  0x04, "TIMR"),
    ("3310",   FBA,      0x01, "DASD"),
    ("3370",   FBA,      0x02, "DASD"),
    ("9332",   FBA,      0x08, "DASD"),
    ("9335",   FBA,      0x04, "DASD"),
    ("9336",   FBA,      0x40, "DASD"),
    ("0671",   FBA,      0x20, "DASD"),
]
# fmt: on

DEVICE_TYPES: dict[str, DeviceType] = {row[0]: DeviceType(*row) for row in _TABLE}
"""Device types by name."""
