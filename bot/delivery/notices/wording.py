"""What a resident will read of an update, for staff to see before it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, Outbound
from bot.channels.twilio.render import render
from bot.city.current import catalogue, city, gazetteer
from bot.conversation.hearing.buttons import options_below
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.conversation.reach import Group, Reach
from bot.conversation.responses import spoken
from bot.conversation.talk.updates import announce
from bot.conversation.wording_fields import in_words_of_staff, values_of
from bot.conversation.wordings import RESPONSES, edited_words


@dataclass(frozen=True, slots=True)
class Reading:
    """What some of the residents will read."""

    group: Group
    text: str


async def readings(
    session: AsyncSession, event: Mapping[str, Any], reach: Reach, now: datetime | None = None
) -> tuple[Reading, ...]:
    """What each group of those who are told will read of an update, in the words that are said now. `now` is aware."""
    languages = {group.language for group in reach.groups}
    service = str(event.get("service_code") or "")
    edited = {one: await edited_words(session, RESPONSES.values(), one, service) for one in languages}

    def texts() -> tuple[Reading, ...]:
        return tuple(
            Reading(group, as_told(event, group.channel, group.language, edited[group.language], now))
            for group in reach.groups
        )

    # The first look-up loads the city's streets, which takes a second: not in the event loop.
    return await asyncio.to_thread(texts)


def as_told(
    event: Mapping[str, Any],
    channel: str,
    language: str,
    edited: Mapping[str, Sequence[str]] | None = None,
    now: datetime | None = None,
) -> str:
    """The text of an update, told by itself, in the form in which the channel carries it.

    `edited`: response → the words of staff for it, those to be preferred first. `now`: what its days are reckoned from, aware; None: the time it is. Loads the city's streets at its first call, which takes a second: not in an event loop.
    """
    at = now or datetime.now(UTC)
    turn = Turn(0, "", "EXTERNAL_request_update", at, language=language, channel=channel)
    setting = Setting(turn, catalogue(), gazetteer(), city().time_zone)
    heard = {**event, "place": gazetteer().retold(str(event.get("place") or ""), language)}
    told = announce(heard, Memory(), setting)
    known = values_of(event, heard["place"], language, setting.today)
    says = in_words_of_staff(told.says, edited or {}, known)
    text = "\n".join(spoken(say, language, channel) for say in says)
    if channel != Channel.SMS:
        return text
    options = tuple(option for say in says for option in options_below(say, language))
    sms = render(Outbound(text, options, language=language), to="", message_id=0)
    return "\n".join(part.body for part in sms.parts)
