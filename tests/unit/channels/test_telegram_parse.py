"""Telegram's updates, in bodies as they come (names and ids exchanged)."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

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
    SignatureError,
)
from bot.channels.telegram.parse import parse, parse_update
from bot.channels.telegram.updates import next_offset
from bot.channels.telegram.verify import verify
from tests.protocols import assert_telegram_type

ANA = {"id": 700, "is_bot": False, "first_name": "Ana", "last_name": "Ruiz", "language_code": "es-MX"}
BOT = {"id": 99, "is_bot": True, "first_name": "City", "username": "city_bot"}
PRIVATE = {"id": 700, "first_name": "Ana", "last_name": "Ruiz", "type": "private"}
GROUP = {"id": -100200, "title": "Block watch", "type": "supergroup"}
SENT = 1_795_000_000


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "from": ANA, "chat": PRIVATE, "date": SENT, **content}


def update(**content: Any) -> dict[str, Any]:
    return {"update_id": 1000, **content}


def only(data: dict[str, Any]) -> Inbound:
    assert_telegram_type("Update", data)
    (event,) = parse(json.dumps(data).encode())
    assert isinstance(event, Inbound)
    return event


def nothing(data: dict[str, Any]) -> None:
    assert_telegram_type("Update", data)
    assert parse(json.dumps(data).encode()) == ()


def size(side: int, file_size: int | None = None) -> dict[str, Any]:
    known = {} if file_size is None else {"file_size": file_size}
    return {"file_id": f"photo-{side}", "file_unique_id": f"u{side}", "width": side, "height": side, **known}


def document(**more: Any) -> dict[str, Any]:
    return {"file_id": "doc", "file_unique_id": "ud", **more}


def test_a_text_message() -> None:
    assert only(update(message=message(text="Huge pothole at Pico & 4th"))) == Inbound(
        channel=Channel.TELEGRAM,
        kind=InboundKind.MESSAGE,
        provider_id="700:5",
        address="700",
        text="Huge pothole at Pico & 4th",
        display_name="Ana Ruiz",
        language_hint="es",
        sent_at=datetime.fromtimestamp(SENT, UTC),
        event_id="update:1000",
        our_end=OurEnd(),
    )


@pytest.mark.parametrize("text", ["/start", "/start r_SM-7K3Q9P", "/help", "/language", "/affirm{}"])
def test_commands_and_slashes_are_kept_as_text(text: str) -> None:
    entity = {"type": "bot_command", "offset": 0, "length": 5}
    assert only(update(message=message(text=text, entities=[entity]))).text == text


def test_a_start_by_a_link_of_a_page_is_read_as_the_words_it_stands_for() -> None:
    event = only(update(message=message(text="/start@CityBot see_es_SM-7K3Q9P")))
    assert (event.text, event.start) == ("Yo también lo veo: SM-7K3Q9P", "see_es_SM-7K3Q9P")


def test_a_photo_is_taken_in_its_largest_size() -> None:
    event = only(update(message=message(photo=[size(90), size(1280, 300_000), size(320)], caption="here")))
    assert event.media == (MediaRef("photo-1280", size=300_000, compressed=True),)
    assert event.text == "here"


def test_a_size_that_cannot_be_fetched_is_passed_over() -> None:
    event = only(update(message=message(photo=[size(1280, 19_000_000), size(9000, 21_000_000)])))
    assert event.media[0].provider_ref == "photo-1280"


def test_the_pictures_of_an_album_share_its_id() -> None:
    first = only(update(message=message(photo=[size(90)], media_group_id="album-1", caption="two of them")))
    second = only(update(message={**message(photo=[size(91)], media_group_id="album-1"), "message_id": 6}))
    assert first.album_id == second.album_id == "album-1"
    assert (first.provider_id, second.provider_id, second.text) == ("700:5", "700:6", "")


@pytest.mark.parametrize(
    "about",
    [
        {"mime_type": "image/jpeg", "file_name": "IMG_1.jpg"},
        {"mime_type": "image/heic", "file_name": "IMG_1.HEIC"},
        {"mime_type": "application/octet-stream", "file_name": "IMG_1.HEIC"},
        {"file_name": "IMG_1.png"},
    ],
)
def test_an_image_sent_as_a_file_is_a_photo_with_its_exif(about: dict[str, str]) -> None:
    event = only(update(message=message(document=document(file_size=4_000_000, **about), caption="x")))
    assert event.kind is InboundKind.MESSAGE
    assert event.media == (
        MediaRef("doc", about.get("mime_type"), about["file_name"], 4_000_000, compressed=False),
    )


VIDEO = {"file_id": "v", "file_unique_id": "uv", "width": 1, "height": 1, "duration": 1}
SOUND = {"file_id": "s", "file_unique_id": "us", "duration": 1}
STICKER = {
    "file_id": "st",
    "file_unique_id": "ust",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"sticker": STICKER}, "sticker"),
        ({"voice": SOUND}, "voice"),
        ({"audio": SOUND}, "audio"),
        ({"video": VIDEO}, "video"),
        ({"video_note": {**SOUND, "length": 1}}, "video_note"),
        ({"animation": VIDEO, "document": document(mime_type="video/mp4")}, "animation"),
        ({"animation": VIDEO, "document": document(mime_type="image/gif", file_name="a.gif")}, "animation"),
        ({"document": document(mime_type="application/pdf", file_name="a.pdf")}, "document"),
        ({"document": document(mime_type="application/octet-stream", file_name="a.exe")}, "document"),
        ({"contact": {"phone_number": "+1", "first_name": "B"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice"),
    ],
)
def test_what_we_cannot_read_is_said_by_its_kind(content: dict[str, Any], said: str) -> None:
    event = only(update(message=message(**content)))
    assert (event.kind, event.unsupported, event.media) == (InboundKind.UNSUPPORTED, said, ())


@pytest.mark.parametrize(
    "property_of_card",
    [
        "GEO:34.0116;-118.4911",
        r"URL:http://maps.apple.com/?ll=34.0116\,-118.4911",
        "URL:geo:34.0116,-118.4911",
    ],
)
def test_a_contact_that_is_a_place_is_a_pin(property_of_card: str) -> None:
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:Here\n{property_of_card}\nEND:VCARD"
    event = only(update(message=message(contact={"phone_number": "+1", "first_name": "B", "vcard": card})))
    assert event.kind is InboundKind.MESSAGE
    assert event.pin is not None
    assert (event.pin.lat, event.pin.lon) == (34.0116, -118.4911)


def test_a_contact_with_a_map_link_in_words_is_read_as_the_link() -> None:
    card = "BEGIN:VCARD\nURL:https://maps.google.com/?q=Palisades+Park\nEND:VCARD"
    event = only(update(message=message(contact={"phone_number": "+1", "first_name": "B", "vcard": card})))
    assert (event.kind, event.text) == (InboundKind.MESSAGE, "https://maps.google.com/?q=Palisades+Park")


def test_a_contact_card_of_a_person_is_still_a_contact() -> None:
    card = "BEGIN:VCARD\nFN:Maria\nTEL:+13105550123\nEND:VCARD"
    event = only(update(message=message(contact={"phone_number": "+1", "first_name": "B", "vcard": card})))
    assert (event.kind, event.unsupported) == (InboundKind.UNSUPPORTED, "contact")


def test_words_below_a_video_are_still_read() -> None:
    event = only(update(message=message(video=VIDEO, caption="the leak")))
    assert (event.kind, event.unsupported, event.text) == (InboundKind.MESSAGE, "video", "the leak")


def test_a_kind_of_message_from_the_future_is_unsupported_too() -> None:
    (event,) = parse_update(update(message=message(hologram={"file_id": "h"})))
    assert isinstance(event, Inbound)
    assert (event.kind, event.unsupported) == (InboundKind.UNSUPPORTED, "other")


def test_a_pin() -> None:
    event = only(update(message=message(location={"latitude": 34.01, "longitude": -118.49})))
    assert event.pin == Pin(34.01, -118.49)


def test_a_venue_brings_its_name_and_address() -> None:
    place = {"latitude": 34.0094, "longitude": -118.4973}
    venue = {"location": place, "title": "Santa Monica Pier", "address": "200 Santa Monica Pier"}
    event = only(update(message=message(location=place, venue=venue)))
    assert event.pin == Pin(34.0094, -118.4973, "Santa Monica Pier", "200 Santa Monica Pier")


def test_a_live_location_counts_once() -> None:
    live = {"latitude": 34.01, "longitude": -118.49, "live_period": 900}
    event = only(update(message=message(location=live)))
    assert event.pin == Pin(34.01, -118.49, live=True)
    moved = {**live, "latitude": 34.02, "heading": 90}
    nothing(update(edited_message=message(location=moved, edit_date=SENT + 60)))
    stopped = {"latitude": 34.02, "longitude": -118.49}
    nothing(update(edited_message=message(location=stopped, edit_date=SENT + 90)))


def test_an_edit_names_the_message_it_changes() -> None:
    event = only(update(edited_message=message(text="4th, not 5th", edit_date=SENT + 30)))
    assert (event.kind, event.provider_id, event.text) == (InboundKind.EDIT, "700:5", "4th, not 5th")
    assert event.sent_at == datetime.fromtimestamp(SENT + 30, UTC)
    assert event.event_id == "update:1000"


def test_an_edited_caption_keeps_its_photo() -> None:
    event = only(update(edited_message=message(photo=[size(90)], caption="corrected", edit_date=SENT + 30)))
    assert (event.kind, event.text, len(event.media)) == (InboundKind.EDIT, "corrected", 1)


def button(**changes: Any) -> dict[str, Any]:
    return {
        "id": "4382bfdwdsb323b2d9",
        "from": ANA,
        "message": {**message(text="What is it?"), "from": BOT},
        "chat_instance": "-3",
        "data": "41:2",
        **changes,
    }


def test_a_pressed_button() -> None:
    event = only(update(callback_query=button()))
    assert (event.kind, event.button, event.address) == (InboundKind.BUTTON, "41:2", "700")
    assert event.provider_id == "callback:4382bfdwdsb323b2d9"
    assert event.callback_id == "4382bfdwdsb323b2d9"


def test_a_button_of_a_message_too_old_to_tell() -> None:
    old = {"chat": PRIVATE, "message_id": 5, "date": 0}
    assert only(update(callback_query=button(message=old))).address == "700"
    without = {key: value for key, value in button().items() if key != "message"}
    assert only(update(callback_query=without)).address == "700"


def membership(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    old = {"user": BOT, "status": "member"}
    new: dict[str, Any] = {"user": BOT, "status": status}
    if status == "kicked":
        new["until_date"] = 0
    return update(
        my_chat_member={
            "chat": chat,
            "from": ANA,
            "date": SENT,
            "old_chat_member": old,
            "new_chat_member": new,
        }
    )


@pytest.mark.parametrize(
    ("status", "kind"), [("kicked", InboundKind.BLOCKED), ("member", InboundKind.UNBLOCKED)]
)
def test_blocking_and_coming_back(status: str, kind: InboundKind) -> None:
    event = only(membership(status))
    assert (event.kind, event.address) == (kind, "700")
    assert event.provider_id == f"member:700:{SENT}:1000"


def test_a_group_is_noticed_when_we_are_added_and_when_we_are_addressed() -> None:
    assert only(membership("member", GROUP)).kind is InboundKind.GROUP
    event = only(update(message={**message(text="/start@city_bot"), "chat": GROUP}))
    assert (event.kind, event.address, event.text) == (InboundKind.GROUP, "-100200", "")


@pytest.mark.parametrize(
    "data",
    [
        membership("kicked", GROUP),
        membership("left", GROUP),
        update(message={**message(left_chat_member=BOT), "chat": GROUP}),
        update(edited_message={**message(text="x"), "chat": GROUP}),
        update(callback_query=button(message={**message(text="x"), "chat": GROUP})),
        update(channel_post={**message(text="x"), "chat": {"id": -1, "type": "channel", "title": "News"}}),
        update(message={**message(text="beep"), "from": BOT}),
        update(message=message(pinned_message=message(text="x"))),
        update(message=message(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})),
        update(message=message(write_access_allowed={})),
        update(poll_answer={"poll_id": "1", "option_ids": [0], "option_persistent_ids": ["0"], "user": ANA}),
    ],
)
def test_what_concerns_no_resident_is_nothing(data: dict[str, Any]) -> None:
    assert parse(json.dumps(data).encode()) == ()


def test_text_that_cannot_be_stored_is_mended() -> None:
    raw = json.dumps(update(message=message(text="a\x00b \ud83d c"))).encode()
    (event,) = parse(raw)
    assert isinstance(event, Inbound)
    assert event.text == "ab \ufffd c"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"not json",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": 7, "message": {}}',
        b'{"update_id": 7, "message": "x"}',
        b'{"update_id": 7, "message": {"message_id": 1, "date": 1, "chat": 3, "text": "secret"}}',
        b'{"update_id": 7, "message": {"message_id": "1", "chat": {"id": 1, "type": "private"}, "text": "secret"}}',
        b'{"update_id": 7, "callback_query": {"id": 1}}',
        b'{"update_id": true, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"}, "text": "secret"}}',
        b"[" * 100_000,
    ],
)
def test_a_malformed_update_is_a_channel_error_that_quotes_nothing(raw: bytes) -> None:
    with pytest.raises(ChannelError) as error:
        parse(raw)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "odd",
    [
        {"date": 1e30},
        {"date": 10**30},
        {"from": 5},
        {"from": {"id": "x", "first_name": 7, "language_code": "a" * 10_000}},
        {"entities": "none"},
        {"photo": [{"file_id": 5}, "x", None]},
        {"location": {"latitude": "north", "longitude": 1}},
        {"location": {"latitude": 91, "longitude": 1}},
        {"location": {"latitude": float("nan"), "longitude": 1}},
        {"venue": []},
        {"reply_to_message": "x"},
        {"reply_to_message": {"message_id": "x", "text": 5}},
        {"quote": {"text": 5}},
        {"message_thread_id": "77", "is_topic_message": "yes"},
        {"media_group_id": 5},
        {"rich_message": {"blocks": 7}},
        {"live_photo": True},
    ],
)
def test_a_field_that_is_odd_costs_itself_and_not_the_words(odd: dict[str, Any]) -> None:
    (event,) = parse(json.dumps(update(message={**message(text="pothole"), **odd})).encode())
    assert isinstance(event, Inbound)
    assert (event.kind, event.text, event.address) == (InboundKind.MESSAGE, "pothole", "700")
    assert (event.media, event.pin, event.our_end) == ((), None, OurEnd())


def test_of_a_photo_with_an_odd_size_the_photo_counts() -> None:
    odd = [{**size(90), "file_size": "big"}, {**size(320), "width": None}]
    (event,) = parse_update(update(message=message(photo=odd)))
    assert isinstance(event, Inbound)
    assert [ref.provider_ref for ref in event.media] == ["photo-90"]


def test_a_file_of_three_gigabytes_keeps_its_size() -> None:
    event = only(update(message=message(document=document(mime_type="image/png", file_size=3221225472))))
    assert event.media[0].size == 3221225472


RICH = {
    "blocks": [
        {"type": "heading", "text": "Broken bench", "size": 2},
        {
            "type": "paragraph",
            "text": [
                "at ",
                {"type": "bold", "text": {"type": "italic", "text": "Douglas Park"}},
                ", by the pond",
            ],
        },
        {"type": "divider"},
        {
            "type": "list",
            "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "one slat is missing"}]}],
        },
        {"type": "table", "cells": [[{"text": "since", "align": "left", "valign": "top"}]]},
        {"type": "details", "summary": "More", "blocks": [{"type": "pre", "text": "two nails"}]},
    ]
}


def test_a_rich_message_has_words() -> None:
    event = only(update(message=message(rich_message=RICH)))
    assert event.kind is InboundKind.MESSAGE
    assert event.text == (
        "Broken bench\nat Douglas Park, by the pond\n1. one slat is missing\nsince\nMore\ntwo nails"
    )


def test_a_rich_message_with_a_photo_and_a_map_brings_both() -> None:
    blocks = [
        {"type": "photo", "photo": [size(90)], "caption": {"text": "the hole"}},
        {
            "type": "map",
            "location": {"latitude": 34.01, "longitude": -118.49},
            "zoom": 15,
            "width": 9,
            "height": 9,
        },
    ]
    event = only(update(message=message(rich_message={"blocks": blocks})))
    assert (event.text, len(event.media), event.pin) == ("the hole", 1, Pin(34.01, -118.49))


def test_a_rich_message_nested_without_end_is_read_as_far_as_people_write() -> None:
    block: Any = {"type": "paragraph", "text": "deep"}
    for _ in range(400):
        block = {"type": "blockquote", "blocks": [block]}
    (event,) = parse_update(update(message=message(rich_message={"blocks": [block]})))
    assert isinstance(event, Inbound)
    assert event.kind is InboundKind.UNSUPPORTED


def test_a_live_photo_is_a_photo() -> None:
    film = {**VIDEO, "photo": [size(90), size(320)]}
    assert only(update(message=message(live_photo=film))).media[0].provider_ref == "photo-320"
    both = only(update(message=message(live_photo=film, photo=[size(320)])))
    assert (len(both.media), both.unsupported) == (1, None)


def test_a_reply_says_what_it_is_about() -> None:
    menu = {**message(text="Which kind of pothole is it?"), "message_id": 3, "from": BOT}
    event = only(update(message=message(text="2", reply_to_message=menu)))
    assert (event.about_message_id, event.quote) == ("700:3", "Which kind of pothole is it?")
    quoted = message(text="2", reply_to_message=menu, quote={"text": "Which kind", "position": 0})
    assert only(update(message=quoted)).quote == "Which kind"


def test_what_is_quoted_from_another_chat_is_about_no_message_of_ours() -> None:
    origin = {"type": "hidden_user", "date": SENT, "sender_user_name": "Bo"}
    event = only(
        update(
            message=message(
                text="look", external_reply={"origin": origin}, quote={"text": "a hole", "position": 0}
            )
        )
    )
    assert (event.about_message_id, event.quote) == (None, "a hole")


def test_a_topic_of_a_private_chat_is_where_it_came_from() -> None:
    topic = {"message_thread_id": 77, "is_topic_message": True}
    assert only(update(message=message(text="hi", **topic))).our_end == OurEnd(topic=77)
    assert only(update(message=message(text="hi", message_thread_id=77))).our_end == OurEnd()
    root = {**message(forum_topic_created={"name": "City", "icon_color": 1}), "message_id": 77}
    assert only(update(message=message(text="hi", reply_to_message=root, **topic))).about_message_id is None
    pressed = only(update(callback_query=button(message={**message(text="?", **topic), "from": BOT})))
    assert pressed.our_end == OurEnd(topic=77)


@pytest.mark.parametrize(
    ("text", "payload", "kept"),
    [
        ("/start", "", "/start"),
        ("/start pole-1234", "pole-1234", "/start pole-1234"),
        ("/start@CityBot", "", "/start"),
        ("/start@CityBot pole-1234", "pole-1234", "/start pole-1234"),
        ("/help@CityBot", None, "/help"),
        ("/started", None, "/started"),
        ("start", None, "start"),
        ("please /start", None, "please /start"),
    ],
)
def test_a_start_and_its_payload(text: str, payload: str | None, kept: str) -> None:
    event = only(update(message=message(text=text)))
    assert (event.start, event.text) == (payload, kept)


@pytest.mark.parametrize(
    "text",
    ["📍 Share my location", "Share my location", "📍 Compartir mi ubicación", "compartir mi ubicacion"],
)
def test_the_label_of_the_location_button_is_known_in_both_languages(text: str) -> None:
    assert only(update(message=message(text=text))).location_label


def test_words_about_a_location_are_no_label() -> None:
    assert not only(update(message=message(text="how do I share my location"))).location_label


@pytest.mark.parametrize("data", ["²:0", "1:²", "9" * 23 + ":0", "", "x" * 10_000, "a\x00b"])
def test_a_button_is_a_button_whatever_its_data(data: str) -> None:
    (event,) = parse_update(update(callback_query=button(data=data)))
    assert isinstance(event, Inbound)
    assert (event.kind, event.callback_id) == (InboundKind.BUTTON, "4382bfdwdsb323b2d9")


def test_a_reaction_names_its_mark_and_its_message() -> None:
    change = {"chat": PRIVATE, "message_id": 5, "user": ANA, "date": SENT, "old_reaction": []}
    thumb = [{"type": "emoji", "emoji": "👍"}]
    event = only(update(message_reaction={**change, "new_reaction": thumb}))
    assert (event.kind, event.reaction, event.about_message_id) == (InboundKind.REACTION, "👍", "700:5")
    gone = only(update(message_reaction={**change, "old_reaction": thumb, "new_reaction": []}))
    assert gone.reaction == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["text", "photo", "document", "location", "venue", "chat", "from", "date", "message_id", "sticker"]


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.sampled_from(KEYS),
    JSON,
)
def test_no_field_of_a_wrong_kind_raises_anything_but_a_channel_error(
    kind: str, key: str, value: Any
) -> None:
    with suppress(ChannelError):
        parse(json.dumps({"update_id": 1, kind: {**message(text="x"), key: value}}).encode())


def test_the_secret_token_lets_telegram_in() -> None:
    verify(secret_header="s3cret_token", secret="s3cret_token")


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        (None, "s3cret"),
        ("", "s3cret"),
        ("S3cret", "s3cret"),
        ("s3cret ", "s3cret"),
        ("é", "s3cret"),
        ("", ""),
    ],
)
def test_any_other_token_is_refused(header: str | None, secret: str) -> None:
    with pytest.raises(SignatureError):
        verify(secret_header=header, secret=secret)


def test_the_next_offset_follows_the_last_update_even_when_ids_start_anew() -> None:
    assert next_offset([{"update_id": 900}, {"update_id": 17}], 900) == 18
    assert next_offset([], 900) == 900
    assert next_offset([{"update_id": 5}, {}, {"update_id": "x"}], None) == 6, "an odd one holds up nobody"
    assert next_offset([{}], 3) == 3
