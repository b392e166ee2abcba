"""The place said last wins, and what was taken back is never settled on."""

from __future__ import annotations

import pytest

from bot.city.gazetteer import Gazetteer
from bot.city.location import Resolution, ResolutionOutcome


def told(found: Resolution) -> object:
    """The place, or the street that is asked about, or the places to choose from."""
    if found.outcome is ResolutionOutcome.STREET_ONLY:
        return f"where on {found.street}"
    names = tuple(place.name for place in found.candidates)
    return names[0] if len(names) == 1 else names or found.outcome


@pytest.mark.parametrize(
    ("text", "name", "used"),
    [
        ("pico and 4th, no wait, 6th", "Pico Blvd & 6th St", "pico and 4th, no wait, 6th"),
        ("pico and 4th, no wait, 5th", "where on Pico Blvd", "pico and 4th, no wait, 5th"),
        ("17th and washington no wait idaho", "17th St & Idaho Ave", "17th and washington no wait idaho"),
        ("colorado and 7th, scratch that, lincoln", "Colorado Ave & Lincoln Blvd", "colorado and 7th, scratch that, lincoln"),
        ("graffiti on pico and 21st, wait no, ocean park and 21st", "Ocean Park Blvd & 21st St", "pico and 21st, wait no, ocean park and 21st"),
        ("reed park, no I mean douglas park", "Douglas Park", "reed park, no I mean douglas park"),
        ("1820 pearl, i mean 1822", "1822 Pearl St", "1820 pearl, i mean 1822"),
        ("1133 15th st, no 16th st", "1133 16th St", "1133 15th st, no 16th st"),
        ("10th and michigan i mean 11th theres glass all over", "11th St & Michigan Ave", "10th and michigan i mean 11th"),
        ("en la pico y la 10, no, perdón, la 11", "Pico Blvd & 11th St", "pico y la 10, no, perdón, la 11"),
        ("broadway y 17, digo colorado y 17", "Colorado Ave & 17th St", "broadway y 17, digo colorado y 17"),
        ("pico and 4th no wait 6th, sorry 7th", "Pico Blvd & 7th St", "pico and 4th no wait 6th, sorry 7th"),
    ],
)  # fmt: skip
def test_the_place_said_last_wins(santa_monica: Gazetteer, text: str, name: str, used: str) -> None:
    found = santa_monica.locate(text)
    assert (told(found), found.used) == (name, used)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pico and 4th, sorry for the trouble", "Pico Blvd & 4th St"),
        ("pico and 4th, no parking sign is down", "Pico Blvd & 4th St"),
        ("pico and 4th, 5th time i write", "Pico Blvd & 4th St"),
        ("1437 11th st no. 5", "1437 11th St"),
        ("I mean it, nobody cares about pico and 4th", "Pico Blvd & 4th St"),
        ("Pico and 4th. Actually there are two", "Pico Blvd & 4th St"),
    ],
)
def test_what_takes_nothing_back_changes_nothing(santa_monica: Gazetteer, text: str, name: str) -> None:
    assert told(santa_monica.locate(text)) == name


@pytest.mark.parametrize(
    ("before", "text", "name"),
    [
        ("Pico Blvd & 4th St", "no, 6th", "Pico Blvd & 6th St"),
        ("Pico Blvd y 4th St", "no, la 6", "Pico Blvd & 6th St"),
        ("Pico Blvd & 4th St", "not 4th, 6th", "Pico Blvd & 6th St"),
        ("Pico Blvd & 4th St", "no es la 4, es la 6", "6th St & Pico Blvd"),
        ("main and pico", "lincoln, not main", "Lincoln Blvd & Pico Blvd"),
        ("Main St & Pico Blvd", "Ocean not Main", ("Ocean Ave & Pico Blvd", "Ocean Way & Pico Blvd")),
        ("Main St & Hill St", "wait i mean ocean park and 6th", "Ocean Park Blvd & 6th St"),
        ("1437 11th St", "its 1427", "1427 11th St"),
        ("1437 11th St", "no 12th st", "1437 12th St"),
        ("1437 11th St", "it should be 1473", "1473 11th St"),
        ("in front of 1437 11th St", "its 1427", "1427 11th St"),
        ("1437 11th St", "hello again, my wife says it is 1427 not 1437. please correct it", "1427 11th St"),
        ("1437 11th St", "wrong street, its 12th", "1437 12th St"),
        ("Clover Park", "no, Marine Park", "Marine Park"),
        ("Pico Blvd & 4th St", "no", ResolutionOutcome.UNKNOWN),
        ("Pico Blvd & 4th St", "there's also a couch", ResolutionOutcome.UNKNOWN),
    ],
)
def test_a_correction_is_read_with_the_place_before_it(
    santa_monica: Gazetteer, before: str, text: str, name: object
) -> None:
    assert told(santa_monica.corrected(before, text)) == name


@pytest.mark.parametrize(
    ("street", "text", "name"),
    [
        ("Pico Blvd", "4th", "Pico Blvd & 4th St"),
        ("Pico Blvd", "4", "Pico Blvd & 4th St"),
        ("Pico Blvd", "1450", "1450 Pico Blvd"),
        ("Pico Blvd", "con la 11", "Pico Blvd & 11th St"),
        ("Pico Blvd", "between 6th and 7th", "Pico Blvd between 6th St & 7th St"),
        ("11th Ct", "close to california ave", "11th Ct & California Ave"),
        ("Wilshire Blvd", "harv", "Wilshire Blvd & Harvard St"),
        ("Pico Blvd", "11th i mean 12th", "Pico Blvd & 12th St"),
        ("Pico Blvd", "no wait, olympic and 14th", "Olympic Blvd & 14th St"),
        ("Lincoln Blvd", "main and hill", "Main St & Hill St"),
        ("Pico Blvd", "sorry i meant lincoln", "where on Lincoln Blvd"),
        ("Pico Blvd", "lincoln", "Pico Blvd & Lincoln Blvd"),
        ("Pico Blvd", "Clover park", "Clover Park"),
        ("Lincoln Blvd", "no cross street, its 2450", "2450 Lincoln Blvd"),
        ("Pico Blvd", "no idea", ResolutionOutcome.UNKNOWN),
        (
            "Main St",
            "between hollister and strand i think, right by the coffee place",
            "Main St between Hollister Ave & Strand St",
        ),
        ("Main St", "entre hollister y strand", "Main St between Hollister Ave & Strand St"),
    ],
)
def test_an_answer_to_the_question_for_a_cross_street(
    santa_monica: Gazetteer, street: str, text: str, name: object
) -> None:
    assert told(santa_monica.answered(street, text)) == name


def test_names_are_told_in_the_residents_language(santa_monica: Gazetteer) -> None:
    assert told(santa_monica.corrected("Pico Blvd y 4th St", "no, la 6", "es")) == "Pico Blvd y 6th St"
    assert told(santa_monica.locate("pico y la 10, no, la 11", "es")) == "Pico Blvd y 11th St"


@pytest.mark.parametrize("before", ["17th St & Delaware Ave", "17 y delaware"])
@pytest.mark.parametrize(
    "text",
    [
        "no wait its not 17th its 18th, my bad",
        "it's not 17th it's 18th",
        "no espera no es la 17 es la 18 me equivoque",
        "no no es la 17 es la 18",
        "no no perdon es en la 18 no en la 17",
        "no, la 18 no la 17",
    ],
)
def test_what_is_wrong_and_what_is_right_in_one_breath(
    santa_monica: Gazetteer, before: str, text: str
) -> None:
    assert told(santa_monica.corrected(before, text)) == "18th St & Delaware Ave"
