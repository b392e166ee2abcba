"""What we hand to Twilio, and what each of its answers and failures means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.channels.messages import (
    Option,
    OurEnd,
    Outbound,
    OutboundPhoto,
    Outcome,
    ReceiptsAwayError,
    ReceiptState,
    Trace,
)
from bot.channels.transport import SETTLE_SECONDS
from bot.channels.twilio.client import TwilioClient, open_client
from bot.channels.twilio.errors import CODES, classify, meaning_of
from bot.channels.twilio.render import RenderedSms, SmsPart, render
from bot.channels.twilio.send import ask, check, look_up, send
from bot.settings import load_settings
from tests.protocols import assert_twilio_form, assert_twilio_query, assert_twilio_schema
from tests.standin import Fault, Reply, Standin

ACCOUNT = "AC" + "0a" * 16
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SPEC_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
SID = "SM" + "1f" * 16
RESIDENT = "+13105550123"
BEGAN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def resource(**changes: Any) -> dict[str, Any]:
    """A message as Twilio answers it."""
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": "Thanks!",
        "date_created": format_datetime(BEGAN + timedelta(seconds=1)),
        "date_sent": None,
        "date_updated": format_datetime(BEGAN + timedelta(seconds=1)),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+13105550100",
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": SID,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media.json"},
        "to": RESIDENT,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json",
        **changes,
    }


def error(status: int, code: int | None, **headers: str) -> Reply:
    body = {
        "code": code,
        "message": f"The 'To' number {RESIDENT} is not good",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def sms(text: str = "Thanks!", **more: Any) -> RenderedSms:
    return render(Outbound(text, **more), to=RESIDENT, message_id=41)


def test_the_stand_in_s_message_is_one_of_twilio_s() -> None:
    assert_twilio_schema("api.v2010.account.message", resource())


async def test_a_text_is_posted_with_our_id_in_the_receipt_url(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, Reply(201, resource()))
    result = await send(twilio, sms("What is it?", options=(Option("Pothole", "/p"),)))
    assert (result.outcome, result.provider_ids, result.parts_sent) == (Outcome.SENT, (SID,), 1)
    (asked,) = standin.requests
    assert asked.form() == {
        "To": [RESIDENT],
        "From": ["+13105550100"],
        "Body": ["What is it?\n1 Pothole"],
        "StatusCallback": ["https://311.example.gov/channels/sms/receipt?message=41"],
    }
    assert asked.headers["authorization"].startswith("Basic ")
    assert_twilio_form(SPEC_MESSAGES, asked.form())


async def test_photos_are_posted_as_repeated_media_urls(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(MESSAGES, Reply(201, resource()))
    photos = tuple(OutboundPhoto(n, f"https://311.example.gov/media/photos/{n}") for n in (1, 2))
    await send(twilio, sms("Fixed!", photos=photos))
    form = standin.requests[0].form()
    assert form["MediaUrl"] == [photo.url for photo in photos]
    assert_twilio_form(SPEC_MESSAGES, form)


async def test_a_messaging_service_sends_in_place_of_a_number(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(MESSAGES, Reply(201, resource()))
    service = "MG" + "b" * 32
    await send(replace(twilio, sender=service), sms())
    fields = standin.requests[0].fields()
    assert fields["MessagingServiceSid"] == service
    assert "From" not in fields


async def test_a_whatsapp_message_is_answered_from_whatsapp(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(MESSAGES, Reply(201, resource()))
    await send(twilio, render(Outbound("Hi"), to=f"whatsapp:{RESIDENT}", message_id=41))
    fields = standin.requests[0].fields()
    assert (fields["To"], fields["From"]) == (f"whatsapp:{RESIDENT}", "whatsapp:+13105550100")


# What Twilio does → outcome, code.
ANSWERS: list[tuple[Reply | Fault, Outcome, str | None]] = [
    (error(400, 21610), Outcome.OPTED_OUT, "21610"),
    (error(400, 21211), Outcome.UNREACHABLE, "21211"),
    (error(400, 21614), Outcome.UNREACHABLE, "21614"),
    (error(400, 21408), Outcome.REJECTED, "21408"),
    (error(400, 21617), Outcome.REJECTED, "21617"),
    (error(400, 21606), Outcome.MISCONFIGURED, "21606"),
    (error(400, 99999), Outcome.REJECTED, "99999"),
    (error(401, 20003), Outcome.MISCONFIGURED, "20003"),
    (error(403, 20003), Outcome.MISCONFIGURED, "20003"),
    (error(404, 20404), Outcome.MISCONFIGURED, "20404"),
    (error(429, 20429), Outcome.RETRY, "20429"),
    (error(400, 21611), Outcome.RETRY, "21611"),
    (error(500, 20500), Outcome.AMBIGUOUS, "20500"),
    (error(503, 20503), Outcome.AMBIGUOUS, "20503"),
    (Reply(502, b"<html>Bad gateway</html>"), Outcome.AMBIGUOUS, "502"),
    (Reply(401, b"no json"), Outcome.MISCONFIGURED, "401"),
    (Reply(301, b"", {"Location": "https://elsewhere.example/"}), Outcome.MISCONFIGURED, "301"),
    (Reply(200, b"<html>Hello from a captive portal</html>"), Outcome.AMBIGUOUS, None),
    (Reply(201, b""), Outcome.AMBIGUOUS, None),
    (Reply(201, []), Outcome.AMBIGUOUS, None),
    (Reply(201, {}), Outcome.AMBIGUOUS, None),
    (Reply(201, resource(status="failed", error_code=30006)), Outcome.UNREACHABLE, "30006"),
    (Reply(201, resource(status="failed", error_code=None)), Outcome.REJECTED, None),
    (Fault.HANG, Outcome.AMBIGUOUS, None),
    (Fault.RESET, Outcome.AMBIGUOUS, None),
    (Fault.CLOSE, Outcome.AMBIGUOUS, None),
    (Fault.HALF, Outcome.AMBIGUOUS, None),
]


@pytest.mark.parametrize(("answer", "outcome", "code"), ANSWERS)
async def test_every_answer_and_failure_has_its_outcome(
    answer: Reply | Fault, outcome: Outcome, code: str | None, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, answer)
    result = await send(twilio, sms())
    assert (result.outcome, result.error_code, result.parts_sent) == (outcome, code, 0)
    assert RESIDENT not in repr(result)
    assert (result.retry_after == SETTLE_SECONDS) == (outcome is Outcome.AMBIGUOUS)
    assert len(standin.requests) == 1


async def test_a_refused_connection_was_not_sent(twilio: TwilioClient, standin: Standin) -> None:
    async with Standin() as gone:
        base = gone.url
    settings = load_settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token="f" * 32,
        twilio_from="+13105550100",
        twilio_api_base_url=base,
    )
    client = open_client(settings)
    result = await send(client, sms())
    await client.aclose()
    assert (result.outcome, result.retry_after) == (Outcome.RETRY, None)


async def test_a_name_that_does_not_resolve_was_not_sent(twilio: TwilioClient) -> None:
    twilio.rest.api.base_url = "http://nowhere.invalid"
    assert (await send(twilio, sms())).outcome is Outcome.RETRY


async def test_an_impossible_base_url_is_a_misconfiguration(twilio: TwilioClient) -> None:
    twilio.rest.api.base_url = "ftp://api.twilio.com"
    assert (await send(twilio, sms())).outcome is Outcome.MISCONFIGURED


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("99999", 3600.0), ("soon", None), ("-3", 0.0), ("nan", None)]
)
async def test_twilio_says_how_long_to_wait(
    header: str, seconds: float | None, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, error(429, 20429, Retry_After=header))
    result = await send(twilio, sms())
    assert (result.outcome, result.retry_after) == (Outcome.RETRY, seconds)


async def test_a_further_attempt_starts_where_the_last_one_stopped(
    standin: Standin, twilio: TwilioClient
) -> None:
    long = sms("one " * 350 + "\n\n" + "two " * 350)
    first, second = "SM" + "1" * 32, "SM" + "2" * 32
    standin.on(MESSAGES, Reply(201, resource(sid=first)), error(429, 20429), Reply(201, resource(sid=second)))
    result = await send(twilio, long)
    assert (result.outcome, result.provider_ids, result.parts_sent) == (Outcome.RETRY, (first,), 1)
    result = await send(twilio, long, start=result.parts_sent)
    assert (result.outcome, result.provider_ids, result.parts_sent) == (Outcome.SENT, (second,), 2)
    bodies = [asked.fields()["Body"][:3] for asked in standin.requests]
    assert bodies == ["one", "two", "two"]


async def test_nothing_is_left_to_send_after_the_last_part(standin: Standin, twilio: TwilioClient) -> None:
    result = await send(twilio, sms(), start=1)
    assert (result.outcome, result.parts_sent, standin.requests) == (Outcome.SENT, 1, [])


def listing(*messages: dict[str, Any]) -> Reply:
    page = {
        "messages": list(messages),
        "page": 0,
        "page_size": 50,
        "next_page_uri": None,
        "start": 0,
        "end": 1,
    }
    return Reply(200, page)


@pytest.mark.parametrize(
    ("messages", "trace"),
    [
        ([resource()], Trace.FOUND),
        ([resource(body="Other"), resource()], Trace.FOUND),
        ([resource(status="delivered")], Trace.FOUND),
        ([resource(body="Sent from your Twilio trial account - Thanks!")], Trace.FOUND),
        ([resource(body=" Thanks!\n")], Trace.FOUND),
        ([], Trace.NOT_FOUND),
        ([resource(body="Other")], Trace.NOT_FOUND),
        ([resource(direction="inbound")], Trace.NOT_FOUND),
        ([resource(num_media="1")], Trace.NOT_FOUND),
        ([resource(date_created=format_datetime(BEGAN - timedelta(hours=1)))], Trace.NOT_FOUND),
        ([resource(date_created=None)], Trace.NOT_FOUND),
    ],
)
async def test_an_ambiguous_text_is_looked_up_by_number_time_and_words(
    messages: list[dict[str, Any]], trace: Trace, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, listing(*messages))
    found = await look_up(twilio, sms(), since=BEGAN)
    assert (found.trace, found.provider_id) == (trace, SID if trace is Trace.FOUND else None)
    assert standin.requests[0].query["To"] == [RESIDENT]
    assert_twilio_query(SPEC_MESSAGES, standin.requests[0].query)


async def test_the_same_words_sent_before_are_not_taken_for_this_attempt(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, listing(resource()))
    assert (await look_up(twilio, sms(), since=BEGAN, known={SID})).trace is Trace.NOT_FOUND


async def test_of_two_equal_texts_the_earlier_is_found_first(standin: Standin, twilio: TwilioClient) -> None:
    later = resource(sid="SM" + "9" * 32)
    standin.on(MESSAGES, listing(later, resource()))  # newest first, as Twilio lists them
    assert (await look_up(twilio, sms(), since=BEGAN)).provider_id == SID


@pytest.mark.parametrize(
    "answer",
    [error(500, 20500), error(429, 20429), error(401, 20003), Fault.HANG, Fault.RESET, Reply(200, b"<html>")],
)
async def test_a_look_up_that_fails_is_done_again(
    answer: Reply | Fault, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, answer)
    assert (await look_up(twilio, sms(), since=BEGAN)).trace is Trace.UNREACHED


async def test_the_part_that_was_ambiguous_is_the_one_looked_up(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, listing(resource(body="second")))
    rendered = RenderedSms(RESIDENT, 41, (SmsPart("first"), SmsPart("second")))
    assert (await look_up(twilio, rendered, part=1, since=BEGAN)).trace is Trace.FOUND
    assert (await look_up(twilio, rendered, part=0, since=BEGAN)).trace is Trace.NOT_FOUND
    assert (await look_up(twilio, rendered, part=2, since=BEGAN)).trace is Trace.NOT_FOUND


async def test_a_part_that_is_found_tells_whether_another_follows(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, listing(resource(body="same")))
    rendered = RenderedSms(RESIDENT, 41, (SmsPart("same"), SmsPart("same")))
    assert (await look_up(twilio, rendered, part=0, since=BEGAN)).more
    assert not (await look_up(twilio, rendered, part=1, since=BEGAN)).more


@pytest.mark.parametrize(
    ("answer", "ok", "word"),
    [
        (Reply(200, {"sid": ACCOUNT, "status": "active", "friendly_name": "City"}), True, "accepts"),
        (Reply(200, {"sid": ACCOUNT, "status": "suspended"}), False, "not active"),
        (error(401, 20003), False, "TWILIO_AUTH_TOKEN"),
        (error(404, 20404), False, "TWILIO_ACCOUNT_SID"),
        (error(500, None), False, "try again later"),
        (Reply(200, b"<html>"), False, "TWILIO_API_BASE_URL"),
        (Fault.RESET, False, "TWILIO_API_BASE_URL"),
    ],
)
async def test_the_doctor_s_sentence(
    answer: Reply | Fault, ok: bool, word: str, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(f"/2010-04-01/Accounts/{ACCOUNT}.json", answer)
    checked = await check(twilio)
    assert checked.ok is ok
    assert word in checked.sentence
    assert "f" * 32 not in checked.sentence


def test_every_code_has_words_without_a_number_in_them() -> None:
    assert all(meaning.detail and "+" not in meaning.detail for meaning in CODES.values())


def test_receipts_use_the_same_table() -> None:
    meaning = meaning_of("30003")
    assert meaning is not None
    assert meaning.outcome is Outcome.UNREACHABLE
    assert meaning_of("no code") is None
    assert meaning_of(None) is None


def test_a_server_error_is_ambiguous_whatever_its_code() -> None:
    assert classify(500, 21610).outcome is Outcome.AMBIGUOUS


SERVICE = "MG" + "7" * 32


@pytest.mark.parametrize(
    ("to", "end", "sender"),
    [
        (RESIDENT, OurEnd("+14245550111"), {"From": ["+14245550111"]}),
        (
            RESIDENT,
            OurEnd("+14245550111", SERVICE),
            {"From": ["+14245550111"], "MessagingServiceSid": [SERVICE]},
        ),
        (RESIDENT, OurEnd(service=SERVICE), {"MessagingServiceSid": [SERVICE]}),
        ("rcs:+13105551999", OurEnd("rcs:city_agent"), {"From": ["rcs:city_agent"]}),
        ("whatsapp:US.1349", OurEnd("whatsapp:+14245550111"), {"From": ["whatsapp:+14245550111"]}),
        ("whatsapp:+13105551999", None, {"From": ["whatsapp:+13105550100"]}),
        (RESIDENT, None, {"From": ["+13105550100"]}),
        (RESIDENT, OurEnd(), {"From": ["+13105550100"]}),
    ],
)
async def test_an_answer_goes_out_from_where_the_resident_wrote_to(
    to: str, end: OurEnd | None, sender: dict[str, list[str]], standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, Reply(201, resource()))
    await send(twilio, render(Outbound("Thanks!", our_end=end), to=to, message_id=41))
    (asked,) = standin.requests
    form = asked.form()
    assert {name: form[name] for name in ("From", "MessagingServiceSid") if name in form} == sender
    assert form["To"] == [to]
    assert_twilio_form(SPEC_MESSAGES, form)


async def test_a_number_that_is_no_longer_ours_is_replaced_by_the_configured_one(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES, error(400, 21659), Reply(201, resource()))
    result = await send(twilio, sms(our_end=OurEnd("+14245550111")))
    assert (result.outcome, result.provider_ids) == (Outcome.SENT, (SID,))
    assert [asked.form()["From"] for asked in standin.requests] == [["+14245550111"], ["+13105550100"]]


# Bodies as Twilio gives them of one message.
@pytest.mark.parametrize(
    ("status", "code", "state", "outcome"),
    [
        ("queued", None, ReceiptState.QUEUED, None),
        ("sent", None, ReceiptState.SENT, None),
        ("delivered", None, ReceiptState.DELIVERED, None),
        ("undelivered", 30003, ReceiptState.FAILED, Outcome.UNREACHABLE),
        ("undelivered", 30005, ReceiptState.FAILED, Outcome.UNREACHABLE),
        ("undelivered", 30006, ReceiptState.FAILED, Outcome.UNREACHABLE),
        ("failed", 21610, ReceiptState.FAILED, Outcome.OPTED_OUT),
        ("failed", 99999, ReceiptState.FAILED, None),
    ],
)
async def test_what_became_of_a_text_is_asked_by_its_id(
    status: str,
    code: int | None,
    state: ReceiptState,
    outcome: Outcome | None,
    standin: Standin,
    twilio: TwilioClient,
) -> None:
    standin.on(
        MESSAGES.replace(".json", f"/{SID}.json"), Reply(200, resource(status=status, error_code=code))
    )
    receipt = await ask(twilio, SID, message_id=41)
    assert receipt is not None
    assert (receipt.state, receipt.outcome, receipt.provider_id, receipt.message_id) == (
        state,
        outcome,
        SID,
        41,
    )
    assert receipt.error_code == (str(code) if code else None)
    assert (standin.requests[-1].method, standin.requests[-1].query) == ("GET", {})


async def test_a_message_that_twilio_has_deleted_has_no_receipt(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES.replace(".json", f"/{SID}.json"), error(404, 20404))
    assert await ask(twilio, SID, message_id=41) is None


@pytest.mark.parametrize(
    "answer", [error(429, 20429, retry_after="7"), error(503, None), Fault.RESET, Reply(200, b"<html>")]
)
async def test_twilio_away_or_busy_is_no_answer(
    answer: Reply | Fault, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(MESSAGES.replace(".json", f"/{SID}.json"), answer)
    with pytest.raises(ReceiptsAwayError):
        await ask(twilio, SID, message_id=41)
