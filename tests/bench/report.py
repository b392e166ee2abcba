"""What `make bench` prints and saves."""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil

from tests.bench.closed_loop import ClosedLoop
from tests.bench.engine_turns import Turns
from tests.bench.statistics import Latencies


@dataclass
class Figures:
    turns: dict[str, list[Turns]] = field(default_factory=lambda: defaultdict(list))
    acknowledgement: Latencies = field(default_factory=lambda: Latencies(()))
    reply: Latencies = field(default_factory=lambda: Latencies(()))
    first_reply: Latencies = field(default_factory=lambda: Latencies(()))
    closed_loops: list[ClosedLoop] = field(default_factory=list)
    memory_ours: int = 0
    memory_stock: int = 0
    start_to_first_answer: float = 0.0
    stock_start: float = 0.0

    def per_second(self, name: str) -> float:
        return median(turn.per_second for turn in self.turns[name] or (Turns(0.0, Latencies(())),))

    def closed_loop(self) -> ClosedLoop:
        """The round in the middle, by turns a second."""
        return sorted(self.closed_loops, key=lambda one: one.per_second)[len(self.closed_loops) // 2]

    def latency(self, name: str) -> Latencies:
        return Latencies(tuple(s for turn in self.turns[name] for s in turn.latency.seconds))


def write(figures: Figures, options: argparse.Namespace) -> str:
    """The figures as Markdown."""
    stock = figures.per_second("stock")
    ratio = figures.per_second("ours") / stock if stock else 0.0
    loop = figures.closed_loop()
    rows = [
        (
            "Engine turns per second",
            f"{figures.per_second('stock'):.0f}",
            f"{figures.per_second('ours'):.0f}",
        ),
        ("… ratio", "1", f"{ratio:.1f}"),
        *(
            (
                f"Engine turn, {name}",
                figures.latency("stock").milliseconds(share),
                figures.latency("ours").milliseconds(share),
            )
            for name, share in (("p50", 0.5), ("p95", 0.95))
        ),
        ("Memory of all processes (PSS)", _mib(figures.memory_stock), _mib(figures.memory_ours)),
        ("Start to first answer", f"{figures.stock_start:.0f} s", f"{figures.start_to_first_answer:.0f} s"),
        *(
            (
                f"Webhook acknowledgement at {options.ack_rate}/s, {name}",
                "",
                figures.acknowledgement.milliseconds(s),
            )
            for name, s in (("p50", 0.5), ("p99", 0.99))
        ),
        *(
            (
                f"Message in to reply at the provider at {options.reply_rate}/s, {name}",
                "",
                figures.reply.milliseconds(s),
            )
            for name, s in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
        ),
        *(
            (
                f"… of first messages at {options.ack_rate}/s, {name}",
                "",
                figures.first_reply.milliseconds(s),
            )
            for name, s in (("p50", 0.5), ("p95", 0.95))
        ),
        (f"Turns a second, {options.residents} residents who do not wait", "", f"{loop.per_second:.0f}"),
        ("Processor time of a turn, all processes", "", f"{sum(loop.per_turn.values()):.1f} ms"),
        *((f"… {name}", "", f"{cost:.1f} ms") for name, cost in loop.per_turn.items()),
    ]
    lines = [f"| {what} | {stock} | {ours} |" for what, stock, ours in rows]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Written by `make bench`, which runs both side by side: a stock Rasa 3.6.21 (default pipeline, a form,",
            "SQL tracker store, stock action server; `tests/bench/stock`) and Cityline. The ratios travel; the",
            "absolute figures belong to this machine and this moment.",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}; {_machine()}.",
            f"{options.rounds} alternating rounds of {options.conversations} conversations of 4 turns,",
            f"{options.at_once} at a time; latency measured one conversation after the other; loads of",
            f"{options.seconds} s with web, worker, actions, engine and PostgreSQL on the same machine as the",
            "load generator.",
            "",
            "| | stock Rasa | Cityline |",
            "|---|---|---|",
            *lines,
            "",
        ]
    )


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"


def _machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
