"""The records of the instance: made, changed and read as its rules allow, in memory. No HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.simulator.servicenow.model import JOURNALS, SYSTEM_FIELDS, TABLES, TASK_FIELDS, TableModel
from bot.simulator.servicenow.query import Row, select

ABORTED = "Error during insert or update: aborted by Business Rule 'Closed records are read only'"


class AbortedError(Exception):
    """A business rule does not let it be changed."""


class NoRecordError(LookupError):
    """There is no such record."""


@dataclass(slots=True)
class Attachment:
    """A file at a record."""

    sys_id: str
    table: str
    table_sys_id: str
    file_name: str
    content_type: str
    content: bytes
    created_on: str
    created_by: str

    def row(self) -> dict[str, str]:
        return {
            "sys_id": self.sys_id,
            "table_name": self.table,
            "table_sys_id": self.table_sys_id,
            "file_name": self.file_name,
            "content_type": self.content_type,
            "size_bytes": str(len(self.content)),
            "sys_created_on": self.created_on,
            "sys_created_by": self.created_by,
        }


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Instance:
    """All that one instance holds."""

    groups: list[str] = field(default_factory=list)
    clock: Callable[[], datetime] = _utc
    records: dict[str, dict[str, dict[str, str]]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )
    journal: list[dict[str, str]] = field(default_factory=list)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    changed: Callable[[str, str], None] = lambda _table, _sys_id: (
        None
    )  # a business rule that runs after a change

    def now(self) -> str:
        return self.clock().strftime("%Y-%m-%d %H:%M:%S")

    def group_id(self, name: str) -> str:
        """Groups have an id that follows from their place in the list."""
        return f"{self.groups.index(name):032x}" if name in self.groups else ""

    def create(self, table: str, values: Mapping[str, str], user: str) -> str:
        """A new record; gives its sys_id. What is no field of the table is passed over without a word."""
        model, sys_id, now = TABLES[table], secrets.token_hex(16), self.now()
        rows = self.records[table]
        rows[sys_id] = {
            **dict.fromkeys((*TASK_FIELDS, *model.fields), ""),
            "sys_id": sys_id,
            "number": f"{model.prefix}{len(rows) + 1001:07d}",
            "state": "1",
            "active": "true",
            "opened_at": now,
            "sys_created_on": now,
            "sys_created_by": user,
            "sys_updated_on": now,
            "sys_updated_by": user,
            "sys_mod_count": "0",
        }
        self._put(table, rows[sys_id], values, user)
        return sys_id

    def update(self, table: str, sys_id: str, values: Mapping[str, str], user: str) -> None:
        """Change a record. Raises `NoRecordError`, and `AbortedError` for one that is closed."""
        model, row = TABLES[table], self.record(table, sys_id)
        if row["state"] in model.closed:
            raise AbortedError(ABORTED)
        if self._put(table, row, values, user):
            row["sys_mod_count"] = str(int(row["sys_mod_count"]) + 1)
            row["sys_updated_on"], row["sys_updated_by"] = self.now(), user
            self.changed(table, sys_id)

    def _put(self, table: str, row: dict[str, str], values: Mapping[str, str], user: str) -> bool:
        """Put values into their fields; whether anything is different."""
        known = {*TASK_FIELDS, *TABLES[table].fields}
        differs = False
        for name, given in values.items():
            value = str(given)
            if name not in known:
                continue
            if name in JOURNALS:
                if value:
                    self._write_journal(table, row["sys_id"], name, value, user)
                    differs = True
                continue
            if name == "assignment_group":
                value = self.group_id(value) or value
            differs |= row[name] != value
            row[name] = value
        row["active"] = "false" if row["state"] in TABLES[table].closed else "true"
        return differs

    def _write_journal(self, table: str, sys_id: str, element: str, value: str, user: str) -> None:
        self.journal.append(
            {
                "sys_id": secrets.token_hex(16),
                "name": table,
                "element_id": sys_id,
                "element": element,
                "value": value,
                "sys_created_on": self.now(),
                "sys_created_by": user,
            }
        )

    def record(self, table: str, sys_id: str) -> dict[str, str]:
        try:
            return self.records[table][sys_id]
        except KeyError:
            raise NoRecordError from None

    def delete(self, table: str, sys_id: str) -> None:
        self.record(table, sys_id)
        del self.records[table][sys_id]

    def attach(
        self, table: str, sys_id: str, file_name: str, content_type: str, content: bytes, user: str
    ) -> Attachment:
        """Put a file at a record, whatever its state; the record itself does not count as changed."""
        self.record(table, sys_id)
        kept = Attachment(
            secrets.token_hex(16), table, sys_id, file_name, content_type, content, self.now(), user
        )
        self.attachments[kept.sys_id] = kept
        return kept

    def rows(self, table: str, query: str) -> list[Row]:
        """What a query finds in a table of records or of the instance itself. Raises `KeyError` for a table that is none."""
        return select(self._all(table), query)

    def _all(self, table: str) -> list[Row]:
        if table in self.records:
            return list(self.records[table].values())
        others: Mapping[str, Callable[[], Iterator[Row]]] = {
            "sys_journal_field": lambda: iter(self.journal),
            "sys_attachment": lambda: (one.row() for one in self.attachments.values()),
            "sys_user_group": lambda: ({"sys_id": self.group_id(name), "name": name} for name in self.groups),
            "sys_db_object": _objects,
            "sys_dictionary": _dictionary,
            "sys_choice": _choices,
        }
        return list(others[table]())

    def shown(self, table: str, name: str, value: str) -> str:
        """The display value of a field."""
        if name == "assignment_group":
            return next((group for group in self.groups if self.group_id(group) == value), value)
        model = TABLES.get(table)
        if model is None:
            return value
        lists = {"state": model.states, model.resolution: model.codes}
        return lists.get(name, {}).get(value, value)


def _objects() -> Iterator[Row]:
    yield {"name": "task", "super_class.name": ""}
    for model in TABLES.values():
        yield {"name": model.name, "super_class.name": "task"}


def _dictionary() -> Iterator[Row]:
    for name in (*SYSTEM_FIELDS, *TASK_FIELDS):
        yield {"name": "task", "element": name}
    for model in TABLES.values():
        for name in model.fields:
            yield {"name": model.name, "element": name}


def _choices() -> Iterator[Row]:
    for model in TABLES.values():
        yield from _listed(model, "state", model.states)
        yield from _listed(model, model.resolution, model.codes)


def _listed(model: TableModel, element: str, values: Mapping[str, str]) -> Iterator[Row]:
    for value, label in values.items():
        yield {"name": model.name, "element": element, "value": value, "label": label, "inactive": "false"}
