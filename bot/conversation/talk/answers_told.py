"""What is told of a filed request and answers a question of its service counts as the answer: "the plate is 4PRD118"."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.city.catalogue import Reading
from bot.conversation.intake.effects import AddToRequest, AnswerQuestion
from bot.conversation.intake.put_right import as_put_right
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.setting import Setting
from bot.conversation.talk.progress import Progress

# What is read out of words so surely that it may stand where something else stood.
_SURE = frozenset({Reading.PLATE, Reading.VEHICLE, Reading.LINE, Reading.NUMBER, Reading.EMAIL})


def with_answers_told(progress: Progress, setting: Setting) -> Progress:
    """The progress with the answers that added words give, new ones and those they put right."""
    found = [
        one
        for added in progress.effects
        if isinstance(added, AddToRequest)
        for one in _answers(added, setting)
    ]
    given = {one.question for one in progress.effects if isinstance(one, AnswerQuestion)}
    new = tuple(one for one in found if one.question not in given)
    return replace(progress, effects=(*progress.effects, *new)) if new else progress


def _answers(added: AddToRequest, setting: Setting) -> list[AnswerQuestion]:
    request = setting.own_request(added.reference) if added.reference else None
    service = setting.service(request.service) if request is not None else None
    if request is None or service is None or not request.theirs or request.status not in ACTIVE:
        return []
    questions = [one for one in service.questions if one.reads in _SURE]
    before = answers_in(as_put_right(request.told), questions)
    after = answers_in(as_put_right(f"{request.told}\n{added.words}"), questions) if added.words else {}
    return [
        AnswerQuestion(request.reference, code, answer)
        for code, answer in after.items()
        if before.get(code) != answer
    ]
