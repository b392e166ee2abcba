"""Webhooks as the providers themselves would post them, for what the simulated phones cannot say."""

from __future__ import annotations

import itertools
import json
from typing import Any

from twilio.request_validator import RequestValidator

from bot.simulator.config import SIMULATOR_CREDENTIALS
from tests.journeys.stack import Stack

_serials = itertools.count(1)
_FIRST_UPDATE = 2_000_000_000  # above whatever number the simulator's own updates begin at


async def open_phone(stack: Stack, channel: str, address: str) -> int:
    """Make the simulated phone one that can be answered on; gives how many messages of ours it has.

    A bot may not write to who has not written to it.
    """
    if channel == "telegram":
        await stack.answer(channel, address, "/start")
    else:
        opened = await stack.http.post(f"{stack.simulator}/simulator/sessions", json={channel: address})
        opened.raise_for_status()
    return len(await stack.from_city(channel, address))


async def post_sms(stack: Stack, number: str, body: str, **fields: str) -> int:
    """An incoming text, signed; gives the status. `fields` beside the usual ones, or in their place."""
    form = {
        "MessageSid": f"SM{next(_serials):032x}",
        "AccountSid": SIMULATOR_CREDENTIALS.account_sid,
        "From": number,
        "To": SIMULATOR_CREDENTIALS.from_number,
        "Body": body,
        "NumMedia": "0",
    }
    return await _post_signed(stack, "/channels/sms", form | fields)


async def post_receipt(stack: Stack, query: str, **fields: str) -> int:
    """A receipt of a text of ours, signed; `query` is that of the address which went out with it."""
    form = {"AccountSid": SIMULATOR_CREDENTIALS.account_sid, **fields}
    return await _post_signed(stack, f"/channels/sms/receipt{query}", form)


async def _post_signed(stack: Stack, path: str, form: dict[str, str]) -> int:
    url = stack.web + path
    signature = RequestValidator(SIMULATOR_CREDENTIALS.auth_token).compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature}
    return (await stack.http.post(url, data=form, headers=headers)).status_code


async def post_telegram(stack: Stack, chat: str, **content: Any) -> int:
    """An update with a message of this chat, with Telegram's secret; gives the status."""
    number = next(_serials)
    person = {"id": int(chat), "is_bot": False, "first_name": "Ana", "language_code": "en"}
    message = {
        "message_id": 700_000 + number,
        "from": person,
        "chat": {"id": int(chat), "first_name": "Ana", "type": "private"},
        "date": 1_795_000_000,
        **content,
    }
    answer = await stack.http.post(
        f"{stack.web}/channels/telegram",
        # Escaped: half of a surrogate pair has no other way of being sent.
        content=json.dumps({"update_id": _FIRST_UPDATE + number, "message": message}),
        headers={
            "X-Telegram-Bot-Api-Secret-Token": SIMULATOR_CREDENTIALS.telegram_secret,
            "Content-Type": "application/json",
        },
    )
    return answer.status_code
