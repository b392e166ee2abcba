"""Answers to "what is it?", and a change of what it is."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import digressions, services
from bot.conversation.intake.asked import asked, digressed
from bot.conversation.intake.beginning import absorb, begin
from bot.conversation.intake.draft import Asking, Draft, Step
from bot.conversation.intake.questions import next_question
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import WORDLESS, Say


def answer_what(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    turn = setting.turn
    if turn.intent in ("deny", "skip"):
        return asked(replace(draft, asking=Asking.GROUP, guesses=(), group=None), setting, says)
    if turn.intent == "ask_services":
        return asked(replace(draft, asking=Asking.GROUP, guesses=(), group=None), setting, says)
    if turn.intent in digressions.DIGRESSIONS:  # chatter has its likeliest service too: it is no report
        return digressed(draft, setting, says)
    if turn.intent in WORDLESS:
        return asked(draft, setting, says, again=True)
    if draft.asking is Asking.WHAT and not draft.description:
        return begin(setting, draft)
    draft, more = absorb(draft, setting)
    if turn.intent == "give_place" and draft.location is not None and draft.service is None:
        more += (Say("utter_got_place", {"where": draft.location.name}),)
    if draft.service is not None:
        draft = replace(draft, group=None, guesses=())
    return asked(next_question(draft, setting), setting, says + more)


def maybe_corrected_service(draft: Draft, setting: Setting) -> Draft:
    """Another service, when the resident says so plainly."""
    turn = setting.turn
    code = services.sure_service(turn, setting)
    if code is None or code == services.CATCH_ALL or code == draft.service:
        return draft
    # "line 7" about a thing lost on a bus reads like a report of the bus: only its own name makes it one.
    named = turn.intent == "report" and services.names_service(turn.text, code, setting)
    named = named and not services.names_service(turn.text, draft.service or "", setting)
    return replace(draft, service=code) if named or turn.intent == "correct" else draft
