"""Accounts and what they may: no city is left without anybody who can open one."""

from __future__ import annotations

import pytest

from bot.cases.roles import Role
from bot.cases.staff import (
    LastAdminError,
    StaffDataError,
    create_staff,
    disable_staff,
    enable_staff,
    list_staff,
    set_duties,
)
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from tests.console import PASSWORD

pytestmark = pytest.mark.integration


async def test_the_last_administrator_can_be_neither_shut_out_nor_demoted(database: EmbeddedDatabase) -> None:
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, role=Role.ADMIN)
        await create_staff(session, "bo", PASSWORD, role=Role.ADMIN)
        await disable_staff(session, "bo")
    for change in (
        lambda session: disable_staff(session, "ada"),
        lambda session: set_duties(session, "ada", role=Role.AGENT, department=None),
    ):
        with pytest.raises(LastAdminError):
            async with transaction() as session:
                await change(session)
    async with transaction() as session:
        await enable_staff(session, "bo")
        await set_duties(session, "ada", role=Role.AGENT, department="Police")
        assert [(one.username, one.role) for one in await list_staff(session)] == [
            ("ada", Role.AGENT),
            ("bo", Role.ADMIN),
        ]


async def test_who_sees_one_department_alone_has_to_be_in_one(database: EmbeddedDatabase) -> None:
    async with transaction() as session:
        member = await create_staff(session, "ana", PASSWORD, department="Police", own_department_only=True)
        assert member.confined
        with pytest.raises(StaffDataError):
            await set_duties(session, "ana", role=Role.AGENT, department=None, own_department_only=True)
        with pytest.raises(StaffDataError):
            await create_staff(session, "bo", PASSWORD, own_department_only=True)
