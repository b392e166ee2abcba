"""A number that its owner gave up gets nothing of theirs any more, and whoever writes from it is somebody new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.following import Following, follow_request
from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.people import conversations_of, join_conversations
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.messages import Channel, Inbound, InboundKind, ListProblem, NumberListError
from bot.channels.provider import Providers, open_providers
from bot.city.location import Point
from bot.conversation.consent import Barrier, OptedOut, cannot_be_texted, is_not_told, opt_out
from bot.conversation.given_up import beginning_of, end_of, mark_given_up
from bot.conversation.map_links import MapLinkExpiredError, new_map_link, send_pin
from bot.conversation.outbox import Reply as Words
from bot.conversation.outbox import queue_replies
from bot.conversation.reach import reach_of_request
from bot.conversation.receive import Received, receive
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Message, Notice, NumberList
from bot.delivery.deliver import deliver_all
from bot.delivery.notices.told import tellings_of
from bot.delivery.number_lists import ListState, read_number_lists
from bot.delivery.push import update_request
from bot.delivery.reminders import remind
from bot.delivery.resend import ResidentStoppedError, resend
from bot.failures import FailureKind
from bot.keeping.contacts import UnknownContactError, find_contact
from bot.keeping.erasing import erase_contact
from bot.settings import load_settings
from tests.console import a_request
from tests.integration.telling import noon_after, tell_everybody
from tests.integration.test_delivery import RecordingProvider, no_photo
from tests.standin import Asked, Reply, Standin

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

NUMBER = "+13105550123"
OTHER = "+13105550124"
DAY = date(2026, 11, 20)
# Two hours into the night, by the city's clock, four days after.
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def say(words: str, provider_id: str, number: str = NUMBER) -> Received:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, provider_id, number, text=words, language_hint="en")
    async with transaction() as session:
        return await receive(session, inbound)


async def known_before(number: str = NUMBER, last: datetime = datetime(2026, 11, 12, tzinfo=UTC)) -> int:
    """The conversation of a resident who wrote last at `last`."""
    conversation_id = (await say("a pothole", f"SM{number}", number)).conversation_id
    async with transaction() as session:
        await session.execute(
            update(Message).where(Message.conversation_id == conversation_id).values(created_at=last)
        )
        conversation = await session.get_one(Conversation, conversation_id)
        conversation.contact.created_at = conversation.created_at = conversation.last_message_at = last
    return conversation_id or 0


async def given_up(*numbers: str, day: date = DAY) -> int:
    async with transaction() as session:
        return await mark_given_up(session, numbers, day)


async def contact_of(conversation_id: int) -> Contact:
    async with transaction() as session:
        return (await session.get_one(Conversation, conversation_id)).contact


# --- who is marked -----------------------------------------------------------------------------


async def test_staff_are_told_since_when_a_number_is_given_up() -> None:
    conversation_id = await known_before()
    assert await given_up(NUMBER, OTHER) == 1
    barrier = cannot_be_texted(await contact_of(conversation_id))
    assert barrier is not None
    assert barrier.dated == "gave up this number, since 2026-11-20"
    assert (barrier.why, barrier.blocks, barrier.keeps_updates, barrier.ends_with_start) == (
        Barrier.GIVEN_UP,
        True,
        True,
        False,
    )
    async with transaction() as session:
        row = await session.scalar(select(Audit).where(Audit.action == "contact.given_up"))
    assert row is not None
    assert (row.actor, row.subject_id, row.detail) == ("system", str(conversation_id), {})


@pytest.mark.parametrize(
    ("last", "marked"),
    [
        (beginning_of(DAY) + timedelta(hours=9), 1),  # in the morning it was still theirs
        (end_of(DAY) - timedelta(seconds=1), 1),
        (end_of(DAY), 0),  # a carrier gives nobody a number the day after: it is still them
    ],
)
async def test_who_wrote_after_the_day_has_the_number_still(last: datetime, marked: int) -> None:
    await known_before(last=last)
    assert await given_up(NUMBER) == marked


async def test_whom_we_met_after_the_day_is_somebody_else() -> None:
    conversation_id = await known_before()
    await given_up(NUMBER)
    new = (await say("hello", "SMnew")).conversation_id
    assert new != conversation_id
    assert await given_up(NUMBER) == 0
    assert (await contact_of(new or 0)).given_up_at is None


@pytest.mark.parametrize("way", ["", "whatsapp:", "rcs:"])
async def test_the_number_is_the_same_by_whatever_way_it_writes(way: str) -> None:
    await known_before(f"{way}{NUMBER}")
    assert await given_up(NUMBER) == 1


async def test_a_list_that_is_read_again_marks_nobody_twice() -> None:
    conversation_id = await known_before()
    assert await given_up(NUMBER) == 1
    assert await given_up(NUMBER, day=DAY + timedelta(days=1)) == 0
    assert (await contact_of(conversation_id)).given_up_at == beginning_of(DAY)


# --- nothing is sent there ---------------------------------------------------------------------


async def test_an_update_is_kept_from_it_and_the_request_says_why() -> None:
    conversation_id = await known_before()
    reference = await a_request("one", conversation_id)
    await given_up(NUMBER)
    async with transaction() as session:
        change = await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
    assert await tell_everybody() == 0
    async with transaction() as session:
        notice = (await session.scalars(select(Notice))).one()
        telling = (await tellings_of(session, [change.id]))[change.id]
        reach = await reach_of_request(session, (await find_request(session, reference)).id)
    assert (notice.state, notice.why) == ("suppressed", "given_up")
    assert (telling.not_told, reach.told) == (1, 0)
    assert [one.sentence for one in reach.not_told] == ["gave up this number"]


async def test_an_update_that_waits_when_the_number_is_given_up_is_not_told() -> None:
    conversation_id = await known_before()
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
    await given_up(NUMBER)
    assert await tell_everybody() == 0
    async with transaction() as session:
        notice = (await session.scalars(select(Notice))).one()
    assert (notice.state, notice.why) == ("suppressed", "given_up")


@pytest.mark.parametrize("kind", ["message", "consent"])
async def test_what_is_on_its_way_stops_whatever_it_is(kind: str) -> None:
    conversation_id = await known_before()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (message,) = await queue_replies(session, conversation, [Words("Your report")], kind=kind)
    await given_up(NUMBER)
    provider = RecordingProvider()
    await deliver_all(provider, conversation_id, no_photo)
    async with transaction() as session:
        row = await session.get_one(Message, message.id)
    assert provider.sent == []
    assert (row.state, row.detail) == (OutboundState.SUPPRESSED, "the resident gave up this number")


async def test_what_failed_is_not_sent_again() -> None:
    conversation_id = await known_before()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (message,) = await queue_replies(session, conversation, [Words("Your report")])
        message.state = OutboundState.FAILED
    await given_up(NUMBER)
    with pytest.raises(ResidentStoppedError, match="gave up this number"):
        async with transaction() as session:
            await resend(session, message.id, "staff:maria")


async def test_nobody_is_reminded_there() -> None:
    now = noon_after(datetime.now(UTC))
    conversation_id = await known_before(last=now - timedelta(hours=25))
    async with transaction() as session:
        (await session.get_one(Conversation, conversation_id)).report_open = True
    async with transaction() as session:
        (await session.get_one(Conversation, conversation_id)).contact.given_up_at = now
    async with transaction() as session:
        assert await remind(session, load_settings(), now) == 0


async def test_a_pin_of_the_old_phone_does_not_begin_a_report_of_the_new_one() -> None:
    conversation_id = await known_before()
    async with transaction() as session:
        token = (await new_map_link(session, conversation_id, None)).rsplit("/", 1)[1]
    await given_up(NUMBER)
    with pytest.raises(MapLinkExpiredError):
        async with transaction() as session:
            await send_pin(session, token, Point(34.02, -118.49))


async def test_a_follower_with_another_phone_is_told_there() -> None:
    first = await known_before()
    second = await known_before(OTHER)
    reference = await a_request("one", first)
    async with transaction() as session:
        await join_conversations(session, first, second)
        await follow_request(session, Following(second, reference, "me too", "by the school", None))
    await given_up(NUMBER)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
        notices = (await session.scalars(select(Notice))).all()
    assert [notice.conversation_id for notice in notices] == [second]


# --- whoever writes from it is somebody new ----------------------------------------------------


async def test_whoever_writes_from_it_begins_anew_and_has_nothing_of_the_old_one() -> None:
    old = await known_before()
    reference = await a_request("one", old)
    async with transaction() as session:
        contact = (await session.get_one(Conversation, old)).contact
        contact.display_name, contact.language, contact.wants_updates = "Ana", "es", True
    await given_up(NUMBER)
    new = (await say("hello, who is this?", "SMnew")).conversation_id or 0
    async with transaction() as session:
        fresh = (await session.get_one(Conversation, new)).contact
        theirs = set(await session.scalars(conversations_of(new)))
        (followed,) = (await session.execute(select(func.count()).select_from(Notice))).one()
        request = await find_request(session, reference)
        reach = await reach_of_request(session, request.id)
    assert (fresh.address, fresh.display_name, fresh.language, fresh.wants_updates) == (
        NUMBER,
        None,
        "en",
        None,
    )
    assert is_not_told(fresh) is None
    assert theirs == {new}
    assert followed == 0
    assert request.conversation_id == old
    assert reach.told == 0
    with pytest.raises(UnknownRequestError):
        async with transaction() as session:
            await record_feedback(session, new, reference, Verdict.NOT_FIXED)


async def test_the_old_owners_stop_is_not_the_new_ones() -> None:
    old = await known_before()
    async with transaction() as session:
        opt_out((await session.get_one(Conversation, old)).contact, OptedOut.ASKED)
    await given_up(NUMBER)
    new = (await say("pothole on Pico", "SMnew")).conversation_id or 0
    assert cannot_be_texted(await contact_of(new)) is None
    assert (await contact_of(old)).opted_out_why == OptedOut.ASKED


async def test_a_late_repeat_of_the_old_owners_words_begins_nothing() -> None:
    await known_before()
    await given_up(NUMBER)
    received = await say("a pothole", f"SM{NUMBER}")
    assert (received.duplicate, received.conversation_id) == (True, None)
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Contact)) == 1


async def test_a_number_can_be_given_up_again_and_again() -> None:
    first = await known_before()
    await given_up(NUMBER)
    second = (await say("hello", "SMsecond")).conversation_id or 0
    later = datetime.now(UTC).date() + timedelta(days=2)
    assert await given_up(NUMBER, day=later) == 1
    third = (await say("hi", "SMthird")).conversation_id or 0
    assert len({first, second, third}) == 3


async def test_words_that_come_in_while_it_is_marked_are_never_lost_in_the_old_conversation() -> None:
    """Either they came first, and the number is still theirs, or they are a new resident's."""
    for number in range(20):
        whose = f"+1310555{number:04}"
        old = await known_before(whose)
        said, marked = await asyncio.gather(say("hello", f"SMrace{number}", whose), given_up(whose))
        contact = await contact_of(old)
        assert (contact.given_up_at is not None) == (marked == 1)
        assert (said.conversation_id == old) == (marked == 0)


async def test_the_number_finds_who_has_it_now_and_never_hands_out_the_old_owners_words() -> None:
    old = await known_before()
    await given_up(NUMBER)
    async with transaction() as session:
        with pytest.raises(UnknownContactError, match="given up"):
            await find_contact(session, NUMBER)
        assert (await find_contact(session, f"conversation:{old}")).given_up_at is not None
    new = (await say("hello", "SMnew")).conversation_id or 0
    async with transaction() as session:
        assert (await find_contact(session, NUMBER)).id == (
            await session.get_one(Conversation, new)
        ).contact_id


async def test_erasing_the_old_owner_leaves_the_new_one() -> None:
    old = await known_before()
    await given_up(NUMBER)
    new = (await say("hello", "SMnew")).conversation_id or 0
    async with transaction() as session:
        contact_id = (await session.get_one(Conversation, old)).contact_id
        await erase_contact(session, contact_id, actor="staff:maria")
    assert (await contact_of(old)).address.startswith("erased:")
    assert (await contact_of(new)).address == NUMBER


# --- the lists ---------------------------------------------------------------------------------


@pytest.fixture
async def twilio() -> AsyncIterator[Standin]:
    async with Standin() as server:
        yield server


@pytest.fixture
async def providers(twilio: Standin) -> AsyncIterator[Providers]:
    settings = load_settings(
        twilio_account_sid="AC" + "0a" * 16,
        twilio_auth_token="f" * 32,
        twilio_from="+13105550100",
        twilio_api_base_url=twilio.url,
    )
    async with open_providers(settings) as opened:
        yield opened


def publish(twilio: Standin, **lists: str) -> None:
    """Have these lists at Twilio ("d2026_11_20"), and of all other days an empty one."""

    def link(asked: Asked) -> Reply:
        return Reply(307, {"redirect_to": f"/lists/{asked.query['Date'][0]}"})

    def answer(asked: Asked) -> Reply:
        day = asked.path.rsplit("/", 1)[1]
        return Reply(200, lists.get("d" + day.replace("-", "_"), "").encode())

    twilio.on("/v1/Deactivations", link)
    twilio.on("/lists/.*", answer)


def days_asked(twilio: Standin) -> list[str]:
    return [one.query["Date"][0] for one in twilio.requests if one.path == "/v1/Deactivations"]


async def lists() -> dict[date, NumberList]:
    async with transaction() as session:
        return {row.day: row for row in await session.scalars(select(NumberList))}


async def test_each_day_since_we_know_somebody_is_read_once(twilio: Standin, providers: Providers) -> None:
    conversation_id = await known_before(last=datetime(2026, 11, 19, 20, tzinfo=UTC))
    publish(twilio, d2026_11_20=f"{OTHER}\n{NUMBER}\n")
    for _ in range(8):
        assert await read_number_lists(providers, NOW)
    assert days_asked(twilio) == [f"2026-11-{day}" for day in (19, 20, 21, 22, 23)]
    assert (await contact_of(conversation_id)).given_up_at == beginning_of(DAY)
    rows = await lists()
    assert {row.state for row in rows.values()} == {ListState.READ}
    assert {day: row.given_up for day, row in rows.items() if row.given_up} == {DAY: 1}
    await read_number_lists(providers, NOW + timedelta(days=1))
    assert days_asked(twilio)[5:] == ["2026-11-24"]


async def test_a_day_is_read_in_the_night_after_it(twilio: Standin, providers: Providers) -> None:
    await known_before(last=datetime(2026, 11, 23, 20, tzinfo=UTC))
    publish(twilio)
    await read_number_lists(providers, datetime(2026, 11, 24, 10, 59, tzinfo=UTC))  # 2:59
    assert days_asked(twilio) == []
    await read_number_lists(providers, datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
    assert days_asked(twilio) == ["2026-11-23"]


async def test_no_more_than_a_month_is_read_back(twilio: Standin, providers: Providers) -> None:
    await known_before(last=datetime(2025, 1, 1, tzinfo=UTC))
    publish(twilio)
    for _ in range(35):
        await read_number_lists(providers, NOW)
    assert len(days_asked(twilio)) == 30
    assert days_asked(twilio)[0] == "2026-10-25"


async def test_without_twilio_and_without_anybody_nothing_is_asked(
    twilio: Standin, providers: Providers
) -> None:
    assert await read_number_lists(providers, NOW)
    await known_before()
    assert await read_number_lists(Providers({}), NOW)
    assert twilio.requests == []
    assert await lists() == {}


async def test_two_workers_do_not_read_one_list(twilio: Standin, providers: Providers) -> None:
    await known_before(last=datetime(2026, 11, 22, 20, tzinfo=UTC))
    publish(twilio)
    await asyncio.gather(*[read_number_lists(providers, NOW) for _ in range(4)])
    for _ in range(2):
        await read_number_lists(providers, NOW)
    assert sorted(days_asked(twilio)) == ["2026-11-22", "2026-11-23"]


async def test_a_worker_that_dies_over_a_list_leaves_it_for_another(
    twilio: Standin, providers: Providers
) -> None:
    await known_before(last=datetime(2026, 11, 23, 20, tzinfo=UTC))

    twilio.on("/v1/Deactivations", Reply(307, {"redirect_to": "/list"}))
    asked = asyncio.Event()

    def never(_: Asked) -> Reply:
        asked.set()
        return Reply(200, b"+1", {"Transfer-Encoding": "never ends"})

    twilio.on("/list", never, Reply(200, b"+13105550199"))
    reading = asyncio.create_task(read_number_lists(providers, NOW))
    await asked.wait()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await read_number_lists(providers, NOW + timedelta(minutes=59))
    assert len(days_asked(twilio)) == 1
    await read_number_lists(providers, NOW + timedelta(hours=1))
    assert (await lists())[date(2026, 11, 23)].state == ListState.READ


async def one_day(last: int = 23) -> None:
    await known_before(last=datetime(2026, 11, last, 20, tzinfo=UTC))


async def test_a_list_that_is_not_there_yet_is_asked_for_every_hour_until_it_never_comes(
    twilio: Standin, providers: Providers
) -> None:
    await one_day()
    for hours in range(24 * 4):
        assert await read_number_lists(providers, NOW + timedelta(hours=hours))
        if hours >= 12:
            twilio.on("/v1/Deactivations", Reply(404))
    rows = await lists()
    row = rows[date(2026, 11, 23)]
    assert (row.state, row.failure) == (ListState.MISSING, None)
    asked = days_asked(twilio).count("2026-11-23")
    assert 60 < asked < 75, "every hour for three days"


async def test_twilio_may_ask_to_wait(twilio: Standin, providers: Providers) -> None:
    await one_day()
    twilio.on("/v1/Deactivations", Reply(429, b"", {"Retry-After": "3600"}))
    assert await read_number_lists(providers, NOW)
    row = (await lists())[date(2026, 11, 23)]
    assert (row.state, row.failure, row.due_at) == ("waiting", "transient", NOW + timedelta(hours=1))
    publish(twilio)
    assert await read_number_lists(providers, NOW + timedelta(hours=1))
    row = (await lists())[date(2026, 11, 23)]
    assert (row.state, row.failure) == ("read", None)


async def test_what_is_away_for_days_is_said(twilio: Standin, providers: Providers) -> None:
    await one_day(21)
    twilio.on("/v1/Deactivations", Reply(503))
    with pytest.raises(NumberListError):
        await read_number_lists(providers, NOW)


async def test_refused_credentials_are_said_and_stay_said_until_they_are_right(
    twilio: Standin, providers: Providers
) -> None:
    await one_day()
    twilio.on("/v1/Deactivations", Reply(401))
    with pytest.raises(NumberListError) as raised:
        await read_number_lists(providers, NOW)
    assert raised.value.problem is ListProblem.REFUSED
    assert not await read_number_lists(providers, NOW + timedelta(minutes=1)), "nothing is kept of this run"
    assert (await lists())[date(2026, 11, 23)].failure == FailureKind.MISCONFIGURED
    publish(twilio)
    assert await read_number_lists(providers, NOW + timedelta(hours=1))
    assert await read_number_lists(providers, NOW + timedelta(hours=1, minutes=1))


async def test_a_list_that_is_none_holds_up_no_other_and_is_asked_for_ever_more_seldom(
    twilio: Standin, providers: Providers
) -> None:
    await one_day(22)
    publish(twilio, d2026_11_22="<html>\n", d2026_11_23=NUMBER)
    tries = []
    for hours in range(50):
        try:
            await read_number_lists(providers, NOW + timedelta(hours=hours))
        except NumberListError:
            tries.append(hours)
    assert tries == [0, 1, 2, 26]
    assert (await lists())[date(2026, 11, 23)].state == ListState.READ


async def test_what_was_marked_before_a_list_broke_off_stays_and_the_rest_follows(
    twilio: Standin, providers: Providers
) -> None:
    first, second = await known_before(), await known_before(OTHER)
    whole = "\n".join([NUMBER, *[f"+1415{number:07}" for number in range(6_000)], OTHER]).encode()
    broken = Reply(200, whole[:70_000] + b"\n" + b"x" * 100)
    twilio.on("/v1/Deactivations", Reply(307, {"redirect_to": "/list"}))
    twilio.on("/list", broken, Reply(200, whole))
    with pytest.raises(NumberListError):
        await read_number_lists(providers, NOW)
    assert (await contact_of(first)).given_up_at is not None
    assert (await contact_of(second)).given_up_at is None
    for hours in (1, 2):
        await read_number_lists(providers, NOW + timedelta(hours=hours))
    assert (await contact_of(second)).given_up_at is not None
