"""What an attempt may put on the wire ends with its lease, whatever held it up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpcore._backends.auto import AutoBackend

from bot.channels.lease import Lease, LeaseEndedError, under
from bot.channels.messages import Outbound, Outcome
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.provider import TelegramProvider
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.provider import TwilioProvider
from tests.standin import Fault, Reply, Standin

ANYTHING = r"/.*"


def stopped_for(lease: Lease, seconds: float) -> None:
    """As if the process had been stopped since the lease began."""
    lease.began -= seconds


@pytest.mark.parametrize("clock", ["began", "began_wall"])
def test_either_clock_ends_a_lease(clock: str) -> None:
    lease = Lease(10.0)
    lease.require()
    setattr(lease, clock, getattr(lease, clock) - 11)
    with pytest.raises(LeaseEndedError):
        lease.require()


def test_a_wall_clock_that_is_set_back_lengthens_nothing() -> None:
    lease = Lease(10.0)
    lease.began_wall += 3600
    stopped_for(lease, 11)
    assert lease.over


async def test_what_comes_too_late_is_not_sent(
    standin: Standin, twilio: TwilioClient, telegram: TelegramClient
) -> None:
    standin.on(ANYTHING, Reply(500))
    for provider in (TwilioProvider(twilio), TelegramProvider(telegram)):
        lease = Lease(5.0)
        stopped_for(lease, 6)
        with under(lease):
            result = await provider.send(Outbound("Thanks!"), to="700", message_id=41)
        assert (result.outcome, result.parts_sent) == (Outcome.RETRY, 0)
        assert not lease.handed_over
    assert standin.requests == []


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_process_that_is_stopped_while_it_connects_sends_nothing_afterwards(
    channel: str,
    standin: Standin,
    twilio: TwilioClient,
    telegram: TelegramClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection stands, and the lease is over by then: the last look is right before the first byte."""
    lease = Lease(5.0)
    connect = AutoBackend.connect_tcp
    connections = []

    async def stopped_meanwhile(self: AutoBackend, *arguments: Any, **more: Any) -> Any:
        connections.append(await connect(self, *arguments, **more))
        stopped_for(lease, 6)
        return connections[-1]

    monkeypatch.setattr(AutoBackend, "connect_tcp", stopped_meanwhile)
    standin.on(ANYTHING, Reply(201, {"sid": "SM" + "1" * 32}))
    provider = TwilioProvider(twilio) if channel == "sms" else TelegramProvider(telegram)
    with under(lease):
        result = await provider.send(Outbound("Thanks!"), to="700", message_id=41)
    assert result.outcome is Outcome.RETRY
    assert len(connections) == 1
    assert standin.requests == []


async def test_a_provider_that_never_answers_is_left_when_its_request_was_written(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(ANYTHING, Fault.HANG)
    lease = Lease(5.0)
    with under(lease):
        result = await TwilioProvider(twilio).send(Outbound("Thanks!"), to="700", message_id=41)
    assert result.outcome is Outcome.AMBIGUOUS
    assert lease.handed_over
    assert len(standin.requests) == 1


@pytest.mark.parametrize("written", [False, True])
async def test_a_request_that_is_cut_off_tells_whether_it_was_written(
    written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.lease.ANSWER_SECONDS", 0.05)
    with pytest.raises(LeaseEndedError) as ended:
        await _hang(Lease(0.05), written)
    assert ended.value.written is written


async def _hang(lease: Lease, written: bool) -> None:
    async with lease.one_request():
        if written:
            lease.note_written()
        await asyncio.Event().wait()
