"""`GET /metrics`: figures for Prometheus, for who has the token. Nothing of a resident is among them.

What is told is the state of the house, read from the database when it is asked: any web process tells the same for all machines,
so one of them is scraped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi import APIRouter
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.db.session import transaction
from bot.keeping.vitals import Latency, Vitals, read_vitals
from bot.settings import settings
from bot.web.access import same_token

router = APIRouter(include_in_schema=False)

_QUANTILES = (("0.5", "median"), ("0.95", "p95"), ("0.99", "p99"))


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """404 where the city wants none, 401 without the token."""
    token = settings().metrics_token
    if token is None:
        raise HTTPException(404)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not same_token(given.strip(), token.get_secret_value()):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    async with transaction() as session:
        vitals = await read_vitals(session, datetime.now(UTC))
    registry = CollectorRegistry()
    registry.register(_Told(vitals))
    return Response(
        generate_latest(registry),
        headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_LATEST},
    )


class _Told(Collector):
    """The figures in Prometheus' words. Times are in seconds."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Gauge]:
        """One family after the other."""
        vitals = self._vitals
        yield from self._queues()
        yield from _latency("cityline_answer", "from a resident's message to its answer", vitals.answers)
        yield from _latency(
            "cityline_delivery", "from an answer to its being taken by the provider", vitals.deliveries
        )
        outcomes = Gauge(
            "cityline_messages_lately",
            "Messages to residents of the last five minutes, by what became of them.",
            labels=("channel", "state", "code"),
        )
        for one in vitals.outcomes:
            outcomes.add_metric((one.channel, one.state, one.code), one.count)
        yield outcomes
        yield Gauge("cityline_parked_turns", "Turns that failed every time.", vitals.parked)
        yield Gauge("cityline_events_set_aside", "Events that could not be stored.", vitals.set_aside)
        yield Gauge("cityline_residents_waiting", "Conversations that want a person.", vitals.wanting_person)
        blocked = Gauge(
            "cityline_messages_blocked", "Messages that wait until a setting is mended.", labels=("channel",)
        )
        for channel in vitals.blocked:
            blocked.add_metric((channel.channel,), channel.waiting)
        yield blocked
        yield from self._clocks()
        yield from self._system()

    def _queues(self) -> Iterator[Gauge]:
        ready = Gauge("cityline_jobs_ready", "Jobs that are due and not begun.", labels=("queue",))
        running = Gauge("cityline_jobs_running", "Jobs under way.", labels=("queue",))
        oldest = Gauge("cityline_job_oldest_seconds", "Age of the oldest job that is due.", labels=("queue",))
        for one in self._vitals.queues:
            ready.add_metric((one.queue,), one.ready)
            running.add_metric((one.queue,), one.running)
            oldest.add_metric((one.queue,), one.oldest)
        yield from (ready, running, oldest)

    def _clocks(self) -> Iterator[Gauge]:
        since = Gauge("cityline_clock_ran_seconds", "Since a clock ran last.", labels=("clock",))
        failures = Gauge("cityline_clock_failures", "Failures of a clock in a row.", labels=("clock",))
        late = Gauge("cityline_clock_late", "1 where it should have run long since.", labels=("clock",))
        for one in self._vitals.clocks:
            if one.last_run is not None:
                since.add_metric((one.clock,), (self._vitals.at - one.last_run).total_seconds())
            failures.add_metric((one.clock,), one.failures)
            late.add_metric((one.clock,), one.late)
        yield from (since, failures, late)

    def _system(self) -> Iterator[Gauge]:
        system = self._vitals.system
        if system is None:
            return
        waits = (self._vitals.at - system.oldest).total_seconds() if system.oldest else 0.0
        for name, words, value in (
            ("waiting", "Requests that were not exchanged yet.", system.waiting),
            ("failed", "Requests that are left to staff.", system.failed),
            ("lag_seconds", "How long the oldest of those that wait waits.", max(0.0, waits)),
            ("broken", "1 while people have to mend something before anything goes.", system.loud),
        ):
            family = Gauge(f"cityline_sync_{name}", words, labels=("system",))
            family.add_metric((system.system,), value)
            yield family


def _latency(name: str, words: str, latency: Latency) -> Iterator[Gauge]:
    seconds = Gauge(f"{name}_seconds", f"Of the last five minutes, {words}.", labels=("quantile",))
    for quantile, field in _QUANTILES:
        value: float | None = getattr(latency, field)
        if value is not None:
            seconds.add_metric((quantile,), value)
    yield seconds
    yield Gauge(f"{name}_count", f"How many of them there were, {words}.", latency.count)
