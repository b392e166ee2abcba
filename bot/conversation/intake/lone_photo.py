"""A photo without a word, long after "is it fixed?": asked about, and kept for whatever is said next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.conversation.intake.effects import AddToRequest, Effect
from bot.conversation.intake.memory import Awaiting, LonePhotos, Memory, OpenFeedback
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say

# A photo alone answers "is it fixed?" for so long. Days later it is as likely about something new.
ANSWERS_FOR = timedelta(hours=2)

CHOICE = "photo"  # photo:old, photo:new

# What is said without telling what the photo is about: it goes on waiting.
_BESIDE = frozenset(
    {"ask_status", "ask_person", "ask_services", "greet", "thanks", "goodbye", "abuse", "out_of_scope"}
)

Told = tuple[Memory, tuple[Say, ...], tuple[Effect, ...]]


def is_stale(about: OpenFeedback, setting: Setting) -> bool:
    """Whether the question is so old that a photo, or a report, need not be its answer."""
    return setting.turn.at - about.at > ANSWERS_FOR


def asked_about(memory: Memory, setting: Setting) -> tuple[Memory, tuple[Say, ...]] | None:
    """Ask what a photo without words is about, where a question of long ago is open; None where none is."""
    turn, about = setting.turn, memory.open_feedback(setting.turn.at)
    if (
        about is None
        or not is_stale(about, setting)
        or not turn.photos
        or turn.text
        or turn.choice
        or turn.pin
    ):
        return None
    lone = LonePhotos(turn.photos, about.reference, turn.at)
    return replace(memory, lone=lone), (Say("utter_photo_about", {"reference": about.reference}),)


def taken_along(memory: Memory, setting: Setting) -> tuple[Memory, Setting]:
    """The turn with the photos that were asked about before it: they belong to what is said next."""
    lone = memory.open_lone_photos(setting.turn.at)
    if lone is None:
        return replace(memory, lone=None), setting
    turn = setting.turn
    if turn.intent in _BESIDE:
        return memory, setting
    photos = tuple(dict.fromkeys((*lone.photos, *turn.photos)))
    return replace(memory, lone=None), replace(setting, turn=replace(turn, photos=photos))


def answer_of(memory: Memory, setting: Setting) -> str | None:
    """ "old" or "new", where the turn answers what the photos are about; None where it says something else."""
    turn = setting.turn
    kind, _, value = (turn.choice or "").partition(":")
    if kind == CHOICE:
        return value
    if memory.open_lone_photos(turn.at) is None:
        return None
    return {"affirm": "old", "deny": "new"}.get(turn.intent)


def belongs_to_the_old(memory: Memory, setting: Setting) -> Told:
    """The photos are about the finished request: added, and whether it is fixed is asked again."""
    lone, about = memory.open_lone_photos(setting.turn.at), memory.open_feedback(setting.turn.at)
    if lone is None:
        return memory, (Say("utter_say_more"),), ()
    memory = replace(memory, lone=None)
    added = AddToRequest(lone.reference, lone.photos)
    if about is None or about.reference != lone.reference:
        return memory, (), (added,)
    asked = replace(about, awaiting=Awaiting.VERDICT, at=setting.turn.at)
    return replace(memory, feedback=asked), (Say("utter_ask_fixed"),), (added,)
