"""The bars on messages written by people, with truths from the pack's tables and never from the resolver.

`tests/places` has them; a third, chosen by the texts alone, has to hold the bars by itself.
"""

from __future__ import annotations

from itertools import chain

import pytest

from bot.city.gazetteer import Gazetteer
from bot.settings import PACKS
from tests.places.truth import Ground, Written, written
from tests.places.verdict import Verdict, is_resolvable, judge_all

LOCALS = ("locals", "neighbors_say", "third")
FILES = ("inside", "outside", "shapes", "fresh", "last", "final", "elsewhere", *LOCALS)
ALL = list(chain.from_iterable(written(name) for name in FILES))


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground(PACKS / "santa_monica")


def share(judged: dict[Verdict, list[Written]], *verdicts: Verdict) -> float:
    return sum(len(judged[verdict]) for verdict in verdicts) / sum(map(len, judged.values()))


def failures(judged: dict[Verdict, list[Written]]) -> list[tuple[str, str]]:
    return [(verdict, m.text) for verdict, listed in judged.items() if verdict != "right" for m in listed]


def test_there_are_enough_of_every_sort_to_mean_something() -> None:
    assert sum(is_resolvable(message) for message in ALL) >= 500
    assert sum(message.formula.startswith("out") for message in ALL) >= 150
    assert sum(message.formula in ("ask", "none", "not") for message in ALL) >= 120
    assert len({message.text for message in ALL}) == len(ALL)


@pytest.mark.parametrize("held_out", [False, True])
def test_places_are_found_and_hardly_ever_wrongly(
    santa_monica: Gazetteer, ground: Ground, held_out: bool
) -> None:
    messages = [m for m in ALL if is_resolvable(m) and m.held_out is held_out]
    judged = judge_all(messages, santa_monica.locate, ground)
    assert share(judged, Verdict.RIGHT) >= 0.95, failures(judged)
    assert share(judged, Verdict.WRONG) <= 0.01, failures(judged)


def test_places_elsewhere_are_recognised_and_named(santa_monica: Gazetteer, ground: Ground) -> None:
    judged = judge_all([m for m in ALL if m.formula.startswith("out")], santa_monica.locate, ground)
    assert share(judged, Verdict.RIGHT, Verdict.MISNAMED) >= 0.98, failures(judged)
    assert share(judged, Verdict.MISNAMED) <= 0.02, failures(judged)
    assert share(judged, Verdict.WRONG) <= 0.01, failures(judged)


def test_what_is_no_place_or_too_little_is_never_settled(santa_monica: Gazetteer, ground: Ground) -> None:
    judged = judge_all([m for m in ALL if m.formula in ("ask", "none", "not")], santa_monica.locate, ground)
    assert not judged[Verdict.WRONG], failures(judged)
    assert share(judged, Verdict.RIGHT) >= 0.97, failures(judged)


WORDINGS = (
    "{a} and {b}", "pothole at {b} & {a}", "hay basura en {a} y {b}", "the light on {a} at {b} is out again",
    "esquina de la {b} con la {a}", "TREE DOWN {b} / {a} BLOCKING THE SIDEWALK", "{a} x {b}",
)  # fmt: skip


@pytest.mark.parametrize("wording", WORDINGS)
def test_corners_all_over_the_city_are_found_without_their_types(
    santa_monica: Gazetteer, ground: Ground, wording: str
) -> None:
    """ "21st and Montana" may be 21st Pl as well, "26th and La Mesa" is two corners: hence not all of them."""
    corners = ground.corners()[WORDINGS.index(wording) :: len(WORDINGS)]
    messages = []
    for a, b in corners:
        said = wording.format(a=a.rsplit(" ", 1)[0].lower(), b=b.rsplit(" ", 1)[0].lower())
        if all(santa_monica.contains(point) for point in ground.truths(f"x:{a} & {b}")):
            messages.append(Written(said, "corners", f"x:{a} & {b}", reach=80.0))
    judged = judge_all(messages, santa_monica.locate, ground)
    assert len(messages) > 80
    assert share(judged, Verdict.RIGHT) >= 0.95, failures(judged)
    assert share(judged, Verdict.WRONG) <= 0.01, failures(judged)


def test_a_known_place_elsewhere_comes_with_whom_to_ask(santa_monica: Gazetteer) -> None:
    for message in ALL:
        if message.formula.startswith("out:") and message.formula != "out:?":
            resolution = santa_monica.locate(message.text)
            assert resolution.elsewhere is None or resolution.elsewhere_contact, message.text


@pytest.mark.parametrize("name", LOCALS)
def test_places_as_locals_say_them_are_found_or_rightly_asked(
    santa_monica: Gazetteer, ground: Ground, name: str
) -> None:
    judged = judge_all([m for m in written(name) if is_resolvable(m)], santa_monica.locate, ground)
    assert share(judged, Verdict.RIGHT, Verdict.ASKED) >= 0.97, failures(judged)
    assert share(judged, Verdict.WRONG) <= 0.005, failures(judged)
    assert share(judged, Verdict.NEAR) <= 0.01, failures(judged)
