"""The system that the settings name."""

from __future__ import annotations

from bot.settings import Settings, SettingsError
from bot.sync.map_file import SyncMapError
from bot.sync.open311.naming import read_naming as read_open311_naming
from bot.sync.open311.system import open_open311
from bot.sync.servicenow.naming import read_naming
from bot.sync.servicenow.system import open_servicenow, page_at
from bot.sync.system import System


def open_system(settings: Settings) -> System | None:
    """The city's own system, None where it has none. Raises `SyncMapError`, and `SettingsError` where the simulator plays it
    and did not say where. Close it with `aclose` in the same event loop.
    """
    if settings.servicenow_is_played:
        raise SettingsError(
            "SERVICENOW_URL: missing; `cityline up` plays an instance, and tells only the processes that it starts."
        )
    if settings.sync == "servicenow":
        return open_servicenow(settings)
    if settings.sync == "open311":
        return open_open311(settings)
    return None


def check_map(settings: Settings) -> None:
    """Read the city's map once, before anything starts. Raises `SettingsError` with what is wrong, a line for each mistake."""
    try:
        if settings.sync == "servicenow":
            read_naming(settings.sync_map_file)
        elif settings.sync == "open311":
            read_open311_naming(settings.sync_map_file)
    except SyncMapError as error:
        raise SettingsError(str(error)) from None


def page_of(settings: Settings, record_id: str) -> str:
    """Where their staff see a record; "" where nobody can."""
    if settings.sync == "servicenow" and settings.servicenow_url:
        return page_at(settings.servicenow_url, read_naming(settings.sync_map_file).table, record_id)
    return ""
