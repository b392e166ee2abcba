"""What a report is said not to be: "not a parking meter!", "none of those", "the sidewalk is fine", "put it under parks".

A service that was refused once is not guessed again in that report: see `Draft.refused`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.catalogue import Service
from bot.conversation.intake.naming import PLAIN, singular
from bot.conversation.intake.services import CATCH_ALL, names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.text.clauses import clauses_in
from bot.text.fold import fold

# "I don't need a", "nunca pedí un", "forget the": of the words behind it.
_NO = (
    r"(?:no|not|never asked for|don t (?:need|want|have)|dont (?:need|want|have)|didn t (?:ask|say)|didnt (?:ask|say)|forget|cancel|drop|skip|without|"
    r"(?:don t|dont|do not|never|nobody) (?:put|say|said|write|call it)|no (?:me |le |lo |la |nos )?(?:pong\w*|dig\w*|escrib\w*)|nadie (?:dijo|habl\w+)|"
    r"nunca (?:pedi|dije)|no (?:quiero|necesito|ocupo|pedi|dije|hay)|olvid\w+|cancel\w+|quit\w+)"
)
_SAY_NOTHING = frozenset(
    {
        "problem",
        "problema",
        "request",
        "other",
        "otra",
        "otro",
        "item",
        "items",
        "broken",
        "full",
        "lleno",
        "roto",
        "nuevo",
    }
)
# That something is not in a state: it says that it is fine, of a thing, and what is wrong instead, of what is told.
_NOT_BROKEN = (
    r"(?:isn t|isnt|is not|ain t|aint|are not|aren t|arent|no esta|no estan) (?:\w+ )?"
    r"(?:broken|damaged|clogged|the problem|rot[oa]s?|danad[oa]s?|tapad[oa]s?|quebrad[oa]s?|el problema)"
)
_FINE = (
    r"(?:(?:is|are|s|esta|estan) (?:\w+ )?(?:fine|ok|okay|alright|good|perfect|bien|buen[oa]s?|perfect[oa]s?)|"
    rf"{_NOT_BROKEN})"
)
_ITS_STATE = re.compile(rf"\b{_NOT_BROKEN}\b")


def only_its_state(text: str) -> bool:
    """Whether words deny a state ("no está tapado") and not what it is. Reads any text, never raises."""
    return _ITS_STATE.search(fold(text)) is not None


def is_refused(text: str, code: str | None, setting: Setting) -> bool:
    """Whether words say that a service is not what is wanted: "no cart", "the sidewalk is fine"."""
    return any(_refuses(_FIGURES.sub(" ", fold(part)), code, setting) for part in _SENTENCES.split(text))


# "7:45 not 7:15, the driver waved": what is not is the time.
_FIGURES = re.compile(r"\b(?:not|no) (?:at |the |on |a |las? |el )?\d\w*(?: \d+)?(?: [ap] ?m)?\b")


# "Police?? no no. parking machine took it": a no ends with its sentence.
_SENTENCES = re.compile(r"[.!?;\n]+")


def _refuses(words: str, code: str | None, setting: Setting) -> bool:
    for word in singular(set(words.split())) & _called(setting.service(code)):
        name = re.escape(word)
        # "Del lado del callejón, no de la calle": that is where it is.
        if word in PLAIN and re.search(
            rf"\b(?:not?|on|in|de la|del|en la|en el|en) (?:de la |en la |the |on the )?{name}s?\b", words
        ):
            continue
        asked_back = rf"\bno+ (?:\w+ )?(?:cual|que|what|which) {name}s?\b"  # "nooo cual letrero jaja"
        if re.search(rf"\b{_NO}(?: \w+){{0,3}}? {name}s?\b|\b{name}s? {_FINE}\b|{asked_back}", words):
            return True
    return False


# "No, not a cart. It's the public can", "no es bache, es ...": what is said not to be it, with what it is instead behind it.
_NOT_A = (
    r"(?:not|no es|no son|no era|no se trata|isn t|isnt|ain t|wasn t)(?: (?:a|an|the|like|about|really|actually|even|any|un|una|el|la|los|las|lo|ningun|ninguna|de|del|por|"
    r"sobre|queja|problema|asunto|tema|reporte|complaint|problem|matter|issue|report|thing|of))*"
)
_INSTEAD = re.compile(rf"\b{_NOT_A} \w+(?: \w+){{3,}}")


_ENDS_DENYING = re.compile(r"(?:\w+ ){3,}(?:no|not)(?: \w+){1,3}$")


def is_denied(turn: Turn, code: str | None, setting: Setting) -> bool:
    """Whether words say of a service that it is not that, and tell what it is: "not a cart. it's the public can"."""
    if _is_said_not_to_be(turn, code, setting) or asks_and_denies(turn.text, code, setting):
        return True
    words = fold(turn.text)
    called = singular(set(words.split())) & _called(setting.service(code))
    # "Policía no, yo no estoy peleando con nadie".
    if any(
        re.match(rf"(?:(?:no|la|el|los|las|a|de|the) )*{re.escape(name)}\w{{0,2}} no\b", words)
        for name in called
    ):
        return True
    told = _INSTEAD.search(words) or words.startswith("no no ") or _ENDS_DENYING.search(words)
    if not told:
        return False
    # "No no no, árbol no, es la banqueta": a no said twice is no part of what is told.
    denies = rf"(?:{_NOT_A}(?: \w+)?|\bno no(?: no)*(?: el| la| un| una| a)?(?: \w+)?)"
    # "Es agua tirándose, no juegos", "it's trash, not a dead animal": at the end of a clause that tells what it is.
    ends = r"(?:\w+ ){3,}(?:no|not) (?:like )?(?:(?:a|an|the|un|una|los|las|el|la) )?(?:\w+ )?"
    return any(
        re.search(rf"\b{denies} {re.escape(name)}\w{{0,2}}\b", words)
        or re.search(rf"{ends}{re.escape(name)}\w{{0,2}}(?: (?:thing|problem|issue|cosa|problema))?$", words)
        for name in called
    )


# "Construction site?? no. it's the trash dept", "¿¿ruido?? pues no": our own words, asked back and denied.
_ASKED_BACK = re.compile(
    r"^\W*(?P<name>(?:\w+\W+){0,3}?\w+)\s*\?+\W*(?:(?:pues|uh|um|oh|ay|lol|wait|but|pero) )?(?:no|nope|nah|nel)\b",
    re.IGNORECASE,
)


# "Barking?? lmaooo its dead", "¿acera? es el agua": asked back, and what it is instead.
_ECHOED = re.compile(
    r"^\W*(?P<name>(?:\w+\W+){0,3}?\w+)\s*\?+\W*(?:\w+\W+){0,2}?(?:it'?s|its|it is|they'?re|that'?s|thats|this is|hes|he'?s|she'?s|es|son|est[aá]n?)\s+\w+",
    re.IGNORECASE,
)


def asks_and_denies(text: str, code: str | None, setting: Setting) -> bool:
    """Whether words ask back what we called it, and deny it. Reads any text, never raises."""
    found = _ASKED_BACK.match(text) or _ECHOED.match(text)
    return found is not None and bool(
        names_in(found["name"], code or "", setting) or names_service(found["name"], code or "", setting)
    )


def _is_said_not_to_be(turn: Turn, code: str | None, setting: Setting) -> bool:
    """Whether what the words deny is the service, and the rest of them is not that service once more."""
    if turn.denied is None or code is None:
        return False
    denied, rest = turn.denied.denied, turn.denied.rest
    surely = sure_service(denied, setting) == code or _is_called(denied.text, code, setting)
    again = sure_service(rest, setting) == code or names_service(rest.text, code, setting)
    return surely and not again


def without_what_is_denied(turn: Turn) -> Turn:
    """The turn with what its words tell without the thing they say it is not, which counts for nothing."""
    if turn.denied is None:
        return turn
    rest = turn.denied.rest
    return replace(turn, guesses=rest.guesses, vague=rest.vague, problems=())


# "Árbol, no rótulo", "cambie el qué: es árbol, no rótulo", "a water leak not the playground".
_THIS_NOT_THAT = re.compile(
    r"(?:.*\b(?:es|son|is|it s|its|to|a|que) )?(?:(?:a|an|the|un|una|el|la) )*(?P<right>\w+(?: \w+)?),? (?:not|no)(?: (?:a|an|the|un|una|el|la|es|de))* (?P<wrong>\w+(?: \w+)?)"
)


def named_instead(text: str, code: str | None, setting: Setting) -> str | None:
    """The one service whose keyword is said to be meant instead of one of `code`: "árbol, no rótulo". None where it is not just that."""
    found = _THIS_NOT_THAT.fullmatch(fold(text))
    if found is None or code is None or not _is_called(found["wrong"], code, setting):
        return None
    others = [other for other in setting.catalogue.services if other != code]
    for names in (names_service, _is_called):
        meant = [other for other in others if names(found["right"], other, setting)]
        if meant:
            return meant[0] if len(meant) == 1 else None
    return None


# "I would rather the parks people look first", "esto le toca a parques", "mándalo como limpieza del parque".
_RATHER = re.compile(
    r"\b(?:rather|prefer|instead|should (?:be|go|say|come)|supposed to be|(?:needs?|has|ought) to (?:be|go(?: to)?)|belongs? (?:to|under|with)|(?:change|switch) (?:it |that |this )?to|a matter for|a job for|(?:put|send|file|make|list|log) (?:it|this|that) (?:as|under|to)|"
    r"deberia (?:ser|ir|decir)|prefiero|mejor que|mas bien|(?:debe|tiene que|deben) ir (?:a|con)|cambi\w+ (?:eso |esto )?(?:a|por)|le toca a|les toca a|corresponde a|es cosa de|en vez de|en lugar de|"
    r"(?:mand|envi|pon|ponga|pong|reporte|registr|anot)\w* (?:pero )?como|pero como)\b"
)
# "Change that to trash truck then send", "cámbielo a basura": it is not what we have, whatever it is.
_CHANGES_TO = re.compile(
    r"\b(?:change|switch) (?:(?:that|this|it|the (?:type|category|what|kind)) )?(?:to|into|for)\b(?! (?:the corner|\d))|\b(?:cambi\w+)(?: (?:eso|esto|el tipo|la categoria|el que))? (?:a|por|para)\b(?! (?:la calle|la esquina|\d))"
)


def changes_it(text: str) -> bool:
    """Whether words ask for another kind in place of ours. Reads any text, never raises."""
    return _CHANGES_TO.search(fold(text)) is not None


# "Ponle otra cosa", "please put another thing", "none of those, other".
_ANYTHING_ELSE = re.compile(
    r"\b(?:pon(?:le|ga|gale|lo|galo)?|put|choose|pick|make it|mark|select|escoj\w+|elij\w+|marque|marca) (?:(?:it|as|como|en|under|the|la|lo de) )*"
    r"(?:otra cosa|algo mas|otr[oa]|something else|another thing|other(?: thing| one)?|anything else)\b(?! (?:calle|lugar|lado|place|street|side))"
)


def preferred(turn: Turn, code: str | None, setting: Setting) -> str | None:
    """The one service that words name as the one it should be, in place of `code`: "it says police. I'd rather the parks people look"."""
    if code is None:
        return None
    if wants_anything_else(turn.text):
        return CATCH_ALL
    words = fold(turn.text)
    found = _RATHER.search(words)
    if found is None:
        return None
    behind = words[found.end() :]
    if _is_called(behind, code, setting):
        return None  # "mándalo como limpieza del parque", of a park: that is what it is
    others = [other for other in setting.catalogue.services if other != code]
    for said, names in (
        (behind, names_service),
        (behind, _is_called),
        (words, names_service),
        (words, _is_called),
    ):
        meant = [other for other in others if names(said, other, setting)]
        if meant:
            return meant[0] if len(meant) == 1 else None
    return None


def wants_anything_else(text: str) -> bool:
    """Whether words ask for it to be "something else". Reads any text, never raises."""
    return _ANYTHING_ELSE.search(fold(text)) is not None


# "None of those", "pues ninguno la verdad": of everything that was offered.
_NONE = re.compile(
    r"(?:(?:pues|no|nope|nah|well|um|uh|sorry|perdon|ay|oh|ok|la verdad|honestly|its|it s|es|is|i think|creo que) )*"
    r"(?:none(?: of (?:these|those|them|the above|that|it|your \w+))?|neither(?: of (?:these|those|them))?|not any of (?:these|those|them|that)|"
    r"nothing (?:there|here|fits|matches|like that)|ningun[oa]s?(?: de (?:es[oa]s?|est[oa]s?|ell[oa]s|l[oa]s \w+))?|nada de eso)\b"
)


def says_none(text: str) -> bool:
    """Whether words say of what was offered that it is none of it. Reads any text, never raises."""
    return _NONE.match(fold(text)) is not None


# "No están mal estacionados": what they are not; "no está el letrero" says what is wrong.
_NOT_SO = r"no (?:esta|estan|estaba|estaban|anda|andan) (?:mal |bien |ni )?"
_SO = ("ado", "ada", "ido", "ida")


def is_not_so(text: str, code: str | None, setting: Setting) -> bool:
    """Whether words say that something is not as the service's name has it: "no están mal estacionados"."""
    words = fold(text)
    return any(
        re.search(rf"\b{_NOT_SO}{re.escape(name)}s?\b", words)
        for name in singular(set(words.split())) & _called(setting.service(code))
        if name.endswith(_SO)
    )


# What is said of the words we chose, and not of the matter: "it still says parking meter", "¿por qué dice ruido?".
_OF_OUR_WORDS = re.compile(
    r"\b(?:says?|saying|said|put|wrote|called|dice|diga|sale|puso|pone|quedo como|salio)\b"
)
_LEFT_OVER = 3  # words behind a name that tell something


def told_besides(text: str, codes: tuple[str, ...], setting: Setting) -> str:
    """The words without those clauses that only refuse `codes`, or what was offered; "" where nothing is left."""
    kept = [clause for clause in clauses_in(text) if not _only_refuses(fold(clause), codes, setting)]
    return "".join(kept).strip(" ,;")


def _only_refuses(words: str, codes: tuple[str, ...], setting: Setting) -> bool:
    if not words:
        return True
    none = _NONE.match(words)
    if none is not None and len(words[none.end() :].split()) < _LEFT_OVER:
        return True
    if wants_anything_else(words) and len(words.split()) <= _LEFT_OVER + 3:
        return True
    denies = re.search(rf"\b(?:{_NOT_A}|{_NO}|{_NOT_SO})", words) or _OF_OUR_WORDS.search(words)
    if denies is None:
        return False
    names = {name for code in codes for name in _called(setting.service(code))}
    behind = words[denies.start() :]  # "el carro dice Ace" says nothing of our words
    found = [
        match.end() for name in names for match in re.finditer(rf"\b{re.escape(name)}\w{{0,2}}\b", behind)
    ]
    return bool(found) and len(behind[max(found) :].split()) < _LEFT_OVER


def names_in(text: str, code: str, setting: Setting) -> set[str]:
    """The words of a text that are among those of what a service is called."""
    return singular(set(fold(text).split())) & _called(setting.service(code))


def _is_called(words: str, code: str, setting: Setting) -> bool:
    """Whether words are what a service is called, or hold a keyword of it."""
    return names_service(words, code, setting) or bool(
        singular(set(words.split())) & _called(setting.service(code))
    )


def _called(service: Service | None) -> set[str]:
    """The words of what a service is called, those of places among them ("sidewalk")."""
    if service is None:
        return set()
    names = (*service.noun.values(), *service.short.values())
    return singular({word for name in names for word in fold(name).split() if len(word) > 3} - _SAY_NOTHING)
