"""The small questions that residents ask a city, and their answers: read from a pack's `questions.yml`.

How residents put them (`variants`) is what the understanding is trained with: bot/engine/nlu/wordings.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.city.catalogue import LANGUAGES
from bot.city.edits import NO_EDITS, Edits
from bot.city.entries import Entries, Entry
from bot.text.fold import fold

QUESTIONS_FILE = "questions.yml"
LONGEST_ANSWER = 300  # characters: two SMS segments and a margin
FEWEST_VARIANTS = 6  # in each language; the understanding learns little from fewer
REPORT = "report"
ANSWERED_BY = frozenset({REPORT})
_FEW_BETWEEN = r" (?:\w+ ){0,2}"  # "a wire is hanging down"


@dataclass(frozen=True, slots=True)
class CityQuestion:
    """One question, its answer by language, and who answers more."""

    code: str
    topic: str  # groups questions that are alike
    about: Mapping[str, str]  # a noun phrase: "trash collection day"
    answer: Mapping[str, str]
    office: Mapping[str, str]
    phone: str | None  # None: the city's own (`human_help` of city.yml)
    source: str  # the page that says so
    checked: date  # when somebody looked there
    answered_by: str = ""  # "report": what stands in the resident's own, where there is one
    in_danger: InDanger | None = None  # told below the emergency number, too


@dataclass(frozen=True, slots=True)
class InDanger:
    """Which dangers an answer helps in as well: whose the wire or the gas is besides 911's."""

    words: Mapping[
        str, tuple[str, ...]
    ]  # of which danger speaks, by language: "gas", "power line", its words a few apart
    answer: Mapping[str, str] | None = (
        None  # what to do and whom to call, where it differs from the plain answer
    )
    not_of: tuple[str, ...] = ()  # services whose own things these are: the city's lamps have wires, too

    def speaks_of_it(self, text: str) -> bool:
        """Whether words, in either language, speak of it. Reads any text, never raises."""
        folded = fold(text)
        return any(_speaks(phrase, folded) for phrases in self.words.values() for phrase in phrases)


def _speaks(phrase: str, folded: str) -> bool:
    words = (re.escape(word) for word in fold(phrase).split())
    return re.search(rf"\b{_FEW_BETWEEN.join(words)}\b", folded) is not None


def load_questions(pack: Path, edits: Edits = NO_EDITS) -> Mapping[str, CityQuestion]:
    """Read and check `questions.yml`, by code; none where the pack has no such file. Raises `PackError`."""
    path = pack / QUESTIONS_FILE
    if not path.exists():
        return {}
    entries = Entries(path, edits)
    found = [_question(entry) for entry in entries.root.children("questions")]
    for code, times in Counter(question.code for question in found).items():
        if times > 1:
            entries.root.problem("questions", f"has {code} {times} times")
    _no_wording_twice(entries)
    entries.done()
    return {question.code: question for question in found}


def _question(entry: Entry) -> CityQuestion:
    answer = _answer(entry)
    phone = entry.values.get("phone")
    answered_by = entry.text("answered_by") if "answered_by" in entry.values else ""
    if answered_by and answered_by not in ANSWERED_BY:
        entry.problem("answered_by", f"should be one of {', '.join(sorted(ANSWERED_BY))}, or left out")
    return CityQuestion(
        code=entry.text("code"),
        topic=entry.text("topic"),
        about=entry.in_languages("about", LANGUAGES),
        answer=answer,
        office=entry.in_languages("office", LANGUAGES),
        phone=entry.text("phone") if phone is not None else None,
        source=entry.text("source"),
        checked=entry.day("checked"),
        answered_by=answered_by,
        in_danger=_in_danger(entry.child("in_danger")),
    )


def _answer(entry: Entry) -> dict[str, str]:
    answer = entry.in_languages("answer", LANGUAGES)
    for language, text in answer.items():
        if len(text) > LONGEST_ANSWER:
            entry.problem(f"answer.{language}", f"should have at most {LONGEST_ANSWER} characters")
    return answer


def _in_danger(entry: Entry | None) -> InDanger | None:
    if entry is None:
        return None
    words = {language: entry.texts(language) for language in LANGUAGES}
    for language, phrases in words.items():
        if not any(fold(phrase) for phrase in phrases):
            entry.problem(language, "should name what the danger is of, as [gas, power line]")
    answer = _answer(entry) if "answer" in entry.values else None
    return InDanger(words, answer, entry.texts("not_of"))


def _no_wording_twice(entries: Entries) -> None:
    """The same words for two questions would teach nothing but doubt."""
    asked: dict[str, str] = {}
    for entry in entries.root.children("questions"):
        variants = entry.child("variants")
        for language in LANGUAGES:
            texts = variants.texts(language) if variants else ()
            if len(texts) < FEWEST_VARIANTS:
                entry.problem(f"variants.{language}", f"should have {FEWEST_VARIANTS} wordings or more")
            for text in texts:
                code = str(entry.values.get("code"))
                other = asked.setdefault(fold(text).strip(" ?!.¿¡"), code)
                if other != code:
                    entry.problem(f"variants.{language}", f"has {text!r}, which {other} has as well")
