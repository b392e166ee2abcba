"""The part `open311` of a city's `sync.yml`: how ours is called there, and what of the protocol they have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import field_validator

from bot.cases.status import Resolution, Status
from bot.sync.map_file import Part, read_part

# How an end or a state is called by `external_status_code` of a Cityline, and by many others.
CODES: Mapping[str, str] = {
    **{status.value: status.value for status in Status},
    **{resolution.value: resolution.value for resolution in Resolution},
}


class Naming(Part):
    """What of it is left out is as the protocol has it."""

    services: Mapping[str, str] = {}  # code of ours → theirs; others have the same code
    attributes: bool = False  # their services ask our questions, by our codes
    updates: bool = False  # they have `servicerequestupdates`
    updated_after: bool = True  # `requests` can be narrowed by it
    closed_is: Status = Status.RESOLVED  # what "closed" means where they say no more
    codes: Mapping[str, str] = {}  # their external_status_code → a status or resolution of ours
    media_hosts: tuple[str, ...] = ()  # where their pictures may be besides at the endpoint itself
    nearby: int = 25  # metres in which a request of ours is known again, where its answer was lost

    @field_validator("closed_is")
    @classmethod
    def _is_an_end(cls, value: Status) -> Status:
        if value not in (Status.RESOLVED, Status.CLOSED):
            raise ValueError("should be resolved or closed")
        return value

    @field_validator("codes")
    @classmethod
    def _are_ours(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        strange = sorted(set(value.values()) - set(CODES))
        if strange:
            raise ValueError(f"{', '.join(strange)}: no status and no resolution of ours")
        return value

    def meaning_of(self, code: str) -> str:
        """A status or resolution of ours; "" for a code that nobody named."""
        return self.codes.get(code) or CODES.get(code, "")


@lru_cache(maxsize=4)
def read_naming(path: Path) -> Naming:
    """Raises `SyncMapError`."""
    return read_part(path, "open311", Naming)
