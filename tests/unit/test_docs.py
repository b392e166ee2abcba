"""What the documents show exists: commands, settings, files, places in the web process."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from typer.main import get_command

from bot.cli.app import app
from bot.settings import ROOT, Settings
from bot.web.app import create_app
from bot.web.console.insight.chart import definitions

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
SETTINGS = {field.alias for field in Settings.model_fields.values()}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _code(text: str) -> list[str]:
    """Everything set as code: spans, and lines of shell blocks (comments cut)."""
    blocks = re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def _cityline_calls() -> list[tuple[str, str]]:
    calls = set()
    for document in DOCUMENTS:
        for piece in _code(document.read_text()):
            found = re.match(r"(?:sudo (?:-u \w+ )?)?(?:\S*/)?cityline ([a-z].*)", piece)
            if found and "/" not in found[1].split()[0]:
                calls.add((_name(document), found[1].strip()))
    for unit in UNITS:
        for line in unit.read_text().splitlines():
            if line.startswith("ExecStart="):
                calls.add((_name(unit), line.split("/cityline ", 1)[1]))
    return sorted(calls)


@pytest.mark.parametrize(("document", "call"), _cityline_calls(), ids=lambda value: value)
def test_every_cityline_command_shown_is_understood(document: str, call: str) -> None:
    words = shlex.split(call)
    command: Any = get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert command.name != "cityline", f"there is no command: cityline {call}"
    if words == ["…"]:
        return
    options = {name for parameter in command.params for name in parameter.opts}
    used = {word.split("=")[0] for word in words if word.startswith("-")}
    assert used <= options | {"--help"}, f"{document}: cityline {call}"


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        for piece in _code(document.read_text()):
            if found := re.fullmatch(r"(?:sudo .*)?make (?:-C \S+ )?([a-z-]+)", piece):
                assert found[1] in targets, f"{_name(document)}: make {found[1]}"


def test_the_tables_of_settings_and_figures_are_what_the_code_says() -> None:
    """When this fails: make docs"""
    spec = importlib.util.spec_from_file_location("docs", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "README.md").read_text()
    assert module.with_settings(text) == text
    assert all(f"| `{name}` |" in text for name in SETTINGS)
    insight = (ROOT / "docs" / "howto" / "insight.md").read_text()
    assert module.with_figures(insight) == insight
    assert all(f"| {figure['title']} | {figure['means']}" in insight for figure in definitions().values())


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_no_setting_is_named_that_does_not_exist(document: Path) -> None:
    named = re.findall(
        r"\b((?:CITYLINE|TWILIO|TELEGRAM|ENGINE|ACTIONS|DATABASE|PUBLIC)_[A-Z_]+)\b", document.read_text()
    )
    assert set(named) <= SETTINGS | {"TELEGRAM_MODE"} | _engine_variables()


def _engine_variables() -> set[str]:
    """Variables only the engine's own launcher reads."""
    return set(re.findall(r"\bCITYLINE_[A-Z_]+\b", (ROOT / "bot" / "engine" / "serve.py").read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_to_a_file_or_heading_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, heading = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        # Screenshots are made by a run of the product.
        assert path.exists() or path.parent == ROOT / "docs" / "images", f"{_name(document)}: {target}"
        if heading:
            assert heading in _anchors(path), f"{_name(document)}: {target}"


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_every_systemd_unit_can_be_read_and_runs_what_is_there(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text())
    assert parser["Unit"]["Description"]
    assert "Install" in parser
    for wanted in parser["Unit"].get("Wants", "").split():
        if wanted.startswith("cityline-"):
            assert (unit.parent / re.sub(r"@[^.]+", "@", wanted)).exists()


def test_the_proxy_that_is_shown_says_who_asks_and_keeps_keys_out_of_its_log() -> None:
    (config,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL)
    places = re.findall(r"location [^{]*\{[^}]*\}", config)
    assert len(places) == 2
    for place in places:
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in place  # else whoever asks says it
        assert "proxy_set_header Host $host;" in place
    quiet = next(place for place in places if "access_log off;" in place)
    of_keys = re.search(r"\^/\(([^)]*)\)/", quiet)
    assert of_keys is not None
    keys = {
        path.partition("/{token}")[0].strip("/").removesuffix("/photos")
        for _, path in every_route(create_app().routes)
        if "{token}" in path
    }
    assert keys | {"open311"} == set(of_keys[1].split("|"))


def every_route(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of all that the application answers, by whichever router."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in sorted(route.methods - {"HEAD"}))
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from every_route(router.routes)


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_test_that_the_privacy_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "privacy.md").read_text()))
    defined = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= defined


def test_the_privacy_page_names_every_period() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text()
    assert {name for name in SETTINGS if name.startswith("CITYLINE_KEEP_")} <= set(
        re.findall(r"CITYLINE_\w+", page)
    )
