"""Short links to photos: of one length, nobody's but ours, and over when their week is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.photos.short_links import LENGTH, photo_of_token, short_photo_token, short_photo_url
from bot.photos.signed import LinkError, LinkExpiredError, sign_photo_url
from bot.text.link_letters import ALPHABET

SECRET = "a secret of more than thirty-two characters"
NOW = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)
WEEK = timedelta(days=7)
LAST = 2**27 - 1
ids = st.integers(1, LAST)


def a_token(photo_id: int, secret: str = SECRET) -> str:
    return short_photo_token(photo_id, secret=secret, ttl=WEEK, now=NOW)


@given(ids)
def test_a_token_leads_back_to_its_photo(photo_id: int) -> None:
    token = a_token(photo_id)
    assert len(token) == LENGTH
    assert set(token) <= set(ALPHABET)
    assert photo_of_token(token, secret=SECRET, now=NOW) == photo_id


def test_it_is_less_than_half_of_what_providers_are_given() -> None:
    base_url = "https://311.example.gov"
    short = short_photo_url(1234567, base_url=base_url, secret=SECRET, ttl=WEEK, now=NOW)
    long = sign_photo_url(1234567, "full", base_url=base_url, secret=SECRET, ttl=WEEK.total_seconds())
    assert short.startswith("https://311.example.gov/p/")
    assert len(short) == 43 < len(long) / 2


@given(ids, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_token_with_one_other_letter_is_nobodys(photo_id: int, place: int, letter: str) -> None:
    token = a_token(photo_id)
    other = token[:place] + letter + token[place + 1 :]
    if other != token:
        with pytest.raises(LinkError):
            photo_of_token(other, secret=SECRET, now=NOW)


@given(st.text(max_size=40))
def test_what_never_was_a_token_is_nobodys(text: str) -> None:
    with pytest.raises(LinkError):
        photo_of_token(text, secret=SECRET, now=NOW)


@pytest.mark.parametrize("token", ["", "2" * LENGTH, "z" * LENGTH, "0" * LENGTH, "ñ" * LENGTH, "\udcff"])
def test_the_ends_of_the_alphabet_are_nobodys(token: str) -> None:
    with pytest.raises(LinkError):
        photo_of_token(token, secret=SECRET, now=NOW)


def test_it_works_for_its_week_and_to_the_end_of_that_day() -> None:
    token = a_token(17)
    for good in (WEEK, timedelta(days=7, hours=11, minutes=54)):
        assert photo_of_token(token, secret=SECRET, now=NOW + good) == 17
    with pytest.raises(LinkExpiredError):
        photo_of_token(token, secret=SECRET, now=NOW + timedelta(days=7, hours=11, minutes=55))


def test_another_secret_makes_other_links() -> None:
    token = a_token(17, "another secret of thirty-two characters")
    assert token != a_token(17)
    with pytest.raises(LinkError):
        photo_of_token(token, secret=SECRET, now=NOW)


def test_tokens_do_not_tell_how_many_photos_there_are() -> None:
    tokens = [a_token(photo_id) for photo_id in range(1, 100)]
    assert len({token[:4] for token in tokens}) == len({token[-4:] for token in tokens}) == 99


@pytest.mark.parametrize("photo_id", [0, -1, LAST + 1])
def test_an_id_that_does_not_fit_is_told(photo_id: int) -> None:
    with pytest.raises(ValueError, match="no short link"):
        a_token(photo_id)
