"""What the classifiers read of a text."""

from __future__ import annotations

import pytest

from bot.engine.nlu.reading import ANY_REFERENCE, read


@pytest.mark.parametrize("number", ["SM-2F4H6K", "sm2f4h6k", "Sm 2f4h6k", "SM-RHJYRY"])
def test_every_number_of_a_request_reads_alike(number: str) -> None:
    assert read(f"{number} is full of water", "en").letters == f"{ANY_REFERENCE} is full of water"


def test_also_in_spanish() -> None:
    one, other = (read(f"el {number} sigue igual", "es") for number in ("SM-2F4H6K", "SM-XWCCMP"))
    assert one == other


@pytest.mark.parametrize(
    "text",
    ["at 24thst and pico", "la 123456 de mi casa", "in 202412 it broke", "call me, 3104588221", "is pothole"],
)
def test_what_is_no_number_of_a_request_stays(text: str) -> None:
    assert read(text, "en").letters == text
