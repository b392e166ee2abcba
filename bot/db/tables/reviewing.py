"""What reviewers make of conversations, and what the bot learns from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, key, when


class ConversationFacts(Table):
    """What staff search conversations by, and how it was reviewed: see `bot.conversation.review`.

    All but what reviewers did is computed from messages and turns, and may be computed anew at any time. It holds no word of a resident.
    """

    __tablename__ = "conversation_facts"
    __table_args__ = (
        Index("ix_conversation_facts_last", "last_at", "conversation_id"),
        Index("ix_conversation_facts_marks", "marks", postgresql_using="gin"),
        Index(
            "ix_conversation_facts_worth",
            "score",
            "last_at",
            "conversation_id",
            postgresql_where=text("score > 0"),
        ),
        Index(
            "ix_conversation_facts_again", "look_again_at", postgresql_where=text("look_again_at IS NOT NULL")
        ),
    )

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    upto: Mapped[int] = mapped_column(BigInteger)  # the newest message that was looked at
    last_at: Mapped[datetime]  # when the resident wrote last
    outcome: Mapped[str] = mapped_column(String(16))  # bot.conversation.review.marks.Outcome
    question: Mapped[str | None] = mapped_column(String(32))  # at which a report stopped
    service: Mapped[str | None] = mapped_column(String(64))  # of the last report
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text))  # what can be searched for
    score: Mapped[int] = mapped_column(Integer)  # how much it is worth reading; 0 once reviewed
    look_again_at: Mapped[datetime | None]  # when silence makes something else of it
    reviewed_upto: Mapped[int | None] = mapped_column(BigInteger)  # the newest message when it was reviewed
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    flagged_at: Mapped[datetime | None]
    flagged_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class Review(Table):
    """That somebody of staff read a conversation, up to a message; kept for their progress."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_at", "at"),)

    id: Mapped[int] = key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    upto: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = when()


class ReviewNote(Table):
    """What a reviewer wrote about a conversation, or about one message of it."""

    __tablename__ = "review_notes"

    id: Mapped[int] = key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    author: Mapped[str] = mapped_column(String(80))
    body: Mapped[str]
    at: Mapped[datetime] = when()


class Example(Table):
    """What a reviewer says that a message was, with its personal data masked: see `bot.conversation.review.examples`."""

    __tablename__ = "examples"
    __table_args__ = (Index("ix_examples_state", "state", "id"),)

    id: Mapped[int] = key()
    # Where it comes from; None once these words are forgotten there.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))  # service, act or place
    label: Mapped[str]  # the code of the service, the name of the act, or the place as people say it
    taken_for: Mapped[str]  # what the bot had made of it
    state: Mapped[str] = mapped_column(String(16))  # waiting, accepted, rejected
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = when()
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    trained_at: Mapped[datetime | None]  # the model that is served has learnt it since


class Training(Table):
    """A training with what reviewers accepted, and what it changed."""

    __tablename__ = "trainings"

    id: Mapped[int] = key()
    author: Mapped[str] = mapped_column(String(80))
    began_at: Mapped[datetime] = when()
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))  # bot.conversation.review.trainings.Stage
    examples: Mapped[int] = mapped_column(Integer)  # how many it learns from
    model: Mapped[str | None]  # name of its file
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # before and after
