"""What is sealed for somebody's second step: changed by one letter, or given to another, it is nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cases.roles import Role
from bot.cases.second_step import WrongCodeError, new_secret, secret_of
from bot.cases.staff import StaffMember

MARIA = StaffMember(7, "maria", "Maria", Role.AGENT, None, False, datetime(2026, 11, 22, tzinfo=UTC))


def test_what_is_sealed_cannot_be_changed_unseen() -> None:
    sealed = new_secret(MARIA)
    assert secret_of(sealed, MARIA)
    assert new_secret(MARIA) != sealed
    for place in (0, 12, 40, len(sealed) // 2, len(sealed) - 6):
        other = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(WrongCodeError):
            secret_of(other, MARIA)
