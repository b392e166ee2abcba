"""What was texted, what it cost, and what did not arrive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.channels.twilio.errors import CODES
from bot.insight.reading import Reader
from bot.insight.talk import Kind
from bot.settings import settings
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.chart import Cell, Chart, Drawn, Row, by_size, number, share
from bot.web.console.insight.page import Page, tile
from bot.web.console.insight.reports import CHANNELS
from bot.web.language import mark, say

_KINDS = (Kind.TEXTS_IN, Kind.TEXTS_OUT, Kind.SEGMENTS, Kind.PICTURES)
_STATES = {
    "delivered": mark("Delivered"),
    "read": mark("Read"),
    "sent": mark("Sent"),
    "queued": mark("Waiting"),
    "sending": mark("Being sent"),
    "failed": mark("Failed"),
    "suppressed": mark("Not sent: the resident wants none"),
}
Counts = Mapping[tuple[str, str, str], int]  # (kind, key, channel) → how many


async def texts(read: Reader, choice: Choice) -> Page:
    kinds = (*_KINDS, Kind.STATE, Kind.REFUSED)
    now = await read.talk(choice.period, kinds, ("channel",))
    before = await read.talk(choice.period.before, kinds, ("channel",))
    tiles = tuple(
        tile(name, _cost(now) if name == "cost" else cell, _cost(before) if name == "cost" else was)
        for name, cell, was in (("sent", _sent(now), _sent(before)), ("cost", Cell(""), Cell("")))
        if name != "cost" or settings().sms_price or settings().mms_price
    )
    return Page(tiles, (_by_channel(now), _states(now, before), _refused(now, before)))


def _of(counts: Counts, kind: Kind, key: str | None = None, channel: str | None = None) -> int:
    return sum(
        many
        for (its, one, where), many in counts.items()
        if its == kind and key in (None, one) and channel in (None, where)
    )


def _sent(counts: Counts) -> Cell:
    many = _of(counts, Kind.TEXTS_OUT)
    return Cell(f"{many:,} ({_of(counts, Kind.SEGMENTS):,} SMS)" if many else "", many)


def _cost(counts: Counts, channel: str | None = None) -> Cell:
    price = settings()
    if not (price.sms_price or price.mms_price):
        return Cell("", None)
    sms, mms = _of(counts, Kind.SEGMENTS, None, channel), _of(counts, Kind.PICTURES, None, channel)
    cost = sms * price.sms_price + mms * price.mms_price
    return Cell(f"${cost:,.2f}", round(cost, 2))


def _row(label: str, counts: Counts, channel: str | None) -> Row:
    kinds = (
        (Kind.TEXTS_IN, None),
        (Kind.TEXTS_OUT, "bot"),
        (Kind.TEXTS_OUT, "staff"),
        (Kind.SEGMENTS, None),
        (Kind.PICTURES, None),
    )
    cells = [number(_of(counts, kind, key, channel)) for kind, key in kinds]
    return Row(label, (*cells, _cost(counts, channel)))


def _by_channel(counts: Counts) -> Chart:
    channels = sorted({key[2] for key in counts})
    rows = tuple(_row(CHANNELS.get(one, one), counts, one) for one in channels)
    heads = (
        mark("Channel"),
        mark("In"),
        mark("Out by the bot"),
        mark("Out by staff"),
        "SMS",
        mark("With pictures"),
        mark("Cost"),
    )
    return Chart("texts", heads, rows, total=_row(say("All"), counts, None))


def _states(now: Counts, before: Counts) -> Chart:
    of = _of(now, Kind.STATE)
    rows = tuple(
        Row(say(shown), (number(many), share(many, of), number(_of(before, Kind.STATE, state))))
        for state, shown in _STATES.items()
        if (many := _of(now, Kind.STATE, state)) or _of(before, Kind.STATE, state)
    )
    return Chart(
        "states",
        (mark("State"), mark("Messages"), mark("Of all"), mark("Period before")),
        rows,
        Drawn.BARS,
        (0, 2),
    )


def _refused(now: Counts, before: Counts) -> Chart:
    by, was = (
        Counter({key[1:]: many for key, many in counts.items() if key[0] == Kind.REFUSED})
        for counts in (now, before)
    )
    rows = [Row(_meaning(*key), (number(by[key]), number(was[key]))) for key in {*by, *was}]
    return Chart(
        "refused", (mark("Code"), mark("Messages"), mark("Period before")), by_size(rows), Drawn.BARS, (0, 1)
    )


def _meaning(code: str, channel: str) -> str:
    """A code with what it means, where it is one of Twilio's that we know."""
    name = CHANNELS.get(channel, channel)
    if not code:
        return say("%(name)s: no code", name=name)
    known = CODES.get(int(code)) if channel == "sms" and code.isdecimal() else None
    return f"{name} {code}: {known.detail}" if known else f"{name} {code}"
