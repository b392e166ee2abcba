"""Ids as the providers mint them; the same seed gives the same ids in the same order."""

from __future__ import annotations

import base64
import random


class Minter:
    """Mints provider ids. Without a seed they come from the operating system."""

    def __init__(self, seed: int | None = None) -> None:
        self._random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - repeatable on purpose

    def hex(self, digits: int = 32) -> str:
        """`digits` hexadecimal digits."""
        return f"{self._random.getrandbits(digits * 4):0{digits}x}"

    def sid(self, prefix: str) -> str:
        """A Twilio SID: two letters and 32 hexadecimal digits."""
        return prefix + self.hex(32)

    def opaque(self, size: int) -> str:
        """URL-safe letters for `size` random bytes, as in a Telegram file_id."""
        raw = self._random.getrandbits(size * 8).to_bytes(size, "big")
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return self._random.randint(low, high)

    def uuid(self) -> str:
        """A random UUID in its usual form."""
        digits = self.hex(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
