"""Where a resident reached us, as it is stored beside the contact and on each of our messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.messages import OurEnd


def as_json(end: OurEnd) -> dict[str, Any]:
    """Only what is set."""
    found = {"address": end.address, "service": end.service, "topic": end.topic}
    return {name: value for name, value in found.items() if value is not None}


def from_json(data: Mapping[str, Any] | None) -> OurEnd | None:
    """None where nothing is known: then the default of the settings holds."""
    if not data:
        return None
    return OurEnd(data.get("address"), data.get("service"), data.get("topic"))
