"""`up`, and each process alone: `web`, `worker`, `actions`, `engine`, `simulator`."""

from __future__ import annotations

from typing import Annotated

import typer

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)]
Port = Annotated[int | None, typer.Option(help="Port to listen on.", show_default=False)]


def up() -> None:
    """Start [bold]everything[/bold] on this machine and keep it running; Ctrl-C stops it."""
    from bot.settings import settings
    from bot.supervisor.up import up as start
    from bot.sync.systems import check_map

    config = settings()
    # A worker alone would stop at it, again and again, and residents would wait.
    check_map(config)
    start(config)


def web(host: Host = None, port: Port = None) -> None:
    """The web process: webhooks of the providers, pages for residents, the staff console."""
    from bot.settings import settings
    from bot.web.run import run

    config = settings()
    _confirm_installation()
    run(host or config.host, port or config.port)


def worker() -> None:
    """A worker: takes turns with the engine, delivers, looks after timers. Start as many as you like."""
    from bot.settings import settings

    settings()
    from bot.worker.run import run

    _confirm_installation()
    run()


def actions(host: Host = None, port: Port = None) -> None:
    """The action server, which the engine asks what to say. Address: ACTIONS_URL."""
    from bot.settings import settings

    config = settings()
    from actions.server import run

    default_host, default_port = _address(config.actions_url)
    run(host or default_host, port or default_port)


def engine(host: Host = None, port: Port = None) -> None:
    """A dialogue engine (Rasa, in its own environment). Address: the first of ENGINE_URLS."""
    import os

    from bot.db.session import database_url
    from bot.settings import ROOT, engine_token, settings
    from bot.supervisor.engine_environment import engine_environment, serve_command

    config = settings()
    default_host, default_port = _address(config.engine_urls[0])
    models = config.data.absolute() / "models"
    command = serve_command(ROOT, models, host or default_host, port or default_port)
    environment = {
        **os.environ,
        **engine_environment(ROOT),
        "DATABASE_URL": database_url(),
        "ACTIONS_URL": config.actions_url,
        "CITYLINE_ENGINE_TOKEN": engine_token(config),
    }
    if config.database_url:
        os.execve(command[0], command, environment)  # noqa: S606
    # The embedded server lives as long as we hold it.
    _run_holding_database(command, environment)


def simulator(host: Host = None, port: Port = None) -> None:
    """The stand-in for Twilio and Telegram: two phones in the browser. Address: the port after the web's."""
    from bot.settings import settings
    from bot.simulator.run import run

    run(host or "127.0.0.1", port or settings().port + 1)


def _confirm_installation() -> None:
    """Raise when this machine has another secret or photo store than the others. Waits for nothing: a database that is
    away, or has no tables yet, is the process's own business."""
    import asyncio

    from sqlalchemy.exc import DBAPIError

    from bot.db.session import dispose
    from bot.keeping.installation import confirm_installation
    from bot.settings import settings

    async def confirm() -> None:
        try:
            await confirm_installation(settings())
        except DBAPIError:
            return
        finally:
            await dispose()

    asyncio.run(confirm())


def _address(url: str) -> tuple[str, int]:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def _run_holding_database(command: tuple[str, ...], environment: dict[str, str]) -> None:
    import signal
    import subprocess

    child = subprocess.Popen(command, env=environment)  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            raise typer.Exit(child.wait())
        except KeyboardInterrupt:
            continue  # the child got it, too
