"""Service requests: what is asked for, its history, and who follows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.db.tables.base import Table, key, now, when

if TYPE_CHECKING:
    from bot.db.tables.photos import Photo


class ServiceRequest(Table):
    """A service request: what, where, and where it stands."""

    __tablename__ = "service_requests"
    __table_args__ = (
        Index("ix_service_requests_status", "status", "created_at"),
        Index("ix_service_requests_service", "service_code", "created_at"),
        # What lies near: see bot/cases/duplicates.py, whose query repeats the predicate word for word.
        Index(
            "ix_service_requests_near",
            text("point(lon, lat)"),
            postgresql_using="gist",
            postgresql_where=text(
                "status IN ('open', 'in_progress', 'waiting', 'on_hold') AND lat IS NOT NULL"
            ),
        ),
        Index(
            "ix_service_requests_merged",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_service_requests_due",
            "due_on",
            postgresql_where=text("status IN ('open', 'in_progress') AND due_on IS NOT NULL"),
        ),
        Index(
            "ix_service_requests_assignee",
            "assignee_id",
            postgresql_where=text("assignee_id IS NOT NULL"),
        ),
        # What a crew has to do: see bot/cases/crew_work.py, whose query repeats the predicate word for word.
        *(
            Index(
                f"ix_service_requests_work_of_{name}",
                column,
                "due_on",
                "id",
                postgresql_where=text("status IN ('open', 'in_progress')"),
            )
            for name, column in (("department", "department"), ("crew", "crew"), ("person", "assignee_id"))
        ),
        # The city's page: what is on it, and how long the work took lately.
        Index("ix_service_requests_listed", "id", postgresql_where=text("listed_at IS NOT NULL")),
        Index("ix_service_requests_fixed", "ended_at", postgresql_where=text("resolution = 'fixed'")),
        # What was filed and what ended on a day: bot.insight.
        Index("ix_service_requests_filed", "created_at"),
        Index("ix_service_requests_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        # The inbox: what it is narrowed to, with the counts of each status.
        Index("ix_service_requests_stems", "stems", postgresql_using="gin"),
        Index("ix_service_requests_department", "department", "status"),
        Index("ix_service_requests_neighborhood", "neighborhood", "status"),
        Index("ix_service_requests_channel", "channel", "status"),
        Index("ix_service_requests_language", "language", "status"),
        CheckConstraint(
            "(status IN ('resolved', 'closed')) = (resolution IS NOT NULL)", name="end_has_resolution"
        ),
    )

    id: Mapped[int] = key()
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    service_code: Mapped[str] = mapped_column(String(64))
    description: Mapped[str]  # the resident's words; nothing of ours is ever written over them
    # What it is about, where staff put that right: they read it before the resident's words. "": those say it.
    staff_description: Mapped[str] = mapped_column(Text, server_default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    place_text: Mapped[str]  # the resident's words
    address: Mapped[str]  # what we resolved them to, as people say it; "" for what happened nowhere
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    location_kind: Mapped[str | None] = mapped_column(String(16))
    on_border: Mapped[bool] = mapped_column(server_default="false")
    neighborhood: Mapped[str | None]
    zip_code: Mapped[str | None] = mapped_column(String(10))
    # Who has it: bot.cases.assignment. The department is the catalogue's until somebody says otherwise.
    department: Mapped[str | None]
    crew: Mapped[str] = mapped_column(Text, server_default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    status: Mapped[str] = mapped_column(String(16))
    resolution: Mapped[str | None] = mapped_column(
        String(16)
    )  # of a finished one: bot.cases.status.Resolution
    ended_at: Mapped[datetime | None]
    due_on: Mapped[date | None]  # the day, in the city, by which it was said to be done
    late_told_at: Mapped[datetime | None]  # that it runs late is said once
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("service_requests.id"))
    # Of one that ended too long ago to be opened again.
    follow_up_of_id: Mapped[int | None] = mapped_column(ForeignKey("service_requests.id"), index=True)
    # The known outage or works it is due to, where it was filed or told of one.
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    urgent_at: Mapped[datetime | None]  # when a resident first said that it cannot wait
    # What staff show of it: in their own words on its public page, and since when on the city's page.
    public_summary: Mapped[str] = mapped_column(Text, server_default="")
    listed_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()
    passed_back_at: Mapped[
        datetime | None
    ]  # by a crew that should not have it; None once it is given to somebody, or moves
    # Written by triggers (migration 0066) from history and additions, and read in SQL alone: they make lists of a million rows
    # fast. When staff wrote in its history last, when a resident added something, and when one asked staff something.
    staff_at: Mapped[datetime | None] = mapped_column(deferred=True)
    added_at: Mapped[datetime | None] = mapped_column(deferred=True)
    asked_at: Mapped[datetime | None] = mapped_column(deferred=True)
    not_fixed: Mapped[bool] = mapped_column(
        server_default="false", deferred=True
    )  # its resident said so once
    reopened: Mapped[bool] = mapped_column(server_default="false", deferred=True)
    stems: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)  # of all words: bot.cases.searching

    photos: Mapped[list[RequestPhoto]] = relationship(lazy="raise", order_by="RequestPhoto.id")
    updates: Mapped[list[Update]] = relationship(lazy="raise", order_by="Update.id")
    feedback: Mapped[list[Feedback]] = relationship(lazy="raise", order_by="Feedback.id")
    additions: Mapped[list[Addition]] = relationship(
        lazy="raise", order_by="Addition.created_at, Addition.id"
    )

    @property
    def standing_updates(self) -> list[Update]:
        """Its history without what was undone and what undid it. `updates` are loaded."""
        undone = {one.undoes_id for one in self.updates if one.undoes_id is not None}
        return [one for one in self.updates if one.undoes_id is None and one.id not in undone]


class Addition(Table):
    """What a resident added to a request after it was filed, or after they had begun to follow it: in one turn of theirs.

    `description` of the request and `words` of the follower are what they told first, and stay as they are.
    """

    __tablename__ = "additions"

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    # None: another system passed it on, with the key `key_id`.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    # What another system calls it, with its key: the same is added once. See `bot.cases.reported_updates`.
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    # Of the turn it came by, so that a turn that is taken again adds nothing, and its photos (`RequestPhoto`) are found.
    # No foreign key: `rasa shell` numbers turns that are in no table.
    turn_id: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text, server_default="")  # "" for photos without words
    asks: Mapped[bool] = mapped_column(server_default="false")  # a question to staff, and no answer to theirs
    address: Mapped[str | None]  # where they say it is, when that is what they added
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime] = when()  # when it was said


class Join(Table):
    """A request that staff joined with another, and all that is needed to make it undone; see `bot.cases.undoing`."""

    __tablename__ = "joins"

    id: Mapped[int] = key()
    source_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"))
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))  # that closed the source
    before: Mapped[dict[str, Any]]  # how the source stood: status, resolution, ended_at
    made: Mapped[
        dict[str, Any]
    ]  # ids of the rows that were copied to the target, by their table, and the last ones then
    created_at: Mapped[datetime] = when()
    undone_at: Mapped[datetime | None]


class Batch(Table):
    """One change of several requests that staff made in one go, for as long as it is told of: see `bot.cases.many`."""

    __tablename__ = "batches"

    id: Mapped[int] = key()
    key: Mapped[str] = mapped_column(String(64), unique=True)  # of the form: sent twice it is one
    author: Mapped[str] = mapped_column(String(80))
    chosen: Mapped[list[Any]] = mapped_column(JSONB)  # ids of the requests
    created_at: Mapped[datetime] = when()
    undone_at: Mapped[datetime | None]

    steps: Mapped[list[BatchStep]] = relationship(lazy="raise", order_by="BatchStep.id")


class BatchStep(Table):
    """What became of one of its requests; written in the transaction that changes it."""

    __tablename__ = "batch_steps"
    __table_args__ = (UniqueConstraint("batch_id", "request_id"),)

    id: Mapped[int] = key()
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"))
    update_id: Mapped[int | None] = mapped_column(BigInteger)  # None: it was not changed
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # bot.cases.as_before
    problem: Mapped[str] = mapped_column(String(32), server_default="")  # why it was not changed
    undone: Mapped[str] = mapped_column(String(32), server_default="")  # bot.cases.many.Undone


class Alert(Table):
    """A known outage, or works, in an area: see `bot.cases.alerts`."""

    __tablename__ = "alerts"

    id: Mapped[int] = key()
    words: Mapped[dict[str, Any]]  # language → what residents are told
    service_codes: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  # of these; [] for all
    address: Mapped[str] = mapped_column(Text, server_default="")  # the middle; "" for the whole city
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    radius: Mapped[int | None]  # metres
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    urgent: Mapped[bool] = mapped_column(server_default="false")  # told at night, too
    author: Mapped[str] = mapped_column(String(80))
    ended_by: Mapped[str | None] = mapped_column(String(80))  # who ended it; None: its time ran out, or runs
    created_at: Mapped[datetime] = now()


class RequestPhoto(Table):
    """A photo of a request: the resident's (`report`) or of the finished work (`completion`)."""

    __tablename__ = "request_photos"
    __table_args__ = (UniqueConstraint("request_id", "photo_id", "kind"),)

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))  # who sent it
    # By staff, for the public page of the request; those of the work need no clearing.
    cleared: Mapped[bool] = mapped_column(server_default="false")
    turn_id: Mapped[int | None] = mapped_column(BigInteger)  # of the addition it came with; see `Addition`
    created_at: Mapped[datetime] = when()

    photo: Mapped[Photo] = relationship(lazy="raise")


class Update(Table):
    """A change of a request, and what the public is told of it."""

    __tablename__ = "updates"
    __table_args__ = (Index("ix_updates_created_at", "created_at"),)  # other systems ask what is new

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    from_status: Mapped[str | None] = mapped_column(String(16))
    to_status: Mapped[str] = mapped_column(String(16))
    resolution: Mapped[str | None] = mapped_column(String(16))
    referred_to: Mapped[str] = mapped_column(Text, server_default="")  # whose it is, where it is not ours
    due_on: Mapped[date | None]  # a day that was promised with it
    assignment: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True)
    )  # who has it from then on; None: as before
    corrected: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True)
    )  # what staff put right with it, before and after: bot.cases.correcting
    undoes_id: Mapped[int | None] = mapped_column(BigInteger)  # of the entry that it makes undone
    public_text: Mapped[str] = mapped_column(Text, server_default="")
    internal_note: Mapped[str] = mapped_column(Text, server_default="")
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = when()

    photos: Mapped[list[RequestPhoto]] = relationship(lazy="raise", order_by="RequestPhoto.id")


class Subscriber(Table):
    """A resident who follows a request: they filed it, or chose to follow another's of the same matter.

    What a follower said of it first stays here, apart from the words of who filed it, so that staff can tell the
    two and make a request of its own of it (`bot.cases.splitting`). What is added later is an `Addition`.
    """

    __tablename__ = "subscribers"
    __table_args__ = (UniqueConstraint("request_id", "conversation_id"),)

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    origin: Mapped[str] = mapped_column(
        String(16), server_default="filed"
    )  # filed, followed, merged, regained
    words: Mapped[str] = mapped_column(Text, server_default="")
    place_text: Mapped[str] = mapped_column(Text, server_default="")
    address: Mapped[str | None]  # where the follower says it is
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    muted_at: Mapped[datetime | None]  # does not want to be told of this one
    created_at: Mapped[datetime] = when()


class Feedback(Table):
    """What a resident answered to a resolving update."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_created_at", "created_at"),
        Index("ix_feedback_comments", "created_at", "id", postgresql_where=text("comment IS NOT NULL")),
    )

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    verdict: Mapped[str | None] = mapped_column(String(16))  # fixed, not_fixed
    rating: Mapped[int | None]
    comment: Mapped[str | None]
    created_at: Mapped[datetime] = when()
