"""Updates on their way to the bot: posted to its webhook, or held until it asks."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from bot.simulator.config import Retries
from bot.simulator.phones import Phone, ShownMessage
from bot.simulator.telegram.errors import other_poller, webhook_is_active
from bot.simulator.webhooks import Post, deliver
from bot.simulator.world import World

BY_DEFAULT_LEFT_OUT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CONNECTIONS = 40


@dataclass(slots=True)
class Update:
    """One update, and the bubble whose ticks depend on it."""

    id: int
    kind: str
    body: dict[str, Any]
    phone: Phone
    shown: ShownMessage | None = None

    def as_json(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body}


@dataclass(slots=True)
class Webhook:
    """Where updates go, as setWebhook said."""

    url: str
    secret: str | None = None
    max_connections: int = CONNECTIONS
    allowed: list[str] | None = None
    last_error_at: int | None = None
    last_error: str | None = None


class Updates:
    """The queue of one bot. `update_id` rises by one from a random start."""

    def __init__(self, world: World, webhook: Webhook | None) -> None:
        self._world = world
        self.webhook = webhook
        self.allowed: list[str] | None = webhook.allowed if webhook else None
        self._next_id = world.mint.number(100_000_000, 900_000_000)
        self._pending: OrderedDict[int, Update] = OrderedDict()
        self._running: set[str] = set()
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._arrived = asyncio.Event()
        self._poll = 0
        self._closed = False

    def __len__(self) -> int:
        return len(self._pending)

    def push(self, kind: str, body: dict[str, Any], phone: Phone, shown: ShownMessage | None = None) -> None:
        """Queue an update, unless the bot has not asked for its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in BY_DEFAULT_LEFT_OUT
        if not wanted:
            return
        update = Update(self._next_id, kind, body, phone, shown)
        self._next_id += 1
        self._pending[update.id] = update
        while len(self._pending) > self._world.config.max_updates:
            self._pending.popitem(last=False)
        self._arrived.set()
        self._kick(phone.key)

    def set_webhook(self, webhook: Webhook | None, *, drop_pending: bool = False) -> None:
        self.webhook = webhook
        if webhook is not None:
            self.allowed = webhook.allowed
            self._slots = asyncio.Semaphore(webhook.max_connections)
        if drop_pending:
            self._pending.clear()
        self._poll += 1  # ends a poll that is waiting
        self._arrived.set()
        for key in {update.phone.key for update in self._pending.values()}:
            self._kick(key)

    # To the webhook: the updates of one chat in order, many chats at once.

    def _kick(self, key: str) -> None:
        if self.webhook is not None and key not in self._running:
            self._running.add(key)
            self._world.begin(self._drain(key))

    def _first(self, key: str) -> Update | None:
        return next((update for update in self._pending.values() if update.phone.key == key), None)

    async def _drain(self, key: str) -> None:
        try:
            attempt = 0
            while (webhook := self.webhook) is not None and (update := self._first(key)) is not None:
                attempt += 1
                async with self._slots:
                    status = await self._post(webhook, update)
                retries = self._world.config.telegram_retries
                if 200 <= status < 300 or attempt >= retries.attempts:
                    self._taken(update, delivered=status < 300)
                    attempt = 0
                else:
                    self._note_error(webhook, status)
                    await asyncio.sleep(retries.pause(attempt))
        finally:
            self._running.discard(key)

    async def _post(self, webhook: Webhook, update: Update) -> int:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        content = json.dumps(update.as_json(), ensure_ascii=False).encode()
        post = Post("telegram", webhook.url, content, headers)
        return (await deliver(self._world, post, Retries(attempts=1), repeat_refused=True)).status

    def _note_error(self, webhook: Webhook, status: int) -> None:
        webhook.last_error_at = int(self._world.now().timestamp())
        webhook.last_error = f"Wrong response from the webhook: {status}" if status else "Connection refused"

    def _taken(self, update: Update, *, delivered: bool) -> None:
        self._pending.pop(update.id, None)
        if update.shown is not None:
            self._world.phones.mark(update.phone, update.shown, "read" if delivered else "failed")

    # Held until asked.

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Updates from `offset` on; a negative one counts from the end. Earlier ones are confirmed and go."""
        if self.webhook is not None:
            raise webhook_is_active()
        self._poll += 1
        poll = self._poll
        self._arrived.set()  # wakes an older poll, which then ends
        self._confirm(offset)
        try:
            async with asyncio.timeout(seconds):
                while not self._pending and poll == self._poll and not self._closed:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            pass
        if poll != self._poll:
            raise other_poller()
        return [update.as_json() for update in list(self._pending.values())[:limit]]

    def close(self) -> None:
        """From now on no poll waits: the process is about to stop."""
        self._closed = True
        self._arrived.set()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            kept = list(self._pending)[offset:]
            offset = kept[0] if kept else 0
        for update in [update for update in self._pending.values() if update.id < offset]:
            self._taken(update, delivered=True)

    def info(self) -> dict[str, Any]:
        """WebhookInfo."""
        webhook = self.webhook
        info: dict[str, Any] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._pending),
        }
        if webhook is not None:
            info["max_connections"] = webhook.max_connections
            info["ip_address"] = "127.0.0.1"
        if webhook is not None and webhook.last_error_at is not None:
            info["last_error_date"] = webhook.last_error_at
            info["last_error_message"] = webhook.last_error
        if self.allowed:
            info["allowed_updates"] = self.allowed
        return info
