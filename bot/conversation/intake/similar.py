"""The same matter, reported before: offered in words, and followed instead of filed twice.

What the resident reads of the other request is what, where, when and how it stands; never whose it is,
nor that resident's words.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.days import tell_day
from bot.conversation.intake.draft import Asking, Draft, Similar
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say

_FEET_PER_METRE = 3.28084
_STEP = 10  # distances are told in tens
HERE = 8  # metres: less than the words of a place tell apart


def compared_key(draft: Draft) -> str:
    """What of a draft is compared with open requests; a change of it is compared anew."""
    if draft.service is None or draft.location is None:
        return ""
    point = draft.location.point
    return f"{draft.service}@{point.lat:.5f},{point.lon:.5f}"


def to_compare(draft: Draft | None, setting: Setting) -> bool:
    """Whether open requests nearby have to be looked up: what and where are known, and were not compared yet."""
    if draft is None or draft.asking not in (Asking.CONFIRM, Asking.DETAIL):
        return False
    service = setting.service(draft.service)
    if service is None or not service.duplicate_radius_m:
        return False
    key = compared_key(draft)
    return bool(key) and key != draft.compared


def compared(draft: Draft, found: Similar | None) -> Draft:
    """The draft after the look-up; asks about `found` when there is one."""
    draft = replace(draft, compared=compared_key(draft))
    return replace(draft, similar=found, asking=Asking.SIMILAR) if found else draft


def is_different(draft: Draft) -> Draft:
    """The resident's is another matter: the report goes on."""
    return replace(draft, similar=None, asking=Asking.CONFIRM)


def similar_question(draft: Draft, setting: Setting) -> Say:
    """The request on offer, in one or two lines."""
    similar = draft.similar
    assert similar is not None  # noqa: S101 - set with SIMILAR
    reported = similar.reported.astimezone(setting.zone).date()
    values = {
        "what": setting.noun(draft.service),
        "when": tell_day(reported, setting.today, setting.language),
        "where": similar.place,
        "feet": str(_in_steps(similar.metres * _FEET_PER_METRE)),
        "metres": str(_in_steps(similar.metres)),
        "reference": similar.reference,
    }
    if similar.own:
        return Say("utter_similar_own", values)
    status = similar.status if similar.status in ("open", "in_progress", "on_hold") else "open"
    return Say(f"utter_similar_{'here_' if similar.metres < HERE else ''}{status}", values)


def _in_steps(distance: float) -> int:
    return max(_STEP, round(distance / _STEP) * _STEP)
