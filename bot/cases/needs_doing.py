"""What needs doing first, and why: said in SQL, of the same conditions as tags, counts and filters.

None of them looks further than the row of a request, but for the conversations that wait for a person, who are few: see the columns that
triggers keep (`ServiceRequest.staff_at` and those beside it).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import IntEnum, StrEnum

from sqlalchemy import ColumnElement, and_, case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.promises import is_due_soon, is_overdue
from bot.cases.resident_news import News, has_news
from bot.cases.status import ACTIVE, FINISHED, Status
from bot.db.tables import Conversation, Danger, ServiceRequest


class Need(IntEnum):
    """How much somebody should look at a request, the most first."""

    DANGER = 0  # its resident told of danger, and nobody has said that they see to it
    NOT_FIXED = 1  # done once, and its resident says it is not
    URGENT = 2  # its resident says that it cannot wait
    ADDED = 3  # a resident wrote, and nobody has answered by a change
    PASSED_BACK = 4  # by a crew that should not have it
    PERSON = 5  # its conversation waits for a person
    OVERDUE = 6
    SOON = 7
    NONE = 8  # new, under way, or waiting
    ENDED = 9


class Why(StrEnum):
    """Why a request needs somebody now, in the order in which it is told."""

    DANGER = "danger"  # its resident told of danger, and nobody has said that they see to it
    NOT_FIXED = "not_fixed"  # and nobody has begun with it again
    ASKED = "asked"  # a resident asks staff, and nobody has answered by a change
    WROTE = "wrote"  # a resident added something since staff changed it
    PASSED_BACK = "passed_back"  # by a crew that should not have it
    PERSON = "person"  # its conversation waits for a person
    OVERDUE = "overdue"
    NEW = "new"  # nobody of staff has touched it, and nobody has it


def need(now: datetime) -> ColumnElement[int]:
    """What to sort by. `now` is aware.

    What has ended comes first in it, since it is nearly all of an old table and nothing more is asked of it then.
    """
    return case(
        (ServiceRequest.status.in_(sorted(FINISHED)), literal(int(Need.ENDED))),
        (_is_in_danger(), literal(int(Need.DANGER))),
        (has_news(News.NOT_FIXED), literal(int(Need.NOT_FIXED))),
        (ServiceRequest.urgent_at.is_not(None), literal(int(Need.URGENT))),
        (has_news(News.ADDED), literal(int(Need.ADDED))),
        (ServiceRequest.passed_back_at.is_not(None), literal(int(Need.PASSED_BACK))),
        (_waits_for_a_person(), literal(int(Need.PERSON))),
        (is_overdue(now), literal(int(Need.OVERDUE))),
        (is_due_soon(now), literal(int(Need.SOON))),
        else_=literal(int(Need.NONE)),
    )


def pressing_day(now: datetime) -> ColumnElement[date]:
    """The day promised of what is overdue or due soon, to sort by among those of one need; the last of all days for the rest.

    `now` is aware.
    """
    return case((is_overdue(now) | is_due_soon(now), ServiceRequest.due_on), else_=literal(date.max))


def reasons(now: datetime) -> Mapping[Why, ColumnElement[bool]]:
    """The condition of each reason, of requests that go on. `now` is aware."""
    unanswered = or_(ServiceRequest.staff_at.is_(None), ServiceRequest.asked_at > ServiceRequest.staff_at)
    return {
        Why.DANGER: _is_in_danger(),
        Why.NOT_FIXED: and_(has_news(News.NOT_FIXED), ServiceRequest.status == Status.OPEN),
        Why.ASKED: and_(ServiceRequest.asked_at.is_not(None), unanswered),
        Why.WROTE: has_news(News.ADDED),
        Why.PASSED_BACK: ServiceRequest.passed_back_at.is_not(None),
        Why.PERSON: _waits_for_a_person(),
        Why.OVERDUE: is_overdue(now),
        Why.NEW: and_(
            ServiceRequest.status == Status.OPEN,
            ServiceRequest.staff_at.is_(None),
            ServiceRequest.assignee_id.is_(None),
            ServiceRequest.crew == "",
        ),
    }


def _is_in_danger() -> ColumnElement[bool]:
    told = select(Danger.conversation_id).where(Danger.acknowledged_at.is_(None))
    return ServiceRequest.conversation_id.in_(told)


def _waits_for_a_person() -> ColumnElement[bool]:
    waiting = select(Conversation.id).where(
        Conversation.wants_person_at.is_not(None), Conversation.taken_over_at.is_(None)
    )
    return ServiceRequest.conversation_id.in_(waiting)


def needs_somebody_now(now: datetime) -> ColumnElement[bool]:
    """The condition for requests that go on and that somebody of staff should look at for any reason. `now` is aware."""
    return and_(ServiceRequest.status.in_(sorted(ACTIVE)), or_(*reasons(now).values()))


async def whys(session: AsyncSession, ids: Collection[int], now: datetime) -> Mapping[int, tuple[Why, ...]]:
    """Request id → why it needs somebody; those that need nobody are not in it. In one question; `now` is aware."""
    by_reason = reasons(now)
    marks = [condition.label(reason) for reason, condition in by_reason.items()]
    rows = await session.execute(
        select(ServiceRequest.id, *marks).where(
            ServiceRequest.id.in_(ids), ServiceRequest.status.in_(sorted(ACTIVE))
        )
    )
    found = {
        row[0]: tuple(why for why, holds in zip(by_reason, row[1:], strict=True) if holds) for row in rows
    }
    return {request_id: why for request_id, why in found.items() if why}
