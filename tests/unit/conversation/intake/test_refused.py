"""What a report is said not to be is not guessed again, and what else the words say is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft, HalfService
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.refused import with_refusals
from bot.conversation.intake.refusing import is_not_so, preferred, says_none, told_besides
from bot.conversation.intake.turn import Guess, Turn
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.what import What
from bot.conversation.questions.which_service import WhichService
from bot.conversation.talk import Progress
from bot.conversation.talk.converse import converse

from ..conftest import NOON, a_setting, a_turn, said, the_places

PLACE = the_places().locate("Palisades Park at Broadway").location
VIEWER = "the coin binoculars on the bluff ate my quarters"
METER = Draft(id=1, touched=NOON, service="parking_meter", location=PLACE, description=VIEWER, open=Summary(),
              heard=(Guess("parking_meter", 0.8), Guess("park", 0.1)))  # fmt: skip


def take(draft: Draft, *turns: Turn) -> Progress:
    memory = Memory()
    for turn in turns:
        progress = converse(draft, memory, a_setting(turn))
        assert progress.draft is not None
        draft, memory = progress.draft, progress.memory
    return progress


def correcting(text: str, *guesses: Guess, intent: str = "correct") -> Turn:
    return a_turn(text, intent, guesses=guesses, minutes=1)


def test_what_is_refused_is_not_guessed_again() -> None:
    text = "not a parking meter! its a park thing, the binoculars on a post"
    progress = take(METER, correcting(text, Guess("parking_meter", 0.99), Guess("park", 0.005)))
    assert progress.draft is not None
    assert progress.draft.service != "parking_meter"
    assert progress.draft.refused == ("parking_meter",)
    again = take(progress.draft, correcting("it takes coins, like I said", Guess("parking_meter", 0.95)))
    assert again.draft is not None
    assert again.draft.service != "parking_meter"


def test_words_before_and_after_a_refusal_count_together() -> None:
    heard = (Guess("parking_meter", 0.6), Guess("park", 0.3))
    text = "no es un parquímetro, son los binoculares del parque"
    progress = take(
        replace(METER, heard=heard), correcting(text, Guess("parking_meter", 0.5), Guess("park", 0.3))
    )
    assert progress.draft is not None
    assert progress.draft.service == "park"


def test_after_a_refusal_what_is_like_nothing_we_know_goes_in_their_own_words() -> None:
    progress = take(
        METER,
        correcting(
            "it is not a parking meter, it is a thing to look at the ocean", Guess("parking_meter", 0.9)
        ),
    )
    assert progress.draft is not None
    assert progress.draft.service == "general"
    assert said(progress)[0] == "utter_in_your_words"


def test_a_word_that_names_it_is_enough_after_a_refusal() -> None:
    draft = replace(METER, service=None, refused=("parking_meter",), unclear=1, open=What())
    progress = take(draft, correcting("graffiti", Guess("graffiti", 0.97), intent="report"))
    assert progress.draft is not None
    assert progress.draft.service == "graffiti"


def test_after_a_second_refusal_nothing_is_guessed_any_more() -> None:
    hoop = "a basketball hoop stands in the roadway and the sweeper goes around it"
    draft = replace(
        METER, service="street_cleaning", description=hoop, heard=(Guess("street_cleaning", 0.7),)
    )
    first = correcting("it is not litter sweeping, it is a basketball hoop", Guess("park", 0.7))
    park = take(draft, first)
    assert park.draft is not None
    assert park.draft.service == "park"
    second = correcting("not a park problem!! just send it to somebody", Guess("homeless", 0.7))
    progress = take(park.draft, second)
    assert progress.draft is not None
    assert progress.draft.service == "general"


def test_none_of_what_is_offered_is_asked_about_again() -> None:
    offered = HalfService(("noise", "parking_violation"))
    draft = Draft(id=1, touched=NOON, location=PLACE, description="driving schools all day", half_service=offered, unclear=1,
                  heard=(Guess("noise", 0.4), Guess("parking_violation", 0.3)), open=WhichService())  # fmt: skip
    text = "none of those really, they use my street as a training ground"
    progress = take(
        draft, correcting(text, Guess("parking_violation", 0.6), Guess("noise", 0.2), intent="report")
    )
    assert progress.draft is not None
    assert progress.draft.service == "general"
    assert set(progress.draft.refused) == {"noise", "parking_violation"}
    assert "they use my street as a training ground" in progress.draft.description


def test_only_what_tells_of_the_matter_is_in_the_report() -> None:
    text = "It still says parking meter. Not a parking meter! The lens of the viewer is black"
    progress = take(METER, correcting(text, Guess("parking_meter", 0.9), Guess("park", 0.08)))
    assert progress.draft is not None
    assert progress.draft.description == f"{VIEWER}\nThe lens of the viewer is black"


def test_another_kind_is_no_second_matter_where_nothing_known_was_it() -> None:
    draft = replace(METER, service="general", heard=())
    text = "why does it say something else, it is an illegal airbnb, a vacation rental"
    progress = take(draft, correcting(text, Guess("code_violation", 0.9), intent="report"))
    assert progress.draft is not None
    assert progress.draft.service == "code_violation"
    assert progress.draft.later == ()


def test_a_kind_chosen_from_the_list_counts_though_it_was_refused() -> None:
    draft = replace(
        METER, service=None, refused=("parking_meter",), half_service=HalfService(("parking_meter", "park"))
    )
    progress = take(
        replace(draft, open=WhichService()),
        a_turn(intent="choose", choice="service:parking_meter", minutes=1),
    )
    assert progress.draft is not None
    assert progress.draft.service == "parking_meter"
    assert progress.draft.refused == ()


def test_a_place_that_is_denied_refuses_nothing() -> None:
    pier = the_places().locate("Santa Monica Pier").location
    draft = Draft(id=1, touched=NOON, service="beach", location=pier, description="a broken ring")
    turn = correcting("no not the pier, muscle beach", Guess("beach", 0.9))
    assert with_refusals(draft, a_setting(turn))[0].refused == ()


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("none of those. something broken in the park", True),
        ("pues ninguno la verdad, es otra cosa", True),
        ("Ninguna de esas mi amor", True),
        ("neither, it is the alley gate", True),
        ("nothing is open here", False),
        ("no one came", False),
        ("ninguna vez han venido", True),
        ("", False),
    ],
)
def test_none_of_the_options(text: str, none: bool) -> None:
    assert says_none(text) is none


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("none of those. the needles on the sand", "the needles on the sand"),
        ("2 ponle otra cosa, no es carro mal estacionado. El carro dice Ace", "El carro dice Ace"),
        ("it still says parked vehicle. the posts are broken", "the posts are broken"),
        ("no están mal estacionados, agarraron mi calle de pista", "agarraron mi calle de pista"),
        ("the meter ate my coins", "the meter ate my coins"),
    ],
)
def test_what_is_told_beside_a_refusal(text: str, left: str) -> None:
    setting = a_setting(a_turn(text))
    assert told_besides(text, ("parking_violation", "parking_meter"), setting) == left


def test_what_is_not_as_its_name_says() -> None:
    setting = a_setting(a_turn("x"))
    assert is_not_so("no estan mal estacionados, dan vueltas", "parking_violation", setting)
    assert not is_not_so("no esta el letrero", "street_sign", setting)


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("mándelo pero como árbol", "street_sign", "tree"),
        ("put it as graffiti please", "street_cleaning", "graffiti"),
        ("ponle otra cosa porfa", "parking_violation", "general"),
        ("mandalo como parque", "park", None),
        ("ponlo en otra calle", "park", None),
    ],
)
def test_under_what_it_is_wished_to_go(text: str, code: str, meant: str | None) -> None:
    assert preferred(a_turn(text), code, a_setting(a_turn(text))) == meant


@pytest.mark.parametrize(
    "words",
    ["Parking meter?? no. it's the park", "parquímetro? pues no, es del parque", "none of those, it is damage by your truck", "change that to a park thing"],
)  # fmt: skip
def test_what_is_read_back_is_refused_in_other_words(words: str) -> None:
    progress = take(METER, correcting(words, Guess("parking_meter", 0.9), Guess("park", 0.05)))
    assert progress.draft is not None
    assert progress.draft.service != "parking_meter"
    assert progress.draft.refused == ("parking_meter",)


def test_what_is_asked_back_and_denied_is_no_second_matter() -> None:
    draft = replace(METER, service="missed_collection", heard=())
    words = "construction site?? no. its the trash truck driver who hit it"
    progress = take(draft, correcting(words, Guess("construction", 0.96), intent="report"))
    assert progress.draft is not None
    assert progress.draft.later == ()


@pytest.mark.parametrize("words", ["change that to Pico and 6th", "cámbielo a la esquina de Pico y 6th"])
def test_a_place_that_is_changed_refuses_no_kind(words: str) -> None:
    progress = take(METER, correcting(words))
    assert progress.draft is not None
    assert progress.draft.service == "parking_meter"
    assert progress.draft.refused == ()


def test_where_it_is_says_nothing_of_the_kind() -> None:
    draft = replace(METER, service="park", heard=())
    words = "no the bags are at Douglas Park, the wilshire side by the duck pond"
    progress = take(draft, correcting(words, Guess("missed_collection", 0.9)))
    assert progress.draft is not None
    assert progress.draft.service == "park"
