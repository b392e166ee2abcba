"""What a resident will read of an update, for staff to see before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels.messages import Channel, Outbound
from bot.channels.twilio.render import render
from bot.city.current import catalogue, city, gazetteer
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.conversation.responses import spoken
from bot.conversation.talk.updates import announce


def as_told(event: Mapping[str, Any], channel: str, language: str) -> str:
    """The text of an update, told by itself, in the form in which the channel carries it.

    Loads the city's streets at its first call, which takes a second: not in an event loop.
    """
    turn = Turn(0, "", "EXTERNAL_request_update", datetime.now(UTC), language=language, channel=channel)
    setting = Setting(turn, catalogue(), gazetteer(), city().time_zone)
    heard = {**event, "place": gazetteer().retold(str(event.get("place") or ""), language)}
    told = announce(heard, Memory(), setting)
    text = "\n".join(spoken(say, language, channel) for say in told.says)
    if channel != Channel.SMS:
        return text
    return "\n".join(
        part.body for part in render(Outbound(text, language=language), to="", message_id=0).parts
    )
