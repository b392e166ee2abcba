"""Is it fixed? Asked when the work on a request has ended."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.channels.messages import Option
from bot.city.location import ResolutionOutcome
from bot.conversation.intake.belonging import belongs, is_its_place, wants_to_report
from bot.conversation.intake.digressions import QUESTIONS
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.finished import (
    FINISHED,
    AboutFinished,
    called,
    is_stale,
    may_be_new,
)
from bot.conversation.intake.half_done import (
    begins_half,
    begins_well,
    came_back,
    has_not_seen,
    is_a_no,
    is_content,
    is_half,
    leaves_a_part,
    praises,
    says_fixed,
    thanks_and_asks,
)
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.services import (
    begins_anew,
    choose,
    sure_service,
)
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.rating import ask_rating
from bot.conversation.questions.reopened import reopen
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.what_is_left import WhatIsLeft

# What words beside a picture are by themselves, where the picture says what they mean: "does this look done to you??".
_BESIDE_A_PICTURE = (
    *QUESTIONS,
    "report",
    "complain_service",
    "out_of_scope",
    "ask_status",
    "give_place",
    "abuse",
    "another",
    "skip",
    "again",
)
# What "nobody collected anything. still full" is mistaken for.
_BESIDE_THE_POINT = ("report", "abuse", "give_place", "complain_service")
# What "still there, did anyone look?" is heard as.
_AFTER_WHAT_IS_LEFT = ("ask_status", "ask_city", "ask_how_long")
_BUT = re.compile(r"\b(?:but|pero|also|también|tambien)\b", re.IGNORECASE)
PARTS = 2
LABEL_LIMIT = 60  # characters of an option: three of them fit two SMS segments


@dataclass(frozen=True, slots=True)
class Verdict(AboutFinished):
    name: ClassVar[str] = "verdict"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_ask_fixed")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        if has_not_seen(setting.turn.text) and not leaves_a_part(setting.turn.text):
            return Told(memory.with_question(replace(self, at=setting.turn.at)), (Say("utter_tell_later"),))
        # Who cannot see it says nothing about it.
        if setting.turn.intent == "skip" and not setting.turn.photos:
            return Told(memory.without(FINISHED), (Say("utter_welcome"),))
        verdict = self._heard(setting)
        if verdict is None:
            return None
        if verdict == "unclear" and memory.asking(StaffQuestion, setting.turn.at) is not None:
            return None  # staff have asked about another one: it is the answer to them
        if verdict in ("half", "unclear"):  # the words are kept, and whether it is done is theirs to say
            told = AddToRequest(self.reference, setting.turn.photos, setting.turn.text)
            kind = WhatIsLeft if verdict == "half" else Verdict
            asked = kind(self.reference, self.service, setting.turn.at)
            return Told(memory.with_question(asked), (asked.ask(setting),), (told,))
        return ask_rating(self, memory, setting) if verdict == "fixed" else reopen(self, memory, setting)

    def _heard(self, setting: Setting) -> str | None:
        """ "fixed", "not_fixed", "half" for a yes that is not a whole one, "unclear" for what may be either; None for something else."""
        turn = setting.turn
        said = self._told(setting)
        if said is None or not turn.text or turn.choice is not None:
            return said
        if is_content(turn.text):
            return "fixed"
        if leaves_a_part(turn.text):  # "beautiful work, and the ficus is still there" may be meant either way
            return "unclear" if praises(turn.text) or thanks_and_asks(turn.text) else "not_fixed"
        if said == "not_fixed" and praises(turn.text) and not (is_a_no(turn.text) or came_back(turn.text)):
            return (
                "unclear"  # "parece otra, felicite al oficial. Nomás la paloma busca su nido": theirs to say
            )
        half = said in ("fixed", "unclear") and is_half(turn.text)
        return "half" if half else said

    def _told(self, setting: Setting) -> str | None:
        """What the intent comes to, whatever the words say besides."""
        turn = setting.turn
        if turn.text and turn.choice is None and (is_a_no(turn.text) or says_fixed(turn.text)):
            return "not_fixed" if is_a_no(turn.text) else "fixed"
        if turn.text and turn.choice is None and came_back(turn.text) and not self._is_elsewhere(setting):
            return "not_fixed"
        if turn.intent in ("fixed", "affirm", "thanks"):
            return "fixed"
        if turn.text and begins_half(turn.text):
            return "fixed"  # half of it: see `_heard`
        if (
            turn.text
            and begins_well(turn.text)
            and not leaves_a_part(turn.text)
            and not self._is_elsewhere(setting)
        ):
            return "fixed"
        if turn.intent in ("not_fixed", "deny"):
            return "not_fixed"
        if turn.intent in _AFTER_WHAT_IS_LEFT and leaves_a_part(turn.text):
            return "not_fixed"  # "the arrows are still there, did anyone look at that?"
        if is_stale(self.at, setting) and (may_be_new(setting) or wants_to_report(turn.text)):
            return None
        if turn.photos and self._shows_it(setting):
            return "not_fixed"
        if self._is_of_the_same_kind_elsewhere(setting):
            return None  # "hay un bache en la 20 y Pico", of one at Pico and 4th
        if sure_service(turn, setting) in (None, self.service):
            # "the pothole is still there" reads like a report of the same thing; what is only added may be either.
            if turn.intent in ("report", "complain_service"):
                return "not_fixed"
            if turn.intent in ("add_to_request", "answer", "correct", "change"):
                return "unclear"
        remarks = is_content(turn.text) or leaves_a_part(turn.text)
        if remarks and turn.intent in _BESIDE_THE_POINT and not may_be_new(setting):
            return "not_fixed"
        return "not_fixed" if remarks and turn.intent in ("out_of_scope", "another") else None

    def _is_of_the_same_kind_elsewhere(self, setting: Setting) -> bool:
        """Whether words report the same kind of thing at a place of its own, and do not say that something is still so."""
        turn = setting.turn
        if turn.intent != "report" or leaves_a_part(turn.text) or sure_service(turn, setting) != self.service:
            return False
        found = setting.places.locate(turn.text, setting.language)
        known = any(own.reference == self.reference and own.place for own in setting.own)
        return (
            known and found.location is not None and not is_its_place(found.location, self.reference, setting)
        )

    def _is_elsewhere(self, setting: Setting) -> bool:
        """Whether words name a place of their own or begin a report: then they may be of another matter."""
        turn = setting.turn
        found = setting.places.locate(turn.text, setting.language).outcome
        return found is ResolutionOutcome.RESOLVED or begins_anew(turn.text) or wants_to_report(turn.text)

    def _shows_it(self, setting: Setting) -> bool:
        """Whether a picture is of the finished work: one alone is, and one whose words ask or complain of nothing else."""
        turn = setting.turn
        if not turn.text:
            return True
        if turn.intent not in _BESIDE_A_PICTURE:
            return False
        return belongs(self.reference, self.service, setting, wanted=True)


def said_unasked(memory: Memory, setting: Setting) -> Told:
    """ "Fixed" or "still there" when nothing was asked: about the one finished request there is, else which one."""
    finished = setting.finished
    verdict = (
        "fixed" if says_fixed(setting.turn.text) else setting.turn.intent
    )  # "no nada, solo que ya quedó bien"
    if len(finished) == 1:
        return verdict_on(verdict, finished[0].reference, memory, setting)
    if finished:
        return Told(memory, (Say("utter_which_finished", options=_finished_options(verdict, setting)),))
    return Told(memory, effects=(TellStatus(),))


def verdict_on(verdict: str, reference: str, memory: Memory, setting: Setting) -> Told:
    """The resident's verdict on one of their finished requests."""
    request = next((one for one in setting.finished if one.reference == reference), None)
    if request is None:
        return Told(memory, effects=(TellStatus(),))
    about = Verdict(request.reference, request.service, setting.turn.at)
    return ask_rating(about, memory, setting) if verdict == "fixed" else reopen(about, memory, setting)


def _finished_options(verdict: str, setting: Setting) -> tuple[Option, ...]:
    return tuple(
        Option(
            called(setting.noun(request.service), setting.places.retold(request.place, setting.language))[
                :LABEL_LIMIT
            ],
            choose(f"{verdict}:{request.reference}"),
        )
        for request in setting.finished
    )
