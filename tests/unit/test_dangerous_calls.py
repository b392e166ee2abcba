"""What our code does not do: run words as code, start a shell, read what may run when it is read, trust a certificate unseen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT

FILES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")])
FILES = [file for file in FILES if ".venv" not in file.parts]
REACHED = [file for file in FILES if "simulator" not in file.parts]  # it plays the providers, for a first try

# Reading such a file can run what stands in it.
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "joblib"}
# Waits of different length, lest all come back together. Nothing of it is a secret.
BY_CHANCE = {
    "bot/delivery/thrown_away.py",
    "bot/delivery/outcomes.py",
    "bot/worker/app.py",
    "bot/sync/pauses.py",
}


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the name of what is called: `yaml.load`, `eval`."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.split(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_no_words_are_run_as_code_and_no_shell_is_started(file: Path) -> None:
    for name, call in _calls(file):
        assert name not in {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}, call.lineno
        assert not name.endswith(("from_string", "create_subprocess_shell")), call.lineno
        options = {each.arg: ast.unparse(each.value) for each in call.keywords}
        assert options.get("shell") != "True", call.lineno
        assert options.get("allow_pickle") != "True", call.lineno
    assert not _imports(file) & UNSAFE_MODULES


@pytest.mark.parametrize("file", REACHED, ids=_name)
def test_no_certificate_goes_unchecked_no_redirect_is_followed_blindly_and_no_xml_is_read(file: Path) -> None:
    for name, call in _calls(file):
        options = {each.arg: ast.unparse(each.value) for each in call.keywords}
        assert options.get("verify") != "False", call.lineno
        assert options.get("follow_redirects") != "True", call.lineno
        assert not name.endswith(
            ("ElementTree.fromstring", "ElementTree.parse", "_create_unverified_context")
        )
    assert "CERT_NONE" not in file.read_text("utf-8")


def test_what_nobody_may_guess_is_never_made_by_chance_that_can_be_foretold() -> None:
    outside = [file for file in REACHED if "engine" not in file.parts]
    assert {_name(file) for file in outside if "random" in _imports(file)} == BY_CHANCE
