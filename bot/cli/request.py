"""`cityline request`: reading and working service requests from a terminal or a script."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


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
    department: Annotated[str | None, typer.Option(help="That has it.", show_default=False)] = None,
    person: Annotated[str | None, typer.Option(help="Username of who has it.", show_default=False)] = None,
    unassigned: Annotated[
        bool, typer.Option("--unassigned", help="Unfinished ones that no crew and no person has.")
    ] = False,
    promise: Annotated[
        str | None, typer.Option(help="soon (due soon) or overdue.", show_default=False)
    ] = None,
    news: Annotated[
        str | None,
        typer.Option(help="What residents say: not_fixed, or added (more than before).", show_default=False),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            help="What stands first: need (not fixed, residents wrote, overdue, due soon), number (the newest) or "
            "promise (the nearest day)."
        ),
    ] = "need",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """Requests, what needs doing first, as in the console."""
    from bot.cases.assignment import check_department
    from bot.cases.list_order import keys
    from bot.cases.lookup import list_requests
    from bot.cli.request_fields import fields_of
    from bot.db.session import transaction

    statuses = frozenset(_status(name) for name in status or ())
    check_department(department)
    conditions = _narrowed(department, person, unassigned, promise, news)
    sorted_by = keys(_order(sort), datetime.now(UTC))

    async def work() -> list[dict[str, Any]]:
        async with transaction() as session:
            rows = await list_requests(
                session,
                statuses=statuses,
                service_code=service,
                conditions=conditions,
                sorted_by=sorted_by,
                limit=limit,
            )
            return await fields_of(session, rows)

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("reference", "service", "status", "address", "with", "due", "photos", "channel", "created"),
        [
            (
                row["reference"],
                row["service_code"],
                row["status"],
                row["address"],
                who_has(row),
                f"{row['due'] or ''} {row['promise'] or ''}".strip(),
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
    from bot.cli.request_fields import whole
    from bot.db.session import transaction

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            return await whole(session, await find_request(session, reference))

    fields = with_database(work)
    if as_json:
        print_json(fields)
        return
    description, words = fields.pop("description"), fields.pop("words")
    history = fields.pop("history")
    additions = fields.pop("additions")
    deliveries = fields.pop("deliveries")
    for name, value in fields.items():
        console().print(f"[dim]{name:<14}[/dim] ", end="")
        console().print(_on_one_line(value), markup=False)
    console().print()
    console().print(description, markup=False)
    if words != description:
        console().print(f"In the resident's words: {words}", markup=False)
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
                "; ".join(
                    filter(
                        None,
                        (*_put_right(entry["corrected"]), _given(entry["assignment"]), entry["internal"]),
                    )
                ),
            )
            for entry in history
        ],
        empty="No history.",
    )
    if deliveries:
        console().print(
            f"\nWho was told: cityline message list --request {fields['reference']}", markup=False
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
            help="How it was closed: nothing_found, not_ours, will_not_do, withdrawn or no_answer; fixed where it was resolved.",
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
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask where nobody can be told.")] = False,
    as_json: Json = False,
) -> None:
    """Change a request; who follows it is told in their own conversation. Who cannot be is said before anything is written."""
    from bot.cases.lookup import find_request
    from bot.cases.photos import keep_photo
    from bot.cases.status import Status, UnexplainedError
    from bot.cases.updates import Change
    from bot.cli.errors import CommandError
    from bot.cli.request_fields import fields_of, reach_fields
    from bot.conversation.reach import reach_of_request
    from bot.db.session import transaction
    from bot.delivery.push import update_request

    wanted = _status(status) if status else None
    ended = _resolution(resolution) if resolution else None
    photos = [_take(path) for path in photo or ()]
    tells = bool(public or wanted or photos)

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            row = await find_request(session, reference)
            reach = reach_fields(await reach_of_request(session, row.id))
        if tells and not as_json:
            _say_who_is_not_told(reach, ask=not yes)
        async with transaction() as session:
            row = await find_request(session, reference)
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
                await update_request(session, change, now=datetime.now(UTC))
            except UnexplainedError as error:
                option = _OPTIONS.get(error.missing)
                raise CommandError(f"{error} {option}" if option else str(error)) from None
        async with transaction() as session:
            (fields,) = await fields_of(session, [await find_request(session, reference)])
            return {**fields, **reach}

    fields = with_database(work)
    if as_json:
        print_json(fields)
        return
    console().print(f"{fields['reference']} is {fields['status']}.")
    if tells:
        followers = fields["told"] + len(fields["cannot_be_told"])
        console().print(f"{fields['told']} of {followers} followers can be told.")


def _say_who_is_not_told(reach: dict[str, Any], *, ask: bool) -> None:
    """Say it before the words are written for nobody; at a terminal, ask whether to go on. Raises `typer.Abort`."""
    for reason in reach["cannot_be_told"]:
        console().print(f"Cannot be told: one who {reason}.", markup=False)
    if ask and reach["cannot_be_told"] and not reach["told"] and sys.stdin.isatty():
        typer.confirm("Nobody can be told. Write it all the same?", abort=True)


@app.command()
def assign(
    reference: Reference,
    department: Annotated[
        str | None, typer.Option(help="A department of the city pack.", show_default=False)
    ] = None,
    crew: Annotated[
        str | None, typer.Option(help='In a few words, as "Night crew 7"; "" for none.', show_default=False)
    ] = None,
    person: Annotated[
        str | None, typer.Option(help='Username of an account; "" for nobody.', show_default=False)
    ] = None,
    internal: Annotated[str, typer.Option(help="A note for staff only.", show_default=False)] = "",
    as_json: Json = False,
) -> None:
    """Say who has a request; what is not named stays as it is. Residents are not told."""
    from bot.cases.assignment import Assignment, assignment_of
    from bot.cases.lookup import find_request, lock_request
    from bot.cases.status import Status
    from bot.cases.updates import Change
    from bot.cli.request_fields import fields_of
    from bot.db.session import transaction
    from bot.delivery.push import update_request

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            row = await find_request(session, reference)
            await lock_request(session, row)
            now = await assignment_of(session, row)
            wanted = Assignment(
                now.department if department is None else department,
                now.crew if crew is None else crew,
                now.person if person is None else person,
            )
            author = f"staff:{getpass.getuser()}"
            await update_request(
                session,
                Change(row.reference, Status(row.status), author, internal_note=internal, assignment=wanted),
                now=datetime.now(UTC),
            )
            (fields,) = await fields_of(session, [row])
            return fields

    fields = with_database(work)
    if as_json:
        print_json(fields)
        return
    console().print(
        f"{fields['reference']} is with {who_has(fields) or 'nobody in particular'}.", markup=False
    )


@app.command()
def correct(
    reference: Reference,
    service: Annotated[
        str | None, typer.Option(help="The right one, by its code.", show_default=False)
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            help='The right one: an address, a corner, a name, "34.01,-118.49"; "" for none.',
            show_default=False,
        ),
    ] = None,
    description: Annotated[
        str | None,
        typer.Option(
            help='What it is about, in words for staff; "" for the resident\'s own.', show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Put right what a request is, where it is and what it is about; who follows it is told of the first two."""
    from bot.cases.correcting import Wanted
    from bot.cases.lookup import find_request
    from bot.city.entered import look_up
    from bot.cli.request_fields import fields_of, reach_fields
    from bot.conversation.reach import reach_of_request
    from bot.db.session import transaction
    from bot.delivery.push import correct_request

    where = look_up(place) if place and place.strip() else None
    wanted = Wanted(service, where, placeless=place is not None and where is None, description=description)

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            row = await find_request(session, reference)
            reach = reach_fields(await reach_of_request(session, row.id))
            author = f"staff:{getpass.getuser()}"
            update = await correct_request(session, row.reference, wanted, author, datetime.now(UTC))
            (fields,) = await fields_of(session, [row])
            return {**fields, "corrected": update.corrected, **reach}

    fields = with_database(work)
    if as_json:
        print_json(fields)
        return
    console().print(f"{fields['reference']} is put right.")
    for line in _put_right(fields["corrected"]):
        console().print(line, markup=False)
    if {"service", "place"} & set(fields["corrected"]):
        followers = fields["told"] + len(fields["cannot_be_told"])
        console().print(f"{fields['told']} of {followers} followers can be told.")


# What tells that which a move needs.
_OPTIONS = {
    "public_text": "--public TEXT.",
    "referred_to": "--referred-to TEXT.",
    "photos": "--photo FILE.",
    "resolved": "--status resolved.",
}


def _on_one_line(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {said}" for name, said in value.items() if said is not None)
    return "; ".join(map(_on_one_line, value)) if isinstance(value, list) else str(value)


def who_has(fields: dict[str, Any]) -> str:
    """Who has a request, on one line: "Public Works, Night crew 7, ana (account closed)"."""
    person = f"{fields['person']} (account closed)" if fields.get("person_left") else fields["person"]
    return ", ".join(filter(None, (fields["department"], fields["crew"], person)))


def _given(assignment: dict[str, Any] | None) -> str:
    """What an entry of the history says of a request that changed hands."""
    return f"with {who_has(assignment) or 'nobody in particular'}" if assignment else ""


def _put_right(corrected: dict[str, Any] | None) -> list[str]:
    """What an entry of the history says of each part that was put right."""
    lines = []
    for part, changed in (corrected or {}).items():
        before, after = (
            (one or {}).get("address") or "no place" if part == "place" else one
            for one in (changed["before"], changed["after"])
        )
        lines.append(f"{part}: {before} → {after}")
    return lines


def _narrowed(
    department: str | None, person: str | None, unassigned: bool, promise: str | None, news: str | None
) -> list[ColumnElement[bool]]:
    from bot.cases.assignment import is_with, needs_somebody
    from bot.cases.promises import Standing, is_due_soon, is_overdue
    from bot.cases.resident_news import News, has_news
    from bot.cli.errors import CommandError
    from bot.db.tables import ServiceRequest

    conditions = []
    if department is not None:
        conditions.append(ServiceRequest.department == department)
    if person is not None:
        conditions.append(is_with(person.strip().lower()))
    if unassigned:
        conditions.append(needs_somebody())
    if promise is not None:
        if promise not in set(Standing):
            raise CommandError(f"A promise is {' or '.join(Standing)}, not {promise!r}.")
        late = is_overdue if promise == Standing.OVERDUE else is_due_soon
        conditions.append(late(datetime.now(UTC)))
    if news is not None:
        if news not in set(News):
            raise CommandError(f"News is {' or '.join(News)}, not {news!r}.")
        conditions.append(has_news(News(news)))
    return conditions


def _order(name: str) -> Any:
    from bot.cases.list_order import Order
    from bot.cli.errors import CommandError

    orders = {one.name.lower(): one for one in Order}  # the console's address leaves the first one out
    if name not in orders:
        raise CommandError(f"The order is {', '.join(orders)}, not {name!r}.")
    return orders[name]


def _status(name: str) -> Any:
    from bot.cases.status import Status
    from bot.cli.errors import CommandError

    if name not in set(Status):
        raise CommandError(f"There is no status {name!r}: {', '.join(Status)}.")
    return Status(name)


def _resolution(name: str) -> Any:
    from bot.cases.status import Resolution
    from bot.cli.errors import CommandError

    if name == Resolution.DUPLICATE:
        raise CommandError(
            "A duplicate is joined with the request that it repeats, on its page of the console."
        )
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
