"""The engine side of `cityline nlu classify`: JSON lines in, JSON lines out, through the trained pipeline.

    python -m bot.engine.classify --model FOLDER < texts.jsonl

Each line in is ``{"id", "text"}``; each line out has ``id``, ``intent``, ``intent_confidence``, ``services`` (up to three
of ``{"code", "confidence"}``), ``language``, ``emergency``, ``danger`` ("crisis" for 988, "emergency" for 911) and ``vague``. A line that is no such object ends the run with
exit code 2 and its number; no text is ever repeated in a message.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from bot.engine.lean import suit
from bot.engine.serve import ROOT, newest_model, quiet_rasa


@dataclass(frozen=True)
class Understood:
    """What the pipeline made of one text."""

    intent: str
    intent_confidence: float
    services: tuple[tuple[str, float], ...]
    language: str
    emergency: bool
    vague: bool
    milliseconds: float
    danger: tuple[str, ...] = ()  # its kinds, where it is an emergency
    parts: tuple[tuple[str, str], ...] = ()  # words and service of each, where there are several problems

    def as_line(self, identifier: object) -> dict[str, Any]:
        """The JSON object of issue and documentation, confidences to four digits."""
        return {
            "id": identifier,
            "intent": self.intent,
            "intent_confidence": round(self.intent_confidence, 4),
            "services": [{"code": code, "confidence": round(share, 4)} for code, share in self.services],
            "language": self.language,
            "emergency": self.emergency,
            "vague": self.vague,
            "danger": list(self.danger),
        }


class Pipeline:
    """The understanding part of a trained model, without tracker, actions or server."""

    def __init__(self, model: Path) -> None:
        suit(ROOT / "config.yml")  # before anything imports Rasa, which wants TensorFlow
        from rasa.core.agent import load_agent

        quiet_rasa()
        self._loop = asyncio.new_event_loop()
        agent = self._loop.run_until_complete(load_agent(model_path=str(model)))
        self._processor = agent.processor

    def understand(self, text: str) -> Understood:
        """Run one text through the pipeline, and take the time."""
        from rasa.core.channels.channel import UserMessage

        # A resident can never send an intent: the worker takes leading slashes off, and so do we.
        message = UserMessage(text.lstrip("/ ") or " ")
        began = time.perf_counter()
        parsed = self._loop.run_until_complete(self._processor.parse_message(message))
        elapsed = (time.perf_counter() - began) * 1000
        return Understood(
            intent=parsed["intent"]["name"] or "",
            intent_confidence=float(parsed["intent"].get("confidence") or 0.0),
            services=tuple((entry["code"], entry["confidence"]) for entry in parsed.get("services", [])),
            language=parsed.get("language", "en"),
            emergency=bool(parsed.get("emergency", False)),
            danger=tuple(parsed.get("danger") or ()),
            # A text without words tells nothing.
            vague=bool(parsed.get("vague", True)),
            milliseconds=elapsed,
            parts=tuple((part["text"], part["service"]) for part in parsed.get("parts", [])),
        )


class InputError(ValueError):
    """A line that is not an object with "id" and "text"."""


def read_lines(stream: TextIO) -> Iterator[dict[str, Any]]:
    """The JSON objects of a stream, one a line; empty lines are left out. Raises ``InputError``."""
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"line {number} is not JSON ({error.msg} at column {error.colno})") from None
        if not isinstance(entry, dict) or "id" not in entry or not isinstance(entry.get("text"), str):
            raise InputError(f'line {number} is not an object with "id" and a "text" that is a string')
        yield entry


def work_in_scratch() -> None:
    """Rasa reads `endpoints.yml` and writes caches where it runs: let it be an empty folder."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.chdir(tempfile.mkdtemp(prefix="cityline-nlu-"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Classify texts, JSON lines from stdin to stdout.")
    parser.add_argument(
        "--model", type=Path, required=True, help="model, or folder whose newest model is used"
    )
    model = newest_model(parser.parse_args().model.absolute())
    work_in_scratch()
    pipeline = Pipeline(model)
    try:
        for entry in read_lines(sys.stdin):
            line = pipeline.understand(entry["text"]).as_line(entry["id"])
            print(json.dumps(line, ensure_ascii=False), flush=True)
    except InputError as error:
        print(f"{error}.", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
