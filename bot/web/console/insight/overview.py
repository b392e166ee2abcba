"""The first page: how much came, how much was done, when, and of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from bot.insight.days import ONE, Days
from bot.insight.reading import Reader
from bot.insight.talk import Kind
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.chart import Cell, Chart, Drawn, Row, by_size, number, share
from bot.web.console.insight.limits import half, steps
from bot.web.console.insight.page import Both, Page, named, tile, totals
from bot.web.console.insight.reports import ended_by_text, given_up_share
from bot.web.language import mark, say
from bot.web.templating import month, short_day, weekday

WEEKS_FROM, MONTHS_FROM = 46, 201  # days of a period from which on it is drawn so
WEEKDAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)
_RATINGS = tuple(f"rating_{stars}" for stars in range(1, 6))


async def overview(read: Reader, choice: Choice) -> Page:
    names = ("filed", "by_text", "done", "promised", "kept", *steps("word"), *_RATINGS)
    both = await totals(read, choice, names)
    now, before = await ended_by_text(read, choice.period), await ended_by_text(read, choice.period.before)
    tiles = (
        tile("filed", number(both.now["filed"]), number(both.before["filed"])),
        tile("given_up_share", given_up_share(now), given_up_share(before)),
        tile("done", number(both.now["done"]), number(both.before["done"])),
        tile("kept_share", *_shares(both, "kept", "promised")),
        tile("first_word", half(both.now, "word"), half(both.before, "word")),
        tile("rating", rating(both.now), rating(both.before)),
    )
    return Page(
        tiles, (await over_time(read, choice), await services(read, choice), await hours(read, choice))
    )


def _shares(both: Both, part: str, whole: str) -> tuple[Cell, Cell]:
    return share(both.now[part], both.now[whole]), share(both.before[part], both.before[whole])


def rating(counts: Mapping[str, int]) -> Cell:
    """The mean of the stars, and of how many."""
    given = {stars: counts[f"rating_{stars}"] for stars in range(1, 6)}
    many = sum(given.values())
    if not many:
        return Cell("", None)
    mean = sum(stars * count for stars, count in given.items()) / many
    return Cell(f"{mean:.1f} ({many:,})", round(mean, 2))


async def over_time(read: Reader, choice: Choice) -> Chart:
    """Filed and done by days, weeks or months, as long as the period is."""
    length = len(choice.period)
    by_months = length >= MONTHS_FROM
    step = _month if by_months else _week if length >= WEEKS_FROM else _itself
    counted = await read.requests(choice.period, ("filed", "done"), ("day",), months=by_months)
    filed, done = Counter[date](), Counter[date]()
    for (day,), sums in counted.items():
        filed[step(day)] += sums["filed"]
        done[step(day)] += sums["done"]
    rows = tuple(
        Row(_day_name(at, by_months, length), (number(filed[at]), number(done[at])))
        for at in _all(choice.period, step)
    )
    head = mark("Month") if by_months else mark("Week from") if step is _week else mark("Day")
    return Chart("over_time", (head, mark("Filed"), mark("Done")), rows, Drawn.LINE, (0, 1))


def _itself(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


def _all(period: Days, step: Callable[[date], date]) -> list[date]:
    days = [period.first + ONE * number for number in range(len(period))]
    return sorted({step(day) for day in days})


def _day_name(at: date, by_months: bool, length: int) -> str:
    if by_months:
        return month(at)
    return weekday(at).replace(",", "") if length < WEEKS_FROM else short_day(at)


async def services(read: Reader, choice: Choice) -> Chart:
    """What is filed, beside the period before."""
    now = await read.requests(choice.period, ("filed",), ("service_code",))
    before = await read.requests(choice.period.before, ("filed",), ("service_code",))
    return compared("services", "service_code", now, before)


def compared(
    name: str,
    column: str,
    now: dict[tuple[str, ...], dict[str, int]],
    before: dict[tuple[str, ...], dict[str, int]],
) -> Chart:
    """What was filed by the values of a column, the period before beside it."""
    rows = [
        Row(
            named(column, key[0]),
            (number(now.get(key, {}).get("filed", 0)), number(before.get(key, {}).get("filed", 0))),
        )
        for key in {*now, *before}
        if now.get(key, {}).get("filed") or before.get(key, {}).get("filed")
    ]
    head = {"service_code": mark("Service"), "neighborhood": mark("Neighborhood")}[column]
    return Chart(name, (head, mark("Filed"), mark("Period before")), by_size(rows), Drawn.BARS, (0, 1))


async def hours(read: Reader, choice: Choice) -> Chart:
    """A week of hours."""
    found = await read.talk(choice.period, (Kind.HOUR_FILED,))
    at = {int(key): many for (_, key), many in found.items()}
    rows = tuple(
        Row(say(day), tuple(number(at.get(24 * place + hour, 0)) for hour in range(24)))
        for place, day in enumerate(WEEKDAYS)
    )
    return Chart("hours", ("", *(f"{hour}" for hour in range(24))), rows, Drawn.HOURS)
