"""An Open311 endpoint in the shape of `bot.sync.system`: file a request there, follow it, take what they say of it.

The protocol knows open and closed, takes no files (they fetch pictures by signed links) and has no key of ours to look a request up by;
the updates of FixMyStreet's extension carry words both ways where they have it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from geopy.distance import geodesic

from bot.cases.status import ACTIVE, FINISHED, Resolution, Status
from bot.photos.signed import sign_photo_url
from bot.settings import Settings, secret_key
from bot.sync.failures import AwayError, GoneError, NotYetError
from bot.sync.open311.client import Client
from bot.sync.open311.naming import Naming, read_naming
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

NAME = "open311"
TOKEN = "token:"  # noqa: S105 - what stands for an id that they have not given yet
OVERLAP = timedelta(minutes=10)
WINDOW = timedelta(days=89)  # they tell 90 days at once
AT_ONCE = 50  # ids in one question
MOST_PAGES, PAGE = 50, 200
PICTURES_FOR = 7 * 24 * 3600.0  # seconds for which they may fetch one
LARGEST = 20_000_000  # bytes
SLOW = 60.0  # seconds until a token is asked about again


class Open311:
    """An endpoint, by a city's naming."""

    name = NAME

    def __init__(self, client: Client, naming: Naming, settings: Settings) -> None:
        self._client, self._naming, self._settings = client, naming, settings

    async def aclose(self) -> None:
        await self._client.aclose()

    async def find(self, key: str, ours: Ours, *, tried: bool) -> str | None:
        """By our reference where their words show it; after a try whose end we do not know, also by place and time."""
        if not tried:
            return None
        began = ours.created_at - OVERLAP
        rows = await self._client.get(
            "requests.json",
            service_code=self._service(ours),
            start_date=_w3(began),
            end_date=_w3(min(began + WINDOW, datetime.now(UTC) + OVERLAP)),
        )
        named = [row for row in rows if _mark(key) in str(row.get("description") or "")]
        found = named or [row for row in rows if self._is_there(row, ours)]
        # Of several nobody can say which is ours: another is made, which their staff can join.
        return _text(found[0], "service_request_id") or None if len(found) == 1 else None

    async def create(self, key: str, ours: Ours, *, follows: str | None = None) -> Written:
        words = f"{ours.description}\n{_mark(key)}"
        fields = [("service_code", self._service(ours)), ("description", words)]
        if ours.lat is not None and ours.lon is not None:
            fields += [("lat", f"{ours.lat:.6f}"), ("long", f"{ours.lon:.6f}")]
        fields += [("address_string", ours.address)]
        if self._naming.attributes:
            fields += [(f"attribute[{code}]", answer) for code, answer in ours.answers.items()]
        fields += [("media_url", self._link_to(picture)) for picture in ours.pictures]
        (made, *_) = await self._client.post("requests.json", fields) or [{}]
        record_id = _text(made, "service_request_id")
        token = _text(made, "token")
        if not (record_id or token):
            raise AwayError("The Open311 endpoint gave no id of what it made.")
        if not record_id:
            return Written(_not_there_yet(token))
        try:
            return Written(await self.read(record_id))
        except (GoneError, NotYetError):  # made, and not shown before somebody there has looked at it
            return Written(_unseen(record_id))

    async def read(self, record_id: str) -> Record:
        if record_id.startswith(TOKEN):
            record_id = await self._id_of(record_id.removeprefix(TOKEN))
        rows = await self._client.get(f"requests/{record_id}.json", extensions="true")
        if not rows:
            raise NotYetError("The request is there and not shown yet.", SLOW)
        updates = await self._updates_of(rows[0], record_id) if self._naming.updates else []
        return self._record(rows[0], updates)

    def facts_of(self, ours: Ours) -> Mapping[str, str]:
        if not self._naming.updates:
            return {}  # there is no way to tell them
        return {"standing": "closed" if ours.standing.status in FINISHED else "open"}

    async def write(self, record_id: str, ours: Ours, names: frozenset[str]) -> Written:
        """Open or closed, where that differs; nothing finer can be told."""
        record = await self.read(record_id)
        wanted = self.facts_of(ours).get("standing", "")
        if wanted and not record.facts["standing"].startswith(wanted):
            update_id = hashlib.sha256(f"{record.version} {wanted}".encode()).hexdigest()[:16]
            words = ours.last_words if wanted == "closed" else ""
            await self._pass_on(record.id, wanted, words, f"{ours.reference}-{update_id}")
            record = await self.read(record_id)
        return Written(record)

    async def say(self, record_id: str, entry: Entry) -> bool:
        """What residents say goes there; what staff here told them is theirs to tell."""
        if not self._naming.updates or not entry.public or record_id.startswith(TOKEN):
            return False
        await self._pass_on(record_id, "", marked(entry.words, entry.marker), entry.marker)
        return True

    async def attach(self, record_id: str, picture: Picture, content: bytes) -> str | None:
        """They fetched what there was when it was filed; what comes later goes as a link with an update."""
        if not self._naming.updates or record_id.startswith(TOKEN):
            return None
        fields = [
            ("service_request_id", record_id),
            ("update_id", f"p{picture.photo_id}"),
            ("updated_datetime", _exactly(datetime.now(UTC))),
            ("media_url", self._link_to(picture)),
        ]
        await self._client.post("servicerequestupdates.json", fields)
        return ""

    async def fetch(self, file: TheirFile) -> bytes:
        """b"" for one that is nowhere near the endpoint: whoever writes there could have us fetch anything."""
        parts = urlsplit(file.id)
        near = parts.netloc == urlsplit(self._client.base_url).netloc or (
            parts.scheme == "https" and parts.hostname in self._naming.media_hosts
        )
        return await self._client.fetch(file.id, LARGEST) if near else b""

    async def changes(self, read_until: Mapping[str, str], followed: Followed) -> Batch:
        now = datetime.now(UTC)
        since = _moment(read_until.get("requests", "")) or now - WINDOW
        changed: list[Changed] = []
        async for row in self._changed_since(since - OVERLAP, followed):
            changed.append(Changed(_text(row, "service_request_id"), _version(row)))
        if self._naming.updates:
            for row in await self._updates(max(since - OVERLAP, now - WINDOW), now + OVERLAP):
                changed.append(Changed(_text(row, "service_request_id"), part=_text(row, "update_id")))
        return Batch(changed, {"requests": _w3(now)})

    async def check(self) -> AsyncIterator[Complaint]:
        """Whether they have our services, and what the map says they have."""
        from bot.city.current import catalogue

        offered = {_text(row, "service_code") for row in await self._client.get("services.json")}
        for code in catalogue().services:
            theirs = self._naming.services.get(code, code)
            if theirs not in offered:
                yield Complaint(True, f"services: they have no {theirs}, which {code} would be filed as.")
        for code in sorted(set(self._naming.services) - set(catalogue().services)):
            yield Complaint(True, f"services: the catalogue has no {code}.")
        if self._naming.updates:
            try:
                await self._updates(datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC))
            except GoneError:
                yield Complaint(True, "updates: they have no servicerequestupdates.")

    def page_of(self, record_id: str) -> str:
        return ""

    def _service(self, ours: Ours) -> str:
        return self._naming.services.get(ours.service_code, ours.service_code)

    def _is_there(self, row: Mapping[str, Any], ours: Ours) -> bool:
        """Whether one of theirs was filed where and when ours was."""
        try:
            place = float(row["lat"]), float(row["long"])
        except (KeyError, TypeError, ValueError):
            return False
        if ours.lat is None or ours.lon is None:
            return False
        return bool(geodesic(place, (ours.lat, ours.lon)).meters <= self._naming.nearby)

    def _link_to(self, picture: Picture) -> str:
        return sign_photo_url(
            picture.photo_id,
            "full",
            base_url=self._settings.base_url,
            secret=secret_key(self._settings),
            ttl=PICTURES_FOR,
        )

    async def _id_of(self, token: str) -> str:
        rows = await self._client.get(f"tokens/{token}.json")
        found = _text(rows[0], "service_request_id") if rows else ""
        if not found:
            raise NotYetError("They have it, and no number for it yet.", SLOW)
        return found

    async def _pass_on(self, record_id: str, status: str, words: str, update_id: str) -> None:
        fields = [
            ("service_request_id", record_id),
            ("update_id", update_id),
            ("updated_datetime", _exactly(datetime.now(UTC))),
            ("status", status),
            ("description", words),
        ]
        await self._client.post("servicerequestupdates.json", fields)

    async def _changed_since(self, since: datetime, followed: Followed) -> AsyncIterator[dict[str, Any]]:
        if self._naming.updated_after:
            for page in range(1, MOST_PAGES + 1):
                rows = await self._client.get(
                    "requests.json", updated_after=_w3(since), page=str(page), page_size=str(PAGE)
                )
                for row in rows:
                    yield row
                if len(rows) < PAGE:
                    return
            return
        ids = await followed()
        for start in range(0, len(ids), AT_ONCE):
            some = [one for one in ids[start : start + AT_ONCE] if not one.startswith(TOKEN)]
            for row in (
                await self._client.get("requests.json", service_request_id=",".join(some)) if some else ()
            ):
                yield row

    async def _updates(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            rows = await self._client.get(
                "servicerequestupdates.json",
                start_date=_w3(since),
                end_date=_w3(until),
                page=str(page),
                page_size=str(PAGE),
            )
            found += rows
            if len(rows) < PAGE:
                break
        return found

    async def _updates_of(self, row: Mapping[str, Any], record_id: str) -> list[dict[str, Any]]:
        """All of one request: those lists are by time alone."""
        now = datetime.now(UTC)
        filed = _moment(_text(row, "requested_datetime")) or now - WINDOW
        since = max(filed - OVERLAP, now - WINDOW)
        rows = await self._updates(since, now + OVERLAP)
        return [one for one in rows if _text(one, "service_request_id") == record_id]

    def _record(self, row: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> Record:
        status = _text(row, "status").lower()
        code = self._code(row, updates)
        notes = plain(_text(row, "status_notes"))
        closing = notes if status == "closed" and not self._naming.updates else ""
        # Those without words, too: what was read is known by it.
        words = tuple(
            TheirWords(_text(one, "update_id"), plain(_text(one, "description")), True, "") for one in updates
        )
        return Record(
            id=_text(row, "service_request_id"),
            number=_text(row, "service_request_id"),
            version=_version(row),
            facts={"standing": f"{status}|{code}" if code else status, "closing": closing},
            standing=self._standing(status, code),
            department=None,
            person="",
            due_on=_day(_text(row, "expected_datetime")),
            closing_words=closing,
            changed_by="",
            read_only=False,
            words=words,
            files=tuple(_pictures(updates)),
        )

    def _code(self, row: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> str:
        """What they say more finely: in the attributes of the request, else with its newest update."""
        more = row.get("extended_attributes")
        if isinstance(more, dict) and (found := more.get("resolution") or more.get("status")):
            return str(found)
        said = [code for one in updates if (code := _text(one, "external_status_code"))]
        return said[-1] if said else ""

    def _standing(self, status: str, code: str) -> Standing | None:
        meaning = self._naming.meaning_of(code)
        if status == "closed":
            if meaning in set(Resolution):
                resolution = Resolution(meaning)
                over = Status.RESOLVED if resolution is Resolution.FIXED else Status.CLOSED
                return Standing(over, resolution)
            done = self._naming.closed_is is Status.RESOLVED
            return Standing(self._naming.closed_is, Resolution.FIXED if done else Resolution.WILL_NOT_DO)
        if status == "open":
            return Standing(Status(meaning) if meaning in {str(one) for one in ACTIVE} else Status.OPEN)
        return None


def open_open311(settings: Settings) -> Open311:
    """The configured endpoint. Raises `SyncMapError`. Close it with `aclose` in the same event loop."""
    return Open311(Client(settings), read_naming(settings.sync_map_file), settings)


def _mark(key: str) -> str:
    """How our reference stands in their description."""
    return f"[Cityline {key}]"


def _not_there_yet(token: str) -> Record:
    return _unseen(f"{TOKEN}{token}")


def _unseen(record_id: str) -> Record:
    """A record of which nothing is told yet: as it was filed."""
    number = "" if record_id.startswith(TOKEN) else record_id
    open_ = Standing(Status.OPEN)
    return Record(record_id, number, "", {"standing": "open"}, open_, None, "", None, "", "", False)


def _pictures(updates: Sequence[Mapping[str, Any]]) -> list[TheirFile]:
    urls = [url for one in updates if (url := _text(one, "media_url"))]
    return [
        TheirFile(url, urlsplit(url).path.rpartition("/")[2], "image/*", 0) for url in dict.fromkeys(urls)
    ]


def _version(row: Mapping[str, Any]) -> str:
    return f"{_text(row, 'status')} {_text(row, 'updated_datetime')}"


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value) if value is not None else ""


def _w3(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _exactly(at: datetime) -> str:
    """With its thousandths: what is said in the second in which the work ended is said after that."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _day(value: str) -> date | None:
    at = _moment(value)
    return at.date() if at else None
