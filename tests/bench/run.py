"""`make bench`: a stock Rasa and Cityline side by side in one run, on this machine.

Prints engine turns per second and latency of both, then of Cityline with everything running: webhook
acknowledgement at 50 messages a second, message-in to reply-handed-to-provider at 20 and at 50 a second, turns a second of
residents who write as soon as they are answered and the processor time of a turn by process, memory, and time from start to
first answer. `--save` writes the figures with the machine's description to docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import tempfile
from pathlib import Path

from tests.bench import engine_turns, report, stock_bot, webhooks
from tests.bench.closed_loop import closed_loop
from tests.bench.sink import ProviderSink
from tests.journeys.stack import ROOT, Stack, memory, running_stack
from tests.ports import free_ports


async def main(options: argparse.Namespace) -> None:
    figures = report.Figures()
    sink_port = free_ports(1)
    token = secrets.token_urlsafe(32)  # our engine answers nobody else
    async with (
        ProviderSink(sink_port) as sink,
        running_stack(**sink.settings(), CITYLINE_ENGINE_TOKEN=token) as stack,
    ):
        figures.start_to_first_answer = stack.started_in
        ours = engine_turns.Engine("ours", f"http://127.0.0.1:{stack.port + 2}", token)
        if options.alone:
            await engines(figures, (ours,), stack, options)
        else:
            await beside_stock(figures, ours, stack, options)
        figures.acknowledgement = await webhooks.acknowledgement(
            stack, sink, options.ack_rate, options.seconds
        )
        await sink.until_quiet()
        figures.reply = await webhooks.reply(stack, sink, options.reply_rate, options.seconds)
        await sink.until_quiet()
        figures.first_reply = await webhooks.reply(stack, sink, options.ack_rate, options.seconds)
        for _ in range(options.rounds):
            await sink.until_quiet()
            figures.closed_loops.append(await closed_loop(stack, sink, options.residents, options.seconds))
        figures.memory_ours = memory(stack.all_processes())
    text = report.write(figures, options)
    print(text)
    if options.save:
        page = ROOT / "docs" / "benchmarks.md"
        # What other benchmarks found stands below, each in a section of its own.
        _, heading, others = page.read_text(encoding="utf-8").partition("\n## ")
        page.write_text(text + heading + others, encoding="utf-8")


async def beside_stock(
    figures: report.Figures, ours: engine_turns.Engine, stack: Stack, options: argparse.Namespace
) -> None:
    """Turns of the two engines, and what the stock bot needs."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        async with stock_bot.running(
            Path(folder), stack.database_url, options.stock_examples, options.stock_model
        ) as stock:
            figures.stock_start = stock.started_in
            await engines(figures, (engine_turns.Engine("stock", stock.url), ours), stack, options)
            figures.memory_stock = memory(stock.processes())


async def engines(
    figures: report.Figures,
    each: tuple[engine_turns.Engine, ...],
    stack: Stack,
    options: argparse.Namespace,
) -> None:
    """Rounds of turns, alternating between the engines, so that a neighbour's noise falls on all of them."""
    for round_number in range(options.rounds):
        engine_turns.open_conversations(stack.database_url, options.conversations, round_number)
        for engine in each:
            measured = await engine_turns.measure(
                engine, options.conversations, options.at_once, round_number
            )
            figures.turns[engine.name].append(measured)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=60, help="per round and engine, of 4 turns each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=8, help="conversations at the same time")
    parser.add_argument("--seconds", type=int, default=20, help="of each load")
    parser.add_argument("--ack-rate", type=int, default=50, help="messages a second")
    parser.add_argument("--reply-rate", type=int, default=20, help="messages a second")
    parser.add_argument(
        "--residents", type=int, default=16, help="at a time, who write as soon as they are answered"
    )
    parser.add_argument(
        "--alone", action="store_true", help="without the stock bot, whose training takes long"
    )
    parser.add_argument("--stock-examples", type=int, default=12, help="training examples per service")
    parser.add_argument("--stock-model", type=Path, help="a stock bot trained before, to save its training")
    parser.add_argument("--save", action="store_true", help="write docs/benchmarks.md")
    asyncio.run(main(parser.parse_args()))
