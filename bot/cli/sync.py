"""`cityline sync`: how requests fare in the city's own system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.sync.system import System

app = typer.Typer(help="The city's own system, in which requests are worked, too.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
T = TypeVar("T")


@app.command()
def status(as_json: Json = False) -> None:
    """How many requests are there, what waits, what was refused and why."""
    from dataclasses import asdict

    from bot.db.session import transaction
    from bot.sync.links import list_problems
    from bot.sync.standing import system_standing

    name = _system_name()

    async def work() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        async with transaction() as session:
            standing = await system_standing(session)
            assert standing is not None  # noqa: S101 - a system is set
            problems = [asdict(one) for one in await list_problems(session, name)]
        return asdict(standing), problems

    standing, problems = with_database(work)
    if as_json:
        print_json({**standing, "problems": problems})
        return
    for name, words in _told(standing):
        console().print(f"[dim]{name:<14}[/dim] ", end="")
        console().print(words, markup=False, style="red" if name == "Broken" else None)
    console().print()
    print_table(
        ("request", "number there", "problem"),
        [(one["reference"], one["number"], one["problem"]) for one in problems],
        empty="No request has a problem there.",
    )


@app.command()
def check(as_json: Json = False) -> None:
    """Compare sync.yml with what the live system says of itself: misspelt names are ignored there without a word."""

    async def work(system: System) -> list[dict[str, Any]]:
        return [{"wrong": one.wrong, "sentence": one.sentence} async for one in system.check()]

    found = _with_system(work)
    wrong = any(one["wrong"] for one in found)
    if as_json:
        print_json({"ok": not wrong, "found": found})
    else:
        for one in found:
            console().print("[red]✗[/red] " if one["wrong"] else "[yellow]·[/yellow] ", end="")
            console().print(one["sentence"], markup=False)
        if not wrong:
            console().print("[green]The live system has all that sync.yml names.[/green]")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def push(
    references: Annotated[list[str], typer.Argument(metavar="REF", help="References of requests.")],
    as_json: Json = False,
) -> None:
    """Exchange requests once more, whatever became of them before; one that is gone over there is made anew."""

    from bot.cases.lookup import find_request
    from bot.db.session import transaction
    from bot.sync.exchange import send_again

    name = _system_name()

    async def work() -> list[str]:
        async with transaction() as session:
            found = [await find_request(session, reference) for reference in references]
            for request in found:
                await send_again(session, name, request.id, datetime.now(UTC))
        return [request.reference for request in found]

    _tell_given(with_database(work), as_json=as_json)


@app.command()
def pull(as_json: Json = False) -> None:
    """Look for changes over there now, instead of at the next turn of a worker."""
    from datetime import timedelta

    from bot.cli.errors import CommandError
    from bot.sync.pulling import pull as look

    async def work(system: System) -> int | None:
        return await look(system, datetime.now(UTC), timedelta(0))

    found = _with_system(work)
    if found is None:
        raise CommandError("It is left alone for now. See: cityline sync status")
    if as_json:
        print_json({"changed": found})
        return
    console().print(f"{found} changed and were given to the worker.")


@app.command()
def replay(
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="A day or a time, UTC.")
    ],
    as_json: Json = False,
) -> None:
    """Exchange every request that changed since then: after a city began to use the system, or a map was mended."""

    from bot.cases.lookup import references_of
    from bot.db.jobs import enqueue_exchange
    from bot.db.session import transaction
    from bot.sync.links import make_links

    name = _system_name()

    async def work() -> list[str]:
        async with transaction() as session:
            ids = await make_links(session, name, since.replace(tzinfo=UTC), datetime.now(UTC))
            for request_id in ids:
                await enqueue_exchange(session, request_id)
            return await references_of(session, ids)

    _tell_given(with_database(work), as_json=as_json)


def _tell_given(references: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"given": references})
    else:
        console().print(f"{len(references)} given to the worker. See: cityline sync status")


def _system_name() -> str:
    from bot.cli.errors import CommandError
    from bot.settings import settings

    name = settings().sync
    if name == "none":
        raise CommandError(
            "The city has no other system: CITYLINE_SYNC is none. See docs/howto/servicenow.md."
        )
    return name


def _with_system(work: Callable[[System], Awaitable[T]]) -> T:
    """Open the system, do the work, close it; what it fails with is one sentence."""
    from bot.cli.errors import CommandError
    from bot.settings import settings
    from bot.supervisor.plan import with_played_instance
    from bot.sync.failures import SyncError
    from bot.sync.map_file import SyncMapError
    from bot.sync.systems import open_system

    _system_name()

    async def run() -> T:
        system = open_system(with_played_instance(settings()))
        assert system is not None  # noqa: S101 - a system is set
        try:
            return await work(system)
        finally:
            await system.aclose()

    try:
        return with_database(run)
    except (SyncError, SyncMapError) as error:
        raise CommandError(str(error)) from None


def _told(standing: dict[str, Any]) -> list[tuple[str, str]]:
    """A `SystemStanding` as people read it; what there is nothing to say of is left out."""

    def at(name: str) -> str:
        value: datetime | None = standing[name]
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if value else ""

    lines = [
        ("System", str(standing["system"])),
        ("Linked", "1 request" if standing["linked"] == 1 else f"{standing['linked']} requests"),
        ("Waiting", f"{standing['waiting']}" + (f", since {at('oldest')}" if standing["oldest"] else "")),
        ("Left to staff", str(standing["failed"])),
        ("Last look", at("read_at") or "none yet"),
        ("Paused until", at("paused_until")),
        ("Broken" if standing["loud"] else "Trouble", str(standing["problem"])),
    ]
    return [(name, words) for name, words in lines if words]
