"""Links to public pages: always the same, of one length, and nobody's but ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import link_tokens
from bot.cases.link_tokens import LENGTH, row_of_token, token_of
from bot.cases.public_links import public_token, public_url
from bot.settings import load_settings
from bot.text.link_letters import ALPHABET

LAST = 2**27 - 1
ids = st.integers(1, LAST)


@given(ids)
def test_a_token_fits_into_a_text_and_leads_back_to_its_request(request_id: int) -> None:
    token = public_token(request_id)
    assert len(token) == LENGTH <= 22
    assert set(token) <= set(ALPHABET)
    assert public_token(request_id) == token
    assert row_of_token("public-link", token) == request_id
    assert public_url(request_id).endswith(f"/r/{token}")


@given(ids, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_token_with_one_other_letter_is_nobodys(request_id: int, place: int, letter: str) -> None:
    token = public_token(request_id)
    other = token[:place] + letter + token[place + 1 :]
    assert row_of_token("public-link", other) == (request_id if other == token else None)


@given(st.text(max_size=40))
def test_what_never_was_a_token_is_nobodys(text: str) -> None:
    assert row_of_token("public-link", text) is None


@pytest.mark.parametrize(
    "token", ["", "2" * LENGTH, "z" * LENGTH, "0" * LENGTH, "2" * (LENGTH + 1), "ñ" * LENGTH]
)
def test_the_ends_of_the_alphabet_are_nobodys(token: str) -> None:
    assert row_of_token("public-link", token) is None


def test_tokens_do_not_tell_how_many_requests_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    # One secret: of all there are, one in two hundred makes two of these alike at one end by chance.
    ours = load_settings(CITYLINE_SECRET="x" * 32)
    monkeypatch.setattr(link_tokens, "settings", lambda: ours)
    heads = [public_token(request_id)[:4] for request_id in range(1, 200)]
    tails = [public_token(request_id)[-4:] for request_id in range(1, 200)]
    assert len(set(heads)) == len(set(tails)) == 199


def test_another_secret_makes_other_links(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = public_token(7)
    monkeypatch.setattr(link_tokens, "settings", lambda: load_settings(CITYLINE_SECRET="x" * 32))
    assert public_token(7) != ours
    assert row_of_token("public-link", ours) is None


@pytest.mark.parametrize("request_id", [0, -1, LAST + 1])
def test_an_id_that_does_not_fit_is_told(request_id: int) -> None:
    with pytest.raises(ValueError, match="no public-link"):
        public_token(request_id)


@given(ids)
def test_a_token_of_one_kind_is_none_of_another(row_id: int) -> None:
    tokens = {kind: token_of(kind, row_id) for kind in ("public-link", "work-link", "work-photo")}
    assert len(set(tokens.values())) == 3
    for kind in tokens:
        read = {other: row_of_token(other, token) for other, token in tokens.items()}
        assert read[kind] == row_id
        assert row_of_token(kind, tokens[next(other for other in tokens if other != kind)]) is None
