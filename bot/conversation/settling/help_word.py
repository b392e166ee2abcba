"""HELP: what this number is, in the words that carriers want to read."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel
from bot.conversation.reserved import ReservedWord
from bot.conversation.settling.arrival import Arrival, say


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    if arrival.inbound.opt_out == "help":
        return True  # the messaging service has answered
    if arrival.word is not ReservedWord.HELP:
        return False
    name = "help" if arrival.inbound.channel is Channel.SMS else "help_telegram"
    await say(session, arrival, name, kind="consent")
    return True
