"""Rasa component: what a message is about, as one calibrated ranking over dialogue acts and services.

All reports are one intent for the dialogue, but not for the learner: a report of a pothole and one of a barking dog
have nothing in common. So every service is a label of its own beside the acts ("report/pothole", "greet"); the
intent ``report`` is as likely as its services together, and services are ranked by their share of that.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
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
from bot.engine.nlu.doubt import Doubt
from bot.engine.nlu.messages import (
    ALARM,
    LANGUAGE,
    PARTS,
    READING,
    SERVICES,
    VAGUE,
    is_payload,
    meaning_of,
    training_fact,
)
from bot.engine.nlu.parts import Splitter
from bot.engine.nlu.rehearsal import Rehearsal, Rehearsed, Told, as_they_are
from bot.engine.nlu.views import FOLDS
from bot.engine.nlu.weights import Array

REPORT = "report"
# Reports that name no matter ("please fix this") are examples of this service, which does not exist.
UNCLEAR = "unclear"
# Neither does this one: matters that are nobody's here (snow, a power cut, "never mind, he left"). The catch-all is ranked instead.
ELSEWHERE = "elsewhere"
# What people say around a report; taught to the splitter only.
ASIDE = "aside"
_SEPARATOR = "/"
# What else is said in one breath with a report.
_AROUND = ("give_place", "greet", "thanks", "ask_how_long", REPORT + _SEPARATOR + UNCLEAR)


@dataclass(frozen=True)
class Learnt:
    """The three models that training makes."""

    blend: Blend
    doubt: Doubt
    splitter: Splitter

    def save(self, folder: Path) -> None:
        """Write everything below a folder."""
        self.blend.save(folder)
        self.doubt.save(folder / "doubt.npz")
        self.splitter.save(folder / "splitter.npz")

    @classmethod
    def load(cls, folder: Path) -> "Learnt":
        """Read what ``save`` wrote."""
        blend = Blend.load(folder)
        return cls(blend, Doubt.load(folder / "doubt.npz"), Splitter.load(folder / "splitter.npz", blend))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageClassifier(GraphComponent):
    """Sets ``intent``, ``intent_ranking``, ``services``, ``vague`` and ``parts``."""

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
        """How many to offer, and when to ask or to cut (chosen in docs/nlu.md)."""
        return {
            "offered_services": 3,
            "ranked_intents": 5,
            "catch_all": "general",
            # Ask when it is so likely that no matter is named, or when the first service leads by so little.
            "ask_above": 0.04,
            "least_lead": 0.06,
            # "Pothole" says all there is to say in one word: a service so sure, next to so little that is unclear, is not doubted.
            "sure_above": 0.9,
            "clear_below": 0.012,
            # Cut where two problems meet with this probability.
            "split_above": 0.46,
            "split_above_at_lines": 0.25,
            "most_parts": 3,
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
            return cls(config, model_storage, resource, Learnt.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent."""
        worded = [example for example in training_data.intent_examples if example.get(TEXT)]
        asides = [example for example in worded if training_fact(example, "service") == ASIDE]
        examples = [example for example in worded if training_fact(example, "service") not in (ASIDE, ALARM)]
        labels = [_label(example) for example in examples]
        meanings = np.stack([meaning_of(example) for example in examples])
        blend, lesson = Blend.study([str(example.get(READING)) for example in examples], meanings, labels)
        reports = np.array([label.startswith(REPORT + _SEPARATOR) for label in blend.labels])
        nameless = np.isin(blend.labels, [REPORT + _SEPARATOR + name for name in (UNCLEAR, ELSEWHERE)])
        doubt = Doubt.fit([str(example.get(TEXT)) for example in examples], lesson, reports, nameless)
        services = (reports & ~nameless).astype(np.float32)
        told = [_told(example, fold) for example, fold in zip(examples, lesson.folds.unseen, strict=True)]
        told_asides = [_told(example, number % FOLDS) for number, example in enumerate(asides)]
        rehearsed = _rehearsal(told, told_asides, blend, services)
        self._learnt = Learnt(blend, doubt, Splitter.fit(blend, lesson, services, rehearsed))
        with self._model_storage.write_to(self._resource) as folder:
            self._learnt.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message that has words."""
        for message in messages:
            if self._learnt and message.get(TEXT) and not is_payload(message):
                self._classify(message, self._learnt)
        return messages

    def _classify(self, message: Message, learnt: Learnt) -> None:
        text, meaning = str(message.get(TEXT)), meaning_of(message)
        columns, weights = learnt.blend.ngrams.weigh(str(message.get(READING)))
        probabilities = learnt.blend.judge(columns, weights, meaning)
        intents, services = _by_intent_and_service(learnt.blend.labels, probabilities)
        ranking = [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
            for name, confidence in _ranked(intents)
        ][: self._config["ranked_intents"]]
        elsewhere = services.pop(ELSEWHERE, 0.0)
        unclear = services.pop(UNCLEAR, 0.0) + elsewhere
        catch_all = self._config["catch_all"]
        services[catch_all] = services.get(catch_all, 0.0) + elsewhere
        # How likely a service is if any is meant; whether any is meant, the doubt says.
        named = sum(services.values()) or 1.0
        services = {service: share / named for service, share in services.items()}
        offered = _ranked(services)[: self._config["offered_services"]]
        doubt = learnt.doubt.probability(text, unclear, columns, weights, meaning)
        is_report = ranking[0][INTENT_NAME_KEY] == REPORT
        vague = is_report and self._is_vague(doubt, unclear, offered)
        message.set(INTENT, dict(ranking[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(
            SERVICES,
            [{"code": code, "confidence": confidence} for code, confidence in offered],
            add_to_output=True,
        )
        message.set(VAGUE, bool(vague), add_to_output=True)
        parts = learnt.splitter.split(
            text,
            message.get(LANGUAGE),
            self._config["split_above"],
            self._config["most_parts"],
            at_lines=self._config["split_above_at_lines"],
        )
        message.set(PARTS, [asdict(part) for part in parts], add_to_output=True)

    def _is_vague(self, doubt: float, unclear: float, offered: list[tuple[str, float]]) -> bool:
        if unclear < self._config["clear_below"] and offered[0][1] > self._config["sure_above"]:
            return False
        return doubt > self._config["ask_above"] or _lead(offered) < self._config["least_lead"]


def _told(example: Message, unseen: int) -> Told:
    language = str(training_fact(example, LANGUAGE))
    return Told(str(example.get(TEXT)), language, _label(example), int(unseen))


def _rehearsal(
    told: list[Told], asides: list[Told], blend: Blend, services: npt.NDArray[np.float32]
) -> list[Rehearsed]:
    """The joined messages a splitter learns from."""
    naming = {label for label, names in zip(blend.labels, services, strict=True) if names}
    reports = [each for each in told if each.label in naming]
    others = [each for each in told if each.label in _AROUND]
    whole = [each for each in told if each.label.startswith(REPORT + _SEPARATOR)]
    return Rehearsal(reports, others, asides).messages() + as_they_are(whole)


def _lead(offered: list[tuple[str, float]]) -> float:
    """How far the first is ahead of the second."""
    first, second = ([confidence for _, confidence in offered] + [0.0, 0.0])[:2]
    return first - second


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
