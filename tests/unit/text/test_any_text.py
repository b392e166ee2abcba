"""No text whatever makes a function of the house raise that takes text."""

from __future__ import annotations

import json
from contextlib import suppress
from urllib.parse import urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.messages import Channel, ChannelError, Inbound, Option, Outbound
from bot.channels.telegram import parse as telegram
from bot.channels.telegram.render import read_callback_data
from bot.channels.telegram.render import render as render_telegram
from bot.channels.text import clean, split_text
from bot.channels.twilio import parse as twilio
from bot.channels.twilio.gsm7 import segments, to_gsm7
from bot.channels.twilio.render import render as render_sms
from bot.conversation.choices import chosen_option
from bot.conversation.reserved import reserved_word
from bot.conversation.turns import safe_words
from bot.text.digits import has_digit, machine_number, plain_digits, plain_numbers, whole_number
from bot.text.fold import fold, fold_in_place
from bot.text.marks import mark_of
from bot.text.numbers import bare_figure, number_in, number_said
from bot.text.own_words import legible, own_words, storable
from bot.text.parts import numbered_part
from bot.text.signatures import without_signature
from bot.text.spoken import spoken_number
from tests.exploring import examples
from tests.texts import any_text

MENU = (
    Option("Send it", "/file"),
    Option("Change something", "/change"),
    Option("²", '/choose{"choice": "updates:²"}'),
)


@given(any_text())
@example("9" * 5000)
@example("²")
@examples(150)
def test_reading_text(text: str) -> None:
    assert len(fold_in_place(text)) == len(plain_digits(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    for number in (
        whole_number(text),
        machine_number(text),
        bare_figure(text),
        number_said(text),
        number_in(text),
    ):
        assert number is None or number >= 0
    has_digit(text), plain_numbers(text), mark_of(text)
    assert without_signature(text) == "" or text.lstrip().startswith(without_signature(text).strip()[:1])
    storable(text).encode()
    assert storable(storable(text)) == storable(text)
    read = legible(text)
    assert legible(read) == read
    own_words(text).encode()
    part = numbered_part(text)
    assert part is None or part.rest in text
    words = text.split()
    assert all(spoken_number(words, start) is None or words for start in range(len(words)))


@given(any_text())
@examples(150)
def test_what_the_gateway_understands(text: str) -> None:
    assert chosen_option(text, MENU) in (None, *MENU)
    for channel in Channel:
        reserved_word(channel, text)
    words = safe_words(text)
    assert not words.startswith("/")
    json.dumps(words, ensure_ascii=False).encode()
    with suppress(ChannelError):
        read_callback_data(text)


@given(any_text(), st.integers(20, 300))
def test_words_on_their_way_out(text: str, limit: int) -> None:
    for spelt in (text, to_gsm7(text), to_gsm7(text, fold_accents=True), clean(text)):
        assert segments(spelt) >= (1 if spelt else 0)
    outbound = Outbound(clean(text) or "-", options=(Option(clean(text)[:40] or "x", "/file"),))
    assert render_sms(outbound, to="+13105550123", message_id=1)
    assert render_telegram(outbound, to="7", message_id=1)
    assert all(split_text(text, limit)) or not text.strip()


@given(any_text(), any_text(3))
def test_what_comes_by_telegram(text: str, name: str) -> None:
    sender = {"id": 7, "is_bot": False, "first_name": name, "last_name": name, "language_code": name}
    message = {
        "message_id": 1,
        "date": 1_790_000_000,
        "chat": {"id": 7, "type": "private", "first_name": name},
        "from": sender,
    }
    venue = {"location": {"latitude": 34.0, "longitude": -118.5}, "title": text, "address": name}
    for update in (
        {"message": {**message, "text": text}},
        {
            "message": {
                **message,
                "caption": text,
                "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
            }
        },
        {"message": {**message, "venue": venue, "location": venue["location"]}},
        {"edited_message": {**message, "text": text, "edit_date": 1_790_000_001}},
        {
            "callback_query": {
                "id": "1",
                "from": sender,
                "chat_instance": "1",
                "data": text,
                "message": message,
            }
        },
    ):
        with suppress(ChannelError):
            for event in telegram.parse(json.dumps({"update_id": 1, **update}).encode()):
                assert_storable(event)


@given(any_text(), any_text(2))
def test_what_comes_by_sms(text: str, name: str) -> None:
    fields = {
        "MessageSid": "SM" + "0" * 32, "AccountSid": "AC" + "0" * 32, "From": "+13105550123", "To": "+13105550100",
        "NumMedia": "0", "Body": text, "ProfileName": name, "Label": name, "Address": text,
        "Latitude": "34.01", "Longitude": "-118.49",
    }  # fmt: skip
    raw = urlencode(fields, errors="surrogatepass").encode()
    with suppress(ChannelError):
        for event in twilio.parse(raw):
            assert_storable(event)


def assert_storable(event: object) -> None:
    assert isinstance(event, Inbound)
    parts = [event.text, event.display_name, event.button, event.language_hint]
    parts += [event.pin.name, event.pin.address] if event.pin else []
    for part in parts:
        assert part is None or "\x00" not in part.encode().decode()
