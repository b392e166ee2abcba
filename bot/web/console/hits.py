"""Where it stands what is searched for: the words around it, and whose they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.correcting import described
from bot.cases.searching import Sought, as_query
from bot.db.tables import Addition, Feedback, Message, MessageStems, ServiceRequest, Subscriber, Update
from bot.text.fold import fold_in_place

_OPENS, _CLOSES = "\ue000", "\ue001"  # around a hit; no keyboard has them
_NO_WORD = re.compile(r"[^\w\s]|[\ue000\ue001]")
_LONGEST = 2_000  # characters of a text that are looked at
_BEFORE, _AFTER = 60, 140  # characters shown around the first hit


class Source(StrEnum):
    """Whose words they are."""

    REPORT = "report"
    ADDED = "added"
    TOLD = "told"  # to residents
    NOTE = "note"
    COMMENT = "comment"
    FOLLOWER = "follower"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch of text in pieces, each with whether it is what was searched for."""

    source: Source
    pieces: tuple[tuple[str, bool], ...]

    @property
    def count(self) -> int:
        return sum(is_hit for _, is_hit in self.pieces)


async def hits(session: AsyncSession, found: Sequence[ServiceRequest], by: Sought) -> Mapping[int, Hit]:
    """Request id → the best place in it; those of which only the reference or the address fits are not in it."""
    texts = [(request.id, Source.REPORT, described(request)) for request in found]
    texts += await _texts(session, found, by)
    best: dict[int, Hit] = {}
    marked = await _marked(session, [text[:_LONGEST] for *_, text in texts], by)
    for (request_id, source, text), places in zip(texts, marked, strict=True):
        hit = Hit(source, _around(text, places)) if places else None
        if hit is not None and (request_id not in best or hit.count > best[request_id].count):
            best[request_id] = hit
    return best


async def _texts(
    session: AsyncSession, found: Sequence[ServiceRequest], by: Sought
) -> list[tuple[int, Source, str]]:
    ids = [request.id for request in found]
    asked = (
        (Addition, Addition.words, Source.ADDED),
        (Update, Update.public_text, Source.TOLD),
        (Update, Update.internal_note, Source.NOTE),
        (Feedback, Feedback.comment, Source.COMMENT),
        (Subscriber, Subscriber.words, Source.FOLLOWER),
    )
    texts: list[tuple[int, Source, str]] = []
    for table, words, source in asked:
        if source is Source.FOLLOWER and not by.reads_conversations:
            continue  # the page of the request does not show it to them either
        rows = await session.execute(
            select(table.request_id, words).where(table.request_id.in_(ids), words != "").order_by(table.id)
        )
        texts += [(request_id, source, said) for request_id, said in rows if said]
    return texts + await _said(session, found, by)


async def _said(
    session: AsyncSession, found: Sequence[ServiceRequest], by: Sought
) -> list[tuple[int, Source, str]]:
    """The newest message of each conversation that has one of the words."""
    requests: defaultdict[int, list[int]] = defaultdict(list)
    for request in found:
        if request.conversation_id in by.conversations:
            requests[request.conversation_id or 0].append(request.id)
    if not requests:
        return []
    newest = (
        select(MessageStems.conversation_id, func.max(MessageStems.message_id).label("message_id"))
        .where(MessageStems.conversation_id.in_(requests), MessageStems.stems.op("@@")(as_query(by.query)))
        .group_by(MessageStems.conversation_id)
        .subquery()
    )
    rows = await session.execute(
        select(newest.c.conversation_id, Message.body).join(newest, newest.c.message_id == Message.id)
    )
    return [
        (request_id, Source.MESSAGE, body)
        for conversation_id, body in rows
        for request_id in requests[conversation_id]
    ]


async def _marked(session: AsyncSession, texts: Sequence[str], by: Sought) -> list[list[tuple[int, int]]]:
    """Of each text from where to where its hits reach.

    PostgreSQL knows what is one by its own stems. It is shown the text folded, each character in its place.
    """
    if not texts or not by.query:
        return [[] for _ in texts]
    # Its words alone: PostgreSQL would leave out what looks like a tag.
    folded = [_NO_WORD.sub(" ", fold_in_place(text)) for text in texts]
    listed = func.unnest(bindparam("texts", folded, type_=ARRAY(Text)))
    given = listed.table_valued("text", with_ordinality="number").render_derived()
    found = (_headline(language, given.c.text, by) for language in ("english", "spanish"))
    rows = await session.execute(select(*found).order_by(given.c.number))
    return [max((_places(one) for one in row), key=len) for row in rows]


def _headline(language: str, text: Any, by: Sought) -> Any:
    options = f"StartSel={_OPENS}, StopSel={_CLOSES}, HighlightAll=true"
    return func.ts_headline(cast(literal(language), REGCONFIG), text, as_query(by.query), options)


def _places(marked: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    at, opened = 0, 0
    for character in marked:
        if character == _OPENS:
            opened = at
        elif character == _CLOSES:
            places.append((opened, at))
        else:
            at += 1
    return places


def _around(text: str, places: Iterable[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """The text around its first hit, cut at the ends of words."""
    places = list(places)
    begin, end = max(0, places[0][0] - _BEFORE), min(len(text), places[0][1] + _AFTER)
    while 0 < begin < places[0][0] and not text[begin - 1].isspace():
        begin += 1
    while places[0][1] < end < len(text) and not text[end].isspace():
        end -= 1
    pieces: list[tuple[str, bool]] = [("…", False)] if begin else []
    at = begin
    for opened, closed in places:
        if closed > end:
            break
        pieces += [(text[at:opened], False), (text[opened:closed], True)]
        at = closed
    pieces.append((text[at:end], False))
    if end < len(text):
        pieces.append(("…", False))
    return tuple((words, is_hit) for words, is_hit in pieces if words)
