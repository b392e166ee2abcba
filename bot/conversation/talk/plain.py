"""The answer to what tells of no report and of no request by name: thanks, a wish, a question, chatter."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake import digressions
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.naming import replied_to
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import tells_something
from bot.conversation.intake.turn import Say
from bot.conversation.questions import verdict
from bot.conversation.talk.progress import Progress, progress_of
from bot.conversation.talk.standing import status_told, talked_about
from bot.conversation.talk.wishes import for_staff, is_of_another_time
from bot.text.fold import fold
from bot.text.numbers import bare_figure

_ANSWERS = {
    "greet": "utter_greet",
    "thanks": "utter_welcome",
    "goodbye": "utter_goodbye",
    "affirm": "utter_say_more",
    "deny": "utter_goodbye",
    "start_over": "utter_greet",
    "cancel": "utter_nothing_to_cancel",
    "correct": "utter_nothing_to_change",
    "change": "utter_nothing_to_change",
    "file": "utter_nothing_to_change",
    "go_back": "utter_nothing_to_change",
    "skip": "utter_detail_skipped",
    "rate": "utter_rated",
}
# Something for the crew beside the thanks: "thank you dear. and the water pools there as well, please tell them".
_TELL_THEM = re.compile(
    r"\b(?:tell (?:them|him|her|the \w+)|let (?:them|him|her|the \w+) know|(?:please|pls) (?:add|note|tell)|"
    r"(?:diga|digan|dile|digale|digales|diganles?|avise|avisele|aviseles|avisenles|agregue|anote)\b(?: \w+)*)\b"
)
# That it is staff who are to be asked: "ok but where is the dog? please ask them".
_ASK_THEM = re.compile(
    r"\b(?:(?:please|pls|can you|could you|just) ask (?:them|him|her|the \w+|your \w+|someone)|ask (?:them|the crew|the officer|the driver)|"
    r"pregunt(?:e|a|ele|eles|ale|ales|en)(?:les?)? (?:por favor|porfa|a (?:ellos|la cuadrilla|los trabajadores)|usted|si)|puede preguntar(?:les?)?)\b"
)
_NOT_FOR_THEM = frozenset({"ask_person", "cancel", "stop_texts", "start_texts"})


def tells_them(text: str) -> bool:
    """Whether words ask that something be told to who works on it. Reads any text, never raises."""
    return _TELL_THEM.search(fold(text)) is not None


def answered_plainly(memory: Memory, setting: Setting) -> Progress:
    """What is answered where no report begins; something always is."""
    return (
        _passed_on(memory, setting)
        or _of_their_work(memory, setting)
        or _of_chatter(memory, setting)
        or _by_intent(memory, setting)
    )


def _passed_on(memory: Memory, setting: Setting) -> Progress | None:
    """What goes to staff with the request that is talked of."""
    turn, filed = setting.turn, memory.filed_lately(setting.turn.at)
    if (wish := for_staff(memory, setting)) is not None:
        return Progress(None, memory, effects=(wish,), wants_person=True)
    if filed is None:
        return None
    words = fold(turn.text)
    more = AddToRequest(filed.reference, turn.photos, turn.text)
    if turn.intent in ("thanks", "goodbye", "affirm") and tells_them(turn.text):
        return Progress(None, memory, effects=(more,))
    asks_them = turn.intent not in _NOT_FOR_THEM and _ASK_THEM.search(words) is not None
    if asks_them or _only_staff_know(filed, setting):
        question = AddToRequest(filed.reference, words=turn.text, asks=True)
        return Progress(None, memory, effects=(question,), wants_person=True)
    if turn.intent == "deny" and filed.waits:  # "Not right? Tell us here."
        if tells_something(turn.text):
            return Progress(None, memory, effects=(more,))
        return Progress(None, memory, (Say("utter_what_is_right"),))
    return None


def _only_staff_know(filed: Filed, setting: Setting) -> bool:
    """Whether a question has no answer here. With a request of theirs nobody is left with "I can't answer that"."""
    return setting.turn.intent in digressions.QUESTIONS and not digressions.can_answer(
        setting.turn, setting, filed.service
    )


def _of_their_work(memory: Memory, setting: Setting) -> Progress | None:
    """How a request of theirs stands, or whether its work is done."""
    turn, filed = setting.turn, memory.filed_lately(setting.turn.at)
    if turn.intent == "ask_status":
        return status_told(memory, setting)
    if turn.intent not in ("fixed", "not_fixed"):
        return None
    if filed is not None and is_of_another_time(turn.text):
        return Progress(None, memory, effects=(AddToRequest(filed.reference, turn.photos, turn.text),))
    below = replied_to(setting)
    if below is not None and below.status in ACTIVE:
        # Said of work that has not ended: something for the crew, or a button from before it was opened again.
        tells = turn.text or turn.photos
        more = AddToRequest(below.reference, turn.photos, turn.text) if tells else TellStatus(below.reference)
        return Progress(None, memory, effects=(more,))
    return progress_of(verdict.said_unasked(memory, setting))


def _of_chatter(memory: Memory, setting: Setting) -> Progress | None:
    """What is said to words that tell nothing of the city, and to curses: once with the list of what we do, then less."""
    turn = setting.turn
    if turn.intent == "abuse":
        if memory.calmed:
            return Progress(None, memory, (Say("utter_say_more"),))
        calm = Say("utter_calm"), Say("utter_offer_list")
        return Progress(None, replace(memory, calmed=True), calm)
    if turn.intent != "out_of_scope":
        return None
    if (about := talked_about(memory.filed_lately(turn.at), setting)) is not None:
        return Progress(None, memory, (Say("utter_not_followed_filed", {"reference": about}),))
    if memory.goes_on(turn.at):
        return Progress(None, memory, (Say("utter_not_followed_talking"),))
    return Progress(None, memory, (Say("utter_out_of_scope"), Say("utter_offer_list")))


def _by_intent(memory: Memory, setting: Setting) -> Progress:
    turn = setting.turn
    service = memory.filed.service if memory.filed else None
    match turn.intent:
        case "change_language" if (theirs := in_their_language(memory, setting)) is not None:
            return theirs
        case "again":
            return _said_again(memory, setting)
        case "affirm" if memory.filed is not None:
            return Progress(None, memory, (Say("utter_welcome"),))  # "ok good": nothing was asked
        case "ask_person":
            return Progress(None, memory, digressions.answer(service, setting), wants_person=True)
        case "ask_services":
            return Progress(None, memory, (Say("utter_services"), Say("utter_offer_list")))
        case "rate" if bare_figure(turn.text) is not None:
            return Progress(None, memory, (Say("utter_say_more"),))  # a number that answers nothing
        case _:
            if name := _ANSWERS.get(turn.intent):
                return Progress(None, memory, (Say(name),))
            return Progress(None, memory, digressions.answer(service, setting) or (Say("utter_say_more"),))


def in_their_language(memory: Memory, setting: Setting) -> Progress | None:
    """The wish for the resident's language, with staff: what they write comes as they wrote it."""
    newest = next(iter(setting.own), None)
    if newest is None or newest.status == "open":
        return None
    wish = AddToRequest(
        newest.reference,
        setting.turn.photos,
        setting.turn.text,
        asks=True,
        said_as="utter_asked_for_language",
    )
    return Progress(None, memory, effects=(wish,), wants_person=True)


def _said_again(memory: Memory, setting: Setting) -> Progress:
    """The open question once more, for who did not understand it; what we are here for where none is open."""
    asked = next((one for one in memory.open_questions(setting.turn.at) if one.is_asked), None)
    return Progress(None, memory, (asked.ask(setting) if asked else Say("utter_say_more"),))
