"""Train the model when needed: `python -m bot.engine.train --out FOLDER`, from the project's root.

Trains when no model in the folder is newer than every training file (config, domain, data, the components' code). Prints
the model's path, and what it does where that takes longer than two seconds.
"""

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.engine.lean import suit
from bot.engine.nlu.wordings import learnt_from
from bot.engine.serve import ROOT, quiet_rasa

KEEP = 2  # older models are removed: a model is 20 MB and more


def training_files(root: Path) -> Iterator[Path]:
    """Everything a model is made of."""
    yield root / "config.yml"
    yield root / "domain.yml"
    yield from (root / "data").rglob("*.yml")
    yield from (root / "data").rglob("*.jsonl")
    yield from (root / "bot" / "engine" / "nlu").rglob("*.py")
    yield from learnt_from()


def up_to_date_model(out: Path, root: Path = ROOT) -> Path | None:
    """The newest model of the folder, unless a training file is newer."""
    models = _models(out)
    if not models:
        return None
    newest_file = max(path.stat().st_mtime for path in training_files(root))
    return models[-1] if models[-1].stat().st_mtime > newest_file else None


def cache_folder(out: Path, root: Path = ROOT) -> Path:
    """Where Rasa keeps trained components, so that a changed response does not train the understanding anew.

    Rasa knows a component by its name and settings, not by its code: each state of the code has a folder of its own.
    """
    digest = hashlib.sha256()
    for path in sorted((root / "bot" / "engine" / "nlu").rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    wanted = out / "cache" / digest.hexdigest()[:16]
    for old in (out / "cache").glob("*"):
        if old != wanted:
            shutil.rmtree(old, ignore_errors=True)
    return wanted


def train(out: Path, root: Path = ROOT, also: Path | None = None) -> Path:
    """Train into `out` and give the model's path; `also`: a folder with more training data. Raises SystemExit with a sentence when training fails."""
    os.chdir(root)  # Rasa resolves importers and custom components from there
    sys.path.insert(0, str(root))
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(cache_folder(out, root)))
    suit(root / "config.yml")
    import rasa.api

    quiet_rasa()
    began = time.monotonic()
    print("Training the dialogue engine; this takes a few minutes.", file=sys.stderr, flush=True)
    result = rasa.api.train(
        domain=str(root / "domain.yml"),
        config=str(root / "config.yml"),
        training_files=[str(root / "data"), *([str(also)] if also else [])],
        output=str(out),
        force_training=False,
    )
    if result.code != 0 or result.model is None:
        raise SystemExit("Training failed; see the messages above.")
    print(f"Trained in {time.monotonic() - began:.0f} s.", file=sys.stderr, flush=True)
    for old in _models(out)[:-KEEP]:
        old.unlink(missing_ok=True)
    return Path(result.model)


def _models(out: Path) -> list[Path]:
    return sorted(out.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the dialogue engine when its files have changed.")
    parser.add_argument("--out", type=Path, required=True, help="folder for models")
    parser.add_argument(
        "--force", action="store_true", help="train even when no file is newer than the model"
    )
    parser.add_argument("--also", type=Path, help="a folder with more training data")
    arguments = parser.parse_args()
    also = arguments.also.absolute() if arguments.also else None
    out = arguments.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    model = None if arguments.force else up_to_date_model(out)
    print(model or train(out, also=also))


if __name__ == "__main__":
    main()
