"""The words of the bot: by language, several in one message, and those of staff instead of the domain's."""

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.responses import Responses

DOMAIN = """
responses:
  utter_done:
    - condition: [{type: slot, name: language, value: en}]
      text: "{reference} is done."
    - condition: [{type: slot, name: language, value: es}]
      text: "{reference} ya está."
  utter_ask_fixed:
    - condition: [{type: slot, name: language, value: en}]
      text: "Is it fixed?"
      buttons: [{title: "Fixed", payload: "/fixed"}]
"""


@pytest.fixture
def responses() -> Responses:
    return Responses(domain=Domain.from_yaml(DOMAIN))


def say(responses: Responses, response: str, **values: Any) -> dict[str, Any]:
    tracker = DialogueStateTracker("conversation-1", [])
    message = asyncio.run(responses.generate(response, tracker, "rest", **values))
    assert message is not None
    return message


def test_words_of_staff_are_filled_instead_of_the_domains(responses: Responses) -> None:
    ours = "{reference}: mended."
    assert say(responses, "utter_done", language="en", reference="SM-2", wording=ours) == {
        "text": "SM-2: mended."
    }
    assert say(responses, "utter_done", language="es", reference="SM-2")["text"] == "SM-2 ya está."


def test_words_of_staff_are_of_their_own_part_alone_and_buttons_stay(responses: Responses) -> None:
    before = [{"response": "utter_done", "reference": "SM-2", "wording": "{reference}: mended."}]
    message = say(responses, "utter_ask_fixed", language="en", before=before)
    assert message["text"] == "SM-2: mended.\nIs it fixed?"
    assert message["buttons"] == [{"title": "Fixed", "payload": "/fixed"}]
