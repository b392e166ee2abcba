"""The web process: webhooks, console, resident pages, on uvicorn."""

from __future__ import annotations

import uvicorn

from bot.logs import configure_logging
from bot.settings import settings


def run(host: str | None = None, port: int | None = None) -> None:
    """Serve until SIGINT or SIGTERM; host and port default to the settings."""
    config = settings()
    configure_logging(config, "web")
    from bot.web.app import create_app

    uvicorn.run(
        create_app(),
        host=host or config.host,
        port=port or config.port,
        log_config=None,
        access_log=False,  # paths and addresses of residents stay out of the logs
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=5,
    )
