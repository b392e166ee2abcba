"""The real engine and the real action server on the real database, for dialogues written down as data."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.db.embedded import EmbeddedDatabase
from bot.supervisor import training
from bot.supervisor.engine_environment import engine_environment, serve_command
from tests.journeys.stack import MODELS, ROOT
from tests.ports import free_ports

PATIENCE = 120.0  # seconds until engine and actions answer


@dataclass(frozen=True)
class Engine:
    """A running engine with its action server."""

    url: str
    database_url: str
    actions_url: str


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Turns to file over all dialogues, digressions and changes of mind included."""
    turns = sorted(
        int(value)
        for report in terminalreporter.stats.get("passed", ())
        for name, value in report.user_properties
        if name == "turns_to_file"
    )
    if not turns:
        return
    told = ", ".join(f"{number} turns: {times}" for number, times in Counter(turns).items())
    terminalreporter.write_line(
        f"Turns of the resident until a request was filed, {len(turns)} dialogues: median "
        f"{turns[len(turns) // 2]}; {told}"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rasa's own checks take as long as a hundred dialogues each: they begin, or one process would wait for them at the end."""
    items.sort(key=lambda item: item.path.name != "test_rasa_agrees.py")


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model, shared between test runs; trained when a training file has changed."""
    if training.needs_training(ROOT, MODELS):
        return asyncio.run(training.train(ROOT, MODELS, MODELS / "train.log", lambda line: None)).path
    newest = training.newest_model(MODELS)
    assert newest is not None
    return newest.path


@pytest.fixture(scope="session")
def engine(
    model: Path, database_server: EmbeddedDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Engine and actions as `cityline up` starts them."""
    port = free_ports(2)
    logs = tmp_path_factory.mktemp("engine")
    environment = {
        **os.environ,
        "DATABASE_URL": database_server.url(),
        "ACTIONS_URL": f"http://127.0.0.1:{port + 1}",
    }
    actions_command = (sys.executable, "-m", "actions.server", str(port + 1))
    engine_command = serve_command(ROOT, model, "127.0.0.1", port)
    with (logs / "actions.log").open("wb") as actions_log, (logs / "engine.log").open("wb") as engine_log:
        children = [
            subprocess.Popen(
                actions_command, cwd=ROOT, env=environment, stdout=actions_log, stderr=actions_log
            ),
            subprocess.Popen(
                engine_command,
                cwd=ROOT,
                env={**environment, **engine_environment(ROOT)},
                stdout=engine_log,
                stderr=engine_log,
            ),
        ]
        try:
            wait_for(f"http://127.0.0.1:{port + 1}/health", children[0], logs / "actions.log")
            wait_for(f"http://127.0.0.1:{port}/webhooks/rest/", children[1], logs / "engine.log")
            yield Engine(f"http://127.0.0.1:{port}", database_server.url(), environment["ACTIONS_URL"])
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)


def wait_for(url: str, child: subprocess.Popen[bytes], log: Path | None = None) -> None:
    """Wait until `url` answers 200."""

    def said() -> str:
        return log.read_text()[-3000:] if log else ""

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if child.poll() is not None:
            raise AssertionError(f"ended with {child.returncode}:\n{said()}")
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} does not answer:\n{said()}")
