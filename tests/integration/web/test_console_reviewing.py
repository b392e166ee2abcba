"""Reviewing in the console: the queue and why, one conversation after the other, flags, tags, notes, and a link to a message."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.conversation.outbox import Reply
from bot.conversation.review.facts import keep_facts
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import ConversationFacts, Message, ReviewNote, ServiceRequest, Staff
from bot.web.console.reviewing import AROUND
from bot.web.console.transcript import SHOWN
from tests.console import Browser, a_conversation, a_request

pytestmark = pytest.mark.integration

ANGRY = {"intent": "abuse", "before": "where", "after": "where", "open": True, "service": "pothole"}
VAGUE = {"intent": "report", "vague": True, "after": "what", "open": True}


async def said(address: str, text: str, understood: dict[str, Any]) -> int:
    conversation_id = await a_conversation(address, text)
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply("Where is it?")], understood=understood)
    return conversation_id


async def two_in_the_queue() -> tuple[int, int]:
    angry = await said("+13105550001", "you are useless", ANGRY)
    vague = await said("+13105550002", "broken", VAGUE)
    await keep_facts()
    return angry, vague


def ids(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="conversation-(\d+)"', page)]


async def facts(conversation_id: int) -> ConversationFacts:
    async with transaction() as session:
        return await session.get_one(ConversationFacts, conversation_id)


async def test_the_queue_says_why_each_is_worth_reading(maria: Browser) -> None:
    angry, vague = await two_in_the_queue()
    page = (await maria.open("/console/review")).text
    assert ids(page) == [angry, vague]
    assert "angry words; the same question asked again" in page
    assert "the bot was unsure" in page
    assert "Not finished yet at “Where is it?”, Pothole" in page


async def test_an_empty_queue_says_so(maria: Browser) -> None:
    assert "Nothing to read first." in (await maria.open("/console/review")).text


async def test_reading_one_leads_to_the_next_and_the_last_back_to_the_queue(maria: Browser) -> None:
    angry, vague = await two_in_the_queue()
    page = (await maria.open(f"/console/conversations/{angry}")).text
    assert f'data-key="j" href="/console/conversations/{vague}"' in page
    answer = await maria.send(f"/console/conversations/{angry}/reviewed", {"upto": maria.hidden("upto")})
    assert answer.headers["location"] == f"/console/conversations/{vague}"
    assert "Read by Maria Lopez" in (await maria.open(f"/console/conversations/{angry}")).text
    await maria.open(f"/console/conversations/{vague}")
    answer = await maria.send(f"/console/conversations/{vague}/reviewed", {"upto": maria.hidden("upto")})
    assert answer.headers["location"] == "/console/review"
    assert "Maria Lopez</dt><dd>2 this week, 2 today" in (await maria.open("/console/review")).text


async def test_whoever_may_only_read_may_review_too(browser: Browser) -> None:
    angry, _ = await two_in_the_queue()
    await browser.log_in("vera")
    await browser.open(f"/console/conversations/{angry}")
    await browser.send(f"/console/conversations/{angry}/reviewed", {"upto": browser.hidden("upto")})
    assert (await facts(angry)).score == 0


async def test_flag_tag_and_note_are_kept_and_shown(maria: Browser) -> None:
    _, vague = await two_in_the_queue()
    await maria.open(f"/console/conversations/{vague}")
    await maria.send(f"/console/conversations/{vague}/flag", {"on": "1"})
    await maria.send(f"/console/conversations/{vague}/tags", {"tag": "Needs Training"})
    await maria.send(f"/console/conversations/{vague}/review-notes", {"body": "<b>ask</b> IT"})
    page = (await maria.open(f"/console/conversations/{vague}")).text
    assert "flagged by a colleague" in page
    assert "<span>needs training</span>" in page
    assert "&lt;b&gt;ask&lt;/b&gt; IT" in page
    assert ids((await maria.open("/console/review")).text)[0] == vague
    found = (await maria.open("/console/review/find?tag=needs+training&read=flagged")).text
    assert ids(found) == [vague]
    await maria.send(f"/console/conversations/{vague}/tags", {"off": "needs training"}) if (
        await maria.open(f"/console/conversations/{vague}")
    ) else None
    assert (await facts(vague)).tags == []


async def test_a_note_that_is_empty_is_refused_and_changes_nothing(maria: Browser) -> None:
    _, vague = await two_in_the_queue()
    await maria.open(f"/console/conversations/{vague}")
    answer = await maria.send(f"/console/conversations/{vague}/review-notes", {"body": "  "})
    assert answer.status_code == 422
    async with transaction() as session:
        assert (await session.scalars(select(ReviewNote))).all() == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"angry", "vague"}),
        ("trouble=negative", {"angry"}),
        ("trouble=low_confidence&channel=sms", {"vague"}),
        ("outcome=unfinished", {"angry", "vague"}),
        ("outcome=filed", set()),
        ("service=pothole", {"angry"}),
        ("read=no", {"angry", "vague"}),
        ("read=yes", set()),
        ("who=5550002", {"vague"}),
        ("who=zeppelin", set()),
        ("since=2000-01-01&until=2000-02-01", set()),
        ("outcome=nonsense&since=yesterday", {"angry", "vague"}),
    ],
)
async def test_conversations_are_found_by_what_they_came_to(
    maria: Browser, query: str, found: set[str]
) -> None:
    angry, vague = await two_in_the_queue()
    page = (await maria.open(f"/console/review/find?{query}")).text
    named = {angry: "angry", vague: "vague"}
    assert {named[one] for one in ids(page)} == found


async def test_pages_of_a_search_follow_each_other_each_once(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation.review.worth.PAGE", 2)
    made = [await said(f"+1310555{n:04}", f"text {n}", VAGUE) for n in range(5)]
    await keep_facts()
    for first in ("/console/review", "/console/review/find?trouble=low_confidence"):
        seen: list[int] = []
        address: str | None = first
        while address:
            page = (await maria.open(address)).text
            seen += ids(page)
            more = re.search(r'class="older"><a class="button" href="([^"]+)"', page)
            address = more[1].replace("&amp;", "&") if more else None
        assert sorted(seen) == made


async def test_a_link_leads_to_one_message_however_long_ago_it_was(maria: Browser) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        session.add_all(
            Message(
                conversation_id=conversation_id, direction="in", channel="sms", provider_id=f"x{n}", author="resident",
                body=f"word {n}", state="handled",
            )
            for n in range(SHOWN + AROUND)
        )  # fmt: skip
    async with transaction() as session:
        numbers = list(await session.scalars(select(Message.id).order_by(Message.id)))
    old = (await maria.open(f"/console/messages/{numbers[3]}")).headers["location"]
    assert old == f"/console/conversations/{conversation_id}?before={numbers[3] + AROUND + 1}#m{numbers[3]}"
    assert f'id="m{numbers[3]}"' in (await maria.open(old.partition("#")[0])).text
    new = (await maria.open(f"/console/messages/{numbers[-1]}")).headers["location"]
    assert new == f"/console/conversations/{conversation_id}#m{numbers[-1]}"
    assert (await maria.open("/console/messages/999999")).status_code == 404


async def test_the_sample_of_a_week_without_words_says_so_and_any_week_may_be_asked_for(
    maria: Browser,
) -> None:
    await two_in_the_queue()
    assert "Nobody wrote in that week." in (await maria.open("/console/review/sample?week=2001-01-01")).text
    assert (await maria.open("/console/review/sample?week=9999-12-31")).status_code == 200
    assert (await maria.open("/console/review/sample?week=soon")).status_code == 200


async def test_who_sees_one_department_reviews_what_was_said_about_its_requests(maria: Browser) -> None:
    angry, vague = await two_in_the_queue()
    await a_request("one", vague)
    async with transaction() as session:
        department = (await session.scalars(select(ServiceRequest.department))).one()
        await session.execute(
            update(Staff)
            .where(Staff.username == "maria")
            .values(own_department_only=True, department=department)
        )
    for address in ("/console/review", "/console/review/find"):
        assert ids((await maria.open(address)).text) == [vague]
    page = (await maria.open(f"/console/conversations/{vague}")).text
    assert f'/console/conversations/{angry}"' not in page
    assert (await maria.open(f"/console/conversations/{angry}")).status_code == 404


async def test_a_conversation_is_found_by_any_word_of_it_with_or_without_a_request(maria: Browser) -> None:
    gas = await said("+13105550301", "Huele a gas por la coladera y estamos mareados", VAGUE)
    other = await said("+13105550302", "the drain smells", VAGUE)
    await keep_facts()
    for words in ("coladera", "COLADERAS gas", "mareado"):
        assert ids((await maria.open(f"/console/review/find?who={words}")).text) == [gas], words
    assert ids((await maria.open("/console/review/find?who=smell")).text) == [other]
    assert ids((await maria.open("/console/review/find?who=the")).text) == []
