"""The stand-in for Twilio is driven by Twilio's own client and checked by its own validator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from bot.channels.messages import ListProblem, NumberListError
from bot.channels.twilio import client as twilio_client
from bot.channels.twilio.deactivations import given_up
from bot.settings import load_settings
from tests.protocols import assert_twilio_schema
from tests.simulation import SMS, City, Simulation
from tests.standin import Asked, Fault, Reply

MESSAGE = "api.v2010.account.message"


def is_signed(simulator: Simulation, city: City, asked: Asked) -> bool:
    """Twilio's own validator, over the URL as configured."""
    url = city.url + asked.path
    if asked.query:
        url += "?" + "&".join(f"{name}={values[0]}" for name, values in asked.query.items())
    validator = RequestValidator(simulator.config.credentials.auth_token)
    signature = asked.headers["x-twilio-signature"]
    return bool(validator.validate(url, {k: v[0] for k, v in asked.form().items()}, signature))


async def test_the_official_client_sends_a_text_that_arrives(simulator: Simulation) -> None:
    sent = await asyncio.to_thread(
        simulator.twilio().messages.create,
        to=SMS,
        from_=simulator.config.credentials.from_number,
        body="Hello from the city",
    )
    assert sent.status == "queued"
    assert sent.sid.startswith("SM")
    (shown,) = await simulator.shown("sms", SMS)
    assert (shown["text"], shown["from"], shown["id"]) == ("Hello from the city", "city", sent.sid)
    await simulator.state("sms", SMS, shown["seq"], "delivered")
    fetched = await asyncio.to_thread(simulator.twilio().messages(sent.sid).fetch)
    assert fetched.status == "delivered"
    assert fetched.date_sent is not None


async def test_a_created_message_is_the_documented_resource(simulator: Simulation) -> None:
    answer = await simulator.text(Body="Hello")
    assert answer.status_code == 201
    assert_twilio_schema(MESSAGE, answer.json())
    assert answer.json()["subresource_uris"]["media"].endswith("/Media.json")


async def test_a_messaging_service_can_be_the_sender(simulator: Simulation) -> None:
    service = simulator.config.credentials.messaging_service_sid
    answer = await simulator.text(From=None, MessagingServiceSid=service, Body="Hello")
    assert answer.json()["messaging_service_sid"] == service
    assert_twilio_schema(MESSAGE, answer.json())


@pytest.mark.parametrize(
    ("code", "status", "fields"),
    [
        (21211, 400, {"To": "310-555", "Body": "x"}),
        (21211, 400, {"To": "+0123456789", "Body": "x"}),
        (21604, 400, {"To": "", "Body": "x"}),
        (21603, 400, {"From": None, "Body": "x"}),
        (21212, 400, {"From": "City", "Body": "x"}),
        (21606, 400, {"From": "+13105559999", "Body": "x"}),
        (21703, 404, {"From": None, "MessagingServiceSid": "MG" + "0" * 32, "Body": "x"}),
        (21619, 400, {}),
        (21617, 400, {"Body": "x" * 1601}),
        (21620, 400, {"MediaUrl": "ftp://example.org/a.jpg"}),
        (21623, 400, {"MediaUrl": [f"https://example.org/{n}.jpg" for n in range(11)]}),
        (21609, 400, {"Body": "x", "StatusCallback": "nowhere"}),
    ],
)
async def test_wrong_messages_are_refused_with_twilios_codes(
    simulator: Simulation, code: int, status: int, fields: dict[str, Any]
) -> None:
    answer = await simulator.text(**fields)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert set(answer.json()) == {"code", "message", "more_info", "status"}


async def test_the_client_library_understands_a_refusal(simulator: Simulation) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await asyncio.to_thread(simulator.twilio().messages("SM" + "0" * 32).fetch)
    assert (refused.value.status, refused.value.code) == (404, 20404)


@pytest.mark.parametrize("auth", [None, ("AC" + "0" * 32, "x"), ("someone", "else")])
async def test_without_the_right_credentials_nothing_is_answered(
    simulator: Simulation, auth: tuple[str, str] | None
) -> None:
    answer = await simulator.http.get(f"{simulator.messages_path}.json", auth=auth or ("", ""))
    assert answer.status_code == 401
    assert answer.json()["code"] == 20003


async def test_the_account_can_be_fetched(simulator: Simulation) -> None:
    account = await asyncio.to_thread(
        simulator.twilio().api.accounts(simulator.config.credentials.account_sid).fetch
    )
    assert account.status == "active"
    credentials = simulator.config.credentials
    path = f"/2010-04-01/Accounts/{credentials.account_sid}.json"
    answer = await simulator.http.get(path, auth=(credentials.account_sid, credentials.auth_token))
    assert_twilio_schema("api.v2010.account", answer.json())


async def test_lists_are_paged_and_filtered_as_the_client_library_expects(simulator: Simulation) -> None:
    for number in range(5):
        assert (await simulator.text(Body=f"number {number}")).status_code == 201
    await simulator.text(To="+13105557777", Body="another")
    client = simulator.twilio()
    found = await asyncio.to_thread(client.messages.list, to=SMS, page_size=2)
    assert [one.body for one in found] == [f"number {n}" for n in (4, 3, 2, 1, 0)]
    now = datetime.now(UTC)
    after = await asyncio.to_thread(client.messages.list, to=SMS, date_sent_after=now - timedelta(minutes=5))
    assert len(after) == 5
    before = await asyncio.to_thread(client.messages.list, date_sent_before=now - timedelta(days=1))
    assert before == []
    today = await asyncio.to_thread(client.messages.list, date_sent=now.date().isoformat())
    assert len(today) == 6
    credentials = simulator.config.credentials
    answer = await simulator.http.get(
        f"{simulator.messages_path}.json",
        params={"DateSent>": "yesterday"},
        auth=(credentials.account_sid, credentials.auth_token),
    )
    assert answer.json()["code"] == 20001


async def test_messages_can_be_redacted_and_deleted(simulator: Simulation) -> None:
    sent = (await simulator.text(Body="private")).json()
    client = simulator.twilio()
    redacted = await asyncio.to_thread(client.messages(sent["sid"]).update, body="")
    assert redacted.body == ""
    assert await asyncio.to_thread(client.messages(sent["sid"]).delete)
    with pytest.raises(TwilioRestException):
        await asyncio.to_thread(client.messages(sent["sid"]).fetch)


# Webhooks


async def test_an_inbound_text_comes_signed_with_all_fields_and_blanks(
    simulator: Simulation, city: City
) -> None:
    (shown,) = await simulator.say("sms", SMS, text="Huge pothole & more = ñ €")
    (asked,) = await city.wait_for(1, "/channels/sms")
    assert asked.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert asked.headers["i-twilio-idempotency-token"]
    assert is_signed(simulator, city, asked)
    fields = asked.fields()
    assert fields["Body"] == "Huge pothole & more = ñ €"
    assert fields["MessageSid"] == fields["SmsSid"] == fields["SmsMessageSid"] == shown["id"]
    assert (fields["From"], fields["To"]) == (SMS, simulator.config.credentials.from_number)
    assert (fields["NumMedia"], fields["NumSegments"], fields["ApiVersion"]) == ("0", "1", "2010-04-01")
    assert fields["FromZip"] == "" == fields["FromCity"]


async def test_the_signature_covers_the_public_address_not_the_one_connected_to(
    simulate: Callable[..., Simulation], city: City
) -> None:
    public = "https://311.example.gov"
    simulator = simulate(sms_webhook=f"{public}/channels/sms", public_base=public, connect_base=city.url)
    await simulator.say("sms", SMS, text="hi")
    (asked,) = await city.wait_for(1, "/channels/sms")
    validator = RequestValidator(simulator.config.credentials.auth_token)
    assert validator.validate(f"{public}/channels/sms", asked.fields(), asked.headers["x-twilio-signature"])


async def test_a_webhook_nobody_takes_is_repeated_with_the_same_token(
    simulator: Simulation, city: City
) -> None:
    city.on("/channels/sms", Fault.RESET, Fault.CLOSE, Reply(503), Reply(204))
    (shown,) = await simulator.say("sms", SMS, text="hi")
    asked = await city.wait_for(4, "/channels/sms")
    assert len({one.headers["i-twilio-idempotency-token"] for one in asked}) == 1
    assert {one.fields()["MessageSid"] for one in asked} == {shown["id"]}
    assert (await simulator.state("sms", SMS, shown["seq"], "delivered"))["state"] == "delivered"


async def test_a_refused_webhook_is_not_repeated_and_the_phone_says_so(
    simulator: Simulation, city: City
) -> None:
    city.on("/channels/sms", Reply(403))
    (shown,) = await simulator.say("sms", SMS, text="hi")
    failed = await simulator.state("sms", SMS, shown["seq"], "failed")
    assert failed["receipts"][-1]["detail"] == "webhook:403"
    assert len(city.taken("/channels/sms")) == 1


async def test_texts_of_one_phone_are_posted_in_the_order_they_were_said(
    simulator: Simulation, city: City
) -> None:
    for number in range(12):
        await simulator.say("sms", SMS, text=str(number))
    asked = await city.wait_for(12, "/channels/sms")
    assert [one.fields()["Body"] for one in asked] == [str(number) for number in range(12)]


async def test_a_twiml_answer_becomes_a_reply(simulator: Simulation, city: City) -> None:
    body = b"<Response><Message><Body>Thanks</Body></Message><Message>Bye</Message></Response>"
    city.on("/channels/sms", Reply(200, body, {"Content-Type": "text/xml"}))
    await simulator.say("sms", SMS, text="hi")
    shown = await simulator.shown("sms", SMS, count=2, sender="city")
    assert [one["text"] for one in shown] == ["Thanks", "Bye"]


# Media


async def test_mms_media_need_credentials_and_lead_to_another_host_that_takes_none(
    simulate: Callable[..., Simulation], city: City
) -> None:
    simulator = simulate(media_base_url="http://storage.example")
    credentials = simulator.config.credentials
    auth = (credentials.account_sid, credentials.auth_token)
    await simulator.say("sms", SMS, files=[{"sample": "pothole"}, {"sample": "bin"}])
    (asked,) = await city.wait_for(1, "/channels/sms")
    fields = asked.fields()
    assert (fields["NumMedia"], fields["Body"], fields["MediaContentType1"]) == ("2", "", "image/jpeg")
    assert is_signed(simulator, city, asked)
    assert (await simulator.http.get(fields["MediaUrl0"])).status_code == 401
    redirect = await simulator.http.get(fields["MediaUrl0"], auth=auth)
    assert redirect.status_code == 307
    target = redirect.headers["location"].replace("http://storage.example", simulator.url)
    assert (await simulator.http.get(target, auth=auth)).status_code == 400
    content = await simulator.http.get(target)
    assert content.headers["content-type"] == "image/jpeg"
    assert content.content.startswith(b"\xff\xd8")
    client = simulator.twilio()
    listed = await asyncio.to_thread(client.messages(fields["MessageSid"]).media.list)
    assert len(listed) == 2
    answer = await simulator.http.get(fields["MediaUrl0"] + ".json", auth=auth)
    assert_twilio_schema("api.v2010.account.message.media", answer.json())
    assert (await simulator.http.delete(fields["MediaUrl0"], auth=auth)).status_code == 204
    assert (await simulator.http.get(fields["MediaUrl0"], auth=auth)).status_code == 404
    assert len(await asyncio.to_thread(client.messages(fields["MessageSid"]).media.list)) == 1


async def test_pictures_of_the_city_are_fetched_and_shown(simulator: Simulation, city: City) -> None:
    city.on("/media/fixed", Reply(200, b"\xff\xd8 a picture", {"Content-Type": "image/jpeg"}))
    await simulator.text(Body="Done", MediaUrl=f"{city.url}/media/fixed?expires=9&signature=abc")
    (shown,) = await simulator.shown("sms", SMS)
    (media,) = shown["media"]
    assert media["ok"]
    assert (await simulator.http.get(media["url"])).content == b"\xff\xd8 a picture"
    (asked,) = city.taken("/media/fixed")
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(403), "11200"),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), "12300"),
        (Reply(200, b"x" * (5 * 1024 * 1024 + 1), {"Content-Type": "image/jpeg"}), "11751"),
    ],
)
async def test_a_broken_media_link_fails_the_message_loudly(
    simulator: Simulation, city: City, reply: Reply, code: str
) -> None:
    city.on("/media/fixed", reply)
    sent = await simulator.text(
        Body="Done", MediaUrl=f"{city.url}/media/fixed", StatusCallback=f"{city.url}/channels/sms/receipt"
    )
    receipts = [one.fields() for one in await city.wait_for(2, "/channels/sms/receipt")]
    assert receipts[-1]["MessageStatus"] == "failed"
    assert receipts[-1]["ErrorCode"] == code
    (shown,) = await simulator.shown("sms", SMS)
    assert not shown["media"][0]["ok"]
    fetched = await asyncio.to_thread(simulator.twilio().messages(sent.json()["sid"]).fetch)
    assert str(fetched.error_code) == code


# Receipts


async def test_receipts_come_in_order_and_signed(simulator: Simulation, city: City) -> None:
    sent = await simulator.text(Body="Hello", StatusCallback=f"{city.url}/channels/sms/receipt?message=41")
    receipts = await city.wait_for(3, "/channels/sms/receipt")
    assert [one.fields()["MessageStatus"] for one in receipts] == ["queued", "sent", "delivered"]
    assert all(is_signed(simulator, city, one) for one in receipts)
    assert all(one.query == {"message": ["41"]} for one in receipts)
    assert {one.fields()["MessageSid"] for one in receipts} == {sent.json()["sid"]}


async def test_a_phone_out_of_reach_gets_nothing(simulator: Simulation, city: City) -> None:
    await simulator.say("sms", SMS, block=True)
    await simulator.text(Body="Hello", StatusCallback=f"{city.url}/channels/sms/receipt")
    receipts = [one.fields() for one in await city.wait_for(3, "/channels/sms/receipt")]
    assert (receipts[-1]["MessageStatus"], receipts[-1]["ErrorCode"]) == ("undelivered", "30003")
    answer = await simulator.http.get(f"/simulator/phones/sms/{SMS}/messages")
    assert answer.json()["messages"] == []


async def test_a_number_that_is_given_up_is_on_the_list_of_its_day(simulator: Simulation) -> None:
    today = datetime.now(UTC).date()
    day = today - timedelta(days=2)
    await simulator.say("sms", SMS, give_up=day.isoformat())
    credentials = simulator.config.credentials
    settings = load_settings(
        twilio_account_sid=credentials.account_sid,
        twilio_auth_token=credentials.auth_token,
        twilio_from=credentials.from_number,
        twilio_api_base_url=simulator.url,
    )
    client = twilio_client.open_client(settings)
    try:
        assert [numbers async for numbers in given_up(client, day)] == [[SMS]]
        assert [numbers async for numbers in given_up(client, day - timedelta(days=1))] == []
        with pytest.raises(NumberListError) as raised:
            [numbers async for numbers in given_up(client, today)]
        assert raised.value.problem is ListProblem.MISSING, "the day is not over"
    finally:
        await client.aclose()
    answer = await simulator.http.get("/v1/Deactivations", params={"Date": "yesterday"})
    assert answer.status_code == 401


# Reserved words


@pytest.mark.parametrize(
    "word", ["STOP", "stopall", " Unsubscribe ", "CANCEL", "end", "quit", "revoke", "OptOut"]
)
async def test_after_a_stop_word_the_number_is_blocked_until_start(
    simulator: Simulation, city: City, word: str
) -> None:
    await simulator.say("sms", SMS, text=word)
    (asked,) = await city.wait_for(1, "/channels/sms")
    assert asked.fields()["Body"] == word
    (notice,) = await simulator.shown("sms", SMS, sender="network")
    assert "unsubscribed" in notice["text"]
    refused = await simulator.text(Body="Hello")
    assert (refused.status_code, refused.json()["code"]) == (400, 21610)
    await simulator.say("sms", SMS, text="START")
    assert (await simulator.text(Body="Hello")).status_code == 201


async def test_help_is_answered_by_the_network_and_passed_on(simulator: Simulation, city: City) -> None:
    await simulator.say("sms", SMS, text="Help")
    (notice,) = await simulator.shown("sms", SMS, sender="network")
    assert "STOP" in notice["text"]
    await city.wait_for(1, "/channels/sms")
    assert (await simulator.text(Body="Hello")).status_code == 201


async def test_a_yes_of_somebody_who_has_not_stopped_is_a_word_like_any_other(
    simulator: Simulation, city: City
) -> None:
    await simulator.say("sms", SMS, text="yes")
    await city.wait_for(1, "/channels/sms")
    shown = await simulator.shown("sms", SMS)
    assert [one["from"] for one in shown] == ["resident"]
