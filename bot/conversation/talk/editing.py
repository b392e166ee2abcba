"""An edited message: it mends what its words had said, and answers nothing.

The turn brings the words before (`Turn.before`). Where these are part of the draft, the new ones take their place in
what, where and the details; the question that is open stays open. An edit that changes nothing of the draft is not answered.
"""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.intake import places, services
from bot.conversation.intake.draft import MAX_DESCRIPTION, Draft
from bot.conversation.intake.question import Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.next import with_question
from bot.conversation.questions.summary import Summary
from bot.conversation.talk.asking import asked


def mend(draft: Draft, setting: Setting) -> Step:
    """The draft with the edited words; nothing said when none of it changes."""
    mended, says = _with_place(_with_service(_with_words(draft, setting), setting), setting)
    if mended == draft and not says:
        return Step(draft, quiet=True)
    before = draft.open
    assert before is not None  # noqa: S101 - the caller opens one
    # The mended words may hold the answer to what is asked; the other questions stand as they are.
    after = with_question(replace(mended, open=None), setting) if before.closes else mended
    same = after.open == before and not isinstance(before, Summary)
    return asked(Step(after, says, again=same), setting)


def _with_words(draft: Draft, setting: Setting) -> Draft:
    words, before = setting.turn.text.strip(), setting.turn.before.strip()
    if not before:
        return draft
    answers = tuple((code, words if answer == before else answer) for code, answer in draft.answers)
    described = draft.description
    if before in described:
        described = described.replace(before, words, 1)[:MAX_DESCRIPTION]
    return replace(draft, description=described, answers=answers)


def _with_service(draft: Draft, setting: Setting) -> Draft:
    """Another service, when the words that told it name another one now."""
    code = services.sure_service(setting.turn, setting)
    words = setting.turn.text.strip()
    if code is None or code == draft.service or words not in draft.description:
        return draft
    if draft.service is not None and (code == services.CATCH_ALL or setting.turn.intent != "report"):
        return draft
    return services.of_service(draft, code)


def _with_place(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """Another place, when the edited words named one, or none is known yet."""
    found = setting.places.locate(setting.turn.text, setting.language)
    if found.outcome is ResolutionOutcome.UNKNOWN:
        return draft, ()
    before = setting.places.locate(setting.turn.before, setting.language)
    same = (found.outcome, found.location, found.candidates, found.street) == (
        before.outcome, before.location, before.candidates, before.street,
    )  # fmt: skip
    if same and setting.turn.before:
        return draft, ()
    named_before = before.outcome is not ResolutionOutcome.UNKNOWN or not setting.turn.before
    if draft.location is not None and not named_before:
        return draft, ()
    return places.with_place(draft, found, setting.turn.text)
