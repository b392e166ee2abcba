"""The page of a request says what became of its mail to a department, and mails it once more in one click."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cases.status import Status
from bot.cases.updates import Change
from bot.cli.checks import CHECKS, Outcome
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.delivery.mailbox.send import mail_mailboxes
from bot.delivery.push import update_request
from bot.settings import settings
from tests.console import Browser, a_request
from tests.mail_server import a_mail_server
from tests.mailbox import WORKS, a_city_with_mailboxes, mails
from tests.staff_mail import configured

pytestmark = pytest.mark.integration

WITH_MAIL = {"CITYLINE_SMTP_URL": "smtp://127.0.0.1:9", "CITYLINE_MAIL_FROM": "no-reply@example.gov"}


@pytest.fixture
def mailboxes(database: EmbeddedDatabase, tmp_path: Path) -> Iterator[None]:
    with a_city_with_mailboxes(tmp_path, **WITH_MAIL):
        yield


async def shown(maria: Browser, reference: str) -> str:
    await maria.open(f"/console/requests/{reference}")
    _, found, rest = maria.page.partition('<section id="mailbox"')
    return html.unescape(rest.partition("</section>")[0]) if found else ""


@pytest.mark.usefixtures("mailboxes")
async def test_it_waits_goes_out_and_is_sent_once_more(maria: Browser) -> None:
    reference = await a_request()
    assert "On its way there." in await shown(maria, reference)
    assert "Mail it" not in await shown(maria, reference)
    async with a_mail_server() as server:
        server.to_recipients.append("550 no such mailbox")
        await mail_mailboxes(configured(server), datetime.now(UTC))
        section = await shown(maria, reference)
        assert "The mail server refuses this e-mail address (550)." in section
        for _ in range(2):  # a double click
            answer = await maria.send(f"/console/requests/{reference}/mail-again", {})
            assert (answer.status_code, answer.headers["location"].rpartition("#")[2]) == (303, "mailbox")
        assert await mail_mailboxes(configured(server), datetime.now(UTC)) == 1
    assert f"Mailbox of {WORKS}" in await shown(maria, reference)
    assert "Mailed once more" in await shown(maria, reference)
    assert [row.state for row in await mails(reference)] == ["failed", "sent"]


@pytest.mark.usefixtures("mailboxes")
async def test_what_has_ended_is_not_mailed_again(maria: Browser) -> None:
    reference = await a_request()
    await shown(maria, reference)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria"))
    await maria.send(f"/console/requests/{reference}/mail-again", {})
    assert "Mail it" not in await shown(maria, reference)
    assert len(await mails(reference)) == 1


@pytest.mark.usefixtures("mailboxes")
async def test_who_worked_there_is_named_in_the_history(maria: Browser) -> None:
    reference = await a_request()
    async with transaction() as session:
        done = Change(reference, Status.RESOLVED, "staff:Public Works@mailbox", "Filled.")
        await update_request(session, done)
    await shown(maria, reference)
    assert "Public Works@mailbox" in maria.page


@pytest.mark.usefixtures("database")
async def test_a_city_without_mailboxes_sees_nothing_of_them(maria: Browser) -> None:
    assert await shown(maria, await a_request()) == ""
    finding = await CHECKS["mailboxes"](settings())
    assert (finding.outcome, finding.message) == (*(Outcome.WELL, "No department has a mailbox."),)


async def test_doctor_says_what_waits_and_why(database: EmbeddedDatabase, tmp_path: Path) -> None:
    with a_city_with_mailboxes(tmp_path):
        await a_request()
        finding = await CHECKS["mailboxes"](settings())
        assert finding.outcome is Outcome.FAILED
        assert "CITYLINE_SMTP_URL is not set: 1 request waits since" in finding.message
        async with a_mail_server() as server:
            config = configured(server, CITYLINE_CITY=str(settings().city_pack))
            server.to_senders.append("550 you may not send")
            await mail_mailboxes(config, datetime.now(UTC))
            finding = await CHECKS["mailboxes"](config)
            assert finding.outcome is Outcome.FAILED
            assert finding.message.startswith("The mail server refuses the sender CITYLINE_MAIL_FROM (550).")


async def test_doctor_notes_what_did_not_arrive(database: EmbeddedDatabase, tmp_path: Path) -> None:
    with a_city_with_mailboxes(tmp_path):
        await a_request()
        async with a_mail_server() as server:
            config = configured(server, CITYLINE_CITY=str(settings().city_pack))
            server.to_recipients.append("550 no such mailbox")
            await mail_mailboxes(config, datetime.now(UTC))
            finding = await CHECKS["mailboxes"](config)
            assert finding.outcome is Outcome.NOTE
            assert finding.message.startswith("1 of the last week did not arrive for certain")
            await a_request("two")
            assert await mail_mailboxes(config, datetime.now(UTC)) == 1
