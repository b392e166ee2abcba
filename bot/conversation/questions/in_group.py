"""Which one of this group of the catalogue is it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.services import group_service_options, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.what import What


@dataclass(frozen=True, slots=True)
class InGroup(What):
    name: ClassVar[str] = "in_group"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        group = draft.half_service.group if draft.half_service else None
        return Say("utter_which_in_group", options=group_service_options(group or "", setting))

    def back(self, draft: Draft) -> Draft:
        return replace(without_service(draft), open=None)
