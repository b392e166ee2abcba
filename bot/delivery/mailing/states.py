"""What becomes of a mail."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class MailState(StrEnum):
    WAITING = "waiting"  # to be sent, for the first time or once more
    SENDING = "sending"  # being handed over; whoever finds it long after does not know whether it went out
    SENT = "sent"  # the mail server has it
    NEEDLESS = "needless"  # there is nothing to tell, or it is not wanted any more
    FAILED = "failed"  # it did not go out and will not
    UNCONFIRMED = "unconfirmed"  # it may have gone out, and is not sent again


UNDER_WAY = (MailState.WAITING, MailState.SENDING)

# Many times what handing one over takes at most: a worker that is seen sending for longer is gone.
CUT_OFF_AFTER = timedelta(minutes=10)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)


def wait_after(attempts: int) -> timedelta:
    """Until the next try, after so many that failed: doubling from a minute to half an hour."""
    doublings = min(max(attempts - 1, 0), 16)  # 2 ** 16 minutes are weeks: more would only overflow
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0**doublings)
