"""How the web process is served: whose word of who asks is believed, and what nobody is given."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bot.settings import SettingsError, load_settings
from bot.web.app import create_app
from bot.web.run import server_config

CLERK = "203.0.113.7"


async def place_told(peer: str, forwarded: str, **settings: str) -> str:
    """The address of who asks, as the application is told it."""
    told = ""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal told
        if scope["type"] == "http":
            told = scope["client"][0]
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

    config = server_config(load_settings(**settings), app)
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/", headers={"x-forwarded-for": forwarded})
    return told


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "place"),
    [
        ("127.0.0.1", CLERK, "", CLERK),  # a proxy on the same machine
        ("::1", CLERK, "", CLERK),
        ("127.0.0.1", f"1.2.3.4, {CLERK}", "", CLERK),  # what the clerk said first is not the proxy's word
        ("198.51.100.9", CLERK, "", "198.51.100.9"),  # no proxy of ours
        ("10.0.0.5", CLERK, "10.0.0.5", CLERK),
        ("10.0.0.6", CLERK, "10.0.0.5", "10.0.0.6"),
        ("10.0.0.6", CLERK, "10.0.0.0/24, 192.0.2.1", CLERK),
    ],
)
async def test_who_asks_is_believed_of_our_proxies_alone(
    peer: str, forwarded: str, proxies: str, place: str
) -> None:
    assert await place_told(peer, forwarded, CITYLINE_PROXIES=proxies) == place


@pytest.mark.parametrize("wrong", ["*", "proxy.example.gov", "10.0.0.5/8"])
def test_a_proxy_is_named_by_its_address(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"CITYLINE_PROXIES: should look like 10\.0\.0\.5"):
        load_settings(CITYLINE_PROXIES=wrong)


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/static/",
        "/static/vendor",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/simulator",
        "/webhooks/rest/webhook",
    ],
)
async def test_nothing_is_served_that_nobody_named(path: str) -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get(path)).status_code == 404


async def test_a_request_is_never_echoed() -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.request("TRACE", "/health", headers={"x-secret": "not to be told"})
    assert answer.status_code == 405
    assert "not to be told" not in answer.text


def test_the_server_does_not_say_what_it_is_and_logs_no_addresses() -> None:
    config = server_config(load_settings(), create_app())
    assert not config.server_header
    assert not config.access_log


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health"),
        ("GET", "/console/login"),
        ("GET", "/console/requests"),
        ("GET", "/static/console.css"),
        ("GET", "/static/console.js"),
        ("GET", "/nowhere"),
        ("GET", "/media/photos/none"),
        ("POST", "/channels/sms"),
        ("DELETE", "/console/login"),
    ],
)
async def test_every_answer_has_the_headers_that_keep_browsers_safe(method: str, path: str) -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.request(method, path, headers={"accept": "text/html"})
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(
        policy
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers
    if answer.content:
        kind = answer.headers["content-type"]
        assert kind.startswith(("text/", "application/json"))
        assert not kind.startswith("text/") or "charset=utf-8" in kind
    if not path.startswith("/static/") and answer.content and path != "/health":
        assert answer.headers["cache-control"] == "no-store"


HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: test\r\n\r\n"
AMBIGUOUS = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks by another name": b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "a length with a sign": b"Content-Length: +%d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a blank before the colon": b"Content-Length : %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a header on two lines": b"X-A: 1\r\n Content-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"
    + HIDDEN,
}


LAST = b"GET /last HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"


async def asked_by(sent: bytes) -> list[str]:
    """The paths that the application is asked for, by these bytes over one connection."""
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    config = server_config(load_settings(), app, "127.0.0.1")
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(sent)
        await asyncio.wait_for(reader.read(), 5)  # to the end of the connection
        writer.close()
        server.should_exit = True
        await serving
    return asked


@pytest.mark.parametrize("ambiguous", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_where_a_message_ends_is_clear_or_it_is_refused(ambiguous: bytes) -> None:
    post = b"POST /seen HTTP/1.1\r\nHost: test\r\n"
    assert await asked_by(post + b"Content-Length: 0\r\n\r\n" + HIDDEN + LAST) == [
        "/seen",
        "/hidden",
        "/last",
    ]
    assert "/hidden" not in await asked_by(post + ambiguous + LAST)
