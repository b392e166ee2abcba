"""A resident who writes "delete my data" is asked once, and obeyed when they say the word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from bot.cases.filing import NewRequest, file_request
from bot.channels.twilio.gsm7 import segments, to_gsm7
from bot.conversation.settling import erasing
from bot.conversation.texts import LANGUAGES, gateway_text
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message
from bot.keeping.goodbyes import GoodbyeWaitsError, forget_goodbye, forget_late_goodbyes
from tests.integration.keeping.story import NUMBER, PICO, everything, says

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("engine_tables")]


async def said(conversation_id: int | None = None) -> list[str]:
    query = select(Message.body).where(Message.direction == "out").order_by(Message.id)
    if conversation_id is not None:
        query = query.where(Message.conversation_id == conversation_id)
    async with transaction() as session:
        return list(await session.scalars(query))


async def turns_waiting() -> int:
    async with transaction() as session:
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'take_turn'"
        return await session.scalar(text(query)) or 0


async def the_contact() -> Contact:
    async with transaction() as session:
        return (await session.scalars(select(Contact).where(Contact.address == NUMBER))).one()


async def test_the_wish_is_asked_about_and_nothing_goes_to_the_dialogue() -> None:
    await says("delete my data")
    assert "Reply ERASE" in (await said())[0]
    assert await turns_waiting() == 0


async def test_the_word_erases_says_goodbye_and_leaves_nobody(database: EmbeddedDatabase) -> None:
    await says("my zebrafish is in the pothole", display_name="Zelda")
    old = await says("erase everything you have about me")
    await says("ERASE")
    rest = everything(database)
    assert "zebrafish" not in rest
    assert "zelda" not in rest
    contact = await the_contact()  # only for the goodbye
    async with transaction() as session:
        fresh = (
            await session.scalars(select(Conversation).where(Conversation.contact_id == contact.id))
        ).one()
        jobs = await session.execute(text("SELECT task_name, lock FROM procrastinate_jobs ORDER BY id"))
        waiting = [tuple(row) for row in jobs]
    assert fresh.id != old
    assert "deleted your data" in (await said(fresh.id))[0]
    lock = f"delivery:{fresh.id}"
    assert waiting == [("deliver", lock), ("forget_goodbye", lock)]  # the number goes after the goodbye
    with pytest.raises(GoodbyeWaitsError):
        async with transaction() as session:
            await forget_goodbye(session, fresh.id)
    async with transaction() as session:
        await session.execute(update(Message).where(Message.conversation_id == fresh.id).values(state="sent"))
    async with transaction() as session:
        assert await forget_goodbye(session, fresh.id)
    assert NUMBER[1:] not in everything(database)


async def test_who_writes_before_the_goodbye_is_out_is_a_new_contact_and_stays(
    database: EmbeddedDatabase,
) -> None:
    await says("delete my data")
    await says("ERASE")
    fresh = await says("pothole at pico and 4th")
    async with transaction() as session:
        assert not await forget_goodbye(session, fresh)
    assert "pothole at pico and 4th" in everything(database)
    assert (await the_contact()).erased_at is None


async def test_a_goodbye_that_never_went_out_is_forgotten_all_the_same(database: EmbeddedDatabase) -> None:
    await says("delete my data")
    await says("ERASE")
    later = datetime.now(UTC) + timedelta(days=2)
    async with transaction() as session:
        assert await forget_late_goodbyes(session, later, 10) == 1
        assert await forget_late_goodbyes(session, later, 10) == 0
    assert NUMBER[1:] not in everything(database)


async def test_what_was_reported_is_said_to_stay() -> None:
    conversation_id = await says("hi")
    async with transaction() as session:
        await file_request(session, NewRequest(conversation_id, "k", "pothole", "hole", "pico", PICO))
    await says("delete my data")
    await says("ERASE")
    first, last = (await said(conversation_id), await said())
    assert first == [""]  # the question went with the rest
    assert "without your name" in last[-1]


async def test_spanish_is_answered_in_spanish_and_both_words_work() -> None:
    await says("hola", language_hint="es")
    await says("borra mis datos")
    assert "BORRAR" in (await said())[0]
    await says("erase")
    assert "borró sus datos" in (await said())[-1]


async def test_no_keeps_it_and_the_word_later_does_nothing() -> None:
    await says("delete my data")
    await says("no thanks")
    assert (await said())[-1] == gateway_text("erase_kept", "en")
    await says("ERASE")
    assert await turns_waiting() == 1  # for the dialogue: nobody was asked
    assert (await the_contact()).erased_at is None


async def test_a_yes_is_told_the_word_and_a_number_goes_to_the_open_question() -> None:
    await says("delete my data")
    await says("yes")
    assert (await said())[-1] == gateway_text("erase_unclear", "en")
    await says("1")
    assert await turns_waiting() == 1
    assert (await the_contact()).erased_at is None
    await says("ERASE")
    assert "deleted your data" in (await said())[-1]


async def test_a_no_to_what_was_asked_since_is_no_answer_to_the_old_question() -> None:
    conversation_id = await says("delete my data")
    async with transaction() as session:
        session.add(
            Message(
                conversation_id=conversation_id,
                direction="out",
                channel="sms",
                author="bot",
                body="Is it fixed?",
                state="sent",
                created_at=datetime.now(UTC) + timedelta(seconds=5),
            )
        )
    await says("no")
    assert await turns_waiting() == 1


async def test_the_question_lapses_after_a_day() -> None:
    await says("delete my data")
    async with transaction() as session:
        long_ago = func.now() - erasing.VALID_FOR - timedelta(seconds=1)
        await session.execute(update(Conversation).values(erasing_asked_at=long_ago))
    await says("ERASE")
    assert await turns_waiting() == 1
    assert (await the_contact()).erased_at is None


async def test_a_report_beside_the_wish_still_becomes_a_turn() -> None:
    await says("Pothole at Pico and 4th. Also delete my data.")
    assert len(await said()) == 1
    assert await turns_waiting() == 1


async def test_a_question_about_what_is_kept_is_answered_and_deletes_nothing() -> None:
    await says("do you keep my phone number?")
    assert "keeps your number" in (await said())[0]
    await says("yes")
    assert await turns_waiting() == 1


async def test_who_has_said_stop_is_answered_as_well() -> None:
    await says("STOP")
    await says("delete my data")
    async with transaction() as session:
        kinds = list(await session.scalars(select(Message.kind).where(Message.direction == "out")))
    assert kinds[-1] == "consent"  # sent even after a STOP: they asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "erase_ask",
        "erase_ask_requests",
        "erase_unclear",
        "erase_kept",
        "erased",
        "erased_requests",
        "what_is_kept",
    ],
)
def test_each_of_these_texts_fits_two_segments(language: str, name: str) -> None:
    assert segments(to_gsm7(gateway_text(name, language), fold_accents=True)) <= 2
