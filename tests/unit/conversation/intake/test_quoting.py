"""What is said back of a resident's words."""

from __future__ import annotations

import pytest

from bot.conversation.intake.quoting import MOST, quoted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("north side", "north side"),
        ("  the wall\nfacing\tthe alley ", "the wall facing the alley"),
        ('it says "stop" twice', "it says 'stop' twice"),
        (
            "it has been like this since the storm last week, nobody came, and my neighbors say that they told you as well",
            "it has been like this since the storm last week, nobody came, and my neighbors say that they...",
        ),
        ("x" * 130, "x" * (MOST - 3) + "..."),
        ("", ""),
    ],
)
def test_it_is_one_short_line(words: str, said: str) -> None:
    assert quoted(words) == said
    assert len(quoted(words)) <= MOST
