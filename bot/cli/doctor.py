"""`cityline doctor`: looks at everything Cityline needs and says what to mend."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import console, print_json


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
                "checks": [{"name": f.name, "outcome": f.outcome, "message": f.message} for f in findings],
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
