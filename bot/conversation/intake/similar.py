"""The same matter, reported before: offered in words, and followed instead of filed twice.

What the resident reads of the other request is what, where, when and how it stands; never whose it is,
nor that resident's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.cases.status import ACTIVE
from bot.conversation.intake.days import tell_day
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

_FEET_PER_METRE = 3.28084
_STEP = 10  # distances are told in tens
# Words that say it is not the one told before.
_ONE_MORE = re.compile(
    r"\b(?:another|other|second|new|one more|also|too|otr[oa]|segund[oa]|nuev[oa]|tambien|uno mas|una mas)\b"
)
HERE = 8  # metres: less than the words of a place tell apart


@dataclass(frozen=True, slots=True)
class Similar:
    """An open request nearby that may be about the same matter; nothing in it is another resident's."""

    reference: str
    status: str
    place: str
    reported: datetime  # aware UTC
    metres: int
    own: bool  # the resident filed or follows it


def own_before(draft: Draft, setting: Setting) -> Similar | None:
    """Their own open request of the same service, for a report that says nothing of where: it may be about that one."""
    silent = not (draft.place_text or draft.half_place or draft.misses or draft.spot)
    if _ONE_MORE.search(fold(draft.description)):
        return None
    one = next((own for own in setting.own if own.service == draft.service and not own.finished), None)
    if not silent or one is None or one.reported is None or one.status not in ACTIVE:
        return None
    if own_key(one.reference) in draft.compared:
        return None
    return Similar(one.reference, one.status, one.place, one.reported, 0, own=True)


def own_key(reference: str) -> str:
    """What of `Draft.compared` says that their own request was offered."""
    return f"own:{reference}"


def compared_key(draft: Draft) -> str:
    """What of a draft is compared with open requests; a change of it is compared anew."""
    if draft.service is None or draft.location is None:
        return ""
    point = draft.location.point
    return f"{draft.service}@{point.lat:.5f},{point.lon:.5f}"


def similar_say(similar: Similar, draft: Draft, setting: Setting) -> Say:
    """The request on offer, in one or two lines."""
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
    status = similar.status if similar.status in ACTIVE else "open"
    return Say(f"utter_similar_{'here_' if similar.metres < HERE else ''}{status}", values)


def _in_steps(distance: float) -> int:
    return max(_STEP, round(distance / _STEP) * _STEP)
