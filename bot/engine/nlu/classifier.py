"""Rasa component: what a message is about, as one calibrated ranking over dialogue acts and services.

All reports are one intent for the dialogue, but not for the learner: a report of a pothole and one of a barking dog
have nothing in common. So every service is a label of its own beside the acts ("report/pothole", "greet"); the
intent ``report`` is as likely as its services together, and services are ranked by their share of that.
"""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.blend import Blend
from bot.engine.nlu.messages import READING, SERVICES, VAGUE, is_payload, meaning_of, training_fact
from bot.engine.nlu.weights import Array

REPORT = "report"
# Reports that name no matter ("please fix this") are examples of this service, which does not exist.
UNCLEAR = "unclear"
_SEPARATOR = "/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageClassifier(GraphComponent):
    """Sets ``intent``, ``intent_ranking``, ``services`` and ``vague``."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        blend: Blend | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._blend = blend

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How many to offer, and when to ask instead of offering (calibrated in docs/nlu.md)."""
        return {
            "offered_services": 3,
            "ranked_intents": 5,
            "ask_below": 0.45,
            "unclear_above": 0.2,
            # "tree" and "tennis court" are reports of something, but of what?
            "few_words": 3,
            "ask_below_for_few_words": 0.7,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageClassifier":
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "MessageClassifier":
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Blend.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [str(example.get(READING)) for example in examples]
        meanings = np.stack([meaning_of(example) for example in examples])
        self._blend = Blend.fit(texts, meanings, [_label(example) for example in examples])
        with self._model_storage.write_to(self._resource) as folder:
            self._blend.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message that has words."""
        for message in messages:
            if self._blend and message.get(TEXT) and not is_payload(message):
                self._classify(message, self._blend)
        return messages

    def _classify(self, message: Message, blend: Blend) -> None:
        probabilities = blend.probabilities(str(message.get(READING)), meaning_of(message))
        intents, services = _by_intent_and_service(blend.labels, probabilities)
        ranking = [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
            for name, confidence in _ranked(intents)
        ][: self._config["ranked_intents"]]
        unclear = services.pop(UNCLEAR, 0.0)
        offered = _ranked(services)[: self._config["offered_services"]]
        is_short = len(str(message.get(TEXT)).split()) <= self._config["few_words"]
        enough = self._config["ask_below_for_few_words" if is_short else "ask_below"]
        vague = not offered or offered[0][1] < enough or unclear > self._config["unclear_above"]
        message.set(INTENT, dict(ranking[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(
            SERVICES,
            [{"code": code, "confidence": confidence} for code, confidence in offered],
            add_to_output=True,
        )
        message.set(VAGUE, bool(ranking[0][INTENT_NAME_KEY] == REPORT and vague), add_to_output=True)


def _label(example: Message) -> str:
    intent = str(example.get(INTENT))
    if intent != REPORT:
        return intent
    service = training_fact(example, "service")
    if not isinstance(service, str):
        raise ValueError("an example of the intent report lacks the metadata 'service' (see data/nlu)")
    return REPORT + _SEPARATOR + service


def _by_intent_and_service(
    labels: list[str], probabilities: Array
) -> tuple[dict[str, float], dict[str, float]]:
    """Probabilities of the intents, and of the services given that the message is a report."""
    intents: dict[str, float] = {}
    services: dict[str, float] = {}
    for label, probability in zip(labels, probabilities.tolist(), strict=True):
        intent, _, service = label.partition(_SEPARATOR)
        intents[intent] = intents.get(intent, 0.0) + probability
        if service:
            services[service] = probability
    reports = sum(services.values()) or 1.0
    return intents, {service: probability / reports for service, probability in services.items()}


def _ranked(probabilities: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(probabilities.items(), key=lambda item: -item[1])
