"""What our components read from and write to Rasa's messages."""

import numpy as np
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.weights import Array

# The origin of the sentence vector among a message's features.
ORIGIN = "MeaningEncoder"

# What the classifiers read: the text, and for Spanish its words in English after it.
READING = "reading"

# The service of examples of danger, and of what only sounds like it, of which nobody says what the city should do: taught
# to `EmergencySpotter`, and to `WishReader` as what wishes nothing of our texts.
ALARM = "alarm"

LANGUAGE = "language"
SERVICES = "services"
EMERGENCY = "emergency"  # whether there is danger of any kind
DANGER = "danger"  # its kinds, as `alarms.KINDS` calls them
DANGER_AMID = "danger_amid"  # those of them that count where something was asked before
VAGUE = "vague"
QUESTIONS = "questions"  # of the city: which may be asked, each with its code and confidence
PARTS = "parts"
# A question beside something else: what the pipeline makes of it ("asked") and of the rest of the message ("rest").
SIDE_QUESTION = "side_question"
# One more thing told behind something else: what the pipeline makes of it ("told") and of what stands in front ("rest").
TOLD_BESIDES = "told_besides"
# What is said not to be it: what the pipeline makes of that ("denied") and of the text without it ("rest").
DENIED = "denied"
REPLIES = "replies"  # what the text may be as a reply, with its probability
CLAUSES = (
    "clauses"  # the same of each of its clauses: a list of {"text", "replies"}, none where there is only one
)
WISH = "wish"  # of our texts themselves: "stop", "not_mine" or "erase", see `wishes`
HALF = "half"  # of a message that is part of another one: of what, and which of its parts


def is_payload(message: Message) -> bool:
    """Whether the message is one of our own payloads ("/affirm"), which Rasa reads without us."""
    return str(message.get(TEXT) or "").startswith(INTENT_MESSAGE_PREFIX)


def meaning_of(message: Message) -> Array:
    """The sentence vector that ``MeaningEncoder`` has set."""
    for features in message.features:
        if features.origin == ORIGIN and features.attribute == TEXT:
            vector: Array = np.asarray(features.features)[0]
            return vector
    raise LookupError("MeaningEncoder must come before this component in config.yml")


def training_fact(message: Message, key: str) -> object:
    """What the ``metadata`` of a training example's block says about it, or None."""
    metadata = message.get(METADATA) or {}
    return (metadata.get(METADATA_INTENT) or {}).get(key)
