"""Where one problem of a message may end and another begin: "and", "también", commas, full stops."""

import re
from dataclasses import dataclass
from itertools import accumulate

from bot.engine.nlu.doubt import spoken

# A rant of many sentences is looked at in its first so many joints.
MOST_JOINTS = 6

# Between two figures a sign parts nothing: "2.3 pounds", "1,200", "7:30".
_SIGN = r"(?:[;!?\n&/]|(?<!\d)[.,:]|[.,:](?!\d)|(?<!\w)-(?!\w))"
_WORD = (
    r"\b(?:and|also|plus|too|then|y|e|también|tambien|tmb|además|ademas|aparte"
    r"|another thing|other thing|otra cosa)\b"
)
_JOINT = re.compile(rf"(?:[\s,]*{_SIGN}+\s*)?(?:{_WORD}[\s,:]*)+|\s*{_SIGN}+\s*", re.IGNORECASE)
# Blanks and signs in a row that say no more than the first of them do.
LONGEST_RUN = 8
_RUN = re.compile(rf"[\s.,;!?&/:-]{{{LONGEST_RUN + 1},}}")
_MORE = re.compile(
    r"\b(?:also|plus|another|other thing|too|unrelated|btw|tambien|también|tmb|ademas|además|otra cosa|aparte)\b",
    re.IGNORECASE,
)
_MORE_AHEAD = re.compile(r"(?:another|unrelated|btw|otra cosa)\b", re.IGNORECASE)
# Signs left over at the edge of a half ("leak? . This is").
_SPARE = " \t\n.,;:&/-"
_STOP = re.compile(r"[.;!?\n]")
_AND = re.compile(r"\b(?:and|y|e)\b|&", re.IGNORECASE)
# The second street of a corner: "en pico y 20 los aspersores ..." has no joint there, "pico y 3 llantas" has.
_OF_A_CORNER = re.compile(
    r"(?:la |el |the )?\d{1,2}(?:st|nd|rd|th)?\b(?!\s+(?!(?:los|las|es|is|has|was|does)\b)\w+s\b)",
    re.IGNORECASE,
)
_STREET_BEFORE = re.compile(
    r"\b(?:en|de|in|at|on|la|el|entre|between|por|con)\s+(?:la |el |the )?\w+\s*$", re.IGNORECASE
)
# Who begins so goes on about what was said: "it smells", "they never come", "se está inundando".
_BACK = re.compile(
    r"(?:it|its|it's|they|them|their|that|thats|which|he|she|his|her|this|these|so|because|since|is|are|was|were|has"
    r"|have|please|pls|can|who|where|when|but|or|nobody|i|we|you|lo|se|esta|está|estan|están|eso|esto"
    r"|porque|que|ya|es|son|nadie|por favor|ellos|le|les|me)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Joint:
    """A message cut in two; ``left``, ``right`` and ``opening`` are exact substrings of it."""

    left: str
    right: str
    sign: str  # what stands between them
    opening: str  # the right half up to the next joint
    start: int  # where the sign is in the message
    end: int

    def marks(self) -> list[float]:
        """What the cut looks like, as noughts and ones."""
        return [
            float(bool(_MORE.search(self.sign) or _MORE_AHEAD.match(self.right))),
            float(bool(_STOP.search(self.sign))),
            float(bool(_AND.search(self.sign))),
            float(self.sign.strip() == ","),
            float(bool(_BACK.match(self.right))),
        ]


def joints(text: str) -> list[Joint]:
    """The places where the text could be cut with words on both sides, first to last."""
    cuts: list[tuple[int, int, str]] = []
    short, places = _with_short_runs(text)
    heard = _letters_before(text)
    for match in _JOINT.finditer(short):
        start, end = places[match.start()], places[match.end()]
        # Two signs in a row ("14th & the") have nothing between them that could be a half.
        since = cuts[-1][1] if cuts else 0
        corner = _AND.fullmatch(match.group().strip()) and _OF_A_CORNER.match(text, end)
        if corner and _STREET_BEFORE.search(text, 0, start):
            continue
        if heard[since] < heard[start] and heard[end] < heard[-1]:
            cuts.append((start, end, match.group()))
        if len(cuts) > MOST_JOINTS:
            break
    openings = [start for start, _, _ in cuts[1:]] + [len(text)][: len(cuts)]
    return [
        Joint(
            text[:start].strip(), text[end:].strip(_SPARE), sign, text[end:opening].strip(_SPARE), start, end
        )
        for (start, end, sign), opening in list(zip(cuts, openings, strict=True))[:MOST_JOINTS]
    ]


def _letters_before(text: str) -> list[int]:
    """For each place in the text, and for its end, how many letters stand before it.

    Counted once: a message of numbers and signs ("5. 5. 5.") has hundreds of joints with no word on their left.
    """
    letters = (letter.isalpha() if letter.isascii() else spoken(letter) > 0 for letter in text)
    return list(accumulate(letters, initial=0))


def _with_short_runs(text: str) -> tuple[str, list[int]]:
    """The text with long runs of blanks and signs cut short, and where each of its characters stands in the whole.

    What may stand between two problems overlaps in the pattern, so that its time grows with the third power of a run:
    a hundred blank lines would hold up everybody else's messages.
    """
    pieces, places, end = [], [], 0
    for run in _RUN.finditer(text):
        kept = run.start() + LONGEST_RUN
        pieces.append(text[end:kept])
        places += range(end, kept)
        end = run.end()
    pieces.append(text[end:])
    return "".join(pieces), [*places, *range(end, len(text) + 1)]
