"""A question to who has asked: "what do you mean?", "¿cuál edificio?". It answers nothing, and somebody has to say more first."""

from __future__ import annotations

import re

from bot.text.fold import fold

_SENTENCES = re.compile(r"(?<=[.!?;\n])\s+")
_FIRST = r"(?:(?:sorry|ok|and|but|well|wait|y|pero|perdon|disculpe|oiga|bueno) )*"
# With its sign a sentence asks back where it begins as questions do: "the north side?" is an answer of somebody who is not sure.
_QUESTION = re.compile(
    _FIRST + r"(?:what|which|who|whose|when|where|how|why|do|does|did|can|could|are|huh|"
    r"(?:a |de |en |por |con )?(?:que|q|cual|cuales|quien|quienes|donde)|cuando|como|se refieren?|quieren?)\b"
)
# Without it only what can be nothing else, since "where the alley ends" and "cuando llueve" are answers.
_PLAINLY = re.compile(
    _FIRST + r"(?:what (?:do|did) (?:you|u) mean(?: by \w+(?: \w+)?)?|which(?: \w+){0,2}|"
    r"(?:a |de |en )?(?:que|q|cual)(?: \w+)?|que quieren? decir|a que se refieren?|como que \w+)"
)


def asks_back(text: str) -> bool:
    """Whether all that words say is a question of theirs. Reads any text, never raises."""
    sentences = [sentence for sentence in _SENTENCES.split(text.strip()) if fold(sentence)]
    return bool(sentences) and all(map(_asks, sentences))


def _asks(sentence: str) -> bool:
    words = fold(sentence)
    if "?" in sentence:
        return _QUESTION.match(words) is not None
    return _PLAINLY.fullmatch(words) is not None
