"""The states a message goes through."""

from __future__ import annotations

from enum import StrEnum


class InboundState(StrEnum):
    RECEIVED = "received"  # stored, no turn has taken it yet
    HANDLED = "handled"  # answered, or settled without an answer
    PARKED = "parked"  # its turn failed every time; people see it and can have it tried again


class OutboundState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # handed to the provider, outcome not known yet
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SUPPRESSED = "suppressed"  # the resident does not want messages


WAITING = (OutboundState.QUEUED, OutboundState.SENDING)

# Receipts may come late, doubled and out of order: a state only moves to a higher rank.
RANK = {
    OutboundState.QUEUED: 0,
    OutboundState.SENDING: 1,
    OutboundState.SENT: 2,
    OutboundState.DELIVERED: 4,
    OutboundState.READ: 5,
    # A carrier's refusal comes after "sent"; a delivered message cannot fail any more.
    OutboundState.FAILED: 3,
    OutboundState.SUPPRESSED: 3,
}


def moves_forward(current: OutboundState, wanted: OutboundState) -> bool:
    return RANK[wanted] > RANK[current]
