"""What the report is about: when a guess is good enough, what to offer otherwise, and menus."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.channels.messages import Option
from bot.conversation.intake.draft import Asking, Draft
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Turn

# Confidences are calibrated: right this often. A wrong guess costs a correction, a question costs a turn.
SURE = 0.6
CLEARLY_AHEAD = (0.45, 0.2)  # least confidence, least lead over the second
WORTH_OFFERING = 0.05
BOTH_MEANT = 0.2  # two problems in one message: each at least this likely
CATCH_ALL = "general"  # the service for what fits no other

_JOINT = re.compile(
    r"(?:[.;,!\n]|\band\b|\by\b|\be\b)?\s*\b(?:also|plus|another thing|second(?:ly)?|tambien|también|ademas|además|otra cosa)\b[,:]?\s*",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(
    r"\s+(?:and|y)\s+(?:there'?s|there is|a|an|the|hay|un|una|el|la)\b\s*", re.IGNORECASE
)


def sure_service(turn: Turn, setting: Setting) -> str | None:
    """The service that is meant, when asking would only annoy."""
    known = _known(turn.guesses, setting)
    if turn.vague or not known:
        return None
    best = known[0]
    second = known[1].confidence if len(known) > 1 else 0.0
    least, lead = CLEARLY_AHEAD
    if best.confidence >= SURE or (best.confidence >= least and best.confidence - second >= lead):
        return best.code
    return None


def likely_services(turn: Turn, setting: Setting) -> tuple[str, ...]:
    """Up to three services worth offering, best first."""
    return tuple(
        guess.code for guess in _known(turn.guesses, setting)[:3] if guess.confidence >= WORTH_OFFERING
    )


def _known(guesses: tuple[Guess, ...], setting: Setting) -> tuple[Guess, ...]:
    return tuple(guess for guess in guesses if setting.service(guess.code) is not None)


def second_problem(turn: Turn, setting: Setting) -> tuple[Turn, Turn] | None:
    """Two problems in one message, as two turns; None when there is one.

    Both services must be likely and the words must join two things. The second turn keeps the words from
    the joint on; where it names no place of its own, the first one's place is used.
    """
    known = _known(turn.guesses, setting)
    if len(known) < 2 or min(known[0].confidence, known[1].confidence) < BOTH_MEANT:
        return None
    joint = _JOINT.search(turn.text) or _CONJUNCTION.search(turn.text)
    if joint is None or joint.start() < 4 or joint.end() > len(turn.text) - 4:
        return None
    first_words, second_words = turn.text[: joint.start()].strip(), turn.text[joint.start() :].strip(" ,.;")
    first, second = _in_order_of_words(known[0], known[1], first_words, setting)
    return (
        replace(turn, text=first_words, guesses=(Guess(first.code, 1.0),), vague=False),
        replace(turn, text=second_words, guesses=(Guess(second.code, 1.0),), vague=False, photos=()),
    )


def _in_order_of_words(one: Guess, two: Guess, first_words: str, setting: Setting) -> tuple[Guess, Guess]:
    """Which of the two is named in the first part; keywords of the catalogue decide."""
    words = first_words.casefold()

    def named(guess: Guess) -> bool:
        service = setting.service(guess.code)
        return service is not None and any(
            keyword.casefold() in words for texts in service.keywords.values() for keyword in texts
        )

    return (two, one) if named(two) and not named(one) else (one, two)


def with_words(draft: Draft, turn: Turn, setting: Setting) -> Draft:
    """The draft after the resident said what it is about (or tried to)."""
    code = sure_service(turn, setting)
    if code is not None:
        return replace(draft, service=code, guesses=(), group=None)
    offers = likely_services(turn, setting)
    unclear = draft.unclear + 1
    if offers and (not turn.vague or unclear > 1) and draft.guesses != offers:
        return replace(draft, guesses=offers, unclear=unclear)
    return replace(draft, guesses=(), unclear=unclear)


def service_question(draft: Draft) -> Asking:
    """How to ask what it is: by the best guesses, in the resident's words, else by menu."""
    if draft.group is not None:
        return Asking.SERVICE
    if draft.guesses:
        return Asking.WHICH_SERVICE
    return Asking.GROUP if draft.unclear > 1 or draft.asking is Asking.GROUP else Asking.WHAT


def guess_options(draft: Draft, setting: Setting) -> tuple[Option, ...]:
    return tuple(_option(code, setting) for code in draft.guesses if setting.service(code) is not None)


def group_options(setting: Setting) -> tuple[Option, ...]:
    return tuple(
        Option(setting.words(group.names), choose(f"group:{group.code}"))
        for group in setting.catalogue.groups
    )


def group_service_options(code: str, setting: Setting) -> tuple[Option, ...]:
    try:
        services = setting.catalogue.in_group(code)
    except KeyError:
        return ()
    return tuple(_option(service.code, setting) for service in services)


def _option(code: str, setting: Setting) -> Option:
    service = setting.service(code)
    assert service is not None  # noqa: S101 - callers keep to known codes
    return Option(setting.words(service.short), choose(f"service:{code}"))


def choose(choice: str) -> str:
    """The payload of an option."""
    return f'/choose{{"choice": "{choice}"}}'
