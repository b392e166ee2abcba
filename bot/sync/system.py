"""The shape that every other system has for us, and what passes between it and us, as plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.cases.status import Resolution, Status


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands, as both sides are compared."""

    status: Status
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Words that go there once: what a resident added, what staff said, a verdict."""

    marker: str  # "a17": kind and id, unique for the installation; found again in their words
    words: str
    public: bool  # for whoever reads over the shoulder of the resident; else for staff alone
    at: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that goes there."""

    photo_id: int
    sha256: str
    name: str  # of the file: what it shows, and our id, by which it is found again


@dataclass(frozen=True, slots=True)
class Ours:
    """A request as it is told to another system."""

    request_id: int
    reference: str
    service_code: str
    summary: str  # one line
    description: str  # the resident's words, the place and what else was told
    answers: Mapping[str, str]  # code of a question → what was answered
    address: str
    lat: float | None
    lon: float | None
    neighborhood: str
    channel: str
    language: str
    created_at: datetime
    standing: Standing
    department: str
    due_on: date | None
    last_words: str  # public, of the newest move: an end wants them
    entries: tuple[Entry, ...]  # all of them, oldest first
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class TheirWords:
    """Something written there."""

    id: str
    words: str  # plain
    public: bool  # the map says that its field is
    author: str  # their user name


@dataclass(frozen=True, slots=True)
class TheirFile:
    """A file at their record."""

    id: str
    name: str
    content_type: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A record of theirs as it was read."""

    id: str
    number: str
    version: str  # another one after every change
    facts: Mapping[
        str, str
    ]  # "standing", "department", "person", "due": their raw values, compared with themselves
    standing: Standing | None  # what the map makes of it; None: a state that it does not name
    department: str | None  # None: a group that the map does not name
    person: str  # of theirs who has it, as people call them; "" for nobody
    due_on: date | None
    closing_words: str  # public, of an end
    changed_by: str  # their user name
    read_only: bool  # closed for good
    words: tuple[TheirWords, ...] = ()
    files: tuple[TheirFile, ...] = ()
    unnamed: str = ""  # how it ended there, in a code that the map does not name: then there is no standing


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that changed there: whose it is will be looked up."""

    id: str
    version: str = ""  # of the record as it stands; "": only a part of it is told
    part: str = ""  # id of words or a file that came to it, which by itself may change no version


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes since the last look, and how far that look came, in their own times."""

    changed: Sequence[Changed]
    read_until: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that `cityline sync check` found."""

    wrong: bool  # False: worth knowing
    sentence: str


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a write."""

    record: Record
    not_taken: tuple[str, ...] = field(default=())  # their fields that do not hold what we wrote
    left_out: Mapping[str, str] = field(
        default_factory=dict
    )  # fact that could not be written → why, a sentence for staff


# Ids of the records that are not over, the newest first: for a system that cannot say what changed.
Followed = Callable[[], Awaitable[Sequence[str]]]


class System(Protocol):
    """A system in which requests are worked. Everything raises a `SyncError`; used in the event loop it was opened in."""

    @property
    def name(self) -> str:
        """As settings, tables and history have it: "servicenow"."""

    async def find(self, key: str, ours: Ours, *, tried: bool) -> str | None:
        """The id of the record that we made with this key; None where there is none. `tried`: making it was begun before."""

    async def create(self, key: str, ours: Ours, *, follows: str | None = None) -> Written:
        """A new record. `follows`: the closed one that it goes on from."""

    async def read(self, record_id: str) -> Record:
        """A record with its words and files."""

    def facts_of(self, ours: Ours) -> Mapping[str, str]:
        """What `write` would make the facts there; those that cannot be told are left out."""

    async def write(self, record_id: str, ours: Ours, names: frozenset[str]) -> Written:
        """Make the named facts theirs."""

    async def say(self, record_id: str, entry: Entry) -> bool:
        """Write words; the marker goes with them. False where they take none of this kind."""

    async def attach(self, record_id: str, picture: Picture, content: bytes) -> str | None:
        """Put a JPEG there; gives the id of their file, None where they take none."""

    async def fetch(self, file: TheirFile) -> bytes:
        """The bytes of a file."""

    async def changes(self, read_until: Mapping[str, str], followed: Followed) -> Batch:
        """What changed there since the last look. May tell the same change twice, and never misses one."""

    def check(self) -> AsyncIterator[Complaint]:
        """Compare the map with what the live system says of itself."""

    def page_of(self, record_id: str) -> str:
        """Where their staff see it; "" where nobody can."""

    async def aclose(self) -> None: ...
