"""What the classifiers read of a text: its words, and for Spanish its words in rough English after them."""

import re
from typing import NamedTuple

from bot.engine.nlu.gloss import spanish_glossary

SPANISH = "es"

# The number of a request: of its six characters (bot/cases/references.py) every one has letters of its own to the classifiers,
# so that the same words were read in another way for every request. They read one number for all.
_REFERENCE = re.compile(
    r"\b[a-z]{2,4}(?:-|[\s-]?(?=[a-z]*\d)(?=\d*[a-z]))[23456789cdfghjkmnprtwxy]{6}\b", re.IGNORECASE
)
ANY_REFERENCE = "SM-7K3R9P"


class Reading(NamedTuple):
    """A text for those who look at letters, and for the encoder, which knows English only."""

    letters: str
    meant: str


def read(text: str, language: object) -> Reading:
    """The reading of a text in a language ("es" is glossed, all else is left as it is)."""
    text = _REFERENCE.sub(ANY_REFERENCE, text)
    gloss = spanish_glossary().gloss(text) if language == SPANISH else ""
    return Reading(f"{text} {gloss}".strip(), gloss or text)
