"""Shall we go on with this report? Asked after a pause, when what comes may be something new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import ReportQuestion
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say, Turn


@dataclass(frozen=True, slots=True)
class Resume(ReportQuestion):
    held: Turn  # what was written after the pause

    name: ClassVar[str] = "resume"
    slot: ClassVar[str] = "confirmation"
    closes: ClassVar[bool] = False

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        service = setting.service(draft.service)
        if service is None:
            return Say("utter_resume")
        what = setting.words(service.noun)
        where = draft.location.name if draft.location else draft.half_place and draft.half_place.street
        if not where:
            return Say("utter_resume_what", {"what": what})
        return Say("utter_resume_where", {"what": what, "where": where})
