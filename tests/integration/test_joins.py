"""A join is told after ten seconds, and until then undone as if it had never been, but for the histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.disowning import disown_request
from bot.cases.following import Following, follow_request
from bot.cases.lookup import UnknownRequestError, find_request, recent_requests
from bot.cases.status import Resolution, Status
from bot.cases.undoing import HELD_FOR, UNDONE_WITHIN, TooLateError
from bot.cases.updates import Change
from bot.conversation.outbox import Reply, queue_replies
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Join, Message, Notice, Turn
from bot.delivery.notices.tell import tell
from bot.delivery.notices.told import tellings_of, told_of
from bot.delivery.notices.wording import as_told
from bot.delivery.push import join_event, join_requests, take_out, undo_join, update_request
from tests.integration.telling import as_they_are, tell_everybody
from tests.integration.test_cases import PICO, a_conversation, file, photos

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

ANN, BEN, CEM = "+13105550101", "+13105550102", "+13105550103"
# What an undone join may leave changed: the histories, which tell of it, what is read off them, and when a request was touched last.
_KEPT = (
    ("service_requests", "to_jsonb(t) - '{updated_at,staff_at,stems}'::text[]"),
    ("subscribers", "to_jsonb(t)"),
    ("additions", "to_jsonb(t)"),
    ("request_photos", "to_jsonb(t)"),
)


@dataclass
class Two:
    """Ann's request, and Ben's, which Cem follows; Ann follows Ben's, too."""

    ann: int
    ben: int
    cem: int
    first: str
    second: str


async def two() -> Two:
    ann, ben, cem = [await a_conversation(number) for number in (ANN, BEN, CEM)]
    one, two_, three = await photos(3)
    first = (await file(ann, "a", photo_ids=(one,))).reference
    second = (await file(ben, "b", description="same hole", photo_ids=(two_, one))).reference
    for who, words in ((cem, "me too"), (ann, "I see it, too")):
        async with transaction() as session:
            await follow_request(session, Following(who, second, words, "there", PICO))
    for who, reference, turn in ((ben, second, 7), (ann, first, 8)):
        async with transaction() as session:
            await add_to_request(session, who, Said("deeper", (three,), turn_id=turn), reference)
    return Two(ann, ben, cem, first, second)


async def joined(it: Two) -> int:
    async with transaction() as session:
        await join_requests(session, it.second, it.first, "staff:ana")
        return (await session.scalars(select(Join.id).order_by(Join.id.desc()))).first() or 0


async def undone(join_id: int, after: timedelta = timedelta(seconds=5)) -> None:
    async with transaction() as session:
        await undo_join(session, join_id, "staff:ana", datetime.now(UTC) + after)


async def everything() -> dict[str, Sequence[Any]]:
    """All that a join touches beside the histories."""
    async with transaction() as session:
        return {
            table: (await session.scalars(text(f"SELECT {row} FROM {table} t ORDER BY id"))).all()  # noqa: S608 - of this file
            for table, row in _KEPT
        }


async def notices() -> list[tuple[str, str | None]]:
    async with transaction() as session:
        rows = await session.scalars(select(Notice).order_by(Notice.id))
        return [(row.state, row.why) for row in rows]


async def test_an_undone_join_leaves_everything_as_it_was_and_tells_nobody() -> None:
    it = await two()
    before = await everything()
    join_id = await joined(it)
    assert await everything() != before
    await undone(join_id)
    assert await everything() == before
    assert await notices() == [("suppressed", "undone")] * 3
    assert await tell_everybody() == 0


@pytest.mark.parametrize(
    ("change", "status", "resolution"),
    [
        (Change("", Status.IN_PROGRESS, "staff:ana"), Status.IN_PROGRESS, None),
        (Change("", Status.ON_HOLD, "staff:ana", "Waits for asphalt."), Status.ON_HOLD, None),
        (Change("", Status.WAITING, "staff:ana", "Which side?"), Status.WAITING, None),
        (Change("", Status.RESOLVED, "staff:ana"), Status.RESOLVED, Resolution.FIXED),
        (
            Change("", Status.CLOSED, "staff:ana", resolution=Resolution.NOTHING_FOUND),
            Status.CLOSED,
            Resolution.NOTHING_FOUND,
        ),
    ],
)
async def test_a_request_stands_again_wherever_it_stood(
    change: Change, status: Status, resolution: Resolution | None
) -> None:
    it = await two()
    async with transaction() as session:
        await update_request(session, Change(it.second, change.status, *_rest(change)))
    before = await everything()
    await undone(await joined(it))
    assert await everything() == before
    async with transaction() as session:
        source = await find_request(session, it.second)
    assert (source.status, source.resolution, source.merged_into_id) == (status, resolution, None)


def _rest(change: Change) -> tuple[Any, ...]:
    return (
        change.author,
        change.public_text,
        change.internal_note,
        change.photo_ids,
        change.resolution,
    )


async def test_both_histories_tell_of_the_join_and_of_its_undoing() -> None:
    it = await two()
    await undone(await joined(it))
    async with transaction() as session:
        source, target = await find_request(session, it.second), await find_request(session, it.first)
        (summary,) = await recent_requests(session, it.ben)
    assert [(one.from_status, one.to_status, one.internal_note) for one in source.updates[1:]] == [
        ("open", "closed", f"Joined with {it.first}."),
        ("closed", "open", f"Joining with {it.first} was undone."),
    ]
    assert [one.internal_note for one in target.updates[1:]] == [
        f"{it.second} joined.",
        f"{it.second} was joined by mistake: undone.",
    ]
    assert not summary.reopened, "to its resident it was never closed"


async def test_what_a_resident_sends_meanwhile_is_of_their_own_request_again() -> None:
    it = await two()
    join_id = await joined(it)
    (photo,) = await photos(1)
    for who, words, turn in ((it.ben, "of ben", 20), (it.ann, "of ann", 21)):
        async with transaction() as session:
            await add_to_request(session, who, Said(words, (photo,), turn_id=turn), it.second)
    await undone(join_id)
    async with transaction() as session:
        source, target = await find_request(session, it.second), await find_request(session, it.first)
    assert [one.words for one in source.additions] == ["deeper", "of ben"]
    assert [one.words for one in target.additions] == ["deeper", "of ann"]
    assert photo in {row.photo_id for row in source.photos}


async def test_what_they_had_sent_to_the_other_one_long_before_stays_there() -> None:
    """Ben followed Ann's request once, and said that it is not his; what he sent then is of that one."""
    it = await two()
    (photo,) = await photos(1)
    async with transaction() as session:
        await follow_request(session, Following(it.ben, it.first, "me too", "there", PICO, (photo,)))
        await add_to_request(session, it.ben, Said("and it smells", turn_id=3), it.first)
        await disown_request(session, it.ben, it.first)
    before = await everything()
    await undone(await joined(it))
    assert await everything() == before


async def test_nobody_is_told_before_it_cannot_be_undone_any_more() -> None:
    """They have all written a moment ago, and would be told of anything else after a second."""
    it = await two()
    await joined(it)
    now = datetime.now(UTC)
    for one in (it.ann, it.ben, it.cem):
        assert await tell(one, as_they_are, now=now + UNDONE_WITHIN) == 0
        assert await tell(one, as_they_are, now=now + HELD_FOR + timedelta(seconds=1)) == 1
    assert UNDONE_WITHIN < HELD_FOR


async def test_urgent_words_do_not_take_a_join_along_that_can_be_undone() -> None:
    it = await two()
    join_id = await joined(it)
    async with transaction() as session:
        await update_request(session, Change(it.first, Status.OPEN, "staff:ana", "Stay away!", urgent=True))
    soon = datetime.now(UTC) + timedelta(seconds=4)
    assert await tell(it.ben, as_they_are, now=soon) == 0, "in order: it waits for the join"
    async with transaction() as session:
        jobs = await session.scalars(
            text("SELECT task_name FROM procrastinate_jobs WHERE args ->> 'conversation_id' = :ben"),
            {"ben": str(it.ben)},
        )
        assert list(jobs).count("tell_notices") == 3, "and is asked for again when that is settled"
    await undone(join_id)
    assert await tell(it.ben, as_they_are, now=soon) == 1
    async with transaction() as session:
        (turn,) = await session.scalars(
            select(Turn).where(Turn.conversation_id == it.ben, Turn.update_id.is_not(None))
        )
        assert turn.engine_message["metadata"]["update"]["public_text"] == "Stay away!"
        assert turn.engine_message["metadata"]["update"]["earlier"] == []


async def test_what_comes_before_a_join_is_told_in_its_own_time() -> None:
    it = await two()
    async with transaction() as session:
        await update_request(session, Change(it.second, Status.IN_PROGRESS, "staff:ana"))
    await joined(it)
    assert await tell(it.cem, as_they_are, now=datetime.now(UTC) + timedelta(seconds=4)) == 1
    async with transaction() as session:
        states = await session.scalars(
            select(Notice.state).where(Notice.conversation_id == it.cem).order_by(Notice.id)
        )
        assert list(states) == ["told", "waiting"]


@pytest.mark.parametrize("what", ["time", "told", "twice", "taken out", "joined on"])
async def test_what_cannot_be_undone_any_more_stays_as_it_is(what: str) -> None:
    it = await two()
    join_id = await joined(it)
    after = timedelta(seconds=5)
    if what == "time":
        after = HELD_FOR + timedelta(seconds=1)
    elif what == "told":
        await tell_everybody()
    elif what == "twice":
        await undone(join_id)
    elif what == "taken out":
        async with transaction() as session:
            await take_out(session, it.first, it.ben, "staff:ana")
    else:
        last = (await file(it.cem, "c")).reference
        async with transaction() as session:
            await join_requests(session, it.first, last, "staff:ana")
    before = await everything(), await notices()
    with pytest.raises(TooLateError):
        await undone(join_id, after)
    assert (await everything(), await notices()) == before


async def test_a_join_that_never_was_is_unknown() -> None:
    await two()
    with pytest.raises(UnknownRequestError):
        await undone(99)


async def test_an_undone_join_can_be_made_again_and_is_told() -> None:
    it = await two()
    await undone(await joined(it))
    await joined(it)
    assert await tell_everybody() == 3


@pytest.mark.parametrize(
    ("channel", "language", "said"),
    [
        (
            "telegram",
            "en",
            "{second} (pothole, Pico Blvd & 4th St) is the same thing as {first}, so we joined them. I will tell you how "
            "{first} goes.",
        ),
        (
            "telegram",
            "es",
            "{second} (bache, Pico Blvd y 4th St) es lo mismo que {first}; los juntamos. Le digo cómo va {first}.",
        ),
        (
            "sms",
            "es",
            "{second} (bache, Pico Blvd y 4th St) es lo mismo que {first}; los juntamos. Le digo como va {first}.",
        ),
    ],
)
async def test_staff_read_before_it_is_sent_what_residents_will_get(
    channel: str, language: str, said: str
) -> None:
    it = await two()
    async with transaction() as session:
        event = join_event(await find_request(session, it.second), it.first)
    assert as_told(event, channel, language) == said.format(first=it.first, second=it.second)


async def told_people(update_id: int) -> tuple[int, int, int]:
    async with transaction() as session:
        telling = (await tellings_of(session, [update_id]))[update_id]
    return telling.told, telling.on_its_way, telling.not_told


async def test_told_are_those_to_whom_it_went_out() -> None:
    it = await two()
    async with transaction() as session:
        await session.execute(update(Contact).where(Contact.address == CEM).values(wants_updates=False))
        change = await update_request(session, Change(it.second, Status.IN_PROGRESS, "staff:ana"))
    assert await told_people(change.id) == (0, 0, 1)
    await tell_everybody()
    assert await told_people(change.id) == (0, 2, 1), "the turns are made, and nothing has gone out"
    async with transaction() as session:
        for who, state in ((it.ann, "delivered"), (it.ben, "failed")):
            turn = await session.scalar(
                select(Turn).where(Turn.conversation_id == who, Turn.update_id == change.id)
            )
            assert turn is not None
            turn.finished_at = datetime.now(UTC)
            conversation = await session.get_one(Conversation, who)
            (message,) = await queue_replies(
                session, conversation, [Reply("Work has started.")], turn_id=turn.id
            )
            await session.execute(update(Message).where(Message.id == message.id).values(state=state))
    assert await told_people(change.id) == (1, 0, 2)
    async with transaction() as session:
        assert (await told_of(session, [change.id]))[change.id] == {
            "failed": 1,
            "suppressed: declined": 1,
            "told": 1,
        }


async def test_a_turn_that_came_to_nothing_told_nobody() -> None:
    it = await two()
    async with transaction() as session:
        change = await update_request(session, Change(it.second, Status.IN_PROGRESS, "staff:ana"))
    await tell_everybody()
    async with transaction() as session:
        await session.execute(update(Turn).values(finished_at=datetime.now(UTC)))
    assert await told_people(change.id) == (0, 0, 3)
