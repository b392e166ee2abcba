"""A report that begins between reports: in words that say so, or in whatever words tell what is wrong and where."""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.intake import digressions
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.services import CATCH_ALL, names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import own_key
from bot.conversation.intake.turn import Turn
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.report import advance
from bot.conversation.talk.standing import MUCH_TOLD

# Intents that begin a report.
BEGINS = ("report", "another", "give_place", "add_to_request", "send_photos")
# What a report in much chatter is mistaken for.
_CHATTER = frozenset({"out_of_scope", "greet", "thanks", "goodbye", "ask_about_bot", "ask_services", "abuse"})
# What words that would change a report are heard as, and what they may begin where none is there.
_CHANGES = frozenset({"correct", "change", "file", "go_back"})
A_STORY = 12  # words


def begun(memory: Memory, setting: Setting) -> Progress | None:
    """The report that the turn begins; None where it tells of nothing."""
    turn = setting.turn
    if turn.intent in _CHANGES and not setting.own and _tells_what_or_where(setting):
        # "But can't I report it here? It's on Wilshire near 12th": nothing is there to be changed yet.
        return reported(memory, as_report(setting))
    if turn.intent in _CHATTER and _tells_what_and_where(setting):
        return reported(memory, as_report(setting))
    if (story := _story_in(memory, setting)) is not None:
        return reported(memory, replace(setting, turn=story))
    if turn.photos or turn.pin or turn.intent in BEGINS:
        return reported(memory, setting) if turn.photos or turn.pin or turn.text else Progress(None, memory)
    return None


def as_report(setting: Setting) -> Setting:
    """The turn heard as a report, whatever it was taken for."""
    return replace(setting, turn=replace(setting.turn, intent="report"))


def reported(memory: Memory, setting: Setting, *, anew: bool = False) -> Progress:
    """A report that begins with the turn. `anew`: one of its own was asked for, so nobody asks whether it is one of theirs."""
    step = advance(None, setting)
    if anew and step.draft is not None:
        known = " ".join(own_key(one.reference) for one in setting.own)
        step = replace(step, draft=replace(step.draft, compared=known))
    service = step.draft.service if step.draft else None
    # "... is that even legal here??", where it is not answered besides.
    allowed = digressions.of_the_matter(service, setting) if setting.turn.aside is None else ()
    answer = tuple(replace(say, alone=True) for say in allowed)
    return Progress(step.draft, memory, (*answer, *step.says), end=step.end)


def _tells_what_or_where(setting: Setting) -> bool:
    """Whether words of some length name a matter or a place."""
    words = setting.turn.text
    if len(words.split()) < MUCH_TOLD:
        return False
    placed = setting.places.locate(words, setting.language).outcome is ResolutionOutcome.RESOLVED
    return placed or sure_service(setting.turn, setting) not in (None, CATCH_ALL)


def _tells_what_and_where(setting: Setting) -> bool:
    """Whether words name a matter and a place, whatever chatter stands around them: "pothole at Pico and 17th. my name is Rosa, ..."."""
    code = sure_service(setting.turn, setting)
    if code is None or not names_service(setting.turn.text, code, setting):
        return False
    found = setting.places.locate(setting.turn.text, setting.language)
    return found.outcome is ResolutionOutcome.RESOLVED


def _story_in(memory: Memory, setting: Setting) -> Turn | None:
    """The first words of somebody who tells at length what is wrong and ends with a question that has no answer here ("what can the
    city do?"), as a report; None where nothing is told, or it can be answered."""
    turn = setting.turn
    if turn.intent not in (*_CHATTER, *digressions.QUESTIONS) or setting.own or memory.filed is not None:
        return None
    told = turn.side.rest if turn.side is not None else turn
    answered = turn.intent in digressions.QUESTIONS and digressions.can_answer(turn, setting)
    if len(told.text.split()) < A_STORY or answered:
        return None
    asks_alone = turn.side is None and turn.intent in digressions.QUESTIONS
    code = sure_service(told, setting)
    placed = setting.places.locate(told.text, setting.language).outcome is not ResolutionOutcome.UNKNOWN
    if asks_alone or not (placed or code not in (None, CATCH_ALL)):
        return None
    return replace(turn, intent="report", guesses=told.guesses, vague=told.vague)
