"""What needs doing first: said in SQL, of the same conditions as tags, counts and filters."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import ColumnElement, case, literal

from bot.cases.promises import is_due_soon, is_overdue
from bot.cases.resident_news import News, has_news
from bot.cases.status import FINISHED
from bot.db.tables import ServiceRequest


class Need(IntEnum):
    """How much somebody should look at a request, the most first."""

    NOT_FIXED = 0  # done once, and its resident says it is not
    ADDED = 1  # a resident wrote, and nobody has answered by a change
    OVERDUE = 2
    SOON = 3
    NONE = 4  # new, under way, waiting, or over


def need(now: datetime) -> ColumnElement[int]:
    """What to sort by. `now` is aware.

    What has ended comes first in it, since it is nearly all of an old table and nothing more is asked of it then.
    """
    return case(
        (ServiceRequest.status.in_(sorted(FINISHED)), literal(int(Need.NONE))),
        (has_news(News.NOT_FIXED), literal(int(Need.NOT_FIXED))),
        (has_news(News.ADDED), literal(int(Need.ADDED))),
        (is_overdue(now), literal(int(Need.OVERDUE))),
        (is_due_soon(now), literal(int(Need.SOON))),
        else_=literal(int(Need.NONE)),
    )


def pressing_day(now: datetime) -> ColumnElement[date]:
    """The day promised of what is overdue or due soon, to sort by among those of one need; the last of all days for the rest.

    `now` is aware.
    """
    return case((is_overdue(now) | is_due_soon(now), ServiceRequest.due_on), else_=literal(date.max))
