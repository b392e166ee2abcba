"""What a page's link to Telegram says in the chat."""

from __future__ import annotations

import re

import pytest

from bot.channels.telegram.start_links import Saying, start_link, words_of_start
from bot.web.texts import page_texts


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("saying", "name"), [(Saying.SEE_IT_TOO, "see_it_too"), (Saying.NOT_FIXED, "not_fixed")]
)
def test_a_link_to_telegram_says_word_for_word_what_the_link_to_a_text_says(
    saying: Saying, name: str, language: str
) -> None:
    link = start_link("CityHallBot", saying, language, "SM-7K3R9P")
    payload = link.removeprefix("https://t.me/CityHallBot?start=")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)  # what Telegram takes
    assert words_of_start(payload) == page_texts("request", language)[f"{name}_message"].format(
        reference="SM-7K3R9P"
    )


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "pole-1234",
        "r_SM-7K3R9P",
        "see_en_",
        "see_en_sm-7k3r9p",
        "steal_en_SM-7K3R9P",
        "see_en_SM-7K3R9P now",
        "see_en_{reference}",
        "see_english_SM-7K3R9P",
    ],
)
def test_any_other_payload_is_none_of_ours(payload: str) -> None:
    assert words_of_start(payload) is None
