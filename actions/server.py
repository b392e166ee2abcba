"""The action server: rasa-sdk's own, with catalogue and places loaded before it answers."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import structlog
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from actions.answer import ActionAnswer
from actions.filing import ActionFileRequest
from actions.request_form import ValidateRequestForm
from bot.city.current import catalogue, city, gazetteer
from bot.db.session import dispose
from bot.editing.follow import keep_following, look
from bot.failures import FailureKind, kind_of, reason_of
from bot.logs import log_unexpected

log = structlog.get_logger(__name__)

DEFAULT_PORT = 8316


class Executor(ActionExecutor):  # type: ignore[misc]  # rasa-sdk has no types
    """rasa-sdk wants the domain with the first call; no action of ours reads it, and the engine leaves it out."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return {}

    async def run(self, action_call: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """As rasa-sdk's, but a failure says its kind to the engine, and leaves without its message."""
        try:
            return await super().run(action_call, *args, **kwargs)
        except (ActionExecutionRejection, ActionNotFoundException):
            raise
        except Exception as error:
            failure = ActionFailedError(kind_of(error), reason_of(error))
            log_unexpected(
                log, "action.failed", error, action=action_call.get("next_action"), failure=failure.kind
            )
            raise failure from None


class ActionFailedError(RuntimeError):
    """An action raised. `reason`: type and place of the exception, nothing of the resident."""

    def __init__(self, kind: FailureKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def failed(_: Request, error: ActionFailedError) -> HTTPResponse:
    """What the engine is told: see bot/engine/failures.py."""
    status = 500 if error.kind is FailureKind.DETERMINISTIC else 503
    return response.json({"failure": str(error.kind), "reason": error.reason}, status=status)


def run(host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
    """Serve the actions until the process is stopped. Ready when `GET /health` answers 200."""
    # The engine is Rasa 3.6, the last open one; the wire is the same, checked by tests/dialogues.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk might not be compatible")
    executor = Executor()
    for action in (ValidateRequestForm, ActionFileRequest, ActionAnswer):
        executor.register_action(action)
    catalogue(), city(), gazetteer()
    app = create_app(executor, cors_origins=None)
    app.error_handler.add(ActionFailedError, failed)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)

    async def ready(served: Sanic[Any, Any], *_: object) -> None:
        await look()
        served.add_task(keep_following())
        log.info("actions.ready", port=port)

    async def close(*_: object) -> None:
        await dispose()

    app.register_listener(ready, "after_server_start")
    app.register_listener(close, "after_server_stop")
    # One process: a conversation's turns come one after the other, and two would load the city twice.
    app.run(host=host, port=port, single_process=True, access_log=False, motd=False)


def main() -> None:
    """`python -m actions.server [port]`."""
    import sys

    run(port=int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PORT)


if __name__ == "__main__":
    main()
