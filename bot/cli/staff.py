"""`cityline staff`: who may log in to the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.cases.login_throttle import Throttled

app = typer.Typer(help="Accounts of the staff console.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="Small letters, digits, dots, dashes.", show_default=False)]
Ask = Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")]


@app.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="The person's name.", show_default=False)] = "",
    role: Annotated[str, typer.Option(help="admin, agent (works requests) or viewer (reads).")] = "agent",
    department: Annotated[
        str | None, typer.Option(help="Department, as in the city pack.", show_default=False)
    ] = None,
    ask: Ask = False,
) -> None:
    """Make an account and print its password."""
    from bot.cases.assignment import check_department
    from bot.cases.staff import Role, create_staff
    from bot.cli.errors import CommandError
    from bot.db.session import transaction

    if role not in set(Role):
        raise CommandError(f"There is no role {role!r}: {', '.join(Role)}.")
    check_department(department)
    password = _password(ask)

    async def work() -> None:
        async with transaction() as session:
            await create_staff(
                session, username, password, name=name, role=Role(role), department=department, actor="cli"
            )

    with_database(work)
    _tell(f"{username} may log in.", password, ask)


@app.command()
def passwd(username: Username, ask: Ask = False) -> None:
    """Give an account a new password, lift its lock-out and end its logins."""
    from bot.cases.staff import set_password
    from bot.db.session import transaction

    password = _password(ask)

    async def work() -> None:
        async with transaction() as session:
            await set_password(session, username, password, actor="cli")

    with_database(work)
    _tell(f"{username} has a new password.", password, ask)


@app.command()
def disable(username: Username) -> None:
    """Shut an account out and end its logins; what it did stays in the history under its name."""
    from bot.cases.staff import disable_staff
    from bot.db.session import transaction

    async def work() -> None:
        async with transaction() as session:
            await disable_staff(session, username, actor="cli")

    with_database(work)
    console().print(f"{username} is shut out.")


@app.command()
def enable(username: Username) -> None:
    """Let a disabled account in again, with the password it had."""
    from bot.cases.staff import enable_staff
    from bot.db.session import transaction

    async def work() -> None:
        async with transaction() as session:
            await enable_staff(session, username, actor="cli")

    with_database(work)
    console().print(f"{username} may log in again.")


@app.command()
def unlock(username: Username) -> None:
    """Let an account try to log in again at once, wherever somebody failed too often."""
    from bot.cases.staff import lift_waits
    from bot.db.session import transaction

    async def work() -> None:
        async with transaction() as session:
            await lift_waits(session, username, actor="cli")

    with_database(work)
    console().print(f"Nobody has to wait to log in as {username} any more.")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """All accounts."""
    from datetime import UTC, datetime

    from bot.cases.login_throttle import Throttled, throttled_accounts
    from bot.cases.staff import StaffMember, list_staff
    from bot.db.session import transaction

    async def work() -> tuple[list[StaffMember], dict[str, Throttled]]:
        async with transaction() as session:
            return await list_staff(session), await throttled_accounts(session, datetime.now(UTC))

    members, throttled = with_database(work)
    nothing = Throttled(0, None)
    if as_json:
        print_json(
            [
                {
                    "username": member.username,
                    "name": member.name,
                    "role": member.role,
                    "department": member.department,
                    "disabled": member.disabled,
                    "created": member.created_at,
                    "failures": throttled.get(member.username, nothing).failures,
                    "waits_until": throttled.get(member.username, nothing).waits_until,
                }
                for member in members
            ]
        )
        return
    print_table(
        ("username", "name", "role", "department", ""),
        [
            (
                m.username,
                m.name,
                m.role,
                m.department or "",
                "disabled" if m.disabled else _waits(throttled.get(m.username, nothing)),
            )
            for m in members
        ],
        empty="Nobody yet. Make an account with: cityline staff add NAME",
    )


def _waits(throttled: Throttled) -> str:
    if throttled.waits_until is not None:
        return (
            f"{throttled.failures} failed tries; who made them waits until {throttled.waits_until:%H:%M} UTC "
            "(cityline staff unlock lifts it)"
        )
    return f"{throttled.failures} failed tries lately" if throttled.failures else ""


def _password(ask: bool) -> str:
    from bot.cases.staff import new_password

    if ask:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return new_password()


def _tell(what: str, password: str, asked: bool) -> None:
    console().print(what if asked else f"{what} Password: [bold]{password}[/bold] (shown this once)")
