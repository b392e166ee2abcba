"""Who has a request: checked against the pack and the accounts, written into the history, no news to residents."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.cases.assignment import (
    Assignment,
    ClosedAccountError,
    CrewTooLongError,
    UnknownDepartmentError,
    assignment_of,
    holders,
    is_with,
    needs_somebody,
)
from bot.cases.lookup import find_request, list_requests
from bot.cases.staff import UnknownStaffError, create_staff, disable_staff
from bot.cases.status import Status
from bot.cases.updates import Change, NothingToChangeError
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Audit, Notice, Update
from bot.delivery.push import update_request
from tests.integration.test_cases import a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

OTHER = "Public Works"


async def give(reference: str, to: Assignment, status: Status = Status.OPEN, **more: object) -> Update:
    async with transaction() as session:
        change = Change(reference, status, "staff:ana", assignment=to, **more)  # type: ignore[arg-type]
        return await update_request(session, change)


async def with_whom(reference: str) -> Assignment:
    async with transaction() as session:
        return await assignment_of(session, await find_request(session, reference))


async def an_account(username: str = "ana") -> None:
    async with transaction() as session:
        await create_staff(session, username, "a quiet green bicycle", name=username.title())


async def listed(condition: object) -> list[str]:
    async with transaction() as session:
        return [row.reference for row in await list_requests(session, conditions=[condition])]  # type: ignore[list-item]


async def test_a_request_starts_with_the_department_of_its_service() -> None:
    reference = (await file(await a_conversation())).reference
    assert (await with_whom(reference)).department in city().departments


async def test_who_has_it_is_kept_told_in_the_history_and_no_news_to_the_resident() -> None:
    await an_account()
    reference = (await file(await a_conversation())).reference
    update = await give(reference, Assignment(OTHER, "  Night  crew 7 ", "Ana"))
    assert await with_whom(reference) == Assignment(OTHER, "Night crew 7", "ana")
    async with transaction() as session:
        row = await find_request(session, reference)
        assert row.updates[-1].id == update.id
        assert (row.updates[-1].author, row.updates[-1].from_status, row.updates[-1].to_status) == (
            *("staff:ana", "open", "open"),
        )
        assert row.updates[-1].assignment == {
            "department": OTHER, "crew": "Night crew 7", "person": "ana",
        }  # fmt: skip
        assert await session.scalar(select(func.count()).select_from(Notice)) == 0
        newest = await session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))
        assert newest is not None
        assert (newest.action, newest.actor) == ("request.assigned", "staff:ana")


async def test_a_move_and_another_hand_are_one_entry_and_the_resident_hears_of_the_move() -> None:
    reference = (await file(await a_conversation())).reference
    update = await give(reference, Assignment(OTHER, "Crew 2"), Status.IN_PROGRESS)
    assert (update.to_status, update.assignment) == (
        "in_progress",
        {"department": OTHER, "crew": "Crew 2", "person": ""},
    )
    async with transaction() as session:
        notice = await session.scalar(select(Notice))
        assert notice is not None
        assert "Crew 2" not in str(notice.event)


async def test_the_same_hands_again_are_nothing_to_change() -> None:
    reference = (await file(await a_conversation())).reference
    await give(reference, Assignment(OTHER, "Crew 2"))
    with pytest.raises(NothingToChangeError):
        await give(reference, Assignment(OTHER, "Crew  2 "))
    update = await give(reference, Assignment(OTHER, "Crew 2"), internal_note="seen")
    assert update.assignment is None, "a note is no change of hands"


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        (Assignment("Parks"), UnknownDepartmentError, OTHER),
        (Assignment(OTHER, person="nobody"), UnknownStaffError, "no account 'nobody'"),
        (Assignment(OTHER, person="gone"), ClosedAccountError, "'gone' is closed"),
        (Assignment(OTHER, crew="7" * 61), CrewTooLongError, "60 characters"),
    ],
)
async def test_whom_nobody_finds_is_refused_in_a_sentence_and_nothing_changes(
    wanted: Assignment, error: type[Exception], words: str
) -> None:
    await an_account("gone")
    async with transaction() as session:
        await disable_staff(session, "gone")
    reference = (await file(await a_conversation())).reference
    before = await with_whom(reference)
    with pytest.raises(error, match=words):
        await give(reference, wanted)
    assert await with_whom(reference) == before


async def test_what_no_crew_and_no_person_has_needs_somebody_until_it_is_over() -> None:
    await an_account()
    conversation_id = await a_conversation()
    mine, crews, nobodys = [(await file(conversation_id, f"draft-{n}")).reference for n in range(3)]
    await give(mine, Assignment(OTHER, person="ana"))
    await give(crews, Assignment(OTHER, "Crew 2"))
    assert await listed(needs_somebody()) == [nobodys]
    assert await listed(is_with("ana")) == [mine]
    await give(nobodys, Assignment(OTHER), Status.RESOLVED)
    assert await listed(needs_somebody()) == []


async def test_who_leaves_the_city_keeps_their_name_on_it_and_it_needs_somebody_else() -> None:
    await an_account()
    reference = (await file(await a_conversation())).reference
    await give(reference, Assignment(OTHER, "Crew 2", "ana"))
    async with transaction() as session:
        await disable_staff(session, "ana")
    assert await listed(needs_somebody()) == [reference]
    async with transaction() as session:
        row = await find_request(session, reference)
        holder = (await holders(session, [row]))[row.id]
    assert (holder.name, holder.left) == ("Ana", True)
    # What stays as it is does not stand in the way of the rest.
    await give(reference, Assignment(OTHER, "Crew 3", "ana"))
    await give(reference, Assignment(OTHER, "Crew 3"))
    assert await listed(needs_somebody()) == []
