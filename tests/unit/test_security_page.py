"""The page of security keeps its word: each line of it has a status and tests that exist, and what it lists is what there is."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from bot.cases.password_rules import FIRST_GUESSES
from bot.settings import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
SOURCES = [
    file for file in sorted((ROOT / "bot").rglob("*.py")) if not {".venv", "simulator"} & set(file.parts)
]

# The requirements of levels 1 and 2 of ASVS 5.0.0, by section; where numbers are left out, they are of level 3.
ASVS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
STATUSES = re.compile(r"met(: .+)?|not applicable because .+|NOT MET: .+")


def _lines() -> list[list[str]]:
    """Number, what, how and tests of each line of the list."""
    listed = PAGE[PAGE.index("# OWASP ASVS") :]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in listed.splitlines()
        if line[:1] == "|"
    ]
    return [row for row in rows if row[0][:1].isdigit()]


def _numbers(told: str) -> Iterator[str]:
    """`6.2.1`, or each of `10.3.1 to 10.3.4`."""
    first, _, last = told.partition(" to ")
    section, _, begin = first.rpartition(".")
    end = last.rpartition(".")[2] if last else begin
    assert not last or last.rpartition(".")[0] == section
    yield from (f"{section}.{number}" for number in range(int(begin), int(end) + 1))


@lru_cache(maxsize=1)
def _defined() -> frozenset[str]:
    # What the simulator does is no proof of what we do.
    files = [file for file in (ROOT / "tests").rglob("test_*.py") if "simulator" not in file.parts]
    return frozenset(
        name
        for file in files
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    )


def test_every_test_that_the_security_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert named - _defined() == set()


@pytest.mark.parametrize("line", _lines(), ids=lambda line: line[0])
def test_every_line_has_a_status_and_what_is_met_has_a_test(line: list[str]) -> None:
    assert len(line) == 4
    _, what, how, tests = line
    assert len(what.split()) <= 14
    assert STATUSES.fullmatch(how)
    assert re.fullmatch(r"(?:`test_\w+`(?:, )?)*", tests)
    assert tests or not how.startswith("met")


def test_every_requirement_is_listed_once() -> None:
    listed = [number for line in _lines() for number in _numbers(line[0])]
    expected = {f"{section}.{number}" for section, most in ASVS.items() for number in range(1, most + 1)}
    assert len(expected) == 253
    assert sorted(listed) == sorted(expected)


def test_how_many_are_met_is_counted_right() -> None:
    counted = Counter[str]()
    for number, _, how, _ in _lines():
        counted[how.partition(":")[0].partition(" because")[0]] += len(list(_numbers(number)))
    told = f"{counted['met']} met, {counted['not applicable']} not applicable, {counted['NOT MET']} not met"
    assert f"All 253 requirements, {told}," in PAGE


def test_the_words_that_are_tried_first_are_told() -> None:
    assert all(f"`{word}`" in PAGE for word in FIRST_GUESSES)


def test_the_page_names_every_use_of_the_installations_key() -> None:
    users = {
        str(file.relative_to(ROOT))
        for file in SOURCES
        if re.search(r"\bsecret_key\(", file.read_text()) and file.name not in ("settings.py", "checks.py")
    }
    assert len(users) > 10
    assert {name for name in users if f"`{name}`" not in PAGE} == set()


def test_the_page_names_every_event_of_security_that_is_logged() -> None:
    told = set(
        re.findall(
            r"`([a-z]+\.[a-z_]+)`", PAGE[PAGE.index("## What is logged") : PAGE.index("Never in a log")]
        )
    )
    logged = {
        name
        for file in SOURCES
        for name in re.findall(
            r'\blog(?:_unexpected)?\.?\w*\((?:log, )?"([a-z]+\.[a-z_]+)"', file.read_text()
        )
    }
    of_security = re.compile(r"(?:login|console|oidc)\..*|.*\.(?:signature|secret)_refused")
    assert {event for event in logged if of_security.fullmatch(event)} <= told
    assert told <= logged | {"web.request"}  # which is written over several lines


@pytest.mark.parametrize("lock", ["uv.lock", "bot/engine/uv.lock"])
def test_every_library_is_locked_with_its_hash_and_comes_from_pypi(lock: str) -> None:
    packages = tomllib.loads((ROOT / lock).read_text())["package"]
    others = [each for each in packages if each["source"].get("registry") != "https://pypi.org/simple"]
    assert [each["source"] for each in others] in ([{"editable": "."}], [{"virtual": "."}])
    for package in packages:
        if package not in others:
            files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
            assert files, package["name"]
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]) for file in files), package["name"]


def _templates() -> list[Path]:
    return sorted((ROOT / "bot" / "web" / "templates").rglob("*.html"))


def test_fields_for_passwords_hide_them_and_let_browsers_help() -> None:
    fields = [
        tag
        for template in _templates()
        for tag in re.findall(r"<input\b[^>]*>", template.read_text())
        if re.search(r'name="(?:password|again)"|type="password"', tag)
    ]
    assert len(fields) == 3
    for tag in fields:
        assert 'type="password"' in tag
        assert re.search(r'autocomplete="(?:current|new)-password"', tag)
        assert "onpaste" not in tag
    scripts = [file.read_text() for file in (ROOT / "bot" / "web" / "static").glob("*.js")]
    assert scripts
    assert not any(re.search(r"""addEventListener\(["']paste""", script) for script in scripts)


def test_every_page_behind_the_login_shows_the_way_out() -> None:
    layout = (ROOT / "bot" / "web" / "templates" / "layout.html").read_text()
    assert re.search(
        r'<form method="post" action="/console/logout">.*_\("Log out"\).*</button></form>', layout
    )
    of_staff = [file for file in _templates() if '{% extends "layout.html" %}' in file.read_text()]
    assert len(of_staff) > 25
    whole = [file for file in _templates() if "<!doctype" in file.read_text().casefold()]
    # Pages of residents and crews with a link, and files that are handed out: nobody is logged in there.
    assert {str(file.parent.name) for file in whole if file.name != "layout.html"} <= {"records"}
    assert {file.parent.name for file in whole if file.name == "layout.html"} == {
        "templates",
        "request",
        "map",
    }
