"""Each mail to a mailbox goes out once and in its order, whatever dies and whatever the mail server says."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.cases.lookup import find_request
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.cases.work_links import mail_again
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.delivery.mailbox.send import mail_mailboxes
from bot.delivery.mailbox.standing import last_department_mail, mailboxes_standing
from bot.delivery.mailing.record import CUT_OFF
from bot.delivery.mailing.states import CUT_OFF_AFTER
from bot.delivery.push import update_request
from tests.console import a_request
from tests.mail_server import MailServer, a_mail_server
from tests.mailbox import mails, the_request
from tests.staff_mail import configured

pytestmark = [pytest.mark.integration]

MINUTE = timedelta(minutes=1)


async def change(reference: str, status: Status, resolution: Resolution | None = None) -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", resolution=resolution))


async def test_several_workers_mail_each_request_once(server: MailServer) -> None:
    references = [await a_request(key) for key in ("one", "two", "three")]
    config, now = configured(server), datetime.now(UTC)
    assert sum(await asyncio.gather(*(mail_mailboxes(config, now) for _ in range(4)))) == 3
    assert {mail["Subject"].split()[0] for mail in server.mails} == set(references)


async def test_a_worker_that_is_killed_while_a_mail_goes_out_does_not_send_it_twice(
    database: EmbeddedDatabase, server: MailServer
) -> None:
    reference, now = await a_request(), datetime.now(UTC)
    server.may_answer.clear()
    script = (
        "import asyncio; from datetime import datetime; from bot.settings import settings; "
        "from bot.delivery.mailbox.send import mail_mailboxes; "
        f"asyncio.run(mail_mailboxes(settings(), datetime.fromisoformat({now.isoformat()!r})))"
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
    config = configured(server)
    for passed in (MINUTE, CUT_OFF_AFTER + MINUTE, CUT_OFF_AFTER + 2 * MINUTE):
        assert await mail_mailboxes(config, now + passed) == 0
    (row,) = await mails(reference)
    assert (row.state, row.detail, len(server.mails)) == ("unconfirmed", CUT_OFF, 1)


async def test_a_request_that_is_rolled_back_is_not_mailed(server: MailServer) -> None:
    reference = await a_request()
    await mail_mailboxes(configured(server), datetime.now(UTC))
    await change(reference, Status.CLOSED, Resolution.NOTHING_FOUND)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.OPEN, "staff:ana"))
        await session.rollback()
    assert await mail_mailboxes(configured(server), datetime.now(UTC)) == 0
    assert len(await mails(reference)) == 1


async def test_a_server_that_is_away_for_days_gets_it_when_it_is_back() -> None:
    async with a_mail_server() as away:
        pass
    reference, now = await a_request(), datetime.now(UTC)
    for hours in range(72):
        assert await mail_mailboxes(configured(away), now + timedelta(hours=hours)) == 0
    (row,) = await mails(reference)
    assert (row.state, row.failure, row.detail) == (
        *("waiting", "transient"),
        "The mail server does not answer.",
    )
    async with a_mail_server(port=away.port) as back:
        assert await mail_mailboxes(configured(back), now + timedelta(hours=73)) == 1
        assert len(back.mails) == 1


async def test_an_address_that_is_refused_is_told_and_the_others_go(server: MailServer) -> None:
    first, second = await a_request("one"), await a_request("two")
    server.to_recipients.append("550 no such mailbox streets@example.gov")
    now = datetime.now(UTC)
    assert await mail_mailboxes(configured(server), now) == 1
    async with transaction() as session:
        failed = await last_department_mail(session, (await find_request(session, first)).id)
        standing = await mailboxes_standing(session, now)
    assert failed is not None
    assert (failed.state, failed.problem) == ("failed", "The mail server refuses this e-mail address (550).")
    assert (standing.failed, standing.waiting) == (1, 0)
    assert [row.state for row in await mails(second)] == ["sent"]


async def test_a_mail_that_waits_is_not_overtaken_by_the_next_of_its_request(server: MailServer) -> None:
    reference, now = await a_request(), datetime.now(UTC)
    server.to_recipients.append("450 greylisted")
    config = configured(server)
    assert await mail_mailboxes(config, now) == 0
    await change(reference, Status.CLOSED, Resolution.NOTHING_FOUND)
    await change(reference, Status.OPEN)
    # The first is not due before a minute is over; the second, which is, waits behind it.
    assert await mail_mailboxes(config, now + timedelta(seconds=50)) == 0
    assert await mail_mailboxes(config, now + 2 * MINUTE) == 1
    assert [row.state for row in await mails(reference)] == ["needless", "sent"]


async def test_somebody_who_asks_twice_gets_one_more(server: MailServer) -> None:
    reference, now = await a_request(), datetime.now(UTC)
    config = configured(server)
    await mail_mailboxes(config, now)

    async def ask() -> bool:
        async with transaction() as session:
            return await mail_again(session, await find_request(session, reference), now)

    assert sorted(await asyncio.gather(ask(), ask())) == [False, True]
    assert await mail_mailboxes(config, now) == 1
    assert server.mails[-1]["Subject"].startswith(f"Once more: {reference}")
    await change(reference, Status.RESOLVED)
    assert not await ask(), "what has ended needs nobody"
    assert (await the_request(reference)).status == "resolved"
