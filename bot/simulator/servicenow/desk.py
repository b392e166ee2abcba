"""The desk of a case worker: what the records of the instance show, and what may be done with one. No HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bot.simulator.servicenow.instance import Attachment, Instance, NoRecordError, user_id
from bot.simulator.servicenow.model import TABLES, USERS, TableModel
from bot.simulator.servicenow.query import Row

WORKER = "abel.tuter"  # who sits here
LONGEST = 4000  # characters
END_OF_DAY = " 23:59:00"
NAMES = {
    "state": "State",
    "assignment_group": "Group",
    "assigned_to": "Assigned to",
    "due_date": "Due",
    "resolution_code": "Resolution code",
    "close_code": "Resolution code",
    "close_notes": "Close notes",
}
CLOSED = (
    "{number} is closed, and closed records are read only. If the resident writes that it is not fixed, "
    "Cityline opens a new one that goes on from it."
)


class CannotDoError(ValueError):
    """It cannot be done; the message says why, kindly."""


class Work(BaseModel):
    """What the case worker changes in one go; what is None stays as it is."""

    model_config = ConfigDict(extra="forbid")

    state: str | None = None
    take: bool = False  # it is theirs from now on
    assignment_group: str | None = None
    due_date: date | None = None
    comments: Annotated[str, Field(max_length=LONGEST)] = ""
    work_notes: Annotated[str, Field(max_length=LONGEST)] = ""
    resolution: str | None = None
    close_notes: Annotated[str, Field(max_length=LONGEST)] | None = None


class Desk:
    """The records of an instance as its case worker sees them. `integration`: the user name of Cityline there."""

    def __init__(self, instance: Instance, integration: str) -> None:
        self.instance = instance
        self.integration = integration

    def cases(self) -> list[dict[str, Any]]:
        """All records, the newest first."""
        rows = [(table, row) for table, rows in self.instance.records.items() for row in rows.values()]
        rows.sort(key=lambda one: (one[1]["sys_created_on"], one[1]["number"]), reverse=True)
        return [self._line(table, row) for table, row in rows]

    def case(self, table: str, sys_id: str) -> dict[str, Any]:
        """One record with all that happened. Raises `NoRecordError`."""
        model, row = self._found(table, sys_id)
        return {
            **self._line(table, row),
            "description": row["description"],
            "read_only": CLOSED.format(number=row["number"]) if self.instance.is_closed(table, row) else "",
            "fields": [
                {"name": name, "value": self.instance.shown(table, name, value)}
                for name, value in row.items()
                if value and name in _SHOWN_FIELDS
            ],
            "due_date": row["due_date"][:10],
            "resolution": row[model.resolution],
            "close_notes": row["close_notes"],
            "activity": [
                entry
                for _, entry in sorted(
                    self._activity(table, row), key=lambda one: self.instance.order[one[0]]
                )
            ],
            "choices": self._choices(model),
        }

    def work(self, table: str, sys_id: str, work: Work) -> None:
        """Do it, as the form of the instance would. Raises `NoRecordError` and `CannotDoError`."""
        model, row = self._found(table, sys_id)
        self._check(model, row, work)
        values = {
            "state": work.state,
            "assigned_to": user_id(WORKER) if work.take else None,
            "assignment_group": work.assignment_group,
            "due_date": f"{work.due_date.isoformat()}{END_OF_DAY}" if work.due_date else None,
            model.resolution: work.resolution,
            "close_notes": None if work.close_notes is None else work.close_notes.strip(),
            "comments": work.comments.strip(),
            "work_notes": work.work_notes.strip(),
        }
        given = {name: value for name, value in values.items() if value is not None}
        self.instance.update(table, sys_id, given, WORKER)

    def attach(self, table: str, sys_id: str, name: str, content_type: str, content: bytes) -> Attachment:
        """Put a file at a record. Raises `NoRecordError` and `CannotDoError`."""
        _, row = self._found(table, sys_id)
        if self.instance.is_closed(table, row):
            raise CannotDoError(CLOSED.format(number=row["number"]))
        if not content:
            raise CannotDoError("That file is empty.")
        return self.instance.attach(table, sys_id, name, content_type, content, WORKER)

    def delete(self, table: str, sys_id: str) -> None:
        """Take a record away, as an administrator may, closed or not. Raises `NoRecordError`."""
        self._found(table, sys_id)
        self.instance.delete(table, sys_id, WORKER)

    def _check(self, model: TableModel, row: Row, work: Work) -> None:
        if self.instance.is_closed(model.name, row):
            raise CannotDoError(CLOSED.format(number=row["number"]))
        if work.state is not None and work.state not in model.states:
            raise CannotDoError("There is no such state.")
        if work.assignment_group and work.assignment_group not in self.instance.groups:
            raise CannotDoError("There is no such group.")
        if work.resolution and work.resolution not in model.codes:
            raise CannotDoError("There is no such resolution code.")
        if work.state == model.awaiting and not work.comments.strip():
            raise CannotDoError("Ask something: the resident reads what you write.")
        ends = work.state is not None and work.state in (model.resolved, *model.closed)
        code = row[model.resolution] if work.resolution is None else work.resolution
        notes = row["close_notes"] if work.close_notes is None else work.close_notes
        if ends and not (code and notes.strip()):
            raise CannotDoError(
                "Say how it ended: a resolution code, and close notes that the resident can read."
            )

    def _found(self, table: str, sys_id: str) -> tuple[TableModel, Row]:
        if table not in TABLES:
            raise NoRecordError
        return TABLES[table], self.instance.record(table, sys_id)

    def _line(self, table: str, row: Row) -> dict[str, Any]:
        model = TABLES[table]
        return {
            "table": table,
            "sys_id": row["sys_id"],
            "number": row["number"],
            "summary": row["short_description"],
            "state": row["state"],
            "state_name": model.states.get(row["state"], row["state"]),
            "phase": _phase(model, row["state"]),
            "group": self.instance.shown(table, "assignment_group", row["assignment_group"]),
            "assigned_to": self.instance.shown(table, "assigned_to", row["assigned_to"]),
            "opened_at": _iso(row["opened_at"]),
            "updated_at": _iso(row["sys_updated_on"]),
        }

    def _choices(self, model: TableModel) -> dict[str, Any]:
        return {
            "groups": self.instance.groups,
            "codes": [{"value": value, "label": label} for value, label in model.codes.items()],
            "working": model.working,
            "awaiting": model.awaiting,
            "resolved": model.resolved,
            "closed": model.closed[0],
        }

    def _activity(self, table: str, row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
        """What happened, in no order: the id of what was made or written, and how it is shown."""
        sys_id = row["sys_id"]
        yield sys_id, self._entry("made", row["sys_created_on"], row["sys_created_by"])
        for one in self.instance.journal:
            if (one["name"], one["element_id"]) == (table, sys_id):
                kind = "comment" if one["element"] == "comments" else "internal"
                entry = self._entry(kind, one["sys_created_on"], one["sys_created_by"], text=one["value"])
                yield one["sys_id"], entry
        for one in self.instance.audit:
            if one["documentkey"] == sys_id and one["fieldname"] in NAMES:
                yield (
                    one["sys_id"],
                    self._entry("change", one["sys_created_on"], one["user"], **self._change(one)),
                )
        for kept in self.instance.files(table, sys_id):
            file = {
                "file": kept.sys_id,
                "name": kept.file_name,
                "size": len(kept.content),
                "picture": kept.content_type.startswith("image/"),
            }
            yield kept.sys_id, self._entry("file", kept.created_on, kept.created_by, **file)

    def _change(self, audited: Row) -> dict[str, str]:
        table, name = audited["tablename"], audited["fieldname"]
        before, after = (
            self.instance.shown(table, name, audited[side]).removesuffix(END_OF_DAY)
            for side in ("oldvalue", "newvalue")
        )
        return {"field": NAMES[name], "before": before, "after": after}

    def _entry(self, kind: str, at: str, user: str, **more: Any) -> dict[str, Any]:
        cityline = user == self.integration
        who = "Cityline" if cityline else USERS.get(user, user)
        return {"kind": kind, "at": _iso(at), "who": who, "cityline": cityline, **more}


_SHOWN_FIELDS = frozenset(
    {
        *("correlation_id", "category", "subcategory", "priority", "u_address", "u_latitude", "u_longitude"),
        *("assigned_to", "resolution_code", "close_code", "close_notes"),
    }
)


def _phase(model: TableModel, state: str) -> str:
    """Where a state stands in the work, whatever it is called: new, working, awaiting, resolved or closed."""
    if state in model.closed:
        return "closed"
    phases = {model.working: "working", model.awaiting: "awaiting", model.resolved: "resolved"}
    return phases.get(state, "new")


def _iso(at: str) -> str:
    """A time of the instance, which is UTC, as browsers read it."""
    return f"{at.replace(' ', 'T')}Z"
