"""`cityline staff mail`, `mail-test` and what `doctor` says of mail: a process, its output, its exit code."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime

import pytest

from bot.cli.checks import CHECKS, Outcome
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import StaffMail
from bot.settings import settings
from tests.commands import run_command
from tests.mail_server import MailServer, a_mail_server
from tests.staff_mail import configured, somebody

pytestmark = pytest.mark.integration


async def run(
    database: EmbeddedDatabase, *arguments: str, server: MailServer | None = None
) -> tuple[int, str]:
    """Exit code, and all that was said. The mail server of a test lives in this loop, which must not stand still."""
    environment = {**os.environ, "DATABASE_URL": database.url(), "COLUMNS": "200"}
    if server is not None:
        environment |= {
            "CITYLINE_SMTP_URL": server.url(),
            "CITYLINE_MAIL_FROM": "City 311 <no-reply@example.gov>",
        }
    done = await asyncio.to_thread(run_command, *arguments, environment=environment)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


async def test_what_an_account_gets_is_said_step_by_step(
    database: EmbeddedDatabase, server: MailServer
) -> None:
    await run(database, "staff", "add", "ana", "--department", "Public Works")
    assert await run(database, "staff", "mail", "ana") == (0, "ana gets no mail.")
    code, said = await run(database, "staff", "mail", "ana", "--to", "ana@example.gov", "--late")
    assert (code, said) == (
        0,
        "ana gets what runs late at ana@example.gov, in English. No mail goes out yet: CITYLINE_SMTP_URL is not set.",
    )
    code, said = await run(
        database, "staff", "mail", "ana", "--week", "--no-late", "--language", "es", server=server
    )
    assert (code, said) == (0, "ana gets the figures of the week at ana@example.gov, in Spanish.")
    _, listed = await run(database, "staff", "list", "--json")
    (row,) = json.loads(listed)
    assert (row["email"], row["mail"]) == ("ana@example.gov", ["week"])
    assert (await run(database, "staff", "mail", "ana", "--to", ""))[1] == "ana gets no mail."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ana", "--to", "ana@home"), "looks like ana.ruiz@example.gov"),
        (("ana", "--late"), "which e-mail address"),
        (("ana", "--to", "ana@example.gov", "--language", "fr"), "en or es"),
        (("bob", "--late"), "There is no account 'bob'."),
    ],
)
async def test_a_wrong_wish_is_told_in_a_sentence(
    database: EmbeddedDatabase, arguments: tuple[str, ...], sentence: str
) -> None:
    await run(database, "staff", "add", "ana")
    code, said = await run(database, "staff", "mail", *arguments)
    assert code == 1
    assert sentence in said


async def test_a_test_mail_is_sent_where_it_is_wanted(database: EmbeddedDatabase, server: MailServer) -> None:
    code, said = await run(
        database, "staff", "mail-test", "it@example.gov", "--language", "es", server=server
    )
    assert code == 0, said
    assert f"127.0.0.1:{server.port} has taken it" in said
    assert server.recipients == ["it@example.gov"]
    assert server.texts() == ["Esta es una prueba. El correo del 311 de la ciudad le llega.\n"]
    server.to_recipients.append("550 no it@example.gov")
    code, said = await run(database, "staff", "mail-test", "it@example.gov", server=server)
    assert (code, "The mail server refuses this e-mail address (550)." in said) == (1, True)
    code, said = await run(database, "staff", "mail-test", "it", server=server)
    assert (code, "looks like" in said) == (1, True)
    code, said = await run(database, "staff", "mail-test", "it@example.gov")
    assert (code, "set CITYLINE_SMTP_URL and CITYLINE_MAIL_FROM" in said) == (1, True)


async def test_doctor_says_once_that_there_is_no_mail(database: EmbeddedDatabase) -> None:
    finding = await CHECKS["mail"](settings())
    assert (finding.outcome, finding.message) == (
        Outcome.NOTE,
        "No mail goes to staff: CITYLINE_SMTP_URL is not set.",
    )
    await somebody()
    assert "1 of staff want some, and get none." in (await CHECKS["mail"](settings())).message


async def test_doctor_asks_the_server_and_sends_nothing(
    database: EmbeddedDatabase, server: MailServer
) -> None:
    await somebody()
    finding = await CHECKS["mail"](configured(server))
    assert finding.outcome is Outcome.WELL
    assert finding.message == (f"127.0.0.1:{server.port} answers and takes the log-in; 1 of staff want mail.")
    assert server.mails == []
    async with transaction() as session:
        now = datetime.now(UTC)
        row = {"staff_id": 1, "topic": "late", "day": now.date(), "next_try_at": now, "created_at": now}
        session.add(StaffMail(**row, state="failed", detail="The mail server does not answer."))
    finding = await CHECKS["mail"](configured(server))
    assert finding.outcome is Outcome.NOTE
    assert "1 of the last day did not go out." in finding.message


async def test_doctor_tells_what_is_wrong_with_the_server_and_no_password(database: EmbeddedDatabase) -> None:
    async with a_mail_server(login=True) as strict:
        finding = await CHECKS["mail"](configured(strict, strict.url(login="cityline:hunter2@")))
    assert finding.outcome is Outcome.FAILED
    assert finding.message == (
        f"127.0.0.1:{strict.port}: The mail server refuses the log-in of CITYLINE_SMTP_URL (535)."
    )
    finding = await CHECKS["mail"](configured(strict))
    assert "does not answer" in finding.message
