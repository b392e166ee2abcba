"""What happened to a request beside updates, feedback and what residents added, and which message said each thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Audit, MailboxMail, Message, ServiceRequest, SyncLink
from bot.delivery.mailing.states import MailState
from bot.delivery.notices.told import told_of_request

# What the audit trail says of a request that no update tells; the page has a sentence for each.
AUDITED = (
    "request.followed",
    "request.muted",
    "request.disowned",
    "request.merge_undone",
    "request.photo_shown",
    "request.photo_hidden",
    "request.photo_covered",
    "request.photo_uncovered",
    "request.summary_written",
    "request.summary_removed",
    "request.listed",
    "request.unlisted",
    "request.mailed_again",
)
MOST = 200  # of the audit trail, the newest ones


class Kind(StrEnum):
    AUDITED = "audited"
    MAILED = "mailed"  # to a department's mailbox
    LINKED = "linked"  # with a record of the city's own system


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened beside the updates."""

    at: datetime
    author: str
    kind: Kind
    what: str  # an action of the audit trail, or the state of a mail
    whom: str = ""  # the mailbox's department, or the record's number
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SaidAt:
    """The message that said something."""

    conversation_id: int
    message_id: int


async def load_happenings(session: AsyncSession, request: ServiceRequest) -> list[Happening]:
    """All of a request, in no order."""
    return [
        *await _audited(session, request.reference),
        *await _mailed(session, request.id),
        *await _linked(session, request.id),
    ]


async def _audited(session: AsyncSession, reference: str) -> list[Happening]:
    rows = await session.execute(
        select(Audit.at, Audit.actor, Audit.action)
        .where(Audit.subject_kind == "request", Audit.subject_id == reference, Audit.action.in_(AUDITED))
        .order_by(Audit.id.desc())
        .limit(MOST)
    )
    return [Happening(at, actor, Kind.AUDITED, action) for at, actor, action in rows]


async def _mailed(session: AsyncSession, request_id: int) -> list[Happening]:
    rows = await session.scalars(
        select(MailboxMail).where(
            MailboxMail.request_id == request_id, MailboxMail.state != MailState.NEEDLESS
        )
    )
    return [
        Happening(
            row.ended_at or row.created_at, "system", Kind.MAILED, row.state, row.department, row.detail or ""
        )
        for row in rows
    ]


async def _linked(session: AsyncSession, request_id: int) -> list[Happening]:
    rows = await session.scalars(
        select(SyncLink).where(SyncLink.request_id == request_id, SyncLink.remote_id.is_not(None))
    )
    return [
        Happening(row.created_at, "system", Kind.LINKED, row.system, row.remote_number, row.problem)
        for row in rows
    ]


async def told_at(session: AsyncSession, request: ServiceRequest) -> Mapping[int, SaidAt]:
    """Update id → the first message that told it: to who filed the request, else to whoever was told first."""
    found: dict[int, SaidAt] = {}
    for told in await told_of_request(session, request.id):
        if not told.messages:
            continue
        where = SaidAt(told.notice.conversation_id, told.messages[0].id)
        if told.notice.conversation_id == request.conversation_id:
            found[told.notice.update_id] = where
        else:
            found.setdefault(told.notice.update_id, where)
    return found


async def said_before(session: AsyncSession, conversation_id: int, at: datetime) -> SaidAt | None:
    """What the resident had written last at a moment: by which they filed, or answered. None once it is forgotten."""
    message_id = await session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id, Message.direction == "in", Message.created_at <= at
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return SaidAt(conversation_id, message_id) if message_id is not None else None
