"""What every answer gets: an id, a line in the log without secrets, and headers; a crash stays kind."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs

from bot.settings import load_settings
from bot.web.errors import add_error_pages, crash_page
from bot.web.guard import RequestLog, SecurityHeaders, security_headers


def application(**settings: str) -> httpx.AsyncClient:
    app = FastAPI()

    @app.get("/fine/{token}")
    async def fine(token: str) -> PlainTextResponse:
        return PlainTextResponse("fine")

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("my number is +1 310 555 0123")

    add_error_pages(app)
    app.add_middleware(RequestLog, error_page=crash_page)
    app.add_middleware(SecurityHeaders, settings=load_settings(**settings))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_the_log_names_the_route_and_never_what_was_in_the_address() -> None:
    with capture_logs() as logs:
        async with application() as client:
            await client.get("/fine/secret-token?phone=3105550123")
    (line,) = [entry for entry in logs if entry["event"] == "web.request"]
    assert (line["route"], line["method"], line["status"]) == ("/fine/{token}", "GET", 200)
    assert "secret-token" not in str(logs)
    assert "3105550123" not in str(logs)


async def test_a_request_keeps_the_id_its_proxy_gave_unless_it_is_odd() -> None:
    async with application() as client:
        given = await client.get("/fine/x", headers={"x-request-id": "proxy-12345678"})
        odd = await client.get("/fine/x", headers={"x-request-id": "<script>alert(1)</script>"})
    assert given.headers["x-request-id"] == "proxy-12345678"
    assert len(odd.headers["x-request-id"]) == 16


async def test_a_crash_shows_a_kind_page_and_logs_no_words_of_residents() -> None:
    with capture_logs() as logs:
        async with application() as client:
            page = await client.get("/crash", headers={"accept": "text/html"})
            data = await client.get("/crash", headers={"accept": "application/json"})
    assert page.status_code == data.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert data.json()["error"]["status"] == 500
    for text in (page.text, data.text, str(logs)):
        assert "555 0123" not in text
        assert "Traceback" not in text
    crashes = [entry for entry in logs if entry["event"] == "web.failed"]
    assert crashes[0]["error"] == "RuntimeError"
    assert any("crash" in line for line in crashes[0]["at"])
    assert page.headers["content-security-policy"]


async def test_a_missing_page_is_kind_to_people_and_short_to_programs() -> None:
    async with application() as client:
        page = await client.get("/nowhere", headers={"accept": "text/html"})
        data = await client.get("/nowhere")
    assert "There is nothing here" in page.text
    assert data.json()["error"]["status"] == data.status_code == 404


def test_nothing_inline_and_nobody_elses_scripts_run() -> None:
    policy = security_headers(load_settings())["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_only_the_configured_tile_server_may_show_its_pictures() -> None:
    config = load_settings(CITYLINE_TILE_URL="https://tiles.example.org/{z}/{x}/{y}.png")
    policy = security_headers(config)["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://tiles.example.org;" in policy


@pytest.mark.parametrize(("url", "expected"), [("https://311.example.gov", True), ("http://10.0.0.1", False)])
def test_browsers_are_told_to_stay_with_https_where_there_is_https(url: str, expected: bool) -> None:
    assert ("Strict-Transport-Security" in security_headers(load_settings(PUBLIC_URL=url))) is expected
