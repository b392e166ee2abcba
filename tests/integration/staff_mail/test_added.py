"""Who has a request that residents added to, or sees to its department, is mailed so until staff change it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.assignment import Assignment
from bot.cases.lookup import find_request
from bot.cases.mail_choices import Topic
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.delivery.push import update_request
from bot.delivery.staff_mail.send import mail_staff
from tests.console import a_conversation, a_request
from tests.mail_server import MailServer
from tests.staff_mail import MORNING, WORKS, configured, mails, somebody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

DAY = timedelta(days=1)


async def added_to(key: str = "one", department: str = WORKS, person: str = "") -> str:
    """A request to which its resident added words after the last change of staff."""
    conversation_id = await a_conversation(f"+13105550{100 + len(key)}")
    reference = await a_request(key, conversation_id)
    async with transaction() as session:
        given = Assignment(department, "", person)
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:bo", assignment=given))
        (await find_request(session, reference)).updates[-1].created_at = MORNING - 3 * DAY
        for turn, days in ((7, 2), (8, 1)):
            said = Said("private words", turn_id=turn, at=MORNING - days * DAY)
            await add_to_request(session, conversation_id, said, reference)
    return reference


async def test_the_department_is_told_in_the_morning_until_staff_change_it(server: MailServer) -> None:
    await somebody("ana", Topic.ADDED)
    reference = await added_to()
    await added_to("elsewhere", department="Library")
    config = configured(server, PUBLIC_URL="https://311.example.gov")
    assert await mail_staff(config, MORNING) == 1
    assert await mail_staff(config, MORNING + timedelta(hours=1)) == 0
    assert server.mails[0]["Subject"] == "Santa Monica 311: residents wrote on 1"
    (text,) = server.texts()
    assert (
        f"- {reference}: Pothole or damaged road, Pico Blvd & 4th St. Written since Sunday, Nov 29." in text
    )
    assert "https://311.example.gov/console/requests?news=added&department=Public+Works" in text
    assert "private" not in text
    assert await mail_staff(config, MORNING + DAY) == 1
    async with transaction() as session:
        note = Change(reference, Status.IN_PROGRESS, "staff:bo", internal_note="Seen.")
        await update_request(session, note)
        (await find_request(session, reference)).updates[-1].created_at = MORNING + DAY
    assert await mail_staff(config, MORNING + 2 * DAY) == 0
    assert [row.state for row in await mails("ana")] == ["sent", "sent", "needless"]


async def test_who_has_it_is_told_also_of_another_department(server: MailServer) -> None:
    await somebody("ana", Topic.ADDED, language="es")
    reference = await added_to("theirs", department="Library", person="ana")
    assert await mail_staff(configured(server), MORNING) == 1
    (text,) = server.texts()
    assert reference in text
    assert "agregaron palabras o fotos" in text


async def test_nobody_is_told_who_did_not_choose_it_or_of_whom_nothing_is(server: MailServer) -> None:
    await somebody("ana", Topic.NOT_FIXED)
    await somebody("bo", Topic.ADDED, department="Library")
    await added_to()
    assert await mail_staff(configured(server), MORNING) == 0
    assert server.mails == []
