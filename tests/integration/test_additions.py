"""What residents add is an entry of its own with its time: kept once, read back, joined, taken out and forgotten with them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.added import Said, came_with, found_added
from bot.cases.additions import add_to_request
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request, recent_requests
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.location import Location
from bot.db.session import transaction
from bot.db.tables import Addition, Audit, ServiceRequest
from bot.delivery.push import join_requests, take_out, update_request
from bot.keeping.exporting import export_contact
from bot.keeping.request_words import forget_request_words
from bot.keeping.words import forget_words
from bot.web.console.request_filter import RequestFilter
from bot.web.console.request_list import Asked, load_page
from tests.integration.test_cases import PICO, a_conversation, file, photos

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

ANN, BEN = "+13105550101", "+13105550102"
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


async def add(
    conversation_id: int,
    reference: str | None,
    words: str,
    *,
    turn: int | None = None,
    photo_ids: tuple[int, ...] = (),
    location: Location | None = None,
    at: datetime | None = None,
) -> None:
    async with transaction() as session:
        said = Said(words, photo_ids, location, turn, at)
        assert await add_to_request(session, conversation_id, said, reference)


async def load(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def words_of(reference: str) -> list[str]:
    return [one.words for one in (await load(reference)).additions]


async def test_an_entry_has_the_time_it_was_said_and_the_description_stays() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    await add(ann, reference, "it is deeper now", turn=7, at=AT, location=PICO)
    request = await load(reference)
    (entry,) = request.additions
    assert request.description == "huge pothole"
    assert (entry.words, entry.created_at, entry.turn_id, entry.conversation_id) == (
        "it is deeper now", AT, 7, ann,
    )  # fmt: skip
    assert (entry.address, entry.lat, entry.lon) == (PICO.name, PICO.point.lat, PICO.point.lon)


async def test_a_turn_taken_again_adds_nothing_and_the_same_words_in_another_do() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    (photo,) = await photos(1)
    for turn in (7, 7, 8):
        await add(ann, reference, "still there", turn=turn, photo_ids=(photo,))
    request = await load(reference)
    assert [(one.words, one.turn_id) for one in request.additions] == [
        ("still there", 7),
        ("still there", 8),
    ]
    assert [came_with(request.photos[0], one) for one in request.additions] == [True, False]
    async with transaction() as session:
        said = list(await session.scalars(select(Audit.action).where(Audit.subject_id == reference)))
    assert said.count("request.words_added") == 2


async def test_one_turn_processed_twice_at_once_is_one_entry() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    await asyncio.gather(*(add(ann, reference, "deeper", turn=7) for _ in range(5)))
    assert await words_of(reference) == ["deeper"]


async def test_words_and_photos_of_one_turn_are_one_entry_whichever_comes_first() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    one, two = await photos(2)
    await add(ann, reference, "", turn=7, photo_ids=(one,))
    await add(ann, reference, "from the other side", turn=7)
    await add(ann, reference, "", turn=8, photo_ids=(two,))
    assert await words_of(reference) == ["from the other side", ""]


async def test_a_second_thing_said_in_one_turn_is_kept_too() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    await add(ann, reference, "it grows", turn=7)
    await add(ann, reference, "can I park there?", turn=7)
    assert await words_of(reference) == ["it grows", "can I park there?"]


async def test_their_own_request_is_read_back_with_what_they_added_and_with_nobody_elses_words() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    reference = (await file(ann)).reference
    async with transaction() as session:
        await follow_request(session, Following(ben, reference, "me too", "there", None, turn_id=3))
    await add(ann, reference, "it is deeper now", turn=7)
    await add(ben, reference, "I broke a wheel", turn=8)
    async with transaction() as session:
        (mine,) = await recent_requests(session, ann)
        (theirs,) = await recent_requests(session, ben)
    assert (mine.told, theirs.told) == ("huge pothole\nit is deeper now", "")


async def test_who_follows_already_and_tells_it_again_adds_to_it_once() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    reference = (await file(ann)).reference
    for words, turn in (("me too", 3), ("me too", 3), ("and a second hole", 4), ("and a second hole", 4)):
        async with transaction() as session:
            await follow_request(session, Following(ben, reference, words, "there", PICO, turn_id=turn))
    assert await words_of(reference) == ["and a second hole"]


async def test_staff_see_what_is_new_until_they_change_the_request() -> None:
    ann = await a_conversation(ANN)
    old, new = await file(ann, "a"), await file(ann, "b")
    for filed in (old, new):
        await add(ann, filed.reference, "deeper", turn=filed.id)
    async with transaction() as session:
        await update_request(session, Change(old.reference, Status.IN_PROGRESS, "staff:ana"))
    async with transaction() as session:
        assert await found_added(session, [old.id, new.id]) == {new.id}
        assert await found_added(session, []) == set()
    await add(ann, old.reference, "and deeper", turn=99)
    async with transaction() as session:
        assert await found_added(session, [old.id, new.id]) == {old.id, new.id}


async def test_not_fixed_is_said_with_the_feedback_and_not_in_the_description() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:ana"))
    async with transaction() as session:
        said = "no, still a hole"
        await record_feedback(
            session, ann, reference, Verdict.NOT_FIXED, comment=said, idempotency_key="turn:9"
        )
    request = await load(reference)
    assert (request.description, request.additions) == ("huge pothole", [])
    assert [(one.verdict, one.comment) for one in request.feedback] == [("not_fixed", said)]


async def test_entries_go_along_with_a_join_and_back_with_who_is_taken_out() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    first, second = (
        (await file(ann, "a")).reference,
        (await file(ben, "b", description="same hole")).reference,
    )
    (photo,) = await photos(1)
    await add(ann, first, "mine", turn=6)
    await add(ben, second, "before the join", turn=7, at=AT, photo_ids=(photo,))
    async with transaction() as session:
        await join_requests(session, second, first, "staff:ana")
    await add(ben, second, "after it", turn=8)
    joined = await load(first)
    assert [(one.conversation_id, one.words) for one in joined.additions] == [
        (ben, "before the join"),
        (ann, "mine"),
        (ben, "after it"),
    ]
    assert joined.additions[0].created_at == AT
    assert came_with(joined.photos[0], joined.additions[0])
    async with transaction() as session:
        assert await take_out(session, first, ben, "staff:ana") == second
    assert await words_of(first) == ["mine"]
    own = await load(second)
    assert [(one.words, one.turn_id) for one in own.additions] == [("before the join", 7), ("after it", 8)]
    assert own.description == "same hole"


async def test_a_follower_who_is_taken_out_has_their_entries_in_the_request_made_of_them() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    reference = (await file(ann)).reference
    async with transaction() as session:
        await follow_request(session, Following(ben, reference, "another hole", "there", PICO))
    await add(ben, reference, "it has a nail in it", turn=8)
    await add(ann, reference, "mine", turn=9)
    async with transaction() as session:
        own = await take_out(session, reference, ben, "staff:ana")
    assert (await words_of(own), await words_of(reference)) == (["it has a nail in it"], ["mine"])


async def test_both_histories_tell_that_somebody_was_taken_out() -> None:
    ann, ben, cem = await a_conversation(ANN), await a_conversation(BEN), await a_conversation("+13105550103")
    first, second = (await file(ann, "a")).reference, (await file(ben, "b")).reference
    async with transaction() as session:
        await follow_request(session, Following(cem, first, "a third hole", "there", PICO))
    async with transaction() as session:
        await join_requests(session, second, first, "staff:ana")
    async with transaction() as session:
        await take_out(session, first, ben, "staff:ana")
    async with transaction() as session:
        made = await take_out(session, first, cem, "staff:ana")
    notes = [update.internal_note for update in (await load(first)).updates if update.internal_note]
    assert notes == [f"{second} joined.", f"{second} was taken out.", f"{made} was taken out."]
    assert (await load(second)).updates[-1].internal_note == f"Taken out of {first} again."
    assert (await load(made)).updates[-1].internal_note == f"Made of what a follower of {first} told."
    async with transaction() as session:
        (summary,) = await recent_requests(session, ben)
    assert not summary.reopened, "nobody had ended the work on it"


async def test_words_of_finished_requests_go_with_what_was_added() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    await add(ann, reference, "deeper", turn=7)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:ana"))
    later = datetime.now(UTC) + timedelta(days=1)
    async with transaction() as session:
        assert await forget_request_words(session, later, 10) == 1
    await add(ann, reference, "it is open again", turn=9)  # what comes after is found the next night
    async with transaction() as session:
        assert await forget_request_words(session, later, 10) == 1
        assert await forget_request_words(session, later, 10) == 0
    assert await words_of(reference) == []


async def test_texts_that_are_forgotten_take_what_a_follower_added_and_leave_what_is_of_their_own() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    theirs, own = (await file(ann, "a")).reference, (await file(ben, "b")).reference
    async with transaction() as session:
        await follow_request(session, Following(ben, theirs, "me too", "there", None))
    await add(ben, theirs, "of another's", turn=7)
    await add(ben, own, "of my own", turn=8)
    async with transaction() as session:
        await forget_words(session, [ben], datetime.now(UTC))
    assert (await words_of(theirs), await words_of(own)) == ([], ["of my own"])


async def test_an_export_holds_what_was_added_with_its_time() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    await add(ann, reference, "deeper", turn=7, at=AT)
    async with transaction() as session:
        request = await find_request(session, reference)
        assert request.conversation_id == ann
        exported = await export_contact(session, 1)
    assert exported["additions"] == [
        {
            "reference": reference,
            "words": "deeper",
            "asks": False,
            "address": None,
            "lat": None,
            "lon": None,
            "at": AT,
        }
    ]


async def test_what_is_added_has_one_owner_in_the_database() -> None:
    ann = await a_conversation(ANN)
    await file(ann)
    await add(ann, None, "deeper", turn=7)
    async with transaction() as session:
        rows = list(await session.scalars(select(Addition)))
    assert [row.conversation_id for row in rows] == [ann]


async def test_what_cannot_wait_is_marked_since_it_was_said_first() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann)).reference
    assert (await load(reference)).urgent_at is None
    for minutes in (0, 5):
        async with transaction() as session:
            said = Said("a bike fell in", at=AT + timedelta(minutes=minutes), turn_id=minutes, urgent=True)
            await add_to_request(session, ann, said, reference)
    assert (await load(reference)).urgent_at == AT
    async with transaction() as session:
        page = await load_page(session, RequestFilter(), Asked("ana", AT + timedelta(days=1)))
    assert [(row.reference, row.urgent) for row in page.rows] == [(reference, True)]


async def test_a_request_is_filed_as_one_that_cannot_wait() -> None:
    ann = await a_conversation(ANN)
    reference = (await file(ann, urgent=True, at=AT)).reference
    assert (await load(reference)).urgent_at == AT
