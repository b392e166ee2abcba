"""One-tap map pages: who has the link may send one place into the conversation, as if it were shared from the phone.

The token in the link is all the proof there is, so only a keyed hash of it is kept, it works for a day and once,
and it is closed when the report it is about is filed or dropped. `bot.web.map_page` shows the page.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, Inbound, InboundKind, Pin
from bot.city.current import gazetteer
from bot.city.location import Point
from bot.conversation.receive import receive
from bot.db.tables import Contact, Conversation, MapLink, Message
from bot.settings import secret_key, settings
from bot.text.link_letters import ALPHABET

log = structlog.get_logger(__name__)

PATH = "/m/"
VALID_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=7)  # so long an old link is told that its time is over; then we forget it
LENGTH = 10  # 58 bits, short enough for an SMS


class MapLinkError(Exception):
    """The link cannot be used. `language` is the resident's, None where nobody knows whose link it was."""

    def __init__(self, language: str | None = None) -> None:
        super().__init__(self.__doc__)
        self.language = language


class MapLinkUnknownError(MapLinkError):
    """There is no such link."""


class MapLinkExpiredError(MapLinkError):
    """The link's time is over."""


class MapLinkClosedError(MapLinkError):
    """The report was filed or dropped: there is nothing to place any more."""


class MapLinkUsedError(MapLinkError):
    """A place was already sent with the link."""

    def __init__(self, language: str, point: Point) -> None:
        super().__init__(language)
        self.point = point


class PinOutsideError(MapLinkError):
    """The place lies outside the city. Nothing was sent; the link is still good."""


@dataclass(frozen=True, slots=True)
class OpenMapLink:
    """What the page needs."""

    language: str
    point: Point | None  # where the report is so far; None: nobody knows yet


@dataclass(frozen=True, slots=True)
class PinSent:
    """What was sent: of a second attempt, the place of the first."""

    language: str
    point: Point


async def new_map_link(
    session: AsyncSession, conversation_id: int, point: Point | None, *, now: datetime | None = None
) -> str:
    """The whole address of a new page that opens at `point`, or on the whole city. Earlier links stay good."""
    now = now or datetime.now(UTC)
    token = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    session.add(
        MapLink(
            token_hash=_hash(token),
            conversation_id=conversation_id,
            lat=point.lat if point else None,
            lon=point.lon if point else None,
            expires_at=now + VALID_FOR,
        )
    )
    await session.flush()
    return f"{settings().base_url}{PATH}{token}"


async def open_map_link(session: AsyncSession, token: str, *, now: datetime | None = None) -> OpenMapLink:
    """What a link is for. Raises `MapLinkUnknownError`, `…Expired`, `…Closed` or `…Used`."""
    link, contact = await _find(session, token)
    await _check(session, link, contact, now or datetime.now(UTC))
    point = Point(link.lat, link.lon) if link.lat is not None and link.lon is not None else None
    return OpenMapLink(_language(contact), point)


async def send_pin(
    session: AsyncSession, token: str, point: Point, *, now: datetime | None = None
) -> PinSent:
    """Put a place into the conversation, once, as a location of the resident's; a repeat changes nothing.

    Raises `PinOutsideError`, and what `open_map_link` raises but for a used link.
    """
    now = now or datetime.now(UTC)
    link, contact = await _find(session, token)
    # Before anything is locked, and not in the event loop: the first look-up loads the city's streets.
    inside = await asyncio.to_thread(lambda: gazetteer().contains(point))
    # In the order in which `receive` takes them, so that neither waits for the other for ever.
    await session.execute(select(Contact.id).where(Contact.id == contact.id).with_for_update())
    await session.execute(
        select(Conversation.id).where(Conversation.id == link.conversation_id).with_for_update()
    )
    await session.refresh(link, with_for_update=True)
    try:
        await _check(session, link, contact, now)
    except MapLinkUsedError as used:
        return PinSent(_language(contact), used.point)
    if not inside:
        raise PinOutsideError(_language(contact))
    link.used_at = now
    await receive(
        session,
        Inbound(
            channel=Channel(contact.channel),
            kind=InboundKind.MESSAGE,
            provider_id=_provider_id(link),
            address=contact.address,
            pin=Pin(point.lat, point.lon, from_map=True),
            sent_at=now,
        ),
    )
    log.info("map_link.used", conversation_id=link.conversation_id, map_link_id=link.id)
    return PinSent(_language(contact), point)


async def close_map_links(
    session: AsyncSession, conversation_id: int, *, now: datetime | None = None
) -> None:
    """The report was filed or dropped: its links are of no use any more."""
    await session.execute(
        update(MapLink)
        .where(MapLink.conversation_id == conversation_id, MapLink.used_at.is_(None))
        .values(used_at=now or datetime.now(UTC))
    )


async def forget_map_links(session: AsyncSession, *, now: datetime | None = None) -> int:
    """Delete links whose time was over a week ago; gives their number."""
    long_ago = (now or datetime.now(UTC)) - KEPT_FOR
    gone = await session.scalars(delete(MapLink).where(MapLink.expires_at < long_ago).returning(MapLink.id))
    return len(gone.all())


async def _find(session: AsyncSession, token: str) -> tuple[MapLink, Contact]:
    found = await session.execute(
        select(MapLink, Contact)
        .join(Conversation, Conversation.id == MapLink.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(MapLink.token_hash == _hash(token))
    )
    row = found.one_or_none()
    if row is None:
        raise MapLinkUnknownError
    return row[0], row[1]


async def _check(session: AsyncSession, link: MapLink, contact: Contact, now: datetime) -> None:
    """Raises unless a place can be sent with the link. Once its time is over it shows nothing, used or not."""
    # A pin of a phone that gave up its number would come from whoever has the number now.
    if link.expires_at <= now or contact.given_up_at is not None:
        raise MapLinkExpiredError(_language(contact))
    if link.used_at is not None:
        payload = await session.scalar(
            select(Message.payload).where(
                Message.channel == contact.channel,
                Message.provider_id == _provider_id(link),
                Message.direction == "in",
            )
        )
        if payload is None:
            raise MapLinkClosedError(_language(contact))
        raise MapLinkUsedError(_language(contact), Point(payload["pin"]["lat"], payload["pin"]["lon"]))


def _hash(token: str) -> bytes:
    """Keyed: whoever reads the table alone cannot try all the short tokens."""
    key = secret_key(settings()).encode()
    return hmac.new(key, b"map-link:" + token.encode("utf-8", "replace"), hashlib.sha256).digest()


def _provider_id(link: MapLink) -> str:
    return f"map:{link.id}"


def _language(contact: Contact) -> str:
    return contact.language or "en"
