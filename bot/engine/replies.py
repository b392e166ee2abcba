"""What the engine makes of the labelled replies, for those who learn from it in turn (scripts/learn_hearing.py).

python -m bot.engine.replies MODEL FILE... prints one JSON line a reply: its own fields, then the engine's reading of it. For the
replies the model has learnt from, the readings as a reply come from models that have not seen it.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bot.engine.lean import suit

ROOT = Path(__file__).parents[2]
_TOLD = ("services", "vague", "danger", "language", "replies")


async def _parse(model: Path, messages: list[str]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    return [await agent.parse_message(message) for message in messages]


def _examples() -> list[Any]:
    from rasa.shared.nlu.training_data.loading import load_data

    examples: list[Any] = load_data(str(ROOT / "data" / "nlu")).intent_examples
    return examples


def _held_out(replies: list[dict[str, str]]) -> list[dict[str, float]]:
    """Readings of replies by models that have not seen them."""
    from bot.engine.nlu.encoder import shared_encoder
    from bot.engine.nlu.messages import LANGUAGE, training_fact
    from bot.engine.nlu.reading import read
    from bot.engine.nlu.replies import OF_ACTS, study

    examples = [example for example in _examples() if example.get("intent") in OF_ACTS]
    readings = [read(str(one.get("text")), training_fact(one, LANGUAGE)) for one in examples]
    vectors = shared_encoder().encode([reading.meant for reading in readings])
    acts = [
        (reading.letters, vector, OF_ACTS[str(one.get("intent"))])
        for one, reading, vector in zip(examples, readings, vectors, strict=True)
    ]
    blend, lesson = study(replies, acts)
    chances = np.exp(lesson.held_out[: len(replies)])
    return [dict(zip(blend.labels, map(float, row), strict=True)) for row in chances]


def main(model: Path, files: list[Path]) -> None:
    """Print every reply of the files with its reading."""
    suit(ROOT / "config.yml")
    from bot.engine.nlu.replies import plain_reports
    from bot.engine.nlu.told import DATA
    from bot.engine.serve import quiet_rasa

    quiet_rasa()
    replies = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    learnt = all(path.parent == DATA for path in files)
    if learnt:
        replies += plain_reports(_examples())
    parsed = asyncio.run(_parse(model, [reply["message"] for reply in replies]))
    held_out = _held_out(replies) if learnt else [None] * len(replies)
    for reply, heard, unseen in zip(replies, parsed, held_out, strict=True):
        engine = {name: heard.get(name) for name in _TOLD}
        engine["intent"] = heard["intent"]["name"]
        if unseen is not None:
            engine["replies"] = unseen
        print(json.dumps({**reply, "engine": engine}, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name).resolve() for name in sys.argv[2:]])
