"""A wish to hear no more of one request: it parts with that one, and with nothing else.

Whoever stops all texts means all; whoever names one of theirs ("stop texting me about the pothole") has said of what. The
dialogue hears it then (`bot.conversation.talk.wishes.to_mute`). Of who has a single request only words that say outright what
they are about count. What names none of theirs, or leaves it in doubt, stays a wish to stop.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import recent_requests
from bot.city.catalogue import Service
from bot.city.current import catalogue
from bot.conversation.intake.naming import named_as_subject, named_by_matter, reference_in
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.texts_wanted import wants_none

MOST = 6  # of their requests, the newest: as many as words may be about in the dialogue


@dataclass(frozen=True, slots=True)
class _Followed:
    """What of the dialogue's setting it takes: the streets of the city are not loaded for a webhook."""

    own: tuple[OwnRequest, ...]

    def service(self, code: str | None) -> Service | None:
        return catalogue().services.get(code or "")


async def is_about_one(session: AsyncSession, conversation_id: int, text: str) -> bool:
    """Whether words that wish no more texts name one of their requests, by its number or by what it is."""
    if not wants_none(text):
        return False  # the dialogue would not hear it
    found = await recent_requests(session, conversation_id, MOST)
    own = tuple(OwnRequest(one.reference, one.service_code, one.location_name, one.told) for one in found)
    if any(one.reference == reference_in(text) for one in own):
        return True
    by_matter = named_by_matter if len(own) > 1 else named_as_subject
    return by_matter(text, _Followed(own)) is not None
