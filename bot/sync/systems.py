"""The system that the settings name."""

from __future__ import annotations

from bot.settings import Settings
from bot.sync.servicenow.system import open_servicenow
from bot.sync.system import System


def open_system(settings: Settings) -> System | None:
    """The city's own system, None where it has none. Raises `SyncMapError`. Close it with `aclose` in the same event loop."""
    if settings.sync == "servicenow":
        return open_servicenow(settings)
    return None
