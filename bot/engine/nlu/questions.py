"""Rasa component: which of the city's small questions a message asks.

That it asks one at all is for ``MessageClassifier`` to say, which weighs questions against reports and everything else; here
only questions compete.
"""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.blend import Blend
from bot.engine.nlu.messages import QUESTIONS, READING, is_payload, meaning_of, training_fact

ASK_CITY = "ask_city"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionReader(GraphComponent):
    """Sets ``questions``: the likeliest, best first; none where hardly any question can be meant."""

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
        """How many to tell, and from which chance on that it is a question at all."""
        return {"told": 2, "read_above": 0.1}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "QuestionReader":
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
    ) -> "QuestionReader":
        """The component as it was trained; without questions where the city pack has none."""
        with model_storage.read_from(resource) as folder:
            blend = Blend.load(folder) if (folder / "labels.json").exists() else None
            return cls(config, model_storage, resource, blend)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that name their question."""
        asked = [each for each in training_data.intent_examples if training_fact(each, "question")]
        codes = [str(training_fact(example, "question")) for example in asked]
        with self._model_storage.write_to(self._resource) as folder:
            if len(set(codes)) > 1:
                readings = [str(example.get(READING)) for example in asked]
                meanings = np.stack([meaning_of(example) for example in asked])
                self._blend = Blend.fit(readings, meanings, codes)
                self._blend.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message that may ask something."""
        for message in messages:
            if self._blend and message.get(TEXT) and not is_payload(message) and self._may_ask(message):
                chances = self._blend.probabilities(str(message.get(READING)), meaning_of(message))
                best = np.argsort(-chances)[: self._config["told"]]
                told = [{"code": self._blend.labels[n], "confidence": float(chances[n])} for n in best]
                message.set(QUESTIONS, told, add_to_output=True)
        return messages

    def _may_ask(self, message: Message) -> bool:
        ranking = message.get(INTENT_RANKING_KEY) or ()
        return any(
            one[INTENT_NAME_KEY] == ASK_CITY and one[PREDICTED_CONFIDENCE_KEY] > self._config["read_above"]
            for one in ranking
        )
