"""What a text means is worked out once in a message, however many components ask."""

import numpy as np
import pytest

from bot.engine.nlu.encoder import KEPT, MANY, SentenceEncoder
from bot.engine.nlu.weights import weights_folder


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(weights_folder())


def test_a_text_that_is_asked_for_again_is_not_worked_out_again(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[list[int]] = []
    really = encoder._vector
    monkeypatch.setattr(encoder, "_vector", lambda ids: worked_out.append(ids) or really(ids))
    first = encoder.encode(["a hole in the road", "it is deep"])
    again = encoder.encode(["it is deep", "a hole in the road"])
    assert len(worked_out) == 2
    assert np.array_equal(first, again[::-1])


def test_one_by_one_and_many_at_once_mean_the_same(encoder: SentenceEncoder) -> None:
    texts = [f"pothole number {number} on Pico, ¿cuándo vienen? 🙏" for number in range(MANY + 1)]
    assert np.allclose(
        encoder.encode(texts), np.vstack([encoder.encode([text]) for text in texts]), atol=1e-6
    )


def test_no_more_are_remembered_than_a_message_has_clauses_many_times_over(encoder: SentenceEncoder) -> None:
    for number in range(KEPT + 20):
        encoder.encode([f"text {number}"])
    assert encoder._meaning_of.cache_info().currsize == KEPT
    encoder.encode(["text 5"])[0][:] = 0.0  # what is given is the caller's own
    assert np.linalg.norm(encoder.encode(["text 5"])[0]) == pytest.approx(1.0, abs=1e-5)
