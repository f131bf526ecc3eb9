"""The opcode table: one line per instruction, read by the decoder, the disassembler and the assembler.

    opcode     one byte, or two where the second byte belongs to it (B2xx, E5xx; 9Cxx-9Fxx: bit 15 only)
    mnemonic   as the assembler language has it
    format     a name in formats.py
    group      "" for an unprivileged instruction; else who asks for it to be trapped (traps.py)
    chapter    the module with the definition
    function   the definition

``EXTENDED`` are the extended mnemonics: another name for BC and BCR with the mask given.  Two more names mean the same
instruction as another line: ``ALIASES``.
"""

from __future__ import annotations

from dataclasses import dataclass

from vm370.cp.s370.formats import FORMATS, Format


@dataclass(frozen=True, slots=True, eq=False)
class Opcode:
    """One line of the table."""

    opcode: int
    mnemonic: str
    format: Format
    group: str
    chapter: str
    function: str

    @property
    def privileged(self) -> bool:
        """May only be executed in supervisor state."""
        return bool(self.group)

    def code(self) -> bytes:
        """The instruction with all operand fields zero."""
        size = 1 if self.opcode < 0x100 else 2
        return self.opcode.to_bytes(size, "big").ljust(self.format.length, b"\0")


#    opcode  mnemonic format  group       chapter              function
_TABLE: tuple[tuple[int, str, str, str, str, str], ...] = (
    # branching, EXECUTE, SVC, MONITOR CALL
    (0x04,   "SPM",   "RR_1", "",         "branching",         "set_program_mask"),
    (0x05,   "BALR",  "RR",   "",         "branching",         "branch_and_link_register"),
    (0x06,   "BCTR",  "RR",   "",         "branching",         "branch_on_count_register"),
    (0x07,   "BCR",   "RR_M", "",         "branching",         "branch_on_condition_register"),
    (0x0A,   "SVC",   "RR_I", "",         "branching",         "supervisor_call"),
    (0x0D,   "BASR",  "RR",   "",         "branching",         "branch_and_save_register"),
    (0x44,   "EX",    "RX",   "",         "branching",         "execute"),
    (0x45,   "BAL",   "RX",   "",         "branching",         "branch_and_link"),
    (0x46,   "BCT",   "RX",   "",         "branching",         "branch_on_count"),
    (0x47,   "BC",    "RX_M", "",         "branching",         "branch_on_condition"),
    (0x4D,   "BAS",   "RX",   "",         "branching",         "branch_and_save"),
    (0x86,   "BXH",   "RS",   "",         "branching",         "branch_on_index_high"),
    (0x87,   "BXLE",  "RS",   "",         "branching",         "branch_on_index_low_or_equal"),
    (0xAF,   "MC",    "SI",   "",         "branching",         "monitor_call"),
    # fixed-point
    (0x10,   "LPR",   "RR",   "",         "fixed_point",       "load_positive"),
    (0x11,   "LNR",   "RR",   "",         "fixed_point",       "load_negative"),
    (0x12,   "LTR",   "RR",   "",         "fixed_point",       "load_and_test"),
    (0x13,   "LCR",   "RR",   "",         "fixed_point",       "load_complement"),
    (0x18,   "LR",    "RR",   "",         "fixed_point",       "load_register"),
    (0x19,   "CR",    "RR",   "",         "fixed_point",       "compare_register"),
    (0x1A,   "AR",    "RR",   "",         "fixed_point",       "add_register"),
    (0x1B,   "SR",    "RR",   "",         "fixed_point",       "subtract_register"),
    (0x1C,   "MR",    "RR",   "",         "fixed_point",       "multiply_register"),
    (0x1D,   "DR",    "RR",   "",         "fixed_point",       "divide_register"),
    (0x1E,   "ALR",   "RR",   "",         "fixed_point",       "add_logical_register"),
    (0x1F,   "SLR",   "RR",   "",         "fixed_point",       "subtract_logical_register"),
    (0x40,   "STH",   "RX",   "",         "fixed_point",       "store_halfword"),
    (0x41,   "LA",    "RX",   "",         "fixed_point",       "load_address"),
    (0x48,   "LH",    "RX",   "",         "fixed_point",       "load_halfword"),
    (0x49,   "CH",    "RX",   "",         "fixed_point",       "compare_halfword"),
    (0x4A,   "AH",    "RX",   "",         "fixed_point",       "add_halfword"),
    (0x4B,   "SH",    "RX",   "",         "fixed_point",       "subtract_halfword"),
    (0x4C,   "MH",    "RX",   "",         "fixed_point",       "multiply_halfword"),
    (0x50,   "ST",    "RX",   "",         "fixed_point",       "store"),
    (0x58,   "L",     "RX",   "",         "fixed_point",       "load"),
    (0x59,   "C",     "RX",   "",         "fixed_point",       "compare"),
    (0x5A,   "A",     "RX",   "",         "fixed_point",       "add"),
    (0x5B,   "S",     "RX",   "",         "fixed_point",       "subtract"),
    (0x5C,   "M",     "RX",   "",         "fixed_point",       "multiply"),
    (0x5D,   "D",     "RX",   "",         "fixed_point",       "divide"),
    (0x5E,   "AL",    "RX",   "",         "fixed_point",       "add_logical"),
    (0x5F,   "SL",    "RX",   "",         "fixed_point",       "subtract_logical"),
    (0x90,   "STM",   "RS",   "",         "fixed_point",       "store_multiple"),
    (0x98,   "LM",    "RS",   "",         "fixed_point",       "load_multiple"),
    # shifts
    (0x88,   "SRL",   "RS_S", "",         "shifting",          "shift_right_logical"),
    (0x89,   "SLL",   "RS_S", "",         "shifting",          "shift_left_logical"),
    (0x8A,   "SRA",   "RS_S", "",         "shifting",          "shift_right"),
    (0x8B,   "SLA",   "RS_S", "",         "shifting",          "shift_left"),
    (0x8C,   "SRDL",  "RS_S", "",         "shifting",          "shift_right_double_logical"),
    (0x8D,   "SLDL",  "RS_S", "",         "shifting",          "shift_left_double_logical"),
    (0x8E,   "SRDA",  "RS_S", "",         "shifting",          "shift_right_double"),
    (0x8F,   "SLDA",  "RS_S", "",         "shifting",          "shift_left_double"),
    # logical
    (0x14,   "NR",    "RR",   "",         "logical",           "and_register"),
    (0x15,   "CLR",   "RR",   "",         "logical",           "compare_logical_register"),
    (0x16,   "OR",    "RR",   "",         "logical",           "or_register"),
    (0x17,   "XR",    "RR",   "",         "logical",           "exclusive_or_register"),
    (0x42,   "STC",   "RX",   "",         "logical",           "store_character"),
    (0x43,   "IC",    "RX",   "",         "logical",           "insert_character"),
    (0x54,   "N",     "RX",   "",         "logical",           "and_"),
    (0x55,   "CL",    "RX",   "",         "logical",           "compare_logical"),
    (0x56,   "O",     "RX",   "",         "logical",           "or_"),
    (0x57,   "X",     "RX",   "",         "logical",           "exclusive_or"),
    (0x91,   "TM",    "SI",   "",         "logical",           "test_under_mask"),
    (0x93,   "TS",    "SI_0", "",         "logical",           "test_and_set"),
    (0x94,   "NI",    "SI",   "",         "logical",           "and_immediate"),
    (0x95,   "CLI",   "SI",   "",         "logical",           "compare_logical_immediate"),
    (0x96,   "OI",    "SI",   "",         "logical",           "or_immediate"),
    (0x97,   "XI",    "SI",   "",         "logical",           "exclusive_or_immediate"),
    (0xBA,   "CS",    "RS",   "",         "logical",           "compare_and_swap"),
    (0xBB,   "CDS",   "RS",   "",         "logical",           "compare_double_and_swap"),
    (0xBD,   "CLM",   "RS_M", "",         "logical",           "compare_logical_under_mask"),
    (0xBE,   "STCM",  "RS_M", "",         "logical",           "store_characters_under_mask"),
    (0xBF,   "ICM",   "RS_M", "",         "logical",           "insert_characters_under_mask"),
    (0xD4,   "NC",    "SS",   "",         "logical",           "and_characters"),
    (0xD5,   "CLC",   "SS",   "",         "logical",           "compare_logical_characters"),
    (0xD6,   "OC",    "SS",   "",         "logical",           "or_characters"),
    (0xD7,   "XC",    "SS",   "",         "logical",           "exclusive_or_characters"),
    # moving and translating
    (0x0E,   "MVCL",  "RR",   "",         "moving",            "move_long"),
    (0x0F,   "CLCL",  "RR",   "",         "moving",            "compare_logical_long"),
    (0x92,   "MVI",   "SI",   "",         "moving",            "move_immediate"),
    (0xD1,   "MVN",   "SS",   "",         "moving",            "move_numerics"),
    (0xD2,   "MVC",   "SS",   "",         "moving",            "move_characters"),
    (0xD3,   "MVZ",   "SS",   "",         "moving",            "move_zones"),
    (0xDC,   "TR",    "SS",   "",         "moving",            "translate"),
    (0xDD,   "TRT",   "SS",   "",         "moving",            "translate_and_test"),
    (0xE8,   "MVCIN", "SS",   "",         "moving",            "move_inverse"),
    (0xF1,   "MVO",   "SSD",  "",         "moving",            "move_with_offset"),
    # conversion and editing
    (0x4E,   "CVD",   "RX",   "",         "conversion",        "convert_to_decimal"),
    (0x4F,   "CVB",   "RX",   "",         "conversion",        "convert_to_binary"),
    (0xDE,   "ED",    "SS",   "",         "conversion",        "edit"),
    (0xDF,   "EDMK",  "SS",   "",         "conversion",        "edit_and_mark"),
    (0xF2,   "PACK",  "SSD",  "",         "conversion",        "pack"),
    (0xF3,   "UNPK",  "SSD",  "",         "conversion",        "unpack"),
    # decimal
    (0xF0,   "SRP",   "SRP",  "",         "decimal",           "shift_and_round_decimal"),
    (0xF8,   "ZAP",   "SSD",  "",         "decimal",           "zero_and_add"),
    (0xF9,   "CP",    "SSD",  "",         "decimal",           "compare_decimal"),
    (0xFA,   "AP",    "SSD",  "",         "decimal",           "add_decimal"),
    (0xFB,   "SP",    "SSD",  "",         "decimal",           "subtract_decimal"),
    (0xFC,   "MP",    "SSD",  "",         "decimal",           "multiply_decimal"),
    (0xFD,   "DP",    "SSD",  "",         "decimal",           "divide_decimal"),
    # hexadecimal floating point: load, store
    (0x20,   "LPDR",  "RR",   "",         "hexfloat",          "load_positive_long"),
    (0x21,   "LNDR",  "RR",   "",         "hexfloat",          "load_negative_long"),
    (0x22,   "LTDR",  "RR",   "",         "hexfloat",          "load_and_test_long"),
    (0x23,   "LCDR",  "RR",   "",         "hexfloat",          "load_complement_long"),
    (0x25,   "LRDR",  "RR",   "",         "hexfloat",          "load_rounded_extended_to_long"),
    (0x28,   "LDR",   "RR",   "",         "hexfloat",          "load_long_register"),
    (0x30,   "LPER",  "RR",   "",         "hexfloat",          "load_positive_short"),
    (0x31,   "LNER",  "RR",   "",         "hexfloat",          "load_negative_short"),
    (0x32,   "LTER",  "RR",   "",         "hexfloat",          "load_and_test_short"),
    (0x33,   "LCER",  "RR",   "",         "hexfloat",          "load_complement_short"),
    (0x35,   "LRER",  "RR",   "",         "hexfloat",          "load_rounded_long_to_short"),
    (0x38,   "LER",   "RR",   "",         "hexfloat",          "load_short_register"),
    (0x60,   "STD",   "RX",   "",         "hexfloat",          "store_long"),
    (0x68,   "LD",    "RX",   "",         "hexfloat",          "load_long"),
    (0x70,   "STE",   "RX",   "",         "hexfloat",          "store_short"),
    (0x78,   "LE",    "RX",   "",         "hexfloat",          "load_short"),
    # hexadecimal floating point: add, subtract, compare
    (0x29,   "CDR",   "RR",   "",         "hexfloat_add",      "compare_long_register"),
    (0x2A,   "ADR",   "RR",   "",         "hexfloat_add",      "add_normalized_long_register"),
    (0x2B,   "SDR",   "RR",   "",         "hexfloat_add",      "subtract_normalized_long_register"),
    (0x2E,   "AWR",   "RR",   "",         "hexfloat_add",      "add_unnormalized_long_register"),
    (0x2F,   "SWR",   "RR",   "",         "hexfloat_add",      "subtract_unnormalized_long_register"),
    (0x36,   "AXR",   "RR",   "",         "hexfloat_add",      "add_normalized_extended_register"),
    (0x37,   "SXR",   "RR",   "",         "hexfloat_add",      "subtract_normalized_extended_register"),
    (0x39,   "CER",   "RR",   "",         "hexfloat_add",      "compare_short_register"),
    (0x3A,   "AER",   "RR",   "",         "hexfloat_add",      "add_normalized_short_register"),
    (0x3B,   "SER",   "RR",   "",         "hexfloat_add",      "subtract_normalized_short_register"),
    (0x3E,   "AUR",   "RR",   "",         "hexfloat_add",      "add_unnormalized_short_register"),
    (0x3F,   "SUR",   "RR",   "",         "hexfloat_add",      "subtract_unnormalized_short_register"),
    (0x69,   "CD",    "RX",   "",         "hexfloat_add",      "compare_long"),
    (0x6A,   "AD",    "RX",   "",         "hexfloat_add",      "add_normalized_long"),
    (0x6B,   "SD",    "RX",   "",         "hexfloat_add",      "subtract_normalized_long"),
    (0x6E,   "AW",    "RX",   "",         "hexfloat_add",      "add_unnormalized_long"),
    (0x6F,   "SW",    "RX",   "",         "hexfloat_add",      "subtract_unnormalized_long"),
    (0x79,   "CE",    "RX",   "",         "hexfloat_add",      "compare_short"),
    (0x7A,   "AE",    "RX",   "",         "hexfloat_add",      "add_normalized_short"),
    (0x7B,   "SE",    "RX",   "",         "hexfloat_add",      "subtract_normalized_short"),
    (0x7E,   "AU",    "RX",   "",         "hexfloat_add",      "add_unnormalized_short"),
    (0x7F,   "SU",    "RX",   "",         "hexfloat_add",      "subtract_unnormalized_short"),
    # hexadecimal floating point: multiply, divide, halve
    (0x24,   "HDR",   "RR",   "",         "hexfloat_multiply", "halve_long"),
    (0x26,   "MXR",   "RR",   "",         "hexfloat_multiply", "multiply_extended_register"),
    (0x27,   "MXDR",  "RR",   "",         "hexfloat_multiply", "multiply_long_to_extended_register"),
    (0x2C,   "MDR",   "RR",   "",         "hexfloat_multiply", "multiply_long_register"),
    (0x2D,   "DDR",   "RR",   "",         "hexfloat_multiply", "divide_long_register"),
    (0x34,   "HER",   "RR",   "",         "hexfloat_multiply", "halve_short"),
    (0x3C,   "MER",   "RR",   "",         "hexfloat_multiply", "multiply_short_to_long_register"),
    (0x3D,   "DER",   "RR",   "",         "hexfloat_multiply", "divide_short_register"),
    (0x67,   "MXD",   "RX",   "",         "hexfloat_multiply", "multiply_long_to_extended"),
    (0x6C,   "MD",    "RX",   "",         "hexfloat_multiply", "multiply_long"),
    (0x6D,   "DD",    "RX",   "",         "hexfloat_multiply", "divide_long"),
    (0x7C,   "ME",    "RX",   "",         "hexfloat_multiply", "multiply_short_to_long"),
    (0x7D,   "DE",    "RX",   "",         "hexfloat_multiply", "divide_short"),
    # control
    (0x08,   "SSK",   "RR",   "keys",     "control",           "set_storage_key"),
    (0x09,   "ISK",   "RR",   "keys",     "control",           "insert_storage_key"),
    (0x80,   "SSM",   "SI_0", "psw",      "control",           "set_system_mask"),
    (0x82,   "LPSW",  "SI_0", "psw",      "control",           "load_psw"),
    (0x83,   "DIAG",  "RS",   "diagnose", "control",           "diagnose"),
    (0xAC,   "STNSM", "SI",   "psw",      "control",           "store_then_and_system_mask"),
    (0xAD,   "STOSM", "SI",   "psw",      "control",           "store_then_or_system_mask"),
    (0xAE,   "SIGP",  "RS",   "control",  "control",           "signal_processor"),
    (0xB1,   "LRA",   "RX",   "control",  "control",           "load_real_address"),
    (0xB202, "STIDP", "S",    "control",  "control",           "store_cpu_id"),
    (0xB20A, "SPKA",  "S",    "keys",     "control",           "set_psw_key_from_address"),
    (0xB20B, "IPK",   "S_0",  "keys",     "control",           "insert_psw_key"),
    (0xB20D, "PTLB",  "S_0",  "control",  "control",           "purge_tlb"),
    (0xB210, "SPX",   "S",    "control",  "control",           "set_prefix"),
    (0xB211, "STPX",  "S",    "control",  "control",           "store_prefix"),
    (0xB212, "STAP",  "S",    "control",  "control",           "store_cpu_address"),
    (0xB213, "RRB",   "S",    "keys",     "control",           "reset_reference_bit"),
    (0xB221, "IPTE",  "RRE",  "control",  "control",           "invalidate_page_table_entry"),
    (0xB2F0, "IUCV",  "S",    "diagnose", "control",           "inter_user_communication"),
    (0xB6,   "STCTL", "RS",   "control",  "control",           "store_control"),
    (0xB7,   "LCTL",  "RS",   "control",  "control",           "load_control"),
    (0xE501, "TPROT", "SSE",  "keys",     "control",           "test_protection"),
    # timing
    (0xB204, "SCK",   "S",    "control",  "timing",            "set_clock"),
    (0xB205, "STCK",  "S",    "",         "timing",            "store_clock"),
    (0xB206, "SCKC",  "S",    "control",  "timing",            "set_clock_comparator"),
    (0xB207, "STCKC", "S",    "control",  "timing",            "store_clock_comparator"),
    (0xB208, "SPT",   "S",    "control",  "timing",            "set_cpu_timer"),
    (0xB209, "STPT",  "S",    "control",  "timing",            "store_cpu_timer"),
    # input/output
    (0x9C00, "SIO",   "S",    "io",       "input_output",      "start_io"),
    (0x9C01, "SIOF",  "S",    "io",       "input_output",      "start_io_fast_release"),
    (0x9D00, "TIO",   "S",    "io",       "input_output",      "test_io"),
    (0x9D01, "CLRIO", "S",    "io",       "input_output",      "clear_io"),
    (0x9E00, "HIO",   "S",    "io",       "input_output",      "halt_io"),
    (0x9E01, "HDV",   "S",    "io",       "input_output",      "halt_device"),
    (0x9F00, "TCH",   "S",    "io",       "input_output",      "test_channel"),
    (0xB203, "STIDC", "S",    "io",       "input_output",      "store_channel_id"),
)  # fmt: skip

OPCODES: tuple[Opcode, ...] = tuple(
    Opcode(opcode, mnemonic, FORMATS[form], group, chapter, function)
    for opcode, mnemonic, form, group, chapter, function in _TABLE
)
BY_OPCODE: dict[int, Opcode] = {op.opcode: op for op in OPCODES}
BY_MNEMONIC: dict[str, Opcode] = {op.mnemonic: op for op in OPCODES}
ALIASES: dict[str, str] = {"DIAGNOSE": "DIAG"}
"""Other mnemonics for a line of the table."""

SECOND_BYTE_MASKS: dict[int, int] = {0xB2: 0xFF, 0xE5: 0xFF, 0x9C: 1, 0x9D: 1, 0x9E: 1, 0x9F: 0}
"""First bytes whose second byte belongs to the operation code, and the bits of it that do."""

# condition -> mask; the branch mnemonic is "B" + condition, "B" + condition + "R" for the RR form
_CONDITIONS: dict[str, int] = {
    "": 15,
    "H": 2, "L": 4, "E": 8, "NH": 13, "NL": 11, "NE": 7,
    "P": 2, "M": 4, "Z": 8, "O": 1, "NP": 13, "NM": 11, "NZ": 7, "NO": 14,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Extended:
    """An extended mnemonic: ``base`` with the mask given; the operand is the branch address (or register) alone."""

    mnemonic: str
    base: Opcode
    mask: int

    @property
    def syntax(self) -> str:
        """As in formats.py, without the mask."""
        return self.base.format.syntax.removeprefix("M1,")


EXTENDED: dict[str, Extended] = {
    mnemonic: Extended(mnemonic, BY_MNEMONIC[base], mask)
    for base, suffix in (("BC", ""), ("BCR", "R"))
    for mnemonic, mask in [(f"B{c}{suffix}", m) for c, m in _CONDITIONS.items()] + [(f"NOP{suffix}", 0)]
}
