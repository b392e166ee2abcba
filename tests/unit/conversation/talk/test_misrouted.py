"""A request that lies with the wrong people is said so to staff; who has to go somewhere is not, and news are no question for news."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.talk.wishes import for_staff

from ..conftest import NOON, a_setting, a_turn

POLE = OwnRequest("SM-7K3R9P", "construction", "1433 Yale St", "the truck hit the post", reported=NOON, theirs=True)  # fmt: skip
TALKED_OF = Memory(met=True, filed=Filed(POLE.reference, POLE.service, NOON))


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("You sent it to planning and it needs to be the trash people", True),
        ("it needs to go to trash collection", True),
        ("thats the wrong department", True),
        ("lo mandaron a un departamento equivocado", True),
        ("my kid has to go to school past that post every day", False),
        ("the water has to go to the drain", False),
        ("does it need to go to the trash people?", False),
    ],
)
def test_who_says_that_others_should_have_it_tells_staff(words: str, *, wrong: bool) -> None:
    setting = replace(a_setting(a_turn(words, "report", minutes=1)), own=(POLE,))
    assert (for_staff(TALKED_OF, setting) is not None) is wrong


@pytest.mark.parametrize(
    ("words", "news"),
    [
        ("ok update, its tuesdays and SATURDAY not friday", True),
        ("una corrección: es la parcela 32", True),
        ("update?", False),
        ("update on my pothole please", False),
        ("any update about it", False),
    ],
)
def test_news_go_to_the_request_and_a_question_for_news_does_not(words: str, *, news: bool) -> None:
    setting = replace(a_setting(a_turn(words, "report", minutes=1)), own=(POLE,))
    assert (filed_before(setting) is not None) is news
