"""What a reading is to the questions: an intent, or the option that the words describe."""

from __future__ import annotations

import pytest

from bot.channels.messages import Option
from bot.conversation.hearing.acts import as_meant, by_its_figure, by_its_name
from bot.conversation.hearing.buttons import options_below
from bot.conversation.hearing.evidence import Scene
from bot.conversation.intake.turn import Say

from ..conftest import a_turn

CORNERS = (
    Option("Ocean Ave & Pico Blvd", '/choose{"choice": "place:0"}'),
    Option("Ocean Way & Pico Blvd", '/choose{"choice": "place:1"}'),
    Option("None of these", '/choose{"choice": "elsewhere"}'),
)


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("the way one", "place:1"),
        ("the second", "place:1"),
        ("its number 1 i think", "place:0"),
        ("none, its by the school", "elsewhere"),
        ("the last one", "elsewhere"),
        ("el 2", "place:1"),
        ("one i think", "place:0"),
        ("the 2nd one", "place:1"),
    ],
)
def test_an_option_is_chosen_by_its_words_or_its_place(words: str, choice: str) -> None:
    meant = as_meant(a_turn(words, "report"), "option", Scene("which_place", options=CORNERS))
    assert (meant.intent, meant.choice) == ("choose", choice)


@pytest.mark.parametrize(
    "words",
    ["the one by idaho", "its over on 2nd st", "that one across from the bank", "la que esta en una esquina"],
)
def test_one_and_a_numbered_street_are_no_places_in_the_list(words: str) -> None:
    meant = as_meant(a_turn(words, "report"), "option", Scene("which_place", options=CORNERS))
    assert (meant.intent, meant.choice) == ("answer", None)


def test_words_that_name_two_options_choose_none() -> None:
    meant = as_meant(a_turn("ave or way, no idea", "report"), "option", Scene("which_place", options=CORNERS))
    assert (meant.intent, meant.choice) == ("answer", None)


def test_a_rating_is_chosen_by_its_words() -> None:
    scene = Scene("rating", options=options_below(Say("utter_ask_rating"), "en"))
    assert as_meant(a_turn("it was ok i guess", "thanks"), "option", scene).rating == 3


@pytest.mark.parametrize(
    ("question", "reading", "intent"),
    [
        ("detail", "tell", "answer"),
        ("which_service", "tell", "report"),
        ("reopened", "tell", "add_to_request"),
        ("summary", "yes", "affirm"),
        ("summary", "cancel", "cancel"),
        ("filed", "status", "ask_status"),
        ("filed", "anger", "complain_service"),
    ],
)
def test_a_reading_is_the_intent_that_it_means_there(question: str, reading: str, intent: str) -> None:
    assert as_meant(a_turn("words", "report"), reading, Scene(question)).intent == intent


def test_what_the_engine_told_apart_stays_told_apart() -> None:
    assert as_meant(a_turn("who are you", "ask_about_bot"), "ask", Scene("summary")).intent == "ask_about_bot"
    assert as_meant(a_turn("bye", "goodbye"), "thanks", Scene("summary")).intent == "goodbye"


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("yes, text me updates", "start_texts"),
        ("avíseme por mensaje", "start_texts"),
        ("stop texting me", "stop_texts"),
        ("ya no me manden mensajes", "stop_texts"),
        ("parale con los textos", "stop_texts"),
        ("you never text me back", "complain_service"),
        ("ya no me mandan mensajes", "complain_service"),
    ],
)
def test_a_stop_needs_a_word_of_refusal(words: str, intent: str) -> None:
    assert as_meant(a_turn(words, "affirm"), "stop", Scene("filed")).intent == intent


@pytest.mark.parametrize(
    ("words", "intent"), [("the pothole is deeper now", "add_to_request"), ("no, its on 5th", "correct")]
)
def test_after_the_filing_a_correction_needs_a_word_of_it(words: str, intent: str) -> None:
    assert as_meant(a_turn(words, "report"), "correct", Scene("filed")).intent == intent


@pytest.mark.parametrize(
    ("words", "intent"),
    [("start over", "start_over"), ("empezar de nuevo", "start_over"), ("forget it", "cancel")],
)
def test_to_start_over_is_no_withdrawal(words: str, intent: str) -> None:
    assert as_meant(a_turn(words, "start_over"), "cancel", Scene("summary")).intent == intent


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("2 for gods sake", "place:1"),
        ("1. and tell your boss he's a joke", "place:0"),
        ("2, thanks", "place:1"),
        ("el 1!! y es sobre la virginia", "place:0"),
        ("2 but the bulb itself is fine", "place:1"),
        ("uno ay perdone es que yo le hablo al teléfono", "place:0"),
        ("dos perros sueltos", None),
        ("la 2 y pico", None),
        ("2 blocks from the pier", None),
        ("1437 11th", None),
        ("4 tents", None),
        ("9. and", None),
    ],
)
def test_the_number_of_an_option_in_front_of_words_that_count_nothing(words: str, choice: str | None) -> None:
    meant = by_its_figure(a_turn(words, "report"), Scene("which_place", options=CORNERS))
    assert (meant.choice if meant else None) == choice


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("pues parque. no me van a pedir papeles verdad?", "service:park"),
        ("it is the park fence", "service:park"),
        ("park i guess? its by the pier tho lol", "service:park"),
        ("not the park, the road", None),
        ("otra cosa, la baranda del parque está suelta", None),
        ("the fence along the bluff that a child could fit through in the park", None),
    ],
)
def test_the_option_of_a_menu_that_the_first_words_name(words: str, choice: str | None) -> None:
    menu = (
        Option("Sidewalk, curb or ramp", '/choose{"choice": "service:sidewalk"}'),
        Option("Park or playground, parque", '/choose{"choice": "service:park"}'),
        Option("Something else", '/choose{"choice": "menu"}'),
    )
    chosen = by_its_name(a_turn(words, "report"), Scene("which_service", options=menu))
    assert (chosen.choice if chosen else None) == choice


def test_something_else_is_chosen_alone_not_with_what_it_is() -> None:
    menu = (
        Option("Parque", '/choose{"choice": "service:park"}'),
        Option("Otra cosa", '/choose{"choice": "menu"}'),
    )
    scene = Scene("which_service", options=menu)
    assert as_meant(a_turn("otra cosa", "report"), "option", scene).choice == "menu"
    words = "otra cosa, la baranda de madera a la altura de la Alta está suelta"
    assert as_meant(a_turn(words, "report"), "option", scene).choice is None


def test_manners_are_no_words_of_an_option() -> None:
    texts = (Option("Sí, avíseme", "/affirm"), Option("No, gracias", "/deny"))
    meant = as_meant(
        a_turn("gracias a Dios contestan", "thanks"), "option", Scene("updates_wanted", options=texts)
    )
    assert meant.intent != "deny"


@pytest.mark.parametrize(
    "words", ["2 uno nuevo y quiero que me avisen", "2 another one", "2. mine is by the pier", "2"]
)
def test_the_number_in_front_chooses_whatever_stands_behind(words: str) -> None:
    options = (
        Option("Follow it", '/choose{"choice": "similar:follow"}'),
        Option("Mine is another", '/choose{"choice": "similar:own"}'),
    )
    meant = by_its_figure(a_turn(words), Scene("same_matter", options=options))
    assert meant is not None
    assert meant.choice == "similar:own"


@pytest.mark.parametrize("words", ["puro menú joven.. pues el 2", "ok number 2", "i guess 2"])
def test_the_number_at_the_end_chooses_too(words: str) -> None:
    options = (
        Option("Follow it", '/choose{"choice": "similar:follow"}'),
        Option("Mine", '/choose{"choice": "similar:own"}'),
    )
    meant = by_its_figure(a_turn(words), Scene("same_matter", options=options))
    assert meant is not None
    assert meant.choice == "similar:own"


@pytest.mark.parametrize("words", ["it is on 2", "there are 2", "the bus 2", "came back at 2"])
def test_a_number_that_counts_something_chooses_nothing(words: str) -> None:
    options = (Option("Follow it", "/affirm"), Option("Mine", "/deny"))
    assert by_its_figure(a_turn(words), Scene("same_matter", options=options)) is None
