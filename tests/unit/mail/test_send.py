"""Mail to a real server: what it takes, and what each of its noes means."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime

import pytest

from bot.failures import FailureKind
from bot.mail import outcomes, send
from bot.mail.address import mail_server, sender_address
from bot.mail.message import Mail
from bot.mail.send import check, connected
from tests.mail_server import CERTIFICATES, DROP, PASSWORD, USER, MailServer, a_mail_server

SENDER = sender_address("Ciudad 311 – señales <no-reply@example.gov>")
LOGIN = f"{USER}:{PASSWORD.replace('/', '%2F').replace('?', '%3F').replace('#', '%23')}@"


def a_mail(key: str = "mail-1") -> Mail:
    return Mail(
        key,
        "ana@example.gov",
        "2 atrasadas\nBcc: all@example.gov",
        "Buenos días:\n\n.SM-7K3R9P, acera rota\n",
        "es",
        datetime(2026, 11, 30, 16, 0, tzinfo=UTC),
    )


async def sent(server: MailServer, *mails: Mail, scheme: str = "smtp", login: str = "") -> None:
    url = server.url(scheme, login)
    if scheme != "smtp":
        url = url.replace("127.0.0.1", "localhost")
    async with connected(mail_server(url)) as connection:
        for mail in mails or (a_mail(),):
            await connection.send(mail, SENDER)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's certificate is one of an authority that this machine knows."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "server.pem"))


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with a_mail_server() as server:
        await sent(server, a_mail(), a_mail("mail-2"))
    mail, other = server.mails
    assert server.recipients == ["ana@example.gov"] * 2
    assert server.texts()[0] == "Buenos días:\n\n.SM-7K3R9P, acera rota\n"
    assert mail["From"] == "Ciudad 311 – señales <no-reply@example.gov>"
    assert mail["Subject"] == "2 atrasadas Bcc: all@example.gov"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == "<mail-1@example.gov>"
    assert other["Message-ID"] == "<mail-2@example.gov>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "es")
    assert mail["Date"].datetime == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
async def test_with_tls_it_is_checked_and_logged_in(scheme: str) -> None:
    starttls = scheme == "smtp+starttls"
    async with a_mail_server(tls=not starttls, starttls=starttls, login=True) as server:
        await sent(server, scheme=scheme, login=LOGIN)
        assert (len(server.mails), server.logins) == (1, 1)


async def refusal(url: str) -> outcomes.ServerError:
    with pytest.raises(outcomes.ServerError) as caught:
        await check(mail_server(url))
    assert PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(scheme: str) -> None:
    starttls = scheme == "smtp+starttls"
    async with a_mail_server(tls=not starttls, starttls=starttls, login=True) as server:
        error = await refusal(server.url(scheme, LOGIN).replace("127.0.0.1", "localhost"))
        assert error.failure is FailureKind.MISCONFIGURED
        assert "certificate" in str(error)
        assert server.logins == 0, "nothing is said to somebody else"


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_of_another_name_is_refused() -> None:
    async with a_mail_server(tls=True) as server:
        assert "certificate" in str(await refusal(server.url("smtps")))


async def test_without_the_tls_that_was_asked_for_nothing_is_said() -> None:
    async with a_mail_server(login=True) as server:
        error = await refusal(server.url("smtp+starttls", LOGIN))
        assert error.failure is FailureKind.MISCONFIGURED
        assert "does not offer" in str(error)
        error = await refusal(server.url("smtps", LOGIN))
        assert "does not speak TLS" in str(error)
        assert error.failure is FailureKind.MISCONFIGURED
        assert server.logins == 0


async def test_a_login_that_is_refused_is_a_setting_that_is_wrong() -> None:
    async with a_mail_server(login=True) as server:
        error = await refusal(server.url(login="cityline:wrong@"))
        assert error.failure is FailureKind.MISCONFIGURED
        assert str(error) == "The mail server refuses the log-in of CITYLINE_SMTP_URL (535)."
        await check(mail_server(server.url(login=LOGIN)))
        with pytest.raises(outcomes.ServerError) as caught:
            await sent(server)  # without any
        assert caught.value.failure is FailureKind.MISCONFIGURED
        assert server.mails == []


async def test_a_server_that_is_away_may_come_back() -> None:
    async with a_mail_server() as server:
        pass
    error = await refusal(server.url())
    assert (str(error), error.failure) == ("The mail server does not answer.", FailureKind.TRANSIENT)
    assert (await refusal("smtp://nowhere.invalid:25")).failure is FailureKind.TRANSIENT


async def test_a_server_that_takes_the_connection_and_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(send, "ANSWERS_WITHIN", 0.2)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await refusal(f"smtp://127.0.0.1:{port}")
    assert error.failure is FailureKind.TRANSIENT


@pytest.mark.parametrize(
    ("of", "answer", "failure", "of_server", "said"),
    [
        ("to_senders", "451 later", FailureKind.TRANSIENT, True, "(451)"),
        ("to_senders", "550 who?", FailureKind.MISCONFIGURED, True, "CITYLINE_MAIL_FROM"),
        ("to_senders", DROP, FailureKind.TRANSIENT, True, "broke off"),
        ("to_recipients", "450 greylisted ana@example.gov", FailureKind.TRANSIENT, False, "(450)"),
        ("to_recipients", "550 no ana@example.gov", FailureKind.DETERMINISTIC, False, "this e-mail address"),
        ("to_recipients", "421 closing", FailureKind.TRANSIENT, True, "(421)"),
        ("to_recipients", DROP, FailureKind.TRANSIENT, True, "broke off"),
        ("to_mails", "451 later", FailureKind.TRANSIENT, False, "(451)"),
        ("to_mails", "554 spam", FailureKind.DETERMINISTIC, False, "this mail (554)"),
    ],
)
async def test_each_no_means_one_thing_and_the_next_mail_goes(
    of: str, answer: str, failure: FailureKind, of_server: bool, said: str
) -> None:
    async with a_mail_server() as server:
        waiting: deque[str] = getattr(server, of)
        waiting.append(answer)
        async with connected(mail_server(server.url())) as connection:
            with pytest.raises(outcomes.MailError) as caught:
                await connection.send(a_mail(), SENDER)
            assert caught.value.failure is failure
            assert isinstance(caught.value, outcomes.ServerError) == of_server
            assert said in str(caught.value)
            assert "ana" not in str(caught.value), "the server's own words quote addresses"
            if not of_server:
                await connection.send(a_mail("mail-2"), SENDER)
        if of_server:
            await sent(server, a_mail("mail-2"))
        assert [mail["Message-ID"] for mail in server.mails] == ["<mail-2@example.gov>"]


async def test_a_mail_whose_answer_never_came_may_have_gone_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_mail_server() as server:
        server.to_mails.append(DROP)
        with pytest.raises(outcomes.UnconfirmedError):
            await sent(server)
        monkeypatch.setattr(send, "ANSWERS_WITHIN", 0.2)
        server.may_answer.clear()
        with pytest.raises(outcomes.UnconfirmedError):
            await sent(server)
        assert len(server.mails) == 1, "and so it did"
