"""The labelled replies of ``data/replies``: what people say in the middle of a conversation, and what they mean by it."""

import hashlib
import json
from pathlib import Path

DATA = Path(__file__).parents[3] / "data" / "replies"


def read_replies(folder: Path = DATA) -> list[dict[str, str]]:
    """The replies of every file of the folder: ``language``, ``message``, ``reading`` and what it answered of each."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def digest_of_replies() -> str:
    """Changes with the replies: Rasa knows of its own training data only, and trains by it."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
