"""What was asked and not answered, asked once more when its time has come."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.finished import called
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.next import with_question
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk.progress import Progress


class Kind(StrEnum):
    """What a resident is reminded of."""

    REPORT = "report"  # that they began and did not send
    FEEDBACK = "feedback"  # whether finished work is fixed
    QUESTION = "question"  # of staff


def remind(event: Mapping[str, Any], draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    """Ask again what the event names, where it is still open; say nothing where it was answered meanwhile."""
    says: tuple[Say, ...] = ()
    kind, reference = event.get("remind"), str(event.get("reference", ""))
    values = {"reference": reference, "about": _about(event, setting)}
    if kind == Kind.REPORT and draft is not None:
        draft = with_question(draft, setting)
        assert draft.open is not None  # noqa: S101 - with_question says so
        says = (Say("utter_remind_report"), draft.open.ask(draft, setting))
    elif kind == Kind.FEEDBACK:
        asked = memory.asking(Verdict, setting.turn.at)
        if asked is not None and asked.reference == reference:
            says = (Say("utter_remind_fixed", values), asked.ask(setting))
    elif kind == Kind.QUESTION:
        of_staff = memory.asking(StaffQuestion, setting.turn.at)
        if of_staff is not None and of_staff.reference == reference:
            says = (Say("utter_remind_staff", values), of_staff.ask(setting))
    return Progress(draft, memory, says, end=End.DROPPED if draft is None else None)


def _about(event: Mapping[str, Any], setting: Setting) -> str:
    return called(setting.noun(str(event.get("service_code", ""))), str(event.get("place", "")))
