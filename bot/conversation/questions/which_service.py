"""Which of these is it? The best guesses, when the words leave it open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.services import guess_options, of_service, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.what import What


@dataclass(frozen=True, slots=True)
class WhichService(What):
    name: ClassVar[str] = "which_service"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        return Say("utter_which_service", options=guess_options(draft, setting))

    def back(self, draft: Draft) -> Draft:
        return replace(without_service(draft), open=None)


def chosen(draft: Draft, code: str, setting: Setting) -> Draft | None:
    """The draft of the chosen service; None for one that the catalogue does not know."""
    if setting.service(code) is None:
        return None
    refused = tuple(one for one in draft.refused if one != code)
    return replace(of_service(draft, code), refused=refused, unclear=0, open=None)
