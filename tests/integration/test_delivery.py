"""Messages go out in order and once; an uncertain outcome is looked up; receipts never move a state back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.channels.messages import (
    Channel,
    Check,
    FetchedMedia,
    Inbound,
    InboundKind,
    Known,
    LookUp,
    MediaRef,
    Option,
    Outbound,
    OutboundPhoto,
    Outcome,
    Pin,
    Receipt,
    ReceiptState,
    SendResult,
    Trace,
)
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Media, Message, ReceiptRow
from bot.delivery.attempts import next_attempt
from bot.delivery.deliver import DeliveryPostponedError, deliver_all
from bot.delivery.progress import Progress
from bot.delivery.receipts import record_receipt

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


@dataclass
class RecordingProvider:
    """Takes what a provider would take; its answers are laid out beforehand, then it is well."""

    channel: Channel = Channel.SMS
    answers: list[SendResult] = field(default_factory=list)
    trace: LookUp = field(default_factory=lambda: LookUp(Trace.NOT_FOUND))
    sent: list[tuple[int, str, int]] = field(default_factory=list)
    maps: list[bool] = field(default_factory=list)  # whether each went with a map
    traces: list[LookUp] = field(default_factory=list)  # answers before `trace`
    looked_up: list[tuple[int, Known]] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
        self.sent.append((message_id, outbound.text, start))
        self.maps.append(outbound.map_picture is not None)
        await asyncio.sleep(0)
        if self.answers:
            return self.answers.pop(0)
        return SendResult(Outcome.SENT, (f"out-{next(self.numbers)}",), parts_sent=1)

    async def look_up(
        self,
        outbound: Outbound,
        *,
        to: str,
        message_id: int,
        part: int,
        since: datetime,
        known: Known,
    ) -> LookUp:
        self.looked_up.append((part, known))
        return self.traces.pop(0) if self.traces else self.trace

    async def ask(self, provider_id: str, *, message_id: int) -> Receipt | None:
        return None

    async def given_up(self, day: date) -> AsyncIterator[Sequence[str]]:
        nobodys: tuple[Sequence[str], ...] = ()
        for numbers in nobodys:
            yield numbers

    async def fetch(self, ref: MediaRef) -> FetchedMedia:
        return FetchedMedia(b"")

    async def delete_media(self, ref: MediaRef) -> bool:
        return True

    async def answer_button(self, callback_id: str) -> None:
        return

    async def check(self) -> Check:
        return Check(True, "")

    async def aclose(self) -> None:
        return


def no_photo(media: Media, channel: str) -> OutboundPhoto:
    return OutboundPhoto(media.photo_id or 0, "https://example.gov/photo")


@pytest.fixture
async def conversation_id(database: object) -> int:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="pothole")
    async with transaction() as session:
        return (await receive(session, inbound)).conversation_id


async def queue(conversation_id: int, *texts: str, kind: str = "message") -> list[int]:
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        replies = [Reply(text, (Option("One", "/1"),)) for text in texts]
        return [row.id for row in await queue_replies(session, conversation, replies, kind=kind)]


async def outbox() -> list[tuple[str, str]]:
    async with transaction() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return [(row.body, row.state) for row in rows]


async def stored(message_id: int) -> Message:
    async with transaction() as session:
        return await session.get_one(Message, message_id)


async def cut_off(message_id: int) -> None:
    """As a worker leaves it that is killed while it sends."""
    async with transaction() as session:
        await session.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(state=OutboundState.SENDING, sending_at=datetime.now(UTC))
        )


async def test_everything_that_waits_goes_out_in_order_once(conversation_id: int) -> None:
    await queue(conversation_id, "first", "second", "third")
    provider = RecordingProvider()
    await deliver_all(provider, conversation_id, no_photo)
    await deliver_all(provider, conversation_id, no_photo)
    assert [text for _, text, _ in provider.sent] == ["first", "second", "third"]
    assert {state for _, state in await outbox()} == {OutboundState.SENT}


async def test_an_sms_goes_without_the_map_that_its_text_links_to(conversation_id: int) -> None:
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (row,) = await queue_replies(session, conversation, [Reply("Here?", map=Pin(34.0105, -118.4912))])
        attempt = await next_attempt(session, conversation_id)
    assert row.payload["map"] == {"lat": 34.0105, "lon": -118.4912}
    assert attempt is not None
    assert attempt.map is None


async def test_words_whose_map_is_refused_go_out_without_it() -> None:
    async with transaction() as session:
        said = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, "700:1", "700", text="pothole")
        conversation_id = (await receive(session, said)).conversation_id
        conversation = await session.get_one(Conversation, conversation_id)
        replies = [Reply("Here?", map=Pin(34.0105, -118.4912)), Reply("Thanks")]
        first, _ = await queue_replies(session, conversation, replies)
    provider = RecordingProvider(Channel.TELEGRAM, [SendResult(Outcome.PICTURE_REFUSED, error_code="400")])
    await deliver_all(provider, conversation_id, no_photo)
    assert [text for _, text, _ in provider.sent] == ["Here?", "Here?", "Thanks"]
    assert provider.maps == [True, False, False]
    async with transaction() as session:
        row = await session.get_one(Message, first.id)
    assert row.state == OutboundState.SENT
    assert Progress.of(row.payload).without is not None  # staff see what the resident saw


async def test_slow_down_keeps_the_order_and_the_wait(conversation_id: int) -> None:
    await queue(conversation_id, "first", "second")
    provider = RecordingProvider(answers=[SendResult(Outcome.RETRY, retry_after=7.0)])
    with pytest.raises(DeliveryPostponedError) as postponed:
        await deliver_all(provider, conversation_id, no_photo)
    assert postponed.value.seconds == 7.0
    assert [state for _, state in await outbox()] == [OutboundState.QUEUED, OutboundState.QUEUED]
    await deliver_all(provider, conversation_id, no_photo)
    assert [text for _, text, _ in provider.sent] == ["first", "first", "second"]


async def test_an_uncertain_send_that_went_out_is_not_repeated(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "only once")
    provider = RecordingProvider(
        answers=[SendResult(Outcome.AMBIGUOUS)], trace=LookUp(Trace.FOUND, "SMfound")
    )
    with pytest.raises(DeliveryPostponedError):
        await deliver_all(provider, conversation_id, no_photo)
    await deliver_all(provider, conversation_id, no_photo)
    # The second call starts after the last part: there is nothing left to post.
    assert [start for _, _, start in provider.sent] == [0, 1]
    message = await stored(message_id)
    assert message.state == OutboundState.SENT
    assert message.provider_id == "SMfound"


async def test_an_uncertain_send_that_did_not_go_out_is_sent_again(conversation_id: int) -> None:
    await queue(conversation_id, "again")
    provider = RecordingProvider(answers=[SendResult(Outcome.AMBIGUOUS)])
    with pytest.raises(DeliveryPostponedError):
        await deliver_all(provider, conversation_id, no_photo)
    await deliver_all(provider, conversation_id, no_photo)
    assert [start for _, _, start in provider.sent] == [0, 0]
    assert len(provider.looked_up) == 1


async def test_a_worker_that_died_while_sending_leaves_a_look_up_not_a_second_send(
    conversation_id: int,
) -> None:
    (message_id,) = await queue(conversation_id, "cut off")
    await cut_off(message_id)
    provider = RecordingProvider(trace=LookUp(Trace.UNKNOWABLE))
    await deliver_all(provider, conversation_id, no_photo)
    assert len(provider.looked_up) == 1
    assert all(start == 1 for _, _, start in provider.sent)
    assert (await stored(message_id)).detail == "unconfirmed"


async def test_of_a_reply_cut_off_between_its_parts_each_is_looked_up_before_the_rest_is_sent(
    conversation_id: int,
) -> None:
    (message_id,) = await queue(conversation_id, "long")
    await cut_off(message_id)
    provider = RecordingProvider(traces=[LookUp(Trace.FOUND, "out-a", more=True)])
    await deliver_all(provider, conversation_id, no_photo)
    assert [part for part, _ in provider.looked_up] == [0, 1]
    assert [start for _, _, start in provider.sent] == [1]
    assert (await stored(message_id)).payload["provider_ids"] == ["out-a", "out-1"]


async def test_a_look_up_is_told_what_is_older_and_what_is_on_record(conversation_id: int) -> None:
    await queue(conversation_id, "first")
    await deliver_all(RecordingProvider(), conversation_id, no_photo)
    (message_id,) = await queue(conversation_id, "second")
    await cut_off(message_id)
    async with transaction() as session:
        later = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM2", "+13105550199", text="hello")
        await receive(session, later)
    provider = RecordingProvider(trace=LookUp(Trace.UNKNOWABLE))
    await deliver_all(provider, conversation_id, no_photo)
    ((_, known),) = provider.looked_up
    assert known.earlier == {"SM1", "out-1"}
    assert known.latest == {"SM1", "out-1", "SM2"}
    assert not known.gap


async def test_a_look_up_is_told_of_a_message_that_was_never_confirmed(conversation_id: int) -> None:
    first, second = await queue(conversation_id, "first", "second")
    provider = RecordingProvider(
        answers=[SendResult(Outcome.SENT, parts_sent=1)], trace=LookUp(Trace.UNKNOWABLE)
    )
    await cut_off(first)
    await cut_off(second)
    await deliver_all(provider, conversation_id, no_photo)
    assert [known.gap for _, known in provider.looked_up] == [False, True]


async def test_while_the_provider_cannot_be_asked_nothing_is_sent(conversation_id: int) -> None:
    await queue(conversation_id, "wait")
    provider = RecordingProvider(answers=[SendResult(Outcome.AMBIGUOUS)], trace=LookUp(Trace.UNREACHED))
    for _ in range(3):
        with pytest.raises(DeliveryPostponedError):
            await deliver_all(provider, conversation_id, no_photo)
    assert len(provider.sent) == 1


async def test_a_reply_in_parts_goes_on_where_it_stopped(conversation_id: int) -> None:
    await queue(conversation_id, "long")
    provider = RecordingProvider(
        answers=[SendResult(Outcome.RETRY, ("out-1",), retry_after=1.0, parts_sent=1)]
    )
    with pytest.raises(DeliveryPostponedError):
        await deliver_all(provider, conversation_id, no_photo)
    await deliver_all(provider, conversation_id, no_photo)
    assert [start for _, _, start in provider.sent] == [0, 1]


async def test_a_rejected_message_does_not_hold_up_the_next(conversation_id: int) -> None:
    await queue(conversation_id, "bad", "good")
    provider = RecordingProvider(answers=[SendResult(Outcome.REJECTED, error_code="21211")])
    await deliver_all(provider, conversation_id, no_photo)
    assert [state for _, state in await outbox()] == [OutboundState.FAILED, OutboundState.SENT]


async def test_an_opt_out_found_while_sending_silences_the_rest_but_not_the_confirmation(
    conversation_id: int,
) -> None:
    await queue(conversation_id, "one", "two")
    await queue(conversation_id, "you will hear no more", kind="consent")
    provider = RecordingProvider(answers=[SendResult(Outcome.OPTED_OUT, error_code="21610")])
    await deliver_all(provider, conversation_id, no_photo)
    assert [state for _, state in await outbox()] == [
        OutboundState.SUPPRESSED,
        OutboundState.SUPPRESSED,
        OutboundState.SENT,
    ]
    async with transaction() as session:
        contact = await session.scalar(select(Contact))
    assert contact is not None
    assert contact.opted_out_at is not None


async def test_a_reply_that_could_not_go_out_for_a_day_is_given_up_loudly(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "stale")
    async with transaction() as session:
        await session.execute(
            update(Message).values(created_at=datetime.now(UTC) - timedelta(hours=25), attempts=9)
        )
    provider = RecordingProvider()
    await deliver_all(provider, conversation_id, no_photo)
    assert provider.sent == []
    assert (await stored(message_id)).state == OutboundState.FAILED


async def receipt(state: ReceiptState, message_id: int | None = None, provider_id: str = "out-1") -> bool:
    async with transaction() as session:
        return await record_receipt(session, Receipt(Channel.SMS, provider_id, state, None, message_id))


async def test_receipts_in_any_order_end_at_the_furthest_state(conversation_id: int) -> None:
    for states in itertools.permutations((ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.QUEUED)):
        (message_id,) = await queue(conversation_id, "hello")
        await deliver_all(RecordingProvider(), conversation_id, no_photo)
        for state in states:
            assert await receipt(state, message_id)
            assert await receipt(state, message_id)
        assert (await stored(message_id)).state == OutboundState.DELIVERED
        async with transaction() as session:
            kept = list(await session.scalars(select(ReceiptRow).where(ReceiptRow.message_id == message_id)))
        assert len(kept) == 3


async def test_a_receipt_that_beats_our_own_commit_counts(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "hello")

    class Hasty(RecordingProvider):
        async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
            await receipt(ReceiptState.DELIVERED, message_id, "unknown-yet")
            return await super().send(outbound, to=to, message_id=message_id, start=start)

    await deliver_all(Hasty(), conversation_id, no_photo)
    message = await stored(message_id)
    assert message.state == OutboundState.DELIVERED
    assert message.delivered_at is not None


async def test_a_receipt_without_our_id_is_found_by_the_providers(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "hello")
    await deliver_all(RecordingProvider(), conversation_id, no_photo)
    assert await receipt(ReceiptState.FAILED, None, "out-1")
    assert (await stored(message_id)).state == OutboundState.FAILED


async def test_a_receipt_for_a_message_we_do_not_know_is_no_error() -> None:
    assert not await receipt(ReceiptState.DELIVERED, None, "nobody")


async def test_what_went_out_is_counted_in_sms_and_in_messages_with_pictures(conversation_id: int) -> None:
    provider = RecordingProvider(
        answers=[
            SendResult(Outcome.RETRY, ("out-1",), retry_after=1.0, parts_sent=1, parts=2, segments=3),
            SendResult(Outcome.SENT, ("out-2",), parts_sent=2, parts=2, pictures=1),
        ]
    )
    (row,) = await queue(conversation_id, "long words and a picture")
    with pytest.raises(DeliveryPostponedError):
        await deliver_all(provider, conversation_id, no_photo)
    await deliver_all(provider, conversation_id, no_photo)
    kept = await stored(row)
    assert (kept.segments, kept.pictures) == (3, 1)
