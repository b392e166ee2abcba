"""`train`, `migrate` and `env-example`: what is done before things run."""

from __future__ import annotations

from typing import Annotated

import typer


def train(
    force: Annotated[bool, typer.Option("--force", help="Train even when nothing changed.")] = False,
    with_reviewed: Annotated[
        bool,
        typer.Option(
            "--with-reviewed",
            help="Train with the examples that reviewers accepted, show what it changes, and ask before it is used.",
        ),
    ] = False,
    back: Annotated[
        bool,
        typer.Option("--back", help="Use the model before the last one with examples of reviewers again."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --with-reviewed: use it without asking, unless it is worse.")
    ] = False,
    training: Annotated[int | None, typer.Option("--training", hidden=True)] = None,
) -> None:
    """Train the model from config.yml, domain.yml, data/ and what reviewers taught, unless the newest one is of just these files."""
    if with_reviewed or back:
        from bot.cli.teach import run

        run(back=back, yes=yes, training_id=training)
        return
    import asyncio

    from bot.settings import ROOT, settings
    from bot.supervisor.announce import Announcer
    from bot.supervisor.training import needs_training
    from bot.supervisor.training import train as train_model

    config = settings()
    models = config.data.absolute() / "models"
    announcer = Announcer()
    if not force and not needs_training(ROOT, models):
        announcer.note("The model is up to date; --force trains it all the same.")
        return
    with announcer.step("Training the model") as step:
        log = config.data.absolute() / "logs" / "train.log"
        model = asyncio.run(train_model(ROOT, models, log, step.show))
        step.done = f"Model {model.path.name} trained"


def migrate() -> None:
    """Bring the database to the schema of this version. Safe to repeat, and from several machines at once."""
    from bot.cli.output import console
    from bot.db.migrate import migrate as run
    from bot.db.session import database_url

    console().print(f"The database is at revision {run(database_url())}.")


def env_example() -> None:
    """Print .env.example, written from the settings themselves."""
    from bot.cli.env_example import env_example as text

    print(text(), end="")
