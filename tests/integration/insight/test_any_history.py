"""Whatever happens in a city, and whenever it is counted: the figures are those that are found by reading every row."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db.session import transaction
from bot.db.tables import REQUEST_COUNTS, Conversation, ServiceRequest
from bot.insight.counting import count_figures
from bot.insight.days import Days, today
from bot.insight.reading import Asked, reader
from bot.insight.talk import Kind
from tests.exploring import EXPLORING
from tests.integration.insight.history import History, midnight
from tests.integration.insight.truth import truth

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

DAYS = 75  # two ends of months are among them, and the hour that a day lacks or has twice: November 1, 2026


async def a_history(draw: random.Random) -> datetime:
    """What happened in the city, counted now and then while it did; gives the time that it is now."""
    begins = midnight(2026, 9, 14)
    now = begins + timedelta(days=DAYS, hours=9)
    async with transaction() as session:
        history = History(session, draw, begins, DAYS)
        await history.people(7)
        for at in sorted(history.moment() for _ in range(60)):
            await history.talk(at)
    # Counted for the first time in the middle of it, then whenever a worker is there again.
    number = 10_000
    for moment in sorted(now - timedelta(hours=draw.randrange(1, 900)) for _ in range(3)):
        number += 10_000
        await count_figures(moment)
        async with transaction() as session:
            later = History(session, draw, begins, DAYS)
            later.number = number
            later.conversations = list(await session.scalars(select(Conversation)))
            for one in draw.sample(history.requests, len(history.requests) // 3):
                request = await session.get_one(ServiceRequest, one.id)
                await later.change(
                    request, request.created_at + timedelta(hours=draw.randrange(1, 600)), moment
                )
    # Nothing is under way any more: what was seen at one look is settled at the next.
    for moment in (now, now + timedelta(minutes=6), now + timedelta(minutes=12)):
        await count_figures(moment)
    return now + timedelta(minutes=12)


def periods(draw: random.Random, last: date) -> list[Days]:
    """The whole, single days, and any others."""
    first = last - timedelta(days=DAYS + 5)
    anywhere = sorted(first + timedelta(days=draw.randrange(DAYS + 6)) for _ in range(2))
    return [Days(first, last), Days(last, last), Days(date(2026, 10, 1), date(2026, 10, 31)), Days(*anywhere)]


@pytest.mark.parametrize("seed", range(40 if EXPLORING else 4))
async def test_the_figures_of_any_period_are_those_of_its_rows(seed: int) -> None:
    draw = random.Random(seed)
    # A worker has counted today just now, or none has for an hour and it is counted while somebody waits.
    now = await a_history(draw) + timedelta(hours=seed % 2)
    async with transaction() as session:
        true = await truth(session, now)
        requests, talk = true.requests(), true.talk()
        for asked in (
            Asked(),
            Asked(service="pothole", channel="sms"),
            Asked(neighborhood="Pico", language="es"),
        ):
            read = await reader(session, asked, now)
            for period in periods(draw, today(now)):
                expected = Counter[str]()
                for (day, what, service, neighborhood, _, channel, language), many in requests.items():
                    of = (service, neighborhood, channel, language)
                    if period.first <= day <= period.last and _fits(asked, of):
                        expected[what] += many
                found = await read.total(period, REQUEST_COUNTS)
                assert {name: many for name, many in found.items() if many} == dict(expected), (period, asked)
                of_talk = Counter[tuple[str, str]]()
                for (day, kind, key, channel, language), many in talk.items():
                    fits = _fits(asked, (asked.service, asked.neighborhood, channel, language))
                    if period.first <= day <= period.last and fits:
                        of_talk[kind, key] += many
                assert await read.talk(period, list(Kind)) == dict(of_talk), (period, asked)


def _fits(asked: Asked, of: tuple[str, str, str, str]) -> bool:
    wanted = (asked.service, asked.neighborhood, asked.channel, asked.language)
    return all(want in ("", has) for want, has in zip(wanted, of, strict=True))


async def test_figures_by_service_and_by_cell_add_up_to_all() -> None:
    now = await a_history(random.Random(99))
    async with transaction() as session:
        read = await reader(session, Asked(), now)
        period = Days(today(now) - timedelta(days=DAYS + 5), today(now))
        filed = (await read.total(period, ["filed"]))["filed"]
        assert filed > 20
        for by in (["service_code"], ["neighborhood", "department"], ["day"]):
            parts = await read.requests(period, ["filed"], by)
            assert sum(part["filed"] for part in parts.values()) == filed
        assert sum(cell.count for cell in await read.places(period)) == filed
