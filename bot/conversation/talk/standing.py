"""How a request of theirs stands, and what is told beside asking: an answer to what is open, or more about the request."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake import digressions
from bot.conversation.intake.clauses import likeliest_answer
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.naming import named_by_matter
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import (
    asks_contents,
    asks_in_any_sentence,
    status_effect,
    told_beside,
)
from bot.conversation.intake.telling import tells_something
from bot.conversation.intake.texts_wanted import answer_in
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.photo_about import PhotoAbout
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.talk.progress import Progress

_MANNERS = ("thanks", "goodbye", "greet")
A_STORY = 12  # words of one sentence that ask after a request, and tell something of it as well
MUCH_TOLD = 6  # words of who asks after a request that are worth keeping with it
# Questions of the resident's, which leave ours open.
BESIDE = frozenset(
    {
        *digressions.QUESTIONS,
        "again",
        "ask_about_bot",
        "ask_hours",
        "ask_how_long",
        "ask_services",
        "ask_status",
    }
)


def told_how_it_stands(request: OwnRequest, rest: str, memory: Memory, setting: Setting) -> Progress:
    """How a request stands that the words name; what else they tell is an answer to what is open, or an addition."""
    status = TellStatus(request.reference, contents=asks_contents(setting))
    if not tells_something(rest) and not _answers_the_offer(rest, memory, setting):
        return Progress(None, memory, effects=(status,))
    turn = _without_what_was_asked(setting.turn, rest)
    told = answered(memory, replace(setting, turn=turn))
    if told is not None:
        return Progress(None, told.memory, told.says, (*told.effects, status))
    filed = memory.filed_lately(turn.at)
    if filed is not None and turn.intent in ("answer", "add_to_request"):
        return Progress(None, memory, effects=(AddToRequest(filed.reference, turn.photos, rest), status))
    if len(rest.split()) >= MUCH_TOLD and turn.intent not in _MANNERS:
        return Progress(None, memory, effects=(AddToRequest(request.reference, turn.photos, rest), status))
    return Progress(None, memory, effects=(status,))


def _answers_the_offer(rest: str, memory: Memory, setting: Setting) -> bool:
    """Whether a word or two beside a question answer whether we shall text: "yes that too. did they pick up the possum?"."""
    return memory.asking(UpdatesWanted, setting.turn.at) is not None and answer_in(rest) is not None


def nagged(request: OwnRequest, memory: Memory, setting: Setting) -> Progress:
    """How their request stands, for who asks after it; what they say of it besides is kept with it."""
    status, words = TellStatus(request.reference), setting.turn.text
    tells = len(told_beside(words).split()) >= MUCH_TOLD or len(words.split()) >= A_STORY
    tells = tells or not asks_in_any_sentence(words)
    if not tells or setting.turn.intent == "ask_how_long":
        return Progress(None, memory, effects=(status,))
    return Progress(None, memory, effects=(AddToRequest(request.reference, words=words), status))


def _without_what_was_asked(turn: Turn, rest: str) -> Turn:
    """What else a turn says: as an answer, where all of it reads like a question or a report."""
    reads_whole = turn.intent in BESIDE or turn.intent in ("another", "report", "out_of_scope")
    left = replace(turn, text=rest, whole="", intent="answer" if reads_whole else turn.intent, guesses=())
    answer = likeliest_answer(left)  # "qué belleza, que Dios les pague. ¿Y de las llaves no han dicho nada?"
    return replace(left, intent=_AS_ANSWERS[answer]) if answer and reads_whole else left


_AS_ANSWERS = {
    "yes": "affirm", "no": "deny", "thanks": "thanks", "fixed": "fixed", "not_fixed": "not_fixed", "rate": "rate",
}  # fmt: skip


def status_told(memory: Memory, setting: Setting) -> Progress:
    """How it stands, and what is told beside the question kept with the request."""
    turn = setting.turn
    named = named_by_matter(turn.text, setting)
    asked = status_effect(setting)
    asked = replace(asked, reference=named.reference) if named else asked
    beside = told_beside(turn.text)
    about = named.reference if named else talked_about(memory.filed_lately(turn.at), setting)
    if about is None or asked.contents or len(beside.split()) < MUCH_TOLD:
        return Progress(None, memory, effects=(asked,))
    return Progress(None, memory, effects=(AddToRequest(about, turn.photos, beside), asked))


def talked_about(filed: Filed | None, setting: Setting) -> str | None:
    """The request that words which we do not follow may be about: the one just filed, else their newest that is open."""
    if filed is not None:
        return filed.reference
    return next((one.reference for one in setting.own if one.status in ACTIVE), None)


def answered(memory: Memory, setting: Setting) -> Told | None:
    """The turn as an answer to what was asked: the newest question hears first."""
    open_ones = [one for one in memory.open_questions(setting.turn.at) if not isinstance(one, PhotoAbout)]
    if setting.turn.intent in (
        "fixed",
        "not_fixed",
        "rate",
    ):  # words of their own: about the finished request first
        open_ones.sort(key=_is_small)
    heard = (question.answer(memory, setting) for question in open_ones)
    return next((told for told in heard if told is not None), None)


def _is_small(question: FiledQuestion) -> bool:
    return isinstance(question, HelpfulDetail | UpdatesWanted)
