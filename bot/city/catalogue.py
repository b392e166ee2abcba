"""The services a city offers: read from a pack's `services.yml`, checked as a whole.

Menus, NLU labels, Open311 and the console all read this one catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from bot.city.edits import NO_EDITS, Edits
from bot.city.entries import Entries, Entry

Texts = Mapping[str, str]  # language code to text
_Kind = TypeVar("_Kind", bound=StrEnum)

SERVICES_FILE = "services.yml"
LANGUAGES = ("en", "es")
SHORT_LIMIT = 30  # characters of a menu line: nine of them and a heading fit two SMS segments
MENU_LIMIT = 9  # options one menu can hold, so that one digit chooses
QUESTION_LIMIT = 3


class QuestionKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"


class Reading(StrEnum):
    """What to look for in the resident's own words, so that nobody is asked what they have said.

    The readers are in `bot.conversation.intake.reading`.
    """

    TIME = "time"  # "every tuesday at 7", "ahorita"
    PLATE = "plate"  # a license plate
    LINE = "line"  # a bus line
    COUNT = "count"  # "two of them", "several"
    DAYS = "days"  # "for two weeks", as days
    VEHICLE = "vehicle"  # a make or a color with a kind of vehicle
    NUMBER = "number"  # what is written on a meter, pole, stop or bus
    EMAIL = "email"
    WORDS = "words"  # more than a few words say it


class PlaceNeed(StrEnum):
    """Whether a request of this service can do without a place."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    labels: Texts
    words: Mapping[str, tuple[str, ...]]  # by language: any of these in a report means this choice
    short: Texts | None = None  # what a report of it is called when it is read back, if not as the service
    apart: bool = False  # the service's guidance and hand-over are not for it
    settles: bool = False  # with it known nothing more is asked: the further questions are of the others
    several: bool = False  # more than one of the others: meant where two of them are named


@dataclass(frozen=True, slots=True)
class Question:
    """One follow-up question; `choices` is empty unless the kind is CHOICE.

    Required ones are asked before the report is read back, the others once it is filed.
    """

    code: str
    kind: QuestionKind
    ask: Texts
    required: bool = False
    choices: tuple[Choice, ...] = ()
    words: Mapping[str, tuple[str, ...]] | None = None  # TEXT: these in a report are the answer
    reads: Reading | None = None  # what in a report is the answer
    ahead: bool = False  # DATE: a weekday is the next one, not the last


@dataclass(frozen=True, slots=True)
class Handover:
    """Another office answers this matter: whom to contact, and the sentence that says so."""

    office: Texts
    contact: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Service:
    """One request type. Days are days to respond, None where no figures are known."""

    code: str
    group: str
    names: Texts
    short: Texts  # menu label, at most SHORT_LIMIT characters
    noun: Texts  # as used inside a sentence: "pothole", "bache"
    description: Texts  # one line
    department: str
    median_days: int | None
    p80_days: int | None
    keywords: Mapping[str, tuple[str, ...]]
    questions: tuple[Question, ...]
    guidance: Texts | None  # what residents should know
    handover: Handover | None
    duplicate_radius_m: int  # 0: every request is its own
    duplicate_hours: int | None  # None: as long as the other request is open
    place: PlaceNeed
    completion_photo: bool  # the work is not done without a picture of it
    topics: tuple[str, ...]  # the city's own names for the same matters
    at_home: bool = False  # where it is reported its resident lives
    broad: bool = False  # its name tells little of what is wrong
    guidance_for: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # words of those it is for; none: all


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the first menu and the services its second menu shows, in order."""

    code: str
    names: Texts
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    source: str
    groups: tuple[Group, ...]
    services: Mapping[str, Service]

    def in_group(self, code: str) -> tuple[Service, ...]:
        """The services of a group, in menu order; KeyError for an unknown group."""
        for group in self.groups:
            if group.code == code:
                return tuple(self.services[service] for service in group.services)
        raise KeyError(code)


def load_catalogue(pack: Path, edits: Edits = NO_EDITS) -> Catalogue:
    """Read and check `services.yml` of a pack; raises `PackError` listing every mistake with file and code."""
    entries = Entries(pack / SERVICES_FILE, edits)
    root = entries.root
    source = root.text("source")
    groups = tuple(_group(entry) for entry in root.children("groups"))
    services: dict[str, Service] = {}
    group_of = {service: group.code for group in groups for service in group.services}
    below = root.child("services")
    if below is None or not below.values:
        root.problem("services", "should hold at least one service")
    else:
        for code in below.values:
            entry = below.child(str(code))
            if entry is not None:
                services[str(code)] = _service(str(code), group_of.get(str(code), ""), entry)
    _check_menus(root, groups, services)
    entries.done()
    return Catalogue(source, groups, MappingProxyType(services))


def _group(entry: Entry) -> Group:
    group = Group(entry.text("code"), entry.in_languages("names", LANGUAGES), entry.texts("services"))
    if not 1 <= len(group.services) <= MENU_LIMIT:
        entry.problem("services", f"should name 1 to {MENU_LIMIT} services")
    _check_short(entry, "names", group.names)
    return group


def _service(code: str, group: str, entry: Entry) -> Service:
    days = entry.child("usual_days")
    duplicates = entry.child("duplicates")
    short = entry.in_languages("short", LANGUAGES)
    _check_short(entry, "short", short)
    service = Service(
        code=code,
        group=group,
        names=entry.in_languages("names", LANGUAGES),
        short=short,
        noun=entry.in_languages("noun", LANGUAGES),
        description=entry.in_languages("description", LANGUAGES),
        department=entry.text("department"),
        median_days=days.number("median") if days else None,
        p80_days=days.number("p80") if days else None,
        keywords=_keywords(entry),
        questions=_questions(entry),
        guidance=entry.in_languages("guidance", LANGUAGES) if entry.values.get("guidance") else None,
        handover=_handover(entry),
        duplicate_radius_m=(duplicates.number("radius_m", default=0) or 0) if duplicates else 0,
        duplicate_hours=duplicates.number("hours") if duplicates else None,
        place=_one_of(PlaceNeed, entry, "place", PlaceNeed.REQUIRED),
        completion_photo=entry.flag("completion_photo"),
        topics=entry.texts("topics"),
        at_home=entry.flag("at_home"),
        broad=entry.flag("broad"),
        guidance_for=_guidance_for(entry),
    )
    if service.guidance_for and service.guidance is None:
        entry.problem("guidance_for", "has no guidance to be for")
    if service.median_days is not None and (service.p80_days or 0) < service.median_days:
        entry.problem("usual_days", "p80 should not be below median")
    if not group:
        entry.problem("", "is in no group, so no menu reaches it")
    return service


def _guidance_for(entry: Entry) -> Mapping[str, tuple[str, ...]]:
    found = entry.child("guidance_for")
    if found is None:
        return {}
    words = {language: found.texts(language) for language in LANGUAGES}
    for language, listed in words.items():
        if not listed:
            entry.problem(f"guidance_for.{language}", "should list at least one word")
    return words


def _keywords(entry: Entry) -> Mapping[str, tuple[str, ...]]:
    found = entry.child("keywords")
    words = {language: found.texts(language) if found else () for language in LANGUAGES}
    for language, listed in words.items():
        if not listed:
            entry.problem(f"keywords.{language}", "should list at least one word")
    return words


def _questions(entry: Entry) -> tuple[Question, ...]:
    questions = tuple(_question(item) for item in entry.children("questions"))
    if len(questions) > QUESTION_LIMIT:
        entry.problem("questions", f"should be at most {QUESTION_LIMIT}")
    if len({question.code for question in questions}) < len(questions):
        entry.problem("questions", "two have the same code")
    return questions


def _question(entry: Entry) -> Question:
    kind = _one_of(QuestionKind, entry, "kind", QuestionKind.TEXT)
    choices = tuple(
        Choice(
            choice.text("code"),
            {language: choice.text(language) for language in LANGUAGES},
            _words(choice.child("words")),
            choice.in_languages("short", LANGUAGES) if choice.values.get("short") else None,
            choice.flag("apart"),
            choice.flag("settles"),
            choice.flag("several"),
        )
        for choice in entry.children("choices")
    )
    for choice in choices:
        _check_short(entry, f"choices[{choice.code}]", choice.labels)
        _check_short(entry, f"choices[{choice.code}].short", choice.short or {})
    if (kind is QuestionKind.CHOICE) != (len(choices) >= 2):
        entry.problem("choices", "should be two or more for the kind choice, none for any other")
    if len(choices) > MENU_LIMIT:
        entry.problem("choices", f"should be at most {MENU_LIMIT}")
    words = entry.child("words")
    return Question(
        entry.text("code"),
        kind,
        entry.in_languages("ask", LANGUAGES),
        entry.flag("required"),
        choices,
        _words(words) if words else None,
        _one_of(Reading, entry, "reads", Reading.WORDS) if entry.values.get("reads") else None,
        entry.flag("ahead"),
    )


def _words(entry: Entry | None) -> Mapping[str, tuple[str, ...]]:
    return {language: entry.texts(language) if entry else () for language in LANGUAGES}


def _handover(entry: Entry) -> Handover | None:
    found = entry.child("handover")
    if found is None:
        return None
    return Handover(
        found.in_languages("office", LANGUAGES), found.text("contact"), found.in_languages("text", LANGUAGES)
    )


def _one_of(kinds: type[_Kind], entry: Entry, key: str, default: _Kind) -> _Kind:
    value = entry.text(key, default=default.value)
    try:
        return kinds(value)
    except ValueError:
        entry.problem(key, f"should be one of {', '.join(kinds)}")
        return default


def _check_short(entry: Entry, key: str, texts: Texts) -> None:
    for language, text in texts.items():
        if len(text) > SHORT_LIMIT:
            entry.problem(f"{key}.{language}", f"has {len(text)} characters; a menu line has {SHORT_LIMIT}")


def _check_menus(root: Entry, groups: tuple[Group, ...], services: Mapping[str, Service]) -> None:
    if not 1 <= len(groups) <= MENU_LIMIT:
        root.problem("groups", f"should be 1 to {MENU_LIMIT}")
    listed: set[str] = set()
    for group in groups:
        for code in group.services:
            if code not in services:
                root.problem(f"groups[{group.code}]", f"names the service {code}, which is not there")
            if code in listed:
                root.problem(f"groups[{group.code}]", f"names the service {code} a second time")
            listed.add(code)
