"""Words that staff begin a text to a resident with, in each language that residents read: a pack's `ready-words.yml`, if it has one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.city.catalogue import LANGUAGES, Texts
from bot.city.edits import NO_EDITS, Edits
from bot.city.entries import Entries, Entry

READY_WORDS_FILE = "ready-words.yml"
USES = ("message", "ask", "in_progress", "on_hold", "resolved", "closed")
MOST_WORDS = 240  # characters: with what is said around them they still go out in few SMS


@dataclass(frozen=True, slots=True)
class ReadyWords:
    """One text to begin with. `use`: what it is for, one of `USES`."""

    use: str
    name: str  # by which staff choose it
    texts: Texts


def load_ready_words(pack: Path, edits: Edits = NO_EDITS) -> tuple[ReadyWords, ...]:
    """All of a pack, in its order; none without the file. Raises `PackError` listing every mistake with file and key."""
    path = pack / READY_WORDS_FILE
    if not path.exists():
        return ()
    entries = Entries(path, edits)
    found = tuple(_read(entry) for entry in entries.root.children("words"))
    entries.done()
    return found


def _read(entry: Entry) -> ReadyWords:
    use = entry.text("use")
    if use and use not in USES:
        entry.problem("use", f"should be one of {', '.join(USES)}")
    texts = entry.in_languages("text", LANGUAGES)
    for language, words in texts.items():
        if len(words) > MOST_WORDS:
            entry.problem(f"text.{language}", f"has {len(words)} characters; {MOST_WORDS} fit")
    return ReadyWords(use, entry.text("name"), texts)
