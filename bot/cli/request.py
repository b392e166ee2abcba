"""`cityline request`: reading and working service requests from a terminal or a script."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.conversation.reach import Reach
    from bot.db.tables import ServiceRequest

app = typer.Typer(help="Service requests: read them, work them.", no_args_is_help=True)

Reference = Annotated[
    str, typer.Argument(help="As SM-7K3R9P; case and dash do not matter.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command("list")
def list_(
    status: Annotated[
        list[str] | None,
        typer.Option(
            help="open, in_progress, waiting, on_hold, resolved or closed; may be repeated.",
            show_default=False,
        ),
    ] = None,
    service: Annotated[str | None, typer.Option(help="Service code.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """Requests, newest first."""
    from bot.cases.lookup import list_requests
    from bot.db.session import transaction

    statuses = frozenset(_status(name) for name in status or ())

    async def work() -> list[dict[str, Any]]:
        async with transaction() as session:
            rows = await list_requests(session, statuses=statuses, service_code=service, limit=limit)
            return [request_fields(row) for row in rows]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("reference", "service", "status", "address", "photos", "channel", "created"),
        [
            (
                row["reference"],
                row["service_code"],
                row["status"],
                row["address"],
                row["photos"] or "",
                row["channel"],
                f"{row['created']:%Y-%m-%d %H:%M}",
            )
            for row in rows
        ],
        empty="No requests.",
    )


@app.command()
def show(reference: Reference, as_json: Json = False) -> None:
    """One request with its history, and who cannot be told of an update."""
    from bot.cases.lookup import find_request
    from bot.conversation.reach import reach_of_request
    from bot.db.session import transaction
    from bot.delivery.notices.told import told_of

    async def work() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        async with transaction() as session:
            row = await find_request(session, reference)
            reach = await reach_of_request(session, row.id)
            told = await told_of(session, [update.id for update in row.updates])
            history = [
                {
                    "at": update.created_at,
                    "status": update.to_status,
                    "author": update.author,
                    "public": update.public_text,
                    "internal": update.internal_note,
                    "photos": len(update.photos),
                    "resolution": update.resolution,
                    "referred_to": update.referred_to,
                    "due": update.due_on,
                    "told": told.get(update.id, {}),
                }
                for update in row.updates
            ]
            fields = {**request_fields(row), **reach_fields(reach), "feedback": _feedback(row)}
            return {**fields, "description": row.description, "additions": _additions(row)}, history

    fields, history = with_database(work)
    if as_json:
        print_json({**fields, "history": history})
        return
    description, additions = fields.pop("description"), fields.pop("additions")
    for name, value in fields.items():
        console().print(f"[dim]{name:<14}[/dim] ", end="")
        console().print(
            "; ".join(str(one) for one in value) if isinstance(value, list) else str(value), markup=False
        )
    console().print()
    console().print(description, markup=False)
    console().print()
    if additions:
        print_table(
            ("added (UTC)", "by", "words", "place", "photos"),
            [
                (
                    f"{entry['at']:%Y-%m-%d %H:%M}",
                    entry["by"],
                    entry["words"],
                    entry["address"] or "",
                    entry["photos"] or "",
                )
                for entry in additions
            ],
            empty="",
        )
        console().print()
    print_table(
        ("when (UTC)", "status", "by", "public", "internal"),
        [
            (
                f"{entry['at']:%Y-%m-%d %H:%M}",
                entry["status"],
                entry["author"],
                entry["public"],
                entry["internal"],
            )
            for entry in history
        ],
        empty="No history.",
    )


@app.command()
def update(
    reference: Reference,
    status: Annotated[
        str | None,
        typer.Option(help="open, in_progress, waiting, on_hold, resolved or closed.", show_default=False),
    ] = None,
    public: Annotated[
        str, typer.Option(help="What the resident reads, in their conversation.", show_default=False)
    ] = "",
    internal: Annotated[str, typer.Option(help="A note for staff only.", show_default=False)] = "",
    resolution: Annotated[
        str | None,
        typer.Option(
            help="How it ended: fixed, nothing_found, not_ours, will_not_do, withdrawn or no_answer.",
            show_default=False,
        ),
    ] = None,
    referred_to: Annotated[
        str, typer.Option(help="Whose it is, of not_ours; the resident reads it.", show_default=False)
    ] = "",
    due: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Another day by which it is promised, told.", show_default=False
        ),
    ] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Tell at once, also at night.")] = False,
    photo: Annotated[
        list[Path] | None,
        typer.Option(help="A picture of the work, for the resident; may be repeated.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change a request; who follows it is told in their own conversation."""
    from bot.cases.lookup import find_request
    from bot.cases.photos import keep_photo
    from bot.cases.status import Status, UnexplainedError
    from bot.cases.updates import Change
    from bot.cli.errors import CommandError
    from bot.conversation.reach import reach_of_request
    from bot.db.session import transaction
    from bot.delivery.push import update_request

    wanted = _status(status) if status else None
    ended = _resolution(resolution) if resolution else None
    photos = [_take(path) for path in photo or ()]

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            row = await find_request(session, reference)
            reach = reach_fields(await reach_of_request(session, row.id))
            kept = [(await keep_photo(session, taken)).id for taken in photos]
            for taken in photos:
                _put(taken)  # see keep_photo
            change = Change(
                reference=row.reference,
                status=wanted or Status(row.status),
                author=f"staff:{getpass.getuser()}",
                public_text=public,
                internal_note=internal,
                photo_ids=tuple(kept),
                resolution=ended,
                referred_to=referred_to,
                due_on=due.date() if due else None,
                urgent=urgent,
            )
            try:
                await update_request(session, change)
            except UnexplainedError as error:
                option = _OPTIONS.get(error.missing)
                raise CommandError(f"{error} {option}" if option else str(error)) from None
        async with transaction() as session:
            return {**request_fields(await find_request(session, reference)), **reach}

    fields = with_database(work)
    if as_json:
        print_json(fields)
        return
    console().print(f"{fields['reference']} is {fields['status']}.")
    if public or wanted or photos:
        followers = fields["told"] + len(fields["cannot_be_told"])
        console().print(f"{fields['told']} of {followers} followers can be told.")
        for reason in fields["cannot_be_told"]:
            console().print(f"Not told: one who {reason}.", markup=False)


# What tells that which a move needs.
_OPTIONS = {"public_text": "--public TEXT.", "referred_to": "--referred-to TEXT.", "photos": "--photo FILE."}


def reach_fields(reach: Reach) -> dict[str, Any]:
    """Who hears of a public update, and why the others do not."""
    return {"told": reach.told, "cannot_be_told": [barrier.dated for barrier in reach.not_told]}


def _feedback(row: ServiceRequest) -> list[dict[str, Any]]:
    """What residents answered to its end, in order."""
    return [
        {"at": one.created_at, "verdict": one.verdict, "rating": one.rating, "comment": one.comment}
        for one in row.feedback
    ]


def _additions(row: ServiceRequest) -> list[dict[str, Any]]:
    """What residents added after the filing, in order; `by`: who filed it, or a follower. `photos`: how many came with it."""
    from bot.cases.added import came_with

    return [
        {
            "at": one.created_at,
            "by": "resident" if one.conversation_id == row.conversation_id else "follower",
            "words": one.words,
            "address": one.address,
            "lat": one.lat,
            "lon": one.lon,
            "photos": sum(1 for photo in row.photos if came_with(photo, one)),
        }
        for one in row.additions
    ]


def request_fields(row: ServiceRequest) -> dict[str, Any]:
    """What `--json` gives of a request; scripts rely on these names."""
    return {
        "reference": row.reference,
        "service_code": row.service_code,
        "status": row.status,
        "address": row.address,  # "" and no point: it happened nowhere a crew could go
        "lat": row.lat,
        "lon": row.lon,
        "photos": sum(1 for photo in row.photos if photo.kind == "report"),
        "channel": row.channel,
        "created": row.created_at,
        "resolution": row.resolution,
        "due": row.due_on,
    }


def _status(name: str) -> Any:
    from bot.cases.status import Status
    from bot.cli.errors import CommandError

    if name not in set(Status):
        raise CommandError(f"There is no status {name!r}: {', '.join(Status)}.")
    return Status(name)


def _resolution(name: str) -> Any:
    from bot.cases.status import Resolution
    from bot.cli.errors import CommandError

    chosen = [one for one in Resolution if one is not Resolution.DUPLICATE]
    if name not in chosen:
        raise CommandError(f"There is no resolution {name!r}: {', '.join(chosen)}.")
    return Resolution(name)


def _put(taken: Any) -> None:
    from bot.photos.store import PhotoStore
    from bot.settings import settings

    PhotoStore(settings().photo_store_url).put(taken)


def _take(path: Path) -> Any:
    """A picture from a file, checked, cleaned and put into the store."""
    from bot.cli.errors import CommandError
    from bot.photos.apart import DecodingStalledError, take_in_now
    from bot.photos.intake import PhotoRefused
    from bot.photos.store import PhotoStoreAwayError

    try:
        taken = take_in_now(path.read_bytes())
        _put(taken)
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except PhotoRefused as refusal:
        raise CommandError(
            f"{path} cannot be used as a photo ({refusal.reason.value.replace('_', ' ')})."
        ) from None
    except (DecodingStalledError, PhotoStoreAwayError):
        raise CommandError(f"{path} could not be kept just now. Is the disk of the photos full?") from None
    return taken
