"""What of a message its sender wrote: without signatures and part numbers, legible."""

from __future__ import annotations

import pytest

from bot.text.own_words import legible, own_words, storable
from bot.text.parts import NumberedPart, numbered_part
from bot.text.signatures import without_signature


@pytest.mark.parametrize(
    "signature",
    [
        "\n\nSent from my iPhone", "\nSent from my iPad", " Sent from my iPhone", "\r\n\r\nSent from my iPhone\r\n",
        "\n\nSent from my Galaxy", "\nSent from my T-Mobile 5G Device", "\n\nSent via the Samsung Galaxy S23, an AT&T 5G smartphone",
        "\nSent from Yahoo Mail for iPhone", "\n\nSent from Yahoo Mail on Android", "\nSent from Outlook for iOS",
        "\n\nGet Outlook for Android<https://aka.ms/AAb9ysg>", "\nSent from Mail for Windows", "\nSent from Proton Mail mobile",
        "\n\nEnviado desde mi iPhone", "\nEnviado desde mi celular", "\nEnviado de mi iPad", "\nEnviado con Gmail Mobile",
        "\nObtener Outlook para Android", "\nEnviado desde Yahoo Mail para iPhone", "\n--\nMaria", "\n-- \nMaria Lopez\nCity Hall",
        "\n—\nJ. Doe", "\n--\nMaría\n(310) 555-0100", "\n--\nBob\nSent from my iPhone", "\n\nJuan\nEnviado desde mi iPhone",
        "\n\nThanks,\nMaria", "\nGracias\nJuan Pérez", "\nBest regards,\nAnn", "\n____\nBob", "",
        "\n-Maria", " - Maria", " –José", "\n~Maria", "\nThanks, Maria", "\nGracias, Juan Pérez", "\n\n- Sent via Textra", " (Sent via Textra)",
        "\n(Sent from my car)", "\n\nvia iPhone", "\n> Is it fixed?\n> 1 Yes 2 No", "\n\nOn Mon, Nov 30, 2026 at 3:10 PM City <x@y.org> wrote:\n> Is it fixed?",
        "\n\nEl lun, 30 nov 2026 a las 15:10, Ciudad escribió:\n> ¿Ya quedó?",
    ],
)  # fmt: skip
@pytest.mark.parametrize("answer", ["1", "2.", "dos", "la segunda"])
def test_a_signature_hides_no_answer(answer: str, signature: str) -> None:
    assert own_words(answer + signature) == answer


@pytest.mark.parametrize("word", ["STOP", "yes", "Sí"])
@pytest.mark.parametrize("signature", ["\n\nSent from my iPhone", "\n--\nMaria Lopez", "\n\nThanks,\nMaria"])
def test_nor_a_word(word: str, signature: str) -> None:
    assert own_words(word + signature) == word


def test_a_report_loses_its_signature_only() -> None:
    report = "Pothole at Pico and 4th.\nIt is deep."
    assert without_signature(f"{report}\n\nSent from my iPhone") == report
    assert without_signature(f"{report}\n-- \nMaria Lopez") == report


@pytest.mark.parametrize(
    "text",
    [
        "someone sent from the city told me to text", "a package sent from my house to Main St was stolen",
        "Pothole\n--\n4th and Pico", "pothole on pico\nThanks,\nOcean Park", "pothole -- Pico and 4th", "big hole\n\nOcean Park",
        "water is sent from my neighbor to the alley\nat pico", "1437\n\nPico Blvd", "--\nMaria", "Thanks,\nMaria",
    ],
)  # fmt: skip
def test_words_that_only_look_like_one_stay(text: str) -> None:
    assert without_signature(text) == text


def test_nothing_but_a_signature_is_nothing() -> None:
    assert own_words("Sent from my iPhone") == ""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("(1/2) Big hole on the corner of Pico", (1, 2, "Big hole on the corner of Pico")),
        ("(2/2) and 4th, been there for weeks", (2, 2, "and 4th, been there for weeks")),
        ("[1/3] one", (1, 3, "one")), ("(1 of 2)hole", (1, 2, "hole")), ("(1 de 2) bache", (1, 2, "bache")),
        ("1/2: hole", (1, 2, "hole")), ("1/2) hole", (1, 2, "hole")), ("Part 2 of 3: hole", (2, 3, "hole")),
        ("hole on Pico (1/2)", (1, 2, "hole on Pico")), ("hole\non Pico\n(2/2)\n", (2, 2, "hole\non Pico")),
        ("(①/②) hole", (1, 2, "hole")), ("(1/2)", (1, 2, "")),
        ("1/2\nbig hole", (1, 2, "big hole")), ("pt. 2/2 rest", (2, 2, "rest")), ("{1/2} hole", (1, 2, "hole")), ("<2/2> hole", (2, 2, "hole")),
    ],
)  # fmt: skip
def test_a_numbered_part_says_which_it_is(text: str, part: tuple[int, int, str]) -> None:
    assert numbered_part(text) == NumberedPart(*part)


@pytest.mark.parametrize(
    "text",
    ["1/2 block from Pico", "(1/2) mile from the pier", "(3/2) x", "(0/2) x", "(1/1) x", "11/28", "(11/28) x", "1437 1/2 11th St",
     "2", "", "(1/2/3) x", "media cuadra", "(1/2) cuadra de Pico"],
)  # fmt: skip
def test_a_fraction_or_a_day_is_no_part(text: str) -> None:
    assert numbered_part(text) is None


def test_a_part_alone_is_understood_by_its_words() -> None:
    assert own_words("2 (1/2)") == "2"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("bache en la calle ④ y pico", "bache en la calle 4 y pico"), ("⑩th st", "10th st"), ("pi\u0301co", "píco"),
        ("p\u0336o\u0336t\u0336h\u0336o\u0336l\u0336e\u0336", "pothole"), ("po\u200bth\u00adole", "pothole"), ("2️⃣", "2"),
        ("\u202epothole\u202c", "pothole"), ("a\r\nb\u2028c", "a\nb\nc"), ("x\x00\x07y", "xy"), ("hi \ud83d there", "hi  there"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"), ("ñandú", "ñandú"), ("हिंदी", "हिंदी"),
    ],
)  # fmt: skip
def test_what_is_unseen_or_odd_is_made_plain(text: str, read: str) -> None:
    assert legible(text) == read


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfffy", "\x00", "fine"])
def test_a_storable_text_can_be_encoded_and_has_no_null(text: str) -> None:
    stored = storable(text)
    assert "\x00" not in stored.encode().decode()
    assert storable(stored) == stored
