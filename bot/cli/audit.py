"""`cityline audit`: who did what, and who looked at whom."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import print_json, print_table

if TYPE_CHECKING:
    from bot.cases.trail import Entry

app = typer.Typer(help="The audit trail: who did what, and who looked at whom.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """A group, though it has one command: others may follow."""


@app.command("list")
def list_(
    who: Annotated[str, typer.Option(help="A username, resident, system or cli.", show_default=False)] = "",
    about: Annotated[
        str, typer.Option(help="A reference, or the number of a conversation or photo.", show_default=False)
    ] = "",
    what: Annotated[
        str,
        typer.Option(
            help="looked, changed, or how an action begins: staff., request.filed.", show_default=False
        ),
    ] = "",
    since: Annotated[
        str, typer.Option(help="From this day of the city on: 2026-11-23.", show_default=False)
    ] = "",
    until: Annotated[str, typer.Option(help="Up to the end of this day.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Entries of the trail, the newest first."""
    from bot.cases.trail import TrailFilter, read_trail
    from bot.db.session import transaction

    wanted = TrailFilter(who, about, what, _day(since, "--since"), _day(until, "--until"))

    async def work() -> list[Entry]:
        async with transaction() as session:
            return list((await read_trail(session, wanted, limit=limit)).entries)

    entries = with_database(work)
    if as_json:
        print_json(
            [
                {
                    "at": one.at,
                    "who": one.actor,
                    "what": one.action,
                    "about": {"kind": one.subject_kind, "id": one.subject_id},
                    "detail": one.detail,
                }
                for one in entries
            ]
        )
        return
    print_table(
        ("when (UTC)", "who", "what", "about", ""),
        [
            (
                f"{one.at:%Y-%m-%d %H:%M:%S}",
                one.actor,
                one.action,
                f"{one.subject_kind} {one.subject_id}",
                ", ".join(f"{name} {value}" for name, value in one.detail.items()),
            )
            for one in entries
        ],
        empty="Nothing like this was done or looked at.",
    )


def _day(value: str, option: str) -> date | None:
    from bot.cli.errors import CommandError

    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise CommandError(f"{option} is a day, as 2026-11-23.") from None
