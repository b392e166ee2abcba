"""A turn that the city begins: an update that is told, or a reminder. The dialogue takes it like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.db.tables import Conversation, Turn


def turn_of_event(
    conversation: Conversation,
    event: Mapping[str, Any],
    *,
    update_id: int | None = None,
    at: datetime | None = None,
) -> Turn:
    """The turn, to be added to the session and enqueued. `at`: what time the dialogue takes it to be, aware; None: now."""
    metadata: dict[str, Any] = {
        "update": dict(event),
        "message_id": None,
        "photos": [],
        "photos_refused": [],
        "pin": None,
        "edited": False,
        "language_hint": conversation.contact.language,
    }
    if at is not None:
        metadata["at"] = at.timestamp()
    return Turn(
        conversation_id=conversation.id,
        update_id=update_id,
        engine_message={"message": "/EXTERNAL_request_update", "metadata": metadata},
    )
