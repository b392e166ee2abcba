"""Asking what is still missing, and the summary when nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.conversation.intake.details import detail_question, next_required
from bot.conversation.intake.draft import Asking, Draft
from bot.conversation.intake.maps import picture
from bot.conversation.intake.photo_place import offered_place
from bot.conversation.intake.places import may_skip_place, needs_place, place_options, where_question
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.services import (
    group_options,
    group_service_options,
    guess_options,
    service_question,
)
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import similar_question
from bot.conversation.intake.turn import Say

# The ladder of "where?": how to say it differently after each answer we could not place.
_LADDER = ("utter_ask_where", "utter_where_again", "utter_where_landmark", "utter_where_last")
_ASK_LOCATION: Mapping[str, bool] = {"ask_location": True}


def next_question(draft: Draft, setting: Setting) -> Draft:
    """The draft with what has to be asked next."""
    if setting.service(draft.service) is None:
        return replace(draft, asking=service_question(draft))
    if draft.location is None and needs_place(draft, setting) and not draft.placeless:
        offered = offered_place(draft) is not None
        return replace(draft, asking=Asking.PHOTO_PLACE if offered else where_question(draft))
    draft = replace(draft, asking=Asking.CONFIRM, guesses=(), group=None)
    missing = next_required(draft, setting)
    return replace(draft, asking=Asking.DETAIL, detail=missing.code) if missing else draft


def question(draft: Draft, setting: Setting, *, again: bool = False) -> Say:
    """The open question in words; `again` asks it in short after something else was answered."""
    match draft.asking:
        case Asking.WHAT:
            return Say("utter_what_again" if again or draft.unclear else "utter_ask_what")
        case Asking.WHICH_SERVICE:
            return Say("utter_which_service", options=guess_options(draft, setting))
        case Asking.GROUP:
            return Say("utter_which_group", options=group_options(setting))
        case Asking.SERVICE:
            return Say("utter_which_in_group", options=group_service_options(draft.group or "", setting))
        case Asking.WHERE:
            return _where(draft, setting, again=again)
        case Asking.CROSS_STREET:
            return _cross_street(draft)
        case Asking.WHICH_PLACE:
            return Say("utter_which_place", options=place_options(draft), custom=_ASK_LOCATION)
        case Asking.PHOTO_PLACE:
            return _photo_place(draft)
        case Asking.SIMILAR:
            return similar_question(draft, setting)
        case Asking.DETAIL:
            return detail_question(draft, setting)
        case Asking.CONFIRM:
            return Say("utter_confirm_again") if again else summary(draft, setting)
        case Asking.CHANGE:
            return Say("utter_ask_change")
        case Asking.RESUME:
            return _resume(draft, setting)


def _where(draft: Draft, setting: Setting, *, again: bool) -> Say:
    service = setting.service(draft.service)
    values = {"what": setting.words(service.noun) if service else ""}
    if service is not None and may_skip_place(draft, setting):
        return Say("utter_ask_where_optional", values, custom=_ASK_LOCATION)
    rung = min(draft.misses, len(_LADDER) - 1)
    name = "utter_where_short" if again and rung == 0 else _LADDER[rung]
    return Say(name, values, custom=_ASK_LOCATION)


def _photo_place(draft: Draft) -> Say:
    place = offered_place(draft)
    return Say("utter_photo_place", {"where": place.name if place else ""}, custom=_ASK_LOCATION)


def _cross_street(draft: Draft) -> Say:
    values = {"street": draft.street or ""}
    if draft.example:
        return Say("utter_ask_cross_street", {**values, "example": draft.example})
    return Say("utter_ask_cross_street_plain", values)


def _resume(draft: Draft, setting: Setting) -> Say:
    service = setting.service(draft.service)
    if service is None:
        return Say("utter_resume")
    what = setting.words(service.noun)
    if draft.location is None:
        return Say("utter_resume_what", {"what": what})
    return Say("utter_resume_where", {"what": what, "where": draft.location.name})


def summary(draft: Draft, setting: Setting) -> Say:
    """What will be filed, in one message, with the choice to send it."""
    service = setting.service(draft.service)
    assert service is not None  # noqa: S101 - CONFIRM is asked only with a known service
    values = {"what": setting.words(service.short)}
    parts = "utter_summary"
    if draft.location is not None:
        values["where"] = draft.location.name
    else:
        parts += "_placeless"
        values["words"] = quoted(draft.description or setting.words(service.noun))
    if draft.photos:
        values["photos"] = str(len(draft.photos))
        parts += "_photos"
    return Say(parts, values, custom=picture(draft, setting))


def usual_time(draft: Draft, setting: Setting) -> tuple[Say, ...]:
    """How long such a thing usually takes; nothing where the city has no figures."""
    service = setting.service(draft.service)
    if service is None or not service.median_days:
        return ()
    return days_say("utter_usual", service.median_days)


def days_say(response: str, days: int) -> tuple[Say, ...]:
    """One day has words of its own in both languages."""
    return (Say(f"{response}_day") if days == 1 else Say(f"{response}_days", {"days": str(days)}),)
