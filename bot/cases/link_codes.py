"""How a one-time code is written that joins two conversations: `7K3-PXT`, of the characters of reference codes.

A code holds a digit and a letter, is never the end of a reference and never an ordinal ("PCH 3RD"): what else people write in six
such characters is no code. Whoever sends a code may write LINK before it; then it cannot be meant as anything else.

While somebody guesses with many numbers, new codes are long ones, of two such halves more: `7K3-PXT-9CM-H2R`.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from bot.cases.references import ALPHABET, LENGTH, check_character

LINK = {"en": "LINK", "es": "VINCULAR"}
MOST_READ = 80  # characters; a longer text is no code

LONG = 2 * LENGTH  # characters of a long one: of twenty million billion

_GROUP = LENGTH // 2  # characters between two dashes
# What people write or hear for a character of the alphabet, as with references.
_HEARD = str.maketrans({"Z": "2", "S": "5", "B": "8"})
_DASH = r"[-\u2010-\u2015\u2212.·_]"
_BETWEEN = rf"(?:\s|{_DASH})*"
_PAIR = rf"[0-9A-Za-z]{{{_GROUP}}}{_BETWEEN}[0-9A-Za-z]{{{_GROUP}}}"
_WRITTEN = re.compile(rf"{_PAIR}(?:{_BETWEEN}{_PAIR})?")
# What is meant as one and mistyped: a character too few or too many.
_ALMOST = re.compile(rf"[0-9A-Za-z]{{2,4}}(?:{_BETWEEN}[0-9A-Za-z]{{2,4}}){{1,3}}")
_ORDINAL = re.compile(r"[0-9](?:ST|ND|RD|TH)")
_NAMED = re.compile(
    r"(?:link|vincular|vinculo|vínculo|enlazar|enlace)\b[\s:,.\"'#-]*|(?:link|vincular)(?=[0-9])",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:(?:hi|hello|ok|okay|here|here'?s|this|it'?s|is|the|my|code|hola|este|es|el|mi|aqu[ií]|c[oó]digo)\b[\s:,.\"'#-]*)+",
    re.IGNORECASE,
)
_AROUND = " \t\r\n.,;:!?\"'“”‘’«»()[]<>*`"


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A code as it was sent."""

    code: str  # in the form in which it is compared; "" for one that is mistyped for sure
    named: bool  # with the word LINK


def new_link_code(*, long: bool = False) -> str:
    """A random code in the form in which it is compared: a short one of more than a hundred million, each as likely."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LONG if long else LENGTH))
        if _may_be_one(code):
            return code


def is_short(code: str) -> bool:
    """Whether a code can be guessed by who has many numbers to guess with."""
    return len(code) <= LENGTH


def as_told(code: str, language: str = "en") -> str:
    """A code as people send it: the word that names it, then its characters by threes."""
    groups = (code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
    return f"{LINK.get(language, LINK['en'])} {'-'.join(groups)}"


def read_link_code(text: str) -> ReadCode | None:
    """The code that a whole text is, in any case, with or without the word; None if it is none. Never raises."""
    if len(text) > MOST_READ:
        return None
    words, named = text.strip(_AROUND), False
    while (lead := _NAMED.match(words) or _LEAD.match(words)) is not None and lead.end() > 0:
        named = named or lead.re is _NAMED
        words = words[lead.end() :].strip(_AROUND)
    written = _WRITTEN.fullmatch(words)
    code = "".join(one for one in words.upper() if one.isalnum()) if written else ""
    if not code or _ORDINAL.search(code) or not _may_be_one(code.translate(_HEARD)):
        code = ""
    if code:
        return ReadCode(code.translate(_HEARD), named)
    return ReadCode("", named=True) if named and _is_almost(words) else None


def _may_be_one(code: str) -> bool:
    """Each six characters of it by themselves: so two references one after the other are no long one."""
    parts = (code[at : at + LENGTH] for at in range(0, len(code), LENGTH))
    return not _ORDINAL.search(code) and all(map(_may_be_six_of_one, parts))


def _may_be_six_of_one(code: str) -> bool:
    both = any(one.isdigit() for one in code) and any(one.isalpha() for one in code)
    return both and all(one in ALPHABET for one in code) and check_character(code[:-1]) != code[-1]


def _is_almost(words: str) -> bool:
    bare = "".join(one for one in words.upper() if one.isalnum())
    both = any(one.isdigit() for one in bare) and any(one.isalpha() for one in bare)
    return both and _ALMOST.fullmatch(words) is not None and not _ORDINAL.search(bare)
