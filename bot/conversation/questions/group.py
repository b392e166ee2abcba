"""What is it about? The groups of the catalogue, when words did not tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.services import CATCH_ALL, group_options, of_service, without_service
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


TOLD_ENOUGH = 8  # words by which staff know what it is


def menu(draft: Draft, value: str, setting: Setting) -> Draft:
    """The draft at the list of groups; in the resident's own words, where they tell enough and are none of what was offered.

    Two more menus would cost who has told it all two more texts, and end at "something else" as well.
    """
    offered = draft.half_service
    told = len(draft.description.split()) >= TOLD_ENOUGH
    if told and offered is not None and offered.codes and setting.service(CATCH_ALL) is not None:
        refused = tuple(dict.fromkeys((*draft.refused, *offered.codes)))
        return replace(of_service(draft, CATCH_ALL), refused=refused, open=None)
    return replace(without_service(draft), open=None)
