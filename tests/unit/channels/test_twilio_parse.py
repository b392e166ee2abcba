"""Twilio's webhooks, in bodies as they come (numbers and ids exchanged)."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.messages import (
    Channel,
    ChannelError,
    Inbound,
    InboundKind,
    MediaRef,
    OurEnd,
    Pin,
    Receipt,
    ReceiptState,
)
from bot.channels.twilio.parse import parse

SID = "SM" + "1f" * 16
ACCOUNT = "AC" + "0a" * 16
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media/ME{'7' * 32}"

SMS = {
    "ToCountry": "US",
    "ToState": "CA",
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "90401",
    "SmsSid": SID,
    "FromState": "CA",
    "SmsStatus": "received",
    "FromCity": "SANTA MONICA",
    "Body": "Huge pothole at Pico & 4th",
    "FromCountry": "US",
    "To": "+13105550100",
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "+13105550123",
    "ApiVersion": "2010-04-01",
}


def body(**changes: str | None) -> bytes:
    return urlencode(
        {name: value for name, value in {**SMS, **changes}.items() if value is not None}
    ).encode()


def only(raw: bytes, query: str = "") -> Inbound | Receipt:
    (event,) = parse(raw, query)
    return event


def inbound(raw: bytes) -> Inbound:
    event = only(raw)
    assert isinstance(event, Inbound)
    return event


def test_a_text_message() -> None:
    assert only(body()) == Inbound(
        channel=Channel.SMS,
        kind=InboundKind.MESSAGE,
        provider_id=SID,
        address="+13105550123",
        text="Huge pothole at Pico & 4th",
        event_id=SID,
        our_end=OurEnd("+13105550100"),
    )


def test_a_photo_without_words() -> None:
    event = inbound(body(Body="", NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="image/jpeg"))
    assert (event.kind, event.text) == (InboundKind.MESSAGE, "")
    assert event.media == (MediaRef(provider_ref=MEDIA, content_type="image/jpeg"),)


def test_ten_photos_keep_their_order() -> None:
    fields = {f"MediaUrl{n}": f"{MEDIA}{n}" for n in range(10)}
    types = {f"MediaContentType{n}": "image/heic" for n in range(10)}
    event = inbound(body(NumMedia="10", **fields, **types))
    assert [ref.provider_ref for ref in event.media] == [f"{MEDIA}{n}" for n in range(10)]


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("video/mp4", "video"),
        ("video/3gpp", "video"),
        ("audio/amr", "voice"),
        ("audio/ogg; codecs=opus", "voice"),
        ("text/html", "document"),
        ("application/pdf", "document"),
    ],
)
def test_what_cannot_be_a_photo_is_said_by_its_kind(content_type: str, said: str) -> None:
    event = inbound(body(Body="", NumMedia="1", MediaUrl0=MEDIA, MediaContentType0=content_type))
    assert (event.kind, event.unsupported, event.media) == (InboundKind.UNSUPPORTED, said, ())


def test_words_beside_a_video_are_still_read() -> None:
    event = inbound(body(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="video/mp4"))
    assert (event.kind, event.unsupported, event.text[:4]) == (InboundKind.MESSAGE, "video", "Huge")


@pytest.mark.parametrize("content_type", ["application/octet-stream", "", "image/heif", "IMAGE/JPEG"])
def test_what_may_be_a_photo_is_kept_for_a_closer_look(content_type: str) -> None:
    event = inbound(body(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0=content_type))
    assert len(event.media) == 1


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/plain; charset=utf-8",
        "text/x-vcard",
        "text/vcard",
        "text/x-vlocation",
        "application/vcard",
        "TEXT/X-VCARD; charset=utf-8; name=Current.loc.vcf",
    ],
)
def test_words_and_cards_of_an_mms_are_fetched_like_a_photo(content_type: str) -> None:
    event = inbound(body(Body="", NumMedia="1", MediaUrl0=MEDIA, MediaContentType0=content_type))
    assert (event.kind, event.unsupported, len(event.media)) == (InboundKind.MESSAGE, None, 1)


def test_the_layout_of_an_mms_is_no_attachment() -> None:
    event = inbound(
        body(
            NumMedia="2",
            MediaUrl0=MEDIA,
            MediaContentType0="application/smil",
            MediaUrl1=MEDIA,
            MediaContentType1="image/png",
        )
    )
    assert (len(event.media), event.unsupported) == (1, None)


def test_a_whatsapp_position_with_a_name() -> None:
    event = inbound(
        body(
            From="whatsapp:+13105550123",
            Body="",
            Latitude="34.0094",
            Longitude="-118.4973",
            Label="Santa Monica Pier",
            Address="200 Santa Monica Pier",
            ProfileName="Ana",
        )
    )
    assert event.pin == Pin(34.0094, -118.4973, "Santa Monica Pier", "200 Santa Monica Pier")
    assert (event.address, event.display_name) == ("whatsapp:+13105550123", "Ana")


def test_a_whatsapp_button_carries_its_payload() -> None:
    event = inbound(body(Body="Yes", ButtonText="Yes", ButtonPayload="41:0"))
    assert (event.kind, event.button) == (InboundKind.BUTTON, "41:0")


def test_an_empty_message_is_still_a_message() -> None:
    assert inbound(body(Body="")).kind is InboundKind.MESSAGE


def test_text_is_made_storable() -> None:
    assert inbound(body(Body=" a\x00b\r\nc\u2028d ")).text == "ab\nc\nd"


@pytest.mark.parametrize("sender", ["VERIZON", "AMZN-Info"])
def test_a_sender_that_is_no_phone_concerns_nobody(sender: str) -> None:
    assert parse(body(From=sender)) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b'{"MessageSid": "SM1"}',
        body(MessageSid="", SmsSid="", SmsMessageSid=""),
        body(MessageSid="SM1'; DROP TABLE"),
        body(From=None),
        body(From="", ExternalUserId=""),
    ],
)
def test_a_malformed_message_is_a_channel_error_that_quotes_nothing(raw: bytes) -> None:
    with pytest.raises(ChannelError) as error:
        parse(raw)
    assert "+1310" not in str(error.value)
    assert "DROP" not in str(error.value)


@pytest.mark.parametrize(
    "odd",
    [
        {"NumMedia": "many"},
        {"NumMedia": "-1"},
        {"NumMedia": "²"},
        {"NumMedia": "9" * 5000},
        {"NumMedia": "1"},
        {"Latitude": "north", "Longitude": "west"},
        {"Latitude": "91", "Longitude": "0"},
        {"Latitude": "nan", "Longitude": "0"},
        {"Latitude": "34.0"},
        {"Longitude": "-118.4"},
        {"To": ""},
        {"To": "our city"},
        {"MessagingServiceSid": "MGx"},
        {"OptOutType": "MAYBE"},
        {"OriginalRepliedMessageSid": "x" * 5000},
        {"A field of the future": "x", "SmsStatus": "Received"},
    ],
)
def test_a_field_that_is_odd_costs_itself_and_not_the_words(odd: dict[str, str]) -> None:
    event = inbound(body(**odd))
    assert (event.kind, event.text) == (InboundKind.MESSAGE, SMS["Body"])
    assert (event.media, event.pin, event.opt_out, event.about_message_id) == ((), None, None, None)


def test_of_two_photos_that_are_counted_the_one_that_is_there_is_taken() -> None:
    event = inbound(body(NumMedia="2", MediaUrl1=MEDIA, MediaContentType1="image/jpeg"))
    assert [ref.provider_ref for ref in event.media] == [MEDIA]


def test_bytes_that_are_no_text_cost_one_character() -> None:
    raw = body(Body="BODY").replace(b"BODY", b"pothole%20at%20Pico%FF%20and%204th%ED%A0%BD")
    assert inbound(raw).text == "pothole at Pico\ufffd and 4th\ufffd\ufffd\ufffd"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"From": "rcs:+13105551999", "ChannelPrefix": "rcs"}, "rcs:+13105551999"),
        ({"From": "RCS:+13105551999"}, "rcs:+13105551999"),
        ({"From": "+13105551999", "ChannelPrefix": "rcs"}, "rcs:+13105551999"),
        ({"From": "+13105551999", "ChannelPrefix": "sms"}, "+13105551999"),
        (
            {
                "From": "whatsapp:US.13491208655302741918",
                "ExternalUserId": "US.13491208655302741918",
            },
            "whatsapp:US.13491208655302741918",
        ),
        ({"From": "", "ExternalUserId": "ENT.US.77", "ChannelPrefix": "whatsapp"}, "whatsapp:ENT.US.77"),
        ({"From": "messenger:9034217741"}, "messenger:9034217741"),
        ({"From": "whatsapp:+5215512345678"}, "whatsapp:+5215512345678"),
    ],
)
def test_who_writes_by_another_channel_is_a_resident_like_others(
    fields: dict[str, str], address: str
) -> None:
    event = inbound(body(**fields))
    assert (event.address, event.text, event.automated) == (address, SMS["Body"], False)


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"To": "rcs:city_agent"}, OurEnd("rcs:city_agent")),
        ({"To": "RCS:city_agent"}, OurEnd("rcs:city_agent")),
        ({"To": "whatsapp:+13105550100"}, OurEnd("whatsapp:+13105550100")),
        ({"To": "98765"}, OurEnd("98765")),
        ({"MessagingServiceSid": "MG" + "7" * 32}, OurEnd("+13105550100", "MG" + "7" * 32)),
    ],
)
def test_where_of_ours_it_was_sent_to_is_kept(fields: dict[str, str], end: OurEnd) -> None:
    assert inbound(body(**fields)).our_end == end


@pytest.mark.parametrize("sender", ["24273", "262966", "611"])
def test_a_short_code_is_no_person(sender: str) -> None:
    assert inbound(body(From=sender)).automated


@pytest.mark.parametrize(("said", "meant"), [("STOP", "stop"), ("START", "start"), ("Help", "help")])
def test_what_twilio_made_of_the_words_is_kept(said: str, meant: str) -> None:
    assert inbound(body(Body="BAJA", OptOutType=said)).opt_out == meant


def test_a_reply_on_whatsapp_names_what_it_answers() -> None:
    assert inbound(body(OriginalRepliedMessageSid="SM" + "9" * 32)).about_message_id == "SM" + "9" * 32


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_channel_error(raw: bytes) -> None:
    with suppress(ChannelError):
        parse(raw)


def receipt(status: str, **more: str) -> bytes:
    fields = {
        "SmsSid": SID,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": "+13105550123",
        "MessageSid": SID,
        "AccountSid": ACCOUNT,
        "From": "+13105550100",
        "ApiVersion": "2010-04-01",
        **more,
    }
    return urlencode(fields).encode()


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", ReceiptState.QUEUED),
        ("queued", ReceiptState.QUEUED),
        ("sending", ReceiptState.QUEUED),
        ("sent", ReceiptState.SENT),
        ("delivered", ReceiptState.DELIVERED),
        ("read", ReceiptState.READ),
        ("undelivered", ReceiptState.FAILED),
        ("failed", ReceiptState.FAILED),
        ("canceled", ReceiptState.FAILED),
    ],
)
def test_every_receipt_has_its_state(status: str, state: ReceiptState) -> None:
    assert only(receipt(status), "message=41") == Receipt(Channel.SMS, SID, state, message_id=41)


def test_a_failed_receipt_says_its_code() -> None:
    event = only(receipt("undelivered", ErrorCode="30003"), "message=41")
    assert isinstance(event, Receipt)
    assert event.error_code == "30003"


@pytest.mark.parametrize(
    "query", ["", "message=", "message=x", "message=-1", "other=1", "message=" + "9" * 30]
)
def test_a_receipt_without_our_id_is_a_receipt_all_the_same(query: str) -> None:
    event = only(receipt("sent", ErrorCode=""), query)
    assert isinstance(event, Receipt)
    assert (event.message_id, event.error_code) == (None, None)


def test_a_status_of_the_future_concerns_nobody() -> None:
    assert parse(receipt("pondering")) == ()
