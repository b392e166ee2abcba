"""Answers in the resident's own words: what a report says already of what we would ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from bot.city.catalogue import Question, QuestionKind, Reading
from bot.text.digits import has_digit
from bot.text.fold import fold_in_place
from bot.text.numbers import COUNTING, number_in

ENOUGH_WORDS = 6  # a report of so many words says which records, or what is wrong there
LANGUAGES = ("en", "es")
MOST_READ = 1_000  # characters
_BLANKS = re.compile(r"(\s)\s+")

_COUNT = rf"(?:\d{{1,3}}|{'|'.join(COUNTING)})"
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|tues?|weds?|thu|thurs?|fri|sat(?! (?:down|there|on|in|and))|sun)\b|"
    r"lunes|martes|miercoles|jueves|viernes|sabados?|domingos?"
)
_TIME = re.compile(
    rf"\b(?:(?:every|each|this|last|on|all|cada|este|esta|todos los|todas las|los|el|la)\s+)?(?:{_DAY}|mornings?|afternoons?|"
    r"evenings?|nights?|weekdays?|weekends?|weekend|manana|mananas|tardes?|noches?|madrugada|fin(?:es)? de semana)\b"
    r"(?:\s*(?:at|around|about|a las|como a las|@)?\s*\d{1,2}(?::\d{2})?\s*(?:[ap]\.?m\b\.?)?)?|"
    r"\b\d{1,2}(?::\d{2})?\s*[ap]\.?\s?m\b\.?|\b\d{1,2}:\d{2}\b|\b(?:a|at|around|desde|como a) las \d{1,2}(?::\d{2})?\b(?:\s+(?:de|en|por) la (?:manana|tarde|noche|madrugada)\b)?|"
    r"\b(?:right now|now|today|tonight|yesterday|last night|this morning|daily|every day|all day|all night|at night|"
    r"noon|midnight|ahorita|ahora mismo|ahora|hoy|anoche|ayer|diario|todos los dias|cada dia|todo el dia|de noche|"
    r"en la noche|por la noche|mediodia|medianoche)\b"
)
_VAGUE_TIME = re.compile(
    r"(?:mornings?|afternoons?|evenings?|nights?|days?|today|now|right now|hoy|ahora|ahorita|mananas?|tardes?|noches?|tarde)"
)
# Of a greeting, and of the resident's own day: neither says when it happens.
_GREETS = re.compile(r"\b(?:good|buen[oa]s?)\s+$")
_OWN_DAY = re.compile(
    r"\b(?:i (?:have to |need to |gotta )?(?:work|start|get up|wake up|go to work|leave for|study)\b|i'?m up\b|my (?:shift|alarm|class|job)\b|"
    r"(?:entro|entramos|salgo|voy) (?:a|de|del|al) (?:trabaj\w*|la chamba|chamba|la escuela)|trabajo\b|me (?:levanto|despierto|acuesto|paro)\b|mi (?:turno|alarma|clase)\b)|"
    r"\b(?:for work|to work|para (?:ir a )?trabajar|pal trabajo|para el trabajo)\b"
)
_CLAUSES = re.compile(r"[.;!?\n]|,(?!\s*\d)|\b(?:because|but|and|y|pero|porque)\b")
# A plate is letters and digits together; a word in front of it makes shorter ones plausible, too.
_PLATE_NAMED = re.compile(
    r"\b(?:plates?|license(?: plate)?|licence plate|lic|placas?|tags?|matricula)\b(?:\s+(?:number|no|num|numero|is|es|are|son))*"
    r"\s*[:#]?\s*((?:[a-z]{2}\s)?(?=[a-z0-9 -]{4,9}\b)[a-z0-9]{1,7}(?:[ -][a-z0-9]{1,4})?)\b"
)
_PLATE_ALONE = re.compile(r"\b(\d[a-z]{3}\d{3}|\d[a-z]\d{5}|[a-z]{3} ?\d{3,4}|\d{5}[a-z]\d)\b")
_LINE = re.compile(
    r"\b(?:line|route|bus|rapid|express|linea|ruta|rapido|the|el|la|number|numero|bbb)\s*(?:no\.?|number|numero|#)?\s*"
    r"((?:r|rapid )?\d{1,2})\b(?!\s*(?:am|pm|st|nd|rd|th|street|min|minutes|minutos|hours|horas|dias|days|times|veces|people|personas))"
)
_DURATION = re.compile(
    rf"\b({_COUNT}|an?|several|varios|varias)\s+(?:\w+\s+)?(days?|weeks?|months?|years?|dias?|semanas?|mes|meses|anos?)\b"
)
_LONG = {"d": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}
_SEVERAL = re.compile(r"^(?:several|varios|varias)$")
# "6 days", "two blocks", "3 veces" count none of what is asked about.
_HOW_MANY = re.compile(
    rf"\b({_COUNT})\s+(?:of (?:them|these)\s+)?"
    r"(?!(?:days|weeks|months|years|hours|minutes|mins|hrs|times|blocks|yards|feet|inches|miles|meters|dias|semanas|meses|anos|horas|minutos|veces|cuadras|metros|pies|calles)\b)[a-z]{3,}s\b"
)
_ONE = re.compile(
    r"\b(?:a|an|one|this|un|una|este|esta)\s+(?:[a-z]+\s+)?(?:man|woman|person|guy|lady|hombre|mujer|persona|senor|senora|scooter|bike)\b"
)
_LABELLED = re.compile(
    r"\b(?:meter|pole|stop|bus|coach|space|stall|parquimetro|poste|parada|espacio|cajon|number|numero|no|num)\b[\s.:#]*(?:(?:number|no|num|numero|is|es|id)\b[\s.:#]*)*"
    r"((?:[a-z]{1,4}[ -]?)?\d{2,6}[a-z]?)\b|#\s?([a-z]{0,4}-?\d{2,6}[a-z]?)\b"
)
_EMAIL = re.compile(r"\b[^\s@,;<>]+@[^\s@,;<>]+\.[a-z]{2,}\b")
_COLORS = (
    "white|black|silver|gr[ea]y|red|blue|green|gold|tan|brown|beige|yellow|orange|maroon|purple|"
    "blanc[oa]|negr[oa]|gris|plata|plateado|roj[oa]|azul|verde|dorad[oa]|cafe|amarill[oa]|naranja|mor[ao]d[oa]"
)
_MAKES = (
    "toyota|honda|ford|chevy|chevrolet|nissan|hyundai|kia|bmw|mercedes|benz|lexus|audi|volkswagen|vw|jeep|dodge|ram|"
    "subaru|mazda|tesla|gmc|acura|volvo|infiniti|cadillac|buick|chrysler|porsche|prius|camry|corolla|civic|accord|"
    "altima|sentra|mustang|f-?150|tacoma|winnebago|airstream|harley|vespa|mini cooper|land rover|range rover|fiat"
)
_KINDS = (
    "sedan|suv|pick-?up|truck|van|minivan|rv|motorhome|trailer|camper|coupe|hatchback|wagon|motorcycle|moped|boat|"
    "camioneta|troca|casa rodante|remolque|moto|motocicleta|furgoneta"
)
# Right before what something is not: "it's recycling, not the trash", "es reciclaje, no basura". "Ni el azul" says it as well.
_NOT_THIS = re.compile(r"\b(?:not|isn'?t|no esta|no estan|no es|no)\s+(?:the |my |a |el |la |de |una? )?$")
# What is not there is what it is about: "our street has no stop sign anymore".
_LACKS = re.compile(r"\b(?:has|have|had|there'?s|there (?:is|are|was|were)|with|got)\s+no\s+$")
_VEHICLE = re.compile(
    rf"\b(?:(?:dark|light|old|{_COLORS}|(?:19|20)\d\d|'?\d\d)\s+)*(?:(?:{_MAKES})(?:\s+(?!(?:in|on|at|is|has|with|and|parked|"
    rf"abandoned|con|en|de|esta)\b)[a-z0-9-]+)?|(?:{_COLORS})\s+(?:car|{_KINDS}|carro|auto|coche)|(?:car|{_KINDS}|carro|auto|coche)"
    rf"\s+(?:{_COLORS}))(?:\s+(?:{_COLORS}|{_KINDS}))*\b"
)


def answers_in(words: str, questions: Iterable[Question]) -> dict[str, str]:
    """What `words` say of the questions: the code of a choice, or the words that are the answer.

    Read in the loop that serves all conversations: of a very long text only the beginning, and blanks in a row as one,
    since the patterns' time grows with the square of such runs.
    """
    words = _BLANKS.sub(r"\1", words[:MOST_READ])
    folded = fold_in_place(words)
    found = {question.code: _answer(question, words, folded) for question in questions}
    return {code: answer for code, answer in found.items() if answer}


def _answer(question: Question, words: str, folded: str) -> str | None:
    if question.kind is QuestionKind.CHOICE:
        return _choice(question, folded)
    listed = [words[start:stop] for start, stop in phrases_in(question.words or {}, folded)]
    read = _READERS[question.reads](words, folded) if question.reads else None
    if read and not any(part in read for part in listed):
        listed.append(read)
    return ", ".join(dict.fromkeys(listed)) or None


def _choice(question: Question, folded: str) -> str | None:
    """The one choice whose words are there; of two that are it is the one that means several, if there is such a choice. Of words
    within words the longer ones count, and one that is said not to be it ("recycling, not trash", "it isn't flashing") does not count."""
    spans = [(choice.code, span) for choice in question.choices for span in phrases_in(choice.words, folded)]
    spans = [one for one in spans if not _is_not_this(folded[: one[1][0]])]
    meant = {code for code, span in spans if not any(_within(span, other) for _, other in spans)}
    several = {choice.code for choice in question.choices if choice.several}
    if len(meant) > 1 and several:
        return several.pop()
    return meant.pop() if len(meant) == 1 else None


def _is_not_this(before: str) -> bool:
    return _NOT_THIS.search(before) is not None and _LACKS.search(before) is None


def _within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def phrases_in(phrases: Mapping[str, tuple[str, ...]], folded: str) -> list[tuple[int, int]]:
    """Where any of the phrases of either language stands in a folded text, as whole words; a plural s may follow."""
    pattern = _pattern(tuple(phrase for language in LANGUAGES for phrase in phrases.get(language, ())))
    return [match.span() for match in pattern.finditer(folded)] if pattern else []


@lru_cache(maxsize=2048)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all phrases, the longest first. Kept: a catalogue has some thousands of them."""
    if not phrases:
        return None
    listed = sorted((_of_any_gender(fold_in_place(phrase)) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(listed)})(?:e?s)?\b")


# Participles, which Spanish turns by what they are said of: "una farola apagada", "el poste apagado".
_PARTICIPLE = re.compile(r"(?<=[ai]d)[oa]$|(?<=\brot)[oa]$|(?<=biert)[oa]$|(?<=suelt)[oa]$|(?<=muert)[oa]$")


def _of_any_gender(phrase: str) -> str:
    """A pattern of the folded phrase."""
    ending = _PARTICIPLE.search(phrase)
    return re.escape(phrase[: ending.start()]) + "[oa]" if ending else re.escape(phrase)


def _time(words: str, folded: str) -> str | None:
    told = (match for match in _TIME.finditer(folded) if not _is_no_time_of_it(folded, match.span()))
    parts = [words[match.start() : match.end()].strip() for match in told]
    exact = [part for part in parts if not _VAGUE_TIME.fullmatch(fold_in_place(part))]
    parts = _longest(
        exact or parts
    )  # "i work nights and sleep days. every tues and fri 8am": the nights are nobody's answer
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _longest(parts: list[str]) -> list[str]:
    """The parts without those that stand in another one: of "8:40" and "8:40 a.m." the latter."""
    return [one for one in parts if not any(one != other and one in other for other in parts)]


def _is_no_time_of_it(folded: str, span: tuple[int, int]) -> bool:
    """Whether a time is a greeting's, or the resident's own: "yo entro a trabajar a las 4"."""
    start, stop = span
    if _GREETS.search(folded[:start]):
        return True
    begins = max((match.end() for match in _CLAUSES.finditer(folded[:start])), default=0)
    end = _CLAUSES.search(folded, stop)
    return _OWN_DAY.search(folded[begins : end.start() if end else None]) is not None


def plate_in(words: str) -> str | None:
    """The plate of a vehicle that words name, as written there; None where they name none."""
    folded = fold_in_place(words)
    named = next((match for match in _PLATE_NAMED.finditer(folded) if has_digit(match[1])), None)
    alone = _PLATE_ALONE.search(folded)
    span = alone.span() if alone else named.span(1) if named else None
    return words[span[0] : span[1]].strip() if span else None


def _plate(words: str, folded: str) -> str | None:
    named = [match for match in _PLATE_NAMED.finditer(folded) if has_digit(match[1])]
    if named:  # who read it again says it again: the last one counts
        return words[named[-1].start(1) : named[-1].end(1)].strip().upper()
    alone = _PLATE_ALONE.search(folded)
    return words[alone.start() : alone.end()].upper() if alone else None


def _line(words: str, folded: str) -> str | None:
    match = _LINE.search(folded)
    return match[1].removeprefix("rapid ").upper() if match else None


def _days(words: str, folded: str) -> str | None:
    match = _DURATION.search(folded)
    if match is None:
        return None
    number = 1 if match[1] in ("a", "an") else 3 if _SEVERAL.match(match[1]) else number_in(match[1])
    return str((number or 1) * _LONG[match[2][0]])


def _count(words: str, folded: str) -> str | None:
    match = _HOW_MANY.search(folded)
    number = number_in(match[1]) if match else 1 if _ONE.search(folded) else None
    return str(number) if number else None


def _number(words: str, folded: str) -> str | None:
    match = _LABELLED.search(folded)
    return (match[1] or match[2]).upper() if match else None


def _email(words: str, folded: str) -> str | None:
    match = _EMAIL.search(folded)
    return words[match.start() : match.end()] if match else None


def _vehicle(words: str, folded: str) -> str | None:
    match = _VEHICLE.search(folded)
    return words[match.start() : match.end()].strip() if match else None


def _words(words: str, folded: str) -> str | None:
    return words.strip() if len(words.split()) >= ENOUGH_WORDS else None


_READERS: Mapping[Reading, Callable[[str, str], str | None]] = {
    Reading.TIME: _time,
    Reading.PLATE: _plate,
    Reading.LINE: _line,
    Reading.COUNT: _count,
    Reading.DAYS: _days,
    Reading.VEHICLE: _vehicle,
    Reading.NUMBER: _number,
    Reading.EMAIL: _email,
    Reading.WORDS: _words,
}
