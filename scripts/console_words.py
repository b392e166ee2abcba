"""What the console says in English, beside what its catalogue `bot/web/locale/es.po` has of it in Spanish.

    .venv/bin/python scripts/console_words.py            lists what is missing, stale or wrong; fails if anything is
    .venv/bin/python scripts/console_words.py --write    adds what is new, untranslated, and drops what is gone

Nothing is kept from gettext's tools but their format: Babel reads templates and Python, and writes the file, sorted.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.web.language import LOCALE
from bot.web.sentences import SENTENCES

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "bot" / "web"
FILE = LOCALE / "es.po"
METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "say": None,
    "say_counted": (1, 2),
    "mark": None,
}
OPTIONS = {"**.html": {"trimmed": "false", "newstyle_gettext": "true", "silent": "false"}}

_PLACE = re.compile(r"%\((\w+)\)s|%%|\{\w*\}")
_TAG = re.compile(r"</?[a-z][^>]*>")


def extracted() -> Catalog:
    """Every sentence that the console can say, as its templates and modules have it."""
    catalogue = _empty()
    found = extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS, comment_tags=("es:",), strip_comment_tags=True)
    for file, _, sentence, comments, context in found:
        catalogue.add(sentence, locations=[(f"bot/web/{file}", 0)], auto_comments=comments, context=context)
    for sentence in SENTENCES:
        catalogue.add(sentence, locations=[("bot/web/sentences.py", 0)])
    return catalogue


def kept() -> Catalog:
    """What the catalogue has."""
    with FILE.open("rb") as file:
        return read_po(file, locale="es")


def problems() -> Iterator[str]:
    """What somebody who reads Spanish would stumble over, one line each."""
    said, spanish = extracted(), kept()
    for message in _sentences(said):
        other = spanish.get(message.id, message.context)
        if other is None or not all(_strings(other)):
            yield f"missing: {_name(message)}"
        else:
            yield from _differences(message, other)
    for message in _sentences(spanish):
        if said.get(message.id, message.context) is None:
            yield f"stale: {_name(message)}"


def write() -> None:
    """Bring the catalogue up to what is said: new sentences without Spanish, none that nobody says any more."""
    said, before = extracted(), kept() if FILE.exists() else _empty()
    for message in _sentences(said):
        other = before.get(message.id, message.context)
        if other is not None:
            message.string = other.string
            message.user_comments = other.user_comments
    with FILE.open("wb") as file:
        write_po(
            file, said, sort_output=True, omit_header=False, width=0, include_lineno=False, no_location=True
        )
    text = FILE.read_text()
    header = (
        "# What staff read in the console, in Spanish: see docs/voice.md for its words.\n"
        "# scripts/console_words.py --write keeps it in step with what the console says.\n"
        'msgid ""\nmsgstr ""\n"Language: es\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    )
    # Babel writes the hour and its own version into the head: each run would change the file.
    FILE.write_text(header + text[text.index("\n\n") + 1 :].rstrip("\n") + "\n")


def _empty() -> Catalog:
    catalogue = Catalog(locale="es", fuzzy=False)
    # CLDR knows a third form, for millions: nothing that the console counts comes to that.
    catalogue.mime_headers = [("Plural-Forms", "nplurals=2; plural=(n != 1);")]
    return catalogue


def _differences(message: Message, other: Message) -> Iterator[str]:
    """Where English and Spanish have not the same places to fill and the same marks of HTML, or another could break a page."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    wanted = {place for one in ids for place in _places(one)}
    for text in _strings(other):
        # Of a count the number may stay unsaid in both languages: "one request".
        least = wanted - {"%(num)s", "%(shown)s"} if len(ids) > 1 else wanted
        if not least <= set(_places(text)) <= wanted:
            yield f"other places to fill: {_name(message)}"
        if Counter(_TAG.findall(text)) not in [Counter(_TAG.findall(one)) for one in ids]:
            yield f"other HTML: {_name(message)}"
        if '"' in _TAG.sub("", text) and '"' not in _TAG.sub("", ids[0]):
            yield f'a plain " would end an attribute: {_name(message)}'
        if "—" in text:
            yield f"an em dash: {_name(message)}"


def _places(sentence: str) -> Iterable[str]:
    return [one.group() for one in _PLACE.finditer(sentence)]


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _name(message: Message) -> str:
    name = message.id if isinstance(message.id, str) else message.id[0]
    return f"{name} ({message.context})" if message.context else name


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare what the console says with its Spanish catalogue.")
    parser.add_argument("--write", action="store_true", help="add what is new and drop what is gone")
    if parser.parse_args().write:
        write()
    found = list(problems())
    print(*found, sep="\n") if found else print("Every sentence of the console has its Spanish.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
