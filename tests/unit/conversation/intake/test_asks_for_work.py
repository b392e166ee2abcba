"""Work that is asked for in the form of a question is a report; what is to be told is none."""

from __future__ import annotations

import pytest

from bot.conversation.intake.digressions import asks_for_work


@pytest.mark.parametrize(
    "text",
    [
        "can u guys pick up a couch",
        "Hi, could someone come get the dead possum?",
        "will you guys trim the tree",
        "would you please send someone to clean the alley",
        "pueden recoger un sillón",
        "¿Me pueden recoger un colchón por favor?",
        "pueden venir a cortar el árbol",
    ],
)
def test_work_is_asked_for(text: str) -> None:
    assert asks_for_work(text)


@pytest.mark.parametrize(
    "text",
    [
        "can you tell me when",
        "could you please explain",
        "can you check if it is done",
        "me puede decir cuándo",
        "can i get a new trash can",
        "can you give me the number",
        "will they fix it",
        "when can you come",
        "couches can you believe it",
    ],
)
def test_nothing_is_to_be_done(text: str) -> None:
    assert not asks_for_work(text)
