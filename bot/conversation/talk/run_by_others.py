"""What residents report and others run, "my power is out": whose it is is told at once, as if they had asked."""

from __future__ import annotations

from dataclasses import replace

from bot.city.current import city
from bot.conversation.hearing import scene_of
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.reading import phrases_in
from bot.conversation.intake.services import CATCH_ALL
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Turn
from bot.text.fold import fold_in_place

# What such words are heard as; anything else asks, answers or wishes something.
_TELLS = frozenset({"report", "out_of_scope", "another", "complain_service"})
NONE_OF_OURS = 0.8  # least confidence that it is of no service
SURELY_ASKED = 0.5  # of another question, which is answered as it is
MOST_WORDS = 30  # who tells more tells of something besides


def as_whose_it_is(draft: Draft | None, memory: Memory, setting: Setting) -> Setting:
    """The setting with such a report heard as the question whose answer says who runs it; as it is in a report, or where we asked."""
    turn = setting.turn
    if draft is not None or not _tells_of_no_service(turn) or scene_of(draft, memory, setting) is not None:
        return setting
    folded = fold_in_place(turn.text)
    for one in city().run_by_others:
        if one.answer in setting.questions and phrases_in(one.words, folded):
            asked = replace(turn, intent="ask_city", questions=(Guess(one.answer, 1.0), *turn.questions))
            return replace(setting, turn=asked)
    return setting


def _tells_of_no_service(turn: Turn) -> bool:
    if turn.choice is not None or turn.edited or turn.photos or turn.pin is not None or not turn.text:
        return False
    best = max(turn.guesses, key=lambda guess: guess.confidence, default=None)
    of_none = best is not None and best.code == CATCH_ALL and best.confidence >= NONE_OF_OURS
    asks = turn.intent == "ask_city" and all(one.confidence < SURELY_ASKED for one in turn.questions)
    return of_none and (turn.intent in _TELLS or asks) and len(turn.text.split()) <= MOST_WORDS
