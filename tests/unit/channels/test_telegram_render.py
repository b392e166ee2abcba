"""Replies as Telegram shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.channels.messages import ChannelError, Option, Outbound, OutboundPhoto, Pin
from bot.channels.telegram.render import (
    AlbumPart,
    Part,
    PhotoPart,
    TextPart,
    VenuePart,
    callback_data,
    read_callback_data,
    render,
)
from bot.channels.text import utf16_units

OPTIONS = (Option("Pothole", '/choose{"choice": "' + "x" * 200 + '"}'), Option("Graffiti", "/g"))
PIER = Pin(34.0094, -118.4973, "Santa Monica Pier", "200 Santa Monica Pier")


def parts(outbound: Outbound) -> tuple[Part, ...]:
    return render(outbound, to="700", message_id=41).parts


def photos(count: int) -> tuple[OutboundPhoto, ...]:
    return tuple(OutboundPhoto(n, f"https://311.example.gov/{n}", content=b"jpeg") for n in range(count))


def test_words_alone_are_one_message_without_a_keyboard() -> None:
    assert parts(Outbound("Hello <b>&</b> *you*")) == (TextPart("Hello <b>&</b> *you*"),)


def test_options_are_buttons_that_send_our_message_id_and_their_place() -> None:
    (part,) = parts(Outbound("What is it?", options=OPTIONS))
    assert isinstance(part, TextPart)
    assert isinstance(part.markup, InlineKeyboardMarkup)
    rows = [[(button.text, button.callback_data) for button in row] for row in part.markup.inline_keyboard]
    assert rows == [[("Pothole", "41:0")], [("Graffiti", "41:1")]]


@given(st.integers(0, 2**63 - 1), st.integers(0, 99))
def test_callback_data_is_read_back_and_fits(message_id: int, index: int) -> None:
    data = callback_data(message_id, index)
    assert 1 <= len(data.encode()) <= 64
    if len(str(message_id)) < 19:
        assert read_callback_data(data) == (message_id, index)


@pytest.mark.parametrize("data", ["", "41", "41:", ":1", "a:b", "41:1:2", "-1:0", "٤١:١", "9" * 40 + ":1"])
def test_other_callback_data_is_not_ours(data: str) -> None:
    with pytest.raises(ChannelError):
        read_callback_data(data)


@pytest.mark.parametrize(
    ("language", "label"), [("en", "📍 Share my location"), ("es", "📍 Compartir mi ubicación")]
)
def test_the_location_button_speaks_the_resident_s_language(language: str, label: str) -> None:
    (part,) = parts(Outbound("Where?", ask_location=True, language=language))
    assert isinstance(part, TextPart)
    assert isinstance(part.markup, ReplyKeyboardMarkup)
    ((button,),) = part.markup.keyboard
    assert (button.text, button.request_location) == (label, True)
    assert part.markup.one_time_keyboard


def test_options_stand_below_the_location_button() -> None:
    (part,) = parts(Outbound("Where?", options=(Option("Skip", "/skip"),), ask_location=True))
    assert isinstance(part, TextPart)
    assert isinstance(part.markup, ReplyKeyboardMarkup)
    assert [row[0].text for row in part.markup.keyboard] == ["📍 Share my location", "Skip"]


def test_a_plain_reply_takes_the_location_button_away() -> None:
    rendered = render(Outbound("Thanks!", drop_location_button=True), to="700", message_id=41)
    (part,) = rendered.parts
    assert isinstance(part, TextPart)
    assert isinstance(part.markup, ReplyKeyboardRemove)
    assert rendered.drops_location_button


def test_a_reply_with_buttons_takes_it_away_with_another_part_or_later() -> None:
    alone = render(Outbound("Right?", options=OPTIONS, drop_location_button=True), to="700", message_id=41)
    assert not alone.drops_location_button
    both = render(
        Outbound("Right?", options=OPTIONS, venue=PIER, drop_location_button=True), to="700", message_id=41
    )
    assert both.drops_location_button
    assert isinstance(both.parts[0], VenuePart)
    assert isinstance(both.parts[0].markup, ReplyKeyboardRemove)


def test_one_photo_carries_the_words_and_the_buttons() -> None:
    (part,) = parts(Outbound("Fixed?", options=OPTIONS, photos=photos(1)))
    assert isinstance(part, PhotoPart)
    assert part.caption == "Fixed?"
    assert isinstance(part.markup, InlineKeyboardMarkup)


def test_an_album_carries_the_words_when_there_are_no_buttons() -> None:
    (part,) = parts(Outbound("Fixed!", photos=photos(3)))
    assert part == AlbumPart(photos(3), "Fixed!")


def test_an_album_with_buttons_is_followed_by_the_words() -> None:
    album, words = parts(Outbound("Fixed?", options=OPTIONS, photos=photos(3)))
    assert album == AlbumPart(photos(3))
    assert isinstance(words, TextPart)
    assert isinstance(words.markup, InlineKeyboardMarkup)


MAP = b"png"


def test_a_map_carries_the_words_and_the_buttons() -> None:
    (part,) = parts(Outbound("Pothole, near 1437 11th St?", options=OPTIONS, map_picture=MAP))
    assert isinstance(part, PhotoPart)
    assert (part.photo.content, part.photo.file_name) == (MAP, "map.png")
    assert part.caption == "Pothole, near 1437 11th St?"
    assert isinstance(part.markup, InlineKeyboardMarkup)


def test_a_map_can_ask_for_the_location_as_well() -> None:
    (part,) = parts(Outbound("Here?", map_picture=MAP, ask_location=True))
    assert isinstance(part, PhotoPart)
    assert isinstance(part.markup, ReplyKeyboardMarkup)


def test_words_too_long_for_a_caption_follow_their_map() -> None:
    picture, words = parts(Outbound("word " * 300, options=OPTIONS, map_picture=MAP))
    assert isinstance(picture, PhotoPart)
    assert (picture.caption, picture.markup) == ("", None)
    assert isinstance(words, TextPart)
    assert isinstance(words.markup, InlineKeyboardMarkup)


def test_photos_come_before_the_map_that_carries_the_words() -> None:
    album, picture = parts(Outbound("Right?", options=OPTIONS, photos=photos(2), map_picture=MAP))
    assert album == AlbumPart(photos(2))
    assert isinstance(picture, PhotoPart)
    assert picture.caption == "Right?"
    assert isinstance(picture.markup, InlineKeyboardMarkup)


@pytest.mark.parametrize(
    ("count", "groups"), [(2, [2]), (10, [10]), (11, [10, 1]), (12, [10, 2]), (21, [10, 10, 1])]
)
def test_photos_go_in_albums_of_two_to_ten(count: int, groups: list[int]) -> None:
    found = [
        len(part.photos) if isinstance(part, AlbumPart) else 1
        for part in parts(Outbound("", photos=photos(count)))
    ]
    assert found == groups


def test_a_text_too_long_for_a_caption_follows_the_photo() -> None:
    photo, words = parts(Outbound("w" * 1025, photos=photos(1)))
    assert photo == PhotoPart(photos(1)[0])
    assert words == TextPart("w" * 1025)


PAGE = "https://311.example.gov/r/Kq7mXw2RtB9sVh4NpZcD3f"


def test_the_page_of_a_request_ends_its_update_but_for_a_question_with_buttons() -> None:
    assert parts(Outbound("SM-7K3R9P: work has started.", page=PAGE)) == (
        TextPart(f"SM-7K3R9P: work has started.\nFollow it: {PAGE}"),
    )
    (asked,) = parts(Outbound("Ya quedó.\n¿Quedó bien?", (Option("Sí", "/fixed"),), page=PAGE, language="es"))
    assert isinstance(asked, TextPart)
    assert asked.text == f"Ya quedó.\nSígalo: {PAGE}\n¿Quedó bien?"
    assert isinstance(asked.markup, InlineKeyboardMarkup)
    assert parts(Outbound("", page=PAGE)) == (TextPart(f"Follow it: {PAGE}"),)


@pytest.mark.parametrize(("length", "named"), [(900, True), (1000, False), (1024, False), (1100, True)])
def test_below_a_picture_the_page_is_named_where_it_leaves_the_words_there(
    length: int, *, named: bool
) -> None:
    rendered = parts(Outbound("w" * length, photos=photos(1), page=PAGE))
    words = "".join(getattr(part, "caption", "") or getattr(part, "text", "") for part in rendered)
    assert (PAGE in words) is named
    assert len(rendered) == (1 if length <= 1024 else 2)


def test_words_that_fill_a_message_go_without_the_page() -> None:
    assert parts(Outbound("w" * 4096, page=PAGE)) == (TextPart("w" * 4096),)


def test_a_venue_comes_before_the_words() -> None:
    venue, words = parts(Outbound("Here?", options=OPTIONS, venue=PIER))
    assert venue == VenuePart(PIER)
    assert isinstance(words, TextPart)


@given(st.text(st.sampled_from("ab c.\n😀"), max_size=15000))
def test_a_long_text_loses_no_word_and_keeps_the_limit(text: str) -> None:
    found = parts(Outbound(text))
    texts = [part.text for part in found if isinstance(part, TextPart)]
    assert all(0 < utf16_units(piece) <= 4096 for piece in texts)
    assert "".join("".join(texts).split()) == "".join(text.split())


def test_the_buttons_of_a_long_text_are_at_its_end() -> None:
    found = parts(Outbound("word " * 1500, options=OPTIONS))
    assert [isinstance(part, TextPart) and part.markup is not None for part in found] == [False, True]


def test_nothing_at_all_is_no_message() -> None:
    assert parts(Outbound("")) == ()
