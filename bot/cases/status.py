"""Where a service request stands, how it may move, and how it may end."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"  # filed, or reopened
    IN_PROGRESS = "in_progress"  # somebody is at it
    WAITING = "waiting"  # for the resident's answer to a question of staff
    ON_HOLD = "on_hold"  # waits for something else; the words say for what
    RESOLVED = "resolved"  # the work is done; whether it is fixed is the resident's to say
    CLOSED = "closed"  # ended without work, or done and nobody has said otherwise for so long


class Resolution(StrEnum):
    """How a request ended. Every finished request has exactly one."""

    FIXED = "fixed"
    DUPLICATE = "duplicate"  # of the one it is joined with
    NOTHING_FOUND = "nothing_found"  # somebody looked
    NOT_OURS = "not_ours"  # somebody else's, who is named
    WILL_NOT_DO = "will_not_do"  # the words say why
    WITHDRAWN = "withdrawn"  # by the resident
    NO_ANSWER = "no_answer"  # staff asked, and nobody answered


ACTIVE = frozenset({Status.OPEN, Status.IN_PROGRESS, Status.WAITING, Status.ON_HOLD})
FINISHED = frozenset({Status.RESOLVED, Status.CLOSED})

ALLOWED: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset(
        {Status.IN_PROGRESS, Status.WAITING, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}
    ),
    Status.IN_PROGRESS: frozenset(
        {Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}
    ),
    Status.WAITING: frozenset(
        {Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}
    ),
    Status.ON_HOLD: frozenset(
        {Status.OPEN, Status.IN_PROGRESS, Status.WAITING, Status.RESOLVED, Status.CLOSED}
    ),
    Status.RESOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.OPEN}),
}
_WITHOUT_WORK = frozenset(Resolution) - {Resolution.FIXED}
# How a request may end: where it goes → where it comes from → its resolutions. Work that is done is resolved first, with the photo
# that its service demands and the question to the resident whether it is fixed; only from there it is closed as done.
ENDINGS: dict[Status, dict[Status, frozenset[Resolution]]] = {
    Status.RESOLVED: dict.fromkeys((*ACTIVE, Status.RESOLVED), frozenset({Resolution.FIXED})),
    Status.CLOSED: {
        **dict.fromkeys((*ACTIVE, Status.CLOSED), _WITHOUT_WORK),
        Status.RESOLVED: frozenset(Resolution),
    },
}


class TransitionError(ValueError):
    """A request cannot move from one status to another; the message says where it may go."""


class JoinedError(TransitionError):
    """This request is joined with another: change that one, or take its resident out."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class UnexplainedError(ValueError):
    """What a move needs beside the status was not told; the message says what. `missing`: which field it is."""

    def __init__(self, missing: str, message: str) -> None:
        super().__init__(message)
        self.missing = missing


def check_transition(current: Status, wanted: Status) -> None:
    """Raise `TransitionError` unless `wanted` follows `current`. Staying put (a public note) is allowed."""
    if wanted is current or wanted in ALLOWED[current]:
        return
    allowed = ", ".join(sorted(ALLOWED[current]))
    raise TransitionError(f"A request that is {current} cannot become {wanted}. It can become: {allowed}.")
