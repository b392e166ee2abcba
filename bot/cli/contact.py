"""`cityline contact`: what is kept about one person, and erasing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json

if TYPE_CHECKING:
    from bot.keeping.erasing import Erased

app = typer.Typer(help="One resident's data: hand it out, or erase it.", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS|ID",
        help="A number, a Telegram chat id, or the id of a conversation; sms:, telegram: or conversation: before it where it is not clear. "
        "A number or an e-mail address finds what was reported by Open311, too.",
        show_default=False,
    ),
]


@app.command()
def export(
    which: Which,
    out: Annotated[
        Path | None,
        typer.Option(help="Write into this file instead, for the owner's eyes only.", show_default=False),
    ] = None,
) -> None:
    """Everything that is kept about a contact, as JSON."""
    import getpass

    from bot.cases.audit import record
    from bot.cli.errors import CommandError
    from bot.db.session import transaction
    from bot.keeping.contacts import UnknownContactError, find_contact
    from bot.keeping.exporting import export_contact
    from bot.keeping.reporters import export_reports, find_reports

    if out is not None and out.exists():
        raise CommandError(f"{out} exists already; nothing was written.")

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            reports = await find_reports(session, which)
            try:
                contact = await find_contact(session, which)
            except UnknownContactError:
                if not reports:
                    raise
                return {"reports": await export_reports(session, reports)}
            exported = await export_contact(session, contact.id)
            if "conversation" in exported:
                author, number = f"staff:{getpass.getuser()}", exported["conversation"]["id"]
                record(session, author, "contact.exported", "conversation", number)
            return exported | {"reports": await export_reports(session, reports)}

    exported = with_database(work)
    if out is None:
        print_json(exported)
        return
    _write_privately(out, exported)
    console().print(
        f"{len(exported.get('messages', ()))} messages, "
        f"{len(exported.get('requests', ())) + len(exported['reports'])} requests: {out}"
    )


@app.command()
def erase(which: Which, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase a contact for good: number, name, texts, photos. Their requests stay, without them."""
    import getpass
    from dataclasses import replace

    from bot.db.session import transaction
    from bot.keeping.contacts import UnknownContactError, find_contact
    from bot.keeping.erasing import Erased, erase_contact
    from bot.keeping.photos import delete_files
    from bot.keeping.reporters import erase_reports, find_reports
    from bot.photos.store import PhotoStore
    from bot.settings import settings

    if not yes:
        typer.confirm("Erase this contact's number, name, texts and photos for good?", abort=True)

    async def work() -> Erased:
        async with transaction() as session:
            actor = f"staff:{getpass.getuser()}"
            reports = await find_reports(session, which)
            try:
                contact = await find_contact(session, which)
                erased = await erase_contact(session, contact.id, actor=actor)
            except UnknownContactError:
                if not reports:
                    raise
                erased = Erased(None, (), ())
            references, photos = await erase_reports(session, reports, actor=actor)
            erased = replace(erased, requests=erased.requests + references, photos=erased.photos + photos)
        await delete_files(PhotoStore(settings().photo_store_url), erased.photos)
        return erased

    erased = with_database(work)
    console().print(
        f"Erased. {len(erased.photos)} photos deleted; "
        + (
            f"these requests stay without a person: {', '.join(erased.requests)}."
            if erased.requests
            else "no request stays."
        )
    )


@app.command("still-theirs")
def still_theirs(
    which: Which,
    same_as: Annotated[
        int | None,
        typer.Option(
            "--same-as",
            metavar="ID",
            help="The conversation of whoever wrote from the number since, where you know that it is the same person.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """A number that a carrier listed as given up still has its owner: updates go to it again."""
    import getpass
    from datetime import UTC, datetime

    from bot.cli.errors import CommandError
    from bot.conversation.still_theirs import (
        GivenUpAgainError,
        NotGivenUpError,
        Regained,
        StrangerError,
        WroteSinceError,
        say_still_theirs,
    )
    from bot.db.session import transaction
    from bot.keeping.contacts import find_contact

    async def work() -> Regained:
        from sqlalchemy import select

        from bot.db.tables import Conversation

        async with transaction() as session:
            contact = await find_contact(session, which)
            conversation_id = await session.scalar(
                select(Conversation.id).where(Conversation.contact_id == contact.id)
            )
            author, now = f"staff:{getpass.getuser()}", datetime.now(UTC)
            return await say_still_theirs(session, conversation_id or 0, author, now, same_as=same_as)

    if not yes:
        typer.confirm(
            "Do you know from the resident that they still have this number? A stranger would read their updates.",
            abort=True,
        )
    try:
        regained = with_database(work)
    except WroteSinceError as error:
        raise CommandError(f"{error} Then: --same-as {error.conversation_id}") from None
    except (NotGivenUpError, GivenUpAgainError, StrangerError) as error:
        raise CommandError(str(error)) from None
    said = "That was said before" if regained.again else "Updates go to the number again"
    console().print(f"{said}: conversation {regained.conversation_id}.", markup=False)


def _write_privately(path: Path, exported: dict[str, Any]) -> None:
    import json
    import os

    from bot.cli.output import plain

    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(exported, file, ensure_ascii=False, indent=2, default=plain)
        file.write("\n")
