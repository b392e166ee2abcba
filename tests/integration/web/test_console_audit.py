"""The page "Audit", and what the console notes of who looked at whom."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.cases.audit import record
from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.db.changes import changed_since, current_version
from bot.db.session import transaction
from bot.db.tables import Look
from tests.console import PASSWORD, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration


async def an_admin(browser: Browser) -> Browser:
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, name="Ada Admin", role=Role.ADMIN)
    await browser.log_in("ada")
    return browser


async def looks() -> list[tuple[str, str, str]]:
    async with transaction() as session:
        rows = await session.scalars(select(Look).order_by(Look.id))
        return [(row.actor, row.subject_kind, row.subject_id) for row in rows]


async def test_who_opens_a_record_is_noted_and_who_sees_a_list_is_not(maria: Browser) -> None:
    conversation = await a_conversation()
    reference = await a_request("one", conversation)
    for address in ("/console/requests", "/console/conversations", "/console/week"):
        await maria.open(address)
    assert await looks() == []
    for _ in range(3):
        await maria.open(f"/console/requests/{reference}")
    await maria.open(f"/console/conversations/{conversation}")
    assert await looks() == [
        ("staff:maria", "request", reference),
        ("staff:maria", "conversation", str(conversation)),
    ]


async def test_a_page_that_refreshes_itself_and_what_is_not_there_are_no_looks(maria: Browser) -> None:
    conversation = await a_conversation()
    await maria.open(f"/console/conversations/{conversation}/fresh")
    await maria.open("/console/conversations/999")
    await maria.open("/console/requests/SM-NOSUCH")
    assert await looks() == []


async def test_a_look_wakes_no_list_up(maria: Browser) -> None:
    reference = await a_request("one")
    async with transaction() as session:
        before = await current_version(session)
    await maria.open(f"/console/requests/{reference}")
    async with transaction() as session:
        assert (await changed_since(session, before)).topics == frozenset()


async def test_the_page_tells_who_did_what_and_who_looked(browser: Browser) -> None:
    admin = await an_admin(browser)
    reference = await a_request("one")
    await admin.open(f"/console/requests/{reference}")
    page = (await admin.open("/console/audit")).text
    assert "Ada Admin" in page
    assert "Staff logged in" in page
    assert f'<a href="/console/requests/{reference}">' in page
    page = (await admin.open("/console/audit?what=looked&who=ada")).text
    assert "Looked" in page
    assert "logged in" not in page
    assert "Nothing found" in (await admin.open("/console/audit?about=SM-NOSUCH")).text
    odd = (
        "/console/audit?since=0001-01-01&until=x&what=nonsense&after=%00&who=%00&about=999999999999999999999"
    )
    assert (await admin.open(odd)).status_code == 200


async def test_it_pages_to_the_very_first_entry(browser: Browser) -> None:
    admin = await an_admin(browser)
    async with transaction() as session:
        for n in range(120):
            record(session, "staff:ada", f"conversation.done_{n}", "conversation", n)
    seen, address = 0, "/console/audit?what=conversation."
    for _ in range(3):
        page = (await admin.open(address)).text
        seen += page.count("Conversation done")
        older = page.partition('class="more"')[2].partition('href="')[2].partition('"')[0]
        address = older.replace("&amp;", "&")
    assert seen == 120
    assert address == ""


async def test_it_is_for_admins_alone(maria: Browser) -> None:
    assert (await maria.open("/console/audit")).status_code == 403
    assert "/console/audit" not in (await maria.open("/console/requests")).text
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Look)) == 0
