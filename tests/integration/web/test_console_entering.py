"""Staff file a request for who calls, or out of what was said in a conversation; who wants texts gets the words of every filing."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import func, select, update

from bot.cases.lookup import find_request
from bot.channels.messages import Channel, Inbound, InboundKind, Pin
from bot.conversation.outbox import Reply
from bot.conversation.receive import receive
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Media, Message, ServiceRequest, Subscriber
from tests.browser.test_public_page_shown import a_photo
from tests.console import Browser, a_conversation
from tests.photos import jpeg, truncated

pytestmark = pytest.mark.integration

CALL = {
    "service": "pothole",
    "place": "1427 Lincoln Blvd",
    "description": "A deep hole in the right lane.",
    "language": "en",
}


async def file(browser: Browser, page: str = "/console/new-request", **fields: object) -> httpx.Response:
    """Fill in the form and send it."""
    await browser.open(page)
    hidden = dict(re.findall(r'type="hidden" name="(key|conversation)" value="([^"]+)"', browser.page))
    files = fields.pop("files", None) or {"photos": ("", b"")}
    return await browser.send("/console/new-request", {**hidden, **CALL, **fields}, files=files)


def reference_in(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return answer.headers["location"].rpartition("/")[2].partition("?")[0]


async def texts() -> list[str]:
    async with transaction() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return [one.body for one in rows]


async def count(table: type) -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_call_without_a_number_is_a_request_and_nobody_is_texted(maria: Browser) -> None:
    answer = await file(maria, files=[("photos", ("hole.jpg", jpeg()))])
    reference = reference_in(answer)
    async with transaction() as session:
        request = await find_request(session, reference)
    assert (request.channel, request.conversation_id, request.address) == ("phone", None, "1427 Lincoln Blvd")
    assert (request.updates[0].author, len(request.photos)) == ("staff:maria", 1)
    assert await texts() == []
    page = (await maria.open(answer.headers["location"])).text
    assert "Nobody is texted. Tell them the reference." in page
    assert "by telephone" in page


@pytest.mark.parametrize(
    ("language", "says", "who", "until"),
    [
        ("en", "Your report", "City of Santa Monica 311.", "Usually done by "),
        (
            "es",
            "Su reporte",
            "Le escribe el 311 de la Ciudad de Santa Mónica.",
            "Suele quedar listo a más tardar ",
        ),
    ],
)
async def test_who_agreed_gets_the_words_of_every_filing_in_their_language(
    maria: Browser, language: str, says: str, who: str, until: str
) -> None:
    answer = await file(maria, phone="(310) 555-0142", agreed="yes", language=language)
    reference = reference_in(answer)
    (text,) = await texts()
    assert text.startswith(who)  # they never heard of this number
    assert says in text
    assert until in text
    assert reference in text
    again = await file(maria, phone="(310) 555-0142", agreed="yes", language=language, place="2318 Pico Blvd")
    assert not (await texts())[-1].startswith(who)
    assert reference_in(again) in (await texts())[-1]
    async with transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
        conversation_id = (await session.scalars(select(Subscriber.conversation_id).distinct())).one()
        conversation = await session.get_one(Conversation, conversation_id)
        audited = await session.scalar(
            select(Audit.actor).where(Audit.action == "contact.agreed_by_telephone").limit(1)
        )
    assert (contact.address, contact.language, contact.wants_updates) == ("+13105550142", language, True)
    assert conversation.contact_id == contact.id
    assert audited == "staff:maria"


async def test_a_form_that_is_sent_twice_files_once_and_texts_once(maria: Browser) -> None:
    await maria.open("/console/new-request")
    key = maria.hidden("key")
    fields = {**CALL, "key": key, "phone": "310-555-0142", "agreed": "yes"}
    answers = [await maria.send("/console/new-request", fields) for _ in range(2)]
    assert reference_in(answers[0]) == reference_in(answers[1])
    assert await count(ServiceRequest) == 1
    assert len(await texts()) == 1


async def test_a_number_that_texted_before_keeps_its_conversation_and_a_stop_stays_one(
    maria: Browser,
) -> None:
    conversation_id = await a_conversation("+13105550142")
    async with transaction() as session:
        await session.execute(update(Contact).values(opted_out_at=func.now(), opted_out_why="asked"))
    answer = await file(maria, phone="+1 310 555 0142", agreed="yes")
    assert "filed=stopped" in answer.headers["location"]
    async with transaction() as session:
        request = await find_request(session, reference_in(answer))
    assert request.conversation_id == conversation_id
    assert await count(Contact) == 1
    assert await texts() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": "310-555-0142"}, "Texts go only to who wants them"),
        ({"phone": "12", "agreed": "yes"}, "That is no telephone number."),
        ({"service": "nonsense"}, "Choose what it is."),
        ({"description": " "}, "Say in a few words"),
        ({"place": ""}, "Say where it is"),
        ({"place": "Hollywood Blvd and Vine, Los Angeles"}, "outside Santa Monica"),
    ],
)
async def test_what_is_missing_is_told_and_nothing_entered_is_lost(
    maria: Browser, fields: dict[str, str], said: str
) -> None:
    answer = await file(maria, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert fields.get("place", CALL["place"]) in answer.text
    assert (await count(ServiceRequest), await count(Contact)) == (0, 0)


async def test_photos_are_kept_while_something_else_is_put_right(maria: Browser) -> None:
    files = [("photos", ("good.jpg", jpeg())), ("photos", ("bad.jpg", truncated(jpeg())))]
    answer = await file(maria, files=files)
    assert answer.status_code == 422
    assert "<b>bad.jpg</b>" in answer.text
    kept = re.findall(r'name="kept_photos" value="(\d+)"', answer.text)
    assert len(kept) == 1
    key = maria.hidden("key")
    answer = await maria.send("/console/new-request", {**CALL, "key": key, "kept_photos": kept})
    async with transaction() as session:
        assert len((await find_request(session, reference_in(answer))).photos) == 1


async def test_chosen_messages_become_a_request_and_the_resident_is_told(maria: Browser) -> None:
    conversation_id = await a_conversation("+13105550123", "hay un hoyo enorme")
    await a_conversation("+13105550123", "gracias")
    photo_id = await a_photo(640)
    async with transaction() as session:
        pin = Inbound(
            Channel.SMS,
            InboundKind.MESSAGE,
            "SMpin",
            "+13105550123",
            text="aquí",
            pin=Pin(34.0195, -118.4912),
        )
        await receive(session, pin)
        await session.execute(update(Contact).values(language="es"))
        ids = list(await session.scalars(select(Message.id).order_by(Message.id)))
        session.add(Media(message_id=ids[0], position=0, state="kept", photo_id=photo_id))
    page = (await maria.open(f"/console/conversations/{conversation_id}/file")).text
    assert re.findall(r'name="message" value="(\d+)"', page) == [str(one) for one in ids]
    address = f"/console/new-request?conversation={conversation_id}&message={ids[0]}&message={ids[2]}"
    form = (await maria.open(address)).text
    assert ">hay un hoyo enorme\naquí</textarea>" in form
    assert 'value="34.019500,-118.491200"' in form
    kept = {"kept_photos": str(photo_id), "description": "hay un hoyo enorme", "place": "34.0195,-118.4912"}
    answer = await file(maria, address, **kept)
    async with transaction() as session:
        request = await find_request(session, reference_in(answer))
    assert (request.conversation_id, request.language) == (conversation_id, "es")
    assert [one.photo_id for one in request.photos] == [photo_id]
    (text,) = await texts()
    assert request.reference in text
    assert "Su reporte" in text


async def test_messages_of_others_cannot_be_named_and_viewers_file_nothing(maria: Browser) -> None:
    mine, other = await a_conversation(), await a_conversation("+13105550199", "a secret of somebody else")
    async with transaction() as session:
        theirs = await session.scalar(select(Message.id).where(Message.conversation_id == other))
    page = await maria.open(f"/console/new-request?conversation={mine}&message={theirs}")
    assert "a secret" not in page.text
    assert (await maria.open("/console/conversations/99999/file")).status_code == 404
    await maria.client.post("/console/logout", data={"csrf_token": maria.hidden("csrf_token")})
    await maria.log_in("vera")
    assert (await maria.open("/console/new-request")).status_code == 403
    assert (await maria.open(f"/console/conversations/{mine}/file")).status_code == 403


async def test_the_same_that_is_reported_there_already_is_shown_before_another_is_filed(
    maria: Browser,
) -> None:
    await maria.open("/console/new-request")
    fields = {"service": "pothole", "place": "pico and 4th", "description": "a deep hole"}
    first = await maria.send("/console/new-request", {**fields, "key": maria.hidden("key")})
    known = first.headers["location"].split("/")[-1].partition("?")[0]
    await maria.open("/console/new-request")
    fields |= {"key": maria.hidden("key")}
    answer = await maria.send("/console/new-request", fields)
    assert answer.status_code == 422
    assert known in answer.text
    assert "The same is reported there already" in answer.text
    assert "a deep hole" in answer.text
    answer = await maria.send("/console/new-request", {**fields, "another": "yes"})
    assert answer.status_code == 303
    async with transaction() as session:
        assert await session.scalar(select(func.count(ServiceRequest.id))) == 2


async def test_what_the_bot_was_sure_of_is_chosen_beforehand(maria: Browser) -> None:
    conversation_id = await a_conversation("+13105550177", "there is no bus shelter light at pico and 20th")
    heard = {
        "services": [["bus_stop", 0.67], ["streetlight", 0.2]],
        "place": {"words": "pico and 20th", "outcome": "resolved", "name": "Pico Blvd & 20th St"},
    }
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply("What is it?")], understood=heard)
        message = await session.scalar(select(Message.id).where(Message.direction == "in"))
    page = (await maria.open(f"/console/new-request?conversation={conversation_id}&message={message}")).text
    assert '<option value="bus_stop" selected>' in page
    assert 'name="place" value="Pico Blvd &amp; 20th St"' in page


async def test_what_somebody_called_about_came_by_telephone_and_is_new_to_all(maria: Browser) -> None:
    await maria.open("/console/new-request")
    fields = {
        "key": maria.hidden("key"),
        "service": "tree",
        "place": "pico and 4th",
        "description": "a branch hangs",
    }
    await maria.send("/console/new-request", {**fields, "phone": "310 555 0177", "agreed": "yes"})
    async with transaction() as session:
        row = await session.scalar(select(ServiceRequest))
        assert row is not None
        assert row.channel == "phone"
        assert row.conversation_id is not None
    page = (await maria.open("/console/requests")).text
    assert row.reference in page
    assert ">New<" in page
