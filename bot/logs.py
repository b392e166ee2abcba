"""Logging of every process: structured events with stable names, identifiers only, never what people wrote."""

from __future__ import annotations

import logging
import sys

import structlog

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
    # Procrastinate logs the traceback of every postponed job; the job's own events say it in one line.
    logging.getLogger("procrastinate.worker").setLevel(logging.ERROR)
    structlog.contextvars.bind_contextvars(process=process)
