"""Danger that nobody saw to for two minutes is mailed to everybody of staff with an address, once, at any hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from bot.cases.alarm_choices import AlarmChoice, choose_alarms
from bot.cases.staff import disable_staff, member_of
from bot.conversation.danger_marks import acknowledge_by_acting, escalate
from bot.db.session import transaction
from bot.db.tables import DangerMail, Staff
from bot.delivery.danger_mail import give_danger_mail, mail_danger
from tests.alarms import alarms, told_danger
from tests.mail_server import MailServer
from tests.staff_mail import configured, somebody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def two_minutes_later() -> None:
    """What the job does that was made with the alarm."""
    (alarm,) = await alarms()
    now = datetime.now(UTC)
    async with transaction() as session:
        if await escalate(session, alarm.id, now):
            await give_danger_mail(session, alarm.id, now)


async def test_the_job_is_made_with_the_alarm_for_two_minutes_later() -> None:
    await told_danger()
    async with transaction() as session:
        wait = await session.scalar(
            text("SELECT scheduled_at - now() FROM procrastinate_jobs WHERE task_name = 'escalate_danger'")
        )
    assert timedelta(seconds=100) < wait <= timedelta(minutes=2)


async def test_everybody_with_an_address_is_told_and_none_who_said_no_or_left(server: MailServer) -> None:
    for name in ("ana", "ben", "cleo", "dora"):
        await somebody(name, language="es" if name == "dora" else "en")
    async with transaction() as session:
        await choose_alarms(session, "ben", AlarmChoice(mail=False), "staff:ben")
        await disable_staff(session, "cleo")
    conversation = await told_danger(text="my neighbour has a gun")
    await two_minutes_later()
    config = configured(server, PUBLIC_URL="https://311.example.gov")
    assert await mail_danger(config, datetime.now(UTC)) == 2
    assert await mail_danger(config, datetime.now(UTC)) == 0
    mails = {str(mail["To"]): mail for mail in server.mails}
    assert set(mails) == {"ana@example.gov", "dora@example.gov"}
    english = mails["ana@example.gov"].get_content()
    assert f"https://311.example.gov/console/conversations/{conversation}" in english
    assert "gun" not in english
    assert "PELIGRO" in str(mails["dora@example.gov"]["Subject"])


async def test_whoever_saw_to_it_in_time_spares_the_others_the_mail(server: MailServer) -> None:
    await somebody("ana")
    conversation = await told_danger()
    async with transaction() as session:
        ana = member_of((await session.scalars(select(Staff))).one())
        await acknowledge_by_acting(session, conversation, ana, datetime.now(UTC))
    await two_minutes_later()
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(DangerMail)) == 0


async def test_a_mail_that_waits_while_somebody_sees_to_it_does_not_go(server: MailServer) -> None:
    await somebody("ana")
    conversation = await told_danger()
    await two_minutes_later()
    async with transaction() as session:
        ana = member_of((await session.scalars(select(Staff))).one())
        await acknowledge_by_acting(session, conversation, ana, datetime.now(UTC))
    assert await mail_danger(configured(server), datetime.now(UTC)) == 0
