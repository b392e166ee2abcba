"""`cityline conversation`: reading what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.message import delivery_fields, why
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.db.tables import Message

app = typer.Typer(
    help="Conversations with residents: read their transcripts, try again what failed.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 30,
    as_json: Json = False,
) -> None:
    """Conversations, the latest first."""
    from bot.db.session import transaction

    async def work() -> list[dict[str, Any]]:
        from sqlalchemy import func, select

        from bot.db.tables import Contact, Conversation, Message, Subscriber

        messages = (
            select(func.count(Message.id)).where(Message.conversation_id == Conversation.id).scalar_subquery()
        )
        requests = (
            select(func.count(Subscriber.id))
            .where(Subscriber.conversation_id == Conversation.id)
            .scalar_subquery()
        )
        query = (
            select(Conversation, Contact.channel, messages, requests)
            .join(Contact, Conversation.contact_id == Contact.id)
            .order_by(Conversation.last_message_at.desc().nulls_last())
            .limit(limit)
        )
        async with transaction() as session:
            return [
                {
                    "id": row.id,
                    "channel": channel,
                    "messages": message_count,
                    "requests": request_count,
                    "last_message": row.last_message_at,
                }
                for row, channel, message_count, request_count in await session.execute(query)
            ]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("id", "channel", "messages", "requests", "last message (UTC)"),
        [
            (
                row["id"],
                row["channel"],
                row["messages"],
                row["requests"],
                f"{row['last_message']:%Y-%m-%d %H:%M}" if row["last_message"] else "",
            )
            for row in rows
        ],
        empty="Nobody has written yet.",
    )


@app.command()
def show(
    which: Annotated[
        str, typer.Argument(help="The id of a conversation, or a request's reference.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """The whole transcript of one conversation, whether its resident can be texted, and their other conversations."""
    from bot.db.session import transaction

    async def work() -> dict[str, Any]:
        async with transaction() as session:
            return await _conversation_fields(session, await _conversation_id(session, which))

    found = with_database(work)
    if as_json:
        print_json(found)
        return
    rows = found["messages"]
    if found["cannot_be_texted"]:
        console().print(f"Cannot be texted: the resident {found['cannot_be_texted']}.", markup=False)
    for other in found["joined_with"]:
        console().print(f"Of the same person: conversation {other['id']} ({other['channel']}).", markup=False)
    if found["cannot_be_texted"] or found["joined_with"]:
        console().print()
    for row in rows:
        ours = row["direction"] == "out"
        state = f" · {row['state']}" if ours else ""
        console().print(f"[dim]{row['at']:%Y-%m-%d %H:%M:%S}  {row['author']}{state}[/dim]")
        if ours and (reason := why(row)):
            console().print(f"  ! {reason}", markup=False)
        console().print("  " + (row["text"] or "").replace("\n", "\n  "), markup=False)
        for _ in range(row["photos"]):
            console().print("  [dim]\\[photo][/dim]")
        console().print()
    if not rows:
        console().print("[dim]Nothing was said yet.[/dim]")


@app.command()
def parked(as_json: Json = False) -> None:
    """Messages and updates that failed every time and wait for `retry`, the latest first."""
    from dataclasses import asdict

    from bot.db.session import transaction

    async def work() -> list[dict[str, Any]]:
        from bot.conversation.parking import list_parked

        async with transaction() as session:
            return [asdict(each) for each in await list_parked(session)]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("conversation", "what", "tries", "parked (UTC)", "why"),
        [
            (
                row["conversation_id"],
                "update" if row["update_id"] else "message",
                row["attempts"],
                f"{row['parked_at']:%Y-%m-%d %H:%M}",
                row["reason"],
            )
            for row in rows
        ],
        empty="Nothing is parked.",
    )


@app.command()
def retry(
    which: Annotated[
        str | None,
        typer.Argument(help="The id of a conversation, or a request's reference.", show_default=False),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every conversation in which something is parked.")
    ] = False,
) -> None:
    """Have what was parked tried again, once its cause is mended."""
    from bot.cli.errors import CommandError
    from bot.db.session import transaction

    if (which is None) == (not everything):
        raise CommandError("Name a conversation, or say --all.")

    async def work() -> int:
        from bot.conversation.parking import list_parked, retry_parked

        async with transaction() as session:
            if which is not None:
                ids = [await _conversation_id(session, which)]
            else:
                ids = sorted({each.conversation_id for each in await list_parked(session)})
            return sum([await retry_parked(session, each, "system") for each in ids])

    count = with_database(work)
    console().print(
        f"{count} {'is' if count == 1 else 'are'} tried again." if count else "Nothing is parked there."
    )


def message_fields(row: Message) -> dict[str, Any]:
    """What `--json` gives of a message."""
    fate = delivery_fields(row)
    return {
        "id": row.id,
        "direction": row.direction,
        "author": row.author,
        "at": row.created_at,
        "text": row.body,
        "photos": len(row.media),
        "state": row.state,
        "error": row.error_code,
        **{name: fate[name] for name in ("detail", "parts", "failed_parts", "without_picture")},
        "danger": list(row.payload.get("danger") or ()),
    }


async def _conversation_fields(session: AsyncSession, conversation_id: int) -> dict[str, Any]:
    """What `show --json` gives. `joined_with`: the other conversations that its resident said are theirs, too."""
    from bot.cases.people import others_of
    from bot.conversation.consent import cannot_be_texted
    from bot.db.tables import Conversation

    conversation = await session.get_one(Conversation, conversation_id)
    barrier = cannot_be_texted(conversation.contact)
    return {
        "id": conversation.id,
        "channel": conversation.contact.channel,
        "cannot_be_texted": barrier.dated if barrier else None,
        "joined_with": [
            {"id": other.id, "channel": other.contact.channel}
            for other in await others_of(session, conversation_id)
        ],
        "messages": [message_fields(row) for row in await _messages(session, conversation_id)],
    }


async def _conversation_id(session: AsyncSession, which: str) -> int:
    from bot.cases.lookup import find_request
    from bot.cli.errors import CommandError
    from bot.db.tables import Conversation
    from bot.text.digits import machine_number

    if (number := machine_number(which)) is not None:
        if await session.get(Conversation, number) is None:
            raise CommandError(f"There is no conversation {which}.")
        return number
    request = await find_request(session, which)
    if request.conversation_id is None:
        raise CommandError(f"{request.reference} was not filed in a conversation.")
    return request.conversation_id


async def _messages(session: AsyncSession, conversation_id: int) -> list[Message]:
    from sqlalchemy import select
    from sqlalchemy.orm import selectinload

    from bot.db.tables import Message

    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id)
        .options(selectinload(Message.media))
        .order_by(Message.id)
    )
    return list(await session.scalars(query))
