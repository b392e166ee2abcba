"""A receipt that does not come is asked for: seldom, not for ever, and what it says counts as if it had come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.messages import Channel, Outcome, Receipt, ReceiptsAwayError, ReceiptState
from bot.channels.provider import Providers
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Conversation, Message
from bot.delivery.deliver import deliver_all
from bot.delivery.missing_receipts import GIVEN_UP_AFTER, NO_RECEIPT, ask_for_receipts
from bot.delivery.outcomes import FIRST_ASKED_AFTER
from bot.delivery.receipts import record_receipt
from tests.integration.test_delivery import RecordingProvider, conversation_id, no_photo, queue, stored

__all__ = ["conversation_id"]
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


@dataclass
class Asked(RecordingProvider):
    """Says of a message what is laid out for its id; nothing of the others."""

    says: dict[str, Receipt | ReceiptsAwayError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def ask(self, provider_id: str, *, message_id: int) -> Receipt | None:
        self.asked.append(provider_id)
        said = self.says.get(provider_id)
        if isinstance(said, ReceiptsAwayError):
            raise said
        return said


def says(state: ReceiptState, message_id: int, code: str | None = None, **more: object) -> Receipt:
    return Receipt(Channel.SMS, "out-1", state, code, message_id, **more)  # type: ignore[arg-type]


async def sent(conversation_id: int, provider: Asked, *words: str) -> list[int]:
    ids = await queue(conversation_id, *words)
    await deliver_all(provider, conversation_id, no_photo)
    return ids


async def ask(provider: Asked, after: timedelta) -> int:
    return await ask_for_receipts(Providers({Channel.SMS: provider}), datetime.now(UTC) + after)


async def test_a_text_without_a_receipt_is_asked_about_after_a_while_and_then_ever_less_often(
    conversation_id: int,
) -> None:
    provider = Asked()
    (message_id,) = await sent(conversation_id, provider, "hello")
    began = (await stored(message_id)).sent_at
    assert began is not None
    providers = Providers({Channel.SMS: provider})
    minutes = [
        minute
        for minute in range(200)
        if await ask_for_receipts(providers, began + timedelta(minutes=minute))
    ]
    assert minutes == [5, 10, 20, 40, 80, 160]


async def test_what_twilio_says_then_counts_as_a_receipt(conversation_id: int) -> None:
    provider = Asked()
    (message_id,) = await sent(conversation_id, provider, "hello")
    provider.says = {"out-1": says(ReceiptState.DELIVERED, message_id)}
    assert await ask(provider, FIRST_ASKED_AFTER) == 1
    row = await stored(message_id)
    assert (row.state, row.delivered_at is not None) == (OutboundState.DELIVERED, True)
    assert await ask(provider, GIVEN_UP_AFTER) == 0, "it is settled"


async def test_a_dead_number_is_found_out_without_a_callback_and_kept_with_the_contact(
    conversation_id: int,
) -> None:
    provider = Asked()
    (message_id,) = await sent(conversation_id, provider, "hello")
    landline = "the number is a landline or its carrier cannot be reached"
    provider.says = {
        "out-1": says(ReceiptState.FAILED, message_id, "30006", outcome=Outcome.UNREACHABLE, detail=landline)
    }
    await ask(provider, FIRST_ASKED_AFTER)
    row = await stored(message_id)
    assert (row.state, row.error_code, row.detail) == (OutboundState.FAILED, "30006", landline)
    async with transaction() as session:
        contact = (await session.get_one(Conversation, conversation_id)).contact
        assert (contact.unreachable_at is not None, contact.unreachable_why) == (True, landline)


async def test_what_has_its_receipt_is_not_asked_about(conversation_id: int) -> None:
    provider = Asked()
    (message_id,) = await sent(conversation_id, provider, "hello")
    async with transaction() as session:
        await record_receipt(session, says(ReceiptState.DELIVERED, message_id))
    assert await ask(provider, FIRST_ASKED_AFTER) == 0
    assert provider.asked == []


async def test_only_the_parts_without_a_final_receipt_are_asked_about(conversation_id: int) -> None:
    provider = Asked()
    (message_id,) = await sent(conversation_id, provider, "long")
    async with transaction() as session:
        row = await session.get_one(Message, message_id)
        row.payload = {**row.payload, "provider_ids": ["out-1", "out-2"], "parts": 2, "parts_sent": 2}
    async with transaction() as session:
        await record_receipt(session, says(ReceiptState.DELIVERED, message_id))
    assert (await stored(message_id)).state == OutboundState.SENT
    await ask(provider, FIRST_ASKED_AFTER)
    assert provider.asked == ["out-2"]


async def test_nobody_is_asked_for_ever(conversation_id: int) -> None:
    provider = Asked()
    (message_id,) = await sent(conversation_id, provider, "hello")
    assert await ask(provider, GIVEN_UP_AFTER + timedelta(seconds=1)) == 0
    row = await stored(message_id)
    assert (row.state, row.detail, row.receipt_due_at) == (OutboundState.SENT, NO_RECEIPT, None)


async def test_a_provider_that_is_away_is_left_alone_until_the_next_time(conversation_id: int) -> None:
    provider = Asked()
    await sent(conversation_id, provider, "one", "two")
    provider.says = {"out-1": ReceiptsAwayError(30.0)}
    assert await ask(provider, FIRST_ASKED_AFTER) == 0
    assert provider.asked == ["out-1"]
    provider.says = {}
    assert await ask(provider, FIRST_ASKED_AFTER * 3) == 2


async def test_telegram_is_not_asked(conversation_id: int) -> None:
    async with transaction() as session:
        (await session.get_one(Conversation, conversation_id)).contact.channel = Channel.TELEGRAM
    provider = Asked(channel=Channel.TELEGRAM)
    (message_id,) = await sent(conversation_id, provider, "hello")
    assert (await stored(message_id)).receipt_due_at is None
    assert await ask_for_receipts(Providers({}), datetime.now(UTC)) == 0
