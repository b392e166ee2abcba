"""Message and Media as Twilio keeps and shows them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from bot.simulator.twilio.segments import count_segments

API = "/2010-04-01"


@dataclass(frozen=True, slots=True)
class Media:
    """One file of an MMS; `key` finds its bytes."""

    sid: str
    key: str
    content_type: str
    created: datetime


@dataclass(slots=True)
class Message:
    """One SMS or MMS in either direction."""

    sid: str
    direction: str  # inbound, outbound-api, outbound-reply
    from_: str
    to: str
    body: str
    status: str
    created: datetime
    updated: datetime
    sent: datetime | None = None
    service_sid: str | None = None
    num_media: int = 0
    error_code: int | None = None
    error_message: str | None = None
    media: list[Media] = field(default_factory=list)

    def as_json(self, account: str) -> dict[str, Any]:
        uri = f"{API}/Accounts/{account}/Messages/{self.sid}"
        done = self.status in ("sent", "delivered", "undelivered", "received")
        return {
            "body": self.body,
            "num_segments": str(count_segments(self.body)),
            "direction": self.direction,
            "from": self.from_,
            "date_updated": rfc2822(self.updated),
            "price": "-0.00790" if done else None,
            "error_message": self.error_message,
            "uri": f"{uri}.json",
            "account_sid": account,
            "num_media": str(self.num_media),
            "to": self.to,
            "date_created": rfc2822(self.created),
            "status": self.status,
            "sid": self.sid,
            "date_sent": rfc2822(self.sent) if self.sent else None,
            "messaging_service_sid": self.service_sid,
            "error_code": self.error_code,
            "price_unit": "USD",
            "api_version": API[1:],
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }


def media_json(account: str, message: Message, media: Media) -> dict[str, Any]:
    stamp = rfc2822(media.created)
    return {
        "sid": media.sid,
        "account_sid": account,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": stamp,
        "date_updated": stamp,
        "uri": f"{API}/Accounts/{account}/Messages/{message.sid}/Media/{media.sid}.json",
    }


def account_json(account: str, created: datetime) -> dict[str, Any]:
    uri = f"{API}/Accounts/{account}"
    stamp = rfc2822(created)
    return {
        "sid": account,
        "owner_account_sid": account,
        "friendly_name": "Cityline simulator",
        "status": "active",
        "type": "Full",
        "auth_token": None,  # shown by the real one; nobody here needs to read it
        "date_created": stamp,
        "date_updated": stamp,
        "uri": f"{uri}.json",
        "subresource_uris": {"messages": f"{uri}/Messages.json"},
    }


def rfc2822(moment: datetime) -> str:
    """As `Thu, 24 Aug 2023 05:01:45 +0000`."""
    return format_datetime(moment)


class Messages:
    """All messages of the account, newest last; the oldest go when there are too many."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, Message] = OrderedDict()

    def add(self, message: Message) -> Message:
        self._kept[message.sid] = message
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return message

    def get(self, sid: str) -> Message | None:
        return self._kept.get(sid)

    def drop(self, sid: str) -> Message | None:
        return self._kept.pop(sid, None)

    def newest_first(self) -> list[Message]:
        return list(reversed(self._kept.values()))

    def __len__(self) -> int:
        return len(self._kept)
