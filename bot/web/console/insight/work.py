"""The work: how soon somebody answers, how soon it is done, and what was promised, by service, neighborhood or department."""

from __future__ import annotations

from collections.abc import Mapping

from bot.db.tables import REQUEST_COUNTS
from bot.insight.reading import Reader
from bot.web.console.insight.asked import GROUPS, Choice
from bot.web.console.insight.chart import Cell, Chart, Row, by_size, number, share
from bot.web.console.insight.limits import half, steps
from bot.web.console.insight.overview import rating
from bot.web.console.insight.page import Page, named, tile, totals
from bot.web.console.insight.reports import distribution
from bot.web.language import mark, say

NAMES = (
    *("filed", "done", "promised", "kept", "reopened", "service_corrected"),
    *steps("word"),
    *steps("end"),
    *(one for one in REQUEST_COUNTS if one.startswith("rating_")),
)
HEADS = (
    mark("Filed"),
    mark("Done"),
    mark("First word"),
    mark("To the end"),
    mark("Promise kept"),
    mark("Opened again"),
    mark("Put right"),
    mark("Stars (given)"),
)
KEPT_LOW = 0.5  # a promise kept less often than not is marked


async def work(read: Reader, choice: Choice) -> Page:
    both = await totals(read, choice, NAMES)
    now, before = both.now, both.before
    tiles = (
        tile("done", number(now["done"]), number(before["done"])),
        tile("first_word", half(now, "word"), half(before, "word")),
        tile("end_steps", half(now, "end"), half(before, "end")),
        tile("kept_share", share(now["kept"], now["promised"]), share(before["kept"], before["promised"])),
        tile("reopened", number(now["reopened"]), number(before["reopened"])),
    )
    charts = (
        await by_group(read, choice),
        distribution("word", mark("Time"), now, before, "word_steps"),
        distribution("end", mark("Time"), now, before, "end_steps"),
    )
    return Page(tiles, charts)


async def by_group(read: Reader, choice: Choice) -> Chart:
    """A row for each service, neighborhood or department, as is chosen."""
    groups = await read.requests(choice.period, NAMES, (choice.group,))
    rows = [
        Row(named(choice.group, key[0]), _cells(sums)) for key, sums in groups.items() if any(sums.values())
    ]
    total = await read.total(choice.period, NAMES)
    return Chart("work", (GROUPS[choice.group], *HEADS), by_size(rows), total=Row(say("All"), _cells(total)))


def _cells(sums: Mapping[str, int]) -> tuple[Cell, ...]:
    return (
        number(sums["filed"]),
        number(sums["done"]),
        half(sums, "word"),
        half(sums, "end"),
        share(sums["kept"], sums["promised"], low=KEPT_LOW),
        number(sums["reopened"]),
        share(sums["service_corrected"], sums["filed"]),
        rating(sums),
    )
