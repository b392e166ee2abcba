"""Rasa component: every text gets its sentence vector, as a dense feature any later component may use."""

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
from bot.engine.nlu.gloss import spanish_glossary
from bot.engine.nlu.messages import LANGUAGE, ORIGIN, is_payload, training_fact


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MeaningEncoder(GraphComponent):
    """Sets the sentence vector of ``bot.engine.nlu.encoder`` on each message."""

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
        """Add the vector to each message that has words."""
        worded = [message for message in messages if message.get(TEXT) and not is_payload(message)]
        vectors = self._encoder.encode([_in_english(message) for message in worded])
        for message, vector in zip(worded, vectors, strict=True):
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vector to each training example."""
        self.process(training_data.training_examples)
        return training_data


def _in_english(message: Message) -> str:
    """The text, a Spanish one glossed: the encoder has read little Spanish."""
    text = str(message.get(TEXT))
    language = message.get(LANGUAGE) or training_fact(message, "language")
    return spanish_glossary().gloss(text) if language == "es" else text
