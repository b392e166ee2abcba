"""What the classifiers read of a text: its words, and for Spanish its words in rough English after them."""

from typing import NamedTuple

from bot.engine.nlu.gloss import spanish_glossary

SPANISH = "es"


class Reading(NamedTuple):
    """A text for those who look at letters, and for the encoder, which knows English only."""

    letters: str
    meant: str


def read(text: str, language: object) -> Reading:
    """The reading of a text in a language ("es" is glossed, all else is left as it is)."""
    gloss = spanish_glossary().gloss(text) if language == SPANISH else ""
    return Reading(f"{text} {gloss}".strip(), gloss or text)
