"""Who writes to the city, what was said, and the turns in which it was answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.db.tables.base import Table, key, now

if TYPE_CHECKING:
    from bot.db.tables.photos import Photo


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

    id: Mapped[int] = key()
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
    created_at: Mapped[datetime] = now()


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

    id: Mapped[int] = key()
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
    created_at: Mapped[datetime] = now()

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

    id: Mapped[int] = key()
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

    id: Mapped[int] = key()
    created_at: Mapped[datetime] = now()


class LinkCode(Table):
    """A one-time code that joins another conversation with this one; see `bot.conversation.linking`. Only its hash is kept."""

    __tablename__ = "link_codes"

    id: Mapped[int] = key()
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class LinkTry(Table):
    """A code that was sent and is none: a conversation has few of these an hour, and all together few a day."""

    __tablename__ = "link_tries"
    __table_args__ = (
        UniqueConstraint("conversation_id", "turn_id"),  # a turn that is taken again is one try
        Index("ix_link_tries_of_conversation", "conversation_id", "at"),
    )

    id: Mapped[int] = key()
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

    id: Mapped[int] = key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))
    engine_message: Mapped[dict[str, Any]]  # `message` and `metadata` as the engine gets them
    created_at: Mapped[datetime] = now()
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

    id: Mapped[int] = key()
    channel: Mapped[str] = mapped_column(String(16))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    query: Mapped[str] = mapped_column(Text, server_default="")
    reason: Mapped[str]  # nothing private
    received_at: Mapped[datetime] = now()


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

    id: Mapped[int] = key()
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
    created_at: Mapped[datetime] = now()
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

    id: Mapped[int] = key()
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

    id: Mapped[int] = key()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    provider_id: Mapped[str | None]  # of the part it is of: a long text goes out in several
    state: Mapped[str] = mapped_column(String(16))
    error_code: Mapped[str | None]
    received_at: Mapped[datetime] = now()


class MapLink(Table):
    """A one-tap page on which a resident puts a pin; see `bot.conversation.map_links`. Only its token's hash is kept."""

    __tablename__ = "map_links"

    id: Mapped[int] = key()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    lat: Mapped[float | None] = mapped_column(Float)  # where the map opens; None: the whole city
    lon: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # a pin was sent, or the report was filed or dropped
