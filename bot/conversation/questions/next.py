"""What a report lacks next."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.details import next_required, question_of
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.photo_place import offered_place
from bot.conversation.intake.places import needs_place
from bot.conversation.intake.question import ReportQuestion
from bot.conversation.intake.services import ASKED_ENOUGH
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import own_before
from bot.conversation.questions.cross_street import CrossStreet
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.group import Group
from bot.conversation.questions.in_group import InGroup
from bot.conversation.questions.photo_place import PhotoPlace
from bot.conversation.questions.same_matter import SameMatter
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.what import What
from bot.conversation.questions.where import Where
from bot.conversation.questions.which_place import WhichPlace
from bot.conversation.questions.which_service import WhichService


def next_question(draft: Draft, setting: Setting) -> ReportQuestion:
    """What has to be asked next: what it is, where, what its department cannot do without, then whether to send it."""
    if setting.service(draft.service) is None:
        return _what(draft)
    if draft.location is None and needs_place(draft, setting) and not draft.placeless:
        before = own_before(draft, setting)
        if before is not None:
            return SameMatter(before)
        return PhotoPlace() if offered_place(draft) else _where(draft)
    missing = next_required(draft, setting)
    return Detail(missing.code) if missing else Summary()


def _what(draft: Draft) -> ReportQuestion:
    left = draft.half_service
    if left is not None:
        return InGroup() if left.group else WhichService()
    return Group() if draft.unclear >= ASKED_ENOUGH else What()


def _where(draft: Draft) -> ReportQuestion:
    left = draft.half_place
    if left is not None and left.places:
        return WhichPlace()
    return CrossStreet() if left is not None and left.street else Where()


def with_question(draft: Draft, setting: Setting) -> Draft:
    """The draft with a question open: the one that is, else what it lacks next."""
    if draft.open is not None and _may_be_asked(draft.open, draft, setting):
        return draft
    return replace(draft, open=next_question(draft, setting))


def _may_be_asked(question: ReportQuestion, draft: Draft, setting: Setting) -> bool:
    """Not once its service is another: an edited message may change it, and so may the catalogue between two turns."""
    service = setting.service(draft.service)
    if isinstance(question, Detail):
        return question_of(service, question.code) is not None
    return service is not None or not isinstance(question, Summary)
