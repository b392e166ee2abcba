"""Twilio behind the face every channel has."""

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
from bot.channels.twilio import deactivations, media, render, send
from bot.channels.twilio.client import TwilioClient


class TwilioProvider:
    """SMS, MMS and WhatsApp."""

    channel = Channel.SMS

    def __init__(self, client: TwilioClient) -> None:
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
        return await send.look_up(self.client, rendered, part=part, since=since, known=known.earlier)

    async def ask(self, provider_id: str, *, message_id: int) -> Receipt | None:
        return await send.ask(self.client, provider_id, message_id=message_id)

    def given_up(self, day: date) -> AsyncIterator[Sequence[str]]:
        return deactivations.given_up(self.client, day)

    async def fetch(self, ref: MediaRef) -> FetchedMedia:
        return await media.fetch(self.client, ref)

    async def delete_media(self, ref: MediaRef) -> bool:
        return await media.delete(self.client, ref)

    async def answer_button(self, callback_id: str) -> None:
        """Nothing: a text message has no buttons that wait."""

    async def check(self) -> Check:
        return await send.check(self.client)

    async def aclose(self) -> None:
        await self.client.aclose()
