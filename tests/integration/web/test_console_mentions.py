"""Who is named in a note of a colleague finds it: a badge, a page, a mail if they want it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.cases.mentions import count_unseen, named_in
from bot.cases.staff import member_of
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Mention, Staff
from bot.delivery.push import update_request
from tests.console import Browser, a_request
from tests.plans import plan_with

pytestmark = pytest.mark.integration


async def note(reference: str, words: str, author: str = "staff:vera") -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, Status.OPEN, author, internal_note=words))


async def unseen(username: str) -> int:
    async with transaction() as session:
        person = (await session.scalars(select(Staff).where(Staff.username == username))).one()
        return await count_unseen(session, member_of(person))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("@maria please look", ("maria",)),
        ("ask @Maria, @sam.o-k. and @maria", ("maria", "sam.o-k")),
        ("(@maria)", ("maria",)),
        ("mail ana@example.gov or @@maria", ()),
        ("@", ()),
    ],
)
def test_names_in_a_note_are_read_as_people_write_them(words: str, named: tuple[str, ...]) -> None:
    assert named_in(words) == named


async def test_whoever_is_named_has_a_badge_and_the_note_on_a_page_until_it_is_seen(maria: Browser) -> None:
    reference = await a_request()
    assert 'class="mentioned"' not in (await maria.open("/console/requests")).text
    await note(reference, "@maria <b>which</b> asphalt? @nobody")
    page = (await maria.open("/console/requests")).text
    assert '<span class="badge">1</span><span class="visually-hidden"> note mentions you' in page
    page = (await maria.open("/console/mentions")).text
    assert "@maria &lt;b&gt;which&lt;/b&gt; asphalt?" in page
    assert reference in page
    assert (await maria.send("/console/mentions/seen", {})).status_code == 303
    page = (await maria.open("/console/mentions")).text
    assert 'class="mentioned"' not in page
    assert "which" in page


async def test_one_note_is_seen_by_itself_and_only_ones_own(maria: Browser) -> None:
    reference = await a_request()
    await note(reference, "@maria one")
    await note(reference, "@maria two, @vera", "staff:sam")
    async with transaction() as session:
        first = (await session.scalars(select(Mention).order_by(Mention.id))).first()
        assert first is not None
        vera = select(Staff.id).where(Staff.username == "vera").scalar_subquery()
        of_vera = await session.scalar(select(Mention.id).where(Mention.staff_id == vera))
    await maria.open("/console/mentions")
    await maria.send("/console/mentions/seen", {"mention": str(of_vera)})
    await maria.open("/console/mentions")
    await maria.send("/console/mentions/seen", {"mention": str(first.id)})
    assert (await unseen("maria"), await unseen("vera")) == (1, 1)


async def test_who_answers_on_the_request_has_seen_it_and_nobody_mentions_themselves(maria: Browser) -> None:
    reference = await a_request()
    await note(reference, "@maria @vera?")
    assert (await unseen("maria"), await unseen("vera")) == (1, 0)
    await note(reference, "Yes, @vera", "staff:maria")
    assert (await unseen("maria"), await unseen("vera")) == (0, 1)


async def test_the_page_pages(maria: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.console.mentions.SHOWN", 2)
    reference = await a_request()
    for number in range(3):
        await note(reference, f"@maria note {number}")
    page = (await maria.open("/console/mentions")).text
    assert "note 2" in page
    assert "note 0" not in page
    older = page.partition('href="/console/mentions?before=')[2].partition('"')[0]
    assert "note 0" in (await maria.open(f"/console/mentions?before={older}")).text


async def test_the_badge_of_every_page_is_counted_by_its_own_index(maria: Browser) -> None:
    await note(await a_request(), "@maria")
    query = "SELECT count(*) FROM mentions WHERE staff_id = 1 AND seen_at IS NULL"
    assert "ix_mentions_unseen" in await plan_with("ix_mentions_unseen", query)


async def test_the_mail_is_chosen_on_the_account_page(maria: Browser) -> None:
    await maria.open("/console/account")
    fields = {"email": "maria@example.gov", "language": "en", "mentioned": "yes"}
    assert (await maria.send("/console/account", fields)).status_code == 303
    async with transaction() as session:
        person = (await session.scalars(select(Staff).where(Staff.username == "maria"))).one()
        assert person.wants_mentioned
    assert 'name="mentioned" value="yes" checked' in (await maria.open("/console/account")).text
