"""A turn while a report is open: mostly the report's own, sometimes an update, its answer, or the status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation.intake import updates
from bot.conversation.intake.advance import advance
from bot.conversation.intake.draft import Draft, End
from bot.conversation.intake.effects import AddToRequest, Effect, TellStatus
from bot.conversation.intake.memory import Awaiting, Memory
from bot.conversation.intake.questions import question
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say

_ANSWERS_OF_UPDATES = ("fixed", "not_fixed", "rate")


@dataclass(frozen=True, slots=True)
class Progress:
    """The report and the memory after the turn, what to do, then what to say."""

    draft: Draft | None
    memory: Memory
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    end: End | None = None
    wants_person: bool = False


def report_turn(
    draft: Draft | None, memory: Memory, setting: Setting, event: Mapping[str, Any] | None
) -> Progress:
    """Take one turn of an open report; `event` is the update of a request, when the turn is one."""
    memory = replace(memory, offered=False)
    if draft is not None and event is not None:
        return _updated(draft, memory, setting, event)
    if draft is not None and setting.turn.intent in _ANSWERS_OF_UPDATES and _expected(memory, setting):
        answered = updates.answered(memory, setting)
        if answered is not None:
            remembered, says, effects = answered
            asks = any(say.response == "utter_ask_rating" for say in says)
            back = () if asks else (question(draft, setting, again=True),)
            return Progress(draft, remembered, (*says, *back), effects)
    if draft is not None and setting.turn.choice in ("updates:yes", "updates:no"):
        wants = setting.turn.choice == "updates:yes"
        said = Say("utter_updates_on" if wants else "utter_updates_off", custom={"wants_updates": wants})
        return Progress(draft, replace(memory, updates=wants), (said, question(draft, setting, again=True)))
    filed = memory.filed_lately(setting.turn.at)
    if draft is None and setting.turn.edited and filed is not None:
        # A message of a report that is filed was changed: never a second report.
        added = AddToRequest(filed.reference, setting.turn.photos, setting.turn.text)
        return Progress(None, memory, (), (added,), End.DROPPED)
    return _reported(draft, memory, setting)


def _reported(draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    step = advance(draft, setting.turn, setting.catalogue, setting.places)
    says, turn = step.says, setting.turn
    if turn.intent == "abuse" and any(say.response == "utter_calm" for say in says):
        if memory.calmed:
            says = tuple(say for say in says if say.response != "utter_calm")
        memory = replace(memory, calmed=True)
    effects: tuple[Effect, ...] = (TellStatus(),) if draft is not None and turn.intent == "ask_status" else ()
    wants_person = draft is not None and turn.intent == "ask_person"
    return Progress(step.draft, memory, says, effects, step.end, wants_person)


def _expected(memory: Memory, setting: Setting) -> bool:
    """Whether an answer to an update can be meant while a report is open: its own words or option only."""
    about = memory.open_feedback(setting.turn.at)
    if about is None or about.awaiting is Awaiting.COMMENT:
        return False
    return setting.turn.intent != "rate" or about.awaiting is Awaiting.RATING


def _updated(draft: Draft, memory: Memory, setting: Setting, event: Mapping[str, Any]) -> Progress:
    """Tell the update; go on asking unless it asks something itself."""
    memory, says = updates.announce(event, memory, setting)
    if not event.get("resolving"):
        says = (*says, replace(question(draft, setting, again=True), alone=True))
    return Progress(draft, memory, says)
