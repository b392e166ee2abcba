"""Where it is: reading a place out of words, pins and choices, and putting right what was misread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.channels.messages import Option
from bot.city.catalogue import PlaceNeed
from bot.city.location import Location, LocationKind, PlaceHint, Point, Resolution, ResolutionOutcome
from bot.city.told import house_numbers
from bot.conversation.intake.draft import Draft, HalfPlace
from bot.conversation.intake.naming import PLAIN, singular
from bot.conversation.intake.services import choose, likely_services, sure_service
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.turn import PinSent, Say
from bot.conversation.intake.where_instead import said_of_where
from bot.text.fold import fold

HUNDRED = 100  # house numbers of a block


def needs_place(draft: Draft, setting: Setting) -> bool:
    """Most reports do; a records request or a lost umbrella happened nowhere a crew could go."""
    service = setting.service(draft.service)
    return service is None or service.place is not PlaceNeed.NONE


def may_skip_place(draft: Draft, setting: Setting) -> bool:
    service = setting.service(draft.service)
    return service is not None and service.place is not PlaceNeed.REQUIRED


def at_pin(draft: Draft, pin: PinSent, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """The draft at a pin; outside the city it says so and keeps the rest."""
    location = setting.places.reverse(Point(pin.lat, pin.lon), setting.language)
    if not location.inside:
        return _cleared(draft), (outside_say(None, None),)
    return _placed(draft, location, pin.name or ""), ()


def with_place(draft: Draft, found: Resolution, words: str) -> tuple[Draft, tuple[Say, ...]]:
    """The draft after `found` was read out of `words`; an UNKNOWN changes nothing."""
    if found.outcome is ResolutionOutcome.RESOLVED and found.location is not None:
        return _placed(draft, found.location, found.used or words), ()
    if found.outcome is ResolutionOutcome.AMBIGUOUS and found.candidates:
        left = HalfPlace(places=found.candidates[:3])
        return replace(draft, location=None, half_place=left, place_text=found.used or words), ()
    if found.outcome is ResolutionOutcome.STREET_ONLY and found.street:
        before = draft.half_place
        same = before is not None and before.street == found.street
        left = HalfPlace(
            street=found.street,
            example=found.examples[0] if found.examples else "",
            misses=before.misses + 1 if before is not None and same else 0,
        )
        return replace(draft, location=None, half_place=left, place_text=found.used or words), ()
    if found.outcome is ResolutionOutcome.OUTSIDE:
        return _cleared(draft), (outside_say(found.elsewhere, found.elsewhere_contact),)
    return draft, ()


# "Same address", "same place as the trash": where the request told last is.
_SAME_PLACE = re.compile(
    r"\b(?:same (?:address|place|spot|location|corner|house|building|street and number|garage|structure|lot|park|playground|beach|alley|block|stop|station|library|school|intersection|bathrooms?|restrooms?|pool|market|museum|pier)|"
    r"same as (?:the|my|that) \w+|"
    r"mism[oa]s? (?:direccion|lugar|sitio|esquina|casa|edificio|parque|estacionamiento|parada|playa|callejon|cuadra|biblioteca|escuela|banos?|alberca|mercado|museo|muelle|calle y numero))\b"
)
# Spoken of as known: "in that stairwell", "el baño del parque".
_KNOWN_KINDS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:the|that|this|same|el|del|al|la|es[ea]|est[ea]|mism[oa]) (?:{words})\b")
    for kind, words in (
        ("park", "park|playground|parque"),
        ("structure", "garage|parking structure|structure|stairwell|estacionamiento|garaje"),
        ("library", "library|biblioteca"),
        ("beach", "beach|sand|playa|arena"),
        ("pier", "pier|muelle"),
        ("school", "school|escuela"),
        ("station", "station|estacion"),
    )
}


def _is_there(words: str, place: str) -> bool:
    """Whether words speak of a place of the kind of `place` as of one that is known."""
    known = fold(place)
    return any(kind in known and pattern.search(words) for kind, pattern in _KNOWN_KINDS.items())


# Of a request whose work has ended: "but they left a hole", "the ground under it".
_THERE = re.compile(
    r"\b(?:(?:under|next to|beside|around|behind|near|where) (?:it|they)|they left|left (?:a|an|some|all|their)|same (?:one|swing|pole|tree)|right there|"
    r"dejaron|debajo|ahi (?:mismo|dejaron|quedo)|donde (?:arreglaron|trabajaron|estuvieron)|al lado de eso)\b"
)


# Of a request that was talked of a moment ago: "also the bike rack there", "at that corner", "el poste de ahí".
_THAT_PLACE = re.compile(
    r"\b(?:at|on|by|near|in|from) (?:that|this) (?:very )?(?:\w+ )?(?:corner|spot|intersection|stop|shelter|block|address|place|house|building|street)\b|"
    r"\b(?:right )?(?:next to|beside|by|behind|across from|in front of|above|under) (?:it|them|that one)\b|\b(?:al lado|enfrente|atras|junto|cerca|arriba|debajo)(?: de (?:eso|el|ella|ese|esa))?$|"
    r"\b(?:right|over|out|up|down) there\b|\b(?:the|an?|that|those|these|some|my|our) (?:\w+ ){1,3}there\b|\bthere (?:too|also|as well)\b|"
    r"\b(?:en|de|por) es[ea] (?:mism[oa] )?(?:\w+ )?(?:esquina|parada|cuadra|calle|casa|direccion|lugar|edificio|cruce)\b|"
    r"\b(?:ahi|alli) (?:mism[oa]|tambien|enfrente|junto|al lado)\b|\btambien (?:ahi|alli)\b|\b(?:el|la|los|las|un|una) \w+(?: \w+){0,2} de (?:ahi|alli)\b"
)
TALKED_OF_FOR = timedelta(hours=48)
# Where the resident lives, as the place of two requests.
_HOME = re.compile(
    r"\b(?:my|our) (?:own |front |back )?(?:house|home|place|address|apartment|apt|building|complex|condo|driveway|yard|curb|garage|door|street ?side)\b|"
    r"\b(?:mi|nuestra|nuestro) (?:casa|direccion|departamento|depa|apartamento|edificio|cochera|entrada|puerta|patio|banqueta)\b"
)
_THEIRS = re.compile(r"\b(?:my|our|mi|mis|nuestr[oa]s?)\b")


# "One bar of that grate", "same stairs", "en la misma fuente".
_SAME_THING = re.compile(
    r"\b(?:same|mism[oa]s?|(?:of|on|in|at|by|from|under|behind|inside|de|en|a) (?:that|those|es[ea]|es[oa]s)) (\w{4,})"
)


def where_before(setting: Setting) -> Resolution | None:
    """Where their newest request is, for words that only say it is there as well."""
    newest = next(iter(setting.own), None)
    if newest is None or not newest.place:
        return None
    words = fold(setting.turn.text)
    at_home = _HOME.search(words) is not None and _is_of_their_home(newest, setting)
    if not (at_home or _says_it_is_there(words, newest, setting)):
        return None
    found = setting.places.locate(newest.place, setting.language)
    if found.outcome is not ResolutionOutcome.RESOLVED or found.location is None:
        return None
    return None if at_home and found.location.kind is not LocationKind.ADDRESS else found


# One more thing told so soon after the one before is mostly at the same place; the summary shows it before anything is sent.
JUST_TOLD = timedelta(hours=1)
_ONE_MORE = re.compile(
    r"^(?:(?:oh|and|y|ah|hey|oye|oiga|ok|okay|thanks|thank you|gracias|btw|by the way|one more thing|por cierto|otra cosa) )*(?:also|tambien|ademas|aparte|another thing|y (?:el|la|los|las)|and the)\b|\b(?:too|as well|also|tambien)$|\b(?:is|are|esta|estan) (?:also|tambien)\b"
)


def where_the_last_is(draft: Draft, setting: Setting) -> Resolution | None:
    """Where the request is that they filed within the hour, for one more thing that is told without a place."""
    newest = next(iter(setting.own), None)
    if newest is None or not newest.theirs or not newest.place or newest.reported is None:
        return None
    told_now = setting.turn.at - newest.reported <= JUST_TOLD
    words = fold(setting.turn.text)
    if not told_now or draft.part or not _ONE_MORE.search(words) or _HOME.search(words):
        return None  # "the light in front of my house, too": where they live is not known
    code = sure_service(setting.turn, setting)
    likely = (code,) if code is not None else likely_services(setting.turn, setting)
    services = [service for service in map(setting.service, likely) if service is not None]
    if any(one.at_home or one.place is not PlaceNeed.REQUIRED for one in services):
        return None
    found = setting.places.locate(newest.place, setting.language)
    return found if found.outcome is ResolutionOutcome.RESOLVED else None


KNOWN_FOR = timedelta(days=7)


def known_place(setting: Setting) -> OwnRequest | None:
    """Their newest request, where it is of these days and has a place: that one is offered for the next report."""
    newest = next(iter(setting.own), None)
    if newest is None or not newest.theirs or not newest.place or newest.reported is None:
        return None
    if setting.turn.at - newest.reported > KNOWN_FOR:
        return None
    return newest if setting.places.locate(newest.place, setting.language).location is not None else None


def _says_it_is_there(words: str, newest: OwnRequest, setting: Setting) -> bool:
    """Whether folded words say that something is where a request of theirs is."""
    if _SAME_PLACE.search(words) or _is_there(words, newest.place):
        return True
    if newest.finished and _THERE.search(words):
        return True
    lately = newest.reported is not None and setting.turn.at - newest.reported <= TALKED_OF_FOR
    return lately and (_THAT_PLACE.search(words) is not None or _is_the_same_thing(words, newest))


def _is_the_same_thing(words: str, request: OwnRequest) -> bool:
    """Whether folded words speak of a thing that a request told of as of the same: "same grate", "that pole"."""
    told = singular(set(fold(request.told).split()) - PLAIN)
    return bool(singular(set(_SAME_THING.findall(words))) & told)


def _is_of_their_home(request: OwnRequest, setting: Setting) -> bool:
    """Whether a request of theirs is about where they live: told as theirs, or about the carts of a household."""
    if not request.theirs:
        return False
    service = setting.service(request.service)
    return (service is not None and service.at_home) or _THEIRS.search(fold(request.told)) is not None


def _if_it_says_no_other(setting: Setting) -> Resolution | None:
    """Where their newest request is, for "the same garage, the stairwell on the 2nd street side": a street alone is no other place."""
    found = setting.places.locate(setting.turn.text, setting.language)
    return None if found.outcome is ResolutionOutcome.RESOLVED else where_before(setting)


def read_answer(draft: Draft, setting: Setting) -> Resolution:
    """What the words say about where, with the street we asked about in mind."""
    if _SAME_PLACE.search(fold(setting.turn.text)) and (same := _if_it_says_no_other(setting)) is not None:
        return same
    asked = needs_place(draft, setting) and not draft.placeless
    street = draft.half_place.street if draft.half_place and asked else None
    if street:
        return setting.places.answered(street, setting.turn.text, setting.language)
    if draft.half_place and draft.half_place.places and asked:
        return setting.places.narrowed(draft.place_text, setting.turn.text, setting.language)
    found = setting.places.locate(setting.turn.text, setting.language)
    if found.outcome is ResolutionOutcome.UNKNOWN:
        found = where_before(setting) or found
    number = draft.half_place.number if draft.half_place and asked else None
    return _numbered(found, number, setting) if number else found


def _numbered(found: Resolution, number: int, setting: Setting) -> Resolution:
    """The house whose number was told before its street; the street alone where it has no such house."""
    if found.outcome is not ResolutionOutcome.STREET_ONLY or not found.street:
        return found
    house = setting.places.locate(f"{number} {found.street}", setting.language)
    on_it = house.candidates and all(found.street in place.name for place in house.candidates)
    return house if on_it and house.outcome is not ResolutionOutcome.OUTSIDE else found


def place_said(draft: Draft, setting: Setting) -> Resolution:
    """What an answer says about where; what is put right keeps the rest of what was told."""
    return (
        corrected_place(draft, setting) if setting.turn.intent == "correct" else read_answer(draft, setting)
    )


def corrected_place(draft: Draft, setting: Setting) -> Resolution:
    """The place a correction means: "Ocean not Main" keeps the other street of "Main St & Pico Blvd"."""
    if draft.location is None:
        return read_answer(draft, setting)
    best: Resolution | None = None
    for said in said_of_where(setting.turn):
        for before in (draft.place_text, draft.location.name):
            found = setting.places.corrected(before, said.text, setting.language)
            if found.outcome is ResolutionOutcome.RESOLVED and not (
                said.moves and found.location == draft.location
            ):
                return found
            if not said.moves and (best is None or best.outcome is ResolutionOutcome.UNKNOWN):
                best = found
    assert best is not None  # noqa: S101 - the whole text is among what was said
    return best


def house_beside(draft: Draft, setting: Setting) -> Resolution | None:
    """The house by the place that an addition tells: "about 4 houses down, 825 i think" of a corner, "the building north of us, 1226 i
    think" of a house of the same block."""
    if draft.location is None or not house_numbers(setting.turn.text):
        return None
    found = corrected_place(draft, setting)
    if found.location is None or found.location.kind is not LocationKind.ADDRESS:
        return None
    of_corner = draft.location.kind is LocationKind.INTERSECTION
    return found if of_corner or _of_the_same_block(draft.location.name, found.location.name) else None


def _of_the_same_block(one: str, other: str) -> bool:
    """Whether two addresses are other houses of one hundred of a street."""
    (number, _, street), (another, _, its_street) = one.partition(" "), other.partition(" ")
    numbers = number.isdigit() and another.isdigit() and number != another
    return numbers and street == its_street and int(number) // HUNDRED == int(another) // HUNDRED


# "Tower 24 not 26", "not 26, it's 24", "la 26 no, la 24".
_NOT_THAT_NUMBER = re.compile(
    r"\b(?:not|no|instead of|en vez de)(?: (?:the|la|el|number|numero))? (?P<after>\d+)\b|\b(?P<before>\d+) no\b"
)


def takes_back(draft: Draft, setting: Setting) -> bool:
    """Whether words say that the number in the name of the draft's place is another one: "tower 24, not 26"."""
    place = draft.location
    if place is None or place.kind is not LocationKind.PLACE:
        return False
    of_name = set(fold(place.name).split())
    wrong = _NOT_THAT_NUMBER.finditer(fold(setting.turn.text))
    return any((one["after"] or one["before"]) in of_name for one in wrong)


def taken_back(draft: Draft) -> tuple[Draft, tuple[Say, ...]]:
    """The draft without its place, where the right one is none that we know."""
    assert draft.location is not None  # noqa: S101 - takes_back says so
    return _cleared(draft), (Say("utter_place_taken_back", {"where": draft.location.name}),)


def chosen_place(draft: Draft, index: int) -> Draft | None:
    """The draft at the candidate that was chosen, None when it is not on offer any more."""
    offered = draft.half_place.places if draft.half_place else ()
    return _placed(draft, offered[index], draft.place_text) if 0 <= index < len(offered) else None


def place_options(draft: Draft) -> tuple[Option, ...]:
    offered = draft.half_place.places if draft.half_place else ()
    return tuple(Option(place.name, choose(f"place:{index}")) for index, place in enumerate(offered))


_HINTS = {
    PlaceHint.WHAT3WORDS: "utter_hint_what3words",
    PlaceHint.SHORT_LINK: "utter_hint_link",
    PlaceHint.AREA: "utter_hint_area",
}


def with_number(draft: Draft, setting: Setting) -> Draft | None:
    """The draft with the house number that words tell without a street; None where they tell none."""
    told = house_numbers(setting.turn.text)
    if len(told) != 1:
        return None
    before = draft.half_place.number if draft.half_place else None
    misses = draft.misses + 1 if before == told[0] else draft.misses
    return replace(
        draft, half_place=HalfPlace(number=told[0]), place_text=setting.turn.text.strip(), misses=misses
    )


def hint_says(found: Resolution) -> tuple[Say, ...]:
    """Why words that are meant as a place do not do."""
    return (Say(_HINTS[found.hint]),) if found.hint in _HINTS else ()


def outside_say(elsewhere: str | None, contact: str | None) -> Say:
    if elsewhere and contact:
        return Say("utter_outside_contact", {"elsewhere": elsewhere, "contact": contact})
    return Say("utter_outside")


def _placed(draft: Draft, location: Location, words: str) -> Draft:
    return replace(draft, location=location, place_text=words, half_place=None, misses=0)


def _cleared(draft: Draft) -> Draft:
    """Without any place, so that it is asked again."""
    return replace(draft, location=None, half_place=None)
