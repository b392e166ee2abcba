"""Rasa component: which of the city's small questions a message asks.

That it asks one at all is for ``MessageClassifier`` to say, which weighs questions against reports and everything else; here
only questions compete, and the best of them with the report once more.
"""

import re
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
from bot.engine.nlu.classifier import REPORT
from bot.engine.nlu.messages import (
    QUESTIONS,
    READING,
    VAGUE,
    VAGUE_IF_REPORT,
    is_payload,
    meaning_of,
    training_fact,
)
from bot.engine.nlu.ngrams import plain

ASK_CITY = "ask_city"
# Words that ask, in either language, as `plain` writes them.
_ASKS = re.compile(
    r"\?|\b(?:what|who|when|where|which|how)s?\b|\b(?:why|can i|can we|can you|could|do i|do you|does|is it|is there|are there|"
    r"are you|are they|am i|may i|should i|que|cual|cuales|quien|cuando|donde|onde|como|cuant[oa]s?|puedo|podemos|se puede|"
    r"pueden|hay|tienen|aceptan|necesito|ocupo|quisiera|quiero saber)\b"
)


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
        """How many to tell, from which chance on that it is a question at all, and how much more a report counts in words
        that ask nothing: "mattress disposal" may be a question all the same (chosen in docs/nlu.md).
        """
        return {"told": 2, "read_above": 0.1, "report_in_plain_words": 10.0}

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
                self._prefer_the_report(message, told[0]["confidence"])
        return messages

    def _may_ask(self, message: Message) -> bool:
        return _chance_of(ASK_CITY, message) > self._config["read_above"]

    def _prefer_the_report(self, message: Message, confidence: float) -> None:
        """A report may be worded as a question ("can somebody fix the light?"): then no question of the city is the one.

        So what competes with the report is not that anything is asked, but that this very question is.
        """
        if message.get(INTENT)[INTENT_NAME_KEY] != ASK_CITY:
            return
        report = _chance_of(REPORT, message)
        asks = _ASKS.search(plain(str(message.get(TEXT))))
        weight = 1.0 if asks else self._config["report_in_plain_words"]
        if _chance_of(ASK_CITY, message) * confidence < report * weight:
            message.set(
                INTENT, {INTENT_NAME_KEY: REPORT, PREDICTED_CONFIDENCE_KEY: report}, add_to_output=True
            )
            message.set(VAGUE, message.get(VAGUE_IF_REPORT), add_to_output=True)


def _chance_of(intent: str, message: Message) -> float:
    ranking = message.get(INTENT_RANKING_KEY) or ()
    return next(
        (float(one[PREDICTED_CONFIDENCE_KEY]) for one in ranking if one[INTENT_NAME_KEY] == intent), 0.0
    )
