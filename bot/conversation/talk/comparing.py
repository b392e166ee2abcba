"""Open requests nearby that may be the same matter: whether to look them up, and asking about one that was found."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import danger
from bot.conversation.intake.belonging import names_another_thing
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Follow
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.photos import SAID_OF_FILES
from bot.conversation.intake.question import Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import Similar, compared_key, own_key
from bot.conversation.intake.turn import Say
from bot.conversation.questions.detail import Detail
from bot.conversation.questions.same_matter import SameMatter
from bot.conversation.questions.summary import Summary
from bot.conversation.talk.asking import asked
from bot.conversation.talk.progress import Progress

# What is still worth saying when a similar request is offered; the summary and what goes with it is not.
_KEPT_BEFORE = (
    "utter_two_things", "utter_three_things", "utter_changed_what", "utter_office", *SAID_OF_FILES,
)  # fmt: skip


def to_compare(draft: Draft | None, setting: Setting) -> bool:
    """Whether open requests nearby have to be looked up: what and where are known, and were not compared yet."""
    if draft is None or not isinstance(draft.open, Summary | Detail):
        return False
    service = setting.service(draft.service)
    if service is None or not service.duplicate_radius_m:
        return False
    key = compared_key(draft)
    return bool(key) and key not in draft.compared


def compared(progress: Progress, found: Similar | None, setting: Setting) -> Progress:
    """The progress after open requests nearby were looked up for its draft.

    With one that may be the same matter the resident is asked about it instead of what was to be asked.
    """
    assert progress.draft is not None  # noqa: S101 - to_compare says so
    before = progress.draft.compared
    if found is not None and found.own and _is_another_thing(found, draft=progress.draft, setting=setting):
        found = None
    offered = found is not None and own_key(found.reference) in before
    answered = f" {own_key(found.reference)}" if found is not None and offered else ""
    draft = replace(progress.draft, compared=compared_key(progress.draft) + answered)
    if found is None or offered:
        return replace(progress, draft=draft)
    question = SameMatter(found)
    kept = tuple(say for say in progress.says if say.alone or say.response in _KEPT_BEFORE)
    return replace(progress, draft=replace(draft, open=question), says=(*kept, question.ask(draft, setting)))


def _is_another_thing(found: Similar, draft: Draft, setting: Setting) -> bool:
    """Whether a draft tells of another thing than their own request nearby: the bike rack beside the scooters."""
    told = replace(setting, turn=replace(setting.turn, text=draft.description))
    return names_another_thing(found.reference, draft.service or "", told)


def not_followed(follow: Follow, memory: Memory, setting: Setting) -> Progress:
    """The request on offer was finished in the meantime: the report goes on as the resident's own."""
    step = asked(Step(replace(follow.draft, open=None), (Say("utter_similar_gone"),)), setting)
    return Progress(step.draft, memory, danger.first(step.says, setting.turn))
