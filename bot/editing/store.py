"""The rows of what staff changed: read, written with the pack's own check before, and all that was there earlier."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.city.current import ServedCity
from bot.city.edits import Edit, Edits, Path, entry_of, path_of
from bot.city.errors import PackError
from bot.db.tables import CityEdit
from bot.settings import SettingsError, check_settings, settings

LONGEST_SUBJECT = 64  # characters of a record that the audit trail names
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('city_edits', 0))")


class EditRefusedError(ValueError):
    """The city would not be whole with it; `problems` has a sentence for each thing that is wrong."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ChangedMeanwhileError(ValueError):
    """Somebody else changed the same entry since the form was opened; `by` says who."""

    def __init__(self, by: str) -> None:
        super().__init__("changed meanwhile")
        self.by = by


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an entry. `patch` is None for the way back to the file."""

    id: int
    file: str
    path: Path
    patch: Mapping[str, Any] | None
    reason: str | None
    edited_by: str  # "staff:<username>" or "cli"
    edited_at: datetime

    @property
    def entry(self) -> str:
        """Its path as an address has it."""
        return entry_of(self.path)


async def newest_id(session: AsyncSession) -> int:
    """Grows with every change; 0 where nothing was ever changed."""
    return int(await session.scalar(select(func.max(CityEdit.id))) or 0)


async def changed_at(session: AsyncSession, file: str) -> datetime | None:
    """When staff last changed something of a file; None where they never did."""
    return await session.scalar(select(func.max(CityEdit.edited_at)).where(CityEdit.file == file))


async def in_force(session: AsyncSession) -> list[Change]:
    """The newest change of each entry that is not back as its file has it, in the order they were made."""
    newest = select(func.max(CityEdit.id)).group_by(CityEdit.file, CityEdit.entry)
    rows = await session.scalars(
        select(CityEdit).where(CityEdit.id.in_(newest), CityEdit.patch.is_not(None)).order_by(CityEdit.id)
    )
    return [_change(row) for row in rows]


async def edits_of_staff(session: AsyncSession) -> list[Edit]:
    """The same, to be laid over the pack."""
    return [Edit(one.file, one.path, one.patch or {}) for one in await in_force(session)]


async def changes_of(session: AsyncSession, file: str, path: Path, limit: int = 50) -> list[Change]:
    """Of one entry, newest first."""
    rows = await session.scalars(
        select(CityEdit)
        .where(CityEdit.file == file, CityEdit.entry == entry_of(path))
        .order_by(CityEdit.id.desc())
        .limit(limit)
    )
    return [_change(row) for row in rows]


async def change(
    session: AsyncSession,
    file: str,
    path: Path,
    patch: Mapping[str, Any] | None,
    author: str,
    *,
    reason: str = "",
    seen: int | None = None,
) -> bool:
    """Have an entry with this patch from now on, or as its file has it; gives whether that is new.

    `seen`: the id of the change that the author knew of, 0 for none. Raises `EditRefusedError` or `ChangedMeanwhileError`,
    and nothing is changed.
    """
    patch = patch or None
    await session.execute(_ONE_AT_A_TIME)
    before = next(iter(await changes_of(session, file, path, 1)), None)
    if seen is not None and before is not None and before.id != seen:
        raise ChangedMeanwhileError(before.edited_by)
    if (before.patch if before else None) == patch:
        return False
    others = [one for one in await edits_of_staff(session) if (one.file, one.path) != (file, path)]
    await _check([*others, Edit(file, path, patch)] if patch else others)
    entry = entry_of(path)
    session.add(CityEdit(file=file, entry=entry, patch=patch, reason=reason or None, edited_by=author))
    action = "city.changed" if patch is not None else "city.put_back"
    about = (path[-1] if path else file)[:LONGEST_SUBJECT]
    record(session, author, action, "city", about, entry=f"{file}/{entry}", fields=sorted(patch or ()))
    return True


async def _check(edits: list[Edit]) -> None:
    try:
        await asyncio.to_thread(ServedCity(settings().city_pack, Edits(tuple(edits))).check)
        check_settings(Edits(tuple(edits)).of_settings())
    except PackError as error:
        raise EditRefusedError(error.problems) from None
    except SettingsError as error:
        raise EditRefusedError(tuple(str(error).splitlines())) from None


def _change(row: CityEdit) -> Change:
    return Change(row.id, row.file, path_of(row.entry), row.patch, row.reason, row.edited_by, row.edited_at)
