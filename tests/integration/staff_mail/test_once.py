"""Each mail goes out once, whatever dies, whoever else is at it, and whatever the mail server says."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from bot.cases.mail_choices import Topic
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import StaffMail
from bot.delivery.mailing.record import CUT_OFF
from bot.delivery.mailing.states import CUT_OFF_AFTER, LONGEST_WAIT, wait_after
from bot.delivery.staff_mail import wording
from bot.delivery.staff_mail.decide import decide
from bot.delivery.staff_mail.send import TOO_LATE, mail_staff
from bot.keeping.sweep import sweep
from bot.mail import send
from bot.photos.store import PhotoStore
from bot.settings import Settings, settings
from tests.mail_server import CERTIFICATES, DROP, PASSWORD, USER, MailServer, a_mail_server
from tests.staff_mail import MORNING, a_late_request, configured, mails, somebody

pytestmark = [pytest.mark.integration]

MINUTE = timedelta(minutes=1)
EVENING = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)  # 18:00 in the city


@pytest.fixture(autouse=True)
async def late(database: EmbeddedDatabase) -> None:
    """Ana is to be told of something."""
    await somebody()
    await a_late_request()


async def the_mail() -> StaffMail:
    (row,) = await mails()
    return row


async def until(now: datetime, end: datetime, config: Settings, minutes: int = 1) -> None:
    """The clock, every minute, or every few."""
    while now < end:
        await mail_staff(config, now)
        now += minutes * MINUTE


async def test_several_workers_mail_each_person_once(server: MailServer) -> None:
    for name in ("bo", "cy", "di"):
        await somebody(name)
    config = configured(server)
    sent = await asyncio.gather(*(mail_staff(config, MORNING) for _ in range(4)))
    assert sum(sent) == 4
    assert sorted(server.recipients) == [f"{name}@example.gov" for name in ("ana", "bo", "cy", "di")]
    assert [row.state for row in await mails()] == ["sent"] * 4


async def test_what_another_worker_has_just_begun_is_left_to_it(server: MailServer) -> None:
    server.may_answer.clear()
    config = configured(server)
    first = asyncio.create_task(mail_staff(config, MORNING))
    await server.has_mail.wait()
    assert await mail_staff(config, MORNING + MINUTE) == 0
    assert (await the_mail()).state == "sending"
    server.may_answer.set()
    assert await first == 1
    assert ((await the_mail()).state, len(server.mails)) == ("sent", 1)


async def test_a_worker_that_is_killed_while_a_mail_goes_out_does_not_send_it_twice(
    database: EmbeddedDatabase, server: MailServer
) -> None:
    server.may_answer.clear()
    script = (
        "import asyncio; from datetime import datetime; from bot.settings import settings; "
        "from bot.delivery.staff_mail.send import mail_staff; "
        f"asyncio.run(mail_staff(settings(), datetime.fromisoformat({MORNING.isoformat()!r})))"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": database.url(),
        "CITYLINE_SMTP_URL": server.url(),
        "CITYLINE_MAIL_FROM": "no-reply@example.gov",
    }
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", script, env=environment)
    async with asyncio.timeout(60):
        await server.has_mail.wait()
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    server.may_answer.set()
    assert (await the_mail()).state == "sending", "written before anything went out"
    config = configured(server)
    await until(MORNING + MINUTE, MORNING + CUT_OFF_AFTER + 3 * MINUTE, config)
    row = await the_mail()
    assert (row.state, row.detail) == ("unconfirmed", CUT_OFF)
    assert len(server.mails) == 1


async def test_who_was_taken_for_dead_and_was_not_says_the_truth(server: MailServer) -> None:
    server.may_answer.clear()
    config = configured(server)
    slow = asyncio.create_task(mail_staff(config, MORNING))
    await server.has_mail.wait()
    await mail_staff(config, MORNING + CUT_OFF_AFTER + MINUTE)
    assert (await the_mail()).state == "unconfirmed"
    server.may_answer.set()
    await slow
    row = await the_mail()
    assert (row.state, row.detail, len(server.mails)) == ("sent", None, 1)


async def test_a_worker_that_dies_before_it_sends_leaves_it_to_the_next(server: MailServer) -> None:
    async with transaction() as session:
        assert await decide(session, MORNING) == 1
    assert (await the_mail()).state == "waiting"
    assert await mail_staff(configured(server), MORNING + MINUTE) == 1


async def test_a_decision_that_is_rolled_back_is_none(server: MailServer) -> None:
    async with transaction() as session:
        assert await decide(session, MORNING) == 1
        await session.rollback()
    assert await mails() == []
    assert await mail_staff(configured(server), MORNING) == 1


@pytest.mark.parametrize(
    ("of", "answer", "said"),
    [
        ("to_recipients", "450 greylisted", "this e-mail address (450)"),
        ("to_mails", "451 later", "this mail (451)"),
        ("to_senders", "421 busy", "(421)"),
        ("to_senders", DROP, "broke off"),
    ],
)
async def test_what_is_refused_for_now_is_tried_again_that_day(
    server: MailServer, of: str, answer: str, said: str
) -> None:
    waiting: deque[str] = getattr(server, of)
    waiting.append(answer)
    config = configured(server)
    assert await mail_staff(config, MORNING) == 0
    row = await the_mail()
    assert (row.state, row.failure, row.attempts) == ("waiting", "transient", 1)
    assert said in (row.detail or "")
    assert await mail_staff(config, MORNING + timedelta(seconds=30)) == 0
    assert await mail_staff(config, MORNING + MINUTE) == 1
    row = await the_mail()
    assert (row.state, row.failure, row.detail) == ("sent", None, None)


async def test_an_address_that_is_refused_is_given_up_and_the_others_are_told(server: MailServer) -> None:
    await somebody("bo")
    server.to_recipients.append("550 no such user ana@example.gov")
    assert await mail_staff(configured(server), MORNING) == 1
    first, second = await mails()
    assert (first.state, first.failure) == ("failed", "deterministic")
    assert first.detail == "The mail server refuses this e-mail address (550)."
    assert (second.state, server.recipients) == ("sent", ["bo@example.gov"])


async def test_a_server_that_is_away_all_day_is_asked_ever_less_and_given_up_in_the_evening(
    server: MailServer,
) -> None:
    async with a_mail_server() as away:
        pass
    config = configured(away)
    await until(MORNING, EVENING + MINUTE, config, minutes=5)
    row = await the_mail()
    assert (row.state, row.failure) == ("failed", "transient")
    assert row.detail == f"{TOO_LATE} The mail server does not answer."
    assert 20 < row.attempts < 30
    assert await mail_staff(configured(server), EVENING + 2 * MINUTE) == 0
    assert await mail_staff(configured(server), MORNING + timedelta(days=1)) == 1, (
        "the next morning is another"
    )


async def test_a_server_that_comes_back_at_noon_gets_it_then() -> None:
    async with a_mail_server() as away:
        pass
    await until(MORNING, MORNING + timedelta(hours=4), configured(away), minutes=5)
    async with a_mail_server(port=away.port) as back:
        await until(
            MORNING + timedelta(hours=4), MORNING + timedelta(hours=4) + LONGEST_WAIT, configured(back)
        )
        assert len(back.mails) == 1


def test_waits_double_up_to_half_an_hour() -> None:
    assert [wait_after(number) / MINUTE for number in (0, 1, 2, 3, 5, 6, 7, 10_000)] == [
        *(1, 1, 2, 4, 16, 30, 30, 30)
    ]


async def test_a_setting_that_is_wrong_is_said_and_tried_until_it_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    login = f"{USER}:{PASSWORD.replace('/', '%2F').replace('?', '%3F').replace('#', '%23')}@"
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "server.pem"))
    async with a_mail_server(starttls=True, login=True) as server:

        def at(login: str) -> str:
            return server.url("smtp+starttls", login).replace("127.0.0.1", "localhost")

        await mail_staff(configured(server, at("cityline:wrong@")), MORNING)
        row = await the_mail()
        assert (row.state, row.failure) == ("waiting", "misconfigured")
        assert row.detail == "The mail server refuses the log-in of CITYLINE_SMTP_URL (535)."
        monkeypatch.delenv("SSL_CERT_FILE")
        await mail_staff(configured(server, at(login)), MORNING + MINUTE)
        assert "certificate" in ((await the_mail()).detail or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "server.pem"))
        await mail_staff(configured(server, at(login)), MORNING + 3 * MINUTE)
        assert ((await the_mail()).state, len(server.mails)) == ("sent", 1)


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_connection_that_ends_before_the_answer_leaves_it_unknown_and_the_next_goes_later(
    server: MailServer, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    await somebody("bo")
    if hangs:
        monkeypatch.setattr(send, "ANSWERS_WITHIN", 0.2)
        server.may_answer.clear()
    else:
        server.to_mails.append(DROP)
    config = configured(server)
    await mail_staff(config, MORNING)
    server.may_answer.set()
    assert [row.state for row in await mails()] == ["unconfirmed", "waiting"]
    await mail_staff(config, MORNING + MINUTE)
    assert [row.state for row in await mails()] == ["unconfirmed", "sent"]
    assert server.recipients[-1] == "bo@example.gov"


async def test_a_fault_of_ours_in_one_mail_is_tried_three_times_and_holds_up_nobody(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await somebody("bo", language="es")

    def broken(language: str) -> dict[str, str]:
        if language == "en":
            raise KeyError("private words")
        return words(language)  # type: ignore[return-value]

    words = wording.mail_texts
    monkeypatch.setattr(wording, "mail_texts", broken)
    await until(MORNING, MORNING + 20 * MINUTE, configured(server))
    first, second = await mails()
    assert (first.state, first.failure, first.attempts) == ("failed", "deterministic", 3)
    assert (first.detail or "").startswith("KeyError at bot/delivery/staff_mail/")
    assert "private" not in (first.detail or "")
    assert second.state == "sent"


async def test_what_waited_is_given_up_in_the_evening_also_when_mail_was_turned_off(
    server: MailServer,
) -> None:
    async with transaction() as session:
        await decide(session, MORNING)
    await mail_staff(settings(), EVENING)
    row = await the_mail()
    assert (row.state, row.detail) == ("failed", TOO_LATE)


async def test_both_topics_of_a_monday_are_two_mails(server: MailServer) -> None:
    await somebody("bo", Topic.LATE, Topic.WEEK)
    monday = MORNING - timedelta(days=1)
    config = configured(server)
    for minutes in range(3):
        await mail_staff(config, monday + minutes * MINUTE)
    assert sorted(server.recipients) == ["ana@example.gov", "bo@example.gov", "bo@example.gov"]
    assert len({mail["Message-ID"] for mail in server.mails}) == 3


async def test_what_became_of_a_mail_is_forgotten_after_a_month(server: MailServer) -> None:
    await mail_staff(configured(server), MORNING)
    store = PhotoStore(settings().photo_store_url)
    await sweep(settings(), store, MORNING + timedelta(days=29))
    assert len(await mails()) == 1
    assert (await sweep(settings(), store, MORNING + timedelta(days=31)))["staff mails"] == 1
    assert await mails() == []
