"""What is said of a request of theirs by its number, its matter or a wish, whatever else is open."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.effects import AddToRequest, FollowNamed, Mute
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.half_done import leaves_a_part
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter, named_by_number, not_fixed_by_number, seen_too
from bot.conversation.intake.services import asks_for_a_new_one, begins_anew
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asked_about
from bot.conversation.intake.taking_out import to_take_out
from bot.conversation.intake.turn import Turn
from bot.conversation.questions import verdict
from bot.conversation.questions.helpful_detail import DETAIL
from bot.conversation.talk.beginning import as_report, reported
from bot.conversation.talk.both_judged import both_judged, told_of_both
from bot.conversation.talk.follow_on import asked_again
from bot.conversation.talk.progress import Progress, progress_of
from bot.conversation.talk.standing import MUCH_TOLD, talked_about, told_how_it_stands
from bot.conversation.talk.wishes import (
    about_another,
    cancels,
    means_the_other,
    put_right,
    renamed,
    to_mute,
    to_reopen,
)

# Intents of words that may tell of another matter, where they say that it is a new one.
_TELLS_ANEW = (
    "report",
    "give_place",
    "add_to_request",
    "correct",
    "deny",
    "another",
    "start_over",
    "out_of_scope",
)


def said_of_theirs(memory: Memory, setting: Setting) -> Progress | None:
    """What comes of words that name a request, or wish something of one, whatever is open; None where they do neither."""
    turn = setting.turn
    if (seen := seen_too(setting)) is not None:
        return Progress(None, memory, effects=(FollowNamed(seen),))
    if (left := not_fixed_by_number(setting)) is not None:
        return progress_of(verdict.verdict_on("not_fixed", left.reference, memory, setting))
    if (both := both_judged(memory, setting)) is not None:
        return told_of_both(both, memory, setting)
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
    if told_anew and turn.intent in _TELLS_ANEW:
        return reported(memory, as_report(setting), anew=True)
    if (right := put_right(memory, setting)) is not None:
        return Progress(None, memory, effects=right)
    if (name := renamed(memory, setting)) is not None:
        return Progress(None, memory.without(DETAIL), effects=(name,))
    if (meant := means_the_other(setting)) is not None:
        return _moved(meant, memory, setting)
    if (other := about_another(memory, setting)) is not None:
        return _told_of_another(other, memory, setting)
    if (again := to_reopen(memory, setting)) is not None:
        return progress_of(verdict.verdict_on("not_fixed", again.reference, memory, setting))
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


def _moved(meant: OwnRequest, memory: Memory, setting: Setting) -> Progress:
    """What was said last of another one, added to the one that was meant; staff of the other one read that it was not for them."""
    wish = AddToRequest(meant.reference, setting.turn.photos, setting.turn.text, for_staff=True)
    filed = memory.filed_lately(setting.turn.at)
    other = setting.own_request(filed.reference) if filed is not None else None
    said = other.told.rpartition("\n")[2] if other is not None and "\n" in other.told else ""
    if other is None or other == meant or not said:
        return Progress(None, memory, effects=(wish,))
    moved = AddToRequest(meant.reference, words=said)
    return Progress(None, memory, effects=(moved, replace(wish, reference=other.reference)))


def _told_of_another(other: OwnRequest, memory: Memory, setting: Setting) -> Progress:
    """What is said of another of their requests than the one that was asked about; the question stays and comes again."""
    if other.finished:
        told = verdict.verdict_on("not_fixed", other.reference, memory, setting)
        return Progress(None, memory, told.says, told.effects)
    added = AddToRequest(other.reference, setting.turn.photos, setting.turn.text)
    return asked_again(Progress(None, memory, effects=(added,)), setting)
