"""`cityline up`: everything, in order, on one machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from importlib.metadata import version

from bot.db.embedded import EmbeddedDatabase
from bot.settings import ROOT, Settings
from bot.supervisor import database as embedded
from bot.supervisor import training
from bot.supervisor.announce import Addresses, Announcer
from bot.supervisor.guard import Guard
from bot.supervisor.plan import check_ports, plan_processes, simulator_is_wanted, simulator_url
from bot.supervisor.process import Events, Process
from bot.supervisor.readiness import NotReadyError, wait_until_ready

START_TIMEOUT = 180.0  # seconds; an engine on a slow, busy machine takes its time
# A terminal, `make` and `timeout` may each pass on the same Ctrl-C; a person's second comes later.
IMPATIENCE = 1.0  # seconds
TRIES = 3  # a process that dies this often before it ever answered will not get better


class StartError(Exception):
    """Something did not start; the message says what, and shows the end of its log."""


class Supervisor:
    """Starts everything, watches it, stops it."""

    def __init__(self, config: Settings, announcer: Announcer) -> None:
        self.config = config
        self.announcer = announcer
        self.stopping = asyncio.Event()
        self.logs = config.data.absolute() / "logs"
        self.models = config.data.absolute() / "models"
        self._processes: dict[str, Process] = {}
        self._database: EmbeddedDatabase | None = None
        self._guard: Guard | None = None
        self._ready = False

    async def run(self) -> None:
        """Run until `stopping` is set. Raises what keeps it from starting."""
        began = time.monotonic()
        watching: asyncio.Task[None] | None = None
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            plans = plan_processes(self.config, self.config.database_url or "")
            check_ports(self.config, plans)  # before anything takes its time
            url = await self._start_database()
            if self._database is not None:
                watching = asyncio.create_task(embedded.keep_up(self._database, self._database_news))
            await self._migrate(url)
            await self._confirm_installation(url)
            if any(plan.name.startswith("engine") for plan in plans):
                await self._train()
            if self.stopping.is_set():
                return  # a login made now would never be shown
            login = await self._first_login(url)
            await self._start_processes(url)
            if not self.stopping.is_set():
                self._ready = True
                self.announcer.ready(self._addresses(login), time.monotonic() - began)
                await self.stopping.wait()
        finally:
            if watching is not None:
                watching.cancel()
            await self._stop()

    async def _start_database(self) -> str:
        if self.config.database_url:
            self._guard = Guard(None)
            return self.config.database_url
        with self.announcer.step("Starting PostgreSQL") as step:
            self._guard = Guard(embedded.postgres_folder(self.config.data))
            self._database = await asyncio.to_thread(embedded.start, self.config.data)
            step.done = "PostgreSQL (embedded)"
            return self._database.url()

    async def _migrate(self, url: str) -> None:
        from bot.db.migrate import migrate

        with self.announcer.step("Bringing the database up to date") as step:
            await asyncio.to_thread(migrate, url)
            step.done = "Database up to date"

    async def _train(self) -> None:
        if not training.needs_training(ROOT, self.models):
            return
        with self.announcer.step("Training the model (a few minutes, only when it changed)") as step:
            job = asyncio.create_task(training.train(ROOT, self.models, self.logs / "train.log", step.show))
            stop = asyncio.create_task(self.stopping.wait())
            await asyncio.wait({job, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if not job.done():
                job.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await job
                step.hidden = True
                return
            step.done = f"Model {job.result().path.name} trained"

    async def _confirm_installation(self, url: str) -> None:
        """Before anything starts: this machine has the secret and the photo store of the others."""
        from bot.db.session import database_url, dispose
        from bot.keeping.installation import confirm_installation

        os.environ["DATABASE_URL"] = url
        database_url.cache_clear()
        try:
            await confirm_installation(self.config)
        finally:
            await dispose()

    async def _first_login(self, url: str) -> tuple[str, str] | None:
        from bot.db.session import dispose
        from bot.supervisor.first_login import make_first_login

        try:
            return await make_first_login()
        finally:
            await dispose()

    async def _start_processes(self, url: str) -> None:
        if self.stopping.is_set():
            return
        events = Events(started=self._started, ended=self._ended, error=self._error)
        for plan in plan_processes(self.config, url):
            self._processes[plan.name] = Process(plan, self.logs, events)
        with self.announcer.step(f"Starting {', '.join(self._processes)}") as step:
            for process in self._processes.values():
                process.start()
            waiting = {name: asyncio.create_task(self._until_ready(p)) for name, p in self._processes.items()}
            stop = asyncio.create_task(self.stopping.wait())
            pending: set[asyncio.Task[None]] = set(waiting.values())
            try:
                while pending and not self.stopping.is_set():
                    step.show("waiting for " + ", ".join(n for n, task in waiting.items() if not task.done()))
                    done, _ = await asyncio.wait({*pending, stop}, return_when=asyncio.FIRST_COMPLETED)
                    pending -= done
                    for task in done - {stop}:
                        task.result()
            finally:
                for task in (*pending, stop):
                    task.cancel()
            step.hidden = self.stopping.is_set()
            step.done = f"{len(self._processes)} processes"

    async def _until_ready(self, process: Process) -> None:
        name = process.plan.name
        try:
            if process.plan.ready_url is not None:
                await wait_until_ready(
                    name, process.plan.ready_url, START_TIMEOUT, lambda: process.starts >= TRIES
                )
            else:
                await asyncio.wait_for(process.spoke.wait(), START_TIMEOUT)
        except (NotReadyError, TimeoutError) as error:
            tail = "\n".join(process.log.tail)
            raise StartError(
                f"The {name} process does not start. The end of {process.log.path}:\n{tail}"
            ) from error

    # What processes tell.

    def _started(self, name: str, pid: int) -> None:
        if self._guard is not None:
            self._guard.watch(pid)

    def _ended(self, name: str, pid: int, code: int, pause: float) -> None:
        if self._guard is not None:
            self._guard.forget(pid)
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self.announcer.warn(f"{name} {how}; starting it again in {pause:g} s")
        if code > 0 and (process := self._processes.get(name)) and process.log.tail:
            self.announcer.note(f"{process.log.tail[-1][:150]}  ({process.log.path})")

    def _error(self, name: str, line: str) -> None:
        if self._ready and not self.stopping.is_set():
            self.announcer.error_line(name, line, self.logs / f"{name}.log")

    def _database_news(self, text: str) -> None:
        if not self.stopping.is_set():
            self.announcer.warn(text)

    def _addresses(self, login: tuple[str, str] | None) -> Addresses:
        config = self.config
        return Addresses(
            phones=f"{simulator_url(config)}/" if simulator_is_wanted(config) else None,
            cases=f"{simulator_url(config)}/servicenow" if config.servicenow_is_played else None,
            console=f"{config.base_url}/console",
            login=login,
            logs=self.logs,
            telegram_needs_webhook=config.telegram_configured and config.telegram_mode == "webhook",
        )

    async def _stop(self) -> None:
        if self._processes:
            with self.announcer.step("Stopping") as step:
                step.done = "Everything stopped"
                for process in self._processes.values():
                    process.retire()
                # Those who bring work first, then those who do it.
                for names in (("simulator", "web"), ("worker",), tuple(self._processes)):
                    await asyncio.gather(*(self._processes[n].stop() for n in names if n in self._processes))
        if self._database is not None:
            await asyncio.to_thread(self._database.stop)
        if self._guard is not None:
            await asyncio.to_thread(self._guard.dismiss)

    def kill(self) -> None:
        """For the impatient: a second Ctrl-C."""
        for process in self._processes.values():
            process.signal(signal.SIGKILL)


def up(config: Settings) -> None:
    """Start everything and stay until SIGINT or SIGTERM."""
    announcer = Announcer()
    announcer.title(version("cityline"), _city_name(config))
    asyncio.run(_until_signal(Supervisor(config, announcer)))


async def _until_signal(supervisor: Supervisor) -> None:
    first = 0.0

    def told() -> None:
        nonlocal first
        if not supervisor.stopping.is_set():
            first = time.monotonic()
            supervisor.stopping.set()
        elif time.monotonic() - first > IMPATIENCE:
            supervisor.kill()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told)
    await supervisor.run()


def _city_name(config: Settings) -> str:
    from bot.city.facts import load_city

    return load_city(config.city_pack).name
