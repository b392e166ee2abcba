"""Writing outbound messages: stored in order, their delivery enqueued in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Option, Pin
from bot.conversation.states import OutboundState
from bot.db.jobs import enqueue_delivery
from bot.db.tables import Conversation, Media, Message

# Kinds of what we say in the dialogue, which is what questions and options are looked for in.
MESSAGE = "message"
DANGER = "danger"  # of a turn that told of danger: who asked us in words to stop is answered all the same
DIALOGUE = (MESSAGE, DANGER)


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to say to a resident."""

    text: str
    options: tuple[Option, ...] = ()
    photo_ids: tuple[int, ...] = ()
    ask_location: bool = False
    venue: Pin | None = None
    page: str = ""  # link to the public page of the request it is about, where there is room for it
    map: Pin | None = None  # where the report is: shown on a map by channels that show pictures


def _payload(reply: Reply) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    if reply.options:
        payload["options"] = [[option.label, option.payload] for option in reply.options]
    if reply.ask_location:
        payload["ask_location"] = True
    if reply.venue:
        venue = reply.venue
        payload["venue"] = {
            "lat": venue.lat,
            "lon": venue.lon,
            "name": venue.name,
            "address": venue.address,
        }
    if reply.page:
        payload["page"] = reply.page
    if reply.map:
        payload["map"] = {"lat": reply.map.lat, "lon": reply.map.lon}
    return payload


def stored_options(payload: dict[str, Any]) -> tuple[Option, ...]:
    """The options a stored outbound message offered, in order."""
    return tuple(Option(label, value) for label, value in payload.get("options", ()))


def stored_venue(payload: dict[str, Any]) -> Pin | None:
    venue = payload.get("venue")
    return Pin(venue["lat"], venue["lon"], venue.get("name"), venue.get("address")) if venue else None


def stored_map(payload: dict[str, Any]) -> Pin | None:
    """The place a stored outbound message shows on a map."""
    place = payload.get("map")
    return Pin(place["lat"], place["lon"]) if place else None


async def queue_replies(
    session: AsyncSession,
    conversation: Conversation,
    replies: Sequence[Reply],
    *,
    turn_id: int | None = None,
    author: str = "bot",
    kind: str = MESSAGE,
) -> list[Message]:
    """Store `replies` in order and enqueue their delivery.

    `kind`: one of `DIALOGUE`; "consent" is sent even after a STOP; "notice" and "apology" are said beside the dialogue, and
    after them the options offered before are still on offer.
    """
    rows = []
    # As it is now: when they write to another number of ours next, this is still the answer to the first.
    end = {"our_end": conversation.contact.our_end} if conversation.contact.our_end is not None else {}
    for reply in replies:
        row = Message(
            conversation_id=conversation.id,
            direction="out",
            channel=conversation.contact.channel,
            kind=kind,
            author=author,
            body=reply.text,
            payload=_payload(reply) | end,
            state=OutboundState.QUEUED,
            turn_id=turn_id,
        )
        session.add(row)
        await session.flush()  # ids in the order of the replies
        for position, photo_id in enumerate(reply.photo_ids):
            session.add(Media(message_id=row.id, position=position, state="kept", photo_id=photo_id))
        rows.append(row)
    if rows:
        await enqueue_delivery(session, conversation.id, conversation.contact.channel)
    return rows
