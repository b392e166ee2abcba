"""Ending a step with the open question, and what is said beside it."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import digressions
from bot.conversation.intake.draft import Asking, Draft, Step
from bot.conversation.intake.maps import link_to_city, link_to_place
from bot.conversation.intake.questions import question, usual_time
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say


def asked(draft: Draft, setting: Setting, says: tuple[Say, ...] = (), *, again: bool = False) -> Step:
    """The step that ends with the open question."""
    draft, office = _office(draft, setting)
    says += office
    if draft.asking is Asking.CONFIRM and not again:
        read_back = (
            question(draft, setting),
            *(() if setting.turn.danger else usual_time(draft, setting)),
            *link_to_place(draft, setting),
        )
        return Step(draft, (*says, *read_back))
    if draft.asking is Asking.WHERE and any(say.response.startswith("utter_outside") for say in says):
        return Step(draft, (*says, Say("utter_where_inside", custom={"ask_location": True})))
    map_says = link_to_city(setting) if draft.asking is Asking.WHERE and draft.misses else ()
    return Step(draft, (*says, question(draft, setting, again=again), *map_says))


def _office(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """Whom to contact, for matters that another office answers: said at once and once; the report can be sent as well."""
    service = setting.service(draft.service)
    if service is None or service.handover is None or draft.office_told == service.code:
        return draft, ()
    told = Say("utter_office", {"note": setting.words(service.handover.text)})
    return replace(draft, office_told=service.code), (told,)


def digressed(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Answer what was asked beside the point, then the open question in short."""
    if setting.turn.intent == "out_of_scope" and (draft.service or draft.description):
        # It is likelier that we did not understand than that somebody in the middle of a report talks of the weather.
        return asked(draft, setting, (*says, Say("utter_not_followed")), again=True)
    return asked(draft, setting, (*says, *digressions.answer(draft.service, setting)), again=True)
