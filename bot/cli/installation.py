"""`cityline installation`: what all machines of one city must have in common."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import console

app = typer.Typer(help="What all machines must share: the secret and the photo store.", no_args_is_help=True)


@app.command()
def adopt(
    what: Annotated[str, typer.Argument(help="secret or photos.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make this machine's secret or photo store the one that all machines must have, after a change on purpose."""
    import getpass

    from bot.cli.errors import CommandError
    from bot.db.session import transaction
    from bot.keeping import installation
    from bot.settings import settings

    if what not in set(installation.Shared):
        raise CommandError(f"There is no {what!r}: {' or '.join(installation.Shared)}.")
    shared = installation.Shared(what)
    if not yes:
        consequence = {
            installation.Shared.SECRET: "Links to maps, photos and public pages of requests that are out stop working, and all machines need this secret.",
            installation.Shared.PHOTOS: "All machines need this photo store; photos that are not in it are not shown.",
        }[shared]
        typer.confirm(f"{consequence} Go on?", abort=True)

    async def work() -> None:
        async with transaction() as session:
            await installation.adopt(session, settings(), shared, actor=f"staff:{getpass.getuser()}")

    with_database(work)
    console().print("Done. Restart web and workers on every machine.")
