"""What is said once a report is filed."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.guidance import guidance_of
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions import updates_wanted
from bot.conversation.questions.helpful_detail import DETAIL, ask_next
from bot.conversation.questions.updates_wanted import UpdatesWanted


def filed_says(
    reference: str, department: str, memory: Memory, setting: Setting, *, more: bool, warned: bool = False
) -> tuple[Memory, tuple[Say, ...]]:
    """The number, who has it now, whether to text updates, and the first question that helps.

    With `more` another problem of the same message comes next, so nothing is asked about this one. `warned`: what residents
    should know of it was told before.
    """
    if more:
        return memory.without(DETAIL), (Say("utter_filed_next", {"reference": reference}),)
    service = setting.service(memory.filed.service) if memory.filed and not warned else None
    done = (
        Say("utter_filed", {"reference": reference, "department": department}),
        *guidance_of(service, setting),
    )
    offer, memory = updates_wanted.offer(memory, setting)
    if memory.asking(
        UpdatesWanted, setting.turn.at
    ):  # one question at a time: the other one follows the answer
        return memory, (*done, *offer)
    memory, questions = ask_next(memory, setting)
    return memory, (*done, *offer, *(replace(say, alone=True) for say in questions))
