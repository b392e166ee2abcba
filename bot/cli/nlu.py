"""`cityline nlu classify` and `cityline nlu eval`: the trained understanding, run in the engine's own environment."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from bot.cli.errors import CommandError

app = typer.Typer(help="Try and measure how the bot understands texts.", no_args_is_help=True)

Model = Annotated[
    Path | None,
    typer.Option("--model", help="A model, or a folder of models; otherwise the newest one trained here."),
]


@app.command()
def classify(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help='JSON lines {"id", "text"}; standard input without.'
        ),
    ] = None,
    model: Model = None,
) -> None:
    """Read JSON lines {"id", "text"} and write what the bot makes of each.

    Out come {"id", "intent", "intent_confidence", "services", "language", "emergency", "vague"}, in the same order.
    """
    command = ("bot.engine.classify", "--model", str(_models(model)))
    with file.open("rb") if file else nullcontext(sys.stdin) as texts:
        raise typer.Exit(_run(*command, stdin=texts))


@app.command("eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled texts, JSON lines (see docs/nlu.md).")],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the confusion as a page to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    model: Model = None,
) -> None:
    """Measure top-1, top-3, precision and recall, calibration, confusion and speed on labelled texts."""
    options = [str(file.absolute()), "--model", str(_models(model))]
    if html:
        options += ["--html", str(html.absolute())]
    if as_json:
        options.append("--json")
    raise typer.Exit(_run("bot.engine.evaluate", *options))


def _models(model: Path | None) -> Path:
    """The model asked for, or the folder of those trained here. Raises `CommandError` when there is none."""
    if model is not None:
        if not model.exists():
            raise CommandError(f"There is no model at {model}")
        return model.absolute()
    from bot.settings import settings

    folder = settings().data.absolute() / "models"
    if not any(folder.glob("*.tar.gz")):
        raise CommandError("There is no trained model. Run: cityline train")
    return folder


def _run(module: str, *arguments: str, stdin: IO[Any] | None = None) -> int:
    """Run a module of the engine from the project's root with our own output streams; its exit code."""
    from bot.settings import ROOT
    from bot.supervisor.engine_environment import engine_python

    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        # One message is one core's work, as in the running engine.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "RASA_TELEMETRY_ENABLED": "false",
    }
    command = [str(engine_python(ROOT)), "-m", module, *arguments]
    return subprocess.run(  # noqa: S603 - our own interpreter and module
        command, cwd=ROOT, env=environment, stdin=stdin or sys.stdin, check=False
    ).returncode
