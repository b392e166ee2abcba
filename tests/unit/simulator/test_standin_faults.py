"""The simulator fails when told, as often as told, and repeatably."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.faults import FaultBook, FaultKind
from bot.simulator.twilio.receipts import plan_receipts
from tests.simulation import CHAT, SMS, City, Reply, Simulation

STATES = ["queued", "sent", "delivered"]


@pytest.mark.parametrize(("kind", "code"), [("http_429", 20429), ("http_500", 20500)])
async def test_twilio_refuses_as_often_as_told(simulator: Simulation, kind: str, code: int) -> None:
    await simulator.fault(kind, provider="sms", method="Messages.create", count=2, retry_after=3)
    answers = [await simulator.text(Body=str(number)) for number in range(3)]
    assert [answer.json().get("code") for answer in answers] == [code, code, None]
    if kind == "http_429":
        assert answers[0].headers["retry-after"] == "3"
    shown = await simulator.shown("sms", SMS)
    assert [one["text"] for one in shown] == ["2"]


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        ("reset", httpx.ReadError, False),
        ("timeout", httpx.RemoteProtocolError, False),
        ("timeout_after_send", httpx.RemoteProtocolError, True),
    ],
)
async def test_an_answer_can_stay_away_with_and_without_the_text_arriving(
    simulator: Simulation, kind: str, error: type[Exception], arrives: bool
) -> None:
    await simulator.fault(kind, provider="sms", method="Messages.create", count=1)
    with pytest.raises(error):
        await simulator.text(Body="was it sent?")
    await simulator.text(Body="next")
    shown = await simulator.shown("sms", SMS, count=2 if arrives else 1)
    assert [one["text"] for one in shown] == ["was it sent?", "next"][not arrives :]


async def test_a_caller_that_gives_up_first_is_not_waited_for(simulate: Callable[..., Simulation]) -> None:
    simulator = simulate(hang=600)
    await simulator.fault("timeout", provider="telegram", count=1)
    with pytest.raises(httpx.ReadTimeout):
        await simulator.http.post(f"/bot{simulator.config.credentials.telegram_token}/getMe", timeout=0.2)
    assert (await simulator.bot("getMe")).json()["ok"]


async def test_a_fault_touches_its_provider_and_method_only(simulator: Simulation) -> None:
    await simulator.say("telegram", CHAT, text="hi")
    await simulator.fault("http_500", provider="telegram", method="sendPhoto")
    assert (await simulator.bot("sendMessage", chat_id=CHAT, text="x")).is_success
    assert (await simulator.text(Body="x")).is_success
    assert (await simulator.bot("sendPhoto", chat_id=CHAT)).status_code == 500


async def test_faults_can_be_listed_and_lifted(simulator: Simulation) -> None:
    number = await simulator.fault("http_500", provider="sms")
    await simulator.fault("http_429")
    await simulator.text(Body="x")
    listed = (await simulator.http.get("/simulator/faults")).json()
    assert [one["fired"] for one in listed] == [1, 0]
    assert (await simulator.http.delete(f"/simulator/faults/{number}")).status_code == 204
    assert (await simulator.http.delete(f"/simulator/faults/{number}")).status_code == 404
    assert (await simulator.text(Body="x")).status_code == 429
    await simulator.http.delete("/simulator/faults")
    assert (await simulator.text(Body="x")).status_code == 201
    assert (await simulator.http.post("/simulator/faults", json={"kind": "flood"})).status_code == 422


@pytest.mark.parametrize(("kind", "copies"), [("webhook_twice", 2), ("webhook_concurrent", 3)])
@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_webhooks_can_come_more_than_once(
    simulator: Simulation, city: City, channel: str, kind: str, copies: int
) -> None:
    await simulator.fault(kind, provider=channel, count=1)
    address = SMS if channel == "sms" else CHAT
    await simulator.say(channel, address, text="one")
    await simulator.say(channel, address, text="two")
    asked = await city.wait_for(copies + 1, f"/channels/{channel}")
    assert len({one.body for one in asked[:copies]}) == 1
    assert asked[copies].body != asked[0].body


async def test_receipts_can_be_late_doubled_and_out_of_order_at_once(
    simulator: Simulation, city: City
) -> None:
    await simulator.fault("receipts_double", provider="sms")
    await simulator.fault("receipts_shuffled", provider="sms", seed=3)
    await simulator.fault("receipts_late", provider="sms", delay=0.01)
    await simulator.text(Body="x", StatusCallback=f"{city.url}/channels/sms/receipt")
    receipts = await city.wait_for(6, "/channels/sms/receipt")
    states = [one.fields()["MessageStatus"] for one in receipts]
    assert sorted(states) == sorted(STATES * 2)
    assert states != [state for state in STATES for _ in range(2)]


@given(seed=st.integers(), probability=st.floats(0, 1))
def test_the_same_seed_gives_the_same_failures(seed: int, probability: float) -> None:
    def drawn() -> list[bool]:
        book = FaultBook()
        book.add(FaultKind.HTTP_500, probability=probability, seed=seed)
        return [book.for_request("sms", "Messages.create") is not None for _ in range(40)]

    assert drawn() == drawn()


@given(count=st.integers(1, 20), asked=st.integers(0, 40))
def test_a_counted_fault_happens_exactly_that_often(count: int, asked: int) -> None:
    book = FaultBook()
    fault = book.add(FaultKind.RESET, count=count)
    fired = sum(book.for_request("telegram", "sendMessage") is not None for _ in range(asked))
    assert fired == fault.fired == min(count, asked)


@given(seed=st.integers(), kinds=st.sets(st.sampled_from(list(FaultKind)[5:8])))
def test_planned_receipts_lose_no_state_and_a_shuffle_is_never_the_order(
    seed: int, kinds: set[FaultKind]
) -> None:
    book = FaultBook()
    for kind in sorted(kinds):
        book.add(kind, seed=seed)
    plan = [state for _, state in plan_receipts(STATES, book.for_receipts("sms"))]
    assert set(plan) == set(STATES)
    assert len(plan) == (6 if FaultKind.RECEIPTS_DOUBLE in kinds else 3)
    if FaultKind.RECEIPTS_SHUFFLED in kinds:
        assert plan != sorted(plan, key=STATES.index)


@given(seed=st.integers())
def test_lost_receipts_are_some_of_them_in_their_order(seed: int) -> None:
    book = FaultBook()
    book.add(FaultKind.RECEIPTS_LOST, seed=seed)
    plan = [state for _, state in plan_receipts(STATES, book.for_receipts("sms"))]
    assert plan == [state for state in STATES if state in plan]


async def link_of_a_photo(simulator: Simulation, city: City, channel: str) -> str:
    """Where the bytes of a resident's photo are, as the city finds them."""
    credentials = simulator.config.credentials
    if channel == "sms":
        await simulator.say("sms", SMS, files=[{"sample": "pothole"}])
        (asked,) = await city.wait_for(1, "/channels/sms")
        auth = (credentials.account_sid, credentials.auth_token)
        redirect = await simulator.http.get(asked.fields()["MediaUrl0"], auth=auth)
        return redirect.headers["location"].replace("//localhost", "//127.0.0.1")
    await simulator.say("telegram", CHAT, files=[{"sample": "pothole"}])
    (asked,) = await city.wait_for(1, "/channels/telegram")
    photo = json.loads(asked.body)["message"]["photo"][-1]
    file = (await simulator.bot("getFile", file_id=photo["file_id"])).json()["result"]
    return f"{simulator.url}/file/bot{credentials.telegram_token}/{file['file_path']}"


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_photo_can_be_missing_slow_or_cut_off(
    simulator: Simulation, city: City, channel: str
) -> None:
    link = await link_of_a_photo(simulator, city, channel)
    await simulator.fault("media_missing", provider=channel, count=2)
    assert [(await simulator.http.get(link)).status_code for _ in range(2)] == [404, 404]
    await simulator.fault("media_cut", provider=channel, count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await simulator.http.get(link)
    await simulator.fault("media_slow", provider=channel, count=1, hang=0.4)
    chunks = []
    async with simulator.http.stream("GET", link) as answer:
        async for chunk in answer.aiter_raw():
            chunks.append(len(chunk))
    assert chunks[0] == 1, "a byte first"
    whole = await simulator.http.get(link)
    assert len(whole.content) == sum(chunks)
    assert (await simulator.bot("getMe")).json()["ok"], "nothing but files is touched"


async def test_a_carrier_that_takes_no_pictures_throws_the_message_away_and_says_so(
    simulator: Simulation, city: City
) -> None:
    city.on("/media/fixed", Reply(200, b"\xff\xd8 a picture", {"Content-Type": "image/jpeg"}))
    await simulator.fault("no_pictures", provider="sms")
    callback = f"{city.url}/channels/sms/receipt"
    await simulator.text(Body="Done", MediaUrl=f"{city.url}/media/fixed", StatusCallback=callback)
    receipts = [one.fields() for one in await city.wait_for(3, "/channels/sms/receipt")]
    assert [one["MessageStatus"] for one in receipts] == ["queued", "sent", "undelivered"]
    assert receipts[-1]["ErrorCode"] == "30011"
    await simulator.text(Body="Words alone")
    assert [one["text"] for one in await simulator.shown("sms", SMS)] == ["Words alone"]
