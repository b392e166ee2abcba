"""Telling who has reported in an area what is known there: each resident once, of their newest request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.alerts import (
    NewAlert,
    add_alert,
    check,
    end_alert,
    open_requests_of,
    open_requests_under,
)
from bot.cases.lookup import lock_request
from bot.cases.moves import Move, move
from bot.cases.status import ACTIVE, Status
from bot.cases.updates import subscribed_conversations
from bot.conversation.consent import is_not_told
from bot.db.tables import Alert, Contact, Conversation, ServiceRequest
from bot.delivery.notices.give import give_notice
from bot.delivery.push import event_of


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom an alert is for."""

    requests: int
    residents: int  # who follow them, each once
    told: int  # of those, who want to hear and can be reached


async def preview(session: AsyncSession, new: NewAlert, now: datetime) -> Reached:
    """Whom it would be told to. Raises `AlertError`."""
    check(new, now)
    return await _reached(session, await open_requests_under(session, new))


async def give_alert(session: AsyncSession, new: NewAlert, now: datetime) -> tuple[Alert, Reached]:
    """Write the alert down and tell who has open requests under it. Raises `AlertError`."""
    requests = await open_requests_under(session, new)
    alert = await add_alert(session, new, now)
    for request in requests:
        request.alert_id = alert.id
    reached = await _reached(session, requests)
    await _tell(session, requests, alert.words, new.author)
    return alert, reached


async def close_alert(
    session: AsyncSession, alert_id: int, words: Mapping[str, str], author: str, now: datetime
) -> Reached | None:
    """End an alert, and tell who has open requests under it, where there is something to say; None for an unknown one."""
    alert = await end_alert(session, alert_id, author, now)
    if alert is None:
        return None
    if not all(words.get(language, "").strip() for language in ("en", "es")):
        return Reached(0, 0, 0)
    requests = await open_requests_of(session, alert.id)
    reached = await _reached(session, requests)
    await _tell(session, requests, words, author)
    return reached


async def _reached(session: AsyncSession, requests: Sequence[ServiceRequest]) -> Reached:
    residents = await _newest_of_each(session, requests)
    contacts = await session.scalars(
        select(Contact)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Conversation.id.in_(residents))
    )
    barriers = [is_not_told(contact) for contact in contacts]
    told = [one for one in barriers if one is None or not one.keeps_updates]
    return Reached(len(requests), len(residents), len(told))


async def _newest_of_each(
    session: AsyncSession, requests: Sequence[ServiceRequest]
) -> Mapping[int, ServiceRequest]:
    """Conversation → the newest of the requests that it follows: nobody is told the same of each of theirs."""
    return {
        conversation_id: request
        for request in requests
        for conversation_id in await subscribed_conversations(session, request.id)
    }


async def _tell(
    session: AsyncSession, requests: Sequence[ServiceRequest], words: Mapping[str, str], author: str
) -> None:
    about: dict[int, list[int]] = {}
    for conversation_id, request in (await _newest_of_each(session, requests)).items():
        about.setdefault(request.id, []).append(conversation_id)
    for request in sorted(requests, key=lambda one: one.id):
        await lock_request(session, request)
        if request.status not in ACTIVE:
            continue
        update = await move(
            session, request, Move(Status(request.status), author, internal_note=f"Known: {words['en']}")
        )
        event = event_of(request, update, known=dict(words))
        for conversation_id in about.get(request.id, ()):
            await give_notice(session, conversation_id, update, event)
