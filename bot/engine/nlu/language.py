"""Rasa component: English or Spanish.

Learnt from the n-grams of our own examples. A short text that could be either ("ok", "Pico y 4th") keeps the
language the worker has seen before in this conversation (``language_hint`` in the message's metadata).
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.idiom import Idiom
from bot.engine.nlu.messages import ALARM, LANGUAGE, is_payload, training_fact

DEFAULT_LANGUAGE = "en"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LanguageDetector(GraphComponent):
    """Sets ``language``."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, idiom: Idiom | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._idiom = idiom

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageDetector":
        """An untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LanguageDetector":
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Idiom.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example whose block names its language."""
        pairs = [
            (str(example.get(TEXT)), language)
            for example in training_data.intent_examples
            if example.get(TEXT)
            and isinstance(language := training_fact(example, "language"), str)
            and training_fact(example, "service") != ALARM
        ]
        self._idiom = Idiom.fit([text for text, _ in pairs], [language for _, language in pairs])
        with self._model_storage.write_to(self._resource) as folder:
            self._idiom.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Name the language of each message that has words."""
        for message in messages:
            if self._idiom and message.get(TEXT) and not is_payload(message):
                hint = (message.get(METADATA) or {}).get("language_hint")
                language = self._idiom.recognise(str(message.get(TEXT))) or hint or DEFAULT_LANGUAGE
                message.set(LANGUAGE, language, add_to_output=True)
        return messages
