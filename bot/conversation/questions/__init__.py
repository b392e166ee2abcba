"""The questions of the dialogue, a module each. A new one is a file here and a line in each list it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import Question
from bot.conversation.intake.setting import Setting
from bot.conversation.questions import change, group, where, which_place, which_service
from bot.conversation.questions.change import Change
from bot.conversation.questions.cross_street import CrossStreet
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.group import Group
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.in_group import InGroup
from bot.conversation.questions.joining import Joining
from bot.conversation.questions.older import Older
from bot.conversation.questions.photo_about import PhotoAbout
from bot.conversation.questions.photo_place import PhotoPlace
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.remark import Remark
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.resume import Resume
from bot.conversation.questions.same_matter import SameMatter
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.what import What
from bot.conversation.questions.what_is_left import WhatIsLeft
from bot.conversation.questions.where import Where
from bot.conversation.questions.which_place import WhichPlace
from bot.conversation.questions.which_service import WhichService
from bot.conversation.questions.why_rated import WhyRated
from bot.conversation.questions.withdrawing import Withdrawing

_OF_A_REPORT: tuple[type[Question], ...] = (
    What, WhichService, Group, InGroup, Where, WhichPlace, CrossStreet, PhotoPlace, SameMatter, Detail, Summary, Change,
    Resume,
)  # fmt: skip
_OF_A_REQUEST: tuple[type[Question], ...] = (
    UpdatesWanted, HelpfulDetail, Verdict, WhatIsLeft, Rating, Remark, Reopened, WhyRated, PhotoAbout, StaffQuestion, Withdrawing, Older, Joining,
)  # fmt: skip
QUESTIONS: Mapping[str, type[Question]] = {kind.name: kind for kind in (*_OF_A_REPORT, *_OF_A_REQUEST)}

# What an option does to the draft, whatever question is open: its kind, then its value ("service:pothole").
CHOICES: Mapping[str, Callable[[Draft, str, Setting], Draft | None]] = {
    "service": which_service.chosen,
    "group": group.chosen,
    "menu": group.menu,
    "place": which_place.chosen,
    "placeless": where.placeless,
    "elsewhere": where.elsewhere,
    "there": where.there,
    "change": change.chosen,
}
