"""Finding conversations to read: by what they are marked with, by how much they are worth reading, and a sample of each week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from bot.cases.searching import conversations_with
from bot.cases.sight import conversations_in_sight
from bot.cases.staff import StaffMember
from bot.conversation.given_up import beginning_of
from bot.conversation.review.marks import Mark
from bot.db.tables import Contact, Conversation, ConversationFacts, Review, Staff

PAGE = 50
TAGS_SHOWN = 100
# Conversations of a week that are read for quality, of each service and language.
SAMPLE = 3
# Of what the pages tell the number of, it is counted no further than this.
COUNTED = 999


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; all of it holds. Days are the city's, both included."""

    marks: tuple[str, ...] = ()
    unreviewed: bool = False
    since: date | None = None
    until: date | None = None
    who: str = ""  # in a name, or the digits of a number

    @property
    def narrows(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class Found:
    facts: ConversationFacts
    contact: Contact
    reviewer: str | None


def _matching(wanted: Wanted, staff: StaffMember) -> Select[ConversationFacts, Contact, str]:
    query = (
        select(ConversationFacts, Contact, Staff.name)
        .join(Conversation, Conversation.id == ConversationFacts.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Staff, Staff.id == ConversationFacts.reviewed_by)
    )
    return query.where(*_conditions(wanted), conversations_in_sight(staff))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.marks:
        found.append(ConversationFacts.marks.contains(cast(array(list(wanted.marks)), ARRAY(Text))))
    if wanted.unreviewed:
        found.append(~ConversationFacts.marks.contains(cast(array([str(Mark.REVIEWED)]), ARRAY(Text))))
    if wanted.since:
        found.append(ConversationFacts.last_at >= beginning_of(wanted.since))
    if wanted.until:
        found.append(ConversationFacts.last_at < beginning_of(wanted.until + timedelta(days=1)))
    if wanted.who:
        found.append(_called(wanted.who))
    return found


def _called(who: str) -> ColumnElement[bool]:
    """The contacts of that number, whole or its end, whose name has these letters, or where these words were said."""
    said = conversations_with(who)
    if said is None:
        return _named(who)
    return or_(_named(who), ConversationFacts.conversation_id.in_(said))


def _named(who: str) -> ColumnElement[bool]:
    digits = "".join(letter for letter in who if letter.isdigit())
    named = Contact.display_name.icontains(who, autoescape=True)
    if len(digits) < 4:
        return named
    return or_(named, Contact.address.endswith(digits, autoescape=True))


async def list_found(
    session: AsyncSession, staff: StaffMember, wanted: Wanted, after: tuple[datetime, int] | None = None
) -> tuple[list[Found], bool]:
    """A page of the conversations that match, whoever wrote last first, and whether more follow."""
    query = _matching(wanted, staff).order_by(
        ConversationFacts.last_at.desc(), ConversationFacts.conversation_id.desc()
    )
    if after is not None:
        query = query.where(
            tuple_(ConversationFacts.last_at, ConversationFacts.conversation_id) < tuple_(*after)
        )
    return await _page(session, query)


async def list_worth(
    session: AsyncSession, staff: StaffMember, after: tuple[int, datetime, int] | None = None
) -> tuple[list[Found], bool]:
    """A page of what is worth reading first: the heaviest reasons, of these the newest."""
    query = _matching(Wanted(), staff).where(ConversationFacts.score > 0).order_by(*_WORTH)
    if after is not None:
        query = query.where(_behind(*after))
    return await _page(session, query)


_WORTH = (
    ConversationFacts.score.desc(),
    ConversationFacts.last_at.desc(),
    ConversationFacts.conversation_id.desc(),
)


def _behind(score: int, last_at: datetime, conversation_id: int) -> ColumnElement[bool]:
    position = tuple_(ConversationFacts.score, ConversationFacts.last_at, ConversationFacts.conversation_id)
    return position < tuple_(score, last_at, conversation_id)


def _before(score: int, last_at: datetime, conversation_id: int) -> ColumnElement[bool]:
    position = tuple_(ConversationFacts.score, ConversationFacts.last_at, ConversationFacts.conversation_id)
    return position > tuple_(score, last_at, conversation_id)


async def _page(
    session: AsyncSession, query: Select[ConversationFacts, Contact, str]
) -> tuple[list[Found], bool]:
    rows = (await session.execute(query.limit(PAGE + 1))).all()
    return [Found(*row) for row in rows[:PAGE]], len(rows) > PAGE


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The conversations before and behind one in the queue; None at its ends."""

    previous: int | None
    next: int | None


def _waiting(staff: StaffMember) -> Select[int]:
    """What waits to be read, as far as this person sees it."""
    ids = select(ConversationFacts.conversation_id).where(ConversationFacts.score > 0)
    if not staff.confined:
        return ids
    return ids.join(Conversation, Conversation.id == ConversationFacts.conversation_id).where(
        conversations_in_sight(staff)
    )


async def neighbours(session: AsyncSession, staff: StaffMember, facts: ConversationFacts) -> Neighbours:
    """In the queue of what is worth reading. One that was just reviewed stands at the end of it: then the first is the next."""
    place = (facts.score, facts.last_at, facts.conversation_id)
    ids = _waiting(staff)
    if facts.score == 0:
        return Neighbours(None, await session.scalar(ids.order_by(*_WORTH).limit(1)))
    backwards = (
        ConversationFacts.score.asc(),
        ConversationFacts.last_at.asc(),
        ConversationFacts.conversation_id.asc(),
    )
    return Neighbours(
        await session.scalar(ids.where(_before(*place)).order_by(*backwards).limit(1)),
        await session.scalar(ids.where(_behind(*place)).order_by(*_WORTH).limit(1)),
    )


async def count_worth(session: AsyncSession, staff: StaffMember) -> int:
    """How many wait to be read, at most `COUNTED` + 1."""
    waiting = _waiting(staff).limit(COUNTED + 1)
    return await session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many conversations somebody read."""

    name: str
    today: int
    week: int


async def progress(session: AsyncSession, today: date) -> list[Progress]:
    """Of everybody who read one within seven days, who read most first. `today` is the city's."""
    since, day = beginning_of(today - timedelta(days=6)), beginning_of(today)
    count = func.count(Review.conversation_id.distinct())
    rows = await session.execute(
        select(
            Staff.name,
            func.count(Review.conversation_id.distinct()).filter(Review.at >= day),
            count,
        )
        .join(Staff, Staff.id == Review.staff_id)
        .where(Review.at >= since)
        .group_by(Staff.id, Staff.name)
        .order_by(count.desc(), Staff.name)
    )
    return [Progress(*row) for row in rows]


def week_of(day: date) -> tuple[date, date]:
    """The last whole week before a day: Monday and Sunday."""
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)


async def sample_of_week(
    session: AsyncSession, staff: StaffMember, monday: date, most: int = SAMPLE
) -> list[Found]:
    """Of what this person sees the same few conversations of that week for everybody who asks, `most` of each service and language."""
    begins, ends = beginning_of(monday), beginning_of(monday + timedelta(days=7))
    chance = func.md5(func.concat(ConversationFacts.conversation_id, str(monday)))
    kind = (ConversationFacts.service, Contact.language)
    drawn = (
        select(
            ConversationFacts.conversation_id,
            func.row_number().over(partition_by=kind, order_by=chance).label("place"),
        )
        .join(Conversation, Conversation.id == ConversationFacts.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            ConversationFacts.last_at >= begins,
            ConversationFacts.last_at < ends,
            ConversationFacts.service.is_not(None),
        )
        .subquery()
    )
    query = (
        _matching(Wanted(), staff)
        .join(drawn, drawn.c.conversation_id == ConversationFacts.conversation_id)
        .where(drawn.c.place <= most)
        .order_by(
            case((ConversationFacts.reviewed_at.is_(None), 0), else_=1),
            ConversationFacts.service,
            Contact.language,
            ConversationFacts.conversation_id,
        )
    )
    return [Found(*row) for row in (await session.execute(query)).all()]


async def tags_in_use(session: AsyncSession) -> Sequence[str]:
    """Those that conversations have, for choosing one again."""
    tag = func.unnest(ConversationFacts.tags).label("tag")
    tagged = select(tag).where(ConversationFacts.tags != []).subquery()
    rows = await session.scalars(select(tagged.c.tag).distinct().order_by(tagged.c.tag).limit(TAGS_SHOWN))
    return list(rows)


def position_of(cursor: str) -> tuple[int, datetime, int] | None:
    """Where a page of the queue begins, from an address; None for the first, or what is no position."""
    score, _, rest = cursor.partition("~")
    moment, _, number = rest.partition("~")
    try:
        found = int(score), datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return found if found[1].tzinfo is not None and max(found[0], found[2]) < 2**31 else None
