"""One step of a report: what a turn does to the draft, and what we say.

A pure function of the draft and its setting (the turn, the catalogue, the places); the action server calls it
once a turn. The order of its questions: is a choice answered, is a pin sent, what do the words mean.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import choices, digressions
from bot.conversation.intake.answer_detail import answer_detail, answer_photo_place, answer_similar
from bot.conversation.intake.answer_summary import answer_summary
from bot.conversation.intake.answer_what import answer_what
from bot.conversation.intake.answer_where import answer_where
from bot.conversation.intake.asked import asked, digressed
from bot.conversation.intake.beginning import absorb, begin, begin_later, described, with_pin
from bot.conversation.intake.draft import RESUME_AFTER, Asking, Draft, End, Step
from bot.conversation.intake.editing import mend
from bot.conversation.intake.photo_place import with_spot
from bot.conversation.intake.photos import refusals, with_photos
from bot.conversation.intake.questions import next_question
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.numbers import bare_figure

_ANSWERS = {
    **dict.fromkeys((Asking.WHERE, Asking.CROSS_STREET, Asking.WHICH_PLACE), answer_where),
    **dict.fromkeys((Asking.WHAT, Asking.WHICH_SERVICE, Asking.GROUP, Asking.SERVICE), answer_what),
    **dict.fromkeys((Asking.CONFIRM, Asking.CHANGE, Asking.RESUME), answer_summary),
    Asking.PHOTO_PLACE: answer_photo_place,
    Asking.SIMILAR: answer_similar,
    Asking.DETAIL: answer_detail,
}
# Where a bare number may be the answer, not a wrong option.
_NUMBERS_ANSWER = (Asking.CROSS_STREET, Asking.DETAIL)
# Options of these questions are answers of their own kind; any other option leads elsewhere in the draft.
_OWN_CHOICES = {Asking.PHOTO_PLACE: "spot:", Asking.SIMILAR: "similar:", Asking.DETAIL: "detail:"}
# What may begin something new after a pause: then we ask whether the draft goes on.
_NEW_AFTER_PAUSE = ("report", "greet", "ask_services")


def advance(draft: Draft | None, setting: Setting) -> Step:
    """Take one turn of a report. `draft` is None, or older than 48 hours, when it begins one."""
    turn = setting.turn
    if draft is not None and draft.expired(turn.at):
        draft = None
    step = begin(setting) if draft is None else _go_on(draft, setting)
    if step.draft is not None:
        step = replace(step, draft=replace(step.draft, touched=turn.at))
    return step


def _go_on(draft: Draft, setting: Setting) -> Step:
    turn = setting.turn
    if turn.edited:
        return mend(draft, setting)
    if turn.intent == "cancel":
        return _dropped(draft, setting, (*refusals(turn), Say("utter_dropped")))
    if draft.asking is Asking.RESUME:
        return _resumed(draft, setting)
    paused = turn.at - draft.touched > RESUME_AFTER
    if paused and turn.intent in _NEW_AFTER_PAUSE and (draft.service or draft.location or draft.photos):
        return asked(replace(draft, asking=Asking.RESUME, held=turn.kept()), setting)
    draft, says = with_photos(draft, turn)
    draft = with_spot(draft, setting)
    if turn.choice is not None:
        if draft.asking in _OWN_CHOICES and turn.choice.startswith(_OWN_CHOICES[draft.asking]):
            return _ANSWERS[draft.asking](draft, setting, says)
        if draft.asking is Asking.CHANGE and turn.choice == f"change:{choices.DROP}":
            return _dropped(draft, setting, (*says, Say("utter_dropped")))
        chosen = choices.choose(draft, turn.choice, setting)
        if chosen is None:  # an option of a menu long past
            return asked(draft, setting, says, again=True)
        return asked(next_question(chosen, setting), setting, says)
    if turn.pin is not None:
        draft, more = with_pin(draft, setting)
        says += more
        if draft.service is None and turn.text:  # words and a pin in one burst: the words say what it is
            return _words(next_question(draft, setting), _without_pin(setting), says)
        if turn.intent in ("report", "add_to_request"):
            draft = described(draft, turn)
        return asked(next_question(draft, setting), setting, says)
    if turn.photos and not turn.text:
        return _only_photos(draft, setting, says)
    return _words(draft, setting, says)


def _without_pin(setting: Setting) -> Setting:
    return replace(setting, turn=replace(setting.turn, pin=None))


def _dropped(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """The report is given up; on to the next problem of its message, if there was one."""
    later = begin_later(draft, setting)
    return Step(later.draft, (*says, *later.says)) if later else Step(draft, says, End.DROPPED)


def _only_photos(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    if draft.asking is Asking.CONFIRM:
        return asked(draft, setting, says)  # the summary counts them
    if draft.asking is Asking.WHERE and draft.spot is not None:
        return asked(next_question(draft, setting), setting, (*says, Say("utter_got_photos")))
    return asked(draft, setting, (*says, Say("utter_got_photos")), again=True)


def _words(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """What a message in words (or an option that stands for an intent) does."""
    intent = setting.turn.intent
    if intent == "start_over":
        fresh = Draft(id=setting.turn.message_id, touched=setting.turn.at)
        return asked(fresh, setting, (*says, Say("utter_started_over")))
    if intent in digressions.COMMANDS:
        return digressed(draft, setting, says)
    if intent == "go_back":
        return asked(choices.back(draft, setting), setting, says)
    if intent == "goodbye":
        return Step(draft, (*says, *digressions.answer(draft.service, setting)))
    if draft.asking not in _NUMBERS_ANSWER and _is_number(setting.turn.text):
        return asked(draft, setting, says, again=True)  # an option that was not on offer
    return _ANSWERS[draft.asking](draft, setting, says)


def _is_number(text: str) -> bool:
    return bare_figure(text) is not None


def _resumed(draft: Draft, setting: Setting) -> Step:
    """The answer to "go on with your draft?"."""
    turn, held = setting.turn, draft.held
    # Compared anew: hours later other requests may be open, and an offer that was not answered comes again.
    draft = replace(draft, held=None, asking=Asking.CONFIRM, compared="", similar=None)
    fresh = turn.intent == "deny" or turn.choice == "resume:new" or turn.intent == "start_over"
    if fresh:
        begun = (
            turn
            if held is None or held.intent not in ("report", "give_place")
            else replace(held, at=turn.at, language=turn.language)
        )
        if begun is turn:
            empty = Draft(id=turn.message_id, touched=turn.at)
            return asked(empty, setting)
        return begin(replace(setting, turn=begun))
    if held is not None and held.intent == "report":
        draft = _with_held(draft, replace(setting, turn=replace(held, at=turn.at, language=turn.language)))
    draft = next_question(draft, setting)
    if turn.intent in ("affirm", "file", "choose") or turn.choice == "resume:yes":
        return asked(draft, setting)
    return _go_on(replace(draft, touched=turn.at), setting)


def _with_held(draft: Draft, setting: Setting) -> Draft:
    """The draft with what was written after the pause: its words, photos and pin; a place only where none was known."""
    draft = with_spot(with_photos(draft, setting.turn)[0], setting)
    after, _ = absorb(draft, setting)
    if setting.turn.pin is not None:
        after, _ = with_pin(after, setting)
    after = replace(after, service=draft.service or after.service, guesses=(), group=None)
    if draft.location is not None:
        after = replace(after, location=draft.location, place_text=draft.place_text, places=(), street=None)
    return after
