"""A question of the service without which its department cannot act; asked before the report is read back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.city.catalogue import Question
from bot.conversation.intake import details, digressions
from bot.conversation.intake.corrections import corrected_or_noted, corrects
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import ReportQuestion, Step
from bot.conversation.intake.services import A_SENTENCE, with_words, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import described, tells_more
from bot.conversation.intake.turn import Say
from bot.conversation.questions.change import Change

_NOT_IT = re.compile(
    r"\W*(?:no|nope|nah)\b\W*(?:(?:it'?s|its|is|that'?s|es|son) )?(?:not|no es|no son|nothing to do|nada que ver|isn'?t|ni)\b|\W*(?:it'?s|its|that'?s) not\b|\W*not (?:a|an|the|my)\b|\W*no (?:es|son)\b",
    re.IGNORECASE,
)
# Digressions that short answers in words ("silver honda") are mistaken for.
_MISTAKEN = ("out_of_scope", "abuse")


@dataclass(frozen=True, slots=True)
class Detail(ReportQuestion):
    code: str  # of the service's question
    unclear: bool = False  # its answer was not understood once

    name: ClassVar[str] = "detail"
    slot: ClassVar[str] = "confirmation"
    number_answers: ClassVar[bool] = True
    closes: ClassVar[bool] = False
    choices: ClassVar[str] = "detail"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        question = details.question_of(setting.service(draft.service), self.code)
        assert question is not None  # noqa: S101 - the next question is of the service's own
        return details.ask_say("utter_detail", question, setting)

    def answer(self, draft: Draft, setting: Setting) -> Step:
        """The answer, or that none is known; a correction of what and where is heard here, too."""
        turn = setting.turn
        question = details.question_of(setting.service(draft.service), self.code)
        if turn.intent == "correct" and corrects(draft, setting) and not _names_a_choice(question, setting):
            return corrected_or_noted(draft, setting)
        if turn.intent == "file" and turn.choice is None:
            return Step(draft, again=True)
        if turn.intent not in _MISTAKEN and digressions.is_beside(setting, detail=True):
            return Step(draft, digressed=True)
        if question is None:
            return Step(replace(draft, open=None))
        if details.not_known(question, setting):
            return self._passed(_kept(draft, setting))
        answer = details.read_answer(question, setting)
        if answer is not None:
            given = dict(draft.answers) | {self.code: answer}
            kept = described(draft, turn) if question.choices and tells_more(turn) else draft
            return Step(replace(kept, answers=tuple(given.items()), open=None))
        if turn.text and _denies_the_matter(draft, setting):
            again = with_words(without_service(draft), turn, setting)
            return Step(replace(described(again, turn), open=None))
        if self.unclear:  # asked twice: the report matters more than its detail
            return self._passed(_kept(draft, setting))
        return Step(replace(_kept(draft, setting), open=replace(self, unclear=True)), again=True)

    def back(self, draft: Draft) -> Draft:
        return replace(draft, open=Change())

    def _passed(self, draft: Draft) -> Step:
        return Step(replace(draft, passed=(*draft.passed, self.code), open=None))


def _kept(draft: Draft, setting: Setting) -> Draft:
    """The draft with what an answer that is none tells besides: "older man, grey beard, his foot is swollen"."""
    turn = setting.turn
    kept = tells_more(turn) and "?" not in turn.text and turn.intent not in ("abuse", "again")
    return described(draft, turn) if kept else draft


def _names_a_choice(question: Question | None, setting: Setting) -> bool:
    """Whether a word or two say one of the choices, though they may name something else besides: "the recycling one"."""
    if question is None or not question.choices or len(setting.turn.text.split()) >= A_SENTENCE:
        return False
    return details.read_answer(question, setting) is not None


def _denies_the_matter(draft: Draft, setting: Setting) -> bool:
    """Whether words say that it is not what we took it for: "no not a cart. the poop bag dispenser in the park"."""
    turn = setting.turn
    return (
        turn.intent in ("deny", "correct", "report")
        and tells_more(turn)
        and _NOT_IT.match(turn.text) is not None
    )
