"""One turn of a conversation: danger first, then what was heard, in a report or between reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.conversation.hearing import heard, scene_of
from bot.conversation.intake import danger
from bot.conversation.intake.draft import MAX_DESCRIPTION, Draft
from bot.conversation.intake.filler import says_nothing
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.photos import refusals
from bot.conversation.intake.question import End
from bot.conversation.intake.read_once import ReadOnce
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.conversation.questions.joining import JOINING
from bot.conversation.talk.answers_told import with_answers_told
from bot.conversation.talk.aside import with_aside
from bot.conversation.talk.besides import other_matter, with_other_matter, without_what_wants_nothing
from bot.conversation.talk.between import respond
from bot.conversation.talk.both_judged import both_judged
from bot.conversation.talk.each_its_own import each_its_own
from bot.conversation.talk.in_danger import (
    and_obeyed,
    is_only_danger,
    no_emergency,
    only_danger,
    turns_out_to_be_none,
    with_what_to_do,
)
from bot.conversation.talk.in_report import in_report
from bot.conversation.talk.kind_word import with_a_kind_word
from bot.conversation.talk.linking import linked
from bot.conversation.talk.of_our_texts import wished
from bot.conversation.talk.older_message import and_on, back_then, of_an_older_one
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.reminders import remind
from bot.conversation.talk.right_one import at_the_right_one, of_another, with_words_for
from bot.conversation.talk.run_by_others import as_whose_it_is
from bot.conversation.talk.stuck import with_a_way_out
from bot.conversation.talk.unanswered import with_what_is_asked
from bot.conversation.talk.understood import understood
from bot.conversation.talk.updates import announce
from bot.conversation.talk.urgent import with_urgency
from bot.conversation.talk.who_sees import as_a_question, with_who_sees_it
from bot.conversation.talk.whose import told_whose
from bot.conversation.talk.wishes import means_the_other

# What is said when a report is given up.
_GIVEN_UP = frozenset({"utter_dropped", "utter_outside_end"})


def converse(
    draft: Draft | None, memory: Memory, setting: Setting, event: Mapping[str, Any] | None = None
) -> Progress:
    """Take one turn. `event` is the update of a request, when the turn is one. Pure; never raises for any turn."""
    places = ReadOnce(setting.places)
    setting = replace(setting, places=places)
    if draft is not None and draft.expired(setting.turn.at):
        draft = None
    if event is not None:
        return _updated(draft, memory, setting, event)
    progress = _below_an_older_message(draft, memory, setting) or _taken(draft, memory, setting)
    progress = with_what_to_do(progress, setting)
    told = understood(draft, memory, setting, places, progress)
    return replace(progress, memory=replace(progress.memory, talked=setting.turn.at), understood=told)


def _below_an_older_message(draft: Draft | None, memory: Memory, setting: Setting) -> Progress | None:
    """A reply about another request than the one talked of; None for any other turn, and where it begins a report after all."""
    request = of_an_older_one(draft, memory, setting)
    if request is None:
        return None
    progress = _taken(None, *back_then(request, memory, setting))
    return None if progress.draft is not None else and_on(progress, request, draft, memory, setting)


def _taken(draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    """A turn of the resident's: each of the matters it speaks of gets what is said of it."""
    shared = (
        None if is_only_danger(draft, memory, setting.turn) else each_its_own(draft, memory, setting, _taken)
    )
    return shared or _taken_whole(draft, memory, setting)


def _taken_whole(draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    """A turn that speaks of one matter, or of new ones."""
    setting = as_a_question(_with_its_danger(draft, memory, setting))
    setting = as_whose_it_is(draft, memory, setting)
    told = memory.in_danger_lately(setting.turn.at)
    if draft is None and told is not None and turns_out_to_be_none(told, setting):
        return no_emergency(told, replace(memory, in_danger=None), setting)
    is_only = is_only_danger(draft, memory, setting.turn)
    if not is_only and (about_link := linked(draft, memory, setting)) is not None:
        return replace(about_link, says=danger.first(about_link.says, setting.turn))
    if (of_us := wished(draft, memory, setting)) is not None:
        return of_us
    memory = memory.without(JOINING)  # a later yes is one to something else
    if not is_only:
        setting = without_what_wants_nothing(draft, setting)
    both = both_judged(memory, setting) if draft is None else None
    # What is left of finished work beside praise for another one is no new matter.
    in_halves = not is_only and (both is None or not both.left.finished) and means_the_other(setting) is None
    if in_halves and (two := other_matter(draft, memory, setting)) is not None:
        first = _taken(draft, memory, replace(setting, turn=two.rest))
        return with_other_matter(first, two.told, setting)
    if in_halves and (theirs := of_another(memory, setting)) is not None:
        halves, request = theirs
        first = _taken(draft, memory, replace(setting, turn=halves.rest))
        return with_words_for(first, request, halves.told, setting)
    as_said, setting = setting, heard(draft, memory, setting)
    turn = setting.turn
    if is_only:
        progress = only_danger(draft, memory, as_said)
        return progress if turn.taken_over else and_obeyed(progress, setting)
    whose = told_whose(draft, memory, as_said)
    if whose is not None:
        progress = whose
    elif draft is not None:
        progress = in_report(draft, memory, setting)
    else:
        progress = respond(memory, setting)
        if progress.draft is not None and danger.is_all(turn):
            return only_danger(draft, memory, setting)
        if progress.draft is None:
            refused = () if turn.edited else refusals(turn)
            progress = replace(progress, says=(*refused, *progress.says), end=End.DROPPED)
    progress = with_answers_told(at_the_right_one(progress, memory, setting), setting)
    progress = with_what_is_asked(
        with_aside(progress, setting), as_said.turn, setting, begun=draft is not None
    )
    progress = with_who_sees_it(progress, as_said.turn, setting)
    progress = _with_what_is_given_up(with_a_way_out(progress), draft)
    progress = with_a_kind_word(with_urgency(progress, as_said.turn), draft, as_said.turn)
    progress = _with_what_was_not_followed(progress, draft, memory, as_said.turn)
    return replace(progress, says=danger.first(progress.says, turn), meant=turn)


# Who was not followed, or answered with 911 alone, and goes on telling within so long goes on with the same.
STILL_TELLING = timedelta(minutes=15)
# What is said where nothing of ours is meant.
_NOT_FOLLOWED = frozenset({"utter_out_of_scope", "utter_not_followed_talking"})


def _with_what_was_not_followed(
    progress: Progress, before: Draft | None, memory: Memory, said: Turn
) -> Progress:
    """The report that begins right after words we did not follow, with those words: "my panic button is dead", "it's at the hotel on
    Ocean". Of a progress that begins none, those words are remembered until the next."""
    if before is not None or progress.draft is None:
        lost = progress.draft is None and any(say.response in _NOT_FOLLOWED for say in progress.says)
        lost = lost and not says_nothing(said.text)
        return replace(progress, memory=replace(progress.memory, not_followed=said.kept() if lost else None))
    # "No señor, it's not one for 911. The smell comes through the duct": the first words told more.
    told, draft = memory.not_followed or memory.in_danger, progress.draft
    memory = replace(progress.memory, not_followed=None)
    if told is None or said.at - told.at > STILL_TELLING or not told.text or told.text in draft.description:
        return replace(progress, memory=memory)
    words = f"{told.text}\n{draft.description}".strip()[:MAX_DESCRIPTION]
    photos = (*told.photos, *(one for one in draft.photos if one not in told.photos))
    return replace(progress, memory=memory, draft=replace(draft, description=words, photos=photos))


def _with_what_is_given_up(progress: Progress, before: Draft | None) -> Progress:
    """The progress that remembers the report that was given up, until another one begins."""
    memory, says = progress.memory, progress.says
    if before is not None and any(say.response in _GIVEN_UP for say in says):
        return replace(progress, memory=replace(memory, given_up=replace(before, open=None)))
    goes_on = progress.draft is not None and memory.given_up is not None
    return replace(progress, memory=replace(memory, given_up=None)) if goes_on else progress


def _with_its_danger(draft: Draft | None, memory: Memory, setting: Setting) -> Setting:
    """The setting with all danger that counts: where nothing was asked, words are no answer to anything."""
    if scene_of(draft, memory, setting) is not None:
        return setting
    turn = setting.turn
    return replace(setting, turn=replace(turn, danger=turn.danger | turn.danger_alone))


def _updated(draft: Draft | None, memory: Memory, setting: Setting, event: Mapping[str, Any]) -> Progress:
    """Tell the update, or remind. The question of a report that is open stays open, and is not put again by an update."""
    memory = memory.without(JOINING)  # what is said now may be meant for the update
    if event.get("remind"):
        return remind(event, draft, memory, setting)
    told = announce(event, memory, setting)
    return Progress(draft, told.memory, told.says, end=End.DROPPED if draft is None else None)
