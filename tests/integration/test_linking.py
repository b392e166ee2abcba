"""Conversations of one person: joined by a code that was made in one, sent in the other and confirmed; nothing else joins them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql

from bot.cases.added import Said
from bot.cases.additions import add_answer, add_to_request, attach_photos
from bot.cases.alerts import NewAlert
from bot.cases.disowning import disown_request
from bot.cases.duplicates import nearest_open_duplicates
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.follow_ups import file_follow_up
from bot.cases.following import Following, count_followers, follow_request
from bot.cases.link_codes import new_link_code
from bot.cases.lookup import UnknownRequestError, find_request, photos_sent, recent_requests
from bot.cases.people import conversations_of, join_conversations, of_one_person, others_of
from bot.cases.put_right import move_request, rename_request
from bot.cases.splitting import split_follower
from bot.cases.status import Status
from bot.cases.updates import Change, change_request, subscribed_conversations
from bot.cases.withdrawing import Withdrawn, mute_request, unmute_requests, withdraw_request
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.current import catalogue
from bot.conversation.linking import (
    ANSWER_WITHIN,
    MOST_TRIES,
    TRIES_WITHIN,
    VALID_FOR,
    Tried,
    TryResult,
    new_code,
    redeem_code,
    try_code,
    unlink,
)
from bot.conversation.reach import reach_of_request
from bot.conversation.receive import receive
from bot.db.session import transaction
from bot.db.tables import (
    Addition,
    Audit,
    Contact,
    Conversation,
    Join,
    LinkCode,
    LinkTry,
    Message,
    Notice,
    Person,
)
from bot.delivery.alerting import give_alert
from bot.delivery.push import hear_verdict, join_requests, undo_join
from bot.keeping.erasing import erase_contact
from bot.keeping.exporting import export_contact
from bot.keeping.rows import forget_link_codes
from tests.integration.test_cases import PICO, a_conversation, change, count, file, photos

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
PHONE, OTHER, STRANGER = "+13105550123", "+13105550124", "+13105550125"


async def on_telegram(chat: str = "700") -> int:
    inbound = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, f"{chat}:1", chat, text="hello")
    async with transaction() as session:
        return (await receive(session, inbound)).conversation_id or 0


async def code_of(conversation_id: int, now: datetime = NOW) -> str:
    async with transaction() as session:
        return await new_code(session, conversation_id, now=now)


async def tried(conversation_id: int, code: str, now: datetime = NOW, turn_id: int | None = None) -> Tried:
    async with transaction() as session:
        return await try_code(session, conversation_id, code, turn_id=turn_id, now=now)


async def redeemed(conversation_id: int, good: Tried, now: datetime = NOW) -> bool:
    async with transaction() as session:
        return await redeem_code(session, conversation_id, good.code_id, good.other, now=now)


async def joined() -> tuple[int, int]:
    """A conversation by SMS and one on Telegram, joined as residents join them."""
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    good = await tried(telegram, await code_of(sms))
    assert await redeemed(telegram, good)
    return sms, telegram


async def theirs(conversation_id: int) -> list[str]:
    async with transaction() as session:
        return [one.reference for one in await recent_requests(session, conversation_id)]


async def told_there(conversation_id: int) -> list[str]:
    async with transaction() as session:
        rows = await session.scalars(
            select(Message.body)
            .where(Message.conversation_id == conversation_id, Message.direction == "out")
            .order_by(Message.id)
        )
        return list(rows)


# --- the code -----------------------------------------------------------------------------------


async def test_a_code_joins_after_a_yes_and_the_first_conversation_is_told() -> None:
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    filed = await file(sms)
    good = await tried(telegram, await code_of(sms))
    assert (good.result, good.other, good.channel) == (TryResult.GOOD, sms, "sms")
    assert await theirs(telegram) == []  # a code alone opens nothing
    assert await redeemed(telegram, good)
    assert await theirs(telegram) == [filed.reference]
    assert ["on Telegram was just linked" in text for text in await told_there(sms)] == [True]


async def test_a_code_is_of_use_once_for_a_quarter_of_an_hour() -> None:
    sms, telegram, other = await a_conversation(PHONE), await on_telegram(), await a_conversation(OTHER)
    code = await code_of(sms)
    assert (await tried(telegram, code, NOW + VALID_FOR)).result is TryResult.GOOD
    assert (await tried(telegram, code, NOW + VALID_FOR + timedelta(seconds=1))).result is TryResult.WRONG
    good = await tried(telegram, code)
    assert not await redeemed(telegram, good, NOW + VALID_FOR + ANSWER_WITHIN + timedelta(seconds=1))
    assert await redeemed(telegram, good, NOW + VALID_FOR + ANSWER_WITHIN)
    assert (await tried(other, code)).result is TryResult.WRONG
    assert not await redeemed(other, good)
    assert await redeemed(telegram, good)  # the same turn, taken again


async def test_a_new_code_makes_the_old_one_void() -> None:
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    old = await code_of(sms)
    asked = await tried(telegram, old)
    new = await code_of(sms)
    assert (await tried(telegram, old)).result is TryResult.WRONG
    assert not await redeemed(telegram, asked)  # not even where it was asked about already
    assert (await tried(telegram, new)).result is TryResult.GOOD
    assert await count(LinkCode) == 1


async def test_the_own_code_and_one_of_who_is_joined_already_are_no_wrong_tries() -> None:
    sms, telegram = await joined()
    assert (await tried(sms, await code_of(sms))).result is TryResult.OWN
    assert (await tried(telegram, await code_of(sms))).result is TryResult.JOINED
    assert await count(LinkTry) == 0


async def test_after_five_wrong_codes_nothing_is_looked_at_for_an_hour_not_even_a_good_one() -> None:
    sms, telegram, other = await a_conversation(PHONE), await on_telegram(), await a_conversation(OTHER)
    code = await code_of(sms)
    for _ in range(MOST_TRIES):
        assert (await tried(telegram, new_link_code())).result is TryResult.WRONG
    assert (await tried(telegram, code)).result is TryResult.TOO_MANY
    assert (await tried(other, code)).result is TryResult.GOOD  # others are not kept waiting
    later = NOW + TRIES_WITHIN
    assert (await tried(telegram, await code_of(sms, later), later)).result is TryResult.GOOD


async def test_a_turn_that_is_taken_again_is_one_try() -> None:
    telegram = await on_telegram()
    for _ in range(MOST_TRIES + 2):
        assert (await tried(telegram, "7K3PXT", turn_id=9)).result is TryResult.WRONG
    assert await count(LinkTry) == 1


async def test_a_code_stands_nowhere_but_in_what_was_said() -> None:
    sms = await a_conversation(PHONE)
    code = await code_of(sms)
    async with transaction() as session:
        row = (await session.scalars(select(LinkCode))).one()
    assert code.encode() not in row.code_hash
    assert len(row.code_hash) == 32


async def test_two_who_send_a_code_at_once_are_not_both_joined() -> None:
    sms = await a_conversation(PHONE)
    others = [await a_conversation(f"+1310555020{n}") for n in range(4)]
    code = await code_of(sms)
    good = [await tried(one, code) for one in others]
    results = await asyncio.gather(*(redeemed(one, how) for one, how in zip(others, good, strict=True)))
    assert sorted(results) == [False, False, False, True]
    async with transaction() as session:
        assert await of_one_person(session, sms) == {sms, others[results.index(True)]}


async def test_two_who_join_crosswise_at_once_are_one_person() -> None:
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    there, back = await tried(telegram, await code_of(sms)), await tried(sms, await code_of(telegram))
    assert all(await asyncio.gather(redeemed(telegram, there), redeemed(sms, back)))
    async with transaction() as session:
        assert await of_one_person(session, sms) == {sms, telegram}
        assert await session.scalar(select(func.count()).select_from(Person)) == 1


async def test_a_third_conversation_joins_all() -> None:
    sms, telegram = await joined()
    third, fourth = await a_conversation(OTHER), await a_conversation(STRANGER)
    assert await redeemed(fourth, await tried(fourth, await code_of(third)))
    assert await redeemed(third, await tried(third, await code_of(telegram)))
    async with transaction() as session:
        assert await of_one_person(session, fourth) == {sms, telegram, third, fourth}
        assert len((await session.scalars(select(Person))).all()) == 1


async def test_unlinking_parts_one_and_makes_its_code_void() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    code = await code_of(telegram)
    async with transaction() as session:
        assert await unlink(session, telegram)
        assert not await unlink(session, telegram)
    assert await theirs(telegram) == []
    assert await theirs(sms) == [filed.reference]
    assert (await tried(await a_conversation(OTHER), code)).result is TryResult.WRONG
    async with transaction() as session:
        assert not await unlink(session, sms)  # alone by now
        actions = await session.scalars(select(Audit.action).where(Audit.subject_kind == "conversation"))
        assert sorted(actions) == ["conversation.joined", "conversation.joined", "conversation.parted"]


# --- what joined means --------------------------------------------------------------------------


async def test_both_see_the_requests_of_both_with_all_that_was_told_and_a_stranger_none() -> None:
    sms, telegram = await joined()
    one, two = await file(sms), await file(telegram, "draft-2", description="it is deep")
    stranger = await a_conversation(STRANGER)
    for here in (sms, telegram):
        assert await theirs(here) == [two.reference, one.reference]
    assert await theirs(stranger) == []
    async with transaction() as session:
        await add_to_request(session, telegram, Said("and wet"), one.reference)
        (found,) = await recent_requests(session, sms, reference=one.reference)
        assert (found.told, found.theirs) == ("huge pothole\nand wet", True)
        (followed,) = await recent_requests(session, telegram, reference=one.reference)
        assert (followed.told, followed.theirs) == (found.told, True)


async def test_who_follows_a_request_in_both_sees_it_once() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        await follow_request(session, Following(telegram, filed.reference, "", "", None))
        assert len(await recent_requests(session, telegram)) == 1
        assert await count_followers(session, filed.id) == 1


async def test_words_photos_and_answers_go_to_the_request_of_the_other() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        assert await attach_photos(session, telegram, await photos(2)) == filed.reference  # the newest
        assert (
            await add_to_request(session, telegram, Said("still there"), filed.reference) == filed.reference
        )
        assert await add_answer(session, telegram, filed.reference, "size", "big") == filed.reference
        assert await photos_sent(session, sms, filed.reference) == 2
        request = await find_request(session, filed.reference)
        assert request.answers == {"size": "big"}
        spoke = await session.scalars(select(Addition.conversation_id))
        assert set(spoke) == {telegram}


async def test_what_staff_asked_by_text_is_answered_on_telegram() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    await change(filed.reference, Status.WAITING, "Which lane?")
    async with transaction() as session:
        await add_to_request(session, telegram, Said("the left one"), filed.reference)
    async with transaction() as session:
        assert (await find_request(session, filed.reference)).status == Status.OPEN


async def test_a_verdict_and_stars_count_in_either_and_their_other_phone_is_not_told_of_it() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    await change(filed.reference, Status.RESOLVED, "Done.")
    before = await notices_of(sms)
    async with transaction() as session:
        assert (
            await hear_verdict(session, telegram, filed.reference, Verdict.NOT_FIXED)
        ).status is Status.OPEN
        await record_feedback(session, telegram, filed.reference, rating=2)
    assert await notices_of(sms) == before


async def test_place_and_service_are_put_right_from_either() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        assert await move_request(session, telegram, filed.reference, PICO, "it is on the corner")
        assert await rename_request(session, telegram, filed.reference, "graffiti", "it is paint")


async def test_a_request_is_taken_back_from_either_even_when_both_follow_it() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        await follow_request(session, Following(telegram, filed.reference, "", "", None))
        assert await withdraw_request(session, telegram, filed.reference, "gone") is Withdrawn.TAKEN_BACK


async def test_no_more_of_a_request_is_said_for_both_and_so_is_its_end() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        await mute_request(session, telegram, filed.reference)
        assert await subscribed_conversations(session, filed.id) == []
        await unmute_requests(session, telegram)
        assert await subscribed_conversations(session, filed.id) == [sms]


async def test_what_ended_long_ago_is_followed_up_from_either() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        await change_request(session, Change(filed.reference, Status.RESOLVED, "staff:ana"))
        new = await file_follow_up(session, telegram, filed.reference, "back", (), "en", NOW, "k")
        assert (await find_request(session, new.reference)).conversation_id == telegram


async def test_the_same_matter_told_in_the_other_conversation_is_known_as_their_own() -> None:
    sms, telegram = await joined()
    await file(sms)
    service = catalogue().services["pothole"]
    async with transaction() as session:
        (near,) = await nearest_open_duplicates(session, service, PICO.point, telegram, datetime.now(UTC))
        assert near.own
        stranger = await a_conversation(STRANGER)
        (near,) = await nearest_open_duplicates(session, service, PICO.point, stranger, datetime.now(UTC))
        assert not near.own


async def test_a_stranger_can_do_nothing_with_a_reference_that_two_share() -> None:
    sms, _ = await joined()
    filed, stranger = await file(sms), await a_conversation(STRANGER)
    async with transaction() as session:
        assert await add_to_request(session, stranger, Said("x"), filed.reference) is None
        assert not await move_request(session, stranger, filed.reference, PICO, "there")
        for refused in (
            record_feedback(session, stranger, filed.reference, Verdict.FIXED),
            withdraw_request(session, stranger, filed.reference, "x"),
            mute_request(session, stranger, filed.reference),
        ):
            with pytest.raises(UnknownRequestError):
                await refused


async def test_whose_conversations_they_are_is_found_by_index() -> None:
    sms, _ = await joined()
    query = str(
        conversations_of(sms).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    )
    async with transaction() as session:
        # Among a few rows any way of reading is as good as another.
        await session.execute(
            text(
                "WITH strangers AS (INSERT INTO contacts (channel, address) "
                "SELECT 'sms', '+1213' || n FROM generate_series(5550000, 5552000) n RETURNING id) "
                "INSERT INTO conversations (contact_id) SELECT id FROM strangers"
            )
        )
        await session.execute(text("ANALYZE conversations"))
        plan = "\n".join(row[0] for row in await session.execute(text(f"EXPLAIN {query}")))
    assert "ix_conversations_person_id" in plan
    assert "Seq Scan" not in plan


# --- what goes out ------------------------------------------------------------------------------


async def notices_of(conversation_id: int) -> int:
    async with transaction() as session:
        query = select(func.count(Notice.id)).where(Notice.conversation_id == conversation_id)
        return await session.scalar(query) or 0


async def test_an_update_goes_where_the_request_was_filed() -> None:
    sms, telegram = await joined()
    filed = await file(telegram)
    await change(filed.reference, Status.IN_PROGRESS, "On it.")
    assert (await notices_of(sms), await notices_of(telegram)) == (0, 1)


async def test_who_follows_in_both_is_told_once_and_where_they_did_not_say_stop() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    async with transaction() as session:
        await follow_request(session, Following(telegram, filed.reference, "", "", None))
    await change(filed.reference, Status.IN_PROGRESS, "On it.")
    assert (await notices_of(sms), await notices_of(telegram)) == (1, 0)
    async with transaction() as session:
        assert (await reach_of_request(session, filed.id)).followers == 1
        (await session.get_one(Conversation, sms)).contact.opted_out_at = NOW
    await change(filed.reference, Status.RESOLVED, "Done.")
    assert (await notices_of(sms), await notices_of(telegram)) == (1, 1)


async def test_stop_in_one_holds_for_that_one() -> None:
    sms, telegram = await joined()
    stop = Inbound(Channel.SMS, InboundKind.MESSAGE, "SMstop", PHONE, text="STOP")
    async with transaction() as session:
        await receive(session, stop)
    async with transaction() as session:
        stopped = [
            (await session.get_one(Conversation, one)).contact.opted_out_at is not None
            for one in (sms, telegram)
        ]
        assert stopped == [True, False]
        assert await of_one_person(session, sms) == {sms, telegram}


async def test_a_follower_who_is_taken_out_takes_along_what_they_said_on_their_other_phone() -> None:
    sms, telegram = await joined()
    filed = await file(await a_conversation(STRANGER))
    async with transaction() as session:
        await follow_request(session, Following(sms, filed.reference, "a hole here, too", "", None))
        await add_to_request(session, telegram, Said("it is deep"), filed.reference)
    async with transaction() as session:
        own = await split_follower(session, filed.reference, sms, "staff:ana")
    async with transaction() as session:
        assert [one.words for one in (await find_request(session, own)).additions] == ["it is deep"]
        assert (await find_request(session, filed.reference)).additions == []


async def test_what_is_undone_of_a_join_takes_along_what_they_said_on_their_other_phone() -> None:
    sms, telegram = await joined()
    target, source = await file(await a_conversation(STRANGER)), await file(sms, "draft-2")
    async with transaction() as session:
        await join_requests(session, source.reference, target.reference, "staff:ana")
    async with transaction() as session:
        await add_to_request(session, telegram, Said("it is deep"), source.reference)
        join = (await session.scalars(select(Join))).one()
        await undo_join(session, join.id, "staff:ana", datetime.now(UTC))
    async with transaction() as session:
        back = await find_request(session, source.reference)
        assert [(one.words, one.conversation_id) for one in back.additions] == [("it is deep", telegram)]
        assert (await find_request(session, target.reference)).additions == []


async def test_known_works_are_told_to_a_person_once_of_their_newest_request() -> None:
    sms, telegram = await joined()
    await file(sms)
    await file(telegram, "draft-2")
    words = {"en": "Water main works on Pico.", "es": "Obras en Pico."}
    now = datetime.now(UTC)
    new = NewAlert(words, now + timedelta(days=1), "staff:ana", middle=PICO, radius=300)
    async with transaction() as session:
        _, reached = await give_alert(session, new, now)
    assert (reached.requests, reached.residents) == (2, 1)
    assert (await notices_of(sms), await notices_of(telegram)) == (0, 1)


# --- whose it was no longer is ------------------------------------------------------------------


async def test_a_number_whose_update_is_not_theirs_is_parted_from_the_others() -> None:
    sms, telegram = await joined()
    filed = await file(sms)
    await file(telegram, "draft-2")
    async with transaction() as session:
        await disown_request(session, sms, filed.reference)
    assert await theirs(sms) == []


async def test_erasing_one_deletes_its_link_and_leaves_the_other_as_it_was() -> None:
    sms, telegram = await joined()
    mine, kept = await file(sms), await file(telegram, "draft-2")
    code = await code_of(sms)
    await tried(sms, new_link_code())
    async with transaction() as session:
        contact = (await session.get_one(Conversation, sms)).contact
        assert (await export_contact(session, contact.id))["conversation"]["joined_with"] == [
            {"id": telegram, "channel": "telegram"}
        ]
        await erase_contact(session, contact.id, actor="resident")
    async with transaction() as session:
        assert await others_of(session, telegram) == []
        assert (await session.get_one(Conversation, sms)).person_id is None
        assert (await session.get_one(Contact, contact.id)).erased_at is not None
    assert await count(LinkCode) == 0
    async with transaction() as session:
        row = (await session.scalars(select(LinkTry))).one()  # counted, and nobody's
    assert (row.conversation_id, row.turn_id) == (None, None)
    assert (await tried(telegram, code)).result is TryResult.WRONG
    assert await theirs(telegram) == [kept.reference]
    assert mine.reference != kept.reference


async def test_who_wants_their_data_deleted_is_told_that_the_other_conversation_stays() -> None:
    sms, _ = await joined()
    wish = Inbound(Channel.SMS, InboundKind.MESSAGE, "SMerase", PHONE, text="delete my data")
    async with transaction() as session:
        await receive(session, wish)
    before, question = (await told_there(sms))[-2:]
    assert "Your other phone or chat is not part of this" in before
    assert "Reply ERASE" in question
    answer = Inbound(Channel.SMS, InboundKind.MESSAGE, "SMerase2", PHONE, text="ERASE")
    async with transaction() as session:
        await receive(session, answer)
        assert (await session.get_one(Conversation, sms)).person_id is None


async def test_codes_tries_and_persons_of_nobody_are_swept_and_links_stay() -> None:
    sms, telegram = await joined()
    other = await a_conversation(OTHER)
    await code_of(other)
    await tried(other, new_link_code())
    async with transaction() as session:
        session.add(Person(created_at=NOW))
        await session.flush()
        assert await forget_link_codes(session, NOW - timedelta(days=1), 100) == 0
        assert await forget_link_codes(session, datetime.now(UTC) + timedelta(days=2), 100) == 1
    assert [await count(table) for table in (LinkCode, LinkTry, Person)] == [0, 0, 1]
    async with transaction() as session:
        assert await of_one_person(session, sms) == {sms, telegram}


async def test_joining_oneself_or_twice_changes_nothing() -> None:
    sms, telegram = await joined()
    async with transaction() as session:
        assert not await join_conversations(session, sms, telegram)
        assert not await redeem_code(session, sms, 1, sms, now=NOW)
