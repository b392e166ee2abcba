"""Whatever a message meets, it comes to an end, once, and what is behind it goes on."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.channels.messages import (
    Channel,
    LookUp,
    Outbound,
    OutboundPhoto,
    Outcome,
    PictureFault,
    Receipt,
    ReceiptState,
    SendResult,
    Trace,
)
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Media, Message, Photo
from bot.delivery.alarm import SILENCE, sound_alarm
from bot.delivery.attempts import next_attempt
from bot.delivery.deliver import DeliveryPostponedError, deliver_all
from bot.delivery.outcomes import (
    FAILURE_OF,
    STATE_AFTER,
    record_result,
    wait_before_look_up,
    wait_before_retry,
)
from bot.delivery.progress import UNCONFIRMED, Progress
from bot.delivery.receipts import record_receipt
from bot.delivery.resend import NotFailedError, ResidentStoppedError, UnknownMessageError, resend
from bot.delivery.unsettled import blocked_channels, list_messages
from bot.failures import TRIES, FailureKind
from bot.photos.store import PhotoMissingError
from tests.exploring import chance
from tests.integration.test_delivery import (
    RecordingProvider,
    conversation_id,
    no_photo,
    outbox,
    queue,
    stored,
)

__all__ = ["conversation_id"]
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]
DAY = timedelta(hours=25)


@dataclass
class Broken(RecordingProvider):
    """Raises at words that it cannot stand, before or after they went out."""

    at: str = "poison"
    looks: bool = True

    async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
        if outbound.text == self.at:
            raise ValueError(outbound.text)
        return await super().send(outbound, to=to, message_id=message_id, start=start)


async def deliver(
    provider: RecordingProvider, conversation_id: int, load: Any = no_photo, times: int = 20
) -> int:
    """Come back as often as it is postponed; gives how often that was."""
    for postponed in range(times):
        try:
            await deliver_all(provider, conversation_id, load)
        except DeliveryPostponedError:
            continue
        return postponed
    return times


async def queue_picture(conversation_id: int, words: str, channel: Channel = Channel.SMS) -> int:
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        photo = Photo(sha256="ab" * 32, width=1, height=1, size=4)
        session.add(photo)
        await session.flush()
        (row,) = await queue_replies(session, conversation, [Reply(words, photo_ids=(photo.id,))])
        row.channel = channel
        return row.id


async def change(message_id: int, **values: Any) -> None:
    async with transaction() as session:
        await session.execute(update(Message).where(Message.id == message_id).values(**values))


def linked(media: Media, channel: str) -> OutboundPhoto:
    return OutboundPhoto(
        media.photo_id or 0, "https://311.example.gov/p", link="https://311.example.gov/link"
    )


async def receipt(
    state: ReceiptState, message_id: int, provider_id: str = "out-1", code: str | None = None
) -> None:
    async with transaction() as session:
        await record_receipt(session, Receipt(Channel.SMS, provider_id, state, code, message_id))


def test_the_policy_has_a_word_for_every_outcome() -> None:
    assert set(FAILURE_OF) == set(STATE_AFTER) == set(Outcome)


async def test_a_fault_in_one_message_is_seen_and_what_is_behind_it_goes_out(conversation_id: int) -> None:
    await queue(conversation_id, "poison", "good")
    provider = Broken()
    assert await deliver(provider, conversation_id) == TRIES - 1
    assert await outbox() == [("poison", OutboundState.FAILED), ("good", OutboundState.SENT)]
    async with transaction() as session:
        (row, *_) = await list_messages(session, {OutboundState.FAILED}, 9)
    assert (row.failure, row.faults) == (FailureKind.DETERMINISTIC, TRIES)
    assert row.detail is not None
    assert row.detail.startswith("ValueError")
    assert "poison" not in row.detail


@pytest.mark.parametrize("payload", [{"options": [["One"]]}, {"options": 7}, {"venue": {"lat": 1}}])
async def test_a_message_that_cannot_be_read_fails_alone(
    payload: dict[str, Any], conversation_id: int
) -> None:
    first, _ = await queue(conversation_id, "bad", "good")
    await change(first, payload=payload)
    assert await deliver(RecordingProvider(), conversation_id) == TRIES - 1
    assert await outbox() == [("bad", OutboundState.FAILED), ("good", OutboundState.SENT)]


async def test_a_missing_photo_costs_the_photo(conversation_id: int) -> None:
    def missing(media: Media, channel: str) -> OutboundPhoto:
        raise PhotoMissingError("gone")

    message_id = await queue_picture(conversation_id, "Fixed!")
    provider = RecordingProvider()
    assert await deliver(provider, conversation_id, missing) == 0
    row = await stored(message_id)
    assert [words for _, words, _ in provider.sent] == ["Fixed!"]
    without = Progress.of(row.payload).without
    assert without is not None
    assert (row.state, without.since) == (OutboundState.SENT, "its photo is not in the store")


async def test_a_store_that_is_away_is_asked_again_before_the_photo_is_given_up(conversation_id: int) -> None:
    def away(media: Media, channel: str) -> OutboundPhoto:
        raise OSError("away")

    await queue_picture(conversation_id, "Fixed!")
    provider = RecordingProvider()
    assert await deliver(provider, conversation_id, away) == TRIES - 1
    assert len(provider.sent) == 1


async def test_a_picture_that_is_refused_at_once_is_left_behind_once(conversation_id: int) -> None:
    message_id = await queue_picture(conversation_id, "Fixed!")
    refused = SendResult(
        Outcome.PICTURE_REFUSED, error_code="21612", detail="no MMS", picture=PictureFault.REFUSED
    )
    provider = RecordingProvider(answers=[refused, refused])
    assert await deliver(provider, conversation_id, linked) == 0
    assert len(provider.sent) == 2
    row = await stored(message_id)
    assert row.state == OutboundState.FAILED
    assert row.payload["photo_links"] == ["https://311.example.gov/link"]


async def test_a_picture_that_a_receipt_refuses_is_left_behind_once(conversation_id: int) -> None:
    message_id = await queue_picture(conversation_id, "Fixed!")
    with_picture = SendResult(Outcome.SENT, ("mms",), parts_sent=1, parts=1, picture_part=0)
    provider = RecordingProvider(answers=[with_picture])
    await deliver(provider, conversation_id, linked)
    await receipt(ReceiptState.SENT, message_id, "mms")
    for _ in range(3):
        await receipt(ReceiptState.FAILED, message_id, "mms", "30008")
    await deliver(provider, conversation_id, linked)
    assert [words for _, words, _ in provider.sent] == ["Fixed!", "Fixed!"]
    await receipt(ReceiptState.FAILED, message_id, "mms", "30008")
    assert (await stored(message_id)).state == OutboundState.SENT, "that was the first one's"
    await receipt(ReceiptState.FAILED, message_id, "out-1", "30008")
    await deliver(provider, conversation_id, linked)
    assert len(provider.sent) == 2
    assert (await stored(message_id)).state == OutboundState.FAILED


@pytest.mark.parametrize(
    ("code", "link"), [("12300", True), ("21612", True), ("30008", True), ("30019", True), ("11200", False)]
)
async def test_whatever_blames_the_picture_in_a_receipt_costs_the_picture_only(
    code: str, link: bool, conversation_id: int
) -> None:
    """A link is named where the carrier does not take the picture; where it could not be fetched a link is no use."""
    message_id = await queue_picture(conversation_id, "Fixed!")
    with_picture = SendResult(Outcome.SENT, ("mms",), parts_sent=1, parts=1, picture_part=0)
    provider = RecordingProvider(answers=[with_picture])
    await deliver(provider, conversation_id, linked)
    await receipt(ReceiptState.FAILED, message_id, "mms", code)
    await deliver(provider, conversation_id, linked)
    await receipt(ReceiptState.DELIVERED, message_id, "out-1")
    row = await stored(message_id)
    assert [words for _, words, _ in provider.sent] == ["Fixed!", "Fixed!"]
    assert row.state == OutboundState.DELIVERED
    without = Progress.of(row.payload).without
    assert without is not None
    assert without.link is link
    assert ("photo_links" in row.payload) is link


@pytest.mark.parametrize(
    ("states", "picture"),
    [((ReceiptState.DELIVERED, ReceiptState.FAILED), 0), ((ReceiptState.FAILED,), None)],
)
async def test_words_are_not_said_twice_for_a_late_receipt_or_without_a_picture(
    states: tuple[ReceiptState, ...], picture: int | None, conversation_id: int
) -> None:
    message_id = await queue_picture(conversation_id, "Fixed!")
    answers = [SendResult(Outcome.SENT, ("mms",), parts_sent=1, parts=1, picture_part=picture)]
    provider = RecordingProvider(answers=answers)
    await deliver(provider, conversation_id, linked)
    for state in states:
        await receipt(state, message_id, "mms", "30008" if state is ReceiptState.FAILED else None)
    await deliver(provider, conversation_id, linked)
    assert len(provider.sent) == 1


@pytest.mark.parametrize("state", [OutboundState.QUEUED, OutboundState.SENDING])
async def test_after_a_day_a_message_is_failed_and_the_next_goes_out(
    state: OutboundState, conversation_id: int
) -> None:
    first, _ = await queue(conversation_id, "stale", "fresh")
    long_ago = datetime.now(UTC) - DAY
    await change(first, created_at=long_ago, sending_at=long_ago, state=state, attempts=9)
    provider = RecordingProvider(trace=LookUp(Trace.UNREACHED))
    assert await deliver(provider, conversation_id) == 0
    assert await outbox() == [("stale", OutboundState.FAILED), ("fresh", OutboundState.SENT)]
    if state is OutboundState.SENDING:
        assert (await stored(first)).detail == UNCONFIRMED


async def test_what_is_not_there_may_still_come_as_long_as_the_first_attempt_lasts(
    conversation_id: int,
) -> None:
    (message_id,) = await queue(conversation_id, "once")
    async with transaction() as session:
        stalled = await next_attempt(session, conversation_id)
    assert stalled is not None
    for trace in (Trace.NOT_FOUND, Trace.UNKNOWABLE):
        provider = RecordingProvider(trace=LookUp(trace))
        with pytest.raises(DeliveryPostponedError) as postponed:
            await deliver_all(provider, conversation_id, no_photo)
        assert provider.sent == []
        assert postponed.value.seconds is not None
        assert 10 < postponed.value.seconds <= 17
    await change(message_id, lease_until=datetime.now(UTC) - timedelta(minutes=1))
    provider = RecordingProvider()
    await deliver_all(provider, conversation_id, no_photo)
    assert len(provider.sent) == 1
    # The first goes on after all, and says that it had sent nothing, or an id that nobody knew.
    for late in (SendResult(Outcome.RETRY), SendResult(Outcome.SENT, ("late",), parts_sent=1)):
        async with transaction() as session:
            await record_result(session, stalled, late)
        row = await stored(message_id)
        assert row.state == OutboundState.SENT
    assert set(row.payload["provider_ids"]) == {"out-1", "late"}


async def test_what_is_there_is_settled_at_once(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "once")
    async with transaction() as session:
        await next_attempt(session, conversation_id)
    provider = RecordingProvider(trace=LookUp(Trace.FOUND, "SMfound"))
    await deliver_all(provider, conversation_id, no_photo)
    assert (await stored(message_id)).provider_id == "SMfound"
    assert [start for _, _, start in provider.sent] == [1]


def test_a_provider_that_says_zero_is_not_asked_in_a_circle() -> None:
    first, third, eighth, last = (wait_before_retry(attempts, 0.0) for attempts in (1, 3, 8, 5_000))
    assert 0.4 <= first < third < eighth
    assert all(48 <= longest <= 72 for longest in (eighth, last))  # each a little off, lest all come at once
    assert wait_before_retry(1, 7.0) == 7.0


def test_look_ups_grow_rarer() -> None:
    looked, since = 0, timedelta()
    while since < timedelta(days=1):
        since += timedelta(seconds=wait_before_look_up(since))
        looked += 1
    assert looked < 320


async def test_zero_is_a_wait(conversation_id: int) -> None:
    await queue(conversation_id, "slow")
    provider = RecordingProvider(answers=[SendResult(Outcome.RETRY, retry_after=0.0)] * 4)
    assert await deliver(provider, conversation_id) == 4


async def test_a_wrong_setting_is_loud_loses_nothing_and_is_counted(conversation_id: int) -> None:
    await queue(conversation_id, "one", "two", "three")
    wrong = SendResult(Outcome.MISCONFIGURED, error_code="20003", detail="the auth token is wrong")
    provider = RecordingProvider(answers=[wrong])
    with pytest.raises(DeliveryPostponedError):
        await deliver_all(provider, conversation_id, no_photo)
    async with transaction() as session:
        (blocked,) = await blocked_channels(session)
    assert (blocked.channel, blocked.detail, blocked.waiting) == ("sms", "the auth token is wrong", 3)
    await deliver(provider, conversation_id)
    async with transaction() as session:
        assert await blocked_channels(session) == []
    assert {state for _, state in await outbox()} == {OutboundState.SENT}


def test_an_alarm_sounds_once_a_minute_for_each_kind() -> None:
    sounded = [sound_alarm("sms", kind, now) for now in (0.0, 1.0, SILENCE + 1) for kind in ("a", "b")]
    assert sounded == [True, True, False, False, True, True]


PARTS = [
    (ReceiptState.SENT, "a", None),
    (ReceiptState.DELIVERED, "a", None),
    (ReceiptState.SENT, "b", None),
    (ReceiptState.FAILED, "b", "30003"),
    (ReceiptState.DELIVERED, "c", None),
]


async def long_text(conversation_id: int) -> tuple[int, RecordingProvider]:
    (message_id,) = await queue(conversation_id, "long")
    sent = SendResult(Outcome.SENT, ("a", "b", "c"), parts_sent=3, parts=3)
    provider = RecordingProvider(answers=[sent])
    await deliver(provider, conversation_id)
    return message_id, provider


async def test_receipts_in_any_order_and_number_end_alike(conversation_id: int) -> None:
    for order in itertools.permutations(PARTS):
        if order[0] > order[-1]:  # half of the orders is enough, and the time of the other half is saved
            continue
        message_id, _ = await long_text(conversation_id)
        for state, provider_id, code in (*order, *random.Random(7).sample(order, 3)):
            await receipt(state, message_id, provider_id, code)
        row = await stored(message_id)
        progress = Progress.of(row.payload)
        assert (row.state, progress.failed, progress.parts) == (OutboundState.FAILED, (1,), 3)
        assert (row.error_code, row.detail) == ("30003", "the phone is off or out of reach")


async def test_a_failed_part_is_sent_again_with_what_is_behind_it(conversation_id: int) -> None:
    message_id, provider = await long_text(conversation_id)
    for state, provider_id, code in PARTS:
        await receipt(state, message_id, provider_id, code)
    async with transaction() as session:
        await resend(session, message_id, "staff:maria", conversation_id)
    await deliver(provider, conversation_id)
    assert [start for _, _, start in provider.sent] == [0, 1]
    async with transaction() as session:
        (audit,) = await session.scalars(select(Audit).where(Audit.action == "message.resent"))
        jobs = await session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver'")
        )
    assert audit.actor == "staff:maria"
    assert jobs == 2
    row = await stored(message_id)
    assert (row.state, Progress.of(row.payload).failed) == (OutboundState.SENT, ())


async def test_a_part_that_is_refused_at_once_is_named_and_stays_failed(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "long")
    refused = SendResult(Outcome.REJECTED, ("a",), error_code="30007", parts_sent=1, parts=3)
    await deliver(RecordingProvider(answers=[refused]), conversation_id)
    await receipt(ReceiptState.DELIVERED, message_id, "a")
    row = await stored(message_id)
    assert (row.state, Progress.of(row.payload).failed) == (OutboundState.FAILED, (1,))


async def test_only_what_failed_is_sent_again_and_nothing_after_a_stop(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "hello")
    async with transaction() as session:
        with pytest.raises(NotFailedError):
            await resend(session, message_id, "staff:maria")
        with pytest.raises(UnknownMessageError):
            await resend(session, message_id, "staff:maria", conversation_id + 1)
        await session.execute(update(Contact).values(opted_out_at=datetime.now(UTC)))
    await change(message_id, state=OutboundState.FAILED)
    async with transaction() as session:
        with pytest.raises(ResidentStoppedError):
            await resend(session, message_id, "staff:maria")


@dataclass
class Chance(RecordingProvider):
    """A provider that does anything, and knows what really came to the phone."""

    random: random.Random = field(default_factory=lambda: random.Random(1))
    arrived: list[int] = field(default_factory=list)
    troubles: int = 12

    async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
        if start:
            return SendResult(Outcome.SENT, parts_sent=1)
        what = self.random.choice(
            ["sent", "retry", "lost answer", "lost", "picture", "crash before", "crash after"]
        )
        if self.troubles <= 0:
            what = "sent"
        self.troubles -= 1
        if what in ("sent", "lost answer", "crash after"):
            self.arrived.append(message_id)
        match what:
            case "sent":
                return SendResult(Outcome.SENT, (f"id-{message_id}",), parts_sent=1)
            case "retry":
                return SendResult(Outcome.RETRY, retry_after=self.random.choice([0.0, None, 3.0]))
            case "picture":
                return SendResult(Outcome.PICTURE_REFUSED, picture=PictureFault.REFUSED)
            case "crash before" | "crash after":
                raise Killed
        return SendResult(Outcome.AMBIGUOUS)

    async def look_up(self, outbound: Outbound, *, message_id: int, **more: Any) -> LookUp:
        if self.random.random() < 0.3:
            return LookUp(Trace.UNREACHED)
        if message_id in self.arrived:
            return LookUp(Trace.FOUND, f"id-{message_id}")
        return LookUp(Trace.NOT_FOUND)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_happens_each_text_comes_once_in_order_and_all_ends(
    seed: int, conversation_id: int
) -> None:
    provider = Chance(random=chance(seed))
    ids = [await queue_picture(conversation_id, "one"), *await queue(conversation_id, "two", "three")]
    for _ in range(80):
        try:
            await deliver_all(provider, conversation_id, linked)
        except DeliveryPostponedError:
            continue
        except Killed:  # and its lease is over when the next one comes
            async with transaction() as session:
                await session.execute(update(Message).values(lease_until=datetime.now(UTC) - DAY))
            continue
        break
    settled = {state for _, state in await outbox()}
    assert settled <= {OutboundState.SENT, OutboundState.FAILED}
    assert provider.arrived == sorted(set(provider.arrived))
    rows = [await stored(message_id) for message_id in ids]
    sent = [row.id for row in rows if row.state == OutboundState.SENT]
    assert provider.arrived == sent
