"""Carrying out what a turn asks of the city's records; each gives what to say about it."""

from __future__ import annotations

from collections.abc import Iterable

from actions.reading import Read
from bot.cases.additions import add_words, attach_photos
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import RequestSummary, UnknownRequestError, recent_requests
from bot.city.current import catalogue
from bot.conversation.intake.effects import AddToRequest, BeginReport, Effect, GiveFeedback, TellStatus
from bot.conversation.intake.turn import Say
from bot.db.session import transaction

WHERE_LIMIT = 40  # characters of a place in a list of requests


async def carry_out(effects: Iterable[Effect], read: Read) -> tuple[Say, ...]:
    """Do everything asked for, in order. A turn done again changes nothing twice."""
    says: list[Say] = []
    for effect in effects:
        match effect:
            case TellStatus():
                says += await _status(read)
            case AddToRequest():
                says += await _add(effect, read)
            case GiveFeedback():
                await _feedback(effect, read)
            case BeginReport():
                pass  # the action's business
    return tuple(says)


async def _status(read: Read) -> list[Say]:
    async with transaction() as session:
        requests = await recent_requests(session, read.conversation_id)
    if not requests:
        return [Say("utter_status_none")]
    return [_line(request, read.turn.language) for request in requests]


def _line(request: RequestSummary, language: str) -> Say:
    service = catalogue().services.get(request.service_code)
    where = request.location_name
    return Say(
        f"utter_status_{request.status}",
        {
            "reference": request.reference,
            "what": service.noun[language] if service else request.service_code,
            "where": where if len(where) <= WHERE_LIMIT else where[: WHERE_LIMIT - 3] + "...",
        },
    )


async def _add(effect: AddToRequest, read: Read) -> list[Say]:
    async with transaction() as session:
        reference: str | None = None
        if effect.photos:
            reference = await attach_photos(session, read.conversation_id, effect.photos, effect.reference)
        if effect.words:
            reference = await add_words(session, read.conversation_id, effect.words, effect.reference)
    if reference is None:
        return [Say("utter_say_more")]
    said = "utter_photos_added" if effect.photos and not effect.words else "utter_words_added"
    return [Say(said, {"reference": reference})]


async def _feedback(effect: GiveFeedback, read: Read) -> None:
    try:
        async with transaction() as session:
            await record_feedback(
                session,
                read.conversation_id,
                effect.reference,
                verdict=Verdict(effect.verdict) if effect.verdict else None,
                rating=effect.rating,
                comment=effect.comment,
                idempotency_key=f"turn:{read.turn_id}" if read.turn_id else None,
            )
    except UnknownRequestError:
        return  # the request is gone or was never theirs: the answer is heard, nothing to keep
