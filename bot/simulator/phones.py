"""Phones and what they show: the residents' side of every conversation."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.simulator.hub import Hub


class Kind(StrEnum):
    """Which app the phone has open."""

    SMS = "sms"
    TELEGRAM = "telegram"


class Party(StrEnum):
    """Who wrote a message on a phone."""

    RESIDENT = "resident"
    CITY = "city"
    NETWORK = "network"  # the provider itself, e.g. Twilio's answer to STOP


@dataclass(slots=True)
class ShownMedia:
    """A picture or file in a bubble. `url` is None when it could not be fetched; `problem` says why."""

    kind: str  # photo, document, sticker, voice, video, …
    url: str | None = None
    content_type: str | None = None
    size: int = 0
    name: str | None = None
    source: str | None = None  # the address the city gave for it
    problem: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "url": self.url,
            "content_type": self.content_type,
            "size": self.size,
            "name": self.name,
            "source": self.source,
            "ok": self.problem is None,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class ShownPin:
    """A position, degrees WGS 84, with a venue's name and address if it has them."""

    lat: float
    lon: float
    name: str | None = None
    address: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"lat": self.lat, "lon": self.lon, "name": self.name, "address": self.address}


@dataclass(frozen=True, slots=True)
class Mark:
    """A state a message reached, and when."""

    state: str
    at: datetime
    detail: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"state": self.state, "at": self.at.isoformat(), "detail": self.detail}


@dataclass(slots=True)
class ShownMessage:
    """One bubble. `id` is the provider's; `seq` counts on one phone from 1."""

    seq: int
    id: str
    party: Party
    at: datetime
    text: str = ""
    media: list[ShownMedia] = field(default_factory=list)
    pin: ShownPin | None = None
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    album: str | None = None
    edited: bool = False
    group: bool = False
    note: str | None = None  # what is not a message: "pressed a button", "blocked the bot", …
    marks: list[Mark] = field(default_factory=list)

    @property
    def state(self) -> str | None:
        return self.marks[-1].state if self.marks else None

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "id": self.id,
            "from": self.party.value,
            "at": self.at.isoformat(),
            "text": self.text,
            "media": [media.as_json() for media in self.media],
            "pin": self.pin.as_json() if self.pin else None,
            "buttons": self.buttons,
            "album": self.album,
            "edited": self.edited,
            "group": self.group,
            "note": self.note,
            "state": self.state,
            "receipts": [mark.as_json() for mark in self.marks],
        }


@dataclass(slots=True)
class Phone:
    """One resident's phone on one channel. `address` is an E.164 number or a Telegram chat id."""

    kind: Kind
    address: str
    messages: deque[ShownMessage]
    name: str = "Alex"
    language: str = "en"
    unreachable: bool = False  # SMS: out of reach; Telegram: blocked the bot
    opted_out: bool = False  # SMS: sent STOP
    keyboard: dict[str, Any] | None = None  # Telegram: {rows: [[key]], one_time} below the text field
    started: bool = False  # Telegram: a bot may only write to who has written first
    group_id: int | None = None  # Telegram: the group this resident put the bot into
    seq: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.address}"

    def find(self, message_id: str) -> ShownMessage | None:
        return next((shown for shown in reversed(self.messages) if shown.id == message_id), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "channel": self.kind.value,
            "address": self.address,
            "name": self.name,
            "language": self.language,
            "unreachable": self.unreachable,
            "opted_out": self.opted_out,
            "keyboard": self.keyboard,
            "seq": self.seq,
        }


class PhoneBook:
    """All phones; the one longest unused goes when there are too many."""

    def __init__(self, hub: Hub, clock: Callable[[], datetime], max_phones: int, max_messages: int) -> None:
        self._hub = hub
        self._clock = clock
        self._max_phones = max_phones
        self._max_messages = max_messages
        self._phones: OrderedDict[str, Phone] = OrderedDict()

    def get(self, kind: Kind, address: str) -> Phone | None:
        phone = self._phones.get(f"{kind}:{address}")
        if phone is not None:
            self._phones.move_to_end(phone.key)
        return phone

    def ensure(self, kind: Kind, address: str) -> Phone:
        """The phone with that number, switched on if it was not."""
        phone = self.get(kind, address)
        if phone is None:
            phone = Phone(kind, address, deque(maxlen=self._max_messages))
            self._phones[phone.key] = phone
            while len(self._phones) > self._max_phones:
                self._phones.popitem(last=False)
        return phone

    def all(self) -> list[Phone]:
        return list(self._phones.values())

    def show(self, phone: Phone, message_id: str, party: Party, **what: Any) -> ShownMessage:
        """Put a bubble on the phone and tell its watchers."""
        phone.seq += 1
        shown = ShownMessage(phone.seq, message_id, party, self._clock(), **what)
        phone.messages.append(shown)
        self.changed(phone, shown)
        return shown

    def mark(self, phone: Phone, shown: ShownMessage, state: str, detail: str | None = None) -> None:
        """Note that a message reached a state."""
        shown.marks.append(Mark(state, self._clock(), detail))
        self.changed(phone, shown)

    def changed(self, phone: Phone, shown: ShownMessage) -> None:
        self._hub.publish(phone.key, {"type": "message", "phone": phone.key, "message": shown.as_json()})

    def phone_changed(self, phone: Phone) -> None:
        self._hub.publish(phone.key, {"type": "phone", "phone": phone.key, "state": phone.as_json()})

    def signal(self, phone: Phone, kind: str, **what: Any) -> None:
        """Something that leaves no bubble: typing, a toast."""
        self._hub.publish(phone.key, {"type": kind, "phone": phone.key, **what})

    def __len__(self) -> int:
        return len(self._phones)
