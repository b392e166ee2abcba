"""What `--json` gives of requests; scripts rely on these names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.assignment import Holder, holders
from bot.cases.promises import Standing, standings
from bot.conversation.reach import Reach
from bot.db.tables import ServiceRequest


async def fields_of(session: AsyncSession, rows: Sequence[ServiceRequest]) -> list[dict[str, Any]]:
    """What stands of each request in a list; photos loaded."""
    held = await holders(session, rows)
    late = await standings(session, [row.id for row in rows], datetime.now(UTC))
    return [_fields(row, held[row.id], late.get(row.id)) for row in rows]


def _fields(row: ServiceRequest, holder: Holder, standing: Standing | None) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "service_code": row.service_code,
        "status": row.status,
        "address": row.address,  # "" and no point: it happened nowhere a crew could go
        "lat": row.lat,
        "lon": row.lon,
        "photos": sum(1 for photo in row.photos if photo.kind == "report"),
        "channel": row.channel,
        "created": row.created_at,
        "resolution": row.resolution,
        "due": row.due_on,
        "promise": standing,  # "soon", "overdue" or None
        **holder.assignment.as_json(),
        "person_left": holder.left,
    }


def reach_fields(reach: Reach) -> dict[str, Any]:
    """Who hears of a public update, and why the others do not."""
    return {"told": reach.told, "cannot_be_told": [barrier.dated for barrier in reach.not_told]}
