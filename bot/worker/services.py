"""What the tasks of one worker process share: the engine, the providers, the photo store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.channels.provider import Providers, open_providers
from bot.conversation.dialogue import Dialogue
from bot.photos.store import PhotoStore
from bot.settings import Settings, engine_token
from bot.sync.system import System
from bot.sync.systems import open_system


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    dialogue: Dialogue
    providers: Providers
    photos: PhotoStore
    system: System | None = None  # the city's own, where it has one


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """The services for `settings`, closed at the end of the block. One event loop only."""
    dialogue = Dialogue(settings.engine_urls, engine_token(settings))
    system = open_system(settings)
    async with open_providers(settings) as providers:
        try:
            yield Services(settings, dialogue, providers, PhotoStore(settings.photo_store_url), system)
        finally:
            await dialogue.close()
            if system is not None:
                await system.aclose()
