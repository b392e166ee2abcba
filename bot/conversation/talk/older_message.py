"""A reply to an older message of ours: heard as if that message had been the last thing said."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.status import Status
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.naming import named_by_number, replied_to
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import talked_of
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.progress import Progress

# Manners: below an update that asked nothing, and whose question was settled, they say nothing about the work.
_MANNERS = frozenset({"thanks", "goodbye", "greet"})


def of_an_older_one(draft: Draft | None, memory: Memory, setting: Setting) -> OwnRequest | None:
    """The request that a reply is about by the message it was written below; None where that is the one talked of anyway, or
    where the words name another by its number.
    """
    turn, request = setting.turn, replied_to(setting)
    if request is None or turn.taken_over or turn.edited or turn.choice is not None:
        return None
    if named_by_number(setting) not in (None, request):
        return None
    return None if draft is None and talked_of(memory, setting) == request.reference else request


def back_then(request: OwnRequest, memory: Memory, setting: Setting) -> tuple[Memory, Setting]:
    """Memory and setting as they were when the request had just been talked of."""
    turn = setting.turn
    waits = request.status in (Status.ON_HOLD, Status.WAITING)
    agenda = tuple(one for one in memory.agenda if one.reference == request.reference)
    then = replace(
        memory, filed=Filed(request.reference, request.service, turn.at, waits=waits), agenda=agenda
    )
    asked = any(one.topic == FINISHED for one in agenda)
    if request.finished and not asked and turn.intent not in _MANNERS:
        # The question of a later update has taken its place; the reply is to the one that stands above it.
        then = then.with_question(Verdict(request.reference, request.service, turn.at))
    others = tuple(one for one in setting.own if one != request)
    return then, replace(setting, own=(request, *others))


def and_on(
    progress: Progress, request: OwnRequest, draft: Draft | None, memory: Memory, setting: Setting
) -> Progress:
    """The progress of a reply with what was open before it: the report in the making, and the questions about other requests.

    Where the reply did something, "is it fixed?" of another request waits no longer: the next photo is of this one.
    """
    did = bool(progress.effects)
    put = Verdict(request.reference, request.service, setting.turn.at)
    had_it = any(one.topic == FINISHED and one.reference == request.reference for one in memory.agenda)
    now = tuple(one for one in progress.memory.agenda if had_it or one != put)
    topics = {one.topic for one in now}
    others = tuple(
        one
        for one in memory.agenda
        if one.reference != request.reference
        and one.topic not in topics
        and not (did and one.topic == FINISHED)
    )
    after = replace(progress.memory, agenda=(*others, *now))
    if not did:
        after = replace(after, filed=memory.filed)
    progress = replace(progress, memory=after)
    if draft is None:
        return progress
    return replace(progress, draft=draft, says=(*progress.says, asked_again(draft, setting)), end=None)
