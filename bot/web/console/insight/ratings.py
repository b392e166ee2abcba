"""What residents say of the work: stars, and whether it is fixed. Their words are on the page only for who may read transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.sight import requests_in_sight
from bot.cases.staff import StaffMember
from bot.db.tables import Feedback, ServiceRequest
from bot.insight.reading import Reader
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.chart import Cell, Chart, Drawn, Row, number, share
from bot.web.console.insight.overview import rating
from bot.web.console.insight.page import Page, tile, totals
from bot.web.language import mark, say, say_counted

COMMENTS = 25  # on a page
_STARS = tuple(f"rating_{stars}" for stars in range(5, 0, -1))


async def ratings(read: Reader, choice: Choice) -> Page:
    both = await totals(read, choice, (*_STARS, "fixed", "not_fixed"))
    given = sum(both.now[name] for name in _STARS)
    answers = both.now["fixed"] + both.now["not_fixed"]
    stars = tuple(
        Row(_stars(name), (number(both.now[name]), share(both.now[name], given), number(both.before[name])))
        for name in _STARS
    )
    verdicts = tuple(
        Row(say(shown), (number(both.now[name]), share(both.now[name], answers), number(both.before[name])))
        for name, shown in (("fixed", mark("It is fixed")), ("not_fixed", mark("It is not fixed")))
    )
    heads = (mark("Times"), mark("Of all"), mark("Period before"))
    charts = (
        Chart("ratings", (mark("Stars"), *heads), stars, Drawn.BARS, (0, 2)),
        Chart("verdicts", (mark("Answer"), *heads), verdicts, Drawn.BARS, (0, 2)),
    )
    return Page(
        (
            tile("rating", rating(both.now), rating(both.before)),
            tile("fixed_share", _fixed(both.now), _fixed(both.before)),
        ),
        charts,
    )


def _stars(name: str) -> str:
    stars = name.removeprefix("rating_")
    return say_counted("%(num)s star", "%(num)s stars", int(stars))


def _fixed(counts: Mapping[str, int]) -> Cell:
    return share(counts["fixed"], counts["fixed"] + counts["not_fixed"])


@dataclass(frozen=True, slots=True)
class Comment:
    """What a resident wrote with their answer."""

    id: int
    at: datetime
    reference: str
    service_code: str
    rating: int | None
    verdict: str | None
    words: str
    language: str


async def comments(
    session: AsyncSession, choice: Choice, staff: StaffMember, before: int | None
) -> list[Comment]:
    """The comments of the period on requests in sight, the newest first: one more than fit on a page.

    `before`: the last of the page before.
    """
    asked = (
        select(Feedback, ServiceRequest)
        .join(ServiceRequest, ServiceRequest.id == Feedback.request_id)
        .where(
            Feedback.created_at >= choice.period.start,
            Feedback.created_at < choice.period.end,
            Feedback.comment.is_not(None),
            requests_in_sight(staff),
        )
        .order_by(Feedback.created_at.desc(), Feedback.id.desc())
        .limit(COMMENTS + 1)
    )
    for name, value in choice.asked.of_requests.items():
        asked = asked.where(getattr(ServiceRequest, name) == value)
    if before is not None and (last := await session.get(Feedback, before)) is not None:
        asked = asked.where(tuple_(Feedback.created_at, Feedback.id) < (last.created_at, last.id))
    return [
        Comment(
            one.id,
            one.created_at,
            of.reference,
            of.service_code,
            one.rating,
            one.verdict,
            one.comment or "",
            of.language,
        )
        for one, of in await session.execute(asked)
    ]
