"""What is put back before anybody heard of it comes to nothing; what has a word, a picture or a gap in it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.notices.put_back import is_put_back

OPEN: dict[str, Any] = {
    "status": "open",
    "resolution": None,
    "due_on": "2026-12-04",
    "service_code": "pothole",
    "place": ["Pico Blvd & 4th St", 34.0, -118.5],
}


def changed(before: dict[str, Any], **to: Any) -> dict[str, Any]:
    return {"public_text": "", "photos": [], "stood": {"before": before, "after": {**before, **to}}}


def there_and_back(**to: Any) -> list[dict[str, Any]]:
    there = changed(OPEN, **to)
    return [there, changed(there["stood"]["after"], **{name: OPEN[name] for name in to})]


@pytest.mark.parametrize(
    "to",
    [
        {"status": "in_progress"},
        {"status": "resolved", "resolution": "fixed"},
        {"due_on": "2026-12-10"},
        {"service_code": "sidewalk", "due_on": None},
        {"place": ["1427 Lincoln Blvd", 34.01, -118.49]},
        {"place": ["Pico Blvd & 4th St", 34.001, -118.5]},  # the same name, another spot
    ],
)
def test_there_and_back_is_nothing_and_one_way_is_news(to: dict[str, Any]) -> None:
    there, back = there_and_back(**to)
    assert is_put_back([there, back])
    assert not is_put_back([there])
    assert not is_put_back([there, back, there])


@pytest.mark.parametrize(
    "says",
    [
        {"public_text": "A crew comes."},
        {"photos": [7]},
        {"referred_to": "Caltrans"},
        {"joined": "SM-7K3R9P"},
        {"taken_out_of": "SM-7K3R9P"},
        {"known": {"en": "An outage."}},
        {"late": True},
    ],
)
@pytest.mark.parametrize("which", [0, 1])
def test_what_says_something_is_never_lost(says: dict[str, Any], which: int) -> None:
    events = there_and_back(status="in_progress")
    events[which] |= says
    assert not is_put_back(events)


def test_what_a_resident_did_in_between_makes_it_news() -> None:
    there = changed(OPEN, status="in_progress")
    reopened = changed(
        {**OPEN, "status": "closed", "resolution": "withdrawn"}, status="open", resolution=None
    )
    assert not is_put_back([there, reopened])


def test_a_notice_of_before_this_was_known_is_told() -> None:
    assert not is_put_back([{"public_text": ""}, *there_and_back(status="in_progress")])
    assert not is_put_back([{}])
    assert not is_put_back([])


STATUSES = st.lists(st.sampled_from(["open", "in_progress", "on_hold"]), min_size=1, max_size=8)


@given(STATUSES)
def test_whatever_way_it_went_only_its_ends_count(way: list[str]) -> None:
    stood, events = OPEN, []
    for status in way:
        events.append(changed(stood, status=status))
        stood = events[-1]["stood"]["after"]
    assert is_put_back(events) == (way[-1] == "open")
