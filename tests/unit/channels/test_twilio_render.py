"""Replies as SMS and MMS: what they look like and what they cost."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.messages import Option, Outbound, OutboundPhoto
from bot.channels.text import split_text, utf16_units
from bot.channels.twilio.gsm7 import (
    GSM_BASIC,
    GSM_EXTENSION,
    GSM_PART,
    UCS2_PART,
    is_gsm7,
    segments,
    to_gsm7,
)
from bot.channels.twilio.render import MAX_BODY, render

MENU = (Option("Pothole", "/choose1"), Option("Graffiti", "/choose2"), Option("Something else", "/back"))


def rendered_bodies(outbound: Outbound) -> list[str]:
    return [part.body for part in render(outbound, to="+13105550123", message_id=1).parts]


def test_the_alphabet_is_whole() -> None:
    assert (len(GSM_BASIC), len(GSM_EXTENSION)) == (127, 10)  # 128 places, one of them the escape


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 152 + a two-septet character: the last place of the first part stays empty.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("ñ¿é" * 53, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 66 units and a surrogate pair: 67 is odd, so each part of emoji holds 33.
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 66 + "😀" + "a" * 65, 2),
        ("a" * 66 + "😀" + "a" * 66, 3),
    ],
)
def test_parts_are_counted_as_phones_count_them(text: str, parts: int) -> None:
    assert segments(text) == parts


TEXTS = st.text(st.sampled_from("ab €^ñáé😀\n'’—…"), max_size=700)


@given(TEXTS)
def test_parts_lie_between_the_even_split_and_one_lost_place_a_part(text: str) -> None:
    gsm = is_gsm7(text)
    units = len(text) + sum(char in GSM_EXTENSION for char in text) if gsm else utf16_units(text)
    alone, part = (160, GSM_PART) if gsm else (70, UCS2_PART)
    if units <= alone:
        assert segments(text) == (1 if text else 0)
    else:
        assert math.ceil(units / part) <= segments(text) <= math.ceil(units / (part - 1))


@given(TEXTS, TEXTS)
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)


@given(st.text(max_size=400))
def test_plain_text_stays_as_it_is(text: str) -> None:
    plain = to_gsm7(text)
    assert to_gsm7(plain) == plain
    folded = to_gsm7(text, fold_accents=True)
    assert to_gsm7(folded, fold_accents=True) == folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s “fixed” – thanks…", 'It\'s "fixed" - thanks...'),
        ("3\u00a0days", "3 days"),
        ("zero\u200bwidth", "zerowidth"),
        ("niño, ¿qué tal? ¡Así!", "niño, ¿qué tal? ¡Así!"),
        ("e\u0301", "é"),
        ("👍", "👍"),
    ],
)
def test_typography_becomes_plain_and_letters_stay(text: str, plain: str) -> None:
    assert to_gsm7(text) == plain


def test_accents_go_only_when_asked_and_then_from_every_vowel() -> None:
    words = "¿Dónde está el baño, José? ¡Qué pingüino!"
    assert to_gsm7(words) == words
    assert to_gsm7(words, fold_accents=True) == "¿Donde esta el baño, Jose? ¡Que pinguino!"


ACCENTED = set("áéíóúüàèìòùÁÉÍÓÚÜ")


@given(st.text(st.sampled_from("abeñ¿¡ áéíóúüÉÁ😀."), max_size=400), st.booleans())
def test_a_reply_keeps_all_its_accents_or_none(text: str, asked: bool) -> None:
    outbound = Outbound(text, options=MENU[:1] if asked else ())
    sent = "".join(rendered_bodies(outbound))
    kept, written = ([char for char in words if char in ACCENTED] for words in (sent, to_gsm7(text)))
    assert kept in ([], written)
    assert sent.count("ñ") == text.count("ñ")


def test_a_name_with_an_accent_of_the_alphabet_is_folded_with_the_rest() -> None:
    (body,) = rendered_bodies(Outbound("Sí, José: " + "ya está listo. " * 8))
    assert body == "Si, Jose: " + ("ya esta listo. " * 8).strip()
    assert rendered_bodies(Outbound("Café Pelé, " * 5)) == [
        ("Café Pelé, " * 5).strip()
    ]  # costs one part as it is


def test_options_are_numbered_lines_in_one_message() -> None:
    bodies = rendered_bodies(Outbound("What is it?", options=MENU))
    assert bodies == ["What is it?\n1 Pothole\n2 Graffiti\n3 Something else"]


def test_accents_are_folded_when_that_saves_a_part() -> None:
    long = "¿Dónde está el problema? Mande una dirección o una esquina, por ejemplo Pico y la 4"
    assert rendered_bodies(Outbound(long)) == [to_gsm7(long, fold_accents=True)]
    assert rendered_bodies(Outbound("¿Dónde está?")) == ["¿Dónde está?"]


def test_folding_can_be_forced_and_forbidden() -> None:
    long = "ó" * 100
    assert render(Outbound(long), to="+1", message_id=1, fold_accents=False).parts[0].body == long
    assert render(Outbound("ó"), to="+1", message_id=1, fold_accents=True).parts[0].body == "o"


def photo(number: int, size: int | None = 400_000) -> OutboundPhoto:
    return OutboundPhoto(number, f"https://311.example.gov/media/photos/{number}", size=size)


def test_photos_go_with_the_words() -> None:
    (part,) = render(Outbound("Fixed!", photos=(photo(1), photo(2))), to="+1", message_id=1).parts
    assert part.body == "Fixed!"
    assert part.media_urls == (photo(1).url, photo(2).url)


def test_photos_alone_are_a_message() -> None:
    (part,) = render(Outbound("", photos=(photo(1),)), to="+1", message_id=1).parts
    assert (part.body, len(part.media_urls)) == ("", 1)


def test_nothing_at_all_is_no_message() -> None:
    assert render(Outbound(" "), to="+1", message_id=1).parts == ()


@pytest.mark.parametrize(
    ("count", "size", "messages"),
    [
        (10, 400_000, [10]),
        (11, 400_000, [10, 1]),
        (4, 2_000_000, [2, 2]),
        (7, None, [5, 2]),
        (2, 6_000_000, [1, 1]),
    ],
)
def test_photos_keep_to_ten_and_five_megabytes_a_message(
    count: int, size: int | None, messages: list[int]
) -> None:
    outbound = Outbound("Here.", photos=tuple(photo(n, size) for n in range(count)))
    parts = render(outbound, to="+1", message_id=1).parts
    assert [len(part.media_urls) for part in parts] == messages
    assert [url for part in parts for url in part.media_urls] == [photo(n).url for n in range(count)]


@given(st.text(st.sampled_from("ab c.\n😀é"), max_size=6000), st.integers(20, 1600))
def test_splitting_loses_no_word_and_keeps_the_limit(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(0 < utf16_units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_reply_is_cut_between_paragraphs() -> None:
    paragraph = "word " * 200
    bodies = rendered_bodies(Outbound(f"{paragraph}\n\n{paragraph}", options=MENU))
    assert [len(text) <= MAX_BODY for text in bodies] == [True, True]
    assert bodies[1].endswith("3 Something else")


PAGE = "https://311.example.gov/r/SyFvr6WLt9nHW7CNeuE94r"


@pytest.mark.parametrize(
    ("length", "named"),
    [
        (60, True),  # one part before and after
        (140, False),  # one part, and two with it
        (200, True),  # two parts before and after
        (300, False),
    ],
)
def test_the_page_is_named_where_it_costs_no_part(length: int, named: bool) -> None:
    plain = Outbound("a" * length)
    linked = render(replace(plain, page=PAGE), to="+13105550123", message_id=1)
    assert linked.segments == render(plain, to="+13105550123", message_id=1).segments
    assert (PAGE in linked.parts[0].body) is named


def test_the_page_stands_above_the_question_and_its_options_in_the_language() -> None:
    (body,) = rendered_bodies(Outbound("Ya quedó.\n¿Quedó bien?", MENU[:2], page=PAGE, language="es"))
    assert body.splitlines() == ["Ya quedo.", f"Sigalo: {PAGE}", "¿Quedo bien?", "1 Pothole", "2 Graffiti"]
    (body,) = rendered_bodies(Outbound("Which side is it on?", page=PAGE))
    assert body.splitlines() == ["Which side is it on?", f"Follow it: {PAGE}"]  # words of staff stay together


PHOTO_LINK = "https://311.example.gov/p/Kq7mXw2RtB9sVh4Np"


@pytest.mark.parametrize("length", [0, 60, 140, 200, 280, 459, 1590])
def test_the_photo_of_the_work_is_always_named_where_no_picture_goes_out(length: int) -> None:
    """Two hundred characters of staff's words and the question whether it is fixed filled two parts: the link was left out."""
    (body,) = rendered_bodies(Outbound("a" * length, photo_links=(PHOTO_LINK,)))[-1:]
    assert body.splitlines()[-1] == f"Photo: {PHOTO_LINK}"


def test_it_costs_one_part_at_most() -> None:
    for length in range(1, 480):
        plain = Outbound("a" * length)
        linked = render(replace(plain, photo_links=(PHOTO_LINK,)), to="+13105550123", message_id=1)
        assert linked.segments <= render(plain, to="+13105550123", message_id=1).segments + 1


@pytest.mark.parametrize(("length", "named"), [(60, 4), (160, 2), (400, 1)])
def test_of_several_photos_those_are_named_that_fit_two_parts(length: int, named: int) -> None:
    links = tuple(f"{PHOTO_LINK[:-1]}{number}" for number in range(2, 6))
    (body,) = rendered_bodies(Outbound("a" * length, photo_links=links))
    assert [link for link in links if link in body] == list(links[:named])


def test_photos_stand_above_the_question_in_the_language_and_before_the_page() -> None:
    asked = Outbound("¿Quedó bien?", MENU[:2], photo_links=(PHOTO_LINK,), page=PAGE, language="es")
    (body,) = rendered_bodies(asked)
    first, second, *question = body.splitlines()
    assert first == f"Foto: {PHOTO_LINK}"
    assert PAGE in second
    assert len(question) == 3
