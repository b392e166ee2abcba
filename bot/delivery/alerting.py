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
    check_words,
    end_alert,
    open_requests_of,
    open_requests_under,
)
from bot.cases.lookup import lock_request
from bot.cases.moves import Move, move
from bot.cases.status import ACTIVE, Status
from bot.cases.updates import one_of_each_person
from bot.conversation.consent import is_not_told
from bot.db.tables import Alert, Contact, Conversation, ServiceRequest, Subscriber
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
    requests = await open_requests_under(session, new)
    return await _reached(session, requests, await _newest_of_each(session, requests))


async def give_alert(session: AsyncSession, new: NewAlert, now: datetime) -> tuple[Alert, Reached]:
    """Write the alert down and tell who has open requests under it. Raises `AlertError` and `AlreadyGivenError`. `now` is aware."""
    requests = await open_requests_under(session, new)
    alert = await add_alert(session, new, now)
    for request in requests:
        request.alert_id = alert.id
    return alert, await _tell(session, requests, alert.words, new.author, now, urgent=new.urgent)


async def close_alert(
    session: AsyncSession,
    alert_id: int,
    words: Mapping[str, str],
    author: str,
    now: datetime,
    *,
    urgent: bool = False,
) -> Reached | None:
    """End an alert, and tell who has open requests under it, where there is something to say; None for an unknown one.

    One that somebody ended is ended already, and nobody is told twice. `urgent`: told at night, too. `now` is aware. Raises `AlertError` for words that are not there in both languages; without any nobody is told.
    """
    says_something = any(text.strip() for text in words.values())
    if says_something:
        check_words(words)
    if await session.get(Alert, alert_id) is None:
        return None
    alert = await end_alert(session, alert_id, author, now)
    if alert is None or not says_something:
        return Reached(0, 0, 0)
    requests = await open_requests_of(session, alert.id)
    return await _tell(session, requests, words, author, now, urgent=urgent)


async def _reached(
    session: AsyncSession, requests: Sequence[ServiceRequest], residents: Mapping[int, int]
) -> Reached:
    contacts = await session.scalars(
        select(Contact)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Conversation.id.in_(residents))
    )
    barriers = [is_not_told(contact) for contact in contacts]
    told = [one for one in barriers if one is None or not one.keeps_updates]
    return Reached(len(requests), len(residents), len(told))


async def _newest_of_each(session: AsyncSession, requests: Sequence[ServiceRequest]) -> Mapping[int, int]:
    """Conversation → id of the newest of the requests that its resident follows: nobody is told the same of each of theirs."""
    wanted = Subscriber.request_id.in_([one.id for one in requests]), Subscriber.muted_at.is_(None)
    rows = await session.execute(
        select(Subscriber.conversation_id, Subscriber.request_id)
        .where(Subscriber.id.in_(one_of_each_person(*wanted)))
        .order_by(Subscriber.conversation_id)
    )
    return {row[0]: row[1] for row in rows}


async def _tell(
    session: AsyncSession,
    requests: Sequence[ServiceRequest],
    words: Mapping[str, str],
    author: str,
    now: datetime,
    *,
    urgent: bool,
) -> Reached:
    residents = await _newest_of_each(session, requests)
    about: dict[int, list[int]] = {}
    for conversation_id, request_id in residents.items():
        about.setdefault(request_id, []).append(conversation_id)
    for request in requests:  # oldest first, as everybody locks them
        await lock_request(session, request)
        if request.status not in ACTIVE:
            continue
        known = Move(Status(request.status), author, internal_note=f"Known: {words['en']}")
        update = await move(session, request, known, now)
        event = event_of(request, update, known=dict(words))
        for conversation_id in about.get(request.id, ()):
            await give_notice(session, conversation_id, update, event, urgent=urgent, now=now)
    return await _reached(session, requests, residents)
