"""Words of another system as residents and staff read them: plain, and without what we put there ourselves."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MARK = re.compile(r"\[Cityline ([a-z]\d{1,18})\]")
_CODE = re.compile(r"\[/?code\]", re.IGNORECASE)  # what their journals put around markup
_BLOCKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"})
_UNSEEN = frozenset({"script", "style", "head", "title"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;")


def marked(words: str, marker: str) -> str:
    """Words of ours as they go there: by the mark they are known again."""
    return f"{words}\n[Cityline {marker}]"


def marker_of(words: str) -> str | None:
    """The mark of words that came from us; None for theirs."""
    found = _MARK.search(words)
    return found[1] if found else None


def plain(words: str) -> str:
    """Rich text as lines of plain words. What only looks like markup ("width < 3") stays."""
    text = _CODE.sub("", words)
    if _MARKUP.search(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    lines = (" ".join(line.split()) for line in text.replace("\x00", "").splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Collects the text that people would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)
