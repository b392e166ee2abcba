"""Failures on request: what to break, how often, and for whom."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong."""

    HTTP_429 = "http_429"  # refused, with a pause to keep
    HTTP_500 = "http_500"  # refused by a broken provider
    TIMEOUT = "timeout"  # not taken, and no answer
    RESET = "reset"  # not taken, and the connection is torn
    TIMEOUT_AFTER_SEND = "timeout_after_send"  # taken and carried out, and no answer
    RECEIPTS_LATE = "receipts_late"
    RECEIPTS_DOUBLE = "receipts_double"
    RECEIPTS_SHUFFLED = "receipts_shuffled"
    RECEIPTS_LOST = "receipts_lost"  # some of them, at times all, never come
    WEBHOOK_TWICE = "webhook_twice"  # the same webhook again after the first was answered
    WEBHOOK_CONCURRENT = "webhook_concurrent"  # the same webhook on several connections at one moment
    MEDIA_MISSING = "media_missing"  # a resident's file is announced, and its server has not got it yet
    MEDIA_SLOW = "media_slow"  # its bytes trickle, never so seldom that the connection looks dead
    MEDIA_CUT = "media_cut"  # the connection ends in the middle of the file
    NO_PICTURES = "no_pictures"  # the carrier takes texts with words alone (SMS)


REQUEST_KINDS = frozenset(
    {
        FaultKind.HTTP_429,
        FaultKind.HTTP_500,
        FaultKind.TIMEOUT,
        FaultKind.RESET,
        FaultKind.TIMEOUT_AFTER_SEND,
    }
)
RECEIPT_KINDS = frozenset(
    {
        FaultKind.RECEIPTS_LATE,
        FaultKind.RECEIPTS_DOUBLE,
        FaultKind.RECEIPTS_SHUFFLED,
        FaultKind.RECEIPTS_LOST,
    }
)
WEBHOOK_KINDS = frozenset({FaultKind.WEBHOOK_TWICE, FaultKind.WEBHOOK_CONCURRENT})
MEDIA_KINDS = frozenset({FaultKind.MEDIA_MISSING, FaultKind.MEDIA_SLOW, FaultKind.MEDIA_CUT})

ANY = "*"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong: `count` times, or by `probability`, or always when neither is given."""

    id: int
    kind: FaultKind
    provider: str = ANY  # sms, telegram or *
    method: str = ANY  # Messages.create, sendMessage, … or *
    count: int | None = None
    probability: float | None = None
    seed: int | None = None
    retry_after: int = 1  # seconds, for http_429
    delay: float = 3.0  # seconds, for receipts_late
    hang: float | None = (
        None  # seconds a time-out holds the request, or a file trickles; None: the simulator's setting
    )
    fired: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def matches(self, provider: str, method: str) -> bool:
        return self.provider in (ANY, provider) and self.method in (ANY, method)

    def fires(self) -> bool:
        """Whether it happens this time; counts itself."""
        if self.count is not None and self.fired >= self.count:
            return False
        if self.probability is not None and self.chance.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "provider": self.provider,
            "method": self.method,
            "count": self.count,
            "probability": self.probability,
            "seed": self.seed,
            "retry_after": self.retry_after,
            "delay": self.delay,
            "hang": self.hang,
            "fired": self.fired,
        }


class FaultBook:
    """The faults in force, asked at each request, receipt and webhook."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._last_id = 0

    def add(self, kind: FaultKind, **settings: Any) -> Fault:
        self._last_id += 1
        # A chance without a seed still has to be repeatable: the fault's number is its seed.
        seed = settings.get("seed")
        chance = random.Random(self._last_id if seed is None else seed)  # noqa: S311 - repeatable on purpose
        fault = Fault(self._last_id, kind, chance=chance, **settings)
        self._faults[fault.id] = fault
        return fault

    def remove(self, fault_id: int) -> bool:
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._faults.clear()

    def all(self) -> list[Fault]:
        return list(self._faults.values())

    def for_request(self, provider: str, method: str) -> Fault | None:
        """The first fault that happens to this API call."""
        return next(iter(self._drawn(REQUEST_KINDS, provider, method, first=True)), None)

    def for_webhook(self, provider: str) -> Fault | None:
        return next(iter(self._drawn(WEBHOOK_KINDS, provider, "webhook", first=True)), None)

    def takes_no_pictures(self, provider: str) -> bool:
        """Whether a message with pictures is thrown away on its way to this phone."""
        return bool(list(self._drawn(frozenset({FaultKind.NO_PICTURES}), provider, "pictures", first=True)))

    def for_media(self, provider: str) -> Fault | None:
        """The first fault that happens to this download of a resident's file."""
        return next(iter(self._drawn(MEDIA_KINDS, provider, "media", first=True)), None)

    def for_receipts(self, provider: str) -> list[Fault]:
        """All faults that happen to one message's receipts; they combine."""
        return self._drawn(RECEIPT_KINDS, provider, "receipt", first=False)

    def _drawn(self, kinds: frozenset[FaultKind], provider: str, method: str, *, first: bool) -> list[Fault]:
        drawn = []
        for fault in self._faults.values():
            if fault.kind in kinds and fault.matches(provider, method) and fault.fires():
                drawn.append(fault)
                if first:
                    break
        return drawn
