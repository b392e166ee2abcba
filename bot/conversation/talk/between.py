"""What is said between reports: answers to what was asked, what is told of requests that are filed, a report that begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.conversation.intake import danger, digressions, only_asking
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.given_up import is_wanted_after_all
from bot.conversation.intake.language import does_not_read, wants_it_in
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter
from bot.conversation.intake.only_asking import only_asks
from bot.conversation.intake.question import FiledQuestion, Step, Told
from bot.conversation.intake.services import is_no_report
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_after
from bot.conversation.intake.telling import tells_beside_a_choice, to_be_kept
from bot.conversation.intake.texts_wanted import wish_in
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.questions import photo_about, updates_wanted, verdict
from bot.conversation.questions.helpful_detail import DETAIL, HelpfulDetail
from bot.conversation.questions.updates_wanted import UPDATES, UpdatesWanted
from bot.conversation.questions.what_is_left import LEFT, WhatIsLeft
from bot.conversation.questions.withdrawing import CHOICE, WITHDRAWING, Withdrawing, ask_withdrawing
from bot.conversation.talk import asking
from bot.conversation.talk.added import added, added_without_words, is_of_filed, tells_more
from bot.conversation.talk.beginning import BEGINS, as_report, begun, reported
from bot.conversation.talk.follow_on import (
    as_written,
    asked_again,
    left_to_staff,
    offered_again,
    only_adds,
    warned,
    with_texts_wanted,
)
from bot.conversation.talk.plain import answered_plainly, in_their_language
from bot.conversation.talk.progress import Progress, progress_of
from bot.conversation.talk.standing import BESIDE, answered, nagged
from bot.conversation.talk.theirs import said_of_theirs
from bot.conversation.talk.updates import disowned
from bot.conversation.talk.wishes import fixed_already, to_withdraw, withdraws

Reading = Callable[[Memory, Setting], Progress | None]

# Intents of words that tell of a problem.
_TELLS = ("report", "give_place", "add_to_request", "correct")
# What "nothing to report, just asking" reads like.
_BUT_ASKS = (*BEGINS, "complain_service", "out_of_scope", "deny", "not_fixed")
# The questions whose options are of a kind of their own.
_ASKED_WITH: Mapping[str, type[FiledQuestion]] = {
    "detail": HelpfulDetail,
    CHOICE: Withdrawing,
    LEFT: WhatIsLeft,
}
# What a report may begin with beside them: options of the list.
_BEGINNINGS = ("service", "group", "menu")


def respond(memory: Memory, setting: Setting) -> Progress:
    """Answer one turn outside a report; the progress has a draft when one begins. Pure; never raises for any turn."""
    turn = setting.turn
    if turn.edited:
        return _edited(memory, setting)
    offered = memory.asking(UpdatesWanted, turn.at)
    # A photo that comes late says nothing about the offer: it stands.
    stands = offered is not None and _is_wordless(turn)
    about = photo_about.heard(memory, setting)
    if about == "old":
        return progress_of(photo_about.belongs_to_the_old(memory, setting))
    memory, setting = photo_about.taken_along(memory, setting)
    progress = reported(memory, setting) if about == "new" else warned(_respond(memory, setting), setting)
    progress = as_written(left_to_staff(offered_again(progress, setting), setting), setting)
    progress = _no_longer_taken_back(with_texts_wanted(progress, setting), memory, turn)
    if progress.draft is None and (turn.intent in BESIDE or only_adds(progress)):
        return asked_again(progress, setting)
    if progress.draft is not None or not stands:
        return (
            replace(progress, memory=progress.memory.without(UPDATES))
            if _lets_go(offered, progress)
            else progress
        )
    return replace(progress, says=(*progress.says, Say("utter_offer_updates")))


def _no_longer_taken_back(progress: Progress, before: Memory, turn: Turn) -> Progress:
    """The progress without "shall I take it back?" of before the turn, which said something else: a yes that comes later is for another question."""
    asked = before.asking(Withdrawing, turn.at)
    stands = asked is not None and asked in progress.memory.agenda and bool(turn.text or turn.choice)
    return replace(progress, memory=progress.memory.without(WITHDRAWING)) if stands else progress


def _lets_go(offered: UpdatesWanted | None, progress: Progress) -> bool:
    """Whether something else was said than an answer to the offer, so that it is not asked any more."""
    return offered is not None and offered in progress.memory.agenda


def _is_wordless(turn: Turn) -> bool:
    """Whether the turn brings files and nothing else."""
    return turn.intent == "send_photos" and not turn.text and turn.choice is None


def _respond(memory: Memory, setting: Setting) -> Progress:
    """The first reading that makes something of the turn, in the order below: what was asked for, then what is named, then the rest."""
    turn = setting.turn
    if (told := _first_of(_OF_WHAT_IS_OPEN, memory, setting)) is not None:
        return told
    if turn.text and turn.intent not in BESIDE:
        memory = memory.without(DETAIL)  # something else was said: the small question is not asked again
    return _first_of(_OF_WHAT_IS_SAID, memory, setting) or answered_plainly(memory, setting)


def _first_of(readings: tuple[Reading, ...], memory: Memory, setting: Setting) -> Progress | None:
    return next((told for read in readings if (told := read(memory, setting)) is not None), None)


def _chosen(memory: Memory, setting: Setting) -> Progress | None:
    """An option that was tapped or named by its number."""
    if setting.turn.choice is None:
        return None
    kind, _, value = setting.turn.choice.partition(":")
    if kind == "updates":
        answer = updates_wanted.told(memory, setting, wants=value == "yes")
        whose = memory.filed
        if whose is not None and tells_beside_a_choice(setting.turn):  # "1. the gutter is slippery, too"
            more = AddToRequest(whose.reference, setting.turn.photos, to_be_kept(setting.turn.text))
            answer = replace(answer, effects=(*answer.effects, more))
        return progress_of(answer)
    asked = memory.asking(_ASKED_WITH[kind], setting.turn.at) if kind in _ASKED_WITH else None
    if asked is not None and (told := asked.answer(memory, setting)) is not None:
        return progress_of(told)
    if kind == "not_mine":
        return progress_of(disowned(value, memory))
    if kind in ("fixed", "not_fixed"):
        return progress_of(verdict.verdict_on(kind, value, memory, setting))
    if kind in _BEGINNINGS:
        return reported(memory, setting)
    return Progress(None, memory, (Say("utter_say_more"),))  # an option of a menu long past


def _not_read(memory: Memory, setting: Setting) -> Progress | None:
    """That what staff wrote is in a language they do not read."""
    words, language = setting.turn.text, setting.language
    if does_not_read(words, language) or wants_it_in(words, language):
        return in_their_language(memory, setting)
    return None


def _wanted_after_all(memory: Memory, setting: Setting) -> Progress | None:
    """A report that was given up a while ago, and is to go on."""
    turn = setting.turn
    if (draft := memory.given_up_lately(turn.at)) is None or not is_wanted_after_all(turn.text):
        return None
    step = asking.asked(Step(replace(draft, touched=turn.at)), setting)
    return Progress(step.draft, memory, step.says)


def _answer_or_taken_back(memory: Memory, setting: Setting) -> Progress | None:
    """An answer to what was asked, or a request that is taken back."""
    beside, takes_back = setting.turn.intent in BESIDE, withdraws(setting)
    told = answered(memory, setting) if not takes_back else None
    if told is None and not beside:
        back = to_withdraw(memory, setting) or fixed_already(setting)
        if back is not None:
            return progress_of(ask_withdrawing(back, memory, setting))
    if not beside and takes_back:
        return answered_plainly(memory, setting)
    if told is not None and told.goes_on is not None:
        return _gone_on(told, told.goes_on, setting)
    return progress_of(told) if told is not None else None


def _gone_on(told: Told, rest: Turn, setting: Setting) -> Progress:
    """The answer to what was asked, and then what else was said, as if it had come by itself."""
    after = respond(told.memory, replace(setting, turn=rest))
    return replace(after, says=(*told.says, *after.says), effects=(*told.effects, *after.effects))


def _nags(memory: Memory, setting: Setting) -> Progress | None:
    after = asks_after(setting)
    return nagged(after, memory, setting) if after is not None else None


def _photo_of_what(memory: Memory, setting: Setting) -> Progress | None:
    """A photo that may be of a new matter or of an old one: asked."""
    if memory.filed_lately(setting.turn.at) is not None:
        return None
    told = photo_about.asked_about(memory, setting)
    return progress_of(told) if told is not None else None


def _texts_wished(memory: Memory, setting: Setting) -> Progress | None:
    """That our texts are wanted, or not."""
    turn = setting.turn
    wants = {"start_texts": True, "stop_texts": False}.get(turn.intent)
    if wants is None and memory.filed is not None and turn.intent not in ("report", "another"):
        wants = wish_in(turn.text)
    return progress_of(updates_wanted.told(memory, setting, wants=wants)) if wants is not None else None


def _more_told(memory: Memory, setting: Setting) -> Progress | None:
    """Words heard as more about what was filed last: added to it, or a report where they tell of another thing."""
    if not tells_more(memory, setting):
        return None
    if is_of_filed(memory, setting) and memory.filed is not None:
        turn = setting.turn
        more = AddToRequest(memory.filed.reference, turn.photos, turn.text)
        return Progress(None, memory, effects=(more,))
    anew = as_report(setting)
    return _first_of(_OF_A_REPORT, memory, anew) or answered_plainly(memory, anew)


def _only_asked(memory: Memory, setting: Setting) -> Progress | None:
    """Words that read like a report and want nothing filed: they ask, or say so."""
    turn = setting.turn
    if turn.intent in BEGINS and is_no_report(turn.text) and setting.own:
        there = named_by_matter(turn.text, setting) or setting.own[0]
        return Progress(None, memory, effects=(TellStatus(there.reference),))
    if turn.intent in _BUT_ASKS and not turn.photos and turn.pin is None and only_asks(setting):
        memory = replace(memory, only_asked=turn.at)
        return Progress(None, memory, only_asking.answered(setting) or (only_asking.nothing_filed(setting),))
    if memory.only_asks(turn.at) and only_asking.goes_on(setting):
        return Progress(None, memory, (digressions.city_answer(setting),))
    return None


def _edited(memory: Memory, setting: Setting) -> Progress:
    """An earlier message put right: added to the request it told of, or a report of its own; it answers nothing."""
    turn = setting.turn
    filed = memory.filed_lately(turn.at)
    if turn.intent not in _TELLS or not turn.text:
        return Progress(None, memory)
    if filed is not None:
        return Progress(None, memory, effects=(AddToRequest(filed.reference, turn.photos, turn.text),))
    if memory.answer_is_open:
        return Progress(None, memory)
    return reported(memory, setting)


def answers_danger_besides(memory: Memory, turn: Turn) -> bool:
    """Whether words of danger begin with an answer to "is it fixed?", which counts beside them."""
    asked = any(one.topic == FINISHED for one in memory.open_questions(turn.at))
    return asked and danger.answers_besides(turn)


_OF_WHAT_IS_OPEN: tuple[Reading, ...] = (
    _chosen,
    _not_read,
    _wanted_after_all,
    said_of_theirs,
    _answer_or_taken_back,
    _nags,
)
_OF_A_REPORT: tuple[Reading, ...] = (added, _only_asked, begun)
_OF_WHAT_IS_SAID: tuple[Reading, ...] = (
    _photo_of_what,
    added_without_words,
    _texts_wished,
    _more_told,
    *_OF_A_REPORT,
)
