"""Receipts come in any order; a message's state only moves forward."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.states import OutboundState, moves_forward


@given(st.lists(st.sampled_from(list(OutboundState)), max_size=12))
def test_whatever_the_order_the_furthest_state_wins(arrivals: list[OutboundState]) -> None:
    state = OutboundState.QUEUED
    for wanted in arrivals:
        if moves_forward(state, wanted):
            state = wanted
    for wanted in arrivals:
        assert not moves_forward(state, wanted)


def test_a_late_failure_does_not_undo_a_delivery() -> None:
    assert not moves_forward(OutboundState.DELIVERED, OutboundState.FAILED)
    assert moves_forward(OutboundState.SENT, OutboundState.FAILED)
    assert not moves_forward(OutboundState.DELIVERED, OutboundState.SENT)
