"""The parts of the understanding, each alone."""

from pathlib import Path

import numpy as np
import pytest

from bot.engine.nlu.alarms import Alarms
from bot.engine.nlu.blend import Blend
from bot.engine.nlu.encoder import MANY, shared_encoder
from bot.engine.nlu.idiom import Idiom
from bot.engine.nlu.ngrams import Ngrams
from bot.engine.nlu.weights import Weights, WeightsError, verify, weights_folder


def test_the_weights_are_the_published_ones() -> None:
    verify(weights_folder() / "model.safetensors")


def test_other_weights_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.safetensors"
    other.write_bytes(b"not these")
    with pytest.raises(WeightsError, match="expected 53aa5117"):
        Weights(other)


def test_texts_that_mean_alike_are_close() -> None:
    lamp, light, cake = shared_encoder().encode(
        ["street lamp is out", "the light on our street is dark", "I bake a cake"]
    )
    assert lamp @ light > 0.5 > lamp @ cake
    assert np.linalg.norm(lamp) == pytest.approx(1, abs=1e-5)


def test_one_text_has_the_same_vector_alone_and_among_many() -> None:
    texts = [f"pothole number {number}" for number in range(MANY + 5)]
    together = shared_encoder().encode(texts)
    assert np.allclose(together[7], shared_encoder().encode([texts[7]])[0])
    assert shared_encoder().encode([]).shape == (0, 384)


def test_ngrams_forgive_accents_capitals_and_numbers(tmp_path: Path) -> None:
    ngrams = Ngrams.fit(["Árbol caído 12", "arbol caido 99"])
    ngrams.save(tmp_path)
    loaded = Ngrams.load(tmp_path)
    columns, weights = loaded.weigh("ARBOL CAIDO 7")
    again, weights_again = ngrams.weigh("árbol caído 2041")
    assert columns.tolist() == again.tolist()
    assert np.allclose(weights, weights_again)
    assert loaded.weigh("zzz")[0].size == 0


def test_a_blend_learns_and_is_the_same_after_storing(tmp_path: Path) -> None:
    texts = [
        f"{word} {number}"
        for number in range(12)
        for word in ("pothole in road", "dog barking", "loud music")
    ]
    labels = [label for _ in range(12) for label in ("pothole", "animal", "noise")]
    vectors = shared_encoder().encode(texts)
    blend = Blend.fit(texts, vectors, labels)
    blend.save(tmp_path)
    question = shared_encoder().encode(["a hole in the road"])[0]
    probabilities = Blend.load(tmp_path).probabilities("a hole in the road", question)
    assert probabilities.sum() == pytest.approx(1, abs=1e-4)
    assert blend.labels[int(probabilities.argmax())] == "pothole"
    assert np.allclose(probabilities, blend.probabilities("a hole in the road", question))


def test_nothing_that_is_stored_can_run_code(tmp_path: Path) -> None:
    texts, labels = ["one word"] * 6 + ["another thing"] * 6, ["a"] * 6 + ["b"] * 6
    Blend.fit(texts, shared_encoder().encode(texts), labels).save(tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".npy", ".npz"}


def test_the_language_of_one_clear_word_is_heard_and_of_a_number_is_not() -> None:
    idiom = Idiom.fit(
        ["hay basura en la calle"] * 40 + ["there is trash on the street"] * 40, ["es"] * 40 + ["en"] * 40
    )
    assert idiom.recognise("basura") == "es"
    assert idiom.recognise("trash") == "en"
    assert idiom.recognise("2041") is None
    assert idiom.recognise("¿qué?") == "es"


@pytest.mark.parametrize(
    "text",
    [
        "FIRE!!",
        "I smell gas",
        "Huele a gas",
        "a man with a knife",
        "power line down",
        "no respira",
        "hay un incendio",
    ],
)
def test_words_of_danger_raise_the_alarm_without_any_model(text: str) -> None:
    heard = Alarms.load().heard(text)
    assert heard.sure | heard.likely


@pytest.mark.parametrize(
    "text",
    [
        "dead tree",
        "fire hydrant leaking",
        "kill the weeds",
        "shooting hoops",
        "árbol muerto",
        "sopladora de gas",
    ],
)
def test_words_that_only_look_like_it_do_not(text: str) -> None:
    heard = Alarms.load().heard(text)
    assert not heard.sure | heard.likely
