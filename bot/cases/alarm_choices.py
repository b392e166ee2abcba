"""What a person of staff wants to hear of danger, and of residents who wait for a person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.staff import find_staff


@dataclass(frozen=True, slots=True)
class AlarmChoice:
    """All of it, unless they said no."""

    mail: bool = True  # of danger that nobody saw to, where they have an address
    danger_sound: bool = True
    waiting_sound: bool = True


async def find_alarm_choice(session: AsyncSession, username: str) -> AlarmChoice:
    """What an account chose. Raises `UnknownStaffError`."""
    row = await find_staff(session, username)
    return AlarmChoice(row.wants_danger, row.hears_danger, row.hears_waiting)


async def choose_alarms(session: AsyncSession, username: str, choice: AlarmChoice, actor: str) -> None:
    """Keep what an account wants. Safe to repeat. Raises `UnknownStaffError`."""
    if await find_alarm_choice(session, username) == choice:
        return
    row = await find_staff(session, username)
    row.wants_danger, row.hears_danger, row.hears_waiting = (
        choice.mail,
        choice.danger_sound,
        choice.waiting_sound,
    )
    record(
        session,
        actor,
        "staff.alarms_chosen",
        "staff",
        row.username,
        mail=choice.mail,
        danger_sound=choice.danger_sound,
        waiting_sound=choice.waiting_sound,
    )
