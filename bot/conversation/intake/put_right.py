"""A fact that was put right: of "8:40, not 8:10" the answers of a report are read as if 8:10 had never been said.

The words themselves stay as they were written, for staff to read; what is read out of them (time, plate, make) is what holds.
"""

from __future__ import annotations

import re

from bot.text.fold import fold_in_place

_LITTLE = r"(?:(?:the|a|an|at|in|on|el|la|los|las|un|una|a las|de las?) )?"
_VALUE = r"[a-z0-9][\w:-]*(?: ?[ap]\.? ?m\b)?"
# "8:40, not 8:10", "an accord not a civic", "es nissan no toyota", "camry en vez de corolla".
_NOT = re.compile(
    rf"\b(?P<new>{_VALUE})[\s,;]+(?:(?:and |y )?not|no|nunca|instead of|rather than|en vez de|en lugar de) {_LITTLE}(?P<old>{_VALUE})"
)
# "Not 8:10 but 8:40", "no es corolla es camry", "it isn't line 7, it's 3".
_BUT = re.compile(
    rf"\b(?:not|no|isn'?t|wasn'?t)(?: (?:es|era|son|fue))? {_LITTLE}(?P<old>{_VALUE})[\s,;]+(?:(?:but|sino|it'?s|it is|it was|its|es|era|son|fue)(?: que)?) {_LITTLE}(?P<new>{_VALUE})"
)
# Who says so puts right what stands alone: "actually it was 7:45".
_SORRY = re.compile(
    r"\b(?:correction|actually|sorry|i meant|my mistake|my bad|was wrong|mixed up|misread|perdon|me equivoque|quise decir|mejor dicho|correccion|en realidad|lei mal|digo)\b"
)
# What there is one of, where one is told: a time of the day, a plate, a number of some length.
_ALONE = (
    re.compile(r"\b\d{1,2}:\d{2}\b"),
    re.compile(r"\b(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{6,8}\b"),
    re.compile(r"\b\d{3,5}\b"),
)


def as_put_right(words: str) -> str:
    """The words of a report, a line a message, with what later ones put right in its place. Reads any text, never raises."""
    told, *later = words.split("\n")
    for line in later:
        rest = _without_what_was_wrong(line, told)
        for old, new in _changes(line, told):
            told = _replaced(told, old, new)
        told = f"{told}\n{rest}"
    return told


def _without_what_was_wrong(line: str, told: str) -> str:
    found = _NOT.search(fold_in_place(line))
    if found is None or not _stands_in(fold_in_place(told), found["old"]):
        return line
    return line[: found.end("new")] + line[found.end("old") :]


def _changes(line: str, told: str) -> list[tuple[str, str]]:
    """What of the words before a line puts right, each as it was and as it is."""
    folded, before = fold_in_place(line), fold_in_place(told)
    said = [
        (one["old"], line[one.start("new") : one.end("new")])
        for one in (*_NOT.finditer(folded), *_BUT.finditer(folded))
    ]
    changes = [(old, new) for old, new in said if _stands_in(before, old)]
    if changes or _SORRY.search(folded) is None:
        return changes
    for pattern in _ALONE:
        now, then = set(pattern.findall(folded)), set(pattern.findall(before))
        if len(now) == len(then) == 1 and now != then:
            changes.append((then.pop(), now.pop().upper()))
    return changes


def _stands_in(folded: str, value: str) -> bool:
    return re.search(rf"(?<![\w:]){re.escape(value)}(?![\w:])", folded) is not None


def _replaced(words: str, old: str, new: str) -> str:
    """The words with each `old`, folded, replaced."""
    spans = [one.span() for one in re.finditer(rf"(?<![\w:]){re.escape(old)}(?![\w:])", fold_in_place(words))]
    for start, stop in reversed(spans):
        words = words[:start] + new + words[stop:]
    return words
