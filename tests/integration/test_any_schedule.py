"""Whenever updates come and whoever tells them when, each public word is told once, in its order, and nobody is woken for it.

Staff write about several requests of several residents over some days, day and night, now and then urgently; residents write
at times, too. Several workers look what is due, together and at random times, and are away for hours.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message, Notice, Turn
from bot.delivery.notices.hours import HERE_FOR, QuietHours, quiet_hours
from bot.delivery.notices.tell import tell
from bot.delivery.push import update_request
from bot.settings import load_settings
from tests.exploring import PATIENCE, examples
from tests.integration.telling import as_they_are, noon_after
from tests.integration.test_cases import file

pytestmark = [
    pytest.mark.integration,
    pytest.mark.usefixtures("database"),
    pytest.mark.timeout(PATIENCE),
]

RESIDENTS, REQUESTS = 2, 2  # of each
BEGIN = noon_after(datetime.now(UTC))
SLACK = timedelta(seconds=5)  # between a word that is due at once and the worker that tells it


@dataclass(frozen=True)
class Word:
    """Staff write about a request."""

    request: int
    urgent: bool = False


@dataclass(frozen=True)
class Speaks:
    """A resident writes to us."""

    who: int


@dataclass(frozen=True)
class Look:
    """So many workers look at the same moment what is to be told."""

    workers: int


Event = tuple[timedelta, Word | Speaks | Look]  # how long after the one before

_pauses = st.one_of(
    st.sampled_from([0, 1, 3, 30, 61, 120]).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)
_words = st.builds(
    Word,
    request=st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
    urgent=st.sampled_from([False, False, False, True]),
)
_looks = st.builds(Look, workers=st.integers(1, 3))
EVENTS = st.tuples(
    _pauses, st.one_of(_words, _words, _words, _looks, _looks, st.builds(Speaks, who=st.integers(0, 1)))
)


@dataclass
class Days:
    """What was written, and what is known of each time that something was told."""

    conversations: list[int]
    references: list[str]
    written: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    spoke: dict[int, datetime] = field(default_factory=dict)
    urgent: set[str] = field(default_factory=set)  # words

    def owner(self, request: int) -> int:
        return self.conversations[request // REQUESTS]


async def begin() -> Days:
    async with transaction() as session:
        people = [Contact(channel="sms", address=f"+1310555{number:04d}") for number in range(RESIDENTS)]
        session.add_all(people)
        await session.flush()
        talks = [Conversation(contact_id=person.id) for person in people]
        session.add_all(talks)
        await session.flush()
        ids = [talk.id for talk in talks]
    references = [
        (await file(ids[number // REQUESTS], f"request {number}")).reference
        for number in range(RESIDENTS * REQUESTS)
    ]
    return Days(ids, references)


async def speak(days: Days, conversation_id: int, now: datetime) -> None:
    days.spoke[conversation_id] = now
    async with transaction() as session:
        session.add(
            Message(
                conversation_id=conversation_id,
                direction="in",
                channel="sms",
                author="resident",
                state="handled",
                created_at=now,
            )
        )


async def write(days: Days, word: Word, now: datetime) -> None:
    conversation_id, reference = days.owner(word.request), days.references[word.request]
    words = f"word {sum(map(len, days.written.values()))}"
    days.written[conversation_id].append((reference, words))
    if word.urgent:
        days.urgent.add(words)
    async with transaction() as session:
        change = Change(reference, Status.IN_PROGRESS, "staff:ana", words, urgent=word.urgent)
        await update_request(session, change, now=now)


async def look(days: Days, workers: int, now: datetime) -> None:
    """Each worker at each conversation, all at once; what they told must have been allowed to be told now."""
    async with transaction() as session:
        known = set(await session.scalars(select(Turn.id)))
        due = {
            notice.event["public_text"]: notice.due_at
            for notice in await session.scalars(select(Notice).where(Notice.state == "waiting"))
        }
    await asyncio.gather(
        *(tell(one, as_they_are, now=now) for one in days.conversations for _ in range(workers))
    )
    night = QUIET.end_after(now, city().time_zone) is not None
    async with transaction() as session:
        for turn in await session.scalars(select(Turn).where(Turn.id.not_in(known))):
            told_now = await _told_together(days, turn.conversation_id, known)
            last_said = days.spoke.get(turn.conversation_id)
            is_here = last_said is not None and now - last_said <= 2 * HERE_FOR + SLACK
            assert not night or is_here or told_now & days.urgent, "told at night"
            assert any(due[word] <= now for word in told_now), "told too soon"
        await session.execute(update(Turn).values(finished_at=now))


async def _told_together(days: Days, conversation_id: int, known: Iterable[int]) -> set[str]:
    """All words of a conversation that were told in turns that are not known yet: they go together."""
    async with transaction() as session:
        turns = await session.scalars(
            select(Turn).where(Turn.conversation_id == conversation_id, Turn.id.not_in(known))
        )
        return {word for turn in turns for _, word in words_of(turn)}


def words_of(turn: Turn) -> list[tuple[str, str]]:
    """The requests and words of a turn, in order."""
    last = turn.engine_message["metadata"]["update"]
    return [(event["reference"], event["public_text"]) for event in (*last["earlier"], last)]


def _quiet() -> QuietHours:
    found = quiet_hours(load_settings().quiet_hours)
    assert found is not None
    return found


QUIET = _quiet()


@example(  # what is urgent takes along what waits for the morning, behind it
    events=[
        (timedelta(hours=10), Word(0)),
        (timedelta(seconds=30), Word(1)),
        (timedelta(seconds=30), Word(0, urgent=True)),
        (timedelta(minutes=2), Look(3)),
        (timedelta(minutes=2), Word(0)),
    ]
)
@given(events=st.lists(EVENTS, min_size=5, max_size=30))
@examples(25, slow=True)
async def test_each_word_is_told_once_in_order_and_by_day(
    events: Sequence[Event], empty_database: Callable[[], None]
) -> None:
    empty_database()
    days, now = await begin(), BEGIN
    for pause, event in events:
        now += pause
        match event:
            case Word():
                await write(days, event, now)
            case Speaks(who):
                await speak(days, days.conversations[who], now)
            case Look(workers):
                await look(days, workers, now)
    await look(days, 2, noon_after(now + timedelta(days=1)))
    async with transaction() as session:
        turns = list(await session.scalars(select(Turn).order_by(Turn.id)))
        left = list(await session.scalars(select(Notice.id).where(Notice.state != "told")))
    assert left == []
    for conversation_id in days.conversations:
        told = [each for turn in turns if turn.conversation_id == conversation_id for each in words_of(turn)]
        written = days.written[conversation_id]
        assert sorted(told) == sorted(written), "lost, or twice"
        for reference in days.references:
            assert [each for each in told if each[0] == reference] == [
                each for each in written if each[0] == reference
            ], "out of order"
