"""Who the city is and when it works: read from a pack's `city.yml` and `calendar.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.city.calendar import WorkCalendar, load_calendar
from bot.city.catalogue import LANGUAGES, Texts
from bot.city.edits import NO_EDITS, Edits
from bot.city.entries import Entries, Entry
from bot.city.errors import PackError
from bot.mail.address import MailAddressError, mail_address

CITY_FILE = "city.yml"


@dataclass(frozen=True, slots=True)
class HumanHelp:
    """Where a person answers."""

    office: Texts
    phone: Texts
    url: str
    hours: Texts


Box = tuple[float, float, float, float]  # west, south, east, north in degrees WGS 84


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A jurisdiction beyond the border and whom to contact there."""

    code: str
    name: Texts
    contact: Texts
    words: tuple[str, ...]  # names of places there that residents use
    zips: tuple[str, ...] = ()
    box: Box | None = None  # wholly within it
    also_boxes: tuple[Box, ...] = ()  # more of the same, for one that is also taken for anything else nearby


@dataclass(frozen=True, slots=True)
class RunByOthers:
    """What residents report and others run: whose it is says an answer of `questions.yml`."""

    answer: str  # its code
    words: Mapping[str, tuple[str, ...]]  # by language: any of these in a report that is of no service


@dataclass(frozen=True, slots=True)
class City:
    name: str  # in English: for staff, and where places are looked up
    names: Texts  # as residents read it
    reference_prefix: str
    time_zone: ZoneInfo
    languages: tuple[str, ...]
    emergency_number: str
    departments: tuple[str, ...]  # what services are routed to and staff are members of
    department_names: Mapping[str, Texts]  # what residents read of each, where it is not its name
    mailboxes: Mapping[
        str, str
    ]  # department → the address that is mailed its new requests, of those that have one
    human_help: HumanHelp
    neighbors: tuple[Neighbor, ...]
    far_places: tuple[str, ...]  # names of cities that are not here and not next door
    calendar: WorkCalendar
    run_by_others: tuple[RunByOthers, ...] = ()

    def department_called(self, name: str, language: str) -> str:
        """What residents read of a department."""
        return self.department_names.get(name, {}).get(language, name)


def load_city(pack: Path, edits: Edits = NO_EDITS) -> City:
    """Read and check `city.yml` and `calendar.yml`; raises `PackError` listing every mistake with file and key."""
    entries = Entries(pack / CITY_FILE, edits)
    root = entries.root
    names = root.worded("name", LANGUAGES)
    departments, mailboxes = _departments(root)
    time_zone = _time_zone(root)
    city = City(
        name=names[LANGUAGES[0]],
        names=names,
        reference_prefix=root.text("reference_prefix"),
        time_zone=time_zone,
        languages=root.texts("languages"),
        emergency_number=root.text("emergency_number"),
        departments=tuple(departments),
        department_names=departments,
        mailboxes=mailboxes,
        human_help=_human_help(root),
        neighbors=tuple(_neighbor(entry) for entry in root.children("neighbors")),
        far_places=root.texts("far_places"),
        calendar=_calendar(pack, time_zone, entries, edits),
        run_by_others=tuple(_run_by_others(entry) for entry in root.children("run_by_others")),
    )
    if not city.departments:
        root.problem("departments", "should list at least one")
    if unknown := set(city.languages) - set(LANGUAGES):
        root.problem(
            "languages", f"has {', '.join(sorted(unknown))}; the texts are in {', '.join(LANGUAGES)}"
        )
    if not (
        city.reference_prefix.isascii()
        and city.reference_prefix.isalpha()
        and city.reference_prefix.isupper()
    ):
        root.problem("reference_prefix", "should be capital letters, as SM")
    entries.done()
    return city


def _calendar(pack: Path, time_zone: ZoneInfo, entries: Entries, edits: Edits) -> WorkCalendar:
    """The working days; what is wrong with their file is told together with what is wrong with this one."""
    try:
        return load_calendar(pack, time_zone, edits)
    except PackError as error:
        entries.problems += error.problems
        return WorkCalendar(time_zone)


def _departments(root: Entry) -> tuple[dict[str, Texts], dict[str, str]]:
    """Each by its name: a plain text, or `name` and what it is called in a sentence of a language (`es`). And the mailboxes."""
    found: dict[str, Texts] = {}
    mailboxes: dict[str, str] = {}
    for entry in root.children("departments", plain="name"):
        name = entry.text("name")
        if unknown := {str(key) for key in entry.values} - {"name", "mailbox", *LANGUAGES}:
            known = ", ".join(("name", "mailbox", *LANGUAGES))
            entry.problem("", f"has {', '.join(sorted(unknown))}; known are {known}")
        if name in found:
            entry.problem("name", f"names {name!r} a second time")
        found[name] = {language: entry.text(language) for language in LANGUAGES if language in entry.values}
        if "mailbox" in entry.values:
            mailboxes[name] = _mailbox(entry)
    return found, mailboxes


def _mailbox(entry: Entry) -> str:
    try:
        return mail_address(entry.text("mailbox"))
    except MailAddressError:
        entry.problem("mailbox", "should be an address of mail, as streets@example.gov")
        return ""


def _run_by_others(entry: Entry) -> RunByOthers:
    below = entry.child("words")
    words = {language: below.texts(language) if below else () for language in LANGUAGES}
    for language, listed in words.items():
        if not listed:
            entry.problem(f"words.{language}", "should list at least one word")
    return RunByOthers(entry.text("answer"), words)


def _neighbor(entry: Entry) -> Neighbor:
    box = entry.values.get("box")
    return Neighbor(
        entry.text("code"),
        entry.worded("name", LANGUAGES),
        entry.worded("contact", LANGUAGES),
        entry.texts("words"),
        entry.texts("zips"),
        _box(entry, "box", box) if box is not None else None,
        tuple(
            filter(None, (_box(entry, "also_boxes", item) for item in entry.values.get("also_boxes") or ()))
        ),
    )


def _box(entry: Entry, key: str, box: object) -> Box | None:
    if isinstance(box, list) and len(box) == 4 and all(isinstance(x, int | float) for x in box):
        return float(box[0]), float(box[1]), float(box[2]), float(box[3])
    entry.problem(key, "should be four numbers: west, south, east, north")
    return None


def _time_zone(root: Entry) -> ZoneInfo:
    name = root.text("time_zone")
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        root.problem("time_zone", "should be a name of the IANA list, as America/Los_Angeles")
        return ZoneInfo("UTC")


def _human_help(root: Entry) -> HumanHelp:
    entry = root.child("human_help")
    if entry is None:
        root.problem("human_help", "should say where a person answers")
        return HumanHelp({}, {}, "", {})
    return HumanHelp(
        entry.in_languages("office", LANGUAGES),
        entry.worded("phone", LANGUAGES),
        entry.text("url"),
        entry.in_languages("hours", LANGUAGES),
    )
