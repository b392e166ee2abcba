"""Which provider is believed: the one of the setting, by the very name it is called there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.settings import load_settings
from bot.web.identity import Going, ProviderError, address_to_go

GOING = Going("state", "nonce", "verifier" * 6)


@asynccontextmanager
async def provider(says: Callable[[str], dict[str, str]]) -> AsyncIterator[str]:
    """A provider that describes itself so, of its own address; gives that address."""
    address = ""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(says(address)).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield address
    finally:
        server.close()


def honest(address: str) -> dict[str, str]:
    ends = {name: f"{address}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    return {"issuer": address, **ends}


async def test_a_provider_that_calls_itself_otherwise_is_not_believed() -> None:
    async with provider(honest) as address:
        config = load_settings(oidc_issuer=address, oidc_client_id="cityline")
        assert (await address_to_go(config, GOING)).startswith(f"{address}/authorization_endpoint?")
    for lie in (
        lambda address: {**honest(address), "issuer": "https://login.example.gov"},
        lambda address: {**honest(address), "issuer": f"{address}/"},
        lambda address: {name: value for name, value in honest(address).items() if name != "jwks_uri"},
    ):
        async with provider(lie) as address:
            config = load_settings(oidc_issuer=address, oidc_client_id="cityline")
            with pytest.raises(ProviderError):
                await address_to_go(config, GOING)
