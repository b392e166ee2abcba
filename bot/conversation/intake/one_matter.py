"""Problems that were kept for later and are none: "it's all one pile", "I don't need a cart", "the sidewalk is fine"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.catalogue import Service
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.naming import PLAIN, singular
from bot.conversation.intake.services import names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold

_ONE = re.compile(
    r"\b(?:(?:only|just|all|its|it s|is) (?:the |a |about )*(?:one|same|single) (?:thing|pile|problem|issue|report|matter|mess)|"
    r"same (?:pile|thing|problem|issue|matter|mess)|not (?:two|2) (?:things|problems|reports|issues)|not (?:a )?(?:separate|second|another)(?: \w+)?|"
    r"(?:cancel|drop|forget|skip|delete|no) (?:that |the |any )*(?:second|other) (?:one|report|thing)|"
    r"(?:una sola|la misma|es lo mismo|un solo|el mismo) ?(?:cosa|problema|reporte|monton|asunto)?|no son dos|"
    r"(?:nomas|solo|solamente) (?:es |hay )?(?:una|uno|un)(?: cosa| problema| reporte)?|(?:quit|cancel|borr|olvid)\w* (?:el|la|lo) (?:otr|segund)[oa])\b"
)
# "I don't need a", "nunca pedí un", "forget the": of the words behind it.
_NO = (
    r"(?:no|not|never asked for|don t (?:need|want|have)|dont (?:need|want|have)|didn t (?:ask|say)|didnt (?:ask|say)|forget|cancel|drop|skip|without|"
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
_FINE = r"(?:is|are|s|esta|estan) (?:\w+ )?(?:fine|ok|okay|alright|good|bien)"


def is_one(text: str) -> bool:
    """Whether words say that there is one matter and no second. Reads any text, never raises."""
    return _ONE.search(fold(text)) is not None


def is_refused(text: str, code: str | None, setting: Setting) -> bool:
    """Whether words say that a service is not what is wanted: "no cart", "the sidewalk is fine"."""
    words = fold(text)
    for word in singular(set(words.split())) & _called(setting.service(code)):
        name = re.escape(word)
        # "Del lado del callejón, no de la calle": that is where it is.
        if word in PLAIN and re.search(
            rf"\b(?:not?|on|in|de la|del|en la|en el|en) (?:de la |en la |the |on the )?{name}s?\b", words
        ):
            continue
        if re.search(rf"\b{_NO}(?: \w+){{0,3}}? {name}s?\b|\b{name}s? {_FINE}\b", words):
            return True
    return False


# "No, not a cart. It's the public can", "no es bache, es ...": what is said not to be it, with what it is instead behind it.
_NOT_A = r"(?:not|no es|no son|isn t|isnt|ain t)(?: (?:a|an|the|like|about|really|any|un|una|el|la|ningun|ninguna|de))*"
_INSTEAD = re.compile(rf"\b{_NOT_A} \w+(?: \w+){{3,}}")


_ENDS_DENYING = re.compile(r"(?:\w+ ){3,}(?:no|not)(?: \w+){1,3}$")


def is_denied(turn: Turn, code: str | None, setting: Setting) -> bool:
    """Whether words say of a service that it is not that, and tell what it is: "not a cart. it's the public can"."""
    if _is_said_not_to_be(turn, code, setting):
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
    ends = r"(?:\w+ ){3,}(?:no|not) (?:(?:a|an|the|un|una|los|las|el|la) )?(?:\w+ )?"
    return any(
        re.search(rf"\b{denies} {re.escape(name)}\w{{0,2}}\b", words)
        or re.search(rf"{ends}{re.escape(name)}\w{{0,2}}$", words)
        for name in called
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


# "I would rather the parks people look first", "esto le toca a parques".
_RATHER = re.compile(
    r"\b(?:rather|prefer|instead|should (?:be|go|say|come)|supposed to be|belongs? (?:to|under|with)|a matter for|a job for|"
    r"deberia (?:ser|ir|decir)|prefiero|mejor que|le toca a|les toca a|corresponde a|es cosa de|en vez de|en lugar de)\b"
)


def preferred(turn: Turn, code: str | None, setting: Setting) -> str | None:
    """The one service that words name as the one it should be, in place of `code`: "it says police. I'd rather the parks people look"."""
    if code is None or _RATHER.search(fold(turn.text)) is None:
        return None
    others = [other for other in setting.catalogue.services if other != code]
    for names in (names_service, _is_called):
        meant = [other for other in others if names(turn.text, other, setting)]
        if meant:
            return meant[0] if len(meant) == 1 else None
    return None


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


def without_what_is_none(draft: Draft, setting: Setting) -> Draft:
    """The draft without those later problems that the words take back."""
    text = setting.turn.text
    if not text or not draft.later:
        return draft
    if is_one(text):
        return replace(draft, later=())
    left = tuple(one for one in draft.later if not is_refused(text, sure_service(one, setting), setting))
    return replace(draft, later=left)


def kept_once(later: tuple[Turn, ...], turn: Turn, setting: Setting) -> tuple[Turn, ...]:
    """The later problems with one more; words about one that is among them are added to it."""
    code = sure_service(turn, setting)
    for number, one in enumerate(later):
        if code is not None and sure_service(one, setting) == code:
            both = replace(one, text=f"{one.text}\n{turn.text}", photos=(*one.photos, *turn.photos))
            return (*later[:number], both, *later[number + 1 :])
    return (*later, turn.kept())
