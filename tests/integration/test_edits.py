"""An edit mends what it edits, and answers nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channels.messages import Option
from bot.conversation.outbox import Reply
from bot.db.session import transaction
from bot.db.tables import Media
from tests.gateway import SENT, Gateway, heard, message, said

pytestmark = pytest.mark.integration

MENU = Reply("Which one?", (Option("Pico & 4th", "/a"), Option("Pico & Lincoln", "/b")))


async def edit(gateway: Gateway, number: int, text: str, at: int = 30, **more: Any) -> None:
    changed = message(number, text=text, edit_date=SENT + at, **more)
    assert await gateway.telegram(edited_message=changed) == 200


async def test_an_edit_while_a_question_is_open_is_a_turn_that_knows_the_words_before(
    gateway: Gateway,
) -> None:
    gateway.engine = lambda turn: [MENU]
    number = await gateway.say("abandond car at Pico and 4th")
    await edit(gateway, number, "abandoned car at Pico and 4th")
    turn = gateway.turns[-1]
    assert turn.message == "abandoned car at Pico and 4th"
    assert (turn.metadata["edited"], turn.metadata["before"]) == (True, "abandond car at Pico and 4th")
    await edit(gateway, number, "abandoned van at Pico and 4th", at=60)
    assert gateway.turns[-1].metadata["before"] == "abandoned car at Pico and 4th"


async def test_an_edit_with_the_same_words_was_made_by_nobody(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [MENU]
    number = await gateway.say("car at Pico")
    for at in (30, 31, 32):
        await edit(gateway, number, " car at Pico", at=at, link_preview_options={"is_disabled": True})
    assert len(gateway.turns) == 1
    assert [row.kind for row in await heard()] == ["message"]


@pytest.mark.parametrize("words", ["2", "Pico & Lincoln", "yes"])
async def test_an_edit_never_chooses_from_the_menu(words: str, gateway: Gateway) -> None:
    gateway.engine = lambda turn: [MENU]
    number = await gateway.say("car at Pico")
    await edit(gateway, number, words)
    assert (gateway.turns[-1].message, gateway.turns[-1].metadata["edited"]) == (words, True)
    await gateway.say("2")
    assert gateway.turns[-1].message == "/b"


async def test_an_edit_of_what_no_turn_has_taken_changes_it(gateway: Gateway) -> None:
    photo = [{"file_id": "f1", "file_unique_id": "u", "width": 90, "height": 90}]
    assert await gateway.telegram(message=message(9, photo=photo, caption="hole at Main")) == 200
    assert gateway.turns == []  # the photo is not fetched yet
    await gateway.telegram(
        edited_message=message(
            9, photo=[{**photo[0], "file_id": "f2"}], caption="hole at Main and Hill", edit_date=SENT + 5
        )
    )
    first, second = await heard()
    assert (first.body, first.state) == ("hole at Main and Hill", "received")
    assert (second.kind, second.state, second.payload["before"]) == ("edit", "handled", "hole at Main")
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Media)) == 1


async def test_two_edits_within_a_second_both_count(gateway: Gateway) -> None:
    number = await gateway.say("car at Pico")
    await edit(gateway, number, "car at Pico and 4th")
    await edit(gateway, number, "car at Pico and 5th")
    assert gateway.turns[-1].message == "car at Pico and 5th"


async def test_an_edit_is_not_joined_with_what_is_said_after_it(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [Reply("Go on.")]
    number = await gateway.say("car at Pico")
    await edit(gateway, number, "van at Pico")
    await gateway.say("it is red")
    assert [turn.message for turn in gateway.turns] == ["car at Pico", "van at Pico", "it is red"]
    assert len(await said()) == 3


async def test_an_edit_of_a_message_we_never_had_is_words(gateway: Gateway) -> None:
    await edit(gateway, 77, "pothole at Pico and 4th")
    assert gateway.turns[-1].message == "pothole at Pico and 4th"
