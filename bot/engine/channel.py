"""The engine's door: Rasa's `rest` channel that says when it failed.

Stock answers 200 and an empty list when no model is loaded and when a turn raised, and logs the resident's words. Here
an unloaded engine answers 503 and a failed turn 500, with nothing but the conversation's id in the log.
"""

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

log = logging.getLogger(__name__)


class TurnInput(RestInput):
    """`POST /webhooks/rest/webhook`, as stock, and `GET /webhooks/rest/` for readiness."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("turns", __name__)

        @door.route("/", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            return response.json({"ready": is_ready(request.app)}, 200 if is_ready(request.app) else 503)

        @door.route("/webhook", methods=["POST"])
        async def take(request: Request) -> HTTPResponse:
            if not is_ready(request.app):
                return response.json({"error": "no model is loaded"}, 503)
            body = request.json
            sender: str = body["sender"]
            collector = CollectingOutputChannel()
            message = UserMessage(
                body["message"],
                collector,
                sender,
                input_channel=body.get("input_channel") or self.name(),
                metadata=body.get("metadata"),
            )
            try:
                await on_new_message(message)
            except Exception as error:
                # The top of a web handler: the caller tries again. Where it happened, but not the error's message,
                # which may quote the resident.
                where = "".join(traceback.format_tb(error.__traceback__)[-4:])
                log.error("turn.failed sender=%s error=%s\n%s", sender, type(error).__name__, where)
                return response.json({"error": type(error).__name__}, 500)
            return response.json(collector.messages)

        return door


def is_ready(app: Any) -> bool:
    agent = getattr(app.ctx, "agent", None)
    return agent is not None and agent.is_ready()
