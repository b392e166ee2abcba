"""A request of ours as another system is told of it: read from the database into one plain value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.answers import in_words, services_of
from bot.cases.status import Resolution, Status
from bot.city.current import catalogue, city
from bot.db.tables import Addition, Feedback, RequestPhoto, ServiceRequest, Subscriber, Update
from bot.sync.reconcile import Facts
from bot.sync.system import Entry, Ours, Picture, Standing

LANGUAGE = "en"  # their staff's
MOST_SUMMARY = 160  # characters, which every system takes in a title
_CHANNELS = {"sms": "text message", "telegram": "Telegram"}
_LANGUAGES = {"en": "English", "es": "Spanish"}
_VERDICTS = {"fixed": "It is fixed.", "not_fixed": "It is not fixed."}


async def load_ours(session: AsyncSession, request_id: int, system: str) -> Ours:
    """The request as it stands. What came from `system` itself is not among its words and pictures."""
    row = await session.scalar(
        select(ServiceRequest)
        .where(ServiceRequest.id == request_id)
        .options(
            selectinload(ServiceRequest.photos).selectinload(RequestPhoto.photo),
            selectinload(ServiceRequest.updates),
            selectinload(ServiceRequest.feedback),
            selectinload(ServiceRequest.additions),
        )
        # What another session of this process loaded before is read again.
        .execution_options(populate_existing=True)
    )
    assert row is not None  # noqa: S101 - requests are never deleted, and the link refers to it
    followers = await session.scalars(
        select(Subscriber)
        .where(Subscriber.request_id == request_id, Subscriber.words != "")
        .order_by(Subscriber.id)
    )
    return ours_of(row, list(followers.all()), system)


def ours_of(row: ServiceRequest, followers: list[Subscriber], system: str) -> Ours:
    """The same, of rows that are loaded."""
    updates = [one for one in row.updates if not is_from(one.author, system)]
    theirs = {one.id for one in row.updates if is_from(one.author, system)}
    entries = sorted(
        (*_said(row.additions), *_follower_words(row, followers), *_judged(row.feedback), *_moved(updates)),
        key=lambda entry: entry.at,
    )
    return Ours(
        request_id=row.id,
        reference=row.reference,
        service_code=row.service_code,
        summary=_summary(row),
        description=_description(row),
        answers=dict(row.answers),
        address=row.address,
        lat=row.lat,
        lon=row.lon,
        neighborhood=row.neighborhood or "",
        channel=row.channel,
        language=row.language,
        created_at=row.created_at,
        standing=Standing(Status(row.status), Resolution(row.resolution) if row.resolution else None),
        department=row.department or "",
        due_on=row.due_on,
        last_words=next((one.public_text for one in reversed(row.updates) if one.public_text), ""),
        entries=tuple(entries),
        pictures=tuple(
            Picture(one.photo_id, one.photo.outside.sha256, _file_name(row.reference, one))
            for one in row.photos
            if one.update_id not in theirs
        ),
    )


def facts_of(ours: Ours) -> Facts:
    """What both sides are compared by, in our own words."""
    resolution = f"/{ours.standing.resolution}" if ours.standing.resolution else ""
    return {
        "standing": f"{ours.standing.status}{resolution}",
        "department": ours.department,
        "due": ours.due_on.isoformat() if ours.due_on else "",
    }


def author_at(system: str, username: str) -> str:
    """How history names somebody of the city who worked on a request in another system."""
    return f"staff:{username[:48] or 'somebody'}@{system}"


def is_from(author: str, system: str) -> bool:
    return author.endswith(f"@{system}")


def _summary(row: ServiceRequest) -> str:
    service = catalogue().services.get(row.service_code)
    name = service.names[LANGUAGE] if service else row.service_code
    return f"{name}: {row.address}"[:MOST_SUMMARY] if row.address else name[:MOST_SUMMARY]


def _description(row: ServiceRequest) -> str:
    lines = [row.staff_description] if row.staff_description else []
    lines += [f"Resident: {row.description}" if row.description else "The resident sent no words."]
    if row.address:
        lines.append(f"Place: {row.address}")
    if row.place_text and row.place_text != row.address:
        lines.append(f"Place in the resident's words: {row.place_text}")
    if row.lat is not None and row.lon is not None:
        lines.append(f"Coordinates: {row.lat:.6f}, {row.lon:.6f}")
        lines.append(
            f"Map: https://www.openstreetmap.org/?mlat={row.lat:.6f}&mlon={row.lon:.6f}#map=19/{row.lat:.6f}/{row.lon:.6f}"
        )
    lines += [
        f"{question} {answer}" for question, answer in in_words(services_of(row), row.answers, LANGUAGE)
    ]
    written = row.created_at.astimezone(city().time_zone)
    language = _LANGUAGES.get(row.language, row.language)
    lines.append(
        f"By {_CHANNELS.get(row.channel, row.channel)} in {language}, {_time(written)}. Reference {row.reference}."
    )
    return "\n".join(lines)


def _time(at: datetime) -> str:
    return f"{at:%b} {at.day}, {at.year}, {at.hour % 12 or 12}:{at:%M %p}"


def _said(additions: list[Addition]) -> Iterator[Entry]:
    for one in additions:
        if one.words:
            verb = "asks" if one.asks else "adds"
            yield Entry(f"a{one.id}", f"The resident {verb}: {one.words}", True, one.created_at)


def _follower_words(row: ServiceRequest, followers: list[Subscriber]) -> Iterator[Entry]:
    for one in followers:
        if one.conversation_id != row.conversation_id:
            where = f" ({one.address})" if one.address else ""
            words = f"Another resident reports the same{where}: {one.words}"
            yield Entry(f"s{one.id}", words, True, one.created_at)


def _judged(feedback: list[Feedback]) -> Iterator[Entry]:
    for one in feedback:
        parts = [
            _VERDICTS.get(one.verdict or "", ""),
            f"Rating: {one.rating} of 5." if one.rating is not None else "",
            f"“{one.comment}”" if one.comment else "",
        ]
        words = " ".join(part for part in parts if part)
        if words:
            yield Entry(f"f{one.id}", f"The resident answers: {words}", True, one.created_at)


def _moved(updates: list[Update]) -> Iterator[Entry]:
    """What staff here said, and what moved here by itself or by the resident. How it was filed is the record itself.

    What was undone was told to nobody, and is not told there either.
    """
    undone = {one.undoes_id for one in updates}
    for one in updates:
        if one.from_status is None or one.undoes_id is not None or one.id in undone:
            continue
        # What a resident's move has there is what was told before: it stands again where it stood.
        if one.public_text and one.author != "resident":
            yield Entry(f"u{one.id}", f"Told the resident: {one.public_text}", True, one.created_at)
        moves = one.from_status != one.to_status or one.resolution is not None
        by = " by the resident" if one.author == "resident" else ""
        ending = f" ({one.resolution.replace('_', ' ')})" if one.resolution else ""
        moved = f"Now {one.to_status.replace('_', ' ')}{ending}{by}." if moves else ""
        note = " ".join(part for part in (moved, one.internal_note) if part)
        if note:
            yield Entry(f"n{one.id}", note, False, one.created_at)


def _file_name(reference: str, photo: RequestPhoto) -> str:
    what = "work" if photo.kind == "completion" else "report"
    return f"{reference}-{what}-p{photo.photo_id}.jpg"
