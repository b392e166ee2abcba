"""Several requests in one go: what is said before is what happens, each stands for itself, and all of it can be taken back."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.cases.assignment import Assignment
from bot.cases.lookup import find_request, recent_requests
from bot.cases.public_view import view_of
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Audit, Batch, Contact, MailboxMail, Notice, ServiceRequest, Staff, Update
from bot.delivery import batches
from bot.delivery.push import update_request
from bot.keeping.sweep import sweep
from bot.photos.store import PhotoStore
from bot.settings import settings
from tests.console import Browser, a_conversation, a_request
from tests.integration.telling import tell_everybody
from tests.mailbox import WORKS, a_city_with_mailboxes

pytestmark = pytest.mark.integration


async def several(count: int = 3) -> list[str]:
    """Requests of as many residents."""
    return [
        await a_request(f"r{number}", await a_conversation(f"+1310555{1000 + number}"))
        for number in range(count)
    ]


async def row_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def ids(references: Sequence[str]) -> list[int]:
    return [(await row_of(one)).id for one in references]


async def stands(references: Sequence[str]) -> list[str]:
    return [(await row_of(one)).status for one in references]


async def chosen(browser: Browser, references: Sequence[str], **more: str) -> str:
    query = "&".join(f"chosen={one}" for one in await ids(references))
    return (await browser.open(f"/console/many?{query}")).text


def shown(browser: Browser) -> dict[str, str]:
    """The fields that the page has filled in to change them as it says."""
    form = browser.page.partition('action="/console/many/do"')[2].partition("</form>")[0]
    return {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


async def look(browser: Browser, references: Sequence[str], **wanted: str) -> str:
    await chosen(browser, references)
    fields = {"seen": browser.hidden("seen"), **wanted}
    return (await browser.send("/console/many", fields)).text


async def change(browser: Browser, references: Sequence[str], **wanted: str) -> str:
    """All the way; gives the address of what became of them."""
    await look(browser, references, **wanted)
    answer = await browser.send("/console/many/do", dict(shown(browser)))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def notices() -> list[tuple[str, str | None]]:
    async with transaction() as session:
        return [(one.state, one.why) for one in await session.scalars(select(Notice).order_by(Notice.id))]


async def test_they_are_chosen_from_the_list_and_nothing_happens_by_choosing(maria: Browser) -> None:
    references = await several()
    page = (await maria.open("/console/requests")).text
    assert page.count('name="chosen"') == 3
    page = await chosen(maria, references[:2])
    assert [reference in page for reference in references] == [True, True, False]
    assert await stands(references) == ["open"] * 3


async def test_what_is_shown_is_what_happens_and_everybody_is_told_in_their_language(maria: Browser) -> None:
    references = await several()
    async with transaction() as session:
        spanish = (await row_of(references[2])).conversation_id
        await session.execute(
            update(ServiceRequest).where(ServiceRequest.reference == references[2]).values(language="es")
        )
        await session.execute(update(Contact).where(Contact.address == "+13105551002").values(language="es"))
        assert spanish
    wanted = {"status": "in_progress", "words_en": "A crew is <b>out</b>.", "words_es": "Hay una cuadrilla."}
    page = await look(maria, references, **wanted)
    assert "<b>3</b> residents are told" in page
    assert "A crew is &lt;b&gt;out&lt;/b&gt;." in page
    assert "Hay una cuadrilla." in page
    assert await stands(references) == ["open"] * 3
    address = await change(maria, references, **wanted)
    assert "3 are changed" in (await maria.open(address)).text
    assert await stands(references) == ["in_progress"] * 3
    async with transaction() as session:
        told = list(await session.scalars(select(Notice.event).order_by(Notice.id)))
        held = list(await session.scalars(select(Notice.held_until)))
        entries = set(await session.scalars(select(Update.author).where(Update.to_status == "in_progress")))
        trail = await session.scalar(select(func.count()).where(Audit.action == "requests.changed"))
    assert [event["public_text"] for event in told] == ["A crew is <b>out</b>."] * 2 + ["Hay una cuadrilla."]
    assert None not in held
    assert (entries, trail) == ({"staff:maria"}, 1)
    assert await tell_everybody() == 3


async def test_those_that_cannot_go_there_stay_and_say_why(maria: Browser) -> None:
    open_, closed, photo, joined = await several(4)
    async with transaction() as session:
        await update_request(session, Change(closed, Status.CLOSED, "staff:vera", "No."))
        await session.execute(
            update(ServiceRequest).where(ServiceRequest.reference == photo).values(service_code="graffiti")
        )
        other = (await find_request(session, open_)).id
        await session.execute(
            update(ServiceRequest).where(ServiceRequest.reference == joined).values(merged_into_id=other)
        )
    page = await look(maria, [open_, closed, joined], status="on_hold")
    assert "needs a word to the resident" in page
    assert "cannot go there from where it stands" in page
    assert "goes with the one it was joined with" in page
    assert "Nothing: none of them can be changed so." in page
    assert 'action="/console/many/do"' not in page
    page = await look(maria, [open_, closed], status="on_hold", words_en="Waits for asphalt.")
    assert "Change one request" in page
    await maria.send("/console/many/do", dict(shown(maria)))
    assert await stands([open_, closed]) == ["on_hold", "closed"]


async def test_what_somebody_changed_meanwhile_is_not_overwritten_and_the_others_are_changed(
    maria: Browser,
) -> None:
    references = await several(2)
    await look(maria, references, status="in_progress")
    fields = dict(shown(maria))
    async with transaction() as session:
        await update_request(session, Change(references[0], Status.OPEN, "staff:vera", internal_note="Mine."))
    answer = await maria.send("/console/many/do", fields)
    page = (await maria.open(answer.headers["location"])).text
    assert "One is changed" in page
    assert "was changed by somebody meanwhile" in page
    assert await stands(references) == ["open", "in_progress"]


async def test_a_form_that_is_sent_twice_is_done_once(maria: Browser) -> None:
    references = await several(2)
    await look(maria, references, internal_note="Seen from the truck.")
    fields = dict(shown(maria))
    first = await maria.send("/console/many/do", fields)
    await maria.open("/console/many")
    again = await maria.client.post("/console/many/do", data={**fields})
    assert again.headers["location"] == first.headers["location"]
    async with transaction() as session:
        assert await session.scalar(select(func.count(Batch.id))) == 1
        noted = select(func.count()).where(Update.internal_note == "Seen from the truck.")
        assert await session.scalar(noted) == 2


async def test_undone_they_stand_as_before_nobody_is_told_and_none_counts_as_opened_again(
    maria: Browser,
) -> None:
    references = await several(2)
    wanted = {"status": "closed", "resolution": "nothing_found", "department": "Library", "crew": "Crew 4"}
    address = await change(maria, references, **wanted)
    assert await stands(references) == ["closed"] * 2
    assert "Undo" in (await maria.open(address)).text
    answer = await maria.send(f"{address.partition('?')[0]}/undo", {})
    page = (await maria.open(answer.headers["location"])).text
    assert "2 are as they were" in page
    for reference in references:
        row = await row_of(reference)
        assert (row.status, row.resolution, row.ended_at, row.crew) == ("open", None, None, "")
        assert row.department != "Library"
        last = row.updates[-1]
        assert (last.from_status, last.to_status) == ("closed", "open")
        assert last.undoes_id == row.updates[-2].id
    assert {state for state, _ in await notices()} == {"suppressed"}
    assert await tell_everybody() == 0
    async with transaction() as session:
        assert not any(await session.scalars(select(ServiceRequest.reopened)))
        assert not any(await session.scalars(select(ServiceRequest.not_fixed)))


async def test_undone_words_are_read_by_nobody_and_those_that_were_new_need_somebody_again(
    maria: Browser,
) -> None:
    references = await several(2)
    async with transaction() as session:
        await update_request(
            session, Change(references[1], Status.IN_PROGRESS, "staff:vera", "A crew is coming.")
        )
    before = set(re.findall(r"SM-\w{6}", (await maria.open("/console/requests")).text))
    assert references[0] in before
    address = await change(maria, references, status="on_hold", words_en="It waits for asphalt.")
    await maria.open(address)
    await maria.send(f"{address.partition('?')[0]}/undo", {})
    assert set(re.findall(r"SM-\w{6}", (await maria.open("/console/requests")).text)) == before
    for reference in references:
        row = await row_of(reference)
        view = view_of(row, row, followers=1)
        assert "asphalt" not in str((view.latest, view.earlier))
        assert view.reopened is False
        page = (await maria.open(f"/console/requests/{reference}")).text
        assert "undone, told to nobody" in page
    assert view.latest is not None
    assert view.latest.text == "A crew is coming."
    assert view.begun_at is not None
    async with transaction() as session:
        own = (await find_request(session, references[1])).conversation_id
        (summary,) = await recent_requests(session, own)
        assert summary.last_public_text == "A crew is coming."


async def test_whose_resident_was_told_or_was_changed_since_is_not_undone(maria: Browser) -> None:
    told, changed, quiet = references = await several(3)
    address = await change(maria, references, status="in_progress")
    async with transaction() as session:
        conversation_id = (await find_request(session, told)).conversation_id
        theirs = update(Notice).where(Notice.conversation_id == conversation_id)
        await session.execute(theirs.values(state="told"))
    async with transaction() as session:
        await update_request(session, Change(changed, Status.IN_PROGRESS, "staff:vera", "On our way."))
    await maria.open(address)
    answer = await maria.send(f"{address.partition('?')[0]}/undo", {})
    page = (await maria.open(answer.headers["location"])).text
    assert "One is as it was" in page
    assert "somebody was told already" in page
    assert "somebody changed it since" in page
    assert await stands([told, changed, quiet]) == ["in_progress", "in_progress", "open"]


async def test_the_mail_to_a_department_waits_as_well_and_is_taken_back(
    maria: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with a_city_with_mailboxes(tmp_path_factory.mktemp("pack")):
        references = await several(2)
        async with transaction() as session:
            for reference in references:
                held = Assignment("Library")
                await update_request(session, Change(reference, Status.OPEN, "staff:vera", assignment=held))
        address = await change(maria, references, department=WORKS)

        async def mails() -> Sequence[MailboxMail]:
            async with transaction() as session:
                # What filing mailed has gone out, or goes out, by itself.
                rows = select(MailboxMail).join(Update, Update.id == MailboxMail.update_id)
                return (await session.scalars(rows.where(Update.author == "staff:maria"))).all()

        assert [one.state for one in await mails()] == ["waiting"] * 2
        assert all(one.next_try_at >= one.created_at + batches.HELD_FOR for one in await mails())
        await maria.open(address)
        await maria.send(f"{address.partition('?')[0]}/undo", {})
        assert [one.state for one in await mails()] == ["needless"] * 2
        assert [(await row_of(one)).department for one in references] == ["Library"] * 2


async def test_a_hand_alone_changes_nothing_else_and_a_dash_takes_it_away(maria: Browser) -> None:
    one, two = await several(2)
    async with transaction() as session:
        held = Assignment("Library", "Crew 9", "maria")
        await update_request(session, Change(one, Status.OPEN, "staff:vera", assignment=held))
    await change(maria, [one, two], person="vera", crew="")
    assert [(await row_of(one)).crew, (await row_of(one)).department] == ["Crew 9", "Library"]
    await change(maria, [one, two], crew="-", person="-")
    row = await row_of(one)
    assert (row.crew, row.assignee_id, row.department) == ("", None, "Library")
    assert await notices() == []


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({}, "Choose a status, somebody to have them, or write something."),
        ({"words_en": "x" * 601}, "The words are too long"),
        ({"department": "Ministry of Magic"}, "not the city’s any more"),
        ({"crew": "x" * 61}, "60 characters"),
    ],
)
async def test_what_cannot_be_is_told_kindly(maria: Browser, wanted: dict[str, str], told: str) -> None:
    references = await several(1)
    await chosen(maria, references)
    answer = await maria.send("/console/many", {"seen": maria.hidden("seen"), **wanted})
    assert answer.status_code == 422
    assert told in answer.text
    assert await stands(references) == ["open"]


@pytest.mark.parametrize(
    "query", ["", "?chosen=99999999999999999999", "?chosen=0", "?chosen=-4", "?chosen=424242"]
)
async def test_where_none_is_chosen_the_page_says_so(maria: Browser, query: str) -> None:
    await several(1)
    assert "None is chosen" in (await maria.open(f"/console/many{query}")).text


async def test_who_sees_one_department_changes_no_other(maria: Browser) -> None:
    mine, theirs = await several(2)
    async with transaction() as session:
        for reference, name in ((mine, "Library"), (theirs, "Police")):
            held = Assignment(name)
            await update_request(session, Change(reference, Status.OPEN, "staff:vera", assignment=held))
    await look(maria, [mine, theirs], status="in_progress")
    fields = dict(shown(maria))
    async with transaction() as session:
        own = update(Staff).where(Staff.username == "maria")
        await session.execute(own.values(department="Library", own_department_only=True))
    page = await chosen(maria, [mine, theirs])
    assert mine in page
    assert theirs not in page
    await maria.client.post("/console/many/do", data=fields)
    assert await stands([mine, theirs]) == ["in_progress", "open"]


async def test_what_one_changed_another_does_not_look_at_or_undo(maria: Browser) -> None:
    references = await several(1)
    address = (await change(maria, references, status="in_progress")).partition("?")[0]
    await maria.open("/console/requests")
    await maria.client.post("/console/logout", data={"csrf_token": maria.hidden("csrf_token")})
    async with transaction() as session:
        await session.execute(update(Staff).where(Staff.username == "vera").values(role="agent"))
    await maria.log_in("vera")
    assert (await maria.open(address)).status_code == 404
    await maria.open("/console/requests")
    assert (await maria.send(f"{address}/undo", {})).status_code == 404
    assert await stands(references) == ["in_progress"]


async def test_ready_words_are_written_in_both_languages_without_a_script(maria: Browser) -> None:
    references = await several(1)
    page = await look(maria, references, status="in_progress", ready="0")
    english = maria.page.partition('name="words_en"')[2].partition('value="')[2].partition('"')[0]
    assert english
    assert english in page
    assert maria.page.partition('name="words_es"')[2].partition('value="')[2].partition('"')[0] not in (
        "",
        english,
    )


async def test_what_was_changed_in_one_go_is_forgotten_after_a_month_and_the_histories_stay(
    maria: Browser,
) -> None:
    (reference,) = await several(1)
    address = await change(maria, [reference], status="in_progress")
    store = PhotoStore(settings().photo_store_url)
    now = datetime.now(UTC)
    assert (await sweep(settings(), store, now + timedelta(days=29)))["batches"] == 0
    assert (await sweep(settings(), store, now + timedelta(days=31)))["batches"] == 1
    assert (await maria.open(address)).status_code == 404
    assert (await row_of(reference)).updates[-1].to_status == "in_progress"
