"""A place told in pieces over several texts, and inside other words."""

from __future__ import annotations

import pytest

from bot.city.gazetteer import Gazetteer
from bot.city.location import Resolution, ResolutionOutcome
from bot.city.told import house_numbers

UNKNOWN = ResolutionOutcome.UNKNOWN


def told(found: Resolution) -> object:
    """The place, or the street that is asked about, or the places to choose from."""
    if found.outcome is ResolutionOutcome.STREET_ONLY:
        return f"where on {found.street}"
    names = tuple(place.name for place in found.candidates)
    return names[0] if len(names) == 1 else names or found.outcome


@pytest.mark.parametrize(
    ("street", "text", "name"),
    [
        ("Pearl St", "by 17th", "Pearl St & 17th St"),
        ("Pearl St", "over by 17th st", "Pearl St & 17th St"),
        ("Wilshire Blvd", "umm around like 23rd i guess", "Wilshire Blvd & 23rd St"),
        ("Wilshire Blvd", "cerquita de la harvard", "Wilshire Blvd & Harvard St"),
        ("Santa Monica Blvd", "just past twentieth", "Santa Monica Blvd & 20th St"),
        ("Santa Monica Blvd", "antes de llegar a la 26", "Santa Monica Blvd & 26th St"),
        ("Pico Blvd", "ahi x la 14", "Pico Blvd & 14th St"),
        ("Pico Blvd", "la que cruza es la 20", "Pico Blvd & 20th St"),
        ("Pico Blvd", "no idea. 20th maybe?", "Pico Blvd & 20th St"),
        ("Pico Blvd", "ya le dije en la 14", "Pico Blvd & 14th St"),
        ("Pico Blvd", "i live on 11th but its by 14th", "Pico Blvd & 14th St"),
        ("Lincoln Blvd", "not sure, kinda close to ocean park", "Lincoln Blvd & Ocean Park Blvd"),
        ("Ocean Park Blvd", "like right where 11th hits it", "Ocean Park Blvd & 11th St"),
        ("4th St", "cruza con la arizona", "4th St & Arizona Ave"),
        ("11th St", "not on california, by washington", "11th St & Washington Ave"),
        ("11th St", "no es por la california, es por la washington", "11th St & Washington Ave"),
        ("Montana Ave", "a la altura de la 7", "Montana Ave & 7th St"),
    ],
)
def test_a_street_told_where_a_cross_street_is_asked_makes_the_corner(
    santa_monica: Gazetteer, street: str, text: str, name: str
) -> None:
    assert told(santa_monica.answered(street, text)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the one by idaho", "Palisades Park at Idaho"),
        ("el que esta por la montana", "Palisades Park at Montana Ave"),
        ("idk the closest one to wilshire", "Palisades Park at Wilshire Blvd"),
        ("no sorry 1437 11th st", "1437 11th St"),
    ],
)
def test_a_street_narrows_a_place_that_is_at_several(santa_monica: Gazetteer, text: str, name: str) -> None:
    assert told(santa_monica.narrowed("Palisades Park", text)) == name


@pytest.mark.parametrize(
    ("street", "text", "name"),
    [
        ("Pico Blvd", "no wait its on 9th", "where on 9th St"),
        ("Pico Blvd", "espera no, es en la 9", "where on 9th St"),
        ("Pico Blvd", "actually it's on lincoln", "where on Lincoln Blvd"),
        ("Pico Blvd", "lincoln not pico", "where on Lincoln Blvd"),
        ("Pico Blvd", "its not 14th its 17th", "Pico Blvd & 17th St"),
    ],
)
def test_a_street_told_instead_stays_a_correction(
    santa_monica: Gazetteer, street: str, text: str, name: str
) -> None:
    assert told(santa_monica.answered(street, text)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ocean park n 16 i think", "Ocean Park Blvd & 16th St"),
        ("pico and 20 maybe, not sure", "Pico Blvd & 20th St"),
        ("la pico con la 14 creo", "Pico Blvd & 14th St"),
    ],
)
def test_doubt_behind_a_corner_is_no_part_of_it(santa_monica: Gazetteer, text: str, name: str) -> None:
    assert told(santa_monica.locate(text)) == name


def test_a_street_that_does_not_meet_the_one_asked_about_leaves_that_one_asked_about(
    santa_monica: Gazetteer,
) -> None:
    assert told(santa_monica.answered("Delaware Ave", "near lincoln")) == "where on Delaware Ave"
    assert told(santa_monica.answered("Lincoln Blvd", "ahi mismo por la 18")) == "where on Lincoln Blvd"


@pytest.mark.parametrize(
    ("street", "text", "name"),
    [
        ("Main St", "el numero dice 2318", "2318 Main St"),
        ("Main St", "the number on the door is 2318", "2318 Main St"),
        ("Main St", "es el numero 2318 de la casa", "2318 Main St"),
        ("7th St", "right in front of 1118, white house", "1118 7th St"),
        ("7th St", "por la casa 1118 mas o menos", "1118 7th St"),
        ("7th St", "numero mil ciento dieciocho", "1118 7th St"),
        ("7th St", "1118 or 1120", ("1118 7th St", "1120 7th St")),
        ("Delaware Ave", "dos mil quince, perdon, dos mil trece", "2013 Delaware Ave"),
        ("Delaware Ave", "2015 no disculpe 2013", "2013 Delaware Ave"),
        ("Delaware Ave", "es la dos mil tres no espere 2013, pero la basura esta por el callejon", "2013 Delaware Ave"),
    ],
)  # fmt: skip
def test_a_house_number_is_heard_inside_other_words(
    santa_monica: Gazetteer, street: str, text: str, name: object
) -> None:
    assert told(santa_monica.answered(street, text)) == name


@pytest.mark.parametrize(
    "text",
    [
        "since 2022",
        "i reported this 3 times in 2023",
        "my number is 310 555 1234",
        "pothole is 5 feet wide",
        "it happened at 7",
        "there are 200 bees",
        "la basura lleva 3 dias",
        "its the third driveway",
        "cerca de mi casa",
        "near the beach",
    ],
)
def test_other_numbers_and_things_are_neither_house_nor_street(santa_monica: Gazetteer, text: str) -> None:
    assert told(santa_monica.answered("Main St", text)) is UNKNOWN


def test_house_numbers_stand_alone_or_are_said_to_be_some() -> None:
    assert house_numbers("2318") == [2318]
    assert house_numbers("mi casa es la 1118") == [1118]
    assert house_numbers("NOT AT THE CORNER. ABOUT 4 HOUSES DOWN. 825 I THINK") == [825]
    assert house_numbers("bus 720 since 2019, 200 people") == []


@pytest.mark.parametrize(
    "text",
    [
        "ok I called 911. anything else?",
        "ya llamamos al 911, no han venido",
        "been on hold with 311 for an hour",
        "i spoke to 311 already",
        "me dijeron en el 311 que aqui",
        "311 told me to write here",
    ],
)
def test_a_number_that_was_called_is_no_house(text: str) -> None:
    assert house_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("arbol 7 y california las raizes levanto el medidor", "7th St & California Ave"),
        ("bache 14 y montana", "14th St & Montana Ave"),
        ("graffiti 9 n broadway big letters", "9th St & Broadway"),
        ("cones in the loading zone on main cross street is hill nobody can unload", "Main St & Hill St"),
        ("hay un hoyo en la pico, la calle que cruza es la 20", "Pico Blvd & 20th St"),
        ("its on pico. nearest cross street is 11th", "Pico Blvd & 11th St"),
        (
            "on Idaho Avenue, before the house with the blue door, number 1023 I believe, a limb hangs by a strip of bark",
            "1023 Idaho Ave",
        ),
        ("I called 911 pico and 11th smells of gas", "Pico Blvd & 11th St"),
        ("llame al 911 pico y la 11 huele a gas", "Pico Blvd & 11th St"),
        ("called both 911 and 311, 14th and michigan", "14th St & Michigan Ave"),
        ("smell of gas at 911 Pico Blvd", "911 Pico Blvd"),
        ("please call me, it is 988 4th st", "988 4th St"),
    ],
)
def test_a_place_beside_what_is_wrong_or_a_number_that_was_called(
    santa_monica: Gazetteer, text: str, name: str
) -> None:
    assert santa_monica.locate(text).candidates[0].name == name


@pytest.mark.parametrize("text", ["bus 7 and broadway was late", "we have 2 and main one is broken"])
def test_a_number_of_a_bus_or_a_count_is_no_corner(santa_monica: Gazetteer, text: str) -> None:
    assert santa_monica.locate(text).location is None


@pytest.mark.parametrize(
    ("before", "text", "name"),
    [
        ("17th St between Arizona Ave & Santa Monica Blvd", "no perdon no es la 17 es la 16", "16th St between Arizona Ave & Santa Monica Blvd"),
        ("4th St between Wilshire Blvd & Arizona Ave", "no it's 5th", "5th St between Wilshire Blvd & Arizona Ave"),
        ("4th St entre Wilshire Blvd y Arizona Ave", "no es la 4 es la 5", "5th St between Wilshire Blvd & Arizona Ave"),
        ("4th St between Wilshire Blvd & Arizona Ave", "no, closer to wilshire", "4th St & Wilshire Blvd"),
        ("4th St between Wilshire Blvd & Arizona Ave", "no, between arizona and santa monica", "4th St between Arizona Ave & Santa Monica Blvd"),
        ("16th St & Santa Monica Blvd", "no, mas cerca de la Arizona le dije", "16th St & Arizona Ave"),
        ("16th St & Santa Monica Blvd", "no i said closer to arizona", "16th St & Arizona Ave"),
        ("Pico Blvd & 14th St", "nope, further down near 17th", "Pico Blvd & 17th St"),
        ("Pico Blvd & 14th St", "no te dije mas por la 17", "Pico Blvd & 17th St"),
        ("Pico Blvd & 14th St", "it's on 14th closer to pico", "Pico Blvd & 14th St"),
        ("Pico Blvd & 14th St", "no, I live on 17th, the hole is at 14th", "Pico Blvd & 14th St"),
        ("1437 11th St", "no, closer to Broadway", "11th St & Broadway"),
        ("14th St & Pico Blvd", "no, mas cerca de la Delaware", "where on 14th St"),
    ],
)  # fmt: skip
def test_a_correction_keeps_the_street_it_does_not_take_back(
    santa_monica: Gazetteer, before: str, text: str, name: str
) -> None:
    assert told(santa_monica.corrected(before, text)) == name


@pytest.mark.parametrize(
    ("before", "text", "name"),
    [
        ("21st St & Montana Ave", "NOT AT THE CORNER. ABOUT 4 HOUSES DOWN. 825 I THINK", "825 21st St"),
        ("21st St & Montana Ave", "no es en la esquina es en el 825", "825 21st St"),
        ("Pico Blvd & 14th St", "not exactly the corner, its in front of 1412", "1412 Pico Blvd"),
        ("7th St & Wilshire Blvd", "no a la vuelta, en la 1118", "1118 7th St"),
        ("1400 block of 11th St", "no, the number is 1437", "1437 11th St"),
        ("Pico Blvd & 14th St", "no, it has been there since 2020", UNKNOWN),
    ],
)
def test_a_house_told_at_a_corner_is_the_one_by_it(
    santa_monica: Gazetteer, before: str, text: str, name: object
) -> None:
    assert told(santa_monica.corrected(before, text)) == name


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("q onda ay un oyo bien grande en la lincoln casi me truena la llanta", "Lincoln Blvd"),
        ("un hoyo en la olympic ya van dos carros que se ponchan", "Olympic Blvd"),
        ("basura en la colorado huele horrible", "Colorado Ave"),
        ("se cayo un arbol en la franklin nadie puede pasar", "Franklin St"),
        ("explotó el transformador en la 23rd", "23rd St"),
        ("pothole on lincoln almost blew my tire", "Lincoln Blvd"),
        ("tree fell on franklin nobody can pass", "Franklin St"),
        ("pothole on 5th almost wrecked my car", "5th St"),
        ("dead cat on main it smells", "Main St"),
    ],
)
def test_a_street_is_found_where_the_story_goes_on_after_it(
    santa_monica: Gazetteer, text: str, street: str
) -> None:
    assert told(santa_monica.locate(text)) == f"where on {street}"


@pytest.mark.parametrize(
    "text",
    [
        "on ocean waves",
        "en la high school hay graffiti",
        "en la church hay mucho ruido",
        "en la beach casi no hay luz",
        "the light is out at high school",
    ],
)
def test_a_thing_of_a_streets_name_is_still_no_street(santa_monica: Gazetteer, text: str) -> None:
    assert told(santa_monica.locate(text)) is UNKNOWN


def test_a_street_ruled_out_makes_no_corner(santa_monica: Gazetteer) -> None:
    assert told(santa_monica.locate("es en la ocean no en main")) == "where on Ocean Ave"
    assert told(santa_monica.locate("it's on hill street not hill place")) == "where on Hill St"


@pytest.mark.parametrize(
    ("street", "text", "language", "name"),
    [
        ("17th St", "near the library", "en", "17th St near Montana Library"),
        ("Main St", "cerca de la biblioteca", "es", "Main St cerca de Ocean Park Library"),
        ("Ocean Park Blvd", "in front of the library", "en", ("Ocean Park Blvd near Fairview Library", "Ocean Park Blvd near Ocean Park Library")),
        ("California Ave", "by the church", "en", "California Ave near St. Monica Church"),
        ("5th St", "near the library", "en", UNKNOWN),
        ("Pico Blvd", "by the library parking lot", "en", UNKNOWN),
        ("5th St", "right by the starbucks", "en", UNKNOWN),
    ],
)  # fmt: skip
def test_a_landmark_by_the_street_says_where_on_it(
    santa_monica: Gazetteer, street: str, text: str, language: str, name: object
) -> None:
    assert told(santa_monica.answered(street, text, language)) == name


def test_of_a_kind_that_no_list_holds_in_full_the_one_we_know_is_only_offered(
    santa_monica: Gazetteer,
) -> None:
    assert santa_monica.answered("California Ave", "by the church").outcome is ResolutionOutcome.AMBIGUOUS
    assert santa_monica.answered("17th St", "near the library").outcome is ResolutionOutcome.RESOLVED
