"""The Bot API's refusals, worded as the real one words them: clients match on the words."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse


class BotApiError(Exception):
    """A refusal with its HTTP status and, for 429, the pause to keep."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    def response(self) -> Response:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return JSONResponse(body, self.status)


def bad_request(reason: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {reason}")


def unauthorized() -> BotApiError:
    return BotApiError(401, "Unauthorized")


def blocked() -> BotApiError:
    return BotApiError(403, "Forbidden: bot was blocked by the user")


def cannot_initiate() -> BotApiError:
    return BotApiError(403, "Forbidden: bot can't initiate conversation with a user")


def no_such_method() -> BotApiError:
    return BotApiError(404, "Not Found: method not found")


def webhook_is_active() -> BotApiError:
    return BotApiError(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )


def other_poller() -> BotApiError:
    return BotApiError(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


def too_many(retry_after: int) -> BotApiError:
    return BotApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def internal() -> BotApiError:
    return BotApiError(500, "Internal Server Error")
