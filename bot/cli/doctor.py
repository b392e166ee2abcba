"""`cityline doctor`: looks at everything Cityline needs and says what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import console, print_json

if TYPE_CHECKING:
    from bot.cli.checks import Finding


def doctor(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Check settings, database, engine, models, photos and providers; say what to fix."""
    import asyncio

    from bot.cli.checks import Outcome, examine

    findings = asyncio.run(examine())
    failed = any(finding.outcome is Outcome.FAILED for finding in findings)
    if as_json:
        print_json(
            {
                "ok": not failed,
                "checks": [_fields(finding) for finding in findings],
            }
        )
    else:
        signs = {
            Outcome.WELL: "[green]✓[/green]",
            Outcome.NOTE: "[yellow]·[/yellow]",
            Outcome.FAILED: "[red]✗[/red]",
        }
        out = console()
        for finding in findings:
            out.print(f"{signs[finding.outcome]} {finding.name:<10} ", end="")
            out.print(finding.message.replace("\n", "\n" + " " * 13), markup=False)
        if not failed:
            out.print("\n[green]All is well.[/green]")
    raise typer.Exit(1 if failed else 0)


def _fields(finding: Finding) -> dict[str, Any]:
    fields = {"name": finding.name, "outcome": finding.outcome, "message": finding.message}
    return fields if finding.detail is None else {**fields, "detail": finding.detail}
