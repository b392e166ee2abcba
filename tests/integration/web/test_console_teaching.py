"""Saying in the console what a message was: masked, proposed, accepted; and gone with its resident."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from sqlalchemy import select, update

from bot.cases.staff import Role
from bot.conversation.outbox import Reply
from bot.conversation.review.trainings import Stage, began, ended
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Example, Message, Staff, Training
from bot.keeping.erasing import erase_contact
from bot.keeping.words import forget_words
from tests.console import Browser, a_conversation

pytestmark = pytest.mark.integration

SAID = "crater at 1437 11th St, my name is Ximena Soto, call 310-555-0142"


async def a_message(text: str = SAID) -> int:
    conversation_id = await a_conversation(text=text)
    async with transaction() as session:
        return (
            await session.scalars(select(Message.id).where(Message.conversation_id == conversation_id))
        ).one()


async def examples() -> list[Example]:
    async with transaction() as session:
        return list(await session.scalars(select(Example).order_by(Example.id)))


async def proposed(browser: Browser, **fields: str) -> int:
    message_id = await a_message()
    page = f"/console/messages/{message_id}/teach"
    await browser.open(page)
    answer = await browser.send(page, {"text": "crater", "kind": "service", "service": "pothole", **fields})
    return answer.status_code


async def test_the_masked_words_are_shown_before_anything_is_kept(maria: Browser) -> None:
    page = (await maria.open(f"/console/messages/{await a_message()}/teach")).text
    masked = page.partition('id="masked"')[2].partition("</textarea>")[0]
    assert "crater at Main St" in masked
    for private in ("1437", "Ximena", "0142"):
        assert private not in masked
    assert await examples() == []


async def test_what_a_reviewer_typed_is_masked_once_more(maria: Browser) -> None:
    assert await proposed(maria, text="crater by 310 555 0142") == 303
    (one,) = await examples()
    assert (one.text, one.kind, one.label, one.state) == ("crater by", "service", "pothole", "waiting")


async def as_a(role: Role) -> None:
    """Maria is that from now on."""
    async with transaction() as session:
        await session.execute(update(Staff).where(Staff.username == "maria").values(role=role))


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "service", "service": "no_such_service"},
        {"kind": "act", "act": "EXTERNAL_request_update"},
        {"kind": "place", "place": ""},
        {"kind": "label"},
        {"kind": ""},
        {"text": "310 555 0142"},
    ],
)
async def test_what_cannot_be_learnt_is_refused_and_nothing_typed_is_lost(
    maria: Browser, fields: dict[str, str]
) -> None:
    assert await proposed(maria, **fields) == 422
    assert await examples() == []
    assert "Not saved" in maria.page
    assert fields.get("text", "crater") in maria.page


async def test_said_again_it_replaces_what_was_said_before(maria: Browser) -> None:
    message_id = await a_message()
    page = f"/console/messages/{message_id}/teach"
    for service in ("pothole", "sidewalk"):
        await maria.open(page)
        await maria.send(page, {"text": "crater", "kind": "service", "service": service})
    assert [one.label for one in await examples()] == ["sidewalk"]


async def test_a_proposal_is_accepted_or_rejected_by_who_teaches(maria: Browser, browser: Browser) -> None:
    await proposed(maria)
    (one,) = await examples()
    page = (await maria.open("/console/review/teach")).text
    assert "a report of Pothole" in page
    await as_a(Role.MANAGER)
    await maria.send(f"/console/review/teach/{one.id}", {"accept": "1"})
    assert [one.state for one in await examples()] == ["accepted"]
    assert "accepted by Maria Lopez" in (await maria.open("/console/review/teach?state=accepted")).text
    await maria.send(f"/console/review/teach/{one.id}", {"accept": "0"})
    assert [one.state for one in await examples()] == ["rejected"]
    await browser.client.post("/console/logout", data={"csrf_token": maria.hidden("csrf_token")})
    await browser.log_in("vera")
    assert await proposed(browser) == 303
    await browser.open("/console/review/teach")
    assert (await browser.send(f"/console/review/teach/{one.id}", {"accept": "1"})).status_code == 403


async def test_a_message_of_ours_or_without_words_teaches_nothing(maria: Browser) -> None:
    assert (await maria.open("/console/messages/999/teach")).status_code == 404
    message_id = await a_message()
    async with transaction() as session:
        (await session.get_one(Message, message_id)).direction = "out"
    assert (await maria.open(f"/console/messages/{message_id}/teach")).status_code == 404


async def conversation_of(one: Example) -> int:
    assert one.conversation_id is not None
    return one.conversation_id


async def test_forgotten_words_leave_what_was_accepted_without_a_trace_of_whose_it_was(
    maria: Browser,
) -> None:
    await proposed(maria)
    (one,) = await examples()
    await maria.open("/console/review/teach")
    await as_a(Role.MANAGER)
    await maria.send(f"/console/review/teach/{one.id}", {"accept": "1"})
    async with transaction() as session:
        await forget_words(session, [await conversation_of(one)], datetime.now(UTC))
    (left,) = await examples()
    assert (left.conversation_id, left.message_id, left.text) == (None, None, "crater")


async def test_forgotten_words_take_what_nobody_has_accepted(maria: Browser) -> None:
    await proposed(maria)
    (one,) = await examples()
    async with transaction() as session:
        await forget_words(session, [await conversation_of(one)], datetime.now(UTC))
    assert await examples() == []


async def test_who_is_erased_takes_back_what_was_taught_with_their_words(maria: Browser) -> None:
    await proposed(maria)
    (one,) = await examples()
    await maria.open("/console/review/teach")
    await as_a(Role.MANAGER)
    await maria.send(f"/console/review/teach/{one.id}", {"accept": "1"})
    async with transaction() as session:
        contact_id = (await session.scalars(select(Contact.id).join(Conversation))).one()
        await erase_contact(session, contact_id, actor="staff:maria")
    assert await examples() == []


async def test_a_training_tells_what_it_changed_on_each_set(maria: Browser) -> None:
    one = {
        "set": "acts", "texts": 338, "before": 320, "after": 324, "missed_before": 0, "missed_after": 0,
        "confusions": [["correct", "deny", 4, 1]], "changed": [],
    }  # fmt: skip
    async with transaction() as session:
        number = await began(session, "system", 14, datetime.now(UTC))
        await ended(
            session, number, Stage.SWITCHED, datetime.now(UTC), "a.tar.gz", {"sets": [one], "worse": []}
        )
    page = (await maria.open("/console/review/teach")).text
    assert "14 examples, switched in" in page
    assert '<td class="better">324</td>' in page
    assert "a correction taken for no, 4 before, 1 after" in page


async def test_a_conversation_is_saved_as_a_test_without_telling_whose_it_was(maria: Browser) -> None:
    conversation_id = await a_conversation(text=SAID)
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        place = {"words": "1437 11th St", "outcome": "resolved", "name": "1437 11th St"}
        await finish_turn(session, turn, [Reply("Where: 1437 11th St")], understood={"place": place})
    answer = await maria.open(f"/console/conversations/{conversation_id}/dialogue.yml")
    assert answer.headers["content-disposition"].startswith("attachment")
    (dialogue,) = yaml.safe_load(answer.text)
    assert dialogue["channel"] == "sms"
    (only,) = dialogue["turns"]
    assert only["says"].startswith("crater at Main and Hill")
    assert only["hears"] == ["Where: Main St & Hill St"]
    for private in ("1437", "Ximena", "0142"):
        assert private not in answer.text
    assert (await maria.open("/console/conversations/999/dialogue.yml")).status_code == 404


async def test_a_manager_asks_for_a_training_once_however_often_it_is_pressed(
    maria: Browser, browser: Browser
) -> None:
    await proposed(maria)
    (one,) = await examples()
    await maria.open("/console/review/teach")
    await as_a(Role.MANAGER)
    await maria.send(f"/console/review/teach/{one.id}", {"accept": "1"})
    await as_a(Role.AGENT)
    assert (await maria.send("/console/review/trainings", {})).status_code == 403
    await as_a(Role.MANAGER)
    assert "Train with what is accepted (1)" in (await maria.open("/console/review/teach")).text
    for _ in range(2):
        assert (await maria.send("/console/review/trainings", {})).status_code == 303
    async with transaction() as session:
        assert [row.state for row in await session.scalars(select(Training))] == [Stage.ASKED]
    page = (await maria.open("/console/review/trainings")).text
    assert "1 example, begins within a minute" in page
    assert 'hx-trigger="every 5s"' in page


async def test_without_an_accepted_example_there_is_nothing_to_train_with(maria: Browser) -> None:
    await as_a(Role.MANAGER)
    page = (await maria.open("/console/review/teach")).text
    assert "Train with what is accepted" not in page
    assert (await maria.send("/console/review/trainings", {})).status_code == 422
