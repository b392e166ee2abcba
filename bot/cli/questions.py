"""`cityline questions`: what residents ask the city, and what has no answer yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import print_json, print_table

app = typer.Typer(
    help="What residents ask the city: how often, and what has no answer yet.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Days = Annotated[int, typer.Option("--days", min=1, help="Of so many days.")]


@app.command("list")
def list_(days: Days = 30, as_json: AsJson = False) -> None:
    """Every question of the city pack, how often it was asked, and its source with the day it was checked."""
    from bot.city.current import city_questions
    from bot.db.session import transaction

    async def work() -> dict[str, int]:
        from sqlalchemy import func, select

        from bot.db.tables import Turn

        query = select(Turn.asked, func.count()).where(Turn.asked != "", Turn.finished_at > _since(days))
        async with transaction() as session:
            found = await session.execute(query.group_by(Turn.asked))
            return {code: times for code, times in found if code is not None}

    asked = with_database(work)
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            "asked": asked.get(code, 0),
            "source": question.source,
            "checked": question.checked.isoformat(),
        }
        for code, question in city_questions().items()
    ]
    rows.sort(key=lambda row: -row["asked"])
    if as_json:
        print_json(rows)
        return
    print_table(
        ("question", "asked", "checked", "source"),
        [(row["code"], row["asked"], row["checked"], row["source"]) for row in rows],
        empty="The city pack has no questions.yml.",
    )


@app.command()
def unanswered(days: Days = 30, as_json: AsJson = False) -> None:
    """Conversations in which something was asked that questions.yml does not answer; their transcripts have the words."""
    from bot.db.session import transaction

    async def work() -> list[dict[str, Any]]:
        from sqlalchemy import select

        from bot.db.tables import Turn

        query = select(Turn.conversation_id, Turn.finished_at).where(
            Turn.asked == "", Turn.finished_at > _since(days)
        )
        async with transaction() as session:
            found = await session.execute(query.order_by(Turn.finished_at.desc()).limit(500))
            return [{"conversation": conversation, "at": at} for conversation, at in found]

    rows = with_database(work)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("conversation", "when (UTC)"),
        [(row["conversation"], f"{row['at']:%Y-%m-%d %H:%M}") for row in rows],
        empty="Everything that was asked had an answer.",
    )


def _since(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
