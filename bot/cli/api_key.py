"""`cityline api-key`: what other systems show to file requests by Open311."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.cases.api_keys import Key

app = typer.Typer(help="Keys of other systems, for Open311.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(help="Whose it is, as histories name it: FixMyStreet.", show_default=False)
]


@app.command()
def add(
    name: Name,
    right: Annotated[
        list[str] | None,
        typer.Option(
            help="file (file requests) or update (pass on what is said of those it filed); may be repeated.  [default: file]",
            show_default=False,
        ),
    ] = None,
    media_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Where photos of its requests are fetched: photos.example.org, or .example.org for all below it; may be repeated. "
            "Without one no photo is fetched.",
            show_default=False,
        ),
    ] = None,
    per_minute: Annotated[int, typer.Option(help="Uses in a minute; more are turned away.")] = 60,
    shown: Annotated[
        bool,
        typer.Option(
            "--shown",
            help="What it files is on show from the start, by its block, for a system that publishes reports itself.",
        ),
    ] = False,
) -> None:
    """Make a key and print it, this once."""
    from datetime import UTC, datetime

    from bot.cases.api_keys import Right, Terms, add_key
    from bot.cli.errors import CommandError
    from bot.db.session import transaction
    from bot.settings import settings

    for one in right or ():
        if one not in set(Right):
            raise CommandError(f"There is no right {one!r}: {', '.join(Right)}.")
    rights = frozenset(map(Right, right or ["file"]))
    terms = Terms(rights, tuple(host.lower() for host in media_host or ()), per_minute, shown)

    async def work() -> str:
        async with transaction() as session:
            return await add_key(session, name, terms, actor="cli", now=datetime.now(UTC))

    secret = with_database(work)
    _tell(f"{name} may use {settings().base_url}/open311/v2.", secret)
    if settings().open311 == "off":
        console().print("Open311 is not offered yet: CITYLINE_OPEN311 is off.")


@app.command()
def renew(name: Name) -> None:
    """Give a key another secret, as when somebody has read it; the one before opens nothing any more."""
    from bot.cases.api_keys import renew_key
    from bot.db.session import transaction

    async def work() -> str:
        async with transaction() as session:
            return await renew_key(session, name, actor="cli")

    _tell(f"{name} has a new key.", with_database(work))


@app.command()
def revoke(name: Name) -> None:
    """End a key for good. What came by it stays."""
    from datetime import UTC, datetime

    from bot.cases.api_keys import revoke_key
    from bot.db.session import transaction

    async def work() -> None:
        async with transaction() as session:
            await revoke_key(session, name, actor="cli", now=datetime.now(UTC))

    with_database(work)
    console().print(f"The key of {name} opens nothing any more.", markup=False)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """All keys, without their secrets."""
    from bot.cases.api_keys import list_keys
    from bot.db.session import transaction

    async def work() -> list[Key]:
        async with transaction() as session:
            return await list_keys(session)

    keys = with_database(work)
    if as_json:
        print_json(
            [
                {
                    "name": key.name,
                    "rights": sorted(key.terms.rights),
                    "media_hosts": list(key.terms.media_hosts),
                    "per_minute": key.terms.per_minute,
                    "shown": key.terms.shown,
                    "created": key.created_at,
                    "used": key.used_at,
                    "revoked": key.revoked_at,
                }
                for key in keys
            ]
        )
        return
    print_table(
        ("name", "rights", "photos from", "a minute", "used (UTC)", ""),
        [
            (
                key.name,
                ", ".join(sorted(key.terms.rights)),
                ", ".join(key.terms.media_hosts),
                key.terms.per_minute,
                f"{key.used_at:%Y-%m-%d %H:%M}" if key.used_at else "never",
                f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "",
            )
            for key in keys
        ],
        empty="No keys yet. Make one with: cityline api-key add NAME",
    )


def _tell(what: str, secret: str) -> None:
    console().print(what, markup=False)
    # On a line of its own and never folded, so that it can be copied whole.
    console().print(f"Key: {secret}", markup=False, soft_wrap=True)
    console().print("It is shown this once.")
