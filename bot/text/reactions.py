"""Reactions that arrive as text: what iPhones and Google Messages send where the other side has no reactions.

`Loved “…”`, `Removed a heart from “…”`, `Liked an image`, `Reacted 👍 to “…”`, `Le gustó “…”`, and Google's
`👍 to “…”` with invisible marks around. Forms out of qksms#1330 and quik#533; who writes a sentence that begins with one
of these verbs has no quotation up to its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Hair space, zero-width characters, directional marks: Google marks its form with them, others lose or add some.
_INVISIBLE = re.compile("[\u200a-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TONES = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")  # how an emoji is drawn, and its skin
_YES = frozenset("👍❤♥🧡💛💚💙💜🤎🖤🤍👌✅✔☑🙏👏💯🥰😍🎉🙌🆗")
_NO = frozenset("👎❌✖🚫❎")
MAX_LENGTH = 2_000  # characters; a reaction quotes one message of ours at most


class Tone(StrEnum):
    """What a reaction says to a question with yes and no."""

    YES = "yes"
    NO = "no"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reaction:
    tone: Tone
    quote: str | None  # the words reacted to, cut off or whole; None for a picture or the like
    removed: bool = False  # taken back
    certain: bool = False  # nobody types this form: it is a reaction whatever it quotes


_VERBS: tuple[tuple[Tone, bool, str], ...] = (
    # tone, taken back, how the text begins (lower case)
    (
        Tone.YES,
        False,
        r"liked|loved|le gust[oó]|le encant[oó]|le gusta|le encanta|me gusta|me encanta|le ha gustado|le ha encantado|added an? (?:heart|like|thumbs up) to",
    ),
    (
        Tone.NO,
        False,
        r"disliked|no le gust[oó]|no le gusta|no le ha gustado|le disgust[oó]|le disgusta|added a (?:dislike|thumbs down) to",
    ),
    (
        Tone.OTHER,
        False,
        r"laughed at|emphasi[sz]ed|questioned|le dio risa|le da risa|se ri[oó] de|destac[oó]|enfatiz[oó]|subray[oó]|"
        r"cuestion[oó]|puso en duda|exclam[oó](?: sobre| con| por)?|le hizo gracia|le ha hecho gracia|se r[ií][oeó]+ con|ha exclamado|ha preguntado|"
        r"hizo hincapi[eé] en|remarc[oó]|recalc[oó]|resalt[oó]|dud[oó] de|pregunt[oó] por|puso (?:una? )?(?:signo|s[ií]mbolo|emoji|me gusta|coraz[oó]n)[^“\"]{0,30}? (?:a|en)|"
        r"added an? (?:reaction|emoji|question mark|exclamation(?: mark| point)?|laugh|haha) to",
    ),
    (
        Tone.OTHER,
        True,
        r"removed (?:an? |the )?[^“\"]{1,40}? from|(?:elimin[oó]|quit[oó]|borr[oó]) (?:una? |el |la )?.{1,40}? (?:de|del|a)",
    ),
)
_EMOJI = r"(?P<emoji>[^\w\s“”\"'.,;:!?¡¿()-][^\w\s“”\"]{0,12}|[0-9#*]\ufe0f?\u20e3)"
_REACTED = rf"(?:reacted (?:with )?|reaccion[oó] (?:con )?)?{_EMOJI} (?:to|a)"
_REACTED_TO = r"(?:reacted to|reaccion[oó] a)"
_STICKER = r"(?:reacted with a sticker to|reaccion[oó] con (?:un sticker|una calcoman[ií]a) a)"
_QUOTE = r"(?:(?P<curly>[“„«])|[\"'‘])(?P<quote>.+?)(?:[”“»\"'’]|…|\.\.\.)?"
_THING = (
    r"(?P<thing>(?:an?|your|the|una?|el|la|su|tu|\d{1,2}) (?:images|photos|videos|im[aá]genes|fotos|v[ií]deos|live photo|memoji sticker|image|photo|picture|video|movie|gif|attachment|file|link|location|sticker|contact|"
    r"message|audio message|voice message|memoji|animation|imagen|foto|fotograf[ií]a|v[ií]deo|pel[ií]cula|archivo(?: adjunto)?|adjunto|enlace|"
    r"ubicaci[oó]n|calcoman[ií]a|contacto|mensaje(?: de (?:audio|voz))?|audio|nota de voz))"
)
_ENDS = rf"\s*(?:{_QUOTE}|{_THING})\W*"
# Any other way to put it, in whatever words an app has for it: few words and then a quotation, which has to be of ours.
_OTHER_WORDS = r"(?!(?:why|what|how|who|where|when|por|qu[eé]|c[oó]mo|qui[eé]n|d[oó]nde|cu[aá]ndo|re)\b)(?:[^\W\d_]+\s+){1,4}(?=[“„«])"
_FORMS: tuple[tuple[Tone | None, bool, re.Pattern[str]], ...] = (
    *(
        (tone, removed, re.compile(rf"(?:{verbs}){_ENDS}", re.IGNORECASE | re.DOTALL))
        for tone, removed, verbs in _VERBS
    ),
    (None, False, re.compile(rf"{_REACTED}{_ENDS}", re.IGNORECASE | re.DOTALL)),
    (Tone.OTHER, False, re.compile(rf"{_STICKER}{_ENDS}", re.IGNORECASE | re.DOTALL)),
    (
        None,
        False,
        re.compile(
            rf"{_REACTED_TO}\s*(?:{_QUOTE}|{_THING})\s+(?:with|con) {_EMOJI}\W*", re.IGNORECASE | re.DOTALL
        ),
    ),
)

_UNKNOWN = re.compile(
    rf"{_OTHER_WORDS}[“„«](?P<quote>[^“”„«»]{{20,}}?)[”»]?\W*", re.IGNORECASE | re.DOTALL
)  # 20 characters: "the sign says “no parking”" quotes us by chance


def reaction_in(text: str) -> Reaction | None:
    """The reaction that the whole text is, or None for words."""
    if len(text) > MAX_LENGTH:
        return None
    marked = len(_INVISIBLE.findall(text)) >= 2
    plain = " ".join(_INVISIBLE.sub("", text).split())
    for tone, removed, form in _FORMS:
        if found := form.fullmatch(plain):
            quote = found["quote"]
            return Reaction(
                tone=tone_of(found["emoji"]) if tone is None else tone,
                quote=quote.strip() if quote else None,
                removed=removed,
                certain=marked or bool(found["thing"]) or bool(found["curly"]) or tone is None,
            )
    if found := _UNKNOWN.fullmatch(plain):
        return Reaction(Tone.OTHER, found["quote"].strip())
    return None


def tone_of(emoji: str) -> Tone:
    """What an emoji says to a question with yes and no."""
    bare = _TONES.sub("", _INVISIBLE.sub("", emoji)).strip()[:1]
    if bare in _YES:
        return Tone.YES
    return Tone.NO if bare in _NO else Tone.OTHER


def quotes(quote: str, said: str) -> bool:
    """Whether `quote`, whole or cut off, is of `said`; both folded."""
    return bool(quote) and (said == quote or (len(quote) >= 8 and quote in said))
