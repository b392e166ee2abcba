"""Valid webhooks with every field made odd: each is taken or refused, none fails, and what is taken can be stored."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.channels.messages import ChannelError, Inbound, Receipt
from bot.channels.telegram.parse import parse as parse_telegram
from bot.channels.twilio.parse import parse as parse_twilio
from bot.conversation.receive import receive
from bot.db.session import transaction
from bot.delivery.receipts import record_receipt
from tests.exploring import chance
from tests.gateway import CHAT, OURS, RESIDENT, SENT, message

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

SEED = 20261128
AT_ONCE = 40  # events a transaction; each in a savepoint of its own would hide nothing and cost much
ODD: list[Any] = [
    None, True, False, 0, -1, 2**31, 2**53, 2**63, 10**23, -(10**400), 1e308, float("nan"), float("inf"), "", " ", "\x00",
    "a\x00b", "\ud800", "\udfff x \ud83d", "²", "❶①٣０", "\u202e\u200b\u0301", "x" * 10_000, "é" * 10_000, [], {}, [[]],
    {"a": {"b": [1, None, {"c": "\x00"}]}}, ["x"], [None], [{"file_id": "\x00"}], {"text": "\ud800"}, "1e999", "-0",
]  # fmt: skip
SMS: dict[str, str] = {
    "MessageSid": "SM" + "1f" * 16, "SmsSid": "SM" + "1f" * 16, "AccountSid": "AC" + "0a" * 16, "From": RESIDENT, "To": OURS,
    "Body": "pothole at Pico and 4th", "NumMedia": "2", "MediaUrl0": "https://api.twilio.com/m/0", "MediaContentType0": "image/jpeg",
    "MediaUrl1": "https://api.twilio.com/m/1", "MediaContentType1": "video/3gpp", "Latitude": "34.01", "Longitude": "-118.49",
    "Label": "Pier", "Address": "200 Pier", "ProfileName": "Ana", "ButtonPayload": "1:0", "ButtonText": "Yes",
    "OptOutType": "HELP", "ExternalUserId": "US.1", "ChannelPrefix": "rcs", "MessagingServiceSid": "MG" + "7" * 32,
    "OriginalRepliedMessageSid": "SM" + "2" * 32, "SmsStatus": "received", "MessageStatus": "received", "ErrorCode": "30003",
}  # fmt: skip
PHOTO = [{"file_id": "p", "file_unique_id": "u", "width": 90, "height": 90, "file_size": 9}]
REPLY = message(3, text="Which kind?", photo=PHOTO)
WHOLE = message(
    5, text="hole", caption="hole", photo=PHOTO, media_group_id="a", message_thread_id=7, is_topic_message=True, edit_date=SENT,
    document={"file_id": "d", "file_unique_id": "u", "file_name": "a.png", "mime_type": "image/png", "file_size": 9},
    live_photo={"file_id": "l", "photo": PHOTO}, location={"latitude": 34.0, "longitude": -118.0, "live_period": 9},
    venue={"location": {"latitude": 34.0, "longitude": -118.0}, "title": "Pier", "address": "200 Pier"},
    reply_to_message=REPLY, quote={"text": "Which", "position": 0}, external_reply={"origin": {}}, contact={"first_name": "B"},
    rich_message={"blocks": [{"type": "list", "items": [{"label": "1", "blocks": [{"type": "paragraph", "text": ["a"]}]}]}]},
)  # fmt: skip
PERSON = {"id": CHAT, "is_bot": False, "first_name": "Ana", "last_name": "R", "language_code": "en"}
UPDATES: list[dict[str, Any]] = [
    {"update_id": 1, "message": WHOLE},
    {"update_id": 2, "edited_message": {**WHOLE, "message_id": 6}},
    {"update_id": 3, "message": message(7, voice={"file_id": "v"}, text="/start pole-1")},
    {"update_id": 4, "callback_query": {"id": "42", "from": PERSON, "message": REPLY, "data": "1:0"}},
    {
        "update_id": 5,
        "my_chat_member": {
            "chat": {"id": CHAT, "type": "private"}, "from": PERSON, "date": SENT,
            "new_chat_member": {"user": PERSON, "status": "member"},
        },
    },
    {
        "update_id": 6,
        "message_reaction": {
            "chat": {"id": CHAT, "type": "private"}, "message_id": 3, "date": SENT, "user": PERSON,
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        },
    },
]  # fmt: skip


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value of a document stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from paths(inner, (*before, key))


def changed(document: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy with another value, or, for `...`, without it."""
    copied = copy.deepcopy(document)
    place = copied
    for key in path[:-1]:
        place = place[key]
    if odd is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = odd
    return copied


def telegram_bodies() -> Iterator[bytes]:
    for update in UPDATES:
        for path in paths(update):
            for odd in (*ODD, ...):
                yield json.dumps(changed(update, path, odd)).encode()


def twilio_bodies() -> Iterator[bytes]:
    for name in SMS:
        for odd in ODD:
            text = odd if isinstance(odd, str) else json.dumps(odd)
            yield urlencode({**SMS, name: text}, errors="surrogatepass").encode()
        yield urlencode({key: value for key, value in SMS.items() if key != name}).encode()


async def take_in(events: list[Inbound | Receipt], serial: int) -> None:
    """Each under an id of its own, or nearly all would be repeats."""
    async with transaction() as session:
        for number, event in enumerate(events, start=serial):
            if isinstance(event, Inbound):
                await receive(session, replace(event, provider_id=f"{event.provider_id}.{number}"))
            else:
                await record_receipt(session, event)


@pytest.mark.parametrize("provider", ["twilio", "telegram"])
async def test_every_field_may_be_anything(provider: str) -> None:
    bodies = list(twilio_bodies() if provider == "twilio" else telegram_bodies())
    read = parse_twilio if provider == "twilio" else parse_telegram
    events: list[Inbound | Receipt] = []
    refused = 0
    for body in bodies:
        try:
            events += read(body)
        except ChannelError:
            refused += 1
    assert refused < len(bodies) / 5
    # Which of so many are stored is drawn; the same ones every time, and every kind among them.
    drawn = chance(SEED).sample(events, min(len(events), 600))
    for start in range(0, len(drawn), AT_ONCE):
        await take_in(drawn[start : start + AT_ONCE], start)
