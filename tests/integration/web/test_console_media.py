"""Photos over HTTP: by signed link for providers, behind the login for staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.cases.photos import keep_photo
from bot.channels.messages import Channel, Inbound, InboundKind, Pin
from bot.city.location import Point
from bot.city.map_picture import map_picture
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.db.session import transaction
from bot.db.tables import Conversation
from bot.photos.intake import TakenPhoto, take_in
from bot.photos.short_links import PATH, short_photo_token
from bot.photos.signed import photo_token
from bot.settings import secret_key, settings
from bot.web.media import current_store
from tests.console import Browser
from tests.photos import jpeg

pytestmark = pytest.mark.integration


async def a_photo() -> tuple[int, TakenPhoto]:
    taken = take_in(jpeg())
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id, taken


def token(photo_id: int, variant: str = "full", now: datetime | None = None) -> str:
    return photo_token(photo_id, variant, secret=secret_key(settings()), ttl=60, now=now)


async def test_a_signed_link_gives_the_photo_to_whoever_has_it(browser: Browser) -> None:
    photo_id, taken = await a_photo()
    answer = await browser.open(f"/media/photos/{token(photo_id)}")
    assert answer.status_code == 200
    assert answer.content == taken.full
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"].startswith("private")
    assert (await browser.client.head(f"/media/photos/{token(photo_id)}")).status_code == 200
    small = await browser.open(f"/media/photos/{token(photo_id, 'thumb')}")
    assert small.content == taken.thumbnail


async def test_a_link_whose_time_is_over_is_gone_and_a_made_up_one_was_never_there(browser: Browser) -> None:
    photo_id, _ = await a_photo()
    old = token(photo_id, now=datetime.now(UTC) - timedelta(hours=1))
    assert (await browser.open(f"/media/photos/{old}")).status_code == 410
    assert (await browser.open(f"/media/photos/{token(photo_id)}x")).status_code == 404
    assert (await browser.open(f"/media/photos/{photo_id}")).status_code == 404
    assert (await browser.open(f"/media/photos/{token(999999)}")).status_code == 404


async def test_the_short_link_of_a_text_gives_the_photo_for_a_week_and_is_not_indexed(
    browser: Browser,
) -> None:
    photo_id, taken = await a_photo()
    secret, week = secret_key(settings()), timedelta(days=7)
    path = PATH + short_photo_token(photo_id, secret=secret, ttl=week)
    answer = await browser.open(path)
    assert (answer.status_code, answer.content) == (200, taken.full)
    assert answer.headers["content-type"] == "image/jpeg"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert (await browser.client.head(path)).status_code == 200
    old = short_photo_token(photo_id, secret=secret, ttl=week, now=datetime.now(UTC) - timedelta(days=9))
    assert (await browser.open(PATH + old)).status_code == 410
    nobodys = short_photo_token(999999, secret=secret, ttl=week)
    for wrong in (nobodys, old[:-1], "x" * 17, "%00", "é", "../r/x"):
        assert (await browser.open(PATH + wrong)).status_code == 404, wrong


async def test_the_consoles_photos_are_behind_the_login(browser: Browser) -> None:
    photo_id, taken = await a_photo()
    assert (await browser.open(f"/console/photos/{photo_id}/full")).status_code == 303
    await browser.log_in("maria")
    answer = await browser.open(f"/console/photos/{photo_id}/full")
    assert answer.content == taken.full
    assert "private" in answer.headers["cache-control"]
    again = await browser.open(
        f"/console/photos/{photo_id}/full", **{"if-none-match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await browser.open(f"/console/photos/{photo_id}/original")).status_code == 422
    assert (await browser.open("/console/photos/999999/full")).status_code == 404


async def test_staff_see_the_map_that_went_to_the_resident(browser: Browser) -> None:
    async with transaction() as session:
        said = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, "700:1", "700", text="hola", language_hint="es")
        conversation_id = (await receive(session, said)).conversation_id
        conversation = await session.get_one(Conversation, conversation_id)
        replies = [Reply("Main St?", map=Pin(34.0105, -118.4912)), Reply("Gracias")]
        shown, plain = await queue_replies(session, conversation, replies)
    address = f"/console/messages/{shown.id}/map.png"
    assert (await browser.open(address)).status_code == 303
    await browser.log_in("maria")
    page = await browser.open(f"/console/conversations/{conversation_id}")
    assert page.text.count(address) == 2
    answer = await browser.open(address)
    assert answer.content == map_picture(Point(34.0105, -118.4912), "es")
    assert answer.headers["content-type"] == "image/png"
    assert (await browser.open(f"/console/messages/{plain.id}/map.png")).status_code == 404
    assert (await browser.open("/console/messages/999999/map.png")).status_code == 404
