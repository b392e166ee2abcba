"""Numbers in words, English and Spanish: the one table of them, and reading them in short texts.

Words are lower case without accents, as `fold` leaves them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.text.digits import plain_numbers, whole_number
from bot.text.fold import fold


def _counted(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * n for n, word in enumerate(words.split())}


SMALL_EN: Mapping[str, int] = {
    **_counted("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", 0),
    **_counted("seventeen eighteen nineteen", 17),
    **_counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    "fourty": 40,
}  # fmt: skip
SMALL_ES: Mapping[str, int] = {
    **_counted("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince", 0),
    **_counted("dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro", 16),
    **_counted("veinticinco veintiseis veintisiete veintiocho veintinueve", 25),
    **_counted("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
}  # fmt: skip
HUNDREDS_ES: Mapping[str, int] = {
    **_counted("cien doscientos trescientos cuatrocientos quinientos seiscientos", 100, 100),
    **_counted("setecientos ochocientos novecientos", 700, 100),
    "ciento": 100,
}
NUMBER_NAMES = frozenset((*SMALL_EN, *SMALL_ES, *HUNDREDS_ES, "mil", "hundred", "thousand"))

ORDINALS_EN: Mapping[str, int] = {
    **_counted("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth", 1),
    **_counted("fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 14),
    "thirtieth": 30,
    # As they are misspelt.
    "forth": 4, "fith": 5, "nineth": 9, "twelth": 12, "forteenth": 14, "fourtenth": 14,
}  # fmt: skip
ORDINALS_ES: Mapping[str, int] = {  # feminine, as of a street or an option
    **_counted("primera segunda tercera cuarta quinta sexta septima octava novena decima", 1),
    # As people say them; the grammar's "undecima" hardly anybody does.
    **_counted("onceava doceava treceava catorceava quinceava dieciseisava diecisieteava dieciochoava", 11),
    **_counted("diecinueveava veinteava", 19),
    "undecima": 11, "onceaba": 11, "duodecima": 12, "doceaba": 12, "vigesima": 20,
}  # fmt: skip
_ORDINALS_ES_MASCULINE = _counted(
    "primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo", 1
)

_ARTICLES = {"un": 1, "una": 1}
_QUANTITIES = {"couple": 2, "few": 3, "dozen": 12, "par": 2, "docena": 12}
# What may be counted with: without "once", which an English text means as "one time".
COUNTING: Mapping[str, int] = {
    word: number
    for word, number in {**SMALL_EN, **SMALL_ES, **_ARTICLES, **_QUANTITIES}.items()
    if 1 <= number <= 20 and word != "once"
}
CARDINALS: Mapping[str, int] = {**SMALL_EN, **SMALL_ES}
_CHOOSING: Mapping[str, int] = {
    word: number
    for word, number in {
        **CARDINALS, **_ARTICLES, **ORDINALS_EN, **ORDINALS_ES, **_ORDINALS_ES_MASCULINE,
    }.items()
    if 1 <= number <= 20
}  # fmt: skip

_AROUND_FIGURE = " \t\r\n#.,;:!()[]*–—-\u20e3\ufe0f"
_LEAD_IN = re.compile(
    r"^(?:(?:the|option|opcion|number|numero|no|num|la|el|es|it s|its|i choose|elijo) |# ?)+(?=\S)"
)
_WORD = re.compile(r"[0-9]+|[a-z]+")
_MOST_READ = 1_000  # characters


def bare_figure(text: str) -> int | None:
    """The number that a text is in figures and nothing else: "2", "2.", "#2", "(2)", "2️⃣", "②"."""
    if len(text) > _MOST_READ:
        return None
    return whole_number(plain_numbers(text).strip(_AROUND_FIGURE))


def number_said(text: str) -> int | None:
    """The number that the whole text is, in figures or as a word: "2", "two", "option two", "la segunda"."""
    figure = bare_figure(text)
    if figure is not None or len(text) > _MOST_READ:
        return figure
    words = _LEAD_IN.sub("", fold(text))
    number = whole_number(words)
    return _CHOOSING.get(words) if number is None else number


def number_in(text: str) -> int | None:
    """The first number of a text, in figures or as a word: "about 3", "a couple", "dos". At most six figures of it."""
    for word in _WORD.findall(fold(text[:_MOST_READ])):
        number = whole_number(word[:6])
        if number is None:
            number = COUNTING.get(word)
        if number is not None:
            return number
    return None
