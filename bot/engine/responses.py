"""What the bot says: the variant of each response by language and channel, several joined into one message.

Rasa chooses a variant by the tracker as it was before the action ran. Here the action says in which
language it answers (a resident who switches reads the very next reply in the new language), `before`
names responses whose words come first in the same message, and `options` are buttons made by the action,
placed before the response's own. `wording` is a text of staff, filled instead of the variant's own (actions/saying.py).
Used by `nlg:` in endpoints.yml, so plain `rasa run` has it too.
"""

import re
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

Variants = dict[tuple[str, str, str], dict[str, Any]]

DEFAULT_LANGUAGE = "en"
ANY_CHANNEL = ""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Responses(TemplatedNaturalLanguageGenerator):
    """Responses of the domain, looked up instead of filtered at random."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._variants: Variants = {}
        self._indexed: Any = None

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """One message: `before` responses, then `utter_action`, then all their buttons."""
        language = kwargs.get("language") or tracker.get_slot("language") or DEFAULT_LANGUAGE
        channel = tracker.get_latest_input_channel() or output_channel
        texts: list[str] = []
        buttons: list[dict[str, str]] = list(kwargs.get("options") or ())
        for part in (*(kwargs.get("before") or ()), {"response": utter_action, **kwargs}):
            variant = self._variant(part["response"], language, channel)
            if variant is None:
                continue
            buttons.extend(part.get("options") or () if part.get("response") != utter_action else ())
            texts.append(fill(part.get("wording") or variant.get("text", ""), part))
            buttons.extend(variant.get("buttons") or ())
        if not texts:
            return None
        # A blank line would be split into two messages by Rasa's collecting channel.
        message: dict[str, Any] = {"text": re.sub(r"\s*\n\s*", "\n", "\n".join(filter(None, texts)))}
        if buttons:
            message["buttons"] = buttons
        return message

    def _variant(self, name: str, language: str, channel: str) -> dict[str, Any] | None:
        if self._indexed is not self.responses:
            self._variants = index(self.responses)
            self._indexed = self.responses
        for key in (
            (name, language, channel),
            (name, language, ANY_CHANNEL),
            (name, DEFAULT_LANGUAGE, channel),
            (name, DEFAULT_LANGUAGE, ANY_CHANNEL),
        ):
            if key in self._variants:
                return self._variants[key]
        return None


def index(responses: dict[str, list[dict[str, Any]]]) -> Variants:
    """Variants by name, language and channel; the first of equals wins."""
    variants: Variants = {}
    for name, listed in responses.items():
        for variant in listed:
            languages = [
                condition["value"]
                for condition in variant.get("condition") or ()
                if condition.get("name") == "language"
            ]
            key = (
                name,
                languages[0] if languages else DEFAULT_LANGUAGE,
                variant.get("channel") or ANY_CHANNEL,
            )
            variants.setdefault(key, variant)
    return variants


def fill(text: str, values: dict[str, Any]) -> str:
    """`text` with its placeholders filled; one without a value stays, so that a test finds it."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), found.group(0))), text)
