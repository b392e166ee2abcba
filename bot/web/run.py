"""The web process: webhooks, console, resident pages, on uvicorn."""

from __future__ import annotations

import contextlib
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from bot.logs import configure_logging
from bot.settings import Settings, settings

STARTUP_FAILURE = 3  # exit code, as uvicorn's own command gives it


def run(host: str | None = None, port: int | None = None) -> None:
    """Serve until SIGINT or SIGTERM; host and port default to the settings."""
    config = settings()
    configure_logging(config, "web")
    from bot.web.app import create_app

    server = _Server(server_config(config, create_app(), host, port))
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def server_config(
    config: Settings, app: ASGIApp, host: str | None = None, port: int | None = None
) -> uvicorn.Config:
    """How the application is served: from whom it takes word of who asks, and nothing said in headers or logs that helps a stranger."""
    return uvicorn.Config(
        app,
        host=host or config.host,
        port=port or config.port,
        log_config=None,
        access_log=False,  # paths and addresses of residents stay out of the logs
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=config.proxies,
        timeout_graceful_shutdown=5,
    )


class _Server(uvicorn.Server):
    """Waits for requests that are being answered, and not for pages that listen: those come back to the next process."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from bot.web.live.stream import hub

        hub.close()
        await super().shutdown(sockets)
