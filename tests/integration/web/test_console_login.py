"""Who comes in, who does not, and how little a refusal tells."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from bot.cases.logging_in import Device, LoggedIn, Refused, Try, is_known, log_in
from bot.cases.login_throttle import FREE_TRIES, FREE_TRIES_TOGETHER, Throttled, throttled_accounts
from bot.cases.password_rules import MAX_PASSWORD
from bot.cases.roles import Role
from bot.cases.staff import (
    StaffDataError,
    UsernameTakenError,
    create_staff,
    disable_staff,
    enable_staff,
    lift_waits,
    list_staff,
    member_of,
    set_password,
)
from bot.cases.staff_sessions import IDLE, LONGEST, find_login, start_login
from bot.db.session import transaction
from bot.db.tables import LoginThrottle, Staff, StaffSession
from bot.settings import settings
from tests.console import PASSWORD, Browser, fresh_client

pytestmark = pytest.mark.integration
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


async def test_the_login_page_says_which_city_it_is(browser: Browser) -> None:
    answer = await browser.open("/console/login")
    assert answer.status_code == 200
    assert "Santa Monica" in answer.text


async def test_the_right_password_opens_the_list_with_a_cookie_scripts_cannot_read(browser: Browser) -> None:
    answer = await browser.log_in("maria")
    assert answer.headers["location"] == "/console/requests"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("cityline_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # plain http on the clerk's own machine
    assert (await browser.open("/console/requests")).status_code == 200


async def test_a_password_that_was_hashed_more_cheaply_is_hashed_anew_at_the_next_login(
    browser: Browser, costly_passwords: PasswordHasher
) -> None:
    hashed = select(Staff.password_hash).where(Staff.username == "maria")
    async with transaction() as session:
        cheap = await session.scalar(hashed)
    assert (await browser.log_in("maria")).status_code == 303
    async with transaction() as session:
        costly = await session.scalar(hashed)
    assert cheap is not None
    assert costly is not None
    assert costly_passwords.check_needs_rehash(cheap)
    assert not costly_passwords.check_needs_rehash(costly)
    del browser.client.cookies["cityline_session"]
    assert (await browser.log_in("maria")).status_code == 303
    async with transaction() as session:
        assert await session.scalar(hashed) == costly


async def test_behind_https_every_cookie_is_secure_and_bound_to_the_host(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://311.example.gov")
    settings.cache_clear()
    browser.client.base_url = httpx.URL("https://311.example.gov")
    try:
        form = await browser.open("/console/login")
        answer = await browser.log_in("maria")
        cookies = [*form.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
        assert {"__Host-cityline", "__Host-cityline_form", "__Host-cityline_device"} == {
            cookie.partition("=")[0] for cookie in cookies
        }
        for cookie in cookies:
            assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def test_the_database_holds_only_the_hash_of_the_token(browser: Browser) -> None:
    await browser.log_in("maria")
    token = browser.client.cookies["cityline_session"]
    async with transaction() as session:
        stored = (await session.scalars(select(StaffSession))).one()
    assert stored.token_hash == hashlib.sha256(token.encode()).digest()


async def test_unknown_name_and_wrong_password_get_the_same_page(browser: Browser) -> None:
    def bare(page: str, name: str) -> str:
        return page.replace(browser.hidden("form_token"), "").replace(f'value="{name}"', 'value=""')

    answers = []
    for name, password in [("nobody", PASSWORD), ("maria", "wrong password here")]:
        answer = await browser.log_in(name, password)
        browser.page = answer.text
        answers.append((answer.status_code, bare(answer.text, name)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


@pytest.mark.parametrize("name", ["maria", "nobody"])
async def test_too_many_tries_are_said_to_be_that_and_for_how_long_whoever_it_was(
    browser: Browser, name: str
) -> None:
    for _ in range(FREE_TRIES):
        answer = await browser.log_in(name, "not this one")
    assert answer.status_code == 429
    answer = await browser.log_in(name)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert "Even the right password is refused for a minute" in answer.text


async def test_a_wait_grows_with_every_failure_and_ends(browser: Browser) -> None:
    def one(password: str) -> Try:
        return Try("maria", password, "203.0.113.7")

    for _ in range(FREE_TRIES - 1):
        assert await log_in(one("not this one"), NOW) == Refused()
    first = NOW + timedelta(seconds=30)
    assert await log_in(one("not this one"), NOW) == Refused(first)
    assert await log_in(one(PASSWORD), NOW) == Refused(first)
    assert await log_in(one("not this one"), first) == Refused(first + timedelta(seconds=60))
    assert isinstance(await log_in(one(PASSWORD), first + timedelta(seconds=60)), LoggedIn)
    assert await log_in(one("not this one"), first + timedelta(seconds=60)) == Refused()  # counted anew


async def test_a_stranger_who_guesses_makes_only_their_own_place_wait(browser: Browser) -> None:
    for _ in range(FREE_TRIES + 3):
        await log_in(Try("maria", "not this one", "203.0.113.7"), NOW)
    assert isinstance(await log_in(Try("maria", PASSWORD, "203.0.113.7"), NOW), Refused)
    assert isinstance(await log_in(Try("maria", PASSWORD, "198.51.100.9"), NOW), LoggedIn)


async def test_a_crowd_of_strangers_makes_strangers_wait_but_no_browser_that_is_known(
    browser: Browser,
) -> None:
    known = await log_in(Try("maria", PASSWORD, "198.51.100.9"), NOW)
    assert isinstance(known, LoggedIn)
    device = Device(known.staff.id, "nonce", known.password_mark)
    for number in range(FREE_TRIES_TOGETHER):
        await log_in(Try("maria", "not this one", f"203.0.113.{number}"), NOW)
    crowded = await log_in(Try("maria", PASSWORD, "198.51.100.20"), NOW)
    assert isinstance(crowded, Refused)
    assert crowded.waits_until is not None
    assert isinstance(await log_in(Try("maria", PASSWORD, "203.0.113.1", device), NOW), LoggedIn)
    later = NOW + timedelta(minutes=16)  # at most so long even for a clerk with a new computer
    assert isinstance(await log_in(Try("maria", PASSWORD, "198.51.100.20"), later), LoggedIn)


async def test_a_stolen_device_cookie_is_throttled_too_and_a_new_password_ends_it(browser: Browser) -> None:
    known = await log_in(Try("maria", PASSWORD, "198.51.100.9"), NOW)
    assert isinstance(known, LoggedIn)
    device = Device(known.staff.id, "nonce", known.password_mark)
    for _ in range(FREE_TRIES):
        await log_in(Try("maria", "not this one", "203.0.113.7", device), NOW)
    assert isinstance(await log_in(Try("maria", PASSWORD, "203.0.113.7", device), NOW), Refused)
    assert await is_known("maria", device)
    assert not await is_known("vera", device)
    async with transaction() as session:
        await set_password(session, "maria", "another good password")
    assert not await is_known("maria", device)


async def test_one_ipv6_customer_is_one_place(browser: Browser) -> None:
    for number in range(FREE_TRIES):
        await log_in(Try("maria", "not this one", f"2001:db8:1:2::{number:x}"), NOW)
    assert isinstance(await log_in(Try("maria", PASSWORD, "2001:db8:1:2:ffff::1"), NOW), Refused)
    assert isinstance(await log_in(Try("maria", PASSWORD, "2001:db8:1:3::1"), NOW), LoggedIn)


async def test_no_address_and_no_name_that_was_tried_is_kept(browser: Browser) -> None:
    await log_in(Try("hunter2 typed into the wrong field", "x", "203.0.113.7"), NOW)
    async with transaction() as session:
        rows = (await session.scalars(select(LoginThrottle))).all()
    assert len(rows) == 3
    assert all(row.staff_id is None and len(row.bucket) == 32 for row in rows)


async def test_waits_are_listed_and_lifted(browser: Browser) -> None:
    for _ in range(FREE_TRIES):
        await log_in(Try("maria", "not this one", "203.0.113.7"), NOW)
    async with transaction() as session:
        listed = await throttled_accounts(session, NOW)
        assert listed == {"maria": Throttled(FREE_TRIES, NOW + timedelta(seconds=30))}
        await lift_waits(session, "maria")
        assert await throttled_accounts(session, NOW) == {}
    assert isinstance(await log_in(Try("maria", PASSWORD, "203.0.113.7"), NOW), LoggedIn)


async def test_a_browser_that_has_logged_in_is_known_again_after_its_place_has_to_wait(
    browser: Browser,
) -> None:
    assert (await browser.log_in("maria")).status_code == 303
    assert "cityline_device" in browser.client.cookies
    del browser.client.cookies["cityline_session"]
    async with fresh_client() as client:
        stranger = Browser(client)  # behind the same address
        for _ in range(FREE_TRIES):
            await stranger.log_in("maria", "not this one")
        assert (await stranger.log_in("maria")).status_code == 429
    assert (await browser.log_in("maria")).status_code == 303


async def test_a_cookie_somebody_made_up_is_no_device(browser: Browser) -> None:
    browser.client.cookies.set("cityline_device", "1-abc-def.xx.yy")
    assert (await browser.log_in("maria", "not this one")).status_code == 401


async def test_a_login_without_the_token_of_its_page_is_turned_away(browser: Browser) -> None:
    await browser.open("/console/login")
    answer = await browser.client.post(
        "/console/login", data={"form_token": "made up", "username": "maria", "password": PASSWORD}
    )
    assert answer.status_code == 403
    assert "cityline_session" not in browser.client.cookies


async def test_after_logging_out_the_old_token_opens_nothing(maria: Browser) -> None:
    token = maria.client.cookies["cityline_session"]
    await maria.open("/console/requests")
    assert (await maria.send("/console/logout", {})).headers["location"] == "/console/login"
    maria.client.cookies.set("cityline_session", token)
    answer = await maria.open("/console/requests")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/login"


async def test_logging_out_clears_what_the_browser_kept(maria: Browser) -> None:
    await maria.open("/console/requests")
    assert (await maria.send("/console/logout", {})).headers["clear-site-data"] == '"storage"'


async def test_a_new_login_ends_the_one_before_it_in_the_same_browser(maria: Browser) -> None:
    first = maria.client.cookies["cityline_session"]
    del maria.client.cookies["cityline_session"]
    await maria.open("/console/login")
    fields = {"form_token": maria.hidden("form_token"), "username": "maria", "password": PASSWORD}
    maria.client.cookies.set("cityline_session", first)
    await maria.client.post("/console/login", data=fields)
    async with transaction() as session:
        kept = (await session.scalars(select(StaffSession.token_hash))).all()
    assert len(kept) == 1
    assert hashlib.sha256(first.encode()).digest() not in kept


async def test_a_password_does_not_end_by_itself(browser: Browser) -> None:
    later = NOW + timedelta(days=3650)
    assert isinstance(await log_in(Try("maria", PASSWORD, "203.0.113.7"), later), LoggedIn)


async def test_a_refused_login_is_logged_without_name_and_place(browser: Browser) -> None:
    with capture_logs() as logs:
        for name in ("maria", "nobody.here"):
            await log_in(Try(name, "not this one", "203.0.113.7"), NOW)
    assert [entry["event"] for entry in logs] == ["login.refused", "login.refused"]
    assert not any(part in str(logs) for part in ("maria", "nobody.here", "203.0.113.7", "not this one"))


async def test_who_is_not_logged_in_comes_back_to_where_they_wanted_to_go(browser: Browser) -> None:
    answer = await browser.open("/console/conversations")
    assert answer.headers["location"] == "/console/login?next=/console/conversations"
    answer = await browser.log_in("maria", wanted="/console/conversations")
    assert answer.headers["location"] == "/console/conversations"


@pytest.mark.parametrize(
    "trap", ["https://evil.example", "//evil.example", "/console/\\evil", "/console//evil"]
)
async def test_a_login_never_leads_to_another_site(browser: Browser, trap: str) -> None:
    assert (await browser.log_in("maria", wanted=trap)).headers["location"] == "/console/requests"


async def test_a_post_without_the_csrf_token_changes_nothing(maria: Browser) -> None:
    assert (await maria.client.post("/console/logout", data={})).status_code == 403
    assert (await maria.open("/console/requests")).status_code == 200


async def test_a_part_of_a_page_that_is_asked_for_after_the_login_is_over_says_401_and_leads_nowhere(
    browser: Browser,
) -> None:
    answer = await browser.open("/console/attention", **{"hx-request": "true"})
    assert answer.status_code == 401
    assert "location" not in answer.headers


async def test_a_login_ends_when_it_is_not_used_and_at_last_in_any_case(browser: Browser) -> None:
    async with transaction() as session:
        staff = member_of((await session.scalars(select(Staff).where(Staff.username == "maria"))).one())
        token = await start_login(session, staff, NOW)
        assert await find_login(session, token, NOW + IDLE - timedelta(seconds=1), counts_as_use=False)
        assert await find_login(session, token, NOW + IDLE, counts_as_use=False) is None
        moment = NOW
        while moment < NOW + LONGEST - timedelta(hours=1):
            moment += timedelta(hours=1)
            assert await find_login(session, token, moment)
        assert await find_login(session, token, NOW + LONGEST) is None


async def test_a_page_that_refreshes_itself_does_not_keep_a_login_alive(browser: Browser) -> None:
    async with transaction() as session:
        staff = member_of((await session.scalars(select(Staff).where(Staff.username == "maria"))).one())
        token = await start_login(session, staff, NOW)
        await find_login(session, token, NOW + timedelta(hours=7), counts_as_use=False)
        assert await find_login(session, token, NOW + IDLE) is None


async def test_a_new_password_ends_all_logins_and_a_closed_account_has_none(maria: Browser) -> None:
    async with transaction() as session:
        await set_password(session, "maria", "another good password")
    assert (await maria.open("/console/requests")).status_code == 303
    assert (await maria.log_in("maria")).status_code == 401
    assert (await maria.log_in("maria", "another good password")).status_code == 303
    async with transaction() as session:
        await disable_staff(session, "maria")
    assert (await maria.open("/console/requests")).status_code == 303
    assert (await maria.log_in("maria", "another good password")).status_code == 401
    async with transaction() as session:
        await enable_staff(session, "maria")
    assert (await maria.log_in("maria", "another good password")).status_code == 303


async def test_a_password_is_the_whole_of_it_and_no_beginning(browser: Browser) -> None:
    longest = "a quiet green bicycle, " * 20
    async with transaction() as session:
        await set_password(session, "maria", longest[:MAX_PASSWORD])
    for wrong in (longest[: MAX_PASSWORD + 1], longest[: MAX_PASSWORD - 1], longest[:MAX_PASSWORD].upper()):
        assert isinstance(await log_in(Try("maria", wrong, "203.0.113.7"), NOW), Refused)
    assert isinstance(await log_in(Try("maria", longest[:MAX_PASSWORD], "203.0.113.7"), NOW), LoggedIn)


async def test_accounts_keep_to_their_rules(browser: Browser) -> None:
    async with transaction() as session:
        with pytest.raises(UsernameTakenError):
            await create_staff(session, "Maria", PASSWORD)
        for username, password in [
            ("joan smith", PASSWORD),
            ("joan", "short"),
            ("joanofarc", "joanofarc1"),
            ("joan", "aaaaaaaaaaaa"),
        ]:
            with pytest.raises(StaffDataError):
                await create_staff(session, username, password)
        await create_staff(session, "joan", PASSWORD, role=Role.ADMIN)
        assert [(s.username, s.role) for s in await list_staff(session)] == [
            ("joan", Role.ADMIN),
            ("maria", Role.AGENT),
            ("vera", Role.REVIEWER),
        ]


async def test_expired_logins_are_swept_out(maria: Browser) -> None:
    async with transaction() as session:
        await session.execute(update(StaffSession).values(expires_at=NOW - timedelta(days=1000)))
    async with fresh_client() as client:
        await Browser(client).log_in("maria")
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(StaffSession)) == 1


async def test_odd_names_and_oversized_posts_are_refused_calmly(browser: Browser) -> None:
    assert (await browser.log_in("maria\x00", "x" * 5000)).status_code == 401
    assert (await browser.log_in("maria", "x" * 50_000)).status_code == 413
