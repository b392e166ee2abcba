"""`cityline staff`: who may log in to the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.cases.login_throttle import Throttled
    from bot.cases.mail_choices import MailChoice

app = typer.Typer(help="Accounts of the staff console.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="Small letters, digits, dots, dashes.", show_default=False)]
Ask = Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")]


@app.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="The person's name.", show_default=False)] = "",
    role: Annotated[
        str,
        typer.Option(help="reviewer (reads), crew (works requests), agent (answers, too), manager or admin."),
    ] = "agent",
    department: Annotated[
        str | None, typer.Option(help="Department, as in the city pack.", show_default=False)
    ] = None,
    own_department_only: Annotated[
        bool, typer.Option("--own-department-only", help="They see the requests of their department alone.")
    ] = False,
    ask: Ask = False,
) -> None:
    """Make an account and print its password."""
    from bot.cases.assignment import check_department
    from bot.cases.roles import Role
    from bot.cases.staff import create_staff
    from bot.cli.errors import CommandError
    from bot.db.session import transaction

    if role not in set(Role):
        raise CommandError(f"There is no role {role!r}: {', '.join(Role)}.")
    check_department(department)
    password = _password(ask)

    async def work() -> None:
        async with transaction() as session:
            await create_staff(
                session,
                username,
                password,
                name=name,
                role=Role(role),
                department=department,
                own_department_only=own_department_only,
                actor="cli",
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
    from datetime import UTC, datetime

    from bot.cases.staff import disable_staff
    from bot.db.session import transaction

    async def work() -> None:
        async with transaction() as session:
            await disable_staff(session, username, actor="cli", now=datetime.now(UTC))

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


@app.command("reset-second-step")
def reset_second_step(username: Username) -> None:
    """Take the second step away from who lost phone and recovery codes; their logins end."""
    from bot.cases.second_step import turn_off
    from bot.cases.staff import end_all_logins
    from bot.db.session import transaction

    async def work() -> None:
        async with transaction() as session:
            await turn_off(session, username, "cli")
            await end_all_logins(session, username)

    with_database(work)
    console().print(f"{username} logs in by password alone, until a second step is set up again.")


@app.command()
def mail(
    username: Username,
    to: Annotated[
        str | None, typer.Option(help='Their e-mail address; "" takes it away.', show_default=False)
    ] = None,
    not_fixed: Annotated[
        bool | None,
        typer.Option(
            "--not-fixed/--no-not-fixed",
            help="What residents say is not fixed, on working days at 8 in the morning.",
            show_default=False,
        ),
    ] = None,
    added: Annotated[
        bool | None,
        typer.Option(
            "--added/--no-added",
            help="What residents added to requests, on working days at 8 in the morning.",
            show_default=False,
        ),
    ] = None,
    mentioned: Annotated[
        bool | None,
        typer.Option(
            "--mentioned/--no-mentioned",
            help="Notes that mention them, on working days at 8 in the morning.",
            show_default=False,
        ),
    ] = None,
    late: Annotated[
        bool | None,
        typer.Option(
            "--late/--no-late",
            help="What runs late, on working days at 8 in the morning.",
            show_default=False,
        ),
    ] = None,
    week: Annotated[
        bool | None,
        typer.Option("--week/--no-week", help="The figures of the week, on Mondays.", show_default=False),
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or es.", show_default=False)] = None,
) -> None:
    """Say, or look at, what an account gets by mail. What is not named stays; without an address there is nothing."""
    from dataclasses import replace

    from bot.cases.mail_choices import Topic, choose_mail, find_choice
    from bot.db.session import transaction

    wanted = {
        Topic.NOT_FIXED: not_fixed,
        Topic.ADDED: added,
        Topic.MENTIONED: mentioned,
        Topic.LATE: late,
        Topic.WEEK: week,
    }

    async def work() -> MailChoice:
        async with transaction() as session:
            now = await find_choice(session, username)
            if to is None and language is None and set(wanted.values()) == {None}:
                return now
            stays = frozenset() if to is not None and not to.strip() else now.topics
            topics = (stays - {one for one, on in wanted.items() if on is False}) | {
                one for one, on in wanted.items() if on
            }
            email, words = now.email if to is None else to, language or now.language
            choice = replace(now, email=email, topics=topics, language=words)
            return await choose_mail(session, username, choice, actor="cli")

    _tell_mail(username, with_database(work))


@app.command("mail-test")
def mail_test(
    email: Annotated[str, typer.Argument(help="Where to.", show_default=False)],
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
) -> None:
    """Send one test mail, to see that mail arrives."""
    import asyncio
    import secrets
    from datetime import UTC, datetime

    from bot.cases.mail_choices import MailChoice
    from bot.cli.errors import CommandError
    from bot.delivery.staff_mail.compose import wording
    from bot.mail.address import mail_address, mail_server, sender_address
    from bot.mail.message import Mail
    from bot.mail.send import connected
    from bot.settings import settings

    config, now = settings(), datetime.now(UTC)
    if config.smtp_url is None or config.mail_from is None:
        raise CommandError("No mail can be sent: set CITYLINE_SMTP_URL and CITYLINE_MAIL_FROM.")
    choice = MailChoice(mail_address(email), language=language).checked()
    server, sender = mail_server(config.smtp_url.get_secret_value()), sender_address(config.mail_from)
    words = wording(config, choice.language, now).test()
    key = f"cityline.test.{secrets.token_hex(8)}"
    one = Mail(key, choice.email, words.subject, words.text, choice.language, now)

    async def send() -> None:
        async with connected(server) as connection:
            await connection.send(one, sender)

    asyncio.run(send())
    console().print(f"{server} has taken it. Look at the inbox, and at what was sorted out as spam.")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """All accounts."""
    from datetime import UTC, datetime

    from bot.cases.login_throttle import Throttled, throttled_accounts
    from bot.cases.mail_choices import all_choices
    from bot.cases.staff import StaffMember, list_staff
    from bot.db.session import transaction

    async def work() -> tuple[list[StaffMember], dict[str, Throttled], dict[str, MailChoice]]:
        async with transaction() as session:
            throttled = await throttled_accounts(session, datetime.now(UTC))
            return await list_staff(session), throttled, await all_choices(session)

    members, throttled, choices = with_database(work)
    nothing = Throttled(0, None)
    if as_json:
        print_json(
            [
                {
                    "username": member.username,
                    "name": member.name,
                    "role": member.role,
                    "department": member.department,
                    "own_department_only": member.own_department_only,
                    "disabled": member.disabled,
                    "created": member.created_at,
                    "email": choices[member.username].email or None,
                    "mail": sorted(choices[member.username].topics),
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
                f"{m.department or ''}{' (sees no other)' if m.confined else ''}",
                "disabled" if m.disabled else _waits(throttled.get(m.username, nothing)),
            )
            for m in members
        ],
        empty="Nobody yet. Make an account with: cityline staff add NAME",
    )


def _tell_mail(username: str, choice: MailChoice) -> None:
    from bot.cases.mail_choices import Topic
    from bot.settings import settings

    names = {
        Topic.NOT_FIXED: "what is not fixed",
        Topic.ADDED: "what residents added",
        Topic.MENTIONED: "notes that mention them",
        Topic.LATE: "what runs late",
        Topic.WEEK: "the figures of the week",
    }
    what = " and ".join(name for topic, name in names.items() if topic in choice.topics)
    languages = {"en": "English", "es": "Spanish"}
    where = f" at {choice.email}, in {languages[choice.language]}" if what else ""
    console().print(f"{username} gets {what or 'no mail'}{where}.", markup=False)
    if what and not settings().mail_configured:
        console().print("No mail goes out yet: CITYLINE_SMTP_URL is not set.")


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
