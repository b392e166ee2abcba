"""Everything between reports: one action, told apart by what was said and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import carry_out, own_requests
from actions.not_theirs import as_not_theirs
from actions.placing import setting_of, think
from actions.reading import read
from actions.saying import say
from actions.slots import about_turn, kept_slots
from bot.conversation.intake import danger
from bot.conversation.talk import converse


class ActionAnswer(Action):  # type: ignore[misc]  # rasa-sdk has no types
    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        heard = await as_not_theirs(read(tracker))
        setting = setting_of(heard, own=await own_requests(heard))
        progress = await think(lambda: converse(None, heard.memory, setting, heard.event))
        if progress.draft is not None:  # a report begins: the form takes the same turn
            return [FollowupAction("request_form")]
        done = await carry_out(progress.effects, heard)
        await say(
            dispatcher,
            danger.in_front((*done.says, *progress.says, *done.after)),
            heard,
            first_contact=heard.turn.first_contact and not heard.turn.taken_over,
            about_turn=about_turn(
                heard,
                wants_person=progress.wants_person,
                wished=progress.wished,
                understood=progress.understood,
            ),
        )
        memory = done.kept_in(replace(progress.memory, met=True))
        return kept_slots(tracker, heard, memory, wants_person=progress.wants_person)
