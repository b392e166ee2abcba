"""A console with all kinds of things in it: for tests that open every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.alerts import NewAlert, add_alert
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.following import Following, follow_request
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.conversation.outbox import Option, Reply, queue_replies
from bot.conversation.review.facts import keep_facts
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.conversation.wordings import set_words
from bot.db.session import transaction
from bot.db.tables import Conversation, Photo, ServiceRequest, Staff
from bot.delivery.batches import Wish, begin_batch, change_one
from bot.insight.counting import count_figures
from tests.alarms import told_danger
from tests.console import PICO, a_conversation, a_request

LONG_NAME = "Ana María Fernández-Villanueva de la Cruz"
HEARD: dict[str, Any] = {
    "language": "en",
    "intent": "report",
    "before": "what",
    "after": "where",
    "open": True,
    "service": "pothole",
    "readings": [["tell", 0.5], ["correct", 0.06]],
    "services": [["pothole", 0.94], ["street_sign", 0.03]],
    "place": {"words": "pico", "outcome": "street_only", "name": ""},
    "gloss": "palabra por palabra",
}


async def understood_and_given_up() -> int:
    """A conversation that ends at a question, with what the bot made of it."""
    conversation_id = await a_conversation("+13105550140", "un bache")
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply("Donde")], open_question="where", understood=HEARD)
    return conversation_id


async def filled() -> tuple[list[str], list[int]]:
    """Requests in every status with all that can stand beside them, and conversations of every kind."""
    now = datetime.now(UTC)
    first = await a_conversation()
    danger = await told_danger("+13105550124")
    waiting, taken, gone = [await a_conversation(f"+131055501{n}", "una bolsa rota") for n in (30, 31, 32)]
    references = [await a_request(status, first, service_code="pothole") for status in Status]
    for status, reference in zip(Status, references, strict=True):
        async with transaction() as session:
            photo = Photo(sha256=f"{references.index(reference):064d}", width=9, height=9, size=9)
            session.add(photo)
            await session.flush()
            change = Change(reference, status, "staff:maria", "Una palabra", internal_note="@vera una nota")
            if status is Status.CLOSED:
                change = Change(
                    reference,
                    status,
                    "staff:maria",
                    "No",
                    resolution=Resolution.NOT_OURS,
                    referred_to="Caltrans",
                )
            if status is not Status.OPEN:
                await change_request(session, change)
            await add_to_request(
                session, first, Said("mas", (photo.id,), asks=status is Status.OPEN), reference
            )
    async with transaction() as session:
        await follow_request(session, Following(waiting, references[1], "aqui", "la tienda", PICO))
        await record_feedback(session, first, references[-2], Verdict.NOT_FIXED, 2, "sigue igual")
        await session.execute(
            update(ServiceRequest).values(due_on=(now - timedelta(days=3)).date(), crew="Night crew 7")
        )
        vera = await session.scalar(select(Staff).where(Staff.username == "vera"))
        if vera is not None:
            vera.name = LONG_NAME
            await session.execute(update(ServiceRequest).values(assignee_id=vera.id))
        talk = await session.get_one(Conversation, waiting)
        talk.wants_person_at, talk.wants_person_why = now, "lost"
        talk = await session.get_one(Conversation, taken)
        talk.taken_over_at, talk.taken_over_by = now, await session.scalar(select(Staff.id))
        talk = await session.get_one(Conversation, gone)
        talk.contact.opted_out_at, talk.contact.opted_out_why = now, "carrier"
        talk = await session.get_one(Conversation, first)
        replies = [
            Reply("Cual", (Option("Una", "/file"), Option("Otra", "/change"))),
            Reply("Gracias"),
            Reply("Ya"),
        ]
        sent = await queue_replies(session, talk, replies)
        for message, state, detail in zip(
            sent,
            ("failed", "suppressed", "sent"),
            ("the number cannot be reached", "the resident texted STOP", "unconfirmed"),
            strict=True,
        ):
            message.state, message.detail = state, detail
        for language in ("en", "es"):
            await set_words(session, "resolved", language, "{reference} {about} listo", "staff:maria")
        for until in (now + timedelta(days=1), now + timedelta(days=2)):
            await add_alert(
                session,
                NewAlert(
                    {"en": "Agua", "es": f"Agua {until:%d}"}, until, "staff:maria", middle=PICO, radius=300
                ),
                now,
            )
        batch_id, _ = await begin_batch(session, "key", "staff:maria", [1, 2], now)
    await change_one(batch_id, 2, 0, Wish(internal_note="@vera nota"), "staff:maria", now)
    heard = await understood_and_given_up()
    await keep_facts()
    await count_figures(now)
    return references, [first, danger, waiting, taken, gone, heard]
