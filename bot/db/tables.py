"""All tables, one class each, grouped as the subject groups them. Times are aware UTC.

`messages` is inbox, outbox and transcript in one: what staff read, what is retried and what
is de-duplicated is the same row, so they cannot disagree.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        str: Text,
    }


def _key() -> Mapped[int]:
    return mapped_column(BigInteger, Identity(), primary_key=True)


def _now() -> Mapped[datetime]:
    return mapped_column(DateTime(timezone=True), server_default=func.now())


def _when() -> Mapped[datetime]:
    """When it happened: without a default, so that who writes history and forgets the clock they were given is refused at once."""
    return mapped_column(DateTime(timezone=True))


# --- what was said -----------------------------------------------------------------------------


class Contact(Table):
    """A person on a channel. `address` is an E.164 number or a Telegram chat id.

    A number that its owner gave up may be a stranger's: whoever writes from it is a contact of their own (`given_up_at`).
    """

    __tablename__ = "contacts"
    __table_args__ = (
        # `bot.conversation.receive` repeats the predicate word for word.
        Index(
            "uq_contacts_address",
            "channel",
            "address",
            unique=True,
            postgresql_where=text("given_up_at IS NULL"),
        ),
        Index("ix_contacts_given_up", "address", postgresql_where=text("given_up_at IS NOT NULL")),
    )

    id: Mapped[int] = _key()
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str]
    display_name: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(8))
    opted_out_at: Mapped[datetime | None]
    opted_out_why: Mapped[str | None] = mapped_column(String(16))  # see bot.conversation.consent
    wants_updates: Mapped[bool | None]  # None: never asked
    erased_at: Mapped[datetime | None]  # their data were deleted: nobody stands behind this row any more
    disowned_at: Mapped[datetime | None]  # said that a request we told of is not theirs
    # Since when the provider cannot reach them; not since they last wrote.
    unreachable_at: Mapped[datetime | None]
    unreachable_why: Mapped[str | None]  # our words for its code
    given_up_at: Mapped[datetime | None]  # when their number was given up: see bot.conversation.given_up
    still_theirs_at: Mapped[
        datetime | None
    ]  # when staff said last that it was not: bot.conversation.still_theirs
    our_end: Mapped[dict[str, Any] | None]  # where they reached us last; see bot.conversation.our_end
    created_at: Mapped[datetime] = _now()


class Conversation(Table):
    """Everything said between one contact and the city: one for each contact."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_report_open", "last_message_at", postgresql_where=text("report_open")),
        Index(
            "ix_conversations_waiting",
            "wants_person_at",
            postgresql_where=text("wants_person_at IS NOT NULL AND taken_over_at IS NULL"),
        ),
        Index(
            "ix_conversations_taken_over",
            "taken_over_by",
            postgresql_where=text("taken_over_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = _key()
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    wants_person_at: Mapped[datetime | None]  # a person of the city should look at it
    # asked, parked, …: bot.conversation.attention
    wants_person_why: Mapped[str | None] = mapped_column(String(16))
    danger_at: Mapped[datetime | None]  # told of danger; until staff hand back or answer
    taken_over_at: Mapped[datetime | None]  # staff took over: the bot is silent
    taken_over_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    slowed_at: Mapped[datetime | None]  # told that it is answered more slowly: see bot.conversation.pace
    last_message_at: Mapped[datetime | None] = mapped_column(index=True)
    erasing_asked_at: Mapped[datetime | None]  # "delete my data" was answered with a question
    report_open: Mapped[bool] = mapped_column(server_default="false")  # a report is begun and not sent
    forgotten_at: Mapped[datetime | None]  # until then its words have been removed: see bot.keeping
    # The resident who said of several conversations that they are theirs: see bot.cases.people. None: of one alone.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime] = _now()

    contact: Mapped[Contact] = relationship(lazy="joined")

    @property
    def sender(self) -> str:
        """The engine's name for this conversation; it holds nothing private."""
        return f"conversation-{self.id}"


class Danger(Table):
    """Danger that a resident told of, until somebody of staff says that they see to it; see `bot.conversation.danger_marks`."""

    __tablename__ = "dangers"
    __table_args__ = (
        # One at a time of a conversation: what is told while nobody has seen it yet is the same alarm.
        Index(
            "uq_dangers_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
        Index("ix_dangers_told_at", "told_at", postgresql_where=text("acknowledged_at IS NULL")),
    )

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id"))  # in which it was told
    crisis: Mapped[bool]  # of harm to oneself: 988; else 911
    told_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    escalated_at: Mapped[datetime | None]  # nobody had for two minutes: everybody was told


class Person(Table):
    """Somebody with several conversations; nothing is known of them but which these are."""

    __tablename__ = "persons"

    id: Mapped[int] = _key()
    created_at: Mapped[datetime] = _now()


class LinkCode(Table):
    """A one-time code that joins another conversation with this one; see `bot.conversation.linking`. Only its hash is kept."""

    __tablename__ = "link_codes"

    id: Mapped[int] = _key()
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    created_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class LinkTry(Table):
    """A code that was sent and is none: a conversation has few of these an hour, and all together few a day."""

    __tablename__ = "link_tries"
    __table_args__ = (
        UniqueConstraint("conversation_id", "turn_id"),  # a turn that is taken again is one try
        Index("ix_link_tries_of_conversation", "conversation_id", "at"),
    )

    id: Mapped[int] = _key()
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))  # None: erased since
    turn_id: Mapped[int | None] = mapped_column(BigInteger)  # None: said in no turn of the engine's
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class Turn(Table):
    """One exchange with the engine: the inbound messages it answers, then its replies.

    It is written *before* the engine is asked: a turn that is still open when a worker comes to the conversation was cut
    off and is posted again, and an engine that has taken it gives the same replies (`TakenTurn`).
    An update that is pushed is a turn, too; then `update_id` is set and no inbound message belongs to it.
    A turn that fails deterministically is parked: finished without an answer, so that the next ones go on.
    """

    __tablename__ = "turns"
    __table_args__ = (
        Index("ix_turns_open", "conversation_id", postgresql_where=text("finished_at IS NULL")),
        Index("ix_turns_parked", "parked_at", postgresql_where=text("parked_at IS NOT NULL")),
        Index("ix_turns_asked", "finished_at", postgresql_where=text("asked IS NOT NULL")),
        Index("ix_turns_created_at", "created_at"),
        UniqueConstraint("update_id", "conversation_id"),
    )

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))
    engine_message: Mapped[dict[str, Any]]  # `message` and `metadata` as the engine gets them
    created_at: Mapped[datetime] = _now()
    posted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")  # that failed by the turn's own fault
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last one: bot.failures.FailureKind
    reason: Mapped[str | None]  # type of the exception and place in our code; nothing private
    parked_at: Mapped[datetime | None]
    asked: Mapped[str | None] = mapped_column(
        String(64)
    )  # a question of the city: its code, "" for one without an answer
    # Of a report, after the turn: its name, of a detail with the code; "": none. None: the turn was about no report.
    open_question: Mapped[str | None] = mapped_column(String(80))
    # What the bot took it for: see `bot.conversation.talk.understood`. SQL NULL where it heard nothing.
    understood: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


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

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    upto: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = _when()


class ReviewNote(Table):
    """What a reviewer wrote about a conversation, or about one message of it."""

    __tablename__ = "review_notes"

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    author: Mapped[str] = mapped_column(String(80))
    body: Mapped[str]
    at: Mapped[datetime] = _when()


class Example(Table):
    """What a reviewer says that a message was, with its personal data masked: see `bot.conversation.review.examples`."""

    __tablename__ = "examples"
    __table_args__ = (Index("ix_examples_state", "state", "id"),)

    id: Mapped[int] = _key()
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
    created_at: Mapped[datetime] = _when()
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    trained_at: Mapped[datetime | None]  # the model that is served has learnt it since


class Training(Table):
    """A training with what reviewers accepted, and what it changed."""

    __tablename__ = "trainings"

    id: Mapped[int] = _key()
    author: Mapped[str] = mapped_column(String(80))
    began_at: Mapped[datetime] = _when()
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))  # bot.conversation.review.trainings.Stage
    examples: Mapped[int] = mapped_column(Integer)  # how many it learns from
    model: Mapped[str | None]  # name of its file
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # before and after


class TakenTurn(Table):
    """What the engine answered to a turn, written by the engine in the transaction that saves the tracker.

    It makes a turn happen once, whoever posts it how often and to how many engines. Kept for days only: see
    `bot.worker.recovery`.
    """

    __tablename__ = "taken_turns"

    sender_id: Mapped[str] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    replies: Mapped[list[dict[str, Any]]]
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)


class SetAside(Table):
    """An event of a provider that could not be stored, as it came: acknowledged, and kept for people to look at."""

    __tablename__ = "set_aside"

    id: Mapped[int] = _key()
    channel: Mapped[str] = mapped_column(String(16))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    query: Mapped[str] = mapped_column(Text, server_default="")
    reason: Mapped[str]  # nothing private
    received_at: Mapped[datetime] = _now()


class Message(Table):
    """One message, in or out. `state`: see `bot.conversation.states`."""

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "uq_messages_provider",
            "channel",
            "provider_id",
            unique=True,
            postgresql_where=text("direction = 'in'"),
        ),
        Index("ix_messages_sent_id", "channel", "provider_id", postgresql_where=text("direction = 'out'")),
        Index("ix_messages_conversation", "conversation_id", "id"),
        Index(
            "ix_messages_waiting",
            "conversation_id",
            "id",
            postgresql_where=text("state IN ('received', 'queued', 'sending')"),
        ),
        Index(
            "ix_messages_unconfirmed",
            "receipt_due_at",
            postgresql_where=text("receipt_due_at IS NOT NULL AND state = 'sent'"),
        ),
        # A BRIN would be smaller, but PostgreSQL takes it for so cheap that it joins it to that of the conversation, each time.
        Index("ix_messages_created_at", "created_at"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
    )

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    direction: Mapped[str] = mapped_column(String(3))
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str | None]
    kind: Mapped[str] = mapped_column(String(16), server_default="message")
    author: Mapped[str] = mapped_column(String(80))  # resident, bot, or staff:<username>
    body: Mapped[str] = mapped_column(Text, server_default="")
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[str] = mapped_column(String(16))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"), index=True)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last attempt: see `bot.failures`
    faults: Mapped[int] = mapped_column(
        Integer, server_default="0"
    )  # attempts in a row that ended in a fault of ours
    error_code: Mapped[str | None]
    detail: Mapped[str | None]  # our words for the error; nothing private
    created_at: Mapped[datetime] = _now()
    queued_at: Mapped[datetime | None]  # put into the queue once more; None: when it was created
    # Of one that a carrier did not take: when it is tried again. See bot.delivery.thrown_away.
    not_before: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    lease_until: Mapped[
        datetime | None
    ]  # nothing of the attempt begun at `sending_at` is put on the wire later
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    # A text that is sent and not confirmed is asked about then: see bot.delivery.missing_receipts.
    receipt_due_at: Mapped[datetime | None]
    # Of one that went out by SMS: how many SMS, and how many messages with pictures. None: not known, or another channel.
    segments: Mapped[int | None]
    pictures: Mapped[int | None]

    conversation: Mapped[Conversation] = relationship(lazy="raise")
    media: Mapped[list[Media]] = relationship(
        lazy="raise", order_by="Media.position", back_populates="message"
    )
    receipts: Mapped[list[ReceiptRow]] = relationship(lazy="raise", order_by="ReceiptRow.id")


class MessageStems(Table):
    """The words of a message that somebody said, as they are searched for; written by a trigger: see `bot.cases.searching`."""

    __tablename__ = "message_stems"
    __table_args__ = (
        Index("ix_message_stems_conversation", "conversation_id"),
        Index("ix_message_stems_stems", "stems", postgresql_using="gin"),
    )

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(BigInteger)
    stems: Mapped[str] = mapped_column(TSVECTOR)


class Media(Table):
    """A file that came or went with a message."""

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    id: Mapped[int] = _key()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int]
    provider_ref: Mapped[str | None]
    content_type: Mapped[str | None]
    file_name: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)  # bytes as the provider says: passes 32 bits
    compressed: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(String(16))  # waiting, kept, refused; read: it stands in the message
    refusal: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last one: bot.failures.FailureKind
    reason: Mapped[str | None]  # nothing private
    # The turn that told the dialogue of it: later than its message's where the file was slow.
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"), index=True)

    message: Mapped[Message] = relationship(back_populates="media", lazy="raise")
    photo: Mapped[Photo | None] = relationship(lazy="raise")


class ReceiptRow(Table):
    """What a provider said of a message, as it came; the message's state only moves forward."""

    __tablename__ = "receipts"

    id: Mapped[int] = _key()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    provider_id: Mapped[str | None]  # of the part it is of: a long text goes out in several
    state: Mapped[str] = mapped_column(String(16))
    error_code: Mapped[str | None]
    received_at: Mapped[datetime] = _now()


class MapLink(Table):
    """A one-tap page on which a resident puts a pin; see `bot.conversation.map_links`. Only its token's hash is kept."""

    __tablename__ = "map_links"

    id: Mapped[int] = _key()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    lat: Mapped[float | None] = mapped_column(Float)  # where the map opens; None: the whole city
    lon: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # a pin was sent, or the report was filed or dropped


# --- photos ------------------------------------------------------------------------------------


class Photo(Table):
    """A picture we keep, addressed by the hash of its kept bytes. Position and time are from its EXIF."""

    __tablename__ = "photos"
    __table_args__ = (
        Index("ix_photos_covered_by", "covered_by_id", postgresql_where=text("covered_by_id IS NOT NULL")),
    )

    id: Mapped[int] = _key()
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes of the kept picture
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    taken_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = _now()
    # What staff turned and covered (`bot.photos.cover`), and the picture that came of it.
    edit: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    covered_by_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"))

    covered_by: Mapped[Photo | None] = relationship(
        lazy="joined", join_depth=1, remote_side="Photo.id", viewonly=True
    )

    @property
    def outside(self) -> Photo:
        """What anybody but staff sees of it."""
        return self.covered_by or self


# --- service requests --------------------------------------------------------------------------


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

    id: Mapped[int] = _key()
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
    # What staff show of it: in their own words on its public page, and since when on the city's page.
    public_summary: Mapped[str] = mapped_column(Text, server_default="")
    listed_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = _now()
    updated_at: Mapped[datetime] = _now()
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


class Addition(Table):
    """What a resident added to a request after it was filed, or after they had begun to follow it: in one turn of theirs.

    `description` of the request and `words` of the follower are what they told first, and stay as they are.
    """

    __tablename__ = "additions"

    id: Mapped[int] = _key()
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
    created_at: Mapped[datetime] = _when()  # when it was said


class Join(Table):
    """A request that staff joined with another, and all that is needed to make it undone; see `bot.cases.undoing`."""

    __tablename__ = "joins"

    id: Mapped[int] = _key()
    source_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"))
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))  # that closed the source
    before: Mapped[dict[str, Any]]  # how the source stood: status, resolution, ended_at
    made: Mapped[
        dict[str, Any]
    ]  # ids of the rows that were copied to the target, by their table, and the last ones then
    created_at: Mapped[datetime] = _when()
    undone_at: Mapped[datetime | None]


class Batch(Table):
    """One change of several requests that staff made in one go, for as long as it is told of: see `bot.cases.many`."""

    __tablename__ = "batches"

    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(String(64), unique=True)  # of the form: sent twice it is one
    author: Mapped[str] = mapped_column(String(80))
    chosen: Mapped[list[Any]] = mapped_column(JSONB)  # ids of the requests
    created_at: Mapped[datetime] = _when()
    undone_at: Mapped[datetime | None]

    steps: Mapped[list[BatchStep]] = relationship(lazy="raise", order_by="BatchStep.id")


class BatchStep(Table):
    """What became of one of its requests; written in the transaction that changes it."""

    __tablename__ = "batch_steps"
    __table_args__ = (UniqueConstraint("batch_id", "request_id"),)

    id: Mapped[int] = _key()
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"))
    update_id: Mapped[int | None] = mapped_column(BigInteger)  # None: it was not changed
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # bot.cases.as_before
    problem: Mapped[str] = mapped_column(String(32), server_default="")  # why it was not changed
    undone: Mapped[str] = mapped_column(String(32), server_default="")  # bot.cases.many.Undone


class Alert(Table):
    """A known outage, or works, in an area: see `bot.cases.alerts`."""

    __tablename__ = "alerts"

    id: Mapped[int] = _key()
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
    created_at: Mapped[datetime] = _now()


class RequestPhoto(Table):
    """A photo of a request: the resident's (`report`) or of the finished work (`completion`)."""

    __tablename__ = "request_photos"
    __table_args__ = (UniqueConstraint("request_id", "photo_id", "kind"),)

    id: Mapped[int] = _key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))  # who sent it
    # By staff, for the public page of the request; those of the work need no clearing.
    cleared: Mapped[bool] = mapped_column(server_default="false")
    turn_id: Mapped[int | None] = mapped_column(BigInteger)  # of the addition it came with; see `Addition`
    created_at: Mapped[datetime] = _when()

    photo: Mapped[Photo] = relationship(lazy="raise")


class Update(Table):
    """A change of a request, and what the public is told of it."""

    __tablename__ = "updates"
    __table_args__ = (Index("ix_updates_created_at", "created_at"),)  # other systems ask what is new

    id: Mapped[int] = _key()
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
    created_at: Mapped[datetime] = _when()

    photos: Mapped[list[RequestPhoto]] = relationship(lazy="raise", order_by="RequestPhoto.id")


class Subscriber(Table):
    """A resident who follows a request: they filed it, or chose to follow another's of the same matter.

    What a follower said of it first stays here, apart from the words of who filed it, so that staff can tell the
    two and make a request of its own of it (`bot.cases.splitting`). What is added later is an `Addition`.
    """

    __tablename__ = "subscribers"
    __table_args__ = (UniqueConstraint("request_id", "conversation_id"),)

    id: Mapped[int] = _key()
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
    created_at: Mapped[datetime] = _when()


class Notice(Table):
    """An update that a resident is told of, or not and why: see `bot.delivery.notices`."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("update_id", "conversation_id"),
        Index("ix_notices_waiting", "conversation_id", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = _key()
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    event: Mapped[dict[str, Any]]  # what the dialogue is told
    state: Mapped[str] = mapped_column(String(16))  # waiting, told, suppressed
    why: Mapped[str | None] = mapped_column(String(16))  # of one that waits or is suppressed
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]  # until then it can be undone: nothing takes it along before
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"), index=True)  # in which it was told
    created_at: Mapped[datetime] = _when()


class Reminder(Table):
    """That a resident was reminded of what they had not answered: once of each thing. See `bot.delivery.reminders`."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("update_id", "conversation_id"),)

    id: Mapped[int] = _key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # bot.conversation.talk.reminders.Kind
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))  # that asked; None: a report
    created_at: Mapped[datetime] = _when()


class Feedback(Table):
    """What a resident answered to a resolving update."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_created_at", "created_at"),
        Index("ix_feedback_comments", "created_at", "id", postgresql_where=text("comment IS NOT NULL")),
    )

    id: Mapped[int] = _key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    verdict: Mapped[str | None] = mapped_column(String(16))  # fixed, not_fixed
    rating: Mapped[int | None]
    comment: Mapped[str | None]
    created_at: Mapped[datetime] = _when()


# --- other systems -----------------------------------------------------------------------------


class SyncLink(Table):
    """A request and its record in another system: what was pushed there and what was last seen of it. See `bot.sync`.

    It is made with the request, before there is a record, so that a change that is to be pushed is never without a row.
    """

    __tablename__ = "sync_links"
    __table_args__ = (
        UniqueConstraint("system", "request_id"),
        UniqueConstraint("system", "remote_id"),
        Index("ix_sync_links_pending", "pending_since", postgresql_where=text("pending_since IS NOT NULL")),
    )

    id: Mapped[int] = _key()
    system: Mapped[str] = mapped_column(String(16))
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    remote_id: Mapped[str | None]  # theirs; None: not made yet
    remote_number: Mapped[str] = mapped_column(Text, server_default="")  # as their staff call it
    record_count: Mapped[int] = mapped_column(
        Integer, server_default="1"
    )  # a closed one is followed by another
    pending_since: Mapped[datetime | None]  # something changed on a side, and was not exchanged yet
    version: Mapped[str] = mapped_column(Text, server_default="")  # of their record, as last read
    agreed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # bot.sync.reconcile.Agreed
    pushed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # bot.sync.links.Pushed
    seen: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # ids of their words and files
    problem: Mapped[str] = mapped_column(Text, server_default="")  # for staff; "" where all is well
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last exchange: bot.failures.FailureKind
    exchanged_at: Mapped[datetime | None]  # the last one that went well
    created_at: Mapped[datetime] = _now()


class SyncSystem(Table):
    """How it stands with another system as a whole: how far its changes were read, and until when it is left alone."""

    __tablename__ = "sync_systems"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    read_until: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # their own times
    claimed_at: Mapped[datetime | None]  # when a worker looked last for changes there
    read_at: Mapped[datetime | None]  # the last time it went well
    paused_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")  # in a row
    failure: Mapped[str | None] = mapped_column(String(16))
    problem: Mapped[str] = mapped_column(Text, server_default="")


# --- staff -------------------------------------------------------------------------------------


class Staff(Table):
    """A person of the city who may use the console."""

    __tablename__ = "staff"

    id: Mapped[int] = _key()
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    department: Mapped[str | None]
    own_department_only: Mapped[bool] = mapped_column(server_default="false")  # see bot.cases.sight
    disabled_at: Mapped[datetime | None]
    # The second step of their login: its secret, encrypted, and the last half minute a code was taken of.
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)  # bot.cases.provided_accounts
    created_at: Mapped[datetime] = _now()
    # What they want by mail, and where to and in which language: bot.cases.mail_choices.
    email: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(8))
    wants_late: Mapped[bool] = mapped_column(server_default="false")
    wants_week: Mapped[bool] = mapped_column(server_default="false")
    wants_not_fixed: Mapped[bool] = mapped_column(server_default="false")
    wants_added: Mapped[bool] = mapped_column(server_default="false")
    wants_mentioned: Mapped[bool] = mapped_column(server_default="false")
    wants_danger: Mapped[bool] = mapped_column(
        server_default="true"
    )  # who gave an address is told, unless they say no
    # What they want to hear in the console: bot.cases.alarm_choices.
    hears_danger: Mapped[bool] = mapped_column(server_default="true")
    hears_waiting: Mapped[bool] = mapped_column(server_default="true")
    list_shape: Mapped[list[str]] = mapped_column(
        ARRAY(String(16)), server_default="{}"
    )  # of their list of requests: bot.cases.list_shape


class Mention(Table):
    """Somebody of staff who is named in the note of an update; see `bot.cases.mentions`."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("update_id", "staff_id"),
        Index("ix_mentions_of_staff", "staff_id", "id"),
        Index("ix_mentions_unseen", "staff_id", postgresql_where=text("seen_at IS NULL")),
    )

    id: Mapped[int] = _key()
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = _when()
    seen_at: Mapped[datetime | None]


class SentForm(Table):
    """The key of a form that a crew sent: one that arrives again counts once. See `bot.cases.crew_work`."""

    __tablename__ = "sent_forms"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class OneMail:
    """What the row of every mail has: it is the promise that nobody is mailed twice, so it is written before anything goes out.

    See `bot.delivery.mailing`. The words of a mail are not kept.
    """

    id: Mapped[int] = _key()
    state: Mapped[str] = mapped_column(String(16))  # bot.delivery.mailing.states.MailState
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_try_at: Mapped[datetime]
    began_at: Mapped[datetime | None]  # the last attempt
    failure: Mapped[str | None] = mapped_column(String(16))  # a `bot.failures.FailureKind`
    detail: Mapped[str | None]  # what went wrong, in our words
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffMail(OneMail, Table):
    """One mail to a person of staff, of one topic and day: decided once, sent once; see `bot.delivery.staff_mail`."""

    __tablename__ = "staff_mails"
    __table_args__ = (
        UniqueConstraint("staff_id", "topic", "day"),
        Index(
            "ix_staff_mails_under_way",
            "next_try_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    topic: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]  # of the city, on which it is due


class DangerMail(OneMail, Table):
    """One danger that nobody acknowledged, mailed to a person of staff; see `bot.delivery.danger_mail`."""

    __tablename__ = "danger_mails"
    __table_args__ = (
        UniqueConstraint("danger_id", "staff_id"),
        Index(
            "ix_danger_mails_under_way",
            "next_try_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    danger_id: Mapped[int] = mapped_column(ForeignKey("dangers.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class MailboxMail(OneMail, Table):
    """One request mailed to the mailbox of the department that has it; its id is what the mail's link proves.

    Written in the transaction that makes it necessary; see `bot.cases.mailbox`.
    """

    __tablename__ = "mailbox_mails"
    __table_args__ = (
        Index(
            "ix_mailbox_mails_under_way",
            "next_try_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    department: Mapped[str] = mapped_column(Text)  # as the city pack names it
    reason: Mapped[str] = mapped_column(String(16))  # bot.cases.mailbox.Reason
    # The entry of the history that made it necessary, each of which makes one; None: somebody asked for it once more.
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"), unique=True)
    link_until: Mapped[datetime]  # its link works until then


class StaffSession(Table):
    """A login of the console, kept on our side. Only the hash of its token is stored."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)  # how its owner names it to end it
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(
        String(60), server_default=""
    )  # "Firefox on Windows"; no address of anybody
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = _now()


class RecoveryCode(Table):
    """One of the codes that open an account whose phone is lost, once; see `bot.cases.second_step`."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[int] = _key()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None]


class LoginThrottle(Table):
    """Failed logins of one place, account, or both together, and how long it waits; see `bot.cases.login_throttle`.

    The place is only here as a keyed hash: no network address of anybody is kept.
    """

    __tablename__ = "login_throttles"

    bucket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    failures: Mapped[int]
    waits_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class SavedView(Table):
    """A filter of the inbox that a person of staff keeps under a name of their own."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = _key()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str]  # as the address of the list carries it
    created_at: Mapped[datetime] = _now()


class Audit(Table):
    """Who did what to which record, in the transaction that did it. A trigger lets nothing be changed."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject_kind", "subject_id"),
        Index("ix_audit_at", "at", "id"),
        Index("ix_audit_actor", "actor", "at", "id"),
        Index("ix_audit_person_asked", "at", postgresql_where=text("action = 'conversation.person_asked'")),
    )

    id: Mapped[int] = _key()
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = _now()


class Look(Table):
    """Who of staff looked at which record with somebody's data in it, once for each quarter of an hour; see `bot.cases.looks`.

    Beside `audit`, and under the same trigger: a look changes nothing, so nothing that waits for changes wakes up for it.
    """

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "actor", "quarter", name="uq_looks_once"),
        Index("ix_looks_at", "at", "id"),
        Index("ix_looks_actor", "actor", "at", "id"),
    )

    id: Mapped[int] = _key()
    actor: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    quarter: Mapped[datetime]  # its beginning
    at: Mapped[datetime]  # the first look in it


class Change(Table):
    """That something changed which pages of the console show, written by triggers in the transaction that changed it.

    Ids only. Not logged, since it says nothing that outlives a crash: whoever follows it begins anew then. See `bot.db.changes`.
    """

    __tablename__ = "changes"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute

    xact: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # the transaction
    topic: Mapped[str] = mapped_column(String(24), primary_key=True)  # see bot.db.changes
    at: Mapped[datetime] = _now()


class Viewer(Table):
    """Somebody of staff who has a request or a conversation open, for as long as their browser is connected.

    The web process that holds the connection extends `until`; a row whose time is over was left by one that died.
    """

    __tablename__ = "viewers"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute

    id: Mapped[int] = _key()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    subject: Mapped[str] = mapped_column(String(24), index=True)  # r<request id> or c<conversation id>
    until: Mapped[datetime]


class Wording(Table):
    """What staff want said instead of the built-in words: the newest row of a key, language and service counts.

    Nothing is changed or deleted, so that it stays known what residents were told when. See `bot.conversation.wordings`.
    """

    __tablename__ = "wordings"
    __table_args__ = (Index("ix_wordings_newest", "key", "language", "service_code", "id"),)

    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    service_code: Mapped[str] = mapped_column(String(64), server_default="")  # "": of all services
    text: Mapped[str | None] = mapped_column(Text)  # None: back to what is said without it
    edited_by: Mapped[str] = mapped_column(String(80))
    edited_at: Mapped[datetime] = _now()


class TellingRule(Table):
    """Of a kind of move, who is told of it: the newest row of a key counts, and none is changed. See `bot.cases.telling`."""

    __tablename__ = "telling_rules"
    __table_args__ = (Index("ix_telling_rules_newest", "key", "id"),)

    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(String(32))
    whom: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool]
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = _now()


# --- other systems -----------------------------------------------------------------------------


class ApiKey(Table):
    """What another system shows when it files requests by Open311. Only the hash of its secret is kept; see `bot.cases.api_keys`."""

    __tablename__ = "api_keys"

    id: Mapped[int] = _key()
    name: Mapped[str] = mapped_column(String(40), unique=True)  # as histories name it
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    rights: Mapped[list[Any]] = mapped_column(JSONB)
    media_hosts: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  # where its photos are fetched
    per_minute: Mapped[int]
    shown: Mapped[bool] = mapped_column(server_default="false")  # what it files is listed from the start
    minute: Mapped[datetime | None]  # in which it was used last
    used: Mapped[int] = mapped_column(server_default="0")  # so often in that minute
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Open311Report(Table):
    """How another system filed a request, and what it said of the person: see `bot.cases.reported`."""

    __tablename__ = "open311_reports"
    __table_args__ = (Index("ix_open311_reports_same", "key_id", "content_hash"),)

    id: Mapped[int] = _key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), unique=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    # Keyed, of all that was sent, while the same may be sent again; then None.
    content_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Whom staff may ask back, as far as it was said; never public.
    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(index=True)  # E.164 where it is a number
    created_at: Mapped[datetime]


class Open311Photo(Table):
    """A photo that another system named by its address, to be fetched: see `bot.worker.reported_photos`."""

    __tablename__ = "open311_photos"
    __table_args__ = (
        Index("ix_open311_photos_waiting", "created_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = _key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    url: Mapped[str | None]  # None once it is settled: such an address may be a key by itself
    state: Mapped[str] = mapped_column(String(16))  # waiting, kept, refused
    refusal: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime]


# --- insight -----------------------------------------------------------------------------------

_FIRST_WORD = ("1", "2", "4", "8", "24", "48", "72", "168", "336", "720", "later")  # hours, at most
_TO_THE_END = ("4", "8", "24", "48", "72", "120", "168", "336", "720", "1440", "later")  # hours, at most
_TURNS = ("1", "2", "3", "4", "5", "6", "7", "8", "later")  # at most
_MINUTES = ("1", "2", "3", "5", "10", "30", "60", "1440", "later")  # at most

# What is counted of requests, each a column of `request_figures`: see `bot.insight.requests` and docs/howto/insight.md.
REQUEST_COUNTS: tuple[str, ...] = (
    *("filed", "by_text", "with_photo", "service_corrected", "place_corrected"),
    *(f"turns_{most}" for most in _TURNS),
    *(f"minutes_{most}" for most in _MINUTES),
    *(f"word_{most}" for most in _FIRST_WORD),
    *("done", "ended_otherwise", "promised", "kept", "reopened"),
    *(f"end_{most}" for most in _TO_THE_END),
    *("fixed", "not_fixed", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"),
)


class RequestFigures(Table):
    """What was counted of the requests of one day, or of a whole month from its first day on, by what they are and where."""

    __table__ = SqlTable(
        "request_figures",
        Table.metadata,
        Column("span", String(5), primary_key=True),  # day, month
        Column("day", Date, primary_key=True),  # of the city
        Column("service_code", String(64), primary_key=True),
        Column("neighborhood", Text, primary_key=True),  # "": none
        Column("department", Text, primary_key=True),  # "": none
        Column("channel", String(16), primary_key=True),
        Column("language", String(8), primary_key=True),
        *(Column(name, Integer, nullable=False, server_default="0") for name in REQUEST_COUNTS),
    )


class TalkFigures(Table):
    """What was counted of the conversations of one day, or of a whole month: kinds and keys are those of `bot.insight.talk`."""

    __tablename__ = "talk_figures"

    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    count: Mapped[int]


class PlaceFigures(Table):
    """How many requests of a service were filed in a cell of the map: see `bot.insight.places`."""

    __tablename__ = "place_figures"

    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    service_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    column: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int]


class FiguresCounted(Table):
    """How far the figures are counted. One row; whoever counts holds it. See `bot.insight.counting`."""

    __tablename__ = "figures_counted"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, server_default="1")
    through: Mapped[date | None]  # the last day that is counted for good, in the city; None: none
    today_at: Mapped[datetime | None]  # when the days after it were counted, as far as they were
    # Ids up to which changes are counted, those seen when it was looked last, and when that was: bot.insight.changes.
    counted_ids: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    seen_ids: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    looked_at: Mapped[datetime | None]


# --- this installation -------------------------------------------------------------------------


class Installation(Table):
    """What all machines of one city must have in common, and what is done once for all of them. One row."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, server_default="1")
    secret_fingerprint: Mapped[str | None] = mapped_column(String(64))
    photo_store_id: Mapped[str | None] = mapped_column(String(64))
    swept_at: Mapped[datetime | None]  # the last nightly sweep
    # The message up to which conversations were looked at for those who review them: bot.conversation.review.
    facts_upto: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = _now()


class NumberList(Table):
    """The list of the numbers that were given up on a day, and whether it was read: see `bot.delivery.number_lists`."""

    __tablename__ = "number_lists"

    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))  # waiting, read; missing: it never came
    due_at: Mapped[
        datetime
    ]  # when it is asked for next; while a worker reads it, when another may take it up
    faults: Mapped[int] = mapped_column(Integer, server_default="0")  # tries that ended deterministically
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last try: bot.failures.FailureKind
    given_up: Mapped[int] = mapped_column(Integer, server_default="0")  # contacts of ours that were on it
    read_at: Mapped[datetime | None]


class ClockRow(Table):
    """When a clock of the worker ran last, and how it went: see `bot.keeping.clocks`."""

    __tablename__ = "clocks"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")  # in a row
    failed_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # nothing private
