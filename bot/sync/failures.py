"""What another system's answers mean for the work that asked: the one policy of `bot.failures`."""

from __future__ import annotations

from bot.failures import FailureKind

MOST_DETAIL = 200  # characters of their own words for a refusal


class SyncError(Exception):
    """An exchange failed; the message is a sentence for staff, and never logged: a refusal may quote what it refuses."""

    failure = FailureKind.TRANSIENT
    whole_system = True  # what fails of one request fails of all

    def __init__(self, sentence: str, seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.wait = seconds  # that they ask for


class AwayError(SyncError):
    """They do not answer, or answer that something is broken over there."""


class SlowDownError(SyncError):
    """They have had enough for now; `wait` says how long."""


class NotLetInError(SyncError):
    """Our credentials are wrong, or lack a right: nothing goes until people have mended it."""

    failure = FailureKind.MISCONFIGURED


class NotYetError(SyncError):
    """They have it and have no id for it yet: asked again later, while all others go on."""

    whole_system = False


class GoneError(SyncError):
    """The record is not there any more."""

    failure = FailureKind.DETERMINISTIC
    whole_system = False


class RefusedError(SyncError):
    """They do not take it: a rule of theirs, a field, a record that is closed."""

    failure = FailureKind.DETERMINISTIC
    whole_system = False


class PostponedError(Exception):
    """The exchange is tried again. `seconds`: when."""

    def __init__(self, reason: str, seconds: float, failure: FailureKind) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.failure = failure
