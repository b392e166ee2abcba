"""Filing once, changing by the rules, telling who follows, hearing the answer."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from bot.cases.additions import add_words, attach_photos
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.filing import FiledRequest, NewRequest, UnknownServiceError, file_request
from bot.cases.following import Following, follow_request
from bot.cases.lookup import UnknownRequestError, find_request, recent_requests
from bot.cases.put_right import move_request
from bot.cases.status import Status, TransitionError
from bot.cases.updates import Change, NothingToChangeError
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.location import Location, LocationKind, Point
from bot.conversation.receive import receive
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Feedback, Photo, RequestPhoto, ServiceRequest, Turn, Update
from bot.delivery.push import update_request
from tests.integration.telling import tell_everybody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

PICO = Location(Point(34.0081, -118.4885), LocationKind.INTERSECTION, "Pico Blvd & 4th St")


async def a_conversation(address: str = "+13105550123") -> int:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{address}", address, text="pothole")
    async with transaction() as session:
        conversation_id = (await receive(session, inbound)).conversation_id
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [])
    return conversation_id


async def photos(count: int) -> tuple[int, ...]:
    async with transaction() as session:
        rows = [Photo(sha256=f"{n:064d}", width=8, height=8, size=9) for n in range(count)]
        session.add_all(rows)
        await session.flush()
        return tuple(row.id for row in rows)


async def file(conversation_id: int, key: str = "draft-1", **changes: object) -> FiledRequest:
    new = {
        "conversation_id": conversation_id,
        "idempotency_key": key,
        "service_code": "pothole",
        "description": "huge pothole",
        "place_text": "pico and 4th",
        "location": PICO,
        **changes,
    }
    async with transaction() as session:
        return await file_request(session, NewRequest(**new))  # type: ignore[arg-type]


async def change(reference: str, status: Status, text: str = "", photo_ids: tuple[int, ...] = ()) -> Update:
    async with transaction() as session:
        return await update_request(
            session, Change(reference, status, "staff:ana", public_text=text, photo_ids=photo_ids)
        )


async def count(table: type) -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_confirmation_files_one_request_however_often_it_is_processed() -> None:
    conversation_id = await a_conversation()
    filed = await asyncio.gather(*(file(conversation_id) for _ in range(8)))
    assert len({each.reference for each in filed}) == 1
    assert sum(each.created for each in filed) == 1
    assert await count(ServiceRequest) == 1
    assert await count(Update) == 1


async def test_a_request_keeps_words_place_photos_and_department() -> None:
    conversation_id = await a_conversation()
    ids = await photos(2)
    filed = await file(conversation_id, photo_ids=(*ids, ids[0], 999))
    async with transaction() as session:
        request = await find_request(session, filed.reference.lower().replace("-", " "))
    assert [row.photo_id for row in request.photos] == list(ids)
    assert (request.address, request.place_text) == ("Pico Blvd & 4th St", "pico and 4th")
    assert request.department
    assert filed.due_on == request.due_on is not None


async def test_a_service_that_the_city_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownServiceError):
        await file(await a_conversation(), service_code="snow")


async def test_my_requests_are_only_mine() -> None:
    mine, other = await a_conversation(), await a_conversation("+13105550999")
    filed = await file(mine)
    async with transaction() as session:
        assert [row.reference for row in await recent_requests(session, mine)] == [filed.reference]
        assert await recent_requests(session, other) == []
        assert await attach_photos(session, other, await photos(1), filed.reference) is None
        with pytest.raises(UnknownRequestError):
            await record_feedback(session, other, filed.reference, Verdict.FIXED)


async def test_photos_and_words_can_follow_later() -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    ids = await photos(1)
    async with transaction() as session:
        assert await attach_photos(session, conversation_id, ids) == filed.reference
        assert await add_words(session, conversation_id, "it is getting bigger") == filed.reference
        assert await add_words(session, conversation_id, "it is getting bigger") == filed.reference
    async with transaction() as session:
        request = await find_request(session, filed.reference)
    assert request.description == "huge pothole"
    assert [one.words for one in request.additions] == ["", "it is getting bigger"]
    assert await count(RequestPhoto) == 1


OCEAN_PARK = Location(
    Point(34.0036, -118.4815), LocationKind.INTERSECTION, "Ocean Park Blvd & 4th St", zip_code="90405"
)


async def moved(conversation_id: int, reference: str) -> bool:
    async with transaction() as session:
        return await move_request(
            session, conversation_id, reference, OCEAN_PARK, "sorry, Ocean Park and 4th"
        )


async def test_the_place_of_a_request_that_nobody_has_begun_with_can_be_put_right() -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    assert await moved(conversation_id, filed.reference)
    assert await moved(conversation_id, filed.reference)  # a turn done again
    async with transaction() as session:
        request = await find_request(session, filed.reference)
    assert (request.address, request.zip_code, request.lat) == ("Ocean Park Blvd & 4th St", "90405", 34.0036)
    (added,) = request.additions
    assert (added.words, added.address) == ("sorry, Ocean Park and 4th", "Ocean Park Blvd & 4th St")
    async with transaction() as session:
        actions = list(await session.scalars(select(Audit.action)))
    assert actions.count("request.corrected") == 1
    assert request.place_text == "pico and 4th"  # their first words for it stay
    (_, entry) = request.updates
    assert (entry.author, entry.to_status) == ("resident", "open")
    assert [entry.corrected["place"][when]["address"] for when in ("before", "after")] == [
        "Pico Blvd & 4th St",
        "Ocean Park Blvd & 4th St",
    ]


async def test_once_somebody_is_at_it_or_follows_it_staff_decide_where_it_is() -> None:
    mine, other = await a_conversation(), await a_conversation("+13105550999")
    begun, shared = await file(mine), await file(mine, "draft-2")
    await change(begun.reference, Status.IN_PROGRESS, "Crew is on the way.")
    async with transaction() as session:
        await follow_request(session, Following(other, shared.reference, "same here", "pico", None))
    for conversation_id, reference in (
        (mine, begun.reference), (mine, shared.reference), (other, shared.reference),
    ):  # fmt: skip
        assert not await moved(conversation_id, reference)
    async with transaction() as session:
        assert {row.address for row in await session.scalars(select(ServiceRequest))} == {PICO.name}


async def test_a_reopened_request_says_so_and_no_longer_what_was_said_of_its_end() -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    await change(filed.reference, Status.RESOLVED, "Patched.")
    async with transaction() as session:
        await record_feedback(session, conversation_id, filed.reference, Verdict.NOT_FIXED)
    async with transaction() as session:
        (summary,) = await recent_requests(session, conversation_id)
    assert (summary.status, summary.reopened, summary.last_public_text) == (Status.OPEN, True, "")
    await change(filed.reference, Status.IN_PROGRESS, "A crew comes back on Friday.")
    async with transaction() as session:
        (summary,) = await recent_requests(session, conversation_id)
    assert summary.last_public_text == "A crew comes back on Friday."


async def test_a_change_is_pushed_as_a_turn_with_its_photo() -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    (photo_id,) = await photos(1)
    update_row = await change(filed.reference, Status.RESOLVED, "Patched this morning.", (photo_id,))
    assert await tell_everybody() == 1
    async with transaction() as session:
        request = await find_request(session, filed.reference)
        turn = await open_turn(session, conversation_id)
    assert isinstance(turn, OpenTurn)
    assert turn.message == "/EXTERNAL_request_update"
    stood = turn.metadata["update"].pop("stood")
    assert (stood["before"]["status"], stood["after"]["status"]) == ("open", "resolved")
    assert turn.metadata["update"] == {
        "reference": filed.reference,
        "request_id": request.id,
        "service_code": "pothole",
        "place": "Pico Blvd & 4th St",
        "department": "Public Works",
        "status": "resolved",
        "note_only": False,
        "resolution": "fixed",
        "referred_to": "",
        "due_on": None,
        "promised": None,
        "public_text": "Patched this morning.",
        "update_id": update_row.id,
        "photos": [photo_id],
        "resolving": True,
        "ends_work": True,
        "earlier": [],
    }


async def test_a_note_alone_stays_inside() -> None:
    filed = await file(await a_conversation())
    async with transaction() as session:
        before = await session.scalar(select(func.count()).select_from(Turn))
        await update_request(
            session, Change(filed.reference, Status.OPEN, "staff:ana", internal_note="call the contractor")
        )
        after = await session.scalar(select(func.count()).select_from(Turn))
    assert before == after


@pytest.mark.parametrize("column", ["opted_out_at", "wants_updates"])
async def test_who_does_not_want_updates_gets_none(column: str) -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    async with transaction() as session:
        value = func.now() if column == "opted_out_at" else False
        await session.execute(update(Contact).values({column: value}))
    await change(filed.reference, Status.IN_PROGRESS)
    async with transaction() as session:
        assert await open_turn(session, conversation_id) is None


async def test_changes_follow_the_rules_and_say_so() -> None:
    filed = await file(await a_conversation())
    await change(filed.reference, Status.CLOSED, "Not ours; please call the county.")
    with pytest.raises(TransitionError, match="can become: open"):
        await change(filed.reference, Status.IN_PROGRESS)
    with pytest.raises(NothingToChangeError):
        await change(filed.reference, Status.CLOSED)
    with pytest.raises(UnknownRequestError):
        await change("SM-999999", Status.OPEN)
    with pytest.raises(ValueError, match="600"):
        await change(filed.reference, Status.OPEN, "x" * 601)


async def test_two_people_who_change_at_once_go_one_after_the_other() -> None:
    filed = await file(await a_conversation())
    done = await asyncio.gather(
        change(filed.reference, Status.RESOLVED),
        change(filed.reference, Status.RESOLVED),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NothingToChangeError) for each in done) == 1
    assert await count(Update) == 2


async def test_not_fixed_reopens_once_and_is_kept() -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    await change(filed.reference, Status.RESOLVED)
    for _ in range(2):
        async with transaction() as session:
            status = await record_feedback(
                session,
                conversation_id,
                filed.reference,
                Verdict.NOT_FIXED,
                comment="still there",
                idempotency_key="turn-9",
            )
        assert status is Status.OPEN
    assert await count(Feedback) == 1
    async with transaction() as session:
        request = await find_request(session, filed.reference)
        actions = list(await session.scalars(select(Audit.action).order_by(Audit.id)))
    assert [row.to_status for row in request.updates] == ["open", "resolved", "open"]
    assert actions.count("request.moved") == 2  # resolved, and opened again once


async def test_fixed_takes_the_reopening_back_unless_the_city_has_gone_on() -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    await change(filed.reference, Status.RESOLVED)
    statuses = []
    for number, verdict in enumerate((Verdict.NOT_FIXED, Verdict.FIXED, Verdict.NOT_FIXED)):
        async with transaction() as session:
            key = f"turn-{number}"
            given = await record_feedback(
                session, conversation_id, filed.reference, verdict, idempotency_key=key
            )
            statuses.append(given)
    assert statuses == [Status.OPEN, Status.RESOLVED, Status.OPEN]
    await change(filed.reference, Status.IN_PROGRESS)
    async with transaction() as session:
        status = await record_feedback(session, conversation_id, filed.reference, Verdict.FIXED)
    assert status is Status.IN_PROGRESS


@pytest.mark.parametrize("rating", [0, 6, -1])
async def test_a_rating_is_one_to_five(rating: int) -> None:
    conversation_id = await a_conversation()
    filed = await file(conversation_id)
    async with transaction() as session:
        with pytest.raises(ValueError, match="1 to 5"):
            await record_feedback(session, conversation_id, filed.reference, rating=rating)
