"""What cannot wait is marked for staff, and said to be: once for each report."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.danger import Danger
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.intake.urgency import is_urgent
from bot.conversation.talk.progress import Progress

URGENT = Say("utter_urgent")


def with_urgency(progress: Progress, said: Turn) -> Progress:
    """The progress with the mark on the report, or on the request that the words were added to. `said`: the turn before it was heard.
    Danger is answered with more, and whoever told of it with the report is promised no days."""
    draft = progress.draft
    if Danger.EMERGENCY in said.danger and draft is not None and progress.end is not End.DROPPED:
        return replace(progress, draft=replace(draft, in_danger=True, urgent=True))
    if not said.text or said.danger or said.edited or said.taken_over or not is_urgent(said.text):
        return progress
    if draft is not None and progress.end is not End.DROPPED:
        return progress if draft.urgent or not _holds(draft, said) else _marked(progress, draft)
    added = next((one for one in progress.effects if isinstance(one, AddToRequest) and one.words), None)
    if added is None:
        return progress
    effects = tuple(replace(one, urgent=True) if one is added else one for one in progress.effects)
    return replace(progress, effects=effects, says=(URGENT, *progress.says))


def _holds(draft: Draft, said: Turn) -> bool:
    """Whether the words are of this report: it holds some of them, or is all that is talked of."""
    return not draft.later or any(line in said.text for line in draft.description.splitlines() if line)


def _marked(progress: Progress, draft: Draft) -> Progress:
    return replace(progress, draft=replace(draft, urgent=True), says=(URGENT, *progress.says))
