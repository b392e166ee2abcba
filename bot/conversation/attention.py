"""Conversations that a person of the city should look at, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import structlog

from bot.db.tables import Conversation

log = structlog.get_logger(__name__)


PERSON_ASKED = "conversation.person_asked"  # in the audit, for each turn in which a resident asks for one


class Why(StrEnum):
    ASKED = "asked"  # the resident asked for a person
    DANGER = "danger"  # the resident told of danger
    LOST = "lost"  # the bot gets nowhere: a machine, most likely, or a person it does not understand
    PARKED = "parked"  # something they said, or were to be told, could not be dealt with


def call_person(conversation: Conversation, why: Why) -> None:
    """Put a conversation before people. What it waits for already keeps its time; a resident's own wish says why."""
    if conversation.wants_person_at is None:
        conversation.wants_person_at = datetime.now(UTC)
        log.info("conversation.person_called", conversation_id=conversation.id, why=why)
    elif why is not Why.ASKED:
        return
    conversation.wants_person_why = why


def no_longer_parked(conversation: Conversation) -> None:
    """Nobody need look at it any more, where something parked was the only reason."""
    if conversation.wants_person_why == Why.PARKED:
        conversation.wants_person_at = conversation.wants_person_why = None
