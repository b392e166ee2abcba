"""Telegram behind the face every channel has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

from bot.channels.messages import (
    Channel,
    Check,
    FetchedMedia,
    Known,
    LookUp,
    MediaRef,
    Outbound,
    Receipt,
    SendResult,
)
from bot.channels.telegram import look_up, media, render, send
from bot.channels.telegram.client import TelegramClient


class TelegramProvider:
    """A Telegram bot."""

    channel = Channel.TELEGRAM

    def __init__(self, client: TelegramClient) -> None:
        self.client = client

    async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
        rendered = render.render(outbound, to=to, message_id=message_id)
        return await send.send(self.client, rendered, start=start)

    async def look_up(
        self,
        outbound: Outbound,
        *,
        to: str,
        message_id: int,
        part: int,
        since: datetime,
        known: Known,
    ) -> LookUp:
        rendered = render.render(outbound, to=to, message_id=message_id)
        return await look_up.look_up(self.client, rendered, part=part, known=known)

    async def fetch(self, ref: MediaRef) -> FetchedMedia:
        return await media.fetch(self.client, ref)

    async def delete_media(self, ref: MediaRef) -> bool:
        return await media.delete(self.client, ref)

    async def ask(self, provider_id: str, *, message_id: int) -> Receipt | None:
        """Nothing: what Telegram has taken is there."""

    async def given_up(self, day: date) -> AsyncIterator[Sequence[str]]:
        """None: a chat is its owner's for ever."""
        nobodys: tuple[Sequence[str], ...] = ()
        for numbers in nobodys:
            yield numbers

    async def answer_button(self, callback_id: str) -> None:
        await send.answer_callback(self.client, callback_id)

    async def check(self) -> Check:
        return await send.check(self.client)

    async def aclose(self) -> None:
        await self.client.aclose()
