"""Streets and places as locals clip, initial, glue and part their names; nothing of it is one city's own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.city.check import clipped_names
from bot.city.clippings import clipped_forms
from bot.city.gazetteer import Gazetteer
from bot.city.location import ResolutionOutcome
from bot.cli.city import app
from bot.settings import PACKS


@pytest.mark.parametrize(
    ("base", "kind", "form"),
    [
        (("wilshire",), "blvd", "wilsh"), (("broadway",), None, "brdwy"), (("san", "vicente"), "blvd", "sv"),
        (("san", "vicente"), "blvd", "sanv"), (("ocean", "park"), "blvd", "opb"), (("ocean", "park"), "blvd", "opark"),
        (("santa", "monica"), "blvd", "stamonica"), (("arizona",), "ave", "az"),
    ],
)  # fmt: skip
def test_a_name_has_its_clipped_forms(base: tuple[str, ...], kind: str | None, form: str) -> None:
    assert form in list(clipped_forms(base, kind))


@pytest.mark.parametrize("base", [("#4",), ("hill",)])
def test_a_number_and_a_short_name_are_clipped_to_no_syllable(base: tuple[str, ...]) -> None:
    assert [form for form in clipped_forms(base, "st") if base[0].startswith(form)] == []


SAID = [
    # clipped
    ("mont & 7th street light out", "Montana Ave & 7th St"),
    ("1725 mont", "1725 Montana Ave"),
    ("wash & 10th st, tree limb down", "Washington Ave & 10th St"),
    ("wilsh & harv", "Wilshire Blvd & Harvard St"),
    ("clover and pico", "Cloverfield Blvd & Pico Blvd"),
    ("22nd n az", "22nd St & Arizona Ave"),
    ("1021 pac st", "1021 Pacific St"),
    # initials
    ("SV & 14th", "San Vicente Blvd & 14th St"),
    ("1650 O.P. Blvd", "1650 Ocean Park Blvd"),
    ("san v and 20th", "San Vicente Blvd & 20th St"),
    ("o park and 11th", "Ocean Park Blvd & 11th St"),
    ("mich & cloverfld", "Michigan Ave & Cloverfield Blvd"),
    ("s.m.b. & harvard", "Santa Monica Blvd & Harvard St"),
    ("S Vicente & 17th", "San Vicente Blvd & 17th St"),
    ("sm blvd & 9th", "Santa Monica Blvd & 9th St"),
    # glued and parted
    ("2115 oceanave", "2115 Ocean Ave"),
    ("1311picoblvd", "1311 Pico Blvd"),
    ("montanaand 15th", "Montana Ave & 15th St"),
    ("oceanandcolorado", "Ocean Ave & Colorado Ave"),
    ("19thand arizona", "19th St & Arizona Ave"),
    ("clover field & virginia", "Cloverfield Blvd & Virginia Ave"),
    # X n Y
    ("4 n pico", "4th St & Pico Blvd"),
    ("yale n colorado someone dumped paint", "Yale St & Colorado Ave"),
    # plain names, anywhere in a message
    ("I just told you. Delaware and 20th", "Delaware Ave & 20th St"),
    ("yes california and 7th like I said already", "California Ave & 7th St"),
    ("um 20th street... and idaho i think", "20th St & Idaho Ave"),
    ("en 11 y Idaho", "11th St & Idaho Ave"),
    ("hay un colchon en 20 y colorado", "20th St & Colorado Ave"),
    ("en 4 y broadway hay un poste caido", "4th St & Broadway"),
    ("ya te dije, hill y la 11", "Hill St & 11th St"),
    # stations, parks, schools
    ("the metro stop at 17th", "17th Street / SMC Station"),
    ("la estacion de la 17", "17th Street / SMC Station"),
    ("DTSM metro station", "Downtown Santa Monica Station"),
    ("mem park", "Memorial Park"),
    ("reed pk", "Christine Emerson Reed Park"),
    ("main lib bike rack", "Main Library"),
]


@pytest.mark.parametrize(("text", "name"), SAID)
def test_a_place_is_found_as_locals_say_it(santa_monica: Gazetteer, text: str, name: str) -> None:
    found = santa_monica.locate(text)
    assert (found.location.name if found.location else found) == name


@pytest.mark.parametrize(
    "text",
    [
        "stan and berk told me to text you", "wash and dry cycle of the laundromat is loud", "my bar and 3rd drink was bad",
        "it took 20 and 30 minutes", "the bins were taken 5 n then brought back", "ya le dije al manager", "tengo 14 y mi hermano 11",
        "linda and paula say hi", "expo and 2 other people", "a carl and two friends live in a van", "cal me when its done", "en 2 o 3 dias llamo otra vez", "frank and virginia came by to look at it",
        "All of the gates at the Ortega School Park were locked", "rear porch deck no building permit posted",
    ],
)  # fmt: skip
def test_words_that_only_look_clipped_are_no_place(santa_monica: Gazetteer, text: str) -> None:
    assert santa_monica.locate(text).outcome is ResolutionOutcome.UNKNOWN


def test_another_citys_street_with_a_name_that_ours_begins_with_is_not_ours(santa_monica: Gazetteer) -> None:
    assert santa_monica.locate("99 Prince St").outcome is ResolutionOutcome.OUTSIDE


def test_a_clipped_name_of_two_streets_that_cross_the_same_one_is_asked_about(
    santa_monica: Gazetteer,
) -> None:
    found = santa_monica.locate("mar & 4th")
    assert found.outcome is ResolutionOutcome.AMBIGUOUS
    assert {place.name for place in found.candidates} == {"Marine St & 4th St", "Marguerita Ave & 4th St"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tama & lantern", "Tamarind Ave & Lantern Rd"), ("245 sailm", "245 Sailmaker St"),
        ("OCH & 2nd", "Old Customs House Rd & 2nd Ave"), ("245 lanternrd", "245 Lantern Rd"), ("harb n mill", "Harbor Ave & Mill St"),
    ],
)  # fmt: skip
def test_another_citys_streets_are_clipped_as_well(port_aldine: Gazetteer, text: str, name: str) -> None:
    found = port_aldine.locate(text)
    assert (found.location.name if found.location else found) == name


def test_the_check_tells_which_clipped_names_are_understood_and_which_are_asked_about() -> None:
    names = {name.street: name for name in clipped_names(PACKS / "santa_monica")}
    assert {"wilsh", "wlshr"} <= set(names["Wilshire Blvd"].understood)
    assert names["Marine St"].asked["mar"] == ("Marguerita Ave",)
    assert "clo" in names["Clover St"].understood  # Cloverfield Blvd meets other streets


def test_the_command_lists_clipped_names(port_aldine_pack: Path) -> None:
    shown = CliRunner().invoke(app, ["check", str(port_aldine_pack), "--clipped"])
    assert shown.exit_code == 0
    assert "sai…" in shown.output
    listed = CliRunner().invoke(app, ["check", str(port_aldine_pack), "--clipped", "--json"])
    assert "Sailmaker St" in [row["street"] for row in json.loads(listed.output)]


def test_a_pack_says_which_words_are_never_short_for_a_street(santa_monica: Gazetteer) -> None:
    assert santa_monica.clippings.of(["wils"])
    facts, city, names = santa_monica.facts, santa_monica.city, santa_monica._names
    without = Gazetteer(facts, city, replace(names, not_clipped=("wils",)))
    assert without.clippings.of(["wils"]) == ()
