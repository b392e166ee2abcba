"""Where one more thing begins that is told behind something else: "it works, thanks! but the bench is broken, too"."""

import re
from dataclasses import dataclass

from bot.engine.nlu.joints import Joint, joints

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
    r"(?:(?:oh|ah|ay|oye|oiga|hey|ps|thanks|thank you|gracias|ok|okay)[\s,]+)*(?:and|also|y|e|but|pero|btw|by the way|one more|another|there'?s|there is|there are|plus|except|although|only (?:thing|problem)|nom[aá]s que|s[oó]lo que|lo malo|aunque|tambi[eé]n|adem[aá]s|"
    r"otra cosa|por cierto|de paso|ya que est\w+|while (?:i'?m|we'?re|you'?re) at it|aparte|hay|can you also|could you also|i also)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.;!?\n]")
# What says so between two that no stop parts, or at the end: "yes and also the ...", "... y la banca tampoco sirve".
_MORE = re.compile(
    r"\b(?:also|plus|btw|another thing|tambi[eé]n|tmb|adem[aá]s|aparte|otra cosa|por cierto)\b",
    re.IGNORECASE,
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
    found = [
        joint
        for joint in joints(text)
        if len(joint.right.split()) >= LEAST_WORDS and _PARTS.search(joint.sign)
    ]
    begins = (joint for joint in found if _begins(joint, text))
    # "Sí, mándelo y la banca tampoco sirve": what says so at its end begins at the joint before it.
    ends = (joint for joint in reversed(found) if _TOO.search(_STOP.split(_told(joint, text))[0]))
    joint = next(begins, None) or next(ends, None)
    return Besides(text[: joint.start].strip(), _told(joint, text)) if joint is not None else None


def _told(joint: Joint, text: str) -> str:
    return text[joint.start :].strip(_SPARE)


def _begins(joint: Joint, text: str) -> bool:
    """Whether the words behind the joint say that they tell one more thing."""
    stops = _STOP.search(joint.sign) is not None
    return bool((stops and _GOES_ON.match(_told(joint, text))) or _MORE.search(joint.sign))
