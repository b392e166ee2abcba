"""Answers to the summary: send it, change something, a correction in words, or another problem."""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.intake import digressions, places, services
from bot.conversation.intake.answer_what import maybe_corrected_service
from bot.conversation.intake.asked import asked, digressed
from bot.conversation.intake.beginning import described
from bot.conversation.intake.draft import Asking, Draft, End, Step
from bot.conversation.intake.questions import next_question
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import WORDLESS, Say

# Asked just before the summary: words that are no answer to them leave them open.
_SMALL_QUESTIONS = (Asking.SIMILAR, Asking.DETAIL)
MOST_LATER = 2  # problems kept for after the first


def answer_summary(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """An answer to the summary: send it, change something, or a correction in words."""
    turn = setting.turn
    if turn.intent in ("file", "affirm"):
        ready = next_question(draft, setting)
        if ready.asking is not Asking.CONFIRM or (draft.asking is Asking.CHANGE and turn.intent == "affirm"):
            return asked(ready, setting, says)
        return Step(draft, says, End.CONFIRMED)
    if turn.intent == "change":
        return asked(replace(draft, asking=Asking.CHANGE), setting, says)
    if turn.intent == "skip":
        return asked(next_question(draft, setting), setting, says)
    if len(draft.later) < MOST_LATER and services.is_another(draft, setting):
        return _second_later(draft, setting, says)
    corrected, more = _corrected(draft, setting)
    if corrected != draft or more:
        return asked(next_question(corrected, setting), setting, says + more)
    if turn.intent == "deny":
        return asked(replace(draft, asking=Asking.CHANGE), setting, says)
    if turn.intent in digressions.DIGRESSIONS:
        return digressed(draft, setting, says)
    if turn.intent in WORDLESS or not turn.text:
        return asked(_back_to(draft, setting), setting, says, again=True)
    noted = _back_to(described(draft, turn), setting)
    return asked(noted, setting, (*says, Say("utter_noted", {"quote": quoted(turn.text)})), again=True)


def _back_to(draft: Draft, setting: Setting) -> Draft:
    """The draft with the question it was at; from "what should I change?" back to the summary."""
    return draft if draft.asking in _SMALL_QUESTIONS else next_question(draft, setting)


def _second_later(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Another problem, told while the first is read back: kept for after it."""
    noun = setting.noun(services.sure_service(setting.turn, setting))
    draft = _back_to(replace(draft, later=(*draft.later, setting.turn.kept())), setting)
    return asked(draft, setting, (*says, Say("utter_second_later", {"second": noun})), again=True)


def _corrected(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """The draft with what the words put right: another place, another service, or both."""
    turn = setting.turn
    if not turn.text or turn.intent in digressions.DIGRESSIONS:
        return draft, ()
    changed = maybe_corrected_service(draft, setting)
    found = places.corrected_place(draft, setting)
    if found.outcome is ResolutionOutcome.UNKNOWN or _vague_mention(found.outcome, turn.intent):
        if changed.service != draft.service:
            changed = described(changed, turn)
        return changed, ()
    placed, says = places.with_place(changed, found, turn.text)
    return placed, says


def corrects(draft: Draft, setting: Setting) -> bool:
    """Whether the words say what to change, and not only no."""
    corrected, says = _corrected(draft, setting)
    return corrected != draft or bool(says)


def _vague_mention(outcome: ResolutionOutcome, intent: str) -> bool:
    """A street named in passing ("it's getting bigger towards Main") is no new place."""
    return outcome is not ResolutionOutcome.RESOLVED and intent not in ("correct", "give_place", "deny")
