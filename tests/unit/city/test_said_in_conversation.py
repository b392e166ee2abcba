"""Places as they are told in the middle of a conversation: half a corner, what it is not, which of a name, where somebody works."""

from __future__ import annotations

import pytest

from bot.city.gazetteer import Gazetteer


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fue en Colorado llegando a la 20", "Colorado Ave y 20th St"),
        ("en la Pico pasando la 28, lado norte", "Pico Blvd y 28th St"),
        ("en Montana antes de la 7", "Montana Ave y 7th St"),
        ("callejon entre la 10 y la 11, ya casi llegando a Pico", "callejón cerca de Pico Blvd entre 10th St y 11th St"),
        ("en el callejon entre la 6 y la 7, cerquita de Wilshire", "callejón cerca de Wilshire Blvd entre 6th St y 7th St"),
        ("no es en la Lincoln, es en Pico con la 11", "Pico Blvd y 11th St"),
        ("el parque Virginia, el que está en Pico y Cloverfield", "Virginia Avenue Park"),
        ("trabajo en el aeropuerto, en la biblioteca Fairview hay una gotera", "Fairview Library"),
    ],
)  # fmt: skip
def test_in_spanish(santa_monica: Gazetteer, text: str, place: str) -> None:
    found = santa_monica.locate(text, "es").location
    assert found is not None
    assert found.name == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("its 1830 something Pearl, 1834 I think, between 18th and 19th", "1834 Pearl St"),
        ("Douglas Park, the one on Wilshire and 25th", "Douglas Park"),
        ("its not on Main. its Ocean Park and 4th", "Ocean Park Blvd & 4th St"),
        ("i teach at Roosevelt Elementary, the swing at Douglas Park is broken", "Douglas Park"),
    ],
)
def test_in_english(santa_monica: Gazetteer, text: str, place: str) -> None:
    found = santa_monica.locate(text, "en").location
    assert found is not None
    assert found.name == place


def test_a_corner_with_a_park_beside_it_stays_a_corner(santa_monica: Gazetteer) -> None:
    found = santa_monica.locate("by Reed Park, Wilshire and Lincoln, the light is out", "en").location
    assert found is not None
    assert found.name == "Wilshire Blvd & Lincoln Blvd"


def test_a_number_that_counts_something_is_no_house(santa_monica: Gazetteer) -> None:
    assert santa_monica.locate("there are 200 bags on Pearl", "en").location is None
