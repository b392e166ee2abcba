"""Where a service request stands, and how it may move."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"  # filed, or reopened
    IN_PROGRESS = "in_progress"  # somebody is at it
    ON_HOLD = "on_hold"  # waits for something
    RESOLVED = "resolved"  # the work is done
    CLOSED = "closed"  # ended without work: declined, referred, not found


ACTIVE = frozenset({Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD})
FINISHED = frozenset({Status.RESOLVED, Status.CLOSED})

ALLOWED: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}),
    Status.IN_PROGRESS: frozenset({Status.OPEN, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}),
    Status.ON_HOLD: frozenset({Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED}),
    Status.RESOLVED: frozenset({Status.OPEN}),
    Status.CLOSED: frozenset({Status.OPEN}),
}


class TransitionError(ValueError):
    """A request cannot move from one status to another; the message says where it may go."""


class JoinedError(TransitionError):
    """This request is joined with another: change that one, or take its resident out."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def check_transition(current: Status, wanted: Status) -> None:
    """Raise `TransitionError` unless `wanted` follows `current`. Staying put (a public note) is allowed."""
    if wanted is current or wanted in ALLOWED[current]:
        return
    allowed = ", ".join(sorted(ALLOWED[current]))
    raise TransitionError(f"A request that is {current} cannot become {wanted}. It can become: {allowed}.")
