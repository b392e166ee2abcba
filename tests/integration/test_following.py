"""The same matter twice: found nearby, followed, joined by staff and taken out again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.additions import add_answer, add_words, attach_photos
from bot.cases.disowning import disown_request
from bot.cases.duplicates import _NEAR, OpenRequest, nearest_open_duplicates
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.following import FinishedMeanwhileError, Following, count_followers, follow_request
from bot.cases.lookup import UnknownRequestError, find_joined, find_request, recent_requests
from bot.cases.merging import MergeError
from bot.cases.status import Status, TransitionError
from bot.cases.updates import Change, subscribed_conversations
from bot.cases.withdrawing import mute_request
from bot.city.current import catalogue
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import Notice, Subscriber, Turn
from bot.delivery.push import join_requests, take_out, update_request
from tests.integration.telling import tell_everybody
from tests.integration.test_cases import PICO, a_conversation, file, photos
from tests.plans import plan_with

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

METRE = 1 / 111_320  # degrees of latitude
ANN, BEN = "+13105550101", "+13105550102"


def north(metres: float) -> Location:
    point = Point(PICO.point.lat + metres * METRE, PICO.point.lon)
    return Location(point, LocationKind.ADDRESS, f"{int(metres)} Pico Blvd")


async def near(
    conversation_id: int, metres: float = 0.0, service: str = "pothole", now: datetime | None = None
) -> list[OpenRequest]:
    async with transaction() as session:
        return await nearest_open_duplicates(
            session,
            catalogue().services[service],
            north(metres).point,
            conversation_id,
            now or datetime.now(UTC),
        )


async def follow(conversation_id: int, reference: str, words: str = "me too", **more: object) -> int:
    following = Following(conversation_id, reference, words, "by the gas station", north(9), **more)  # type: ignore[arg-type]
    async with transaction() as session:
        return await follow_request(session, following)


async def test_open_requests_of_the_same_service_within_its_radius_are_found_nearest_first() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    far = await file(ann, "far", location=north(25))
    close = await file(ann, "close", location=north(8))
    await file(ann, "beyond", location=north(31))
    await file(ann, "other", service_code="graffiti", location=north(1))
    found = await near(ben)
    assert [request.reference for request in found] == [close.reference, far.reference]
    assert [round(request.metres) for request in found] == [8, 25]
    assert not any(request.own for request in found)
    assert all(request.own for request in await near(ann))


async def test_what_is_finished_or_nowhere_is_not_offered() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    done = await file(ann, "done")
    await file(ann, "nowhere", location=None)
    async with transaction() as session:
        await update_request(session, Change(done.reference, Status.RESOLVED, "staff:ana"))
    assert await near(ben) == []


async def test_things_that_move_are_the_same_for_some_hours_only() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann, service_code="parking_violation")
    hours = catalogue().services["parking_violation"].duplicate_hours
    assert hours
    now = datetime.now(UTC)
    assert await near(ben, service="parking_violation", now=now + timedelta(hours=hours - 1))
    assert not await near(ben, service="parking_violation", now=now + timedelta(hours=hours + 1))
    assert filed.created


async def test_services_whose_every_request_is_its_own_have_no_duplicates() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    await file(ann, service_code="bulky_item")
    assert await near(ben, service="bulky_item") == []


async def test_following_subscribes_and_keeps_words_and_photos_apart() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann)
    (photo,) = await photos(1)
    assert await follow(ben, filed.reference, "it broke my wheel", photo_ids=(photo,)) == 2
    assert await follow(ben, filed.reference, "it broke my wheel", photo_ids=(photo,)) == 2  # again
    async with transaction() as session:
        request = await find_request(session, filed.reference)
        subscriber = await session.scalar(select(Subscriber).where(Subscriber.conversation_id == ben))
        assert await recent_requests(session, ben)
    assert "wheel" not in request.description
    assert subscriber is not None
    assert (subscriber.origin, subscriber.words) == ("followed", "it broke my wheel")
    assert [(row.photo_id, row.conversation_id) for row in request.photos] == [(photo, ben)]


async def test_followers_hear_of_every_change() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann)
    await follow(ben, filed.reference)
    async with transaction() as session:
        await update_request(session, Change(filed.reference, Status.IN_PROGRESS, "staff:ana"))
    await tell_everybody()
    async with transaction() as session:
        told = await session.scalars(select(Turn.conversation_id).where(Turn.update_id.is_not(None)))
        assert sorted(told) == sorted([ann, ben])


async def test_what_a_follower_adds_later_stays_theirs() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann)
    await follow(ben, filed.reference)
    async with transaction() as session:
        assert await add_words(session, ben, "even deeper now", filed.reference) == filed.reference
        assert await add_words(session, ann, "my own words", filed.reference) == filed.reference
    async with transaction() as session:
        request = await find_request(session, filed.reference)
        words = await session.scalar(select(Subscriber.words).where(Subscriber.conversation_id == ben))
    assert (request.description, words) == ("huge pothole", "me too")
    assert [(one.conversation_id, one.words) for one in request.additions] == [
        (ben, "even deeper now"),
        (ann, "my own words"),
    ]


async def test_what_is_finished_meanwhile_cannot_be_followed() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann)
    async with transaction() as session:
        await update_request(session, Change(filed.reference, Status.RESOLVED, "staff:ana"))
    with pytest.raises(FinishedMeanwhileError):
        await follow(ben, filed.reference)
    with pytest.raises(UnknownRequestError):
        await follow(ben, "SM-999999")


async def test_many_who_follow_at_once_are_each_counted_once() -> None:
    filed = await file(await a_conversation(ANN))
    others = [await a_conversation(f"+1310555020{n}") for n in range(6)]
    await asyncio.gather(*(follow(one, filed.reference) for one in others for _ in range(2)))
    async with transaction() as session:
        request = await find_request(session, filed.reference)
        assert await count_followers(session, request.id) == 7


async def test_answers_to_follow_up_questions_are_kept_with_the_request() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann, answers={"size": "plate"})
    async with transaction() as session:
        assert await add_answer(session, ann, filed.reference, "size", "larger") == filed.reference
        assert await add_answer(session, ann, filed.reference, "lane", "bike") == filed.reference
        assert await add_answer(session, ben, filed.reference, "lane", "alley") is None
    async with transaction() as session:
        request = await find_request(session, filed.reference)
    assert request.answers == {"size": "larger", "lane": "bike"}


async def test_staff_join_two_requests_and_the_resident_is_told() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    first, second = (
        await file(ann, "a"),
        await file(ben, "b", description="same hole", photo_ids=await photos(2)),
    )
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    await tell_everybody()
    async with transaction() as session:
        target, source = (
            await find_request(session, first.reference),
            await find_request(session, second.reference),
        )
        followers = await subscribed_conversations(session, target.id)
        words = await session.scalar(
            select(Subscriber.words).where(
                Subscriber.conversation_id == ben, Subscriber.request_id == target.id
            )
        )
        event = await session.scalar(
            select(Turn.engine_message).where(Turn.conversation_id == ben, Turn.update_id.is_not(None))
        )
    assert (source.status, source.merged_into_id) == (Status.CLOSED, target.id)
    assert sorted(followers) == sorted([ann, ben])
    assert words == "same hole"
    assert len(target.photos) == 2
    assert event is not None
    assert event["metadata"]["update"]["joined"] == first.reference
    with pytest.raises(MergeError, match="already"):
        async with transaction() as session:
            await join_requests(session, second.reference, first.reference, "staff:ana")


async def test_joining_what_makes_no_sense_is_refused_with_a_reason() -> None:
    ann = await a_conversation(ANN)
    one, two = await file(ann, "a"), await file(ann, "b")
    async with transaction() as session:
        await update_request(session, Change(two.reference, Status.CLOSED, "staff:ana", "Done before."))
    for reference, into, reason in [
        (one.reference, one.reference, "same"),
        (one.reference, two.reference, "finished"),
    ]:
        with pytest.raises(MergeError, match=reason):
            async with transaction() as session:
                await join_requests(session, reference, into, "staff:ana")


async def test_taking_out_is_the_inverse_of_joining() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    first, second = await file(ann, "a"), await file(ben, "b")
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    async with transaction() as session:
        assert await take_out(session, first.reference, ben, "staff:ana") == second.reference
    async with transaction() as session:
        source, target = (
            await find_request(session, second.reference),
            await find_request(session, first.reference),
        )
        assert await subscribed_conversations(session, target.id) == [ann]
    assert (source.status, source.merged_into_id) == (Status.OPEN, None)


async def test_what_the_resident_sends_after_a_join_goes_to_the_other_request() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    first, second = await file(ann, "a"), await file(ben, "b")
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    (photo,) = await photos(1)
    async with transaction() as session:
        assert await attach_photos(session, ben, (photo,), second.reference) == first.reference
        assert await attach_photos(session, ben, (photo,)) == first.reference
        await update_request(session, Change(first.reference, Status.RESOLVED, "staff:ana"))
    async with transaction() as session:
        assert await record_feedback(session, ben, second.reference, Verdict.NOT_FIXED) is Status.OPEN
        with pytest.raises(TransitionError, match="joined"):
            await update_request(session, Change(second.reference, Status.OPEN, "staff:ana"))
    async with transaction() as session:
        source = await find_request(session, second.reference)
    assert source.status == Status.CLOSED


async def test_a_join_of_ones_own_two_loses_no_words() -> None:
    ann = await a_conversation(ANN)
    one, two = await file(ann, "a"), await file(ann, "b", description="it has a sharp edge")
    async with transaction() as session:
        await join_requests(session, two.reference, one.reference, "staff:ana")
    async with transaction() as session:
        request = await find_request(session, one.reference)
        source = await find_request(session, two.reference)
    assert [(added.words, added.created_at) for added in request.additions] == [
        ("it has a sharp edge", source.created_at)
    ]
    assert request.description == "huge pothole"


async def test_taking_out_goes_back_through_several_joins_with_ones_own_photos() -> None:
    ann, ben, cem = await a_conversation(ANN), await a_conversation(BEN), await a_conversation("+13105550103")
    (photo, other) = await photos(2)
    a = await file(ann, "a", photo_ids=(photo,))
    b, c = await file(ben, "b"), await file(cem, "c", photo_ids=(other,))
    async with transaction() as session:
        await join_requests(session, a.reference, b.reference, "staff:ana")
    async with transaction() as session:
        await join_requests(session, b.reference, c.reference, "staff:ana")
    async with transaction() as session:
        assert await take_out(session, c.reference, ann, "staff:ana") == a.reference
    async with transaction() as session:
        kept = (await find_request(session, c.reference)).photos
    assert [row.photo_id for row in kept] == [other]


async def test_what_is_said_and_sent_after_a_join_goes_back_with_who_is_taken_out() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    (of_ann, early, late) = await photos(3)
    first = await file(ann, "a", photo_ids=(of_ann,))
    second = await file(ben, "b", description="same hole", photo_ids=(early,))
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    async with transaction() as session:
        await attach_photos(session, ben, (late,), second.reference)
        await add_words(session, ben, "no, mine is in the alley", second.reference)
    async with transaction() as session:
        assert await take_out(session, first.reference, ben, "staff:ana") == second.reference
    async with transaction() as session:
        own = await find_request(session, second.reference)
        other = await find_request(session, first.reference)
    assert (own.description, [one.words for one in own.additions if one.words]) == (
        "same hole",
        ["no, mine is in the alley"],
    )
    assert other.additions == []
    assert [row.photo_id for row in own.photos] == [early, late]
    assert [row.photo_id for row in other.photos] == [of_ann]


async def test_of_several_joined_requests_of_one_resident_none_is_left_behind() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    target = await file(ann, "a")
    older = await file(ben, "b", description="by the tree")
    newer = await file(ben, "c", description="by the bench")
    for joined in (older, newer):
        async with transaction() as session:
            await join_requests(session, joined.reference, target.reference, "staff:ana")
    async with transaction() as session:
        assert await take_out(session, target.reference, ben, "staff:ana") == newer.reference
    async with transaction() as session:
        own = await find_request(session, newer.reference)
        assert own.description == "by the bench"
        assert [one.words for one in own.additions] == ["by the tree"]
        assert await add_words(session, ben, "still there", older.reference) == newer.reference


async def test_an_answer_about_a_joined_request_takes_no_others_place() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    first, second = await file(ann, "a", answers={"size": "plate"}), await file(ben, "b")
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    for question, answer in (("size", "larger"), ("lane", "bike"), ("lane", "car")):
        async with transaction() as session:
            said = await add_answer(session, ben, second.reference, question, answer)
            assert said == first.reference
    async with transaction() as session:
        target = await find_request(session, first.reference)
        source = await find_request(session, second.reference)
    assert target.answers == {"size": "plate", "lane": "car"}
    assert source.answers == {"size": "larger", "lane": "car"}


async def test_a_joined_request_that_is_asked_about_is_told_by_the_other_one() -> None:
    ann, ben, cem = await a_conversation(ANN), await a_conversation(BEN), await a_conversation("+13105550103")
    first, second = await file(ann, "a"), await file(ben, "b")
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    async with transaction() as session:
        told = await recent_requests(session, ben, reference=second.reference)
        assert [summary.reference for summary in told] == [first.reference]
        assert await recent_requests(session, ben, reference="SM-999999") == []
        assert await recent_requests(session, cem, reference=second.reference) == []


async def test_following_a_request_that_was_joined_meanwhile_follows_the_other_one() -> None:
    ann, ben, cem = await a_conversation(ANN), await a_conversation(BEN), await a_conversation("+13105550103")
    first, second = await file(ann, "a"), await file(ben, "b")
    async with transaction() as session:
        await join_requests(session, second.reference, first.reference, "staff:ana")
    assert await follow(cem, second.reference) == 3
    async with transaction() as session:
        target = await find_request(session, first.reference)
        assert await subscribed_conversations(session, target.id) == [ann, ben, cem]


async def test_joins_that_run_in_a_circle_end() -> None:
    """No way through the house makes one; a hand in the database could."""
    ann = await a_conversation(ANN)
    one, two = await file(ann, "a"), await file(ann, "b")
    async with transaction() as session:
        rows = [await find_request(session, filed.reference) for filed in (one, two)]
        rows[0].merged_into_id, rows[1].merged_into_id = rows[1].id, rows[0].id
    async with transaction() as session:
        found = await find_joined(session, one.reference, lock=True)
    assert found.reference in (one.reference, two.reference)


async def test_a_change_beside_a_join_is_checked_against_the_join() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    first, second = await file(ann, "a"), await file(ben, "b")
    async with transaction() as session:
        read_before = await find_request(session, second.reference)
        async with transaction() as other:
            await join_requests(other, second.reference, first.reference, "staff:ana")
        with pytest.raises(TransitionError, match="joined"):
            await update_request(session, Change(read_before.reference, Status.OPEN, "staff:bo"))


async def test_taking_out_is_refused_where_it_would_lose_something() -> None:
    ann, ben, cem = await a_conversation(ANN), await a_conversation(BEN), await a_conversation("+13105550103")
    first, again = await file(ann, "a"), await file(ann, "b", description="a sharp edge")
    theirs, last = await file(ben, "c"), await file(cem, "d")
    for source, into in ((again, first), (theirs, first), (first, last)):
        async with transaction() as session:
            await join_requests(session, source.reference, into.reference, "staff:ana")
    for reference, who, why in (
        (first.reference, ben, "joined with another"),  # they follow the last one by now
        (last.reference, cem, "own report"),
    ):
        with pytest.raises(MergeError, match=why):
            async with transaction() as session:
                await take_out(session, reference, who, "staff:ana")


async def test_a_follower_taken_out_gets_a_request_of_their_own_words_place_and_photos() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    filed = await file(ann)
    (photo,) = await photos(1)
    await follow(ben, filed.reference, "a different hole", photo_ids=(photo,))
    async with transaction() as session:
        own = await take_out(session, filed.reference, ben, "staff:ana")
    async with transaction() as session:
        request = await find_request(session, own)
        with pytest.raises(MergeError, match="own"):
            await take_out(session, own, ben, "staff:ana")
        with pytest.raises(UnknownRequestError):
            await take_out(session, own, ann, "staff:ana")
    assert (request.description, request.address) == ("a different hole", "9 Pico Blvd")
    assert [row.photo_id for row in request.photos] == [photo]
    assert own != filed.reference


async def test_a_request_that_happened_nowhere_has_no_point() -> None:
    filed = await file(await a_conversation(), service_code="public_records", location=None)
    async with transaction() as session:
        request = await find_request(session, filed.reference)
    assert (request.lat, request.lon, request.location_kind, request.address) == (None, None, None, "")


async def test_who_wants_to_hear_nothing_hears_nothing_after_a_join_and_after_being_taken_out() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    into, own = (await file(ann, "a")).reference, (await file(ben, "b")).reference
    async with transaction() as session:
        await mute_request(session, ben, own)
        await join_requests(session, own, into, "staff:maria")
        await update_request(session, Change(into, Status.IN_PROGRESS, "staff:maria"))
        assert await take_out(session, into, ben, "staff:maria") == own
        await update_request(session, Change(own, Status.IN_PROGRESS, "staff:maria"))
        told = set(await session.scalars(select(Notice.conversation_id)))
    assert told == {ann}


async def test_who_is_taken_out_follows_their_own_whatever_they_did_before() -> None:
    ann, ben = await a_conversation(ANN), await a_conversation(BEN)
    into, own = (await file(ann, "a")).reference, (await file(ben, "b")).reference
    async with transaction() as session:
        await join_requests(session, own, into, "staff:maria")
        await disown_request(session, ben, own)
    await follow(ben, own)
    async with transaction() as session:
        assert await take_out(session, into, ben, "staff:maria") == own
        request = await find_request(session, own)
        assert await subscribed_conversations(session, request.id) == [ben]


async def test_the_search_for_duplicates_uses_its_index() -> None:
    ann = await a_conversation(ANN)
    await file(ann)
    values = {
        "lat": 34.0, "lon": -118.5, "shrink": 0.8, "west": -118.6, "east": -118.4, "south": 33.9, "north": 34.1,
        "service_code": "pothole", "since": None, "conversations": [ann],
    }  # fmt: skip
    assert "ix_service_requests_near" in await plan_with("ix_service_requests_near", _NEAR.text, values)
