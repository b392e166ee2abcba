"""A resident who is erased is nowhere any more, and what they reported still is."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from bot.cases.lookup import find_request
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.receive import receive
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Message, Photo, Subscriber, Turn
from bot.keeping.contacts import AmbiguousContactError, UnknownContactError, find_contact
from bot.keeping.erasing import erase_contact
from bot.keeping.exporting import export_contact
from bot.keeping.photos import delete_files
from tests.commands import run_command
from tests.integration.keeping.story import NUMBER, SECRETS, Resident, a_resident, everything, says, store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("engine_tables")]


@pytest.fixture
async def resident(database: EmbeddedDatabase) -> Resident:
    return await a_resident(database)


async def erase(contact_id: int) -> None:
    async with transaction() as session:
        erased = await erase_contact(session, contact_id, actor="staff:maria")
    await delete_files(store(), erased.photos)


async def test_nothing_of_an_erased_resident_is_found_in_any_table(
    resident: Resident, database: EmbeddedDatabase
) -> None:
    before = everything(database)
    assert all(secret.lower() in before for secret in SECRETS)  # else the search below would prove nothing
    await erase(resident.contact_id)
    lines = everything(database).splitlines()
    # What deletes a file at Twilio must know which; it is gone when it is done.
    jobs = [line for line in lines if "delete_provider_media" in line]
    assert len(jobs) == 1
    found = {
        secret: line[:200]
        for line in lines
        for secret in SECRETS
        if secret.lower() in line and line not in jobs
    }
    assert found == {}


async def test_the_requests_stay_without_a_person_and_others_keep_theirs(
    resident: Resident, database: EmbeddedDatabase
) -> None:
    await erase(resident.contact_id)
    async with transaction() as session:
        request = await find_request(session, resident.reference)
        assert "pothole" in request.description
        assert request.address == "Pico Blvd & 4th St"
        assert len(request.photos) == 1
        assert request.staff_description.startswith("Deep, says I am")
        assert request.updates[-1].corrected is not None
        assert "pothole" in request.updates[-1].corrected["description"]["before"]
        (added,) = request.additions
        assert added.words.startswith("it is deeper, ask for")
        followers = await session.scalars(select(Subscriber.conversation_id))
        assert resident.conversation_id not in set(followers)
        other = await session.scalar(select(Contact).where(Contact.address == "+13105550999"))
        assert other is not None
    assert "graffiti by the zoo" in everything(database)
    assert "13105550777" in everything(database)  # what was set aside of others


async def test_what_was_shown_of_theirs_is_taken_back(resident: Resident) -> None:
    async with transaction() as session:
        shown = await find_request(session, resident.reference)
        assert shown.public_summary
        assert [photo.cleared for photo in shown.photos] == [True]
    await erase(resident.contact_id)
    async with transaction() as session:
        request = await find_request(session, resident.reference)
        assert request.public_summary == ""
        assert [photo.cleared for photo in request.photos] == [False]


async def test_a_photo_only_of_theirs_is_deleted_and_one_of_a_request_stays(resident: Resident) -> None:
    await erase(resident.contact_id)
    assert not store().exists(resident.lone_photo.sha256)
    assert not store().exists(resident.lone_photo.sha256, "thumb")
    assert store().exists(resident.filed_photo.sha256)
    async with transaction() as session:
        kept = (await session.scalars(select(Photo))).all()
    assert [photo.sha256 for photo in kept] == [resident.filed_photo.sha256]
    assert kept[0].lat is None


async def test_a_photo_that_another_resident_sent_as_well_keeps_its_file(resident: Resident) -> None:
    from tests.integration.keeping.story import a_photo

    await a_photo(40)  # the same picture: another row, the same file
    await erase(resident.contact_id)
    assert store().exists(resident.lone_photo.sha256)


async def test_nothing_that_waited_is_sent_and_no_turn_is_open(resident: Resident) -> None:
    await erase(resident.contact_id)
    async with transaction() as session:
        states = set(
            await session.scalars(
                select(Message.state).where(Message.conversation_id == resident.conversation_id)
            )
        )
        open_turns = await session.scalar(
            select(func.count(Turn.id)).where(
                Turn.conversation_id == resident.conversation_id, Turn.finished_at.is_(None)
            )
        )
    assert states == {"handled", "suppressed"}
    assert open_turns == 0


async def test_erasing_twice_is_fine_and_is_noted_once_without_personal_data(resident: Resident) -> None:
    await erase(resident.contact_id)
    await erase(resident.contact_id)
    async with transaction() as session:
        notes = (await session.scalars(select(Audit).where(Audit.action == "contact.erased"))).all()
    assert [(note.actor, note.subject_id) for note in notes] == [
        ("staff:maria", str(resident.conversation_id))
    ]
    assert notes[0].detail == {"requests": 1, "photos": 1}


async def test_an_erased_contact_that_texts_again_is_a_new_contact(resident: Resident) -> None:
    await erase(resident.contact_id)
    again = await says("hello again")
    assert again != resident.conversation_id
    async with transaction() as session:
        contact = (await session.get_one(Conversation, again)).contact
        assert (contact.address, contact.display_name, contact.opted_out_at) == (NUMBER, None, None)


async def test_a_provider_that_repeats_an_erased_message_brings_nobody_back(resident: Resident) -> None:
    await erase(resident.contact_id)
    async with transaction() as session:
        repeated = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM-{NUMBER}-hello", NUMBER, text="hello")
        first = await receive(session, repeated)
    async with transaction() as session:
        contact_id = (await session.get_one(Conversation, first.conversation_id)).contact_id
    await erase(contact_id)
    async with transaction() as session:
        assert (await receive(session, repeated)).duplicate
        assert await session.scalar(select(Contact.id).where(Contact.address == NUMBER)) is None


async def test_the_export_holds_everything_there_was(resident: Resident) -> None:
    async with transaction() as session:
        exported = await export_contact(session, resident.contact_id)
    words = json.dumps(exported, default=str)
    for known in (
        NUMBER,
        "Zelda Quixwood",
        "zebrafish pothole",
        "Is the zebrafish near you?",
        "EXIF-plate.jpg",
        resident.lone_photo.sha256,
        resident.filed_photo.sha256,
        resident.reference,
        resident.followed,
        "zebrafish says thanks",
        "delivered",
        "request.filed",
        "stopped_at",
    ):
        assert known in words, known
    assert "called 310-555-0123" not in words  # an internal note of staff


async def test_a_contact_is_found_by_number_in_any_spelling_by_channel_and_by_conversation(
    resident: Resident,
) -> None:
    async with transaction() as session:
        for which in (
            NUMBER,
            "(310) 555-0123",
            "310.555.0123",
            f"sms:{NUMBER}",
            str(resident.conversation_id),
            f"conversation:{resident.conversation_id}",
        ):
            assert (await find_contact(session, which)).id == resident.contact_id
        for nobody in ("+13105550000", "telegram:+13105550123", "conversation:999", "9" * 40, "", "\x01"):
            with pytest.raises(UnknownContactError):
                await find_contact(session, nobody)


async def test_a_chat_id_that_is_also_a_conversation_is_asked_about(resident: Resident) -> None:
    async with transaction() as session:
        session.add(Contact(channel="telegram", address=str(resident.conversation_id)))
    async with transaction() as session:
        with pytest.raises(AmbiguousContactError):
            await find_contact(session, str(resident.conversation_id))
        found = await find_contact(session, f"telegram:{resident.conversation_id}")
    assert found.channel == "telegram"


def run(database: EmbeddedDatabase, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database.url()}
    return run_command("contact", *arguments, environment=environment, answer=answer)


async def test_the_commands_export_ask_and_erase(
    resident: Resident, database: EmbeddedDatabase, tmp_path: Path
) -> None:
    out = tmp_path / "zelda.json"
    assert run(database, "export", NUMBER, "--out", str(out)).returncode == 0
    assert json.loads(out.read_text())["contact"]["name"] == "Zelda Quixwood"
    assert out.stat().st_mode & 0o077 == 0
    assert run(database, "export", NUMBER, "--out", str(out)).returncode == 1  # nothing is overwritten
    assert run(database, "erase", NUMBER, answer="n\n").returncode != 0
    assert "zebrafish" in everything(database)
    done = run(database, "erase", NUMBER, "--yes")
    assert done.returncode == 0, done.stderr
    assert resident.reference in done.stdout
    assert NUMBER not in done.stdout + done.stderr
    assert not store().exists(resident.lone_photo.sha256)
    gone = run(database, "erase", NUMBER, "--yes")
    assert gone.returncode == 1
    assert "Nobody is known" in gone.stderr
    with psycopg.connect(database.url()) as connection:
        assert connection.execute(
            "SELECT count(*) FROM contacts WHERE address = %s", [NUMBER]
        ).fetchone() == (0,)
