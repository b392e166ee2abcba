"""Alive, and ready: what load balancers and people are told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.db import session as db_session
from bot.settings import settings
from tests.console import Browser

pytestmark = pytest.mark.integration


class Engine(BaseHTTPRequestHandler):
    """Answers `/status` as Rasa 3.6.21 does."""

    answer = (
        200,
        b'{"fingerprint": {}, "model_file": "models/cityline.tar.gz", "num_active_training_jobs": 0}',
    )

    def do_GET(self) -> None:
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, *_: object) -> None:
        return


NO_MODEL = (
    409,
    b'{"version": "3.6.21", "status": "failure", "message": "No agent loaded.", "reason": "Conflict"}',
)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Engine]]:
    handler = type("ThisEngine", (Engine,), {})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    # A second engine that is down must not make the whole unready.
    monkeypatch.setenv(
        "ENGINE_URLS", f"http://127.0.0.1:{unused_port()},http://127.0.0.1:{server.server_port}"
    )
    settings.cache_clear()
    yield handler
    server.shutdown()
    server.server_close()
    monkeypatch.undo()
    settings.cache_clear()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_alive_needs_nothing_but_the_process(browser: Browser) -> None:
    answer = await browser.open("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_with_database_schema_and_one_engine_that_has_its_model(
    browser: Browser, engine: type[Engine]
) -> None:
    answer = await browser.open("/ready")
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "engine": "ok"},
    }


async def test_an_engine_without_its_model_is_not_ready(browser: Browser, engine: type[Engine]) -> None:
    engine.answer = NO_MODEL
    answer = await browser.open("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["engine"] != "ok"


async def test_an_unreachable_database_is_named_and_nothing_else_breaks(
    browser: Browser, engine: type[Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    await db_session.dispose()
    monkeypatch.setattr(
        db_session, "database_url", lambda: f"postgresql://nobody@127.0.0.1:{unused_port()}/none"
    )
    answer = await browser.open("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "cannot be reached"
    assert "postgresql" not in answer.text
    await db_session.dispose()
