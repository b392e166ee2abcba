"""Followers on the page of a request: who they are, joining two requests, taking one out again."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select, update

from bot.cases.additions import add_answer, add_words
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.changes import changed_since, current_version
from bot.db.session import transaction
from bot.db.tables import Contact, ServiceRequest
from bot.delivery.push import join_requests, take_out, update_request
from bot.web.console.followers import SHOWN
from tests.console import PICO, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration
BEN = "+13105550177"


async def followed() -> tuple[str, int]:
    """A request that Ben follows, and Ben's conversation."""
    reference = await a_request()
    ben = await a_conversation(BEN)
    async with transaction() as session:
        await follow_request(
            session, Following(ben, reference, "it <i>broke</i> my wheel", "by the shop", PICO)
        )
    return reference, ben


async def follow_request_of(reference: str, address: str = "+13105550180") -> int:
    """Somebody else follows it; gives their conversation."""
    conversation_id = await a_conversation(address)
    async with transaction() as session:
        await follow_request(session, Following(conversation_id, reference, "here too", "", PICO))
    return conversation_id


async def joined_by(browser: Browser, source: str, target: str) -> httpx.Response:
    """A clerk looks at both, and confirms."""
    await browser.open(f"/console/requests/{source}/join?into={target}")
    fields = {"into": target, "seen": browser.hidden("seen")}
    return await browser.send(f"/console/requests/{source}/join", fields)


@pytest.mark.parametrize(
    ("spanish", "said"),
    [((), ""), ((BEN,), "1 of them writes Spanish"), ((BEN, "+13105550123"), "they write Spanish")],
)
async def test_words_are_written_for_all_who_read_them_not_for_who_filed(
    maria: Browser, spanish: tuple[str, ...], said: str
) -> None:
    reference, _ = await followed()
    async with transaction() as session:
        await session.execute(update(Contact).where(Contact.address.in_(spanish)).values(language="es"))
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert said in page
    assert ("Spanish" in page.partition('<div id="reach">')[2].partition("</div>")[0]) is bool(said)


async def test_followers_are_shown_with_what_they_said(maria: Browser) -> None:
    reference, ben = await followed()
    page = (await maria.open(f"/console/requests/{reference}")).text
    for words in (
        "2 residents follow this",
        "(310) 555-0177",
        "it &lt;i&gt;broke&lt;/i&gt; my wheel",
        f"/console/conversations/{ben}",
    ):
        assert words in page, words
    assert "2 residents" in (await maria.open("/console/requests")).text


async def test_open_requests_nearby_are_offered_to_compare_and_joined(maria: Browser) -> None:
    first = await a_request("one")
    second = await a_request("two", await a_conversation(BEN))
    page = (await maria.open(f"/console/requests/{second}")).text
    assert f'href="/console/requests/{second}/join?into={first}"' in page
    answer = await joined_by(maria, second, first)
    assert answer.headers["location"].startswith(f"/console/requests/{first}?joined=")
    page = (await maria.open(f"/console/requests/{first}")).text
    assert "their report was joined" in page
    joined = (await maria.open(f"/console/requests/{second}")).text
    assert f'Joined with <a href="/console/requests/{first}"' in joined


async def test_a_follower_can_be_taken_out(maria: Browser) -> None:
    reference, ben = await followed()
    await maria.open(f"/console/requests/{reference}")
    answer = await maria.send(f"/console/requests/{reference}/take-out", {"conversation": str(ben)})
    own = answer.headers["location"].removeprefix("/console/requests/")
    async with transaction() as session:
        request = await find_request(session, own)
    assert (request.conversation_id, request.description, request.status) == (
        ben,
        "it <i>broke</i> my wheel",
        Status.OPEN,
    )


async def test_who_filed_a_request_is_not_taken_out_of_it_and_the_clerk_reads_why(maria: Browser) -> None:
    ann = await a_conversation()
    reference = await a_request("one", ann)
    await maria.open(f"/console/requests/{reference}")
    answer = await maria.send(f"/console/requests/{reference}/take-out", {"conversation": str(ann)})
    assert "it is their own report" in (await maria.open(answer.headers["location"])).text


async def test_a_joined_request_goes_with_the_other_one_and_says_so(maria: Browser) -> None:
    first, second = await a_request("one"), await a_request("two", await a_conversation(BEN))
    await follow_request_of(second)
    page = (await maria.open(f"/console/requests/{second}")).text
    seen = page.partition('name="seen_update" value="')[2].partition('"')[0]
    async with transaction() as session:
        await join_requests(session, second, first, "staff:sam")
    fields = {
        "seen_update": seen,
        "from_status": "open",
        "status": "in_progress",
        "public_text": "On our way",
    }
    answer = await maria.send(f"/console/requests/{second}", fields)
    assert answer.status_code == 409
    assert "This request is joined with another one" in answer.text
    assert "On our way" in answer.text
    page = (await maria.open(f"/console/requests/{second}")).text
    assert 'value="open"' not in page
    assert "take-out" not in page, "they follow the other one"
    async with transaction() as session:
        assert (await find_request(session, second)).status == Status.CLOSED


async def test_what_followers_do_reaches_a_page_that_is_open(maria: Browser) -> None:
    ann = await a_conversation()
    reference = await a_request("one", ann)
    first = await follow_request_of(reference, "+13105550181")
    await follow_request_of(reference, "+13105550182")
    async with transaction() as session:
        topic = f"r{(await find_request(session, reference)).id}"
    for act in (
        lambda session: add_words(session, first, "and it grows", reference),
        lambda session: add_words(session, ann, "still there", reference),
        lambda session: take_out(session, reference, first, "staff:sam"),
        lambda session: add_answer(session, ann, reference, "size", "larger"),
    ):
        async with transaction() as session:
            before = await current_version(session)
        async with transaction() as session:
            await act(session)
        async with transaction() as session:
            news = await changed_since(session, before)
            assert topic in news.topics
            assert (await changed_since(session, news.version)).topics == frozenset()


async def test_of_very_many_followers_the_newest_are_shown_and_the_others_counted(maria: Browser) -> None:
    reference = await a_request()
    for number in range(SHOWN + 3):
        await follow_request_of(reference, f"+1310555{number:04}")
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert f"{SHOWN + 4} residents follow this" in page
    assert "and 3 more" in page
    assert page.count("/take-out") == SHOWN
    assert f"(310) 555-{SHOWN + 2:04}" in page


@pytest.mark.parametrize("into", ["", "SM-999999", "nonsense", "\x00"])
async def test_a_reference_that_is_none_is_told_kindly(maria: Browser, into: str) -> None:
    reference = await a_request()
    address = f"/console/requests/{reference}/join"
    shown = await maria.client.get(address, params={"into": into})
    await maria.open(f"/console/requests/{reference}")
    sent = await maria.send(address, {"into": into})
    for answer in (shown, sent):
        page = await maria.open(answer.headers["location"])
        assert "There is no request with that reference." in page.text


async def test_joining_with_itself_is_told_kindly(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await maria.send(f"/console/requests/{reference}/join", {"into": reference})
    assert "cannot be joined" in (await maria.open(answer.headers["location"])).text


async def test_what_is_not_there_is_404_and_viewers_may_not(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    for address, fields in [
        ("/console/requests/SM-999999/join", {"into": reference}),
        ("/console/requests/SM-999999/take-out", {"conversation": "1"}),
        (f"/console/requests/{reference}/take-out", {"conversation": "999"}),
        (f"/console/requests/{reference}/take-out", {"conversation": "x"}),
    ]:
        await maria.open(f"/console/requests/{reference}")
        assert (await maria.send(address, fields)).status_code == 404, address


async def test_a_viewer_reads_but_joins_nothing(browser: Browser) -> None:
    reference, ben = await followed()
    await browser.log_in("vera")
    page = (await browser.open(f"/console/requests/{reference}")).text
    assert "2 residents follow this" in page
    assert "take-out" not in page
    answer = await browser.send(f"/console/requests/{reference}/take-out", {"conversation": str(ben)})
    assert answer.status_code == 403


async def test_a_request_without_a_place_has_a_page_without_a_map(maria: Browser) -> None:
    reference = await a_request("records", service_code="public_records", location=None, place_text="")
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "Not a matter of a place" in page
    assert '<svg class="map"' not in page
    assert "no place" in (await maria.open("/console/requests")).text
    async with transaction() as session:
        assert await session.scalar(select(ServiceRequest.lat)) is None


async def test_a_finished_request_that_nobody_else_follows_has_no_empty_card(maria: Browser) -> None:
    reference = await a_request()
    page = await maria.open(f"/console/requests/{reference}")
    assert 'aria-labelledby="followers-title">' in page.text
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Filled."))
    page = await maria.open(f"/console/requests/{reference}")
    assert 'aria-labelledby="followers-title" hidden>' in page.text
