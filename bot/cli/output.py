"""What the commands print: calm tables for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """stdout; in a pipe without colours and without folding lines."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, soft_wrap=True, width=240)


def say_error(sentence: str) -> None:
    """One sentence (or a few lines) on stderr."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, highlight=False, soft_wrap=True).print(
        Text("✗ ", style="red") + Text(sentence, style="default")
    )


def print_json(value: Any) -> None:
    """`value` as indented JSON; times as ISO 8601 in UTC."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def plain(value: Any) -> str:
    """A value that JSON has no form for."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """A table without ornament, or the sentence `empty` when there are no rows."""
    from rich.table import Table
    from rich.text import Text

    content = [[Text(str(cell)) for cell in row] for row in rows]
    if not content:
        console().print(Text(empty, style="dim"))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in content:
        table.add_row(*row)
    console().print(table)
