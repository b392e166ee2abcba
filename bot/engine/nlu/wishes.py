"""Rasa component: what a text wishes of our texts themselves, in whatever words: to hear no more, that it is somebody
else's number, to have what we know of them deleted.

What is worded as most people word it is settled before the engine (``bot.text.stop_wishes`` and its neighbours). Any reasonable wording
counts, though, and no list holds them all: of wishes that nobody had seen, the lists missed two in five (docs/nlu.md). So a
classifier of the same kind as the alarm learns them from ``data/wishes``, against all that residents say otherwise: a stop sign, a
neighbour who should stop, a request to be cancelled.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.alarm import over
from bot.engine.nlu.clauses import clauses
from bot.engine.nlu.encoder import shared_encoder
from bot.engine.nlu.keen import KeenBlend
from bot.engine.nlu.messages import HALF, LANGUAGE, READING, WISH, is_payload, meaning_of, training_fact
from bot.engine.nlu.reading import read
from bot.engine.nlu.told import digest_of_replies, read_replies

DATA = Path(__file__).parents[3] / "data" / "wishes"
CALM = "calm"
# Of the many reports so many are enough: one in three, as they come.
_EVERY_REPORT = 3
# Replies that are wishes of the same kind, in the middle of a conversation.
_WISHES_AMONG_REPLIES = "stop"
LEAST_WORDS = 3  # of a clause that is read by itself: "por favor", "please remove" are said of anything


def read_wishes(folder: Path = DATA) -> list[dict[str, str]]:
    """The wishes of every file of the folder: ``language``, ``message`` and ``wish`` (``calm``: it only looks like one)."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WishReader(GraphComponent):
    """Sets ``wish`` (``stop``, ``not_mine`` or ``erase``) on a message that surely has one."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        blend: KeenBlend | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._blend = blend

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The probability above which a wish is heard: who stops hearing from us has missed what they wanted fixed, if they did
        not mean it; who is not heard is texted against the law (docs/nlu.md)."""
        return {"wishes_above": 0.4}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "WishReader":
        """An untrained component, which hears nothing."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "WishReader":
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            blend = KeenBlend.load(folder) if (folder / "labels.json").exists() else None
        return cls(config, model_storage, resource, blend)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What else it learns from: Rasa trains it anew when wishes or replies change."""
        digest = hashlib.sha256(digest_of_replies().encode())
        for path in sorted(DATA.glob("*.jsonl")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn what sets the wishes apart from all other texts."""
        wishes = read_wishes()
        others = _calm_examples(training_data, {_plain(wish["message"]) for wish in wishes})
        told = [
            *wishes,
            *({**one, "wish": CALM} for one in read_replies() if one["reading"] != _WISHES_AMONG_REPLIES),
        ]
        with self._model_storage.write_to(self._resource) as folder:
            if wishes and others:
                readings = [read(one["message"], one["language"]) for one in told]
                vectors = shared_encoder().encode([reading.meant for reading in readings])
                self._blend = KeenBlend.fit(
                    [reading.letters for reading in readings] + [str(one.get(READING)) for one in others],
                    np.vstack([vectors, *(meaning_of(one)[None, :] for one in others)]),
                    [one["wish"] for one in told] + [CALM] * len(others),
                )
                self._blend.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each whole message that has words."""
        for message in messages:
            if self._blend and message.get(TEXT) and message.get(HALF) is None and not is_payload(message):
                message.set(WISH, self._wish_in(self._blend, message), add_to_output=True)
        return messages

    def _wish_in(self, blend: KeenBlend, message: Message) -> str | None:
        """The wish of the whole and of its clauses, the clearest of which counts twice: "you fixed it, great. now let me be"."""
        judged = [blend.probabilities(str(message.get(READING)), meaning_of(message))]
        parts = [part for part in clauses(str(message.get(TEXT))) if len(part.split()) >= LEAST_WORDS]
        if parts:
            readings = [read(part, message.get(LANGUAGE)) for part in parts]
            vectors = shared_encoder().encode([reading.meant for reading in readings])
            judged += [
                blend.probabilities(reading.letters, vector)
                for reading, vector in zip(readings, vectors, strict=True)
            ]
        found = over([label for label in blend.labels if label != CALM], blend.labels, judged)
        return found.kind if found.probability > self._config["wishes_above"] else None


def _calm_examples(training_data: TrainingData, wishes: set[str]) -> list[Message]:
    """Examples that wish nothing of our texts; a text that is told as a wish is none, whatever else it is an example of."""
    worded = [one for one in training_data.intent_examples if one.get(TEXT)]
    reports = [one for one in worded if one.get(INTENT) == "report"]
    # Every cry: "i dont want to be here any more" is no wish to stop.
    reports = [
        one
        for number, one in enumerate(reports)
        if number % _EVERY_REPORT == 0 or training_fact(one, "emergency") is True
    ]
    acts = [one for one in worded if one.get(INTENT) != "report"]
    return [one for one in reports + acts if _plain(str(one.get(TEXT))) not in wishes]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
