"""Staff put right what a request is, where it is and what it is about; residents are told, and none of their words is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.cases.assignment import Assignment
from bot.cases.correcting import (
    MOST_DESCRIPTION,
    Correction,
    DescriptionTooLongError,
    NothingToCorrectError,
    Wanted,
    described,
    plan_correction,
)
from bot.cases.feedback import Verdict
from bot.cases.filing import UnknownServiceError
from bot.cases.following import Following, follow_request
from bot.cases.lookup import UnknownRequestError, find_request, recent_requests
from bot.cases.promises import first_promise, promise_later
from bot.cases.put_right import move_request
from bot.cases.status import JoinedError, Status
from bot.cases.updates import Change
from bot.city.current import calendar, catalogue
from bot.city.entered import look_up
from bot.city.location import Location, LocationKind, Point
from bot.conversation.reach import reach_of_request
from bot.conversation.wordings import set_words
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Notice, ServiceRequest, Turn, Update
from bot.delivery.notices.wording import as_told, readings
from bot.delivery.push import (
    correct_request,
    correction_event,
    hear_verdict,
    join_requests,
    update_request,
)
from tests.integration.telling import tell_everybody
from tests.integration.test_cases import PICO, a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

LINCOLN = Location(
    Point(34.018934, -118.490579),
    LocationKind.ADDRESS,
    "1427 Lincoln Blvd",
    neighborhood="Pico",
    zip_code="90401",
)
BEACH = Location(Point(34.0196, -118.5096), LocationKind.PIN, "1500 Ocean Ave")
SIDEWALK = Wanted(service_code="sidewalk")
BEN = "+13105550177"


async def correct(reference: str, wanted: Wanted, now: datetime | None = None) -> Update:
    async with transaction() as session:
        return await correct_request(session, reference, wanted, "staff:ana", now or datetime.now(UTC))


async def filed(**changes: object) -> str:
    return (await file(await a_conversation(), **changes)).reference  # type: ignore[arg-type]


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def notices() -> list[Notice]:
    async with transaction() as session:
        return list(await session.scalars(select(Notice).order_by(Notice.id)))


async def told() -> list[dict[str, Any]]:
    async with transaction() as session:
        rows = await session.scalars(select(Turn).where(Turn.update_id.is_not(None)).order_by(Turn.id))
        return [row.engine_message["metadata"]["update"] for row in rows]


def text(event: dict[str, Any], language: str = "en") -> str:
    return as_told(event, "telegram", language)


def usual(code: str, request: ServiceRequest) -> date:
    day = first_promise(catalogue().services[code], request.created_at)
    assert day is not None
    return day


async def test_another_service_brings_its_department_and_its_day_and_residents_hear_both() -> None:
    reference = await filed()
    update = await correct(reference, SIDEWALK)
    request, sidewalk = await request_of(reference), catalogue().services["sidewalk"]
    assert (request.service_code, request.department) == (sidewalk.code, sidewalk.department)
    assert request.due_on == usual(sidewalk.code, request)
    assert (update.from_status, update.to_status, update.author) == ("open", "open", "staff:ana")
    assert update.corrected == {"service": {"before": "pothole", "after": "sidewalk"}}
    await tell_everybody()
    (event,) = await told()
    said = text(event)
    assert said.startswith(f"About {reference} (pothole, Pico Blvd & 4th St): we corrected it to: ")
    assert sidewalk.noun["en"] in said
    assert "It should be done by" in said


async def test_another_place_is_told_by_its_name_and_how_the_resident_named_it_stays() -> None:
    reference = await filed()
    before = await request_of(reference)
    await correct(reference, Wanted(place=LINCOLN))
    request = await request_of(reference)
    assert (request.address, request.lat, request.lon) == (
        "1427 Lincoln Blvd",
        LINCOLN.point.lat,
        LINCOLN.point.lon,
    )
    assert (request.location_kind, request.zip_code) == ("address", "90401")
    assert request.place_text == "pico and 4th"
    assert (request.service_code, request.due_on) == (before.service_code, before.due_on)
    (notice,) = await notices()
    assert text(notice.event) == (
        f"About {reference} (pothole, Pico Blvd & 4th St): we corrected the place to: 1427 Lincoln Blvd.\n"
        "Not right? Tell us here."
    )
    assert text(notice.event, "es") == (
        f"Sobre {reference} (bache, Pico Blvd y 4th St): corregimos el lugar a: 1427 Lincoln Blvd.\n"
        "¿No es así? Díganos aquí."
    )


async def test_no_place_is_possible_too() -> None:
    reference = await filed()
    await correct(reference, Wanted(placeless=True))
    request = await request_of(reference)
    assert (request.address, request.lat, request.lon, request.location_kind) == ("", None, None, None)
    (notice,) = await notices()
    assert "we took the place out" in text(notice.event)
    await correct(reference, Wanted(place=PICO))
    assert (await request_of(reference)).address == PICO.name


async def test_what_it_is_about_in_words_of_staff_stands_before_the_residents_and_nobody_is_told() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    update = await correct(reference, Wanted(description="  Lifted slab by the tree.  "))
    request = await request_of(reference)
    assert described(request) == "Lifted slab by the tree."
    assert request.description == "huge pothole"
    assert update.corrected == {
        "description": {"before": "huge pothole", "after": "Lifted slab by the tree."}
    }
    assert await notices() == []
    async with transaction() as session:
        (theirs,) = await recent_requests(session, conversation_id)
    assert theirs.told == "huge pothole", "the bot reads back to residents what they said"


@pytest.mark.parametrize("back", ["", "  ", "huge pothole"])
async def test_the_residents_own_words_come_back(back: str) -> None:
    reference = await filed()
    await correct(reference, Wanted(description="Lifted slab."))
    await correct(reference, Wanted(description=back))
    request = await request_of(reference)
    assert (request.staff_description, described(request)) == ("", "huge pothole")


async def test_all_at_once_is_one_entry_and_one_text() -> None:
    reference = await filed()
    update = await correct(reference, Wanted("sidewalk", LINCOLN, description="Lifted slab."))
    assert sorted(update.corrected or {}) == ["description", "place", "service"]
    assert await tell_everybody() == 1
    (event,) = await told()
    said = text(event)
    noun = catalogue().services["sidewalk"].noun["en"]
    assert (
        f"(pothole, Pico Blvd & 4th St): we corrected it to: {noun}, 1427 Lincoln Blvd.\nIt should be done by "
        in said
    )
    assert said.endswith("\nNot right? Tell us here."), "what is asked stands last"
    assert "Lifted slab" not in said


async def test_another_service_without_a_place_is_told_in_one_sentence() -> None:
    reference = await filed()
    await correct(reference, Wanted("noise", placeless=True))
    (notice,) = await notices()
    assert f"to: {catalogue().services['noise'].noun['en']}, without a place." in text(notice.event)


async def test_corrections_that_follow_each_other_are_told_once_from_the_first_to_the_last() -> None:
    reference = await filed()
    await correct(reference, Wanted(place=BEACH))
    await correct(reference, SIDEWALK)
    await correct(reference, Wanted(place=LINCOLN))
    assert await tell_everybody() == 1
    (event,) = await told()
    said = text(event)
    noun = catalogue().services["sidewalk"].noun["en"]
    assert said.count("we corrected") == 1
    assert f"(pothole, Pico Blvd & 4th St): we corrected it to: {noun}, 1427 Lincoln Blvd." in said


async def test_a_correction_and_a_move_are_told_together() -> None:
    reference = await filed()
    await correct(reference, Wanted(place=LINCOLN))
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana", "A crew is there."))
    assert await tell_everybody() == 1
    (event,) = await told()
    assert text(event).splitlines() == [
        f"About {reference} (pothole, Pico Blvd & 4th St): we corrected the place to: 1427 Lincoln Blvd.",
        "Not right? Tell us here.",
        f"{reference} (pothole, 1427 Lincoln Blvd): work has started.",
        "A crew is there.",
    ]


async def test_followers_are_told_too_and_who_wants_to_hear_nothing_is_not() -> None:
    reference = await filed()
    ben, cy = await a_conversation(BEN), await a_conversation("+13105550178")
    async with transaction() as session:
        for one in (ben, cy):
            await follow_request(session, Following(one, reference, "me too", "", PICO))
        await session.execute(
            update(Contact).where(Contact.address == BEN).values(opted_out_at=datetime.now(UTC))
        )
    await correct(reference, Wanted(place=LINCOLN))
    assert [notice.state for notice in await notices()] == ["waiting", "suppressed", "waiting"]


async def test_at_night_it_waits_for_the_morning() -> None:
    reference = await filed()
    midnight = datetime(2027, 1, 5, 8, tzinfo=UTC)
    await correct(reference, Wanted(place=LINCOLN), midnight)
    (notice,) = await notices()
    assert (notice.why, notice.due_at) == ("quiet", datetime(2027, 1, 5, 16, tzinfo=UTC))


async def test_what_staff_read_before_is_what_residents_get_and_nothing_is_changed_by_looking() -> None:
    reference = await filed()
    async with transaction() as session:
        await session.execute(update(Contact).values(language="es"))
        await set_words(
            session, "corrected_place", "es", "{reference} ({about}): ahora en {corrected}.", "staff:ana"
        )
    async with transaction() as session:
        request = await find_request(session, reference)
        plan = await plan_correction(session, request, Wanted(place=LINCOLN), datetime.now(UTC))
        reach = await reach_of_request(session, request.id)
        (reading,) = await readings(session, correction_event(request, plan), reach)
    assert (
        reading.text
        == f"{reference} (bache, Pico Blvd y 4th St): ahora en 1427 Lincoln Blvd.\n¿No es asi? Diganos aqui."
    )
    assert await notices() == []
    assert (await request_of(reference)).address == PICO.name
    await correct(reference, Wanted(place=LINCOLN))
    (notice,) = await notices()
    shown = correction_event(request, plan)
    assert {name: notice.event[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        (Wanted(), NothingToCorrectError, "Nothing to correct"),
        (Wanted("pothole", PICO, description=" huge pothole "), NothingToCorrectError, "Nothing to correct"),
        (Wanted("moon", LINCOLN), UnknownServiceError, "'moon'"),
        (Wanted(description="w" * (MOST_DESCRIPTION + 1)), DescriptionTooLongError, "600 characters"),
    ],
)
async def test_what_cannot_be_put_right_is_refused_in_a_sentence_and_nothing_changes(
    wanted: Wanted, error: type[Exception], words: str
) -> None:
    reference = await filed()
    before = (await request_of(reference)).updated_at
    with pytest.raises(error, match=words):
        await correct(reference, wanted)
    request = await request_of(reference)
    assert (request.service_code, request.address, request.updated_at) == ("pothole", PICO.name, before)
    assert await notices() == []


async def test_what_is_joined_is_not_put_right_and_what_nobody_knows_neither() -> None:
    conversation_id = await a_conversation()
    [one, other] = [(await file(conversation_id, key)).reference for key in ("a", "b")]
    async with transaction() as session:
        await join_requests(session, one, other, "staff:ana")
    with pytest.raises(JoinedError):
        await correct(one, SIDEWALK)
    with pytest.raises(UnknownRequestError):
        await correct("SM-NOBODY", SIDEWALK)


async def test_the_audit_names_who_and_which_parts_and_holds_no_words_and_no_address() -> None:
    reference = await filed()
    await correct(reference, Wanted("sidewalk", LINCOLN, description="Lifted slab."))
    async with transaction() as session:
        newest = await session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))
    assert newest is not None
    assert (newest.action, newest.actor, newest.subject_id) == ("request.corrected", "staff:ana", reference)
    assert newest.detail["corrected"] == ["description", "place", "service"]
    assert "Lincoln" not in str(newest.detail)
    assert "slab" not in str(newest.detail)


async def test_the_department_that_staff_chose_stays_and_its_crew_with_it() -> None:
    reference = await filed()
    async with transaction() as session:
        given = Assignment("Library", "Night crew 7")
        await update_request(session, Change(reference, Status.OPEN, "staff:ana", assignment=given))
    await correct(reference, SIDEWALK)
    request = await request_of(reference)
    assert (request.department, request.crew) == ("Library", "Night crew 7")


async def test_a_crew_does_not_come_along_to_another_department() -> None:
    reference = await filed()
    mine = catalogue().services["pothole"].department
    other = next(one for one in catalogue().services.values() if one.department != mine)
    async with transaction() as session:
        given = Assignment(mine, "Night crew 7")
        await update_request(session, Change(reference, Status.OPEN, "staff:ana", assignment=given))
    entry = await correct(reference, Wanted(other.code))
    request = await request_of(reference)
    assert (request.department, request.crew) == (other.department, "")
    assert entry.assignment == {"department": other.department, "crew": "", "person": ""}


async def test_a_day_that_staff_promised_stays() -> None:
    reference = await filed()
    day = calendar().due_by(datetime.now(UTC), 9)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.OPEN, "staff:ana", due_on=day))
    assert (await correct(reference, SIDEWALK)).due_on is None
    assert (await request_of(reference)).due_on == day


async def test_a_day_that_came_with_a_correction_goes_with_the_next_one() -> None:
    reference = await filed()
    first = (await request_of(reference)).due_on
    await correct(reference, SIDEWALK)
    await correct(reference, Wanted("pothole"))
    assert (await request_of(reference)).due_on == first


async def test_a_day_that_was_put_right_when_it_was_missed_stays() -> None:
    reference = await filed()
    async with transaction() as session:
        request = await find_request(session, reference)
        request.due_on = date(2026, 1, 5)
        await session.flush()
        assert await promise_later(session, request, datetime.now(UTC)) is not None
        day = request.due_on
    await correct(reference, SIDEWALK)
    assert (await request_of(reference)).due_on == day


async def test_no_day_that_is_over_is_promised() -> None:
    reference = await filed()
    now = datetime.now(UTC)
    async with transaction() as session:
        request = await find_request(session, reference)
        request.created_at = now - timedelta(days=200)
    entry = await correct(reference, SIDEWALK, now)
    assert entry.due_on is not None
    assert entry.due_on >= calendar().due_by(now, 1)


async def test_what_has_ended_is_put_right_without_a_promise() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:ana"))
    entry = await correct(reference, SIDEWALK)
    assert (entry.to_status, entry.resolution, entry.due_on) == ("resolved", None, None)
    async with transaction() as session:
        assert (
            await hear_verdict(session, conversation_id, reference, Verdict.NOT_FIXED)
        ).status == Status.OPEN


async def test_a_place_that_staff_changed_is_put_right_again_by_staff_alone() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await correct(reference, Wanted(place=LINCOLN))
    async with transaction() as session:
        assert not await move_request(session, conversation_id, reference, PICO, "no, at pico", turn_id=9)
    assert (await request_of(reference)).address == "1427 Lincoln Blvd"


async def test_a_place_that_is_looked_up_is_the_one_that_is_kept() -> None:
    reference = await filed()
    await correct(reference, Wanted(place=look_up("34.01,-118.49")))
    request = await request_of(reference)
    assert (request.lat, request.lon, request.location_kind) == (34.01, -118.49, "pin")
    assert request.address.startswith("near ")


def test_nothing_of_our_own_words_is_told() -> None:
    assert not Correction().is_told


async def test_who_puts_all_back_before_anybody_heard_has_told_nobody_anything() -> None:
    reference = await filed()
    before = await request_of(reference)
    await correct(reference, Wanted(service_code="sidewalk", place=LINCOLN))
    await correct(reference, Wanted(service_code="pothole"))
    await correct(reference, Wanted(place=PICO))
    after = await request_of(reference)
    assert (after.service_code, after.address, after.due_on) == (
        before.service_code,
        before.address,
        before.due_on,
    )
    assert await tell_everybody() == 0
    assert await told() == []
    assert [(one.state, one.why) for one in await notices()] == [("suppressed", "put_back")] * 3
    await correct(reference, SIDEWALK)
    assert await tell_everybody() == 1, "what is changed later is news"


async def test_words_that_came_between_are_told_and_what_was_put_back_is_not() -> None:
    reference = await filed()
    await correct(reference, Wanted(place=LINCOLN))
    async with transaction() as session:
        await update_request(session, Change(reference, Status.OPEN, "staff:ana", "A crew comes today."))
    await correct(reference, Wanted(place=PICO))
    assert await tell_everybody() == 1
    (event,) = await told()
    said = text(event)
    assert said.startswith(f"News on {reference} (pothole, Pico Blvd & 4th St):")
    assert "A crew comes today." in said
    assert "Lincoln" not in said
    assert "corrected" not in said


async def test_what_was_told_already_is_put_right_again_aloud() -> None:
    reference = await filed()
    await correct(reference, Wanted(place=LINCOLN))
    assert await tell_everybody() == 1
    await correct(reference, Wanted(place=PICO))
    assert await tell_everybody() == 1
    assert "Pico Blvd & 4th St" in text((await told())[-1])
