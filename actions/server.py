"""The action server: rasa-sdk's own, with catalogue and places loaded before it answers."""

from __future__ import annotations

import logging
import traceback
import warnings
from typing import Any

import structlog
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.answer import ActionAnswer
from actions.filing import ActionFileRequest
from actions.request_form import ValidateRequestForm
from bot.city.current import catalogue, city, gazetteer
from bot.db.session import dispose

log = structlog.get_logger(__name__)

DEFAULT_PORT = 8316


class Executor(ActionExecutor):  # type: ignore[misc]  # rasa-sdk has no types
    """rasa-sdk wants the domain with the first call; no action of ours reads it, and the engine leaves it out."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return {}

    async def run(self, action_call: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """As rasa-sdk's, but an error leaves without its message: a database's may quote the resident."""
        try:
            return await super().run(action_call, *args, **kwargs)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)[-3:]
            log.error(
                "action.failed",
                action=action_call.get("next_action"),
                error=type(error).__name__,
                at=[f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames],
            )
            raise ActionFailedError(type(error).__name__) from None


class ActionFailedError(RuntimeError):
    """An action raised; the message names the error's kind and nothing of the resident."""


def run(host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
    """Serve the actions until the process is stopped. Ready when `GET /health` answers 200."""
    # The engine is Rasa 3.6, the last open one; the wire is the same, checked by tests/dialogues.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk might not be compatible")
    executor = Executor()
    for action in (ValidateRequestForm, ActionFileRequest, ActionAnswer):
        executor.register_action(action)
    catalogue(), city(), gazetteer()
    app = create_app(executor, cors_origins=None)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)

    async def ready(*_: object) -> None:
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
