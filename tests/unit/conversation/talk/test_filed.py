"""What is said once a report is filed: what came along with the words that sent it, and by when it is usually done."""

from __future__ import annotations

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.turn import Turn
from bot.conversation.talk.filed import filed_says

from ..conftest import NOON, a_setting, a_turn

DANGER = frozenset({"gas"})
WORDS = "yes send it, and it popped my front tire this morning"


@pytest.mark.parametrize(
    ("turn", "along"),
    [
        (a_turn("yes", intent="affirm"), []),
        (a_turn(WORDS, intent="affirm"), ["utter_filed_with"]),
        (a_turn(intent="send_photos", photos=(7,)), ["utter_filed_with_photos"]),
        (a_turn(WORDS, intent="affirm", photos=(7,)), ["utter_filed_with", "utter_filed_with_photos"]),
    ],
)
def test_the_day_is_told_whatever_came_along(turn: Turn, along: list[str]) -> None:
    draft = Draft(1, NOON, service="pothole", description=f"big hole\n{WORDS}", photos=turn.photos)
    memory = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
    for due, promised in (("Friday, Dec 4", ["utter_promise"]), ("", [])):
        _, says = filed_says("SM-7K3R9P", "Public Works", memory, a_setting(turn), draft, more=False, due=due)
        told = [say.response for say in says]
        assert told[: 1 + len(along) + len(promised)] == ["utter_filed", *along, *promised]
        assert ("utter_promise" in told) == bool(promised)


def test_nobody_in_danger_is_told_of_days() -> None:
    setting = a_setting(a_turn(WORDS, intent="affirm", danger=DANGER))
    draft = Draft(1, NOON, service="pothole", description=WORDS)
    _, says = filed_says(
        "SM-7K3R9P", "Public Works", Memory(met=True), setting, draft, more=False, due="Friday"
    )
    assert "utter_promise" not in [say.response for say in says]


@pytest.mark.parametrize(
    ("due", "danger", "told"),
    [
        ("Friday, Dec 4", frozenset(), ("utter_filed_next_by", "Friday, Dec 4")),
        ("", frozenset(), ("utter_filed_next", None)),
        ("Friday, Dec 4", DANGER, ("utter_filed_next", None)),
    ],
)
def test_the_day_of_the_first_of_two_matters_is_told_before_the_other_one(
    due: str, danger: frozenset[str], told: tuple[str, str | None]
) -> None:
    setting = a_setting(a_turn("yes", intent="affirm", danger=danger))
    draft = Draft(1, NOON, service="pothole", description="big hole")
    _, says = filed_says("SM-7K3R9P", "Public Works", Memory(met=True), setting, draft, more=True, due=due)
    assert [(say.response, say.values.get("due")) for say in says] == [told]
