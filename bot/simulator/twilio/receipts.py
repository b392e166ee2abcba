"""Status callbacks: their fields, and the order in which faults make them come."""

from __future__ import annotations

import random
from datetime import datetime

from bot.simulator.faults import Fault, FaultKind
from bot.simulator.twilio.resources import API, Message
from bot.simulator.twilio.signature import Parameters


def receipt_parameters(
    message: Message, account: str, state: str, error_code: int | None, at: datetime
) -> Parameters:
    """Fields of one callback: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status"""
    parameters: Parameters = []
    if error_code is not None:
        parameters.append(("ErrorCode", str(error_code)))
    if state == "delivered":
        parameters.append(("RawDlrDoneDate", at.strftime("%y%m%d%H%M")))
    parameters += [
        ("SmsSid", message.sid),
        ("SmsStatus", state),
        ("MessageStatus", state),
        ("To", message.to),
        ("MessageSid", message.sid),
        ("AccountSid", account),
        ("From", message.from_),
        ("ApiVersion", API[1:]),
    ]
    if message.service_sid:
        parameters.append(("MessagingServiceSid", message.service_sid))
    return parameters


def plan_receipts(states: list[str], faults: list[Fault]) -> list[tuple[float, str]]:
    """Seconds to wait before each receipt, after the message itself has long arrived."""
    plan = list(states)
    pause = 0.0
    for fault in faults:
        if fault.kind is FaultKind.RECEIPTS_DOUBLE:
            plan = [state for state in plan for _ in range(2)]
        elif fault.kind is FaultKind.RECEIPTS_SHUFFLED:
            plan = _out_of_order(plan, fault.chance)
        elif fault.kind is FaultKind.RECEIPTS_LOST:
            plan = [state for state in plan if fault.chance.random() < 0.5]
        elif fault.kind is FaultKind.RECEIPTS_LATE:
            pause = max(pause, fault.delay)
    return [(pause if index == 0 else 0.0, state) for index, state in enumerate(plan)]


def _out_of_order(states: list[str], chance: random.Random) -> list[str]:
    """A shuffle that is never the order asked for, as long as there are two different states."""
    shuffled = list(states)
    chance.shuffle(shuffled)
    return shuffled if shuffled != states else shuffled[::-1]
