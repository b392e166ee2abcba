"""Answers to "where is it?": a place, words in which there is none, or something else."""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.intake import digressions, photo_place, places
from bot.conversation.intake.answer_what import maybe_corrected_service
from bot.conversation.intake.asked import asked, digressed
from bot.conversation.intake.beginning import described
from bot.conversation.intake.draft import Asking, Draft, Step
from bot.conversation.intake.questions import next_question
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import WORDLESS, Say


def answer_where(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    turn = setting.turn
    if turn.intent == "skip" and places.may_skip_place(draft, setting):
        return asked(next_question(replace(draft, placeless=True), setting), setting, says)
    if turn.intent in ("deny", "skip") and draft.asking is Asking.WHICH_PLACE:
        draft = replace(draft, places=(), misses=draft.misses + 1)
        return asked(next_question(draft, setting), setting, says)
    found = (
        places.corrected_place(draft, setting)
        if turn.intent == "correct"
        else places.read_answer(draft, setting)
    )
    if found.outcome is ResolutionOutcome.UNKNOWN:
        return _placeless_words(draft, setting, says + places.hint_says(found))
    if turn.intent in digressions.DIGRESSIONS and found.outcome is not ResolutionOutcome.RESOLVED:
        return digressed(draft, setting, says)
    draft, more = places.with_place(draft, found, turn.text)
    if draft.asking is Asking.PHOTO_PLACE:
        draft = photo_place.declined(draft)
    if turn.intent == "report":
        draft = described(draft, turn)
    elif turn.intent == "correct":
        draft = maybe_corrected_service(draft, setting)
    return asked(next_question(draft, setting), setting, says + more)


def _placeless_words(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Words at "where?" in which we found no place."""
    turn = setting.turn
    if digressions.is_beside(setting):
        return digressed(draft, setting, says)
    changed = maybe_corrected_service(draft, setting)
    if changed.service != draft.service:
        draft = described(changed, turn)
        changed_says = (*says, Say("utter_changed_what", {"what": setting.noun(draft.service)}))
        return asked(next_question(draft, setting), setting, changed_says, again=True)
    if turn.intent == "add_to_request":
        return asked(
            described(draft, turn),
            setting,
            (*says, Say("utter_noted", {"quote": quoted(turn.text)})),
            again=True,
        )
    if turn.intent in WORDLESS and turn.intent not in ("deny", "skip"):
        return asked(draft, setting, says, again=True)
    if turn.intent == "report":
        draft = described(draft, turn)
    elif turn.text and turn.intent not in ("deny", "skip"):
        draft = replace(draft, place_text=turn.text.strip()[:200])
    return asked(next_question(replace(draft, misses=draft.misses + 1), setting), setting, says)
