"""What is said once a report is filed."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import follow_up
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say


def filed_says(
    reference: str, department: str, memory: Memory, setting: Setting, *, more: bool
) -> tuple[Memory, tuple[Say, ...]]:
    """The number, who has it now, whether to text updates, and the first question that helps.

    With `more` another problem of the same message comes next, so nothing is asked about this one.
    """
    if more:
        return replace(memory, follow_up=None), (Say("utter_filed_next", {"reference": reference}),)
    done = (
        Say("utter_filed", {"reference": reference, "department": department}),
        *_guidance(memory, setting),
    )
    offer, memory = offer_updates(memory, setting)
    if memory.offered:  # one question at a time: the other one follows the answer
        return memory, (*done, *offer)
    memory, questions = follow_up.asked(memory, setting)
    return memory, (*done, *offer, *(replace(say, alone=True) for say in questions))


def _guidance(memory: Memory, setting: Setting) -> tuple[Say, ...]:
    """What residents should know of such a matter."""
    service = setting.service(memory.filed.service) if memory.filed else None
    if service is None or service.guidance is None or setting.turn.danger:
        return ()
    return (Say("utter_guidance", {"guidance": setting.words(service.guidance)}),)


def offer_updates(memory: Memory, setting: Setting) -> tuple[tuple[Say, ...], Memory]:
    """Whether to text updates, or that we will.

    Texts over the coming days want a yes (CTIA): SMS asks once. On Telegram the chat itself is the wish.
    """
    if setting.turn.channel == "sms" and memory.updates is None:
        return (Say("utter_offer_updates"),), replace(memory, offered=True)
    if memory.updates is False:
        return (), memory
    return (Say("utter_will_update"),), memory
