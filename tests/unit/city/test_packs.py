"""Packs are built from open data, checked, and nothing in the code is one city's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.city.build import build_pack, start_pack
from bot.city.check import Level, check_pack, errors
from bot.city.errors import PackError
from bot.city.facts import load_city
from bot.city.gazetteer import Gazetteer, load_gazetteer
from bot.city.location import Point, ResolutionOutcome
from bot.city.names import proper_case
from bot.city.pack import read_facts, write_facts
from bot.city.ready_words import load_ready_words
from bot.cli.city import app
from bot.settings import PACKS

PACK = PACKS / "santa_monica"


def test_the_shipped_pack_has_no_errors() -> None:
    assert errors(check_pack(PACK)) == []


def test_ready_words_that_are_for_nothing_or_too_long_are_told_by_their_place(tmp_path: Path) -> None:
    file = tmp_path / "ready-words.yml"
    assert load_ready_words(tmp_path) == ()
    file.write_text(f"words: [{{name: A, use: nothing, text: {{en: {'y' * 300}, es: hola}}}}]", "utf-8")
    with pytest.raises(PackError) as told:
        load_ready_words(tmp_path)
    assert told.value.problems == (
        "ready-words.yml: words[1].use: should be one of message, ask, in_progress, on_hold, resolved, closed.",
        "ready-words.yml: words[1].text.en: has 300 characters; 240 fit.",
    )


def test_writing_facts_again_gives_the_same_files(tmp_path: Path) -> None:
    facts = read_facts(PACK)
    source = (PACK / "streets.tsv").read_text("utf-8").splitlines()[0].removeprefix("# Source: ")
    write_facts(tmp_path, facts, source)
    for name in ("streets.tsv", "areas.tsv", "places.tsv"):
        assert (tmp_path / name).read_text("utf-8") == (PACK / name).read_text("utf-8"), name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("26TH ST", "26th St"), ("LA MESA DR", "La Mesa Dr"), ("3RD STREET PROM", "3rd Street Promenade"),
        ("SANTA MONICA FWY OFF-RAMP", "Santa Monica Fwy Off-Ramp"), ("BROADWAY", "Broadway"), ("McKinley Ave", "McKinley Ave"),
    ],
)  # fmt: skip
def test_names_in_capitals_become_readable(given: str, shown: str) -> None:
    assert proper_case(given) == shown


PORT_ALDINE = [
    ("hole in the road at mill and harbor", "Mill St & Harbor Ave"),
    ("245 quay st", "245 Quay St"),
    ("245 quey street", "245 Quay St"),
    ("lantern & third", "Lantern Rd & 3rd Ave"),
    ("300 block of sailmaker", "300 block of Sailmaker St"),
    ("old customs house rd between 1st and 2nd", "Old Customs House Rd between 1st Ave & 2nd Ave"),
    ("tamarnd and lantern", "Tamarind Ave & Lantern Rd"),
    ("gull rock", "Gull Rock Park"),
    ("Seamen's Library", "Seamen's Library"),
    ("45.00500, 9.00300", "Old Customs House Rd & 3rd Ave"),
]


@pytest.mark.parametrize(("text", "name"), PORT_ALDINE)
def test_another_city_works_from_its_sources_alone(port_aldine: Gazetteer, text: str, name: str) -> None:
    resolution = port_aldine.locate(text)
    if "45.00500" in text:
        assert resolution.outcome is ResolutionOutcome.OUTSIDE or resolution.candidates
        return
    assert resolution.outcome is ResolutionOutcome.RESOLVED, resolution
    assert resolution.candidates[0].name == name
    assert resolution.candidates[0].zip_code == "04012"


def test_another_citys_areas_and_pins_work(port_aldine: Gazetteer) -> None:
    west = port_aldine.locate("mill & 1st").candidates[0]
    east = port_aldine.locate("mill & tamarind").candidates[0]
    assert west.neighborhood == "Westside"
    assert east.neighborhood is None
    assert port_aldine.reverse(Point(45.001, 9.0015)).name == "2nd Ave & Mill St"
    assert not port_aldine.contains(Point(34.01, -118.49))


def test_santa_monicas_streets_are_unknown_to_another_city(port_aldine: Gazetteer) -> None:
    for text in ("pico and 4th", "wilshire", "tongva park", "venice"):
        assert port_aldine.locate(text).outcome is not ResolutionOutcome.RESOLVED


def test_a_new_pack_passes_its_check(port_aldine_pack: Path) -> None:
    assert errors(check_pack(port_aldine_pack)) == []
    assert "Port Aldine" in (port_aldine_pack / "city.yml").read_text("utf-8")


def test_a_new_pack_does_not_overwrite_one(port_aldine_sources: list[Path], port_aldine_pack: Path) -> None:
    with pytest.raises(PackError, match="there is a city pack already"):
        start_pack("Port Aldine", port_aldine_sources, port_aldine_pack, "invented")


def test_building_again_renews_the_tables_and_keeps_the_rest(
    port_aldine_sources: list[Path], port_aldine_pack: Path, tmp_path: Path
) -> None:
    shutil.copytree(port_aldine_pack, tmp_path / "pack")
    (tmp_path / "pack" / "names.yml").write_text("city_words: [aldine]\n", "utf-8")
    built = build_pack(port_aldine_sources, tmp_path / "pack", "invented")
    assert (built.streets, built.places) == (10, 2)
    assert (tmp_path / "pack" / "names.yml").read_text("utf-8") == "city_words: [aldine]\n"
    assert load_gazetteer(tmp_path / "pack").locate("mill & harbor").location


BROKEN = [
    ("streets.tsv", "Mill St\tstreet\t", "Mill St\tcanal\t", "streets.tsv", "canal"),
    ("streets.tsv", "45.00100,9.00000", "145.00100,9.00000", "streets.tsv", "no position in degrees"),
    ("areas.tsv", "boundary\t", "border\t", "areas.tsv", "border"),
    ("places.tsv", "name\tkind", "title\tkind", "places.tsv", "columns"),
    ("city.yml", "time_zone: America/Los_Angeles", "time_zone: Nowhere", "city.yml", "time_zone"),
    ("city.yml", "name: Public Works, es: Obras", "name: Public Works, fr: Travaux", "city.yml", "fr; known are"),
    ("city.yml", "{name: Public Works, ", "{", "city.yml", "departments[1].name"),
    ("city.yml", "es: Obras Públicas", "es: 311", "city.yml", "departments[1].es"),
    ("city.yml", "es: Obras Públicas", "mailbox: the yard", "city.yml", "departments[1].mailbox: should be an address"),
    ("city.yml", "name: City Manager", "name: Public Works", "city.yml", "a second time"),
    ("city.yml", 'phone: "311"', 'phone: {en: "311"}', "city.yml", "phone.es"),
    ("services.yml", "department: City Manager", "department: Circus", "services.yml", "no department"),
    ("names.yml", "streets: {}", 'streets: {"Elm St": ["The Elms"]}', "names.yml", "no street"),
    ("names.yml", "places: []", 'places: [{name: "Dock", at: "9 Nowhere St"}]', "names.yml", "not found"),
    ("names.yml", "places: []", 'places: [{name: "Bakery", at: ["120 Mill St", "9 Nowhere St"]}]', "names.yml", "9 Nowhere St"),
    ("names.yml", "places: []", 'places: [{name: "Strand", at: "120 Mill St", along: "Elm St"}]', "names.yml", "no street"),
    ("names.yml", "places: []", 'places: [{name: "Dock"}]', "names.yml", "either at"),
    ("city.yml", "neighbors: []", "neighbors: [{code: a, name: A, contact: 311, words: [a], also_boxes: [[1, 2]]}]", "city.yml", "four numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "where", "message"), BROKEN)
def test_check_tells_file_and_row_of_what_is_wrong(
    port_aldine_pack: Path, tmp_path: Path, file: str, right: str, wrong: str, where: str, message: str
) -> None:
    shutil.copytree(port_aldine_pack, tmp_path / "pack")
    path = tmp_path / "pack" / file
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    found = errors(check_pack(tmp_path / "pack"))
    assert any(
        where in finding.where and message in f"{finding.where} {finding.message}" for finding in found
    ), found


def test_a_department_may_be_a_plain_text_and_the_check_asks_for_its_spanish_name(
    port_aldine_pack: Path, tmp_path: Path
) -> None:
    shutil.copytree(port_aldine_pack, tmp_path / "pack")
    path = tmp_path / "pack" / "city.yml"
    text = path.read_text("utf-8")
    assert "{name: Public Works, es: Obras Públicas}" in text
    path.write_text(text.replace("{name: Public Works, es: Obras Públicas}", "Public Works"), "utf-8")
    city = load_city(tmp_path / "pack")
    assert city.departments == ("Public Works", "City Manager")
    assert [city.department_called(name, "es") for name in city.departments] == [
        "Public Works",
        "la Administración de la Ciudad",
    ]
    assert (city.names["es"], city.human_help.phone) == ("Port Aldine", {"en": "311", "es": "311"})
    found = [finding for finding in check_pack(tmp_path / "pack") if "departments" in finding.where]
    assert [(finding.level, finding.where) for finding in found] == [
        (Level.NOTICE, "city.yml: departments: Public Works")
    ]


def test_a_department_may_have_a_mailbox(port_aldine_pack: Path, tmp_path: Path) -> None:
    shutil.copytree(port_aldine_pack, tmp_path / "pack")
    path = tmp_path / "pack" / "city.yml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("{name: Public Works,", "{name: Public Works, mailbox: streets@Example.GOV,"), "utf-8"
    )
    city = load_city(tmp_path / "pack")
    assert city.mailboxes == {"Public Works": "streets@example.gov"}
    assert "City Manager" in city.departments


def test_sources_that_cannot_be_used_are_told_by_file_and_row(tmp_path: Path) -> None:
    lines = {"type": "LineString", "coordinates": [[9, 45], [9.1, 45]]}
    features = [{"type": "Feature", "properties": {}, "geometry": lines}]
    (tmp_path / "streets.geojson").write_text(json.dumps({"features": features}), "utf-8")
    (tmp_path / "places.csv").write_text("name,lat,lon\nDock,north,9\n", "utf-8")
    with pytest.raises(PackError) as caught:
        build_pack([tmp_path / "streets.geojson", tmp_path / "places.csv"], tmp_path / "out", "x")
    assert "streets.geojson: feature 1: a street should have a name." in caught.value.problems
    assert "places.csv: row 2: should have numbers for lat and lon." in caught.value.problems
    assert any("boundary" in problem for problem in caught.value.problems)


def test_the_command_locates_json_lines(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "text": "pothole at Pico and 4th"},
        {"id": "b", "text": "venice beach"},
        {"id": "c", "text": "thanks"},
    ]
    file = tmp_path / "texts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    result = CliRunner().invoke(app, ["locate", str(file), "--pack", str(PACK)])
    assert result.exit_code == 0, result.output
    found, outside, unknown = (json.loads(line) for line in result.output.splitlines())
    expected = {"id", "lat", "lon", "kind", "name", "confidence", "inside", "candidates", "used"}
    assert expected <= set(found)
    assert (found["id"], found["name"], found["inside"], found["used"]) == (
        "a",
        "Pico Blvd & 4th St",
        True,
        "Pico and 4th",
    )
    assert (outside["inside"], outside["elsewhere"], outside["lat"]) == (False, "Los Angeles", None)
    assert (unknown["inside"], unknown["lat"], unknown["candidates"]) == (None, None, [])


def test_the_commands_build_start_and_check_a_pack(port_aldine_sources: list[Path], tmp_path: Path) -> None:
    run = CliRunner()
    sources = [str(path) for path in port_aldine_sources]
    pack = tmp_path / "aldine"
    assert run.invoke(app, ["new", "Port Aldine", *sources, "--out", str(pack)]).exit_code == 0
    assert run.invoke(app, ["build", *sources, "--out", str(pack), "--source", "Aldine GIS"]).exit_code == 0
    assert "# Source: Aldine GIS" in (pack / "streets.tsv").read_text("utf-8")
    checked = run.invoke(app, ["check", str(pack), "--json"])
    assert checked.exit_code == 0
    assert all(finding["level"] != Level.ERROR for finding in json.loads(checked.output))
    (pack / "services.yml").write_text("source: x\n", "utf-8")
    assert run.invoke(app, ["check", str(pack)]).exit_code == 1
