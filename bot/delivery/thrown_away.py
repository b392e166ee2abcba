"""Texts that a provider took and a carrier did not: too many at once, or a sender that is not registered yet.

Only a receipt tells, when the text had counted as sent. It is no fault of the text, so that it waits and goes out once more,
for as long as its words are worth anything. What a receipt calls failed cannot arrive any more; should the carrier change its
mind while it waits, it is not sent again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Outcome
from bot.channels.twilio.errors import meaning_of
from bot.conversation.states import WAITING, OutboundState
from bot.db.jobs import enqueue_delivery
from bot.db.tables import Message
from bot.failures import FailureKind

FIRST_WAIT = 30.0  # seconds: a sender's queue is empty again after less
# Also the longest time until texts go out after a setting was mended. Each try of a sender that is not registered costs
# the carrier's fee.
LONGEST_WAIT = 900.0

# Codes of a receipt that are not the text's own fault. All others are.
FAILURE_SAID = {
    Outcome.RETRY: FailureKind.TRANSIENT,
    Outcome.MISCONFIGURED: FailureKind.MISCONFIGURED,
}
_FINAL = (OutboundState.FAILED, OutboundState.DELIVERED, OutboundState.READ)


def where_to_go_on(
    codes: Sequence[str | None], parts: Sequence[OutboundState], failed: Sequence[int]
) -> int | None:
    """The part from which a message is to be sent once more; None where that is no use, or too early.

    `codes`: with which each of the `failed` parts did; `parts`: the state of all. The parts behind the first that failed are
    repeated with it, since a text with a hole in it cannot be read: so none of them may still be on its way.
    """
    meanings = [meaning_of(code) for code in codes]
    if not all(meaning and meaning.outcome in FAILURE_SAID for meaning in meanings):
        return None
    return failed[0] if all(state in _FINAL for state in parts[failed[0] :]) else None


def wait_before_sending_again(attempts: int) -> float:
    """Seconds until a text is tried again that was handed over `attempts` times: doubling, up to a quarter of an hour."""
    backoff = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 16))
    return backoff * random.uniform(0.8, 1.2)  # noqa: S311 - lest all that were thrown away together come back together


async def put_off(session: AsyncSession, message: Message) -> None:
    """Set when a message that is queued once more may go out, with the job that sends it then."""
    message.not_before = datetime.now(UTC) + timedelta(seconds=wait_before_sending_again(message.attempts))
    await enqueue_delivery(session, message.conversation_id, message.channel, at=message.not_before)


async def must_wait(session: AsyncSession, message: Message, now: datetime) -> bool:
    """Whether it is too early to send a message once more; those behind it wait as well, so that the order holds. `now` is
    aware.

    A carrier that was too busy is asked at once when there is something new to say: a resident who has just written must
    not wait for what was thrown away before.
    """
    if message.not_before is None or message.not_before <= now:
        return False
    if message.failure != FailureKind.TRANSIENT:
        return True
    new = exists().where(
        Message.conversation_id == message.conversation_id,
        Message.direction == "out",
        Message.state.in_(WAITING),
        Message.not_before.is_(None),
    )
    return not await session.scalar(select(new))
