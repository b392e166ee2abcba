"""Another model is taken while residents talk: no turn is refused, none is lost, and a broken model changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.supervisor.engine_environment import engine_environment, serve_command
from bot.supervisor.teaching import SWITCH
from tests.dialogues.conftest import Engine, wait_for
from tests.dialogues.play import Dialogue, Resident
from tests.dialogues.test_engine import post
from tests.journeys.stack import ROOT
from tests.ports import free_ports

pytestmark = pytest.mark.engine

PATIENCE = 90.0  # seconds until an engine has loaded a model beside all other tests


@dataclass(frozen=True)
class Served:
    """An engine with a folder of models of its own, and what it logs."""

    engine: Engine
    models: Path
    log: Path

    def talk_until(self, word: str, say: Callable[[int], int]) -> list[int]:
        """Say one thing after the other until the log has a word; gives the status of each answer."""
        answers: list[int] = []
        end = time.monotonic() + PATIENCE
        while word not in self.log.read_text("utf-8"):
            assert time.monotonic() < end, self.log.read_text("utf-8")[-2000:]
            answers.append(say(len(answers)))
        return answers


@pytest.fixture
def served(engine: Engine, model: Path, tmp_path: Path) -> Iterator[Served]:
    models, log = tmp_path / "models", tmp_path / "engine.log"
    models.mkdir()
    shutil.copy(model, models / "before.tar.gz")
    port = free_ports(1)
    environment = {
        **os.environ,
        **engine_environment(ROOT),
        "DATABASE_URL": engine.database_url,
        "ACTIONS_URL": engine.actions_url,
    }
    with log.open("wb") as out:
        command = serve_command(ROOT, models, "127.0.0.1", port)
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            wait_for(f"http://127.0.0.1:{port}/webhooks/rest/", child, log)
            yield Served(
                Engine(f"http://127.0.0.1:{port}", engine.database_url, engine.actions_url), models, log
            )
        finally:
            child.terminate()
            child.wait(20)


def test_a_conversation_goes_on_while_the_model_changes_under_it(served: Served, model: Path) -> None:
    resident = Resident(Dialogue("", "sms", ()), served.engine.url, served.engine.database_url)
    assert post(served.engine, resident.sender, "huge pothole", 1).status_code == 200
    (served.models / "broken.tar.gz").write_bytes(b"no model")
    (served.models / SWITCH).write_text('{"model": "broken.tar.gz"}', "utf-8")

    def say(number: int) -> int:
        return post(served.engine, resident.sender, "lol", 100 + number).status_code

    answers = served.talk_until("engine.model_refused", say)
    shutil.copy(model, served.models / "after.tar.gz")
    (served.models / SWITCH).write_text('{"model": "after.tar.gz"}', "utf-8")
    answers += served.talk_until(
        "engine.model_switched model=after.tar.gz", lambda number: say(1_000 + number)
    )
    assert set(answers) == {200}
    assert "Pico Blvd & 4th St" in post(served.engine, resident.sender, "Pico and 4th", 5_000).text
    assert post(served.engine, resident.sender, "/file", 5_001).status_code == 200
    (filed,) = resident.filed()
    assert filed["service"] == "pothole"
    resident.close()
