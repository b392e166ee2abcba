"""Which words tell of another matter, where it is if they do not say, and which only go on about the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.city.catalogue import Question, QuestionKind, Reading
from bot.conversation.intake.belonging import belongs, names_another_thing, tells_of_its_own
from bot.conversation.intake.danger import denied, is_all
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.places import where_before, where_the_last_is
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.services import asks_for_a_new_one, begins_anew, named_besides
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asks_after
from bot.conversation.intake.texts_wanted import answer_in
from tests.unit.conversation.conftest import NOON, a_setting, a_turn

SCOOTER = OwnRequest(
    "SM-7K3R9P", "bike_scooter", "Wilshire Blvd & 9th St", "bird scooter lies across the ramp",
    reported=NOON, theirs=True,
)  # fmt: skip
CARTS = OwnRequest(
    "SM-4T9XWM", "missed_collection", "1437 11th St", "nobody took the trash", reported=NOON, theirs=True
)


def with_own(request: OwnRequest, text: str, service: str | None = None, **more: object) -> Setting:
    return replace(a_setting(a_turn(text, service=service, **more)), own=(request,))


@pytest.mark.parametrize(
    "text", ["also the bike rack there was hit", "otra cosa, el soporte de bicis está roto"]
)
def test_a_thing_with_a_name_of_its_own_is_another_matter(text: str) -> None:
    setting = with_own(SCOOTER, text, "bike_scooter")
    assert names_another_thing(SCOOTER.reference, SCOOTER.service, setting)
    assert not belongs(SCOOTER.reference, SCOOTER.service, setting, wanted=True)


@pytest.mark.parametrize(
    "text", ["the scooter is a lime", "it also blocks the door", "there are two of them"]
)
def test_more_of_the_same_thing_is_not(text: str) -> None:
    setting = with_own(SCOOTER, text, "bike_scooter")
    assert not names_another_thing(SCOOTER.reference, SCOOTER.service, setting)


@pytest.mark.parametrize(
    "text",
    [
        "also the bike rack there was hit by a car",
        "the trash can at that corner is full",
        "at that bus stop the bench is broken",
        "right over there a manhole cover rattles",
        "en esa esquina la señal está caída",
        "el poste de ahí está chueco",
    ],
)
def test_a_place_that_was_just_talked_of_is_known(text: str) -> None:
    setting = with_own(replace(SCOOTER, place="1437 11th St"), text)
    found = where_before(setting)
    assert found is not None
    assert found.location is not None
    assert found.location.name == "1437 11th St"


@pytest.mark.parametrize(
    "text", ["there is a pothole", "there's trash everywhere", "hay basura", "is anybody there"]
)
def test_there_is_says_nothing_of_where(text: str) -> None:
    assert where_before(with_own(replace(SCOOTER, place="1437 11th St"), text)) is None


def test_what_was_talked_of_days_ago_is_not_meant_by_there() -> None:
    text = "the trash can at that corner is full"
    setting = with_own(replace(SCOOTER, place="1437 11th St"), text, minutes=60 * 24 * 4)
    assert where_before(setting) is None


@pytest.mark.parametrize(
    "text", ["the tree in front of my house", "el árbol de enfrente de mi casa", "by our driveway"]
)
def test_home_is_where_the_carts_are(text: str) -> None:
    assert where_before(with_own(CARTS, text)) is not None
    # Of what lies on a corner nobody knows whose home is near.
    assert where_before(with_own(replace(CARTS, service="pothole", told="a big hole"), text)) is None
    assert where_before(with_own(replace(CARTS, theirs=False), text)) is None


@pytest.mark.parametrize(
    ("text", "nags"),
    [
        ("it's still not picked up, three days now", True),
        ("todavía no pasan por la basura", True),
        ("nobody came for the trash", True),
        ("they also still have not taken the green one", False),
        ("there's still another pile at Pico and 4th", False),
    ],
)
def test_who_says_that_it_goes_on_asks_after_it(text: str, nags: bool) -> None:
    asked = asks_after(with_own(CARTS, text, "missed_collection"))
    assert (asked == CARTS) is nags


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("are they allowed at 6:45 am", "6:45 am"),
        ("buenas tardes, hacen mucho ruido", None),
        ("good morning, it is loud", None),
        ("música fuerte, yo entro a trabajar a las 4 am", None),
        ("I get up at 5 for work, they start at 11 pm", "11 pm"),
        ("it wakes me up at 6:30 am", "6:30 am"),
        ("a las 11 de la noche", "a las 11 de la noche"),
    ],
)
def test_a_greeting_and_the_residents_own_day_are_not_when(text: str, when: str | None) -> None:
    question = Question("when", QuestionKind.TEXT, {"en": "?", "es": "?"}, reads=Reading.TIME)
    assert answers_in(text, (question,)).get("when") == when


@pytest.mark.parametrize(
    ("text", "bin_"),
    [
        ("no se llevaron el bote azul ni el verde", "all"),
        ("they skipped the trash and the recycling", "all"),
        ("it's recycling, not the trash", "recycling"),
        ("the blue one was skipped", "recycling"),
        ("nobody came", None),
    ],
)
def test_two_carts_are_more_than_one(text: str, bin_: str | None) -> None:
    service = a_setting(a_turn()).service("missed_collection")
    assert service is not None
    assert answers_in(text, service.questions).get("bin") == bin_


@pytest.mark.parametrize(
    "text", ["yes that too", "sure, for both", "sí, de ese también", "ok that one as well please"]
)
def test_a_yes_to_this_one_too_is_a_yes(text: str) -> None:
    assert answer_in(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "i dont think its 911, a nurse maybe",
        "it's not for 911",
        "no es para el 911",
        "not an emergency",
        "please no police",
    ],
)
def test_that_it_is_no_emergency_is_understood(text: str) -> None:
    assert denied(text)


@pytest.mark.parametrize(
    "text", ["call 911 now", "the police does nothing", "is this 911?", "she does not breathe"]
)
def test_danger_is_not_denied_by_words_like_it(text: str) -> None:
    assert not denied(text)


def test_who_tripped_over_what_is_broken_reports_it_too() -> None:
    hurt = frozenset({"emergency"})
    assert not is_all(a_turn("I tripped on the broken sidewalk, my head is bleeding", danger=hurt))
    assert not is_all(a_turn("me caí en la banqueta toda levantada y me sale sangre", danger=hurt))
    assert is_all(a_turn("a man collapsed on the sidewalk", danger=hurt))


def test_home_is_not_told_by_time() -> None:
    """Where somebody lives does not change in two days, as what "there" means does."""
    late = with_own(
        CARTS, "the tree in front of my house", minutes=int(timedelta(days=4).total_seconds() // 60)
    )
    assert where_before(late) is not None


@pytest.mark.parametrize(
    "text",
    [
        "but what about the pothole on my corner",
        "no, the pothole is separate",
        "y lo del bache también",
        "also there is a pothole in the alley",
    ],
)
def test_what_is_set_apart_is_no_addition(text: str) -> None:
    assert tells_of_its_own("missed_collection", with_own(CARTS, text, "pothole"))


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("but what about the other cart", "missed_collection"),
        ("it sits in the pothole", "pothole"),
        ("like I said, and the pothole too", "pothole"),
    ],
)
def test_what_is_said_of_the_same_stays_with_it(text: str, service: str) -> None:
    assert not tells_of_its_own("missed_collection", with_own(CARTS, text, service))


@pytest.mark.parametrize(
    "text",
    [
        "new report",
        "I want to make another report please",
        "otro reporte por favor",
        "un reporte nuevo",
        "ok do another one then",
        "let's make another one please",
        "hago otro entonces",
    ],
)
def test_a_wish_for_a_new_report_tells_nothing_yet(text: str) -> None:
    assert asks_for_a_new_one(text)


@pytest.mark.parametrize(
    "text", ["new report: pothole at Pico", "is this a new report?", "the new one is worse", "no new report"]
)
def test_more_than_the_wish_is_no_bare_one(text: str) -> None:
    assert not asks_for_a_new_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "is that the same report or do i make another",
        "should I file a second one?",
        "hago otro reporte pa la fuente o no?",
    ],
)
def test_who_asks_whether_to_make_another_is_making_one(text: str) -> None:
    assert begins_anew(text)


@pytest.mark.parametrize("text", ["do i need another photo", "hago otra foto?", "otra vez lo mismo"])
def test_another_photo_is_no_other_report(text: str) -> None:
    assert not begins_anew(text)


AN_HOUR_AGO = replace(SCOOTER, reported=NOON - timedelta(minutes=50))


@pytest.mark.parametrize("text", ["also a streetlight is out", "y además el foco de la esquina está apagado"])
def test_one_more_thing_told_within_the_hour_is_where_the_last_was(text: str) -> None:
    found = where_the_last_is(Draft(id=1, touched=NOON), with_own(AN_HOUR_AGO, text, "streetlight"))
    assert found is not None
    assert found.location is not None
    assert found.location.name == "Wilshire Blvd & 9th St"


@pytest.mark.parametrize(
    ("request_", "text", "service"),
    [
        (replace(SCOOTER, reported=NOON - timedelta(hours=2)), "also a streetlight is out", "streetlight"),
        (AN_HOUR_AGO, "a streetlight is out", "streetlight"),
        (AN_HOUR_AGO, "also the streetlight in front of my house is out", "streetlight"),
        (AN_HOUR_AGO, "also nobody took my trash", "missed_collection"),
        (replace(AN_HOUR_AGO, theirs=False), "also a streetlight is out", "streetlight"),
        (replace(AN_HOUR_AGO, place=""), "also a streetlight is out", "streetlight"),
    ],
)
def test_nothing_else_is_where_the_last_was(request_: OwnRequest, text: str, service: str) -> None:
    assert where_the_last_is(Draft(id=1, touched=NOON), with_own(request_, text, service)) is None


PIGEON = Draft(id=1, touched=NOON, service="dead_animal")


def test_another_matter_may_be_told_by_its_name_alone() -> None:
    turn = named_besides(PIGEON, a_setting(a_turn("thank you. the elevator there is also out")))
    assert turn is not None
    assert turn.guesses[0].code == "public_facility"


@pytest.mark.parametrize(
    "text",
    ["the elevator there is out", "there is another dead pigeon in the elevator", "it also smells"],
)
def test_what_may_be_the_same_matter_is_not_told_by_a_name(text: str) -> None:
    assert named_besides(PIGEON, a_setting(a_turn(text, service="dead_animal"))) is None
