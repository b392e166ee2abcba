"""What a text says that it is not: "not a parked car. the posts. broken posts", "no es por el ruido, es la placa".

Words that are denied count for a classifier like words that are said: "it's not about the noise" reads like noise.
"""

import re
from dataclasses import dataclass

# Longer ones are stories.
MOST_CHARACTERS = 400
LEAST_WORDS = 2  # of what is left

_ARTICLES = r"(?:(?:a|an|the|about|really|just|any|my|like|for|because|of|por|un|una|el|la|los|las|de|del|sobre|ningun|ninguna) )*"
_NO = (
    r"no (?:es|son|era|eran|fue|hay|esta|estan|está|están|se trata|dije)|there(?:'?s| is) no|"
    r"(?:(?:it'?s|its|it is|this is|that'?s) )?(?:not|isn'?t|ain'?t)"
)
_NO_THING = (
    r"(?:no|nope|in|on|at|by|en|its|sure|yet|it|that|this|true|here|there|right|ok|good|one|thanks?|thx|fixed|done|working|now|idea|longer|more|need|problem|worries|way|se|lo|la|le|"
    r"gracias|seguro|cierto|verdad|aqui|ahi|bien|asi|eso|todavia|aun|ya|sirve|se)\b"
)
# Up to three words, which a sign, the end or what it is instead closes.
_DENIED = re.compile(
    rf"\b(?:{_NO}) {_ARTICLES}(?!{_NO_THING})(?P<what>[^\W\d_]+(?: [^\W\d_]+){{0,2}}?)(?: (?:mijo|mija|joven|señor|senor|señorita|dear|dude|bro|sir))?(?=\s*(?:[.,;:!?\n]|$)|\s+(?:but|it'?s|its|is|the|sino|es|son|pero)\b)",
    re.IGNORECASE,
)
_SPARE = " \t\n.,;:!?-"


@dataclass(frozen=True)
class Denied:
    """A text without what it denies."""

    denied: str  # the thing, without its article
    rest: str  # everything else


def denied_in(text: str) -> Denied | None:
    """The one thing that a text says it is not, and the rest; None where it denies none, or says nothing else. Never raises."""
    if len(text) > MOST_CHARACTERS:
        return None
    found = _DENIED.search(text)
    if found is None:
        return None
    what = found["what"]
    # "It still says parking meter. Not a parking meter! ...": it is named once more.
    front, behind = (
        _without_sentences_of(what, part) for part in (text[: found.start()], text[found.end() :])
    )
    rest = f"{front.rstrip(_SPARE)}, {behind.lstrip(_SPARE)}".strip(_SPARE)
    return Denied(what, rest) if len(rest.split()) >= LEAST_WORDS else None


_SENTENCES = re.compile(r"[^.!?;\n]+[.!?;\n]*\s*")


def _without_sentences_of(what: str, text: str) -> str:
    """The text without the sentences that name what is denied."""
    named = re.compile(rf"\b{re.escape(what)}\b", re.IGNORECASE)  # "not the can" says nothing about a canal
    return "".join(part for part in _SENTENCES.findall(text) if named.search(part) is None)
