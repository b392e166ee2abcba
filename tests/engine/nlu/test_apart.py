"""Wishes of our texts and danger, measured on texts of which none is trained on: `tests/nlu/wishes.jsonl`, `tests/nlu/danger_apart.jsonl`.

Both were written before anything of the data or the phrases was looked at, and parted at random. Half A was mended against; half B was
scored once before and once after, and not read in between (docs/nlu.md has the figures). A wish is heard the real way: by the lists
of the gateway, or else by the engine.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.conversation.intake.ways_to_die import asks_for_a_way_to_die
from bot.text.erase_wishes import EraseWish, erase_wish
from bot.text.stop_wishes import Wish, wish_in
from bot.text.strangers import Stranger, stranger_in
from tests.engine.conftest import ROOT, Understanding


def texts(name: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in (ROOT / f"tests/nlu/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


WISHES, DANGERS = texts("wishes"), texts("danger_apart")
LANGUAGES = ["en", "es"]

# What was reached, of either half and language. The aims of danger are none missed and 0.005.
MOST_WISHES_MISSED = 0.07
MOST_TAKEN_FOR_WISHES = 0.02
MOST_DANGERS_MISSED = 0.05
MOST_FALSE_ALARMS = 0.07


def heard(understanding: Understanding, text: str) -> set[str]:
    """The wishes that are obeyed."""
    erase = erase_wish(text)
    read = understanding.read(text)
    by_list = {
        "stop": wish_in(text) is Wish.STOP,
        "not_mine": stranger_in(text) is Stranger.DENIES,
        "erase": erase is not None and erase.wish is EraseWish.DELETE,
    }
    found = {wish for wish, told in by_list.items() if told}
    return found | ({read["wish"]} if read.get("wish") and not read["danger"] else set())


def part(rows: list[dict[str, Any]], language: str, half: str) -> list[dict[str, Any]]:
    return [row for row in rows if (row["language"], row["half"]) == (language, half)]


@pytest.mark.parametrize("half", ["A", "B"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_a_wish_of_our_texts_is_missed(understanding: Understanding, language: str, half: str) -> None:
    """Who is somebody else's number and is obeyed as one who wishes to stop is left in peace as well."""
    right = {"stop": {"stop"}, "not_mine": {"not_mine", "stop"}, "erase": {"erase"}}
    wishes = [row for row in part(WISHES, language, half) if row["wish"]]
    missed = [row["text"] for row in wishes if not heard(understanding, row["text"]) & right[row["wish"]]]
    assert len(missed) / len(wishes) <= MOST_WISHES_MISSED, missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_looks_like_a_wish_is_none(understanding: Understanding, language: str) -> None:
    others = [row["text"] for half in "AB" for row in part(WISHES, language, half) if not row["wish"]]
    taken = [text for text in others if heard(understanding, text)]
    assert len(taken) / len(others) <= MOST_TAKEN_FOR_WISHES, taken


@pytest.mark.parametrize("half", ["A", "B"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_anybody_in_danger_is_missed(understanding: Understanding, language: str, half: str) -> None:
    dangers = [row["text"] for row in part(DANGERS, language, half) if row["danger"]]
    missed = [
        text for text in dangers if not understanding.read(text)["danger"] and not asks_for_a_way_to_die(text)
    ]
    assert len(missed) / len(dangers) <= MOST_DANGERS_MISSED, missed


@pytest.mark.parametrize("half", ["A", "B"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_a_calm_text_raises_an_alarm(understanding: Understanding, language: str, half: str) -> None:
    calm = [row["text"] for row in part(DANGERS, language, half) if not row["danger"]]
    false = [text for text in calm if understanding.read(text)["danger"]]
    assert len(false) / len(calm) <= MOST_FALSE_ALARMS, false


def test_there_are_as_many_as_the_figures_say() -> None:
    assert (len(WISHES), sum(1 for row in WISHES if row["wish"])) == (360, 240)
    assert (len(DANGERS), sum(1 for row in DANGERS if row["danger"])) == (486, 241)
    for rows in (WISHES, DANGERS):
        assert len({row["text"].casefold() for row in rows}) == len(rows)
