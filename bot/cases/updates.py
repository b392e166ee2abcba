"""Changing a request: moved in its one way, photos of the work attached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.assignment import Assignment, assignment_of
from bot.cases.lookup import find_request, lock_request
from bot.cases.mentions import keep_mentions, see_mentions_on
from bot.cases.moves import Move, check_move, move
from bot.cases.people import person_of
from bot.cases.status import FINISHED, JoinedError, Resolution, Status, UnexplainedError
from bot.city.current import calendar
from bot.db.tables import Contact, Conversation, RequestPhoto, ServiceRequest, Subscriber, Update

MAX_PUBLIC_TEXT = 600  # characters: a push fits few SMS segments, and Twilio ends at 1,600


@dataclass(frozen=True, slots=True)
class Change:
    """What staff (or another system) want to change and say."""

    reference: str
    status: Status
    author: str  # "staff:<username>" or "system"
    public_text: str = ""
    internal_note: str = ""
    photo_ids: tuple[int, ...] = ()  # of the work, shown to the resident
    resolution: Resolution | None = None  # of an end; None: the plain one of its status
    referred_to: str = ""  # whose it is, where it is not ours
    urgent: bool = False  # told at night, too
    due_on: date | None = None  # another day by which it is promised
    assignment: Assignment | None = None  # who has it from now on; None: as before
    done_elsewhere: bool = False  # another system tells what happened: nobody there can be asked for more
    silent: bool = False  # nobody is told: what follows at once is the news
    passes_back: bool = False  # a crew should not have it


class NothingToChangeError(ValueError):
    """The change has no new status, no text, no note, no photo and no other hands."""


class PastDayError(ValueError):
    """The day that is promised is over."""

    def __init__(self) -> None:
        super().__init__("A day that is over cannot be promised.")


async def change_request(session: AsyncSession, change: Change, now: datetime | None = None) -> Update:
    """Write one update of a request. `now` is aware; None: the time it is.

    Raises `UnknownRequestError`, `TransitionError`, `UnexplainedError`, `NothingToChangeError`, `PastDayError`, what
    `assign` raises, or `ValueError` for a text that is too long. The row is locked, so two people who change it at once go one after the other.
    """
    request = await find_request(session, change.reference)
    await lock_request(session, request)
    step = await _step_of(session, request, change, now or datetime.now(UTC))
    update = await move(session, request, step, now)
    await see_mentions_on(session, request.id, change.author, update.created_at)
    await keep_mentions(session, update)
    for photo_id in dict.fromkeys(change.photo_ids):
        session.add(
            RequestPhoto(
                request_id=request.id,
                photo_id=photo_id,
                kind="completion",
                update_id=update.id,
                created_at=update.created_at,
            )
        )
    return update


async def check_change(session: AsyncSession, request: ServiceRequest, change: Change, now: datetime) -> None:
    """Raise what `change_request` would, and change nothing. Whether there is whom it is given to is not looked up. `now` is aware.

    `request.photos` and `request.updates` are loaded, as `find_request` does.
    """
    check_move(request, await _step_of(session, request, change, now))


async def _step_of(session: AsyncSession, request: ServiceRequest, change: Change, now: datetime) -> Move:
    """The move that a change asks for. Raises what is wrong with the change itself."""
    current = Status(request.status)
    # The end of what has ended may be put right, but not that of one that stands for another by now.
    otherwise = current in FINISHED and change.resolution not in (None, request.resolution)
    if request.merged_into_id is not None and (change.status is not current or otherwise):
        raise JoinedError
    if change.status is Status.CLOSED and change.resolution is Resolution.DUPLICATE:
        _check_joined(request)
    if len(change.public_text) > MAX_PUBLIC_TEXT:
        raise ValueError(f"The public text may have {MAX_PUBLIC_TEXT} characters at most.")
    another_day = change.due_on if change.due_on != request.due_on else None
    past = another_day is not None and another_day < now.astimezone(calendar().time_zone).date()
    if past and not change.done_elsewhere:
        raise PastDayError
    says = change.public_text or change.internal_note or change.photo_ids or another_day
    wanted = change.assignment
    given = wanted is not None and wanted.tidied() != await assignment_of(session, request)
    if change.status is current and not (says or given or otherwise):
        raise NothingToChangeError("Nothing to change: choose another status, or write a text.")
    return Move(
        change.status,
        change.author,
        change.resolution,
        change.referred_to,
        change.public_text,
        change.internal_note,
        pictures=bool(change.photo_ids),
        due_on=another_day,
        assignment=wanted if given else None,
        done_elsewhere=change.done_elsewhere,
        passes_back=change.passes_back,
    )


def _check_joined(request: ServiceRequest) -> None:
    """Raise `UnexplainedError` for a duplicate of nothing: nobody would follow what goes on, nor find it.

    `bot.cases.merging` is the way. What ended so before there were joins stays.
    """
    if request.merged_into_id is None and request.resolution != Resolution.DUPLICATE:
        raise UnexplainedError("duplicate_of", "A duplicate is joined with the request that it repeats.")


def is_public(update: Update, photo_count: int) -> bool:
    """Whether residents hear of it: a new status or end, a public text, a photo or another day. A note alone is internal.

    So is who has it: residents are owed what happens, not our desks, and a department's name alone reads like a mistake
    ("your report is now with Police", of a dead raccoon). Staff who want it known write a word. That work which is done is closed for good is
    no news.
    """
    moved = update.from_status != update.to_status or update.resolution is not None
    for_good = update.from_status == Status.RESOLVED and update.resolution == Resolution.FIXED
    return bool((moved and not for_good) or update.public_text or photo_count or update.due_on)


def is_resolving(update: Update) -> bool:
    """Whether this update ends the work, so that the resident is asked whether it is fixed."""
    return update.to_status == Status.RESOLVED and update.from_status not in FINISHED


async def subscribed_conversations(session: AsyncSession, request_id: int) -> list[int]:
    """Ids of the conversations that follow a request and want to hear of it: of each person one."""
    rows = await session.scalars(
        select(Subscriber.conversation_id)
        .where(Subscriber.id.in_(one_of_each_person(Subscriber.request_id == request_id)))
        .where(Subscriber.muted_at.is_(None))
        .order_by(Subscriber.id)
    )
    return list(rows)


def one_of_each_person(*following: ColumnElement[bool]) -> Select[int]:
    """Ids of the subscribers that are told, of those meant by `following`: of a person with several conversations one.

    The one in which they can be told, else the one that followed first; of several requests the newest.
    """
    person = person_of()
    stopped = or_(
        Contact.opted_out_at.is_not(None), Contact.given_up_at.is_not(None), Contact.wants_updates.is_(False)
    )
    return (
        select(Subscriber.id)
        .join(Conversation, Conversation.id == Subscriber.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(*following)
        .ext(distinct_on(person))
        .order_by(
            person,
            Subscriber.muted_at.is_not(None),
            stopped,
            Contact.unreachable_at.is_not(None),
            Subscriber.request_id.desc(),
            Subscriber.id,
        )
    )
