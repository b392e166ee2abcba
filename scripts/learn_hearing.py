"""Learn how likely each reading of a reply is at the question that is open: bot/conversation/hearing/weights.json.

.venv/bin/python scripts/learn_hearing.py [--check FILE]

Needs a trained model (`cityline train`). The replies of data/replies are read by the engine, each by models that have not seen it,
and weighed with the evidence of bot/conversation/hearing. `--check` learns nothing: it tells how well what is learnt hears the
replies of a file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.channels.messages import Option  # noqa: E402
from bot.city.current import catalogue, gazetteer  # noqa: E402
from bot.conversation.hearing.competition import WEIGHTS, features, likelihoods  # noqa: E402
from bot.conversation.hearing.evidence import Scene, evidence  # noqa: E402
from bot.conversation.hearing.meant import SURE  # noqa: E402
from bot.conversation.intake.setting import Setting  # noqa: E402
from bot.conversation.intake.turn import Guess, Turn  # noqa: E402
from bot.supervisor.engine_environment import engine_environment, engine_python  # noqa: E402
from bot.supervisor.training import newest_model  # noqa: E402

# Enough steps to converge; a decay near what held-out replies of the first two rounds liked best. Not tuned further.
STEPS, RATE, DECAY = 300, 0.05, 1.5
LEAST = 0.01  # smaller weights are left out


def trained_model() -> Path:
    """The newest model. Raises SystemExit where there is none."""
    model = newest_model(ROOT / "build" / "models")
    if model is None:
        raise SystemExit("There is no trained model: run `cityline train` first.")
    return model.path


def heard_by_the_engine(model: Path, files: Sequence[Path]) -> list[dict[str, Any]]:
    """Every reply of the files, with what the engine makes of it."""
    command = [str(engine_python(ROOT)), "-m", "bot.engine.replies", str(model), *map(str, files)]
    done = subprocess.run(
        command, cwd=ROOT, env=engine_environment(ROOT), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def seen(reply: dict[str, Any]) -> tuple[Scene, dict[str, float], dict[str, float]]:
    """The scene of a reply, the engine's readings of it, and the evidence."""
    engine = reply["engine"]
    options = tuple(Option(label, "") for label in reply.get("options", ()))
    scene = Scene(reply["question"], reply.get("service"), bool(reply.get("located")), options)
    guesses = tuple(Guess(one["code"], one["confidence"]) for one in engine["services"] or ())
    turn = Turn(
        message_id=1, text=reply["message"], intent=engine["intent"], at=datetime.now(UTC), language=reply["language"],
        guesses=guesses, vague=bool(engine["vague"]), danger=frozenset(engine["danger"] or ()),
    )  # fmt: skip
    return scene, engine["replies"], evidence(scene, Setting(turn, catalogue(), gazetteer()))


def learn(replies: list[dict[str, Any]]) -> None:
    """Fit the regression by gradient descent on all replies at once and write its weights."""
    rows = [features(*seen(reply)) for reply in replies]
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count > 2)
    columns = {name: number for number, name in enumerate(names)}
    readings = sorted({reply["reading"] for reply in replies})
    x = np.zeros((len(rows), len(names)), dtype=np.float64)
    for number, row in enumerate(rows):
        for name, value in row.items():
            if name in columns:
                x[number, columns[name]] = value
    y = np.array([readings.index(reply["reading"]) for reply in replies])
    weight, bias = _fit(x, y, len(readings))
    stored = {name: [round(float(one), 3) for one in weight[columns[name]]] for name in names}
    stored = {name: row for name, row in stored.items() if max(map(abs, row)) > LEAST}
    stored["bias"] = [round(float(one), 3) for one in bias]
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(stored.items()))
    WEIGHTS.write_text(
        f'{{"readings": {json.dumps(readings)},\n"weights": {{\n{lines}\n}}}}\n', encoding="utf-8"
    )
    print(f"{len(replies)} replies, {len(names)} features, {len(readings)} readings -> {WEIGHTS.name}")


def _fit(x: np.ndarray, y: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with a decay on the weights, by Adam."""
    x1 = np.hstack([x, np.ones((len(x), 1))])
    theta = np.zeros((x1.shape[1], classes))
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    decay = np.full((x1.shape[1], 1), DECAY / len(x))
    decay[-1] = 0.0
    for step in range(1, STEPS + 1):
        scores = x1 @ theta
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        chances[np.arange(len(y)), y] -= 1
        gradient = x1.T @ chances / len(y) + decay * theta
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        theta -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return theta[:-1], theta[-1]


@dataclass
class Score:
    """How well replies are heard."""

    replies: int = 0
    right: int = 0  # the likeliest reading is true of it
    among_two: int = 0
    sure: int = 0  # sure enough to count
    sure_right: int = 0

    def __str__(self) -> str:
        return (
            f"{self.replies:5} {self.right / self.replies:.3f} first, {self.among_two / self.replies:.3f} among two; "
            f"sure of {self.sure / self.replies:.2f}, of these right {self.sure_right / max(1, self.sure):.3f}"
        )


def scores(replies: list[dict[str, Any]]) -> dict[str, Score]:
    """Of each language, of each question, and of all."""
    found: dict[str, Score] = {}
    for reply in replies:
        wanted = {reply["reading"], *reply.get("also", ())}
        chances = likelihoods(*seen(reply))
        ranked = sorted(chances, key=chances.__getitem__, reverse=True)
        sure = chances[ranked[0]] >= SURE
        for group in (reply["language"], reply["question"], "all"):
            score = found.setdefault(group, Score())
            score.replies += 1
            score.right += ranked[0] in wanted
            score.among_two += bool(wanted & set(ranked[:2]))
            score.sure += sure
            score.sure_right += sure and ranked[0] in wanted
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", type=Path)
    asked = parser.parse_args()
    if asked.check:
        for group, score in scores(heard_by_the_engine(trained_model(), [asked.check])).items():
            print(f"{group:16} {score}")
    else:
        learn(heard_by_the_engine(trained_model(), sorted((ROOT / "data" / "replies").glob("*.jsonl"))))


if __name__ == "__main__":
    main()
