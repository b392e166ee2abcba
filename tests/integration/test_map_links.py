"""A map link sends one place into the conversation, once, and only while it is good."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.location import Point
from bot.conversation.map_links import (
    ALPHABET,
    LENGTH,
    MapLinkClosedError,
    MapLinkExpiredError,
    MapLinkUnknownError,
    MapLinkUsedError,
    OpenMapLink,
    PinOutsideError,
    PinSent,
    close_map_links,
    forget_map_links,
    new_map_link,
    open_map_link,
    send_pin,
)
from bot.conversation.receive import receive
from bot.conversation.turns import OpenTurn, open_turn
from bot.db.session import transaction
from bot.db.tables import MapLink, Message

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

PICO = Point(34.0105, -118.4912)
WILSHIRE = Point(34.0238, -118.4951)
HOLLYWOOD = Point(34.0983, -118.3267)


async def a_conversation(channel: Channel = Channel.SMS, language: str | None = "es") -> int:
    async with transaction() as session:
        said = Inbound(
            channel, InboundKind.MESSAGE, "first", "+13105550123", text="hay un bache", language_hint=language
        )
        conversation_id = (await receive(session, said)).conversation_id
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await session.execute(text("UPDATE turns SET finished_at = now()"))
        await session.execute(text("UPDATE messages SET state = 'handled'"))
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    return conversation_id


async def a_link(conversation_id: int, point: Point | None = PICO, now: datetime | None = None) -> str:
    async with transaction() as session:
        url = await new_map_link(session, conversation_id, point, now=now)
    assert url.startswith("http://127.0.0.1:8311/m/")
    return url.rpartition("/")[2]


async def pins() -> list[Message]:
    async with transaction() as session:
        found = await session.scalars(select(Message).where(Message.payload.has_key("pin")))
        return list(found)


async def jobs() -> int:
    async with transaction() as session:
        return int(await session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)


async def test_only_the_tokens_hash_is_kept() -> None:
    token = await a_link(await a_conversation())
    assert len(token) == LENGTH
    assert set(token) <= set(ALPHABET)
    async with transaction() as session:
        rows = (await session.execute(text("SELECT map_links::text FROM map_links"))).scalars().all()
    assert len(rows) == 1
    assert token not in rows[0]
    assert token.encode().hex() not in rows[0]


@pytest.mark.parametrize("point", [PICO, None])
async def test_an_open_link_knows_the_language_and_the_place_so_far(point: Point | None) -> None:
    token = await a_link(await a_conversation(), point)
    async with transaction() as session:
        assert await open_map_link(session, token) == OpenMapLink("es", point)


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_pin_arrives_as_a_location_of_the_residents(channel: Channel) -> None:
    conversation_id = await a_conversation(channel)
    token = await a_link(conversation_id)
    async with transaction() as session:
        assert await send_pin(session, token, WILSHIRE) == PinSent("es", WILSHIRE)
    (pin,) = await pins()
    assert (pin.conversation_id, pin.channel, pin.author, pin.direction) == (
        conversation_id,
        channel,
        "resident",
        "in",
    )
    place = {"lat": WILSHIRE.lat, "lon": WILSHIRE.lon, "name": None, "address": None, "map": True}
    assert pin.payload == {"pin": place}
    assert pin.provider_id == "map:1"
    assert await jobs() == 1
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
    assert isinstance(turn, OpenTurn)
    assert turn.message == "/share_location"
    assert turn.metadata["pin"] == pin.payload["pin"]


async def test_a_second_submit_changes_nothing_and_is_answered_alike() -> None:
    token = await a_link(await a_conversation())
    for point in (WILSHIRE, PICO):
        async with transaction() as session:
            assert await send_pin(session, token, point) == PinSent("es", WILSHIRE)
    assert len(await pins()) == 1
    assert await jobs() == 1
    with pytest.raises(MapLinkUsedError) as used:
        async with transaction() as session:
            await open_map_link(session, token)
    assert (used.value.language, used.value.point) == ("es", WILSHIRE)


async def test_of_two_submits_at_once_one_is_taken() -> None:
    token = await a_link(await a_conversation())

    async def submit(point: Point) -> PinSent:
        async with transaction() as session:
            return await send_pin(session, token, point)

    points = [PICO, WILSHIRE] * 3
    answers = await asyncio.gather(*map(submit, points))
    (pin,) = await pins()
    taken = Point(pin.payload["pin"]["lat"], pin.payload["pin"]["lon"])
    assert answers == [PinSent("es", taken)] * len(points)
    assert await jobs() == 1


async def test_a_submit_beside_a_text_of_the_residents_waits_its_turn() -> None:
    conversation_id = await a_conversation()
    tokens = [await a_link(conversation_id) for _ in range(4)]

    async def submit(token: str) -> None:
        async with transaction() as session:
            await send_pin(session, token, PICO)

    async def write(number: int) -> None:
        async with transaction() as session:
            said = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{number}", "+13105550123", text="hola")
            await receive(session, said)

    async def close() -> None:
        async with transaction() as session:
            await open_turn(session, conversation_id)  # holds the conversation, as filing does
            await close_map_links(session, conversation_id)

    work = (*map(submit, tokens), *map(write, range(4)), close())
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    # None of them was refused by the database for waiting in a circle.
    assert {type(outcome) for outcome in outcomes} <= {type(None), MapLinkClosedError}
    async with transaction() as session:
        assert (await session.scalars(select(MapLink).where(MapLink.used_at.is_(None)))).all() == []


async def test_a_place_outside_is_not_sent_and_the_link_stays_good() -> None:
    token = await a_link(await a_conversation())
    with pytest.raises(PinOutsideError):
        async with transaction() as session:
            await send_pin(session, token, HOLLYWOOD)
    assert await pins() == []
    assert await jobs() == 0
    async with transaction() as session:
        assert (await send_pin(session, token, PICO)).point == PICO


async def test_a_link_works_for_a_day() -> None:
    now = datetime.now(UTC)
    token = await a_link(await a_conversation(), now=now)
    async with transaction() as session:
        await open_map_link(session, token, now=now + timedelta(hours=23, minutes=59))
    with pytest.raises(MapLinkExpiredError) as expired:
        async with transaction() as session:
            await open_map_link(session, token, now=now + timedelta(hours=24))
    assert expired.value.language == "es"
    with pytest.raises(MapLinkExpiredError):
        async with transaction() as session:
            await send_pin(session, token, PICO, now=now + timedelta(hours=24))
    assert await pins() == []


async def test_a_report_that_is_filed_or_dropped_closes_its_links() -> None:
    conversation_id = await a_conversation()
    sent, unsent = await a_link(conversation_id), await a_link(conversation_id)
    async with transaction() as session:
        await send_pin(session, sent, PICO)
    async with transaction() as session:
        await close_map_links(session, conversation_id)
    with pytest.raises(MapLinkClosedError):
        async with transaction() as session:
            await send_pin(session, unsent, PICO)
    with pytest.raises(MapLinkUsedError):
        async with transaction() as session:
            await open_map_link(session, sent)
    assert len(await pins()) == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 10, "a" * 500, "né\x00", "\udcff" * 10])
async def test_a_token_nobody_was_given_opens_nothing(token: str) -> None:
    await a_link(await a_conversation())
    for act in (open_map_link, lambda session, token: send_pin(session, token, PICO)):
        with pytest.raises(MapLinkUnknownError):
            async with transaction() as session:
                await act(session, token)
    assert await pins() == []


async def test_links_that_are_long_over_are_forgotten() -> None:
    conversation_id = await a_conversation()
    long_ago = datetime.now(UTC) - timedelta(days=9)
    await a_link(conversation_id, now=long_ago)
    await a_link(conversation_id)
    async with transaction() as session:
        assert await forget_map_links(session) == 1
        assert len((await session.scalars(select(MapLink))).all()) == 1


async def test_a_used_link_shows_no_place_once_its_time_is_over() -> None:
    token = await a_link(await a_conversation())
    async with transaction() as session:
        await send_pin(session, token, WILSHIRE)
    async with transaction() as session:
        with pytest.raises(MapLinkExpiredError):
            await open_map_link(session, token, now=datetime.now(UTC) + timedelta(days=2))
