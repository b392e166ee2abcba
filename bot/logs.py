"""Logging of every process: structured events with stable names, identifiers only, never what people wrote."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog

from bot.failures import frames_of, reason_of
from bot.settings import Settings

# Libraries that put whole URLs (with tokens) or arguments into their lines.
_CHATTY = ("httpx", "httpcore", "procrastinate", "telegram", "twilio", "sanic", "PIL", "urllib3", "asyncio")


def configure_logging(config: Settings, process: str) -> None:
    """Send everything to standard output, as text or JSON (`CITYLINE_LOG_FORMAT`), naming the process."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if config.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Procrastinate logs the whole traceback of every postponed job; `bot.worker.watch` says what is worth knowing of it.
    logging.getLogger("procrastinate.worker").setLevel(logging.ERROR)
    structlog.contextvars.bind_contextvars(process=process)
    _log_what_nobody_caught()


def log_unexpected(log: Any, event: str, error: BaseException, **identifiers: Any) -> None:
    """Log an exception that nobody expected: its type and where it came through, never its message or a value."""
    log.error(event, reason=reason_of(error), at=frames_of(error), **identifiers)


def _log_what_nobody_caught() -> None:
    """An exception that ends a thread or the process says the same as every other one, and no more."""
    log = structlog.get_logger("bot")

    def of_process(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log_unexpected(log, "process.crashed", error)

    def of_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
            log_unexpected(log, "thread.crashed", arguments.exc_value)

    sys.excepthook = of_process
    threading.excepthook = of_thread


def log_of_loop(loop: Any) -> None:
    """The same for tasks of an event loop that nobody awaited."""
    log = structlog.get_logger("bot")

    def of_task(_: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            log_unexpected(log, "task.crashed", error)
        else:
            log.warning("loop.complained", what=str(context.get("message", ""))[:80])

    loop.set_exception_handler(of_task)
