"""The second step of the login, as a person with an app and a browser goes it, and as who has only the password."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.cases.login_throttle import FREE_TRIES
from bot.cases.roles import Role
from bot.cases.second_step import turn_off
from bot.cases.staff import create_staff, set_password
from bot.db.session import transaction
from bot.db.tables import Audit, RecoveryCode, Staff, StaffSession
from bot.settings import ROLES, settings
from bot.web.console.browsers import browser_name
from tests.console import PASSWORD, Browser, fresh_client

pytestmark = pytest.mark.integration
PAGE = "/console/account/second-step"


def code_of(secret: str, steps: int = 1) -> str:
    """The next one, unless told otherwise: the present one was used to set it up, and a clock may run on meanwhile."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


async def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Gives the app's secret and the recovery codes."""
    page = (await browser.open(PAGE)).text
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found
    secret = found[1].replace(" ", "")
    answer = await browser.send(PAGE, {"secret": browser.hidden("secret"), "code": code_of(secret, 0)})
    assert answer.status_code == 200
    return secret, re.findall(r"<li><code>([^<]+)</code>", answer.text)


async def give(browser: Browser, code: str, **more: str) -> object:
    """Type a code on the page that asks for it."""
    fields = {name: browser.hidden(name) for name in ("form_token", "next", "pending")}
    answer = await browser.client.post("/console/login/code", data={**fields, "code": code, **more})
    if answer.status_code != 303:
        browser.page = answer.text
    return answer.status_code


async def password(browser: Browser, name: str = "maria") -> int:
    answer = await browser.log_in(name)
    browser.page = answer.text
    return answer.status_code


async def leave(browser: Browser) -> None:
    """Go to another browser: no cookie comes along."""
    browser.client.cookies.clear()


async def is_in(browser: Browser) -> bool:
    return (await browser.open("/console/requests")).status_code == 200


async def test_with_it_a_password_alone_opens_nothing_and_a_code_of_the_app_does(maria: Browser) -> None:
    secret, codes = await set_up(maria)
    assert len(set(codes)) == 10
    await leave(maria)
    assert await password(maria) == 200
    assert "One more step" in maria.page
    assert not await is_in(maria)
    assert await password(maria) == 200
    assert await give(maria, "000000") == 401
    assert await give(maria, code_of(secret)) == 303
    assert await is_in(maria)


async def test_a_code_works_once_and_neither_an_old_one_nor_that_of_another_app_does(maria: Browser) -> None:
    secret, _ = await set_up(maria)
    await leave(maria)
    used = code_of(secret)
    assert await password(maria) == 200
    assert await give(maria, used) == 303
    await leave(maria)
    await password(maria)
    assert await give(maria, used) == 401
    assert await give(maria, code_of(secret, -4)) == 401
    assert await give(maria, code_of(pyotp.random_base32())) == 401


async def test_the_trail_says_logged_in_once_the_code_was_right_and_by_what(maria: Browser) -> None:
    secret, _ = await set_up(maria)
    await leave(maria)
    assert await password(maria) == 200
    with capture_logs() as logs:
        assert await give(maria, "000000") == 401
    assert [entry["event"] for entry in logs if entry["event"].startswith("login.")] == ["login.code_refused"]
    assert await logins_in_the_trail() == ["password"]  # before there was a second step
    assert await give(maria, code_of(secret)) == 303
    assert await logins_in_the_trail() == ["password", "code"]


async def logins_in_the_trail() -> list[object]:
    async with transaction() as session:
        entries = select(Audit).where(Audit.action == "staff.logged_in").order_by(Audit.id)
        return [entry.detail["by"] for entry in await session.scalars(entries)]


async def test_a_recovery_code_opens_the_account_once_and_is_in_the_trail(maria: Browser) -> None:
    _, codes = await set_up(maria)
    for expected in (303, 401):
        await leave(maria)
        await password(maria)
        assert await give(maria, codes[0].upper()) == expected
    async with transaction() as session:
        used = await session.scalars(select(Audit).where(Audit.action == "staff.recovery_code_used"))
        assert len(used.all()) == 1


async def test_neither_the_secret_nor_a_recovery_code_can_be_read_in_the_database(maria: Browser) -> None:
    secret, codes = await set_up(maria)
    async with transaction() as session:
        row = (await session.scalars(select(Staff).where(Staff.username == "maria"))).one()
        hashes = (await session.scalars(select(RecoveryCode.code_hash))).all()
    assert row.totp_secret is not None
    assert secret.encode() not in row.totp_secret
    assert all(code.replace("-", "").encode() not in kept for code in codes for kept in hashes)


async def test_who_guesses_codes_waits_and_the_right_password_between_two_does_not_begin_anew(
    maria: Browser,
) -> None:
    secret, _ = await set_up(maria)
    await leave(maria)
    for _ in range(FREE_TRIES - 1):
        assert await password(maria) == 200
        assert await give(maria, "000000") == 401
    await password(maria)
    assert await give(maria, "000000") == 429
    assert "too many wrong codes" in maria.page
    assert await give(maria, code_of(secret)) == 429


async def test_a_browser_that_was_said_to_be_theirs_is_asked_for_no_code_until_the_step_is_set_up_anew(
    maria: Browser,
) -> None:
    secret, _ = await set_up(maria)
    await leave(maria)
    await password(maria)
    assert await give(maria, code_of(secret), remember="yes") == 303
    del maria.client.cookies["cityline_session"]
    assert await password(maria) == 303
    async with transaction() as session:
        await turn_off(session, "maria", "cli")
    await set_up(maria)
    del maria.client.cookies["cityline_session"]
    assert await password(maria) == 200


async def test_half_of_a_login_is_worth_nothing_once_the_password_is_another(maria: Browser) -> None:
    secret, _ = await set_up(maria)
    await leave(maria)
    await password(maria)
    async with transaction() as session:
        await set_password(session, "maria", "another quiet bicycle")
    assert await give(maria, code_of(secret)) == 403


async def test_the_secret_of_one_person_is_of_no_use_to_another(maria: Browser) -> None:
    await maria.open(PAGE)
    sealed = maria.hidden("secret")
    found = re.search(r'<code class="secret">([^<]+)</code>', maria.page)
    assert found
    async with fresh_client() as client:
        vera = Browser(client)
        await vera.log_in("vera")
        await vera.open(PAGE)
        code = code_of(found[1].replace(" ", ""))
        assert (await vera.send(PAGE, {"secret": sealed, "code": code})).status_code == 422


async def test_setting_it_up_ends_the_logins_that_were_made_without_it(maria: Browser) -> None:
    async with fresh_client() as client:
        elsewhere = Browser(client)
        await elsewhere.log_in("maria")
        await set_up(maria)
        assert not await is_in(elsewhere)
    assert await is_in(maria)


async def test_it_is_turned_off_and_codes_are_renewed_for_a_code_alone(maria: Browser) -> None:
    secret, codes = await set_up(maria)
    await maria.open(PAGE)
    assert (await maria.send(f"{PAGE}/off", {"code": "000000"})).status_code == 422
    await maria.open(PAGE)
    renewed = await maria.send(f"{PAGE}/codes", {"code": code_of(secret)})
    fresh = re.findall(r"<li><code>([^<]+)</code>", renewed.text)
    assert not set(fresh) & set(codes)
    await maria.open(PAGE)
    assert (await maria.send(f"{PAGE}/off", {"code": fresh[0]})).status_code == 303
    await leave(maria)
    assert await password(maria) == 303


async def test_where_a_role_needs_one_nothing_is_open_until_it_is_set_up_and_it_stays(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYLINE_SECOND_STEP", "admin,agent")
    settings.cache_clear()
    try:
        await password(browser)
        for address in ("/console/requests", "/console/account", "/console/conversations"):
            assert (await browser.open(address)).headers["location"] == PAGE
        secret, _ = await set_up(browser)
        assert await is_in(browser)
        await browser.open(PAGE)
        assert (await browser.send(f"{PAGE}/off", {"code": code_of(secret)})).status_code == 409
        await leave(browser)
        assert await password(browser, "vera") == 303
        assert await is_in(browser)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_the_setting_knows_the_roles_there_are() -> None:
    assert set(Role) == ROLES


async def test_logins_are_listed_and_ended_by_their_owner_alone(maria: Browser) -> None:
    async with fresh_client() as client, fresh_client() as another:
        phone, vera = Browser(client), Browser(another)
        client.headers["user-agent"] = (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 Version/19 Safari/604"
        )
        await phone.log_in("maria")
        await vera.log_in("vera")
        page = (await maria.open("/console/account")).text
        assert "Safari on iPhone" in page
        async with transaction() as session:
            rows = await session.execute(select(StaffSession.browser, StaffSession.id))
            ids = {row.browser: row.id for row in rows}
            theirs = await session.scalar(
                select(StaffSession.id)
                .join(Staff, Staff.id == StaffSession.staff_id)
                .where(Staff.username == "vera")
            )
        await maria.send(f"/console/account/logins/{theirs}/end", {})
        assert await is_in(vera)
        await maria.open("/console/account")
        await maria.send(f"/console/account/logins/{ids['Safari on iPhone']}/end", {})
        assert not await is_in(phone)
        await phone.log_in("maria")
        await maria.open("/console/account")
        await maria.send("/console/account/logins/end", {})
        assert not await is_in(phone)
        assert await is_in(maria)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.9", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_told_in_words_of_ours(agent: str, name: str) -> None:
    assert browser_name(agent) == name


async def test_an_administrator_takes_it_away_from_who_lost_everything(maria: Browser) -> None:
    await set_up(maria)
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, role=Role.ADMIN)
        await turn_off(session, "maria", "staff:ada")
        assert (await session.scalars(select(RecoveryCode))).all() == []
    await leave(maria)
    assert await password(maria) == 303
