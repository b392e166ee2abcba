"""Finding uv, or getting it: into `.uv/` of this project, nothing else is touched.

Standard library only, Python >= 3.9.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import stat
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pythons import is_shim

VERSION = "0.13.9"
OLDEST = (0, 6, 0)  # reads our lock files
INDEX = "https://pypi.org/simple"


class UvMissingError(Exception):
    """There is no uv and none of the ways to get it worked; the message says what was tried."""


def find_or_install_uv(root: Path) -> Path:
    """Path of a uv that starts: one on PATH, the one in `.uv/`, or one put there now."""
    for candidate in _known(root):
        if _works(candidate):
            return candidate
    print(f"Getting uv {VERSION}, which installs everything else …", flush=True)
    folder = root / ".uv"
    tried = []
    for way in (_by_venv, _by_pip_target, _by_download):
        try:
            found = way(folder)
        except (OSError, subprocess.CalledProcessError, ValueError, StopIteration) as error:
            tried.append(f"  {way.__doc__}: {_reason(error)}")
            continue
        if _works(found):
            return found
        tried.append(f"  {way.__doc__}: what came does not start here")
    raise UvMissingError(
        "Cityline is installed by uv (https://docs.astral.sh/uv/), which could not be fetched.\n"
        + "\n".join(tried)
        + "\nIs there a network, and is a proxy set (HTTPS_PROXY)? Or install uv yourself and run this again."
    )


def _known(root: Path) -> Iterator[Path]:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / "uv"
        if folder and path.is_file() and not is_shim(str(path)):
            yield path
    yield Path.home() / ".local" / "bin" / "uv"
    yield root / ".uv" / "bin" / "uv"


def _works(path: Path) -> bool:
    try:
        answer = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    numbers = re.match(r"uv (\d+)\.(\d+)\.(\d+)", answer.stdout)
    return numbers is not None and tuple(int(part) for part in numbers.groups()) >= OLDEST


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _by_venv(folder: Path) -> Path:
    """python -m venv and pip"""
    _run(sys.executable, "-m", "venv", "--clear", str(folder))
    _run(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", f"uv=={VERSION}")
    return folder / "bin" / "uv"


def _by_pip_target(folder: Path) -> Path:
    """pip install --target (Debian without python3-venv)"""
    _run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--upgrade",
        "--target",
        str(folder),
        f"uv=={VERSION}",
    )
    return folder / "bin" / "uv"


def _by_download(folder: Path) -> Path:
    """downloading the wheel"""
    page = f"{_index()}/uv/"  # the simple index every mirror has: https://peps.python.org/pep-0503/
    with urllib.request.urlopen(page, timeout=60) as answer:
        links = re.findall(r'href="([^"#]+)#sha256=([0-9a-f]{64})"', answer.read().decode())
    href, digest = next((href, digest) for href, digest in links if _fits(href.rsplit("/", 1)[-1]))
    with urllib.request.urlopen(urllib.parse.urljoin(page, href), timeout=300) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("the downloaded file is damaged")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        binary = archive.read(inside)
    target = folder / "bin" / "uv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(binary)
    target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return target


def _index() -> str:
    return (os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or INDEX).rstrip("/")


def _fits(wheel: str) -> bool:
    if not wheel.startswith(f"uv-{VERSION}-"):
        return False
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin":
        return "macosx" in wheel and ("arm64" if machine == "aarch64" else machine) in wheel
    libc = "musllinux" if platform.libc_ver()[0] != "glibc" else "manylinux"
    return wheel.endswith(".whl") and machine in wheel and libc in wheel


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in (error.stderr or error.stdout or "").splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"ended with code {error.returncode}"
    return str(error) or type(error).__name__
