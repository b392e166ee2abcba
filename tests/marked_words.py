"""A language that nobody speaks: each sentence of the catalogue between marks, so that a page shows what is not of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser

import pytest
from babel.support import NullTranslations

from bot.web import language, templating

OPEN, CLOSE = "⟦", "⟧"
# What speaks to people beside the text itself.
SAID_BY = ("aria-label", "title", "placeholder", "alt", "label", "data-busy", "data-later", "data-failed")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Codes, machine times, what somebody typed, and the names on a map are no words of ours.
NOT_OURS = {"code", "kbd", "script", "style", "time", "textarea", "datalist", "text"}
# A day or a time by itself: `Wed, Dec 2`, `Nov 3 2025, 2:05 pm`.
_DAY = re.compile(
    r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}(?:,? \d{4})?(?:, \d{1,2}:\d\d [ap]m)?"
    r"|\d{1,2}:\d\d [ap]m"
)
_WORD = re.compile(r"[^\W\d_]{2,}")


class Marked(NullTranslations):
    """Every sentence is its own translation, between the marks."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    ugettext = gettext

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    ungettext = ngettext

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """English is said between marks."""
    monkeypatch.setattr(language, "translations", lambda _: Marked())
    monkeypatch.setattr(templating, "translations", lambda _: Marked())
    templating.environment.cache_clear()
    yield
    templating.environment.cache_clear()


def unmarked(page: str, known: Collection[str] = ()) -> list[str]:
    """What a page says that is neither between marks nor in `known`: names, and what somebody wrote."""
    reader = _Reader(known)
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._known = sorted({one for one in known if one}, key=len, reverse=True)
        self._within: list[
            tuple[str, bool]
        ] = []  # elements that are open, and whether their words are not ours
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag in NOT_OURS or given.get("dir") == "auto" or (tag != "html" and "lang" in given)
        if tag != "time":
            for name in SAID_BY:
                self._look(_outside(given.get(name) or "", 0)[0], f"{tag} {name}")
        if tag not in VOID:
            self._within.append((tag, foreign))

    def handle_endtag(self, tag: str) -> None:
        while self._within:
            closed, _ = self._within.pop()
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        outside, self._depth = _outside(data, self._depth)
        if not any(foreign for _, foreign in self._within):
            self._look(outside, self._within[-1][0] if self._within else "")

    def _look(self, words: str, where: str) -> None:
        left = _DAY.sub(" ", words)
        for one in self._known:
            left = left.replace(one, " ")
        if _WORD.search(left):
            self.found.append(f"{where}: {' '.join(words.split())}")


def _outside(words: str, depth: int) -> tuple[str, int]:
    """What stands outside of the marks, and how many are still open."""
    kept = []
    for sign in words:
        if sign == OPEN:
            depth += 1
        elif sign == CLOSE:
            depth -= 1
        elif depth == 0:
            kept.append(sign)
    return "".join(kept), depth
