"""Ending a step with the open question, and what is said beside it."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import digressions
from bot.conversation.intake.details import as_told
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.guidance import guidance_of, tells_of_its_danger
from bot.conversation.intake.question import End, Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.next import next_question, with_question
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.where import Where


def asked(step: Step, setting: Setting) -> Step:
    """The step that ends with the open question; one that ends the draft as it is."""
    if step.draft is None or step.quiet or step.end in (End.DROPPED, End.FOLLOWED):
        return step
    if step.end is End.CONFIRMED:
        lacks = next_question(replace(step.draft, open=None), setting)
        if isinstance(lacks, Summary):
            return step
        step = replace(step, draft=replace(step.draft, open=lacks), end=None)
    if step.digressed:
        step = _digressed(step, setting)
    assert step.draft is not None  # noqa: S101 - checked above
    draft = with_question(step.draft, setting)
    draft, warning = _warning(draft, setting)
    draft, office = _office(draft, setting)
    says = (*warning, *step.says, *office)
    assert draft.open is not None  # noqa: S101 - with_question says so
    if type(draft.open) is Where and any(say.response.startswith("utter_outside") for say in says):
        says = (*says, Say("utter_where_inside", custom={"ask_location": True}))
        return replace(step, draft=replace(draft, open=Where(outside=True)), says=says)
    beside = () if step.again and isinstance(draft.open, Summary) else draft.open.beside(draft, setting)
    return replace(step, draft=draft, says=(*says, draft.open.ask(draft, setting, again=step.again), *beside))


def asked_again(draft: Draft, setting: Setting) -> Say:
    """The open question in short, after something else was answered."""
    draft = with_question(draft, setting)
    assert draft.open is not None  # noqa: S101 - with_question says so
    return draft.open.ask(draft, setting, again=True)


def _warning(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """What residents should know of such a matter, at once where the words tell of just the danger it speaks of."""
    service = setting.service(draft.service)
    if service is None or draft.warned == service.code:
        return draft, ()
    words = f"{draft.description} {setting.turn.text}"
    if not tells_of_its_danger(words, service, setting.language):
        return draft, ()
    return replace(draft, warned=service.code), guidance_of(service, setting)


def _office(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """Whom to contact, for matters that another office answers: said at once and once; the report can be sent as well."""
    service = as_told(draft, setting)
    if service is None or service.handover is None or draft.office_told == service.code:
        return draft, ()
    told = Say("utter_office", {"note": setting.words(service.handover.text)})
    return replace(draft, office_told=service.code), (told,)


def _digressed(step: Step, setting: Setting) -> Step:
    """Answer what was asked beside the point, then the open question in short."""
    draft = step.draft
    assert draft is not None  # noqa: S101 - the caller has checked
    if setting.turn.intent == "out_of_scope" and (draft.service or draft.description):
        # It is likelier that we did not understand than that somebody in the middle of a report talks of the weather.
        return replace(step, says=(*step.says, Say("utter_not_followed")), again=True)
    return replace(step, says=(*step.says, *digressions.answer(draft.service, setting)), again=True)
