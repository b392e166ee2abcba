"""All clients share one TLS context, and none of them speaks to who only says to be the provider."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.certificates import believed
from bot.channels.telegram.client import TelegramClient
from bot.channels.twilio.client import TwilioClient

SIGNED_BY_NOBODY = Path(__file__).parents[2] / "integration" / "tls"


@pytest.fixture
async def impostor() -> AsyncIterator[str]:
    """A server with the right name and a certificate that it made itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SIGNED_BY_NOBODY / "server.pem", SIGNED_BY_NOBODY / "server.key")
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def test_a_certificate_that_nobody_signed_is_refused_by_every_client(
    impostor: str, twilio: TwilioClient, telegram: TelegramClient
) -> None:
    for http in (twilio.http, telegram.http, *(request._client for request in telegram.requests)):
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await http.get(impostor)


def test_what_is_believed_is_what_httpx_believes() -> None:
    usual = httpx.create_ssl_context()
    assert believed().verify_mode == usual.verify_mode == ssl.CERT_REQUIRED
    assert believed().check_hostname
    assert believed().minimum_version == usual.minimum_version >= ssl.TLSVersion.TLSv1_2
    ours, theirs = (
        {authority["serialNumber"] for authority in context.get_ca_certs()} for context in (believed(), usual)
    )
    assert ours == theirs != set()
