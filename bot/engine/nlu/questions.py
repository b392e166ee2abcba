"""Rasa component: whether a message asks the city a small question, and which; a second opinion beside ``MessageClassifier``.

It learns from texts of its own (``wordings``), which no other component sees: taught to the classifier, five thousand wordings of
questions moved everything else it knows (docs/nlu.md).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.asking import OTHER, QUESTION, REPORT, Asking
from bot.engine.nlu.classifier import ASIDE
from bot.engine.nlu.classifier import REPORT as REPORT_INTENT
from bot.engine.nlu.encoder import shared_encoder
from bot.engine.nlu.messages import (
    ALARM,
    QUESTIONS,
    READING,
    SERVICES,
    VAGUE,
    is_payload,
    meaning_of,
    training_fact,
)
from bot.engine.nlu.ngrams import plain
from bot.engine.nlu.reading import read
from bot.engine.nlu.weights import Array
from bot.engine.nlu.which import Which
from bot.engine.nlu.wordings import (
    NO_CODE,
    Wording,
    beside_the_pack,
    learnt_from,
    of_the_pack,
    questions_file,
    services_file,
    without_a_place,
)

ASK_CITY = "ask_city"
_SERVICES = "services_without_a_place.json"
_ABOUT_US = "ask_about_bot"
SURE_ABOUT_US = 0.75  # probability of the act from where on it is one, whatever question is likely
LIKELY = 0.3  # confidence of a question
# What the classifier, which knows no questions, takes them for: how sure it is of these says nothing.
_GIVES_WAY = (REPORT_INTENT, "out_of_scope", "give_place")
# Words that ask, in either language, as `plain` writes them. Many only ask at the beginning of a sentence ("hay un bache", "it floods when it
# rains"), so an accent ("qué") or a sign says more.
_ASKS = re.compile(
    r"\?|qué|cómo|(?<!por )dónde|cuándo|quién|cuál|cuánt|"
    r"\bhow (?:do|does|can|much|many|long|often|late|to)\b|\b(?:what|where|when|who)(?:'s|s| is| are| do| does| can| time| day)\b|"
    r"\b(?:can|do|should|may|could) (?:i|we) |\b(?:is|are) there (?:a|any)\b|"
    r"\b(?:a que hora|cuales?|cuant[oa]s? (?:cuesta|cobran|vale|es|son|tarda)|puedo|podemos|se puede|quisiera|quiero saber|aceptan)\b|"
    r"^\W*(?:(?:hi|hello|hey|hola|oiga|disculpe|buen[oa]s(?: dias| tardes)?|so|and|y|pero)\W+)*(?:what|who|when|where|which|how|why|"
    r"can|could|do|does|did|is|are|am|may|should|will|would|hay algun[oa]?|que|cual|quien|a quien|con quien|cuando|cuant[oa]s?|donde|onde|como|"
    r"por que|en que|de que|pueden|tienen|necesito|ocupo)\b"
)
# An ordinary report whose sentence vector is so near that of a wording says the same: it teaches nothing but doubt.
_SAYS_THE_SAME = 0.75


def asks_of(text: str) -> bool:
    """Whether a text has words that ask."""
    return _ASKS.search(text.lower()) is not None or _ASKS.search(plain(text)) is not None


@dataclass(frozen=True)
class Learnt:
    """The two models that training makes."""

    which: Which
    asking: Asking
    without_a_place: frozenset[str]

    def save(self, folder: Path) -> None:
        """Write everything below a folder."""
        self.which.save(folder / "which")
        self.asking.save(folder / "asking")
        (folder / _SERVICES).write_text(json.dumps(sorted(self.without_a_place)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Learnt | None":
        """Read what ``save`` wrote; None where nothing was learnt, because the city pack has no questions."""
        if not (folder / "which").is_dir():
            return None
        services = json.loads((folder / _SERVICES).read_text(encoding="utf-8"))
        return cls(Which.load(folder / "which"), Asking.load(folder / "asking"), frozenset(services))


@dataclass(frozen=True)
class _Example:
    """A text to learn from."""

    text: str
    reading: str
    meaning: Array
    kind: int
    matter: str
    code: str = NO_CODE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionReader(GraphComponent):
    """Sets ``questions`` where one is asked, the likeliest first, and then the intent ``ask_city``."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        learnt: Learnt | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._learnt = learnt

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How many to tell, and from which chance on a question is heard: in words that ask, in such words where nothing that lies somewhere
        is reported, so that a needless answer costs little, and in others (docs/nlu.md)."""
        return {"told": 2, "asks_above": 0.5, "placeless_above": 0.25, "plain_above": 0.7}

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str:
        """What Rasa cannot know of: the texts that are no training data of its own."""
        digest = hashlib.sha256()
        for file in learnt_from():
            digest.update(file.read_bytes())
        return digest.hexdigest()

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
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Learnt.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the questions of the city pack, against look-alikes and all the ordinary examples."""
        asked = of_the_pack(questions_file())
        with self._model_storage.write_to(self._resource) as folder:
            if len({wording.code for wording in asked}) > 1:
                self._learnt = _learn(asked, training_data)
                self._learnt.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message that has words."""
        for message in messages:
            if self._learnt and message.get(TEXT) and not is_payload(message):
                self._read(message, self._learnt)
        return messages

    def _read(self, message: Message, learnt: Learnt) -> None:
        text, reading, meaning = str(message.get(TEXT)), str(message.get(READING)), meaning_of(message)
        likeliest, ranked = learnt.which.rank(reading, meaning, self._config["told"])
        chance = learnt.asking.probability(text, reading, meaning, likeliest)
        if not self._is_heard(message, chance, likeliest, learnt.without_a_place):
            return
        message.set(
            QUESTIONS,
            [{"code": code, "confidence": confidence} for code, confidence in ranked],
            add_to_output=True,
        )
        message.set(INTENT, {INTENT_NAME_KEY: ASK_CITY, PREDICTED_CONFIDENCE_KEY: chance}, add_to_output=True)
        message.set(VAGUE, False, add_to_output=True)

    def _is_heard(
        self, message: Message, chance: float, likeliest: float, without_a_place: frozenset[str]
    ) -> bool:
        """Whether a question is asked: an act that the classifier has heard ("who are you") must be less likely than this one."""
        first = message.get(INTENT) or {}
        intent = first.get(INTENT_NAME_KEY)
        if chance <= self._bar(message, intent, without_a_place):
            return False
        act = float(first.get(PREDICTED_CONFIDENCE_KEY) or 0.0)
        if intent == _ABOUT_US and act < SURE_ABOUT_US and likeliest > LIKELY:
            return True  # "y mi nombre no aparece?" asks of the report, not who we are
        return intent in _GIVES_WAY or chance * likeliest > act

    def _bar(self, message: Message, intent: str | None, without_a_place: frozenset[str]) -> float:
        if not asks_of(str(message.get(TEXT))):
            return float(self._config["plain_above"])
        service = next((guess["code"] for guess in message.get(SERVICES) or ()), None)
        reports_a_place = intent == REPORT_INTENT and service not in without_a_place
        placeless = intent in _GIVES_WAY and not reports_a_place
        return float(self._config["placeless_above" if placeless else "asks_above"])


def _learn(asked: list[Wording], training_data: TrainingData) -> Learnt:
    wordings = asked + beside_the_pack()
    known = {_bare(wording.text) for wording in wordings}
    own = _worded(wordings)
    of_pack = [example for example in own if example.code]
    meanings = np.stack([example.meaning for example in of_pack])
    which, held_out = Which.study(
        [example.reading for example in of_pack], meanings, [example.code for example in of_pack]
    )
    ordinary = [example for example in _ordinary(training_data) if _bare(example.text) not in known]
    others = [example for example in own if not example.code] + _without_questions(ordinary, meanings)
    other_meanings = np.stack([example.meaning for example in others])
    confidences = which.chances([example.reading for example in others], other_meanings)
    examples = of_pack + others
    asking, _ = Asking.study(
        [example.text for example in examples],
        [example.reading for example in examples],
        np.concatenate([meanings, other_meanings]),
        [example.matter for example in examples],
        np.array([example.kind for example in examples]),
        np.concatenate([held_out, confidences]),
    )
    return Learnt(which, asking, without_a_place(services_file()))


def _worded(wordings: list[Wording]) -> list[_Example]:
    """Wordings as no component before this one has read them."""
    readings = [read(wording.text, wording.language) for wording in wordings]
    meanings = shared_encoder().encode([reading.meant for reading in readings])
    return [
        _Example(
            wording.text,
            reading.letters,
            meaning,
            REPORT if wording.code is None else QUESTION,
            matter=f"question/{wording.code}",
            code=wording.code or NO_CODE,
        )
        for wording, reading, meaning in zip(wordings, readings, meanings, strict=True)
    ]


def _ordinary(training_data: TrainingData) -> list[_Example]:
    """What the classifier learns from."""
    examples = []
    for message in training_data.intent_examples:
        service = training_fact(message, "service")
        if not message.get(TEXT) or service in (ASIDE, ALARM):
            continue
        intent = str(message.get(INTENT))
        examples.append(
            _Example(
                str(message.get(TEXT)),
                str(message.get(READING)),
                meaning_of(message),
                REPORT if intent == REPORT_INTENT else OTHER,
                matter=f"{intent}/{service}",
            )
        )
    return examples


def _without_questions(ordinary: list[_Example], asked: Array) -> list[_Example]:
    """Ordinary examples, less the reports that may be questions as well: nobody has said of them which they are.

    ("How do I get a parking permit" is an example of the service that handles them; of what looks like a question and is none, there
    are ``look_alikes``.)
    """
    nearest = (np.stack([example.meaning for example in ordinary]) @ asked.T).max(axis=1)
    return [
        example
        for example, near in zip(ordinary, nearest, strict=True)
        if example.kind != REPORT or not (asks_of(example.text) or near > _SAYS_THE_SAME)
    ]


def _bare(text: str) -> str:
    return plain(text).strip(" ?!.¿¡")
