"""Staff are told what runs late on the mornings of working days, each once, in words without any resident's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases.mail_choices import MailChoice, Topic, choose_mail
from bot.cases.roles import Role
from bot.cases.staff import disable_staff
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.delivery.push import update_request
from bot.delivery.staff_mail.due import due_topics
from bot.delivery.staff_mail.send import mail_staff
from bot.keeping.clocks import Clock, read_clocks
from bot.settings import settings
from bot.worker.clocks import run_once
from bot.worker.nightly import clocks
from bot.worker.services import open_services
from tests.mail_server import MailServer
from tests.staff_mail import MORNING, a_late_request, configured, mails, somebody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

MINUTE = timedelta(minutes=1)


async def test_what_runs_late_in_a_department_is_told_in_the_morning(server: MailServer) -> None:
    await somebody()
    reference = await a_late_request("one", description="my neighbor Bob at 310-555-0199 broke it")
    soon = await a_late_request("two", due=date(2026, 12, 2), filed=date(2026, 11, 20))
    await a_late_request("elsewhere", department="Library")
    await a_late_request("far away", due=date(2027, 1, 20), filed=date(2026, 11, 30))
    config = configured(server, PUBLIC_URL="https://311.example.gov")
    assert await mail_staff(config, MORNING - MINUTE) == 0
    assert await mails() == []
    assert await mail_staff(config, MORNING) == 1
    assert server.recipients == ["ana@example.gov"]
    assert server.mails[0]["Subject"] == "Santa Monica 311: 1 overdue, 1 due soon"
    assert server.texts() == [
        "Good morning. This is what runs late today.\n\n"
        "Public Works: 1 overdue, 1 due soon\n"
        f"- {reference}: Pothole or damaged road, Pico Blvd & 4th St. 6 days late.\n"
        f"- {soon}: Pothole or damaged road, Pico Blvd & 4th St. Due tomorrow.\n\n"
        "The list: https://311.example.gov/console/requests?status=unfinished&department=Public+Works&sort=promise\n\n"
        "You chose to get this mail. Change that here: https://311.example.gov/console/account\n"
    ]


async def test_no_house_and_no_word_of_a_resident_is_in_it(server: MailServer) -> None:
    await somebody()
    home = Location(Point(34.0188, -118.4912), LocationKind.ADDRESS, "1427 Lincoln Blvd")
    await a_late_request(
        "one",
        location=home,
        description="private words",
        place_text="at bob's, 1427 lincoln, +1 310 555 0199",
    )
    await mail_staff(configured(server), MORNING)
    (text,) = server.texts()
    assert "1400 block of Lincoln Blvd" in text
    for private in ("1427", "private", "bob", "555", "http"):
        assert private not in text
    assert text.endswith("Under Account in the console you can change that.\n")


async def test_nobody_is_mailed_a_second_time_that_day(server: MailServer) -> None:
    await somebody()
    await a_late_request()
    config = configured(server)
    for minutes in range(5):
        await mail_staff(config, MORNING + minutes * MINUTE)
    await a_late_request("more of it")
    await mail_staff(config, MORNING + timedelta(hours=3))
    assert len(server.mails) == 1
    await mail_staff(config, MORNING + timedelta(days=1))
    assert len(server.mails) == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 2


async def test_where_nothing_runs_late_nothing_is_sent_also_when_something_does_at_noon(
    server: MailServer,
) -> None:
    await somebody()
    await a_late_request("of others", department="Library")
    config = configured(server)
    assert await mail_staff(config, MORNING) == 0
    await a_late_request()
    assert await mail_staff(config, MORNING + timedelta(hours=4)) == 0
    assert [row.state for row in await mails()] == ["needless"]
    assert await mail_staff(config, MORNING + timedelta(days=1)) == 1


async def test_what_was_put_right_before_it_goes_out_is_not_told(server: MailServer) -> None:
    await somebody()
    reference = await a_late_request()
    server.to_mails.append("451 later")
    config = configured(server)
    await mail_staff(config, MORNING)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:ana"))
    assert await mail_staff(config, MORNING + 5 * MINUTE) == 0
    assert [row.state for row in await mails()] == ["needless"]


async def test_who_is_away_or_wants_it_no_more_gets_nothing(server: MailServer) -> None:
    await a_late_request()
    await somebody("ana")
    await somebody("bo")
    await somebody("cy", Topic.WEEK)
    async with transaction() as session:
        await disable_staff(session, "ana")
    server.to_mails.append("451 later")
    config = configured(server)
    await mail_staff(config, MORNING)
    assert [row.state for row in await mails()] == ["waiting"]
    async with transaction() as session:
        await choose_mail(session, "bo", MailChoice("bo@example.gov"))
    await mail_staff(config, MORNING + 5 * MINUTE)
    assert [row.state for row in await mails()] == ["needless"]
    assert server.mails == []


async def test_admins_are_told_of_all_departments_and_where_nobody_is_told(server: MailServer) -> None:
    await somebody("ada", role=Role.ADMIN, department=None)
    await somebody("ana")
    await somebody("vi", role=Role.REVIEWER, department=None)
    for key, department in (("one", "Public Works"), ("two", "Library"), ("three", None)):
        await a_late_request(key, department=department)
    assert await mail_staff(configured(server), MORNING) == 3
    of_admin, of_ana, of_nobodys = server.texts()
    assert of_admin == of_nobodys, "who has no department sees all in the console, too"
    sections = of_admin.split("\n\n")[1:4]
    assert [section.splitlines()[0] for section in sections] == [
        "No department: 1 overdue",
        "Library: 1 overdue",
        "Public Works: 1 overdue",
    ]
    lonely = "Nobody in this department gets this mail."
    assert [section.endswith(lonely) for section in sections] == [False, True, False]
    assert "Library" not in of_ana
    assert lonely not in of_ana


async def test_a_long_list_is_cut_and_counted(server: MailServer) -> None:
    await somebody()
    for number in range(17):
        await a_late_request(f"draft-{number}", due=date(2026, 11, 25) - timedelta(days=number))
    await mail_staff(configured(server), MORNING)
    (text,) = server.texts()
    assert "Public Works: 17 overdue" in text
    assert text.count("days late") == 15
    assert ". 22 days late" in text, "the longest first"
    assert ". 6 days late" not in text
    assert "And 2 more." in text


async def test_mail_is_written_in_the_language_of_who_reads_it(server: MailServer) -> None:
    await somebody("ana", Topic.LATE, language="es")
    reference = await a_late_request(due=date(2026, 11, 30))
    await a_late_request("two", due=date(2026, 12, 1), filed=date(2026, 11, 20))
    await mail_staff(configured(server), MORNING)
    (text,) = server.texts()
    assert server.mails[0]["Subject"] == "Santa Mónica 311: 1 con retraso, 1 por vencer"
    assert f"- {reference}: Bache o calle en mal estado, Pico Blvd y 4th St. 1 día de retraso." in text
    assert "Vence hoy." in text
    assert "Usted eligió recibir este correo." in text


async def test_without_a_mail_server_nothing_is_decided() -> None:
    await somebody()
    await a_late_request()
    assert await mail_staff(settings(), MORNING) == 0
    assert await mails() == []


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-12-01T07:59:59-08:00", []),
        ("2026-12-01T08:00:00-08:00", [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE]),
        ("2026-12-01T17:59:59-08:00", [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE]),
        ("2026-12-01T18:00:00-08:00", []),
        (
            "2026-11-30T08:00:00-08:00",
            [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE, Topic.WEEK],
        ),  # Monday
        # Summer time ends on November 1, and begins on March 14: eight is eight.
        ("2026-10-30T07:59:00-07:00", []),
        ("2026-10-30T08:00:00-07:00", [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE]),
        ("2026-11-02T07:59:00-08:00", []),
        (
            "2026-11-02T08:00:00-08:00",
            [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE, Topic.WEEK],
        ),
        ("2027-03-15T07:59:00-07:00", []),
        (
            "2027-03-15T08:00:00-07:00",
            [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE, Topic.WEEK],
        ),
        ("2026-11-28T09:00:00-08:00", []),  # Saturday
        ("2026-11-26T09:00:00-08:00", []),  # Thanksgiving
        # Labor Day is a Monday: the figures come on Tuesday.
        ("2026-09-07T09:00:00-07:00", []),
        (
            "2026-09-08T09:00:00-07:00",
            [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE, Topic.WEEK],
        ),
        ("2026-09-09T09:00:00-07:00", [Topic.NOT_FIXED, Topic.ADDED, Topic.MENTIONED, Topic.LATE]),
    ],
)
def test_mail_is_due_by_the_citys_clock_and_calendar(now: str, due: list[Topic]) -> None:
    found = list(due_topics(at(now)))
    assert [topic for topic, _ in found] == due
    assert all(day == datetime.fromisoformat(now).date() for _, day in found)


async def test_the_clock_of_a_worker_does_it(server: MailServer) -> None:
    await somebody()
    await a_late_request()
    async with open_services(configured(server)) as services:
        for minutes in range(2):
            await run_once(Clock.MAIL, clocks(services)[Clock.MAIL], MORNING + minutes * MINUTE)
    async with transaction() as session:
        reading = next(
            one for one in await read_clocks(session, MORNING + 2 * MINUTE) if one.clock is Clock.MAIL
        )
    assert (reading.last_run, reading.well) == (MORNING + MINUTE, True)
    assert len(server.mails) == 1
