"""Accounts of the console: who may log in, with which password, and what they may do.

Logging in is in `bot.cases.logging_in`.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.hashing import hash_password
from bot.cases.login_throttle import lift
from bot.cases.password_rules import problem_of
from bot.cases.roles import MAY, Permission, Role
from bot.db.tables import Staff, StaffSession

_USERNAME = re.compile(r"^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$")


class UsernameTakenError(ValueError):
    """Somebody has this username already."""


class StaffDataError(ValueError):
    """A username or password does not meet the rules; the message says which rule."""


class LastAdminError(StaffDataError):
    """Somebody has to be able to open accounts: the last administrator stays one."""


class UnknownStaffError(LookupError):
    """There is no account with this username."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account, without anything secret."""

    id: int
    username: str
    name: str
    role: Role
    department: str | None
    disabled: bool
    created_at: datetime
    own_department_only: bool = False
    second_step: bool = False  # whether their login asks for a code, too
    provided: bool = False  # known by the city's identity provider, which asks for what it asks for
    sounds: tuple[str, ...] = ()  # what they want to hear in the console: "danger", "waiting"
    list_shape: tuple[str, ...] = ()  # how their list of requests looks: bot.cases.list_shape
    language: str | None = None  # of the console and their mail; None: they never chose, which is English

    @property
    def author(self) -> str:
        """How history, messages and audit name this person."""
        return f"staff:{self.username}"

    def may(self, permission: Permission) -> bool:
        return permission in MAY[self.role]

    @property
    def confined(self) -> bool:
        """Whether they see the requests of their own department alone; see `bot.cases.sight`."""
        return self.own_department_only and self.department is not None

    @property
    def may_change(self) -> bool:
        return self.may(Permission.WORK)

    @property
    def may_arrange(self) -> bool:
        return self.may(Permission.ARRANGE)

    @property
    def may_review(self) -> bool:
        return self.may(Permission.REVIEW)

    @property
    def may_teach(self) -> bool:
        return self.may(Permission.TEACH)

    @property
    def may_answer(self) -> bool:
        return self.may(Permission.ANSWER)

    @property
    def may_converse(self) -> bool:
        return self.may(Permission.CONVERSATIONS)

    @property
    def may_announce(self) -> bool:
        return self.may(Permission.ANNOUNCE)

    @property
    def may_see_figures(self) -> bool:
        return self.may(Permission.FIGURES)

    @property
    def may_word(self) -> bool:
        return self.may(Permission.WORDS)

    @property
    def may_hand_out(self) -> bool:
        return self.may(Permission.RECORDS)

    @property
    def may_administer(self) -> bool:
        return self.may(Permission.ADMINISTER)


def member_of(row: Staff) -> StaffMember:
    return StaffMember(
        row.id,
        row.username,
        row.name,
        Role(row.role),
        row.department,
        row.disabled_at is not None,
        row.created_at,
        row.own_department_only,
        row.totp_secret is not None,
        row.oidc_subject is not None,
        tuple(name for name, on in (("danger", row.hears_danger), ("waiting", row.hears_waiting)) if on),
        tuple(row.list_shape),
        row.language,
    )


async def create_staff(
    session: AsyncSession,
    username: str,
    password: str,
    *,
    name: str = "",
    role: Role = Role.AGENT,
    department: str | None = None,
    own_department_only: bool = False,
    actor: str = "system",
) -> StaffMember:
    """Make an account. Raises `StaffDataError` or `UsernameTakenError`."""
    username = username.strip().lower()
    if not _USERNAME.match(username):
        raise StaffDataError("A username has 1 to 64 small letters, digits, dots, dashes or underscores.")
    _keep_to_the_rules(username, password)
    _check_confinement(role, department, own_department_only)
    row = await session.scalar(
        insert(Staff)
        .values(
            username=username,
            name=name.strip() or username,
            password_hash=await hash_password(password),
            role=role,
            department=department,
            own_department_only=own_department_only,
        )
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(Staff)
    )
    if row is None:
        raise UsernameTakenError(f"There is an account {username!r} already.")
    record(session, actor, "staff.created", "staff", username, role=role)
    return member_of(row)


async def set_password(session: AsyncSession, username: str, password: str, *, actor: str = "system") -> None:
    """Give an account a new password, lift its lock-out and end its logins everywhere.

    Raises `UnknownStaffError` or `StaffDataError`.
    """
    row = await find_staff(session, username)
    _keep_to_the_rules(row.username, password)
    row.password_hash = await hash_password(password)
    await lift(session, row.id)
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))
    record(session, actor, "staff.password_set", "staff", row.username)


async def disable_staff(
    session: AsyncSession, username: str, *, actor: str = "system", now: datetime | None = None
) -> None:
    """Shut an account and end its logins; what it did stays. `now` is aware; None: the time it is.

    Raises `UnknownStaffError`, or `LastAdminError`.
    """
    row = await find_staff(session, username, lock=True)
    await _keep_an_admin(session, row)
    row.disabled_at = row.disabled_at or now or datetime.now(UTC)
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))
    record(session, actor, "staff.disabled", "staff", row.username)


async def enable_staff(session: AsyncSession, username: str, *, actor: str = "system") -> None:
    """Open an account again. Raises `UnknownStaffError`."""
    row = await find_staff(session, username)
    row.disabled_at = None
    await lift(session, row.id)
    record(session, actor, "staff.enabled", "staff", row.username)


async def end_all_logins(session: AsyncSession, username: str) -> None:
    """Whoever is logged in to the account is no longer. Raises `UnknownStaffError`."""
    row = await find_staff(session, username)
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))


async def lift_waits(session: AsyncSession, username: str, *, actor: str = "system") -> None:
    """Whoever has to wait to log in to this account need not any more. Raises `UnknownStaffError`."""
    row = await find_staff(session, username)
    await lift(session, row.id)
    record(session, actor, "staff.waits_lifted", "staff", row.username)


async def set_duties(
    session: AsyncSession,
    username: str,
    *,
    role: Role,
    department: str | None,
    own_department_only: bool = False,
    actor: str = "system",
) -> StaffMember:
    """Give an account another role or department; it holds from their next click on.

    Raises `UnknownStaffError`, `StaffDataError`, or `LastAdminError`.
    """
    row = await find_staff(session, username, lock=True)
    _check_confinement(role, department, own_department_only)
    if role is not Role.ADMIN:
        await _keep_an_admin(session, row)
    after = {"role": role, "department": department, "own_department_only": own_department_only}
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if changed:
        record(session, actor, "staff.duties_changed", "staff", row.username, **changed)
    return member_of(row)


async def list_staff(session: AsyncSession) -> list[StaffMember]:
    """All accounts by username."""
    return [member_of(row) for row in await session.scalars(select(Staff).order_by(Staff.username))]


def new_password() -> str:
    """A random password that can be read out: four groups of five, 98 bits."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


async def find_staff(session: AsyncSession, username: str, *, lock: bool = False) -> Staff:
    """The row of an account, closed ones included. Raises `UnknownStaffError`."""
    query = select(Staff).where(Staff.username == username.strip().lower())
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise UnknownStaffError(f"There is no account {username!r}.")
    return row


async def _keep_an_admin(session: AsyncSession, row: Staff) -> None:
    """Raises `LastAdminError` where this is the only administrator who can log in. Two who go at once wait for each other."""
    if row.role != Role.ADMIN or row.disabled_at is not None:
        return
    admins = await session.scalars(
        select(Staff.id)
        .where(Staff.role == Role.ADMIN, Staff.disabled_at.is_(None))
        .order_by(Staff.id)
        .with_for_update()
    )
    if len(admins.all()) < 2:
        raise LastAdminError("This is the last administrator: make another account one first.")


def _check_confinement(role: Role, department: str | None, own_department_only: bool) -> None:
    if own_department_only and role is Role.ADMIN:
        raise StaffDataError(
            "An administrator reads the whole audit trail, so no department is kept from them."
        )
    if own_department_only and not department:
        raise StaffDataError("Who sees their own department alone has to be in one.")


def _keep_to_the_rules(username: str, password: str) -> None:
    if problem := problem_of(username, password):
        raise StaffDataError(problem)
