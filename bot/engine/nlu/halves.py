"""Rasa components: two things said in one breath, each read as a message of its own.

One intent a message is one too few for "yes send it. who sees my number?" and for "it works, thanks! but the bench is broken, too":
taken for one of them the other is lost. And what is denied ("not a parked car. the posts") counts like what is said. So a message
of such a shape goes down the pipeline three times, whole and in two:
``HalvesCutter`` comes first and puts the halves beside the whole, ``HalvesReader`` comes last and hands over what was made of
them. Where a message is cut is said in ``side_question``, ``told_besides`` and ``denied``; whether the cut means anything is weighed where the
conversation is known (bot/conversation/hearing, bot/conversation/talk/besides.py).
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.denied import denied_in
from bot.engine.nlu.messages import DENIED, HALF, SIDE_QUESTION, TOLD_BESIDES, is_payload
from bot.engine.nlu.side_question import halves
from bot.engine.nlu.told_besides import told_besides


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
class HalvesCutter(_Untrained):
    """Puts the halves of each message behind it in the list: those that follow read them like messages."""

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages, each with its halves behind it."""
        return [each for message in messages for each in (message, *_cut(message))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class HalvesReader(_Untrained):
    """Sets ``side_question``, ``told_besides`` and ``denied`` of a message with halves: what the pipeline made of each. Only whole messages go on."""

    def process(self, messages: list[Message]) -> list[Message]:
        """The whole messages."""
        whole: list[Message] = []
        for message in messages:
            half = message.get(HALF)
            if half is None:
                whole.append(message)
                continue
            of, name = half
            made = message.as_dict(only_output_properties=True)
            both = {**(whole[-1].get(of) or {}), name: {"text": message.get(TEXT), **made}}
            whole[-1].set(of, both, add_to_output=True)
        return whole


def _cut(message: Message) -> list[Message]:
    if not message.get(TEXT) or is_payload(message):
        return []
    text, metadata = str(message.get(TEXT)), message.get(METADATA) or {}
    found: list[tuple[str, str, str]] = []
    if (question := halves(text)) is not None:
        found += [(SIDE_QUESTION, "rest", question.rest), (SIDE_QUESTION, "asked", question.asked)]
    if (more := told_besides(text)) is not None:
        found += [(TOLD_BESIDES, "rest", more.rest), (TOLD_BESIDES, "told", more.told)]
    if (instead := denied_in(text)) is not None:
        found += [(DENIED, "rest", instead.rest), (DENIED, "denied", instead.denied)]
    return [Message(data={TEXT: half, METADATA: metadata, HALF: (of, name)}) for of, name, half in found]
