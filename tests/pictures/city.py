"""A city on a Monday morning, for whoever looks at every page: long names, many photos, two languages, every status."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.alerts import NewAlert, add_alert
from bot.cases.assignment import Assignment
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.location import Location, LocationKind, Point
from bot.conversation.outbox import Reply
from bot.conversation.receive import receive
from bot.conversation.review.facts import keep_facts
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, ServiceRequest, Staff
from bot.delivery.batches import Wish, begin_batch, change_one
from bot.delivery.push import update_request
from bot.insight.counting import count_figures
from bot.photos.intake import take_in
from bot.simulator.samples import sample_photo
from bot.web.media import current_store
from tests.console import PASSWORD, a_request


@dataclass(frozen=True)
class Report:
    """What somebody reported, and how far it is."""

    service: str
    words: str
    where: str
    at: tuple[float, float]  # latitude, longitude
    language: str = "en"
    photos: tuple[str, ...] = ()
    days: float = 0.1  # since it was filed
    status: Status = Status.OPEN
    told: str = ""
    more: dict[str, Any] = field(default_factory=dict)


RANT = (
    "Buenas tardes, mire, ya van tres semanas que nadie pasa por la basura y los mapaches la tiran toda por la banqueta, mis niños "
    "tienen que caminar por la calle para ir a la escuela, ya llamé cuatro veces y siempre me dicen que ya mero, pero nada, de veras "
    "que no es justo, pagamos los mismos impuestos que los del norte de Montana y allá sí pasan cada semana sin falta"
)
REPORTS = (
    Report("pothole", "huge pothole in the right lane before the light, blew out my tire this morning", "Pico Blvd & 4th St", (34.0081, -118.4885), photos=("pothole", "pothole")),
    Report("missed_collection", RANT, "1427 Lincoln Blvd", (34.0152, -118.4897), "es", days=2),
    Report("streetlight", "whole block dark since sunday", "Ocean Park Blvd & 17th St", (34.0142, -118.4702), days=9, status=Status.IN_PROGRESS, told="A crew has the part and is on its way."),
    Report("graffiti", "tagging on the wall behind the school, kids see it every day", "Virginia Ave & 20th St", (34.0218, -118.4707), photos=("graffiti",) * 9, days=1),
    Report("illegal_dumping", "sofa, two mattresses and what looks like a fridge dumped in the alley", "4th Ct & Arizona Ave", (34.0183, -118.4968), photos=("bin",), status=Status.ON_HOLD, told="The contractor comes on Thursday."),
    Report("sidewalk", "lifted slab by the big ficus, my grandmother fell on it", "1833 Ocean Park Blvd", (34.0161, -118.4667), status=Status.WAITING, told="On which side of the driveway is it?", days=3),
    Report("tree", "rama enorme colgando sobre la banqueta", "Marine Park", (34.0095, -118.4562), "es", days=4),
    Report("pothole", "pothole again, same spot as in march", "Wilshire Blvd & 14th St", (34.0297, -118.4862), status=Status.RESOLVED, told="Filled this morning.", days=6, photos=("pothole",)),
    Report("abandoned_vehicle", "silver Corolla with four flat tires, has not moved since the fires", "Cloverfield Blvd & Michigan Ave", (34.0249, -118.4701), days=12, status=Status.CLOSED, told="It belongs to a resident with a permit."),
    Report("noise", "construction before 7 every single day", "11th St & Montana Ave", (34.0339, -118.4979), days=0.5),
    Report("streetlight", "flickers all night", "Main St & Hill St", (34.0010, -118.4840), days=15),
    Report("graffiti", "grafiti nuevo en la pared del parque", "Virginia Avenue Park", (34.0213, -118.4683), "es", days=0.2),
)  # fmt: skip


async def photo(name: str) -> int:
    sample = sample_photo(name)
    assert sample is not None
    taken = await asyncio.to_thread(take_in, sample)
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


async def texts(address: str, *said: tuple[str, str], channel: Channel = Channel.SMS) -> int:
    """A conversation: what was said, and what the bot answered."""
    conversation_id = 0
    for number, (words, answer) in enumerate(said):
        async with transaction() as session:
            inbound = Inbound(channel, InboundKind.MESSAGE, f"{address}-{number}", address, text=words)
            conversation_id = (await receive(session, inbound)).conversation_id
        async with transaction() as session:
            turn = await open_turn(session, conversation_id)
            assert isinstance(turn, OpenTurn)
            await finish_turn(session, turn, [Reply(answer)], understood=_HEARD)
    return conversation_id


_HEARD: dict[str, Any] = {
    "language": "en", "intent": "report", "before": "what", "after": "where", "open": True, "service": "pothole",
    "readings": [["tell", 0.9], ["correct", 0.06]], "services": [["pothole", 0.94], ["street_sign", 0.03]],
    "place": {"words": "pico and 4th", "outcome": "found", "name": "Pico Blvd & 4th St"},
}  # fmt: skip


async def a_monday() -> list[str]:
    """Fill the city; gives the references in their order. Somebody `maria` is there already."""
    async with transaction() as session:
        for username, name, role in (
            ("ana", "Ana María Fernández-Villanueva de la Cruz", Role.AGENT),
            ("marco", "Marco Ruiz", Role.CREW),
            ("priya", "Priya Raman", Role.REVIEWER),
        ):
            await create_staff(session, username, PASSWORD, name=name, role=role, department="Public Works")
        await session.execute(update(Staff).where(Staff.username == "maria").values(role=Role.ADMIN))
    references = [await _filed(number, report) for number, report in enumerate(REPORTS)]
    await _afterwards(references)
    await keep_facts()
    await count_figures(datetime.now(UTC))
    return references


async def _filed(number: int, report: Report) -> str:
    spanish = report.language == "es"
    answer = "¿Lo envío?\n1 Enviarlo" if spanish else "Shall I send it?\n1 Send it"
    sent = "Enviado. Le aviso cuando cambie." if spanish else "Sent. I'll text you when it changes."
    conversation_id = await texts(
        f"+1310555{3000 + number}", (f"{report.words}, {report.where}", answer), ("1", sent)
    )
    location = Location(
        Point(*report.at), LocationKind.INTERSECTION, report.where, neighborhood="Pico", zip_code="90404"
    )
    reference = await a_request(
        f"monday-{number}",
        conversation_id,
        service_code=report.service,
        description=report.words,
        place_text=report.where.lower(),
        location=location,
        photo_ids=tuple([await photo(name) for name in report.photos]),
        language=report.language,
    )
    filed = datetime.now(UTC) - timedelta(days=report.days)
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest).where(ServiceRequest.reference == reference).values(created_at=filed)
        )
        of = select(Conversation.contact_id).where(Conversation.id == conversation_id)
        await session.execute(update(Contact).where(Contact.id.in_(of)).values(language=report.language))
    if report.status is not Status.OPEN:
        done = (await photo("pothole"),) if report.status is Status.RESOLVED else ()
        end = Resolution.WILL_NOT_DO if report.status is Status.CLOSED else None
        async with transaction() as session:
            wanted = Change(
                reference, report.status, "staff:ana", report.told, photo_ids=done, resolution=end
            )
            await update_request(session, wanted)
    return reference


async def _afterwards(references: list[str]) -> None:
    """What a morning brings besides."""
    now = datetime.now(UTC)
    async with transaction() as session:
        late = await find_request(session, references[10])
        late.due_on = (now - timedelta(days=5)).date()
        held = Assignment("Public Works", "Night crew 7", "ana")
        note = "@maria please look: the part is back-ordered."
        await update_request(
            session,
            Change(references[2], Status.IN_PROGRESS, "staff:ana", internal_note=note, assignment=held),
        )
        fixed = await find_request(session, references[7])
        await record_feedback(
            session, fixed.conversation_id, references[7], Verdict.FIXED, 5, "muy rápido, gracias"
        )
        asked = await find_request(session, references[6])
        await add_to_request(
            session,
            asked.conversation_id,
            Said("¿cuándo vienen? ya se mueve con el viento", asks=True),
            references[6],
        )
        words = {
            "en": "The traffic lights on Lincoln are out. Crews are there.",
            "es": "No funcionan los semáforos de Lincoln. Ya hay cuadrillas.",
        }
        await add_alert(session, NewAlert(words, now + timedelta(hours=9), "staff:maria"), now)
        batch_id, _ = await begin_batch(session, "monday-batch-key", "staff:maria", [1, 9], now)
        newest = {
            one: max(update.id for update in (await find_request(session, references[one - 1])).updates)
            for one in (1, 9)
        }
    for one, seen in newest.items():
        wish = Wish(Status.ON_HOLD, words={"en": "It waits for asphalt."})
        await change_one(batch_id, one, seen, wish, "staff:maria", now)
    await texts(
        "7800123",
        ("hola, tengo una duda del estacionamiento", "¿Qué quiere saber?"),
        channel=Channel.TELEGRAM,
    )
