"""Nothing is given up, and nobody waits longer than there is reason for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job

from bot.conversation.dialogue import EngineUnavailableError
from bot.delivery.deliver import DeliveryPostponedError
from bot.worker.app import LONGEST_WAIT, LONGEST_WAIT_FOR_ENGINE, PatientRetry


def seconds(error: Exception, attempts: int) -> float:
    job = Job(id=1, queue="q", lock="l", queueing_lock=None, task_name="t", task_kwargs={}, attempts=attempts)
    decision = PatientRetry().get_retry_decision(exception=error, job=job)
    assert decision is not None, "it is tried for ever"
    assert decision.retry_at is not None
    return (decision.retry_at - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize("attempts", [0, 1, 5, 50, 5_000])
def test_waits_grow_to_a_limit_that_is_shorter_for_our_own_engine(attempts: int) -> None:
    assert -0.1 <= seconds(EngineUnavailableError("away"), attempts) <= LONGEST_WAIT_FOR_ENGINE * 1.2
    assert -0.1 <= seconds(RuntimeError("anything"), attempts) <= LONGEST_WAIT * 1.2


def test_the_first_wait_is_short() -> None:
    assert seconds(EngineUnavailableError("away"), 0) < 0.5


def test_a_provider_that_says_when_to_come_back_is_obeyed() -> None:
    assert 40 < seconds(DeliveryPostponedError("slow down", 42.0), 0) <= 42
