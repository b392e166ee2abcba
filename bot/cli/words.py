"""`cityline words`: the words in which residents are told how their requests go."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

app = typer.Typer(help="The words of updates: list, change, back to the built-in ones.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(help="As `cityline words list` names it.", show_default=False)]
Language = Annotated[str, typer.Argument(help="en or es.", show_default=False)]
Service = Annotated[
    str,
    typer.Option("--service", help="Only of requests of this service, by its code.", show_default=False),
]
ACTOR = "cli"


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """All words that can be edited, as they are said now, and who changed them."""
    from bot.city.current import city
    from bot.conversation.wordings import Words, all_words, words_of_services
    from bot.db.session import transaction

    async def work() -> list[Words]:
        async with transaction() as session:
            of_services = await words_of_services(session)
            return [*await all_words(session, city().languages), *of_services]

    found = with_database(work)
    if as_json:
        print_json(
            [
                {
                    "key": words.key,
                    "language": words.language,
                    "service": words.service or None,
                    "text": words.text,
                    "edited_by": words.edited_by,
                    "edited_at": words.edited_at,
                }
                for words in found
            ]
        )
        return
    rows = [(words.key, words.language, words.service, words.text, words.edited_by or "") for words in found]
    print_table(("key", "language", "service", "words", "changed by"), rows, "There are no words.")


@app.command("set")
def set_(
    key: Key,
    language: Language,
    text: Annotated[str, typer.Argument(help="The words, with their {fields}.", show_default=False)],
    service: Service = "",
) -> None:
    """Say these words from now on. Fields such as {reference} are filled for each resident."""
    from bot.cli.errors import CommandError
    from bot.conversation.worded import preview
    from bot.conversation.wordings import (
        UnknownServiceError,
        UnknownWordsError,
        WordsRefusedError,
        set_words,
    )
    from bot.db.session import transaction

    async def work() -> bool:
        async with transaction() as session:
            return await set_words(session, key, language, text, ACTOR, service)

    try:
        changed = with_database(work)
    except (UnknownWordsError, UnknownServiceError) as error:
        raise CommandError(str(error)) from None
    except WordsRefusedError as error:
        raise CommandError(f"{error}.") from None
    shown = preview(text, language, service)
    console().print(
        f"{'Changed' if changed else 'Not changed: it says so already'}. {shown.parts} SMS:", markup=False
    )
    console().print(shown.text, markup=False)


@app.command()
def reset(key: Key, language: Language, service: Service = "") -> None:
    """Go back to the built-in words; with --service, to the words of all services."""
    from bot.cli.errors import CommandError
    from bot.conversation.wordings import (
        UnknownServiceError,
        UnknownWordsError,
        Words,
        reset_words,
        words_said,
    )
    from bot.db.session import transaction

    async def work() -> tuple[bool, Words]:
        async with transaction() as session:
            changed = await reset_words(session, key, language, ACTOR, service)
            return changed, await words_said(session, key, language, service)

    try:
        changed, now = with_database(work)
    except (UnknownWordsError, UnknownServiceError) as error:
        raise CommandError(str(error)) from None
    already = "There were no words of this service:" if service else "These are the built-in words already:"
    console().print("Changed:" if changed else already, markup=False)
    console().print(now.text, markup=False)


@app.command()
def told(
    key: Annotated[
        str, typer.Argument(help="A status, as `cityline words list` names it; none: all of them.")
    ] = "",
    whom: Annotated[str, typer.Option("--to", help="everyone, reporter or nobody.")] = "",
    urgent: Annotated[bool | None, typer.Option("--urgent/--not-urgent", help="At night, too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Who is told of a move by itself: show it, or change it. Words and photos of staff go to everybody."""
    from bot.cases.telling import MustBeAskedError, Rule, UnknownMoveError, Whom, all_rules, set_rule
    from bot.cli.errors import CommandError
    from bot.db.session import transaction

    async def work() -> dict[str, Rule]:
        async with transaction() as session:
            rules = await all_rules(session)
            if key and (whom or urgent is not None):
                before = rules.get(key, Rule())
                wanted = Whom(whom) if whom else before.whom
                at_night = before.urgent if urgent is None else urgent
                await set_rule(session, key, wanted, ACTOR, urgent=at_night)
                rules = await all_rules(session)
            return dict(rules)

    if whom and whom not in tuple(Whom):
        raise CommandError(f"--to is one of: {', '.join(Whom)}.")
    if not key and (whom or urgent is not None):
        raise CommandError("Which status? `cityline words told` lists them.")
    try:
        rules = with_database(work)
    except (UnknownMoveError, MustBeAskedError) as error:
        raise CommandError(str(error)) from None
    shown = {name: rule for name, rule in rules.items() if key in ("", name)}
    if key and not shown:
        raise CommandError(f"There is no status {key!r} here. There are: {', '.join(rules)}.")
    if as_json:
        print_json(
            [
                {
                    "key": name,
                    "to": rule.whom,
                    "urgent": rule.urgent,
                    "set_by": rule.set_by,
                    "set_at": rule.set_at,
                }
                for name, rule in shown.items()
            ]
        )
        return
    rows = [
        (name, rule.whom, "yes" if rule.urgent else "", rule.set_by or "") for name, rule in shown.items()
    ]
    print_table(("status", "told to", "at night", "set by"), rows, "There are none.")
