"""Rasa components: a question said in one breath with something else ("yes send it. who sees my number?").

One intent a message is one too few there: taken as a question the yes is lost, taken as a yes the question is. So a message of
that shape goes down the pipeline three times, whole, without the question, and the question alone: ``SideQuestionCutter`` comes
first and puts the halves beside the whole, ``SideQuestionReader`` comes last and hands over what was made of them. Whether the
cut means anything is weighed where the conversation is known (bot/conversation/hearing).
"""

import re
from dataclasses import dataclass
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.messages import SIDE_QUESTION, is_payload

# Longer ones are stories, in which a question is asked of nobody.
MOST_CHARACTERS = 600
LEAST_WORDS = 2  # of a question
# Fewer words without one that asks only throw ours back: "7 days??", "really?".
A_SENTENCE = 4

_ASKS = (
    r"(?:what|whats|what's|who|whos|who's|whom|whose|when|whens|where|wheres|why|which|how|hows|how's)\b|"
    r"(?:can|could|do|does|did|will|would|should|may|am|is|are) (?:i|you|u|ya|we|they|it|its|this|that|there|he|she|anyone|anybody|someone|somebody|my|the)\b|"
    r"(?:a |de |con |para |por |en )?(?:que|qué|quien|quién|cual|cuál|cuales|cuáles|cuant\w+|cuánt\w+) |(?:cuando|cuándo|quien|quién|donde|dónde|adonde|como|cómo|xq|por que|por qué|porque no)\b|"
    r"(?:i |we )?(?:just |only )?(?:want|wanted|need|like|wondering|curious)(?: to)? (?:know |ask )?(?:if|whether|when|where|how|what)\b|"
    r"(?:nomas |solo |nada mas )?(?:queria|quería|quiero|quisiera) (?:saber|preguntar) |"
    r"(?:puedo|puede|pueden|podemos|podria|podría|me pueden|se puede|tengo que|hay que|van a|va a|ocupo|necesito) \w+"
)
_LEAD = (
    r"(?:(?:and|but|also|so|y|e|pero|tambien|también|oye|oiga|btw|ps|hey|then|entonces|solo|just|tell me|"
    r"(?:one )?(?:more|last|other|another) (?:thing|question)(?: is)?|quick question|question|q:|una (?:pregunta|duda|ultima|última)|otra (?:cosa|pregunta|duda)|por cierto|"
    r"(?:me )?(?:dime|dígame|digame|díganme|diganme|dice|dicen|puede decir|pueden decir))\b[\s,]*)*"
)
_ASKING = re.compile(rf"\b(?:{_ASKS})", re.IGNORECASE)
_BEGINS = re.compile(rf"[\s¿(]*{_LEAD}(?:¿|{_ASKS})", re.IGNORECASE)
_YES = (
    r"yes|yeah|yea|yep|yup|sure|ok|okay|k|no|nope|nah|thanks|thank you|thx|please|pls|plz|great|good|perfect|fine|cool|send it|"
    r"si|sí|simon|claro|dale|va|sale|no|gracias|grax|por favor|porfavor|porfa|bueno|esta bien|está bien|orale|órale|perfecto|mandelo|mándelo"
)
_VOCATIVES = "mijo|mija|joven|senor|señor|senora|señora|amigo|amiga|jefe|sir|maam|ma'am|dear|hon|honey|bro|bud|dude|man"
# Where a question may begin: after a sign, after "and" or "but", or right after a word that answers.
_JOINT = re.compile(
    rf"(?:\s*[.!?;,\n]+\s*|\s+-+\s+|\s+(?=(?:and|but|also|so|y|e|pero|oye|oiga|btw)\s+(?:{_ASKS}))|"
    rf"(?:(?<=\s)|^)(?:(?:{_YES})\b\s*)+(?=\s(?:{_ASKS}))|"
    rf"^(?:(?:{_YES})\b\s*)+(?:(?:{_VOCATIVES})\b)?(?=\s(?:and|but|y|pero)\s[^.!?]*\?\s*$))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Halves:
    """A message cut in two."""

    asked: str  # the question
    rest: str  # everything else


def halves(text: str) -> Halves | None:
    """The question that stands beside something else in a text; None where there is none, or nothing else."""
    if len(text) > MOST_CHARACTERS:
        return None
    pieces = _pieces(text)
    asking = [number for number, piece in enumerate(pieces) if _asks(piece)]
    if not asking or len(pieces) < 2:
        return None
    # Of several the last is the one that waits for an answer; those before it are no part of the rest unless nothing else is.
    last = asking[-1]
    others = [piece for number, piece in enumerate(pieces) if number not in asking] or pieces[:last]
    rest = " ".join(piece.strip() for piece in others).strip(" ,;-\n")
    asked = pieces[last].strip(" ,;-\n")
    if not re.search(r"\w", rest) or len(asked.split()) < LEAST_WORDS:
        return None
    return Halves(asked, rest)


def _pieces(text: str) -> list[str]:
    """The text at its joints, each piece with the sign that ends it."""
    pieces, start = [], 0
    for joint in _JOINT.finditer(text):
        # A comma only matters where a question begins after it or before: "on pico, 4th and main" is one piece.
        weak = joint.group().strip() in (",", "")
        if weak and not (_BEGINS.match(text, joint.end()) or _BEGINS.match(text, start)):
            continue
        if joint.end() < len(text):
            pieces.append(text[start : joint.end()])
            start = joint.end()
    return [piece for piece in (*pieces, text[start:]) if piece.strip()]


def _asks(piece: str) -> bool:
    if _BEGINS.match(piece):
        return True
    return piece.rstrip().endswith("?") and (
        len(piece.split()) >= A_SENTENCE or _ASKING.search(piece) is not None
    )


class _Untrained(GraphComponent):
    """A component that has nothing to learn."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "_Untrained":
        """The component."""
        return cls()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SideQuestionCutter(_Untrained):
    """Puts the halves of each message behind it in the list: those that follow read them like messages."""

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages, each with its halves behind it."""
        return [each for message in messages for each in (message, *_cut(message))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SideQuestionReader(_Untrained):
    """Sets ``side_question`` of a message with halves: what the pipeline made of each. Only whole messages go on."""

    def process(self, messages: list[Message]) -> list[Message]:
        """The whole messages."""
        whole: list[Message] = []
        for message in messages:
            half = message.get(_HALF)
            if half is None:
                whole.append(message)
                continue
            made = message.as_dict(only_output_properties=True)
            side = {**(whole[-1].get(SIDE_QUESTION) or {}), half: {"text": message.get(TEXT), **made}}
            whole[-1].set(SIDE_QUESTION, side, add_to_output=True)
        return whole


_HALF = "half"  # of a message that is one: which of the two, "asked" or "rest"


def _cut(message: Message) -> list[Message]:
    if not message.get(TEXT) or is_payload(message):
        return []
    found = halves(str(message.get(TEXT)))
    if found is None:
        return []
    metadata = message.get(METADATA) or {}
    return [
        Message(data={TEXT: text, METADATA: metadata, _HALF: half})
        for half, text in (("rest", found.rest), ("asked", found.asked))
    ]
