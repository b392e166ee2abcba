"""Everything between reports: one action, told apart by what was said and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import carry_out
from actions.placing import places, think
from actions.reading import Read, read
from actions.saying import dispatch
from actions.slots import about_turn, kept_slots
from bot.city.current import catalogue
from bot.conversation.intake.between import Answer, respond
from bot.conversation.intake.effects import BeginReport
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.updates import announce


class ActionAnswer(Action):  # type: ignore[misc]  # rasa-sdk has no types
    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        heard = read(tracker)
        answer = await think(lambda: _answer(heard))
        if any(isinstance(effect, BeginReport) for effect in answer.effects):
            return [FollowupAction("request_form")]
        done = await carry_out(answer.effects, heard)
        dispatch(
            dispatcher,
            (*done, *answer.says),
            heard.turn.language,
            first_contact=heard.turn.first_contact,
            about_turn=about_turn(heard, wants_person=answer.wants_person),
        )
        memory = replace(answer.memory, met=True)
        return kept_slots(tracker, heard, memory, wants_person=answer.wants_person)


def _answer(heard: Read) -> Answer:
    setting = Setting(heard.turn, catalogue(), places(answering=False))
    if heard.event is not None:
        return Answer(*announce(heard.event, heard.memory, setting))
    return respond(heard.memory, setting)
