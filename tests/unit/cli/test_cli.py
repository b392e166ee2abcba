"""The command as people meet it: help, errors, speed. Data commands are tested with the database."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.errors import CommandError, explain

COMMANDS = {
    "up", "web", "worker", "actions", "engine", "simulator", "doctor", "train", "migrate", "simulate",
    "staff", "request", "conversation", "telegram",
}  # fmt: skip


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def _paths() -> list[tuple[str, ...]]:
    paths = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        paths.append((name,))
        paths += [(name, inner) for inner in getattr(command, "commands", {})]
    return paths


def test_every_command_of_the_manual_is_there() -> None:
    assert {path[0] for path in _paths()} >= COMMANDS


@pytest.mark.parametrize("path", _paths(), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*path, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_help_loads_nothing_heavy() -> None:
    # What it costs in seconds depends on the machine; what it imports does not.
    heavy = ("sqlalchemy", "pydantic", "procrastinate", "fastapi", "psycopg", "PIL", "shapely", "numpy")
    code = f"import sys, bot.cli.app; print([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_wrong_settings_end_every_command_with_sentences_and_code_2() -> None:
    result = _run("up", CITYLINE_PORT="http", PUBLIC_URL="x")
    assert result.returncode == 2
    assert "CITYLINE_PORT:" in result.stderr
    assert "PUBLIC_URL:" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_database_that_is_not_there_is_one_kind_sentence() -> None:
    result = _run("request", "list", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert result.returncode == 1
    assert "The database cannot be reached." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_status_names_the_right_ones() -> None:
    result = _run("request", "list", "--status", "gone")
    assert result.returncode == 1
    assert (
        "There is no status 'gone': open, in_progress, waiting, on_hold, resolved, closed." in result.stderr
    )


def test_telegram_without_a_token_says_who_gives_one() -> None:
    result = _run("telegram", "set-webhook", TELEGRAM_BOT_TOKEN="")
    assert result.returncode == 1
    assert "@BotFather" in result.stderr


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (CommandError("Nothing to do"), "Nothing to do.", 1),
        (PermissionError(13, "Permission denied", "/srv/photos"), "No permission for /srv/photos.", 1),
        (OSError(28, "No space left on device"), "The disk is full.", 1),
        (ZeroDivisionError("division by zero"), "did not expect (ZeroDivisionError)", 1),
    ],
)
def test_errors_become_sentences(error: Exception, sentence: str, code: int) -> None:
    said, ended = explain(error)
    assert sentence in said
    assert ended == code
