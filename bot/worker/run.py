"""The worker process: takes turns, delivers, recovers what others left, and polls Telegram where that is set."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from functools import partial

import procrastinate
import structlog
import uvloop

from bot.db.jobs import Queue
from bot.db.session import dispose, trust_connections
from bot.editing.follow import keep_following, look
from bot.logs import configure_logging, log_of_loop
from bot.settings import Settings, settings
from bot.worker.app import SLOTS, make_app
from bot.worker.clocks import keep_time
from bot.worker.ending import end, raise_failures, until_one_ends
from bot.worker.nightly import clocks
from bot.worker.polling import keep_polling
from bot.worker.recovery import HEARTBEAT, STALLED_AFTER, keep_recovering
from bot.worker.services import Services, open_services
from bot.worker.syncing import keep_pulling
from bot.worker.watch import DATABASE_GONE, keep_going, watch_jobs

log = structlog.get_logger(__name__)

POLL_EVERY = 0.5  # seconds; new jobs are announced by NOTIFY, this is for those whose time has come
GRACE = 8.0  # seconds for running turns and deliveries to end, when the process is told to stop


def run() -> None:
    """Work until SIGINT or SIGTERM."""
    config = settings()
    configure_logging(config, "worker")
    trust_connections()
    # What a turn costs here is mostly waiting for many small answers of the database: this loop does that with less.
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(config))


async def _run(config: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    log_of_loop(loop)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with open_services(config) as services:
        await look()
        log.info("worker.ready")
        while not stop.is_set():
            try:
                await _work(services, stop)
            except* DATABASE_GONE as group:
                # The database restarts now and then; what was under way is found again when it is back.
                log.warning("worker.database_gone", error=type(group.exceptions[0]).__name__)
                await dispose()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), timeout=1.0)
    await dispose()
    log.info("worker.stopped")


async def _work(services: Services, stop: asyncio.Event) -> None:
    app = make_app(services)
    start = asyncio.create_task
    async with app.open_async():
        # A worker for each queue: its slots are its own, so that work of one kind never waits for another.
        workers = [start(_serve(app, queue, slots)) for queue, slots in SLOTS.items()]
        stopping = start(stop.wait())
        others = [
            start(keep_going("recovery", lambda: keep_recovering(app))),
            start(keep_going("polling", lambda: keep_polling(services))),
            start(keep_going("pulling", lambda: keep_pulling(services))),
            start(keep_going("following", keep_following)),
        ]
        others += [
            start(keep_going(clock, partial(keep_time, clock, work)))
            for clock, work in clocks(services).items()
        ]
        await until_one_ends([*workers, stopping], others)
        await asyncio.gather(end([*others, stopping]), end(workers, said_again_after=2 * GRACE))
        raise_failures([*workers, *others])


async def _serve(app: procrastinate.App, queue: Queue, slots: int) -> None:
    await app.run_worker_async(
        name=queue,
        queues=[queue],
        concurrency=slots,
        fetch_job_polling_interval=POLL_EVERY,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED_AFTER,
        shutdown_graceful_timeout=GRACE,
        delete_jobs="successful",
        install_signal_handlers=False,
        worker_middleware=[watch_jobs],
    )
