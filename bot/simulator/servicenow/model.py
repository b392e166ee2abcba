"""What tables a new instance has: their fields, the choices of their lists, the people who work there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

JOURNALS = frozenset({"comments", "work_notes"})
SYSTEM_FIELDS = (
    "sys_id",
    "sys_created_on",
    "sys_created_by",
    "sys_updated_on",
    "sys_updated_by",
    "sys_mod_count",
)
# Field → the table that its values are records of.
REFERENCES: Mapping[str, str] = {
    "assignment_group": "sys_user_group",
    "assigned_to": "sys_user",
    "parent": "task",
}
USERS: Mapping[str, str] = {"abel.tuter": "Abel Tuter", "beth.anglin": "Beth Anglin"}  # user name → name


@dataclass(frozen=True, slots=True)
class TableModel:
    """A table of work. `closed`: states in which a rule lets nothing be changed any more."""

    name: str
    prefix: str  # of its numbers
    fields: tuple[str, ...]
    states: Mapping[str, str]
    working: str  # the state of what somebody works on …
    awaiting: str  # … of what waits for who reported it …
    resolved: str  # … and of what is done
    closed: tuple[str, ...]  # the usual one first
    resolution: str  # the field of the code
    codes: Mapping[str, str]


TASK_FIELDS = (
    *("number", "short_description", "description", "state", "assignment_group", "assigned_to", "due_date"),
    *(
        "comments",
        "work_notes",
        "close_notes",
        "correlation_id",
        "correlation_display",
        "parent",
        "opened_at",
    ),
    *("location", "priority", "active"),
)

CASE = TableModel(
    "sn_customerservice_case",
    "CS",
    (
        "category",
        "subcategory",
        "resolution_code",
        "contact",
        "account",
        "u_address",
        "u_latitude",
        "u_longitude",
    ),
    {"1": "New", "10": "Open", "18": "Awaiting Info", "6": "Resolved", "3": "Closed"},
    working="10",
    awaiting="18",
    resolved="6",
    closed=("3",),
    resolution="resolution_code",
    codes={
        "1": "Solved - Fixed",
        "2": "Solved - Workaround",
        "3": "Not Solved",
        "4": "Duplicate",
        "5": "Not ours",
        "6": "Void/Cancelled",
    },
)
INCIDENT = TableModel(
    "incident",
    "INC",
    ("category", "subcategory", "close_code", "caller_id", "impact", "urgency"),
    {
        "1": "New",
        "2": "In Progress",
        "3": "On Hold",
        "6": "Resolved",
        "7": "Closed",
        "8": "Canceled",
    },
    working="2",
    awaiting="3",
    resolved="6",
    closed=("7", "8"),
    resolution="close_code",
    codes={
        "Solution provided": "Solution provided",
        "Duplicate": "Duplicate",
        "No resolution provided": "No resolution provided",
        "Resolved by request": "Resolved by request",
        "User error": "User error",
    },
)
TABLES = {model.name: model for model in (CASE, INCIDENT)}
