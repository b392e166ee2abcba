"""The problems of one message, where it tells of several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.city.location import Resolution, ResolutionOutcome
from bot.conversation.intake.services import CATCH_ALL, names_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Problem, Turn
from bot.text.fold import fold

MOST_PROBLEMS = 3  # of one message
LEAST_TOLD = 3  # words of each that is counted
UNSURE = 0.3  # confidence of a service that words name beside others
_JOINTS = re.compile(r"[.;,\n]+\s+|,?\s(?:and|y|plus|also|tambien|también|ademas|además)\s+", re.IGNORECASE)


def problems_of(turn: Turn, setting: Setting) -> tuple[Turn, ...]:
    """The problems of a message, each as a turn of its own; none when there is one.

    The engine splits them, or two places do; each has the photos whose captions tell of it, the first all others.
    """
    known = [problem for problem in turn.problems if setting.service(problem.service) is not None]
    if len({problem.service for problem in known}) < 2:
        known = list(_counted(turn, setting)) or list(_at_two_places(turn, setting))
    if not known:
        return ()
    parts = [
        replace(
            turn,
            text=problem.text,
            whole="",
            intent="report",
            guesses=(Guess(problem.service, 1.0),) if problem.service else _guesses(problem, setting),
            problems=(),
            vague=False,
        )
        for problem in known[:MOST_PROBLEMS]
    ]
    owners = _owners(turn, [part.text for part in parts])
    return tuple(
        replace(
            part,
            photos=tuple(photo for photo in turn.photos if owners[photo] == number),
            photo_spots=tuple(spot for spot in turn.photo_spots if owners.get(spot.photo_id, 0) == number),
            captions=(),
        )
        for number, part in enumerate(parts)
    )


def _owners(turn: Turn, problems: list[str]) -> dict[int, int]:
    """Photo → which of the problems it shows: the one that most words of its caption belong to, else the first."""
    captions = {caption.photo_id: set(fold(caption.text).split()) for caption in turn.captions}
    told = [set(fold(problem).split()) for problem in problems]

    def owner(photo: int) -> int:
        words = captions.get(photo, set())
        # Of a caption that tells of everything each problem has all its words: the first one is it.
        shares = [len(words & problem) / max(1, len(problem)) for problem in told]
        return shares.index(max(shares))

    return {photo: owner(photo) for photo in turn.photos}


# "1) the streetlight flickers 2) ...", "first, ... second, ...": how those who count begin each matter.
_COUNTS = re.compile(
    r"(?:^|(?<=[\s:;,.(-]))(?:\(?(?P<figure>[1-3])\s?[).:-]|(?P<word>first(?:ly)?|second(?:ly)?|third(?:ly)?|primero|segundo|tercero)\s?[,:-])\s*",
    re.IGNORECASE,
)
_FIGURES = {"f": 1, "p": 1, "s": 2, "t": 3}  # by the letter their words begin with
# "Two things. The light flickers. And the hedge ...": that there are several is said, and the sentences part them.
_ANNOUNCES = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hola|buen[oa]s(?: d[ií]as| tardes| noches)?|so|i have|i need to report|i want to report|tengo|son|quiero reportar|have|got)\W+)*"
    r"(?:two|2|a couple(?: of)?|couple(?: of)?|three|3|dos|un par de|tres) (?:different |separate )?(?:things|issues|problems|reports|matters|cosas|cositas|problemas|asuntos|reportes)\b\W*",
    re.IGNORECASE,
)


def _counted(turn: Turn, setting: Setting) -> list[Problem]:
    """The matters of words that count or announce them, at one place or at several: what one of them is about may have to be asked.
    Two of one kind are two where each has its own place."""
    listed = _items(turn.text) or _announced(turn.text, turn, setting)
    codes = _codes(listed, turn, setting, counted=True)
    if len(listed) < 2 or not any(codes) or min(len(item.split()) for item in listed) < LEAST_TOLD:
        return []
    known = [code for code in codes if code is not None]
    if len(set(known)) < len(known):
        places = [setting.places.locate(half, setting.language) for half in listed]
        named = {place.location.name if place.location else place.used for place in places}
        if len(named) < len(listed) or any(place.outcome is ResolutionOutcome.UNKNOWN for place in places):
            return []
    return [Problem(half, code or "", 1.0) for half, code in zip(listed, codes, strict=True)]


def _guesses(problem: Problem, setting: Setting) -> tuple[Guess, ...]:
    """The services that words name which may be several."""
    named = (code for code in setting.catalogue.services if names_service(problem.text, code, setting))
    return tuple(Guess(code, UNSURE) for code in named if code != CATCH_ALL)[:MOST_PROBLEMS]


def _items(text: str) -> tuple[str, ...]:
    """What stands behind 1), 2) and 3), in their order; nothing where they do not begin with 1 and go on by one."""
    marks = list(_COUNTS.finditer(text))
    figures = [int(one["figure"] or 0) or _FIGURES[one["word"][0].lower()] for one in marks]
    if len(marks) < 2 or figures != list(range(1, len(marks) + 1)):
        return ()
    ends = [one.start() for one in marks[1:]] + [len(text)]
    return tuple(text[mark.end() : end].strip(" ,;.\n") for mark, end in zip(marks, ends, strict=True))


def _announced(text: str, turn: Turn, setting: Setting) -> tuple[str, ...]:
    """The two halves of words that say there are two, at the joint whose halves are of two services and that parts no corner."""
    said = _ANNOUNCES.match(text)
    if said is None:
        return ()
    rest = text[said.end() :]
    parted: tuple[str, ...] = ()
    for joint in _JOINTS.finditer(rest):
        halves = (rest[: joint.start()].strip(), rest[joint.end() :].strip())
        codes = _codes(halves, turn, setting, counted=True)
        # "23rd and Carlyle" parts nothing: what the second half is about has to be known, but where a sentence ends.
        ends = joint.group().strip()[:1] in (".", ";", "")
        if codes[0] is not None and codes[0] != codes[1] and (ends or codes[1] is not None):
            if any(_is_found(setting.places.locate(half, setting.language)) for half in halves):
                return halves
            parted = halves
    return parted


def _at_two_places(turn: Turn, setting: Setting) -> Iterator[Problem]:
    """The two problems of words that name a matter at a place, and another one at another: "a pothole at Pico and 4th and graffiti at
    1427 Lincoln". The first joint that parts them so counts; nothing where none does."""
    for joint in _JOINTS.finditer(turn.text):
        halves = (turn.text[: joint.start()].strip(), turn.text[joint.end() :].strip())
        places = [setting.places.locate(half, setting.language) for half in halves]
        if not all(map(_is_found, places)) or places[0].location == places[1].location:
            continue
        codes = _codes(halves, turn, setting)
        if None not in codes and codes[0] != codes[1]:
            yield from (Problem(half, code or "", 1.0) for half, code in zip(halves, codes, strict=True))
            return


def _is_found(place: Resolution) -> bool:
    return place.outcome is ResolutionOutcome.RESOLVED and place.location is not None


def _codes(
    halves: tuple[str, ...], turn: Turn, setting: Setting, *, counted: bool = False
) -> list[str | None]:
    """The service of each half: the likely one whose keyword it holds, else the one that the other half leaves of those likely.

    `counted`: that there are several was said, so that the only service a half names comes before what is left.
    """
    likely = [guess.code for guess in turn.guesses if guess.code != CATCH_ALL and guess.confidence >= LIKELY]
    named = [
        [
            code
            for code in setting.catalogue.services
            if code != CATCH_ALL and names_service(half, code, setting)
        ]
        for half in halves
    ]
    codes = [next((code for code in likely if code in ones), None) for ones in named]
    for number, code in enumerate(codes):
        if code is None:
            others = {one for half, ones in enumerate(named) if half != number for one in ones}
            left = [one for one in likely if one not in codes and one not in others]
            only = named[number][0] if len(named[number]) == 1 else None
            other = left[0] if left else None
            codes[number] = (only or other) if counted else (other or only)
    return codes


LIKELY = 0.1  # least confidence in the whole message of a matter that one half of it tells
