"""From residents' words to points: every way people say where, and nothing that is no place."""

from __future__ import annotations

import pytest

from bot.city.gazetteer import Gazetteer
from bot.city.location import PlaceHint, ResolutionOutcome

# text, name read back, words used
RESOLVED = [
    ("huge pothole at Pico and 4th", "Pico Blvd & 4th St", "Pico and 4th"),
    ("graffiti on the wall behind 1437 11th st, been there 2 weeks", "behind 1437 11th St", "1437 11th st"),
    ("1437 11th St", "1437 11th St", "1437 11th St"),
    ("1437 ELEVENTH STREET", "1437 11th St", "1437 ELEVENTH STREET"),
    ("1437 11", "1437 11th St", "1437 11"),
    ("1437 11 th st.", "1437 11th St", "1437 11 th st"),
    ("1437 wilshre", "1437 Wilshire Blvd", "1437 wilshre"),
    ("2126 ocian park blvd", "2126 Ocean Park Blvd", "2126 ocian park blvd"),
    ("1437 1/2 11th st apt 4", "1437 11th St", "1437 1/2 11th st"),
    ("11th St #1437", "1437 11th St", "11th St #1437"),
    ("2701-2705 Main Street", "2701 Main St", "2701-2705 Main Street"),
    ("PICO/4TH", "Pico Blvd & 4th St", "PICO/4TH"),
    ("corner of fourth and pico blvd", "4th St & Pico Blvd", "fourth and pico blvd"),
    ("light out 5th n broadway", "5th St & Broadway", "5th n broadway"),
    ("cloverfeild and olimpic", "Cloverfield Blvd & Olympic Blvd", "cloverfeild and olimpic"),
    ("san vincente and 26th", "San Vicente Blvd & 26th St", "san vincente and 26th"),
    ("14th and santa monica", "14th St & Santa Monica Blvd", "14th and santa monica"),
    ("PCH and california incline", "Palisades Beach Rd & California Incline", "PCH and california incline"),
    ("Pico between 11th and 12th", "Pico Blvd between 11th St & 12th St", "Pico between 11th and 12th"),
    ("trash between 11th and 12th on pico blvd", "Pico Blvd between 11th St & 12th St", "between 11th and 12th on pico blvd"),
    ("the 1400 block of eleventh", "1400 block of 11th St", "1400 block of eleventh"),
    ("1400 blcok of 11th st", "1400 block of 11th St", "1400 blcok of 11th st"),
    ("alley behind 1437 11th", "alley behind 1437 11th St", "1437 11th"),
    ("across from 1437 11th street", "across from 1437 11th St", "1437 11th street"),
    ("two doors down from 1437 11th st", "a few doors from 1437 11th St", "1437 11th st"),
    ("next to 1437 11th st", "next to 1437 11th St", "1437 11th st"),
    ("broken swing at viginia ave park", "Virginia Avenue Park", "viginia ave park"),
    ("bench broken in tongva park", "Tongva Park", "tongva park"),
    ("parking structure 5", "Parking Structure #5", "parking structure 5"),
    ("palisades park at california", "Palisades Park at California", "palisades park at california"),
    ("samohi", "Santa Monica High School", "samohi"),
    ("bus stop at pico and lincoln", "Pico Blvd & Lincoln Blvd", "pico and lincoln"),
    ("1351 third street promenade", "1351 3rd Street Promenade", "1351 third street promenade"),
    ("en la esquina de la 16 con Hill", "16th St & Hill St", "16 con Hill"),
    ("big pothole eastbound olympic right after 20th", "Olympic Blvd & 20th St", "olympic right after 20th"),
    ("encampment under the 10 freeway at cloverfield", "Santa Monica Fwy & Cloverfield Blvd", "the 10 freeway at cloverfield"),
    ("alley b/w 16th and 17th at idaho", "alley near Idaho Ave between 16th St & 17th St", "b/w 16th and 17th at idaho"),
    ("wilshire/14th bus stop shade broken", "Wilshire Blvd & 14th St", "wilshire/14th"),
    ("1920 pearl st", "1920 Pearl St", "1920 pearl st"),
    ("bay st between main and 2nd", "Bay St & Main St", "bay st between main and 2nd"),
    ("not at the library, at reed park", "Christine Emerson Reed Park", "reed park"),
    ("one four three seven eleventh st", "1437 11th St", "one four three seven eleventh st"),
    ("is 11th street number one four three seven", "1437 11th St", "11th street number one four three seven"),
    ("by reed park, not on the pier", "near Christine Emerson Reed Park", "reed park"),
    ("leaf blowers every morning!!! 7am on 9th street between wilshire and arizona", "9th St between Wilshire Blvd & Arizona Ave", "9th street between wilshire and arizona"),
    ("every day at 7 on 9th street between wilshire and arizona", "9th St between Wilshire Blvd & Arizona Ave", "9th street between wilshire and arizona"),
    ("trucks idling 6am to 8am on 16th st between olympic and colorado", "16th St between Olympic Blvd & Colorado Ave", "16th st between olympic and colorado"),
    ("5pm pico and 20th", "Pico Blvd & 20th St", "pico and 20th"),
    ("12:30 on pico and 14th", "Pico Blvd & 14th St", "pico and 14th"),
    ("cloverfield off ramp", "freeway ramp at Cloverfield Blvd", "cloverfield"),
]  # fmt: skip
RESOLVED_SPANISH = [
    ("hay un bache en la cuarta y pico", "4th St y Pico Blvd", "cuarta y pico"),
    ("esquina de la 4 y Pico", "4th St y Pico Blvd", "4 y Pico"),
    ("calle catorce con pico", "14th St y Pico Blvd", "calle catorce con pico"),
    ("avenida montana y la 15", "Montana Ave y 15th St", "avenida montana y la 15"),
    ("basura en la calle 11 entre Arizona y Wilshire", "11th St entre Arizona Ave y Wilshire Blvd", "calle 11 entre Arizona y Wilshire"),
    ("cuadra 1400 de la 11", "cuadra 1400 de 11th St", "cuadra 1400 de la 11"),
    ("detrás de 1437 11th st", "atrás de 1437 11th St", "1437 11th st"),
    ("frente al 1437 de la calle once", "enfrente de 1437 11th St", "1437 de la calle once"),
    ("1437 de la 11", "1437 11th St", "1437 de la 11"),
    ("en el muelle", "Santa Monica Pier", "el muelle"),
    ("alguien durmiendo en el parque reed", "Christine Emerson Reed Park", "parque reed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "used"), RESOLVED)
def test_a_place_is_found_in_english_words(santa_monica: Gazetteer, text: str, name: str, used: str) -> None:
    resolution = santa_monica.locate(text)
    assert resolution.outcome is ResolutionOutcome.RESOLVED, resolution
    assert resolution.candidates[0].name == name
    assert resolution.used == used
    assert resolution.candidates[0].inside


@pytest.mark.parametrize(("text", "name", "used"), RESOLVED_SPANISH)
def test_a_place_is_found_in_spanish_words(santa_monica: Gazetteer, text: str, name: str, used: str) -> None:
    resolution = santa_monica.locate(text, "es")
    assert resolution.outcome is ResolutionOutcome.RESOLVED, resolution
    assert resolution.candidates[0].name == name
    assert resolution.used == used


NO_PLACE = [
    "", "   ", "4 days", "2 cars", "main problem is noise", "my park pass", "ocean of trash", "the 4th of july party",
    "it's the 3rd time I report this", "second request", "they come at 5 in the morning", "10 bags of trash",
    "I was on the bus for 20 minutes", "we need more light", "hace 4 dias que no pasan", "son las 4 de la tarde",
    "1 de cada 4 carros", "they start at 7am", "from 6am to 8 pm", "a las 7:30 am", "please call me at 310 555 0199", "🤷‍♀️🤷‍♀️", "пожалуйста помогите", "'; DROP TABLE streets; --",
    "it is not right at the pier", "no es en el muelle",
    "<script>alert(1)</script>", "a" * 4000, "the grand prize", "franklin told me", "I love california",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_PLACE)
def test_words_that_are_no_place_are_not_taken_for_one(santa_monica: Gazetteer, text: str) -> None:
    resolution = santa_monica.locate(text)
    assert resolution.outcome is ResolutionOutcome.UNKNOWN, resolution
    assert not resolution.candidates


STREET_ONLY = [
    ("ocean ave", "Ocean Ave"), ("graffiti on wilshire", "Wilshire Blvd"), ("there is trash on 5th", "5th St"),
    ("speeding on Montana Avenue", "Montana Ave"), ("en la calle Pico hay basura", "Pico Blvd"), ("99999 11th st", None),
    ("mattress in the alley between 11th and 12th", "11th Ct"), ("en el callejon entre la 4 y la 5", "4th Ct"),
    ("I live in santa monica and there is trash on 5th", "5th St"), ("chevy malibu abandoned on 14th st", "14th St"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "street"), STREET_ONLY)
def test_a_street_alone_is_asked_about_with_real_places_on_it(
    santa_monica: Gazetteer, text: str, street: str | None
) -> None:
    resolution = santa_monica.locate(text)
    if street is None:
        assert resolution.outcome in (ResolutionOutcome.STREET_ONLY, ResolutionOutcome.OUTSIDE)
        return
    assert resolution.outcome is ResolutionOutcome.STREET_ONLY, resolution
    assert resolution.street == street
    assert resolution.examples
    for example in resolution.examples:
        answer = santa_monica.locate(example)
        assert answer.outcome is ResolutionOutcome.RESOLVED, example
        assert street in answer.candidates[0].name


def test_equally_good_places_are_offered_and_each_name_leads_to_its_place(santa_monica: Gazetteer) -> None:
    resolution = santa_monica.locate("palisades park")
    assert resolution.outcome is ResolutionOutcome.AMBIGUOUS
    assert 2 <= len(resolution.candidates) <= 3
    assert resolution.location is None
    assert len({candidate.name for candidate in resolution.candidates}) == len(resolution.candidates)


OUTSIDE = [
    ("12345 Wilshire Blvd", "Los Angeles"), ("9500 wilshire blvd", "Beverly Hills"), ("Pico and Bundy", "Los Angeles"),
    ("venice beach", "Los Angeles"), ("Main St in Venice", "Los Angeles"), ("123 Main St, Culver City", "Culver City"),
    ("Abbot Kinney and Venice Blvd", "Los Angeles"), ("22000 PCH Malibu", "Malibu"), ("90291", "Los Angeles"),
    ("in Marina del Rey", "Los Angeles County"), ("rodeo drive", "Beverly Hills"), ("LAX", "Los Angeles"),
    ("500 Lincoln Blvd, Venice, CA 90291", "Los Angeles"), ("10850 Pico Blvd, Los Angeles", "Los Angeles"),
    ("497 Talbot Avenue", None), ("Times Square, New York", "New York"), ("34.0522, -118.2437", None),
    ("33.9850, -118.4695", "Los Angeles"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "elsewhere"), OUTSIDE)
def test_a_place_outside_is_recognised_and_named_where_known(
    santa_monica: Gazetteer, text: str, elsewhere: str | None
) -> None:
    resolution = santa_monica.locate(text)
    assert resolution.outcome is ResolutionOutcome.OUTSIDE, resolution
    assert resolution.location is None
    if elsewhere:
        assert resolution.elsewhere == elsewhere
    if elsewhere and elsewhere != "New York":
        assert resolution.elsewhere_contact


POSITIONS = [
    "34.01160, -118.49110", "-118.49110, 34.01160", "34.01160, 118.49110", "34.01160 N 118.49110 W", "here 34.01160,-118.49110 ok",
    "34°00'41.8\"N 118°29'28.0\"W", "34° 0.696' N, 118° 29.466' W", "34 0 41.8 N 118 29 28 W", "geo:34.01160,-118.49110",
    "https://maps.google.com/?q=34.01160,-118.49110", "https://www.google.com/maps/@34.01160,-118.49110,17z",
    "https://www.google.com/maps/place/X/@34.02,-118.48,17z/data=!3m1!4b1!4m5!3m4!1s0x0:0x0!8m2!3d34.01160!4d-118.49110",
    "https://maps.apple.com/?ll=34.01160,-118.49110&q=Dropped%20Pin", "https://www.openstreetmap.org/?mlat=34.01160&mlon=-118.49110#map=19/1/1",
    "https://maps.google.com/maps?q=34.01160%2C-118.49110&z=17", "https://waze.com/ul?ll=34.01160,-118.49110&navigate=yes",
]  # fmt: skip


@pytest.mark.parametrize("text", POSITIONS)
def test_positions_are_read_in_every_form(santa_monica: Gazetteer, text: str) -> None:
    resolution = santa_monica.locate(text)
    assert resolution.outcome is ResolutionOutcome.RESOLVED, resolution
    assert resolution.candidates[0].point.lat == pytest.approx(34.0116, abs=2e-4)
    assert resolution.candidates[0].point.lon == pytest.approx(-118.4911, abs=2e-4)


def test_a_map_link_that_holds_words_is_read_by_its_words(santa_monica: Gazetteer) -> None:
    link = "https://www.google.com/maps/place/1437+11th+St,+Santa+Monica,+CA+90401"
    resolution = santa_monica.locate(f"broken light {link}")
    assert resolution.candidates[0].name == "1437 11th St"
    assert resolution.used == link


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("///filled.count.soap", PlaceHint.WHAT3WORDS),
        ("https://maps.app.goo.gl/abc123XYZ", PlaceHint.SHORT_LINK),
        ("sunset park", PlaceHint.AREA),
        ("Santa Monica", PlaceHint.AREA),
        ("0.0, 0.0", None),
        ("0.00000, 0.00000", None),
    ],
)
def test_what_cannot_be_read_is_told_by_its_kind(
    santa_monica: Gazetteer, text: str, hint: PlaceHint | None
) -> None:
    resolution = santa_monica.locate(text)
    assert resolution.outcome is ResolutionOutcome.UNKNOWN
    assert resolution.hint is hint


@pytest.mark.parametrize(
    "text", ["pico and 4th ", "1437 11th st & pico, ", "wilshre ", "1 ", "the park near the librry at the "]
)
@pytest.mark.timeout(30)  # what takes longer hangs; how fast it is, the benchmark says
def test_a_message_of_4000_characters_is_answered(santa_monica: Gazetteer, text: str) -> None:
    resolution = santa_monica.locate((text * 4000)[:4000])
    assert len(resolution.candidates) <= 3


def test_two_places_in_one_message_are_both_offered(santa_monica: Gazetteer) -> None:
    resolution = santa_monica.locate("graffiti at 5th & Broadway and a pothole at 14th & Pico")
    assert resolution.outcome is ResolutionOutcome.AMBIGUOUS
    assert [candidate.name for candidate in resolution.candidates] == [
        "5th St & Broadway",
        "14th St & Pico Blvd",
    ]


def test_neighborhood_and_zip_are_on_every_location(santa_monica: Gazetteer) -> None:
    location = santa_monica.locate("1437 11th st").candidates[0]
    assert location.zip_code == "90401"
    assert location.neighborhood
