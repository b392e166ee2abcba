"""Photos of a draft: any time, at most ten, a kind word for those we could not take."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.draft import MAX_PHOTOS, Draft
from bot.conversation.intake.turn import Say, Turn

_REFUSED = {
    "too_large": "utter_photo_too_large",
    "too_many_pixels": "utter_photo_too_large",
    "unsupported_format": "utter_photo_not_image",
    "not_an_image": "utter_photo_not_image",
    "too_many": "utter_photo_too_many",
    "broken": "utter_photo_broken",
}


def with_photos(draft: Draft, turn: Turn) -> tuple[Draft, tuple[Say, ...]]:
    """The draft with the turn's photos, each once, and what to say of those that found no room."""
    wanted = tuple(dict.fromkeys((*draft.photos, *turn.photos)))
    says = refusals(turn)
    if len(wanted) > MAX_PHOTOS and "too_many" not in turn.refused:
        says += (Say("utter_photo_too_many"),)
    return replace(draft, photos=wanted[:MAX_PHOTOS]), says


def refusals(turn: Turn) -> tuple[Say, ...]:
    """One kind word for each reason, not for each photo."""
    return tuple(Say(_REFUSED.get(reason, "utter_photo_broken")) for reason in dict.fromkeys(turn.refused))
