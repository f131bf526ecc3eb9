"""CP's messages, each defined once.

A message has VM/370's form ``DMKmmmnnnt text``: module letters, number, type.  What the user sees of it depends on
his SET EMSG (ON code and text, CODE, TEXT, OFF); its number is the return code of DIAGNOSE X'08'.

Numbers 400 to 402 and from 801 on are vm370's own.  Where no text of VM/370's could be found the numbers follow VM/SP.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``text`` has str.format fields."""

    module: str
    number: int
    type: str
    text: str

    def fill(self, **fields: object) -> FilledMessage:
        """The message with its variable parts."""
        return FilledMessage(f"DMK{self.module}{self.number:03}{self.type}", self.number, self.text.format(**fields))

    def by(self, module: str) -> Message:
        """The same message as another module issues it: many modules share the numbers below 100."""
        return replace(self, module=module)


@dataclass(frozen=True, slots=True)
class FilledMessage:
    """A message as it is issued."""

    code: str
    number: int
    text: str

    def edited(self, setting: str) -> str | None:
        """What SET EMSG ``setting`` lets through."""
        match setting:
            case "ON":
                return f"{self.code} {self.text}"
            case "CODE":
                return self.code
            case "TEXT":
                return self.text
            case _:
                return None


# shared by many modules; ``by`` gives the one that issues it
UNKNOWN_COMMAND = Message("CFC", 1, "E", "?CP: {command}")
INVALID_OPERAND = Message("CFC", 2, "E", "INVALID OPERAND - {operand}")
INVALID_OPTION = Message("CFC", 3, "E", "INVALID OPTION - {option}")
INVALID_HEXLOC = Message("CFC", 4, "E", "INVALID HEXLOC - {hexloc}")
INVALID_HEXDATA = Message("CFC", 5, "E", "INVALID HEXDATA - {hexdata}")
INVALID_DEVICE_TYPE = Message("CFC", 6, "E", "INVALID DEVICE TYPE - {device_type}")
INVALID_USERID = Message("CFC", 7, "E", "INVALID USERID - {userid}")
INVALID_RANGE = Message("CFC", 9, "E", "INVALID RANGE - {range}")
INVALID_REGISTER = Message("CFC", 10, "E", "INVALID REGISTER - {register}")
CONFLICTING_OPTION = Message("CFC", 13, "E", "CONFLICTING OPTION - {option}")
USERID_MISSING = Message("CFC", 20, "E", "USERID MISSING OR INVALID")
VADDR_MISSING = Message("CFC", 22, "E", "VADDR MISSING OR INVALID")
CYLINDERS_MISSING = Message("CFC", 24, "E", "CYL MISSING OR INVALID")
STORAGE_MISSING = Message("CFC", 25, "E", "STORAGE MISSING OR INVALID")
OPERAND_MISSING = Message("CFC", 26, "E", "OPERAND MISSING OR INVALID")
DEVICE_MISSING = Message("CFC", 40, "E", "DEV {vaddr} DOES NOT EXIST")
NOT_LOGGED_ON = Message("CFC", 45, "E", "{userid} NOT LOGGED ON")
NOT_IN_DIRECTORY = Message("CFC", 53, "E", "{userid} NOT IN CP DIRECTORY")
NO_TEMPORARY_SPACE = Message("DEF", 91, "E", "DASD {vaddr} NOT DEFINED; TEMP SPACE NOT AVAILABLE")

# DEFINE, virtual devices
OTHER_DEVICE_TYPE = Message("DIA", 11, "E", "INVALID DEVICE TYPE - {userid} {vaddr}")
OTHER_DEVICE_MISSING = Message("DIA", 47, "E", "{userid} {vaddr} DOES NOT EXIST")
OTHER_DEVICE_BUSY = Message("DIA", 58, "E", "{userid} {vaddr} BUSY")
ALREADY_DEFINED = Message("DEF", 92, "E", "{kind} {vaddr} ALREADY DEFINED")
STORAGE_EXCEEDS_MAXIMUM = Message("DEF", 94, "E", "STORAGE EXCEEDS ALLOWED MAXIMUM")
NOT_SUPPORTED = Message("DEF", 99, "E", "{kind} {vaddr} NOT DEFINED; {device_type} IS NOT SUPPORTED")

# LINK, minidisks
FORCED_READ_ONLY_READERS = Message("LNK", 101, "W", "DEV {vaddr} FORCED R/O;{by}")
FORCED_READ_ONLY_WRITER = Message("LNK", 102, "W", "DEV {vaddr} FORCED R/O;{by}")
FORCED_READ_ONLY_BOTH = Message("LNK", 103, "W", "DEV {vaddr} FORCED R/O;{by}")
NOT_LINKED_READERS = Message("LNK", 104, "E", "{userid} {vaddr} NOT LINKED;{by}")
NOT_LINKED_WRITER = Message("LNK", 105, "E", "{userid} {vaddr} NOT LINKED;{by}")
NOT_LINKED_BOTH = Message("LNK", 106, "E", "{userid} {vaddr} NOT LINKED;{by}")
MINIDISK_NOT_IN_DIRECTORY = Message("LNK", 107, "E", "{userid} {vaddr} NOT LINKED; NOT IN CP DIRECTORY")
VOLUME_NOT_MOUNTED = Message("LNK", 108, "E", "{userid} {vaddr} NOT LINKED; VOLID {volser} NOT MOUNTED")
INVALID_LINK_MODE = Message("LNK", 109, "E", "{userid} {vaddr} NOT LINKED; INVALID MODE")
LINK_VADDR_IN_USE = Message("LNK", 110, "E", "{userid} {vaddr} NOT LINKED; {kind} {vaddr2} ALREADY DEFINED")
NO_READ_PASSWORD = Message("LNK", 111, "E", "{userid} {vaddr} NOT LINKED; NO READ PASSWORD")
NO_WRITE_PASSWORD = Message("LNK", 112, "E", "{userid} {vaddr} NOT LINKED; NO WRITE PASSWORD")
NO_MULT_PASSWORD = Message("LNK", 113, "E", "{userid} {vaddr} NOT LINKED; NO MULT PASSWORD")
LINK_PASSWORD_INCORRECT = Message("LNK", 114, "E", "{userid} {vaddr} NOT LINKED; MODE OR PASSWORD INCORRECT")
LINK_DISABLED = Message("LNK", 115, "E", "LINK INVALID; EXCESSIVE INCORRECT PASSWORDS")
VOLUME_CONFLICT = Message("LNK", 117, "E", "{userid} {vaddr} NOT LINKED; VOLID {volser} CONFLICT")
VOLUME_READ_ONLY = Message("LNK", 119, "W", "DEV {vaddr} FORCED R/O; VOLID {volser} IS MOUNTED R/O")

# LOGON, LOGOFF
TOO_MANY_USERS = Message("LOG", 51, "E", "MAXIMUM USERS EXCEEDED")
AUTOLOG_PASSWORD_INCORRECT = Message("ALG", 50, "E", "PASSWORD INCORRECT")
AUTOLOG_FAILED = Message("ALG", 59, "E", "AUTOLOG FAILED FOR {userid}; {reason}")
AUTOLOG_DISABLED = Message("ALG", 115, "E", "AUTOLOG INVALID; EXCESSIVE INCORRECT PASSWORDS")
PASSWORD_INCORRECT = Message("LOG", 50, "E", "PASSWORD INCORRECT - RESTART")
ALREADY_LOGGED_ON = Message("LOG", 54, "E", "ALREADY LOGGED ON {terminal}")
LOGON_DELAYED = Message("JRL", 361, "E", "LOGON OF {userid} NOT ACCEPTED FOR {seconds} SECONDS")
DEVICE_UNAVAILABLE = Message("LOG", 90, "E", "DEV {vaddr} NOT DEFINED; {real} NOT AVAILABLE")

# DIAL
NO_LINE = Message("DIA", 55, "E", "LINE(S) NOT AVAILABLE ON {userid}")
LINE_BUSY = Message("DIA", 56, "E", "{kind} {vaddr} BUSY ON {userid}")

# what this system does not have
NOT_AVAILABLE = Message("CFS", 400, "E", "{what} NOT AVAILABLE; {reason}")

LINE_TOO_LONG = Message("CFM", 402, "E", "LINE NOT ACCEPTED; MORE THAN {longest} CHARACTERS")

# NETWORK
NO_NETWORK = Message("NET", 401, "E", "NETWORK NOT AVAILABLE; NO 3704 OR 3705 ON THIS SYSTEM")

# SHUTDOWN
WARM_START_SAVED = Message("CKP", 960, "I", "SYSTEM WARM START DATA SAVED")
SHUTDOWN_COMPLETE = Message("CKP", 961, "W", "SYSTEM SHUTDOWN COMPLETE")

# MESSAGE, WARNING
SEND_FAILED = Message("SND", 68, "E", "SEND FAILED FOR USERID {userid}; {reason}")
NOT_RECEIVING = Message("MSG", 57, "W", "{userid} NOT RECEIVING; {reason}")

# the spool commands
TAG_TOO_LONG = Message("CST", 16, "E", "TAG INVALID; MORE THAN {longest} CHARACTERS")
SPOOLID_MISSING = Message("CSU", 27, "E", "SPOOLID MISSING OR INVALID")
CLASS_MISSING = Message("CSP", 28, "E", "CLASS MISSING OR INVALID")
FILENAME_MISSING = Message("CSQ", 29, "E", "FILENAME MISSING OR INVALID")
COPIES_MISSING = Message("CSP", 30, "E", "COPIES MISSING OR INVALID")
DISTCODE_MISSING = Message("CSQ", 32, "E", "DISTCODE MISSING OR INVALID")
FORM_MISSING = Message("CSP", 31, "E", "FORM MISSING OR INVALID")
SPOOLID_NOT_FOUND = Message("CSU", 42, "E", "SPOOLID {spoolid} DOES NOT EXIST")
SPOOL_ERROR = Message("VSP", 428, "E", "SPOOL ERROR; {reason}")

# real devices
RADDR_MISSING = Message("VDA", 21, "E", "RADDR MISSING OR INVALID")
VOLID_MISSING = Message("VDA", 23, "E", "VOLID MISSING OR INVALID")
DEVICE_OFFLINE = Message("CSO", 46, "E", "{device} OFFLINE")
NOT_ATTACHED_DEFINED = Message("VDA", 121, "E", "{device} NOT ATTACHED; {kind} {vaddr} ALREADY DEFINED")
ALREADY_ATTACHED = Message("VDA", 122, "E", "{device} ALREADY ATTACHED TO {owner}")
VOLUME_NOT_FOUND = Message("VDA", 123, "E", "DASD {raddr} NOT ATTACHED; VOLID {volser} NOT FOUND")
VOLUME_ALREADY_ATTACHED = Message("VDA", 124, "E", "DASD {raddr} NOT ATTACHED; VOLID {volser} ALREADY ATTACHED")
CHANNEL_NOT_DEDICATED = Message("VDC", 133, "E", "CHANNEL {channel} NOT ATTACHED; NO CHANNEL CAN BE DEDICATED HERE")
NOT_READY = Message("VDA", 126, "E", "{device} NOT ATTACHED; NOT READY")
DEVICE_ATTACHED = Message("CSO", 140, "E", "{device} ATTACHED TO {owner}")
NOT_ATTACHED_TO = Message("VDB", 141, "E", "{device} NOT ATTACHED TO {owner}")
IN_USE_BY = Message("VDB", 143, "E", "{device} IN USE BY {users:03} USERS")
CP_OWNED = Message("VDB", 144, "E", "{device} CP OWNED VOLUME")
DEVICE_NOT_ACTIVE = Message("CSO", 145, "E", "{device} NOT ACTIVE")
NO_TAPE = Message("VDA", 146, "E", "{device} NO TAPE MOUNTED")
ALREADY_MOUNTED = Message("VDA", 147, "E", "{device} HAS A VOLUME ALREADY")
NOT_MOUNTED = Message("VDA", 148, "E", "{device} NOT MOUNTED; {reason}")
IMAGE_UNKNOWN = Message("CSB", 157, "E", "{kind} {name} NOT FOUND")
NOT_DRAINED = Message("CSB", 158, "E", "{device} NOT DRAINED")
ID_CARD_MISSING = Message("RSP", 431, "A", "{device} ID CARD MISSING OR INVALID")
INTERVENTION_REQUIRED = Message("RSP", 501, "A", "{device} INTERVENTION REQUIRED")
PAGES_MISSING = Message("CPV", 160, "E", "HEXLOC MISSING OR INVALID - {page}")
NOT_LOCKED = Message("CPV", 161, "E", "PAGES NOT LOCKED; {reason}")

# DISPLAY, STORE
HEXDATA_MISSING = Message("CDS", 33, "E", "HEXDATA MISSING OR INVALID")
NOT_ADDRESSABLE = Message("CDB", 160, "E", "NONADDRESSABLE STORAGE - {hexloc}")

# saved systems and debugging
SHARED_COPIED = Message("VMA", 181, "E", "SHARED SYSTEM {name} REPLACED WITH NON-SHARED COPY")

# DETACH
DETACH_REJECTED = Message("VDD", 273, "E", "DETACH REJECTED; VIRTUAL MACHINE TRACING I/O")

# DUMP, VMDUMP
TOO_MANY_AREAS = Message("VMD", 9, "E", "MORE THAN {most} AREAS")

# ADSTOP, PER
HEXLOC_MISSING = Message("CFD", 33, "E", "HEXLOC MISSING OR INVALID")
RANGE_MISSING = Message("PER", 9, "E", "RANGE MISSING OR INVALID")
TRACE_SET_MISSING = Message("PER", 40, "E", "TRACE SET DOES NOT EXIST")
TRACE_SET_FULL = Message("PER", 94, "E", "TRACE SET EXCEEDS ALLOWED MAXIMUM OF {most}")

# QUERY VIRTUAL
NO_SUCH_DEVICES = Message("CQP", 40, "E", "{kind} DOES NOT EXIST")

# IPL
SYSTEM_NOT_FOUND = Message("CFG", 44, "E", "{name} DOES NOT EXIST")
SYSTEM_MISSING = Message("CFG", 17, "E", "SYSTEM NAME OR VADDR MISSING OR INVALID")
SYSTEM_TOO_LARGE = Message("CFG", 170, "E", "{name} NEEDS {size}K OF STORAGE")
SYSTEM_DAMAGED = Message("CFG", 177, "E", "PAGING I/O ERROR - {name}")
SYSTEM_NOT_WRITTEN = Message("CFG", 178, "E", "{name} NOT SAVED - {reason}")
IPL_FAILED = Message("CPI", 232, "E", "IPL UNIT ERROR; {vaddr}")

# the dispatcher: a virtual machine that cannot go on
DISABLED_WAIT = Message("DSP", 450, "W", "CP ENTERED; DISABLED WAIT PSW '{psw}'")
PAGING_ERROR = Message("DSP", 451, "W", "CP ENTERED; PAGING ERROR, PSW '{psw}'")
EXTERNAL_LOOP = Message("DSP", 452, "W", "CP ENTERED; EXTERNAL INTERRUPT LOOP, PSW '{psw}'")
PROGRAM_LOOP = Message("DSP", 453, "W", "CP ENTERED; PROGRAM INTERRUPT LOOP, PSW '{psw}'")
CP_FAULT = Message("DSP", 455, "W", "CP ENTERED; CP FAILED TO SERVE THE VIRTUAL MACHINE: {fault}")
SHARED_ALTERED = Message("VMA", 456, "W", "CP ENTERED; {name} - SHARED PAGE {page} ALTERED")
INVALID_PSW = Message("DSP", 454, "W", "CP ENTERED; INVALID PSW '{psw}'")
MONITOR_ACTIVE = Message("MCC", 860, "E", "MONITOR ALREADY STARTED")
MONITOR_INACTIVE = Message("MCC", 861, "E", "MONITOR NOT STARTED")
MONITOR_TAPE = Message("MCC", 862, "E", "TAPE {raddr} NOT READY, OR WITHOUT A WRITE RING")
MONITOR_NOT_PRESENT = Message("MCC", 863, "E", "{operand} NOT PRESENT ON THIS SYSTEM")

# the directory: devices on host files, limits, DIRECT
HOST_FILE = Message("HFS", 801, "E", "DEV {vaddr} NOT DEFINED; {reason}")
HOST_FILE_READ_ONLY = Message("HFS", 802, "W", "DEV {vaddr} FORCED R/O; {reason}")
SCRIPT_ENDED = Message("HFS", 803, "E", "SCRIPT {path} ENDED AT LINE {line}; {reason}")
LIMIT_REACHED = Message("LIM", 810, "E", "LIMIT REACHED; {limit} OF YOUR DIRECTORY ENTRY")
DIRECTORY_FAULT = Message("DIR", 752, "E", "STATEMENT ERROR; {fault}")
DIRECTORY_NOT_REPLACED = Message("DIR", 760, "E", "DIRECTORY NOT UPDATED; {reason}")
