"""What is said between reports: greetings, status, additions to what is filed, consent, a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.conversation.intake import danger, digressions, follow_up, lone_photo, updates
from bot.conversation.intake.effects import AddToRequest, BeginReport, Effect
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.photos import refusals
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import status_effect
from bot.conversation.intake.turn import Say, Turn
from bot.text.numbers import bare_figure

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
    "cancel": "utter_nothing_to_cancel",
    "go_back": "utter_nothing_to_change",
    "skip": "utter_goodbye",
    "rate": "utter_rated",
}
# What would change a report that staff have already: told to them, in the resident's words.
_FOR_STAFF = ("correct", "change", "cancel")
# Intents of words that tell of a problem.
_TELLS = ("report", "give_place", "add_to_request", "correct")
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
    answers = memory.open_feedback(turn.at) is not None and danger.answers_besides(turn)
    if turn.taken_over or (danger.is_all(turn) and not answers):
        return Answer(memory, danger.prelude(turn))
    if turn.edited:
        return _edited(memory, setting)
    # A photo that comes late says nothing about the offer: it stands.
    offered, memory = memory.offered, replace(memory, offered=memory.offered and _is_wordless(turn))
    answer = _with_lone_photos(memory, setting)
    if memory.offered and not any(isinstance(effect, BeginReport) for effect in answer.effects):
        answer = replace(answer, says=(*answer.says, Say("utter_offer_updates")))
    if offered and turn.intent in ("affirm", "deny"):
        answer = _chosen(memory, "updates:yes" if turn.intent == "affirm" else "updates:no", setting)
    if refused := refusals(turn):
        answer = replace(answer, says=(*refused, *answer.says))
    if any(isinstance(effect, BeginReport) for effect in answer.effects):
        return answer  # the form answers danger
    return replace(answer, says=danger.first(answer.says, turn))


def _is_wordless(turn: Turn) -> bool:
    """Whether the turn brings files and nothing else."""
    return turn.intent == "send_photos" and not turn.text and turn.choice is None


def _with_lone_photos(memory: Memory, setting: Setting) -> Answer:
    """The answer, where photos without a word wait to be told what they are about."""
    lone = memory.lone
    about = lone_photo.answer_of(memory, setting)
    if about == "old":
        return Answer(*lone_photo.belongs_to_the_old(memory, setting))
    memory, setting = lone_photo.taken_along(memory, setting)
    answer = Answer(memory, effects=(BeginReport(),)) if about == "new" else _respond(memory, setting)
    if any(isinstance(effect, BeginReport) for effect in answer.effects):
        # The form takes them along: it reads the same turn, and this memory.
        answer = replace(answer, memory=replace(answer.memory, lone=lone))
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
    if filed is None and (asked := lone_photo.asked_about(memory, setting)) is not None:
        return Answer(*asked)
    if turn.photos and not turn.text and filed is not None:
        return Answer(memory, effects=(AddToRequest(filed.reference, turn.photos),))
    if turn.intent == "add_to_request" and turn.text and memory.filed is not None:
        return Answer(memory, effects=(AddToRequest(memory.filed.reference, turn.photos, turn.text),))
    if turn.photos or turn.pin or turn.intent in ("report", "give_place", "add_to_request", "send_photos"):
        return Answer(memory, effects=(BeginReport(),)) if _has_something(setting) else Answer(memory)
    return _plain(memory, setting)


def _edited(memory: Memory, setting: Setting) -> Answer:
    """An earlier message put right: added to the request it told of, or a report of its own; it answers nothing."""
    turn = setting.turn
    filed = memory.filed_lately(turn.at)
    warned = danger.prelude(turn)
    if turn.intent not in _TELLS or not turn.text:
        return Answer(memory, warned)
    if filed is not None:
        return Answer(memory, warned, (AddToRequest(filed.reference, turn.photos, turn.text),))
    if memory.answer_is_open:
        return Answer(memory, warned)
    return Answer(memory, warned, (BeginReport(),))


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
    if kind == "not_mine":
        return Answer(*updates.disowned(value, memory))
    if kind in ("fixed", "not_fixed"):
        return Answer(*updates.verdict_on(kind, value, memory, setting))
    if kind in _BEGINNINGS:
        return Answer(memory, effects=(BeginReport(),))
    return Answer(memory, (Say("utter_say_more"),))  # an option of a menu long past


def _plain(memory: Memory, setting: Setting) -> Answer:
    intent = setting.turn.intent
    filed = memory.filed_lately(setting.turn.at)
    if intent in _FOR_STAFF and setting.turn.text and filed is not None:
        told = AddToRequest(filed.reference, setting.turn.photos, setting.turn.text, for_staff=True)
        return Answer(memory, effects=(told,), wants_person=True)
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
        case "out_of_scope" if filed is not None:
            return Answer(memory, (Say("utter_not_followed_filed", {"reference": filed.reference}),))
        case "out_of_scope":
            return Answer(memory, (Say("utter_out_of_scope"), Say("utter_offer_list")))
        case "rate" if bare_figure(setting.turn.text) is not None:
            return Answer(memory, (Say("utter_say_more"),))  # a number that answers nothing
        case _:
            if name := _ANSWERS.get(intent):
                return Answer(memory, (Say(name),))
            said = digressions.answer(filed.service if filed else None, setting)
            return Answer(memory, said or (Say("utter_say_more"),))
