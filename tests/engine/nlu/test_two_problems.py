"""Two problems in one message: cut where a person would cut, and left whole where a person hears one thing."""

import json
from typing import Any

import pytest

from bot.engine.nlu.joints import MOST_JOINTS, joints
from bot.engine.nlu.rehearsal import Rehearsal, Told, as_they_are
from tests.engine.conftest import ROOT, Understanding

MESSAGES = [
    json.loads(line)
    for line in (ROOT / "tests/nlu/two_problems.jsonl").read_text(encoding="utf-8").splitlines()
]
TWO = [entry for entry in MESSAGES if entry["services"]]
ONE = [entry for entry in MESSAGES if not entry["services"]]


def _parts(understanding: Understanding, entry: dict[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = understanding.read(entry["text"], entry["language"])["parts"]
    return parts


def _is_right(parts: list[dict[str, Any]], services: list[list[str]]) -> bool:
    return len(parts) == len(services) and all(
        part["service"] in accepted for part, accepted in zip(parts, services, strict=True)
    )


def test_there_are_enough_messages_of_both_kinds_in_both_languages() -> None:
    assert len(TWO) >= 60
    assert len(ONE) >= 150
    for messages in (TWO, ONE):
        assert sum(entry["language"] == "es" for entry in messages) >= len(messages) / 4


def test_two_problems_are_told_apart_with_the_right_services(understanding: Understanding) -> None:
    right = [_is_right(_parts(understanding, entry), entry["services"]) for entry in TWO]
    # 0.83 and 0.79 with the same data and seeds on two kinds of processor, whose arithmetic differs in the last digit; the
    # floor leaves that out. docs/nlu.md has the figures.
    assert sum(right) / len(TWO) >= 0.75, f"{sum(right)} of {len(TWO)}"


def test_one_problem_is_left_whole(understanding: Understanding) -> None:
    cut = [entry["text"] for entry in ONE if _parts(understanding, entry)]
    assert len(cut) / len(ONE) <= 0.02, cut


def test_parts_are_words_of_the_message_in_their_order(understanding: Understanding) -> None:
    for entry in TWO:
        end = 0
        for part in _parts(understanding, entry):
            start = entry["text"].index(part["text"], end)
            end = start + len(part["text"])
            assert 0 < part["confidence"] <= 1


def test_each_part_is_about_something_else(understanding: Understanding) -> None:
    for entry in MESSAGES:
        services = [part["service"] for part in _parts(understanding, entry)]
        assert len(services) == len(set(services))
        assert len(services) in (0, 2, 3)


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("pothole, also noise", [("pothole", "noise")]),
        ("bache y ruido", [("bache", "ruido")]),
        ("one. two. three", [("one", "two. three"), ("one. two", "three")]),
        ("no joint here", []),
        ("and that is all.", []),
        ("14th & 5", []),
    ],
)
def test_a_message_can_be_cut_where_words_stand_on_both_sides(
    text: str, halves: list[tuple[str, str]]
) -> None:
    assert [(joint.left, joint.right) for joint in joints(text)] == halves


def test_a_rant_is_not_looked_at_for_ever() -> None:
    assert len(joints("it is bad. " * 40)) == MOST_JOINTS


def test_the_halves_of_a_joint_are_where_it_says() -> None:
    text = "Bache en la 14, y también basura. Gracias"
    for joint in joints(text):
        assert text[joint.start : joint.end] == joint.sign
        assert text.startswith(joint.left)
        assert text.endswith(joint.right)
        assert joint.right.startswith(joint.opening)


def test_a_rehearsal_joins_examples_of_one_fold_and_language_and_is_the_same_every_time() -> None:
    reports = [
        Told(f"{word} {number} broken", language, f"report/{word}", number % 3)
        for language in ("en", "es")
        for word in ("lamp", "sign", "tree")
        for number in range(9)
    ]
    asides = [Told("It is dangerous.", "en", "report/aside", fold) for fold in range(3)]
    places = [Told("pico and 4th", "en", "give_place", fold) for fold in range(3)]
    messages = Rehearsal(reports, places, asides).messages()
    assert messages == Rehearsal(reports, places, asides).messages()
    assert {message.two for message in messages} == {True, False}
    for message in messages:
        assert message.joint in joints(message.text)
    assert all(
        not message.two for message in as_they_are([Told("a hole, big and deep", "en", "report/x", 0)])
    )


SIGNS = [
    "\n",
    " ",
    ",",
    ".",
    "!",
    "-",
    "&",
    ", ",
    "\n ",
    " - ,",
    "and ",
    "y, ",
    "0,",
    "5. ",
    "'.",
    "5 - .",
    "_\n",
    "\u2003,",
]


@pytest.mark.parametrize("before", ["pothole", ""])
@pytest.mark.parametrize("sign", SIGNS)
def test_a_run_of_signs_is_read(sign: str, before: str) -> None:
    """It once grew with a power of the run: minutes for a message of blank lines."""
    found = joints(before + (sign * 4000)[:4000] + "x graffiti")
    assert len(found) <= MOST_JOINTS
    assert all("graffiti" in joint.right for joint in found)


def test_a_long_run_is_cut_where_it_stands() -> None:
    text = "pothole on 4th" + "\n" * 40 + "graffiti on 5th"
    (joint,) = joints(text)
    assert (joint.left, joint.right) == ("pothole on 4th", "graffiti on 5th")
    assert text[joint.end :] == "graffiti on 5th"
