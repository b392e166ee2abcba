"""Of which moves residents are told: per status whether, whom, and whether at night too, as staff set it.

A rule is of a move by itself. Words and photos of staff are there to be read, so they go to everybody who follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.status import Resolution
from bot.db.tables import TellingRule, Update


class Whom(StrEnum):
    """Who is told of a move that comes without words."""

    EVERYONE = "everyone"  # who filed it, and who follows it
    REPORTER = "reporter"  # who filed it
    NOBODY = "nobody"


# What can be set, by the key of the words that tell it (`bot.conversation.wordings`).
MOVES = ("open", "in_progress", "on_hold", "waiting", "resolved", "closed", "not_ours", "will_not_do", "withdrawn", "no_answer")  # fmt: skip
# These ask something: an answer is wanted of somebody.
ASKING = frozenset({"waiting", "resolved"})


class UnknownMoveError(LookupError):
    """There is no rule of this key."""


class MustBeAskedError(ValueError):
    """A move that asks something has to be told to who is asked."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How residents are told of one kind of move."""

    whom: Whom = Whom.EVERYONE
    urgent: bool = False  # at night, too
    set_by: str | None = None  # "staff:<username>" or "cli"; None: this is how it comes
    set_at: datetime | None = None

    def tells(self, *, reporter: bool, spoken: bool) -> bool:
        """Whether somebody is told. `spoken`: staff wrote words or took photos, or another day is promised."""
        if spoken or self.whom is Whom.EVERYONE:
            return True
        return self.whom is Whom.REPORTER and reporter


def key_of(update: Update) -> str | None:
    """The kind of move that an update is; None for words alone, and for what has no rule."""
    if update.from_status == update.to_status and update.resolution is None:
        return None
    if update.resolution in MOVES:
        return update.resolution
    return update.to_status if update.resolution in (None, Resolution.FIXED) else None


async def rule_of(session: AsyncSession, key: str | None) -> Rule:
    """How residents are told of a kind of move, as it stands."""
    if key not in MOVES:
        return Rule()
    row = await session.scalar(
        select(TellingRule).where(TellingRule.key == key).order_by(TellingRule.id.desc()).limit(1)
    )
    return _rule(row) if row is not None else Rule()


async def all_rules(session: AsyncSession) -> Mapping[str, Rule]:
    """Key → rule, in the order of `MOVES`."""
    newest = select(func.max(TellingRule.id)).group_by(TellingRule.key)
    rows = await session.scalars(select(TellingRule).where(TellingRule.id.in_(newest)))
    found = {row.key: _rule(row) for row in rows}
    return {key: found.get(key, Rule()) for key in MOVES}


async def set_rule(session: AsyncSession, key: str, whom: Whom, author: str, *, urgent: bool) -> bool:
    """Tell so from now on; gives whether anything changed. Raises `UnknownMoveError` or `MustBeAskedError`."""
    if key not in MOVES:
        raise UnknownMoveError(f"There is no status {key!r} here. There are: {', '.join(MOVES)}.")
    if whom is Whom.NOBODY and key in ASKING:
        raise MustBeAskedError("This asks the resident something, so who filed it has to be told.")
    # Two who save at once go one after the other, and the second sees what the first one did.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('telling:' || :key, 0))"), {"key": key}
    )
    before = await rule_of(session, key)
    if (before.whom, before.urgent) == (whom, urgent):
        return False
    session.add(TellingRule(key=key, whom=whom, urgent=urgent, set_by=author))
    record(session, author, "telling.changed", "telling", key, whom=str(whom), urgent=urgent)
    return True


def _rule(row: TellingRule) -> Rule:
    return Rule(Whom(row.whom), row.urgent, row.set_by, row.set_at)
