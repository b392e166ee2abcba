"""What is said once a report is filed."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.details import as_told
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.guidance import guidance_of
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.quoting import BESIDE_MORE, quoted
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import tells_more
from bot.conversation.intake.turn import Say
from bot.conversation.questions import updates_wanted
from bot.conversation.questions.helpful_detail import DETAIL, ask_next
from bot.conversation.questions.updates_wanted import UpdatesWanted


def filed_says(
    reference: str,
    department: str,
    memory: Memory,
    setting: Setting,
    draft: Draft,
    *,
    more: bool,
    due: str = "",
) -> tuple[Memory, tuple[Say, ...]]:
    """The number, who has it now and until when, whether to text updates, and the first question that helps.

    `due`: the day by which it is usually done, as it is said; "" where it is not known. With `more` another problem of the same message comes next, so nothing is asked about this one.
    """
    if more:
        return memory.without(DETAIL), (_filed_next(reference, due, draft, setting),)
    warned = draft.warned == draft.service  # what residents should know of it was told before
    service = as_told(draft, setting) if memory.filed and not warned else None
    done = (
        Say("utter_filed", {"reference": reference, "department": department}),
        *_sent_along(draft, setting),
        *_promised(due, draft, setting),
        *guidance_of(service, setting),
    )
    offer, memory = updates_wanted.offer(memory, setting)
    if memory.asking(
        UpdatesWanted, setting.turn.at
    ):  # one question at a time: the other one follows the answer
        return memory, (*done, *offer)
    memory, questions = ask_next(memory, setting)
    return memory, (*done, *offer, *(replace(say, alone=True) for say in questions))


def _filed_next(reference: str, due: str, draft: Draft, setting: Setting) -> Say:
    """Of the first of two matters: its day stands before the words that go on to the other one."""
    if due and not (setting.turn.danger or draft.in_danger):
        return Say("utter_filed_next_by", {"reference": reference, "due": due})
    return Say("utter_filed_next", {"reference": reference})


def _promised(due: str, draft: Draft, setting: Setting) -> tuple[Say, ...]:
    """By when it is usually done; nobody in danger is told of days. The summary told how long it takes."""
    told = due and not (setting.turn.danger or draft.in_danger)
    return (Say("utter_promise", {"due": due}),) if told else ()


def _sent_along(draft: Draft, setting: Setting) -> tuple[Say, ...]:
    """What came with the words that sent the report, for nothing has shown since that it is in there."""
    turn = setting.turn
    last = draft.description.rpartition("\n")[2]
    says = (
        (Say("utter_filed_with", {"quote": quoted(last, BESIDE_MORE)}),)
        if tells_more(turn) and last in turn.text
        else ()
    )
    new = len([photo for photo in turn.photos if photo in draft.photos])
    return (*says, Say("utter_filed_with_photos", {"photos": str(len(draft.photos))})) if new else says
