"""What is said once a report is filed."""

from __future__ import annotations

from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Say, Turn


def filed_says(reference: str, department: str, turn: Turn, memory: Memory, *, more: bool) -> tuple[Say, ...]:
    """The number, who has it now, and whether to text updates.

    Texts over the coming days want a yes (CTIA): SMS asks once. On Telegram the chat itself is the wish.
    """
    if more:
        return (Say("utter_filed_next", {"reference": reference}),)
    done = Say("utter_filed", {"reference": reference, "department": department})
    if turn.channel == "sms" and memory.updates is None:
        return (done, Say("utter_offer_updates"))
    if memory.updates is False:
        return (done,)
    return (done, Say("utter_will_update"))
