"""What the person at the terminal reads once everything answers."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.supervisor.announce import Addresses, Announcer


@pytest.mark.parametrize("cases", [None, "http://127.0.0.1:8312/servicenow"])
def test_it_is_said_where_to_go_and_of_cases_only_where_they_are_played(cases: str | None) -> None:
    said = io.StringIO()
    announcer = Announcer(Console(file=said, width=200))
    addresses = Addresses(
        phones="http://127.0.0.1:8312/",
        cases=cases,
        console="http://127.0.0.1:8311/console",
        login=None,
        logs=Path("/srv/logs"),
    )
    announcer.ready(addresses, 20.5)
    lines = {line.split()[0]: line for line in said.getvalue().splitlines() if line.strip()}
    assert "http://127.0.0.1:8312/ " in lines["Phones"]
    assert "http://127.0.0.1:8311/console" in lines["Console"]
    assert ("Cases" in lines) is (cases is not None)
    if cases is not None:
        assert cases in lines["Cases"]
