"""The first account of the console, made when there is none."""

from __future__ import annotations

from bot.cases.roles import Role
from bot.cases.staff import UsernameTakenError, create_staff, list_staff, new_password
from bot.db.session import transaction

USERNAME = "admin"


async def make_first_login() -> tuple[str, str] | None:
    """Username and password of a new administrator, or None when there are accounts already."""
    password = new_password()
    try:
        async with transaction() as session:
            if await list_staff(session):
                return None
            await create_staff(session, USERNAME, password, name="Administrator", role=Role.ADMIN)
    except UsernameTakenError:  # another machine was faster
        return None
    return USERNAME, password
