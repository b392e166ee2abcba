"""The page "Accounts", and the link by which somebody chooses a password."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.cases.login_throttle import FREE_TRIES, throttled_accounts
from bot.cases.roles import Role
from bot.cases.staff import create_staff, find_staff, member_of
from bot.db.session import transaction
from bot.db.tables import Audit, Staff
from tests.console import PASSWORD, Browser, fresh_client

pytestmark = pytest.mark.integration
NEW = "seven calm otters sing"


@pytest.fixture
async def admin(browser: Browser) -> Browser:
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, name="Ada Admin", role=Role.ADMIN)
    await browser.log_in("ada")
    return browser


def link_in(page: str) -> str:
    found = re.search(r'value="[^"]*(/console/password/[^"]+)"', page)
    assert found
    return found[1]


async def choose(path: str, password: str = NEW, again: str = NEW) -> int:
    async with fresh_client() as client:
        answer = await client.post(path, data={"password": password, "again": again})
        return answer.status_code


async def logs_in(name: str, password: str) -> bool:
    async with fresh_client() as client:
        return (await Browser(client).log_in(name, password)).status_code == 303


async def member(name: str) -> object:
    async with transaction() as session:
        return member_of(await find_staff(session, name))


async def test_an_account_is_added_and_its_owner_chooses_the_password_once(admin: Browser) -> None:
    await admin.open("/console/accounts")
    new = {
        "username": "Ana.Ruiz",
        "name": "Ana Ruiz",
        "role": "crew",
        "department": "Public Works",
        "own_department_only": "yes",
    }
    answer = await admin.send("/console/accounts", new)
    path = link_in(answer.text)
    async with fresh_client() as client:
        page = await client.get(path)
        assert 'value="ana.ruiz"' in page.text
    assert await choose(path, "short", "short") == 422
    assert await choose(path, NEW, "another one") == 422
    assert await choose(path) == 303
    assert await choose(path, "something else entirely", "something else entirely") == 410
    assert await logs_in("ana.ruiz", NEW)
    one = await member("ana.ruiz")
    assert (one.role, one.department, one.confined) == (Role.CREW, "Public Works", True)  # type: ignore[attr-defined]


async def test_a_new_link_replaces_a_password_and_ends_the_logins_that_were_made_with_it(
    admin: Browser,
) -> None:
    async with fresh_client() as client:
        maria = Browser(client)
        await maria.log_in("maria")
        await admin.open("/console/accounts/maria")
        path = link_in((await admin.send("/console/accounts/maria/link", {})).text)
        assert (await maria.open("/console/requests")).status_code == 200
        assert await choose(path) == 303
        assert (await maria.open("/console/requests")).status_code == 303
    assert await logs_in("maria", NEW)
    assert not await logs_in("maria", PASSWORD)


@pytest.mark.parametrize("path", ["x", "1-abc.def.ghi", "%00", "1" * 500])
async def test_a_link_that_is_none_says_that_it_is_over(admin: Browser, path: str) -> None:
    assert await choose(f"/console/password/{path}") == 410


async def test_who_is_shut_out_has_no_use_for_a_link_they_were_given(admin: Browser) -> None:
    await admin.open("/console/accounts/maria")
    path = link_in((await admin.send("/console/accounts/maria/link", {})).text)
    await admin.open("/console/accounts/maria")
    await admin.send("/console/accounts/maria/disable", {})
    assert await choose(path) == 410


async def test_role_department_and_sight_are_changed_with_what_they_were_in_the_trail(admin: Browser) -> None:
    await admin.open("/console/accounts/vera")
    answer = await admin.send("/console/accounts/vera", {"role": "manager", "department": "Police"})
    assert answer.status_code == 303
    async with transaction() as session:
        entry = (await session.scalars(select(Audit).where(Audit.action == "staff.duties_changed"))).one()
    assert entry.actor == "staff:ada"
    assert entry.detail == {"role": ["reviewer", "manager"], "department": [None, "Police"]}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": "agent", "department": "Moon Office"}, "no department"),
        ({"role": "agent", "own_department_only": "yes"}, "has to be in one"),
        ({"role": "admin", "department": "Police", "own_department_only": "yes"}, "no department is kept"),
    ],
)
async def test_what_cannot_be_is_said_and_the_form_stays_as_it_was_filled_in(
    admin: Browser, fields: dict[str, object], sentence: str
) -> None:
    await admin.open("/console/accounts/vera")
    answer = await admin.send("/console/accounts/vera", fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{fields["role"]}" checked' in answer.text
    assert (await member("vera")).role is Role.REVIEWER  # type: ignore[attr-defined]


async def test_the_last_administrator_is_told_that_they_have_to_stay(admin: Browser) -> None:
    await admin.open("/console/accounts/ada")
    answer = await admin.send("/console/accounts/ada/disable", {})
    assert answer.status_code == 409
    assert "the last administrator" in answer.text
    assert (await admin.send("/console/accounts/ada", {"role": "agent"})).status_code == 422


async def test_an_account_is_closed_and_opened_and_its_waits_are_lifted(admin: Browser) -> None:
    async with fresh_client() as client:
        for _ in range(FREE_TRIES):
            await Browser(client).log_in("maria", "not this one")
    page = (await admin.open("/console/accounts/maria")).text
    assert "Let them try again at once" in page
    await admin.send("/console/accounts/maria/unlock", {})
    async with transaction() as session:
        assert await throttled_accounts(session, datetime.now(UTC)) == {}
    for deed, closed in (("disable", True), ("enable", False)):
        await admin.open("/console/accounts/maria")
        assert (await admin.send(f"/console/accounts/maria/{deed}", {})).status_code == 303
        assert (await member("maria")).disabled is closed  # type: ignore[attr-defined]
    assert await logs_in("maria", PASSWORD)


async def test_a_username_that_is_taken_or_none_is_told_and_nothing_is_made(admin: Browser) -> None:
    for username in ("maria", "two words", ""):
        await admin.open("/console/accounts")
        answer = await admin.send("/console/accounts", {"username": username, "name": "X", "role": "agent"})
        assert answer.status_code == 422
        assert "Not added yet." in answer.text
    async with transaction() as session:
        assert len((await session.scalars(select(Staff.id))).all()) == 3


async def test_accounts_are_paged_and_found_by_the_beginning_of_a_name(admin: Browser) -> None:
    async with transaction() as session:
        password_hash = await session.scalar(select(Staff.password_hash).limit(1))
        session.add_all(
            Staff(username=f"person{n:03d}", name=f"Person {n}", password_hash=password_hash, role="crew")
            for n in range(120)
        )
    seen, address = set(), "/console/accounts"
    for _ in range(5):
        page = (await admin.open(address)).text
        seen |= set(re.findall(r'href="/console/accounts/([a-z0-9]+)"', page))
        more = re.search(r'href="(/console/accounts\?[^"]+)">More', page)
        if more is None:
            break
        address = more[1].replace("&amp;", "&")
    assert len(seen) == 123
    page = (await admin.open("/console/accounts?q=person 117")).text
    assert re.findall(r'href="/console/accounts/([a-z0-9]+)"', page) == ["person117"]
    assert (await admin.open("/console/accounts?q=%25%00&after=%00")).status_code == 200
    assert (await admin.open("/console/accounts/nobody")).status_code == 404
