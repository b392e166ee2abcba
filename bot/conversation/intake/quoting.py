"""Saying a resident's words back, so that they see what was taken down."""

from __future__ import annotations

import re

MOST = 100  # characters: with what is said around them they fit one SMS of plain letters
BESIDE_MORE = 60  # characters: below a filing, which has other lines to say


def quoted(words: str, most: int = MOST) -> str:
    """The words in one line, cut after a whole word, without quotation marks and the full stop of their own."""
    line = " ".join(words.replace('"', "'").split())
    line = line if line.endswith("..") else line.removesuffix(".")
    if len(line) <= most:
        return line
    return line[: most - 3].rsplit(" ", 1)[0] + "..."


# A point between figures ends no sentence: "$1.35".
_SENTENCES = re.compile(r"(?:[^.!?\n]|(?<=\d)\.(?=\d))+[.!?\n]*\s*")


def quoted_question(words: str, most: int = MOST) -> str:
    """As `quoted`; of words that are too long for it, what they ask, where its sign tells."""
    line = quoted(words, most)
    asked = "".join(one for one in _SENTENCES.findall(words) if "?" in one)
    return quoted(asked, most) if line.endswith("...") and asked.strip() else line


LEAST_TOLD = 4  # words beside a question that are worth saying to have arrived


def tells_beside_the_question(words: str) -> bool:
    """Whether sentences tell something beside the one that asks: "it says AED 04, blue label. do you give CPR courses?"."""
    sentences = _SENTENCES.findall(words)
    told = [one for one in sentences if "?" not in one]
    return len(told) < len(sentences) and len(" ".join(told).split()) >= LEAST_TOLD


def told_last(words: str) -> str:
    """The last of the messages whose words these are, without what it asks and the few words it begins with ("I suppose. ..."), where it
    tells something as well."""
    last = words.rpartition("\n")[2]
    told = [one for one in _SENTENCES.findall(last) if "?" not in one]
    while len(told) > 1 and len(told[0].split()) < LEAST_TOLD and not any(map(str.isdigit, told[0])):
        told.pop(0)
    return "".join(told).strip() or last


def quoted_end(words: str, most: int = MOST) -> str:
    """As `quoted`, but what was said last is what stays of words that are too long."""
    line = " ".join(words.replace('"', "'").replace("\n", "; ").split())
    if len(line) <= most:
        return line
    return "..." + line[3 - most :].partition(" ")[2]
