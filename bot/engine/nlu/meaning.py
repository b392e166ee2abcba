"""Rasa component: every text gets its sentence vector, as a dense feature any later component may use.

Spanish is glossed in English first (``bot.engine.nlu.gloss``): the encoder learnt from English.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.encoder import SentenceEncoder, shared_encoder
from bot.engine.nlu.messages import LANGUAGE, ORIGIN, READING, is_payload, training_fact
from bot.engine.nlu.reading import read


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MeaningEncoder(GraphComponent):
    """Sets the sentence vector of ``bot.engine.nlu.encoder`` and the reading on each message."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder

    @staticmethod
    def required_packages() -> list[str]:
        """What has to be installed for this component to work."""
        return ["onnx", "onnxruntime", "tokenizers"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MeaningEncoder":
        """Rasa's constructor: verifies and loads the weights once a process."""
        return cls(shared_encoder())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vector and reading to each message that has words, in the language ``LanguageDetector`` has found."""
        worded = [message for message in messages if message.get(TEXT) and not is_payload(message)]
        self._encode(worded, [message.get(LANGUAGE) for message in worded])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for each training example, in the language its block names."""
        worded = [example for example in training_data.training_examples if example.get(TEXT)]
        self._encode(worded, [training_fact(example, LANGUAGE) for example in worded])
        return training_data

    def _encode(self, messages: list[Message], languages: list[object]) -> None:
        readings = [
            read(str(message.get(TEXT)), language)
            for message, language in zip(messages, languages, strict=True)
        ]
        vectors = self._encoder.encode([reading.meant for reading in readings])
        for message, reading, vector in zip(messages, readings, vectors, strict=True):
            message.set(READING, reading.letters)
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
