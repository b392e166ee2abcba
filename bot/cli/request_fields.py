"""What `--json` gives of requests; scripts rely on these names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import came_with
from bot.cases.assignment import Holder, holders
from bot.cases.correcting import described
from bot.cases.follow_ups import follow_ups_of
from bot.cases.following import count_followers
from bot.cases.lookup import reference_of
from bot.cases.moves import RESIDENT, SYSTEM
from bot.cases.people import of_one_person
from bot.cases.promises import Standing, standings
from bot.cases.reported import Reporter, reporter_of
from bot.cli.message import told_fields
from bot.conversation.reach import Reach, reach_of_request
from bot.db.tables import Feedback, ServiceRequest, Update
from bot.delivery.notices.told import told_of, told_of_request
from bot.sync.standing import linked


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


async def whole(session: AsyncSession, row: ServiceRequest) -> dict[str, Any]:
    """Everything of one request, as `find_request` loads it, its history last."""
    (fields,) = await fields_of(session, [row])
    told = await told_of(session, [update.id for update in row.updates])
    filed_by = row.conversation_id
    theirs = await of_one_person(session, filed_by) if filed_by is not None else frozenset[int]()
    return {
        **fields,
        **reach_fields(await reach_of_request(session, row.id)),
        "followers": await count_followers(session, row.id),
        "answers": dict(row.answers),
        "promised": promise_fields(row),
        "feedback": [_feedback(one, theirs) for one in row.feedback],
        "deliveries": [told_fields(one) for one in await told_of_request(session, row.id)],
        "follow_up_of": await reference_of(session, row.follow_up_of_id),
        "follow_ups": list(await follow_ups_of(session, row.id)),  # that were filed about it later
        "joined_into": await reference_of(session, row.merged_into_id),  # what it is a duplicate of
        "elsewhere": asdict(record)
        if (record := await linked(session, row.id))
        else None,  # its record in the city's own system
        "urgent_since": row.urgent_at,  # when a resident first said that it cannot wait
        "alert": row.alert_id,  # the known problem it is due to
        "reported_by": _reporter(await reporter_of(session, row.id)),  # None: it came by no key
        "language": row.language,
        "neighborhood": row.neighborhood,
        "description": described(row),  # in words of staff where they put it right
        "words": row.description,  # the resident's own, as they told it first
        "additions": _additions(row, theirs),
        "history": [_entry(update, told.get(update.id, {})) for update in row.updates],
    }


def promise_fields(row: ServiceRequest) -> dict[str, Any]:
    """The day promised, who set it ("system": by the usual days of the service), and when it was told that it is missed."""
    changed = [update for update in row.updates if update.due_on is not None]
    by = changed[-1].author if changed else SYSTEM
    return {
        "due": row.due_on,
        # What a resident opens again, or puts right, is promised the usual day.
        "by": (SYSTEM if by == RESIDENT else by) if row.due_on else None,
        "since": (changed[-1].created_at if changed else row.created_at) if row.due_on else None,
        "told_late": row.late_told_at,
    }


def _reporter(reporter: Reporter | None) -> dict[str, str] | None:
    """Who reported it by another system, as far as that said it."""
    if reporter is None:
        return None
    person = reporter.person
    return {"key": reporter.key_name, "name": person.name, "email": person.email, "phone": person.phone}


def _additions(row: ServiceRequest, theirs: Collection[int]) -> list[dict[str, Any]]:
    """What was added after the filing, in order; `by`: who filed it, a follower, or another system. `photos`: how many came with it.

    `theirs`: the conversations of who filed it.
    """
    return [
        {
            "at": one.created_at,
            "by": "open311"
            if one.key_id is not None
            else "resident"
            if one.conversation_id in theirs
            else "follower",
            "words": one.words,
            "asks": one.asks,
            "address": one.address,
            "lat": one.lat,
            "lon": one.lon,
            "photos": sum(1 for photo in row.photos if came_with(photo, one)),
        }
        for one in row.additions
    ]


def _feedback(one: Feedback, theirs: Collection[int]) -> dict[str, Any]:
    """`by`, `theirs`: as in `_additions`."""
    return {
        "at": one.created_at,
        "by": "resident" if one.conversation_id in theirs else "follower",
        "verdict": one.verdict,
        "rating": one.rating,
        "comment": one.comment,
    }


def _entry(update: Update, told: Mapping[str, int]) -> dict[str, Any]:
    return {
        "at": update.created_at,
        "status": update.to_status,
        "author": update.author,
        "public": update.public_text,
        "internal": update.internal_note,
        "photos": len(update.photos),
        "resolution": update.resolution,
        "referred_to": update.referred_to,
        "due": update.due_on,
        "assignment": update.assignment,
        "corrected": update.corrected,  # "service", "place", "description": before and after
        "told": told,
    }


def reach_fields(reach: Reach) -> dict[str, Any]:
    """Who hears of a public update, and why the others do not."""
    return {"told": reach.told, "cannot_be_told": [barrier.dated for barrier in reach.not_told]}
