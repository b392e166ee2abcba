"""How somebody of staff wants the list of requests to look: close together or not, and without what they do not need."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.staff import find_staff


class Shape(StrEnum):
    """What is otherwise than it comes. Each is a class of the list in `inbox.css`."""

    DENSE = "dense"  # a line a request
    NO_PHOTO = "no-photo"
    NO_PLACE = "no-place"
    NO_HOLDER = "no-holder"  # who has it
    NO_REFERENCE = "no-reference"
    NO_CHANNEL = "no-channel"


async def choose_shape(session: AsyncSession, username: str, wanted: Iterable[str]) -> None:
    """Keep how an account wants its list; what is no `Shape` is left out. Raises `UnknownStaffError`."""
    chosen = set(wanted)
    row = await find_staff(session, username)
    row.list_shape = [shape for shape in Shape if shape in chosen]
