"""Rasa component: what a text may be as the next thing said in a conversation, whatever was asked.

``MessageClassifier`` knows what a single message means; in the middle of a conversation the same words are something else:
"tuesdays around 6" is an answer, "has my lamp been repaired yet" asks how a report stands. So the readings of a reply are learnt
from replies that were written for a moment of a conversation (``data/replies``) and from the acts of single messages. Which of
them is meant at *this* question is weighed where the conversation is known (bot/conversation/hearing).
"""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.blend import Blend, Lesson
from bot.engine.nlu.clauses import clauses
from bot.engine.nlu.encoder import shared_encoder
from bot.engine.nlu.messages import (
    CLAUSES,
    HALF,
    LANGUAGE,
    READING,
    REPLIES,
    is_payload,
    meaning_of,
    training_fact,
)
from bot.engine.nlu.reading import read
from bot.engine.nlu.told import digest_of_replies, read_replies
from bot.engine.nlu.weights import Array

# What the acts of single messages are as replies.
OF_ACTS = {
    "affirm": "yes", "deny": "no", "skip": "unknown", "give_place": "tell", "correct": "correct", "go_back": "correct",
    "add_to_request": "add", "start_over": "cancel", "ask_status": "status", "ask_how_long": "status", "ask_about_bot": "ask",
    "ask_hours": "ask", "ask_services": "ask", "ask_person": "person", "change_language": "language", "thanks": "thanks",
    "goodbye": "thanks", "greet": "greet", "abuse": "anger", "complain_service": "anger", "out_of_scope": "chatter",
    "fixed": "fixed", "not_fixed": "not_fixed", "rate": "rate",
}  # fmt: skip
# Of the many examples of chatter so many are enough: one in seven, as they come.
_CHATTER = ("chatter", 7)
# One report in so many is told while something else is open, and at which question.
_EVERY_REPORT = 31
_MOMENTS = (
    "filed",
    "updates_wanted",
    "verdict",
    "filed",
    "helpful_detail",
    "summary",
    "rating",
    "reopened",
    "photo_about",
)
_NO_MATTER = ("unclear", "elsewhere", "aside", "alarm")
# Clauses of so few words are kept with their readings, so many of them.
SHORT, MOST_KNOWN = 3, 4096
_LEAST = 0.002  # a reading less likely than this is not told


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ReplyReader(GraphComponent):
    """Sets ``replies``: reading -> probability, as far as it is likely at all; and ``clauses``, the same of each clause."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        blend: Blend | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._blend = blend
        self._clauses: dict[tuple[str, str], dict[str, float]] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ReplyReader":
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
    ) -> "ReplyReader":
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            blend = Blend.load(folder) if (folder / "labels.json").exists() else None
        return cls(config, model_storage, resource, blend)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What else it learns from: Rasa trains it anew when the replies change."""
        return digest_of_replies()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the replies and from the acts."""
        acts = [
            (str(example.get(READING)), meaning_of(example), OF_ACTS[str(example.get(INTENT))])
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT) in OF_ACTS
        ]
        replies = read_replies() + plain_reports(training_data.intent_examples)
        with self._model_storage.write_to(self._resource) as folder:
            if replies and acts:
                self._blend, _ = study(replies, acts)
                self._blend.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message that has words."""
        for message in messages:
            if self._blend and message.get(TEXT) and not is_payload(message):
                told = _told(self._blend, str(message.get(READING)), meaning_of(message))
                message.set(REPLIES, told, add_to_output=True)
                if message.get(HALF) is None:
                    message.set(CLAUSES, self._of_clauses(message), add_to_output=True)
        return messages

    def _of_clauses(self, message: Message) -> list[dict[str, Any]]:
        language = str(message.get(LANGUAGE))
        return [
            {"text": text, REPLIES: self._of_clause(text, language)}
            for text in clauses(str(message.get(TEXT)))
        ]

    def _of_clause(self, text: str, language: str) -> dict[str, float]:
        """What a clause may be; "yes," and "thanks." come again and again, and are the same each time."""
        key = (text.casefold(), language)
        if (known := self._clauses.get(key)) is not None:
            return known
        assert self._blend is not None  # noqa: S101 - who calls has looked
        reading = read(text, language)
        told = _told(self._blend, reading.letters, shared_encoder().encode([reading.meant])[0])
        if len(text.split()) <= SHORT and len(self._clauses) < MOST_KNOWN:
            self._clauses[key] = told
        return told


def _told(blend: Blend, letters: str, meaning: Array) -> dict[str, float]:
    """The readings of words that are likely at all."""
    chances = blend.probabilities(letters, meaning)
    return {
        label: round(float(chance), 4)
        for label, chance in zip(blend.labels, chances, strict=True)
        if chance >= _LEAST
    }


def plain_reports(examples: list[Message]) -> list[dict[str, str]]:
    """Reports as they begin a conversation, told while something else is open: another matter, however it is worded."""
    named = [one for one in examples if one.get(INTENT) == "report" and one.get(TEXT)]
    named = [one for one in named if str(training_fact(one, "service")) not in _NO_MATTER]
    told = named[::_EVERY_REPORT]
    services = [str(training_fact(one, "service")) for one in told]
    return [
        {
            "language": str(training_fact(one, LANGUAGE)),
            "question": _MOMENTS[number % len(_MOMENTS)],
            # The report before it was about the matter of its neighbour.
            "service": services[number - 1],
            "message": str(one.get(TEXT)),
            "reading": "another",
        }
        for number, one in enumerate(told)
        if services[number] != services[number - 1]
    ]


def study(replies: list[dict[str, str]], acts: list[tuple[str, Array, str]]) -> tuple[Blend, Lesson]:
    """Learn from replies and acts (letters, sentence vector, reading); the replies come first in the lesson."""
    label, every = _CHATTER
    others = [act for act in acts if act[2] != label]
    chatter = [act for act in acts if act[2] == label][::every]
    readings = [read(reply["message"], reply["language"]) for reply in replies]
    meanings = shared_encoder().encode([reading.meant for reading in readings])
    texts = [reading.letters for reading in readings] + [letters for letters, _, _ in (*others, *chatter)]
    vectors = np.vstack([meanings, *(vector[None, :] for _, vector, _ in (*others, *chatter))])
    labels = [reply["reading"] for reply in replies] + [told for _, _, told in (*others, *chatter)]
    return Blend.study(texts, vectors, labels)
