"""Starts the simulator as a process of its own."""

from __future__ import annotations

import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from bot.settings import Settings, settings
from bot.simulator.app import create_app
from bot.simulator.config import SimulatorConfig, config_from_settings
from bot.simulator.failing import TearableProtocol


class SimulatorServer(uvicorn.Server):
    """uvicorn, which ends open event streams and polls as soon as it is asked to stop."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=TearableProtocol,
                log_level="warning",
                access_log=False,  # paths hold phone numbers and the bot's token
                timeout_graceful_shutdown=2,
            )
        )
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.end_waiting()
        super().handle_exit(sig, frame)

    def end_waiting(self) -> None:
        self._app.state.stage.end_waiting()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.end_waiting()
        await super().shutdown(sockets)


def run(
    host: str = "127.0.0.1",
    port: int = 8319,
    *,
    config: SimulatorConfig | None = None,
    seed: int | None = None,
    current: Settings | None = None,
) -> None:
    """Serve until stopped. Without `config`, webhooks go to the web process the settings describe."""
    if config is None:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
        config = config_from_settings(current or settings(), base_url=f"http://{shown}:{port}", seed=seed)
    SimulatorServer(create_app(config), host, port).run()
