"""What must hold for any place and any point: noise keeps it, names lead back, the border is where it is."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import Point as ShapelyPoint
from shapely import Polygon

from bot.city.gazetteer import Gazetteer
from bot.city.geometry import distance_between
from bot.city.location import LocationKind, Point, ResolutionOutcome
from bot.city.streets import Street
from tests.exploring import examples

anything_goes = examples(120)
NUMBERED = ("Montana Ave", "11th St", "Pico Blvd", "Ocean Park Blvd", "26th St", "Euclid St", "Lincoln Blvd")


def drawn_address(street: Street, share: float) -> str:
    """A house number within one of the street's ranges."""
    ranges = [side for segment in street.segments for side, _ in segment.sides]
    low, high = ranges[int(share * (len(ranges) - 1))]
    number = int(low + (high - low) * share) // 2 * 2 + low % 2
    return f"{max(low, min(number, high))} {street.name}"


noise = st.tuples(
    st.sampled_from(["", "hi! ", "Buenos dias, ", "there is trash at ", "URGENT: ", "se cayo un arbol en ", "🙏🙏 ", "\n\n"]),
    st.sampled_from([str, str.lower, str.upper, str.title]),
    st.sampled_from([" ", "  ", "\t", "\u00a0"]),
    st.sampled_from(["", ".", "!!!", ", Santa Monica", ", Santa Monica, CA 90404", " 😡😡", " please", " gracias por su ayuda", " since 3 weeks"]),
)  # fmt: skip


@given(name=st.sampled_from(NUMBERED), share=st.floats(0, 1), noise=noise)
@anything_goes
def test_noise_around_an_address_keeps_its_point(
    santa_monica: Gazetteer, name: str, share: float, noise: tuple[str, type[str], str, str]
) -> None:
    address = drawn_address(santa_monica.streets.streets[name], share)
    plain = santa_monica.locate(address)
    assume(plain.location is not None)  # a number that two stretches of the street have is asked about
    before, case, blank, after = noise
    noisy = santa_monica.locate(before + case(address).replace(" ", blank) + after)
    assert plain.location
    assert noisy.location, (address, noisy)
    assert noisy.location.point == plain.location.point


@given(data=st.data(), noise=noise)
@anything_goes
def test_noise_around_a_corner_keeps_its_point(
    santa_monica: Gazetteer, data: st.DataObject, noise: tuple[str, type[str], str, str]
) -> None:
    street = santa_monica.streets.streets[data.draw(st.sampled_from(NUMBERED))]
    crossing = data.draw(st.sampled_from(santa_monica.streets.cross_streets(street)))
    joint = data.draw(st.sampled_from([" & ", " and ", " / ", " @ ", " at ", " y ", " con "]))
    plain = santa_monica.locate(f"{street.name} & {crossing.name}")
    assume(plain.location is not None)
    before, case, _, after = noise
    noisy = santa_monica.locate(before + case(street.name + joint + crossing.name) + after)
    assert plain.location
    assert noisy.location, noisy
    assert noisy.location.point == plain.location.point


@given(lat=st.floats(33.995, 34.05), lon=st.floats(-118.52, -118.443))
@anything_goes
def test_a_pins_name_leads_back_to_it(santa_monica: Gazetteer, lat: float, lon: float) -> None:
    point = Point(lat, lon)
    pin = santa_monica.reverse(point)
    assume(pin.inside)
    back = santa_monica.locate(pin.name)
    assert back.candidates, pin.name
    # On sand and runways the nearest street, whose number names the point, is up to 250 m away, and may have no numbers.
    assert min(distance_between(found.point, point) for found in back.candidates) <= 350
    again = santa_monica.locate(back.candidates[0].name)
    assert any(distance_between(found.point, back.candidates[0].point) < 1 for found in again.candidates)


def test_most_pins_have_a_name_within_a_block(santa_monica: Gazetteer) -> None:
    south_west, north_east = santa_monica.corners
    steps = [n / 40 for n in range(41)]
    pins = [
        Point(
            south_west.lat + a * (north_east.lat - south_west.lat),
            south_west.lon + b * (north_east.lon - south_west.lon),
        )
        for a in steps
        for b in steps
    ]
    pins = [pin for pin in pins if santa_monica.contains(pin)]
    close = sum(
        any(
            distance_between(found.point, pin) <= 100
            for found in santa_monica.locate(santa_monica.reverse(pin).name).candidates
        )
        for pin in pins
    )
    assert len(pins) > 400
    assert close / len(pins) >= 0.93


AWAY = 0.0001  # degrees, 9 to 11 m
FORMS = (
    "{lat:.5f}, {lon:.5f}", "{lon:.5f}, {lat:.5f}", "{lat:.5f} N {west:.5f} W", "lat {lat:.5f} lon {lon:.5f}",
    "lon: {lon:.5f} lat: {lat:.5f}", "{lat:.5f}, {west:.5f}", "geo:{lat:.5f},{lon:.5f}", "({lat:.5f},{lon:.5f})",
    "https://maps.google.com/?q={lat:.5f},{lon:.5f}", "https://www.google.com/maps/@{lat:.5f},{lon:.5f},18z",
    "https://www.google.com/maps/dir//{lat:.5f},{lon:.5f}", "https://maps.apple.com/?ll={lat:.5f},{lon:.5f}",
    "{d:d}°{m:d}'{s:.2f}\"N {wd:d}°{wm:d}'{ws:.2f}\"W", "{d:d} {m:d} {s:.2f} N, {wd:d} {wm:d} {ws:.2f} W",
    "{d:d}° {dm:.4f}' N, {wd:d}° {wdm:.4f}' W", "N{d:d}°{dm:.4f}' W{wd:d}°{wdm:.4f}'",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(lat=st.floats(34.0, 34.04), lon=st.floats(-118.5, -118.46))
@examples(25)
def test_a_position_is_the_same_in_every_notation(
    santa_monica: Gazetteer, form: str, lat: float, lon: float
) -> None:
    # Notations round to a metre or two: points so near the line that is still inside may come out beyond it.
    around = (Point(lat + a * AWAY, lon + b * AWAY) for a in (-1, 0, 1) for b in (-1, 0, 1))
    assume(all(santa_monica.contains(point) for point in around))
    minutes, west_minutes = lat % 1 * 60, -lon % 1 * 60
    text = form.format(
        lat=lat, lon=lon, west=-lon, d=int(lat), m=int(minutes), s=minutes % 1 * 60, dm=minutes,
        wd=int(-lon), wm=int(west_minutes), ws=west_minutes % 1 * 60, wdm=west_minutes,
    )  # fmt: skip
    resolution = santa_monica.locate(f"pothole {text}")
    assert resolution.outcome is ResolutionOutcome.RESOLVED, text
    assert resolution.candidates[0].kind is LocationKind.PIN
    assert distance_between(resolution.candidates[0].point, Point(lat, lon)) < 3


@given(share=st.floats(0, 1), metres=st.floats(-200, 200))
@anything_goes
def test_the_border_is_thirty_metres_wide(santa_monica: Gazetteer, share: float, metres: float) -> None:
    ring = next(area for area in santa_monica.facts.areas if area.kind == "boundary").rings[0]
    border = Polygon([santa_monica.to_metres(Point(*pair)) for pair in ring])
    step = border.exterior.interpolate(share, normalized=True)
    ahead = border.exterior.interpolate(min(share + 0.0005, 1.0), normalized=True)
    length = step.distance(ahead)
    assume(length > 0)
    across = (-(ahead.y - step.y) / length, (ahead.x - step.x) / length)
    spot = ShapelyPoint(step.x + across[0] * metres, step.y + across[1] * metres)
    outside = border.distance(spot)
    pin = santa_monica.reverse(santa_monica.to_point((spot.x, spot.y)))
    if (
        min(abs(outside - 30), border.exterior.distance(spot)) < 0.5
        or spot.distance(ShapelyPoint(pier_end(santa_monica))) < 700
    ):
        return  # too near to call; the pier is the city's beyond its border
    assert pin.inside is (outside < 30)
    assert pin.on_border is (0 < outside < 30)


def pier_end(gazetteer: Gazetteer) -> tuple[float, float]:
    return gazetteer.streets.streets["Santa Monica Pier"].segments[-1].line[-1]


def test_every_listed_place_is_found_by_its_name(santa_monica: Gazetteer) -> None:
    """Its point, or a question where the data have several of one name; "Park" and "Residence" name nothing."""
    points: dict[str, list[Point]] = {}
    for row in santa_monica.facts.places:
        points.setdefault(row.name, []).append(Point(*row.point))
    lost = []
    for name, listed in points.items():
        resolution = santa_monica.locate(f"graffiti at {name}")
        found = [
            distance_between(candidate.point, point)
            for candidate in resolution.candidates
            for point in listed
        ]
        if not found or min(found) > 60:
            lost.append(name)
    assert len(lost) <= 5, lost


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "a" * 4000, "1" * 4000, "🚧" * 1000, "&" * 4000, "日本語 " * 500, "' OR 1=1; --", "<b>pico</b> & <i>4th</i>",
     "999999999999999999999 11th st", "34.0, -118.0, 34.0", "°'\"NSEW", "https://maps.google.com/?q=", "///..", "\u202e4th & pico"],
)  # fmt: skip
def test_whatever_is_sent_is_answered(santa_monica: Gazetteer, text: str) -> None:
    resolution = santa_monica.locate(text)
    assert resolution.used in text
    assert len(resolution.candidates) <= 3
