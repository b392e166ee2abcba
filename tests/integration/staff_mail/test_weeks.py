"""The figures of the week that is over, once, on the first working day after it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.cases.lookup import find_request
from bot.cases.mail_choices import Topic
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.city.current import city
from bot.db.session import transaction
from bot.delivery.staff_mail.send import mail_staff
from tests.mail_server import MailServer
from tests.staff_mail import MORNING, a_late_request, configured, somebody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

MONDAY = MORNING - timedelta(days=1)


async def a_busy_week() -> None:
    done = await a_late_request("done")
    async with transaction() as session:
        change = Change(done, Status.RESOLVED, "staff:ana", "private words", resolution=Resolution.FIXED)
        await change_request(session, change)
        row = await find_request(session, done)
        row.created_at = datetime(2026, 11, 23, 10, tzinfo=city().time_zone)
        row.ended_at = datetime(2026, 11, 24, 10, tzinfo=city().time_zone)
    late = await a_late_request("late")
    async with transaction() as session:
        (await find_request(session, late)).created_at = datetime(2026, 11, 23, 10, tzinfo=city().time_zone)


async def test_the_figures_of_a_week_are_told_on_monday(server: MailServer) -> None:
    await somebody("ana", Topic.WEEK)
    await a_busy_week()
    config = configured(server, PUBLIC_URL="https://311.example.gov")
    assert await mail_staff(config, MONDAY - timedelta(minutes=1)) == 0
    assert await mail_staff(config, MONDAY) == 1
    assert server.mails[0]["Subject"] == "Santa Monica 311: the week of Monday, Nov 23"
    text = server.texts()[0]
    assert text.split("- Pothole")[0] == (
        "The figures of Monday, Nov 23 to Sunday, Nov 29.\n\n"
        "Filed: 2\nDone: 1, half of them within 1 working day\nOverdue now: 1\n\n"
    )
    assert "- Pothole or damaged road: 2 filed, 1 done, 1 working day (usually " in text
    assert "https://311.example.gov/console/week?of=2026-11-23" in text
    assert "private" not in text
    assert await mail_staff(config, MORNING) == 0, "Tuesday"


async def test_a_week_without_anything_is_told_as_that(server: MailServer) -> None:
    await somebody("ana", Topic.WEEK)
    await somebody("bo", Topic.WEEK, language="es")
    assert await mail_staff(configured(server), MONDAY) == 2
    english, spanish = server.texts()
    assert english.startswith(
        "The figures of Monday, Nov 23 to Sunday, Nov 29.\n\nNothing was filed or done."
    )
    assert spanish.startswith(
        "Las cifras desde el lunes 23 de noviembre hasta el domingo 29 de noviembre.\n\nNo se recibió"
    )


async def test_the_spanish_figures_have_all_parts(server: MailServer) -> None:
    await somebody("ana", Topic.WEEK, language="es")
    await a_busy_week()
    await mail_staff(configured(server), MONDAY)
    (text,) = server.texts()
    assert "Hechas: 1, la mitad en 1 día hábil o menos" in text
    assert "- Bache o calle en mal estado: recibidas 2, hechas 1, 1 día hábil (lo usual: " in text
