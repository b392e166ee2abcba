"""How many messages says make on a phone: an SMS of more than two segments is read badly, and carriers part with it less surely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.channels.messages import Outbound
from bot.channels.twilio.render import render
from bot.conversation.hearing.buttons import options_below
from bot.conversation.intake.turn import Say
from bot.conversation.responses import spoken
from bot.conversation.worded import MOST_PARTS


def in_pieces(says: Sequence[Say], language: str, values: Mapping[str, str]) -> Iterable[list[Say]]:
    """The says of one SMS in as few messages of two segments as hold them, the question and its options last.

    `values`: what every response may name besides its own. A say that is longer by itself stays whole.
    """
    left = list(says)
    while len(left) > 1 and not _fits(left, language, values):
        rest = next(
            (place for place in range(1, len(left)) if _fits(left[place:], language, values)), len(left) - 1
        )
        yield from in_pieces(left[:rest], language, values)
        left = left[rest:]
    yield left


def _fits(says: Sequence[Say], language: str, values: Mapping[str, str]) -> bool:
    lines = [spoken(replace(say, values={**values, **say.values}), language, "sms") for say in says]
    options = tuple(option for say in says for option in options_below(say, language))
    return render(Outbound("\n".join(lines), options), to="", message_id=0).segments <= MOST_PARTS
