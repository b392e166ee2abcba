"""ServiceNow in the shape of `bot.sync.system`: what is written where, and what a record of theirs means."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.cases.status import FINISHED, Status
from bot.settings import Settings
from bot.sync.servicenow.check import complaints
from bot.sync.servicenow.client import Client
from bot.sync.servicenow.naming import Naming, read_naming
from bot.sync.servicenow.tables import Tables
from bot.sync.system import (
    Batch,
    Changed,
    Complaint,
    Entry,
    Followed,
    Ours,
    Picture,
    Record,
    Standing,
    TheirFile,
    TheirWords,
    Written,
)
from bot.sync.words import marked, plain

NAME = "servicenow"
SOURCE = "Cityline"
NO_WORDS = "Ended in Cityline."  # where their form wants closing words and nobody wrote any
# Their clocks and ours need not agree; those of their own nodes hardly differ.
OVERLAP = timedelta(minutes=10)
_TIME = "%Y-%m-%d %H:%M:%S"  # as their API gives times: UTC


class ServiceNow:
    """An instance, by a city's naming. Made by `open_servicenow`."""

    name = NAME

    def __init__(self, client: Client, naming: Naming) -> None:
        self._client = client
        self._naming = naming
        self._tables = Tables(client, naming.table, case_api=naming.case_api)
        self._groups: dict[str, str] = {}  # name of a group → its sys_id

    async def aclose(self) -> None:
        await self._client.aclose()

    async def find(self, key: str, ours: Ours, *, tried: bool) -> str | None:
        reference = self._naming.fields.reference
        found = await self._tables.find(f"{reference}={key}", reference)
        # A field that they do not have is dropped from a query, which then means any record: one of ours says so itself.
        named = [str(row["sys_id"]) for row in found if row.get(reference) == key]
        return named[-1] if named else None  # should there be two, the first made

    async def create(self, key: str, ours: Ours, *, follows: str | None = None) -> Written:
        fields = self._naming.fields
        values = {
            fields.reference: key,
            fields.source: SOURCE,
            fields.summary: ours.summary,
            fields.description: ours.description,
            fields.service: self._naming.services.get(ours.service_code, ours.service_code),
            fields.address: ours.address,
            fields.lat: "" if ours.lat is None else f"{ours.lat:.6f}",
            fields.lon: "" if ours.lon is None else f"{ours.lon:.6f}",
            fields.neighborhood: ours.neighborhood,
            fields.channel: ours.channel,
            fields.language: ours.language,
            fields.parent: follows or "",
        }
        # A new record is New by itself, whatever number that has; another state is written into it.
        names = frozenset(
            {"department", "due"} | ({"standing"} if ours.standing.status is not Status.OPEN else set())
        )
        told, left_out = await self._values(ours, names)
        values = {name: value for name, value in {**values, **told}.items() if name and value}
        made = await self._tables.create(values)
        return await self._read_back(made, values, left_out)

    async def read(self, record_id: str) -> Record:
        row = await self._tables.read(record_id)
        fields = self._naming.fields
        journals = ",".join(name for name in (fields.public, fields.internal) if name)
        words = await self._tables.journal(record_id, journals) if journals else []
        files = await self._tables.files(record_id)
        return self._record(row, tuple(map(self._words, words)), tuple(map(_file, files)))

    def facts_of(self, ours: Ours) -> Mapping[str, str]:
        fields, naming = self._naming.fields, self._naming
        facts = {
            "standing": self._standing_fact(
                naming.state_of(ours.standing.status), naming.code_of(ours.standing.resolution)
            )
        }
        if fields.department and (group := naming.group_of(ours.department)):
            facts["department"] = group
        if fields.due and ours.due_on:
            facts["due"] = ours.due_on.isoformat()
        return facts

    async def write(self, record_id: str, ours: Ours, names: frozenset[str]) -> Written:
        values, left_out = await self._values(ours, names)
        if values:
            await self._tables.write(record_id, values)
        return await self._read_back(record_id, values, left_out)

    async def say(self, record_id: str, entry: Entry) -> bool:
        fields = self._naming.fields
        field = (fields.public if entry.public else fields.internal) or fields.internal or fields.public
        if field:
            await self._tables.write(record_id, {field: marked(entry.words, entry.marker)})
        return bool(field)

    async def attach(self, record_id: str, picture: Picture, content: bytes) -> str:
        return await self._tables.attach(record_id, picture.name, "image/jpeg", content)

    async def fetch(self, file: TheirFile) -> bytes:
        return await self._tables.fetch(file.id)

    async def changes(self, read_until: Mapping[str, str], followed: Followed) -> Batch:
        """Records of ours that changed, and those that got a file, which by itself changes no record."""
        changed: list[Changed] = []
        until = dict(read_until)
        ours = f"{self._naming.fields.source}={SOURCE}" if self._naming.fields.source else "sys_idISNOTEMPTY"
        async for row in self._since(
            self._naming.table,
            ours,
            "sys_updated_on",
            "sys_id,sys_updated_on,sys_mod_count",
            read_until,
            until,
        ):
            version = _version(row["sys_mod_count"], row["sys_updated_on"])
            changed.append(Changed(row["sys_id"], version))
        files = f"table_name={self._naming.table}"
        async for row in self._since(
            "sys_attachment", files, "sys_created_on", "sys_id,table_sys_id,sys_created_on", read_until, until
        ):
            changed.append(Changed(row["table_sys_id"], part=row["sys_id"]))
        return Batch(changed, until)

    async def _since(
        self,
        table: str,
        query: str,
        ordered_by: str,
        fields: str,
        read_until: Mapping[str, str],
        until: dict[str, str],
    ) -> AsyncIterator[dict[str, str]]:
        """Rows from the newest back to where the last look came, and a little further; notes in `until` how far this one came.

        Not asked for by time: a query reads times in the zone of our account there, which anybody may change.
        """
        before = read_until.get(table)
        last = _time(before) - OVERLAP if before else None
        async for row in self._tables.newest(table, query, ordered_by, fields):
            at = row.get(ordered_by) or ""
            if last is not None and at and _time(at) < last:
                return
            until[table] = max(until.get(table, ""), at)
            yield {name: str(value or "") for name, value in row.items()}

    def check(self) -> AsyncIterator[Complaint]:
        return complaints(self._tables, self._naming)

    def page_of(self, record_id: str) -> str:
        return page_at(self._client.base_url, self._naming.table, record_id)

    async def _values(self, ours: Ours, names: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Their field → what is written, of the named facts; and of a fact that cannot be told, why: the others go all the same."""
        fields, naming = self._naming.fields, self._naming
        values: dict[str, str] = {}
        left_out: dict[str, str] = {}
        if "standing" in names:
            values[fields.state] = naming.state_of(ours.standing.status)
            if ours.standing.status in FINISHED:
                if fields.resolution and (code := naming.code_of(ours.standing.resolution)):
                    values[fields.resolution] = code
                if fields.closing_words:
                    values[fields.closing_words] = ours.last_words or NO_WORDS
        if "department" in names and fields.department and (group := naming.group_of(ours.department)):
            if group_id := await self._group_id(group):
                values[fields.department] = group_id
            else:
                left_out["department"] = f"ServiceNow has no group {group!r}, which sync.yml names."
        if "due" in names and fields.due and ours.due_on:
            values[fields.due] = f"{ours.due_on.isoformat()} 23:59:00"
        return values, left_out

    async def _group_id(self, name: str) -> str:
        """ "" where they have no such group: asked again the next time, since people mend it there."""
        if name not in self._groups:
            found = await self._tables.rows("sys_user_group", f"name={name}", "sys_id")
            if not found:
                return ""
            self._groups[name] = str(found[0]["sys_id"])
        return self._groups[name]

    async def _read_back(
        self, record_id: str, values: Mapping[str, str], left_out: Mapping[str, str]
    ) -> Written:
        """As it stands there now: a misspelt field is ignored without a word, and rules change what they like."""
        row = await self._tables.read(record_id)
        journals = {self._naming.fields.public, self._naming.fields.internal}
        ignored = tuple(
            sorted(
                name
                for name, value in values.items()
                if name not in journals and not _holds(row.get(name), value)
            )
        )
        return Written(self._record(row), ignored, left_out)

    def _record(
        self,
        row: Mapping[str, dict[str, str]],
        words: tuple[TheirWords, ...] = (),
        files: tuple[TheirFile, ...] = (),
    ) -> Record:
        fields, naming = self._naming.fields, self._naming

        def value(name: str, part: str = "value") -> str:
            return row.get(name, {}).get(part, "") if name else ""

        state, code = value(fields.state), value(fields.resolution)
        group = value(fields.department, "display_value")
        due = value(fields.due)[:10]
        facts = {"standing": self._standing_fact(state, code)}
        facts |= {"department": group} if fields.department else {}
        person = value(fields.person, "display_value")
        facts |= {"person": person} if fields.person else {}
        facts |= {"due": due} if fields.due else {}
        closing = plain(value(fields.closing_words)) if naming.closing_words_are_public else ""
        facts |= {"closing": closing} if fields.closing_words else {}
        status = naming.status_of(state)
        ended = status in FINISHED
        resolution = naming.resolution_of(code) if ended else None
        # Taken for "fixed", it would tell a resident what is perhaps not so.
        unnamed = code if ended and code and naming.resolutions and resolution is None else ""
        return Record(
            id=value("sys_id"),
            number=value("number"),
            version=_version(value("sys_mod_count"), value("sys_updated_on")),
            facts=facts,
            standing=Standing(status, resolution) if status and not unnamed else None,
            department=naming.department_of(group) if group else None,
            person=person,
            due_on=_date(due),
            closing_words="" if closing == NO_WORDS or not ended else closing,
            changed_by=value("sys_updated_by"),
            read_only=state in naming.closed,
            words=words,
            files=files,
            unnamed=unnamed,
        )

    def _standing_fact(self, state: str, code: str) -> str:
        """A state and, of an end, how it ended: a code that was left behind by an end taken back says nothing."""
        return f"{state}|{code}" if self._naming.is_finished(state) and code else state

    def _words(self, row: Mapping[str, Any]) -> TheirWords:
        return TheirWords(
            id=str(row.get("sys_id") or ""),
            words=plain(str(row.get("value") or "")),
            public=row.get("element") == self._naming.fields.public,
            author=str(row.get("sys_created_by") or ""),
        )


def open_servicenow(settings: Settings) -> ServiceNow:
    """The configured instance. Raises `SyncMapError`. Close it with `aclose` in the same event loop."""
    return ServiceNow(Client(settings), read_naming(settings.sync_map_file))


def page_at(base_url: str, table: str, record_id: str) -> str:
    """The address at which people see a record."""
    return f"{base_url}/{table}.do?sys_id={record_id}"


def _file(row: Mapping[str, Any]) -> TheirFile:
    size = str(row.get("size_bytes") or "")
    return TheirFile(
        id=str(row.get("sys_id") or ""),
        name=str(row.get("file_name") or ""),
        content_type=str(row.get("content_type") or ""),
        size=int(size) if size.isascii() and size.isdigit() else 0,
    )


def _holds(pair: Mapping[str, str] | None, value: str) -> bool:
    """Whether a field has what was written into it; they trim, and tell lines otherwise."""
    if pair is None:
        return False
    wanted = " ".join(value.split())
    return wanted in (" ".join(pair["value"].split()), " ".join(pair["display_value"].split()))


def _version(count: object, at: object) -> str:
    return f"{count} {at}"


def _time(value: str) -> datetime:
    """A time of theirs, without a zone, as all that it is compared with."""
    try:
        return datetime.strptime(value, _TIME)  # noqa: DTZ007
    except ValueError:
        return datetime.max  # noqa: DTZ901 - as above


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
