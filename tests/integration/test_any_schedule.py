"""Whenever updates come and whoever tells them when, each public word is told once, in its order, and nobody is woken for it.

Staff write about several requests of several residents over some days, day and night, now and then urgently; residents write
at times, too. Several workers look what is due, together and at random times, and are away for hours; so is the engine that
takes the turns up, and the provider that takes the words.
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
from sqlalchemy import select

from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message, Notice, Turn
from bot.delivery.deliver import deliver_all
from bot.delivery.notices.hours import HERE_FOR, QuietHours, quiet_hours
from bot.delivery.notices.late import put_off_turns
from bot.delivery.notices.tell import tell
from bot.delivery.push import update_request
from bot.settings import load_settings
from tests.exploring import PATIENCE, examples
from tests.integration.telling import as_they_are, noon_after
from tests.integration.test_cases import file
from tests.integration.test_delivery import RecordingProvider, no_photo

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


@dataclass(frozen=True)
class TakeUp:
    """The engine is there: it takes the turns that wait, and what it says goes out where the provider is there, too."""

    provider: bool


Event = tuple[timedelta, Word | Speaks | Look | TakeUp]  # how long after the one before

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
_taken_up = st.builds(TakeUp, provider=st.booleans())
EVENTS = st.tuples(
    _pauses,
    st.one_of(_words, _words, _words, _looks, _looks, _taken_up, st.builds(Speaks, who=st.integers(0, 1))),
)


@dataclass
class Days:
    """What was written, and what is known of each time that something was told."""

    conversations: list[int]
    references: list[str]
    written: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
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


async def take_up(days: Days, now: datetime, *, provider: bool) -> None:
    """The engine takes each turn and says its words, a message each; what goes out must be allowed to go out now."""
    for conversation_id in days.conversations:
        while turn := await _taken(conversation_id, now):
            async with transaction() as session:
                told = words_of(await session.get_one(Turn, turn.id))
                await finish_turn(session, turn, [Reply(" ".join(each)) for each in told])
        if provider:
            await _send(days, conversation_id, now)


async def _taken(conversation_id: int, now: datetime) -> OpenTurn | None:
    async with transaction() as session:
        await put_off_turns(session, conversation_id, now)
        found = await open_turn(session, conversation_id)
    assert found is None or isinstance(found, OpenTurn)
    return found


async def _send(days: Days, conversation_id: int, now: datetime) -> None:
    recording = RecordingProvider()
    await deliver_all(recording, conversation_id, no_photo, now=now)
    went_out = [(words.split(" ", 1)[0], words.split(" ", 1)[1]) for _, words, _ in recording.sent]
    days.sent[conversation_id] += went_out
    last_said = days.spoke.get(conversation_id)
    is_here = last_said is not None and now - last_said <= 2 * HERE_FOR + SLACK
    night = QUIET.end_after(now, city().time_zone) is not None
    urgent = {word for _, word in went_out} & days.urgent
    assert not (night and went_out) or is_here or urgent, "sent at night"


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
@example(  # a turn that nobody took up by day, and words that nobody took out by day, wait for what comes in the night
    events=[
        (timedelta(hours=8), Word(0)),
        (timedelta(minutes=50), Look(1)),
        (timedelta(minutes=1), TakeUp(provider=False)),
        (timedelta(minutes=1), Word(1)),
        (timedelta(minutes=2), Look(2)),
        (timedelta(hours=2), TakeUp(provider=True)),
        (timedelta(hours=1), Word(0)),
        (timedelta(hours=10), Look(1)),
        (timedelta(minutes=1), TakeUp(provider=True)),
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
            case TakeUp(provider):
                await take_up(days, now, provider=provider)
    noon = noon_after(now + timedelta(days=1))
    await look(days, 2, noon)
    await take_up(days, noon, provider=True)
    async with transaction() as session:
        left = list(await session.scalars(select(Notice.id).where(Notice.state != "told")))
    assert left == []
    for conversation_id in days.conversations:
        told = days.sent[conversation_id]
        written = days.written[conversation_id]
        assert sorted(told) == sorted(written), "lost, or twice"
        for reference in days.references:
            assert [each for each in told if each[0] == reference] == [
                each for each in written if each[0] == reference
            ], "out of order"
