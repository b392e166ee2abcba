"""When staff are mailed, by the city's own clock and calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.cases.mail_choices import Topic
from bot.cases.week import monday_of
from bot.city.current import calendar

MORNING = time(8)
# What has not gone out by then is of no use: the next morning tells anew.
EVENING = time(18)
_DAY = timedelta(days=1)


def due_topics(now: datetime) -> Iterator[tuple[Topic, date]]:
    """What is due at this time, and the day of the city it is of. `now` is aware.

    What is not fixed, what was added, what names them and what runs late on each working day from the morning to the evening; the figures of a week on the first working day
    of the next one, which is Monday but for holidays.
    """
    local = now.astimezone(calendar().time_zone)
    today = local.date()
    if not (MORNING <= local.time() < EVENING and calendar().is_working(today)):
        return
    yield Topic.NOT_FIXED, today
    yield Topic.ADDED, today
    yield Topic.MENTIONED, today
    yield Topic.LATE, today
    if _is_first_of_week(today):
        yield Topic.WEEK, today


def evening_of(day: date) -> datetime:
    """Until when a mail of that day is worth sending, as aware UTC."""
    return datetime.combine(day, EVENING, calendar().time_zone).astimezone(UTC)


def _is_first_of_week(today: date) -> bool:
    monday = monday_of(today)
    before = (monday + _DAY * number for number in range((today - monday).days))
    return not any(map(calendar().is_working, before))
