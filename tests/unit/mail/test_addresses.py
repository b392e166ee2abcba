"""Which addresses mail goes to and through, and what is said of the others: never what was given."""

from __future__ import annotations

import pytest

from bot.mail.address import (
    MailAddressError,
    MailServer,
    ServerAddressError,
    mail_address,
    mail_server,
    sender_address,
)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ana.ruiz@example.gov", "ana.ruiz@example.gov"),
        ("  ana+311@Mail.Example.GOV \n", "ana+311@mail.example.gov"),
        ("Ana@example.gov", "Ana@example.gov"),  # what stands before the @ is the server's affair
    ],
)
def test_an_address_is_kept_as_it_is_written_to(given: str, kept: str) -> None:
    assert mail_address(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ana",
        "@example.gov",
        "ana@",
        "ana@localhost",
        "ana@example..gov",
        "ana ruiz@example.gov",
        "a@b@example.gov",
        "ana@example.gov, bo@example.gov",
        "ana@example.gov\nBcc: all@example.gov",
        "ana\r\n@example.gov",
        "añá@example.gov",
        ".ana@example.gov",
        f"{'a' * 65}@example.gov",
        f"ana@{'a.' * 130}gov",
        "ana@example.gov>",
        "ana\x00@example.gov",
    ],
)
def test_what_is_no_address_is_refused_with_an_example_and_not_repeated(given: str) -> None:
    with pytest.raises(MailAddressError) as caught:
        mail_address(given)
    assert str(caught.value) == "An e-mail address looks like ana.ruiz@example.gov."


def test_a_sender_may_have_a_name() -> None:
    named = sender_address("Ciudad 311 <no-reply@example.gov>")
    assert (named.display_name, named.addr_spec) == ("Ciudad 311", "no-reply@example.gov")
    assert sender_address("no-reply@example.gov").addr_spec == "no-reply@example.gov"
    for odd in ("City 311", "City <x>", "City\n <no-reply@example.gov>"):
        with pytest.raises(MailAddressError):
            sender_address(odd)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", MailServer("127.0.0.1", 1025, False, False)),
        ("smtp://relay.internal", MailServer("relay.internal", 25, False, False)),
        (
            "smtp+starttls://311%40example.gov:p%2Fw%23@mail.example.gov",
            MailServer("mail.example.gov", 587, False, True, "311@example.gov", "p/w#"),
        ),
        ("smtps://u:p@mail.example.gov/", MailServer("mail.example.gov", 465, True, False, "u", "p")),
        ("smtps://u:p@[::1]:2465", MailServer("::1", 2465, True, False, "u", "p")),
        ("smtp://u:p@localhost", MailServer("localhost", 25, False, False, "u", "p")),
    ],
)
def test_a_server_is_named_by_one_url(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.example.gov", "should look like smtp+starttls://"),
        ("http://u:hunter2@mail.example.gov", "should look like smtp+starttls://"),
        ("smtps://", "should look like smtp+starttls://"),
        ("smtps://u:hunter2@mail.example.gov:smtp", "%2F"),
        ("smtps://u:hunter2@mail.example.gov:99999", "%2F"),
        ("smtps://u:hunter2/x@mail.example.gov", "%2F"),
        ("smtps://u:hunter2@mail..example.gov", "%2F"),
        ("smtps://u:p@mail.example.gov:465/?hunter2", "should end with the port"),
        ("smtps://hunter2@mail.example.gov", "user and password or neither"),
        ("smtp://u:hunter2@mail.example.gov", "for everybody to read"),
    ],
)
def test_a_wrong_url_is_told_without_its_password(url: str, said: str) -> None:
    with pytest.raises(ServerAddressError) as caught:
        mail_server(url)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_server_does_not_show_its_password_when_it_is_printed() -> None:
    server = mail_server("smtps://u:hunter2@mail.example.gov")
    assert "hunter2" not in f"{server} {server!r}"
    assert str(server) == "mail.example.gov:465"
