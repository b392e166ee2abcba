"""How far a message has come, part by part. A long text goes out in several, and each has its own id and receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from bot.channels.messages import Channel, PictureFault
from bot.conversation.states import OutboundState
from bot.db.tables import Message

# A reply that could not be handed over for so long would come out of the blue: staff see it as failed.
GIVE_UP_AFTER = timedelta(hours=24)
UNCONFIRMED = "unconfirmed"  # the detail of a message of which nobody can say whether it went out


@dataclass(frozen=True, slots=True)
class WithoutPictures:
    """That a message goes without its pictures, and why."""

    since: str  # our words; nothing private
    link: bool  # whether a link to them is any use


@dataclass(frozen=True, slots=True)
class Progress:
    """Kept in the payload of a message. Parts are counted from 0."""

    ids: tuple[str, ...] = ()  # the providers' ids of what counts
    replaced: tuple[str, ...] = ()  # of what was sent before and no longer counts
    sent: int = 0  # parts that need not be sent again
    parts: int = 1  # in all
    picture_part: int | None = None  # the first part with a picture
    failed: tuple[int, ...] = ()  # parts that did not arrive
    without: WithoutPictures | None = None
    again: int | None = None  # from which part on it is to be sent once more, when its time has come

    @classmethod
    def of(cls, payload: dict[str, Any]) -> Self:
        without = payload.get("without_pictures")
        ids = tuple(payload.get("provider_ids", ()))
        return cls(
            ids=ids,
            replaced=tuple(payload.get("replaced_ids", ())),
            sent=int(payload.get("parts_sent", 0)),
            parts=int(payload.get("parts", len(ids) or 1)),
            picture_part=payload.get("picture_part"),
            failed=tuple(payload.get("failed_parts", ())),
            without=WithoutPictures(str(without["since"]), bool(without["link"])) if without else None,
            again=payload.get("again_from"),
        )

    def stored(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with this progress in it."""
        kept = {
            "provider_ids": list(self.ids),
            "replaced_ids": list(self.replaced),
            "failed_parts": list(self.failed),
            "picture_part": self.picture_part,
            "without_pictures": self.without and {"since": self.without.since, "link": self.without.link},
            "again_from": self.again,
        }
        rest = {name: value for name, value in payload.items() if name not in kept}
        said = {name: value for name, value in kept.items() if value not in (None, [])}
        return {**rest, **said, "parts_sent": self.sent, "parts": self.parts}

    def with_ids(self, ids: tuple[str, ...]) -> Self:
        """Ids learned more than once (of a late answer, of a look-up) count once."""
        new = tuple(dict.fromkeys(one for one in ids if one not in self.ids and one not in self.replaced))
        return replace(self, ids=(*self.ids, *new))

    def from_part(self, part: int) -> Self:
        """As if `part` and those after it had not been sent: they follow once more."""
        return replace(
            self,
            ids=self.ids[:part],
            replaced=(*self.replaced, *self.ids[part:]),
            sent=part,
            failed=(),
            again=None,
        )

    @property
    def next_part(self) -> int:
        """Where the next attempt starts."""
        return self.sent if self.again is None else self.again


def deadline(message: Message) -> datetime:
    """Until when a message is worth handing over."""
    return (message.queued_at or message.created_at) + GIVE_UP_AFTER


def queue_again(message: Message, progress: Progress) -> None:
    """Put a message back into the queue, to be sent as `progress` says, with a day of its own."""
    message.payload = progress.stored(message.payload)
    message.state = OutboundState.QUEUED
    message.queued_at = datetime.now(UTC)
    message.not_before = None
    message.faults = 0


def go_without_pictures(message: Message, since: str, fault: PictureFault | None, start: int) -> bool:
    """Queue the words alone from part `start` on. False where there is nothing to say without the pictures."""
    progress = Progress.of(message.payload)
    link = fault is PictureFault.REFUSED and message.channel == Channel.SMS
    words = bool(message.body.strip() or message.payload.get("options"))
    if progress.without or not (words or link):
        return False
    # The day is not begun anew: words that were refused in the end must not come out of the blue.
    began = message.queued_at
    queue_again(message, replace(progress.from_part(start), without=WithoutPictures(since, link)))
    message.queued_at = began
    return True
