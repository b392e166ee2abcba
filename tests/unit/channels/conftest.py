"""Clients of a stand-in provider on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.telegram import client as telegram_client
from bot.channels.telegram.client import TelegramClient
from bot.channels.twilio import client as twilio_client
from bot.channels.twilio.client import TwilioClient
from bot.settings import Settings, load_settings
from tests.standin import Standin

ACCOUNT = "AC" + "0a" * 16
AUTH_TOKEN = "f" * 32
BOT_TOKEN = "123456:AAE-not-a-real-token"
# Long enough for a busy machine, short enough to wait for in a test of a provider that hangs.
PATIENCE = httpx.Timeout(connect=5, read=0.4, write=5, pool=5)


@pytest.fixture
async def standin() -> AsyncIterator[Standin]:
    async with Standin() as server:
        yield server


@pytest.fixture
def provider_settings(standin: Standin) -> Settings:
    return load_settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=AUTH_TOKEN,
        twilio_from="+13105550100",
        twilio_api_base_url=standin.url,
        telegram_bot_token=BOT_TOKEN,
        telegram_api_base_url=standin.url,
        public_url="https://311.example.gov",
    )


@pytest.fixture
async def twilio(provider_settings: Settings) -> AsyncIterator[TwilioClient]:
    client = twilio_client.open_client(provider_settings, timeout=PATIENCE)
    yield client
    await client.aclose()


@pytest.fixture
async def telegram(provider_settings: Settings) -> AsyncIterator[TelegramClient]:
    client = telegram_client.open_client(provider_settings, timeout=PATIENCE)
    yield client
    await client.aclose()
