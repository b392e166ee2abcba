"""Saying aloud that a channel is set up wrongly: at once, and not again for every message that waits for it."""

from __future__ import annotations

import time

import structlog

log = structlog.get_logger(__name__)

SILENCE = 60.0  # seconds between two alarms of one kind

_last: dict[tuple[str, str], float] = {}


def sound_alarm(channel: str, detail: str, now: float | None = None) -> bool:
    """Log that `channel` cannot send, since `detail`. False where the same was said less than a minute ago."""
    moment = time.monotonic() if now is None else now
    before = _last.get((channel, detail))
    if before is not None and moment - before < SILENCE:
        return False
    _last[channel, detail] = moment
    log.error("channel.misconfigured", channel=channel, detail=detail)
    return True
