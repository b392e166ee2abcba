"""What is it about? The groups of the catalogue, when words did not tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.services import group_options, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.what import What


@dataclass(frozen=True, slots=True)
class Group(What):
    name: ClassVar[str] = "group"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        return Say("utter_which_group", options=group_options(setting))

    def back(self, draft: Draft) -> Draft:
        return replace(draft, open=What(), half_service=None, unclear=0)


def chosen(draft: Draft, code: str, setting: Setting) -> Draft | None:
    """The draft with a group opened; None for one that the catalogue does not know."""
    known = any(group.code == code for group in setting.catalogue.groups)
    return replace(without_service(draft, code), open=None) if known else None


def menu(draft: Draft, value: str, setting: Setting) -> Draft:
    """The draft at the list of groups."""
    return replace(without_service(draft), open=None)
