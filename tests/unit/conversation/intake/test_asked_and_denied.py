"""Questions that were taken for reports and answers, and denials that were taken for a no to everything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.corrections import maybe_corrected_service
from bot.conversation.intake.digressions import asks_permission
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.half_done import says_fixed
from bot.conversation.intake.language import conversation_language
from bot.conversation.intake.only_asking import asks_something, only_asks
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.refused import with_refusals
from bot.conversation.intake.refusing import is_denied
from bot.conversation.intake.sending import refuses_to_send, says_send
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.stars import behind_stars
from bot.conversation.intake.status import asks_contents, asks_in_any_sentence
from bot.conversation.intake.texts_wanted import answer_in
from bot.conversation.intake.turn import Guess

from ..conftest import NOON, a_setting, a_turn, the_catalogue


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("ya pasaron por el sillón o aún no", True),
        ("entonces lo recogieron sí o no", True),
        ("did they get to it or not yet", True),
        ("is somebody coming out for it", True),
        ("es la lámpara de la esquina, verdad?", True),
        ("pues que si ya vinieron", True),
        ("the lamp is still out", False),
        ("es la de la esquina o la de en medio", False),
    ],
)
def test_whether_it_is_done_is_asked(text: str, asks: bool) -> None:
    assert asks_in_any_sentence(text) is asks


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("what address did you put down", True),
        ("en qué esquina lo anotaron", True),
        ("¿qué habéis escrito?", True),
        ("what address is city hall", False),
    ],
)
def test_what_was_written_down_is_asked(text: str, contents: bool) -> None:
    assert asks_contents(a_setting(a_turn(text, "ask_city"))) is contents


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("quedó de maravilla, gracias", True),
        ("no, nada, es que ya quedó bien", True),
        ("todavía no quedó bien", False),
        ("no quedó bien", False),
        ("quedó bien pero falta un pedazo", False),
        ("¿quedó bien?", False),
    ],
)
def test_that_it_is_fixed_is_said_in_spanish(text: str, fixed: bool) -> None:
    assert says_fixed(text) is fixed


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("im not reporting anything, at 11th and pearl is parking free on sundays", True),
        ("there is nothing wrong, i just want the rule", True),
        ("there is nothing wrong with my bin except the lid", False),
        ("no quiero reportar, es en la 11 y pearl donde vivo", True),
        ("hay un bache en la 11 y pearl", False),
    ],
)
def test_nothing_is_reported_wherever_it_is(text: str, only: bool) -> None:
    assert only_asks(a_setting(a_turn(text, "report"))) is only


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("no es reporte, a qué hora cierran", True),
        ("solo quiero saber dónde se paga", True),
        ("and tell the crew thanks", False),
        ("the bin is full", False),
    ],
)
def test_a_clause_asks_without_its_sign(text: str, asks: bool) -> None:
    assert asks_something(text) is asks


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("no, not a pothole. it is a sunken manhole lid", True),
        ("no es bache, es una tapa hundida de alcantarilla", True),
        ("not a pothole", False),
        ("there are not enough crews for every pothole here", False),
    ],
)
def test_what_is_said_not_to_be_it(text: str, denied: bool) -> None:
    assert is_denied(a_turn(text, "report"), "pothole", a_setting(a_turn(text, "report"))) is denied


def test_of_what_is_denied_the_next_likeliest_is_meant() -> None:
    turn = a_turn(
        "no, not a pothole. it is a streetlight pole in the lane",
        "correct",
        guesses=(Guess("pothole", 0.9), Guess("streetlight", 0.08)),
    )
    draft, setting = with_refusals(Draft(id=1, touched=NOON, service="pothole"), a_setting(turn))
    assert maybe_corrected_service(draft, setting).service == "streetlight"


def test_a_place_put_right_changes_nothing_else() -> None:
    turn = a_turn(
        "no es en Pico, es atrás, donde está la luz", "correct", guesses=(Guess("streetlight", 0.9),)
    )
    draft = Draft(id=1, touched=NOON, service="pothole")
    assert maybe_corrected_service(draft, a_setting(turn)) == draft


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("the stove leaks gas smell too, include that please", True),
        ("y el baño, agréguelo", True),
        ("put it on the first one", True),
        ("i want to add a light to my street", False),
    ],
)
def test_more_of_what_is_filed(text: str, added: bool) -> None:
    own = (OwnRequest("SM-AAAAA2", "pothole", "Pico Blvd & 4th St", theirs=True),)
    assert (filed_before(replace(a_setting(a_turn(text, "another")), own=own)) is not None) is added


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("mande porfa, y hay otro hoyo junto", True),
        ("ok send but say it is every day", True),
        ("send a crew to look", False),
        ("manda a alguien hoy", False),
    ],
)
def test_sending_said_first(text: str, sends: bool) -> None:
    assert says_send(text) is sends


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("no wait, do not send it", True),
        ("no lo mande", True),
        ("don't send a truck, send two", False),
        ("do not send it without the photo", False),
    ],
)
def test_that_it_is_not_to_be_sent(text: str, refuses: bool) -> None:
    assert refuses_to_send(text) is refuses


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("no. actually yes text me", True), ("fridays. y dije que sí avíseme", True), ("no. wait no", False)],
)
def test_the_last_word_on_our_texts(text: str, wanted: bool) -> None:
    assert answer_in(text) is wanted


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("3. is there parking there on sundays", "is there parking there on sundays"),
        ("5 stars, also the bench is broken", "also the bench is broken"),
        ("4 stars for speed", ""),
    ],
)
def test_what_stands_behind_the_stars(text: str, rest: str) -> None:
    assert behind_stars(text) == rest


def test_who_asks_for_the_language_they_have_keeps_it() -> None:
    said = "en español no entiendo eso, ya van a venir?"
    language = conversation_language(
        "es", first=False, detected="es", hint=None, intent="change_language", text=said
    )
    assert language == "es"


def test_a_participle_fits_what_it_is_said_of() -> None:
    question = next(one for one in the_catalogue().services["streetlight"].questions if one.code == "fault")
    assert answers_in("una farola apagada desde ayer", (question,)) == {"fault": "out"}


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("are we allowed to sell cookies on the promenade", True),
        ("can i just leave my old desk by the bins", True),
        ("¿se puede hacer una carne asada en la playa?", True),
        ("¿ocupo permiso para una piñata en el parque?", True),
        ("can i get the light fixed", False),
        ("can you leave the gate open", False),
        ("sale café el agua de la cocina, ¿se puede tomar?", False),
        ("is it allowed to block the whole sidewalk? they do it every day", False),
        ("no se puede pasar por la banqueta", False),
    ],
)
def test_what_one_may_do_is_asked(text: str, asks: bool) -> None:
    assert asks_permission(text) is asks
