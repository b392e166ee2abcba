"""A request moves only as the allowed transitions say."""

from __future__ import annotations

import itertools

import pytest

from bot.cases.status import ACTIVE, ALLOWED, FINISHED, Status, TransitionError, check_transition


@pytest.mark.parametrize(("current", "wanted"), list(itertools.product(Status, Status)))
def test_every_pair_of_statuses_is_either_allowed_or_explained(current: Status, wanted: Status) -> None:
    if wanted is current or wanted in ALLOWED[current]:
        check_transition(current, wanted)
        return
    with pytest.raises(TransitionError) as refused:
        check_transition(current, wanted)
    for possible in ALLOWED[current]:
        assert possible in str(refused.value)


def test_every_status_is_active_or_finished_and_can_be_left() -> None:
    assert set(Status) == ACTIVE | FINISHED
    assert not ACTIVE & FINISHED
    assert all(ALLOWED[status] for status in Status)
