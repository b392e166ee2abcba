"""What a text says it is not, taken out of it."""

from __future__ import annotations

import pytest

from bot.engine.nlu.denied import Denied, denied_in


@pytest.mark.parametrize(
    ("text", "denied", "rest"),
    [
        ("nah not a stolen bike. the rack. bent rack", "stolen bike", "nah, the rack. bent rack"),
        ("there is no dog. its the gate of the park", "dog", "its the gate of the park"),
        ("its not about the smell, its the broken lid", "smell", "its the broken lid"),
        ("I said library, not police!", "police", "I said library"),
        ("no es por la basura, es el cerco caído", "basura", "es el cerco caído"),
        ("no es bache es una coladera", "bache", "es una coladera"),
        ("the canopy is torn. not the can. fabric one", "can", "the canopy is torn, fabric one"),
        ("no esta apagada, es el vidrio el que falta", "apagada", "es el vidrio el que falta"),
    ],
)
def test_what_is_denied_is_taken_out(text: str, denied: str, rest: str) -> None:
    found = denied_in(text)
    assert found == Denied(denied, rest)


@pytest.mark.parametrize(
    "text",
    ["not sure, the bulb is out", "not fixed", "no gracias, mandelo", "no, the other one", "no no", "no water, at the court",
     "not in the street, on the sidewalk", "", "not " * 200],
)  # fmt: skip
def test_what_denies_no_thing_stays_whole(text: str) -> None:
    assert denied_in(text) is None
