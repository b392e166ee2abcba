"""A question of the resident's that was said in one breath with something else: answered before what the rest does."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import digressions
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asked_about, status_effect
from bot.conversation.intake.telling import described
from bot.conversation.talk.progress import Progress


def with_aside(progress: Progress, setting: Setting) -> Progress:
    """The progress of the rest with the question answered; as it is where none was asked."""
    asked = setting.turn.aside
    if asked is None:
        return progress
    memory = progress.memory
    about = asked_about(memory, replace(setting, turn=asked))
    if about is not None:
        return replace(progress, effects=(*progress.effects, TellStatus(about[0].reference)))
    if asked.intent == "ask_status" and memory.filed is not None:
        return replace(progress, effects=(*progress.effects, status_effect(asked)))
    if (
        asked.intent == "ask_status"
    ):  # of a report in the making nothing can be told but how long such a thing takes
        asked = replace(asked, intent="ask_how_long")
    service = progress.draft.service if progress.draft else None
    if service is None and memory.filed is not None:
        service = memory.filed.service
    answer = digressions.answer(service, replace(setting, turn=asked))
    filed = memory.filed_lately(asked.at)
    unknown = not digressions.can_answer(asked, setting)
    # Nobody is left with "I can't": staff read it with the report.
    if unknown and progress.draft is None and filed is not None:
        added = AddToRequest(filed.reference, words=asked.text)
        progress, answer = replace(progress, effects=(*progress.effects, added)), ()
    elif unknown and progress.draft is not None and progress.end is not End.DROPPED:
        progress = replace(progress, draft=described(progress.draft, asked))
        answer = tuple(replace(say, response="utter_unknown_noted") for say in answer)
    # The summary tells by itself how long it takes; what the city answers is long, and a message of its own.
    fresh = tuple(
        replace(say, alone=asked.intent in digressions.QUESTIONS)
        for say in answer
        if say not in progress.says
    )
    return replace(
        progress,
        says=(*fresh, *progress.says),
        wants_person=progress.wants_person or asked.intent == "ask_person",
    )
