"""A resident with everything a resident can have, told in words that are found again wherever they are kept."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.correcting import Wanted, put_right
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.filing import NewRequest, file_request
from bot.cases.following import Following, follow_request
from bot.cases.photos import keep_photo
from bot.cases.showing import show_photo, write_summary
from bot.cases.status import Status
from bot.cases.updates import Change, change_request
from bot.channels.messages import Channel, Inbound, InboundKind, MediaRef, Pin
from bot.city.location import Location, LocationKind, Point
from bot.conversation.map_links import new_map_link
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.db.embedded import EmbeddedDatabase
from bot.db.jobs import Queue, TaskName, enqueue
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, ReceiptRow, Turn
from bot.photos.intake import TakenPhoto, take_in
from bot.photos.store import PhotoStore
from bot.settings import settings
from tests.photos import jpeg

NUMBER = "+13105550123"
NAME = "Zelda Quixwood"
PICO = Location(Point(34.0081, -118.4885), LocationKind.INTERSECTION, "Pico Blvd & 4th St")
# Nothing of these may be found anywhere once the resident is erased.
SECRETS = ("3105550123", "310-555-0123", "zelda", "quixwood", "zebrafish", "EXIF-plate", "zq@example.org")


@dataclass(frozen=True, slots=True)
class Resident:
    conversation_id: int
    contact_id: int
    reference: str
    followed: str
    lone_photo: TakenPhoto  # sent, in no request
    filed_photo: TakenPhoto


def store() -> PhotoStore:
    return PhotoStore(settings().photo_store_url)


async def a_photo(shade: int) -> tuple[int, TakenPhoto]:
    taken = await asyncio.to_thread(take_in, jpeg(position=(34.01, -118.49), shade=shade))
    await asyncio.to_thread(store().put, taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id, taken


async def says(text: str, number: str = NUMBER, **more: object) -> int:
    async with transaction() as session:
        inbound = Inbound(
            Channel.SMS,
            InboundKind.MESSAGE,
            f"SM-{number}-{zlib.crc32(text.encode()):x}",
            number,
            text=text,
            **more,  # type: ignore[arg-type]
        )
        received = await receive(session, inbound)
        assert received.conversation_id is not None
        return received.conversation_id


async def a_resident(database: EmbeddedDatabase) -> Resident:
    """Messages both ways, photos, a pin, two requests, feedback, receipts, a map link, jobs, the tracker, what was set aside."""
    neighbour = await says("graffiti by the zoo", "+13105550999")
    conversation_id = await says(
        "zebrafish pothole, call Zelda at 310-555-0123",
        display_name=NAME,
        pin=Pin(34.01, -118.49, "zebrafish corner"),
    )
    await says(
        "here is a picture zebrafish",
        media=(MediaRef("https://media/zebrafish", file_name="EXIF-plate.jpg"),),
    )
    lone_id, lone = await a_photo(40)
    filed_id, filed_photo = await a_photo(70)
    async with transaction() as session:
        followed = await file_request(session, _new(neighbour, "n", "graffiti on the wall"))
        filed = await file_request(
            session,
            _new(
                conversation_id,
                "z",
                "pothole. I am Zelda Quixwood, zq@example.org or (310) 555-0123",
                (filed_id,),
            ),
        )
        await follow_request(
            session, Following(conversation_id, followed.reference, "zebrafish graffiti", "zebrafish", PICO)
        )
        for reference, words in (
            (filed.reference, "it is deeper, ask for Zelda Quixwood at zq@example.org"),
            (followed.reference, "the zebrafish is painted on it"),
        ):
            said = Said(words, location=PICO, turn_id=1)
            await add_to_request(session, conversation_id, said, reference)
        await record_feedback(
            session, conversation_id, filed.reference, Verdict.FIXED, 5, "zebrafish says thanks", "k"
        )
        await change_request(
            session,
            Change(
                filed.reference,
                Status.IN_PROGRESS,
                "staff:maria",
                "Hi Zelda, we are on it",
                "called 310-555-0123",
            ),
        )
        about = Wanted(description="Deep, says I am Zelda, zq@example.org")
        await put_right(session, filed.reference, about, "staff:maria", datetime.now(UTC))
        await write_summary(
            session, filed.reference, "A hole as wide as a zebrafish, says Zelda", "staff:maria"
        )
        await show_photo(session, filed.reference, filed_id, "staff:maria", shown=True)
        await new_map_link(session, conversation_id, Point(34.0, -118.4))
        conversation = await session.get_one(Conversation, conversation_id)
        (reply,) = await queue_replies(session, conversation, [Reply("Is the zebrafish near you?")])
        reply.provider_id = "SMzebrafish-out"
        session.add(ReceiptRow(message_id=reply.id, state="delivered"))
        session.add(
            Media(message_id=reply.id, position=0, state="kept", photo_id=lone_id, file_name="EXIF-plate")
        )
        session.add(
            Turn(
                conversation_id=conversation_id,
                engine_message={"message": "zebrafish", "metadata": {"a": NUMBER}},
            )
        )
        await enqueue(session, TaskName.TAKE_TURN, Queue.TURNS, conversation_id=conversation_id)
        contact_id = conversation.contact_id
    with psycopg.connect(database.url(), autocommit=True) as connection:
        connection.execute("UPDATE media SET photo_id = %s WHERE photo_id IS NULL", [lone_id])
        connection.execute(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (%s, 'user', 1, %s)",
            [f"conversation-{conversation_id}", '{"text": "zebrafish"}'],
        )
        connection.execute(
            "INSERT INTO set_aside (channel, body, reason) VALUES ('sms', %s, 'odd'), ('sms', %s, 'odd')",
            [b"From=%2B13105550123&Body=x", b"From=%2B13105550777&Body=other"],
        )
    return Resident(conversation_id, contact_id, filed.reference, followed.reference, lone, filed_photo)


def _new(conversation_id: int, key: str, description: str, photos: tuple[int, ...] = ()) -> NewRequest:
    return NewRequest(
        conversation_id,
        key,
        "pothole",
        description,
        "pico and 4th",
        PICO,
        photos,
        answers={"who": description},
    )


def everything(database: EmbeddedDatabase) -> str:
    """Every row of every table, as text, in small letters; without those that only say that another row changed."""
    parts = []
    with psycopg.connect(database.url()) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'changes'"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(sql.Identifier(table))
            rows = connection.execute(query).fetchall()
            parts += [f"{table} {row}" for (row,) in rows]
        raw = connection.execute("SELECT convert_from(body, 'LATIN1') FROM set_aside").fetchall()
        parts += [f"set_aside {row}" for (row,) in raw]
    return "\n".join(parts).lower()


def old(days: int) -> datetime:
    from datetime import timedelta

    return datetime.now(UTC) - timedelta(days=days)
