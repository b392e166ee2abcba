"""Install both environments of Cityline from their lock files: needs only Python >= 3.9 and a network.

    python3 scripts/bootstrap.py            what running needs
    python3 scripts/bootstrap.py --dev      and what the tests need
    python3 scripts/bootstrap.py --tensorflow   and all that Rasa may use: see bot/engine/full

Nothing is done when the locks have not changed since the last time. Standard library only: this runs
before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from get_uv import UvMissingError, find_or_install_uv
from pythons import find_python

ROOT = Path(__file__).resolve().parent.parent
SHOWN = ("Downloading ", "Downloaded ", "Building ", "Prepared ", "Installed ")  # lines of uv's
ENGINE = ROOT / "bot" / "engine"
FULL = ENGINE / "full"


def main() -> int:
    parser = argparse.ArgumentParser(description="Install both environments of Cityline.")
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    parser.add_argument(
        "--tensorflow", action="store_true", help="also install all that Rasa may use (2.7 GB)"
    )
    options = parser.parse_args()
    try:
        install_environments(dev=options.dev, tensorflow=options.tensorflow)
    except UvMissingError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(
            f"{error.stderr}\nInstalling stopped: uv ended with code {error.returncode}; its own words are above.\n"
            "If it is the network, simply run the same command again: it continues where it was.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def install_environments(dev: bool, tensorflow: bool = False) -> None:
    """Bring the environments to what their locks say, each only when it differs."""
    if not _is_current(ROOT, dev):
        _sync(ROOT, "everything but the engine", ("3.11", "3.12", "3.13"), dev)
    if not _is_current(ENGINE, dev=False):
        _sync(ENGINE, "the dialogue engine (Rasa)", ("3.12", "3.11"), dev=False)
    if tensorflow and not _is_current(FULL, dev=False):
        _sync(FULL, "all that Rasa may use (TensorFlow: 2.7 GB)", ("3.10",), dev=False)


def _sync(project: Path, what: str, versions: tuple[str, ...], dev: bool) -> None:
    uv = find_or_install_uv(ROOT)
    python = _own_python(project, versions) or find_python(versions) or versions[0]
    print(f"Installing {what} …", flush=True)
    started = time.monotonic()
    command = [str(uv), "sync", "--frozen", "--project", str(project), "--python", python]
    if project == ROOT and not dev:
        # --inexact: an environment that also has the tests' packages keeps them.
        command += ["--no-dev", "--inexact"]
    _run_quietly(command, project)
    _stamp_path(project).write_text(json.dumps(_stamp(project, dev)))
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _run_quietly(command: list[str], project: Path) -> None:
    """Run uv; of its many lines show the one that says what it is at, and all of them when it fails."""
    said = []
    terminal = sys.stdout.isatty()
    with subprocess.Popen(
        command,
        cwd=project,
        env=_uv_environment(project),
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            at = line.strip()
            if at.startswith(SHOWN if terminal else SHOWN[:1]):
                print(
                    f"\r\033[K  {at[:70]}" if terminal else f"  {at}",
                    end="" if terminal else "\n",
                    flush=True,
                )
    if terminal:
        print("\r\033[K", end="")
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command, stderr="".join(said))


def _uv_environment(project: Path) -> dict[str, str]:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": os.environ.get("UV_PYTHON_DOWNLOADS", "automatic")}
    # Another environment that happens to be active is not the one we fill.
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH"):
        environment.pop(name, None)
    if "UV_LINK_MODE" not in environment and _cache_is_elsewhere(project):
        environment["UV_LINK_MODE"] = "copy"  # hard links cannot cross file systems
    return environment


def _cache_is_elsewhere(project: Path) -> bool:
    cache = Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not cache.exists():
        cache = cache.parent
    return cache.stat().st_dev != project.stat().st_dev


def _own_python(project: Path, versions: tuple[str, ...]) -> str | None:
    """The Python of an environment that is already there, so that it is not made anew."""
    python = project / ".venv" / "bin" / "python"
    if not python.exists():
        return None
    ask = subprocess.run(
        [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return str(python) if ask.stdout.strip() in versions else None


# A stamp in the environment says what it was made from; it goes when the environment is deleted.


def _stamp_path(project: Path) -> Path:
    return project / ".venv" / ".cityline-installed.json"


def _stamp(project: Path, dev: bool) -> dict[str, object]:
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((project / name).read_bytes())
    # The path is part of it: an environment that was moved has broken launchers.
    return {"sha256": digest.hexdigest(), "path": str(project), "dev": dev}


def _is_current(project: Path, dev: bool) -> bool:
    try:
        found = json.loads(_stamp_path(project).read_text())
    except (OSError, ValueError):
        return False
    wanted = _stamp(project, dev)
    return found in (wanted, {**wanted, "dev": True}) and (project / ".venv" / "bin" / "python").exists()


if __name__ == "__main__":
    sys.exit(main())
