"""The command `cityline` in a process of its own, which finds other people's libraries already read.

Of the two seconds of a core that most commands need, their work takes a tenth: Python reads SQLAlchemy, pydantic and a
thousand more modules first. Here a server that has read those, and nothing of ours, forks for each command; whatever is ours is
read anew every time, in the order in which the command asks for it. That `python -m bot.cli` starts from nothing is tried in
`tests/unit/cli` and by every process of the journeys.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

LIBRARIES = (
    *("alembic", "argon2", "fsspec", "geopy.geocoders", "httpx", "jinja2", "numpy", "orjson", "phonenumbers"),
    *("PIL.Image", "pillow_heif", "procrastinate", "psycopg_pool", "pydantic_settings", "pytest"),
    *("rapidfuzz", "rich.console", "rich.table", "rich.progress", "shapely", "sqlalchemy.ext.asyncio"),
    *("sqlalchemy.dialects.postgresql.psycopg", "structlog", "telegram", "twilio.rest", "typer", "yaml"),
)


def run_command(
    *arguments: str, environment: Mapping[str, str], answer: str = "", patience: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run `cityline` with these arguments, this environment and this text to read; gives what it said and its exit code.

    Raises `subprocess.TimeoutExpired` after `patience` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="cityline-command-") as folder:
        paths = [Path(folder) / name for name in ("input", "output", "errors")]
        paths[0].write_text(answer)
        process = _server().Process(
            target=_run, args=(arguments, dict(environment), [str(path) for path in paths])
        )
        process.start()
        process.join(patience)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["cityline", *arguments], patience)
        said, complained = (path.read_text() for path in paths[1:])
        return subprocess.CompletedProcess(["cityline", *arguments], process.exitcode, said, complained)


@lru_cache(maxsize=1)
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*LIBRARIES, __name__])
    return context


def _run(arguments: tuple[str, ...], environment: dict[str, str], paths: list[str]) -> None:
    """In the new process: be what `python -m bot.cli` would be."""
    assert not any(name.split(".")[0] in ("bot", "actions") for name in sys.modules), (
        "nothing of ours is read"
    )
    for descriptor, path in enumerate(paths):
        opened = os.open(
            path, os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
        )
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)  # multiprocessing has closed the one there was
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["cityline", *arguments]
    try:
        runpy.run_module("bot.cli", run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # a forked process leaves without them
