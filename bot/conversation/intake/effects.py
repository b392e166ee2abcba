"""What a turn asks of the rest of the city, beside words: carried out by the action, then said."""

from __future__ import annotations

from dataclasses import dataclass

from bot.city.location import Location
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.similar import Similar


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Look up one request of the conversation, or its last ones, and say how they stand, or what is in the newest."""

    reference: str | None = None
    contents: bool = False  # their words and photos, not how it stands
    before: str | None = None  # only those that are older than this one
    whose: bool = False  # as what it is filed and with whom it is


@dataclass(frozen=True, slots=True)
class AddToRequest:
    """Photos and words for a request that is filed."""

    reference: str | None  # None: the newest this conversation follows
    photos: tuple[int, ...] = ()
    words: str = ""
    location: Location | None = None  # where they say it is, when that is what they add
    for_staff: bool = False  # a wish to change or withdraw it, which people decide
    asks: bool = False  # a question that we cannot answer: people do
    said_as: str = ""  # the response that tells of it, in place of the usual one
    urgent: bool = False  # they say that it cannot wait
    whole: bool = False  # the words are kept to the last: a yes in front of them is what was asked for


@dataclass(frozen=True, slots=True)
class PutRight:
    """Another place for a request that is filed, while nobody works on it yet; the words go with it."""

    reference: str
    location: Location
    words: str


@dataclass(frozen=True, slots=True)
class Rename:
    """Another service for a request that is filed, while nobody works on it yet; the words go with it."""

    reference: str
    service: str
    words: str


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """The answer to a follow-up question about a request that is filed."""

    reference: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow an open request instead of filing the draft; the draft's words and photos go with it."""

    draft: Draft
    similar: Similar


@dataclass(frozen=True, slots=True)
class FollowNamed:
    """Follow a request of somebody else by the number that its page shows."""

    reference: str


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """The resident's word on a finished request."""

    reference: str
    verdict: str | None = None  # "fixed" or "not_fixed"; the latter reopens
    rating: int | None = None  # 1 to 5
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A new request about one that ended too long ago to be opened again."""

    reference: str
    words: str = ""
    photos: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a request of theirs back."""

    reference: str
    words: str = ""  # with which it was wished


@dataclass(frozen=True, slots=True)
class Mute:
    """No more updates of one request."""

    reference: str


@dataclass(frozen=True, slots=True)
class Disown:
    """The number says that a request it was told of is not theirs: it leaves it alone."""

    reference: str


@dataclass(frozen=True, slots=True)
class MakeCode:
    """A one-time code that joins another conversation with this one."""


@dataclass(frozen=True, slots=True)
class TryCode:
    """See whether a code is one of another conversation, and ask whether the two are to be joined."""

    code: str


@dataclass(frozen=True, slots=True)
class JoinConversations:
    """Make this conversation and the one of a code one person's."""

    code_id: int
    other: int  # the conversation in which it was made


@dataclass(frozen=True, slots=True)
class PartConversations:
    """Let this conversation stand by itself again."""


Effect = (
    TellStatus | AddToRequest | PutRight | Rename | AnswerQuestion | Follow | FollowNamed | GiveFeedback | FollowUp | Withdraw | Mute
    | Disown | MakeCode | TryCode | JoinConversations | PartConversations
)  # fmt: skip
