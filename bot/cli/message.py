"""`cityline message`: what did not reach a resident, and sending it again."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.conversation.states import OutboundState
    from bot.db.tables import Message
    from bot.delivery.notices.told import Told

app = typer.Typer(help="Messages to residents: find what failed, send it again.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command("list")
def list_(
    state: Annotated[
        list[str] | None,
        typer.Option(
            help="queued, sending, sent, delivered, read, failed or suppressed; may be repeated.",
            show_default=False,
        ),
    ] = None,
    request: Annotated[
        str | None,
        typer.Option(help="What was told of this request, to whom, and what was not.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """Messages that wait, failed, are unconfirmed or went without their picture; newest first."""
    if request is not None:
        _list_told(request, as_json)
        return
    from bot.db.session import transaction
    from bot.delivery.unsettled import list_messages

    states = frozenset(_state(name) for name in state or ())

    async def work() -> list[dict[str, Any]]:
        async with transaction() as session:
            return [delivery_fields(row) for row in await list_messages(session, states, limit)]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("id", "conversation", "channel", "state", "attempts", "why", "created (UTC)"),
        [
            (
                row["id"],
                row["conversation"],
                row["channel"],
                row["state"],
                row["attempts"],
                why(row),
                f"{row['created']:%Y-%m-%d %H:%M}",
            )
            for row in rows
        ],
        empty="No messages.",
    )


def _list_told(reference: str, as_json: bool) -> None:
    """Each update of a request and each resident who follows it, in order."""
    from bot.cases.lookup import find_request
    from bot.db.session import transaction
    from bot.delivery.notices.told import told_of_request

    async def work() -> list[dict[str, Any]]:
        async with transaction() as session:
            row = await find_request(session, reference)
            return [told_fields(told) for told in await told_of_request(session, row.id)]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("since (UTC)", "conversation", "update", "told", "messages"),
        [
            (
                f"{row['created']:%Y-%m-%d %H:%M}",
                row["conversation"],
                row["update"],
                _how_told(row),
                "; ".join(_fate(message) for message in row["messages"]),
            )
            for row in rows
        ],
        empty="Nothing was to be told of it.",
    )


def _how_told(row: dict[str, Any]) -> str:
    """ "told", "suppressed: declined", "waiting until 2026-11-30 16:00: quiet"."""
    until = f" until {row['due']:%Y-%m-%d %H:%M}" if row["state"] == "waiting" else ""
    return f"{row['state']}{until}{': ' + row['why'] if row['why'] else ''}"


def _fate(message: dict[str, Any]) -> str:
    said = why(message)
    return f"{message['id']} {message['state']}{': ' + said if said else ''}"


def told_fields(told: Told) -> dict[str, Any]:
    """What `--json` gives of one update and one resident. It holds no words of anybody."""
    notice = told.notice
    return {
        "update": notice.update_id,
        "conversation": notice.conversation_id,
        "state": notice.state,  # waiting, told or suppressed
        "why": notice.why,
        "due": notice.due_at,
        "created": notice.created_at,
        "messages": [delivery_fields(message) for message in told.messages],
    }


@app.command()
def resend(
    message_id: Annotated[int, typer.Argument(help="The id of a failed message.", min=1, show_default=False)],
) -> None:
    """Send a failed message again; of a long one, from the part on that failed."""
    from bot.db.session import transaction
    from bot.delivery.resend import resend as send_again

    async def work() -> None:
        async with transaction() as session:
            await send_again(session, message_id, f"staff:{getpass.getuser()}")

    with_database(work)
    console().print(f"Message {message_id} is sent again.")


def delivery_fields(row: Message) -> dict[str, Any]:
    """What `--json` gives of a message to a resident; parts are counted from 1. It holds no words of anybody."""
    from bot.delivery.progress import Progress

    progress = Progress.of(row.payload)
    return {
        "id": row.id,
        "conversation": row.conversation_id,
        "channel": row.channel,
        "state": row.state,
        "attempts": row.attempts,
        "failure": row.failure,
        "error": row.error_code,
        "detail": row.detail,
        "parts": progress.parts,
        "failed_parts": [part + 1 for part in progress.failed],
        "without_picture": progress.without.since if progress.without else None,
        "created": row.created_at,
        "sending": row.sending_at,
        "sent": row.sent_at,
        "delivered": row.delivered_at,
    }


def why(fields: dict[str, Any]) -> str:
    """What is to be said of a message's fate: "part 2 of 3 failed: the carrier did not say why it failed (30008)"."""
    said = []
    if fields["parts"] > 1 and fields["failed_parts"]:
        said += [f"part {part} of {fields['parts']} failed" for part in fields["failed_parts"]]
    if fields["detail"]:
        code = f" ({fields['error']})" if fields["error"] else ""
        said.append(f"{fields['detail']}{code}")
    if fields["without_picture"]:
        said.append(f"without the picture, since {fields['without_picture']}")
    return "; ".join(said)


def _state(name: str) -> OutboundState:
    from bot.cli.errors import CommandError
    from bot.conversation.states import OutboundState

    try:
        return OutboundState(name)
    except ValueError:
        states = ", ".join(OutboundState)
        raise CommandError(f"There is no state '{name}'. There are: {states}.") from None
