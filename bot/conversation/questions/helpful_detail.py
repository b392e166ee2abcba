"""Optional questions, asked one by one once a report is filed: it is safe already, and every answer helps."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from bot.city import catalogue
from bot.city.location import ResolutionOutcome
from bot.conversation.intake import details
from bot.conversation.intake.belonging import introduces, is_another_elsewhere
from bot.conversation.intake.digressions import COMMANDS, is_beside
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, AnswerQuestion, Effect
from bot.conversation.intake.memory import ADDITIONS_FOR, Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.services import A_SENTENCE, begins_anew, names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import tells_more
from bot.conversation.intake.texts_wanted import wish_in
from bot.conversation.intake.turn import Say
from bot.text.fold import fold
from bot.text.numbers import bare_figure

DETAIL = "detail"
MOST = 2  # questions after one report: nobody came for a form


@dataclass(frozen=True, slots=True)
class HelpfulDetail(FiledQuestion):
    left: tuple[str, ...]  # codes of the service's questions; the first one is open when `asked`
    asked: bool = False

    name: ClassVar[str] = "helpful_detail"
    topic: ClassVar[str] = DETAIL
    lasts: ClassVar[timedelta] = ADDITIONS_FOR

    @property
    def settles(self) -> bool:
        return self.asked

    @property
    def is_asked(self) -> bool:
        return self.asked

    def ask(self, setting: Setting) -> Say:
        question = details.question_of(setting.service(self.service), self.left[0])
        if question is None:  # of a service that the catalogue does not know any more
            return Say("utter_say_more")
        return _in_words("utter_detail_first", question, setting)

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        question = details.question_of(setting.service(self.service), self.left[0])
        if question is None or not self.asked or self._is_something_else(question, setting):
            return None
        if _is_one_more_fault(question, setting):
            more = AddToRequest(self.reference, setting.turn.photos, setting.turn.text)
            return Told(memory, effects=(more,))
        if details.not_known(question, setting):
            # Who skips one has had enough of them.
            words = (
                setting.turn.text if tells_more(setting.turn) else ""
            )  # "white truck, couldn't see the plate"
            kept = (AddToRequest(self.reference, setting.turn.photos, words),) if words else ()
            return Told(memory.without(DETAIL), () if kept else (Say("utter_detail_skipped"),), kept)
        answer = details.read_answer(question, setting)
        if answer is None:
            return None
        effects: tuple[Effect, ...] = (AnswerQuestion(self.reference, question.code, answer),)
        # Of a choice in many words the words are kept, too: they may tell something besides.
        words = setting.turn.text if question.choices and tells_more(setting.turn) else ""
        if setting.turn.photos or words:
            effects += (AddToRequest(self.reference, setting.turn.photos, words),)
        settled = any(choice.settles for choice in question.choices if choice.code == answer)
        rest = () if settled else self.left[1:]
        after = memory.with_question(replace(self, left=rest)) if rest else memory.without(DETAIL)
        after, says = ask_next(after, setting)
        return Told(after, says or (Say("utter_detail_thanks"),), effects)

    def _is_something_else(self, question: catalogue.Question, setting: Setting) -> bool:
        """A question, a command, or another report; words that may be both are taken for the answer."""
        turn = setting.turn
        if turn.choice is not None:
            return not turn.choice.startswith("detail:")
        if not turn.text or turn.pin is not None:
            return True
        if turn.intent in ("stop_texts", "start_texts") or wish_in(turn.text) is not None:
            return True
        if (
            bare_figure(turn.text) is not None
        ):  # reads like a rating; here it is the number that was asked for
            return False
        if turn.intent in ("abuse", "ask_status") and _names_a_choice(question, setting):
            return False  # "i said offensive, yea. f words"
        if turn.intent in COMMANDS or (turn.intent != "out_of_scope" and is_beside(setting, detail=True)):
            return True
        if turn.intent in ("fixed", "not_fixed", "rate", "start_over", "go_back"):
            return True
        if is_another_elsewhere(self.reference, self.service, setting):
            return True
        if turn.intent not in ("report", "give_place", "another"):
            return False
        # "Si tapa toda la banqueta, y hay una señora en silla de ruedas": the answer, and why.
        if _says_yes_or_no(question, setting):
            return False
        code = sure_service(turn, setting)
        if (
            turn.intent == "give_place"
        ):  # "pothole at Pico and 4th" reads like a place; "on the wall" is an answer
            return code not in (None, self.service) and names_service(turn.text, code or "", setting)
        if code is None:  # a word or two, or a choice, may read like a report; a sentence with a photo is one
            closed = details.read_answer(question, setting) if question.choices else None
            return closed is None and (bool(turn.photos) or len(turn.text.split()) >= A_SENTENCE)
        placed = setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.RESOLVED
        return code != self.service or placed


# What is wrong besides: "y el botón tampoco sirve", "and the walk sign is out too".
_ONE_MORE_FAULT = re.compile(
    r"^(?:(?:oh|ah|ps|oye) )*(?:and|y|also|tambien|ademas)\b|\b(?:too|as well|also|either|tambien|tampoco)\b"
)
ONE_MORE = 0.6  # least chance that such words are an addition or another matter


def _is_one_more_fault(question: catalogue.Question, setting: Setting) -> bool:
    """Whether words behind an open question tell what else is wrong with the same thing, and do not answer it."""
    turn = setting.turn
    if question.choices or turn.choice is not None or not _ONE_MORE_FAULT.search(fold(turn.text)):
        return False
    likely = turn.replies.get("another", 0.0) + turn.replies.get("add", 0.0)
    return likely >= ONE_MORE and turn.intent in ("report", "another", "add_to_request")


def _says_yes_or_no(question: catalogue.Question, setting: Setting) -> bool:
    """Whether words begin with the answer to a question of yes or no, and name no place of their own."""
    text = setting.turn.text
    if not details.begins_yes_or_no(question, text) or begins_anew(text) or introduces(text):
        return False
    return setting.places.locate(text, setting.language).outcome is not ResolutionOutcome.RESOLVED


def _names_a_choice(question: catalogue.Question, setting: Setting) -> bool:
    """Whether words that ask nothing say one of the choices, whatever else they sound like."""
    asks = "?" in setting.turn.text
    return bool(question.choices) and not asks and details.read_answer(question, setting) is not None


def planned(memory: Memory, reference: str, draft: Draft, setting: Setting) -> Memory:
    """The memory with what is still worth asking about a report that was just filed."""
    memory = memory.without(DETAIL)
    service = setting.service(draft.service)
    if service is None:
        return memory
    left = details.left_to_ask(draft, service)[:MOST]
    if not left:
        return memory
    return memory.with_question(HelpfulDetail(reference, service.code, setting.turn.at, left))


def ask_next(memory: Memory, setting: Setting) -> tuple[Memory, tuple[Say, ...]]:
    """Ask the next question, if one is left."""
    about = memory.asking(HelpfulDetail, setting.turn.at)
    question = details.question_of(setting.service(about.service), about.left[0]) if about else None
    if about is None or question is None:
        return memory.without(DETAIL), ()
    response = "utter_detail_next" if about.asked else "utter_detail_first"
    asked = replace(about, asked=True, at=setting.turn.at)
    return memory.with_question(asked), (_in_words(response, question, setting),)


def _in_words(response: str, question: catalogue.Question, setting: Setting) -> Say:
    if not question.choices:  # a numbered "Skip" would take the answer "1"
        response += "_open"
    return details.ask_say(response, question, setting)
