"""Words that say nothing of the matter: "um sorry one sec", "ay no perdón". They are read back to nobody, and go on no file."""

from __future__ import annotations

import re

from bot.text.fold import fold

# With which one begins to speak, or stops to think.
_FILLER = (
    r"(?:um+|uh+|er+m?|hmm+|mm+|eh+|ah+|oh|ay|ok|okay|k|kk|so|like|well|wait|hold|on|one|a|1|sec|secs|second|minute|min|moment|momentito|just|sorry|my|bad|brb|lol|lmao|haha\w*|jaja\w*|jeje\w*|hi|hey|hello|"
    r"actually|goodness|gosh|dear|please|pls|give|gimme|me|let|see|think|thinking|hang|bro|dude|man|yo|pues|este|mire|mira|oiga|oye|bueno|perdon|disculpe|perdone|espere?|espereme|esperame|espera|un|momento|ratito|segundo|"
    r"segundito|ahorita|deje|dejeme|ver|veo|hola|fijese|y|and)"
)
# At least one of these: "ok" and "no" alone are answers.
_STOPS = re.compile(
    r"\b(?:um+|uh+|er+m?|hmm+|mm+|sec|secs|second|minute|min|moment|momentito|hold on|hang on|brb|wait|sorry|my bad|let me (?:see|think)|espere?|espereme|esperame|espera|momento|ratito|segundo|segundito|deje(?:me)? ver|perdon|disculpe)\b"
)
_ONLY = re.compile(rf"(?:{_FILLER} ?)+")
_FIRST = re.compile(
    r"^(?:(?:to whom it may concern|dear (?:sirs?|madam|sir or madam|city(?: hall)?|friends?|(?:city )?staff)|a quien corresponda|estimad[oa]s?(?: señor(?:es|a)?)?|good (?:morning|afternoon|evening|day)|buen(?:as|os) (?:tardes|dias|días|noches)|um+|uh+|hmm+|ah+|oh|ay+|ok|okay|k|so|like|well|wait|lol|lmao|haha\w*|jaja\w*|hi|hey|hello|hola|sorry|actually|goodness|oops|ups|bro|dude|yo|pues|este|mire|mira|oiga|oye|bueno|perd[oó]n|disculpe|no+|nope|"
    r"yes|yeah|yep|s[ií]|and|y|but|pero)(?=[\s,.!…:;]|$)[\s,.!…:;]*)+",
    re.IGNORECASE,
)
MOST = 10  # words
LEAST_LEFT = 2  # words


def says_nothing(text: str) -> bool:
    """Whether words are only those with which one stops to think. Reads any text, never raises."""
    words = fold(text)
    few = 0 < len(words.split()) <= MOST
    return few and _ONLY.fullmatch(words) is not None and _STOPS.search(words) is not None


def without_filler(text: str) -> str:
    """The words without those in front that say nothing; all of them where no more is left. Reads any text, never raises."""
    rest = _FIRST.sub("", text.strip(), count=1)
    return rest if len(rest.split()) >= LEAST_LEFT else text.strip()
