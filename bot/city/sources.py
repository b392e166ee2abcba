"""Open data into pack facts: GeoJSON centre lines and areas, CSV places, each recognised by what it holds.

Cities name the same things differently; `FIELDS` lists the usual names (Census TIGER, Esri templates, our own).
Streets without node ids get them from their end points: two lines that end within a metre of each other meet.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shapely import LineString

from bot.city.errors import PackError
from bot.city.names import proper_case
from bot.city.pack import AreaKind, AreaRow, LatLon, PackFacts, PlaceRow, SegmentRow, StreetKind

FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name",
        "fullname",
        "full_name",
        "street_name",
        "streetname",
        "st_name",
        "neighbor",
        "neighborhood",
    ),
    "kind": ("kind", "type", "class", "category"),
    "from_node": ("from_node", "fnode", "fnode_", "tnidf"),
    "to_node": ("to_node", "tnode", "tnode_", "tnidt"),
    "left_from": ("lfromadd", "l_f_add", "fromaddr_l", "left_from", "fraddl"),
    "left_to": ("ltoadd", "l_t_add", "toaddr_l", "left_to", "toaddl"),
    "right_from": ("rfromadd", "r_f_add", "fromaddr_r", "right_from", "fraddr"),
    "right_to": ("rtoadd", "r_t_add", "toaddr_r", "right_to", "toaddr"),
    "zip": ("zipcode", "zip", "zip_code", "zcta5ce10", "zcta5ce20", "postal"),
    "address": ("address", "addr", "full_address"),
    "lat": ("lat", "latitude", "y"),
    "lon": ("lon", "lng", "long", "longitude", "x"),
}
TOLERANCE = 1.5e-5  # degrees, about 1.5 m: points that change a line by less are dropped


def read_sources(paths: list[Path]) -> PackFacts:
    """Read every source; raises `PackError` naming file and row of what cannot be used."""
    problems: list[str] = []
    segments: list[SegmentRow] = []
    areas: list[AreaRow] = []
    places: list[PlaceRow] = []
    for path in paths:
        try:
            if path.suffix.lower() == ".csv":
                places += _read_places(path, problems)
            else:
                _read_geojson(path, segments, areas, problems)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            problems.append(f"{path.name}: cannot be read: {error}.")
    if not segments:
        problems.append("No source holds streets (a GeoJSON of LineStrings with a name).")
    if not any(area.kind is AreaKind.BOUNDARY for area in areas):
        problems.append(
            "No source holds the boundary (a GeoJSON with one Polygon, its file named boundary…)."
        )
    if problems:
        raise PackError(problems)
    return PackFacts(tuple(segments), tuple(areas), tuple(places))


def _read_geojson(path: Path, segments: list[SegmentRow], areas: list[AreaRow], problems: list[str]) -> None:
    features = json.loads(path.read_text("utf-8")).get("features", [])
    nodes: dict[LatLon, int] = {}
    for number, feature in enumerate(features, 1):
        row = f"{path.name}: feature {number}"
        properties = {str(key).lower(): value for key, value in (feature.get("properties") or {}).items()}
        geometry = feature.get("geometry") or {}
        kind, coordinates = geometry.get("type"), geometry.get("coordinates", [])
        try:
            if kind in ("LineString", "MultiLineString"):
                for line in [coordinates] if kind == "LineString" else coordinates:
                    segments.append(_segment(properties, line, nodes))
            elif kind in ("Polygon", "MultiPolygon"):
                for polygon in [coordinates] if kind == "Polygon" else coordinates:
                    areas.append(_area(path, properties, polygon))
            else:
                problems.append(f"{row}: should be a line or a polygon, not {kind}.")
        except (ValueError, TypeError, KeyError) as error:
            problems.append(f"{row}: {error}.")


def _field(properties: Mapping[str, Any], field: str) -> Any:
    return next((properties[name] for name in FIELDS[field] if properties.get(name) not in (None, "")), None)


def _segment(properties: Mapping[str, Any], line: list[list[float]], nodes: dict[LatLon, int]) -> SegmentRow:
    name = _field(properties, "name")
    if not name:
        raise ValueError("a street should have a name")
    kind = str(_field(properties, "kind") or "street").lower()
    points = tuple((round(lat, 5), round(lon, 5)) for lon, lat, *_ in _simplified(line))
    from_node, to_node = _field(properties, "from_node"), _field(properties, "to_node")
    if from_node is None or to_node is None:
        from_node = nodes.setdefault(points[0], len(nodes) + 1)
        to_node = nodes.setdefault(points[-1], len(nodes) + 1)
    return SegmentRow(
        name=proper_case(str(name)),
        kind=StreetKind(kind) if kind in set(StreetKind) else StreetKind.STREET,
        from_node=int(from_node),
        to_node=int(to_node),
        left=_range(properties, "left"),
        right=_range(properties, "right"),
        line=points,
    )


def _range(properties: Mapping[str, Any], side: str) -> tuple[int, int]:
    given = properties.get(side)
    if isinstance(given, list) and len(given) == 2:
        first, last = given
    else:
        first, last = _field(properties, f"{side}_from"), _field(properties, f"{side}_to")
    return int(first or 0), int(last or 0)


def _simplified(line: list[list[float]]) -> list[list[float]]:
    if len(line) < 3:
        return line
    return [list(point) for point in LineString(line).simplify(TOLERANCE).coords]


def _area(path: Path, properties: Mapping[str, Any], polygon: list[list[list[float]]]) -> AreaRow:
    zip_code = _field(properties, "zip")
    if "bound" in path.stem.lower() or "limit" in path.stem.lower():
        kind, name = AreaKind.BOUNDARY, str(_field(properties, "name") or path.stem)
    elif zip_code is not None:
        kind, name = AreaKind.ZIP, str(int(float(zip_code))).zfill(5)
    else:
        kind, name = AreaKind.NEIGHBORHOOD, str(_field(properties, "name") or "")
        if not name:
            raise ValueError("a neighborhood should have a name")
    rings = tuple(
        tuple((round(lat, 5), round(lon, 5)) for lon, lat, *_ in _simplified(ring)) for ring in polygon
    )
    return AreaRow(kind, name, rings)


def _read_places(path: Path, problems: list[str]) -> Iterator[PlaceRow]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            properties = {str(key).lower(): value for key, value in row.items()}
            name = " ".join(str(_field(properties, "name") or "").split())
            try:
                point = float(_field(properties, "lat")), float(_field(properties, "lon"))
            except (TypeError, ValueError):
                problems.append(f"{path.name}: row {number}: should have numbers for lat and lon.")
                continue
            if not name:
                problems.append(f"{path.name}: row {number}: should have a name.")
                continue
            kind = str(_field(properties, "kind") or "place")
            address = " ".join(str(_field(properties, "address") or "").split())
            yield PlaceRow(name, kind, address, (round(point[0], 5), round(point[1], 5)))
