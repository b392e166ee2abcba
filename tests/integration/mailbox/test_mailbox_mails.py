"""A request that is new in a department with a mailbox, or opened again there, is mailed there once, with all its crew needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import structlog
from sqlalchemy import update

from bot.cases.added import Said
from bot.cases.api_keys import Terms, add_key, list_keys
from bot.cases.assignment import Assignment
from bot.cases.feedback import Verdict
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Contact, Open311Report
from bot.delivery.mailbox.pictures import MOST_PHOTOS
from bot.delivery.mailbox.send import mail_mailboxes
from bot.delivery.mailing.states import MailState
from bot.delivery.push import hear_addition, hear_verdict, update_request
from bot.photos.decode import open_image
from bot.photos.intake import take_in
from bot.photos.smaller import SIDE
from bot.photos.store import PhotoStore
from bot.settings import settings
from tests.console import a_conversation, a_request
from tests.mail_server import MailServer
from tests.mailbox import MAILBOX, PLANNING, WORKS, mails, path_in, plain
from tests.photos import jpeg
from tests.staff_mail import configured

pytestmark = [pytest.mark.integration]


def later(**parts: float) -> datetime:
    return datetime.now(UTC) + timedelta(**parts)


async def change(reference: str, status: Status = Status.OPEN, **more: object) -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", **more))  # type: ignore[arg-type]


async def a_photo(width: int) -> int:
    taken = take_in(jpeg(width))
    PhotoStore(settings().photo_store_url).put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


async def states(reference: str) -> list[str]:
    return [row.state for row in await mails(reference)]


def pictures(mail: EmailMessage) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_maintype() == "image"]  # type: ignore[misc]


async def test_what_is_filed_is_mailed_once_with_words_place_map_and_link(server: MailServer) -> None:
    reference = await a_request(description="huge <b>pothole</b> by the bus stop")
    config = configured(server)
    assert [await mail_mailboxes(config, later(minutes=minute)) for minute in range(3)] == [1, 0, 0]
    assert server.recipients == [MAILBOX]
    (mail,) = server.mails
    assert mail["Subject"] == f"{reference} Pothole or damaged road, Pico Blvd & 4th St"
    words = plain(mail)
    for told in ("huge <b>pothole</b> by the bus stop", "Pico Blvd & 4th St", "34.008100, -118.488500"):
        assert told in words
    assert path_in(mail).startswith("/w/")
    html = mail.get_body(("html",))
    assert html is not None
    assert "huge &lt;b&gt;pothole&lt;/b&gt; by the bus stop" in html.get_content()
    assert "cid:map.png" in html.get_content()
    (drawn,) = pictures(mail)
    assert drawn["Content-ID"] == "<map.png>"
    assert open_image(drawn.get_content()).image.format == "PNG"
    assert await states(reference) == [MailState.SENT]


async def test_a_department_without_a_mailbox_is_not_mailed(server: MailServer) -> None:
    reference = await a_request(service_code="public_records", location=None, place_text="")
    assert await mail_mailboxes(configured(server), later()) == 0
    assert await mails(reference) == []


async def test_it_holds_neither_number_nor_name_of_anybody(server: MailServer) -> None:
    conversation_id = await a_conversation("+13105550177")
    reference = await a_request(
        "named",
        conversation_id,
        description="Dolores here, call me at (310) 555-0177 or write dolores@example.com. Pothole!",
        place_text="in front of Dolores Ibarra's house",
    )
    async with transaction() as session:
        await session.execute(update(Contact).values(display_name="Dolores Ibarra"))
        await hear_addition(session, conversation_id, Said("310 555 0177, Ibarra", turn_id=7), reference)
    await mail_mailboxes(configured(server), later())
    (mail,) = server.mails
    html = mail.get_body(("html",))
    assert html is not None
    everything = f"{mail['Subject']} {plain(mail)} {html.get_content()}"
    for private in ("555", "Dolores", "dolores", "Ibarra", "+1310"):
        assert private not in everything
    assert "Pothole!" in plain(mail)


async def test_the_name_that_another_system_told_is_not_in_it_either(server: MailServer) -> None:
    reference = await a_request(description="Pothole. Thanks, Dolores")
    async with transaction() as session:
        request = await find_request(session, reference)
        await add_key(session, "neighbor city", Terms(), actor="staff:ana", now=later())
        (key,) = await list_keys(session)
        report = Open311Report(
            request_id=request.id, key_id=key.id, name="Dolores Ibarra", created_at=later()
        )
        session.add(report)
    await mail_mailboxes(configured(server), later())
    assert "Pothole. Thanks, [removed]" in plain(server.mails[0])


async def test_photos_come_smaller_and_no_more_than_a_mail_takes(server: MailServer) -> None:
    ids = [await a_photo(2000 + number) for number in range(MOST_PHOTOS + 2)]
    await a_request(photo_ids=tuple(ids))
    await mail_mailboxes(configured(server), later())
    (mail,) = server.mails
    photos = [part for part in pictures(mail) if part.get_content_subtype() == "jpeg"]
    assert [part["Content-ID"] for part in photos] == [f"<photo-{one}.jpg>" for one in ids[:MOST_PHOTOS]]
    assert all(max(open_image(part.get_content()).image.size) <= SIDE for part in photos)
    assert "5 photos come with this mail. 2 more are on the page." in plain(mail)


async def test_pictures_beyond_the_room_of_a_mail_stay_on_the_page(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_request(photo_ids=(await a_photo(900), await a_photo(901)))
    monkeypatch.setattr("bot.delivery.mailbox.compose.MOST_BYTES", 1)
    await mail_mailboxes(configured(server), later())
    (mail,) = server.mails
    assert [part["Content-ID"] for part in pictures(mail)] == ["<map.png>"]
    assert "2 more are on the page." in plain(mail)


async def test_what_is_given_to_it_is_mailed_and_what_left_before_is_not(server: MailServer) -> None:
    reference = await a_request()
    await change(reference, assignment=Assignment(PLANNING))
    config = configured(server)
    assert await mail_mailboxes(config, later()) == 0
    assert await states(reference) == [MailState.NEEDLESS]
    await change(reference, assignment=Assignment(WORKS))
    await change(reference, assignment=Assignment(WORKS, crew="Night crew"))  # the same department
    assert await mail_mailboxes(config, later()) == 1
    assert await states(reference) == [MailState.NEEDLESS, MailState.SENT]


async def test_what_is_opened_again_is_mailed_again_with_what_its_resident_says(server: MailServer) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("again", conversation_id)
    config = configured(server)
    await mail_mailboxes(config, later())
    await change(reference, Status.RESOLVED)
    assert await mail_mailboxes(config, later()) == 0
    async with transaction() as session:
        await hear_verdict(
            session, conversation_id, reference, Verdict.NOT_FIXED, comment="half of it is left"
        )
    assert await mail_mailboxes(config, later()) == 1
    first, second = server.mails
    assert second["Subject"].startswith(f"Open again: {reference}")
    assert "The resident says it is not fixed:\nhalf of it is left" in plain(second)
    assert path_in(second) != path_in(first)
    assert second["References"] == first["References"]  # mail programs show them together


async def test_the_answer_to_a_question_comes_to_who_asked(server: MailServer) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("asked", conversation_id)
    config = configured(server)
    await mail_mailboxes(config, later())
    await change(reference, Status.WAITING, public_text="Which lane?")
    assert await mail_mailboxes(config, later()) == 0
    async with transaction() as session:
        await hear_addition(session, conversation_id, Said("the left one", turn_id=9), reference)
    assert await mail_mailboxes(config, later()) == 1
    assert server.mails[-1]["Subject"].startswith(f"Answered: {reference}")
    assert "The resident adds:\nthe left one" in plain(server.mails[-1])


async def test_what_ended_before_it_went_out_is_not_mailed(server: MailServer) -> None:
    reference = await a_request()
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    assert await mail_mailboxes(configured(server), later()) == 0
    assert await states(reference) == [MailState.NEEDLESS]


async def test_of_two_mails_that_wait_the_later_says_it_all(server: MailServer) -> None:
    reference = await a_request()
    for department in (PLANNING, WORKS):
        await change(reference, assignment=Assignment(department))
    assert await mail_mailboxes(configured(server), later()) == 1
    assert await states(reference) == [MailState.NEEDLESS, MailState.SENT]


async def test_nothing_is_lost_without_a_mail_server(server: MailServer) -> None:
    reference = await a_request()
    assert await mail_mailboxes(settings(), later()) == 0
    assert await states(reference) == [MailState.WAITING]
    assert await mail_mailboxes(configured(server), later(days=9)) == 1


async def test_neither_words_nor_address_nor_link_is_in_the_log(server: MailServer) -> None:
    with structlog.testing.capture_logs() as logs:
        await a_request(description="a very private pothole")
        server.to_mails.append("552 too large: streets@example.gov")
        await mail_mailboxes(configured(server), later())
    assert {entry["event"] for entry in logs} >= {"mailbox.decided", "mailbox_mail.ended"}
    for private in ("private", MAILBOX, "/w/", "Pico"):
        assert private not in str(logs)
