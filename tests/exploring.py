"""How property tests draw: the same examples every time, or, on demand (`make explore`), new ones and many.

A run that anybody waits for must not turn red by chance, so `make check` and `make test` draw without chance and let no
clock decide; and few, since the same examples find nothing new. `EXPLORE=1` draws at random, fifty times as many; it keeps what it found in build/hypothesis, and this
plugin prints each counter-example as the line that keeps it. Tests that draw by themselves do so with `chance`, and
`SEED=…` repeats what one of them drew.
"""

from __future__ import annotations

import os
import random
import re
import secrets
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase

EXPLORING = os.environ.get("EXPLORE") == "1"
_USUAL = 40  # examples, where a property names no number
_MORE = 50  # times as many examples
PATIENCE = (
    7200 if EXPLORING else 1200
)  # seconds for a property whose examples take long, on a machine that may be busy
_FOUND = Path(__file__).parent.parent / "build" / "hypothesis"
_COUNTER_EXAMPLE = re.compile(r"(?:Failing test case|Falsifying example): (\w+)\(\n(.*?)\n[E|\s]*\)", re.S)

# A slow machine is no counter-example; fixtures of the session are what most properties are about.
_UNHURRIED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("calm", max_examples=_USUAL, derandomize=True, database=None, **_UNHURRIED)
settings.register_profile(
    "explore",
    max_examples=_USUAL * _MORE,
    print_blob=True,
    database=DirectoryBasedExampleDatabase(_FOUND),
    **_UNHURRIED,
)
settings.load_profile("explore" if EXPLORING else "calm")


def chance(usual: int) -> random.Random:
    """What a test draws by that draws by itself: the usual seed, a new one where we explore, or the one in `SEED`.

    The seed is printed, so that pytest shows it with a test that fails.
    """
    asked_for = os.environ.get("SEED")
    seed = int(asked_for) if asked_for else secrets.randbits(32) if EXPLORING else usual
    print(f"drawn by chance; to draw the same again: SEED={seed}")
    return random.Random(seed)


def examples(number: int, *, slow: bool = False) -> settings:
    """So many examples of a property instead of the usual number; `make explore` draws its share more.

    `slow`: each takes so long that only `make explore` makes a counter-example small.
    """
    phases = [Phase.explicit, Phase.generate] if slow and not EXPLORING else list(Phase)
    return settings(max_examples=number * _MORE if EXPLORING else number, phases=phases)


def as_examples(failure: str) -> list[str]:
    """The counter-examples that pytest shows for a failure, as decorators that keep them; fixtures left out."""
    kept = []
    for name, arguments in _COUNTER_EXAMPLE.findall(failure):
        lines = [
            re.sub(r"\s*# .*$", "", line).removeprefix("E").strip("| \t") for line in arguments.splitlines()
        ]
        lines = [re.sub(r"=<(\w+\.\w+): .*>", r"=\1", line) for line in lines]  # a member of an enum
        values = [line.rstrip(",") for line in lines if "=" in line and not re.match(r"\w+=<", line)]
        kept.append(f"{name}: @example({', '.join(values)})")
    return list(dict.fromkeys(kept))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    failed = [str(report.longrepr) for report in terminalreporter.stats.get("failed", ())]
    found = [line for text in failed for line in as_examples(text)]
    if found:
        terminalreporter.section("counter-examples to keep")
        for line in found:
            terminalreporter.line(line)
