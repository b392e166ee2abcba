"""Every channel behind one face."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.messages import Channel, Known, MediaRef, Option, Outbound, Outcome, Trace
from bot.channels.provider import NotConfiguredError, Providers, open_providers
from bot.settings import Settings, load_settings
from tests.standin import Reply, Standin

ACCOUNT = "AC" + "0a" * 16
TOKEN = "123456:AAE-not-a-real-token"
MENU = Outbound("What is it?", options=(Option("Pothole", "/p"), Option("Graffiti", "/g")))


@pytest.fixture
async def providers(provider_settings: Settings) -> AsyncIterator[Providers]:
    async with open_providers(provider_settings) as opened:
        yield opened


def answered(standin: Standin) -> None:
    """A stand-in for both providers that takes everything."""
    chat = {"id": 700, "type": "private", "first_name": "Ana"}
    telegram: dict[str, Any] = {"message_id": 8, "date": 1_795_000_000, "chat": chat, "text": "x"}
    standin.on(f"/bot{TOKEN}/sendMessage", Reply(200, {"ok": True, "result": telegram}))
    standin.on(f"/bot{TOKEN}/answerCallbackQuery", Reply(200, {"ok": True, "result": True}))
    standin.on(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", Reply(201, {"sid": "SM" + "1" * 32}))


@pytest.mark.parametrize(
    ("channel", "to", "provider_id"),
    [(Channel.SMS, "+13105550123", "SM" + "1" * 32), (Channel.TELEGRAM, "700", "700:8")],
)
async def test_the_same_call_sends_on_every_channel(
    channel: Channel, to: str, provider_id: str, providers: Providers, standin: Standin
) -> None:
    answered(standin)
    provider = providers.provider_for(channel)
    assert provider.channel is channel
    result = await provider.send(MENU, to=to, message_id=41)
    assert (result.outcome, result.provider_ids) == (Outcome.SENT, (provider_id,))


async def test_both_can_be_asked_what_became_of_a_message(providers: Providers, standin: Standin) -> None:
    not_found = {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}
    standin.on(f"/bot{TOKEN}/editMessageText", Reply(400, not_found))
    webhook = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    standin.on(f"/bot{TOKEN}/getWebhookInfo", Reply(200, {"ok": True, "result": webhook}))
    standin.on(
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", Reply(200, {"messages": [], "next_page_uri": None})
    )
    traces = [
        (
            await providers.provider_for(channel).look_up(
                MENU,
                to="700",
                message_id=41,
                part=0,
                since=datetime.now(UTC),
                known=Known(earlier=frozenset({"700:7"})),
            )
        ).trace
        for channel in (Channel.SMS, Channel.TELEGRAM)
    ]
    assert traces == [Trace.NOT_FOUND, Trace.NOT_FOUND]


async def test_answering_a_button_is_for_those_that_have_buttons(
    providers: Providers, standin: Standin
) -> None:
    answered(standin)
    for channel in providers.channels:
        await providers.provider_for(channel).answer_button("4382")
    assert [asked.path for asked in standin.requests] == [f"/bot{TOKEN}/answerCallbackQuery"]


async def test_a_file_that_is_not_the_provider_s_is_not_deleted(
    providers: Providers, standin: Standin
) -> None:
    for channel in providers.channels:
        assert not await providers.provider_for(channel).delete_media(MediaRef("https://example.com/x"))
    assert standin.requests == []


async def test_a_channel_without_credentials_says_so() -> None:
    async with open_providers(load_settings(telegram_bot_token=TOKEN)) as providers:
        assert providers.channels == (Channel.TELEGRAM,)
        with pytest.raises(NotConfiguredError, match="sms"):
            providers.provider_for(Channel.SMS)
