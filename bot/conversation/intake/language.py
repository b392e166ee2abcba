"""Which language a conversation is in: that of its first words, kept until the resident switches."""

from __future__ import annotations

import re

from bot.cases.link_codes import LINK, read_link_code
from bot.text.fold import fold, fold_in_place

LANGUAGES = ("en", "es")
# A short answer ("Ocean Ave", "ok") says little about the language; this many words do.
WORDS_THAT_SWITCH = 4
SHORTEST_TOLD = 2  # letters
_NAMES = {
    "es": ("espanol", "spanish", "castellano"),
    "en": ("english", "ingles"),
}
_ANY_NAME = "|".join(name for names in _NAMES.values() for name in names)
# With nothing but words between: "no, en español" wants it, "no leo inglés" and "en inglés no me entero" do not.
_UNWANTED = re.compile(
    rf"\b(?:no|not|don.?t|can.?t|cannot|nada de|sin|ni|menos)\b(?:\s+\w+[,.]?){{0,4}}?\s+(?:{_ANY_NAME})\b|"
    rf"\b(?:{_ANY_NAME})\s+(?:(?:i|yo|me|mi|casi|really|just)\s+)?(?:no|not|don.?t|can.?t|cannot|nada)\s+\w+"
)
# Words that hardly stand in the other language: two of them, and who mixes both has not switched.
_MARKS = {
    "en": frozenset(["the", "is", "it", "its", "and", "my", "of", "to", "there", "they", "you", "i", "was", "are", "with", "for", "this", "that", "not", "on"]),
    "es": frozenset(["pero", "que", "q", "cuanto", "cuando", "esta", "estan", "una", "un", "mi", "al", "ya", "porfa", "gracias", "y", "con", "por", "para", "muy", "lado", "como", "donde", "si", "lo", "le", "les", "se", "su"]),
}  # fmt: skip
MARKS_THAT_STAY = 2
FEW_WORDS = 8  # of so few one such word is enough: "ok send it, le mando foto"


def conversation_language(
    current: str, *, first: bool, detected: str | None, hint: str | None, intent: str, text: str
) -> str:
    """The language to answer in, `en` or `es`.

    `detected` is the engine's reading of this message, `hint` the language of the resident's app.
    """
    if intent == "change_language":
        if detected == current and _names_only(text, current):
            return current  # "¿qué es eso? en español no entiendo": in the very language that is spoken
        return _named(text) or ("en" if current == "es" else "es")
    if (wished := _wished_in(text)) is not None and not first:
        return wished
    if read_link_code(text) is not None:
        # Six characters are of no language; the word in front of them may be.
        named = next((language for language, word in LINK.items() if fold(word) in fold(text).split()), None)
        return (named or _known(hint) or "en") if first else current
    if first:
        # "yo", "hi", "si": two letters greet in either language.
        says_something = len(text.strip(" .,!?")) > SHORTEST_TOLD
        return _known(detected if says_something else None) or _known(hint) or "en"
    words = fold(text).split()
    most = MARKS_THAT_STAY if len(words) >= FEW_WORDS else 1
    mixed = sum(word in _MARKS.get(current, ()) for word in words) >= most
    switches = intent != "give_place" and len(words) >= WORDS_THAT_SWITCH and not mixed
    return (_known(detected) if switches else None) or current


# "U can text me in english btw", "me puede escribir en español": said beside anything.
_WISHES_IT = re.compile(
    rf"\b(?:text|write|talk|speak|answer|reply|respond|message|escrib\w+|habl\w+|respond\w+|contest\w+|mand\w+)\b(?: \w+){{0,3}} (?:in|en) (?P<name>{_ANY_NAME})\b"
)


def _wished_in(text: str) -> str | None:
    """The language that words ask to be written in, whatever else they say; None where they ask for none, or are a question."""
    found = _WISHES_IT.search(_UNWANTED.sub(" ", fold_in_place(text)))
    if found is None or _languages_in(fold_in_place(text)) != _languages_in(found["name"]):
        return None
    return _languages_in(found["name"])[0]


def _named(text: str) -> str | None:
    words = fold_in_place(text)
    wanted = _languages_in(_UNWANTED.sub(" ", words))
    if wanted:
        return wanted[0] if len(wanted) == 1 else None
    # "No leo inglés" names the one that is not wanted.
    unwanted = _languages_in(words)
    left = [language for language in LANGUAGES if language not in unwanted]
    return left[0] if unwanted and len(left) == 1 else None


def does_not_read(text: str, language: str) -> bool:
    """Whether words say that the other language is not understood: "no entiendo ingles, que dice?". Never raises."""
    words = fold_in_place(text)
    named = _languages_in(words)
    return bool(named) and language not in named and _UNWANTED.search(words) is not None


# What of a text was not understood is not said.
_NOT_UNDERSTOOD = re.compile(
    r"\b(?:no (?:le |les |lo |la |te )*(?:entend\w*|entiendo|entendi)|que (?:dice|dijo|dicen|quiere decir)|q (?:dice|dijo)|don.?t understand|dont understand|what does (?:it|that|this) (?:say|mean))\b"
)


def wants_it_in(text: str, language: str) -> bool:
    """Whether words ask to be told something in the very language that is spoken: "no le entendí, en español porfa". Never raises."""
    words = fold_in_place(text)
    return _languages_in(words) == [language] and _NOT_UNDERSTOOD.search(words) is not None


def _names_only(text: str, language: str) -> bool:
    """Whether words name that language and no other."""
    return _languages_in(fold_in_place(text)) == [language]


def _languages_in(words: str) -> list[str]:
    return [language for language, names in _NAMES.items() if any(name in words for name in names)]


def _known(language: str | None) -> str | None:
    return language if language in LANGUAGES else None


_CLAUSES = re.compile(r"[.,;!?\n]+")


# Words of staff that a resident who writes the other language may not know.
_OF_WORK = {
    "en": frozenset(["the", "of", "to", "with", "for", "on", "was", "were", "has", "have", "been", "will", "be", "and", "is", "are", "by", "at", "crew", "crews", "removed", "repaired", "replaced", "fixed", "filled", "cleaned", "painted", "scheduled", "referred", "closed", "completed", "notified", "inspected", "issued", "order", "work", "parts"]),
    "es": frozenset(["el", "la", "los", "las", "de", "del", "con", "para", "por", "se", "ha", "han", "fue", "sera", "y", "cuadrilla", "reparado", "reparo", "limpio", "quito", "arreglo", "lleno", "pinto", "programado", "terminado", "personal"]),
}  # fmt: skip


def in_another_language(text: str, language: str) -> bool:
    """Whether words of staff are in the other language than `language`. Reads any text, never raises."""
    words = set(fold(text).split())
    other = "es" if language == "en" else "en"
    ours, theirs = (len(words & _OF_WORK[one]) for one in (language, other))
    return bool(ours < theirs)


def beside_the_wish(text: str) -> str:
    """What stands beside the wish for a language: "son Lime casi todos. en español porfa" -> "son Lime casi todos"."""
    clauses = [clause.strip() for clause in _CLAUSES.split(text)]
    return ", ".join(clause for clause in clauses if clause and not _languages_in(fold_in_place(clause)))
