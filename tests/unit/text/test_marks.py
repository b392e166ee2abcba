"""Signs of yes and no, as phones send them."""

from __future__ import annotations

import pytest

from bot.text.marks import Mark, mark_of

TONES = ["", *"🏻🏼🏽🏾🏿"]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("sign", [*"👍👌🙏🙌"])
def test_a_yes_in_any_skin_tone(sign: str, tone: str) -> None:
    assert mark_of(sign + tone) is Mark.YES
    assert mark_of(f"{sign}{tone}{sign}{tone}!") is Mark.YES


@pytest.mark.parametrize("tone", TONES)
def test_a_no_in_any_skin_tone(tone: str) -> None:
    assert mark_of(f"👎{tone}") is Mark.NO
    assert mark_of(f"🙅{tone}\u200d♀\ufe0f") is Mark.NO


@pytest.mark.parametrize(
    "text",
    ["✅", "☑", "☑️", "✔", "✔️", "💯", "🆗", "👍️", "✅✅✅", "👍🏽 👌", "yes 👍", "👍 yes", "Sí 👍🏽", "sí, claro 👍", "ok👌🏿", "👍 gracias",
     "gracias 👍", "👍.", "\u200e👍🏽\u200f", "👍 please", "🙏 sí por favor", "dale ✅"],
)  # fmt: skip
def test_a_yes(text: str) -> None:
    assert mark_of(text) is Mark.YES


@pytest.mark.parametrize(
    "text", ["❌", "🚫", "✖", "✖️", "❌❌", "no 👎🏿", "👎🏿 no", "No, gracias 🚫", "❎", "⛔️", "❌."]
)
def test_a_no(text: str) -> None:
    assert mark_of(text) is Mark.NO


@pytest.mark.parametrize(
    "text",
    ["", "yes", "no", "👍👎", "👍 no", "no 👍", "❌ yes", "👍 pothole", "👍😂", "🔥", "❤️", "🙏 gracias", "thank you 🙏🏽", "please 🙏",
     "👍 @ pico", "👍 5", "?👍", "👍?", "🏽", "\u200d", "👍" * 300],
)  # fmt: skip
def test_all_else_is_neither(text: str) -> None:
    assert mark_of(text) is None
