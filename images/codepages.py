"""The tables of EBCDIC code pages: page 037, and for each other page the places where it differs from it.

Page 037 (US, Canada) is Python's codec of that name.  The pages of this list have one set of characters, that of ISO
8859-1, in different places: every byte is a character and every character of ISO 8859-1 a byte.  The pages 1140 to 1149
are ten of them with the euro sign in the place of the currency sign (U+00A4).  X'BC' of page 273 is the macron U+00AF,
as in IBM's table; Python's codec makes it U+203E.  Line ends are the same in all: X'15' is U+0085, X'25' is U+000A.

    273 Germany, Austria    280 Italy            297 France            1047 open systems
    277 Denmark, Norway     284 Spain, Latin A.  500 international
    278 Finland, Sweden     285 United Kingdom   871 Iceland

Who uses it: ebcdic.py makes the code pages of it.  `vm370 deck codepage NAME` prints one.
"""

from __future__ import annotations

BASE = "037"

#   page    places that differ from page 037: byte in hexadecimal, character
DIFFERENCES: dict[str, str] = {
    "273": "43{ 4AÄ 4F! 59~ 5AÜ 5F^ 63[ 6Aö 7C§ A1ß B0¢ B5@ BA¬ BB| C0ä CC¦ D0ü DC} E0Ö EC\\ FC]",
    "277": "47} 4A# 4F! 5A¤ 5BÅ 5F^ 67$ 6Aø 70¦ 7BÆ 7CØ 80@ 9C{ 9E[ 9F] A1ü B0¢ BA¬ BB| C0æ D0å DC~",
    "278": "43{ 47} 4A§ 4F! 51` 5A¤ 5BÅ 5F^ 63# 67$ 6Aö 71\\ 79é 7BÄ 7CÖ 9F] A1ü B0¢ B5[ BA¬ BB|"
    " C0ä CC¦ D0å DC~ E0É EC@",
    "280": "44{ 48\\ 4A° 4F! 51] 54} 58~ 5Aé 5F^ 6Aò 79ù 7B£ 7C§ 90[ A1ì B0¢ B1# B5@ BA¬ BB| C0à CD¦ D0è DD` E0ç",
    "284": "49¦ 4A[ 5A] 69# 6Añ 7BÑ A1¨ B0¢ BA^ BB! BD~",
    "285": "4A$ 5B£ A1¯ B0¢ B1[ BA^ BC~",
    "297": "44@ 48\\ 4A° 4F! 51{ 54} 5A§ 5F^ 6Aù 79µ 7B£ 7Cà 90[ A0` A1¨ B0¢ B1# B5] BA¬ BB| BD~ C0é D0è DD¦ E0ç",
    "500": "4A[ 4F! 5A] 5F^ B0¢ BA¬ BB|",
    "871": "4Aþ 4F! 5AÆ 5FÖ 79ð 7CÐ 8C` 8E{ 9C} 9E] A1ö AC@ AE[ B0¢ BA¬ BB| BE\\ C0Þ CC~ D0æ E0´ EC^",
    "1047": "5F^ AD[ B0¬ BAÝ BB¨ BD]",
}

#   page with the euro sign     the page it is otherwise
EURO: dict[str, str] = {
    "1140": "037",
    "1141": "273",
    "1142": "277",
    "1143": "278",
    "1144": "280",
    "1145": "284",
    "1146": "285",
    "1147": "297",
    "1148": "500",
    "1149": "871",
}


def characters(page: str) -> str:
    """The 256 characters of a page; KeyError when there is none of that number."""
    if page in EURO:
        return characters(EURO[page]).replace("¤", "€")
    made = list(bytes(range(256)).decode("cp037"))
    for place in DIFFERENCES[page].split() if page != BASE else ():
        made[int(place[:2], 16)] = place[2]
    return "".join(made)


PAGES: tuple[str, ...] = (BASE, *DIFFERENCES, *EURO)
