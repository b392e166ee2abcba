"""Every channel behind one face: `provider_for(channel)` sends, looks up and fetches without knowing which it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Protocol, Self

import bot.channels.telegram.client as telegram_client
import bot.channels.twilio.client as twilio_client
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
from bot.channels.telegram.provider import TelegramProvider
from bot.channels.twilio.provider import TwilioProvider
from bot.settings import Settings


class NotConfiguredError(LookupError):
    """The channel has no credentials in the settings."""


class Provider(Protocol):
    """What a worker does with a channel. Used in the event loop it was opened in."""

    @property
    def channel(self) -> Channel: ...

    async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
        """Render and send the parts from `start` on; every failure is an Outcome, nothing is raised."""

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
        """What became of `part` (= the ambiguous result's `parts_sent`) of an attempt begun at `since`."""

    async def ask(self, provider_id: str, *, message_id: int) -> Receipt | None:
        """What it says by now of a message it took; None for nothing. Raises ReceiptsAwayError."""

    def given_up(self, day: date) -> AsyncIterator[Sequence[str]]:
        """The numbers (E.164) that were given up on a day, as many at once as fit in memory; raises NumberListError."""

    async def fetch(self, ref: MediaRef) -> FetchedMedia:
        """A resident's file; raises MediaError."""

    async def delete_media(self, ref: MediaRef) -> bool:
        """Delete it at the provider where that can be done; raises MediaError to try again."""

    async def answer_button(self, callback_id: str) -> None:
        """Tell the resident's app that a pressed button was noticed; never fails."""

    async def check(self) -> Check:
        """Whether the credentials work."""

    async def aclose(self) -> None: ...


class Providers:
    """The configured providers: `async with open_providers(settings()) as providers`."""

    def __init__(self, providers: dict[Channel, Provider]) -> None:
        self._providers = providers

    def provider_for(self, channel: Channel) -> Provider:
        """Raises NotConfiguredError when the channel has no credentials."""
        try:
            return self._providers[Channel(channel)]
        except KeyError:
            raise NotConfiguredError(f"the channel {channel} is not configured") from None

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(self._providers)

    async def aclose(self) -> None:
        for provider in self._providers.values():
            await provider.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def open_providers(settings: Settings) -> Providers:
    """Clients for every channel that has credentials; close them with `aclose` in the same event loop."""
    providers: dict[Channel, Provider] = {}
    if settings.sms_configured:
        providers[Channel.SMS] = TwilioProvider(twilio_client.open_client(settings))
    if settings.telegram_configured:
        providers[Channel.TELEGRAM] = TelegramProvider(telegram_client.open_client(settings))
    return Providers(providers)
