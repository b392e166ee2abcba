"""The output of one process in a file that never grows beyond bounds."""

from __future__ import annotations

import contextlib
import logging
import re
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
KEPT = 3  # older files beside the current one
TAIL = 12  # lines shown when a process fails to start

# What structlog (console and JSON), the logging module and Rasa write for an error.
_ERROR = re.compile(r"\[(error|critical)\s*\]|\"level\": ?\"(error|critical)\"|^(\S+ )*(ERROR|CRITICAL)\b")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class _PatientFile(RotatingFileHandler):
    """A file on a disk that may be full: what cannot be written is lost, and the file says how much once it can be."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
        self.lost = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Not told on standard error, as logging would with every line: that may be on the same disk."""
        self.lost += 1
        self._drop_stream()

    def emit(self, record: logging.LogRecord) -> None:
        lost = self.lost
        if lost:
            record = logging.makeLogRecord({"msg": f"\n({lost} lines could not be written)\n{record.msg}"})
        super().emit(record)
        if lost and self.lost == lost:
            self.lost = 0

    def close(self) -> None:
        self._drop_stream()
        super().close()

    def _drop_stream(self) -> None:
        """Begin anew with the next line: what the stream still holds would be written in front of it, and once more."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


class LogFile:
    """Takes bytes as they come from a pipe and writes whole lines. Gives them whether or not they could be written."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.tail: deque[str] = deque(maxlen=TAIL)
        self._rest = b""
        self._file = _PatientFile(path)

    def write(self, data: bytes) -> list[str]:
        """Keep `data`; give the lines that are whole now."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > 65_536:  # a line without end is cut rather than kept in memory
            lines.append(self._rest)
            self._rest = b""
        return [self._keep(raw) for raw in lines]

    def close(self) -> None:
        if self._rest:
            self._keep(self._rest)
            self._rest = b""
        self._file.close()

    def _keep(self, raw: bytes) -> str:
        line = _COLOUR.sub("", raw.decode("utf-8", "replace")).rstrip()
        self._file.emit(logging.makeLogRecord({"msg": line}))
        if line:
            self.tail.append(line)
        return line


def is_error(line: str) -> bool:
    """Whether a line of a log reports an error."""
    return _ERROR.search(line) is not None
