"""What nobody expected is said once, with its type and where it came through, and never with what a resident wrote."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import procrastinate
import procrastinate.testing
import pytest
import structlog
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

import actions.server
import bot.worker.watch
from actions.server import ActionFailedError, Executor
from bot.delivery.deliver import DeliveryPostponedError
from bot.failures import FailureKind
from bot.logs import configure_logging, log_of_loop
from bot.settings import load_settings
from bot.worker.app import PatientRetry
from bot.worker.watch import DATABASE_GONE, Loud, keep_going, watch_jobs

SECRET = "my neighbour at 1427 Lincoln, +13105550123"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Logging as every process configures it; gives what it wrote since the last time, and looks that it is nothing private."""
    before, root = structlog.get_config(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)}
    handlers, level = root.handlers, root.level
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    # Their own would go on with this configuration.
    for module in (bot.worker.watch, actions.server):
        monkeypatch.setattr(module, "log", structlog.get_logger())
    monkeypatch.setattr(bot.worker.watch, "_loud", Loud())
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        configure_logging(load_settings(log_format="json"), "worker")

    def written() -> list[dict[str, Any]]:
        out = output.getvalue()
        output.seek(0)
        output.truncate()
        assert SECRET not in out
        return [json.loads(line) for line in out.splitlines()]

    yield written
    structlog.configure(**before)
    structlog.contextvars.unbind_contextvars("process")
    root.handlers, root.level = handlers, level
    for name, one in levels.items():
        logging.getLogger(name).setLevel(one)


def fail(secret: str = SECRET) -> None:
    raise ValueError(f"cannot read {secret}")


def assert_said_once(said: list[dict[str, Any]], event: str) -> dict[str, Any]:
    (line,) = said
    assert (line["event"], line["level"]) == (event, "error")
    assert line["reason"].startswith("ValueError")
    assert any(frame.startswith("test_watch.py:") and frame.endswith(" in fail") for frame in line["at"])
    return line


async def run_job(work: Callable[[], None], tries: int = 1) -> None:
    """A job as a worker runs it, with Procrastinate's own lines around it."""
    app = procrastinate.App(connector=procrastinate.testing.InMemoryConnector())

    @app.task(name="bring_in", retry=PatientRetry())
    async def bring_in(words: str) -> None:
        work()

    async with app.open_async():
        for _ in range(tries):
            await bring_in.defer_async(words=SECRET)
        await app.run_worker_async(wait=False, worker_middleware=[watch_jobs], install_signal_handlers=False)


async def test_a_job_that_fails_is_said_once(lines: Lines) -> None:
    await run_job(fail)
    line = assert_said_once(lines(), "job.failed")
    assert (line["task"], line["failure"], line["process"]) == ("bring_in", "deterministic", "worker")
    assert isinstance(line["job_id"], int)


async def test_a_job_that_waits_is_no_failure(lines: Lines) -> None:
    def wait() -> None:
        raise DeliveryPostponedError(SECRET, 3.0)

    await run_job(wait)
    (line,) = lines()
    assert (line["event"], line["level"], line["reason"]) == (
        "job.postponed",
        "info",
        "DeliveryPostponedError",
    )


async def test_what_people_must_mend_is_said_at_once_and_not_by_every_job(lines: Lines) -> None:
    class WrongTokenError(RuntimeError):
        failure = FailureKind.MISCONFIGURED

    def refuse() -> None:
        raise WrongTokenError("the token is wrong")

    await run_job(refuse, tries=5)
    (line,) = lines()
    assert (line["event"], line["reason"]) == ("work.misconfigured", "the token is wrong")


async def test_a_job_that_goes_well_says_nothing(lines: Lines) -> None:
    await run_job(lambda: None)
    assert lines() == []


async def test_a_loop_that_fails_is_said_each_time_once_and_goes_on(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.worker.watch, "LONGEST_WAIT", 0.0)
    times = iter(range(3))

    async def work() -> None:
        if next(times) < 2:
            fail()

    await keep_going("polling", work)
    said = lines()
    assert len(said) == 2
    for line in said:
        assert assert_said_once([line], "loop.failed")["loop"] == "polling"


async def test_a_database_that_is_gone_ends_a_loop_without_a_word(lines: Lines) -> None:
    async def work() -> None:
        raise DATABASE_GONE[-1](SECRET)

    with pytest.raises(DATABASE_GONE[-1]):
        await keep_going("recovery", work)
    assert lines() == []


def test_what_ends_the_process_is_said_once(lines: Lines) -> None:
    try:
        fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert_said_once(lines(), "process.crashed")
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert lines() == []


@pytest.mark.parametrize("ends", [fail, sys.exit])
def test_what_ends_a_thread_is_said_once(ends: Callable[[], None], lines: Lines) -> None:
    thread = threading.Thread(target=ends)
    thread.start()
    thread.join()
    if ends is fail:
        assert_said_once(lines(), "thread.crashed")
    else:
        assert lines() == []


async def test_a_task_that_nobody_awaits_is_said_once(lines: Lines) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    log_of_loop(loop)

    async def forgotten() -> None:
        fail()

    try:
        task = asyncio.create_task(forgotten())
        await asyncio.wait([task])
        del task
        await asyncio.sleep(0)
        assert_said_once(lines(), "task.crashed")
        loop.call_exception_handler({"message": "a transport was not closed"})
        (line,) = lines()
        assert (line["event"], line["what"]) == ("loop.complained", "a transport was not closed")
    finally:
        loop.set_exception_handler(before)


async def test_an_action_that_fails_is_said_once_and_leaves_without_its_message(lines: Lines) -> None:
    class Fails(Action):  # type: ignore[misc]  # rasa-sdk has no types
        def name(self) -> str:
            return "action_fails"

        async def run(self, dispatcher: CollectingDispatcher, tracker: Any, domain: Any) -> list[Any]:
            fail()
            return []

    executor = Executor()
    executor.register_action(Fails())
    lines()  # rasa-sdk tells what is registered
    call = {
        "next_action": "action_fails",
        "tracker": {"sender_id": "conversation-1", "slots": {"draft": SECRET}, "events": []},
        "domain": {},
    }
    with pytest.raises(ActionFailedError) as raised:
        await executor.run(call)
    assert SECRET not in str(raised.value)
    assert raised.value.kind is FailureKind.DETERMINISTIC
    line = assert_said_once(lines(), "action.failed")
    assert line["action"] == "action_fails"


async def test_the_middleware_lets_the_failure_through(lines: Lines) -> None:
    context = SimpleNamespace(job=SimpleNamespace(task_name="bring_in", id=7))

    async def process() -> None:
        fail()

    with pytest.raises(ValueError, match="cannot read"):
        await watch_jobs(process, context, None)
    assert_said_once(lines(), "job.failed")
