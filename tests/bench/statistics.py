"""Percentiles of what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Latencies:
    """Seconds, in any order."""

    seconds: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """The value that `share` (0 to 1) of all do not exceed; nearest rank, seconds."""
        ordered = sorted(self.seconds)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    def milliseconds(self, share: float) -> str:
        return f"{self.percentile(share) * 1000:.0f} ms" if self.seconds else ""
