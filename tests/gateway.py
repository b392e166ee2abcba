"""The webhooks as providers post them: signed, into the real application on the real database; the engine is scripted."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator

from bot.channels.messages import Channel, FetchedMedia, MediaRef
from bot.channels.provider import Provider
from bot.channels.twilio.verify import FormFields, read_form
from bot.conversation.outbox import Reply
from bot.conversation.photos import bring_in
from bot.conversation.states import OutboundState
from bot.conversation.turns import NotReady, OpenTurn, Paused, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message
from bot.photos.store import PhotoStore
from bot.settings import settings
from bot.web.app import create_app

TOKEN = "f" * 32
SECRET = "a-secret-of-thirty-two-characters"
BASE = "http://127.0.0.1:8311"
OURS = "+13105550100"
RESIDENT = "+13105550123"
CHAT = 700
SENT = 1_795_000_000

Engine = Callable[[OpenTurn], list[Reply]]


@contextmanager
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both channels have credentials of a test."""
    for name, value in {
        "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM": OURS,
        "TELEGRAM_BOT_TOKEN": "123456:AAE-not-a-real-token",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "PUBLIC_URL": BASE,
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        yield
    finally:
        settings.cache_clear()


@dataclass
class Gateway:
    """Posts what a resident does, and takes the turns it makes."""

    client: httpx.AsyncClient
    engine: Engine = lambda turn: []
    turns: list[OpenTurn] = field(default_factory=list)  # what the engine was asked
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    files: dict[str, FetchedMedia] = field(default_factory=dict)  # of messages, by their address
    store: PhotoStore = field(default_factory=lambda: PhotoStore("memory://gateway"))
    channel = Channel.SMS  # from which files are fetched

    async def sms(self, text: str = "", **fields: str) -> int:
        """A text by Twilio; gives the status. Takes the turns it makes."""
        serial = next(self.numbers)
        form = {"MessageSid": f"SM{serial:032x}", "From": RESIDENT, "To": OURS, "Body": text, "NumMedia": "0"}
        return await self.sms_raw(urlencode(form | fields, errors="surrogatepass").encode())

    async def mms(self, text: str, *files: tuple[str, bytes], **fields: str) -> int:
        """A text with files of such types, which are brought in before it is answered."""
        form = {"NumMedia": str(len(files))}
        for index, (content_type, content) in enumerate(files):
            url = f"https://api.twilio.com/{next(self.numbers)}"
            self.files[url] = FetchedMedia(content, content_type)
            form |= {f"MediaUrl{index}": url, f"MediaContentType{index}": content_type}
        return await self.sms(text, **form | fields)

    async def fetch(self, ref: MediaRef) -> FetchedMedia:
        """As a provider gives a file."""
        return self.files[ref.provider_ref]

    async def _bring_in(self) -> None:
        async with transaction() as session:
            rows = await session.execute(select(Media.id, Media.provider_ref).where(Media.state == "waiting"))
            waiting = [media_id for media_id, ref in rows if ref in self.files]
        for media_id in waiting:
            await bring_in(cast(Provider, self), self.store, media_id)

    async def sms_raw(self, raw: bytes) -> int:
        """A body of Twilio's, signed; gives the status. Takes the turns it makes."""
        status = await self.post_sms_raw(raw)
        await self.take_turns()
        return status

    async def post_sms(self, text: str, **fields: str) -> int:
        """A text by Twilio, stored and not answered yet."""
        serial = next(self.numbers)
        form = {"MessageSid": f"SM{serial:032x}", "From": RESIDENT, "To": OURS, "Body": text, "NumMedia": "0"}
        return await self.post_sms_raw(urlencode(form | fields, errors="surrogatepass").encode())

    async def post_sms_raw(self, raw: bytes) -> int:
        """The same of a body of Twilio's."""
        url = f"{BASE}/channels/sms"
        form: FormFields = read_form(raw)
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
        answer = await self.client.post("/channels/sms", content=raw, headers=headers)
        return answer.status_code

    async def telegram(self, **update: Any) -> int:
        """An update of Telegram's; gives the status. Takes the turns it makes."""
        status = await self.post_telegram(**update)
        await self.take_turns()
        return status

    async def post_telegram(self, **update: Any) -> int:
        """The same, and nothing more: what comes next may belong to it."""
        body = json.dumps({"update_id": next(self.numbers), **update}).encode()
        headers = {"x-telegram-bot-api-secret-token": SECRET, "content-type": "application/json"}
        answer = await self.client.post("/channels/telegram", content=body, headers=headers)
        return answer.status_code

    async def say(self, text: str, **more: Any) -> int:
        """A message on Telegram; gives its id."""
        number = next(self.numbers)
        assert await self.telegram(message=message(number, text=text, **more)) == 200
        return number

    async def take_turns(self) -> None:
        """Take what waits, with the scripted engine; our answers count as sent at once."""
        await self._bring_in()
        async with transaction() as session:
            conversations = list(await session.scalars(select(Conversation.id)))
        for conversation_id in conversations:
            while True:
                async with transaction() as session:
                    turn = await open_turn(session, conversation_id)
                if not isinstance(turn, OpenTurn):
                    assert not isinstance(turn, Paused)
                    break
                self.turns.append(turn)
                async with transaction() as session:
                    await finish_turn(session, turn, self.engine(turn))
        await _hand_over()

    async def waits(self) -> bool:
        """Whether the next turn is not ready yet."""
        async with transaction() as session:
            (conversation_id,) = await session.scalars(select(Conversation.id))
            return isinstance(await open_turn(session, conversation_id), NotReady)


async def _hand_over() -> None:
    async with transaction() as session:
        queued = await session.scalars(select(Message).where(Message.state == OutboundState.QUEUED))
        for row in queued:
            row.state = OutboundState.SENT
            row.provider_id = f"{CHAT}:{1_000_000 + row.id}"
            row.payload = {**row.payload, "provider_ids": [row.provider_id]}


def message(number: int, **content: Any) -> dict[str, Any]:
    """A message of a private chat as Telegram sends it."""
    person = {"id": CHAT, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    chat = {"id": CHAT, "first_name": "Ana", "type": "private"}
    return {"message_id": number, "from": person, "chat": chat, "date": SENT, **content}


async def said() -> list[str]:
    """All our texts, oldest first."""
    async with transaction() as session:
        query = select(Message.body).where(Message.direction == "out").order_by(Message.id)
        return list(await session.scalars(query))


async def heard() -> list[Message]:
    """All messages that came in, oldest first."""
    async with transaction() as session:
        return list(
            await session.scalars(select(Message).where(Message.direction == "in").order_by(Message.id))
        )


async def forget_time() -> None:
    """As if everything so far had been said two hours ago."""
    from datetime import UTC, datetime, timedelta

    async with transaction() as session:
        await session.execute(update(Message).values(created_at=datetime.now(UTC) - timedelta(hours=2)))


def open_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(), raise_app_exceptions=True), base_url=BASE
    )
