"""A wish to hear no more, in words that only the engine understood, is handed to the gateway; what is open stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Mute
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import PinSent, Turn, Wished
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.talk import Progress, converse

from ..conftest import NOON, a_setting, a_turn, choosing, said

MET = Memory(met=True)
FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
POTHOLE = OwnRequest("SM-7K3R9P", "pothole", "Pico Blvd & 4th St", theirs=True)
TREE = OwnRequest("SM-2F4H6K", "tree", "Main St & Hill St", theirs=True)
# On no list of the gateway's.
STOP = a_turn("lets part ways, this phone is done with you", "out_of_scope", wish=Wished.STOP)


def take(turn: Turn, memory: Memory = MET, draft: Draft | None = None, *own: OwnRequest) -> Progress:
    return converse(draft, memory, replace(a_setting(turn), own=own))


def begun() -> tuple[Draft, Memory]:
    """A report of which the bot asks where it is."""
    progress = take(a_turn("there is a pothole", service="pothole"))
    assert progress.draft is not None
    return progress.draft, progress.memory


@pytest.mark.parametrize("wish", [Wished.STOP, Wished.ERASE])
def test_it_is_handed_to_the_gateway_and_nothing_is_said(wish: Wished) -> None:
    given = take(replace(STOP, wish=wish))
    assert (given.wished, said(given), given.effects, given.draft) == (wish, [], (), None)


@pytest.mark.parametrize("wish", [Wished.STOP, Wished.ERASE])
def test_a_report_that_is_open_stays_as_it_is(wish: Wished) -> None:
    draft, memory = begun()
    given = take(replace(STOP, wish=wish), memory, draft)
    assert (given.wished, said(given), given.draft) == (wish, [], draft)


@pytest.mark.parametrize(
    "complaint", ["no me mandaron ningún aviso", "you never text me back", "nadie me mandó mensaje"]
)
def test_who_complains_of_silence_wishes_no_end_to_our_texts(complaint: str) -> None:
    assert take(a_turn(complaint, "out_of_scope", wish=Wished.STOP), FILED).wished is None


def test_a_person_who_is_talking_does_not_keep_it_from_being_obeyed() -> None:
    assert take(replace(STOP, taken_over=True)).wished is Wished.STOP


@pytest.mark.parametrize("kind", ["emergency", "crisis"])
@pytest.mark.parametrize("heard", ["danger", "danger_alone"])
def test_danger_comes_first(kind: str, heard: str) -> None:
    given = take(replace(STOP, **{heard: frozenset({kind})}))
    assert given.wished is None
    assert said(given)


@pytest.mark.parametrize(
    "turn",
    [
        replace(STOP, photos=(1,)),
        replace(STOP, pin=PinSent(34.01, -118.49)),
        replace(STOP, edited=True),
        choosing("updates:yes", wish=Wished.STOP),
        replace(STOP, wish=Wished.NOT_MINE),  # the action's, which knows what they were told of
    ],
)
def test_beside_a_file_a_pin_an_edit_or_an_option_nothing_is_wished(turn: Turn) -> None:
    assert take(turn).wished is None


def test_a_no_to_the_question_whether_we_shall_text_is_its_answer() -> None:
    asked = FILED.with_question(UpdatesWanted("SM-7K3R9P", "pothole", NOON))
    given = take(a_turn("no need to text me", "deny", wish=Wished.STOP), asked)
    assert given.wished is None
    assert said(given)


def test_who_says_no_once_more_has_said_no_to_updates() -> None:
    declined = replace(FILED, updates=False)
    given = take(a_turn("i said NO thanks to the texts", "deny", wish=Wished.STOP), declined)
    assert given.wished is None
    assert said(given)


def test_of_two_requests_the_one_that_is_named_is_parted_with() -> None:
    turn = a_turn("so tired of hearing about that tree", "complain_service", wish=Wished.STOP)
    given = take(turn, FILED, None, POTHOLE, TREE)
    assert (given.wished, given.effects) == (None, (Mute("SM-2F4H6K"),))


def test_everything_of_a_report_that_is_to_go_means_the_report() -> None:
    draft, memory = begun()
    given = take(a_turn("borra todo lo mio", "start_over", wish=Wished.ERASE), memory, draft)
    assert given.wished is None
