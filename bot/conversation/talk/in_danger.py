"""Turns in which somebody is in danger: what is said, what is obeyed beside it, and what turns out to be none."""

from __future__ import annotations

from dataclasses import replace

from bot.city.catalogue import Service
from bot.conversation.intake import danger
from bot.conversation.intake.belonging import belongs, wants_to_report
from bot.conversation.intake.danger import Danger
from bot.conversation.intake.details import as_told
from bot.conversation.intake.digressions import QUESTIONS
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.guidance import tells_of_its_danger
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import takes_up
from bot.conversation.intake.only_asking import nothing_filed
from bot.conversation.intake.photos import with_photos
from bot.conversation.intake.question import End
from bot.conversation.intake.refusing import is_refused
from bot.conversation.intake.services import names_service, sure_service, without
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.telling import described
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.questions import updates_wanted
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.beginning import reported
from bot.conversation.talk.between import answers_danger_besides
from bot.conversation.talk.progress import Progress


def turns_out_to_be_none(told: Turn, setting: Setting) -> bool:
    """Whether what was answered with 911 alone is for the city after all: said so, or nobody is hurt and there is something to mend."""
    turn = setting.turn
    if turn.choice is not None or turn.taken_over or Danger.CRISIS in turn.danger:
        return False
    to_mend = sure_service(told, setting) is not None
    return danger.denied(turn.text) or (to_mend and danger.settled(turn.text))


def no_emergency(told: Turn, memory: Memory, setting: Setting) -> Progress:
    """What was answered with 911 alone, as a report: "it's not 911, a nurse maybe". A question that rang for nothing is none."""
    if told.intent in QUESTIONS and not wants_to_report(setting.turn.text):
        return Progress(None, memory, (nothing_filed(setting),), end=End.DROPPED)
    again = danger.told_again(told, setting.turn)
    likeliest = again.guesses[0].code if again.guesses else None
    if is_refused(danger.without_its_name(setting.turn.text), likeliest, setting):  # "please, no police"
        again = without(again, likeliest)
    progress = reported(memory, replace(setting, turn=again))
    return replace(progress, says=danger.first(progress.says, setting.turn))


def is_only_danger(draft: Draft | None, memory: Memory, turn: Turn) -> bool:
    """Whether nothing but danger counts: a person is talking already, or there is nothing else in the words."""
    answers = draft is None and answers_danger_besides(memory, turn)
    return turn.taken_over or (danger.is_all(turn) and not answers)


def and_obeyed(progress: Progress, setting: Setting) -> Progress:
    """A wish to be left alone is obeyed beside danger, too: one of the two was misread, and nobody is left without an answer."""
    memory, turn = progress.memory, setting.turn
    filed = memory.filed_lately(turn.at)
    if turn.intent == "stop_texts":
        says = (*progress.says, updates_wanted.said_back(wants=False))
        return replace(progress, memory=replace(memory, updates=False), says=says)
    if turn.intent == "cancel" and progress.draft is not None and Danger.CRISIS not in turn.danger:
        return replace(progress, says=(*danger.prelude(turn), Say("utter_dropped")), end=End.DROPPED)
    if turn.intent == "cancel" and filed is not None and progress.draft is None:
        told = AddToRequest(filed.reference, turn.photos, turn.text, for_staff=True)
        return replace(progress, effects=(told,), wants_person=True)
    return progress


def only_danger(draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    """Answer danger; no report begins with it. What it tells of the report that is open, or of the request that is talked of, is kept
    there: "my boy touched one of the blocks", "the turtle is hurt" with its picture."""
    turn = setting.turn
    says = danger.prelude(turn)
    if draft is None:
        invites = not turn.taken_over and _names_what_to_mend(setting)
        if says and invites and memory.in_danger_lately(turn.at) is None:
            says = (*says, Say("utter_report_besides", alone=True))
        told = _told_of_a_request(memory, setting)
        return Progress(None, _with_what_was_told(memory, turn), says, (told,) if told else (), End.DROPPED)
    if _tells_of_the_draft(draft, setting):
        draft = described(with_photos(draft, turn)[0], turn)
    if says and danger.asks_on(turn):
        says = (*says, asked_again(draft, setting))
    return Progress(draft, memory, says)


def with_what_to_do(progress: Progress, setting: Setting) -> Progress:
    """The progress with what to do besides calling 911, in the same message: whose the danger is (the wire is the power
    company's, the smell the gas company's), or what residents should know of the matter that is reported."""
    turn, draft = setting.turn, progress.draft
    at = next((at for at, say in enumerate(progress.says) if say.response == "utter_emergency"), None)
    if at is None or not turn.text:
        return progress
    service = as_told(draft, setting) if draft is not None else None
    if (theirs := _whose(turn.text, service, setting)) is not None:
        return _with_more(progress, at, theirs)
    if draft is None or service is None or not tells_of_its_danger(turn.text, service, turn.language):
        return progress
    warned = replace(progress, draft=replace(draft, warned=service.code))
    return _with_more(warned, at, setting.words(service.guidance or {}))


def _with_more(progress: Progress, at: int, answer: str) -> Progress:
    says = list(progress.says)
    says[at] = Say("utter_emergency_besides", {"answer": answer}, alone=True)
    return replace(progress, says=tuple(says))


def _whose(text: str, service: Service | None, setting: Setting) -> str | None:
    """What who else sees to such danger wants done; None where it is 911's alone."""
    for question in setting.questions.values():
        theirs = question.in_danger
        own = theirs is not None and service is not None and service.code in theirs.not_of
        if theirs is not None and not own and theirs.speaks_of_it(text):
            return setting.words(theirs.answer or question.answer)
    return None


def _tells_of_the_draft(draft: Draft, setting: Setting) -> bool:
    """Whether words of an emergency take up what was told of the report in the making: "my boy touched one of the blocks"."""
    turn = setting.turn
    if turn.taken_over or turn.choice is not None or Danger.CRISIS in turn.danger or not turn.text:
        return False
    itself = OwnRequest("", draft.service or "", "", told=draft.description)
    return takes_up(turn.text, "", itself.service, replace(setting, own=(itself,)), told_only=True)


def _told_of_a_request(memory: Memory, setting: Setting) -> AddToRequest | None:
    """What words of an emergency tell of the request that is talked of; None where they may be about anything."""
    turn, filed = setting.turn, memory.filed_lately(setting.turn.at)
    if filed is None or turn.taken_over or turn.choice is not None or Danger.CRISIS in turn.danger:
        return None
    if not turn.photos and not takes_up(turn.text, filed.reference, filed.service, setting):
        return None
    theirs = not turn.text or belongs(filed.reference, filed.service, setting, wanted=True)
    return AddToRequest(filed.reference, turn.photos, turn.text) if theirs else None


def _names_what_to_mend(setting: Setting) -> bool:
    """Whether words of danger also name something that the city mends: a rail with a bolt sticking out."""
    code = sure_service(setting.turn, setting)
    crisis = Danger.CRISIS in setting.turn.danger
    return not crisis and code is not None and names_service(setting.turn.text, code, setting)


def _with_what_was_told(memory: Memory, turn: Turn) -> Memory:
    """The memory with what was told of an emergency, so that it need not be told again once it turns out to be none."""
    if Danger.CRISIS in turn.danger or Danger.EMERGENCY not in turn.danger or turn.choice is not None:
        return memory
    before = memory.in_danger_lately(turn.at)
    kept = turn.kept() if before is None else replace(before, text=f"{before.text}\n{turn.text}", at=turn.at)
    return replace(memory, in_danger=kept)
