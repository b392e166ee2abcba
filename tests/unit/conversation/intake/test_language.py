"""Which language a conversation is in."""

from __future__ import annotations

import pytest

from bot.conversation.intake.language import conversation_language, in_another_language


@pytest.mark.parametrize(
    ("current", "first", "detected", "hint", "intent", "text", "expected"),
    [
        ("en", True, "es", None, "report", "hay un bache", "es"),
        ("en", True, "en", "es", "report", "pothole", "en"),
        ("en", True, None, "es", "send_photos", "", "es"),
        ("en", True, None, None, "send_photos", "", "en"),
        ("en", True, "fr", "de", "report", "un nid de poule", "en"),
        ("es", False, "en", None, "give_place", "corner of Pico Blvd and 4th", "es"),
        ("es", False, "en", None, "affirm", "ok", "es"),
        ("es", False, "en", "es", "report", "there is a big pothole too", "en"),
        ("es", False, None, None, "choose", "", "es"),
        ("en", False, "en", None, "change_language", "español por favor", "es"),
        ("es", False, "es", None, "change_language", "en inglés", "en"),
        ("es", False, "es", None, "change_language", "otro idioma", "en"),
        ("en", False, "es", None, "change_language", "no leo ingles", "es"),
        ("es", False, "es", None, "change_language", "No hablo bien inglés", "es"),
        ("en", True, "es", None, "change_language", "no hablo ingles, español por favor", "es"),
        ("es", False, "en", None, "change_language", "I don't speak Spanish", "en"),
        ("es", False, "en", None, "change_language", "i cant read spanish sorry", "en"),
        ("en", False, "es", None, "change_language", "no english, spanish", "es"),
        ("es", False, "en", None, "change_language", "not spanish english please", "en"),
        (
            "es",
            False,
            "es",
            None,
            "ask_city",
            "gracias. u can write me in english btw, y a que hora abren?",
            "en",
        ),
        ("en", False, "en", None, "thanks", "thanks, pero me pueden escribir en español", "es"),
        ("es", False, "es", None, "report", "no me escriban en ingles, hay otro bache en la 5", "es"),
        ("en", False, "en", None, "report", "the sign is written in spanish and nobody can read it", "en"),
    ],
)
def test_the_first_words_decide_and_the_resident_may_switch(
    current: str, first: bool, detected: str | None, hint: str | None, intent: str, text: str, expected: str
) -> None:
    found = conversation_language(
        current, first=first, detected=detected, hint=hint, intent=intent, text=text
    )
    assert found == expected


def test_two_letters_say_nothing_about_the_language() -> None:
    said = {"first": True, "detected": "es", "intent": "greet"}
    assert conversation_language("en", hint=None, text="yo", **said) == "en"  # type: ignore[arg-type]
    assert conversation_language("en", hint="es", text="yo", **said) == "es"  # type: ignore[arg-type]
    assert conversation_language("en", hint=None, text="oye", **said) == "es"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("Trash removed by crew.", "es", True),
        ("Parts on order.", "es", True),
        ("Se limpió la esquina.", "es", False),
        ("Edison", "es", False),
        ("Se reparó la luz del poste.", "en", True),
        ("A crew comes on Tuesday.", "en", False),
        ("", "es", False),
    ],
)
def test_words_of_staff_may_be_in_the_other_language(text: str, language: str, other: bool) -> None:
    assert in_another_language(text, language) is other


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("LINK 9X6-83Y", None, "en"),
        ("VINCULAR 9X6-83Y", None, "es"),
        ("9X6-83Y", "es", "es"),
        ("9X6-83Y", None, "en"),
    ],
)
def test_the_characters_of_a_code_are_of_no_language(text: str, hint: str | None, language: str) -> None:
    told = conversation_language("en", first=True, detected="es", hint=hint, intent="report", text=text)
    assert told == language
    assert (
        conversation_language("es", first=False, detected="en", hint=None, intent="report", text=text) == "es"
    )
