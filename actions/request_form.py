"""The form: each of its turns is one call of `validate_request_form`, which hears, decides and asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import carry_out
from actions.placing import places, think
from actions.reading import read
from actions.saying import dispatch
from actions.slots import about_turn, form_slots, kept_slots
from bot.city.current import catalogue
from bot.conversation.intake.draft import Asking
from bot.conversation.intake.during import report_turn
from bot.conversation.intake.setting import Setting

ASKS_WHERE = frozenset({Asking.WHERE, Asking.CROSS_STREET})


class ValidateRequestForm(FormValidationAction):  # type: ignore[misc]  # rasa-sdk has no types
    """Overrides `run`: slots are not validated one by one, a turn is taken as a whole."""

    def name(self) -> str:
        return "validate_request_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        heard = read(tracker)
        answering = heard.draft is not None and heard.draft.asking in ASKS_WHERE
        setting = Setting(heard.turn, catalogue(), places(answering=answering))
        progress = await think(lambda: report_turn(heard.draft, heard.memory, setting, heard.event))
        looked_up = await carry_out(progress.effects, heard)
        memory = replace(progress.memory, met=True)
        dispatch(
            dispatcher,
            (*looked_up, *progress.says),
            heard.turn.language,
            first_contact=heard.turn.first_contact,
            about_turn=about_turn(heard, wants_person=progress.wants_person),
        )
        return [
            *form_slots(tracker, progress.draft, progress.end),
            *kept_slots(tracker, heard, memory, wants_person=progress.wants_person),
        ]
