"""As what a report is filed, and who has it: asked in a report, or of a request that is filed."""

from __future__ import annotations

from bot.city.current import city
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter, named_by_number
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_whose, talked_of
from bot.conversation.intake.turn import Say
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.progress import Progress


def told_whose(draft: Draft | None, memory: Memory, setting: Setting) -> Progress | None:
    """What kind it is and whose; None where that is not asked, or asked beside something else, or nothing is there."""
    turn = setting.turn
    if turn.choice is not None or turn.edited or not turn.text or len(turn.text.split()) > MOST_ASKED:
        return None
    if not asks_whose(setting):
        return None
    named = named_by_number(setting) or named_by_matter(turn.text, setting)
    service = setting.service(draft.service) if draft is not None else None
    if draft is not None and service is not None and (named is None or named.service == draft.service):
        department = city().department_called(service.department, setting.language)
        says = (Say("utter_goes_to", {"department": department}), asked_again(draft, setting))
        return Progress(draft, memory, says)
    about = named.reference if named is not None else talked_of(memory, setting)
    if draft is not None or about is None or setting.own_request(about) is None:
        return None
    return Progress(None, memory, effects=(TellStatus(about, whose=True),))


MOST_ASKED = 20  # words: who tells more wants more than that
