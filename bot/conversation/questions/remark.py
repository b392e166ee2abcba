"""What else is to be said of the work? Never asked: who has given stars may go on about them ("they were super fast")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.city.location import ResolutionOutcome
from bot.conversation.intake.belonging import introduces, wants_to_report
from bot.conversation.intake.effects import GiveFeedback
from bot.conversation.intake.finished import ANSWERS_FOR, FINISHED
from bot.conversation.intake.half_done import came_back, is_a_no, leaves_a_part, praises
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter, named_by_number
from bot.conversation.intake.only_asking import asks_something
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.remarks import remark_in
from bot.conversation.intake.services import CATCH_ALL, begins_anew, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say

RATED = "rated"
# What words about work that is rated are heard as; and what they are only where they praise it.
_SAYS = frozenset({"thanks", "goodbye", "affirm", "fixed", "rate", "skip"})
_MAY_SAY = frozenset({"answer", "add_to_request", "out_of_scope", "complain_service"})
_PRAISES = frozenset({"report", "another", "greet", "give_place", "ask_city"})


@dataclass(frozen=True, slots=True)
class Remark(FiledQuestion):
    name: ClassVar[str] = "remark"
    topic: ClassVar[str] = RATED
    lasts: ClassVar[timedelta] = ANSWERS_FOR

    @property
    def is_asked(self) -> bool:
        """Nothing waits for it."""
        return False

    def ask(self, setting: Setting) -> Say:
        return Say("utter_rated")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        asked = any(one.topic == FINISHED for one in memory.open_questions(setting.turn.at))
        said = "" if asked else remark_on(self, setting)
        return kept(self, said, memory, setting) if said else None


def remark_on(about: FiledQuestion, setting: Setting) -> str:
    """What a turn says of finished work, and of nothing else: no question, no other matter, nothing that is not done; else ""."""
    turn = setting.turn
    if turn.choice is not None or turn.pin is not None or turn.photos or turn.edited:
        return ""
    if asks_something(turn.text) or "?" in turn.text or not _is_of(about, setting):
        return ""
    if leaves_a_part(turn.text) or came_back(turn.text) or is_a_no(turn.text):
        return ""
    return remark_in(turn.text)


def _is_of(about: FiledQuestion, setting: Setting) -> bool:
    """Whether words may be about the work on this request: they tell of no other one, and of nothing new."""
    turn = setting.turn
    if begins_anew(turn.text) or wants_to_report(turn.text) or introduces(turn.text):
        return False
    named = named_by_number(setting) or named_by_matter(turn.text, setting)
    if named is not None and named.reference != about.reference:
        return False
    if turn.intent in _SAYS:
        return True
    placed = setting.places.locate(turn.text, setting.language).outcome is not ResolutionOutcome.UNKNOWN
    if placed or sure_service(turn, setting) not in (None, CATCH_ALL, about.service):
        return False
    return turn.intent in _MAY_SAY or (turn.intent in _PRAISES and praises(turn.text))


def kept(about: FiledQuestion, said: str, memory: Memory, setting: Setting) -> Told:
    """The words as a comment on the work, said back; more of them may follow."""
    given = GiveFeedback(about.reference, comment=setting.turn.text)
    thanks = (Say("utter_detail_thanks"), Say("utter_passed_on", {"quote": quoted(said)}))
    return Told(rated(about, memory, setting), thanks, (given,))


def rated(about: FiledQuestion, memory: Memory, setting: Setting) -> Memory:
    """The memory of who has judged the work: nothing is asked any more, and what they say next may still be of it."""
    return memory.without(FINISHED).with_question(Remark(about.reference, about.service, setting.turn.at))
