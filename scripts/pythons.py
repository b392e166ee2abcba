"""Finding an interpreter of a wanted version that really starts. Standard library only, Python >= 3.9."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def find_python(versions: Iterable[str]) -> str | None:
    """Path of a working interpreter of the first version found ("3.10"), or None: uv then fetches one.

    Shims of version managers are passed over: one that points nowhere also makes
    `uv python find` fail.
    """
    for version in versions:
        for candidate in _candidates(version):
            if _is_version(candidate, version):
                return candidate
    return None


def is_shim(path: str) -> bool:
    return "/shims/" in path or path.endswith("/shims")


def _candidates(version: str) -> Iterator[str]:
    if sys.version_info[:2] == tuple(int(part) for part in version.split(".")):
        # The base, not a virtual environment that may go away.
        yield str(Path(sys.base_prefix) / "bin" / f"python{version}")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / f"python{version}"
        if folder and not is_shim(str(path)) and path.exists():
            yield str(path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True) + sorted(pyenv.glob(version)):
        yield str(folder / "bin" / f"python{version}")
    for prefix in ("/usr", "/usr/local", "/opt/homebrew"):
        yield f"{prefix}/bin/python{version}"


def _is_version(path: str, version: str) -> bool:
    if not Path(path).exists():
        return False
    try:
        answer = subprocess.run(
            # ensurepip and headers are not needed, but a Python without its standard library is none.
            [path, "-c", "import sys, ssl, ctypes, sqlite3; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == version
