"""How long to wait before a process that died is started again."""

from __future__ import annotations

FIRST = 0.5  # seconds
LONGEST = 10.0
# A process that ran this long had started and worked: what ended it is news, not the same trouble again. One that
# cannot start (a wrong setting, a missing file) dies sooner.
WELL_AFTER = 8.0


class Backoff:
    """Pauses of 0.5, 1, 2 … 10 seconds, from the beginning again once it was well."""

    def __init__(self) -> None:
        self.failures = 0

    def pause_after(self, ran_for: float) -> float:
        """Seconds to wait after a process ended that had run for `ran_for` seconds."""
        if ran_for >= WELL_AFTER:
            self.failures = 0
        pause = min(LONGEST, FIRST * 2 ** min(self.failures, 16))
        self.failures += 1
        return float(pause)
