"""A long text in overlapping stretches, each short enough that one thing said in it is what it means."""

import re

LENGTH = 12  # words of a stretch; each begins in the middle of the one before
SHORT = 16  # words; what is no longer than that is read as it is
MOST = 24  # a page is cut into as many, longer ones
FEW = 4  # words of a sentence that says little by itself: it is read with the next one

_SENTENCES = re.compile(r"(?<=[.!?\n])\s+|\n+")


def stretches(text: str) -> list[str]:
    """The stretches of a long text, which cover it; none of a short one.

    None runs on into another sentence: "she has no shoes and its cold. she isnt bothering anybody I just want" tells of nobody.
    """
    if len(text.split()) <= SHORT:
        return []
    sentences = _sentences(text)
    if len(sentences) > MOST:
        return _windows(text.split())
    found: list[str] = []
    for sentence in sentences:
        words = sentence.split()
        found += [sentence] if len(words) <= SHORT else _windows(words)
    return found if 1 < len(found) <= 2 * MOST else _windows(text.split())


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for part in _SENTENCES.split(text):
        if found and len(found[-1].split()) < FEW:
            found[-1] = f"{found[-1]} {part}"
        elif part.strip():
            found.append(part)
    if len(found) > 1 and len(found[-1].split()) < FEW:
        last = found.pop()
        found[-1] = f"{found[-1]} {last}"
    return [" ".join(sentence.split()) for sentence in found]


def _windows(words: list[str]) -> list[str]:
    step = max(LENGTH // 2, -(-len(words) // MOST))
    return [" ".join(words[start : start + 2 * step]) for start in range(0, max(1, len(words) - step), step)]
