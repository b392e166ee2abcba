"""The city's `sync.yml`: how ours is called in its ServiceNow. Read once, every mistake a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator, model_validator

from bot.cases.status import FINISHED, Resolution, Status
from bot.sync.map_file import Part, read_part


class Fields(Part):
    """Our fact → their field. "": it is not told there."""

    reference: str = "correlation_id"  # by which a record of ours is found again
    source: str = "correlation_display"  # gets "Cityline"
    summary: str = "short_description"
    description: str = "description"
    state: str = "state"
    resolution: str = ""
    closing_words: str = "close_notes"
    department: str = "assignment_group"
    person: str = "assigned_to"
    due: str = "due_date"
    parent: str = "parent"
    public: str = "comments"
    internal: str = "work_notes"
    service: str = ""
    address: str = ""
    lat: str = ""
    lon: str = ""
    neighborhood: str = ""
    channel: str = ""
    language: str = ""


class StateName(Part):
    theirs: str
    ours: Status

    @field_validator("theirs", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class ResolutionName(Part):
    theirs: str
    ours: Resolution


class Naming(Part):
    """A whole `sync.yml` of ServiceNow. Of several names for one of ours the first is written; all are understood."""

    table: str
    case_api: bool = False  # cases through /api/sn_customerservice/case instead of the Table API
    fields: Fields = Fields()
    states: tuple[StateName, ...] = Field(min_length=1)
    closed: tuple[str, ...] = ()  # their states in which a record takes no change any more
    resolutions: tuple[ResolutionName, ...] = ()
    departments: Mapping[str, str] = {}  # ours → name of their group
    services: Mapping[str, str] = {}  # code of ours → their value; others are told by our code
    closing_words_are_public: bool = True

    @field_validator("closed", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> Any:
        return [str(one) for one in value] if isinstance(value, list) else value

    @model_validator(mode="after")
    def _is_whole(self) -> Naming:
        named = {one.ours for one in self.states}
        missing = sorted(set(Status) - named)
        if missing:
            raise ValueError(f"states: none of theirs is named for {', '.join(missing)}")
        for must in ("reference", "summary", "description", "state"):
            if not getattr(self.fields, must):
                raise ValueError(f"fields.{must}: a record cannot do without it")
        return self

    def state_of(self, status: Status) -> str:
        return next(one.theirs for one in self.states if one.ours is status)

    def status_of(self, state: str) -> Status | None:
        return next((one.ours for one in self.states if one.theirs == state), None)

    def code_of(self, resolution: Resolution | None) -> str:
        return next((one.theirs for one in self.resolutions if one.ours is resolution), "")

    def resolution_of(self, code: str) -> Resolution | None:
        return next((one.ours for one in self.resolutions if one.theirs == code), None)

    def group_of(self, department: str) -> str:
        return self.departments.get(department, "")

    def department_of(self, group: str) -> str | None:
        return next((ours for ours, theirs in self.departments.items() if theirs == group), None)

    def is_finished(self, state: str) -> bool:
        return self.status_of(state) in FINISHED


@lru_cache(maxsize=4)
def read_naming(path: Path) -> Naming:
    """Raises `SyncMapError`."""
    return read_part(path, "servicenow", Naming)
