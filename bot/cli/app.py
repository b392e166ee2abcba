"""The command line, put together. Everything heavy is imported inside the commands: help is there at once."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Annotated

import typer

from bot.cli import doctor, processes, setup, status
from bot.cli.output import say_error

app = typer.Typer(
    name="cityline",
    help="Residents reach city hall by texting: run it, look after it, work its requests.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

RUN = "Run"
CARE = "Look after it"
WORK = "Work with it"


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")] = False,
) -> None:
    if debug:
        os.environ["CITYLINE_DEBUG"] = "1"


app.command(rich_help_panel=RUN)(processes.up)
app.command(rich_help_panel=RUN)(processes.web)
app.command(rich_help_panel=RUN)(processes.worker)
app.command(rich_help_panel=RUN)(processes.actions)
app.command(rich_help_panel=RUN)(processes.engine)
app.command(rich_help_panel=RUN)(processes.simulator)
app.command(rich_help_panel=CARE)(doctor.doctor)
app.command(rich_help_panel=CARE)(status.status)
app.command(rich_help_panel=CARE)(setup.train)
app.command(rich_help_panel=CARE)(setup.migrate)
app.command("env-example", rich_help_panel=CARE)(setup.env_example)

# name → (module, panel): each module has its own `app`.
GROUPS = {
    "staff": ("bot.cli.staff", CARE),
    "telegram": ("bot.cli.telegram", CARE),
    "request": ("bot.cli.request", WORK),
    "conversation": ("bot.cli.conversation", WORK),
    "contact": ("bot.cli.contact", CARE),
    "audit": ("bot.cli.audit", CARE),
    "api-key": ("bot.cli.api_key", CARE),
    "installation": ("bot.cli.installation", CARE),
    "inbound": ("bot.cli.inbound", CARE),
    "message": ("bot.cli.message", WORK),
    "report": ("bot.cli.report", WORK),
    "questions": ("bot.cli.questions", CARE),
    "words": ("bot.cli.words", CARE),
    "sync": ("bot.cli.sync", CARE),
    "city": ("bot.cli.city", CARE),
    "nlu": ("bot.cli.nlu", CARE),
}


def _mount() -> None:
    for name, (module, panel) in GROUPS.items():
        if importlib.util.find_spec(module) is not None:
            app.add_typer(importlib.import_module(module).app, name=name, rich_help_panel=panel)
    if importlib.util.find_spec("bot.cli.simulate") is not None:
        from bot.cli.simulate import simulate

        app.command(rich_help_panel=WORK)(simulate)


_mount()


def _show_where(error: Exception) -> None:
    """The whole traceback for who asked for it, its frames alone for a log: an error's message may quote a resident."""
    debug = os.environ.get("CITYLINE_DEBUG")
    if debug == "frames":
        from bot.failures import frames_of, reason_of

        print(reason_of(error), *frames_of(error), sep="\n  ", file=sys.stderr)
    elif debug:
        import traceback

        traceback.print_exc()


def main() -> None:
    """Run the command line; an error is one kind sentence on stderr and exit code 1 (2: settings, usage)."""
    from bot.cli.errors import explain

    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader (head, less) has gone: nobody to tell
        sys.exit(0)
    except Exception as error:
        _show_where(error)
        sentence, code = explain(error)
        say_error(sentence)
        sys.exit(code)
