"""Who stops the first start while it trains has not lost the first login."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.settings import load_settings
from bot.supervisor import engine_environment
from bot.supervisor.announce import Announcer
from bot.supervisor.up import Supervisor
from tests.ports import free_ports


class _StoppedWhileTraining(Supervisor):
    """All but the order of things left out."""

    logins = 0

    async def _start_database(self) -> str:
        return "postgresql:///never-asked"

    async def _migrate(self, url: str) -> None: ...

    async def _confirm_installation(self, url: str) -> None: ...

    async def _train(self) -> None:
        self.stopping.set()

    async def _first_login(self, url: str) -> tuple[str, str] | None:
        self.logins += 1
        return None


async def test_no_login_is_made_that_nobody_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_environment, "engine_python", lambda _: Path("/engine/python"))
    port = free_ports(4)  # the simulator's is the one after the web's
    config = load_settings(
        _env_file=None,
        CITYLINE_DATA=str(tmp_path),
        CITYLINE_PORT=port,
        ENGINE_URLS=f"http://127.0.0.1:{port + 2}",
        ACTIONS_URL=f"http://127.0.0.1:{port + 3}",
    )
    supervisor = _StoppedWhileTraining(config, Announcer(Console(file=io.StringIO())))
    await supervisor.run()
    assert supervisor.logins == 0
