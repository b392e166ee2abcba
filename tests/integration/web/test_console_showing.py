"""Staff choose what the public sees of a request: photos of residents, a summary in their own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.following import Following, follow_request
from bot.cases.merging import merge_requests
from bot.cases.photos import keep_photo
from bot.cases.public_links import public_token
from bot.cases.showing import MAX_SUMMARY, take_back
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, RequestPhoto, ServiceRequest
from bot.keeping.erasing import erase_contact
from bot.keeping.request_words import forget_request_words
from bot.photos.intake import take_in
from bot.web.media import current_store
from tests.console import PICO, Browser, a_conversation, a_request
from tests.photos import jpeg

pytestmark = pytest.mark.integration


async def a_photo(width: int = 640) -> int:
    taken = take_in(jpeg(width))
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


async def public_page(browser: Browser, reference: str) -> str:
    async with transaction() as session:
        found = await session.scalar(select(ServiceRequest.id).where(ServiceRequest.reference == reference))
    assert found is not None
    return (await browser.client.get(f"/r/{public_token(found)}")).text


async def acts() -> list[tuple[str, str, dict[str, object]]]:
    """What the audit trail has of showing."""
    async with transaction() as session:
        rows = await session.scalars(select(Audit).order_by(Audit.id))
        shown = ("request.photo_", "request.summary_", "request.listed", "request.unlisted")
        return [(row.actor, row.action, row.detail) for row in rows if row.action.startswith(shown)]


async def test_a_photo_is_shown_and_hidden_again_with_one_button(maria: Browser) -> None:
    photo = await a_photo()
    reference = await a_request(photo_ids=(photo,))
    address = f"/console/requests/{reference}"
    page = (await maria.open(address)).text
    assert "Only staff see it" in page
    assert f"/photos/{photo}" not in await public_page(maria, reference)
    answer = await maria.send(f"{address}/show-photo", {"photo": photo, "shown": "yes"})
    assert answer.headers["location"] == f"{address}#public"
    assert f"/photos/{photo}" in await public_page(maria, reference)
    assert "On the public page" in (await maria.open(address)).text
    # A second click, or a colleague's, changes nothing and is no second act.
    await maria.send(f"{address}/show-photo", {"photo": photo, "shown": "yes"})
    await maria.send(f"{address}/show-photo", {"photo": photo, "shown": "no"})
    assert f"/photos/{photo}" not in await public_page(maria, reference)
    assert await acts() == [
        ("staff:maria", "request.photo_shown", {"photo_id": photo}),
        ("staff:maria", "request.photo_hidden", {"photo_id": photo}),
    ]


async def test_only_photos_that_residents_sent_for_this_request_can_be_shown(maria: Browser) -> None:
    theirs, work = await a_photo(640), await a_photo(660)
    reference, other = await a_request(photo_ids=(theirs,)), await a_request("two")
    async with transaction() as session:
        await change_request(
            session, Change(reference, Status.RESOLVED, "staff:ana", "Done.", photo_ids=(work,))
        )
    await maria.open(f"/console/requests/{reference}")
    for where, photo in ((other, str(theirs)), (reference, str(work)), (reference, "0"), (reference, "x")):
        answer = await maria.client.post(
            f"/console/requests/{where}/show-photo",
            data={"csrf_token": maria.hidden("csrf_token"), "photo": photo, "shown": "yes"},
        )
        assert answer.status_code == 404
    async with transaction() as session:
        assert not any(await session.scalars(select(RequestPhoto.cleared)))


async def test_a_summary_is_written_by_staff_and_nothing_is_said_until_then(maria: Browser) -> None:
    reference = await a_request(description="pothole by my house, ask for <b>Ana</b>")
    address = f"/console/requests/{reference}"
    page = (await maria.open(address)).text
    # The resident's words stand in the form, to begin with, and nowhere else.
    assert "pothole by my house, ask for &lt;b&gt;Ana&lt;/b&gt;</textarea>" in page
    assert "by my house" not in await public_page(maria, reference)
    await maria.send(f"{address}/summary", {"public_summary": " A deep <pothole>.\r\nTwo cars wide. "})
    shown = await public_page(maria, reference)
    assert '<p class="summary" dir="auto">A deep &lt;pothole&gt;.\nTwo cars wide.</p>' in shown
    assert "Two cars wide.</textarea>" in (await maria.open(address)).text
    await maria.send(f"{address}/summary", {"public_summary": ""})
    assert 'class="summary"' not in await public_page(maria, reference)
    # The trail tells who and when; the words are in one place only.
    assert await acts() == [
        ("staff:maria", "request.summary_written", {"characters": 32}),
        ("staff:maria", "request.summary_removed", {"characters": 0}),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("x" * (MAX_SUMMARY + 1), f"{MAX_SUMMARY + 1} characters"),
        ("A pothole. Call 310-555-0123.", "a telephone number or an e-mail address"),
        ("A pothole, says ana@example.org", "a telephone number or an e-mail address"),
    ],
)
async def test_a_summary_that_should_not_go_out_comes_back_as_it_was(
    maria: Browser, words: str, told: str
) -> None:
    reference = await a_request()
    address = f"/console/requests/{reference}"
    await maria.open(address)
    answer = await maria.send(f"{address}/summary", {"public_summary": words})
    assert answer.status_code == 422
    assert told in answer.text
    assert f"{words}</textarea>" in answer.text
    assert 'class="summary"' not in await public_page(maria, reference)
    assert await acts() == []


async def test_who_listed_a_request_is_in_the_trail_once(maria: Browser) -> None:
    reference = await a_request()
    address = f"/console/requests/{reference}"
    for shown in ("yes", "yes", "no", "no"):
        await maria.open(address)
        assert (await maria.send(f"{address}/listed", {"shown": shown})).status_code == 303
    assert await acts() == [("staff:maria", "request.listed", {}), ("staff:maria", "request.unlisted", {})]


async def test_viewers_see_what_is_shown_and_change_nothing(browser: Browser) -> None:
    photo = await a_photo()
    reference = await a_request(photo_ids=(photo,))
    address = f"/console/requests/{reference}"
    await browser.log_in("vera")
    page = (await browser.open(address)).text
    assert "Only staff see it" in page
    assert "show-photo" not in page
    assert 'name="public_summary"' not in page
    for way, data in (
        ("show-photo", {"photo": photo, "shown": "yes"}),
        ("summary", {"public_summary": "Hi"}),
        ("listed", {"shown": "yes"}),
    ):
        assert (await browser.send(f"{address}/{way}", {**data})).status_code == 403
        await browser.open(address)
    assert await acts() == []


@pytest.mark.parametrize("way", ["show-photo", "summary", "listed"])
async def test_an_unknown_request_is_not_found(maria: Browser, way: str) -> None:
    await a_request()
    await maria.open("/console/requests")
    fields = {"photo": 1, "shown": "yes", "public_summary": "Hi"}
    assert (await maria.send(f"/console/requests/SM-NOSUCH/{way}", {**fields})).status_code == 404


async def test_the_page_of_a_request_leads_to_its_public_page(maria: Browser) -> None:
    reference = await a_request()
    page = (await maria.open(f"/console/requests/{reference}")).text
    async with transaction() as session:
        found = await session.scalar(select(ServiceRequest.id))
    assert found is not None
    assert f'/r/{public_token(found)}" target="_blank" rel="noopener noreferrer"' in page


async def test_a_joined_request_leaves_showing_to_the_one_it_went_into(maria: Browser) -> None:
    first, second = await a_request(), await a_request("two", await a_conversation("+13105550188"))
    async with transaction() as session:
        await merge_requests(session, second, first, "staff:ana")
    page = (await maria.open(f"/console/requests/{second}")).text
    assert "Its link shows" in page
    assert 'name="public_summary"' not in page


async def test_a_photo_that_a_colleague_shows_reaches_the_open_page(maria: Browser) -> None:
    photo = await a_photo()
    reference = await a_request(photo_ids=(photo,))
    await maria.open(f"/console/requests/{reference}")
    await maria.send(f"/console/requests/{reference}/show-photo", {"photo": photo, "shown": "yes"})
    fresh = await maria.open(f"/console/requests/{reference}/fresh")
    assert '<div id="public-photos" hx-swap-oob="innerHTML">' in fresh.text
    assert "On the public page" in fresh.text
    assert "<textarea" not in fresh.text  # what a clerk is typing is never touched


async def test_who_is_erased_takes_back_photos_everywhere_and_the_words_of_their_own(maria: Browser) -> None:
    mine, followers = await a_photo(640), await a_photo(660)
    bens = await a_conversation("+13105550177")
    reference = await a_request(photo_ids=(mine,))
    other = await a_request("two", await a_conversation("+13105550188", "a lamp"), service_code="streetlight")
    async with transaction() as session:
        await follow_request(session, Following(bens, reference, "here too", "", PICO, (followers,)))
    for where, photo in ((reference, mine), (reference, followers)):
        await maria.open(f"/console/requests/{where}")
        await maria.send(f"/console/requests/{where}/show-photo", {"photo": photo, "shown": "yes"})
    for where in (reference, other):
        await maria.open(f"/console/requests/{where}")
        await maria.send(f"/console/requests/{where}/summary", {"public_summary": "A thing to mend."})
    async with transaction() as session:
        ben = await session.scalar(select(Contact.id).where(Contact.address == "+13105550177"))
        assert ben is not None
        await erase_contact(session, ben, actor="staff:maria")
    page = await public_page(maria, reference)
    assert f"/photos/{mine}" in page
    assert f"/photos/{followers}" not in page
    assert "A thing to mend." in page
    async with transaction() as session:
        owner = await session.scalar(select(Contact.id).where(Contact.address == "+13105550123"))
        assert owner is not None
        await erase_contact(session, owner, actor="staff:maria")
    page = await public_page(maria, reference)
    assert f"/photos/{mine}" not in page
    assert "A thing to mend." not in page
    assert "A thing to mend." in await public_page(maria, other)


async def test_photos_of_the_first_months_that_name_no_sender_go_with_their_request(maria: Browser) -> None:
    photo = await a_photo()
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id, photo_ids=(photo,))
    async with transaction() as session:
        (row,) = await session.scalars(select(RequestPhoto))
        row.conversation_id, row.cleared = None, True
    async with transaction() as session:
        await take_back(session, conversation_id)
    assert f"/photos/{photo}" not in await public_page(maria, reference)


async def test_the_words_for_the_public_go_with_the_other_words_of_an_old_request(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    await maria.send(f"/console/requests/{reference}/summary", {"public_summary": "A deep hole."})
    async with transaction() as session:
        closed = Change(reference, Status.CLOSED, "staff:ana", "Gone.", resolution=Resolution.NOTHING_FOUND)
        await change_request(session, closed)
    async with transaction() as session:
        assert await forget_request_words(session, datetime.now(UTC) + timedelta(days=1), 10) == 1
    assert "A deep hole." not in await public_page(maria, reference)
