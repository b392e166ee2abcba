"""What of a message is for which matter: "the lane by the curb. and yes, send the couch" answers about the pothole that is filed, and sends
the report of the couch.

A piece that names another matter than the one before it is for that one, and so is what follows it until another is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.cases.status import ACTIVE
from bot.city.location import ResolutionOutcome
from bot.conversation.intake.belonging import introduces, says_also
from bot.conversation.intake.clauses import clauses_of
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.naming import named_by_matter, named_by_number
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.services import begins_anew, without_where
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold

DRAFT = ""  # stands for the report in the making, where others have a number
LEAST_SAID = 3  # words of a share: fewer name a thing in passing
_PIECES = re.compile(
    r"(?<=[.!?;\n…])\s*(?=[\w¿¡])(?<!\d\.)|(?<=,)\s+|\s+(?=(?:and|but|also|plus|oh|y|pero|tambien|también|ademas|además)\s)",
    re.IGNORECASE,
)
# What a clause is by itself, as an intent.
_INTENTS = {
    "yes": "affirm", "no": "deny", "correct": "correct", "cancel": "cancel", "fixed": "fixed", "not_fixed": "not_fixed", "thanks": "thanks",
    "rate": "rate", "status": "ask_status", "ask": "ask", "unknown": "skip", "anger": "complain_service",
}  # fmt: skip
SURELY = 0.5  # least chance of a clause that counts as that


@dataclass(frozen=True, slots=True)
class Share:
    """What of a message is for one matter, as a turn of its own."""

    of: str  # the number of the request; `DRAFT` for the report in the making
    turn: Turn


def shares_of(draft: Draft | None, at_hand: str | None, setting: Setting) -> tuple[Share, ...]:
    """The message by its matters, in the order in which they are named; () where all of it is about what is at hand, or a piece tells
    of something new. `at_hand`: what words are about that name nothing."""
    turn = setting.turn
    known = _known(draft, setting)
    parts = _parts(turn.text)
    if (
        at_hand is None
        or len(known.own) <= 1
        or not _is_plain(turn)
        or any(_is_new(part, setting) for part in parts)
    ):
        return ()
    owners = list(_owners(parts, at_hand, known))
    if set(owners) == {at_hand}:
        return ()
    texts: dict[str, list[str]] = {}
    for owner, part in zip(owners, parts, strict=True):
        texts.setdefault(owner, []).append(part.strip())
    if any(len(" ".join(said).split()) < LEAST_SAID and owner != at_hand for owner, said in texts.items()):
        return ()
    return tuple(Share(owner, _alone(" ".join(said), turn)) for owner, said in texts.items())


def _is_plain(turn: Turn) -> bool:
    worded = bool(turn.text) and turn.choice is None and turn.pin is None and not turn.photos
    return worded and not turn.edited and not turn.taken_over and turn.about is None


def _known(draft: Draft | None, setting: Setting) -> Setting:
    """The setting with the report in the making among their requests: all that words may speak of as known."""
    going_on = tuple(one for one in setting.own if one.status in ACTIVE or one.finished)
    if draft is None or not (draft.service or draft.description):
        return replace(setting, own=going_on)
    in_the_making = OwnRequest(DRAFT, draft.service or "", "", draft.description)
    return replace(setting, own=(in_the_making, *going_on))


def _parts(text: str) -> list[str]:
    """The pieces of a text; a word with which one only begins to speak stands with what follows it."""
    parts: list[str] = []
    waiting = ""
    for part in _PIECES.split(text):
        waiting = f"{waiting} {part.strip()}".strip()
        if re.search(r"\w", waiting) and not _LEADS.fullmatch(fold(waiting)):
            parts.append(waiting)
            waiting = ""
    return [*parts[:-1], f"{parts[-1]} {waiting}".strip()] if parts else []


_LEADS = re.compile(
    r"(?:(?:oh|ah|ay|hey|ok|okay|so|also|and|y|pues|mire|oiga|oye|btw|by the way|wait|actually|sorry|perdon|disculpe|bueno|plus|but|pero) ?)+"
)


def _owners(parts: list[str], at_hand: str, known: Setting) -> Iterator[str]:
    """Which matter each piece is for: the one it names, else the one before it."""
    owner = at_hand
    has_draft = any(one.reference == DRAFT for one in known.own)
    for part in parts:
        named = _named(part, known)
        if named is not None:
            owner = named
        elif has_draft and says_send(part):
            owner = DRAFT
        yield owner


def _is_new(part: str, setting: Setting) -> bool:
    """Whether a piece tells of a matter that nobody has told of: in so many words, or with an "also" at a place of its own."""
    if begins_anew(part) or introduces(part):
        return True
    placed = setting.places.locate(part, setting.language).outcome is ResolutionOutcome.RESOLVED
    return placed and says_also(part)


def _named(part: str, known: Setting) -> str | None:
    """The matter that a piece is about by its name; None where it names none, or only says where."""
    filed = tuple(one for one in known.own if one.reference != DRAFT)
    by_number = named_by_number(replace(known, own=filed, turn=replace(known.turn, text=part)))
    named = by_number or named_by_matter(without_where(fold(part)), known)
    return named.reference if named is not None else None


def _alone(text: str, turn: Turn) -> Turn:
    """A share as a turn: as the engine reads its clauses, or the half that it is."""
    halves = [half for pair in (turn.besides, turn.side) if pair is not None for half in _of(pair)]
    half = next((one for one in halves if fold(one.text) == fold(text)), None)
    if half is not None:
        return replace(half, besides=None, side=None, denied=None)
    alone = replace(
        turn, text=text, whole="", besides=None, side=None, denied=None, guesses=(), problems=(), questions=()
    )
    clauses = [one for one in clauses_of(alone) if one.replies]
    replies = {
        reading: sum(one.replies.get(reading, 0.0) for one in clauses) / len(clauses)
        for reading in sorted({name for one in clauses for name in one.replies})
    }
    best = max(replies, key=replies.__getitem__, default="")
    surely = best in _INTENTS and replies[best] >= SURELY
    return replace(alone, replies=replies, intent=_INTENTS[best] if surely else "add_to_request")


def _of(pair: object) -> tuple[Turn, ...]:
    names = ("told", "asked", "rest")
    return tuple(getattr(pair, name) for name in names if hasattr(pair, name))
