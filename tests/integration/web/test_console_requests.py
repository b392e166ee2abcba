"""The list of requests and the page of one."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.added import Said
from bot.cases.additions import add_to_request, add_words
from bot.cases.assignment import Assignment
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_request
from bot.cases.resident_news import NewsCount, count_news
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.messages import Option
from bot.city.current import city
from bot.conversation.outbox import Reply, queue_replies
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message, Photo, ReceiptRow
from bot.delivery.push import update_request
from bot.web.console.request_list import PAGE
from tests.console import Browser, a_conversation, a_request

pytestmark = pytest.mark.integration
HTMX = {"hx-request": "true"}


def references(page: str) -> list[str]:
    return re.findall(r'class="request" id="request-\d+" href="/console/requests/(SM-\w+)"', page)


def more_of(page: str) -> str:
    found = re.search(r'id="older"[^>]*><a class="button" href="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def poll_address(page: str) -> str:
    found = re.search(r'id="poller"[^>]* hx-get="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


async def test_the_list_shows_newest_first_with_what_where_status_and_channel(maria: Browser) -> None:
    first = await a_request("one")
    second = await a_request("two", service_code="graffiti")
    answer = await maria.open("/console/requests")
    assert references(answer.text) == [second, first]
    for words in ("Graffiti", "Pico Blvd &amp; 4th St", "Open", "SMS", "just now"):
        assert words in answer.text
    assert "huge &lt;b&gt;pothole&lt;/b&gt;" in answer.text  # a resident's words are never markup


async def test_the_list_is_narrowed_by_status_service_reference_and_street(maria: Browser) -> None:
    pothole = await a_request("one")
    graffiti = await a_request("two", service_code="graffiti")
    async with transaction() as session:
        await update_request(session, Change(graffiti, Status.RESOLVED, "staff:maria", "Painted over."))
    for query, expected in [
        ("status=resolved", [graffiti]),
        ("status=unfinished", [pothole]),
        ("service=pothole", [pothole]),
        (f"q={pothole[3:7].lower()}", [pothole]),
        (f"q={pothole.replace('-', '').lower()}", [pothole]),
        ("q=pico", [pothole, graffiti]),  # what has ended stands last
        ("q=100%25", []),
        ("status=nonsense&service=nonsense", [pothole]),
        ("status=all", [pothole, graffiti]),
    ]:
        assert references((await maria.open(f"/console/requests?{query}")).text) == expected, query


async def test_older_requests_follow_page_by_page_each_once(maria: Browser) -> None:
    conversation = await a_conversation()
    filed = [await a_request(f"key {n}", conversation) for n in range(PAGE + 3)]
    page = (await maria.open("/console/requests")).text
    rest = await maria.open(more_of(page), **HTMX)
    assert references(page) + references(rest.text) == filed[::-1]
    assert "<html" not in rest.text
    assert "before=" not in rest.text


async def test_a_new_request_appears_by_itself(maria: Browser) -> None:
    await a_request("one")
    poll = poll_address((await maria.open("/console/requests")).text)
    new = await a_request("two")
    fresh = await maria.open(poll, **HTMX)
    assert references(fresh.text)[0] == new
    assert "1 new request" in fresh.text


async def test_what_its_resident_says_is_not_fixed_and_what_is_overdue_are_plain_to_see(
    maria: Browser,
) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Filled."))
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED, comment="still there")
        request = await find_request(session, reference)
        request.due_on = date(2026, 1, 5)
    for address in ("/console/requests", f"/console/requests/{reference}"):
        page = (await maria.open(address)).text
        assert "ot fixed</span>" in page
        assert "Overdue</span>" in page
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Filled again."))
    page = (await maria.open("/console/requests")).text
    assert "ot fixed</span>" not in page
    assert "Overdue</span>" not in page


async def test_what_residents_say_is_counted_first_and_the_list_narrowed_to_it(maria: Browser) -> None:
    conversation_id = await a_conversation()
    left, more, answered, mended, quiet = [
        await a_request(key, conversation_id) for key in ("one", "two", "three", "four", "five")
    ]
    for reference in (more, answered):
        async with transaction() as session:
            await add_words(session, conversation_id, "and it grows", reference)
    async with transaction() as session:
        await update_request(session, Change(answered, Status.OPEN, "staff:maria", internal_note="Seen."))
    for reference in (left, mended):
        async with transaction() as session:
            await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Filled."))
            await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED)
    async with transaction() as session:
        await update_request(session, Change(mended, Status.RESOLVED, "staff:maria", "Filled again."))
    for query, expected in [
        ("news=not_fixed", [left]),
        ("news=added", [more]),
        ("news=not_fixed&department=Library", []),
        ("news=nonsense", [left, more, quiet]),
        ("status=all", [left, more, quiet, answered, mended]),
        ("status=all&sort=number", [quiet, mended, answered, more, left]),
    ]:
        assert references((await maria.open(f"/console/requests?{query}")).text) == expected, query
    page = (await maria.open("/console/requests")).text
    first, second = re.findall(r'<a(?: class="overdue")? href="([^"]+)">(?:1 not fixed|1 added to)</a>', page)
    assert references((await maria.open(first.replace("&amp;", "&"))).text) == [left]
    assert references((await maria.open(second.replace("&amp;", "&"))).text) == [more]
    async with transaction() as session:
        assert await count_news(session) == NewsCount(1, 1)
        assert await count_news(session, "Library") == NewsCount()


async def test_the_list_is_narrowed_by_who_has_it_and_sorted_by_what_was_promised(maria: Browser) -> None:
    far, near, late = [await a_request(key) for key in ("one", "two", "three")]
    today = datetime.now(city().time_zone).date()
    days = {far: today + timedelta(days=300), near: today, late: today - timedelta(days=1)}
    async with transaction() as session:
        for reference, day in days.items():
            (await find_request(session, reference)).due_on = day
        mine = Assignment("Library", "", "maria")
        await update_request(session, Change(near, Status.OPEN, "staff:maria", assignment=mine))
    for query, expected in [
        ("who=mine", [near]),
        ("who=unassigned", [late, far]),
        ("department=Library&status=unfinished", [near]),
        ("department=Library&who=unassigned", []),
        ("due=overdue", [late]),
        ("due=soon", [near]),
        ("status=all&sort=promise", [late, near, far]),
        ("status=all&sort=number", [late, near, far]),
        ("status=all&sort=nonsense&who=nonsense&department=nonsense&due=nonsense", [late, near, far]),
    ]:
        assert references((await maria.open(f"/console/requests?{query}")).text) == expected, query
    page = (await maria.open("/console/requests?status=all")).text
    assert ">1 overdue</a>" in page
    assert ">1 due soon</a>" in page
    assert "Library · Maria Lopez" in page
    assert "Due soon</span>" in page
    found = re.search(r'class="overdue" href="([^"]+)"', page)
    assert found
    assert references((await maria.open(found[1].replace("&amp;", "&"))).text) == [late]


async def test_sorted_by_promise_the_pages_follow_one_another_each_request_once(maria: Browser) -> None:
    conversation = await a_conversation()
    filed = [await a_request(f"key {n}", conversation) for n in range(PAGE + 3)]
    async with transaction() as session:
        for number, reference in enumerate(filed):
            day = date(2030, 1, 1 + number % 7) if number % 5 else None
            (await find_request(session, reference)).due_on = day
    page = (await maria.open("/console/requests?sort=promise")).text
    rest = await maria.open(more_of(page), **HTMX)
    shown = references(page) + references(rest.text)
    assert sorted(shown) == sorted(filed)
    days = {reference: date(2030, 1, 1 + n % 7) if n % 5 else date.max for n, reference in enumerate(filed)}
    assert [days[one] for one in shown] == sorted(days.values())


async def test_a_question_of_a_resident_is_seen_as_one(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.WAITING, "staff:maria", "Which building?"))
        await add_to_request(session, conversation_id, Said("what do you mean?", asks=True), reference)
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "<b>Asks you</b>" in page
    assert "what do you mean?" in page


async def in_need(maria: Browser) -> list[str]:
    """One request of each need and one that has ended, in the order in which somebody should look at them."""
    conversation = await a_conversation()
    ended, quiet, soon, overdue, longer, added, left = [
        await a_request(f"need {n}", conversation) for n in range(7)
    ]
    today = datetime.now(city().time_zone).date()
    days = {soon: today, overdue: today - timedelta(days=2), longer: today - timedelta(days=9)}
    for reference in (ended, left):
        async with transaction() as session:
            await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Filled."))
    async with transaction() as session:
        await record_feedback(session, conversation, left, Verdict.NOT_FIXED)
        await add_words(session, conversation, "and it grows", added)
        await add_words(session, conversation, "thanks, mind the curb", ended)
        for reference, day in days.items():
            (await find_request(session, reference)).due_on = day
    return [left, added, longer, overdue, soon, quiet, ended]


async def test_what_needs_doing_comes_first_and_the_newest_are_one_click_away(maria: Browser) -> None:
    needed = await in_need(maria)
    page = (await maria.open("/console/requests?status=all")).text
    assert references(page) == needed
    found = re.search(r'<a href="([^"]+)">Newest first</a>', page)
    assert found
    left, added, longer, overdue, soon, quiet, ended = needed
    by_number = (await maria.open(html.unescape(found[1]))).text
    assert references(by_number) == [left, added, longer, overdue, soon, quiet, ended]
    assert 'name="sort" value="number"' in by_number  # narrowed further, it stays so
    new = await a_request("newest")
    assert references((await maria.open("/console/requests")).text)[5] == new
    assert references((await maria.open("/console/requests?sort=number")).text)[0] == new


async def test_by_need_the_pages_follow_one_another_each_request_once(maria: Browser) -> None:
    conversation = await a_conversation()
    filed = [await a_request(f"key {n}", conversation) for n in range(PAGE + 9)]
    today = datetime.now(city().time_zone).date()
    async with transaction() as session:
        for number, reference in enumerate(filed):
            day = today + timedelta(days=number % 3 - 2) if number % 7 else today + timedelta(days=400)
            (await find_request(session, reference)).due_on = day
    page = (await maria.open("/console/requests")).text
    rest = await maria.open(more_of(page), **HTMX)
    shown = references(page) + references(rest.text)
    assert sorted(shown) == sorted(filed)
    expected = sorted(range(len(filed)), key=lambda n: (not n % 7, n % 3 if n % 7 else 0, -n))
    assert shown == [filed[n] for n in expected]


async def test_a_last_row_that_moves_up_takes_no_other_off_the_page(maria: Browser) -> None:
    conversation = await a_conversation()
    filed = [await a_request(f"key {n}", conversation) for n in range(4)]
    page = (await maria.open("/console/requests")).text
    assert references(page) == filed[::-1]
    async with transaction() as session:
        await add_words(session, conversation, "and it grows", filed[0])
    fresh = await maria.open(poll_address(page), **HTMX)
    assert references(fresh.text) == [filed[0], *filed[:0:-1]]


@pytest.mark.parametrize("stood", ["", "4", "x~y", "4~9999-99-99", "99~2026-01-01", "~", "4~2026-01-01~3"])
async def test_a_place_in_the_list_that_is_none_does_no_harm(maria: Browser, stood: str) -> None:
    await a_request("one")
    assert (await maria.open(f"/console/requests?before=1&stood={stood}")).status_code == 200
    assert (await maria.open(f"/console/requests?sort=promise&before=7&stood={stood}")).status_code == 200


async def test_the_page_of_a_request_tells_everything_about_it(maria: Browser) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        photo = Photo(sha256="0" * 64, width=8, height=8, size=9)
        session.add(photo)
        await session.flush()
        photo_id = photo.id
    reference = await a_request("one", conversation_id, photo_ids=(photo_id,))
    async with transaction() as session:
        await update_request(
            session, Change(reference, Status.RESOLVED, "staff:maria", "Filled this morning.", "Crew 7")
        )
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED, 2, "still there")
    page = (await maria.open(f"/console/requests/{reference}")).text
    for words in (
        reference,
        "Pothole",
        "Pico Blvd &amp; 4th St",
        "“pico and 4th”",
        "Filled this morning.",
        "Crew 7",
        "Maria Lopez · ",  # who did it, by name
        "Says it is not fixed",
        'aria-label="2 of 5"',
        "still there",
        f"/console/photos/{photo_id}/thumb",
        "huge pothole at pico and 4th",
        "(310) 555-0123",
        "<svg",
    ):
        assert words in page, words


async def test_the_transcript_shows_what_became_of_each_message(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        replies = [
            Reply("Pick one", (Option("Send it", "/file"), Option("Change it", "/change"))),
            Reply("Second"),
            Reply("Third"),
            Reply("Fourth"),
        ]
        delivered, failed, suppressed, waiting = await queue_replies(session, conversation, replies)
        delivered.state, suppressed.state = "delivered", "suppressed"
        failed.state, failed.detail, failed.error_code = "failed", "the number cannot be reached", "30003"
        session.add(ReceiptRow(message_id=delivered.id, state="sent"))
        session.add(ReceiptRow(message_id=delivered.id, state="delivered"))
        inbound = (await session.scalars(select(Message).where(Message.direction == "in"))).one()
        session.add(Media(message_id=inbound.id, position=0, state="refused", refusal="too_large"))
        for n, payload in enumerate(
            [
                {"pin": {"lat": 34.0067, "lon": -118.4842, "name": None, "address": None}},
                {"pin": {"lat": 34.01, "lon": -118.49, "name": "Library", "address": None}},
                {"button": f"{delivered.id}:1"},
            ]
        ):
            session.add(
                Message(
                    conversation_id=conversation_id,
                    direction="in",
                    channel="sms",
                    provider_id=f"more {n}",
                    kind="button" if "button" in payload else "message",
                    author="resident",
                    body="",
                    payload=payload,
                    state="handled",
                )
            )
        assert waiting.state == "queued"
    page = (await maria.open(f"/console/requests/{reference}")).text
    for words in (
        "✓✓</span> delivered",
        "not delivered: the number cannot be reached",
        "the resident does not want messages",
        "waiting to be sent",
        "<li>Send it</li>",
        "it is larger than 20 MB",
        "Library",
        "4th St",  # of the bare pin
        '<p class="body" lang="en" dir="auto">Change it</p>',
    ):
        assert words in page, words


async def test_a_change_of_the_conversation_reaches_the_open_page(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id)
    poll = poll_address((await maria.open(f"/console/requests/{reference}")).text)
    await a_conversation(text="and one more thing")
    fresh = await maria.open(poll, **HTMX)
    assert "and one more thing" in fresh.text
    assert "<textarea" not in fresh.text  # what a clerk is typing is never touched


async def test_an_unknown_reference_gets_a_kind_page(maria: Browser) -> None:
    answer = await maria.open("/console/requests/SM-NOSUCH")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/console/requests?before=99999999999999999999999",
        "/console/requests?before=-1",
        "/console/requests?q=%00&status=%00",
        "/console/requests/%00",
        "/console/requests/SM-%2e%2e%2f",
        "/console/requests-fresh?down_to=99999999999999999999999",
        "/console/conversations?before=2026-11-22T10:00:00%2B00:00~99999999999999999999999",
        "/console/conversations/99999999999999999999999",
        "/console/conversations/0",
        "/console/photos/99999999999999999999999/full",
        "/media/photos/%00",
        "/console/requests/SM-2F4H6K/fresh?newest=%00",
    ],
)
async def test_no_address_however_odd_makes_the_console_stumble(maria: Browser, address: str) -> None:
    assert (await maria.open(address)).status_code in (200, 404, 422)


async def test_going_back_in_the_browsers_history_gets_the_whole_page(maria: Browser) -> None:
    await a_request()
    part = await maria.open("/console/requests?q=pico", **HTMX)
    whole = await maria.open("/console/requests?q=pico", **HTMX, **{"hx-history-restore-request": "true"})
    assert "<html" not in part.text
    assert part.headers["hx-push-url"] == "/console/requests?q=pico"
    assert "<html" in whole.text
