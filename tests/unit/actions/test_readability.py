"""Every text reads at the sixth grade or below: by Flesch and Kincaid in English, by Szigriszt and Pazos in Spanish.

Kincaid et al. 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59 is a school grade. Szigriszt-Pazos 1993 with
the INFLESZ scale (Barrio-Cantalejo et al. 2008): 65 and above is "fairly easy", what a sixth-grader reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.city.catalogue import LANGUAGES
from bot.text.fold import fold_in_place
from tests.unit.actions.test_words import catalogue, filled, variants

GRADE = 6.0
FAIRLY_EASY = 65.0
SHORT = 6  # words: a formula of averages says nothing of less


def syllables(word: str, language: str) -> int:
    """About right for each word, right on average."""
    if language == "es":
        strong = re.sub(r"[íú]", "/a", word)  # an accent on i or u parts a diphthong
        return max(1, len(re.findall(r"[iu]?[aeo][iuy]?|[iu]+|(?<![aeo])y\b", fold_in_place(strong))))
    word = re.sub(r"(?:[^laeiouy]es|[^td]ed|(?<!l)e)$", "", word) if len(word) > 3 else word
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Texts of the domain and of the catalogue that are sentences, by name."""
    for name, spoken, variant in variants():
        if spoken == language and variant["text"].strip("{}") != "note":
            yield name, filled(variant["text"], language) if "{" not in variant["text"] else variant["text"]
    for service in catalogue.services.values():
        yield f"{service.code} description", service.description[language]
        if service.guidance:
            yield f"{service.code} guidance", service.guidance[language]
        if service.handover:
            yield f"{service.code} hand-over", service.handover.text[language]
        for question in service.questions:
            yield f"{service.code} {question.code}", question.ask[language]


def measured(text: str, language: str) -> tuple[int, int, int]:
    """Words, sentences, syllables. Placeholders, numbers and names in quotes are nobody's reading level."""
    plain = re.sub(r"\{\w+\}|\"[^\"]*\"|[\d()-]{2,}", " ", text)
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", plain)
    sentences = max(1, len(re.findall(r"[.!?:;]+(?:\s|$)|\n", plain.strip())))
    return len(words), sentences, sum(syllables(word.lower(), language) for word in words)


def ease(words: int, sentences: int, syllable_count: int, language: str) -> float:
    """How far within the bar a text is: zero and above is inside."""
    if language == "es":
        return 206.835 - 62.3 * syllable_count / words - words / sentences - FAIRLY_EASY
    return GRADE - (0.39 * words / sentences + 11.8 * syllable_count / words - 15.59)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_together_read_at_the_sixth_grade_or_below(language: str) -> None:
    counts = [measured(text, language) for _, text in texts(language)]
    words, sentences, syllable_count = (sum(column) for column in zip(*counts, strict=True))
    assert ease(words, sentences, syllable_count, language) >= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_every_single_text_does(language: str) -> None:
    found = [(name, text, measured(text, language)) for name, text in texts(language)]
    long_enough = [(name, text, counts) for name, text, counts in found if counts[0] >= SHORT]
    hard = [(name, text) for name, text, counts in long_enough if ease(*counts, language) < -4]
    assert len(hard) <= 0.1 * len(long_enough), hard  # lists of long names


def test_the_measure_knows_an_office_from_a_friend() -> None:
    office = "Your submission necessitates the provision of additional documentation regarding the municipal infrastructure."
    friend = "Tell me what is wrong and where it is. A photo helps."
    assert ease(*measured(office, "en"), "en") < -5 < 0 < ease(*measured(friend, "en"), "en")
    oficina = "Su solicitud requiere la presentación de documentación adicional correspondiente a la infraestructura municipal."
    amigo = "Dígame qué pasa y dónde. Una foto ayuda."
    assert ease(*measured(oficina, "es"), "es") < -5 < 0 < ease(*measured(amigo, "es"), "es")
