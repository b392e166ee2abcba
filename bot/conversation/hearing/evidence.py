"""What the words show beside their meaning: a place, a number, an option's words, another service, a question mark.

Each piece of evidence is a number from 0 to 1 with a name; `competition` has learnt what it speaks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.channels.messages import Option
from bot.city.location import ResolutionOutcome
from bot.conversation.intake.services import names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.stars import stars_in
from bot.text.fold import fold
from bot.text.numbers import bare_figure


@dataclass(frozen=True, slots=True)
class Scene:
    """What the resident has before their eyes."""

    question: str  # the name of the open question; "filed" and "nothing" when none is open
    service: str | None = None  # of the report or request it is about
    located: bool = False  # whether its place is known
    options: tuple[Option, ...] = ()  # offered with the question


# Words that set the tone of a text, in either language, as `fold` writes them.
_SIGNS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "asks": r"^(?:\W*(?:hi|hey|hola|oye|ok|and|y|so|but|pero)\W+)?(?:what|who|when|where|why|which|how|can|could|do|does|did|is|are|will|"
        r"que|quien|cuando|donde|por que|cual|como|cuanto|cuanta|puedo|pueden|puede|hay|tienen|me puede)\b",
        "begins_yes": r"^\W*(?:looks? (?:good|right|fine|correct|great)|that s (?:right|it|fine|correct)|thats (?:right|it|fine|correct)|perfect|go ahead|ship it|perfecto|"
        r"(?:asi )?esta bien|todo bien|yes|yeah|yep|yup|ye|sure|ok|okay|k|correct|right|exactly|si|sip|sii+|simon|claro|dale|va|vale|andale|asi es|correcto|"
        # Of "ya salí" it is only when.
        r"ya(?=$| (?:mand|envi|esta bien|asi|please|pls|send|that|it|its|looks|ok|good|correct|go|si|claro|por favor|porfa|exact|sure|thx|thanks|gracias|for|man|totally|right)))\b",
        "begins_no": r"^\W*(?:no|nope|nah|not|nel|nada|noo+|neither|none|ningun[oa]?)\b",
        "puts_right": r"\b(?:wait|actually|i mean|i meant|sorry|instead|rather|wrong|mistake|correction|not|digo|perdon|mejor dicho|en realidad|quise decir|"
        r"me equivoque|equivocad[oa]|sino|cambi[ae]\w*|change|fix the)\b",
        "also": r"\b(?:also|another|other|too|plus|as well|while you|btw|tambien|otro|otra|ademas|aparte|de paso)\b",
        "same": r"\b(?:same|that one|this one|it s the|mismo|misma|ese|esa|ese mismo)\b",
        "gives_up": r"\b(?:forget|never ?mind|nvm|cancel|delete|drop|withdraw|scrap|don t send|dont send|leave it|olvid\w+|cancel\w+|borr\w+|"
        r"ya no|dejal[oa]|dejelo|no lo mande\w*|no l[oa] envi\w+|retir\w+|quit[ea]\w*)\b",
        "thanks": r"\b(?:thanks|thank|thx|ty|tysm|bye|gracias|adios|bendiciones|appreciate|cheers)\b",
        "unknowing": r"\b(?:idk|dunno|don t know|dont know|not sure|no idea|no se|ni idea|no estoy segur\w|quien sabe|can t tell|skip|pass|salt\w+|paso)\b",
        "wants_person": r"\b(?:human|person|somebody|someone|people|representative|agent|operator|call me|talk to|speak|persona|alguien|humano|operador\w*|"
        r"hablar|llam\w+)\b",
        "still": r"\b(?:still|again|back|came back|not fixed|todavia|sigue|siguen|otra vez|de nuevo|volvi\w+|aun)\b",
        "done": r"\b(?:fixed|gone|cleaned|clean|works|working|repaired|done|finished|arregl\w+|limpi\w+|ya quedo|ya esta|ya no esta|funciona|repar\w+)\b",
        "texts": r"\b(?:text|texts|texting|messages|message|notif\w+|updates|list|stop|mensaje\w*|mensajear|textos|avis\w+|notific\w+|lista)\b",
        "progress": r"\b(?:status|update|when|how long|eta|news|progress|estado|cuando|cuanto tiempo|tard\w+|noticias|novedades|va mi|van a)\b",
    }.items()
}
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|last|top|bottom|upper|option|number|primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|ultim[oa]|de arriba|de abajo|"
    r"opcion|numero|la (?:1|2|3|4|5)|el (?:1|2|3|4|5))\b"
)


_SHOULD_BE = re.compile(
    r"\b(?:(?:should|has to|needs to|is supposed to) (?:say|be|read)|(?:deberia|tiene que|debe) (?:decir|ser|estar))\b"
)


def puts_right(text: str) -> bool:
    """Whether words say that something told before is wrong."""
    words = fold(text)
    signs = (_SIGNS["puts_right"], _SIGNS["begins_no"], _SHOULD_BE)
    return any(sign.search(words) for sign in signs)


def evidence(scene: Scene, setting: Setting) -> dict[str, float]:
    """The evidence of a turn in words. Pure; never raises for any text."""
    turn = setting.turn
    words = fold(turn.text)
    count = len(words.split())
    found = {f"sign:{name}": 1.0 for name, pattern in _SIGNS.items() if pattern.search(words)}
    found["question mark"] = float("?" in turn.text)
    found["shouts"] = float(turn.text.isupper() and count > 1)
    for most, name in ((1, "one word"), (3, "few words"), (8, "a sentence")):
        if count <= most:
            found[name] = 1.0
            break
    else:
        found["many words"] = 1.0
    found["figure"] = float(any(letter.isdigit() for letter in turn.text))
    found["bare figure"] = float(bare_figure(turn.text) is not None)
    found["ordinal"] = float(bool(_ORDINAL.search(words)))
    found["stars"] = float(stars_in(turn) is not None)
    found["files"] = float(bool(turn.photos))
    found[f"place {setting.places.locate(turn.text, setting.language).outcome.value}"] = 1.0
    found.pop(f"place {ResolutionOutcome.UNKNOWN.value}", None)
    found |= _about_the_service(scene, setting)
    named = len(options_named(words, scene.options))
    found["one option named"] = float(named == 1)
    found["some options named"] = float(named > 1)
    if turn.danger:
        found["danger"] = 1.0
    return {name: value for name, value in found.items() if value}


def _about_the_service(scene: Scene, setting: Setting) -> dict[str, float]:
    turn = setting.turn
    if not turn.guesses:
        return {}
    found: dict[str, float] = {}
    by_code = {guess.code: guess.confidence for guess in turn.guesses}
    best = turn.guesses[0]
    if scene.service is not None:
        found["same service"] = by_code.get(scene.service, 0.0)
        found["another service"] = best.confidence if best.code != scene.service else 0.0
        found["names the service"] = float(names_service(turn.text, scene.service, setting))
        other = best.code != scene.service and names_service(turn.text, best.code, setting)
        found["names another service"] = float(other)
    found["sure of a service"] = float(sure_service(turn, setting) is not None)
    return found


def _stem(word: str) -> str:
    """A word without the ending of a plural, in either language: "branches" and "branch" are the same."""
    if len(word) > 4 and word.endswith("es"):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith(("s", "e")) else word


# In the label of an option they tell nothing: "gracias a Dios contestan" is no "No, gracias".
_MANNERS = frozenset({"thanks", "thank", "gracias", "please", "por", "favor"})


def options_named(words: str, options: Sequence[Option]) -> list[Option]:
    """The options that have a word of their own in the folded text, manners aside."""
    said = {_stem(word) for word in words.split() if word not in _MANNERS}
    labels = [{_stem(word) for word in fold(option.label).split()} for option in options]
    named = []
    for number, (option, label) in enumerate(zip(options, labels, strict=True)):
        others: set[str] = set().union(*(other for place, other in enumerate(labels) if place != number))
        if {word for word in label - others if len(word) > 2} & said:
            named.append(option)
    return named
