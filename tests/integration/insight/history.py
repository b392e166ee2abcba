"""Histories of a city, written straight into the tables: any number of days, and changes that come long afterwards."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import calendar
from bot.db.tables import (
    Addition,
    Audit,
    Contact,
    Conversation,
    Feedback,
    Message,
    Photo,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Turn,
    Update,
)

QUESTIONS = ("what", "where", "which_place", "detail:which_pole", "summary", "", None)
SERVICES = ("pothole", "graffiti", "streetlight")
NEIGHBORHOODS = ("Pico", "Ocean Park", None)
DEPARTMENTS = ("Public Works", None)


@dataclass
class History:
    """Writes what happens; `draw` decides what."""

    session: AsyncSession
    draw: random.Random
    begins: datetime
    days: int
    conversations: list[Conversation] = field(default_factory=list)
    requests: list[ServiceRequest] = field(default_factory=list)
    number: int = 0

    async def add(self, *rows: object) -> None:
        self.session.add_all(rows)
        await self.session.flush()

    async def people(self, many: int) -> None:
        for number in range(many):
            contact = Contact(
                channel=self.draw.choice(("sms", "telegram")),
                address=f"+1310555{number:04d}",
                language=self.draw.choice(("en", "es", None)),
            )
            await self.add(contact)
            conversation = Conversation(contact_id=contact.id)
            await self.add(conversation)
            conversation.contact = contact
            self.conversations.append(conversation)

    def moment(self) -> datetime:
        return self.begins + timedelta(minutes=self.draw.randrange(self.days * 24 * 60))

    async def talk(self, at: datetime) -> None:
        """A few turns in a row, minutes or days apart, and perhaps what comes of them."""
        draw, conversation = self.draw, self.draw.choice(self.conversations)
        first = None
        for _ in range(draw.randint(1, 5)):
            turn = Turn(
                conversation_id=conversation.id,
                engine_message={},
                created_at=at,
                posted_at=at,
                finished_at=at + timedelta(seconds=9),
                open_question=draw.choice(QUESTIONS),
            )
            await self.add(turn)
            said = self._message(
                conversation, "in", "resident", at - timedelta(seconds=3), "handled", turn.id
            )
            answer = self._message(
                conversation,
                "out",
                "bot",
                at + timedelta(seconds=9),
                draw.choice(("delivered", "failed", "sent")),
                turn.id,
            )
            answer.error_code = draw.choice(("30003", "30006", None)) if answer.state == "failed" else None
            answer.segments, answer.pictures = draw.choice(((1, 0), (3, 1), (None, None)))
            await self.add(said)
            await self.add(answer)
            first = first or said
            during = at + timedelta(seconds=5)
            match draw.choice(("file", "follow", "add", "person", "nothing", "nothing")):
                case "file":
                    await self.file(conversation, first, during)
                case "follow" if self.requests:
                    request = draw.choice(self.requests)
                    if request.conversation_id != conversation.id:
                        await self._follow(request, conversation, during)
                case "add" if self.requests:
                    added = draw.choice(self.requests)
                    await self.add(
                        Addition(
                            request_id=added.id, conversation_id=conversation.id, words="x", created_at=during
                        )
                    )
                case "person":
                    await self.add(
                        Audit(
                            actor="resident",
                            action="conversation.person_asked",
                            subject_kind="conversation",
                            subject_id=str(conversation.id),
                            at=during,
                        )
                    )
            at += draw.choice((timedelta(minutes=2), timedelta(hours=5), timedelta(hours=50)))

    async def _follow(self, request: ServiceRequest, conversation: Conversation, at: datetime) -> None:
        self.number += 1
        key = (request.id, conversation.id)
        if key not in self._followed:
            self._followed.add(key)
            await self.add(
                Subscriber(
                    request_id=request.id, conversation_id=conversation.id, origin="followed", created_at=at
                )
            )

    _followed: set[tuple[int, int]] = field(default_factory=set)

    def _message(
        self,
        conversation: Conversation,
        direction: str,
        author: str,
        at: datetime,
        state: str,
        turn_id: int | None,
    ) -> Message:
        return Message(
            conversation_id=conversation.id,
            direction=direction,
            channel=conversation.contact.channel,
            author=author,
            state=state,
            turn_id=turn_id,
            created_at=at,
        )

    async def file(self, conversation: Conversation, first: Message, at: datetime) -> None:
        draw = self.draw
        self.number += 1
        part = f":{self.number}"
        key = f"draft:{conversation.id}:{first.id}{part}" if draw.random() < 0.8 else f"split:{self.number}"
        request = ServiceRequest(
            reference=f"SM-{self.number}",
            idempotency_key=key,
            conversation_id=conversation.id,
            service_code=draw.choice(SERVICES),
            description="",
            place_text="",
            address="",
            lat=34.01 + draw.randrange(5) / 500,
            lon=-118.49 + draw.randrange(5) / 500,
            neighborhood=draw.choice(NEIGHBORHOODS),
            department=draw.choice(DEPARTMENTS),
            status="open",
            due_on=(at + timedelta(days=draw.randrange(9))).date() if draw.random() < 0.7 else None,
            channel=conversation.contact.channel,
            language=draw.choice(("en", "es")),
            created_at=at,
            updated_at=at,
        )
        await self.add(request)
        self.requests.append(request)
        if draw.random() < 0.4:
            photo = Photo(sha256=f"{self.number:064d}", width=1, height=1, size=1)
            await self.add(photo)
            later = at + draw.choice((timedelta(), timedelta(minutes=30), timedelta(hours=3)))
            await self.add(
                RequestPhoto(request_id=request.id, photo_id=photo.id, kind="report", created_at=later)
            )

    async def change(self, request: ServiceRequest, at: datetime, now: datetime) -> None:
        """Something of a request changes, at a time after it was filed; what is written to its resident is written now."""
        draw = self.draw
        step = Update(
            request_id=request.id,
            from_status=request.status,
            to_status=request.status,
            author=draw.choice(("staff:ana", "system", "resident")),
            public_text=draw.choice(("Soon.", "")),
            created_at=at,
        )
        match draw.choice(("end", "open", "correct", "word", "feedback", "told late")):
            case "end" if request.ended_at is None:
                request.resolution = draw.choice(("fixed", "fixed", "not_ours"))
                request.status = step.to_status = "resolved" if request.resolution == "fixed" else "closed"
                request.ended_at = at
            case "open" if request.ended_at is not None:
                request.status = step.to_status = "open"
                request.ended_at = request.resolution = None
            case "correct":
                request.service_code = draw.choice(SERVICES)
                request.department = draw.choice(DEPARTMENTS)
                part = draw.choice(("service", "place", "description"))
                step.corrected = {part: {"before": "a", "after": "b"}}
            case "word":
                conversation = next(one for one in self.conversations if one.id == request.conversation_id)
                await self.add(self._message(conversation, "out", "staff:ana", now, "sent", None))
                return
            case "feedback":
                self.number += 1
                await self.add(
                    Feedback(
                        request_id=request.id,
                        conversation_id=request.conversation_id,
                        idempotency_key=f"f{self.number}",
                        verdict=draw.choice(("fixed", "not_fixed", None)),
                        rating=draw.choice((1, 4, 5, None)),
                        created_at=at,
                    )
                )
                return
            case "told late":
                request.late_told_at = at
        await self.add(step)


def midnight(year: int, month: int, day: int) -> datetime:
    """When a day of the city begins, as aware UTC."""
    return datetime(year, month, day, tzinfo=calendar().time_zone).astimezone(UTC)
