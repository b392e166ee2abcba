"""Two cities to test with: Santa Monica as it ships, and Port Aldine, a small invented town built from sources."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bot.city.build import start_pack
from bot.city.gazetteer import Gazetteer, load_gazetteer
from bot.settings import PACKS

STREET, AVENUE = 0.0010, 0.0015  # degrees between Port Aldine's parallel streets
SOUTH, WEST = 45.0, 9.0
AVENUES = ("1st Ave", "2nd Ave", "3rd Ave", "Harbor Ave", "Tamarind Ave")
STREETS = ("Quay St", "Mill St", "Sailmaker St", "Lantern Rd", "Old Customs House Rd")


@pytest.fixture(scope="session")
def santa_monica() -> Gazetteer:
    return load_gazetteer(PACKS / "santa_monica")


@pytest.fixture(scope="session")
def port_aldine_sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """GeoJSON and CSV as another city might publish them: TIGER's field names, no node ids, names in capitals."""
    folder = tmp_path_factory.mktemp("open-data")
    streets = []
    for row, name in enumerate(STREETS):
        for column in range(len(AVENUES) - 1):
            ends = [[WEST + (column + i) * AVENUE, SOUTH + row * STREET] for i in (0, 1)]
            streets.append(_street(name, ends, 100 * (column + 1)))
    for column, name in enumerate(AVENUES):
        for row in range(len(STREETS) - 1):
            ends = [[WEST + column * AVENUE, SOUTH + (row + i) * STREET] for i in (0, 1)]
            streets.append(_street(name, ends, 100 * (row + 1)))
    edge = [WEST - 0.002, SOUTH - 0.002, WEST + 0.008, SOUTH + 0.006]
    west, south, east, north = edge
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    middle = (west + east) / 2
    half = [[west, south], [middle, south], [middle, north], [west, north], [west, south]]
    _write(folder / "centerlines.geojson", streets)
    _write(folder / "boundary.geojson", [_polygon({"NAME": "Port Aldine"}, ring)])
    _write(folder / "wards.geojson", [_polygon({"NEIGHBORHOOD": "Westside"}, half)])
    _write(folder / "zips.geojson", [_polygon({"ZCTA5CE20": "04012"}, ring)])
    with (folder / "places.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("Name", "Category", "Latitude", "Longitude"))
        writer.writerow(("Gull Rock Park", "park", SOUTH + 1.5 * STREET, WEST + 1.5 * AVENUE))
        writer.writerow(("Seamen's Library", "library", SOUTH + 0.1 * STREET, WEST + 2.5 * AVENUE))
    return sorted(folder.iterdir())


@pytest.fixture(scope="session")
def port_aldine_pack(port_aldine_sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = tmp_path_factory.mktemp("packs") / "port_aldine"
    start_pack("Port Aldine", port_aldine_sources, pack, "invented")
    return pack


@pytest.fixture(scope="session")
def port_aldine(port_aldine_pack: Path) -> Gazetteer:
    return load_gazetteer(port_aldine_pack)


def _street(name: str, line: list[list[float]], hundred: int) -> dict[str, object]:
    numbers = {"LFROMADD": hundred, "LTOADD": hundred + 98, "RFROMADD": hundred + 1, "RTOADD": hundred + 99}
    return {
        "type": "Feature",
        "properties": {"FULLNAME": name.upper(), **numbers},
        "geometry": {"type": "LineString", "coordinates": line},
    }


def _polygon(properties: dict[str, str], ring: list[list[float]]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _write(path: Path, features: list[dict[str, object]]) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
