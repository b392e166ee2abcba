"""Wishes to get no more texts, or to get them again, in people's own words, English and Spanish.

Since April 2025 any reasonable wording of a wish to stop counts in the United States (47 CFR 64.1200(a)(10)), not only
the carriers' words. What must not be taken for one: a stop sign, a bus stop, leaf blowers that should stop, "they won't
stop", somebody else who texts. So a wish names what is to stop (texts) and whom (me), or is nothing but the word.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.text.fold import fold
from bot.text.own_words import own_words
from bot.text.stop_wordings import BARE, COMPLAINS, COURTESY, ME, NOT_OURS, STOPS, TEXTS, THESE, WRITING


class Wish(StrEnum):
    STOP = "stop"
    START = "start"


# Nobody who wants to hear no more writes a page about it; in a long report such words are somebody else's.
MOST_WORDS = 40

_ALONE = re.compile(rf"^(?:(?:{COURTESY})\s+)*(?:{BARE})(?:\s+(?:{COURTESY}))*$")
_THANKS_AT_THE_END = re.compile(rf"(?:\s+(?:{COURTESY}))+$")
_COURTESIES = re.compile(rf"\b(?:{COURTESY})\b")

_STARTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:(?:{COURTESY}|yes|si|yeah)\s+)*(?:start|start all|restart|unstop|un stop|resume|resubscribe|subscribe|re subscribe|opt (?:me )?(?:back )?in|optin|"
        rf"comenzar|iniciar|empezar|activar(?: (?:los |mis |sus )?(?:mensajes|textos|avisos|notificaciones))?|reanudar|reactivar|reiniciar|suscribir(?:me|se)?|alta|(?:dar|dar[ms]e|denme|dame) de alta)(?:\s+(?:{COURTESY}))*$",
        rf"\b(?:start|resume|restart|begin|continue|keep) (?:sending |getting |receiving )?(?:{WRITING} {ME}|{THESE}{TEXTS})\b",
        rf"\b(?:text|message|msg|update|write) me again\b|\bsend me (?:the |your |those |more )?{TEXTS}(?: again)?\b|\bturn (?:the |my )?{TEXTS} (?:back )?on\b",
        rf"\bi (?:do |d like|would like|want|wanna)(?: want)?(?: to)? ?(?:get |receive |have )?(?:the |your |my |those |more )?{TEXTS}\b|\bi want (?:the |your )?{TEXTS} (?:back|again)\b",
        r"\b(?:opt|sign|put|add) me (?:back )?(?:in|up|on)\b|\bput me back on\b|\bopt (?:back )?in\b|\b(?:re ?)?subscribe me\b",
        r"^(?:si )?(?:ya )?quiero (?:otra vez |de nuevo |volver a )?(?:recibir |tener )?(?:otra vez )?(?:los |sus |mas )?(?:mensajes|textos|avisos|notificaciones|alertas)\b",
        r"\b(?:vuelvan?|vuelve) a (?:mandarme|enviarme|escribirme|avisarme|textearme)\b|\bvolver a recibir\b",
        r"\b(?:mandenme|mandame|envienme|enviame|manden|envien) (?:otra vez |de nuevo )?(?:los |sus |mas )?(?:mensajes|textos|avisos)\b|\b(?:escribanme|escribeme|avisenme|avisame) (?:otra vez|de nuevo)\b",
    )
)
_NEGATED = re.compile(r"\b(?:dont|don t|do not|didnt|not|never|no|nunca|tampoco|stop|quit)\b")

# "-- ", "Sent from my iPhone", "Enviado desde mi iPhone", "- Maria": what phones and people put below their words.
_SIGNED = re.compile(
    r"^\s*(?:--|__|—|–|-\s*\w|sent (?:from|via|with|by)\b|get outlook\b|enviado (?:desde|por|con)\b|mandado desde\b|>|<|\*|~)",
    re.IGNORECASE,
)
_NAME = re.compile(r"^\s*(?:[^\W\d_][\w.'’-]*\s*,?\s*){1,3}$")


def wish_in(text: str) -> Wish | None:
    """The wish that the words state clearly, or None. "START" words count as a wish whatever was before."""
    words = _spelled(fold(text))
    if not words or len(words.split()) > MOST_WORDS:
        return None
    if _ALONE.match(words) or _is_signed_word(text):
        return Wish.STOP
    wished = _THANKS_AT_THE_END.sub("", words)
    if not _of_others(words) and any(pattern.search(said) for said in {words, wished} for pattern in STOPS):
        return Wish.STOP
    if _NEGATED.search(words) is None and any(pattern.search(words) for pattern in _STARTS):
        return Wish.START
    return None


def complains_of_silence(text: str) -> bool:
    """Whether words say that nobody texts: who says so waits for texts. Reads any text, never raises."""
    return COMPLAINS.search(_spelled(fold(text))) is not None


def _of_others(words: str) -> bool:
    return NOT_OURS.search(words) is not None or COMPLAINS.search(words) is not None


# What goes beyond the one matter: who says so wants none of our texts, whatever was asked.
_FOR_GOOD = re.compile(
    r"\b(?:stop\w*|quit|unsubscribe\w*|remove|delete|block\w*|leave me alone|ever|never|again|any ?more|no more|all|anything|nothing|cancel\w*|end|lose my|spam\w*|"
    r"alto|deje\w*|basta|nunca|jamas|ya no|mas|nada|baja|borr\w*|quit\w*|elimin\w*|cancel\w*|bloque\w*|dejenme|dejame)\b"
)


def only_declines(text: str) -> bool:
    """Whether a wish to stop says no more than not to be texted: "no dont text me", and not "stop texting me", "never text me again".

    It is an answer where we have just asked whether to text, and a wish to stop anywhere else. Reads any text, never raises.
    """
    words = _spelled(fold(text))
    return wish_in(text) is Wish.STOP and not _ALONE.match(words) and _FOR_GOOD.search(words) is None


def says_more(text: str) -> bool:
    """Whether a wish to stop says anything beside the wish and courtesy: "leave me alone i want to die"."""
    words = _spelled(fold(own_words(text)))
    if _ALONE.match(words):
        return False
    for pattern in STOPS:
        words = pattern.sub(" ", words)
    return bool(_COURTESIES.sub(" ", words).strip())


def _is_signed_word(text: str) -> bool:
    """Whether a stop word stands alone in its line, and what follows is a signature."""
    first, *rest = [line for line in text.splitlines() if line.strip()] or [""]
    if not rest:  # "STOP - Maria", "STOP. Sent from my iPhone"
        head, mark, tail = _split_at_mark(text)
        first, rest = (head, [mark + tail]) if mark else (first, [])
    if not rest or not _ALONE.match(_spelled(fold(first))):
        return False
    # A name has a capital: "Stop\nSign down" has one too, but a sign is no name.
    return all(_SIGNED.match(line) or _is_name(line) for line in rest)


def _split_at_mark(text: str) -> tuple[str, str, str]:
    found = re.search(r"\s-{1,2}\s*(?=\S)|[.,!]\s+(?=sent\b|enviado\b|get outlook\b)", text, re.IGNORECASE)
    return (text[: found.start()], "- ", text[found.end() :]) if found else (text, "", "")


_THINGS = re.compile(
    r"\b(?:sign|signs|light|lights|blowers?|bus|street|st|ave|blvd|noise|trucks?|cars?|line|lines|bar|the|at|on|in|and|down|knocked|missing|senal|letrero|poste|calle|en|el|la)\b"
)


def _is_name(line: str) -> bool:
    return bool(_NAME.match(line)) and line.strip()[:1].isupper() and _THINGS.search(fold(line)) is None


# Words of such wishes that phones and thumbs misspell, mended where a slip of one letter cannot be another word.
_SLIPS = {
    "unsubscribe": ("unsuscribe", "unsubcribe", "unsubscrib", "unsubsribe", "unsubscibe", "unsubscrive", "unsubscribed"),
    "texting": ("texing", "texitng", "textin", "txting", "txtng", "tesxting", "texring", "textting"),
    "messages": ("mesages", "messeges", "messges", "mesagges", "massages", "messags"),
    "messaging": ("mesaging", "messageing", "messeging", "masaging"),
    "stop": ("sotp", "stpo", "tsop", "stopp", "sttop"),
    "mensajes": ("mensages", "mensjes", "mesajes", "menajes", "mensaje", "mensajs", "mensaje s"),
    "manden": ("mandn", "mandem", "nanden", "mandenm"),
    "please": ("plese", "pleas", "pleease", "pls", "plz"),
    "dont": ("dnt", "donot"),
}  # fmt: skip
_MENDED = {slip: word for word, slips in _SLIPS.items() for slip in slips}


def _spelled(words: str) -> str:
    """Folded words with slips of the thumb mended."""
    return " ".join(_MENDED.get(token, token) for token in words.split())
