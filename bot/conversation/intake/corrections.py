"""What was told is put right in words, added to, or told beside another problem."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.location import Resolution, ResolutionOutcome
from bot.conversation.intake import digressions, places, services
from bot.conversation.intake.belonging import says_also
from bot.conversation.intake.clauses import beyond
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.filler import without_filler
from bot.conversation.intake.one_matter import kept_once
from bot.conversation.intake.question import Step
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.refused import instead_of
from bot.conversation.intake.refusing import (
    asks_and_denies,
    changes_it,
    is_denied,
    is_refused,
    named_instead,
    preferred,
    says_none,
)
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import described
from bot.conversation.intake.turn import WORDLESS, Say
from bot.text.fold import fold

_PUTS_RIGHT = ("correct", "give_place", "answer", "deny", "affirm")
# "Sewers?? it's clean water": what is asked back is not what it is.
_ECHO = re.compile(
    r"^\W*(?:\w+\W){0,3}?\w+ ?\?+(?=\s*\w)|\b(?:not|no es|no son|no esta|isn.?t|ain.?t)\s+(?:(?:on|in|at|by|an?|the|en|el|la|un|una|los|las) )*\w+"
)
# Of a place that is known a part: "on the Lincoln side", "del lado de la calle Lincoln".
_SIDE = re.compile(
    r"\b(?:on|at|by|near) the (?:\w+ ){1,3}side\b|\b(?:side of|(?:playground|court|field|gate|entrance|restroom|entrada|cancha|juegos|banos?) (?:by|near|on|towards?|de|por|junto a|cerca de)|del? (?:el )?lado de|por el lado de|hacia|towards?)\b"
)
_COUNTED_FROM = re.compile(
    r"\b(?:first|second|third|fourth|last|\d(?:st|nd|rd|th)|one|closest|nearest|farthest)(?: \w+){0,4} (?:from|to|towards?) (?:the )?(?:\w+ ){1,3}(?:side|end)\b|\bcounting from\b|"
    r"\b(?:primer[oa]?|segund[oa]|tercer[oa]?|ultim[oa]|el mas cercano|la mas cercana)(?: \w+){0,4} (?:desde|contando|del lado)\b"
)
# Words that put the place right say so first.
_ONLY_ELSEWHERE = re.compile(
    r"(?:(?:no|sorry|perdon|wait|joven|oiga|pero) )*(?:no es|it s not|its not|it is not|not) (?:en|por|on|at|in|by)\b"
)
# "Policía no, cambia eso a otra cosa y mándalo": not before it is changed.
_CHANGE_IT = re.compile(
    r"\b(?:change|switch|cambi\w+|pasal[oa]|quital[oa]|pon(?:l[oa]|gal[oa])|something else|otra cosa)\b"
)
# "Send it, but it is a water meter": what it is, and nothing besides.
_SENDS_BUT = re.compile(
    r"(?:(?:yes|ok|okay|si|please|pls|just|ya) )*(?:send (?:it|this)|file it|submit it|mand\w+|envi\w+) (?:(?:please|pls|porfa|por favor) )?(?:but|pero)\b"
)
_FORGETS = re.compile(r"\b(?:forget|drop|skip|never ?mind|cancel\w*|never|olvid\w+|descart\w+)\b")
A_STREET = 4  # words that name a street and nothing else
MOST_LATER = 2  # problems kept for after the first


def corrected_or_noted(draft: Draft, setting: Setting) -> Step:
    """Another problem, a correction of what or where, an answer beside the point, else words that are added.

    A draft whose question is still open keeps it.
    """
    turn = setting.turn
    instead = (
        is_open_to_another(draft, setting)
        or _SENDS_BUT.match(fold(turn.text)) is not None
        or preferred(turn, draft.service, setting) is not None
        or asks_and_denies(
            turn.text, services.sure_service(turn, setting), setting
        )  # "construction site?? no"
    )
    if len(draft.later) < MOST_LATER and not instead and services.is_another(draft, setting):
        return kept_for_later(draft, setting)
    if (
        len(draft.later) < MOST_LATER
        and not instead
        and (other := services.named_besides(draft, setting)) is not None
    ):
        return kept_for_later(draft, replace(setting, turn=other))
    after, says = corrected(draft, setting)
    if after != draft or says:
        return Step(replace(after, open=None), says)
    if turn.intent in digressions.DIGRESSIONS:
        return Step(draft, digressed=True)
    if turn.intent in WORDLESS or not turn.text:
        return Step(draft, again=True)
    return noted(draft, setting)


def noted(draft: Draft, setting: Setting) -> Step:
    """The words are added to the report, and said back."""
    said_back = Say("utter_noted", {"quote": quoted(without_filler(setting.turn.text))})
    return Step(described(draft, setting.turn), (said_back,), again=True)


def kept_for_later(draft: Draft, setting: Setting) -> Step:
    """Another problem, told while the first is open: kept for after it."""
    noun = setting.noun(services.sure_service(setting.turn, setting))
    draft = replace(draft, later=kept_once(draft.later, setting.turn, setting))
    return Step(draft, (Say("utter_second_later", {"second": noun}),), again=True)


def corrected(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """The draft with what the words put right: another place, another service, or both."""
    turn = setting.turn
    if not turn.text or turn.intent in digressions.DIGRESSIONS:
        return draft, ()
    changed = maybe_corrected_service(draft, setting)
    # A street that an addition names ("it gets worse towards Main") replaces none of the place's own.
    read = places.corrected_place if turn.intent in _PUTS_RIGHT else places.read_answer
    found = read(draft, setting)
    if found.outcome is ResolutionOutcome.UNKNOWN and turn.intent not in _PUTS_RIGHT:
        found = places.house_beside(draft, setting) or found
    if found.outcome is ResolutionOutcome.UNKNOWN and places.takes_back(draft, setting):
        return places.taken_back(described(changed, turn))
    if found.outcome is ResolutionOutcome.UNKNOWN or _vague_mention(found.outcome, draft, setting):
        if changed.service != draft.service:
            changed = described(changed, turn)
        return changed, ()
    placed, says = places.with_place(changed, found, turn.text)
    # What an addition tells beside the place is kept with the report: "1226 i think. they come every tuesday".
    only_where = turn.intent in _PUTS_RIGHT and draft.service not in draft.refused
    if only_where and draft.location is not None:
        more = beyond(turn, draft.location.name, draft.place_text, found.used or "", *_names(found))
        placed = described(placed, replace(turn, text=more, whole="", clauses=())) if more else placed
    return (placed if only_where else described(placed, turn)), says


def _names(found: Resolution) -> tuple[str, ...]:
    """The names of the places that words were read as."""
    return tuple(place.name for place in (found.location, *(found.candidates or ())) if place is not None)


def corrects(draft: Draft, setting: Setting) -> bool:
    """Whether the words say what to change, and not only no."""
    after, says = corrected(draft, setting)
    return after != draft or bool(says)


def maybe_corrected_service(draft: Draft, setting: Setting) -> Draft:
    """Another service, when the resident says so plainly; none, and what it may be, where they say only that it is not that."""
    turn = setting.turn
    denied = bool(turn.text) and draft.service in draft.refused
    if turn.text and not denied and _ONLY_ELSEWHERE.match(fold(turn.text)):
        return draft  # "no es en la 17, es en el callejón ... la basura": where it is, and not what
    if turn.text and (instead := named_instead(turn.text, draft.service, setting)) is not None:
        return replace(draft, service=instead)
    if turn.text and (wanted := preferred(turn, draft.service, setting)) is not None:
        return replace(draft, service=wanted)
    if denied and _only_moves(draft, setting):
        return draft  # refused before, and left as nothing better was told: a place says nothing of it
    if denied:
        return _instead_of(draft, setting)
    code = services.sure_service(turn, setting)
    if code is None or code == services.CATCH_ALL or code == draft.service:
        return draft
    if _FORGETS.search(fold(turn.text)) and is_refused(turn.text, code, setting):
        return draft  # "actually forget the graffiti": it is no correction
    if is_open_to_another(draft, setting):
        return services.of_service(draft, code)  # "why does it say something else? it is a party house"
    # "line 7" about a thing lost on a bus reads like a report of the bus: only its own name makes it one.
    words = _beside_where(draft, setting)
    if services.names_service(turn.text, code, setting) and not services.names_service(words, code, setting):
        return draft
    only_where = _tells_only_where(draft, code, words, setting)
    if turn.intent == "correct":
        return draft if only_where else replace(draft, service=code)
    outright = turn.intent == "report" or _SENDS_BUT.match(fold(turn.text)) is not None
    named = services.names_service(words, code, setting)
    named = named and not services.names_service(words, draft.service or "", setting)
    return replace(draft, service=code) if outright and named else draft


def _only_moves(draft: Draft, setting: Setting) -> bool:
    """Whether words put a place right, and refuse no kind."""
    turn = setting.turn
    refuses = is_denied(turn, draft.service, setting) or is_refused(turn.text, draft.service, setting)
    if refuses or says_none(turn.text) or changes_it(turn.text):
        return False
    found = places.corrected_place(draft, setting)
    return found.location is not None and found.location != draft.location


def _beside_where(draft: Draft, setting: Setting) -> str:
    """The folded words without what they say of where: "not on the pier, south of it", "clover park, by the fence"."""
    words = services.without_where(fold(_ECHO.sub(" ", setting.turn.text)))
    if draft.location is None:
        return words
    found = places.corrected_place(draft, setting)
    names = (draft.location.name, found.used or "", found.location.name if found.location else "")
    of_place = set(fold(" ".join(names)).split())
    return " ".join(word for word in words.split() if word not in of_place)


def _tells_only_where(draft: Draft, code: str, words: str, setting: Setting) -> bool:
    """Whether a correction says where it is, whatever its words may be of: "no, the bags are at Douglas Park", "it's the 6th, I saw the
    sign now, 1431 2nd St"."""
    if draft.location is None and draft.half_place is None:
        return False
    found = places.corrected_place(draft, setting)
    if found.outcome is not ResolutionOutcome.UNKNOWN and not services.names_service(words, code, setting):
        return True
    moved = draft.location is not None and found.location is not None and found.location != draft.location
    return moved and not services.names_service(_said_to_be(setting.turn.text), code, setting)


_IS_A = re.compile(
    r"\b(?:it s|its|it is|that s|thats|this is|es|son)\s+(?:(?:an?|the|un[oa]?|el|la) )?(?!\d)((?:\w+ ){0,3}\w+)"
)


def _said_to_be(text: str) -> str:
    """What words say that it is: "it's a street light, at 5th" of a street light; "ya vi el letrero" of none."""
    return " ".join(_IS_A.findall(fold(text)))


def is_open_to_another(draft: Draft, setting: Setting) -> bool:
    """Whether words about another service say what it is, and tell of no second matter: its kind is refused, or nothing known is it."""
    return draft.service in (*draft.refused, services.CATCH_ALL) and not says_also(setting.turn.text)


def _instead_of(draft: Draft, setting: Setting) -> Draft:
    """The draft of what is meant instead of its service, which its resident says it is not."""
    text = setting.turn.text
    after = instead_of(draft, setting)
    if after.service == services.CATCH_ALL and says_send(text) and not _CHANGE_IT.search(fold(text)):
        return draft  # "enviar, aunque no es un parquímetro, es la máquina de adentro": people see what it is
    return after


def _vague_mention(outcome: ResolutionOutcome, draft: Draft, setting: Setting) -> bool:
    """A street named in passing is no new place: "it's getting bigger towards Main", "by the playground, on the 25th st side"."""
    known = draft.location is not None
    if known and _COUNTED_FROM.search(fold(setting.turn.text)):
        return True  # "the 3rd ring from the pier side": which one of them
    if outcome is ResolutionOutcome.STREET_ONLY and known and _SIDE.search(fold(setting.turn.text)):
        return True  # "los columpios del lado de la calle Lincoln": which part of the park
    if outcome is ResolutionOutcome.RESOLVED or setting.turn.intent in ("correct", "deny"):
        return False
    told_along = draft.location is not None and len(setting.turn.text.split()) > A_STREET
    return told_along or setting.turn.intent != "give_place"
