"""What a reading is to the questions: the turn with its intent, or the option it names, as it is meant here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.channels.messages import Option
from bot.conversation.hearing.evidence import Scene, options_named, puts_right
from bot.conversation.intake.refusing import says_none
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold
from bot.text.numbers import bare_figure, number_in
from bot.text.stop_wishes import complains_of_silence

# Readings that mean the same wherever they are said.
_ALWAYS: Mapping[str, str] = {
    "yes": "affirm",
    "no": "deny",
    "unknown": "skip",
    "correct": "correct",
    "add": "add_to_request",
    "another": "another",
    "cancel": "cancel",
    "stop": "stop_texts",
    "start": "start_texts",
    "person": "ask_person",
    "greet": "greet",
    "chatter": "out_of_scope",
    "fixed": "fixed",
    "not_fixed": "not_fixed",
    "rate": "rate",
    "again": "again",
}
# Of readings that several intents share, those that the engine may have told apart already, else the first.
_FINER: Mapping[str, tuple[str, ...]] = {
    "ask": ("ask", "ask_about_bot", "ask_hours", "ask_services", "ask_how_long", "ask_city"),
    "status": ("ask_status", "ask_how_long"),
    "anger": ("complain_service", "abuse"),
    "thanks": ("thanks", "goodbye"),
}
# What words are that tell what was asked for.
_TOLD: Mapping[str, str] = {
    "nothing": "report",
    "what": "report",
    "which_service": "report",
    "group": "report",
    "in_group": "report",
    "filed": "add_to_request",
    "reopened": "add_to_request",
}
# Moments after a filing at which a correction is for people.
_FILED = frozenset({"filed", "updates_wanted", "helpful_detail"})
_PAYLOAD = re.compile(
    r'/choose\{"choice": "(?P<choice>[^"]+)"\}|/(?P<intent>\w+)(?:\{"rating": "(?P<rating>[1-5])"\})?'
)
_ANEW = re.compile(
    r"\b(?:over|again|restart|reset|anew|fresh|scratch|nuevo|nueva|cero|principio|reinici\w*)\b"
)
_REFUSES = re.compile(
    r"\b(?:no|not|don t|dont|stop|quit|enough|remove|unsubscribe|off|without|leave|never|block|nada|ya no|basta|parale?|par[ae]n?|sin|dej[ae]\w*|"
    r"quit[ae]\w*|baja|borr\w*|ni|nel|nope|nah|end|out|alto)\b"
)
_ORDINALS = tuple(
    (place, re.compile(rf"\b(?:{words})\b"))
    for place, words in (
        (1, "first|top one|upper|primer[oa]?|de arriba"),
        (2, "second|segund[oa]|middle one|de en medio|del medio"),
        (3, "third|tercer[oa]?"),
        (4, "fourth|cuart[oa]"),
        (0, "last|bottom|lowest|ultim[oa]|de abajo"),
    )
)
# "2nd" is mostly a street: it counts alone, or before a word for what is counted.
_ORDINAL_FIGURE = re.compile(
    r"(?:^(?:the |its |it s )?(?P<alone>[1-9])(?:st|nd|rd|th)$|\b(?P<counted>[1-9])(?:st|nd|rd|th) (?:one|option|choice)\b)"
)
# No numbers: "the one by the pier", "una de las dos", "2nd st".
_NO_NUMBER = re.compile(
    r"\b(?:[0-9]+(?:st|nd|rd|th)|(?:the|that|this|other|another|any|which|every|each) one|una?(?= \w)|uno(?= (?:de|que|por|en|cerca|con)\b)|"
    r"one(?= (?:by|on|near|next|with|in|at|of|that|where|across|behind|over|closest)\b))\b"
)


def as_meant(turn: Turn, reading: str, scene: Scene) -> Turn:
    """The turn as `reading` is meant at the question of the scene; unchanged where it says nothing more than the words do."""
    if (
        reading == "option"
        and scene.question in _MENUS
        and (says_none(turn.text) or _denies_one(turn, scene))
    ):
        reading = "tell"  # "none of those. something broken in the park": "broken" names no meter
    if reading == "option":
        option = _option_meant(turn.text, scene.options)
        if option is not None:
            return _chosen(turn, option)
        reading = "tell"
    if reading == "cancel" and turn.intent == "start_over" and _ANEW.search(fold(turn.text)):
        return turn  # "start over" gives nothing up for good
    if reading == "stop" and complains_of_silence(turn.text):
        reading = "anger"  # "you never text me back": they wait for texts
    if reading == "stop" and not _REFUSES.search(fold(turn.text)):
        reading = "start"  # "yes, text me updates": texts are talked of, and nothing is refused
    if reading == "correct" and scene.question in _FILED and turn.intent in ("fixed", "not_fixed"):
        return turn  # "actually it's not fixed": it is the end of the work that is put right
    if reading == "correct" and scene.question in _FILED and not puts_right(turn.text):
        reading = "add"  # more of the same: nothing that was told is wrong, and no person has to decide
    if reading == "tell":
        return replace(turn, intent=_TOLD.get(scene.question, "answer"))
    finer = _FINER.get(reading, ())
    if turn.intent in finer:
        return turn
    intent = finer[0] if finer else _ALWAYS.get(reading)
    return replace(turn, intent=intent) if intent else turn


# "4 for gods sake", "1. and tell your boss": the number of an option in front of words that count nothing.
_FIGURE_FIRST = re.compile(
    r"\s*(?:(?:el|number|numero|option|opcion) )?#?(?P<figure>[1-9])(?:\s*[.,;:!)\-]+(?=\s|$)|\s+(?=(?:i (?:guess|think|suppose)|creo|supongo|tal vez|quiza\w*|maybe|el|la|but|pero|asi|si|yes|yep|dejel[oa]|es (?:el|la|lo)|for|and|please|pls|plz|dammit|damn|already|ya|por|porfa|pues|and|y|thanks|thx|gracias|un[oa] nuev[oa]|otr[oa]|a new|new one|another|different|quiero|i want|mine is|el mio|la mia|it s|its|that s|thats)\b))",
    re.IGNORECASE,
)


# "Puro menú, joven... pues el 9", "ok number 2": with it the text ends, and counts nothing.
_FIGURE_LAST = re.compile(
    r"(?:^|[\s.,;!?])(?:pues|ok|okay|va|bueno|then|so|entonces|digamos|seria|i guess|dale)[\s,]+(?:el|la|number|numero|option|opcion)?\s*#?(?P<figure>[1-9])\W*$",
    re.IGNORECASE,
)


# "I said 3.", "ya le dije que el 2": the number of an option once more.
_FIGURE_SAID = re.compile(
    r"\s*(?:(?:no|pues|but|pero|ya|i) )*(?:said|told (?:you|u|ya)|dije)(?: que)?(?: (?:el|la|number|numero|option|opcion))? #?(?P<figure>[1-9])(?=\W|$)",
    re.IGNORECASE,
)


# "Pues no sé cuál.. 2 creo. ah y ...", "6. bueno o la 5? dele con la 5 mejor": the one that is settled on, at the list of kinds.
_FIGURE_SETTLED = re.compile(
    r"(?:^|[\s.,;])#?(?P<figure>[1-9])\s+(?:creo|supongo|mejor|seria|i (?:think|guess|suppose))\b|"
    r"\b(?:dele con|con|go with|pick|choose|make it) (?:la |el |number |numero |opcion )?#?(?P<chosen>[1-9])(?=\W|$)",
    re.IGNORECASE,
)


# "Uno ay perdone, es que yo le hablo al teléfono ...": said aloud, and written down by the phone.
_WORD_FIRST = re.compile(
    r"\s*(?P<word>uno|dos|tres|one|two|three)[\s,.]+(?=(?:ay|oh|perdon\w*|sorry|y|and|pero|but|oiga|oye|please|por favor|porfa|gracias|thanks|thank you)\b)",
    re.IGNORECASE,
)


def by_its_figure(turn: Turn, scene: Scene) -> Turn | None:
    """The turn as the option whose number its words begin with, or are, beside a photo; None where they begin with none."""
    found = _FIGURE_FIRST.match(turn.text) or _FIGURE_LAST.search(turn.text) or _FIGURE_SAID.match(turn.text)
    if (settled := _settled_on(turn, scene)) is not None:
        return settled
    aloud = _WORD_FIRST.match(turn.text) if found is None else None
    number = int(found["figure"]) if found else number_in(aloud["word"]) if aloud else bare_figure(turn.text)
    number = number or 0
    found = found or aloud
    if not 0 < number <= len(scene.options):
        return None
    return _chosen(turn if found else replace(turn, text=""), scene.options[number - 1])


def _settled_on(turn: Turn, scene: Scene) -> Turn | None:
    """The turn as the last option of a list of kinds that its words settle on."""
    if scene.question not in _MENUS:
        return None
    numbers = [int(one["figure"] or one["chosen"]) for one in _FIGURE_SETTLED.finditer(turn.text)]
    if not numbers or numbers[-1] > len(scene.options):
        return None
    return _chosen(turn, scene.options[numbers[-1] - 1])


FEW_BESIDE = 3  # words beside "something else" that leave it an answer
# Menus of what it is: the name of an option in the first words chooses it, whatever follows.
_MENUS = frozenset({"which_service", "group", "in_group"})
_FIRST_WORDS = re.compile(r"[^.,;!?\n…]+")
MOST_TO_CHOOSE = 6  # words
_NOT_CHOOSING = re.compile(
    r"\b(?:no|not|none|neither|isn t|isnt|aren t|arent|ain t|aint|nothing|ningun\w*|nada|otr[oa]|other|else|fine|buen[oa]s?|bien|don t|dont|never|nobody|nadie)\b"
)


def by_its_name(turn: Turn, scene: Scene) -> Turn | None:
    """The turn as the option of a menu that its first words name and no other: "pues parque. no me van a pedir papeles verdad?"."""
    first = _FIRST_WORDS.search(turn.text)
    if scene.question not in _MENUS or turn.choice is not None or first is None:
        return None
    words = fold(first.group())
    if not 0 < len(words.split()) <= MOST_TO_CHOOSE or _NOT_CHOOSING.search(words):
        return None
    named = [option for option in options_named(words, scene.options) if not _is_the_list(option)]
    return _chosen(turn, named[0]) if len(named) == 1 else None


_CLAUSES = re.compile(r"[.,;!?\n…]+")


def _denies_one(turn: Turn, scene: Scene) -> bool:
    """Whether a clause that names an option says that it is not that: "this is no damage to the sidewalk. It is a plant"."""
    kinds = [option for option in scene.options if not _asks_on(option)]
    return any(
        _NOT_CHOOSING.search(fold(clause)) and options_named(fold(clause), kinds)
        for clause in _CLAUSES.split(turn.text)
    )


def _is_the_list(option: Option) -> bool:
    """Whether an option says that none of the others is it: "Something else"."""
    found = _PAYLOAD.fullmatch(option.payload)
    return found is not None and (found["choice"] or "").startswith("menu")


def _asks_on(option: Option) -> bool:
    """Whether an option only leads to another question: "Something else", "What it is"."""
    found = _PAYLOAD.fullmatch(option.payload)
    return _is_the_list(option) or (found is not None and (found["choice"] or "").startswith("change:"))


def _chosen(turn: Turn, option: Option) -> Turn:
    found = _PAYLOAD.fullmatch(option.payload)
    if found is None:
        return turn
    if found["intent"]:
        rating = int(found["rating"]) if found["rating"] else None
        return replace(turn, intent=found["intent"], rating=rating)
    return replace(turn, intent="choose", choice=found["choice"])


def _option_meant(text: str, options: tuple[Option, ...]) -> Option | None:
    """The one option that the words describe or count to; None when that is not clear."""
    words = fold(text)
    # "Otra cosa, la baranda del parque está suelta": what begins so goes on.
    told = [
        option
        for option in options
        if not _asks_on(option) or len(words.split()) <= len(option.label.split()) + FEW_BESIDE
    ]
    whole = [option for option in told if _holds(words, fold(option.label))]
    if whole:  # of "very good" and "good" the longer one is said
        return max(whole, key=lambda option: len(option.label))
    named = options_named(words, told)
    if len(named) == 1:
        return named[0]
    place = _place_in(words)
    if place is None:
        place = number_in(_NO_NUMBER.sub("", words)) or None
    return options[place - 1] if options and place is not None and place <= len(options) else None


def _holds(words: str, label: str) -> bool:
    return f" {label} " in f" {words} "


def _place_in(words: str) -> int | None:
    """The place that an ordinal names, from 1; 0 for the last."""
    if figure := _ORDINAL_FIGURE.search(words):
        return int(figure["alone"] or figure["counted"])
    return next((place for place, pattern in _ORDINALS if pattern.search(words)), None)
