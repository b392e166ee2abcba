"""Everything between reports: one action, told apart by what was said and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import carry_out, finished_requests
from actions.placing import setting_of, think
from actions.reading import Read, read
from actions.saying import say
from actions.slots import about_turn, kept_slots
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
        setting = setting_of(heard, finished=await finished_requests(heard))
        answer = await think(lambda: _answer(heard, setting))
        if any(isinstance(effect, BeginReport) for effect in answer.effects):
            # What is remembered goes before the form reads it: a small question that was let go stays so.
            return [*kept_slots(tracker, heard, answer.memory), FollowupAction("request_form")]
        done = await carry_out(answer.effects, heard)
        await say(
            dispatcher,
            (*done, *answer.says),
            heard,
            first_contact=heard.turn.first_contact and not heard.turn.taken_over,
            about_turn=about_turn(heard, wants_person=answer.wants_person),
        )
        memory = replace(answer.memory, met=True)
        return kept_slots(tracker, heard, memory, wants_person=answer.wants_person)


def _answer(heard: Read, setting: Setting) -> Answer:
    if heard.event is not None:
        return Answer(*announce(heard.event, heard.memory, setting))
    return respond(heard.memory, setting)
