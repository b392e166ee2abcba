"""The same matter, reported before: offered, followed, or declined; nobody else's words are ever shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Follow
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.similar import Similar
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.summary import Summary
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.comparing import compared, not_followed, to_compare

from ..conftest import NOON, a_setting, a_turn, choosing, said

POTHOLE = a_turn("huge pothole at Pico and 4th", service="pothole", photos=(7,))
SIMILAR = Similar("SM-7K3R9P", "in_progress", "Pico Blvd & 4th St", NOON - timedelta(days=2), 12, False)


def offered(turn: Turn = POTHOLE, similar: Similar | None = SIMILAR) -> Progress:
    setting = a_setting(turn)
    progress = converse(None, Memory(), setting, None)
    assert to_compare(progress.draft, setting)
    return compared(progress, similar, setting)


def answer(draft: Draft | None, turn: Turn, memory: Memory | None = None) -> Progress:
    return converse(draft, memory or Memory(), a_setting(turn), None)


def test_an_open_request_nearby_is_offered_in_words() -> None:
    progress = offered()
    assert said(progress) == ["utter_similar_in_progress"]
    values = progress.says[0].values
    assert (values["when"], values["feet"], values["where"]) == ("Friday", "40", "Pico Blvd & 4th St")
    assert "SM-7K3R9P" not in {values[name] for name in ("when", "feet", "where", "what")}


def test_at_the_very_spot_no_distance_is_told() -> None:
    assert said(offered(similar=replace(SIMILAR, metres=2))) == ["utter_similar_here_in_progress"]


def test_nothing_nearby_goes_on_to_the_summary_and_is_not_looked_up_again() -> None:
    progress = offered(similar=None)
    assert said(progress)[0] == "utter_summary_photos"
    assert not to_compare(progress.draft, a_setting(POTHOLE))


@pytest.mark.parametrize(
    "turn", [choosing("similar:follow"), a_turn("yes", "affirm"), a_turn("same one", "affirm")]
)
def test_following_takes_words_and_photos_along_and_files_nothing(turn: Turn) -> None:
    progress = answer(offered().draft, turn)
    assert progress.end is End.DROPPED
    (effect,) = progress.effects
    assert isinstance(effect, Follow)
    assert effect.similar == SIMILAR
    assert (effect.draft.photos, effect.draft.description) == ((7,), "huge pothole at Pico and 4th")
    assert said(progress) == ["utter_offer_updates"]
    assert progress.memory.filed is not None
    assert progress.memory.filed.reference == "SM-7K3R9P"


@pytest.mark.parametrize(
    "turn",
    [
        choosing("similar:own"),
        a_turn("no", "deny"),
        a_turn("no its different", "deny"),
        a_turn(intent="file"),
    ],
)
def test_mine_is_different_goes_on_and_is_not_asked_again(turn: Turn) -> None:
    progress = answer(offered().draft, turn)
    assert said(progress)[0] == "utter_summary_photos"
    assert not to_compare(progress.draft, a_setting(turn))


def test_another_place_is_compared_anew() -> None:
    declined = answer(offered().draft, choosing("similar:own"))
    moved = a_turn("no, Main and Hill", "correct")
    assert to_compare(answer(declined.draft, moved).draft, a_setting(moved))


def test_a_question_in_between_leaves_the_offer_open() -> None:
    progress = answer(offered().draft, a_turn("who are you", "ask_about_bot"))
    assert said(progress) == ["utter_about_bot", "utter_similar_in_progress"]


def test_a_request_finished_meanwhile_lets_the_report_go_on() -> None:
    setting = a_setting(choosing("similar:follow"))
    draft = offered().draft
    assert draft is not None
    progress = not_followed(Follow(draft, SIMILAR), Memory(), setting)
    assert said(progress)[:2] == ["utter_similar_gone", "utter_summary_photos"]


def test_of_two_problems_the_first_goes_on_when_its_request_is_finished_meanwhile() -> None:
    draft = offered().draft
    assert draft is not None
    draft = replace(draft, later=(a_turn("graffiti too", service="graffiti"),))
    followed = answer(draft, choosing("similar:follow"))
    (effect,) = followed.effects
    assert isinstance(effect, Follow)
    progress = not_followed(
        effect, Memory(), a_setting(choosing("similar:follow", danger=frozenset({"emergency"})))
    )
    assert progress.draft is not None
    assert (progress.draft.service, len(progress.draft.later)) == ("pothole", 1)
    assert said(progress)[0] == "utter_emergency"


def test_the_next_problem_of_the_message_comes_after_following() -> None:
    draft = offered().draft
    assert draft is not None
    draft = replace(draft, later=(a_turn("graffiti too", service="graffiti"),))
    progress = answer(draft, choosing("similar:follow"))
    assert progress.end is None
    assert progress.draft is not None
    assert (progress.draft.service, progress.draft.open) == ("graffiti", Summary())


def test_ones_own_request_is_named() -> None:
    progress = offered(similar=replace(SIMILAR, own=True))
    assert said(progress) == ["utter_similar_own"]
    assert progress.says[0].values["reference"] == "SM-7K3R9P"


def test_services_whose_requests_are_each_their_own_are_not_compared() -> None:
    turn = a_turn("please pick up my old couch at 1437 11th st", service="bulky_item")
    assert not to_compare(converse(None, Memory(), a_setting(turn), None).draft, a_setting(turn))
