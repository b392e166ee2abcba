"""The requests of a list as a file, for spreadsheets and maps: what the list shows of each, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.responses import StreamingResponse

from bot.cases.audit import record
from bot.cases.correcting import described
from bot.cases.staff_sessions import Login
from bot.city.current import calendar
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.text.personal import without_personal
from bot.web.access import signed_in
from bot.web.console.request_filter import RequestFilter, is_in
from bot.web.console.request_list import Asked, asked_by
from bot.web.console.requests import read_filter
from bot.web.language import ENGLISH
from bot.web.spreadsheet import as_words
from bot.web.templating import service_name

router = APIRouter(prefix="/console", include_in_schema=False)

AT_ONCE = (
    1_000  # rows in memory; each such part is a transaction of its own, so that a slow reader holds none open
)


class Form(StrEnum):
    CSV = "csv"
    GEOJSON = "geojson"


_MEDIA_TYPES = {Form.CSV: "text/csv; charset=utf-8", Form.GEOJSON: "application/geo+json"}


@router.get("/requests-export/{form}")
async def export(
    form: Form, login: Login = Depends(signed_in), wanted: RequestFilter = Depends(read_filter)
) -> StreamingResponse:
    """All that the filter leaves and this person may see, the newest first. Who took which file is in the audit trail."""
    now = datetime.now(UTC)
    narrowed = {name: value for name, value in asdict(wanted).items() if value and name not in ("q", "sort")}
    async with transaction() as session:
        asked = await asked_by(session, wanted, login.staff)
        detail = {**narrowed, "searched": bool(wanted.q)}
        record(session, f"staff:{login.staff.username}", "requests.exported", "requests", form, **detail)
    parts = _parts(wanted, asked)
    written = _as_csv(parts) if form is Form.CSV else _as_geojson(parts)
    file = f"requests-{now.astimezone(calendar().time_zone):%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return StreamingResponse(written, media_type=_MEDIA_TYPES[form], headers=headers)


async def _parts(wanted: RequestFilter, asked: Asked) -> AsyncIterator[list[ServiceRequest]]:
    narrowed = (*is_in(wanted.scope, asked.now), *wanted.conditions(asked.username, asked.now, asked.found))
    below: int | None = None
    while True:
        query = select(ServiceRequest).where(asked.sight, *narrowed)
        if below is not None:
            query = query.where(ServiceRequest.id < below)
        async with transaction() as session:
            found = await session.scalars(query.order_by(ServiceRequest.id.desc()).limit(AT_ONCE))
            part = list(found)
        if part:
            yield part
        if len(part) < AT_ONCE:
            return
        below = part[-1].id


# Name of a column → what stands in it. Times are of the city, as its staff read them.
_COLUMNS: dict[str, Callable[[ServiceRequest], Any]] = {
    "reference": lambda row: row.reference,
    "status": lambda row: row.status,
    "resolution": lambda row: row.resolution,
    "service_code": lambda row: row.service_code,
    "service": lambda row: service_name(row.service_code, ENGLISH),
    # A file goes on to others: what residents call themselves by does not.
    "about": lambda row: without_personal(described(row)),
    "address": lambda row: row.address,
    "neighborhood": lambda row: row.neighborhood,
    "department": lambda row: row.department,
    "crew": lambda row: row.crew,
    "channel": lambda row: row.channel,
    "language": lambda row: row.language,
    "filed": lambda row: _local(row.created_at),
    "promised": lambda row: row.due_on.isoformat() if row.due_on else None,
    "ended": lambda row: _local(row.ended_at),
}


def _local(at: datetime | None) -> str | None:
    return at.astimezone(calendar().time_zone).isoformat(timespec="minutes") if at else None


async def _as_csv(parts: AsyncIterator[list[ServiceRequest]]) -> AsyncIterator[str]:
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff" + _lines([[*_COLUMNS, "lat", "lon"]])
    async for part in parts:
        yield _lines([*(_cell(value(row)) for value in _COLUMNS.values()), row.lat, row.lon] for row in part)


def _lines(rows: Any) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def _cell(value: object) -> object:
    return as_words(value) if isinstance(value, str) else value


async def _as_geojson(parts: AsyncIterator[list[ServiceRequest]]) -> AsyncIterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    first = True
    async for part in parts:
        features = b",\n".join(map(orjson.dumps, _features(part)))
        yield features if first else b",\n" + features
        first = False
    yield b"]}\n"


def _features(part: list[ServiceRequest]) -> Iterator[dict[str, Any]]:
    """RFC 7946: longitude first, WGS 84; without a place there is no geometry."""
    for row in part:
        placed = row.lat is not None and row.lon is not None
        yield {
            "type": "Feature",
            "id": row.reference,
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]} if placed else None,
            "properties": {name: value(row) for name, value in _COLUMNS.items()},
        }
