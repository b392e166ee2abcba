"""Rasa component: is somebody in danger, and does it go to 911 (emergency) or to 988 (crisis), or to both?

A miss may cost a life and a false alarm costs one extra sentence, so two judges are asked and one is enough: a
list of phrases in both languages (``emergencies.yml``) and a classifier (``keen``) trained on the examples marked
``emergency: true`` in data/nlu, of which those marked ``danger: crisis`` too are about self-harm. What people say in the middle
of a conversation ("ay no, mejor ya no") is learnt from ``data/replies``: a single message is hardly ever so short and so human.
Phrases that look alarming and are not ("fire hydrant") are taken out first.

A sentence vector means the whole text: somebody who asks for a pick-up and then says that the neighbour lies in his yard, blue
in the face, asks for a pick-up. So the classifier reads a long text in stretches, too (``bot.engine.nlu.stretches``).
"""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.alarm import Alarm, alarm_over
from bot.engine.nlu.alarms import CRISIS, Alarms, Heard
from bot.engine.nlu.alarms import EMERGENCY as URGENT
from bot.engine.nlu.encoder import shared_encoder
from bot.engine.nlu.keen import KeenBlend
from bot.engine.nlu.messages import (
    DANGER,
    DANGER_AMID,
    EMERGENCY,
    LANGUAGE,
    READING,
    is_payload,
    meaning_of,
    training_fact,
)
from bot.engine.nlu.reading import read
from bot.engine.nlu.stretches import stretches
from bot.engine.nlu.told import digest_of_replies, read_replies
from bot.engine.nlu.weights import Array

CALM = "calm"
FEW = 4  # words
SURE_BESIDE = 0.6  # probability from where on the classifier's kind counts beside that of a phrase


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmergencySpotter(GraphComponent):
    """Sets ``emergency`` (whether), ``danger`` (which kinds, a sorted list) and ``danger_amid`` (those that count amid a conversation)."""

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
        self._alarms = Alarms.load()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Probabilities above which the classifier raises the alarm: by itself, of a few words, beside a likely phrase; how much
        surer it must be in the middle of a conversation, where most is an answer; and how sure there of a wish to harm
        oneself that no phrase tells of: who answers us tired, late or cross is no such person (docs/nlu.md)."""
        return {
            "alarm_above": 0.5,
            "few_above": 0.55,
            "nod_above": 0.1,
            "amid_times": 1.2,
            "crisis_amid_above": 0.6,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EmergencySpotter":
        """An untrained component, which knows the phrases only."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EmergencySpotter":
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            blend = KeenBlend.load(folder) if (folder / "labels.json").exists() else None
        return cls(config, model_storage, resource, blend)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What else it learns from: Rasa trains it anew when the replies change."""
        return digest_of_replies()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn what sets the marked examples apart from all others."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [_label(example) for example in examples]
        with self._model_storage.write_to(self._resource) as folder:
            if URGENT in labels:
                letters = [str(example.get(READING)) for example in examples]
                meanings = np.stack([meaning_of(example) for example in examples])
                calm, calm_meanings = self._calm_replies()
                labels += [CALM] * len(calm)
                self._blend = KeenBlend.fit(letters + calm, np.vstack([meanings, calm_meanings]), labels)
                self._blend.save(folder)
        return self._resource

    def _calm_replies(self) -> tuple[list[str], Array]:
        """Replies as they are written and what they mean, without those in which anything tells of danger."""
        readings = [
            read(reply["message"], reply["language"])
            for reply in read_replies()
            if reply["reading"] != "danger" and not self._alarms.heard(reply["message"]).any
        ]
        meanings = shared_encoder().encode([reading.meant for reading in readings])
        return [reading.letters for reading in readings], meanings

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message that has words."""
        for message in messages:
            if message.get(TEXT) and not is_payload(message):
                kinds, amid = self._danger_in(message)
                message.set(EMERGENCY, bool(kinds), add_to_output=True)
                message.set(DANGER, sorted(kinds), add_to_output=True)
                message.set(DANGER_AMID, sorted(amid), add_to_output=True)
        return messages

    def _danger_in(self, message: Message) -> tuple[frozenset[str], frozenset[str]]:
        """What the phrases are sure of; else what the classifier is alarmed by, phrases that are likely at most beside it.

        First of a text by itself, then of one in the middle of a conversation.
        """
        text = str(message.get(TEXT))
        heard = self._alarms.heard(text)
        if self._blend is None:
            return heard.sure | heard.likely, heard.sure | heard.likely
        alarm = self._alarm_of(self._blend, message)
        # Who has locked himself in with a gun is heard by a phrase; that he means to use it on himself by the classifier.
        besides = (
            frozenset({CRISIS})
            if alarm.kind == CRISIS and alarm.probability > SURE_BESIDE
            else frozenset[str]()
        )
        if heard.sure:
            kinds = heard.sure | heard.likely
            return kinds | besides, kinds | besides
        kinds = heard.likely | besides or frozenset({alarm.kind})
        bar = self._config[_bar(text, heard)]
        amid = bar * self._config["amid_times"]
        if CRISIS in kinds and not heard.likely:
            amid = max(amid, self._config["crisis_amid_above"])
        nothing: frozenset[str] = frozenset()
        return (
            kinds if alarm.probability > bar else nothing,
            kinds if alarm.probability > amid else nothing,
        )

    def _alarm_of(self, blend: KeenBlend, message: Message) -> Alarm:
        """How alarming the text is, with its harmless phrases or without them, whichever is less."""
        text, language = str(message.get(TEXT)), message.get(LANGUAGE)
        whole = blend.probabilities(str(message.get(READING)), meaning_of(message))
        alarm = alarm_over(blend.labels, [whole, *_judged(blend, stretches(text), language)])
        left = self._alarms.without_harmless(text)
        if left is None:
            return alarm
        return min(alarm, alarm_over(blend.labels, _judged(blend, [left, *stretches(left)], language)))


def _bar(text: str, heard: Heard) -> str:
    """The setting that holds here. Of a few words ("by the thing") a sentence vector says little: they must be clear."""
    if heard.likely:
        return "nod_above"
    return "few_above" if len(text.split()) <= FEW else "alarm_above"


def _judged(blend: KeenBlend, texts: list[str], language: object) -> list[Array]:
    """Probabilities of each text, which no component has read yet."""
    if not texts:
        return []
    readings = [read(text, language) for text in texts]
    meanings = shared_encoder().encode([reading.meant for reading in readings])
    return [
        blend.probabilities(reading.letters, meaning)
        for reading, meaning in zip(readings, meanings, strict=True)
    ]


def _label(example: Message) -> str:
    if training_fact(example, "emergency") is not True:
        return CALM
    return CRISIS if training_fact(example, "danger") == CRISIS else URGENT
