"""What the person at the terminal sees of `cityline up`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

ERRORS_SHOWN = 3  # lines per process and window; the rest is in its log
ERROR_WINDOW = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where to go once everything answers."""

    phones: str | None
    cases: str | None  # of the instance of ServiceNow that the simulator plays
    console: str
    login: tuple[str, str] | None  # username and password, on first start only
    logs: Path
    telegram_needs_webhook: bool = False


class Announcer:
    """Calm lines: one for each step that is done, one for each event worth knowing."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._errors: dict[str, tuple[float, int]] = {}

    def title(self, version: str, city: str) -> None:
        self.console.print(Text.assemble(("Cityline", "bold"), f" {version} · {city}\n"))

    @contextmanager
    def step(self, doing: str) -> Iterator[Step]:
        """A step with a spinner while it lasts and a line with its time when it is done."""
        step = Step(doing)
        began = time.monotonic()
        if self.console.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[said]}"),
            )
            with Progress(*columns, console=self.console, transient=True) as progress:
                task = progress.add_task(doing, total=None, said="")
                step.listener = lambda text: progress.update(task, said=escape(text[:70]))
                yield step
        else:
            self.console.print(f"· {doing} …")
            yield step
        if not step.hidden:
            self._done(step.done or doing, time.monotonic() - began)

    def _done(self, what: str, seconds: float) -> None:
        self.console.print(Text.assemble(("✓ ", "green"), f"{what:<44}", (f"{seconds:6.1f} s", "dim")))

    def note(self, text: str) -> None:
        self.console.print(Text(f"  {text}", style="dim"))

    def warn(self, text: str) -> None:
        self.console.print(Text.assemble(("! ", "yellow"), text))

    def error_line(self, name: str, line: str, log: Path) -> None:
        """An error from a process' log, but not a flood of them."""
        now = time.monotonic()
        since, count = self._errors.get(name, (now, 0))
        if now - since > ERROR_WINDOW:
            since, count = now, 0
        self._errors[name] = (since, count + 1)
        if count < ERRORS_SHOWN:
            self.console.print(Text.assemble(("✗ ", "red"), (f"{name}: ", "bold"), line[:200]))
        elif count == ERRORS_SHOWN:
            self.note(f"more of that in {log}")

    def ready(self, addresses: Addresses, seconds: float) -> None:
        self.console.print()
        rows = []
        if addresses.phones:
            rows.append(("Phones", addresses.phones, "text the city from here"))
        if addresses.cases:
            rows.append(("Cases", addresses.cases, "ServiceNow, played: be the case worker"))
        rows.append(("Console", addresses.console, "where staff work"))
        if addresses.login:
            username, password = addresses.login
            rows.append(
                ("Login", f"{username}  {password}", "shown this once; cityline staff passwd changes it")
            )
        rows.append(("Logs", str(addresses.logs), ""))
        width = max(len(value) for _, value, _ in rows)
        for name, value, remark in rows:
            self.console.print(
                Text.assemble(
                    (f"  {name:<9}", "dim"), (f"{value:<{width}}", "bold"), (f"   {remark}", "dim")
                ),
                soft_wrap=True,
            )
        if addresses.telegram_needs_webhook:
            self.note("Telegram posts to a webhook: cityline telegram set-webhook tells it where.")
        self.console.print(
            Text.assemble(("\nReady", "green"), (f" after {seconds:.1f} s. Ctrl-C stops everything.", "dim"))
        )


class Step:
    """What a running step may say of itself."""

    def __init__(self, doing: str) -> None:
        self.doing = doing
        self.done: str | None = None  # what the line says at the end; default: the same words
        self.hidden = False
        self.listener: Callable[[str], None] | None = None

    def show(self, text: str) -> None:
        """Progress, in few words; shown on a terminal only."""
        if self.listener is not None:
            self.listener(text)
