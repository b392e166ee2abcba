"""What somebody does to a request in one go: each act is a form of its own that asks for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.status import FINISHED, Resolution, Status
from bot.cases.telling import key_of, rule_of
from bot.cases.updates import MAX_PUBLIC_TEXT, is_public, is_resolving
from bot.channels.messages import Channel
from bot.channels.twilio.gsm7 import segments
from bot.city.current import ready_words
from bot.city.ready_words import ReadyWords
from bot.conversation.reach import Reach, reach_of_request
from bot.db.tables import ServiceRequest, Update
from bot.delivery.notices.wording import Reading, readings
from bot.delivery.push import event_of
from bot.web.access import Posted
from bot.web.console.change_form import ChangeForm


class Act(StrEnum):
    """The forms of the page, in their order."""

    STATUS = "status"  # another status, with what its residents read of it
    MESSAGE = "message"  # words or photos for the resident
    ASK = "ask"  # a question: the request waits for its answer
    NOTE = "note"  # for staff alone
    HOLDER = "holder"  # who has it
    DAY = "day"  # another day is promised

    @classmethod
    def read(cls, post: Posted) -> Act:
        """Which form was sent; a form without a name is the whole of it, with a status."""
        try:
            return cls(post.text("act"))
        except ValueError:
            return cls.STATUS

    def status(self, post: Posted) -> Status:
        """Where the request stands after it. Raises `ValueError`."""
        if self is Act.ASK:
            return Status.WAITING
        return Status(post.text("status" if self is Act.STATUS else "from_status"))


@dataclass(frozen=True, slots=True)
class Preview:
    """What goes out by a form as it is filled in."""

    says: bool  # anything at all
    reach: Reach
    readings: tuple[Reading, ...] = ()  # what each group of residents reads

    @property
    def parts(self) -> int | None:
        """SMS of the longest text, as Twilio counts it; None where nobody is told by SMS."""
        return max(
            (segments(one.text) for one in self.readings if one.group.channel == Channel.SMS), default=None
        )


async def preview(session: AsyncSession, row: ServiceRequest, form: ChangeForm, photos: int = 0) -> Preview:
    """The exact words that a form would send, in the language of each who is told; nothing is kept. `photos`: chosen so far."""
    update = _as_it_would_be(row, form)
    reach = await reach_of_request(session, row.id)
    if not is_public(update, photos):
        return Preview(says=False, reach=reach)
    rule = await rule_of(session, key_of(update))
    spoken = bool(update.public_text or update.due_on or photos)
    if not rule.tells(reporter=True, spoken=spoken):
        return Preview(says=True, reach=reach)
    event = event_of(row, update, resolving=is_resolving(update), took_back=True)
    return Preview(True, reach, await readings(session, event, reach, datetime.now(UTC)))


def _as_it_would_be(row: ServiceRequest, form: ChangeForm) -> Update:
    """The entry of the history that the form would make, as far as it is filled in; it is never kept."""
    status = form.status or Status(row.status)
    ends = status is not Status(row.status) and status in FINISHED
    return Update(
        from_status=row.status,
        to_status=status,
        resolution=_resolution(form, status, row) if ends else None,
        referred_to=form.referred_to if ends else "",
        public_text=form.public_text[:MAX_PUBLIC_TEXT],
        due_on=form.day if form.day != row.due_on and not form.is_past else None,
    )


def _resolution(form: ChangeForm, status: Status, row: ServiceRequest) -> Resolution:
    if status is Status.RESOLVED:
        return Resolution.FIXED
    plain = Resolution.FIXED if row.status == Status.RESOLVED else Resolution.WILL_NOT_DO
    return form.resolution or plain


def words_to_begin_with(act: Act) -> tuple[ReadyWords, ...]:
    """The pack's own texts for an act; with a new status those of every status."""
    if act is Act.STATUS:
        return tuple(one for one in ready_words() if one.use not in (Act.MESSAGE, Act.ASK))
    return tuple(one for one in ready_words() if one.use == act)
