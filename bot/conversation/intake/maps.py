"""The map beside a place: a picture where the channel carries one, else a link; both show and mend where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say

# The action server puts a fresh link where a say carries this key; its value is the point, or None for the whole city.
LINK = "map_link"


def picture(draft: Draft, setting: Setting) -> Mapping[str, Any]:
    """What a message carries so that it goes out with a small map; nothing where there is only text."""
    if draft.location is None or setting.turn.channel == "sms":
        return {}
    point = draft.location.point
    return {"map": {"lat": point.lat, "lon": point.lon}}


def link_to_place(draft: Draft, setting: Setting) -> tuple[Say, ...]:
    """Below the summary of an SMS: where it is on a map, and the way to move it."""
    if draft.location is None or setting.turn.channel != "sms":
        return ()
    point = draft.location.point
    return (Say("utter_map", custom={LINK: [point.lat, point.lon]}),)


def link_to_city(setting: Setting) -> tuple[Say, ...]:
    """Below a "where?" that words did not answer: tap it on a map. A phone on Telegram sends its position instead."""
    return (Say("utter_map_where", custom={LINK: None}),) if setting.turn.channel == "sms" else ()
