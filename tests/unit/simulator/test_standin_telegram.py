"""The stand-in for Telegram is driven by python-telegram-bot and checked against the Bot API's specification."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from PIL import Image
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from bot.simulator.samples import sample_photo
from tests.protocols import assert_telegram_type
from tests.simulation import CHAT, City, Simulation
from tests.standin import Fault, Reply

HOOK = "/channels/telegram"


@pytest.fixture
async def bot(simulator: Simulation) -> AsyncIterator[Bot]:
    """The official client, pointed at the stand-in."""
    async with bot_of(simulator) as bot:
        yield bot


def bot_of(simulator: Simulation, token: str | None = None) -> Bot:
    token = token or simulator.config.credentials.telegram_token
    return Bot(token, base_url=f"{simulator.url}/bot", base_file_url=f"{simulator.url}/file/bot")


async def updates(city: City, count: int) -> list[dict[str, Any]]:
    """The first updates the city was posted, each checked against the specification."""
    bodies = [json.loads(asked.body) for asked in await city.wait_for(count, HOOK)]
    for body in bodies:
        assert_telegram_type("Update", body)
        assert Update.de_json(body, None) is not None
    return bodies


def jpeg_with_position() -> bytes:
    """A picture whose EXIF data say where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "a description"
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "grey").save(out, "JPEG", exif=exif)
    return out.getvalue()


# The bot's side


async def test_the_bot_introduces_itself(simulator: Simulation, bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert str(me.id) == simulator.config.credentials.telegram_token.partition(":")[0]


async def test_a_text_with_buttons_arrives_and_a_press_comes_back(
    simulator: Simulation, city: City, bot: Bot
) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    keys = [[InlineKeyboardButton("Send it", callback_data="/affirm")]]
    sent = await bot.send_message(int(CHAT), "Shall I send it?", reply_markup=InlineKeyboardMarkup(keys))
    assert_telegram_type("Message", sent.to_dict())
    (shown,) = await simulator.shown("telegram", CHAT, sender="city")
    assert shown["buttons"] == [[{"text": "Send it", "data": "/affirm", "url": ""}]]
    await simulator.say("telegram", CHAT, button="Send it")
    pressed = (await updates(city, 2))[1]["callback_query"]
    assert pressed["data"] == "/affirm"
    assert pressed["message"]["message_id"] == sent.message_id
    assert await bot.answer_callback_query(pressed["id"])
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(pressed["id"])
    edited = await bot.edit_message_reply_markup(int(CHAT), sent.message_id)
    assert getattr(edited, "reply_markup", None) is None
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_reply_markup(int(CHAT), sent.message_id)
    await bot.edit_message_text("Sent.", int(CHAT), sent.message_id)
    (shown,) = await simulator.shown("telegram", CHAT, sender="city")
    assert (shown["text"], shown["buttons"], shown["edited"]) == ("Sent.", [], True)


async def test_photos_go_up_as_files_addresses_and_ids(simulator: Simulation, city: City, bot: Bot) -> None:
    picture = sample_photo("bin")
    assert picture is not None
    city.on("/media/1", Reply(200, picture, {"Content-Type": "image/jpeg"}))
    await simulator.say("telegram", CHAT, text="hi")
    uploaded = await bot.send_photo(int(CHAT), picture, caption="Done")
    assert_telegram_type("Message", uploaded.to_dict())
    assert [size.width for size in uploaded.photo] == sorted(size.width for size in uploaded.photo)
    await bot.send_photo(int(CHAT), f"{city.url}/media/1")
    await bot.send_photo(int(CHAT), uploaded.photo[-1].file_id)
    shown = await simulator.shown("telegram", CHAT, count=3, sender="city")
    for one in shown:
        answer = await simulator.http.get(one["media"][0]["url"])
        assert answer.headers["content-type"] == "image/jpeg"
    album = await bot.send_media_group(
        int(CHAT), [InputMediaPhoto(picture, caption="Before and after"), InputMediaPhoto(picture)]
    )
    assert len({message.media_group_id for message in album}) == 1
    with pytest.raises(BadRequest, match=r"(?i)failed to get http url content"):
        await bot.send_photo(int(CHAT), f"{city.url}/gone")
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(int(CHAT), b"no picture")


async def test_venues_locations_and_keyboards_are_shown(simulator: Simulation, bot: Bot) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    venue = await bot.send_venue(int(CHAT), 34.01, -118.49, "Pico Blvd & 4th St", "Santa Monica")
    assert_telegram_type("Message", venue.to_dict())
    await bot.send_location(int(CHAT), 34.01, -118.49)
    keyboard = ReplyKeyboardMarkup(
        [[KeyboardButton("Share my location", request_location=True)]], one_time_keyboard=True
    )
    await bot.send_message(int(CHAT), "Where is it?", reply_markup=keyboard)
    await bot.send_chat_action(int(CHAT), "typing")
    shown = await simulator.shown("telegram", CHAT, count=3, sender="city")
    assert shown[0]["pin"] == {
        "lat": 34.01,
        "lon": -118.49,
        "name": "Pico Blvd & 4th St",
        "address": "Santa Monica",
    }
    state = (await simulator.http.get(f"/simulator/phones/telegram/{CHAT}")).json()
    assert state["keyboard"]["rows"] == [[{"text": "Share my location", "request_location": True}]]
    await simulator.say("telegram", CHAT, pin={"lat": 34.0, "lon": -118.4})
    assert (await simulator.http.get(f"/simulator/phones/telegram/{CHAT}")).json()["keyboard"] is None
    await bot.send_message(int(CHAT), "Thanks", reply_markup=ReplyKeyboardRemove())


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"chat_id": 1, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "Bad Request: chat not found"),
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": CHAT, "text": " "}, "Bad Request: message text is empty"),
        ({"chat_id": CHAT, "text": "x" * 4097}, "Bad Request: message is too long"),
        (
            {
                "chat_id": CHAT,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]},
            },
            "Bad Request: BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_wrong_messages_are_refused_in_the_bot_apis_words(
    simulator: Simulation, fields: dict[str, Any], description: str
) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    answer = await simulator.bot("sendMessage", **fields)
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": description}


async def test_wrong_tokens_and_methods_are_refused(simulator: Simulation) -> None:
    assert (await simulator.http.get("/bot1:nobody/getMe")).json()["description"] == "Unauthorized"
    with pytest.raises(InvalidToken):
        await bot_of(simulator, "1:nobody").initialize()
    assert (await simulator.bot("flyToTheMoon")).json()["description"] == "Not Found: method not found"


async def test_calls_may_come_as_query_form_or_json(simulator: Simulation) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    path = f"/bot{simulator.config.credentials.telegram_token}/sendmessage"
    fields = {"chat_id": CHAT, "text": "x"}
    assert (await simulator.http.get(path, params=fields)).json()["ok"]
    assert (await simulator.http.post(path, data=fields)).json()["ok"]
    assert (await simulator.http.post(path, json=fields)).json()["ok"]
    assert not (
        await simulator.http.post(path, content=b"{", headers={"content-type": "application/json"})
    ).is_success


async def test_a_resident_who_never_wrote_cannot_be_written_to(simulator: Simulation, bot: Bot) -> None:
    await simulator.http.post("/simulator/sessions", json={"telegram": "777"})
    with pytest.raises(Forbidden, match="can't initiate"):
        await bot.send_message(777, "hello")


async def test_blocking_the_bot_is_told_and_refuses_messages(
    simulator: Simulation, city: City, bot: Bot
) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    await simulator.say("telegram", CHAT, block=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(int(CHAT), "hello")
    await simulator.say("telegram", CHAT, block=False)
    await bot.send_message(int(CHAT), "welcome back")
    changes = [
        update["my_chat_member"]["new_chat_member"]["status"] for update in (await updates(city, 3))[1:]
    ]
    assert changes == ["kicked", "member"]


async def test_slow_down_names_the_seconds_to_wait(simulator: Simulation, bot: Bot) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    await simulator.fault("http_429", provider="telegram", method="sendMessage", count=1, retry_after=7)
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(int(CHAT), "hello")
    assert "7 seconds" in str(refused.value)
    await bot.send_message(int(CHAT), "hello")


# The resident's side


async def test_everything_a_resident_can_send_is_a_valid_update(simulator: Simulation, city: City) -> None:
    (first,) = await simulator.say("telegram", CHAT, text="/start now", name="Ana", language="es")
    await simulator.say("telegram", CHAT, edit={"id": first["id"], "text": "start"})
    await simulator.say("telegram", CHAT, pin={"lat": 34.01, "lon": -118.49, "live": True})
    await simulator.say(
        "telegram", CHAT, pin={"lat": 34.01, "lon": -118.49, "name": "Pier", "address": "Ocean Ave"}
    )
    specials = ["sticker", "voice", "video", "video_note", "audio", "animation", "contact", "dice"]
    for kind in specials:
        await simulator.say("telegram", CHAT, special=kind)
    await simulator.say("telegram", CHAT, group=True, text="hello all")
    got = await updates(city, 4 + len(specials) + 2)
    numbers = [update["update_id"] for update in got]
    assert numbers == list(range(numbers[0], numbers[0] + len(got)))
    assert got[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert got[0]["message"]["from"]["language_code"] == "es"
    assert got[1]["edited_message"]["message_id"] == got[0]["message"]["message_id"]
    assert got[2]["message"]["location"]["live_period"] > 0
    assert got[3]["message"]["venue"]["title"] == "Pier"
    assert [next(kind for kind in specials if kind in one["message"]) for one in got[4:-2]] == specials
    assert got[-2]["my_chat_member"]["chat"]["type"] == "supergroup"
    assert got[-1]["message"]["chat"]["id"] < 0


async def test_an_album_is_separate_updates_with_one_group_id(
    simulator: Simulation, city: City, bot: Bot
) -> None:
    files = [{"sample": name} for name in ("pothole", "graffiti", "bin")]
    await simulator.say("telegram", CHAT, text="look", files=files, album_pause=0.01)
    messages = [update["message"] for update in await updates(city, 3)]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["look", None, None]
    assert [size["width"] for size in messages[0]["photo"]] == [90, 320, 800, 1200]
    file = await bot.get_file(messages[0]["photo"][-1]["file_id"])
    content = bytes(await file.download_as_bytearray())
    assert Image.open(io.BytesIO(content)).size == (1200, 900)
    with pytest.raises(BadRequest, match=r"(?i)file_id"):
        await bot.get_file("nothing")


async def test_photos_lose_their_exif_data_and_documents_keep_them(
    simulator: Simulation, city: City, bot: Bot
) -> None:
    original = jpeg_with_position()
    form = {"say": json.dumps({"text": "as a photo"})}
    upload = {"files": ("IMG_1.jpg", original, "image/jpeg")}
    path = f"/simulator/phones/telegram/{CHAT}/say"
    assert (await simulator.http.post(path, data=form, files=upload)).is_success
    form = {"say": json.dumps({"text": "as a file", "as_document": True})}
    assert (await simulator.http.post(path, data=form, files=upload)).is_success
    photo, document = (update["message"] for update in await updates(city, 2))
    compressed = await (await bot.get_file(photo["photo"][-1]["file_id"])).download_as_bytearray()
    assert not Image.open(io.BytesIO(bytes(compressed))).getexif()
    assert document["document"]["file_name"] == "IMG_1.jpg"
    kept = await (await bot.get_file(document["document"]["file_id"])).download_as_bytearray()
    assert bytes(kept) == original


# Delivery


async def test_updates_carry_the_secret_and_are_repeated_until_taken(
    simulator: Simulation, city: City
) -> None:
    city.on(HOOK, Reply(500), Fault.RESET, Reply(404), Reply(200))
    (shown,) = await simulator.say("telegram", CHAT, text="one")
    await simulator.say("telegram", CHAT, text="two")
    asked = await city.wait_for(5, HOOK)
    secret = simulator.config.credentials.telegram_secret
    assert {one.headers["x-telegram-bot-api-secret-token"] for one in asked} == {secret}
    texts = [json.loads(one.body)["message"]["text"] for one in asked]
    assert texts == ["one", "one", "one", "one", "two"]
    await simulator.state("telegram", CHAT, shown["seq"], "read")


async def test_without_a_webhook_updates_wait_to_be_polled(simulate: Callable[..., Simulation]) -> None:
    simulator = simulate(telegram_webhook=None)
    async with bot_of(simulator) as bot:
        (shown,) = await simulator.say("telegram", CHAT, text="one")
        await simulator.say("telegram", CHAT, text="two")
        first, second = await bot.get_updates()
        assert [first.message.text, second.message.text] == ["one", "two"]  # type: ignore[union-attr]
        (again,) = await bot.get_updates(offset=second.update_id)
        assert again.update_id == second.update_id
        waiting = asyncio.create_task(bot.get_updates(offset=second.update_id + 1, timeout=10))
        await simulator.state("telegram", CHAT, shown["seq"], "read")
        await simulator.say("telegram", CHAT, text="three")
        (third,) = await waiting
        assert third.update_id == second.update_id + 1
        assert (await bot.get_webhook_info()).pending_update_count == 1
        assert (await bot.get_updates(offset=-1))[0].update_id == third.update_id


async def test_a_second_poll_ends_the_first_and_a_webhook_forbids_both(
    simulate: Callable[..., Simulation], city: City
) -> None:
    simulator = simulate(telegram_webhook=None)
    async with bot_of(simulator) as bot, bot_of(simulator) as other:
        polls = [asyncio.create_task(one.get_updates(timeout=20)) for one in (bot, other)]
        done, left = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        assert isinstance(done.pop().exception(), Conflict)
        assert await bot.set_webhook(f"{city.url}{HOOK}", secret_token="abc", allowed_updates=["message"])
        with pytest.raises(Conflict):
            await left.pop()
        with pytest.raises(Conflict):
            await bot.get_updates()
        await simulator.say("telegram", CHAT, block=True)
        await simulator.say("telegram", CHAT, block=False)
        await simulator.say("telegram", CHAT, text="hi")
        (asked,) = await city.wait_for(1, HOOK)
        assert asked.headers["x-telegram-bot-api-secret-token"] == "abc"
        assert "message" in json.loads(asked.body)
        info = await bot.get_webhook_info()
        assert info.url.endswith(HOOK)
        assert_telegram_type("WebhookInfo", info.to_dict())
        assert await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()


async def test_webhooks_must_be_https_except_on_this_machine(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)https"):
        await bot.set_webhook("http://311.example.gov/channels/telegram")


async def test_commands_are_kept(bot: Bot) -> None:
    await bot.set_my_commands([("help", "How it works")])
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
