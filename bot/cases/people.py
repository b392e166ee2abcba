"""Which conversations are one person's: theirs alone, or those that they joined with a one-time code.

Whatever a resident may see and do is asked of all of them (`conversations_of`); what goes out goes to the one in which it
was asked for.
"""

from __future__ import annotations

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.cases.audit import record
from bot.cases.moves import RESIDENT
from bot.db.tables import Conversation, Person, Subscriber

REGAINED = "regained"  # `Subscriber.origin` of what a conversation follows only since it was joined with another one by staff


# Made once: to make an alias costs more than to ask the database with it.
_this, _here, _every = aliased(Conversation), aliased(Conversation), aliased(Conversation)
_JOINED = select(_every.id).join(_here, _here.person_id == _every.person_id)


def conversations_of(which: int | BindParameter[int] | Select[int]) -> CompoundSelect[int]:
    """The ids of all conversations of whoever talks in this one, or in these, themselves included, for an `in_`.

    Two look-ups by index, and not one with an "or": that would read the whole table.
    """
    return select(_this.id).where(_is(_this, which)).union(_JOINED.where(_is(_here, which)))


def _is(table: type[Conversation], which: int | BindParameter[int] | Select[int]) -> ColumnElement[bool]:
    return table.id.in_(which) if isinstance(which, Select) else table.id == which


_OF_ONE = conversations_of(bindparam("conversation"))


def is_same_person(one: type[Conversation], other: type[Conversation]) -> ColumnElement[bool]:
    """Whether two rows of conversations are one person's, where a query names both."""
    return or_(one.id == other.id, one.person_id == other.person_id)


def person_of() -> ColumnElement[int]:
    """Of a row of `Conversation`: a number that its person's conversations share, and no others."""
    return func.coalesce(Conversation.person_id, -Conversation.id)


async def of_one_person(session: AsyncSession, conversation_id: int) -> frozenset[int]:
    """The ids that `conversations_of` selects."""
    return frozenset(await session.scalars(_OF_ONE, {"conversation": conversation_id}))


async def is_joined(session: AsyncSession, conversation_id: int) -> bool:
    """Whether it is one of several conversations of its person."""
    return len(await of_one_person(session, conversation_id)) > 1


async def others_of(session: AsyncSession, conversation_id: int) -> list[Conversation]:
    """The other conversations of whoever talks in this one, oldest first."""
    theirs = conversations_of(conversation_id)
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.id.in_(theirs), Conversation.id != conversation_id)
        .order_by(Conversation.id)
    )
    return list(rows)


async def join_conversations(session: AsyncSession, one: int, other: int, actor: str = RESIDENT) -> bool:
    """Make two conversations, and all that are joined with either, one person's. False where they are already.

    Locks them all until the commit, in the order of their ids, so that two joins go one after the other.
    """
    both = or_(Conversation.id.in_(conversations_of(one)), Conversation.id.in_(conversations_of(other)))
    rows = {
        row.id: row
        for row in await session.scalars(
            select(Conversation)
            .where(both)
            .order_by(Conversation.id)
            .with_for_update(of=Conversation)
            .execution_options(populate_existing=True)
        )
    }
    first, second = rows[one].person_id, rows[other].person_id
    if first is not None and first == second:
        return False
    if first is None:
        person = Person()
        session.add(person)
        await session.flush()
        first = rows[one].person_id = person.id
    if second is None:
        rows[other].person_id = first
        await session.flush()
    else:
        await session.flush()
        await session.execute(
            update(Conversation).where(Conversation.person_id == second).values(person_id=first)
        )
        await session.execute(delete(Person).where(Person.id == second))
    # Not with which: once one of them is erased, the trail must not lead from it to a number.
    for conversation_id in (one, other):
        record(session, actor, "conversation.joined", "conversation", conversation_id)
    return True


async def leave_person(session: AsyncSession, conversation_id: int, actor: str = RESIDENT) -> bool:
    """Let a conversation stand by itself again; the others stay joined. False where it does already.

    It hears no more of what it follows for the sake of another one.
    """
    was_joined = await is_joined(session, conversation_id)
    await session.execute(
        delete(Subscriber)
        .where(Subscriber.conversation_id == conversation_id, Subscriber.origin == REGAINED)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(person_id=None)
    )
    if was_joined:
        record(session, actor, "conversation.parted", "conversation", conversation_id)
    return was_joined
