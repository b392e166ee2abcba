"""What a carrier throws away without a fault of the text waits, and goes out once more, while it is worth anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from bot.channels.messages import Outcome, ReceiptState, SendResult
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Contact
from bot.delivery.deliver import deliver_all
from bot.delivery.progress import Progress
from bot.delivery.thrown_away import FIRST_WAIT, LONGEST_WAIT, wait_before_sending_again
from bot.delivery.unsettled import blocked_channels
from bot.failures import FailureKind
from tests.integration.test_delivery import RecordingProvider, conversation_id, no_photo, queue, stored
from tests.integration.test_delivery_ends import DAY, change, deliver, long_text, receipt

__all__ = ["conversation_id"]
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

BUSY = ["30001", "30022", "30023", "63018"]
NOT_SET_UP = ["30032", "30034", "30035"]


async def let_its_time_come(message_id: int) -> None:
    await change(message_id, not_before=datetime.now(UTC) - timedelta(seconds=1))


async def jobs_for_later() -> int:
    query = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver' AND scheduled_at > now()"
    )
    async with transaction() as session:
        return int(await session.scalar(query) or 0)


@pytest.mark.parametrize("code", [*BUSY, *NOT_SET_UP])
async def test_a_text_that_a_carrier_does_not_take_goes_out_once_more_in_its_time(
    code: str, conversation_id: int
) -> None:
    (message_id,) = await queue(conversation_id, "hello")
    provider = RecordingProvider()
    await deliver(provider, conversation_id)
    for _ in range(3):
        await receipt(ReceiptState.FAILED, message_id, "out-1", code)
    row = await stored(message_id)
    assert (row.state, row.error_code) == (OutboundState.QUEUED, code)
    assert row.failure == (FailureKind.TRANSIENT if code in BUSY else FailureKind.MISCONFIGURED)
    assert row.not_before is not None
    assert FIRST_WAIT / 2 < (row.not_before - datetime.now(UTC)).total_seconds() < FIRST_WAIT * 2
    assert await jobs_for_later() == 1
    await deliver(provider, conversation_id)
    assert len(provider.sent) == 1, "not before its time"
    await let_its_time_come(message_id)
    await deliver(provider, conversation_id)
    assert [start for _, _, start in provider.sent] == [0, 0]
    await receipt(ReceiptState.DELIVERED, message_id, "out-2")
    await receipt(ReceiptState.FAILED, message_id, "out-1", code)  # that of the first one, once more
    row = await stored(message_id)
    assert (row.state, row.failure, row.error_code, row.detail) == (OutboundState.DELIVERED, None, None, None)


def test_the_waits_grow_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_before_sending_again(attempts) for attempts in (1, 3, 5, 5_000)]
    assert waits == sorted(waits)
    assert waits[0] >= FIRST_WAIT * 0.8
    assert waits[-1] <= LONGEST_WAIT * 1.2


@pytest.mark.parametrize("code", [BUSY[0], NOT_SET_UP[0]])
async def test_after_its_day_it_is_failed_with_what_was_wrong(code: str, conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "hello")
    provider = RecordingProvider()
    await deliver(provider, conversation_id)
    await receipt(ReceiptState.FAILED, message_id, "out-1", code)
    await change(message_id, created_at=datetime.now(UTC) - DAY)
    await deliver(provider, conversation_id)
    row = await stored(message_id)
    assert len(provider.sent) == 1
    assert (row.state, Progress.of(row.payload).failed) == (OutboundState.FAILED, (0,))
    assert row.detail is not None
    assert row.detail.startswith("could not be handed over for a day: the ")
    await receipt(ReceiptState.FAILED, message_id, "out-1", code)
    assert (await stored(message_id)).state == OutboundState.FAILED


async def test_a_text_that_arrives_after_all_is_not_sent_again(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "hello")
    provider = RecordingProvider()
    await deliver(provider, conversation_id)
    await receipt(ReceiptState.FAILED, message_id, "out-1", "30022")
    await receipt(ReceiptState.DELIVERED, message_id, "out-1")
    await deliver(provider, conversation_id)
    row = await stored(message_id)
    assert (len(provider.sent), row.state, row.not_before) == (1, OutboundState.DELIVERED, None)


async def test_of_a_long_text_nothing_is_repeated_that_may_still_arrive(conversation_id: int) -> None:
    message_id, provider = await long_text(conversation_id)
    await receipt(ReceiptState.FAILED, message_id, "b", "30001")
    assert (await stored(message_id)).state == OutboundState.FAILED, "c is on its way"
    await receipt(ReceiptState.FAILED, message_id, "c", "30001")
    assert (await stored(message_id)).state == OutboundState.QUEUED
    await let_its_time_come(message_id)
    await deliver(provider, conversation_id)
    assert [start for _, _, start in provider.sent] == [0, 1]
    assert Progress.of((await stored(message_id)).payload).replaced == ("b", "c")


async def test_one_part_that_can_never_arrive_fails_the_text(conversation_id: int) -> None:
    message_id, provider = await long_text(conversation_id)
    for part, code in (("b", "30001"), ("c", "30007")):
        await receipt(ReceiptState.FAILED, message_id, part, code)
    await deliver(provider, conversation_id)
    assert (len(provider.sent), (await stored(message_id)).state) == (1, OutboundState.FAILED)


async def test_what_is_said_next_takes_along_what_a_busy_carrier_threw_away(conversation_id: int) -> None:
    (first,) = await queue(conversation_id, "one")
    provider = RecordingProvider()
    await deliver(provider, conversation_id)
    await receipt(ReceiptState.FAILED, first, "out-1", "30022")
    await queue(conversation_id, "two")
    await deliver(provider, conversation_id)
    assert [words for _, words, _ in provider.sent] == ["one", "one", "two"]


async def test_behind_a_sender_that_is_not_registered_all_wait_and_people_are_told(
    conversation_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms: list[str] = []
    monkeypatch.setattr("bot.delivery.receipts.sound_alarm", lambda channel, detail: alarms.append(detail))
    (first,) = await queue(conversation_id, "one")
    provider = RecordingProvider()
    await deliver(provider, conversation_id)
    await receipt(ReceiptState.FAILED, first, "out-1", "30034")
    await queue(conversation_id, "two")
    await deliver(provider, conversation_id)
    assert [words for _, words, _ in provider.sent] == ["one"]
    async with transaction() as session:
        (blocked,) = await blocked_channels(session)
    assert (blocked.channel, blocked.waiting) == ("sms", 2)
    assert alarms == [blocked.detail] == ["the number is not registered for A2P 10DLC"]
    await let_its_time_come(first)
    await deliver(provider, conversation_id)
    assert [words for _, words, _ in provider.sent] == ["one", "one", "two"]
    async with transaction() as session:
        assert await blocked_channels(session) == []


async def test_a_receipt_that_beats_our_own_commit_puts_the_text_off_as_well(conversation_id: int) -> None:
    (message_id,) = await queue(conversation_id, "hello")

    class Early(RecordingProvider):
        async def send(self, *args: object, **more: object) -> SendResult:
            self.sent.append((message_id, "", 0))
            await receipt(ReceiptState.FAILED, message_id, "early", "30001")
            return SendResult(Outcome.SENT, ("early",), parts_sent=1, parts=1)

    provider = Early()
    await deliver_all(provider, conversation_id, no_photo)
    row = await stored(message_id)
    assert (len(provider.sent), row.state, row.attempts) == (1, OutboundState.QUEUED, 1)
    assert row.not_before is not None


@pytest.mark.parametrize("wish", [{"opted_out_at": datetime.now(UTC)}, {"erased_at": datetime.now(UTC)}])
async def test_nothing_goes_out_again_to_who_stopped_or_was_erased(
    wish: dict[str, datetime], conversation_id: int
) -> None:
    (message_id,) = await queue(conversation_id, "hello")
    provider = RecordingProvider()
    await deliver(provider, conversation_id)
    async with transaction() as session:
        await session.execute(update(Contact).values(**wish))
    await receipt(ReceiptState.FAILED, message_id, "out-1", "30001")
    await change(message_id, not_before=None)
    await deliver(provider, conversation_id)
    assert len(provider.sent) == 1
    await receipt(ReceiptState.FAILED, message_id, "out-1", "30022")
    assert (await stored(message_id)).state in (OutboundState.SUPPRESSED, OutboundState.FAILED)
