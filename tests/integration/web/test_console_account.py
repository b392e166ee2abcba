"""The page "Account": what somebody gets by mail, and what became of it."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime

import pytest

from bot.cases.mail_choices import MailChoice, Topic, find_choice
from bot.cases.roles import Role
from bot.cases.staff import create_staff, find_staff
from bot.db.session import transaction
from bot.db.tables import StaffMail
from tests.console import PASSWORD, Browser

pytestmark = pytest.mark.integration

PAGE = "/console/account"


async def kept(username: str = "maria") -> MailChoice:
    async with transaction() as session:
        return await find_choice(session, username)


def wish(**changes: str) -> dict[str, object]:
    return {"email": "maria@example.gov", "late": "yes", "language": "en", **changes}


async def a_mail(username: str, state: str, detail: str = "", topic: Topic = Topic.LATE) -> None:
    now = datetime.now(UTC)
    async with transaction() as session:
        person = await find_staff(session, username)
        session.add(
            StaffMail(
                staff_id=person.id,
                topic=topic,
                day=date(2026, 11, 30),
                state=state,
                attempts=1,
                detail=detail or None,
                next_try_at=now,
                created_at=now,
            )
        )


async def test_what_is_chosen_is_kept_and_shown(maria: Browser) -> None:
    page = (await maria.open(PAGE)).text
    assert " checked> <span>" not in page.partition('aria-labelledby="alarms"')[0]
    assert "No mail goes to staff from here yet" in page
    assert "What runs late in all departments" in page, "Maria is in none"
    answer = await maria.send(
        PAGE, wish(language="es", week="yes", not_fixed="yes", added="yes", mentioned="yes")
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?saved=true")
    assert await kept() == MailChoice("maria@example.gov", frozenset(Topic), "es")
    page = (await maria.open(f"{PAGE}?saved=true")).text
    assert 'value="maria@example.gov"' in page
    assert page.partition('aria-labelledby="alarms"')[0].count(' value="yes" checked') == 5
    assert 'value="es" checked' in page
    assert "<b>Guardado.</b>" in page  # the console goes over to it, too
    await maria.send(PAGE, {"email": "", "language": "es"})
    assert await kept() == MailChoice(language="es")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (wish(email="maria at example"), "An e-mail address looks like ana.ruiz@example.gov."),
        (wish(email="m@example.gov\nBcc: x@example.gov"), "An e-mail address looks like"),
        (wish(email=""), "Say which e-mail address it should go to."),
        (wish(language="fr"), "Mail is written in en or es."),
        (wish(email="<script>@example.gov"), "An e-mail address looks like"),
    ],
)
async def test_what_cannot_be_sent_comes_back_with_the_reason(
    maria: Browser, given: dict[str, object], said: str
) -> None:
    await maria.open(PAGE)
    answer = await maria.send(PAGE, given)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>@" not in answer.text
    email = str(given["email"])
    assert not email or f'value="{html.escape(email)}"' in answer.text.replace("&#34;", "&quot;")
    assert await kept() == MailChoice()


async def test_viewers_choose_for_themselves_and_nobody_for_others(browser: Browser) -> None:
    await browser.log_in("vera")
    page = (await browser.open(PAGE)).text
    assert f'href="{PAGE}"' in page
    assert (await browser.send(PAGE, wish(email="vera@example.gov", username="maria"))).status_code == 303
    assert (await kept("vera")).email == "vera@example.gov"
    assert await kept() == MailChoice()


async def test_a_post_from_elsewhere_changes_nothing(maria: Browser) -> None:
    answer = await maria.client.post(PAGE, data={**wish(), "csrf_token": "x"})
    assert answer.status_code == 403
    assert await kept() == MailChoice()


async def test_ones_own_department_is_named(browser: Browser) -> None:
    async with transaction() as session:
        await create_staff(session, "wes", PASSWORD, department="Public Works")
        await create_staff(session, "ada", PASSWORD, role=Role.ADMIN, department="Public Works")
    await browser.log_in("wes")
    assert "What runs late in Public Works:" in (await browser.open(PAGE)).text
    browser.client.cookies.clear()
    await browser.log_in("ada")
    assert "What runs late in all departments:" in (await browser.open(PAGE)).text


async def test_what_became_of_ones_last_mails_is_told_with_its_reason(maria: Browser) -> None:
    await a_mail("maria", "failed", "The mail server refuses this e-mail address (550).")
    await a_mail("maria", "needless", topic=Topic.WEEK)
    await a_mail("vera", "sent")
    page = (await maria.open(PAGE)).text
    assert "Nov 30" in page
    assert "Not sent" in page
    assert "refuses this e-mail address (550)" in page
    assert "Nothing to tell" not in page
    assert ">Sent" not in page


async def test_admins_see_which_mails_to_staff_did_not_go_out_and_no_address(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, role=Role.ADMIN)
    await browser.log_in("ada")
    page = (await browser.open("/console/running")).text
    assert "No mail goes to staff: CITYLINE_SMTP_URL is not set." in page
    await browser.open(PAGE)
    await browser.send(PAGE, wish(email="ada@example.gov"))
    await a_mail("maria", "unconfirmed", "The worker ended while it was handed over.")
    await a_mail("vera", "sent")
    page = (await browser.open("/console/running")).text
    assert '<th scope="row">Maria Lopez</th>' in page
    assert "Perhaps sent" in page
    assert "Vera" not in page
    assert "example.gov" not in page
