"""`make bench`: a stock Rasa and Cityline side by side in one run, on this machine.

Prints engine turns per second and latency of both, then of Cityline with everything running: webhook
acknowledgement at 50 messages a second, message-in to reply-handed-to-provider at 20 a second, memory, and time
from start to first answer. `--save` writes the figures with the machine's description to docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import tempfile
from pathlib import Path

from tests.bench import engine_turns, report, stock_bot, webhooks
from tests.bench.sink import ProviderSink
from tests.journeys.stack import ROOT, memory, running_stack
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
        with tempfile.TemporaryDirectory(prefix="stock-") as folder:
            async with stock_bot.running(
                Path(folder), stack.database_url, options.stock_examples, options.stock_model
            ) as stock:
                figures.stock_start = stock.started_in
                for round_number in range(options.rounds):
                    engine_turns.open_conversations(stack.database_url, options.conversations, round_number)
                    # Alternating, so that a neighbour's noise falls on both.
                    for engine in (
                        engine_turns.Engine("stock", stock.url),
                        engine_turns.Engine("ours", f"http://127.0.0.1:{stack.port + 2}", token),
                    ):
                        figures.turns[engine.name].append(
                            await engine_turns.measure(
                                engine, options.conversations, options.at_once, round_number
                            )
                        )
                figures.memory_stock = memory(stock.processes())
        figures.acknowledgement = await webhooks.acknowledgement(
            stack, sink, options.ack_rate, options.seconds
        )
        await sink.until_quiet()
        figures.reply = await webhooks.reply(stack, sink, options.reply_rate, options.seconds)
        figures.memory_ours = memory(stack.all_processes())
    text = report.write(figures, options)
    print(text)
    if options.save:
        page = ROOT / "docs" / "benchmarks.md"
        # What other benchmarks found stands below, each in a section of its own.
        _, heading, others = page.read_text(encoding="utf-8").partition("\n## ")
        page.write_text(text + heading + others, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=60, help="per round and engine, of 4 turns each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=8, help="conversations at the same time")
    parser.add_argument("--seconds", type=int, default=20, help="of each load")
    parser.add_argument("--ack-rate", type=int, default=50, help="messages a second")
    parser.add_argument("--reply-rate", type=int, default=20, help="messages a second")
    parser.add_argument("--stock-examples", type=int, default=12, help="training examples per service")
    parser.add_argument("--stock-model", type=Path, help="a stock bot trained before, to save its training")
    parser.add_argument("--save", action="store_true", help="write docs/benchmarks.md")
    asyncio.run(main(parser.parse_args()))
