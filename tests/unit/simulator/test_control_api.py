"""The control API: act as a resident, watch a phone, keep within bounds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import httpx
import pytest

from bot.settings import load_settings
from bot.simulator.config import SIMULATOR_CREDENTIALS, SimulatorConfig, config_from_settings
from bot.simulator.ids import Minter
from bot.simulator.media import MediaStore, StoredMedia
from tests.simulation import CHAT, SMS, City, Simulation, serving


async def test_sessions_get_numbers_of_their_own_and_may_take_them_up_again(simulator: Simulation) -> None:
    opened = [(await simulator.http.post("/simulator/sessions", json={})).json() for _ in range(30)]
    numbers = {one["sms"]["address"] for one in opened}
    assert len(numbers) == len({one["telegram"]["address"] for one in opened}) == 30
    assert all(number.startswith("+1310555") and len(number) == 12 for number in numbers)
    again = await simulator.http.post(
        "/simulator/sessions", json={"sms": SMS, "telegram": CHAT, "language": "es"}
    )
    assert (again.json()["sms"]["address"], again.json()["telegram"]["language"]) == (SMS, "es")


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("sms/12", {"text": "x"}, "an SMS address looks like"),
        ("telegram/-5", {"text": "x"}, "a Telegram address is a chat id"),
        ("fax/1", {"text": "x"}, "the channel is sms or telegram"),
        (f"sms/{SMS}", {}, "nothing to say"),
        (f"sms/{SMS}", {"sticker": True}, "an SMS phone cannot do that"),
        (f"sms/{SMS}", {"files": [{"sample": "unicorn"}]}, "no sample photo"),
        (f"sms/{SMS}", {"files": [{"sample": "bin"}] * 11}, "at most 10 files"),
        (f"sms/{SMS}", {"shout": "x"}, "shout"),
        (f"sms/{SMS}", {"pin": {"lat": 91, "lon": 0}}, "pin.lat"),
        (f"sms/{SMS}", {"files": [{"base64": "!"}]}, "should be base64"),
        (f"telegram/{CHAT}", {"button": "Send it"}, "no such button"),
        (f"telegram/{CHAT}", {"edit": {"id": "1:1", "text": "x"}}, "no such message"),
        (f"telegram/{CHAT}", {"special": "hologram"}, "no such kind"),
    ],
)
async def test_what_a_phone_cannot_do_is_refused_with_a_reason(
    simulator: Simulation, path: str, body: dict[str, object], reason: str
) -> None:
    answer = await simulator.http.post(f"/simulator/phones/{path}/say", json=body)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]


async def test_a_pin_on_an_sms_phone_is_the_link_phones_share(simulator: Simulation, city: City) -> None:
    await simulator.say("sms", SMS, text="here", pin={"lat": 34.009621, "lon": -118.487274})
    (asked,) = await city.wait_for(1, "/channels/sms")
    assert asked.fields()["Body"] == "here https://maps.google.com/?q=34.009621,-118.487274"


async def test_waiting_for_messages_ends_when_they_are_there_or_time_is_over(simulator: Simulation) -> None:
    path = f"/simulator/phones/sms/{SMS}/messages"
    waiting = asyncio.create_task(simulator.http.get(path, params={"wait": 10, "from": "city"}))
    await simulator.say("sms", SMS, text="hi")
    await simulator.text(Body="Hello")
    assert [one["text"] for one in (await waiting).json()["messages"]] == ["Hello"]
    assert (await simulator.http.get(path, params={"after": 2, "wait": 0.05})).json()["messages"] == []


async def test_the_event_stream_tells_of_messages_and_receipts(simulator: Simulation) -> None:
    events = []
    url = "/simulator/events"
    async with simulator.http.stream("GET", url, params={"sms": SMS, "telegram": CHAT}) as stream:
        async for line in stream.aiter_lines():
            if line == "event: ready":
                await simulator.say("telegram", CHAT, text="hi")
                await simulator.bot("sendChatAction", chat_id=CHAT, action="typing")
                await simulator.text(Body="Hello")
            elif line.startswith('data: {"'):
                events.append(json.loads(line.removeprefix("data: ")))
                if events[-1].get("message", {}).get("state") == "delivered":
                    break
    kinds = [(event["type"], event["phone"].split(":")[0]) for event in events]
    assert ("message", "telegram") in kinds
    assert ("typing", "telegram") in kinds
    states = [event["message"]["state"] for event in events if event["phone"] == f"sms:{SMS}"]
    assert states == [None, "queued", "sent", "delivered"]


async def test_phones_messages_and_provider_records_are_bounded(simulate: Callable[..., Simulation]) -> None:
    simulator = simulate(max_phones=3, max_messages_per_phone=4, max_provider_messages=5)
    for number in range(6):
        await simulator.say("sms", f"+1310555000{number}", text="x")
    for _ in range(6):
        await simulator.say("sms", SMS, text="x")
    assert len((await simulator.http.get("/simulator/phones")).json()) == 3
    assert len(await simulator.shown("sms", SMS)) == 4
    assert (await simulator.http.get("/simulator/health")).json()["sms_messages"] == 5


def test_the_oldest_files_go_when_there_are_too_many_bytes() -> None:
    store = MediaStore(limit=100)
    for number in range(7):
        store.put(StoredMedia(str(number), b"x" * 30, "image/jpeg"))
    assert store.size == 90
    assert store.get("3") is None
    assert store.get("4") is not None


def test_the_same_seed_mints_the_same_ids() -> None:
    first, second = Minter(5), Minter(5)
    assert [first.sid("SM"), first.opaque(9)] == [second.sid("SM"), second.opaque(9)]
    assert Minter().sid("SM") != Minter().sid("SM")


async def test_a_seeded_simulator_repeats_itself(simulate: Callable[..., Simulation]) -> None:
    said = [await one.say("sms", SMS, text="x") for one in (simulate(seed=3), simulate(seed=3))]
    assert said[0][0]["id"] == said[1][0]["id"]


def test_credentials_never_show_in_a_log_line() -> None:
    for secret in (SIMULATOR_CREDENTIALS.auth_token, SIMULATOR_CREDENTIALS.telegram_token):
        assert secret not in repr(SIMULATOR_CREDENTIALS)


def test_the_environment_for_the_other_processes_is_a_valid_set_of_settings() -> None:
    environment = SIMULATOR_CREDENTIALS.environment("http://127.0.0.1:8319")
    settings = load_settings(**environment)
    assert settings.sms_configured
    assert settings.telegram_configured
    config = config_from_settings(settings, base_url="http://127.0.0.1:8319")
    assert config.credentials == SIMULATOR_CREDENTIALS
    assert config.sms_webhook == f"{settings.base_url}/channels/sms"
    assert config.telegram_webhook == f"{settings.base_url}/channels/telegram"


def test_credentials_of_the_settings_are_used_only_when_they_are_pointed_at_the_simulator() -> None:
    own = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+13105550177"}
    base = "http://127.0.0.1:8319"
    real = config_from_settings(load_settings(**own), base_url=base)
    assert real.credentials == SIMULATOR_CREDENTIALS
    pointed = config_from_settings(load_settings(**own, TWILIO_API_BASE_URL=base), base_url=base)
    assert pointed.credentials.from_number == "+13105550177"


async def test_a_residents_file_is_shown_but_never_run(simulator: Simulation) -> None:
    form = {"say": json.dumps({})}
    upload = {"files": ("page.html", b"<script>alert(1)</script>", "text/html")}
    await simulator.http.post(f"/simulator/phones/telegram/{CHAT}/say", data=form, files=upload)
    (shown,) = await simulator.shown("telegram", CHAT)
    answer = await simulator.http.get(shown["media"][0]["url"])
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_open_page_does_not_hold_up_the_end() -> None:
    with httpx.Client() as client:  # outlives the simulator: nobody closes the stream under its reader
        with serving(SimulatorConfig()) as config:
            events = f"{config.base_url}/simulator/phones/sms/{SMS}/events"
            lines = client.send(client.build_request("GET", events), stream=True).iter_lines()
            assert next(lines) == "event: ready"
            reader = threading.Thread(target=_read_to_the_end, args=(lines,), daemon=True)
            reader.start()
        reader.join(10)
        assert not reader.is_alive()


def test_a_poll_that_waits_does_not_hold_up_the_end() -> None:
    with ThreadPoolExecutor(2) as pool, httpx.Client(timeout=30) as client:
        with serving(SimulatorConfig(telegram_webhook=None)) as config:
            path = f"{config.base_url}/bot{config.credentials.telegram_token}/getUpdates"
            polls = [pool.submit(client.post, path, json={"timeout": 25}) for _ in range(2)]
            wait(polls, return_when=FIRST_COMPLETED)  # by the other, which therefore waits by now
        assert sorted(poll.result(5).status_code for poll in polls) == [200, 409]


def _read_to_the_end(lines: Iterator[str]) -> None:
    with contextlib.suppress(httpx.RemoteProtocolError):  # the server went away in mid-stream, as it should
        for _ in lines:
            pass
