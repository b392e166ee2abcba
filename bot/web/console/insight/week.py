"""What stands at the head of the printed week: its main figures beside those of the week before, and where requests came from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.insight.days import ONE, Days
from bot.insight.reading import Asked, reader
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.overview import overview
from bot.web.console.insight.page import Page
from bot.web.console.insight.places import places


async def week_page(session: AsyncSession, begins: date, now: datetime) -> tuple[Page, Choice]:
    """The week that begins on that Monday, as far as it is; `now` is aware."""
    choice = Choice(Days(begins, begins + ONE * 6), Asked())
    read = await reader(session, choice.asked, now)
    days = await overview(read, choice)
    where = await places(read, choice)
    over_time = tuple(chart for chart in days.charts if chart.name == "over_time")
    return Page(days.tiles, (*over_time, *where.charts)), choice
