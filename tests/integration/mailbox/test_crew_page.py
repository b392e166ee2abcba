"""The page of a department's crew: no login, one request, and whatever they send reaches the resident like any update."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.cases.assignment import Assignment
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.public_links import public_token
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.cases.work_links import PATH, work_url
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import MailboxMail, Notice, Photo
from bot.delivery.mailbox.send import mail_mailboxes
from bot.delivery.push import join_requests, update_request
from bot.keeping.contacts import find_contact
from bot.keeping.erasing import erase_contact
from bot.keeping.rows import forget_mailbox_mails
from bot.photos.intake import take_in
from bot.web import work_page
from bot.web.media import current_store
from tests.console import a_conversation, a_request, fresh_client
from tests.mail_server import a_mail_server
from tests.mailbox import PLANNING, WORKS, mails, plain, the_request
from tests.photos import jpeg
from tests.staff_mail import configured

pytestmark = [pytest.mark.integration]

AUTHOR = "staff:Public Works@mailbox"


@dataclass
class Crew:
    """Somebody with the link and a phone. Fields come from the page, never from the test."""

    client: httpx.AsyncClient
    page: str = field(default="")
    path: str = field(default="")

    async def opens(self, reference: str, language: str = "en", mail: int = -1) -> httpx.Response:
        self.path = PATH + work_url((await mails(reference))[mail].id).rpartition("/")[2]
        answer = await self.client.get(f"{self.path}?lang={language}")
        self.page = answer.text
        return answer

    async def sends(self, files: list[tuple[str, bytes]] | None = None, **fields: str) -> httpx.Response:
        seen = re.search(r'name="seen" value="(\d+)"', self.page)
        kept = re.findall(r'name="kept" value="(\w+)" checked', self.page)
        assert seen is not None
        sent = [("photos", (name, content, "image/jpeg")) for name, content in files or []]
        answer = await self.client.post(
            f"{self.path}?lang=en",
            data={"seen": seen[1], "kept": kept, **fields},
            files=sent or {"camera": ("", b"")},
        )
        if answer.status_code != 303:
            self.page = answer.text
        return answer

    def problem(self) -> str:
        found = re.search(r'role="alert"><p>(.*?)</p>', self.page)
        return html.unescape(found[1]) if found else ""


@pytest.fixture
async def crew(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crew]:
    monkeypatch.setattr(work_page, "REFUSAL_SECONDS", 0.0)
    async with fresh_client() as client:
        yield Crew(client)


async def change(reference: str, status: Status = Status.OPEN, **more: object) -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", **more))  # type: ignore[arg-type]


async def told() -> list[dict[str, object]]:
    """What waits to be told to residents."""
    async with transaction() as session:
        return [row.event for row in await session.scalars(select(Notice).order_by(Notice.id))]


async def a_photo(width: int = 800) -> int:
    taken = take_in(jpeg(width))
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


async def test_it_shows_what_where_words_photos_and_how_it_stands(crew: Crew) -> None:
    photo = await a_photo()
    reference = await a_request(photo_ids=(photo,))
    answer = await crew.opens(reference)
    assert answer.status_code == 200
    page = html.unescape(crew.page)
    for shown in (
        reference,
        "Pothole or damaged road",
        "Pico Blvd & 4th St",
        "huge <b>pothole</b>",
        "Received",
    ):
        assert shown in page
    assert "huge &lt;b&gt;pothole" in crew.page
    assert '<svg class="map' in crew.page
    assert (await crew.client.get(f"{crew.path}/photos/{photo}")).headers["content-type"] == "image/jpeg"
    assert "<script" not in crew.page
    assert {answer.headers[name] for name in ("cache-control", "referrer-policy")} == {
        *("no-store", "no-referrer")
    }
    await crew.opens(reference, "es")
    assert "Ya lo tomamos" in crew.page
    assert 'lang="es"' in crew.page


async def test_opening_it_changes_nothing(crew: Crew) -> None:
    reference = await a_request()
    for _ in range(3):
        await crew.opens(reference)
    await crew.client.head(crew.path)
    request = await the_request(reference)
    assert (len(request.updates), len(await mails(reference))) == (1, 1)


@pytest.mark.parametrize(
    ("sent", "status", "resolution"),
    [
        ({"step": "taken"}, "in_progress", None),
        ({"step": "done", "words": "Filled this morning."}, "resolved", "fixed"),
        ({"step": "question", "words": "Which lane?"}, "waiting", None),
        ({"step": "cannot", "words": "It is private land."}, "closed", "will_not_do"),
        ({"step": "not_ours", "whose": "Caltrans"}, "closed", "not_ours"),
        ({"step": "note", "words": "We come on Tuesday."}, "open", None),
    ],
)
async def test_what_the_crew_chooses_is_done_and_its_resident_hears_it(
    crew: Crew, sent: dict[str, str], status: str, resolution: str | None
) -> None:
    reference = await a_request()
    await crew.opens(reference)
    answer = await crew.sends(**sent)
    assert answer.status_code == 303
    request = await the_request(reference)
    last = request.updates[-1]
    assert (request.status, request.resolution, last.author) == (status, resolution, AUTHOR)
    (event,) = await told()
    assert (event["status"], event["public_text"]) == (status, sent.get("words", ""))
    if "whose" in sent:
        assert event["referred_to"] == "Caltrans"
    assert "Saved. Thank you." in (await crew.client.get(answer.headers["location"])).text


async def test_the_photo_of_the_work_reaches_the_resident(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    assert (await crew.sends([("a.jpg", jpeg(900))], step="done")).status_code == 303
    request = await the_request(reference)
    (photo,) = request.photos
    assert (photo.kind, photo.update_id) == ("completion", request.updates[-1].id)
    assert (await told())[0]["photos"] == [photo.photo_id]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Please choose what it is now."),
        ({"step": "unheard of"}, "Please choose what it is now."),
        ({"step": "note"}, "Nothing is new yet"),
        ({"step": "cannot"}, "Please tell the resident in a few words why."),
        ({"step": "question"}, "Please write your question to the resident."),
        ({"step": "not_ours", "words": "No."}, "Please say whose it is"),
        ({"step": "hand_over", "department": WORKS}, "Please choose the department."),
        ({"step": "taken", "words": "x" * 601}, "600 characters fit"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_lost(
    crew: Crew, sent: dict[str, str], said: str
) -> None:
    reference = await a_request()
    await crew.opens(reference)
    answer = await crew.sends([("a.jpg", jpeg(700))] if sent.get("step") != "note" else None, **sent)
    assert answer.status_code == 422
    assert said in crew.problem()
    assert html.escape(sent.get("words", "")) in crew.page
    if sent.get("step") != "note":
        assert "Photo 1 is here" in crew.page
    assert len((await the_request(reference)).updates) == 1
    # Put right, the photo that was sent before comes along.
    more = {**sent, "step": "taken", "words": "On our way."}
    assert (await crew.sends(**more)).status_code == 303
    assert len((await the_request(reference)).photos) == (sent.get("step") != "note")


async def test_a_file_that_is_no_photo_is_told_by_its_name_and_the_others_stay(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    files = [("good.jpg", jpeg(640)), ("list.pdf", b"%PDF-1.7 no picture at all")]
    assert (await crew.sends(files, step="done", words="Filled.")).status_code == 422
    assert "list.pdf: it is not a picture" in crew.page
    assert ">Filled.</textarea>" in crew.page
    assert re.search(r'value="done" checked', crew.page)
    assert (await crew.sends(step="done", words="Filled.")).status_code == 303
    assert len((await the_request(reference)).photos) == 1


async def test_too_many_photos_are_refused_before_any_is_read(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    files = [(f"{number}.jpg", jpeg(500 + number)) for number in range(5)]
    assert (await crew.sends(files, step="done", words="Filled.")).status_code == 422
    assert "4 photos go with one answer" in crew.problem()
    async with transaction() as session:
        assert (await session.scalars(select(Photo))).all() == []


async def test_no_photo_of_anybody_else_can_be_named(crew: Crew) -> None:
    others = await a_photo()
    await a_request("other", await a_conversation("+13105550188"), photo_ids=(others,))
    reference = await a_request()
    await crew.opens(reference)
    mine = crew.page
    for named in (str(others), work_url(others).rpartition("/")[2]):
        crew.page = mine.replace("</form>", f'<input name="kept" value="{named}" checked></form>')
        await crew.sends(step="taken", words=named[:4])
        await crew.opens(reference)
        mine = crew.page
    assert (await the_request(reference)).photos == []
    assert (await crew.client.get(f"{crew.path}/photos/{others}")).status_code == 404


async def test_a_form_sent_twice_is_one_change(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    for _ in range(2):
        assert (await crew.sends(step="taken", words="On our way.")).status_code == 303
    assert len((await the_request(reference)).updates) == 2
    assert len(await told()) == 1


async def test_what_changed_meanwhile_is_shown_before_anything_is_saved(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    await change(reference, Status.RESOLVED, public_text="Done by the night crew.")
    answer = await crew.sends(step="taken", words="On our way.")
    assert answer.status_code == 409
    assert "Somebody changed this request" in crew.problem()
    assert "Done by the night crew." in crew.page
    assert ">On our way.</textarea>" in crew.page
    assert (await the_request(reference)).status == "resolved"


async def test_what_has_ended_takes_a_line_or_a_photo_and_nothing_else(crew: Crew) -> None:
    reference = await a_request()
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    await crew.opens(reference)
    assert "This request has ended." in crew.page
    assert re.findall(r'name="step" value="(\w+)"', crew.page) == ["note"]
    assert (await crew.sends(step="done", words="Filled.")).status_code == 409
    assert (await crew.sends(step="note", words="We looked twice.")).status_code == 303
    request = await the_request(reference)
    assert (request.status, request.updates[-1].public_text) == ("closed", "We looked twice.")


async def test_one_that_goes_on_elsewhere_takes_nothing(crew: Crew) -> None:
    reference, into = await a_request("one"), await a_request("two")
    await crew.opens(reference)
    async with transaction() as session:
        await join_requests(session, reference, into, "staff:ana")
    before = crew.page
    await crew.opens(reference)
    assert "joined with another one" in crew.page
    assert "<form" not in crew.page
    crew.page = before
    assert (await crew.sends(step="taken")).status_code == 409


async def test_a_department_that_hands_it_over_has_no_more_to_do_with_it(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    answer = await crew.sends(step="hand_over", department=PLANNING)
    assert answer.status_code == 303
    assert "it was passed on" in (await crew.client.get(answer.headers["location"])).text
    request = await the_request(reference)
    assert (request.department, request.status, request.updates[-1].author) == (PLANNING, "open", AUTHOR)
    assert await told() == [], "who has it is no news to residents"
    assert (await crew.opens(reference)).status_code == 410
    assert "is with somebody else now" in crew.page
    assert (await crew.client.post(crew.path, data={"step": "taken"})).status_code == 410


async def test_a_link_ends_after_its_month_and_the_page_mails_another(crew: Crew) -> None:
    reference, long_ago = await a_request(), datetime.now(UTC) - timedelta(days=31)
    async with transaction() as session:
        old = {"created_at": long_ago, "ended_at": long_ago, "state": "sent", "link_until": datetime.now(UTC)}
        await session.execute(update(MailboxMail).values(old))
    answer = await crew.opens(reference)
    assert answer.status_code == 410
    assert "The time of this link is over" in crew.page
    assert (await crew.client.post(crew.path, data={"step": "taken"})).status_code == 410
    again = f"{crew.path}/renew"
    assert "A new link is on its way" in (await crew.client.post(again)).text
    assert "Please look into your mailbox" in (await crew.client.post(again)).text
    assert [row.reason for row in await mails(reference)] == ["new", "again"]
    assert (await crew.opens(reference)).status_code == 200, "the new one works at once"


async def test_a_link_that_is_forgotten_has_ended_and_no_other_works(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    async with transaction() as session:
        await session.execute(update(MailboxMail).values(ended_at=datetime.now(UTC)))
        assert await forget_mailbox_mails(session, datetime.now(UTC), 100) == 1
        request = await find_request(session, reference)
        public = public_token(request.id)
    assert (await crew.client.get(crew.path)).status_code == 410
    for token in (public, crew.path.rpartition("/")[2][:-1] + "2", "x" * 22, "ñ", "1"):
        assert (await crew.client.get(f"{PATH}{token}")).status_code in (404, 410)
    assert (await crew.client.get(f"{PATH}{public}")).status_code == 404


async def test_what_waits_to_be_mailed_is_not_forgotten() -> None:
    reference = await a_request()
    async with transaction() as session:
        assert await forget_mailbox_mails(session, datetime.now(UTC) + timedelta(days=200), 100) == 0
    assert len(await mails(reference)) == 1


async def test_a_department_that_lost_its_mailbox_has_no_links(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await a_request()
    await crew.opens(reference)
    monkeypatch.setattr(type(city()), "mailboxes", {})
    assert (await crew.client.get(crew.path)).status_code == 410


async def test_an_erased_resident_is_in_no_mail_and_on_no_page(crew: Crew) -> None:
    conversation_id = await a_conversation("+13105550177")
    words = "Dolores Ibarra, 310 555 0177: a pothole"
    reference = await a_request("erased", conversation_id, description=words)
    async with transaction() as session:
        contact = await find_contact(session, "+13105550177")
        contact.display_name = "Dolores Ibarra"
    await crew.opens(reference)
    async with transaction() as session:
        await erase_contact(session, contact.id, actor="staff:ana")
    async with a_mail_server() as server:
        assert await mail_mailboxes(configured(server), datetime.now(UTC)) == 1
    await crew.opens(reference)
    for told in (crew.page, plain(server.mails[0])):
        assert "a pothole" in told
        assert not any(private in told for private in ("555", "Dolores", "Ibarra"))


async def test_the_token_never_reaches_the_log(crew: Crew) -> None:
    reference = await a_request()
    with capture_logs() as logs:
        await crew.opens(reference)
        await crew.sends([("a.jpg", jpeg(640))], step="done", words="a private word")
        await crew.client.get(f"{crew.path}/photos/999")
        await crew.client.post(f"{crew.path}/renew")
        await crew.client.get(f"{crew.path}x")
    routes = {entry["route"] for entry in logs if entry["event"] == "web.request"}
    assert routes == {"/w/{token}", "/w/{token}/photos/{photo_id}", "/w/{token}/renew"}
    assert crew.path.rpartition("/")[2] not in repr(logs)
    assert "private" not in repr(logs)


async def test_a_service_that_needs_a_photo_of_the_work_is_not_done_without(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.city.current import catalogue

    reference = await a_request()
    monkeypatch.setattr(type(catalogue().services["pothole"]), "completion_photo", True)
    await crew.opens(reference)
    assert "With a photo of the finished work." in crew.page
    assert (await crew.sends(step="done", words="Filled.")).status_code == 422
    assert crew.problem() == "Please add a photo of the finished work."
    assert (await crew.sends([("a.jpg", jpeg(640))], step="done", words="Filled.")).status_code == 303


async def test_a_body_without_end_is_not_read(crew: Crew) -> None:
    reference = await a_request()
    await crew.opens(reference)
    answer = await crew.client.post(crew.path, content=b"x", headers={"content-length": str(10**10)})
    assert answer.status_code == 413


async def test_assigning_a_crew_within_the_department_leaves_the_link_as_it_is(crew: Crew) -> None:
    reference = await a_request()
    await change(reference, assignment=Assignment(WORKS, crew="Night crew"))
    assert (await crew.opens(reference)).status_code == 200
