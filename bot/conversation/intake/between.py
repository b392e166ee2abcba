"""What is said between reports: greetings, status, additions to what is filed, consent, a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.conversation.intake import digressions, follow_up, updates
from bot.conversation.intake.effects import AddToRequest, BeginReport, Effect
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.photos import refusals
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import status_effect
from bot.conversation.intake.turn import Say

_ANSWERS = {
    "greet": "utter_greet",
    "thanks": "utter_welcome",
    "goodbye": "utter_goodbye",
    "affirm": "utter_say_more",
    "deny": "utter_goodbye",
    "start_over": "utter_greet",
    "correct": "utter_nothing_to_change",
    "change": "utter_nothing_to_change",
    "file": "utter_nothing_to_change",
    "go_back": "utter_nothing_to_change",
    "skip": "utter_goodbye",
    "rate": "utter_rated",
}
# What a report may begin with, beside the intents whose rules lead to the form directly.
_BEGINNINGS = ("service", "group", "menu")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to remember, to say and to do after a turn outside a report."""

    memory: Memory
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    wants_person: bool = False


def respond(memory: Memory, setting: Setting) -> Answer:
    """Answer one turn outside a report. Pure; never raises for any turn."""
    turn = setting.turn
    offered, memory = memory.offered, replace(memory, offered=False)
    answer = _respond(memory, setting)
    if offered and turn.intent in ("affirm", "deny"):
        answer = _chosen(memory, "updates:yes" if turn.intent == "affirm" else "updates:no", setting)
    if refused := refusals(turn):
        answer = replace(answer, says=(*refused, *answer.says))
    if turn.emergency and not any(isinstance(effect, BeginReport) for effect in answer.effects):
        answer = replace(answer, says=(Say("utter_emergency", alone=True), *answer.says))
    return answer


def _respond(memory: Memory, setting: Setting) -> Answer:
    turn = setting.turn
    if turn.choice is not None:
        return _chosen(memory, turn.choice, setting)
    answered = _answered(memory, setting)
    if answered is not None:
        return Answer(*answered)
    if turn.text:  # something else was said: the small question is not asked again
        memory = replace(memory, follow_up=None)
    filed = memory.filed_lately(turn.at)
    if turn.photos and not turn.text and filed is not None:
        return Answer(memory, effects=(AddToRequest(filed.reference, turn.photos),))
    if turn.intent == "add_to_request" and turn.text and memory.filed is not None:
        return Answer(memory, effects=(AddToRequest(memory.filed.reference, turn.photos, turn.text),))
    if turn.photos or turn.pin or turn.intent in ("report", "give_place", "add_to_request", "send_photos"):
        return Answer(memory, effects=(BeginReport(),)) if _has_something(setting) else Answer(memory)
    return _plain(memory, setting)


def _answered(memory: Memory, setting: Setting) -> updates.Answered | None:
    """The turn as an answer to what was asked: of two open questions the later one is heard first."""
    turn = setting.turn
    feedback, up = memory.open_feedback(turn.at), memory.open_follow_up(turn.at)
    later = up is not None and up.asked and (feedback is None or up.at > feedback.at)
    if later and turn.intent not in ("fixed", "not_fixed", "rate"):
        return follow_up.answered(memory, setting) or updates.answered(memory, setting)
    return updates.answered(memory, setting) or follow_up.answered(memory, setting)


def _has_something(setting: Setting) -> bool:
    turn = setting.turn
    return bool(turn.photos or turn.pin or turn.text)


def _chosen(memory: Memory, choice: str, setting: Setting) -> Answer:
    kind, _, value = choice.partition(":")
    if kind == "updates":
        wants = value == "yes"
        said = Say("utter_updates_on" if wants else "utter_updates_off", custom={"wants_updates": wants})
        memory, questions = follow_up.asked(replace(memory, updates=wants), setting)
        return Answer(memory, (said, *questions))
    if kind == "detail" and (answered := follow_up.answered(memory, setting)) is not None:
        return Answer(*answered)
    if kind in ("fixed", "not_fixed"):
        return Answer(*updates.verdict_on(kind, value, memory, setting))
    if kind in _BEGINNINGS:
        return Answer(memory, effects=(BeginReport(),))
    return Answer(memory, (Say("utter_say_more"),))  # an option of a menu long past


def _plain(memory: Memory, setting: Setting) -> Answer:
    intent = setting.turn.intent
    match intent:
        case "ask_status":
            return Answer(memory, effects=(status_effect(setting.turn),))
        case "fixed" | "not_fixed":
            return Answer(*updates.said_unasked(memory, setting))
        case "ask_person":
            return Answer(memory, digressions.answer(None, setting), wants_person=True)
        case "ask_services":
            return Answer(memory, (Say("utter_services"), Say("utter_offer_list")))
        case "abuse" if memory.calmed:
            return Answer(memory, (Say("utter_say_more"),))
        case "abuse":
            return Answer(replace(memory, calmed=True), (Say("utter_calm"), Say("utter_offer_list")))
        case "out_of_scope":
            return Answer(memory, (Say("utter_out_of_scope"), Say("utter_offer_list")))
        case "rate" if setting.turn.text.strip(" .)#").isdigit():
            return Answer(memory, (Say("utter_say_more"),))  # a number that answers nothing
        case _:
            if name := _ANSWERS.get(intent):
                return Answer(memory, (Say(name),))
            filed = memory.filed_lately(setting.turn.at)
            said = digressions.answer(filed.service if filed else None, setting)
            return Answer(memory, said or (Say("utter_say_more"),))
