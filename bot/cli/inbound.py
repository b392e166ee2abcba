"""`cityline inbound`: what providers sent and could not be stored."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

app = typer.Typer(help="Events of providers that could not be stored: look, try again.", no_args_is_help=True)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """What was set aside, the latest first. Their contents are residents' and are not shown."""
    from bot.db.session import transaction

    async def work() -> list[dict[str, Any]]:
        from sqlalchemy import func, select

        from bot.db.tables import SetAside

        query = select(
            SetAside.id, SetAside.channel, func.length(SetAside.body), SetAside.reason, SetAside.received_at
        )
        async with transaction() as session:
            found = await session.execute(query.order_by(SetAside.id.desc()).limit(500))
            return [
                {"id": id_, "channel": channel, "bytes": size, "reason": reason, "received": at}
                for id_, channel, size, reason, at in found
            ]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("id", "channel", "bytes", "received (UTC)", "why"),
        [
            (row["id"], row["channel"], row["bytes"], f"{row['received']:%Y-%m-%d %H:%M}", row["reason"])
            for row in rows
        ],
        empty="Nothing was set aside.",
    )


@app.command()
def retry() -> None:
    """Store again what was set aside, once its cause is mended; what fails again stays where it is."""

    async def work() -> tuple[int, int]:
        from bot.delivery.inbound import store_what_was_set_aside

        return await store_what_was_set_aside()

    stored, left = with_database(work)
    console().print(
        f"{stored} stored, {left} still set aside." if stored or left else "Nothing was set aside."
    )


@app.command()
def discard(
    which: Annotated[int, typer.Argument(help="The id, as `list` shows it.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete one for good, when nothing in it can be of use: it holds a resident's words, and doctor names it until then."""
    from bot.cli.errors import CommandError
    from bot.db.session import transaction

    async def work() -> bool:
        from bot.db.tables import SetAside

        async with transaction() as session:
            row = await session.get(SetAside, which)
            if row is not None:
                await session.delete(row)
            return row is not None

    if not yes:
        typer.confirm("It cannot be brought back. Delete it?", abort=True)
    if not with_database(work):
        raise CommandError(f"Nothing with the id {which} is set aside.")
    console().print("Deleted.")
