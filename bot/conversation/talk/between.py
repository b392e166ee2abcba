"""What is said between reports: answers to what was asked, greetings, status, additions to what is filed, a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.city.location import Point, ResolutionOutcome
from bot.conversation.intake import danger, digressions, only_asking
from bot.conversation.intake.belonging import (
    announces_another,
    belongs,
    filed_before,
    introduces,
    is_another_elsewhere,
    names_another_thing,
    says_also,
    tells_of_its_own,
)
from bot.conversation.intake.effects import AddToRequest, FollowNamed, Mute, TellStatus
from bot.conversation.intake.finished import FINISHED, is_stale
from bot.conversation.intake.given_up import is_wanted_after_all
from bot.conversation.intake.half_done import leaves_a_part, one_is_gone
from bot.conversation.intake.language import does_not_read, wants_it_in
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.naming import (
    named_by_matter,
    named_by_number,
    not_fixed_by_number,
    replied_to,
    seen_too,
)
from bot.conversation.intake.only_asking import only_asks
from bot.conversation.intake.question import FiledQuestion, Step, Told
from bot.conversation.intake.services import (
    CATCH_ALL,
    asks_for_a_new_one,
    begins_anew,
    is_no_report,
    names_service,
    sure_service,
)
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.similar import own_key
from bot.conversation.intake.status import (
    asked_about,
    asks_after,
)
from bot.conversation.intake.taking_out import to_take_out
from bot.conversation.intake.telling import tells_beside_a_choice, tells_something, to_be_kept
from bot.conversation.intake.texts_wanted import wish_in
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.questions import photo_about, updates_wanted, verdict
from bot.conversation.questions.helpful_detail import DETAIL, HelpfulDetail
from bot.conversation.questions.updates_wanted import UPDATES, UpdatesWanted
from bot.conversation.questions.what_is_left import LEFT, WhatIsLeft
from bot.conversation.questions.withdrawing import CHOICE, Withdrawing, ask_withdrawing
from bot.conversation.talk import asking
from bot.conversation.talk.follow_on import (
    as_written,
    asked_again,
    left_to_staff,
    offered_again,
    only_adds,
    warned,
    with_texts_wanted,
)
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.report import advance
from bot.conversation.talk.standing import (
    BESIDE,
    MUCH_TOLD,
    answered,
    nagged,
    status_told,
    talked_about,
    told_how_it_stands,
)
from bot.conversation.talk.updates import disowned
from bot.conversation.talk.wishes import (
    about_another,
    cancels,
    fixed_already,
    for_staff,
    is_of_another_time,
    means_the_other,
    put_right,
    renamed,
    to_mute,
    to_reopen,
    to_withdraw,
    withdraws,
)
from bot.text.fold import fold
from bot.text.numbers import bare_figure

_ANSWERS = {
    "greet": "utter_greet",
    "thanks": "utter_welcome",
    "goodbye": "utter_goodbye",
    "affirm": "utter_say_more",
    "deny": "utter_goodbye",
    "start_over": "utter_greet",
    "cancel": "utter_nothing_to_cancel",
    "correct": "utter_nothing_to_change",
    "change": "utter_nothing_to_change",
    "file": "utter_nothing_to_change",
    "go_back": "utter_nothing_to_change",
    "skip": "utter_detail_skipped",
    "rate": "utter_rated",
}
# Intents of words that tell of a problem.
_TELLS = ("report", "give_place", "add_to_request", "correct")
# Something for the crew beside the thanks: "thank you dear. and the water pools there as well, please tell them".
_TELL_THEM = re.compile(
    r"\b(?:tell (?:them|him|her|the \w+)|let (?:them|him|her|the \w+) know|(?:please|pls) (?:add|note|tell)|"
    r"(?:diga|digan|dile|digale|digales|avise|avisele|aviseles|agregue|anote)\b(?: \w+)*)\b"
)
# That it is staff who are to be asked: "ok but where is the dog? please ask them".
_ASK_THEM = re.compile(
    r"\b(?:(?:please|pls|can you|could you|just) ask (?:them|him|her|the \w+|your \w+|someone)|ask (?:them|the crew|the officer|the driver)|"
    r"pregunt(?:e|a|ele|eles|ale|ales|en)(?:les?)? (?:por favor|porfa|a (?:ellos|la cuadrilla|los trabajadores)|usted|si)|puede preguntar(?:les?)?)\b"
)
_NOT_FOR_THEM = frozenset({"ask_person", "cancel", "stop_texts", "start_texts"})
# What a report in much chatter is mistaken for.
_CHATTER = frozenset({"out_of_scope", "greet", "thanks", "goodbye", "ask_about_bot", "ask_services", "abuse"})
# What words that would change a report are heard as, and what they may begin where none is there.
_CHANGES = frozenset({"correct", "change", "file", "go_back"})
# Intents that begin a report.
_BEGINS = ("report", "another", "give_place", "add_to_request", "send_photos")
# What "nothing to report, just asking" reads like.
_BUT_ASKS = (*_BEGINS, "complain_service", "out_of_scope", "deny", "not_fixed")
A_STORY = 12  # words
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
        return _progress(photo_about.belongs_to_the_old(memory, setting))
    memory, setting = photo_about.taken_along(memory, setting)
    progress = reported(memory, setting) if about == "new" else warned(_respond(memory, setting), setting)
    progress = as_written(left_to_staff(offered_again(progress, setting), setting), setting)
    progress = with_texts_wanted(progress, setting)
    if progress.draft is None and (turn.intent in BESIDE or only_adds(progress)):
        return asked_again(progress, setting)
    if progress.draft is not None or not stands:
        return (
            replace(progress, memory=progress.memory.without(UPDATES))
            if _lets_go(offered, progress)
            else progress
        )
    return replace(progress, says=(*progress.says, Say("utter_offer_updates")))


def _lets_go(offered: UpdatesWanted | None, progress: Progress) -> bool:
    """Whether something else was said than an answer to the offer, so that it is not asked any more."""
    return offered is not None and offered in progress.memory.agenda


def _is_wordless(turn: Turn) -> bool:
    """Whether the turn brings files and nothing else."""
    return turn.intent == "send_photos" and not turn.text and turn.choice is None


def _progress(told: Told) -> Progress:
    return Progress(None, told.memory, told.says, told.effects)


def reported(memory: Memory, setting: Setting, *, anew: bool = False) -> Progress:
    """A report that begins with the turn. `anew`: one of its own was asked for, so nobody asks whether it is one of theirs."""
    step = advance(None, setting)
    if anew and step.draft is not None:
        known = " ".join(own_key(one.reference) for one in setting.own)
        step = replace(step, draft=replace(step.draft, compared=known))
    service = step.draft.service if step.draft else None
    # "... is that even legal here??", where it is not answered besides.
    allowed = digressions.of_the_matter(service, setting) if setting.turn.aside is None else ()
    answer = tuple(replace(say, alone=True) for say in allowed)
    return Progress(step.draft, memory, (*answer, *step.says), end=step.end)


def _respond(memory: Memory, setting: Setting) -> Progress:
    turn = setting.turn
    if turn.choice is not None:
        return _chosen(memory, turn.choice, setting)
    unread = does_not_read(turn.text, setting.language) or wants_it_in(turn.text, setting.language)
    if unread and (theirs := _wants_their_language(memory, setting)):
        return theirs
    if (draft := memory.given_up_lately(turn.at)) is not None and is_wanted_after_all(turn.text):
        step = asking.asked(Step(replace(draft, touched=turn.at)), setting)
        return Progress(step.draft, memory, step.says)
    if (of_theirs := _said_of_theirs(memory, setting)) is not None:
        return of_theirs
    told = answered(memory, setting) if not withdraws(setting) else None
    if told is None and turn.intent not in BESIDE:
        back = to_withdraw(memory, setting) or fixed_already(setting)
        if back is not None:
            return _progress(ask_withdrawing(back, memory, setting))
    if turn.intent not in BESIDE and withdraws(setting):
        return _plain(memory, setting)
    if told is not None and told.goes_on is not None:
        return _gone_on(told, told.goes_on, setting)
    if told is not None:
        return _progress(told)
    if (after := asks_after(setting)) is not None:
        return nagged(after, memory, setting)
    if (
        turn.text and turn.intent not in BESIDE
    ):  # something else was said: the small question is not asked again
        memory = memory.without(DETAIL)
    filed = memory.filed_lately(turn.at)
    if filed is None and (told := photo_about.asked_about(memory, setting)) is not None:
        return _progress(told)
    if filed is not None and turn.pin is not None and turn.pin.from_map and not turn.text:
        # A pin of its map that crossed the filing: never a second report.
        place = setting.places.reverse(Point(turn.pin.lat, turn.pin.lon), setting.language)
        return Progress(
            None, memory, effects=(AddToRequest(filed.reference, turn.photos, place.name, place),)
        )
    if turn.photos and not turn.text and filed is not None:
        return Progress(None, memory, effects=(AddToRequest(filed.reference, turn.photos),))
    if (wants := _wish_for_texts(memory, turn)) is not None:
        return _progress(updates_wanted.told(memory, setting, wants=wants))
    told_more = turn.intent in ("add_to_request", "answer") and turn.text
    if told_more and memory.filed is not None:
        if not _is_another_thing(memory.filed, setting):
            added = AddToRequest(memory.filed.reference, turn.photos, turn.text)
            return Progress(None, memory, effects=(added,))
        turn = replace(turn, intent="report")
        setting = replace(setting, turn=turn)
    if turn.intent in _BEGINS and (before := filed_before(setting)) is not None:
        return Progress(None, memory, effects=(AddToRequest(before.reference, turn.photos, turn.text),))
    # "The couch is gone but the paint is still there".
    in_part = turn.intent == "not_fixed" and one_is_gone(turn.text)
    if (turn.intent in _BEGINS or in_part) and (rest := _left_of_theirs(setting)) is not None:
        return Progress(None, memory, effects=(AddToRequest(rest.reference, turn.photos, turn.text),))
    if filed is not None and _is_added(filed, setting):
        return Progress(None, memory, effects=(AddToRequest(filed.reference, turn.photos, turn.text),))
    if turn.intent == "not_fixed" and turn.photos and turn.text and len(setting.finished) == 1:
        return _progress(verdict.said_unasked(memory, setting))  # with the picture that proves it
    if turn.intent in _BEGINS and is_no_report(turn.text) and setting.own:
        there = named_by_matter(turn.text, setting) or setting.own[0]
        return Progress(None, memory, effects=(TellStatus(there.reference),))
    if turn.intent in _BUT_ASKS and not turn.photos and turn.pin is None and only_asks(setting):
        memory = replace(memory, only_asked=turn.at)
        return Progress(None, memory, only_asking.answered(setting) or (only_asking.nothing_filed(setting),))
    if memory.only_asks(turn.at) and only_asking.goes_on(setting):
        return Progress(None, memory, (digressions.city_answer(setting),))
    if turn.intent in _CHANGES and not setting.own and _tells_what_or_where(setting):
        # "But can't I report it here? It's on Wilshire near 12th": nothing is there to be changed yet.
        return reported(memory, replace(setting, turn=replace(turn, intent="report")))
    if turn.intent in _CHATTER and _tells_what_and_where(setting):
        return reported(memory, replace(setting, turn=replace(turn, intent="report")))
    if (story := _story_in(memory, setting)) is not None:
        return reported(memory, replace(setting, turn=story))
    if turn.photos or turn.pin or turn.intent in _BEGINS:
        return reported(memory, setting) if turn.photos or turn.pin or turn.text else Progress(None, memory)
    return _plain(memory, setting)


def _tells_what_or_where(setting: Setting) -> bool:
    """Whether words of some length name a matter or a place."""
    words = setting.turn.text
    if len(words.split()) < MUCH_TOLD:
        return False
    placed = setting.places.locate(words, setting.language).outcome is ResolutionOutcome.RESOLVED
    return placed or sure_service(setting.turn, setting) not in (None, CATCH_ALL)


def _tells_what_and_where(setting: Setting) -> bool:
    """Whether words name a matter and a place, whatever chatter stands around them: "pothole at Pico and 17th. my name is Rosa, ..."."""
    code = sure_service(setting.turn, setting)
    if code is None or not names_service(setting.turn.text, code, setting):
        return False
    found = setting.places.locate(setting.turn.text, setting.language)
    return found.outcome is ResolutionOutcome.RESOLVED


def _story_in(memory: Memory, setting: Setting) -> Turn | None:
    """The first words of somebody who tells at length what is wrong and ends with a question that has no answer here ("what can the
    city do?"), as a report; None where nothing is told, or it can be answered."""
    turn = setting.turn
    if turn.intent not in (*_CHATTER, *digressions.QUESTIONS) or setting.own or memory.filed is not None:
        return None
    told = turn.side.rest if turn.side is not None else turn
    answered = turn.intent in digressions.QUESTIONS and digressions.can_answer(turn, setting)
    if len(told.text.split()) < A_STORY or answered:
        return None
    asks_alone = turn.side is None and turn.intent in digressions.QUESTIONS
    code = sure_service(told, setting)
    placed = setting.places.locate(told.text, setting.language).outcome is not ResolutionOutcome.UNKNOWN
    if asks_alone or not (placed or code not in (None, CATCH_ALL)):
        return None
    return replace(turn, intent="report", guesses=told.guesses, vague=told.vague)


def _said_of_theirs(memory: Memory, setting: Setting) -> Progress | None:
    """What comes of words that name a request, or wish something of one, whatever is open; None where they do neither."""
    turn = setting.turn
    if (seen := seen_too(setting)) is not None:
        return Progress(None, memory, effects=(FollowNamed(seen),))
    if (left := not_fixed_by_number(setting)) is not None:
        return _progress(verdict.verdict_on("not_fixed", left.reference, memory, setting))
    if to_take_out(turn.text) is not None and (whose := _spoken_of(memory, setting)) is not None:
        wish = AddToRequest(whose, turn.photos, turn.text, asks=True, said_as="utter_asked_to_take_out")
        return Progress(None, memory, effects=(wish,), wants_person=True)
    if (quiet := to_mute(setting)) is not None:
        return Progress(None, memory, effects=(Mute(quiet.reference),))
    about = asked_about(memory, setting)
    if about is not None and not _says_otherwise(about[0], memory, turn):
        return told_how_it_stands(*about, memory, setting)
    if asks_for_a_new_one(turn.text):
        return reported(memory, replace(setting, turn=replace(turn, text="", intent="another")), anew=True)
    told_anew = begins_anew(turn.text) and len(turn.text.split()) >= MUCH_TOLD
    if told_anew and turn.intent in (*_TELLS, "deny", "another", "start_over", "out_of_scope"):
        return reported(memory, replace(setting, turn=replace(turn, intent="report")), anew=True)
    if (right := put_right(memory, setting)) is not None:
        return Progress(None, memory, effects=right)
    if (name := renamed(memory, setting)) is not None:
        return Progress(None, memory.without(DETAIL), effects=(name,))
    if (meant := means_the_other(setting)) is not None:
        return Progress(
            None, memory, effects=(AddToRequest(meant.reference, turn.photos, turn.text, for_staff=True),)
        )
    if (other := about_another(memory, setting)) is not None:
        return _told_of_another(other, memory, setting)
    if (again := to_reopen(memory, setting)) is not None:
        return _progress(verdict.verdict_on("not_fixed", again.reference, memory, setting))
    return None


def _says_otherwise(request: OwnRequest, memory: Memory, turn: Turn) -> bool:
    """Whether words that speak of a request want it closed, or answer "is it fixed?" with what is left: they do not ask how it stands."""
    asked = (one for one in memory.open_questions(turn.at) if one.topic == FINISHED)
    of_it = any(one.reference == request.reference for one in asked)
    return cancels(turn.text) or (of_it and leaves_a_part(turn.text))


def _spoken_of(memory: Memory, setting: Setting) -> str | None:
    """The request of theirs that words name, else the one that is talked of."""
    named = named_by_number(setting) or named_by_matter(setting.turn.text, setting)
    return (
        named.reference if named is not None else talked_about(memory.filed_lately(setting.turn.at), setting)
    )


def _gone_on(told: Told, rest: Turn, setting: Setting) -> Progress:
    """The answer to what was asked, and then what else was said, as if it had come by itself."""
    after = respond(told.memory, replace(setting, turn=rest))
    return replace(after, says=(*told.says, *after.says), effects=(*told.effects, *after.effects))


def _told_of_another(other: OwnRequest, memory: Memory, setting: Setting) -> Progress:
    """What is said of another of their requests than the one that was asked about; the question stays and comes again."""
    if other.finished:
        told = verdict.verdict_on("not_fixed", other.reference, memory, setting)
        return Progress(None, memory, told.says, told.effects)
    added = AddToRequest(other.reference, setting.turn.photos, setting.turn.text)
    return asked_again(Progress(None, memory, effects=(added,)), setting)


def _wish_for_texts(memory: Memory, turn: Turn) -> bool | None:
    """Whether our texts are wanted, where the turn says so."""
    named = {"start_texts": True, "stop_texts": False}.get(turn.intent)
    if named is not None or memory.filed is None or turn.intent in ("report", "another"):
        return named
    return wish_in(turn.text)


def _left_of_theirs(setting: Setting) -> OwnRequest | None:
    """The open request of theirs of which a part is said to be left, where no other place or matter is named: "uno ya
    prendió, falta el otro"."""
    turn = setting.turn
    newest = next((own for own in setting.own if own.theirs and own.status in ACTIVE), None)
    left = leaves_a_part(turn.text) or one_is_gone(turn.text)
    if newest is None or not left or turn.pin is not None:
        return None
    theirs = named_by_matter(turn.text, setting) == newest  # "the paint", which their report told of
    other = not theirs and sure_service(turn, setting) not in (None, CATCH_ALL, newest.service)
    placed = setting.places.locate(turn.text, setting.language).outcome is not ResolutionOutcome.UNKNOWN
    return None if other or placed else newest


def _is_another_thing(filed: Filed, setting: Setting) -> bool:
    """Whether "also the bike rack there", or "but what about the sewer", tells of another thing than the request just filed."""
    if announces_another(filed.reference, filed.service, setting):
        return True
    if is_another_elsewhere(filed.reference, filed.service, setting):
        return True
    another = names_another_thing(filed.reference, filed.service, setting)
    named = another and (introduces(setting.turn.text) or says_also(setting.turn.text))
    return named or tells_of_its_own(filed.service, setting)


def _is_added(filed: Filed, setting: Setting) -> bool:
    """Whether words that would begin a report are about the request just filed, or just told of."""
    turn = setting.turn
    if not turn.text or turn.pin is not None or not (turn.intent in _BEGINS or turn.photos):
        return False
    wanted = filed.waits and not is_stale(filed.at, setting)
    return belongs(filed.reference, filed.service, setting, wanted=wanted)


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


def _chosen(memory: Memory, choice: str, setting: Setting) -> Progress:
    kind, _, value = choice.partition(":")
    if kind == "updates":
        answer = updates_wanted.told(memory, setting, wants=value == "yes")
        whose = memory.filed
        if whose is not None and tells_beside_a_choice(setting.turn):  # "1. the gutter is slippery, too"
            more = AddToRequest(whose.reference, setting.turn.photos, to_be_kept(setting.turn.text))
            answer = replace(answer, effects=(*answer.effects, more))
        return _progress(answer)
    asked = memory.asking(_ASKED_WITH[kind], setting.turn.at) if kind in _ASKED_WITH else None
    if asked is not None and (told := asked.answer(memory, setting)) is not None:
        return _progress(told)
    if kind == "not_mine":
        return _progress(disowned(value, memory))
    if kind in ("fixed", "not_fixed"):
        return _progress(verdict.verdict_on(kind, value, memory, setting))
    if kind in _BEGINNINGS:
        return reported(memory, setting)
    return Progress(None, memory, (Say("utter_say_more"),))  # an option of a menu long past


def _plain(memory: Memory, setting: Setting) -> Progress:
    intent = setting.turn.intent
    filed = memory.filed_lately(setting.turn.at)
    if (told := for_staff(memory, setting)) is not None:
        return Progress(None, memory, effects=(told,), wants_person=True)
    if (
        filed is not None
        and intent in ("thanks", "goodbye", "affirm")
        and _TELL_THEM.search(fold(setting.turn.text))
    ):
        added = AddToRequest(filed.reference, setting.turn.photos, setting.turn.text)
        return Progress(None, memory, effects=(added,))
    if filed is not None and intent not in _NOT_FOR_THEM and _ASK_THEM.search(fold(setting.turn.text)):
        told = AddToRequest(filed.reference, words=setting.turn.text, asks=True)
        return Progress(None, memory, effects=(told,), wants_person=True)
    if filed is not None and _only_staff_know(filed.service, setting):
        told = AddToRequest(filed.reference, words=setting.turn.text, asks=True)
        return Progress(None, memory, effects=(told,), wants_person=True)
    if intent == "deny" and filed is not None and filed.waits:  # "Not right? Tell us here."
        told = AddToRequest(filed.reference, setting.turn.photos, setting.turn.text)
        tells = tells_something(setting.turn.text)
        return Progress(
            None, memory, () if tells else (Say("utter_what_is_right"),), (told,) if tells else ()
        )
    match intent:
        case "change_language" if (theirs := _wants_their_language(memory, setting)) is not None:
            return theirs
        case "again":
            return _said_again(memory, setting)
        case "affirm" if memory.filed is not None:
            return Progress(None, memory, (Say("utter_welcome"),))  # "ok good": nothing was asked
        case "ask_status":
            return status_told(memory, setting)
        case "fixed" | "not_fixed" if filed is not None and is_of_another_time(setting.turn.text):
            told = AddToRequest(filed.reference, setting.turn.photos, setting.turn.text)
            return Progress(None, memory, effects=(told,))
        case "fixed" | "not_fixed" if (below := replied_to(setting)) is not None and below.status in ACTIVE:
            # Said of work that has not ended: something for the crew, or a button from before it was opened again.
            words, photos = setting.turn.text, setting.turn.photos
            more = AddToRequest(below.reference, photos, words)
            return Progress(None, memory, effects=(more if words or photos else TellStatus(below.reference),))
        case "fixed" | "not_fixed":
            return _progress(verdict.said_unasked(memory, setting))
        case "ask_person":
            service = memory.filed.service if memory.filed else None
            return Progress(None, memory, digressions.answer(service, setting), wants_person=True)
        case "ask_services":
            return Progress(None, memory, (Say("utter_services"), Say("utter_offer_list")))
        case "abuse" if memory.calmed:
            return Progress(None, memory, (Say("utter_say_more"),))
        case "abuse":
            return Progress(None, replace(memory, calmed=True), (Say("utter_calm"), Say("utter_offer_list")))
        case "out_of_scope" if (about := talked_about(filed, setting)) is not None:
            return Progress(None, memory, (Say("utter_not_followed_filed", {"reference": about}),))
        case "out_of_scope" if memory.goes_on(setting.turn.at):
            return Progress(None, memory, (Say("utter_not_followed_talking"),))
        case "out_of_scope":
            return Progress(None, memory, (Say("utter_out_of_scope"), Say("utter_offer_list")))
        case "rate" if bare_figure(setting.turn.text) is not None:
            return Progress(None, memory, (Say("utter_say_more"),))  # a number that answers nothing
        case _:
            if name := _ANSWERS.get(intent):
                return Progress(None, memory, (Say(name),))
            said = digressions.answer(memory.filed.service if memory.filed else None, setting)
            return Progress(None, memory, said or (Say("utter_say_more"),))


def _wants_their_language(memory: Memory, setting: Setting) -> Progress | None:
    """The wish for the resident's language, with staff: what they write comes as they wrote it."""
    newest = next(iter(setting.own), None)
    if newest is None or newest.status == "open":
        return None
    wish = AddToRequest(
        newest.reference,
        setting.turn.photos,
        setting.turn.text,
        asks=True,
        said_as="utter_asked_for_language",
    )
    return Progress(None, memory, effects=(wish,), wants_person=True)


def _only_staff_know(service: str, setting: Setting) -> bool:
    """Whether a question has no answer here. With a request of theirs nobody is left with "I can't answer that"."""
    return setting.turn.intent in digressions.QUESTIONS and not digressions.can_answer(
        setting.turn, setting, service
    )


def _said_again(memory: Memory, setting: Setting) -> Progress:
    """The open question once more, for who did not understand it; what we are here for where none is open."""
    asked = next((one for one in memory.open_questions(setting.turn.at) if one.is_asked), None)
    return Progress(None, memory, (asked.ask(setting) if asked else Say("utter_say_more"),))


def answers_danger_besides(memory: Memory, turn: Turn) -> bool:
    """Whether words of danger begin with an answer to "is it fixed?", which counts beside them."""
    asked = any(one.topic == FINISHED for one in memory.open_questions(turn.at))
    return asked and danger.answers_besides(turn)
