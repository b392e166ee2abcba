"""The records of the instance: made, changed and read as its rules allow, in memory. No HTTP."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from bot.simulator.servicenow.model import (
    JOURNALS,
    SYSTEM_FIELDS,
    TABLES,
    TASK_FIELDS,
    USERS,
    TableModel,
)
from bot.simulator.servicenow.query import Row, select

ABORTED = "Error during insert or update: aborted by Business Rule 'Closed records are read only'"


class AbortedError(Exception):
    """A business rule does not let it be changed."""


class NoRecordError(LookupError):
    """There is no such record."""


class Deed(StrEnum):
    """What somebody did to a record."""

    MADE = "made"
    CHANGED = "changed"
    FILED = "filed"  # a file was put there
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Happening:
    """A deed, after it was done."""

    deed: Deed
    table: str
    sys_id: str
    user: str


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
    audit: list[dict[str, str]] = field(default_factory=list)  # who changed which field
    attachments: dict[str, Attachment] = field(default_factory=dict)
    observers: list[Callable[[Happening], None]] = field(default_factory=list)  # rules that run after a deed
    numbers: dict[str, int] = field(default_factory=dict)  # the last that was given, of each table
    order: dict[str, int] = field(
        default_factory=dict
    )  # what was made or written → its turn: times are whole seconds

    def now(self) -> str:
        return self.clock().strftime("%Y-%m-%d %H:%M:%S")

    def group_id(self, name: str) -> str:
        """Groups have an id that follows from their name."""
        return _id_of("group", name) if name in self.groups else ""

    def create(self, table: str, values: Mapping[str, str], user: str) -> str:
        """A new record; gives its sys_id. What is no field of the table is passed over without a word."""
        model, sys_id, now = TABLES[table], secrets.token_hex(16), self.now()
        rows = self.records[table]
        self.numbers[table] = number = self.numbers.get(table, 1000) + 1
        rows[sys_id] = {
            **dict.fromkeys((*TASK_FIELDS, *model.fields), ""),
            "sys_id": sys_id,
            "number": f"{model.prefix}{number:07d}",
            "state": "1",
            "active": "true",
            "opened_at": now,
            "sys_created_on": now,
            "sys_created_by": user,
            "sys_updated_on": now,
            "sys_updated_by": user,
            "sys_mod_count": "0",
        }
        self._in_order(sys_id)
        self._put(table, rows[sys_id], values, user, is_new=True)
        self._tell(Deed.MADE, table, sys_id, user)
        return sys_id

    def update(self, table: str, sys_id: str, values: Mapping[str, str], user: str) -> None:
        """Change a record. Raises `NoRecordError`, and `AbortedError` for one that is closed."""
        row = self.record(table, sys_id)
        if self.is_closed(table, row):
            raise AbortedError(ABORTED)
        if self._put(table, row, values, user):
            row["sys_mod_count"] = str(int(row["sys_mod_count"]) + 1)
            row["sys_updated_on"], row["sys_updated_by"] = self.now(), user
            self._tell(Deed.CHANGED, table, sys_id, user)

    def is_closed(self, table: str, row: Row) -> bool:
        return row["state"] in TABLES[table].closed

    def _in_order(self, sys_id: str) -> str:
        self.order[sys_id] = len(self.order)
        return sys_id

    def _tell(self, deed: Deed, table: str, sys_id: str, user: str) -> None:
        for observer in self.observers:
            observer(Happening(deed, table, sys_id, user))

    def _put(
        self, table: str, row: dict[str, str], values: Mapping[str, str], user: str, *, is_new: bool = False
    ) -> bool:
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
            if row[name] != value:
                if not is_new:
                    self._write_audit(table, row, name, value, user)
                differs, row[name] = True, value
        row["active"] = "false" if row["state"] in TABLES[table].closed else "true"
        return differs

    def _write_audit(self, table: str, row: Row, name: str, value: str, user: str) -> None:
        self.audit.append(
            {
                "sys_id": self._in_order(secrets.token_hex(16)),
                "tablename": table,
                "documentkey": row["sys_id"],
                "fieldname": name,
                "oldvalue": row[name],
                "newvalue": value,
                "user": user,
                "sys_created_on": self.now(),
            }
        )

    def _write_journal(self, table: str, sys_id: str, element: str, value: str, user: str) -> None:
        self.journal.append(
            {
                "sys_id": self._in_order(secrets.token_hex(16)),
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

    def delete(self, table: str, sys_id: str, user: str = "admin") -> None:
        """Take a record away, whatever its state, and its files with it. Raises `NoRecordError`."""
        self.record(table, sys_id)
        del self.records[table][sys_id]
        for kept in self.files(table, sys_id):
            del self.attachments[kept.sys_id]
        self._tell(Deed.DELETED, table, sys_id, user)

    def files(self, table: str, sys_id: str) -> list[Attachment]:
        """The files at a record, oldest first."""
        return [one for one in self.attachments.values() if (one.table, one.table_sys_id) == (table, sys_id)]

    def attach(
        self, table: str, sys_id: str, file_name: str, content_type: str, content: bytes, user: str
    ) -> Attachment:
        """Put a file at a record, whatever its state; the record itself does not count as changed."""
        self.record(table, sys_id)
        kept = Attachment(
            self._in_order(secrets.token_hex(16)),
            table,
            sys_id,
            file_name,
            content_type,
            content,
            self.now(),
            user,
        )
        self.attachments[kept.sys_id] = kept
        self._tell(Deed.FILED, table, sys_id, user)
        return kept

    def rows(self, table: str, query: str) -> list[Row]:
        """What a query finds in a table of records or of the instance itself. Raises `KeyError` for a table that is none."""
        return select(self._all(table), query)

    def _all(self, table: str) -> list[Row]:
        if table in self.records:
            return list(self.records[table].values())
        others: Mapping[str, Callable[[], Iterator[Row]]] = {
            "sys_journal_field": lambda: iter(self.journal),
            "sys_audit": lambda: iter(self.audit),
            "sys_attachment": lambda: (one.row() for one in self.attachments.values()),
            "sys_user_group": lambda: ({"sys_id": self.group_id(name), "name": name} for name in self.groups),
            "sys_user": _users,
            "sys_db_object": _objects,
            "sys_dictionary": _dictionary,
            "sys_choice": _choices,
        }
        return list(others[table]())

    def shown(self, table: str, name: str, value: str) -> str:
        """The display value of a field."""
        if name == "assignment_group":
            return next((group for group in self.groups if self.group_id(group) == value), value)
        if name == "assigned_to":
            return next((person for user, person in USERS.items() if user_id(user) == value), value)
        model = TABLES.get(table)
        if model is None:
            return value
        lists = {"state": model.states, model.resolution: model.codes}
        return lists.get(name, {}).get(value, value)


def user_id(user_name: str) -> str:
    """The sys_id of somebody who works there."""
    return _id_of("user", user_name)


def _id_of(kind: str, name: str) -> str:
    return hashlib.md5(f"{kind} {name}".encode(), usedforsecurity=False).hexdigest()


def _users() -> Iterator[Row]:
    for user_name, name in USERS.items():
        yield {"sys_id": user_id(user_name), "user_name": user_name, "name": name}


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
