"""Where one more thing begins that is told behind something else: "it works, thanks! but the bench is broken, too"."""

import re
from dataclasses import dataclass

from bot.engine.nlu.joints import joints

# Longer ones are stories.
MOST_CHARACTERS = 600
LEAST_WORDS = 4  # of what is told
_SPARE = " \t\n.,;:!?&/-"
# The number of an option in front: "2!! and the elevator ...".
_OPTION = re.compile(r"\W*\d(?:[\s.,;:!)-]*[.,;:!)]+\s*|\s+(?=(?:and|y|but|pero|also)\b))")
# A sign, or a word that joins: a bare "also" stands in the middle of a clause.
_PARTS = re.compile(r"[.;,!?\n&:]|-|\b(?:and|plus|y|e)\b", re.IGNORECASE)
# With which one more thing begins where a sentence ended: "Send it. Oh and ...", "¡Quedó muy bien! Pero ...".
_GOES_ON = re.compile(
    r"(?:(?:oh|ah|ay|oye|oiga|hey|ps|thanks|thank you|gracias|ok|okay)[\s,]+)*(?:and|also|y|e|but|pero|btw|by the way|one more|another|there'?s|there is|there are|plus|tambi[eé]n|adem[aá]s|"
    r"otra cosa|por cierto|aparte|hay|can you also|could you also|i also)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.;!?\n]")
# What says so between two that no stop parts, or at the end: "yes and also the ...", "... y la banca tampoco sirve".
_MORE = re.compile(
    r"\b(?:also|plus|btw|another thing|tambi[eé]n|tmb|adem[aá]s|aparte|otra cosa|por cierto)\b", re.IGNORECASE
)
_TOO = re.compile(r"\b(?:too|as well|also|tambi[eé]n|tmb|tampoco|either)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Besides:
    """A message cut in two; both are exact substrings of it."""

    rest: str  # what stands in front
    told: str  # the one more thing


def told_besides(text: str) -> Besides | None:
    """The one more thing of a text and what stands in front of it; None where nothing looks like one. Never raises."""
    if len(text) > MOST_CHARACTERS:
        return None
    if (option := _OPTION.match(text)) is not None and len(text[option.end() :].split()) >= LEAST_WORDS:
        return Besides(option.group().strip(), text[option.end() :].strip())
    for joint in joints(text):
        if len(joint.right.split()) < LEAST_WORDS or not _PARTS.search(joint.sign):
            continue
        stops = _STOP.search(joint.sign) is not None
        told = text[joint.start :].strip(_SPARE)
        if (stops and _GOES_ON.match(told)) or _MORE.search(joint.sign) or _TOO.search(_STOP.split(told)[0]):
            return Besides(text[: joint.start].strip(), told)
    return None
