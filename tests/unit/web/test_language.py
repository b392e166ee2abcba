"""The console in two languages: what it says is in the catalogue, and nobody hears another's."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from bot.web.console.insight.chart import definitions
from bot.web.language import SPOKEN, BrowserLanguage, say, say_counted, speak, speaking, spoken, wanted_by
from bot.web.sentences import WRITTEN_BELOW, said
from bot.web.templating import (
    age,
    distance,
    environment,
    full_day,
    local_moment,
    month,
    service_name,
    weekday,
)

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)  # 12:05 in Santa Monica


def console_words() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_words", ROOT / "scripts" / "console_words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_of_the_console_has_its_spanish_and_none_is_left_over() -> None:
    """When this fails: .venv/bin/python scripts/console_words.py"""
    assert list(console_words().problems()) == []


def test_a_sentence_without_spanish_or_with_other_places_to_fill_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = console_words()
    file = tmp_path / "es.po"
    text = words.FILE.read_text()
    for wrong, right in (
        ('msgstr "Solicitud nueva"', 'msgstr ""'),
        ('"hasta %(until)s"', '"hasta %(till)s"'),
        ('"Desactivado"', '"Desactivado <b>"'),
    ):
        text = text.replace(wrong, right)
    file.write_text(f'{text}\nmsgid "Nobody says this"\nmsgstr "Nadie lo dice"\n')
    monkeypatch.setattr(words, "FILE", file)
    assert set(words.problems()) == {
        "missing: New request",
        "other places to fill: until %(until)s",
        "other HTML: Off",
        "stale: Nobody says this",
    }


def test_what_is_written_below_the_console_is_still_written_there() -> None:
    written = set()
    for folder in (
        "bot/cases",
        "bot/city",
        "bot/conversation",
        "bot/delivery",
        "bot/mail",
        "bot/web/console",
    ):
        for path in (ROOT / folder).rglob("*.py"):
            written |= set(_literals(ast.parse(path.read_text())))
    text = "\n".join(sorted(written))
    for sentence in WRITTEN_BELOW:
        # A sentence may end otherwise: with the code of a refusal, or with examples.
        pieces = [piece for piece in re.split(r"%\(\w+\)s", sentence) if len(piece.strip(" .()")) > 3]
        assert all(piece.strip(" .(:").removesuffix(", like") in text for piece in pieces), sentence


def _literals(tree: ast.AST) -> list[str]:
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("fr-CA, es;q=0.5", "es"),
        ("de, en;q=0.1, es;q=0.2", "es"),
        ("fr", "en"),
        ("es;q=0", "en"),
        ("es;q=hello", "en"),
    ],
)
def test_at_the_door_the_browser_says_the_language(accepted: str, language: str) -> None:
    assert wanted_by(accepted) == language


@given(st.text())
def test_whatever_a_browser_sends_it_is_a_language_that_is_spoken(accepted: str) -> None:
    assert wanted_by(accepted) in SPOKEN


def test_a_language_that_nobody_speaks_changes_nothing() -> None:
    with speaking("es"):
        speak("tlh")
        assert spoken() == "es"
    assert spoken() == "en"


async def test_two_requests_at_once_never_hear_each_others_language() -> None:
    heard: dict[str, list[str]] = {"en": [], "es": []}
    both_here = asyncio.Barrier(2)

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        mine = spoken()
        for _ in range(3):
            await both_here.wait()
            heard[mine].append(say("Requests"))
            speak(mine)

    app = BrowserLanguage(page)

    async def ask(language: str) -> None:
        scope = {"type": "http", "headers": [(b"accept-language", language.encode())]}
        await app(scope, None, None)  # type: ignore[arg-type]

    await asyncio.gather(ask("en"), ask("es"))
    assert heard == {"en": ["Requests"] * 3, "es": ["Solicitudes"] * 3}
    assert spoken() == "en"


def test_words_that_a_template_takes_from_another_are_those_of_its_language() -> None:
    shown = {
        language: environment(language).get_template("_words.html").module.STATUS["open"]  # type: ignore[attr-defined]
        for language in ("es", "en")
    }
    assert shown == {"es": "Abierta", "en": "Open"}


def test_what_is_filled_in_is_escaped_and_what_is_said_is_not() -> None:
    page = environment("es").from_string("{% trans name=name %}City of {{ name }}{% endtrans %}")
    assert page.render(name="<b>&") == "Ciudad de &lt;b&gt;&amp;"


def test_times_days_and_numbers_are_said_as_the_language_says_them() -> None:
    with speaking("es"):
        assert local_moment(NOON, NOON) == "22 nov, 12:05"
        assert local_moment(datetime(2025, 7, 1, 7, 30, tzinfo=UTC), NOON) == "1 jul 2025, 00:30"
        assert age(NOON - timedelta(days=30), NOON) == "4 sem"
        assert weekday(date(2026, 12, 2)) == "mié, 2 dic"
        assert full_day(date(2026, 12, 2)) == "2 dic 2026"
        assert month(date(2026, 12, 2)) == "dic 2026"
        assert distance(100) == "328 pies"
        assert say_counted("%(num)s request", "%(num)s requests", 1) == "1 solicitud"
        assert service_name("pothole") == "Bache o calle en mal estado"
    assert weekday(date(2026, 12, 2)) == "Wed, Dec 2"


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("the resident texted STOP", "el residente envió STOP"),
        ("A password has at least 10 characters.", "Una contraseña tiene al menos 10 caracteres."),
        (
            "could not be handed over for a day: its credentials are not set",
            "no se pudo entregar al proveedor durante un día: sus credenciales no están configuradas",
        ),
        (
            "This lies in Los Angeles, outside Santa Monica.",
            "Esto está en Los Angeles, fuera de Santa Monica.",
        ),
        ("Whatever a provider says: nobody knows", "Whatever a provider says: nobody knows"),
        ("", ""),
    ],
)
def test_what_was_kept_in_english_is_said_in_spanish_where_it_is_ours(english: str, spanish: str) -> None:
    with speaking("es"):
        assert said(english) == spanish
    assert said(english) == english


def test_every_figure_has_its_title_and_meaning_in_spanish() -> None:
    assert all(entry["title_es"] and entry["means_es"] for entry in definitions().values())
