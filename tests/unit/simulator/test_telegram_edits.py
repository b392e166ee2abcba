"""Edits are refused in Telegram's words, and ids run as Telegram's do: looking up a lost message rests on both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation import CHAT, Simulation

OTHER = "55567890"
INLINE = {"inline_keyboard": [[{"text": "Yes", "callback_data": "41:0"}]]}


async def sent(simulator: Simulation, method: str = "sendMessage", **fields: Any) -> int:
    answer = await simulator.bot(method, chat_id=CHAT, **fields)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["result"]["message_id"]
    return number


async def edited(simulator: Simulation, method: str, number: int, chat: str = CHAT, **fields: Any) -> str:
    body = (await simulator.bot(method, chat_id=chat, message_id=number, **fields)).json()
    return "changed" if body["ok"] else body["description"].removeprefix("Bad Request: ").partition(":")[0]


async def test_all_private_chats_share_one_sequence_and_a_group_has_its_own(simulator: Simulation) -> None:
    await simulator.say("telegram", CHAT, text="one")
    await simulator.say("telegram", OTHER, text="two")
    (group,) = (await simulator.say("telegram", OTHER, text="three", group=True))[-1:]
    assert await sent(simulator, text="three") == 3
    assert group["id"].endswith(":1")


async def test_ids_rise_over_a_restart(simulate: Callable[..., Simulation]) -> None:
    simulator = simulate(seed=None)
    (shown,) = await simulator.say("telegram", CHAT, text="one")
    assert int(shown["id"].partition(":")[2]) > 50_000_000


@pytest.mark.parametrize(
    ("method", "fields", "answer"),
    [
        ("editMessageText", {"text": "Sent?", "reply_markup": INLINE}, "message is not modified"),
        ("editMessageText", {"text": "Sent?"}, "changed"),
        ("editMessageText", {"text": "Other", "reply_markup": INLINE}, "changed"),
        ("editMessageReplyMarkup", {"reply_markup": INLINE}, "message is not modified"),
        (
            "editMessageCaption",
            {"caption": "Sent?"},
            "there is no caption in the message to edit",
        ),
        (
            "editMessageText",
            {"text": "Sent?", "reply_markup": {"remove_keyboard": True}},
            "inline keyboard expected",
        ),
    ],
)
async def test_a_text_is_edited_or_not(
    method: str, fields: dict[str, Any], answer: str, simulator: Simulation
) -> None:
    await simulator.say("telegram", CHAT, text="hello")
    number = await sent(simulator, text="Sent?", reply_markup=INLINE)
    assert await edited(simulator, method, number, **fields) == answer


async def test_a_venue_only_has_a_keyboard_to_edit(simulator: Simulation) -> None:
    await simulator.say("telegram", CHAT, text="hello")
    number = await sent(simulator, "sendVenue", latitude=34, longitude=-118, title="Pier", address="Pier")
    assert await edited(simulator, "editMessageText", number, text="x") == "message can't be edited"
    assert await edited(simulator, "editMessageReplyMarkup", number) == "message is not modified"


@pytest.mark.parametrize(
    "markup", [{"keyboard": [[{"text": "Here", "request_location": True}]]}, {"remove_keyboard": True}]
)
async def test_a_message_with_a_reply_keyboard_cannot_be_edited(
    markup: dict[str, Any], simulator: Simulation
) -> None:
    await simulator.say("telegram", CHAT, text="hello")
    number = await sent(simulator, text="Where?", reply_markup=markup)
    assert await edited(simulator, "editMessageText", number, text="Where?") == "message can't be edited"


async def test_a_resident_s_message_is_seen_and_other_ids_are_not(simulator: Simulation) -> None:
    await simulator.say("telegram", CHAT, text="hello")
    await simulator.say("telegram", OTHER, text="hello")
    number = await sent(simulator, text="Hi")
    assert await edited(simulator, "editMessageText", 1, text="x") == "message can't be edited"
    assert await edited(simulator, "editMessageText", 2, text="x") == "message to edit not found"
    assert await edited(simulator, "editMessageText", number, OTHER, text="Hi") == "message to edit not found"
    assert await edited(simulator, "editMessageText", number + 1, text="Hi") == "message to edit not found"
