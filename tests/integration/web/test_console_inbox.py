"""The inbox: what needs somebody and why, what it is narrowed to, and views of one's own."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request, add_words
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_request
from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Danger, SavedView, ServiceRequest, Staff
from bot.delivery.push import update_request
from tests.alarms import told_danger
from tests.console import PASSWORD, Browser, a_conversation, a_request, fresh_client

pytestmark = pytest.mark.integration
HTMX = {"hx-request": "true"}


def references(page: str) -> list[str]:
    return re.findall(r'class="request" id="request-\d+" href="/console/requests/([^"]+)"', page)


def row_of(page: str, reference: str) -> str:
    """What stands in the row of a request, without tags."""
    found = re.search(rf'href="/console/requests/{reference}">(.*?)</a>', page, re.DOTALL)
    assert found, "the list has no such row"
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])))


def counts(page: str) -> dict[str, str]:
    return dict(re.findall(r">([A-Z][\w ]+) <span class=\"count\">([\d,+]+)</span>", page))


async def touched(reference: str, status: Status = Status.IN_PROGRESS, words: str = "") -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:maria", words))


async def listed(maria: Browser, query: str) -> set[str]:
    return set(references((await maria.open(f"/console/requests?{query}")).text))


async def test_it_opens_on_what_needs_somebody_and_each_row_says_why(maria: Browser) -> None:
    conversation, other = await a_conversation(), await a_conversation("+13105550177")
    new, begun, late, wrote, asked, left = [await a_request(f"key {n}", conversation) for n in range(6)]
    parked = await a_request("parked", other)
    for reference in (begun, late, wrote, asked, parked):
        await touched(reference)
    await touched(left, Status.RESOLVED, "Filled.")
    async with transaction() as session:
        (await find_request(session, late)).due_on = datetime.now(city().time_zone).date() - timedelta(days=2)
        await add_words(session, conversation, "and it grows", wrote)
        await add_to_request(session, conversation, Said("when do you come?", asks=True), asked)
        await record_feedback(session, conversation, left, Verdict.NOT_FIXED)
        (await session.get_one(Conversation, other)).wants_person_at = datetime.now(UTC)
    page = (await maria.open("/console/requests")).text
    assert set(references(page)) == {new, late, wrote, asked, left, parked}
    assert references(page)[0] == left
    for reference, why in [
        (new, "New"),
        (late, "Overdue"),
        (wrote, "Added to"),
        (asked, "Asks you"),
        (left, "Not fixed"),
        (parked, "Waits for a person"),
    ]:
        assert why in row_of(page, reference), why
    assert counts(page)["Needs you"] == "6"
    assert counts(page)["All"] == "7"


async def test_danger_is_first_until_somebody_sees_to_it(maria: Browser) -> None:
    left = await a_request("left", await a_conversation("+13105550177"))
    await touched(left, Status.RESOLVED, "Filled.")
    told = await told_danger(text="the pole is on fire")
    burning = await a_request("burning", told)
    await touched(burning, Status.IN_PROGRESS, "A crew is on its way.")
    async with transaction() as session:
        conversation = (await find_request(session, left)).conversation_id
        await record_feedback(session, conversation, left, Verdict.NOT_FIXED)
    page = (await maria.open("/console/requests")).text
    assert references(page) == [burning, left]
    assert "Danger" in row_of(page, burning)
    async with transaction() as session:
        await session.execute(update(Danger).values(acknowledged_at=datetime.now(UTC)))
    page = (await maria.open("/console/requests?status=all")).text
    assert references(page) == [left, burning]
    assert "Danger" not in row_of(page, burning)


async def test_what_staff_answered_needs_nobody_any_more(maria: Browser) -> None:
    conversation = await a_conversation()
    reference = await a_request("one", conversation)
    async with transaction() as session:
        await add_to_request(session, conversation, Said("when do you come?", asks=True), reference)
    assert await listed(maria, "") == {reference}
    await touched(reference, words="Tomorrow morning.")
    page = (await maria.open("/console/requests")).text
    assert references(page) == []
    assert "Nothing needs you now." in page
    assert 'href="/console/requests?status=unfinished"' in page


async def test_the_counts_of_the_tabs_follow_search_and_filters(maria: Browser) -> None:
    pothole, graffiti = await a_request("one"), await a_request("two", service_code="graffiti")
    await touched(graffiti)
    page = (await maria.open("/console/requests?service=graffiti")).text
    assert (counts(page)["Needs you"], counts(page)["In progress"], counts(page)["All"]) == ("0", "1", "1")
    assert "One does among all requests</a>" in page  # says where it is instead of "nothing"
    page = (await maria.open(f"/console/requests?q={pothole}")).text
    assert (counts(page)["Open"], counts(page)["In progress"], counts(page)["All"]) == ("1", "0", "1")


async def test_it_is_narrowed_by_neighborhood_channel_language_and_age(maria: Browser) -> None:
    old, young = await a_request("one"), await a_request("two")
    async with transaction() as session:
        row = await find_request(session, old)
        row.neighborhood, row.channel, row.language = "Ocean Park", "telegram", "es"
        row.created_at = datetime.now(UTC) - timedelta(days=100)
    for query, expected in [
        ("neighborhood=Ocean+Park", {old}),
        ("neighborhood=Pico", {young}),
        ("channel=telegram", {old}),
        ("language=es", {old}),
        ("language=en&channel=sms", {young}),
        ("age=day", {young}),
        ("age=over_quarter", {old}),
        ("age=month&language=es", set()),
        ("age=nonsense&channel=%27%3B--&language=%00", {old, young}),
    ]:
        assert await listed(maria, query) == expected, query


async def test_the_views_of_everybody_show_what_their_names_say(maria: Browser) -> None:
    plain, again = await a_request("one"), await a_request("two")
    silent = await a_request("three", await a_conversation("+13105550188"))
    await touched(again, Status.RESOLVED, "Filled.")
    await touched(again, Status.OPEN)
    async with transaction() as session:
        gone = select(Contact.id).where(Contact.address == "+13105550188")
        await session.execute(
            update(Contact).where(Contact.id.in_(gone)).values(opted_out_at=datetime.now(UTC))
        )
    page = (await maria.open("/console/requests")).text
    views = {
        name: html.unescape(address)
        for address, name in re.findall(r'<a href="(/console/requests\?[^"]+)"[^>]*>([A-Z][^<]+)</a>', page)
    }
    shown = {
        name: set(references((await maria.open(views[name])).text))
        for name in ("Mine", "Unassigned", "Overdue", "Reopened", "Cannot be texted")
    }
    assert shown == {
        "Mine": set(),
        "Unassigned": {plain, again, silent},
        "Overdue": set(),
        "Reopened": {again},
        "Cannot be texted": {silent},
    }


async def test_a_filter_is_kept_under_a_name_and_only_its_owner_has_it(
    maria: Browser,
) -> None:
    await a_request("one", service_code="graffiti")
    await maria.open("/console/requests?service=graffiti&language=es")
    saved = await maria.send(
        "/console/views", {"query": html.unescape(maria.hidden("query")), "name": " Paint  <b>es</b> "}
    )
    assert saved.status_code == 303
    page = (await maria.open(saved.headers["location"])).text
    assert 'aria-current="true">Paint &lt;b&gt;es&lt;/b&gt;</a>' in page
    await maria.send("/console/views", {"query": "language=es", "name": "Paint <b>es</b>"})
    async with transaction() as session:
        (view,) = await session.scalars(select(SavedView))
        assert view.query == "status=needs&language=es"  # the same name: the newer one
        await create_staff(session, "noor", PASSWORD, role=Role.AGENT)
        view_id = view.id
    async with fresh_client() as client:
        noor = Browser(client)
        await noor.log_in("noor")
        page = (await noor.open("/console/requests?language=es")).text
        assert "Paint" not in page
        await noor.send("/console/views/remove", {"query": "", "view": view_id})
    async with transaction() as session:
        assert await session.scalar(select(SavedView.id)) == view_id
    await maria.open("/console/requests?language=es")
    await maria.send("/console/views/remove", {"query": "language=es", "view": view_id})
    async with transaction() as session:
        assert await session.scalar(select(SavedView.id)) is None


async def test_the_list_looks_as_its_owner_wants_it_and_only_theirs(maria: Browser) -> None:
    await a_request("one")
    page = (await maria.open("/console/requests")).text
    assert 'class="requests "' in page
    fields = {
        "query": "status=unfinished",
        "show": ["no-place", "no-holder", "no-odd", "x" * 99],
        "dense": "yes",
    }
    answer = await maria.send("/console/list-shape", fields)
    assert answer.headers["location"] == "/console/requests?status=unfinished"
    page = (await maria.open("/console/requests")).text
    assert 'class="requests dense no-photo no-reference no-channel"' in page
    async with transaction() as session:
        await create_staff(session, "ben", PASSWORD, name="Ben Ortiz", role=Role.REVIEWER)
    async with fresh_client() as client:
        ben = Browser(client)
        await ben.log_in("ben")
        assert 'class="requests "' in (await ben.open("/console/requests")).text
    await maria.open("/console/requests")
    everything = ["no-photo", "no-place", "no-holder", "no-reference", "no-channel"]
    await maria.send("/console/list-shape", {"query": "", "show": everything})
    assert 'class="requests "' in (await maria.open("/console/requests")).text


async def test_a_view_without_a_name_is_not_kept_and_the_page_says_so(maria: Browser) -> None:
    await maria.open("/console/requests")
    answer = await maria.send("/console/views", {"query": "language=es", "name": "  "})
    page = (await maria.open(answer.headers["location"])).text
    assert "give the view a name" in page


async def test_who_is_confined_to_a_department_neither_counts_nor_finds_what_others_have(
    maria: Browser,
) -> None:
    theirs, other = await a_request("one"), await a_request("two")
    async with transaction() as session:
        (await find_request(session, theirs)).department = "Library"
        (await find_request(session, other)).department = "Police"
        await create_staff(session, "lena", PASSWORD, role=Role.AGENT, department="Library")
        await session.execute(update(Staff).where(Staff.username == "lena").values(own_department_only=True))
    assert await listed(maria, "q=pothole") == {theirs, other}
    async with fresh_client() as client:
        lena = Browser(client)
        await lena.log_in("lena")
        page = (await lena.open("/console/requests?q=pothole")).text
        assert references(page) == [theirs]
        assert counts(page)["All"] == "1"
        assert await listed(lena, f"q={other}") == set()


async def test_rows_that_another_system_made_do_not_break_the_list(maria: Browser) -> None:
    """A point without its kind, a service and a department of nobody, a reference of another shape."""
    reference = await a_request("one")
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest)
            .where(ServiceRequest.reference == reference)
            .values(
                reference="old/17 #b",
                service_code="trash?from-1999",
                department="Dept. of <Nothing>",
                location_kind=None,
                neighborhood="",
                channel="fax",
                language="tlh",
                description="",
            )
        )
    for query in ("", "q=old", "sort=promise", "sort=number", "channel=fax", "language=tlh", "status=all"):
        answer = await maria.open(f"/console/requests?{query}")
        assert answer.status_code == 200
        assert references(answer.text) == ["old/17%20%23b"], query
        assert "Dept. of &lt;Nothing&gt;" in answer.text
