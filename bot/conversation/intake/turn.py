"""What one turn brings (as the engine understood it) and what we say to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.channels.messages import Option

# Intents that carry no words about the matter itself.
WORDLESS = ("affirm", "deny", "file", "change", "choose", "go_back", "skip", "send_photos", "share_location")


@dataclass(frozen=True, slots=True)
class Guess:
    """A service, or a question of the city, that the engine thinks is meant."""

    code: str
    confidence: float  # 0 to 1, calibrated


@dataclass(frozen=True, slots=True)
class PinSent:
    """A position from the resident's phone, degrees WGS 84."""

    lat: float
    lon: float
    name: str | None = None
    from_map: bool = False  # put on the map page of a report, not shared by the phone


@dataclass(frozen=True, slots=True)
class Problem:
    """One of several problems that a message tells of, as the engine split it."""

    text: str  # the words of it, out of the message
    service: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PhotoSpot:
    """Where a photo says it was taken, degrees WGS 84."""

    photo_id: int
    lat: float
    lon: float
    taken_at: datetime | None = None  # aware; None: the photo does not tell


@dataclass(frozen=True, slots=True)
class Caption:
    """The words that were sent with one photo."""

    photo_id: int
    text: str


class Wished(StrEnum):
    """What words may wish of our texts themselves, as the engine calls it (docs/nlu.md)."""

    STOP = "stop"  # to hear no more
    NOT_MINE = "not_mine"  # that it is somebody else's number, or report
    ERASE = "erase"  # to have what we know of them deleted


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a message, and what it may be as a reply by itself."""

    text: str
    replies: Mapping[str, float] = field(default_factory=dict)  # reading -> probability


@dataclass(frozen=True, slots=True)
class SideQuestion:
    """A question said in one breath with something else: "yes send it. who sees my number?"."""

    asked: Turn  # the question alone
    rest: Turn  # what the message says without it; all circumstances of the message are its own


@dataclass(frozen=True, slots=True)
class Besides:
    """One more thing told behind something else: "it works, thanks! but the bench is broken, too"."""

    told: Turn  # the one more thing alone
    rest: Turn  # what stands in front; all circumstances of the message are its own


@dataclass(frozen=True, slots=True)
class Denied:
    """What words say that it is not: "not a parked car. the posts. broken posts"."""

    denied: Turn  # the thing alone
    rest: Turn  # the words without it; all circumstances of the message are its own


@dataclass(frozen=True, slots=True)
class Turn:
    """What the resident said since we last spoke."""

    message_id: int  # of its first message; the draft it begins carries it as its id
    text: str  # the resident's own words, "" for a payload
    intent: str
    at: datetime  # aware UTC
    language: str = "en"  # of the conversation, this turn included
    guesses: tuple[Guess, ...] = ()  # best first, at most three
    problems: tuple[Problem, ...] = ()  # two or more, else none
    replies: Mapping[str, float] = field(default_factory=dict)  # as a reply: reading -> probability
    clauses: tuple[Clause, ...] = ()  # two or more, else none: see `bot.conversation.intake.clauses`
    questions: tuple[Guess, ...] = ()  # of the city, that it may ask; best first
    danger: frozenset[str] = frozenset()  # its kinds: see `bot.conversation.intake.danger`
    danger_alone: frozenset[str] = (
        frozenset()
    )  # kinds that count where nothing was asked before: then words are no answers
    wish: Wished | None = None  # of our texts themselves
    vague: bool = False
    photos: tuple[int, ...] = ()
    photo_spots: tuple[PhotoSpot, ...] = ()
    captions: tuple[Caption, ...] = ()  # which of its words came with which photo
    refused: tuple[str, ...] = ()  # why photos were not taken: "too_large", "not_an_image", …
    unseen: tuple[str, ...] = ()  # what came beside it that we cannot see: "video", "voice", "document", …
    pin: PinSent | None = None
    rating: int | None = None  # of a chosen option, 1 to 5
    choice: str | None = None  # what a chosen option stands for: "service:pothole", "place:1", …
    channel: str = "sms"
    first_contact: bool = False  # we never said who we are
    edited: bool = False  # the resident changed an earlier message
    taken_over: bool = False  # a person is talking: only danger is answered
    before: str = ""  # its words until then, where they are known
    about: str | None = None  # reference of the request that the message told of which it was written below
    side: SideQuestion | None = None  # how it reads with the question in it taken apart
    besides: Besides | None = None  # how it reads with what may be one more thing taken apart
    denied: Denied | None = None  # how it reads without what it says it is not
    aside: Turn | None = None  # a question to be answered besides: this turn is what is left of the message
    whole: str = ""  # the message as it was written, where a question was taken out of it

    @property
    def written(self) -> str:
        """The words as they stand in the message, with what was taken out of them as a question: without it they may say
        something else ("I drive a bus. will they tell my boss? he is strict"), and what only looked like one would be lost."""
        return self.whole if self.aside is not None and self.whole else self.text

    def kept(self) -> Turn:
        """What of it is worth keeping for later: the report, not the circumstances."""
        return replace(
            self,
            danger=frozenset(),
            danger_alone=frozenset(),
            wish=None,
            replies={},
            clauses=(),
            questions=(),
            side=None,
            besides=None,
            denied=None,
            aside=None,
            whole="",
            refused=(),
            unseen=(),
            rating=None,
            choice=None,
            first_contact=False,
            edited=False,
            about=None,
        )


@dataclass(frozen=True, slots=True)
class Say:
    """One response of domain.yml with its values. Says of a step make one message, unless `alone`."""

    response: str
    values: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()  # come before the response's own buttons
    custom: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = False
