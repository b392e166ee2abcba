"""What is this photo about? One without a word, long after "is it fixed?": kept for whatever is said next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.finished import FINISHED, is_stale
from bot.conversation.intake.memory import ADDITIONS_FOR, Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.verdict import Verdict

PHOTO = "photo"
CHOICE = "photo"  # photo:old, photo:new

# What is said without telling what the photo is about: it goes on waiting.
_BESIDE = frozenset(
    {"ask_status", "ask_person", "ask_services", "greet", "thanks", "goodbye", "abuse", "out_of_scope"}
)


@dataclass(frozen=True, slots=True)
class PhotoAbout(FiledQuestion):
    photos: tuple[int, ...]

    name: ClassVar[str] = "photo_about"
    topic: ClassVar[str] = PHOTO
    lasts: ClassVar[timedelta] = ADDITIONS_FOR

    def ask(self, setting: Setting) -> Say:
        return Say("utter_photo_about", {"reference": self.reference})

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        return None  # "the old one" and "something new" lead apart: see `heard`


def asked_about(memory: Memory, setting: Setting) -> Told | None:
    """Ask what a photo without words is about, where a question of long ago is open; None where none is."""
    turn = setting.turn
    about = next((one for one in memory.open_questions(turn.at) if one.topic == FINISHED), None)
    if about is None or not is_stale(about.at, setting) or not turn.photos:
        return None
    if turn.text or turn.choice or turn.pin:
        return None
    asked = PhotoAbout(about.reference, about.service, turn.at, turn.photos)
    return Told(memory.with_question(asked), (Say("utter_photo_about", {"reference": about.reference}),))


def taken_along(memory: Memory, setting: Setting) -> tuple[Memory, Setting]:
    """The turn with the photos that were asked about before it: they belong to what is said next."""
    turn = setting.turn
    lone = memory.asking(PhotoAbout, turn.at)
    if lone is None:
        return memory.without(PHOTO), setting
    if turn.intent in _BESIDE:
        return memory, setting
    photos = tuple(dict.fromkeys((*lone.photos, *turn.photos)))
    return memory.without(PHOTO), replace(setting, turn=replace(turn, photos=photos))


def heard(memory: Memory, setting: Setting) -> str | None:
    """ "old" or "new", where the turn answers what the photos are about; None where it says something else."""
    turn = setting.turn
    kind, _, value = (turn.choice or "").partition(":")
    if kind == CHOICE:
        return value
    if memory.asking(PhotoAbout, turn.at) is None:
        return None
    return {"affirm": "old", "deny": "new"}.get(turn.intent)


def belongs_to_the_old(memory: Memory, setting: Setting) -> Told:
    """The photos are about the finished request: added, and whether it is fixed is asked again."""
    now = setting.turn.at
    lone = memory.asking(PhotoAbout, now)
    if lone is None:
        return Told(memory, (Say("utter_say_more"),))
    memory = memory.without(PHOTO)
    added = AddToRequest(lone.reference, lone.photos)
    about = next((one for one in memory.open_questions(now) if one.topic == FINISHED), None)
    if about is None or about.reference != lone.reference:
        return Told(memory, effects=(added,))
    asked = Verdict(about.reference, about.service, now)
    return Told(memory.with_question(asked), (Say("utter_ask_fixed"),), (added,))
