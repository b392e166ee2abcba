"""Follow-up questions: what a report says already, what is still to ask, and reading the answer.

Required ones are asked before the report is read back; the others once it is filed (`follow_up`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.channels.messages import Option
from bot.city.catalogue import Choice, Question, QuestionKind, Service
from bot.conversation.intake.days import read_day
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.put_right import as_put_right
from bot.conversation.intake.reading import answers_in, phrases_in
from bot.conversation.intake.services import choose
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold_in_place
from bot.text.numbers import number_in

MAX_ANSWER = 200  # characters kept of an answer in words
SKIP = "detail:skip"
_UNKNOWN = re.compile(
    r"^(?:idk|dunno|i (?:do not|don'?t|dont) know|not sure|no idea|unknown|none|n/?a|skip|pass|\?+|"
    r"no (?:lo )?se|ni idea|no estoy segur[oa]|ningun[oa]?|nada)\b",
)


# The word a sentence begins with: "pues si, tienes que bajarte a la calle", "nope you can walk".
_YES_OR_NO = re.compile(
    r"^\W*(?:(?:pues|ps|well|oh|um+|uh|ay|mm+|hm+)\W+)*(?:(?P<yes>yes|yeah|yep|yup|si|simon|claro)|no|nope|nah|nel)\b(?!\s+(?:idea|se|lo se|clue))"
)


def known_answers(draft: Draft, service: Service, today: date | None = None) -> dict[str, str]:
    """Everything known of the service's questions: said in the report, or answered. With `today` days become dates."""
    codes = {question.code for question in service.questions}
    given = {code: answer for code, answer in draft.answers if code in codes}
    known = answers_in(as_put_right(draft.description), service.questions) | given
    for question in service.questions:
        if today and question.kind is QuestionKind.DATE and question.code in known:
            day = read_day(known[question.code], today, ahead=question.ahead)
            known[question.code] = day.isoformat() if day else known[question.code]
    return known


def answers_to_file(draft: Draft, service: Service, today: date) -> dict[str, str]:
    """As `known_answers`, without what is the report itself: it stands there already."""
    known = known_answers(draft, service, today)
    return {code: answer for code, answer in known.items() if answer.strip() != draft.description.strip()}


def as_told(draft: Draft, setting: Setting) -> Service | None:
    """The service of a report as its words tell of it: an elevator is no ticket, though both are parking."""
    service = setting.service(draft.service)
    if service is None:
        return None
    if service.guidance_for and not phrases_in(service.guidance_for, fold_in_place(draft.description)):
        service = replace(service, guidance=None)
    for choice in _told_choices(draft, service):
        service = replace(
            service, short=choice.short or service.short, broad=service.broad and choice.short is None
        )
        if choice.apart:
            service = replace(service, guidance=None, handover=None)
    return service


def _told_choices(draft: Draft, service: Service) -> tuple[Choice, ...]:
    """The choices of the service's questions that are known."""
    known = known_answers(draft, service)
    return tuple(
        choice
        for question in service.questions
        for choice in question.choices
        if known.get(question.code) == choice.code
    )


def left_to_ask(draft: Draft, service: Service) -> tuple[str, ...]:
    """Codes of the questions that are still worth asking, in order; none where a choice that is known settles them all."""
    if any(choice.settles for choice in _told_choices(draft, service)):
        return ()
    done = (*known_answers(draft, service), *draft.passed)
    return tuple(question.code for question in service.questions if question.code not in done)


def next_required(draft: Draft, setting: Setting) -> Question | None:
    """The next question without which the department cannot act."""
    service = setting.service(draft.service)
    if service is None:
        return None
    known = known_answers(draft, service)
    open_ones = (
        question
        for question in service.questions
        if question.required and question.code not in known and question.code not in draft.passed
    )
    return next(open_ones, None)


def question_of(service: Service | None, code: str | None) -> Question | None:
    if service is None:
        return None
    return next((question for question in service.questions if question.code == code), None)


def not_known(question: Question, setting: Setting) -> bool:
    """Whether the resident cannot or does not want to say."""
    turn = setting.turn
    if turn.choice == SKIP or turn.intent == "cancel":
        return True
    if _UNKNOWN.match(fold_in_place(turn.text.strip())):
        return not any(choice.code in ("unsure", "none") for choice in question.choices)
    if turn.intent == "skip":
        # "Pues sí, hay que bajarse a la calle para pasar" begins with its answer, whatever the rest reads like.
        return not (_yes_or_no(question) and _YES_OR_NO.match(fold_in_place(turn.text.strip())))
    return turn.intent == "deny" and not _yes_or_no(question) and len(turn.text.split()) <= 2


def read_answer(question: Question, setting: Setting) -> str | None:
    """The answer as it is kept: a choice's code, a number, a day as YYYY-MM-DD, or the resident's words."""
    turn = setting.turn
    if turn.choice is not None:
        kind, _, value = turn.choice.partition(":")
        code, _, choice = value.partition(":")
        known = any(option.code == choice for option in question.choices)
        return choice if kind == "detail" and code == question.code and known else None
    words = turn.text.strip()[:MAX_ANSWER]
    if not words:
        return None
    match question.kind:
        case QuestionKind.CHOICE:
            return _chosen(question, setting)
        case QuestionKind.NUMBER:
            number = number_in(words)
            return str(number) if number is not None else None
        case QuestionKind.DATE:
            day = read_day(words, setting.today, ahead=question.ahead)
            return day.isoformat() if day else words
        case QuestionKind.TEXT:
            return words


def _chosen(question: Question, setting: Setting) -> str | None:
    """By its label, as yes or no, by words that mean it, or by a word of its label alone ("the blue one")."""
    words = fold_in_place(setting.turn.text.strip())
    for choice in question.choices:
        if any(fold_in_place(label) == words for label in choice.labels.values()):
            return choice.code
    if _yes_or_no(question) and setting.turn.intent in ("affirm", "deny"):
        return "yes" if setting.turn.intent == "affirm" else "no"
    if _yes_or_no(question) and (said := _YES_OR_NO.match(words)):
        return "yes" if said["yes"] else "no"
    meant = answers_in(setting.turn.text, (question,)).get(question.code)
    return (
        meant
        or _by_count(question, setting.turn.text)
        or _by_a_word(question, set(re.findall(r"[a-z]{3,}", words)) - _SMALL)
    )


def _by_count(question: Question, words: str) -> str | None:
    """ "Two, like I said" at "one or several?"."""
    number = number_in(words) if {choice.code for choice in question.choices} >= {"one", "several"} else None
    return None if number is None else "one" if number == 1 else "several"


# Words of labels that say nothing alone.
_SMALL = frozenset(
    {
        "the",
        "and",
        "not",
        "one",
        "for",
        "was",
        "has",
        "yes",
        "los",
        "las",
        "una",
        "uno",
        "con",
        "sin",
        "por",
        "del",
        "que",
        "hay",
    }
)


def _by_a_word(question: Question, words: set[str]) -> str | None:
    named = {
        choice.code
        for choice in question.choices
        for label in choice.labels.values()
        if words & set(re.findall(r"[a-z]{3,}", fold_in_place(label)))
    }
    return named.pop() if len(named) == 1 else None


def begins_yes_or_no(question: Question, text: str) -> bool:
    """Whether the first word of a text answers a question of yes or no. Reads any text, never raises."""
    return _yes_or_no(question) and _YES_OR_NO.match(fold_in_place(text.strip())) is not None


def _yes_or_no(question: Question) -> bool:
    return {choice.code for choice in question.choices} >= {"yes", "no"}


def ask_say(response: str, question: Question, setting: Setting) -> Say:
    """A question with its choices; `response` brings its own "Skip" where there is one."""
    choices = tuple(
        Option(setting.words(choice.labels), choose(f"detail:{question.code}:{choice.code}"))
        for choice in question.choices
    )
    return Say(response, {"question": setting.words(question.ask)}, options=choices)
