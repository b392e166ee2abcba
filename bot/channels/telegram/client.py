"""The connection to Telegram: python-telegram-bot's `Bot`, with failures kept apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
from telegram import Bot
from telegram._utils.types import JSONDict
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.certificates import believed
from bot.channels.telegram.errors import BrokenAnswerError, TelegramRefusedError
from bot.channels.transport import (
    CONNECT_SECONDS,
    HOOKS,
    MAX_RETRY_AFTER,
    POOL_SECONDS,
    READ_SECONDS,
    WRITE_SECONDS,
    quieten_libraries,
    timeouts,
)
from bot.settings import Settings

WEBHOOK_PATH = "/channels/telegram"


class TelegramRequest(HTTPXRequest):
    """HTTPXRequest that keeps what delivery must know: the status, retry_after, and which httpx error it was.

    The original folds all of these into NetworkError, and logs whole answers that are no JSON.
    """

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One exchange; raises NetworkError with the httpx error as its cause, or TelegramRefusedError."""
        status, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if not 200 <= status <= 299:
            raise _refusal(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Decode an answer; raises BrokenAnswerError when it is none of the Bot API."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise BrokenAnswerError from None
        if not isinstance(answer, dict) or "result" not in answer:
            raise BrokenAnswerError
        return answer


class RawUpdatesBot(Bot):
    """`Bot` that can hand out updates unread, where `get_updates` fails for all when one cannot be read."""

    async def raw_updates(self, arguments: JSONDict, *, read_timeout: float) -> Any:
        """The result of `getUpdates` as it came; raises TelegramError."""
        return await self._post("getUpdates", arguments, read_timeout=read_timeout)


def _refusal(status: int, payload: bytes) -> TelegramRefusedError:
    try:
        answer = json.loads(payload)
        description = str(answer.get("description", ""))
        after = (answer.get("parameters") or {}).get("retry_after")
    except (ValueError, AttributeError):
        return TelegramRefusedError(status)
    seconds = min(float(after), MAX_RETRY_AFTER) if isinstance(after, int | float) else None
    return TelegramRefusedError(status, description, seconds)


@dataclass(frozen=True, slots=True)
class TelegramClient:
    """What sending and fetching need; made by `open_client`, closed by `aclose`."""

    bot: RawUpdatesBot
    http: httpx.AsyncClient  # for files
    requests: tuple[TelegramRequest, TelegramRequest]
    api_base_url: str
    named: str = ""  # the bot's username as our pages link to it; "" where they do not

    async def aclose(self) -> None:
        await self.http.aclose()
        for request in self.requests:
            await request.shutdown()


def open_client(settings: Settings, *, timeout: httpx.Timeout | None = None) -> TelegramClient:
    """A client of the configured bot; raises ValueError when Telegram is not configured.

    Must be made and used in one event loop.
    """
    if not settings.telegram_bot_token:
        raise ValueError("Telegram is not configured")
    quieten_libraries()
    base = settings.telegram_api_base_url.rstrip("/")
    # Polling holds its connection for half a minute; it has its own, so that it never starves the answers.
    sending, polling = _request(timeout, pool=64), _request(timeout, pool=2)
    bot = RawUpdatesBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=sending,
        get_updates_request=polling,
    )
    http = httpx.AsyncClient(timeout=timeout or timeouts(), follow_redirects=False, verify=believed())
    return TelegramClient(
        bot=bot,
        http=http,
        requests=(sending, polling),
        api_base_url=base,
        named=settings.shown_bot,
    )


def _request(timeout: httpx.Timeout | None, pool: int) -> TelegramRequest:
    chosen = timeout or httpx.Timeout(
        connect=CONNECT_SECONDS, read=READ_SECONDS, write=WRITE_SECONDS, pool=POOL_SECONDS
    )
    return TelegramRequest(
        connection_pool_size=pool,
        connect_timeout=chosen.connect,
        read_timeout=chosen.read,
        write_timeout=chosen.write,
        pool_timeout=chosen.pool,
        media_write_timeout=chosen.write,
        httpx_kwargs={"event_hooks": HOOKS, "verify": believed()},
    )
