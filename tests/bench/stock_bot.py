"""Training and running the stock bot of `tests/bench/stock` in the environment that has all Rasa asks for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import psutil
import psycopg
import yaml

from tests.journeys.stack import ROOT, eventually
from tests.ports import free_ports

ENGINE = ROOT / "bot" / "engine" / "full" / ".venv" / "bin"
STOCK = Path(__file__).parent / "stock"
INTENTS = ("greet", "affirm", "deny", "thanks", "give_place")


@dataclass
class StockBot:
    url: str
    started_in: float  # seconds until it answered
    children: tuple[subprocess.Popen[bytes], ...]

    def processes(self) -> list[psutil.Process]:
        return [
            process
            for child in self.children
            for process in (psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True))
        ]


@contextlib.asynccontextmanager
async def running(
    folder: Path, database_url: str, examples: int, model: Path | None = None
) -> AsyncIterator[StockBot]:
    """Train the stock bot on part of our own examples (or take a `model`) and run it with its action server."""
    shutil.copytree(STOCK, folder, dirs_exist_ok=True)
    _write_examples(folder / "data" / "nlu.yml", examples)
    ports = free_ports(2)
    socket = database_url.split("host=")[1]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS stock")
        connection.execute("CREATE DATABASE stock")
    environment = {
        **os.environ,
        "STOCK_ACTIONS_PORT": str(ports + 1),
        "STOCK_DB": "stock",
        "STOCK_SOCKET": socket,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    log = (folder / "stock.log").open("wb")
    if model is None:
        await _train(folder, environment, log)
    else:
        (folder / "models").mkdir(exist_ok=True)
        shutil.copy(model, folder / "models")
    began = time.monotonic()
    children = tuple(
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220
        for command in (
            [str(ENGINE / "python"), "-m", "rasa_sdk", "--actions", "actions", "--port", str(ports + 1)],
            [str(ENGINE / "rasa"), "run", "--enable-api", "--port", str(ports), "--interface", "127.0.0.1"],
        )
    )
    url = f"http://127.0.0.1:{ports}"
    try:
        await eventually(lambda: _answers(url), "the stock bot answers", 180.0)
        yield StockBot(url, time.monotonic() - began, children)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)
            child.kill()
        log.close()


async def _train(folder: Path, environment: dict[str, str], log: IO[bytes]) -> None:
    print("Training the stock bot (some minutes) …", flush=True)
    train = await asyncio.create_subprocess_exec(
        str(ENGINE / "rasa"), "train", "--quiet", cwd=folder, env=environment, stdout=log, stderr=log
    )
    assert await train.wait() == 0, (folder / "stock.log").read_text()[-2000:]


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
        try:
            body = {"sender": "warm-up", "message": "hi"}
            answer = await client.post(f"{url}/webhooks/rest/webhook", json=body)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and bool(answer.json())


def _write_examples(path: Path, per_service: int) -> None:
    """Our own English examples: `per_service` of each service as one intent, and some of each act."""
    reports: list[str] = []
    for file in sorted((ROOT / "data" / "nlu" / "en" / "services").glob("*.yml")):
        reports += _examples(file)[:per_service]
    intents = {"report": reports}
    for intent in INTENTS:
        intents[intent] = _examples(ROOT / "data" / "nlu" / "en" / "acts" / f"{intent}.yml")[:40]
    blocks = [
        {"intent": name, "examples": "".join(f"- {line}\n" for line in lines)}
        for name, lines in intents.items()
    ]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")


def _examples(file: Path) -> list[str]:
    found: list[str] = []
    for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
        lines = str(block["examples"]).splitlines()
        found += [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    return found
