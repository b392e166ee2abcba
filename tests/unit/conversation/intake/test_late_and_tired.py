"""What residents of the twelfth round said and was heard wrong, each kind in other words: a no put right, a wish to close, stars beside a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.given_up import is_wanted_after_all
from bot.conversation.intake.half_done import is_half, says_fixed
from bot.conversation.intake.language import does_not_read
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.only_asking import nothing_filed, only_asks
from bot.conversation.intake.refusing import is_denied
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.services import begins_anew
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.stars import stars_named
from bot.conversation.intake.status import asks_contents, asks_in_any_sentence, asks_whether
from bot.conversation.talk.wishes import to_withdraw

from ..conftest import NOON, a_setting, a_turn

OWN = OwnRequest("SM-AAAAA2", "pothole", "Pico Blvd & 4th St", status="open", theirs=True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("i never said don't send it. send it with the part about the curb", True),
        ("no le dije que no lo mande, siempre sí mándelo", True),
        ("don't send it", False),
    ],
)
def test_a_no_that_was_never_said(text: str, wanted: bool) -> None:
    assert is_wanted_after_all(text) is wanted


@pytest.mark.parametrize(
    ("text", "fixed"),
    [("a bit slow. consider it done.", True), ("call it fixed", True), ("is it done", False)],
)
def test_it_may_be_called_fixed(text: str, fixed: bool) -> None:
    assert says_fixed(text) is fixed


def test_though_is_half_a_yes() -> None:
    assert is_half("all gone thanks! theres nails on the road tho")


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("ya lo pasaron a banqueta o sigue como árbol", True),
        ("did my note about the dog go in", True),
        ("is the second lamp in there too", True),
        ("le puso que es el tornillo", True),
        ("pusieron lo de las ratas?", True),
        ("send it, it is the second lamp", False),
    ],
)
def test_whether_it_is_in_there(text: str, asks: bool) -> None:
    assert asks_whether(text) is asks


def test_what_is_in_there_is_read_back() -> None:
    assert asks_contents(a_setting(a_turn("ok but does it say the north side", "ask_city")))


@pytest.mark.parametrize(
    "text", ["so was it cancelled", "como que nada, y lo de la lámpara?", "ya la cancelaron"]
)
def test_how_theirs_stands_is_asked(text: str) -> None:
    assert asks_in_any_sentence(text)


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        ("update the neighbor patched it. you can close it", True),
        ("it is flat again, pls cancel it", True),
        ("mejor cancele eso", True),
        ("can you close the lane while they work", False),
        ("yo no dije que lo cancelara", False),
    ],
)
def test_a_wish_to_close_it(text: str, withdrawn: bool) -> None:
    memory = Memory(filed=Filed(OWN.reference, OWN.service, NOON))
    setting = replace(a_setting(a_turn(text, "add_to_request")), own=(OWN,))
    assert (to_withdraw(memory, setting) is not None) is withdrawn


@pytest.mark.parametrize(
    ("text", "stars"),
    [("quedó bien, 4 estrellas", 4), ("five stars!", 5), ("5 weeks", None), ("4 or 5 stars", 5)],
)
def test_stars_named_beside_a_verdict(text: str, stars: int | None) -> None:
    assert stars_named(text) == stars


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("no no no bache no, es la tapa del drenaje", True),
        ("no hay bache todavía pero se está hundiendo", False),
    ],
)
def test_a_no_said_twice(text: str, denied: bool) -> None:
    assert is_denied(a_turn(text, "report"), "pothole", a_setting(a_turn(text, "report"))) is denied


def test_no_report_please_is_none() -> None:
    assert only_asks(
        a_setting(a_turn("no report please, only the number of the office at Pico and 4th", "report"))
    )


def test_who_has_a_request_hears_that_it_goes_on() -> None:
    setting = a_setting(a_turn("solo preguntaba"))
    assert nothing_filed(setting).response == "utter_nothing_filed"
    assert nothing_filed(replace(setting, own=(OWN,))).values == {"reference": OWN.reference}


def test_another_problem_is_one_of_its_own() -> None:
    assert begins_anew("no pero es otro problema, la llave del agua")


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("bueno sí, enviar. es letra negra con groserías", True),
        ("ok send. and note that it is the back door", True),
        ("send somebody who can lift it", False),
    ],
)
def test_a_clause_that_sends(text: str, sends: bool) -> None:
    assert says_send(text) is sends


@pytest.mark.parametrize(
    ("text", "language", "lost"),
    [
        ("no entiendo el inglés, qué dice?", "es", True),
        ("i dont read spanish", "en", True),
        ("en español por favor", "es", False),
        ("no hablo español", "es", False),
    ],
)
def test_who_does_not_read_the_other_language(text: str, language: str, lost: bool) -> None:
    assert does_not_read(text, language) is lost


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("add the rats to SM-AAAAA2", True),
        ("SM-AAAAA2 that one", True),
        ("is it the same as SM-AAAAA2?", False),
    ],
)
def test_words_with_the_number_of_theirs_are_more_of_it(text: str, named: bool) -> None:
    setting = replace(a_setting(a_turn(text, "report")), own=(OWN,))
    assert (filed_before(setting) is not None) is named


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("it is a sunken lid in the lane, not a pothole", True),
        ("es agua que sale del suelo, no bache", True),
        ("there is water in it but not in every pothole", False),
    ],
)
def test_what_a_clause_ends_with_is_denied(text: str, denied: bool) -> None:
    assert is_denied(a_turn(text, "report"), "pothole", a_setting(a_turn(text, "report"))) is denied


@pytest.mark.parametrize("text", ["agréguele que ya hizo charco", "please add that it is slippery now"])
def test_add_that_goes_to_what_is_there(text: str) -> None:
    assert filed_before(replace(a_setting(a_turn(text, "report")), own=(OWN,))) == OWN


def test_who_tells_what_is_left_takes_nothing_back() -> None:
    memory = Memory(filed=Filed(OWN.reference, OWN.service, NOON))
    turn = a_turn("nvm they filled 2 of them, theres still one by the curb", "cancel")
    assert to_withdraw(memory, replace(a_setting(turn), own=(OWN,))) is None
