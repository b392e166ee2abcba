"""`cityline status`: how the house is, at a glance."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.database import with_database
from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.keeping.vitals import Latency, Vitals


def status(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """What waits and since when, how long residents wait for an answer, what failed. `doctor` says what to mend."""
    from bot.db.session import transaction
    from bot.keeping.vitals import read_vitals

    async def work() -> Vitals:
        async with transaction() as session:
            return await read_vitals(session, datetime.now(UTC))

    vitals = with_database(work)
    if as_json:
        print_json(asdict(vitals))
        return
    _say("Answers", _took(vitals.answers))
    _say("Deliveries", _took(vitals.deliveries))
    for one in vitals.outcomes:
        code = f" ({one.code})" if one.code else ""
        _say("", f"{one.count} {one.channel} {one.state}{code}")
    _say("Residents", f"{vitals.wanting_person} wait for a person")
    _say("Parked", f"{vitals.parked} turns, {vitals.set_aside} events")
    for channel in vitals.blocked:
        _say(channel.channel, f"cannot be sent: {channel.detail}; {channel.waiting} wait", alarming=True)
    if vitals.system is not None:
        system = vitals.system
        _say(system.system, f"{system.waiting} wait, {system.failed} left to staff")
        if system.problem:
            _say("", system.problem, alarming=system.loud)
    for clock in vitals.clocks:
        if clock.failures or clock.late:
            _say(clock.clock, "failed " + (clock.reason or "") if clock.failures else "late", alarming=True)
    console().print()
    print_table(
        ("queue", "ready", "running", "oldest"),
        [(one.queue, str(one.ready), str(one.running), f"{one.oldest:.0f} s") for one in vitals.queues],
        empty="",
    )


def _say(name: str, words: str, *, alarming: bool = False) -> None:
    console().print(f"[dim]{name:<12}[/dim] ", end="")
    console().print(words, markup=False, style="red" if alarming else None)


def _took(latency: Latency) -> str:
    """The last five minutes in words."""
    if latency.median is None or latency.p95 is None:
        return "none in the last five minutes"
    return f"{latency.count} in the last five minutes: half within {latency.median:.2f} s, 95 % within {latency.p95:.2f} s"
