"""Whether a contact may be sent messages: who ended it, when and why, and how it begins again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.conversation.outbox import DANGER
from bot.db.tables import Contact


class OptedOut(StrEnum):
    """How a contact came to get no more messages."""

    ASKED = "asked"  # in words that we confirmed
    CARRIER = "carrier"  # with a word of the carrier, which confirmed and blocks it itself
    BLOCKED = "blocked"  # blocked or left the bot
    REFUSED = "refused"  # the provider says that they have opted out


def opt_out(contact: Contact, why: OptedOut) -> None:
    """Nothing is sent any more, until the contact asks for it. The first reason and time stay, but a carrier's block is
    one whatever they had asked of us in words.
    """
    if contact.opted_out_at is None:
        contact.opted_out_at, contact.opted_out_why = datetime.now(UTC), why
    elif contact.opted_out_why == OptedOut.ASKED and why in (OptedOut.CARRIER, OptedOut.REFUSED):
        contact.opted_out_why = why


def opt_in(contact: Contact) -> None:
    """The contact asks for messages again: updates, too, whatever was declined before."""
    contact.opted_out_at = contact.opted_out_why = contact.disowned_at = None
    if contact.wants_updates is False:
        contact.wants_updates = None


def answer_again(contact: Contact) -> None:
    """Who had stopped and writes to us is answered, but a wish to hear nothing unasked is for ever."""
    if contact.opted_out_why != OptedOut.BLOCKED:
        contact.wants_updates = False
    contact.opted_out_at = contact.opted_out_why = None


class Barrier(StrEnum):
    """Why a contact cannot be texted, or will not be told of updates."""

    ASKED = "asked"
    CARRIER = "carrier"
    BLOCKED = "blocked"
    REFUSED = "refused"
    NOT_THEIRS = "not_theirs"
    GIVEN_UP = "given_up"  # the number is nobody's now, or a stranger's
    UNREACHABLE = "unreachable"
    DECLINED = "declined"  # updates only: said no to them

    @property
    def sentence(self) -> str:
        """For staff, to be followed by "since …"."""
        return _SENTENCES[self]


_SENTENCES = {
    Barrier.ASKED: "asked in words to get no more messages",
    Barrier.CARRIER: "texted STOP",
    Barrier.BLOCKED: "blocked the bot",
    Barrier.REFUSED: "has opted out at the carrier",
    Barrier.NOT_THEIRS: "says that the report is not theirs (wrong number)",
    Barrier.GIVEN_UP: "gave up this number",
    Barrier.UNREACHABLE: "cannot be reached",
    Barrier.DECLINED: "does not want updates",
}


_FOR_CERTAIN = (Barrier.ASKED, Barrier.CARRIER, Barrier.BLOCKED, Barrier.REFUSED, Barrier.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class CannotBeTexted:
    """What keeps a message from a contact."""

    why: Barrier
    since: datetime | None  # None: not known
    detail: str = ""  # the provider's reason of an unreachable number

    @property
    def blocks(self) -> bool:
        """Whether nothing at all is sent; otherwise it is likely in vain, or unwelcome."""
        return self.why in _FOR_CERTAIN

    @property
    def ends_with_start(self) -> bool:
        """Whether the resident can take it back with START."""
        return self.blocks and self.why is not Barrier.GIVEN_UP

    @property
    def keeps_updates(self) -> bool:
        """Whether updates are not even tried: who could not be reached yesterday may be today."""
        return self.why is not Barrier.UNREACHABLE

    @property
    def sentence(self) -> str:
        """For staff, after "the resident"; of an answer in a terminal or on a page, not of a message."""
        return f"{self.why.sentence}: {self.detail}" if self.detail else self.why.sentence

    @property
    def dated(self) -> str:
        """The sentence with the day (UTC) since when."""
        return f"{self.sentence}, since {self.since:%Y-%m-%d}" if self.since else self.sentence


def cannot_be_texted(contact: Contact) -> CannotBeTexted | None:
    """Why staff cannot, or should not, write to a contact; None when nothing speaks against it."""
    if contact.given_up_at is not None:  # before all else: whatever they wished, somebody else reads it now
        return CannotBeTexted(Barrier.GIVEN_UP, contact.given_up_at)
    if contact.opted_out_at is not None:
        return CannotBeTexted(Barrier(contact.opted_out_why or OptedOut.ASKED), contact.opted_out_at)
    if contact.disowned_at is not None and contact.wants_updates is False:
        return CannotBeTexted(Barrier.NOT_THEIRS, contact.disowned_at)
    if contact.unreachable_at is not None:
        return CannotBeTexted(Barrier.UNREACHABLE, contact.unreachable_at, contact.unreachable_why or "")
    return None


def is_not_told(contact: Contact) -> CannotBeTexted | None:
    """Why a contact does not hear of an update of a request they follow."""
    if (barrier := cannot_be_texted(contact)) is not None:
        return barrier
    return CannotBeTexted(Barrier.DECLINED, None) if contact.wants_updates is False else None


def is_blocked(contact: Contact) -> bool:
    """Whether nothing at all is sent to a contact."""
    barrier = cannot_be_texted(contact)
    return barrier is not None and barrier.blocks


def withheld(contact: Contact, kind: str) -> CannotBeTexted | None:
    """Why a message of this kind (see `bot.conversation.outbox.queue_replies`) is not sent to a contact; None when it is.

    What confirms a STOP still goes out, but not to a stranger. What answers danger goes to who asked only us to stop: they
    have just written, and it is an answer.
    """
    barrier = cannot_be_texted(contact)
    if barrier is None or not barrier.blocks:
        return None
    passes = (kind == "consent" and barrier.why is not Barrier.GIVEN_UP) or (
        kind == DANGER and barrier.why is Barrier.ASKED
    )
    return None if passes else barrier
