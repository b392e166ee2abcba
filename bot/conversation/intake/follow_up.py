"""Optional questions, asked one by one once a report is filed: it is safe already, and every answer helps."""

from __future__ import annotations

from dataclasses import replace

from bot.city.catalogue import Question
from bot.city.location import ResolutionOutcome
from bot.conversation.intake import details
from bot.conversation.intake.digressions import COMMANDS, is_beside
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, AnswerQuestion, Effect
from bot.conversation.intake.memory import FollowUp, Memory
from bot.conversation.intake.services import A_SENTENCE, names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.numbers import bare_figure

MOST = 2  # questions after one report: nobody came for a form

Answered = tuple[Memory, tuple[Say, ...], tuple[Effect, ...]]


def begun(memory: Memory, reference: str, draft: Draft, setting: Setting) -> Memory:
    """The memory with what is still worth asking about a report that was just filed."""
    service = setting.service(draft.service)
    if service is None:
        return replace(memory, follow_up=None)
    done = (*details.known_answers(draft, service), *draft.passed)
    open_ones = [question.code for question in service.questions if question.code not in done]
    if not open_ones:
        return replace(memory, follow_up=None)
    questions = tuple(open_ones[:MOST])
    return replace(memory, follow_up=FollowUp(reference, service.code, questions, False, setting.turn.at))


def asked(memory: Memory, setting: Setting) -> tuple[Memory, tuple[Say, ...]]:
    """Ask the next question, if one is left."""
    about, question = _next(memory, setting)
    if about is None or question is None:
        return replace(memory, follow_up=None), ()
    response = "utter_detail_next" if about.asked else "utter_detail_first"
    if not question.choices:  # a numbered "Skip" would take the answer "1"
        response += "_open"
    waiting = replace(about, asked=True, at=setting.turn.at)
    return replace(memory, follow_up=waiting), (details.ask_say(response, question, setting),)


def answered(memory: Memory, setting: Setting) -> Answered | None:
    """The turn as an answer to the open question; None when it is about something else."""
    about, question = _next(memory, setting)
    if about is None or question is None or not about.asked or _is_something_else(about, question, setting):
        return None
    if details.not_known(question, setting):
        # Who skips one has had enough of them.
        return replace(memory, follow_up=None), (Say("utter_detail_skipped"),), ()
    answer = details.read_answer(question, setting)
    if answer is None:
        return None
    effects: tuple[Effect, ...] = (AnswerQuestion(about.reference, question.code, answer),)
    if setting.turn.photos:
        effects += (AddToRequest(about.reference, setting.turn.photos),)
    rest = replace(memory, follow_up=replace(about, questions=about.questions[1:]))
    after, says = asked(rest, setting)
    return after, says or (Say("utter_detail_thanks"),), effects


def _next(memory: Memory, setting: Setting) -> tuple[FollowUp | None, Question | None]:
    about = memory.open_follow_up(setting.turn.at)
    if about is None or not about.questions:
        return None, None
    return about, details.question_of(setting.service(about.service), about.questions[0])


def _is_something_else(about: FollowUp, question: Question, setting: Setting) -> bool:
    """A question, a command, or another report; words that may be both are taken for the answer."""
    turn = setting.turn
    if turn.choice is not None:
        return not turn.choice.startswith("detail:")
    if not turn.text or turn.pin is not None:
        return True
    if bare_figure(turn.text) is not None:  # reads like a rating; here it is the number that was asked for
        return False
    if turn.intent in COMMANDS or (turn.intent != "out_of_scope" and is_beside(setting, detail=True)):
        return True
    if turn.intent in ("fixed", "not_fixed", "rate", "start_over", "go_back"):
        return True
    if turn.intent not in ("report", "give_place"):
        return False
    code = sure_service(turn, setting)
    if (
        turn.intent == "give_place"
    ):  # "pothole at Pico and 4th" reads like a place; "on the wall" is an answer
        return code not in (None, about.service) and names_service(turn.text, code or "", setting)
    if code is None:  # a word or two, or a choice, may read like a report; a sentence with a photo is one
        closed = details.read_answer(question, setting) if question.choices else None
        return closed is None and (bool(turn.photos) or len(turn.text.split()) >= A_SENTENCE)
    placed = setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.RESOLVED
    return code != about.service or placed
