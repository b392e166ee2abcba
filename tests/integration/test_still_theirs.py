"""A number that a carrier listed as given up although its owner still has it: staff say so, and nothing goes to a stranger by it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.disowning import disown_request
from bot.cases.following import count_followers
from bot.cases.lookup import find_request, recent_requests
from bot.cases.merging import MergeError
from bot.cases.people import join_conversations, others_of
from bot.cases.splitting import split_follower
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.cases.withdrawing import mute_request
from bot.conversation.consent import OptedOut, is_not_told, opt_out
from bot.conversation.linking import unlink
from bot.conversation.reach import reach_of_request
from bot.conversation.still_theirs import (
    GivenUpAgainError,
    NotGivenUpError,
    Regained,
    StrangerError,
    WroteSinceError,
    say_still_theirs,
)
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Message, Notice
from bot.delivery.push import update_request
from bot.keeping.erasing import erase_contact
from tests.console import a_request
from tests.integration.telling import tell_everybody
from tests.integration.test_given_up import NUMBER, OTHER, contact_of, given_up, known_before, say

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)


async def still_theirs(conversation_id: int, same_as: int | None = None, now: datetime = NOW) -> Regained:
    async with transaction() as session:
        return await say_still_theirs(session, conversation_id, "staff:maria", now, same_as=same_as)


async def writes_anew(provider_id: str = "SMnew") -> int:
    return (await say("hello, any news?", provider_id)).conversation_id or 0


async def work_is_done(reference: str) -> list[int]:
    """Where the update was meant to be told."""
    async with transaction() as session:
        done = await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
        notices = await session.scalars(select(Notice).where(Notice.update_id == done.id))
        return [notice.conversation_id for notice in notices if notice.state != "suppressed"]


async def sees(conversation_id: int) -> list[str]:
    async with transaction() as session:
        return [one.reference for one in await recent_requests(session, conversation_id)]


async def audited(action: str) -> list[tuple[str, str]]:
    async with transaction() as session:
        rows = await session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id))
        return [(row.actor, row.subject_id) for row in rows]


# --- nobody wrote from it since ----------------------------------------------------------------


async def test_updates_go_to_it_again_and_its_words_are_the_owners() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    await given_up(NUMBER)
    assert await still_theirs(old) == Regained(old)
    assert is_not_told(await contact_of(old)) is None
    assert await work_is_done(reference) == [old]
    assert await writes_anew() == old
    assert await audited("contact.still_theirs") == [("staff:maria", str(old))]


async def test_what_was_not_told_meanwhile_is_not_told_after_all() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    await given_up(NUMBER)
    assert await work_is_done(reference) == []
    await still_theirs(old)
    assert await tell_everybody() == 0


async def test_the_list_that_named_it_names_it_in_vain_and_a_later_one_does_not() -> None:
    old = await known_before()
    await given_up(NUMBER)
    await still_theirs(old)
    assert await given_up(NUMBER) == 0
    assert await given_up(NUMBER, day=NOW.date() - timedelta(days=1)) == 0
    assert await given_up(NUMBER, day=NOW.date() + timedelta(days=1)) == 1
    assert (await contact_of(old)).given_up_at is not None


async def test_a_stop_that_was_said_before_still_stands() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    async with transaction() as session:
        opt_out((await session.get_one(Conversation, old)).contact, OptedOut.CARRIER)
    await given_up(NUMBER)
    await still_theirs(old)
    assert await work_is_done(reference) == []


async def test_said_twice_it_is_said_once_and_of_another_number_it_is_refused() -> None:
    old, other = await known_before(), await known_before(OTHER)
    await given_up(NUMBER)
    results = await asyncio.gather(still_theirs(old), still_theirs(old))
    assert sorted(one.again for one in results) == [False, True]
    assert len(await audited("contact.still_theirs")) == 1
    with pytest.raises(NotGivenUpError):
        await still_theirs(other)
    with pytest.raises(LookupError):
        await still_theirs(999)


async def test_a_first_message_at_that_very_moment_is_lost_in_neither_conversation() -> None:
    for number in range(12):
        whose = f"+1310555{number:04}"
        old = await known_before(whose)
        await given_up(whose)
        said, regained = await asyncio.gather(
            say("hello", f"SMrace{number}", whose), still_theirs(old), return_exceptions=True
        )
        assert not isinstance(said, BaseException)
        if isinstance(regained, WroteSinceError):
            assert regained.conversation_id == said.conversation_id != old
        else:
            assert said.conversation_id == old


# --- somebody did ------------------------------------------------------------------------------


async def test_who_wrote_since_has_to_be_named_and_until_then_gets_nothing() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    await given_up(NUMBER)
    new = await writes_anew()
    with pytest.raises(WroteSinceError) as refused:
        await still_theirs(old)
    assert refused.value.conversation_id == new
    with pytest.raises(WroteSinceError):
        await still_theirs(old, same_as=await known_before(OTHER))
    assert await sees(new) == []
    assert await work_is_done(reference) == []
    assert await audited("contact.still_theirs") == []


async def test_the_same_person_is_told_where_they_write_now_and_sees_what_they_reported() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    await given_up(NUMBER)
    new = await writes_anew()
    assert await still_theirs(old, same_as=new) == Regained(new)
    assert await sees(new) == [reference]
    async with transaction() as session:
        request = await find_request(session, reference)
        assert await count_followers(session, request.id) == 1
        assert (await reach_of_request(session, request.id)).told == 1
        with pytest.raises(MergeError):
            await split_follower(session, reference, new, "staff:maria")
    assert await work_is_done(reference) == [new]
    assert await writes_anew("SMnext") == new, "the number is the new conversation's"
    assert await still_theirs(old, same_as=new) == Regained(new, again=True)
    assert await audited("contact.still_theirs") == [("staff:maria", str(old))]
    assert await audited("conversation.joined") == [("staff:maria", str(old)), ("staff:maria", str(new))]


async def test_what_they_had_muted_stays_muted_and_who_had_stopped_is_told_nothing() -> None:
    old, stopped = await known_before(), await known_before(OTHER)
    loud, quiet = await a_request("one", old), await a_request("two", old)
    unwanted = await a_request("three", stopped)
    async with transaction() as session:
        await mute_request(session, old, quiet)
        opt_out((await session.get_one(Conversation, stopped)).contact, OptedOut.ASKED)
    await given_up(NUMBER, OTHER)
    new = await writes_anew()
    newer = (await say("hi", "SMother", OTHER)).conversation_id or 0
    await still_theirs(old, same_as=new)
    await still_theirs(stopped, same_as=newer)
    assert await work_is_done(loud) == [new]
    assert await work_is_done(quiet) == []
    assert await work_is_done(unwanted) == []


async def test_their_other_phone_is_told_that_a_conversation_was_linked() -> None:
    old, other = await known_before(), await known_before(OTHER)
    async with transaction() as session:
        await join_conversations(session, old, other)
    await given_up(NUMBER)
    new = await writes_anew()
    await still_theirs(old, same_as=new)
    async with transaction() as session:
        sent = await session.scalars(
            select(Message.body).where(Message.conversation_id == other, Message.direction == "out")
        )
        assert ["A conversation by text was just linked with this one" in one for one in sent] == [True]
        assert {one.id for one in await others_of(session, other)} == {old, new}


async def test_who_unlinks_hears_and_sees_nothing_more_of_it() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    await given_up(NUMBER)
    new = await writes_anew()
    await still_theirs(old, same_as=new)
    async with transaction() as session:
        assert await unlink(session, new)
    assert await sees(new) == []
    assert await work_is_done(reference) == []


async def test_who_said_that_a_report_is_not_theirs_is_a_stranger() -> None:
    old = await known_before()
    reference, theirs = await a_request("one", old), await a_request("two", await known_before(OTHER))
    await given_up(NUMBER)
    new = await writes_anew()
    async with transaction() as session:
        await disown_request(session, new, theirs)
    with pytest.raises(StrangerError):
        await still_theirs(old, same_as=new)
    assert await sees(new) == []
    assert await work_is_done(reference) == []


async def test_a_number_that_was_given_up_again_is_said_of_its_newest_conversation_first() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    await given_up(NUMBER)
    new = await writes_anew()
    assert await given_up(NUMBER, day=datetime.now(UTC).date() + timedelta(days=2)) == 1
    with pytest.raises(GivenUpAgainError) as refused:
        await still_theirs(old)
    assert refused.value.conversation_id == new
    assert await still_theirs(new) == Regained(new)
    assert await still_theirs(old, same_as=new) == Regained(new)
    assert await work_is_done(reference) == [new]


async def test_who_was_erased_is_nobodys_number() -> None:
    old = await known_before()
    await given_up(NUMBER)
    await still_theirs(old)
    async with transaction() as session:
        await erase_contact(session, (await session.get_one(Conversation, old)).contact_id, actor="resident")
        contact = await session.scalar(select(Contact))
        assert contact is not None
        assert (contact.given_up_at, contact.still_theirs_at) == (None, None)
    with pytest.raises(NotGivenUpError):
        await still_theirs(old)
