"""What staff choose to get by mail is checked, kept, and told in the audit trail without an address."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.cases.mail_choices import MailChoice, Topic, choose_mail, count_wanting, find_choice
from bot.cases.staff import StaffDataError, UnknownStaffError, create_staff, disable_staff
from bot.db.session import transaction
from bot.db.tables import Audit
from bot.mail.address import MailAddressError
from tests.console import PASSWORD

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

ALL = frozenset(Topic)


@pytest.fixture
async def ana(database: object) -> str:
    async with transaction() as session:
        await create_staff(session, "ana", PASSWORD)
    return "ana"


async def choose(choice: MailChoice, username: str = "ana") -> MailChoice:
    async with transaction() as session:
        return await choose_mail(session, username, choice, actor="staff:ana")


async def test_nobody_wants_mail_who_did_not_say_so(ana: str) -> None:
    async with transaction() as session:
        assert await find_choice(session, ana) == MailChoice()
        assert await count_wanting(session) == 0


async def test_a_choice_is_kept_and_taken_back(ana: str) -> None:
    kept = await choose(MailChoice(" ana@Example.GOV ", ALL, "es"))
    assert kept == MailChoice("ana@example.gov", ALL, "es")
    async with transaction() as session:
        assert await find_choice(session, ana) == kept
        assert await count_wanting(session) == 1
        await disable_staff(session, ana)
        assert await count_wanting(session) == 0
    await choose(MailChoice())
    async with transaction() as session:
        assert await find_choice(session, ana) == MailChoice()


@pytest.mark.parametrize(
    ("choice", "error", "said"),
    [
        (MailChoice("ana@", ALL), MailAddressError, "looks like ana.ruiz@example.gov"),
        (MailChoice("ana@example.gov\nBcc: x@example.gov"), MailAddressError, "looks like"),
        (MailChoice("", ALL), StaffDataError, "which e-mail address"),
        (MailChoice("ana@example.gov", ALL, "fr"), StaffDataError, "en or es"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    ana: str, choice: MailChoice, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        await choose(choice)
    async with transaction() as session:
        assert await find_choice(session, ana) == MailChoice()


async def test_an_account_that_is_none_chooses_nothing(ana: str) -> None:
    with pytest.raises(UnknownStaffError):
        await choose(MailChoice(), "nobody")


async def test_the_audit_trail_tells_of_each_change_once_and_of_no_address(ana: str) -> None:
    for _ in range(2):
        await choose(MailChoice("ana@example.gov", frozenset({Topic.WEEK})))
    await choose(MailChoice("ana@example.gov", ALL))
    async with transaction() as session:
        rows = await session.scalars(
            select(Audit).where(Audit.action == "staff.mail_chosen").order_by(Audit.id)
        )
        assert [row.detail for row in rows] == [
            {"topics": ["week"], "address_changed": True},
            {"topics": ["added", "late", "mentioned", "not_fixed", "week"], "address_changed": False},
        ]
