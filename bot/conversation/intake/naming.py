"""Which of their requests a resident speaks of: by its number, by what it is, or as a thing that was told before ("the fridge")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from bot.cases.references import parse_reference
from bot.city.catalogue import Service
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.text.digits import has_digit
from bot.text.fold import fold
from bot.text.stop_wishes import Wish, wish_in

# Two letters and six characters, as references are written; the records tell whether there is such a one. One in thirteen has
# no digit: letters alone are one where their last is the check character that the others ask for.
_REFERENCE = re.compile(r"\b([A-Za-z]{2,4})[\s-]?([0-9A-Za-z]{6})\b")
# What the public page of a request has residents text about it.
_SEES = re.compile(
    r"^(?:(?:i|we) see (?:it|this|that) too|me too|same here|yo tambien(?: lo veo)?|tambien lo veo)\b"
)
_NOT_FIXED = re.compile(
    r"^(?:(?:it s |its )?still not fixed|(?:(?:todavia|aun) )?no (?:esta arreglad\w|quedo)|(?:todavia|aun) no|sigue (?:sin|igual|mal))\b"
)
# The same behind its number: "SM-7K3R9P is not fixed, the hole is still there".
_SAYS_NOT = re.compile(
    r"\b(?:(?:is|s|was|been) (?:still )?not (?:been )?(?:fixed|done|repaired|finished)|(?:isn t|wasn t|hasn t been) (?:fixed|done|repaired|finished)|is still (?:there|broken|not|the same|out|full)|"
    r"no (?:quedo|esta|lo|la|los|las)(?: \w+)? (?:bien|arregl\w+|list\w+|repar\w+)|no quedo|sigue (?:igual|mal|rot[oa]|ahi|sin|apagad[oa]))\b"
)
# Words that name nothing: of where things are, of time, of talking to us.
PLAIN = frozenset({
    "the", "and", "for", "its", "her", "his", "our", "you", "are", "was", "were", "not", "but", "all", "any", "can", "did", "had", "has",
    "him", "how", "who", "why", "too", "she", "por", "mas", "muy", "sus", "mis", "nos", "les", "era", "fue", "son", "ese", "esa", "eso",
    "street", "streets", "avenue", "boulevard", "road", "lane", "block", "corner", "side", "front", "back",
    "area", "city", "town", "place", "spot", "address", "house", "home", "building", "apartment",
    "sidewalk", "alley", "north", "south", "east", "west", "left", "right", "middle", "public", "near",
    "next", "across", "between", "behind", "day", "days", "week", "weeks", "month", "months", "year",
    "morning", "night", "time", "times", "today", "yesterday", "one", "two", "three", "thing", "things",
    "stuff", "same", "photo", "photos", "picture", "pictures", "report", "reports", "request", "number",
    "problem", "issue", "question", "people", "person", "some", "other", "broken", "dead", "dumped",
    "abandoned", "missed", "out", "down", "still", "again", "about", "with", "from", "this", "that", "they",
    "them", "their", "there", "here", "have", "been", "since", "over", "into", "just", "like", "what",
    "when", "where", "your", "mine", "does", "calle", "calles", "avenida", "cuadra", "esquina", "lado",
    "frente", "atras", "zona", "ciudad", "lugar", "sitio", "direccion", "casa", "edificio", "departamento",
    "depa", "banqueta", "callejon", "norte", "sur", "este", "oeste", "medio", "dia", "dias", "semana",
    "semanas", "mes", "meses", "ano", "manana", "noche", "tarde", "vez", "veces", "hoy", "ayer", "cosa",
    "cosas", "foto", "fotos", "reporte", "reportes", "numero", "problema", "pregunta", "gente", "persona",
    "roto", "rota", "muerto", "muerta", "tirado", "tirada", "tirados", "apagada", "apagado", "todavia",
    "sigue", "otra", "otro", "aqui", "ahi", "alli", "desde", "hace", "como", "cuando", "donde", "para",
    "little", "big", "small", "large", "old", "new", "late", "early", "whole", "own", "good", "bad", "nice", "long", "short", "high", "low", "few", "lot",
    "chico", "chica", "grande", "viejo", "vieja", "nuevo", "nueva", "bueno", "buena", "malo", "mala", "alto", "alta", "bajo", "largo", "mismo", "misma",
    "pero", "esta", "estan", "tiene", "hay", "una", "uno", "los", "las", "del", "con", "sin", "que",
})  # fmt: skip
# What is spoken of as known: "the fridge", "my lamp", "el mapache", "esa luz".
_KNOWN = re.compile(
    r"\b(?:the|my|our|that|this|those|these|el|la|los|las|mi|mis|ese|esa|esos|esas|este|esta|del|al|same|mismo|misma)\s+(\w{3,})(?:\s+(\w{3,}))?"
)
# A report of theirs, spoken of as one that is there: "the leaf blower report", "el reporte del bache", "the pothole one".
_THE_REPORT = re.compile(
    r"\b(?:the|my|our|that) (?!other |same |next )(?:\w+ ){1,3}(?:report|request|ticket|case|complaint|one)\b|"
    r"\b(?:el|mi|ese|al|del) (?:reporte|caso|ticket|queja) (?:de |del |de la |de los |de las |sobre )\w+"
)
# Words that take up what was talked of, instead of telling of something new; "the same corner" only says where.
_TAKES_UP = re.compile(
    r"\b(?:this one|that one|same (?:one|thing)|es[ae] mism[oa]|(?:it s|its|es|son|still|obviously) (?:the |el |la |l[oa]s )?(?:same|mism[oa]s?))\b|"
    r"\b(?:same|mism[oa]s?)(?: as before| de antes| de siempre)?$|"
    r"^(?:(?:bro|no|ok|yes|yeah|si|pues|and|y|but|pero|well|hey|dude|man|oye) )*"
    r"(?:(?:its?|it s|they|they re|theyre|he|hes|he s|she|shes|she s)\b(?! (?:s )?(?:an?|another)\b)|(?:(?:ahi|aqui|todavia) )?sigue\b|ahi esta\b)"
)


class Theirs(Protocol):
    """As much of a `Setting` as it takes to know which of their requests is spoken of."""

    @property
    def own(self) -> tuple[OwnRequest, ...]: ...

    def service(self, code: str | None) -> Service | None: ...


def reference_in(text: str) -> str | None:
    """The reference that a text holds, in its proper form where it is one; else as it is written there."""
    for match in _REFERENCE.finditer(text):
        prefix, code = match[1].upper(), match[2].upper()
        proper = parse_reference(f"{prefix}{code}", prefix)
        if proper is not None or has_digit(code):
            return proper or f"{prefix}-{code}"
    return None


def seen_too(setting: Setting) -> str | None:
    """The number of somebody else's request that a resident sees, too, as its page has them text it; None for their own."""
    words = fold(setting.turn.text)
    reference = reference_in(setting.turn.text) if _SEES.search(words) or _NOT_FIXED.search(words) else None
    return reference if reference and setting.own_request(reference) is None else None


def not_fixed_by_number(setting: Setting) -> OwnRequest | None:
    """The finished request of theirs that is said by its number not to be fixed, as its page has them text it."""
    words = fold(setting.turn.text)
    says_so = _NOT_FIXED.search(words) or (_SAYS_NOT.search(words) and "?" not in setting.turn.text)
    request = named_by_number(setting) if says_so else None
    return request if request is not None and request.finished else None


def named_by_number(setting: Setting) -> OwnRequest | None:
    """The one of their requests whose number is in the words, without its first letters and with gaps, too: "7k3 r9p"."""
    reference = reference_in(setting.turn.text)
    named = setting.own_request(reference) if reference else None
    return named or next((one for one in setting.own if _holds(setting.turn.text, one.reference)), None)


def replied_to(setting: Setting) -> OwnRequest | None:
    """The one of their requests that the message told of below which the words were written."""
    return setting.own_request(setting.turn.about) if setting.turn.about else None


def _holds(text: str, reference: str) -> bool:
    """Whether the six characters of a reference stand in a text by themselves."""
    code = r"[\s-]?".join(reference.rpartition("-")[2])
    return re.search(rf"(?<![^\W_]){code}(?![^\W_])", text, re.IGNORECASE) is not None


def named_by_matter(text: str, setting: Theirs) -> OwnRequest | None:
    """The one of their requests that words are about by what it is; None where they name none, or several alike."""
    said = {one.reference: _matter_in(text, one, setting) for one in setting.own}
    # What says which one is meant counts before what several have in common.
    readings = [_of_one_only(said), said]
    if len({frozenset(words) for words in said.values() if words}) == 1:
        # One word for both: what was told of a lamp may speak of the pothole, and is no pothole.
        readings.append(_of_its_name(said, setting))
    for words in readings:
        most = max(map(len, words.values()), default=0)
        best = [one for one in setting.own if len(words[one.reference]) == most]
        if most and len(best) == 1:
            return best[0]
    return None


# What a wish is about, said in so many words: "about the pothole", "de lo del bache".
_SUBJECT = re.compile(
    r"\b(?:about|regarding|concerning|for (?:the|my|that|this)|on (?:the|my|that|this)|de lo|por lo|lo de|lo del|sobre|acerca de|del|de la|de los|de las|de mi|de es[ea])\b.*"
)
# Who says this wants nothing at all, whatever they name beside it.
_NOTHING_AT_ALL = re.compile(
    r"\b(?:all|any(?! more)|anything|everything|ever|at all|period|completely|whatever|or|todo|todos|todas|nunca|jamas|ningun\w*|nada(?! (?:mas )?(?:de|del|sobre)\b)|ni)\b"
)


def named_as_subject(text: str, setting: Theirs) -> OwnRequest | None:
    """The one of their requests of which words say outright that they want no texts about it; None where they name none so, speak of
    everything, or stop all texts in a clause of its own ("leave me alone, stop texting me about the pothole").

    Stricter than `named_by_matter`: for who has a single request, and may mean all there is.
    """
    words = fold(text)
    found = _SUBJECT.search(words)
    if found is None or _NOTHING_AT_ALL.search(words) is not None:
        return None
    plain = (part for part in _CLAUSES.split(text) if _SUBJECT.search(fold(part)) is None)
    return (
        None if any(wish_in(part) is Wish.STOP for part in plain) else named_by_matter(found.group(), setting)
    )


_CLAUSES = re.compile(r"[.!?;,:\n]+|\b(?:and|y)\b", re.IGNORECASE)


def _of_one_only(said: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Of each request the words that no other one has."""
    return {
        reference: words.difference(*(other for its, other in said.items() if its != reference))
        for reference, words in said.items()
    }


def _of_its_name(said: Mapping[str, set[str]], setting: Theirs) -> dict[str, set[str]]:
    """Of each request the words that are what it is called."""
    return {
        one.reference: said[one.reference] & names_of(setting.service(one.service)) for one in setting.own
    }


def speaks_of_a_report(text: str) -> bool:
    """Whether words speak of a report as one that is there: "the leaf blower report". Reads any text, never raises."""
    return _THE_REPORT.search(fold(text)) is not None


def takes_up(text: str, reference: str, service: str, setting: Setting, *, told_only: bool = False) -> bool:
    """Whether words take up a request that was talked of: "this one", "its by the door", "the honda".

    `told_only`: a thing has to be one that its resident told of, not one that such a matter may be called.
    """
    words = fold(text)
    if _TAKES_UP.search(words):
        return True
    request = setting.own_request(reference) or OwnRequest(reference, service, "")
    things = _content(request.told) if told_only else _things_of(request, setting)
    return bool(_known_in(words) & things)


def _matter_in(text: str, request: OwnRequest, setting: Theirs) -> set[str]:
    """The words of a text that say what the request is, or name a thing as known that its resident told of."""
    words = _DENIED.sub(" ", fold(text))
    said = singular(set(words.split()) - PLAIN)
    return said & names_of(setting.service(request.service)) | _known_in(words) & _things_of(request, setting)


# What a thing is said not to be names it as little as a silence: "it is of the machine, not the camry".
_DENIED = re.compile(r"\b(?:not|no|ni) (?:the|my|that|el|la|los|las|del|de la|de los|lo del?|mi|ese|esa) \w+")


def _known_in(words: str) -> set[str]:
    """What folded words speak of as known."""
    return singular({word for match in _KNOWN.finditer(words) for word in match.groups() if word} - PLAIN)


def _things_of(request: OwnRequest, setting: Theirs) -> set[str]:
    """What was told of a request, and what such a matter is called in any way."""
    service = setting.service(request.service)
    keywords = (
        _nouns(tuple(word for words in service.keywords.values() for word in words))
        if service
        else frozenset()
    )
    return _content(_DENIED.sub(" ", fold(request.told))) | names_of(service) | keywords


def _content(text: str) -> set[str]:
    return singular({word for word in fold(text).split() if len(word) > 2} - PLAIN)


def singular(words: set[str]) -> set[str]:
    """The words without the s of a plural and a Spanish diminutive: "lights" and "light" name the same, "llavecitas" and "llaves"."""
    return {_plain_form(word) for word in words}


_DIMINUTIVE = re.compile(r"(?<=\w{3})(?:ecit|cit|it)([oa])$")


def _plain_form(word: str) -> str:
    if len(word) > LEAST_LETTERS and word.endswith("s"):
        word = word[:-1]
    small = _DIMINUTIVE.search(word)
    if small is None:
        return word
    return word[: small.start()] + ("e" if small.group().startswith("ec") else small[1])


LEAST_LETTERS = 3  # of a word that may be a plural


@lru_cache(maxsize=512)
def _nouns(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_content(" ".join(texts)))


def names_of(service: Service | None) -> set[str]:
    """The words of what a service is called, in either language."""
    if service is None:
        return set()
    return set(_nouns((*service.noun.values(), *service.short.values())))
