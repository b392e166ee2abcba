"""The language in which the console speaks to whoever asks: that of their account, at the door that of their browser.

English sentences are their own names (gettext); the Spanish ones stand in `locale/es.po`, which is read as it is when it
is first needed. `scripts/locale.py` lists what is missing there. Which language a request is answered in is kept in a
context variable, so that two requests at the same time never hear each other's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"
SPOKEN = (ENGLISH, "es")  # the first one where nobody says which

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def spoken() -> str:
    """The language of the request that is being answered: one of `SPOKEN`."""
    return _spoken.get()


def speak(language: str) -> None:
    """Answer this request in `language` from here on; one that is not spoken changes nothing."""
    if language in SPOKEN:
        _spoken.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it `language` is spoken, whatever `speak` says meanwhile; then what was spoken before."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def wanted_by(accept_language: str) -> str:
    """The language a browser wants most (RFC 9110, 12.5.4) among those that are spoken; English where it wants none."""
    weights: dict[str, float] = {}
    for part in accept_language.split(","):
        name, _, parameters = part.partition(";")
        language = name.strip().lower().split("-")[0]
        weights[language] = max(weights.get(language, 0.0), _weight(parameters))
    return max(SPOKEN, key=lambda language: weights.get(language, 0.0))


class BrowserLanguage:
    """Begins each request in the language of the browser; `bot.web.access` goes over to that of the account."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(wanted_by(Headers(scope=scope).get("accept-language", ""))):
            await self._app(scope, receive, send)


@lru_cache(maxsize=len(SPOKEN))
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; of English nothing, since its sentences are their own names."""
    if language == ENGLISH:
        return NullTranslations()
    with (LOCALE / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def say(sentence: str, **named: object) -> str:
    """A sentence in the language that is spoken, with what is named in it filled in: `say("%(n)s min", n=5)`."""
    return _filled(translations(spoken()).ugettext(sentence), named)


def say_counted(one: str, many: str, number: int, **named: object) -> str:
    """The same of a sentence that counts; the number itself is `%(num)s`."""
    return _filled(translations(spoken()).ungettext(one, many, number), {"num": number, **named})


def mark(sentence: str) -> str:
    """Marks a sentence for the catalogue where it is written down; it is said elsewhere, by `say`."""
    return sentence


def _filled(sentence: str, named: dict[str, object]) -> str:
    return sentence % named if named else sentence


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
