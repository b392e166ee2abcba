"""However receipts come, in any order, repeated, and before our own word that it was sent, a message ends alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.messages import Channel, Inbound, InboundKind, Outbound, Outcome, ReceiptState, SendResult
from bot.channels.twilio.errors import meaning_of
from bot.conversation.receive import receive
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.delivery.deliver import deliver_all
from bot.delivery.progress import Progress
from tests.exploring import PATIENCE, examples
from tests.integration.test_delivery import RecordingProvider, no_photo, queue, stored
from tests.integration.test_delivery_ends import change, receipt

pytestmark = [
    pytest.mark.integration,
    pytest.mark.usefixtures("database"),
    pytest.mark.timeout(PATIENCE),
]

# The furthest that was said of a part counts; what was never said of is only sent.
FURTHEST = (ReceiptState.READ, ReceiptState.DELIVERED, ReceiptState.FAILED)
ENDS = {
    ReceiptState.READ: OutboundState.READ,
    ReceiptState.DELIVERED: OutboundState.DELIVERED,
    ReceiptState.FAILED: OutboundState.FAILED,
}
# Refusals of the moment: the carrier was too busy, the sender is not registered yet.
AGAIN = ("30001", "30034")
ORDER = (OutboundState.SENT, OutboundState.DELIVERED, OutboundState.READ)


@dataclass(frozen=True)
class Said:
    """One receipt: of which part, and what it says."""

    part: int
    state: ReceiptState


@dataclass(frozen=True)
class Case:
    """What is said of a message, in two orders, and how much of each beats our own commit."""

    codes: tuple[str, ...]  # with which each part would fail
    one: tuple[Said, ...]
    other: tuple[Said, ...]
    early: tuple[int, int]

    @property
    def parts(self) -> int:
        return len(self.codes)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    codes = draw(st.lists(st.sampled_from(["30003", "30005", "30007", *AGAIN]), min_size=1, max_size=3))
    all_of_them = [Said(part, state) for part in range(len(codes)) for state in ReceiptState]
    said = draw(st.lists(st.sampled_from(all_of_them), min_size=1, max_size=7, unique=True))
    orders = [
        tuple(draw(st.permutations([*said, *draw(st.lists(st.sampled_from(said), max_size=3))])))
        for _ in range(2)
    ]
    early = (draw(st.integers(0, len(orders[0]))), draw(st.integers(0, len(orders[1]))))
    return Case(tuple(codes), orders[0], orders[1], early)


def ends_as(case: Case) -> tuple[OutboundState, str | None, tuple[int, ...]]:
    """State, code and the parts that failed, as they must be."""
    furthest: list[OutboundState] = []
    for part in range(case.parts):
        of_it = {said.state for said in case.one if said.part == part}
        furthest.append(next((ENDS[state] for state in FURTHEST if state in of_it), OutboundState.SENT))
    failed = tuple(part for part, state in enumerate(furthest) if state is OutboundState.FAILED)
    if failed:
        settled = all(state is not OutboundState.SENT for state in furthest[failed[0] :])
        again = settled and all(case.codes[part] in AGAIN for part in failed)
        return OutboundState.QUEUED if again else OutboundState.FAILED, case.codes[failed[0]], failed
    return min(furthest, key=ORDER.index), None, ()


async def sent_with(case: Case, said: Sequence[Said], early: int, conversation_id: int) -> Any:
    """A message of which that was said in that order, `early` of it before its sending was written down."""
    (message_id,) = await queue(conversation_id, "hello")
    ids = tuple(f"{message_id}-{part}" for part in range(case.parts))

    async def come(receipts: Sequence[Said]) -> None:
        for one in receipts:
            code = case.codes[one.part] if one.state is ReceiptState.FAILED else None
            await receipt(one.state, message_id, ids[one.part], code)

    class Provider(RecordingProvider):
        async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
            await come(said[:early])
            return SendResult(Outcome.SENT, ids, parts_sent=case.parts, parts=case.parts)

    await deliver_all(Provider(), conversation_id, no_photo)
    await come(said[early:])
    return await stored(message_id)


@example(  # a part that failed and arrived after all leaves nothing of the failure
    case=Case(
        ("30003", "30003"),
        (Said(0, ReceiptState.FAILED), Said(0, ReceiptState.DELIVERED)),
        (Said(0, ReceiptState.DELIVERED), Said(0, ReceiptState.FAILED)),
        (0, 0),
    )
)
@example(  # what was thrown away and arrived after all is not sent again
    case=Case(
        ("30001",),
        (Said(0, ReceiptState.FAILED), Said(0, ReceiptState.DELIVERED)),
        (Said(0, ReceiptState.FAILED), Said(0, ReceiptState.DELIVERED)),
        (1, 2),
    )
)
@example(  # nor while a part behind it can still arrive
    case=Case(
        ("30034", "30001"),
        (Said(0, ReceiptState.FAILED),),
        (Said(0, ReceiptState.FAILED),),
        (1, 0),
    )
)
@given(case=cases())
@examples(40, slow=True)
async def test_in_whatever_order_and_number_receipts_come_a_message_ends_alike(
    case: Case, empty_database: Callable[[], None]
) -> None:
    empty_database()
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="pothole")
    async with transaction() as session:
        conversation_id = (await receive(session, inbound)).conversation_id
    state, code, failed = ends_as(case)
    for said, early in zip((case.one, case.other), case.early, strict=True):
        row = await sent_with(case, said, early, conversation_id)
        assert (row.state, row.error_code, Progress.of(row.payload).failed) == (state, code, failed)
        assert row.detail == (meaning_of(code).detail if code else None)
        assert (row.failure is None) == (code is None)
        assert (row.not_before is None) == (state is not OutboundState.QUEUED)
        assert (row.delivered_at is not None) == (state in (OutboundState.DELIVERED, OutboundState.READ))
        await change(row.id, state=OutboundState.SUPPRESSED)  # what waits would go out before the next one
