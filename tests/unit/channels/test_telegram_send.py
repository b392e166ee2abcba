"""What we hand to Telegram, and what each of its answers and failures means."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.messages import Option, OurEnd, Outbound, OutboundPhoto, Outcome, Pin
from bot.channels.telegram.client import TelegramClient, open_client
from bot.channels.telegram.render import RenderedTelegram, render
from bot.channels.telegram.send import answer_callback, check, send
from bot.channels.telegram.updates import UpdatesError, delete_webhook, get_updates, set_webhook
from bot.channels.transport import SETTLE_SECONDS
from bot.settings import load_settings
from tests.protocols import assert_telegram_call, assert_telegram_type
from tests.standin import Fault, Reply, Standin

TOKEN = "123456:AAE-not-a-real-token"
API = f"/bot{TOKEN}"
PIER = Pin(34.0094, -118.4973, "Santa Monica Pier", "200 Santa Monica Pier")


def sent(message_id: int = 8, **content: Any) -> dict[str, Any]:
    chat = {"id": 700, "type": "private", "first_name": "Ana"}
    return {"message_id": message_id, "date": 1_795_000_000, "chat": chat, "text": "Thanks!", **content}


def ok(result: Any) -> Reply:
    return Reply(200, {"ok": True, "result": result})


def error(status: int, description: str, **parameters: int) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Reply(status, body)


def reply(text: str = "Thanks!", **more: Any) -> RenderedTelegram:
    return render(Outbound(text, **more), to="700", message_id=41)


def photos(count: int, content: bytes | None = b"\xff\xd8\xff jpeg") -> tuple[OutboundPhoto, ...]:
    return tuple(OutboundPhoto(n, f"https://311.example.gov/{n}.jpg", content=content) for n in range(count))


CALLS: list[tuple[Outbound, str, dict[str, str]]] = [
    (
        Outbound("Hello"),
        "sendMessage",
        {"chat_id": "700", "text": "Hello", "link_preview_options": '{"is_disabled": true}'},
    ),
    (Outbound("Pick", options=(Option("Pothole", "/p"),)), "sendMessage", {"text": "Pick"}),
    (Outbound("Where?", ask_location=True), "sendMessage", {"text": "Where?"}),
    (Outbound("Thanks", drop_location_button=True), "sendMessage", {"text": "Thanks"}),
    (Outbound("Fixed!", photos=photos(1)), "sendPhoto", {"caption": "Fixed!"}),
    (Outbound("", photos=photos(1, None)), "sendPhoto", {"photo": "https://311.example.gov/0.jpg"}),
    (Outbound("Fixed!", photos=photos(3)), "sendMediaGroup", {"chat_id": "700"}),
    (Outbound("", venue=PIER), "sendVenue", {"title": PIER.name or "", "address": PIER.address or ""}),
    (
        Outbound("", venue=Pin(34.0, -118.0, address="1 Main St")),
        "sendVenue",
        {"title": "1 Main St", "address": "1 Main St"},
    ),
    (Outbound("", venue=Pin(34.0, -118.0)), "sendLocation", {"latitude": "34.0", "longitude": "-118.0"}),
]


@pytest.mark.parametrize(("outbound", "method", "fields"), CALLS)
async def test_every_kind_of_reply_is_a_call_of_the_bot_api(
    outbound: Outbound, method: str, fields: dict[str, str], standin: Standin, telegram: TelegramClient
) -> None:
    result = [sent(8), sent(9), sent(10)] if method == "sendMediaGroup" else sent(8)
    standin.on(f"{API}/{method}", ok(result))
    outcome = await send(telegram, render(outbound, to="700", message_id=41))
    ids = ("700:8", "700:9", "700:10") if method == "sendMediaGroup" else ("700:8",)
    assert (outcome.outcome, outcome.provider_ids, outcome.parts_sent) == (Outcome.SENT, ids, 1)
    (asked,) = standin.requests
    assert fields.items() <= asked.fields().items()
    assert "parse_mode" not in asked.fields()
    assert_telegram_call(method, asked.fields())


def test_the_stand_in_s_message_is_one_of_telegram_s() -> None:
    assert_telegram_type("Message", sent())


# What Telegram does → outcome, code.
ANSWERS: list[tuple[Reply | Fault, Outcome, str | None]] = [
    (error(403, "Forbidden: bot was blocked by the user"), Outcome.OPTED_OUT, "403"),
    (error(403, "Forbidden: bot was kicked from the group chat"), Outcome.OPTED_OUT, "403"),
    (error(403, "Forbidden: user is deactivated"), Outcome.UNREACHABLE, "403"),
    (error(403, "Forbidden: bot can't initiate conversation with a user"), Outcome.UNREACHABLE, "403"),
    (error(403, "Forbidden: something new"), Outcome.UNREACHABLE, "403"),
    (error(400, "Bad Request: chat not found"), Outcome.UNREACHABLE, "400"),
    (error(400, "Bad Request: message text is empty"), Outcome.REJECTED, "400"),
    (error(400, "Bad Request: something new"), Outcome.REJECTED, "400"),
    (
        error(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100),
        Outcome.REJECTED,
        "400",
    ),
    (error(401, "Unauthorized"), Outcome.MISCONFIGURED, "401"),
    (error(404, "Not Found"), Outcome.MISCONFIGURED, "404"),
    (error(413, "Request Entity Too Large"), Outcome.REJECTED, "413"),
    (error(429, "Too Many Requests: retry after 7", retry_after=7), Outcome.RETRY, "429"),
    (error(500, "Internal Server Error: restart"), Outcome.RETRY, "500"),
    (Reply(502, b"<html>Bad gateway</html>"), Outcome.RETRY, "502"),
    (Reply(504, b"<html>Gateway time-out</html>"), Outcome.AMBIGUOUS, "504"),
    (Reply(520, b"<html>"), Outcome.AMBIGUOUS, "520"),
    (Reply(200, b"<html>Hello from a captive portal</html>"), Outcome.AMBIGUOUS, None),
    (Reply(200, {"ok": True}), Outcome.AMBIGUOUS, None),
    (Fault.HANG, Outcome.AMBIGUOUS, None),
    (Fault.RESET, Outcome.AMBIGUOUS, None),
    (Fault.CLOSE, Outcome.AMBIGUOUS, None),
    (Fault.HALF, Outcome.AMBIGUOUS, None),
]


@pytest.mark.parametrize(("answer", "outcome", "code"), ANSWERS)
async def test_every_answer_and_failure_has_its_outcome(
    answer: Reply | Fault, outcome: Outcome, code: str | None, standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/sendMessage", answer)
    result = await send(telegram, reply())
    assert (result.outcome, result.error_code, result.parts_sent) == (outcome, code, 0)
    if outcome is Outcome.AMBIGUOUS:  # Telegram may still be working on it
        assert result.retry_after == SETTLE_SECONDS
    assert TOKEN not in repr(result)
    assert len(standin.requests) == 1


async def test_telegram_says_how_long_to_wait(standin: Standin, telegram: TelegramClient) -> None:
    standin.on(f"{API}/sendMessage", error(429, "Too Many Requests: retry after 7", retry_after=7))
    assert (await send(telegram, reply())).retry_after == 7.0


async def test_a_refused_connection_was_not_sent() -> None:
    async with Standin() as gone:
        base = gone.url
    client = open_client(load_settings(telegram_bot_token=TOKEN, telegram_api_base_url=base))
    result = await send(client, reply())
    await client.aclose()
    assert result.outcome is Outcome.RETRY


async def test_a_photo_whose_upload_was_cut_off_was_not_sent(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/sendPhoto", Fault.RESET_EARLY)
    result = await send(telegram, reply(photos=photos(1, b"\xff\xd8\xff" + bytes(16_000_000))))
    assert result.outcome is Outcome.RETRY


async def test_a_further_attempt_starts_where_the_last_one_stopped(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/sendMediaGroup", ok([sent(8), sent(9)]))
    standin.on(f"{API}/sendMessage", error(429, "Too Many Requests", retry_after=1), ok(sent(10)))
    fixed = reply("Fixed?", options=(Option("Yes", "/y"),), photos=photos(2))
    result = await send(telegram, fixed)
    assert (result.outcome, result.provider_ids, result.parts_sent) == (Outcome.RETRY, ("700:8", "700:9"), 1)
    result = await send(telegram, fixed, start=result.parts_sent)
    assert (result.outcome, result.provider_ids, result.parts_sent) == (Outcome.SENT, ("700:10",), 2)
    assert [asked.path.rsplit("/", 1)[1] for asked in standin.requests] == [
        "sendMediaGroup",
        "sendMessage",
        "sendMessage",
    ]


async def test_a_pressed_button_is_answered(standin: Standin, telegram: TelegramClient) -> None:
    standin.on(f"{API}/answerCallbackQuery", ok(True))
    assert await answer_callback(telegram, "4382")
    assert_telegram_call("answerCallbackQuery", standin.requests[0].fields())


@pytest.mark.parametrize("answer", [error(400, "Bad Request: query is too old"), Fault.RESET])
async def test_a_button_pressed_long_ago_is_let_be(
    answer: Reply | Fault, standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/answerCallbackQuery", answer)
    assert not await answer_callback(telegram, "4382")


ME = {"id": 99, "is_bot": True, "first_name": "City", "username": "city_bot"}


@pytest.mark.parametrize(
    ("answer", "good", "word"),
    [
        (ok(ME), True, "@city_bot"),
        (error(401, "Unauthorized"), False, "TELEGRAM_BOT_TOKEN"),
        (error(404, "Not Found"), False, "TELEGRAM_BOT_TOKEN"),
        (error(500, "Internal Server Error"), False, "try again later"),
        (Reply(200, b"<html>"), False, "TELEGRAM_API_BASE_URL"),
        (Fault.RESET, False, "TELEGRAM_API_BASE_URL"),
    ],
)
async def test_the_doctor_s_sentence(
    answer: Reply | Fault, good: bool, word: str, standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/getMe", answer)
    checked = await check(telegram)
    assert checked.ok is good
    assert word in checked.sentence
    assert TOKEN not in checked.sentence


@pytest.mark.parametrize(("named", "good"), [("City_Bot", True), ("another_bot", False)])
async def test_the_doctor_tells_when_pages_lead_to_another_bot(
    named: str, good: bool, standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/getMe", ok(ME))
    checked = await check(replace(telegram, named=named))
    assert checked.ok is good
    assert ("TELEGRAM_BOT_NAME" in checked.sentence) is not good


async def test_the_webhook_is_set_with_its_secret_and_what_we_read(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/setWebhook", ok(True))
    url = await set_webhook(telegram, base_url="https://311.example.gov/", secret="s3cret")
    fields = standin.requests[0].fields()
    assert url == fields["url"] == "https://311.example.gov/channels/telegram"
    assert fields["secret_token"] == "s3cret"
    assert fields["allowed_updates"] == '["message", "edited_message", "callback_query", "my_chat_member"]'
    assert_telegram_call("setWebhook", fields)


async def test_a_webhook_that_telegram_refuses_is_a_sentence(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/setWebhook", error(400, "Bad Request: bad webhook: An HTTPS URL must be provided"))
    with pytest.raises(UpdatesError, match="PUBLIC_URL"):
        await set_webhook(telegram, base_url="http://127.0.0.1:8311", secret="s3cret")


async def test_the_webhook_is_removed_and_waiting_updates_are_kept(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/deleteWebhook", ok(True))
    await delete_webhook(telegram)
    assert "drop_pending_updates" not in standin.requests[0].fields()


async def test_updates_are_fetched_as_they_are(standin: Standin, telegram: TelegramClient) -> None:
    waiting = [{"update_id": 7, "message": {"odd": True}}, {"update_id": 8}]
    standin.on(f"{API}/getUpdates", ok(waiting))
    assert await get_updates(telegram, offset=7, wait=1) == waiting
    fields = standin.requests[0].fields()
    assert (fields["offset"], fields["timeout"]) == ("7", "1")
    assert_telegram_call("getUpdates", fields)


async def test_two_processes_polling_are_told_apart_from_other_trouble(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(
        f"{API}/getUpdates",
        error(409, "Conflict: terminated by other getUpdates request"),
        error(429, "Too Many Requests", retry_after=3),
        Reply(200, {"ok": True, "result": "nothing"}),
    )
    with pytest.raises(UpdatesError) as trouble:
        await get_updates(telegram, offset=None, wait=0)
    assert trouble.value.conflict
    with pytest.raises(UpdatesError) as trouble:
        await get_updates(telegram, offset=None, wait=0)
    assert (trouble.value.conflict, trouble.value.retry_after) == (False, 3.0)
    with pytest.raises(UpdatesError):
        await get_updates(telegram, offset=None, wait=0)


@pytest.mark.parametrize("answer", [ok(sent()), Reply(200, b"<html> secret words"), Fault.RESET])
async def test_neither_the_token_nor_any_words_are_logged(
    answer: Reply | Fault,
    standin: Standin,
    telegram: TelegramClient,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    standin.on(f"{API}/sendMessage", answer)
    logging.getLogger().setLevel(logging.INFO)
    with caplog.at_level(logging.INFO):
        await send(telegram, reply("secret words"))
    everything = caplog.text + "".join(capsys.readouterr())
    assert TOKEN not in everything
    assert "secret words" not in everything


@pytest.mark.parametrize(("outbound", "method", "fields"), CALLS)
async def test_every_kind_of_reply_goes_into_its_topic(
    outbound: Outbound, method: str, fields: dict[str, str], standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/{method}", ok([sent(8)] if method == "sendMediaGroup" else sent(8)))
    await send(telegram, render(replace(outbound, our_end=OurEnd(topic=77)), to="700", message_id=41))
    (asked,) = standin.requests
    assert asked.fields()["message_thread_id"] == "77"
    assert_telegram_call(method, asked.fields())


async def test_where_the_topic_is_gone_the_answer_goes_into_the_chat(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"{API}/sendMessage", error(400, "Bad Request: message thread not found"), ok(sent(8)))
    result = await send(telegram, reply(our_end=OurEnd(topic=77)))
    assert result.outcome is Outcome.SENT
    assert ["message_thread_id" in asked.fields() for asked in standin.requests] == [True, False]
