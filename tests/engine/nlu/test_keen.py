"""The blend for what may not be missed: what is stored is what was learnt, and chances are chances."""

from __future__ import annotations

from pathlib import Path

import numpy as np

LESSONS = {
    "calm": ["the bench is broken", "a lamp is out on main", "please trim the tree", "trash on the curb"],
    "emergency": ["the house is on fire", "he is not breathing", "a car hit a man", "gas is hissing out"],
    "stop": ["stop texting me", "no more texts", "take me off this list", "unsubscribe me now"],
}


def test_what_is_stored_is_what_was_learnt(tmp_path: Path) -> None:
    from bot.engine.nlu.encoder import shared_encoder
    from bot.engine.nlu.keen import KeenBlend

    pairs = [(text, label) for label, texts in LESSONS.items() for text in texts]
    words, labels = [text for text, _ in pairs], [label for _, label in pairs]
    vectors = shared_encoder().encode(words)
    blend = KeenBlend.fit(words, vectors, labels)
    blend.save(tmp_path)
    again = KeenBlend.load(tmp_path)
    assert again.labels == blend.labels == sorted(LESSONS)
    for text, vector, label in zip(words, vectors, labels, strict=True):
        chances = again.probabilities(text, vector)
        assert np.allclose(chances, blend.probabilities(text, vector))
        assert np.isclose(chances.sum(), 1, atol=1e-5)
        assert again.labels[int(np.argmax(chances))] == label
    assert np.isfinite(again.probabilities("", np.zeros_like(vectors[0]))).all()


def test_the_same_lessons_are_learnt_alike() -> None:
    from bot.engine.nlu.encoder import shared_encoder
    from bot.engine.nlu.keen import KeenBlend

    pairs = [(text, label) for label, texts in LESSONS.items() for text in texts]
    words, labels = [text for text, _ in pairs], [label for _, label in pairs]
    vectors = shared_encoder().encode(words)
    first, second = (KeenBlend.fit(words, vectors, labels) for _ in range(2))
    assert np.allclose(
        first.probabilities("he stopped breathing", vectors[0]),
        second.probabilities("he stopped breathing", vectors[0]),
    )
