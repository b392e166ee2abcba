"""`cityline report`: figures, without a word about anybody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.cases.week import Figures, Week

app = typer.Typer(help="Figures of what was filed and done.", no_args_is_help=True)


@app.callback()
def report() -> None:
    """Figures of what was filed and done."""


@app.command()
def week(
    of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Any day of the week that is meant. Empty: the last whole week.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """A week, Monday to Sunday: filed, done, how long it took, and what residents say."""
    from bot.cases.week import last_whole_week, load_week, monday_of
    from bot.db.session import transaction

    now = datetime.now(UTC)
    begins = monday_of(of.date()) if of else last_whole_week(now)

    async def work() -> Week:
        async with transaction() as session:
            return await load_week(session, begins, now)

    found = with_database(work)
    if as_json:
        print_json(_fields(found))
        return
    console().print(f"{found.begins:%Y-%m-%d} to {found.ends:%Y-%m-%d}")
    rows = [(one.service_code, *_cells(one.figures, one.usual_days)) for one in found.services]
    print_table(
        (
            "service",
            "filed",
            "done",
            "otherwise",
            "days",
            "usual",
            "fixed",
            "not fixed",
            "rating",
            "overdue now",
        ),
        [*rows, ("all", *_cells(found.all, None))] if rows else [],
        empty="Nothing was filed, done or said.",
    )


def _cells(figures: Figures, usual_days: int | None) -> tuple[object, ...]:
    return (
        *(figures.filed, figures.done, figures.ended_otherwise),
        *("" if days is None else f"{days:g}" for days in (figures.median_days, usual_days)),
        *(figures.fixed, figures.not_fixed),
        "" if figures.rating is None else figures.rating,
        figures.overdue,
    )


def _fields(week: Week) -> dict[str, Any]:
    """What `--json` gives; days are working days."""
    return {
        "begins": week.begins,
        "ends": week.ends,
        "services": [
            {"service_code": one.service_code, **_figures(one.figures), "usual_days": one.usual_days}
            for one in week.services
        ],
        "all": _figures(week.all),
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "filed": figures.filed,
        "done": figures.done,
        "ended_otherwise": figures.ended_otherwise,
        "median_days": figures.median_days,
        "fixed": figures.fixed,
        "not_fixed": figures.not_fixed,
        "fixed_share": figures.fixed_share,
        "ratings": len(figures.ratings),
        "rating": figures.rating,
        "overdue_now": figures.overdue,
    }
