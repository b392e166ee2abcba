"""A message whose answer was lost is found by editing it into what it is, or it is not there."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.messages import Known, LookUp, Option, Outbound, OutboundPhoto, Pin, Trace
from bot.channels.telegram import look_up as looking
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.look_up import MARGIN, MAX_PROBES, look_up
from bot.channels.telegram.render import RenderedTelegram, render
from tests.protocols import assert_telegram_call
from tests.standin import Fault, Reply, Standin

TOKEN = "123456:AAE-not-a-real-token"
API = f"/bot{TOKEN}"
PIER = Pin(34.0094, -118.4973, "Santa Monica Pier", "200 Santa Monica Pier")
MENU = (Option("Pothole", "/p"), Option("Graffiti", "/g"))


def refused(description: str, status: int = 400, **parameters: int) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return Reply(status, {**body, "parameters": parameters} if parameters else body)


# As the Bot API's server words them.
SAME = refused(
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message"
)
MISSING = refused("Bad Request: message to edit not found")
FIXED = refused("Bad Request: message can't be edited")
NO_TEXT = refused("Bad Request: there is no text in the message to edit")
SLOW_DOWN = refused("Too Many Requests: retry after 0", 429, retry_after=0)
CHAT = {"id": 700, "type": "private", "first_name": "Ana"}
CHANGED = Reply(
    200, {"ok": True, "result": {"message_id": 8, "date": 1_795_000_000, "chat": CHAT, "text": "x"}}
)


def known(*earlier: str, latest: tuple[str, ...] = (), gap: bool = False) -> Known:
    return Known(frozenset(earlier), frozenset((*earlier, *latest)), gap)


def reply(text: str = "Thanks!", **more: Any) -> RenderedTelegram:
    return render(Outbound(text, **more), to="700", message_id=41)


def photos(count: int) -> tuple[OutboundPhoto, ...]:
    return tuple(OutboundPhoto(n, f"https://311.example.gov/{n}.jpg") for n in range(count))


def arriving(standin: Standin, count: int = 0) -> None:
    info = {"url": "", "has_custom_certificate": False, "pending_update_count": count}
    standin.on(f"{API}/getWebhookInfo", Reply(200, {"ok": True, "result": info}))


def tried(standin: Standin) -> list[int]:
    """The ids that were tried, in order; every call is one of the Bot API."""
    edits = [asked for asked in standin.requests if "/editMessage" in asked.path]
    for asked in edits:
        assert_telegram_call(asked.path.rpartition("/")[2], asked.fields())
        assert asked.fields()["chat_id"] == "700"
    return [int(asked.fields()["message_id"]) for asked in edits]


async def test_a_message_that_went_out_is_found_by_its_own_words(
    standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", MISSING, SAME)
    found = await look_up(telegram, reply(options=MENU), part=0, known=known("700:7"))
    assert found == LookUp(Trace.FOUND, "700:9")
    assert tried(standin) == [8, 9]
    fields = standin.requests[-1].fields()
    assert fields["text"] == "Thanks!"
    assert '"callback_data": "41:1"' in fields["reply_markup"]
    assert fields["link_preview_options"] == '{"is_disabled": true}'


async def test_one_that_changes_was_ours_as_well(standin: Standin, telegram: TelegramClient) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", CHANGED)
    found = await look_up(telegram, reply(), part=0, known=known("700:7"))
    assert found == LookUp(Trace.FOUND, "700:8")


async def test_a_message_is_not_there_when_every_id_was_tried(
    standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin, 2)
    standin.on(f"{API}/editMessageText", MISSING, FIXED, NO_TEXT, MISSING)
    found = await look_up(telegram, reply(), part=0, known=known("700:7"))
    assert found == LookUp(Trace.NOT_FOUND)
    assert tried(standin) == list(range(8, 8 + MARGIN + 2))


async def test_ids_of_other_messages_are_not_tried(standin: Standin, telegram: TelegramClient) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", MISSING)
    # Newer: the resident's answer, another chat's message. Of no use: a group's, a button's, an edit's.
    newer = ("700:9", "9001:10", "-1001:5000", "callback:77000", "700:9:edit:1795000000")
    await look_up(telegram, reply(), part=0, known=known("700:5", "9001:7", latest=newer))
    assert tried(standin) == [8, *range(11, 11 + MARGIN)]


@pytest.mark.parametrize(
    ("outbound", "method", "fields"),
    [
        (Outbound("Fixed!", photos=photos(1)), "editMessageCaption", {"caption": "Fixed!"}),
        (Outbound("", photos=photos(1)), "editMessageCaption", {}),
        (Outbound("Fixed!", photos=photos(3)), "editMessageCaption", {"caption": "Fixed!"}),
        (Outbound("", venue=PIER), "editMessageReplyMarkup", {}),
    ],
)
async def test_each_kind_is_looked_for_by_what_can_be_edited(
    outbound: Outbound, method: str, fields: dict[str, str], standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin)
    standin.on(f"{API}/{method}", SAME)
    rendered = render(outbound, to="700", message_id=41)
    assert (await look_up(telegram, rendered, part=0, known=known("700:7"))).trace is Trace.FOUND
    assert standin.requests[-1].fields() == {"chat_id": "700", "message_id": "8", **fields}


@pytest.mark.parametrize("keyboard", ["ask_location", "drop_location_button"])
async def test_a_reply_keyboard_is_found_as_the_one_message_that_cannot_be_edited(
    keyboard: str, standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", MISSING, FIXED, MISSING)
    # 8 is the resident's answer: it cannot be edited either, and it is on record.
    rendered = reply(ask_location=keyboard == "ask_location", drop_location_button=keyboard != "ask_location")
    found = await look_up(telegram, rendered, part=0, known=known("700:7", latest=("700:8",)))
    assert found == LookUp(Trace.FOUND, "700:10")
    assert all("reply_markup" not in asked.fields() for asked in standin.requests)


async def test_of_two_that_cannot_be_edited_nobody_can_tell(
    standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", FIXED, FIXED, MISSING)
    found = await look_up(telegram, reply(ask_location=True), part=0, known=known("700:7"))
    assert found == LookUp(Trace.UNKNOWABLE)


async def test_beyond_a_few_dozen_ids_nobody_can_tell(standin: Standin, telegram: TelegramClient) -> None:
    arriving(standin, MAX_PROBES)
    standin.on(f"{API}/editMessageText", MISSING)
    found = await look_up(telegram, reply(), part=0, known=known("700:7"))
    assert found == LookUp(Trace.UNKNOWABLE)
    assert len(tried(standin)) == MAX_PROBES


@pytest.mark.parametrize("on_record", [known(), known("700:7", gap=True), known("-1001:5")])
async def test_without_a_place_to_start_from_nothing_is_tried(
    on_record: Known, standin: Standin, telegram: TelegramClient
) -> None:
    # With a gap the words could replace those of an earlier message.
    assert (await look_up(telegram, reply(), part=0, known=on_record)).trace is Trace.UNKNOWABLE
    assert standin.requests == []


async def test_slowing_down_is_obeyed_and_the_same_id_tried_again(
    standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", MISSING, SLOW_DOWN, SLOW_DOWN, SAME)
    found = await look_up(telegram, reply(), part=0, known=known("700:7"))
    assert found == LookUp(Trace.FOUND, "700:9")
    assert tried(standin) == [8, 9, 9, 9]


async def test_a_long_wait_is_left_to_a_later_look_up(standin: Standin, telegram: TelegramClient) -> None:
    arriving(standin)
    after = int(looking.PATIENCE) + 1
    standin.on(f"{API}/editMessageText", refused("Too Many Requests", 429, retry_after=after))
    found = await look_up(telegram, reply(), part=0, known=known("700:7"))
    assert found == LookUp(Trace.UNREACHED, retry_after=float(after))


@pytest.mark.parametrize(
    ("answer", "trace"),
    [
        (Fault.RESET, Trace.UNREACHED),
        (Fault.HANG, Trace.UNREACHED),
        (refused("Internal Server Error", 500), Trace.UNREACHED),
        (refused("Unauthorized", 401), Trace.UNREACHED),
        (Reply(200, b"<html>"), Trace.UNREACHED),
        (refused("Forbidden: bot was blocked by the user", 403), Trace.UNKNOWABLE),
        (refused("Bad Request: chat not found"), Trace.UNKNOWABLE),
        (refused("Bad Request: something new"), Trace.UNKNOWABLE),
    ],
)
async def test_what_says_nothing_about_the_message_is_not_taken_for_an_answer(
    answer: Reply | Fault, trace: Trace, standin: Standin, telegram: TelegramClient
) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageText", MISSING, answer)
    assert (await look_up(telegram, reply(), part=0, known=known("700:7"))).trace is trace


async def test_without_knowing_what_is_arriving_nothing_is_tried(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/getWebhookInfo", Fault.RESET)
    assert (await look_up(telegram, reply(), part=0, known=known("700:7"))).trace is Trace.UNREACHED
    assert tried(standin) == []


async def test_the_part_after_the_one_found_is_told_of(standin: Standin, telegram: TelegramClient) -> None:
    arriving(standin)
    standin.on(f"{API}/editMessageCaption", SAME)
    standin.on(f"{API}/editMessageText", NO_TEXT, SAME)
    fixed = reply("Fixed?", options=MENU, photos=photos(2))
    assert await look_up(telegram, fixed, part=0, known=known("700:7")) == LookUp(
        Trace.FOUND, "700:8", more=True
    )
    assert await look_up(telegram, fixed, part=1, known=known("700:8")) == LookUp(Trace.FOUND, "700:10")
    assert await look_up(telegram, fixed, part=2, known=known("700:10")) == LookUp(Trace.NOT_FOUND)
