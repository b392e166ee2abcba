"""Wishes of our texts themselves that stand on no list: the engine has learnt to hear them (bot/engine/nlu/wishes.py).

The gateway obeys them (`bot.conversation.wished`) as it does those that it hears itself; the dialogue says nothing, and what was open
stays open.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.hearing import scene_of
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Mute
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.texts_wanted import wish_in
from bot.conversation.intake.turn import Turn, Wished
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.wishes import to_mute
from bot.text.stop_wishes import complains_of_silence

# A no to our texts is the answer there, and says no more than it was asked.
_ASKS_OF_TEXTS = "updates_wanted"


def wished(draft: Draft | None, memory: Memory, setting: Setting) -> Progress | None:
    """What such a wish comes to; None of any other turn, and where it answers our own question."""
    turn = setting.turn
    if not counts(turn) or turn.wish is Wished.NOT_MINE:
        return None
    scene = scene_of(draft, memory, setting)
    if turn.wish is Wished.ERASE:
        # "Borra todo" in the middle of a report is said of the report.
        return None if draft is not None and turn.intent == "start_over" else _obeyed(draft, memory, turn)
    if scene is not None and (scene.question == _ASKS_OF_TEXTS or _says_it_again(memory, turn)):
        return None
    of_one = to_mute(replace(setting, turn=replace(turn, intent="stop_texts")))
    if of_one is not None:  # "sick of hearing about that tree": they part with that one
        says = (asked_again(draft, setting),) if draft is not None else ()
        return Progress(draft, memory, says, (Mute(of_one.reference),))
    return _obeyed(draft, memory, turn)


def _says_it_again(memory: Memory, turn: Turn) -> bool:
    """Whether who has just said no to our texts says so once more: "i said NO thanks to the texts"."""
    return memory.updates is False and wish_in(turn.text) is False


def counts(turn: Turn) -> bool:
    """Whether its wish counts: danger comes first, and words beside a file, a pin or an option wish nothing."""
    if turn.wish is Wished.STOP and complains_of_silence(turn.text):
        return False  # "no me mandaron ningún aviso": they wait for our texts
    beside = turn.photos or turn.pin is not None or turn.choice is not None or turn.edited
    return turn.wish is not None and not beside and not (turn.danger | turn.danger_alone)


def _obeyed(draft: Draft | None, memory: Memory, turn: Turn) -> Progress:
    return Progress(draft, memory, wished=turn.wish)
