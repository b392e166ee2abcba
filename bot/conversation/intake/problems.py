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
_JOINTS = re.compile(r"[.;,\n]+\s+|,?\s(?:and|y|plus|also|tambien|también|ademas|además)\s+", re.IGNORECASE)


def problems_of(turn: Turn, setting: Setting) -> tuple[Turn, ...]:
    """The problems of a message, each as a turn of its own; none when there is one.

    The engine splits them, or two places do; each has the photos whose captions tell of it, the first all others.
    """
    known = [problem for problem in turn.problems if setting.service(problem.service) is not None]
    if len({problem.service for problem in known}) < 2:
        known = list(_at_two_places(turn, setting))
    if not known:
        return ()
    parts = [
        replace(
            turn,
            text=problem.text,
            whole="",
            intent="report",
            guesses=(Guess(problem.service, 1.0),),
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


def _codes(halves: tuple[str, str], turn: Turn, setting: Setting) -> list[str | None]:
    """The service of each half: the likely one whose keyword it holds, else the one that the other half leaves of those likely."""
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
            left = [one for one in likely if one not in codes]
            only = named[number][0] if len(named[number]) == 1 else None
            codes[number] = left[0] if left else only
    return codes


LIKELY = 0.1  # least confidence in the whole message of a matter that one half of it tells
