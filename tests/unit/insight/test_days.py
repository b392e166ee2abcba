"""A period is read once: no day of it is missing, and none is counted twice."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.question import ReportQuestion
from bot.insight.days import ONE, Days, cover, next_month, stretches, whole_months
from bot.insight.talk import STAGE_OF
from tests.exploring import examples

DAY = st.dates(date(2020, 1, 1), date(2029, 12, 31))


def _each(days: Days) -> list[date]:
    return [days.first + ONE * number for number in range(len(days))]


@given(first=DAY, length=st.integers(1, 800), through=DAY | st.none())
@examples(200)
def test_every_day_of_a_period_is_read_from_one_place(first: date, length: int, through: date | None) -> None:
    period = Days(first, first + ONE * (length - 1))
    parts = cover(period, through)
    months = _each(parts.months)
    read = [*months, *(day for days in parts.single for day in _each(days)), *_each(parts.live)]
    assert sorted(read) == _each(period)
    assert all(through is not None and day <= through for day in read if day not in _each(parts.live))
    assert not months or (months[0].day == 1 and next_month(months[-1]) == months[-1] + ONE)


@given(days=st.lists(DAY, max_size=40), most=st.integers(1, 10))
@examples(100)
def test_days_in_a_row_are_counted_together_and_no_day_twice(days: list[date], most: int) -> None:
    found = list(stretches(days, most))
    assert [day for stretch in found for day in _each(stretch)] == sorted(set(days))
    assert all(1 <= len(stretch) <= most for stretch in found)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert Days(date(2026, 3, 1), date(2026, 3, 31)).before == Days(date(2026, 1, 29), date(2026, 2, 28))


def test_only_months_that_are_over_are_summed_up() -> None:
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 5)]
    assert whole_months(days, date(2026, 10, 31)) == [date(2026, 9, 1), date(2026, 10, 1)]
    assert whole_months(days, date(2026, 10, 30)) == [date(2026, 9, 1)]


def test_the_days_of_the_city_are_as_long_as_its_clock_makes_them() -> None:
    day = date(2026, 11, 1)  # on which the clocks go back
    assert Days(day, day).end - Days(day, day).start == timedelta(hours=25)


def report_questions() -> set[str]:
    """The names of all questions of a report."""
    found: set[str] = set()
    kinds = [ReportQuestion]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= {kind.name} if "name" in vars(kind) else set()
    return found


def test_how_far_a_report_had_come_is_known_of_every_question_of_it() -> None:
    from bot.conversation.talk import converse  # noqa: F401 - brings in all questions

    assert report_questions() == set(STAGE_OF)
