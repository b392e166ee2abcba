"""Conversations are looked at by a clock, found by what they came to, and leave the queue when somebody has read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.staff import StaffMember, create_staff, member_of
from bot.conversation.outbox import Reply
from bot.conversation.review.acts import (
    ReviewError,
    add_note,
    as_tag,
    flag,
    mark_reviewed,
    mark_unread,
    set_tag,
)
from bot.conversation.review.facts import keep_facts
from bot.conversation.review.marks import Mark, Outcome
from bot.conversation.review.worth import (
    Wanted,
    count_worth,
    list_found,
    list_worth,
    neighbours,
    progress,
    sample_of_week,
    week_of,
)
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, ConversationFacts, Installation, Message, ReviewNote, Staff
from bot.keeping.words import forget_words
from tests.console import PASSWORD, a_conversation, a_request

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

ASKED = {"intent": "report", "after": "where", "open": True, "service": "pothole"}
ANGRY = {"intent": "abuse", "before": "where", "after": "where", "open": True, "service": "pothole"}


async def said(address: str, text: str, understood: dict[str, Any]) -> int:
    conversation_id = await a_conversation(address, text)
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply("Where is it?")], understood=understood)
    return conversation_id


async def facts(conversation_id: int) -> ConversationFacts | None:
    async with transaction() as session:
        return await session.get(ConversationFacts, conversation_id)


async def known(conversation_id: int) -> ConversationFacts:
    found = await facts(conversation_id)
    assert found is not None
    return found


async def newest(conversation_id: int) -> int:
    async with transaction() as session:
        query = (
            select(Message.id).where(Message.conversation_id == conversation_id).order_by(Message.id.desc())
        )
        return (await session.scalars(query.limit(1))).one()


async def ana() -> StaffMember:
    async with transaction() as session:
        return await create_staff(session, "ana", PASSWORD, name="Ana Ruiz")


async def maria(session: AsyncSession) -> StaffMember:
    """Somebody who sees everything."""
    found = await session.scalar(select(Staff).where(Staff.username == "maria"))
    return member_of(found) if found else await create_staff(session, "maria", PASSWORD, name="Maria Lopez")


async def queue() -> list[int]:
    async with transaction() as session:
        return [one.facts.conversation_id for one in (await list_worth(session, await maria(session)))[0]]


async def found(**wanted: Any) -> list[int]:
    async with transaction() as session:
        return [
            one.facts.conversation_id
            for one in (await list_found(session, await maria(session), Wanted(**wanted)))[0]
        ]


async def test_the_clock_finds_what_was_said_since_it_ran_and_looks_at_nothing_twice() -> None:
    one = await said("+13105550001", "pothole", ASKED)
    await a_request("one", one)
    assert await keep_facts() == 1
    assert (await known(one)).marks.count("service:pothole") == 1
    assert await keep_facts() == 0
    await said("+13105550001", "this is stupid", ANGRY)
    assert await keep_facts() == 1
    assert Mark.NEGATIVE in (await known(one)).marks


async def test_a_message_that_was_committed_late_is_found_by_looking_back() -> None:
    late = await said("+13105550001", "pothole", ANGRY)
    await said("+13105550002", "pothole", ASKED)
    await keep_facts()
    async with transaction() as session:
        await session.execute(delete(ConversationFacts).where(ConversationFacts.conversation_id == late))
    assert await keep_facts() == 1
    assert Mark.NEGATIVE in (await known(late)).marks


async def test_silence_gives_a_report_up_without_another_word() -> None:
    one = await said("+13105550001", "pothole", ASKED)
    await keep_facts()
    assert (await known(one)).outcome == Outcome.UNFINISHED
    await keep_facts(datetime.now(UTC) + timedelta(days=2))
    assert (await known(one)).outcome == Outcome.GIVEN_UP
    assert await found(marks=("outcome:given_up", "at:where")) == [one]


async def test_what_most_likely_failed_is_read_first_and_leaves_the_queue_when_read() -> None:
    calm = await said("+13105550001", "pothole", {"intent": "report", "vague": True})
    angry = await said("+13105550002", "useless", ANGRY)
    fine = await said("+13105550003", "pothole", {"intent": "file", "end": "confirmed"})
    await keep_facts()
    assert await queue() == [angry, calm]
    async with transaction() as session:
        between = await neighbours(
            session, await maria(session), await session.get_one(ConversationFacts, angry)
        )
    assert (between.previous, between.next) == (None, calm)
    staff = await ana()
    async with transaction() as session:
        await mark_reviewed(session, angry, staff, await newest(angry), datetime.now(UTC))
        assert await count_worth(session, staff) == 1
    assert await queue() == [calm]
    assert await found(unreviewed=True) == [fine, calm]
    assert await found(marks=(Mark.REVIEWED, Mark.NEGATIVE)) == [angry]


async def test_it_is_to_be_read_again_when_something_new_is_said_and_only_for_that() -> None:
    one, staff = await said("+13105550001", "useless", ANGRY), await ana()
    await keep_facts()
    async with transaction() as session:
        await mark_reviewed(session, one, staff, await newest(one), datetime.now(UTC))
    await said("+13105550001", "pico and 4th maybe", {"intent": "report", "vague": True})
    await keep_facts()
    again = await known(one)
    assert Mark.REVIEWED not in again.marks
    assert Mark.NEGATIVE not in again.marks
    assert Mark.LOW_CONFIDENCE in again.marks
    assert await queue() == [one]


async def test_words_that_came_after_the_page_was_opened_are_not_reviewed_with_it() -> None:
    one, staff = await said("+13105550001", "useless", ANGRY), await ana()
    seen = await newest(one)
    await said("+13105550001", "idiots", ANGRY)
    async with transaction() as session:
        await mark_reviewed(session, one, staff, seen, datetime.now(UTC))
    assert await queue() == [one]


async def test_a_mark_is_taken_back_and_progress_counts_each_conversation_once() -> None:
    one, staff = await said("+13105550001", "useless", ANGRY), await ana()
    now = datetime.now(UTC)
    async with transaction() as session:
        await mark_reviewed(session, one, staff, await newest(one), now)
        await mark_unread(session, one, staff, now)
        await mark_reviewed(session, one, staff, await newest(one), now)
        await mark_reviewed(session, one, staff, await newest(one), now)
    async with transaction() as session:
        (hers,) = await progress(session, now.date() + timedelta(days=1))
    assert (hers.name, hers.week) == ("Ana Ruiz", 1)


async def test_a_flag_puts_it_first_even_after_it_was_read_and_a_tag_is_found_by() -> None:
    calm = await said("+13105550001", "pothole", {"intent": "report"})
    angry = await said("+13105550002", "useless", ANGRY)
    await keep_facts()
    staff, now = await ana(), datetime.now(UTC)
    async with transaction() as session:
        await mark_reviewed(session, calm, staff, await newest(calm), now)
        await flag(session, calm, staff, now, on=True)
        await set_tag(session, calm, staff, "  Tone <of> VOICE ", now, on=True)
    assert await queue() == [calm, angry]
    assert await found(marks=("tag:tone of voice",)) == [calm]
    async with transaction() as session:
        await set_tag(session, calm, staff, "tone of voice", now, on=False)
    assert await found(marks=("tag:tone of voice",)) == []


async def test_a_tag_without_letters_is_refused() -> None:
    one, staff = await said("+13105550001", "useless", ANGRY), await ana()
    assert as_tag("!!") == ""
    with pytest.raises(ReviewError):
        async with transaction() as session:
            await set_tag(session, one, staff, "!!", datetime.now(UTC), on=True)


async def test_the_sample_of_a_week_is_the_same_for_everybody_and_so_many_of_a_kind() -> None:
    ids = [await said(f"+1310555{n:04}", "pothole", ASKED) for n in range(6)]
    other = await said("+13105559999", "graffiti", {**ASKED, "service": "graffiti"})
    await keep_facts()
    monday, _ = week_of(datetime.now(UTC).date() + timedelta(days=7))
    async with transaction() as session:
        await session.execute(
            update(ConversationFacts).values(
                last_at=datetime(monday.year, monday.month, monday.day, 20, tzinfo=UTC)
            )
        )
        drawn = [
            one.facts.conversation_id
            for one in await sample_of_week(session, await maria(session), monday, 2)
        ]
        again = [
            one.facts.conversation_id
            for one in await sample_of_week(session, await maria(session), monday, 2)
        ]
    assert drawn == again
    assert other in drawn
    assert len(set(drawn) & set(ids)) == 2


async def test_facts_and_notes_go_with_the_words() -> None:
    one, staff = await said("+13105550001", "useless", ANGRY), await ana()
    await keep_facts()
    async with transaction() as session:
        await add_note(session, one, staff, "they wrote: useless", datetime.now(UTC), await newest(one))
        await forget_words(session, [one], datetime.now(UTC))
    assert await facts(one) is None
    async with transaction() as session:
        assert (await session.scalars(select(ReviewNote))).all() == []


async def test_who_was_erased_is_not_looked_at_again() -> None:
    one = await said("+13105550001", "useless", ANGRY)
    async with transaction() as session:
        await session.execute(update(Conversation).values(last_message_at=None))
        await session.execute(update(Installation).values(facts_upto=0))
    await keep_facts()
    assert await facts(one) is None
