"""What words of danger tell of a request, or of the report that is open, is not lost behind the 911."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.danger import Danger
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.questions.summary import Summary
from bot.conversation.talk import converse

from ..conftest import NOON, a_setting, a_turn, the_places

TURTLES = OwnRequest(
    "SM-7K3R9P", "park", "Douglas Park", "somebody dumped turtles in the pond", reported=NOON, theirs=True
)
TALKED_OF = Memory(met=True, filed=Filed(TURTLES.reference, "park", NOON))
EMERGENCY = frozenset({Danger.EMERGENCY})
CRISIS = frozenset({Danger.CRISIS})


def test_what_is_told_of_the_request_that_is_talked_of_is_added_with_its_picture() -> None:
    turn = a_turn(
        "one of the turtles is hurt and bleeding",
        "report",
        "animal",
        minutes=3,
        photos=(5,),
        danger=EMERGENCY,
    )
    progress = converse(None, TALKED_OF, replace(a_setting(turn), own=(TURTLES,)))
    assert AddToRequest(TURTLES.reference, (5,), turn.text) in progress.effects


def test_what_may_be_about_anything_is_added_to_nothing() -> None:
    for told in (EMERGENCY, CRISIS):
        turn = a_turn("my husband fell down and does not breathe", "out_of_scope", minutes=3, danger=told)
        progress = converse(None, TALKED_OF, replace(a_setting(turn), own=(TURTLES,)))
        assert not progress.effects


def test_what_is_told_while_a_report_is_open_is_in_it() -> None:
    place = the_places().locate("Douglas Park").location
    draft = Draft(
        id=1,
        touched=NOON,
        service="hazardous",
        location=place,
        description="a box of rat poison lies open and you see the blocks",
        open=Summary(),
    )
    turn = a_turn("my boy touched one of the blocks", "out_of_scope", minutes=1, danger=EMERGENCY)
    progress = converse(draft, Memory(), a_setting(turn))
    assert progress.draft is not None
    assert progress.draft.description.endswith(turn.text)
    calm = converse(draft, Memory(), a_setting(replace(turn, text="i want to end it all", danger=CRISIS)))
    assert calm.draft is not None
    assert calm.draft.description == draft.description
