"""Getting from nothing to uv: which Python, which uv, and what is said when there is none."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bot.settings import ROOT

SCRIPTS = ROOT / "scripts"


@pytest.fixture
def get_uv(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import get_uv

    yield get_uv
    for name in ("get_uv", "pythons"):
        sys.modules.pop(name, None)


def _program(path: Path, says: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_a_uv_that_starts_is_taken_from_the_path(
    get_uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = _program(tmp_path / "bin" / "uv", "uv 0.9.1 (abc)")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert get_uv.find_or_install_uv(tmp_path) == good


def test_shims_broken_and_ancient_ones_are_passed_over(
    get_uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path / "shims" / "uv", "uv 0.9.1")  # a shim that would start
    _program(tmp_path / "broken" / "uv", "pyenv: uv: command not found", 127)
    _program(tmp_path / "old" / "uv", "uv 0.1.5")
    ours = _program(tmp_path / ".uv" / "bin" / "uv", "uv 0.13.9")
    path = [str(tmp_path / name) for name in ("shims", "broken", "old")]
    monkeypatch.setenv("PATH", ":".join([*path, "/usr/bin", "/bin"]))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert get_uv.find_or_install_uv(tmp_path) == ours


def test_when_no_way_works_each_is_told_with_its_reason(
    get_uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    monkeypatch.setattr(sys, "executable", str(_program(tmp_path / "python", "No module named ensurepip", 1)))
    with pytest.raises(get_uv.UvMissingError) as caught:
        get_uv.find_or_install_uv(tmp_path)
    said = str(caught.value)
    assert "python -m venv and pip: No module named ensurepip" in said
    assert "downloading the wheel" in said
    assert "HTTPS_PROXY" in said
    assert "Getting uv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wheel", "machine", "libc", "fits"),
    [
        ("uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "x86_64", "glibc", True),
        ("uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl", "x86_64", "glibc", False),
        ("uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl", "x86_64", "", True),
        ("uv-0.13.9-py3-none-manylinux_2_28_aarch64.whl", "arm64", "glibc", True),
        ("uv-0.13.8-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "x86_64", "glibc", False),
        ("uv-0.13.9.tar.gz", "x86_64", "glibc", False),
    ],
)
def test_the_wheel_of_this_machine_is_chosen(
    get_uv: ModuleType, monkeypatch: pytest.MonkeyPatch, wheel: str, machine: str, libc: str, fits: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("platform.libc_ver", lambda: (libc, "2.36"))
    assert get_uv._fits(wheel) is fits


def test_a_python_of_the_wanted_version_is_found_past_shims_that_fail(
    get_uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pythons

    _program(tmp_path / "shims" / "python3.10", "pyenv: python3.10: command not found", 127)
    real = _program(tmp_path / ".pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "3.10")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / ".pyenv"))
    assert pythons.find_python(("3.10",)) == str(real)
    monkeypatch.setattr(pythons, "_candidates", lambda _: iter(()))
    assert pythons.find_python(("3.10",)) is None


def test_the_shell_finds_a_python_to_begin_with() -> None:
    found = subprocess.run(["sh", str(SCRIPTS / "find-python")], capture_output=True, text=True, check=True)
    assert found.stdout.strip()


@pytest.mark.parametrize("name", ["bootstrap.py", "get_uv.py", "pythons.py"])
def test_what_runs_before_anything_is_installed_needs_only_python_3_9_and_its_library(name: str) -> None:
    tree = ast.parse((SCRIPTS / name).read_text(), feature_version=(3, 9))
    imported = {
        (node.module or "").split(".")[0]
        if isinstance(node, ast.ImportFrom)
        else node.names[0].name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= set(sys.stdlib_module_names) | {"get_uv", "pythons"}
