"""The engine's only door: Rasa's `rest` channel that asks who is there and says when it failed.

Stock answers 200 and an empty list when no model is loaded and when a turn raised, and logs the resident's words. Here
an unloaded engine answers 503, a failed turn 500 or 503 with `{"failure": …, "reason": …}` (`bot/engine/failures.py`), a
missing or wrong token 401. Nothing of a resident is in an answer that failed or in the log.
"""

from __future__ import annotations

import hmac
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.engine.failures import STATUS, TRANSIENT, failure_of

log = logging.getLogger(__name__)


class TurnInput(RestInput):
    """`POST /webhooks/rest/webhook`, as stock, and `GET /webhooks/rest/` for readiness.

    With a token, turns are taken from those only who send `Authorization: Bearer <token>`.
    """

    def __init__(self, token: str | None = None) -> None:
        super().__init__()
        self._expected = f"Bearer {token}".encode() if token else None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("turns", __name__)

        @door.route("/", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            return response.json({"ready": is_ready(request.app)}, 200 if is_ready(request.app) else 503)

        @door.route("/webhook", methods=["POST"])
        async def take(request: Request) -> HTTPResponse:
            if not self._is_known(request):
                return response.json(
                    {"failure": "misconfigured", "reason": "the engine's token is wrong"}, 401
                )
            if not is_ready(request.app):
                return response.json({"failure": TRANSIENT, "reason": "no model is loaded"}, 503)
            message = message_of(request.json, self.name())
            if message is None:
                return response.json({"failure": "misconfigured", "reason": "that is no turn"}, 400)
            try:
                await on_new_message(message)
            except Exception as error:
                return _failed(message.sender_id, error)
            return response.json(message.output_channel.messages)

        return door

    def _is_known(self, request: Request) -> bool:
        if self._expected is None:
            return True
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._expected)


def message_of(body: Any, channel: str) -> UserMessage | None:
    """The turn that was posted; None for anything else."""
    if not isinstance(body, dict):
        return None
    sender, words, metadata = body.get("sender"), body.get("message"), body.get("metadata")
    if not (isinstance(sender, str) and sender and isinstance(words, str)):
        return None
    if not (metadata is None or isinstance(metadata, dict)):
        return None
    return UserMessage(
        words,
        CollectingOutputChannel(),
        sender,
        input_channel=body.get("input_channel") or channel,
        metadata=metadata,
    )


def _failed(sender: str, error: Exception) -> HTTPResponse:
    """The top of a web handler: the caller tries again, or sets the turn aside."""
    failure = failure_of(error)
    where = "".join(
        f"  {frame.filename}:{frame.lineno} in {frame.name}\n"
        for frame in traceback.extract_tb(error.__traceback__)[-6:]
    )
    log.error("turn.failed sender=%s failure=%s reason=%s\n%s", sender, failure.kind, failure.reason, where)
    return response.json({"failure": failure.kind, "reason": failure.reason}, STATUS[failure.kind])


def is_ready(app: Any) -> bool:
    agent = getattr(app.ctx, "agent", None)
    return agent is not None and agent.is_ready()
