"""Parts of a long text that come as messages of their own, "(2/2) …" before "(1/2) …": waited for and put in order.

Carriers hand parts over in any order (voipms-sms-client#94). Read apart, the end of a sentence would be a report of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.db.tables import Message
from bot.text.parts import NumberedPart, numbered_part

# Between two parts; swapped ones have been seen 3 s apart. Who sends one part only waits as long for an answer.
PART_WAIT = timedelta(seconds=8)


def missing_for(waiting: Sequence[Message], now: datetime | None = None) -> float:
    """Seconds to wait for parts that are not there yet; 0 when all are, or the time is over."""
    now = now or datetime.now(UTC)
    parts = _parts(waiting)
    left = 0.0
    for of in {part.of for _, part in parts}:
        group = [(message, part.number) for message, part in parts if part.of == of]
        if len({number for _, number in group}) < of:
            newest = max(message.created_at for message, _ in group)
            left = max(left, (newest + PART_WAIT - now).total_seconds())
    return left


def texts_in_order(messages: Sequence[Message]) -> list[str]:
    """What the messages say, the parts of a text in their order and without their numbers."""
    parts = _parts(messages)
    if not parts:
        return [message.body for message in messages]
    ordered = {
        of: iter(sorted((part for _, part in parts if part.of == of), key=lambda part: part.number))
        for of in {part.of for _, part in parts}
    }
    found = {message.id: part for message, part in parts}
    texts: list[str] = []
    joined: dict[int, int] = {}  # of → where its words stand
    for message in messages:
        part = found.get(message.id)
        if part is None:
            texts.append(message.body)
            continue
        rest = next(ordered[part.of]).rest
        if part.of in joined:  # one sentence was cut: it is one line again
            texts[joined[part.of]] += f" {rest}"
        else:
            joined[part.of] = len(texts)
            texts.append(rest)
    return texts


def _parts(messages: Sequence[Message]) -> list[tuple[Message, NumberedPart]]:
    found = [(message, numbered_part(message.body)) for message in messages]
    return [(message, part) for message, part in found if part is not None]
