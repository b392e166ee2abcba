"""A line of the log as a collector reads it: one JSON object, its time in UTC, whatever is in its values."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from bot.settings import ROOT

ODD = 'one\n{"event": "login.refused", "level": "info"}\r\n\x1b[31m"'
CODE = f"""
import structlog
from bot.logs import configure_logging
from bot.settings import load_settings
configure_logging(load_settings(log_format="json"), "web")
structlog.get_logger().info("web.request", route={ODD!r})
"""


def test_a_line_of_the_log_is_json_with_its_time_in_utc() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["process"], told["route"]) == (
        "web.request",
        "info",
        "web",
        ODD,
    )
    moment = datetime.fromisoformat(told["timestamp"])
    assert moment.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
